//! Ranking of options.

mod regret;

use std::cmp::Ordering;

use crate::domain::{Goal, Measure, RankBy, Sense, Statistic};
use crate::finance::Valuation;
use crate::optimise::FoundOption;
use crate::simulate::{Estimate, OptionRisk, Paired, Reserves};

pub use regret::{Held, OverAll, OwnOption, Regrets, Scales, regrets};

/// An option with its rank and risk.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedOption {
    /// Rank within the scenario, from 1.
    pub rank: usize,
    /// Number within the scenario in the order of the objective, from 1: options are named by it.
    pub number: usize,
    /// The option as found.
    pub found: FoundOption,
    /// Its risk; `None` where the scenario is not simulated or simulation was stopped.
    pub risk: Option<OptionRisk>,
    /// The option beside the next in rank; `None` where there is none, or it is not simulated.
    pub beside_next: Option<Paired>,
    /// Money beyond its budgets that its risk asks for; `None` where that is not asked for, or it is not simulated.
    pub reserves: Option<Box<Reserves>>,
}

/// Ranks the options of a scenario, given best first by objective, with their risks if they were simulated.
///
/// If a simulated criterion is asked for and nothing was simulated, the same measure as planned takes its place.
/// Options that are equal in the criterion to 12 significant digits, as written in the tables, or but for the rounding
/// of sums that cancel, are ordered by objective, then by the goals that follow it, then by least cost, then by the
/// fewest projects, then by their ids: never by the order of rows.
pub fn rank(
    valuation: &Valuation,
    criterion: RankBy,
    found: Vec<FoundOption>,
    risks: Option<Vec<OptionRisk>>,
) -> Vec<RankedOption> {
    let risks: Vec<Option<OptionRisk>> = match risks {
        Some(risks) => risks.into_iter().map(Some).collect(),
        None => vec![None; found.len()],
    };
    let mut options: Vec<(Vec<Number>, RankedOption)> = (found.into_iter().zip(risks).enumerate())
        .map(|(position, (found, risk))| {
            let option = RankedOption {
                rank: 0,
                number: position + 1,
                found,
                risk,
                beside_next: None,
                reserves: None,
            };
            (sort_key(valuation, criterion, &option), option)
        })
        .collect();
    options.sort_by(|(left_key, left), (right_key, right)| {
        compare_keys(left_key, right_key)
            .then_with(|| left.found.selection.len().cmp(&right.found.selection.len()))
            .then_with(|| left.found.selection.projects().cmp(right.found.selection.projects()))
            .then_with(|| left.number.cmp(&right.number))
    });
    let with_rank = |(place, (_, option))| RankedOption { rank: place + 1, ..option };
    options.into_iter().enumerate().map(with_rank).collect()
}

/// Criterion of the ranking, with its value for one option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criterion {
    /// The number.
    pub value: f64,
    /// Its standard error, where it is simulated.
    pub error: Option<f64>,
    /// Its sense: more or less is better.
    pub sense: Sense,
}

impl Criterion {
    /// The criterion of an option; see [`rank`].
    pub fn of(valuation: &Valuation, criterion: RankBy, option: &RankedOption) -> Self {
        let planned = |measure: Measure| Self {
            value: valuation.total(measure, &option.found.selection),
            error: None,
            sense: measure.natural_sense(),
        };
        match criterion {
            RankBy::Objective => {
                Self { value: option.found.objective, error: None, sense: valuation.scenario().goal.sense() }
            }
            RankBy::Plan(measure) => planned(measure),
            RankBy::Simulated(measure, statistic) => {
                let simulated = option.risk.as_ref().and_then(|risk| simulated(risk, measure, statistic));
                simulated.map_or_else(
                    || planned(measure),
                    |Estimate { value, error }| Self {
                        value,
                        error: Some(error),
                        sense: simulated_sense(measure, statistic),
                    },
                )
            }
        }
    }
}

/// Lead of an option over the next in rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lead {
    /// The difference in the criterion, 0 or more.
    pub amount: f64,
    /// The same as a share of the size of the next one's; `None` where that is 0.
    pub share: Option<f64>,
    /// The standard error of the difference on the same trials, where the two are simulated.
    pub error: Option<f64>,
    /// True if it is a tie: the two are equal but for rounding, or the difference cannot be told from 0 at 95 %.
    pub is_tie: bool,
}

/// Numbers whose difference is no larger a part of them are equal.
const EQUAL: f64 = 1e-9;
/// Standard errors within which a difference cannot be told from 0 at 95 %.
const TOLD_APART: f64 = 1.96;

impl Lead {
    /// Lead of the first option over the second; `None` if one of the numbers is not known, or the first is behind:
    /// then the ranking followed another criterion. `beside` tells of the first beside the second on the same trials.
    pub fn of(first: Criterion, second: Criterion, beside: Option<Paired>) -> Option<Self> {
        let amount = first.sense.sign() * (first.value - second.value);
        let size = first.value.abs().max(second.value.abs());
        if !amount.is_finite() || amount < -EQUAL * size {
            return None;
        }
        let is_simulated = first.error.is_some() && second.error.is_some();
        let error = beside.filter(|_| is_simulated).and_then(|beside| beside.error);
        let amount = if amount <= EQUAL * size { 0.0 } else { amount };
        let share = (second.value != 0.0).then(|| amount / second.value.abs());
        let is_tie = amount == 0.0 || error.is_some_and(|error| amount <= TOLD_APART * error);
        Some(Self { amount, share, error, is_tie })
    }
}

