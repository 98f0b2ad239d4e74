//! Measures of a selection, and goals made of them.

use crate::units::DiscountRate;

use super::total::{InFutures, Total};
use super::{BenefitKindIx, LineIx, Percentile, Portfolio, ResourceIx};

/// Prefix of the name of an [NPV at another rate](Measure::NpvAt): `npv@0.12`.
const NPV_AT: &str = "npv@";

/// A number that every selection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Weighted score.
    StrategicValue,
    /// Weighted score times success probability. Synergies count in full, as in all measures as planned.
    ExpectedStrategicValue,
    /// Net present value as planned: benefits times success probability, less costs, discounted.
    Npv,
    /// The same at another rate than the scenario's: a hurdle.
    NpvAt(DiscountRate),
    /// Undiscounted benefit within the horizon, times success probability.
    Benefit,
    /// The part of it that is of one kind.
    BenefitKind(BenefitKindIx),
    /// Benefit within the horizon times success probability, discounted.
    DiscountedBenefit,
    /// Undiscounted cost within the horizon.
    Cost,
    /// Cost within the horizon, discounted.
    DiscountedCost,
    /// Number of projects.
    Projects,
    /// Raw score on a leaf objective (position among the leaves).
    Objective(usize),
    /// Undiscounted spend on a budget line within the horizon.
    Line(LineIx),
    /// Demand for a resource, summed over the horizon.
    Resource(ResourceIx),
    /// Sum of a numeric attribute (position).
    Attribute(usize),
    /// Value of a key result when it is due: its baseline, and all changes up to then times success probability.
    KeyResult {
        /// The key result, in the order of [`super::KeyResults::list`].
        key_result: usize,
        /// Less of it is better.
        falls: bool,
    },
    /// Weighted share of the way from baseline to target of all key results when due, between 0 and 1 each: no credit
    /// beyond a target, and none below a baseline.
    Progress,
    /// Weight of the key results that reach their targets when due.
    KeyResultsMet,
    /// A statistic of a total over the futures that decisions see.
    Simulated(Total, InFutures),
}

/// Sense of an objective: more or less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// More is better.
    Maximise,
    /// Less is better.
    Minimise,
}

impl Sense {
    /// 1 where more is better, −1 where less is.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Maximise => 1.0,
            Self::Minimise => -1.0,
        }
    }
}

impl Measure {
    /// Every measure that a portfolio has, by the name that batch files use, but for those that name a rate
    /// ([`Self::NpvAt`]): there is no end to them.
    pub fn all(portfolio: &Portfolio) -> Vec<(String, Self)> {
        let tree = portfolio.objectives();
        let mut all = vec![
            ("strategic_value".to_owned(), Self::StrategicValue),
            ("expected_strategic_value".to_owned(), Self::ExpectedStrategicValue),
            ("npv".to_owned(), Self::Npv),
            ("benefit".to_owned(), Self::Benefit),
            ("discounted_benefit".to_owned(), Self::DiscountedBenefit),
            ("cost".to_owned(), Self::Cost),
            ("discounted_cost".to_owned(), Self::DiscountedCost),
            ("projects".to_owned(), Self::Projects),
        ];
        all.extend(
            (portfolio.benefit_kinds().iter_enumerated())
                .map(|(position, id)| (format!("benefit.{id}"), Self::BenefitKind(position))),
        );
        all.extend(tree.leaves().iter().enumerate().map(|(position, &leaf)| {
            let id = &tree.objectives()[leaf].id;
            (format!("objective.{id}"), Self::Objective(position))
        }));
        all.extend(
            (portfolio.lines().iter_enumerated())
                .map(|(position, id)| (format!("line.{id}"), Self::Line(position))),
        );
        all.extend(
            (portfolio.resources().iter_enumerated())
                .map(|(position, id)| (format!("resource.{id}"), Self::Resource(position))),
        );
        all.extend(
            (portfolio.attributes().iter().enumerate())
                .filter(|(_, attribute)| attribute.numbers().is_some())
                .map(|(position, attribute)| {
                    (format!("attribute.{}", attribute.name()), Self::Attribute(position))
                }),
        );
        let key_results = portfolio.key_results().list();
        all.extend(key_results.iter().enumerate().map(|(key_result, one)| {
            (format!("key_result.{}", one.id), Self::KeyResult { key_result, falls: one.falls() })
        }));
        if !key_results.is_empty() {
            all.push(("progress".to_owned(), Self::Progress));
            all.push(("key_results_met".to_owned(), Self::KeyResultsMet));
        }
        all
    }

