//! Shadow prices of limits.

use std::collections::BTreeMap;

use crate::domain::Measure;
use crate::finance::Valuation;
use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::result::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::relax;

/// What one more unit of each limit would add to the objective of the relaxation, in which parts of projects can be
/// chosen: prices hold for small changes only. 0 where a limit has room. `scales` are those of a mixed objective.
///
/// # Errors
/// If it is asked to stop, or the solver fails.
pub fn shadow_prices(
    valuation: &Valuation,
    scales: &[(Measure, f64)],
    cancel: &CancelToken,
) -> Result<BTreeMap<RowKey, f64>, OptimiseError> {
    let formulation = ScenarioModel::of_goal(valuation, scales).formulation;
    let goal = &valuation.scenario().goal;
    let Some(relaxation) = relax(&formulation.program, cancel)? else { return Ok(BTreeMap::new()) };
    let mut prices = BTreeMap::new();
    for (row, price) in relaxation.prices.iter().enumerate() {
        if formulation.meaning(row).is_supply() {
            // In the limit's own unit, and in the objective's own sense: more money makes a least cost smaller.
            let price = goal.sense().sign() * price * formulation.scale(row);
            *prices.entry(formulation.meaning(row)).or_insert(0.0) += price;
        }
    }
    Ok(prices)
}
