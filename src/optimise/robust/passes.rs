//! Passes of growing width until one drops nothing.

use std::collections::BTreeMap;

use crate::progress::CancelToken;

use super::dominance::{Archive, non_dominated};
use super::layers::Pass;
use super::prices::Prices;
use super::steps::Steps;

/// Widths of the passes. A program so small that the first drops nothing is done after a few milliseconds.
pub const WIDTHS: [usize; 4] = [512, 4096, 32_768, 262_144];
/// Numbers that the states of a layer may hold, 256 MB: many rows and vertices make passes narrower.
const MAX_NUMBERS: usize = 1 << 25;
/// Values are equal if they differ by no more than this part of the sum of all.
const ROUNDING: f64 = 1e-9;

/// A portfolio that is feasible.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<S> {
    /// What tells it from others: positions of its projects, rising.
    pub projects: Vec<usize>,
    /// Value at each vertex.
    pub values: Vec<f64>,
    /// Its selection.
    pub solution: S,
}

/// Limits of the search.
#[derive(Clone, Copy, Debug)]
pub struct RobustLimits {
    /// Words of 64 states that may be compared.
    pub work: u64,
    /// Portfolios that may be listed.
    pub portfolios: usize,
    /// States that each pass may keep, pass by pass.
    pub widths: &'static [usize],
}

/// All non-dominated portfolios, or those that were found.
#[derive(Clone, Debug)]
pub struct Ended<S> {
    /// Portfolios of which none dominates another.
    pub portfolios: Vec<Known<S>>,
    /// No other feasible portfolio that they do not dominate exceeds some one of them by more than this at every
    /// vertex: 0 if they are all there are.
    pub shortfall: f64,
}

/// The difference below which values are equal.
pub fn rounding(steps: &Steps) -> f64 {
    ROUNDING * steps.size.max(f64::MIN_POSITIVE)
}

/// Finds the non-dominated portfolios, beginning with those that are `known`. `evaluate` turns the alternative of each
/// step into a portfolio, or refuses it. A stop ends the search with what was found by then.
pub fn search<S: Clone>(
    (steps, prices): (&Steps, &Prices),
    known: Vec<Known<S>>,
    evaluate: &dyn Fn(&[u16]) -> Option<Known<S>>,
    limits: RobustLimits,
    cancel: &CancelToken,
) -> Ended<S> {
    let rounding = rounding(steps);
    let mut ended = Ended { portfolios: best_of(known, rounding), shortfall: f64::INFINITY };
    let numbers = steps.rows.len() + 2 * steps.objectives + 4;
    let most = (MAX_NUMBERS / numbers).max(1);
    let mut work = limits.work;
    for &width in limits.widths {
        let archive = archive_of(&ended.portfolios, steps.objectives, rounding);
        let pass = Pass::new((steps, prices), &archive, rounding, width.min(most), work);
        let Some((end, left)) = pass.run(cancel) else { break };
        let found = end.leaves.iter().filter_map(|leaf| evaluate(leaf));
        ended.portfolios = best_of(ended.portfolios.into_iter().chain(found).collect(), rounding);
        ended.shortfall = ended.shortfall.min(end.shortfall);
        work = left;
        if end.shortfall == 0.0 || work == 0 || width >= most {
            break;
        }
    }
    cut_short(&mut ended, limits.portfolios, steps.objectives, rounding);
    ended
}

fn archive_of<S>(portfolios: &[Known<S>], width: usize, rounding: f64) -> Archive {
    let vectors: Vec<Vec<f64>> = portfolios.iter().map(|one| one.values.clone()).collect();
    Archive::new(&vectors, width, rounding)
}

/// The non-dominated ones by their projects, each set of projects once: with the largest sum of values.
fn best_of<S>(known: Vec<Known<S>>, rounding: f64) -> Vec<Known<S>> {
    let vectors: Vec<&[f64]> = known.iter().map(|one| &one.values[..]).collect();
    let mut is_kept = vec![false; known.len()];
    non_dominated(&vectors, rounding).into_iter().for_each(|place| is_kept[place] = true);
    let mut by_projects: BTreeMap<Vec<usize>, Known<S>> = BTreeMap::new();
    for (one, _) in known.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept) {
        let is_better = by_projects.get(&one.projects).is_none_or(|other| sum(&one) > sum(other));
        if is_better {
            by_projects.insert(one.projects.clone(), one);
        }
    }
    by_projects.into_values().collect()
}

fn sum<S>(known: &Known<S>) -> f64 {
    known.values.iter().sum()
}

