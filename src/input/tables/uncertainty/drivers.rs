//! The drivers table: common causes that quantities of several projects follow.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::domain::Driver;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;

/// The drivers, ordered by id.
pub(super) struct Drivers {
    /// The drivers.
    pub(super) list: Vec<Driver>,
    /// True if every row gave a driver.
    pub(super) is_complete: bool,
}

/// Reads the table.
pub(super) fn read(table: Option<&Table>, found: &mut Diagnostics) -> Drivers {
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let Some(id) = cells.required("driver", found) else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("driver", problem, "give each driver its own id, or remove one row"));
        } else {
            rows.insert(id, cells);
        }
    }
    let is_read = |table: &Table| table.is_complete && table.rows().count() == rows.len();
    let is_complete = table.is_some_and(is_read);
    let driver = |(id, cells): (&str, Cells<'_>)| Driver {
        id: id.into(),
        name: cells.text("name").unwrap_or(id).to_owned(),
    };
    Drivers { list: rows.into_iter().map(driver).collect(), is_complete }
}
