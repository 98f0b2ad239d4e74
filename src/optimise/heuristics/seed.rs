//! Incumbents from local search, evaluated: the first of a search, from the relaxation, and the neighbours of a solution.

use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::program::{ByColumn, ByRow};
use crate::optimise::solver::highs::Relaxation;

use super::local_search::{Guide, LocalSearch, Taken};

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
    add_valid(problem, evaluator, &met, max_evaluations, pool);
}

/// Adds the best valid neighbours of a solution, given by its values, to the pool: one project added, dropped or swapped.
/// At most `max_evaluations` of them are evaluated.
pub fn seed_neighbours<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    values: ByColumn<f64>,
    max_evaluations: usize,
    pool: &mut Pool<E::Solution>,
) {
    let groups = problem.groups.iter();
    let taken: Taken =
        groups.map(|group| group.alternatives.iter().position(|one| values[one.chosen] > 0.5)).collect();
    let guide = Guide { values, prices: ByRow::filled(0.0, problem.program.rows.len()) };
    let mut met = Pool::default();
    LocalSearch::new(problem, &guide).add_neighbours(&taken, &mut met);
    add_valid(problem, evaluator, &met, max_evaluations, pool);
}

fn add_valid<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    met: &Pool<Taken>,
    max_evaluations: usize,
    pool: &mut Pool<E::Solution>,
) {
    for candidate in met.candidates().iter().take(max_evaluations) {
        if let Some(valid) = evaluator.evaluate(&LocalSearch::values_of(problem, &candidate.solution)) {
            pool.add(valid);
        }
    }
}
