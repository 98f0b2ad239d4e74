//! What a selection is judged by.

use super::{Percentile, Portfolio};

/// A number that every selection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Weighted score.
    StrategicValue,
    /// Net present value as planned: benefits times success probability, less costs, discounted.
    Npv,
    /// Undiscounted benefit within the horizon, times success probability.
    Benefit,
    /// Undiscounted cost within the horizon.
    Cost,
    /// Number of projects.
    Projects,
    /// Raw score on a leaf objective (position among the leaves).
    Objective(usize),
    /// Undiscounted spend on a budget line (position) within the horizon.
    Line(usize),
    /// Demand for a resource (position), summed over the horizon.
    Resource(usize),
    /// Sum of a numeric attribute (position).
    Attribute(usize),
}

/// Whether more or less is better.
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
    /// Every measure that a portfolio has, by the name that batch files use.
    pub fn all(portfolio: &Portfolio) -> Vec<(String, Self)> {
        let tree = portfolio.objectives();
        let mut all = vec![
            ("strategic_value".to_owned(), Self::StrategicValue),
            ("npv".to_owned(), Self::Npv),
            ("benefit".to_owned(), Self::Benefit),
            ("cost".to_owned(), Self::Cost),
            ("projects".to_owned(), Self::Projects),
        ];
        all.extend(tree.leaves().iter().enumerate().map(|(position, &leaf)| {
            let id = &tree.objectives()[leaf].id;
            (format!("objective.{id}"), Self::Objective(position))
        }));
        all.extend(
            (portfolio.lines().iter().enumerate())
                .map(|(position, id)| (format!("line.{id}"), Self::Line(position))),
        );
        all.extend(
            (portfolio.resources().iter().enumerate())
                .map(|(position, id)| (format!("resource.{id}"), Self::Resource(position))),
        );
        all.extend(
            (portfolio.attributes().iter().enumerate())
                .filter(|(_, attribute)| attribute.numbers().is_some())
                .map(|(position, attribute)| {
                    (format!("attribute.{}", attribute.name()), Self::Attribute(position))
                }),
        );
        all
    }

    /// The name that batch files use.
    pub fn name(self, portfolio: &Portfolio) -> String {
        let tree = portfolio.objectives();
        match self {
            Self::StrategicValue => "strategic_value".to_owned(),
            Self::Npv => "npv".to_owned(),
            Self::Benefit => "benefit".to_owned(),
            Self::Cost => "cost".to_owned(),
            Self::Projects => "projects".to_owned(),
            Self::Objective(leaf) => {
                format!("objective.{}", tree.objectives()[tree.leaves()[leaf]].id)
            }
            Self::Line(line) => format!("line.{}", portfolio.lines()[line]),
            Self::Resource(resource) => format!("resource.{}", portfolio.resources()[resource]),
            Self::Attribute(attribute) => {
                format!("attribute.{}", portfolio.attributes()[attribute].name())
            }
        }
    }

    /// Whether it can be told period by period: amounts by when they fall due, projects by when they start.
    pub const fn is_counted_by_period(self) -> bool {
        matches!(self, Self::Cost | Self::Benefit | Self::Projects | Self::Line(_) | Self::Resource(_))
    }

    /// Cost, spend and demand are better when small; all else when large.
    pub const fn natural_sense(self) -> Sense {
        match self {
            Self::Cost | Self::Line(_) | Self::Resource(_) => Sense::Minimise,
            _ => Sense::Maximise,
        }
    }
}

/// What a scenario's selection optimises.
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
    /// Whether more or less of the objective is better.
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
    /// Those that every simulation tells, by the name that batch files use.
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

/// What options are ranked by.
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
