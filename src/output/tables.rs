//! All result tables of a batch.

use polars::prelude::DataFrame;

use crate::domain::{Batch, Portfolio, Scenario};
use crate::engine::{BatchResult, RankedOption, ScenarioOutcome};
use crate::finance::Valuation;

use super::error::OutputError;
use super::objectives::ObjectiveRows;
use super::options::{OptionRows, SelectionRows};
use super::periods::PeriodRows;
use super::scenarios::scenario_table;

/// A result table.
#[derive(Clone, Debug)]
pub struct ResultTable {
    /// The file that it is written to.
    pub file: &'static str,
    /// Its rows, in their final order.
    pub frame: DataFrame,
}

/// An option of a scenario: what every row about it begins with.
#[derive(Clone, Copy)]
pub(super) struct OptionView<'a> {
    pub scenario: &'a Scenario,
    pub option: &'a RankedOption,
}

impl OptionView<'_> {
    /// The name of the scenario.
    pub fn scenario_name(&self) -> &str {
        self.scenario.name.as_str()
    }
}

/// The tables of a batch. Rows stand by scenario as in the batch, within it by rank, then by project, line,
/// resource, period or objective in the portfolio's order.
///
/// # Errors
/// If a table cannot be made, which is an internal failure.
pub fn result_tables(
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
) -> Result<Vec<ResultTable>, OutputError> {
    let mut options = OptionRows::default();
    let mut selections = SelectionRows::default();
    let mut periods = PeriodRows::default();
    let mut objectives = ObjectiveRows::default();
    // One valuation at a time: all of them together would not fit for large batches.
    for (scenario, outcome) in batch.scenarios().iter().zip(&result.scenarios) {
        let ScenarioOutcome::Finished(finished) = outcome else { continue };
        let valuation = Valuation::new(portfolio, scenario);
        for option in &finished.options {
            let view = OptionView { scenario, option };
            options.add(view, &valuation);
            selections.add(view, portfolio);
            periods.add(view, &valuation);
            objectives.add(view, &valuation);
        }
    }
    Ok(vec![
        options.table()?,
        selections.table()?,
        periods.spend_table()?,
        periods.capacity_table()?,
        objectives.table()?,
        scenario_table(portfolio, batch, result)?,
    ])
}
