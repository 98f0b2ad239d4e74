//! Sizes of what is drawn: factors that were probably meant to be amounts, and delays that cannot be.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Distribution, Horizon, Quantity};
use crate::input::reader::row::Cells;

use super::money;

/// Refuses delays that cannot be, and warns of factors that were probably meant to be amounts, given what is planned of
/// the quantity.
pub(super) fn check(
    (cells, quantity): (Cells<'_>, Quantity),
    distribution: &Distribution,
    (planned, horizon): (Option<f64>, Option<&Horizon>),
    found: &mut Diagnostics,
) {
    match quantity {
        Quantity::Delay => check_delay(cells, distribution, horizon, found),
        _ => found.extend(money::doubt(cells, distribution, planned)),
    }
}

/// Refuses a delay with an end below 0 or far past the horizon. Distributions without an end are cut there.
fn check_delay(
    cells: Cells<'_>,
    distribution: &Distribution,
    horizon: Option<&Horizon>,
    found: &mut Diagnostics,
) {
    let [smallest, largest] = distribution.ends();
    if smallest.is_some_and(|smallest| smallest < 0.0) {
        let help = "write 0 or more periods: nothing comes earlier than planned";
        found.push(fault(cells, ["low", "mean"], "makes a delay below 0", help.to_owned()));
    }
    let Some(horizon) = horizon else { return };
    let longest = horizon.longest_delay();
    if largest.is_some_and(|largest| largest > longest as f64) {
        let problem = format!("is a delay of more than {longest} periods, twice the horizon");
        let help = format!(
            "write at most {longest}; lower the success_probability of a project that may never come"
        );
        found.push(fault(cells, ["high", "mean"], &problem, help));
    }
}

/// A fault in the first of two columns that is filled.
fn fault(cells: Cells<'_>, columns: [&'static str; 2], problem: &str, help: String) -> Diagnostic {
    let column = columns.into_iter().find(|column| cells.text(column).is_some());
    cells.fault(column.unwrap_or("distribution"), problem, help)
}