    /// The measure of that name; `None` if the portfolio has none of it.
    pub fn named(name: &str, portfolio: &Portfolio) -> Option<Self> {
        if Self::names_a_rate(name) {
            let rate = name.strip_prefix(NPV_AT)?.parse().ok()?;
            return DiscountRate::new(rate).map(Self::NpvAt);
        }
        let planned = Self::all(portfolio).into_iter().find(|(own, _)| own == name);
        planned
            .map(|(_, measure)| measure)
            .or_else(|| Self::all_simulated().find(|one| one.name(portfolio) == name))
    }

    /// The measures over the futures that decisions see.
    pub fn all_simulated() -> impl Iterator<Item = Self> {
        let of = |total| InFutures::ALL.map(|statistic| Self::Simulated(total, statistic));
        Total::ALL.into_iter().flat_map(of)
    }

    /// The total, and its statistic, of a measure over the futures that decisions see.
    pub const fn simulated(self) -> Option<(Total, InFutures)> {
        match self {
            Self::Simulated(total, statistic) => Some((total, statistic)),
            _ => None,
        }
    }

    /// The total of which it is the mean over the worst futures; `None` if it is no such mean.
    pub const fn tail_of(self) -> Option<Total> {
        match self {
            Self::Simulated(total, InFutures::Cvar) => Some(total),
            _ => None,
        }
    }

    /// The same measure as planned: itself, but for those over futures.
    pub const fn planned(self) -> Self {
        match self {
            Self::Simulated(Total::StrategicValue, _) => Self::StrategicValue,
            Self::Simulated(Total::Npv, _) => Self::Npv,
            Self::Simulated(Total::Benefit, _) => Self::Benefit,
            Self::Simulated(Total::Cost, _) => Self::Cost,
            planned => planned,
        }
    }

    /// True if it is an amount of money, in the currency of the tables.
    pub const fn is_money(self) -> bool {
        match self.planned() {
            Self::Npv
            | Self::NpvAt(_)
            | Self::Benefit
            | Self::BenefitKind(_)
            | Self::DiscountedBenefit
            | Self::Cost
            | Self::DiscountedCost
            | Self::Line(_) => true,
            Self::StrategicValue
            | Self::ExpectedStrategicValue
            | Self::Projects
            | Self::Objective(_)
            | Self::Resource(_)
            | Self::Attribute(_)
            | Self::KeyResult { .. }
            | Self::Progress
            | Self::KeyResultsMet
            | Self::Simulated(..) => false,
        }
    }

    /// True if it counts key results: only the whole portfolio has a value of it, and no project a part.
    pub const fn counts_key_results(self) -> bool {
        matches!(self, Self::KeyResult { .. } | Self::Progress | Self::KeyResultsMet)
    }

    /// True if a name has the form of an NPV at a rate of its own; the rate itself is not checked.
    pub fn names_a_rate(name: &str) -> bool {
        name.starts_with(NPV_AT)
    }

    /// The name that batch files use.
    pub fn name(self, portfolio: &Portfolio) -> String {
        let tree = portfolio.objectives();
        match self {
            Self::StrategicValue => "strategic_value".to_owned(),
            Self::ExpectedStrategicValue => "expected_strategic_value".to_owned(),
            Self::Npv => "npv".to_owned(),
            Self::NpvAt(rate) => format!("{NPV_AT}{rate}"),
            Self::Benefit => "benefit".to_owned(),
            Self::BenefitKind(kind) => format!("benefit.{}", portfolio.benefit_kinds()[kind]),
            Self::DiscountedBenefit => "discounted_benefit".to_owned(),
            Self::Cost => "cost".to_owned(),
            Self::DiscountedCost => "discounted_cost".to_owned(),
            Self::Projects => "projects".to_owned(),
            Self::Objective(leaf) => {
                format!("objective.{}", tree.objectives()[tree.leaves()[leaf]].id)
            }
            Self::Line(line) => format!("line.{}", portfolio.lines()[line]),
            Self::Resource(resource) => format!("resource.{}", portfolio.resources()[resource]),
            Self::Attribute(attribute) => {
                format!("attribute.{}", portfolio.attributes()[attribute].name())
            }
            Self::KeyResult { key_result, .. } => {
                format!("key_result.{}", portfolio.key_results().list()[key_result].id)
            }
            Self::Progress => "progress".to_owned(),
            Self::KeyResultsMet => "key_results_met".to_owned(),
            Self::Simulated(total, statistic) => format!("{}.{}", total.as_str(), statistic.as_str()),
        }
    }

    /// True if it can be counted period by period: amounts by due date, projects by start.
    pub const fn is_counted_by_period(self) -> bool {
        matches!(
            self,
            Self::Cost
                | Self::DiscountedCost
                | Self::Benefit
                | Self::BenefitKind(_)
                | Self::DiscountedBenefit
                | Self::Projects
                | Self::Line(_)
                | Self::Resource(_)
        )
    }