/// A number, and by how much rounding alone may change it.
#[derive(Clone, Copy, Debug)]
struct Number {
    value: f64,
    rounding: f64,
}

/// Numbers that are compared one after the other; smaller comes first.
fn sort_key(valuation: &Valuation, criterion: RankBy, option: &RankedOption) -> Vec<Number> {
    let ascending = |criterion: Criterion| -criterion.sense.sign() * criterion.value;
    let first = ascending(Criterion::of(valuation, criterion, option));
    let objective = ascending(Criterion::of(valuation, RankBy::Objective, option));
    let selection = &option.found.selection;
    let rounding = |measure: Measure| valuation.rounding_of(measure, selection);
    let of_objective = match valuation.scenario().goal {
        Goal::Single { measure, .. } => rounding(measure),
        Goal::Mix(_) => 0.0,
    };
    let of_first = match criterion {
        RankBy::Objective => of_objective,
        RankBy::Plan(measure) | RankBy::Simulated(measure, _) => rounding(measure),
    };
    let total = |measure: Measure, sign: f64| Number {
        value: sign * valuation.total(measure, selection),
        rounding: rounding(measure),
    };
    let sign = -valuation.scenario().goal.sense().sign();
    let next = valuation.scenario().next_goals.iter().map(|&measure| total(measure, sign));
    [Number { value: first, rounding: of_first }, Number { value: objective, rounding: of_objective }]
        .into_iter()
        .chain(next)
        .chain([total(Measure::Cost, 1.0)])
        .collect()
}

fn compare_keys(left: &[Number], right: &[Number]) -> Ordering {
    let pairs = left.iter().zip(right).map(|(left, right)| compare_as_written(*left, *right));
    pairs.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Order by 12 significant digits; numbers that differ by rounding alone are equal.
fn compare_as_written(left: Number, right: Number) -> Ordering {
    let difference = (left.value - right.value).abs();
    let written = 1e-12 * left.value.abs().max(right.value.abs());
    if difference <= written.max(left.rounding).max(right.rounding) {
        Ordering::Equal
    } else {
        left.value.total_cmp(&right.value)
    }
}

/// A spread is better if small, whatever measure it belongs to.
fn simulated_sense(measure: Measure, statistic: Statistic) -> Sense {
    if statistic == Statistic::Sd { Sense::Minimise } else { measure.natural_sense() }
}

fn simulated(risk: &OptionRisk, measure: Measure, statistic: Statistic) -> Option<Estimate> {
    let summary = match measure {
        Measure::StrategicValue => &risk.strategic_value,
        Measure::Benefit => &risk.benefit,
        Measure::Cost => &risk.cost,
        // `RankBy::SIMULATED` holds no other.
        _ => &risk.npv,
    };
    summary.statistic(statistic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_told_in_the_sense_of_the_criterion() {
        let made = |value, error, sense| Criterion { value, error, sense };
        let lead = |one, other, error: Option<f64>, sense| {
            let beats = Estimate { value: 0.75, error: 0.01 };
            let beside = error.map(|_| Paired { beats, error });
            // The errors of the two numbers are no part of it: what both share does not part them.
            let own = error.map(|error| 100.0 * error);
            Lead::of(made(one, own, sense), made(other, own, sense), beside).unwrap()
        };
        let first = lead(12.0, 10.0, None, Sense::Maximise);
        assert_eq!((first.amount, first.share, first.is_tie), (2.0, Some(0.2), false));
        let cheaper = lead(8.0, 10.0, None, Sense::Minimise);
        assert_eq!((cheaper.amount, cheaper.share), (2.0, Some(0.2)));
        assert_eq!(lead(-1.0, 0.0, None, Sense::Minimise).share, None);
        assert!(lead(0.1 + 0.2, 0.3, None, Sense::Maximise).is_tie);
        assert!(lead(12.0, 10.0, Some(1.03), Sense::Maximise).is_tie);
        assert!(!lead(12.0, 10.0, Some(1.01), Sense::Maximise).is_tie);
        assert_eq!(Lead::of(made(1.0, None, Sense::Maximise), made(2.0, None, Sense::Maximise), None), None);
        let unknown = made(f64::NAN, None, Sense::Maximise);
        assert_eq!(Lead::of(unknown, made(1.0, None, Sense::Maximise), None), None);
    }

    #[test]
    fn numbers_that_are_written_alike_are_equal() {
        let number = |value| Number { value, rounding: 0.0 };
        assert_eq!(compare_as_written(number(0.1 + 0.2), number(0.3)), Ordering::Equal);
        assert_eq!(compare_as_written(number(1.0), number(1.0 + 1e-11)), Ordering::Less);
        assert_eq!(compare_keys(&[1.0, 2.0].map(number), &[1.0, 1.0].map(number)), Ordering::Greater);
        let break_even = Number { value: 0.1 + 0.2 - 0.3, rounding: 1e-12 * 0.6 };
        assert_eq!(compare_as_written(break_even, number(0.0)), Ordering::Equal);
        assert_eq!(compare_as_written(break_even, number(1e-9)), Ordering::Less);
    }
}
