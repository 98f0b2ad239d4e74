//! The lines table: names, groups and kinds of budget lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostics, suggestion};
use crate::domain::LineDetails;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::schema::ALL_LINES;

/// Tables whose rows name the lines that there are.
const NAMING: [&str; 2] = ["costs", "budgets"];

/// Reads the table; `None` where there is none. A row about a line that no other table has is a fault.
pub fn read(tables: &Tables, found: &mut Diagnostics) -> Option<BTreeMap<String, LineDetails>> {
    let table = tables.get("lines")?;
    let lines = written_lines(tables);
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.rows() {
        let Some(id) = cells.required("line", found) else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("line", problem, "describe each line once, or remove one row"));
            continue;
        }
        rows.insert(id, cells);
        if let Some(lines) = &lines {
            check(id, cells, lines, found);
        }
    }
    let details = |(id, cells): (&str, Cells<'_>)| {
        let text = |column| cells.text(column).unwrap_or_default().to_owned();
        let name = cells.text("name").unwrap_or(id).to_owned();
        (id.to_owned(), LineDetails { name, group: text("group"), kind: text("kind") })
    };
    Some(rows.into_iter().map(details).collect())
}

/// The lines that other tables name, also in rows that are faulty otherwise and in lists; `None` if unread rows may
/// hold more.
fn written_lines(tables: &Tables) -> Option<BTreeSet<&str>> {
    let is_read = |table: &Table| table.is_complete && table.position("line").is_some();
    let is_known = |name: &&str| !tables.is_broken(name) && tables.get(name).is_none_or(is_read);
    let texts = || {
        let rows = NAMING.iter().filter_map(|name| tables.get(name)).flat_map(Table::rows);
        rows.filter_map(|cells| cells.text("line"))
    };
    let parts = texts().flat_map(|text| text.split(';').map(str::trim));
    NAMING.iter().all(is_known).then(|| texts().chain(parts).collect())
}

fn check(id: &str, cells: Cells<'_>, lines: &BTreeSet<&str>, found: &mut Diagnostics) {
    if id == ALL_LINES {
        let help = "name one line: `*` stands for all lines together, and only in budgets.csv";
        found.push(cells.fault("line", "is not a budget line", help));
    } else if !lines.contains(id) {
        let help = suggestion(id, lines.iter().copied().filter(|line| *line != ALL_LINES))
            .unwrap_or_else(|| "add it to costs.csv or budgets.csv, or remove this row".to_owned());
        found.push(cells.fault("line", "is a budget line that no row of costs or budgets has", help));
    }
}
