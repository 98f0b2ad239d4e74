//! Shadow prices of limits.

use std::collections::BTreeMap;

use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::relax;

/// Shadow prices: gain in the objective of the relaxation per unit of each limit. Parts of projects can be chosen
/// there, so that prices hold for small changes only; 0 where a limit has slack. The model maximises the scenario's
/// goal.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn shadow_prices(
    model: &ScenarioModel,
    cancel: &CancelToken,
) -> Result<BTreeMap<RowKey, f64>, OptimiseError> {
    let formulation = &model.formulation;
    let goal = &model.valuation.scenario().goal;
    let Some(relaxation) = relax(&formulation.program, cancel)? else { return Ok(BTreeMap::new()) };
    let mut prices = BTreeMap::new();
    for (row, price) in relaxation.prices.iter_enumerated() {
        if formulation.row_key(row).is_supply() {
            // In the limit's own unit, with the sign of the objective's sense: more money lowers a least cost.
            let price = goal.sense().sign() * price * formulation.scale(row);
            *prices.entry(formulation.row_key(row)).or_insert(0.0) += price;
        }
    }
    Ok(prices)
}
