//! The distribution columns of a row.

use crate::diagnostic::Diagnostics;
use crate::domain::Distribution;
use crate::input::reader::row::Cells;
use crate::input::words::{DISTRIBUTIONS, Make};

use super::reference::ReferenceClasses;

/// The columns with numbers that a distribution may use.
const PARAMETERS: [&str; 5] = ["low", "mode", "high", "mean", "sd"];
/// The bounds that a distribution may have.
const BOUNDS: [&str; 2] = ["min", "max"];

/// Reads a row's distribution: it must fill the columns that its distribution uses, and no others.
pub(super) fn read(
    cells: Cells<'_>,
    classes: &ReferenceClasses<'_>,
    found: &mut Diagnostics,
) -> Option<Distribution> {
    let name = cells.required("distribution", found)?;
    let (used, make) = cells.word("distribution", &DISTRIBUTIONS, found)?;
    let may_be_bounded = matches!(make, Make::Percentiles(_));
    let mut numbers = Vec::new();
    for parameter in PARAMETERS {
        let is_used = used.contains(&parameter);
        check_filled(cells, parameter, name, used, is_used, found);
        numbers.extend(cells.number(parameter, found).filter(|_| is_used));
    }
    check_filled(cells, "class", name, used, used.contains(&"class"), found);
    let [min, max] = BOUNDS.map(|bound| {
        if !may_be_bounded {
            check_filled(cells, bound, name, used, false, found);
        }
        (cells.text(bound).is_some(), cells.number(bound, found))
    });
    let is_bound_lost = [min, max].iter().any(|(is_filled, number)| *is_filled && number.is_none());
    let needed = used.iter().filter(|column| PARAMETERS.contains(column)).count();
    if numbers.len() < needed || is_bound_lost {
        return None;
    }
    let distribution = match make {
        Make::Numbers(make) => make(&numbers),
        Make::Percentiles(make) => make(&numbers, [min.1, max.1]),
        Make::Class => return classes.distribution(cells, found),
    };
    match distribution.checked() {
        Ok(distribution) => Some(distribution),
        Err(error) => {
            found.push(cells.fault("distribution", "does not fit its parameters", error.to_string()));
            None
        }
    }
}

/// Reports a blank cell that a distribution needs, and a filled one that it does not use.
fn check_filled(
    cells: Cells<'_>,
    column: &'static str,
    name: &str,
    used: &[&str],
    is_used: bool,
    found: &mut Diagnostics,
) {
    if is_used && cells.text(column).is_none() {
        let problem = format!("is blank, but the distribution `{name}` needs it");
        found.push(cells.fault(column, problem, format!("fill in {}", used.join(", "))));
    } else if !is_used && cells.text(column).is_some() {
        let problem = format!("is not used by the distribution `{name}`");
        let help = format!("leave the cell blank: it takes {}", used.join(", "));
        found.push(cells.fault(column, problem, help));
    }
}
