//! The lines table: names, groups and kinds of budget lines.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, suggestion};
use crate::domain::{ByLine, LineDetails};
use crate::ids::LineId;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::schema::ALL_LINES;

/// Tables whose rows name the lines that there are.
const NAMING: [&str; 2] = ["costs", "budgets"];

/// Reads the table; `None` where there is none. `lines` are those of the portfolio, if they are known: a row about any
/// other line is a fault.
pub fn read(
    tables: &Tables,
    lines: Option<&ByLine<LineId>>,
    found: &mut Diagnostics,
) -> Option<BTreeMap<String, LineDetails>> {
    let table = tables.get("lines")?;
    let lines = lines.filter(|_| are_all_known(tables, found));
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.rows() {
        let Some(id) = cells.required("line", found) else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("line", problem, "describe each line once, or remove one row"));
            continue;
        }
        rows.insert(id, cells);
        if let Some(lines) = lines {
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

/// True if no row that may name a line was refused.
fn are_all_known(tables: &Tables, found: &Diagnostics) -> bool {
    let is_whole = |name: &&str| {
        let file = tables.get(name).map(|table| table.file.as_str());
        let is_read = |table: &Table| table.is_complete && table.position("line").is_some();
        !tables.is_broken(name)
            && tables.get(name).is_none_or(is_read)
            && !found.faults().any(|fault| Some(fault.source.file.as_str()) == file)
    };
    NAMING.iter().all(|name| is_whole(name))
}

fn check(id: &str, cells: Cells<'_>, lines: &ByLine<LineId>, found: &mut Diagnostics) {
    if id == ALL_LINES {
        let help = "name one line: `*` stands for all lines together, and only in budgets.csv";
        found.push(cells.fault("line", "is not a budget line", help));
    } else if !lines.iter().any(|line| line.as_str() == id) {
        let help = suggestion(id, lines.iter().map(LineId::as_str))
            .unwrap_or_else(|| "add it to costs.csv or budgets.csv, or remove this row".to_owned());
        found.push(cells.fault("line", "is a budget line that no row of costs or budgets has", help));
    }
}