/// Leaves no more than `most` portfolios, those with the largest sums of values; the others count in the shortfall.
fn cut_short<S>(ended: &mut Ended<S>, most: usize, width: usize, rounding: f64) {
    if ended.portfolios.len() <= most {
        return;
    }
    ended.portfolios.sort_by(|one, other| sum(other).total_cmp(&sum(one)));
    let rest = ended.portfolios.split_off(most);
    let archive = archive_of(&ended.portfolios, width, rounding);
    let short = rest.iter().map(|one| archive.shortfall(&one.values)).fold(f64::MIN_POSITIVE, f64::max);
    ended.shortfall = ended.shortfall.max(short);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::decisions::Problem;
    use crate::optimise::model::program::{ByColumn, Column, ColumnIx, Program, Row};
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::robust::prices::core_last;
    use crate::optimise::solver::highs::relax;

    /// A number from 0 to `most`.
    fn up_to(random: &mut SplitMix64, most: usize) -> f64 {
        random.below(most + 1) as f64
    }

    /// A random program with rows of all kinds, and its gains.
    fn case(
        random: &mut SplitMix64,
        seed: usize,
        columns: usize,
        objectives: usize,
    ) -> (Program, Vec<ByColumn<f64>>) {
        let binary = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
        let mut program = Program { columns: vec![binary; columns].into(), ..Program::default() };
        for _ in 0..1 + seed % 3 {
            let costs: Vec<f64> = (0..columns).map(|_| 1.0 + up_to(random, 30)).collect();
            let most = costs.iter().sum::<f64>() * 0.4;
            let terms = costs.into_iter().enumerate();
            program.rows.push(Row::numbered(terms, f64::NEG_INFINITY, most).scaled());
        }
        let pair = |random: &mut SplitMix64| {
            let one = random.below(columns);
            (one, (one + 1 + random.below(columns - 1)) % columns)
        };
        let (needs, other) = pair(random);
        program.rows.push(Row::numbered([(needs, 1.0), (other, -1.0)], f64::NEG_INFINITY, 0.0));
        let (one, other) = pair(random);
        program.rows.push(Row::numbered(
            [(one, 1.0), (other, 1.0)],
            f64::from(u8::from(seed.is_multiple_of(2))),
            1.0,
        ));
        let levels = if seed.is_multiple_of(3) { 4 } else { 60 };
        let gains = (0..objectives).map(|_| (0..columns).map(|_| up_to(random, levels)).collect());
        let gains = gains.collect();
        (program, gains)
    }

    fn portfolio(
        program: &Program,
        gains: &[ByColumn<f64>],
        taken: impl Fn(usize) -> bool,
    ) -> Option<Known<()>> {
        let holds = |row: &Row| {
            let sum: f64 = row.terms.iter().filter(|one| taken(one.0.index())).map(|one| one.1).sum();
            row.lower - 1e-9 <= sum && sum <= row.upper + 1e-9
        };
        let projects: Vec<usize> = (0..program.columns.len()).filter(|&column| taken(column)).collect();
        let value = |gains: &ByColumn<f64>| projects.iter().map(|&column| gains[ColumnIx::new(column)]).sum();
        let values = gains.iter().map(value).collect();
        program.rows.iter().all(holds).then_some(Known { projects, values, solution: () })
    }

    fn found(program: &Program, gains: &[ByColumn<f64>], limits: RobustLimits) -> Ended<()> {
        let problem = Problem::of_program(program);
        let mut steps = Steps::new(&problem, &[], gains);
        let prices = |gains: &ByColumn<f64>| {
            let mut priced = program.clone();
            priced.columns.iter_mut().zip(gains).for_each(|(column, &gain)| column.objective = gain);
            let relaxed = relax(&priced, &CancelToken::new()).unwrap().unwrap();
            steps.prices(program.rows.iter().zip(relaxed.prices.iter().copied()))
        };
        let prices: Vec<Vec<f64>> = gains.iter().map(prices).collect();
        let order = core_last(&steps, &prices);
        steps.reorder(&order);
        let bounds = Prices::new(&steps, &prices);
        let evaluate = |leaf: &[u16]| {
            let columns = steps.steps.iter().zip(leaf);
            let columns: Vec<usize> = columns
                .filter_map(|(step, &number)| step.alternatives[usize::from(number)].column)
                .map(|column| column.index())
                .collect();
            portfolio(program, gains, |column| columns.contains(&column))
        };
        search((&steps, &bounds), Vec::new(), &evaluate, limits, &CancelToken::new())
    }

    fn everything(program: &Program, gains: &[ByColumn<f64>]) -> Vec<Known<()>> {
        let sets = 0..1_u32 << program.columns.len();
        sets.filter_map(|set| portfolio(program, gains, |column| set >> column & 1 == 1)).collect()
    }

    const ALL: RobustLimits = RobustLimits { work: u64::MAX, portfolios: usize::MAX, widths: &WIDTHS };
    /// So narrow that most passes begin with portfolios by which others are cut.
    const NARROW: RobustLimits = RobustLimits { widths: &[2, 8, 32, 100_000], ..ALL };

    #[test]
    fn finds_exactly_the_portfolios_that_no_other_dominates() {
        let mut random = SplitMix64::default();
        for seed in 0..60 {
            let (program, gains) = case(&mut random, seed, 6 + seed % 6, 2 + seed % 3);
            let expected = best_of(everything(&program, &gains), 1e-9);
            for limits in [ALL, NARROW] {
                let ended = found(&program, &gains, limits);
                assert_eq!(ended.portfolios, expected, "seed {seed}");
                assert_eq!(ended.shortfall, 0.0);
            }
        }
    }

    #[test]
    fn what_a_limit_leaves_out_is_bounded() {
        let (mut cut, mut random) = (0, SplitMix64::default());
        for seed in 0..20 {
            let (program, gains) = case(&mut random, 3 * seed + 1, 12, 3);
            let all = best_of(everything(&program, &gains), 1e-9);
            let ended = found(&program, &gains, RobustLimits { portfolios: 3, ..ALL });
            assert_eq!(ended.portfolios.len(), all.len().min(3));
            assert_eq!(ended.shortfall > 0.0, all.len() > 3, "seed {seed}");
            cut += usize::from(all.len() > 3);
            let archive = archive_of(&ended.portfolios, 3, 1e-9);
            assert!(all.iter().all(|one| archive.shortfall(&one.values) <= ended.shortfall + 1e-9));
            // What a pass drops is bounded, too.
            let ended = found(&program, &gains, RobustLimits { widths: &[4, 6], ..ALL });
            let archive = archive_of(&ended.portfolios, 3, 1e-9);
            assert!(all.iter().all(|one| archive.shortfall(&one.values) <= ended.shortfall + 1e-9));
        }
        assert!(cut > 5, "{cut} cases have more than three portfolios");
    }
}
