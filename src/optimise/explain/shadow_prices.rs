//! Shadow prices of limits.

use std::collections::BTreeMap;

use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::relax;

/// Shadow prices: gain in the objective of the relaxation per unit of each limit. Parts of projects can be chosen
/// there, so that prices hold for small changes only; 0 where a limit has slack. The model maximises the scenario's
/// goal; `known` are the prices of its rows, if a search has found them.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn shadow_prices(
    model: &ScenarioModel,
    known: Option<&[f64]>,
    cancel: &CancelToken,
) -> Result<BTreeMap<RowKey, f64>, OptimiseError> {
    let formulation = &model.formulation;
    let goal = &model.valuation.scenario().goal;
    let solved = match known {
        Some(known) => known.to_vec(),
        None => match relax(&formulation.program, cancel)? {
            Some(relaxation) => relaxation.prices.into_vec(),
            None => return Ok(BTreeMap::new()),
        },
    };
    let mut prices = BTreeMap::new();
    for (row, price) in formulation.program.rows.positions().zip(solved) {
        if formulation.row_key(row).is_supply() {
            // In the limit's own unit, with the sign of the objective's sense: more money lowers a least cost.
            let price = goal.sense().sign() * price * formulation.scale(row);
            *prices.entry(formulation.row_key(row)).or_insert(0.0) += price;
        }
    }
    Ok(prices)
}
