//! Shadow prices of limits.

use std::collections::BTreeMap;

use crate::domain::Measure;
use crate::finance::Valuation;
use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::result::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::relax;

/// Shadow prices: gain in the objective of the relaxation per unit of each limit. Parts of projects can be chosen
/// there, so that prices hold for small changes only; 0 where a limit has slack. `scales` are those of a mixed
/// objective.
///
/// # Errors
/// If cancelled, or if the solver fails.
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
        if formulation.row_key(row).is_supply() {
            // In the limit's own unit, with the sign of the objective's sense: more money lowers a least cost.
            let price = goal.sense().sign() * price * formulation.scale(row);
            *prices.entry(formulation.row_key(row)).or_insert(0.0) += price;
        }
    }
    Ok(prices)
}
