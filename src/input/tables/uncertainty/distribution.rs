//! The distribution columns of a row.

use crate::diagnostic::Diagnostics;
use crate::domain::Distribution;
use crate::input::reader::row::Cells;
use crate::input::words::DISTRIBUTIONS;

/// The columns that a distribution may use.
const PARAMETERS: [&str; 5] = ["low", "mode", "high", "mean", "sd"];

/// Reads a row's distribution: it must fill the columns that its distribution uses, and no others.
pub(super) fn read(cells: Cells<'_>, found: &mut Diagnostics) -> Option<Distribution> {
    let name = cells.required("distribution", found)?;
    if name == "reference" {
        let help = "write another distribution, or remove this row";
        found.push(cells.fault("distribution", "is not supported yet", help));
        return None;
    }
    let (used, make) = cells.word("distribution", &DISTRIBUTIONS, found)?;
    let mut numbers = Vec::new();
    for parameter in PARAMETERS {
        let is_used = used.contains(&parameter);
        let number = cells.number(parameter, found);
        if is_used && cells.text(parameter).is_none() {
            let problem = format!("is blank, but the distribution `{name}` needs it");
            found.push(cells.fault(parameter, problem, format!("fill in {}", used.join(", "))));
        } else if !is_used && cells.text(parameter).is_some() {
            let problem = format!("is not used by the distribution `{name}`");
            let help = format!("leave the cell blank: it takes {}", used.join(", "));
            found.push(cells.fault(parameter, problem, help));
        }
        numbers.extend(number.filter(|_| is_used));
    }
    if numbers.len() < used.len() {
        return None;
    }
    match make(&numbers).checked() {
        Ok(distribution) => Some(distribution),
        Err(error) => {
            found.push(cells.fault("distribution", "does not fit its parameters", error.to_string()));
            None
        }
    }
}
