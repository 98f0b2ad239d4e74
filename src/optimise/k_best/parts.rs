//! Programs that fall apart: parts that share no row are solved one by one.

use super::whole_tree::{SearchRequest, enumerate};
use crate::optimise::bnb::TreeEnd;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::program::{ByColumn, ColumnIx, Program, Row};
use crate::optimise::verify::evaluator::ProgramEvaluator;
use crate::progress::CancelToken;

/// Largest share of the columns in one part: else little is gained.
const MAX_LARGEST_SHARE: f64 = 0.7;
/// Gap to which parts are solved at least: nothing is listed for ties.
const MIN_GAP: f64 = 1e-10;

/// The best values of all columns, and a bound on the objective of any others.
#[derive(Clone, Debug)]
pub struct BestOfParts {
    /// A value per column.
    pub values: ByColumn<f64>,
    /// Upper bound on the objective of every solution.
    pub bound: f64,
}

/// The best solution of a program, part by part; `None` if it does not fall apart, or a limit ended the search of a part.
/// Limits and gap of the request hold for each part.
pub fn best_of_parts(
    program: &Program,
    request: &SearchRequest,
    cancel: &CancelToken,
) -> Option<BestOfParts> {
    let parts = parts(program);
    let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
    if largest as f64 > MAX_LARGEST_SHARE * program.columns.len() as f64 {
        return None;
    }
    let mut best = BestOfParts { values: ByColumn::filled(0.0, program.columns.len()), bound: 0.0 };
    let mut place = ByColumn::filled((0, 0), program.columns.len());
    for (part, columns) in parts.iter().enumerate() {
        columns.iter().enumerate().for_each(|(at, &column)| place[column] = (part, at));
    }
    let mut programs: Vec<Program> = (parts.iter())
        .map(|columns| Program {
            columns: columns.iter().map(|&column| program.columns[column]).collect(),
            ..Program::default()
        })
        .collect();
    for row in program.rows.iter().filter(|row| !row.terms.is_empty()) {
        let (part, _) = place[row.terms[0].0];
        let terms = row.terms.iter().map(|&(column, factor)| (place[column].1, factor));
        programs[part].rows.push(Row::numbered(terms, row.lower, row.upper));
    }
    let request = SearchRequest { options: 1, difference: 1, gap: request.gap.max(MIN_GAP), ..*request };
    for (columns, program) in parts.iter().zip(&programs) {
        let problem = Problem::of_program(program);
        let mut pool = Pool::default();
        let listed =
            enumerate(&problem, &ProgramEvaluator { problem: &problem }, &mut pool, &request, cancel);
        let first = pool.candidates().first().filter(|_| listed.end == TreeEnd::Complete)?;
        best.bound += listed.bound.max(first.objective);
        columns.iter().zip(&first.solution).for_each(|(&column, &value)| best.values[column] = value);
    }
    Some(best)
}

/// Columns by part, in rising order: those that rows connect, in however many steps.
fn parts(program: &Program) -> Vec<Vec<ColumnIx>> {
    let mut parent: Vec<usize> = (0..program.columns.len()).collect();
    for row in &program.rows {
        for pair in row.terms.windows(2) {
            let (one, other) = (root(&mut parent, pair[0].0.index()), root(&mut parent, pair[1].0.index()));
            // The first column of a part leads it.
            parent[one.max(other)] = one.min(other);
        }
    }
    let mut number = vec![usize::MAX; parent.len()];
    let mut parts: Vec<Vec<ColumnIx>> = Vec::new();
    for column in program.columns.positions() {
        let leader = root(&mut parent, column.index());
        if number[leader] == usize::MAX {
            number[leader] = parts.len();
            parts.push(Vec::new());
        }
        parts[number[leader]].push(column);
    }
    parts
}

/// The leader of the part of a column; paths are halved on the way (Tarjan and van Leeuwen 1984).
fn root(parent: &mut [usize], mut column: usize) -> usize {
    while parent[column] != column {
        parent[column] = parent[parent[column]];
        column = parent[column];
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::limits::SearchLimits;
    use crate::optimise::model::program::Column;
    use crate::optimise::model::split_mix::SplitMix64;

    fn request() -> SearchRequest {
        let limits = SearchLimits { ticks: u64::MAX, nodes: u64::MAX, deadline: None };
        SearchRequest { options: 1, difference: 1, gap: 0.0, limits }
    }

    /// Three budgets over four columns each, which lie among one another, and a column in no row.
    fn random_program(random: &mut SplitMix64) -> Program {
        let mut number = |below: usize| (1 + random.below(below)) as f64;
        let columns = (0..13)
            .map(|_| Column { lower: 0.0, upper: 1.0, is_integer: true, objective: number(20) - 4.0 })
            .collect();
        let budget = |part: usize, number: &mut dyn FnMut(usize) -> f64| {
            let terms: Vec<(usize, f64)> = (0..4).map(|at| (part + 3 * at, number(9))).collect();
            Row::numbered(terms, f64::NEG_INFINITY, 12.0)
        };
        Program { columns, rows: (0..3).map(|part| budget(part, &mut number)).collect() }
    }

    #[test]
    fn the_best_of_parts_is_the_best_of_all() {
        let mut random = SplitMix64::default();
        for _ in 0..50 {
            let program = random_program(&mut random);
            let problem = Problem::of_program(&program);
            let evaluator = ProgramEvaluator { problem: &problem };
            let sets = (0..1_u32 << 13).filter_map(|set| {
                let values = (0..13).map(|column| f64::from(set >> column & 1)).collect();
                crate::optimise::bnb::incumbents::Evaluator::evaluate(&evaluator, &values)
            });
            let most = sets.map(|candidate| candidate.objective).fold(f64::NEG_INFINITY, f64::max);
            let best = best_of_parts(&program, &request(), &CancelToken::new()).unwrap();
            let objective: f64 = best
                .values
                .iter()
                .zip(&program.columns)
                .map(|(value, column)| value * column.objective)
                .sum();
            assert_eq!(objective, most);
            assert!((best.bound - most).abs() < 1e-6, "{} for {most}", best.bound);
        }
    }

    #[test]
    fn a_program_in_one_part_does_not_fall_apart() {
        let mut program = random_program(&mut SplitMix64::default());
        program.rows.push(Row::numbered((0..12).map(|column| (column, 1.0)), f64::NEG_INFINITY, 5.0));
        assert!(best_of_parts(&program, &request(), &CancelToken::new()).is_none());
    }
}