    /// Cost, spend and demand are better when small, and key results whose target lies below the baseline; all else when
    /// large.
    pub const fn natural_sense(self) -> Sense {
        match self.planned() {
            Self::KeyResult { falls: true, .. } => Sense::Minimise,
            Self::Cost | Self::DiscountedCost | Self::Line(_) | Self::Resource(_) => Sense::Minimise,
            _ => Sense::Maximise,
        }
    }

    /// Sign of its dependence on spend, on any line: 1 if it grows, −1 if it shrinks, 0 if it does not count spend.
    pub const fn sign_of_spending(self) -> f64 {
        match self.planned() {
            Self::Cost | Self::DiscountedCost | Self::Line(_) => 1.0,
            Self::Npv | Self::NpvAt(_) => -1.0,
            _ => 0.0,
        }
    }

    /// True if it counts benefits.
    pub const fn counts_benefits(self) -> bool {
        matches!(
            self.planned(),
            Self::Npv | Self::NpvAt(_) | Self::Benefit | Self::BenefitKind(_) | Self::DiscountedBenefit
        )
    }

    /// True if it counts weighted scores.
    pub const fn counts_scores(self) -> bool {
        matches!(self.planned(), Self::StrategicValue | Self::ExpectedStrategicValue)
    }
}

/// Goal of a scenario's selection.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// One measure.
    Single {
        /// Maximise or minimise.
        sense: Sense,
        /// The measure.
        measure: Measure,
    },
    /// The sum of several measures, each divided by the best that it reaches alone and multiplied by its weight.
    Mix(Vec<(Measure, f64)>),
}

impl Goal {
    /// The sense of the objective.
    pub fn sense(&self) -> Sense {
        match self {
            Self::Single { sense, .. } => *sense,
            Self::Mix(_) => Sense::Maximise,
        }
    }

    /// The measures in it.
    pub fn measures(&self) -> Vec<Measure> {
        match self {
            Self::Single { measure, .. } => vec![*measure],
            Self::Mix(terms) => terms.iter().map(|&(measure, _)| measure).collect(),
        }
    }
}

/// A statistic of a simulated measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Mean.
    Mean,
    /// Standard deviation.
    Sd,
    /// 10th percentile.
    P10,
    /// Median.
    P50,
    /// 90th percentile.
    P90,
    /// Mean of the worst tail.
    Cvar,
    /// A percentile that the batch asks for.
    Percentile(Percentile),
}

impl Statistic {
    /// The statistics of every simulation, by their names in batch files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("mean", Self::Mean),
        ("sd", Self::Sd),
        ("p10", Self::P10),
        ("p50", Self::P50),
        ("p90", Self::P90),
        ("cvar", Self::Cvar),
    ];

    /// The name that batch files use.
    pub fn name(self) -> String {
        match self {
            Self::Percentile(percentile) => percentile.to_string(),
            _ => Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name).to_owned(),
        }
    }
}

/// Criterion of the ranking of options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RankBy {
    /// The scenario's own objective.
    #[default]
    Objective,
    /// A measure as planned, in its natural sense.
    Plan(Measure),
    /// A statistic of a simulated measure: strategic value, NPV, benefit or cost.
    Simulated(Measure, Statistic),
}

impl RankBy {
    /// The measures that are simulated.
    pub const SIMULATED: [Measure; 4] =
        [Measure::StrategicValue, Measure::Npv, Measure::Benefit, Measure::Cost];

    /// The simulated measure in which an option can be the best of its scenario in a trial, and its better end: that
    /// which ranks the options, if it is simulated (expected strategic value is simulated as strategic value, which
    /// only projects that succeed bring). Of a mix, or where options are ranked by something that is not simulated, it
    /// is NPV.
    pub fn measure_of_best(self, goal: &Goal) -> (Measure, Sense) {
        let (measure, sense) = match (self, goal) {
            (Self::Objective, Goal::Single { sense, measure }) => (*measure, *sense),
            (Self::Objective, Goal::Mix(_)) => (Measure::Npv, Sense::Maximise),
            (Self::Plan(measure) | Self::Simulated(measure, _), _) => (measure, measure.natural_sense()),
        };
        match measure.planned() {
            Measure::ExpectedStrategicValue => (Measure::StrategicValue, sense),
            measure if Self::SIMULATED.contains(&measure) => (measure, sense),
            _ => (Measure::Npv, Sense::Maximise),
        }
    }

    /// The name that batch files use.
    pub fn name(self, portfolio: &Portfolio) -> String {
        match self {
            Self::Objective => "objective".to_owned(),
            Self::Plan(measure) => measure.name(portfolio),
            Self::Simulated(measure, statistic) => {
                format!("{}.{}", measure.name(portfolio), statistic.name())
            }
        }
    }

    /// The percentile of choice that it needs.
    pub const fn percentile(self) -> Option<Percentile> {
        match self {
            Self::Simulated(_, Statistic::Percentile(percentile)) => Some(percentile),
            _ => None,
        }
    }
}
