//! What `[simulation]` asks beside the risk of the options: how the best selection changes from future to future, and what
//! the optimiser's choice of favourable estimates costs.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Batch, Quantity};

use super::document::{Entry, Section};

/// Most futures in which the selection is solved again: each takes as long as an option.
const MOST_FUTURES: u64 = 100_000;
/// Fewest trials that a precision draws.
const FEWEST_OF_PRECISION: usize = 1_000;
/// A prior wider than this is likelier a slip of the unit than meant.
const LARGEST_USUAL_PRIOR: f64 = 5.0;

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RiskQuestions {
    futures: usize,
    prior_sd: Option<f64>,
}

impl RiskQuestions {
    /// Reads both keys. `trials` are those that are drawn.
    pub(super) fn read(section: Option<&Section<'_>>, trials: usize, found: &mut Diagnostics) -> Self {
        let Some(section) = section else { return Self::default() };
        let futures = section.get("solve_in_futures").and_then(|entry| {
            let trials = if section.get("precision").is_some() { FEWEST_OF_PRECISION } else { trials };
            futures(&entry, trials, found)
        });
        let prior_sd = section.get("prior_sd").and_then(|entry| prior_sd(&entry, found));
        Self { futures: futures.unwrap_or_default(), prior_sd }
    }

    /// Adds them to a batch.
    pub(super) fn added_to(self, batch: Batch) -> Batch {
        batch.with_futures(self.futures).with_prior_sd(self.prior_sd)
    }
}

/// Warns of a batch that asks for frequencies, and does not write the table that tells them.
pub(super) fn tell_untold(section: Option<&Section<'_>>, batch: &Batch, found: &mut Diagnostics) {
    let Some(entry) = section.and_then(|section| section.get("solve_in_futures")) else { return };
    if batch.futures() > 0 && !batch.explains_decisions() {
        let problem = "asks how often each project is in the best selection, which decisions.csv tells, and this batch does \
                       not write that table";
        let help = "write decisions = true in [batch]; futures.csv tells the selections themselves";
        found.push(entry.warning(problem, help));
    }
}

/// The number of futures in which the selection is solved again: trials of the simulation.
fn futures(entry: &Entry<'_>, trials: usize, found: &mut Diagnostics) -> Option<usize> {
    let futures = entry.whole(0, MOST_FUTURES, found)?;
    let futures = usize::try_from(futures).ok()?;
    if futures > trials {
        let problem = format!("asks for more futures than the simulation is sure to draw: {trials}");
        let help = format!("write {trials} at most: futures are trials of the simulation; 0 leaves it out");
        found.push(entry.fault(problem, help));
        return None;
    }
    Some(futures)
}

/// How much true benefits per unit of cost scatter around their common mean, as a share of it.
fn prior_sd(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<f64> {
    const EXPECTED: &str = "a table such as { benefit = 0.4 }";
    let table = entry.table(EXPECTED, found)?;
    let mut prior = None;
    for (name, own) in table.entries() {
        if name == Quantity::Benefit.as_str() {
            let expected = "a share above 0, such as 0.4";
            prior = own.number(expected, |share| share > 0.0, found);
            if prior.is_some_and(|share| share > LARGEST_USUAL_PRIOR) {
                let help = "write 0.4 for true benefits per unit of cost that scatter by 40 % of their mean";
                found.push(own.warning("is a share of the mean, and far above 1", help));
            }
            continue;
        }
        let problem = "has no prior here: only estimates of benefits are drawn towards their common mean";
        found.push(Diagnostic::fault(own.source(), problem, why_not(name)).with_value(name));
    }
    if table.entries().next().is_none() {
        found.push(entry.fault("names no quantity", format!("write {EXPECTED}")));
    }
    prior
}

/// Why a quantity has no prior.
fn why_not(name: &str) -> String {
    let known = Quantity::ALL.iter().any(|quantity| quantity.as_str() == name);
    match known {
        true => format!(
            "remove {name}: benefits per unit of cost of all candidates can be compared with each other, and so have a \
             common mean; costs, demands, effects and delays have no such scale. Write the error of {name} into \
             uncertainty.csv, with a mean that is not 1 where plans are too low on average"
        ),
        false => "write { benefit = 0.4 }".to_owned(),
    }
}
