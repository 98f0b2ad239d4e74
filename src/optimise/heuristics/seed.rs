//! The first incumbents of a search: what local search finds from the relaxation, evaluated.

use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::Pool;
use crate::optimise::solver::highs::Relaxation;

use super::local_search::{Guide, LocalSearch};

/// Runs so many rounds of local search from a relaxation, and adds the valid ones of its best solutions to the pool; of
/// these at most `max_evaluations` are evaluated.
pub fn seed<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    relaxation: &Relaxation,
    rounds: usize,
    max_evaluations: usize,
    pool: &mut Pool<E::Solution>,
) {
    let guide = Guide { values: relaxation.values.clone(), prices: relaxation.prices.clone() };
    let mut met = Pool::default();
    LocalSearch::new(problem, &guide).run(rounds, &mut met);
    for candidate in met.candidates().iter().take(max_evaluations) {
        if let Some(valid) = evaluator.evaluate(&LocalSearch::values_of(problem, &candidate.solution)) {
            pool.add(valid);
        }
    }
}
