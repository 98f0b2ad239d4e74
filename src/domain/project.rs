//! A candidate project: when it may start, what it costs, brings and demands, and whom it depends on.

use std::ops::RangeInclusive;

use crate::ids::ProjectId;
use crate::units::{Effort, Money, Probability, Share};

use super::{BenefitKindIx, ByPeriod, LineIx, PaymentIx, PeriodIx, ProjectIx, ResourceIx};

/// Decision about a project before the optimisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Free to be chosen or not.
    #[default]
    Candidate,
    /// Must be chosen.
    Mandatory,
    /// Must not be chosen.
    Excluded,
}

/// Planned spend that one budget line pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The line that pays; of several that may, the first as written.
    pub line: LineIx,
    /// The other lines that may pay in its place, as written.
    pub others: Vec<LineIx>,
    /// False: one line pays the whole row, in every period. True: all may pay a part, another one in each period.
    pub shares: bool,
    /// Spend per period of the horizon when the project starts as planned.
    pub profile: ByPeriod<Money>,
}

impl Cost {
    /// The lines that may pay, as written.
    pub fn payers(&self) -> impl Iterator<Item = LineIx> + '_ {
        std::iter::once(self.line).chain(self.others.iter().copied())
    }

    /// True if several lines share it.
    pub fn is_mixed(&self) -> bool {
        self.shares && !self.others.is_empty()
    }

    /// The number of lines of which one pays all.
    pub fn choices(&self) -> usize {
        if self.shares { 1 } else { 1 + self.others.len() }
    }
}

/// Planned benefit of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Benefit {
    /// The kind.
    pub kind: BenefitKindIx,
    /// Benefit per period of the horizon when the project starts as planned and succeeds.
    pub profile: ByPeriod<Money>,
}

/// Planned demand for one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The resource.
    pub resource: ResourceIx,
    /// Demand per period of the horizon when the project starts as planned.
    pub profile: ByPeriod<Effort>,
}

/// A candidate that can be funded.
///
/// The rows of one line, kind or resource are added up before a project is made, and are in the order of the line, kind
/// or resource. Costs that several lines may pay follow those that one line pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Unique id.
    pub id: ProjectId,
    /// Name for people.
    pub name: String,
    /// The decision before the optimisation.
    pub status: Status,
    /// Planned first period.
    pub start: PeriodIx,
    /// Whole periods by which the start may be deferred; not beyond the last period in which the tables let it start.
    pub max_delay: usize,
    /// Share of its strategic value that is lost with each period of delay, of what is left of it.
    pub value_decay: Share,
    /// Smallest share that can be funded; 0: any share above 0; `None`: all or nothing.
    pub min_fraction: Option<Share>,
    /// Probability that the benefits come at all.
    pub success_probability: Probability,
    /// Planned spend.
    pub costs: Vec<Cost>,
    /// Planned benefits.
    pub benefits: Vec<Benefit>,
    /// Planned demands.
    pub demands: Vec<Demand>,
    /// Score per leaf objective as given (position as in [`super::ObjectiveTree::leaves`]); `None` where none was
    /// given.
    pub scores: Vec<Option<f64>>,
}

/// The smallest share at which a project counts as chosen if any share may be funded. A share of 0 is not chosen;
/// solvers cannot reliably distinguish shares in between from it.
pub const SMALLEST_SHARE: f64 = 1e-4;

/// The smallest share at which a project can be chosen, above 0: 1 where it is all or nothing.
pub fn least_share(min_fraction: Option<Share>) -> Share {
    match min_fraction {
        None => Share::ONE,
        Some(least) if least.value() > SMALLEST_SHARE => least,
        Some(_) => Share::new(SMALLEST_SHARE).unwrap_or(Share::ONE),
    }
}

impl Project {
    /// The periods in which the project may start: its planned start plus 0 to `max_delay`, within the horizon.
    pub fn starts(&self, horizon_length: usize) -> RangeInclusive<PeriodIx> {
        self.start..=(self.start + self.max_delay).min(PeriodIx::new(horizon_length - 1))
    }

    /// The part of its strategic value that is left when it starts in a period: `(1 − value_decay)^delay`. It is made by
    /// repeated multiplication, so that every machine gets the same bits.
    pub fn value_kept(&self, start: PeriodIx) -> f64 {
        std::iter::repeat_n(1.0 - self.value_decay.value(), start - self.start).product()
    }

    /// True if its strategic value depends on when it starts, and it may start later than planned.
    pub fn loses_value(&self, horizon_length: usize) -> bool {
        let starts = self.starts(horizon_length);
        self.value_decay > Share::ZERO && starts.start() < starts.end()
    }

    /// The longest delay of its start that pushes neither spend nor demand past the last period of the horizon.
    pub fn delay_within(&self, horizon_length: usize) -> usize {
        let costs =
            self.costs.iter().filter_map(|cost| cost.profile.iter().rposition(|&sum| sum != Money::ZERO));
        let demands = self
            .demands
            .iter()
            .filter_map(|demand| demand.profile.iter().rposition(|&sum| sum != Effort::ZERO));
        costs.chain(demands).max().map_or(usize::MAX, |last| horizon_length - 1 - last)
    }

    /// The number of ways to pay for it: all combinations of one payer per cost row. The first line stands for all
    /// that share a row.
    pub fn payments(&self) -> usize {
        self.costs.iter().map(Cost::choices).product()
    }

    /// The line that pays each of its costs, in one way to pay for it. The payer of the last cost changes first.
    pub fn payers(&self, payment: PaymentIx) -> Vec<LineIx> {
        let mut left = payment.index();
        let mut payers: Vec<LineIx> = (self.costs.iter().rev())
            .map(|cost| {
                let place = left % cost.choices();
                left /= cost.choices();
                cost.payers().nth(place).unwrap_or(cost.line)
            })
            .collect();
        payers.reverse();
        payers
    }

    /// The way to pay in which these lines pay its costs. A line that may not pay a cost counts as its first payer.
    pub fn payment(&self, payers: &[LineIx]) -> PaymentIx {
        let place = |(cost, line): (&Cost, &LineIx)| {
            cost.payers().take(cost.choices()).position(|payer| payer == *line)
        };
        let number = (self.costs.iter().zip(payers))
            .fold(0, |number, pair| number * pair.0.choices() + place(pair).unwrap_or(0));
        PaymentIx::new(number)
    }
}

/// Dependency of one project on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyKind {
    /// Chosen only if the other is chosen.
    Requires,
    /// Chosen only if the other is chosen, and starts no earlier than `lag` periods after the other starts.
    After {
        /// Whole periods between the two starts, at least.
        lag: usize,
    },
    /// At most one of the two is chosen.
    Excludes,
    /// Both or neither is chosen.
    Together,
}

/// One dependency between two projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The project that depends.
    pub project: ProjectIx,
    /// Its kind.
    pub kind: DependencyKind,
    /// The project it depends on.
    pub other: ProjectIx,
}

impl Dependency {
    /// The pairs of a project and another that it cannot be without.
    pub fn needs(&self) -> impl Iterator<Item = (ProjectIx, ProjectIx)> + use<> {
        let own = (self.project, self.other);
        let pairs = match self.kind {
            DependencyKind::Excludes => [None, None],
            DependencyKind::Requires | DependencyKind::After { .. } => [Some(own), None],
            DependencyKind::Together => [Some(own), Some((own.1, own.0))],
        };
        pairs.into_iter().flatten()
    }
}
