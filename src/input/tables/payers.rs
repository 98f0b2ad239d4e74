//! The lines that may pay a row of costs.csv.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Cost, Project};
use crate::input::reader::row::Cells;
use crate::input::words::PAYERS;

/// Most ways to pay for one project: each is a column of the program for each of its starts.
const MOST_PAYMENTS: usize = 64;

/// The lines of a row, as written, and whether they share it.
pub type Payers<'t> = (Vec<&'t str>, bool);

/// The payers of a row. `None` after a fault. A row that one line pays may say how several would share it: that is read
/// as nothing.
pub fn read<'t>(
    cells: Cells<'t>,
    is_line: impl Fn(&str) -> bool,
    found: &mut Diagnostics,
) -> Option<Payers<'t>> {
    let shares = cells.word("payers", &PAYERS, found).unwrap_or(false);
    cells.required("line", found)?;
    let lines = cells.names("line", is_line);
    let mut is_sound = true;
    if lines.iter().any(|line| line.is_empty()) {
        let help = "write a line before and after each `;`, as in `district; state`";
        found.push(cells.fault("line", "lists a line without a name", help));
        is_sound = false;
    }
    for (place, line) in lines.iter().enumerate() {
        let is_second = lines[..place].iter().filter(|other| *other == line).count() == 1;
        if is_second && !line.is_empty() {
            let fault = Diagnostic::fault(cells.at("line"), "is listed twice", "name each line once");
            found.push(fault.with_value(*line));
            is_sound = false;
        }
    }
    let shares = shares && lines.len() > 1;
    is_sound.then_some((lines, shares))
}

/// Refuses a project with too many ways to pay for it; `last` is the last of its rows that several lines may pay.
pub fn check_payments(project: &Project, last: Cells<'_>, found: &mut Diagnostics) {
    let payments = project.costs.iter().map(Cost::choices).fold(1, usize::saturating_mul);
    if payments > MOST_PAYMENTS {
        let problem =
            format!("gives `{}` {payments} ways to pay for it; {MOST_PAYMENTS} is the most", project.id);
        let help = "add up rows of the project that the same line pays, list fewer lines, or write `mix`";
        found.push(last.fault("line", problem, help));
    }
}
