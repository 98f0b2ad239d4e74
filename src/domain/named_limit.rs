//! Limits that the batch file names: strategic buckets, minimum counts, any other line in the sand. (Budgets and
//! capacities are [`super::Limits`].)

use crate::ids::LimitName;

use super::{Confidence, Limits, LineIx, Measure, PeriodIx, ProjectIx};
use crate::units::Money;

/// One side of a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimitBound {
    /// At least this much, in the measure's own units.
    Min(f64),
    /// At most this much, in the measure's own units.
    Max(f64),
    /// At least this share (0 to 1) of the same measure over all chosen projects.
    MinShare(f64),
    /// At most this share (0 to 1) of the same measure over all chosen projects.
    MaxShare(f64),
}

impl LimitBound {
    /// The key of the batch file.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Min(_) => "min",
            Self::Max(_) => "max",
            Self::MinShare(_) => "min_share",
            Self::MaxShare(_) => "max_share",
        }
    }

    /// The number in the batch file.
    pub const fn value(self) -> f64 {
        match self {
            Self::Min(value) | Self::Max(value) | Self::MinShare(value) | Self::MaxShare(value) => value,
        }
    }

    /// True if it is a share of the whole.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::MinShare(_) | Self::MaxShare(_))
    }

    /// Amount by which it is missed, in the measure's own units, where `part` is the measure over the chosen projects
    /// that the limit applies to and `whole` over all chosen projects. 0 if it is kept.
    pub fn violation(self, part: f64, whole: f64) -> f64 {
        let missing = match self {
            Self::Min(least) => least - part,
            Self::Max(most) => part - most,
            Self::MinShare(share) => share * whole - part,
            Self::MaxShare(share) => part - share * whole,
        };
        missing.max(0.0)
    }

    /// Size of the numbers that a violation is the difference of, beside those of the selection.
    pub fn size_beside(self, whole: f64) -> f64 {
        match self {
            Self::Min(amount) | Self::Max(amount) => amount.abs(),
            Self::MinShare(_) | Self::MaxShare(_) => whole.abs(),
        }
    }

    fn is_valid(self) -> bool {
        match self {
            Self::Min(value) | Self::Max(value) => value.is_finite(),
            Self::MinShare(share) | Self::MaxShare(share) => (0.0..=1.0).contains(&share),
        }
    }
}

/// A bound that is stated as a share of an amount which each scenario has its own of. The limit of a scenario has the
/// amount that follows among its [bounds](NamedLimit::bounds).
#[derive(Clone, Debug, PartialEq)]
pub enum RelativeBound {
    /// At least this share (0 or more) of what the limit counts in the current plan.
    MinOfPlan(f64),
    /// At most these shares (0 or more) of the budgets of lines, added up over the limit's periods; no line: the cap on
    /// all lines together.
    MaxOfLine(Vec<(Option<LineIx>, f64)>),
}

impl RelativeBound {
    /// The key of the batch file.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::MinOfPlan(_) => "min_of_plan",
            Self::MaxOfLine(_) => "max_of_line",
        }
    }

    /// The bound that it becomes with an amount.
    pub const fn with_amount(&self, amount: f64) -> LimitBound {
        match self {
            Self::MinOfPlan(_) => LimitBound::Min(amount),
            Self::MaxOfLine(_) => LimitBound::Max(amount),
        }
    }

    fn is_valid(&self) -> bool {
        let is_share = |share: f64| share.is_finite() && share >= 0.0;
        match self {
            Self::MinOfPlan(share) => is_share(*share),
            Self::MaxOfLine(shares) => !shares.is_empty() && shares.iter().all(|&(_, share)| is_share(share)),
        }
    }
}

/// A limit with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedLimit {
    name: LimitName,
    measure: Measure,
    projects: Option<Vec<ProjectIx>>,
    periods: Option<Vec<PeriodIx>>,
    bounds: Vec<LimitBound>,
    relative: Vec<RelativeBound>,
    price: Option<f64>,
    priority: Option<u32>,
    held: Option<HeldInFutures>,
}

/// What a limit holds in the simulated futures, in place of bounds on the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldInFutures {
    /// The confidence with which it holds.
    pub confidence: Confidence,
    /// The largest amount, over the periods of the limit together; `None`: the budget (or capacity) of each of its
    /// periods.
    pub most: Option<f64>,
}

/// Reasons why parts make no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamedLimitError {
    /// It bounds nothing.
    #[error("a limit needs a bound")]
    NoBound,
    /// A bound of one kind is repeated.
    #[error("`{0}` is listed twice")]
    RepeatedBound(&'static str),
    /// A bound is no finite number, or no share from 0 to 1.
    #[error("`{0}` is out of range")]
    OutOfRange(&'static str),
    /// The upper bound lies below the lower one.
    #[error("`{0}` is below `{1}`: nothing lies between")]
    Crossed(&'static str, &'static str),
    /// A share of all projects is always 1.
    #[error("a share needs `where`: over all projects it is always 1")]
    ShareOfAll,
    /// A list is empty, does not rise, or repeats a position.
    #[error("the {0} are not in order, or there are none")]
    NotOrdered(&'static str),
    /// The measure is not counted by period.
    #[error("the measure is not counted by period")]
    NoPeriods,
    /// The price is negative or not finite.
    #[error("the price is not a number of 0 or more")]
    Price,
    /// It has a price and a priority.
    #[error("a limit has a price or a priority, not both")]
    PriceAndPriority,
    /// The worst futures are of all projects together, and bounded from their worse side.
    #[error("a mean over the worst futures is of all projects, and has a bound on its worse side alone")]
    WorstFutures,
    /// A confidence goes with at most one bound, an upper one, on an amount that varies, which must be kept.
    #[error("a confidence needs an upper bound on cost, a line or a resource, or none, and no price")]
    Confidence,
}

impl NamedLimit {
    /// Makes a limit on a measure. `projects` are those that it applies to (rising; `None`: all), `periods`
    /// those that are added up (rising; `None`: the measure as it is), `price` what makes it soft:
    /// objective units per unit of [`LimitBound::violation`]. Bounds may come in any order.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn new(
        name: LimitName,
        measure: Measure,
        projects: Option<Vec<ProjectIx>>,
        periods: Option<Vec<PeriodIx>>,
        bounds: Vec<LimitBound>,
        price: Option<f64>,
    ) -> Result<Self, NamedLimitError> {
        if bounds.is_empty() {
            return Err(NamedLimitError::NoBound);
        }
        Self::with_relative(name, measure, projects, periods, (bounds, Vec::new()), price)
    }

    /// The same with bounds that are shares of amounts of the scenario, which [`Self::with_amount`] gives it.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn with_relative(
        name: LimitName,
        measure: Measure,
        projects: Option<Vec<ProjectIx>>,
        periods: Option<Vec<PeriodIx>>,
        (mut bounds, relative): (Vec<LimitBound>, Vec<RelativeBound>),
        price: Option<f64>,
    ) -> Result<Self, NamedLimitError> {
        bounds.sort_by_key(|bound| order(*bound));
        check_bounds(&bounds)?;
        if bounds.is_empty() && relative.is_empty() {
            return Err(NamedLimitError::NoBound);
        }
        if let Some(bound) = relative.iter().find(|bound| !bound.is_valid()) {
            return Err(NamedLimitError::OutOfRange(bound.key()));
        }
        if projects.is_none() && bounds.iter().any(|bound| bound.is_share()) {
            return Err(NamedLimitError::ShareOfAll);
        }
        for (what, rises) in
            [("projects", rises(projects.as_deref())), ("periods", rises(periods.as_deref()))]
        {
            if !rises {
                return Err(NamedLimitError::NotOrdered(what));
            }
        }
        if periods.is_some() && !measure.is_counted_by_period() {
            return Err(NamedLimitError::NoPeriods);
        }
        if let Some(total) = measure.tail_of() {
            let is_own = |bound: &LimitBound| match bound {
                LimitBound::Min(_) => total.sign_of_worst() < 0.0,
                LimitBound::Max(_) => total.sign_of_worst() > 0.0,
                LimitBound::MinShare(_) | LimitBound::MaxShare(_) => false,
            };
            if projects.is_some() || !bounds.iter().all(is_own) {
                return Err(NamedLimitError::WorstFutures);
            }
        }
        if !price.is_none_or(|price| price.is_finite() && price >= 0.0) {
            return Err(NamedLimitError::Price);
        }
        Ok(Self { name, measure, projects, periods, bounds, relative, price, priority: None, held: None })
    }

    /// The same limit, which gives way where it cannot be kept: after those of all later priorities, and before those of
    /// the earlier ones, of which 1 is kept first.
    ///
    /// # Errors
    /// If it has a price.
    pub fn with_priority(self, priority: Option<u32>) -> Result<Self, NamedLimitError> {
        if self.price.is_some() && priority.is_some() {
            return Err(NamedLimitError::PriceAndPriority);
        }
        Ok(Self { priority, ..self })
    }

    /// A limit that holds in the futures: its measure over `periods`, of the projects that it applies to, is within
    /// `held.most` with the confidence; without such an amount, within the budget or capacity of each of the periods. It
    /// has no bound on the plan.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn held_in_futures(
        name: LimitName,
        measure: Measure,
        projects: Option<Vec<ProjectIx>>,
        periods: Option<Vec<PeriodIx>>,
        held: HeldInFutures,
    ) -> Result<Self, NamedLimitError> {
        let varies = matches!(measure, Measure::Cost | Measure::Line(_) | Measure::Resource(_));
        let own_is_whole = held.most.is_some() || projects.is_none();
        let joins_periods = held.most.is_none() || !held.confidence.is_joint();
        if !(varies && own_is_whole && joins_periods) {
            return Err(NamedLimitError::Confidence);
        }
        let bound = LimitBound::Max(held.most.unwrap_or_default());
        let limit = Self::new(name, measure, projects, periods, vec![bound], None)?;
        Ok(Self { bounds: Vec::new(), held: Some(held), ..limit })
    }

    /// What it holds in the futures; `None`: it bounds the plan.
    pub fn held(&self) -> Option<&HeldInFutures> {
        self.held.as_ref()
    }

    /// The same limit, with another confidence if it has one.
    #[must_use]
    pub fn with_level(mut self, level: f64) -> Self {
        if let Some(held) = &mut self.held {
            let same = held.confidence;
            held.confidence = Confidence::new(level, same.risk(), same.is_joint()).unwrap_or(same);
        }
        self
    }

    /// The same limit, with the amount of one of its relative bounds among its bounds.
    ///
    /// # Errors
    /// If there is a bound of that kind already, or nothing lies between the two.
    pub fn with_amount(mut self, bound: &RelativeBound, amount: f64) -> Result<Self, NamedLimitError> {
        self.bounds.push(bound.with_amount(amount));
        self.bounds.sort_by_key(|bound| order(*bound));
        check_bounds(&self.bounds)?;
        Ok(self)
    }

    /// Amount of shares of budgets, over the periods of the limit: all of the horizon if it names none. `Err` with the
    /// first line that has no budget.
    pub fn share_of_lines(
        &self,
        shares: &[(Option<LineIx>, f64)],
        limits: &Limits,
    ) -> Result<f64, Option<LineIx>> {
        let counts = |period: PeriodIx| self.periods().is_none_or(|some| some.contains(&period));
        let amount = |&(line, share): &(Option<LineIx>, f64)| {
            let budget = line.map_or(limits.all_lines.as_ref(), |line| limits.lines[line].as_ref());
            let budget = budget.ok_or(line)?.iter_enumerated().filter(|&(period, _)| counts(period));
            Ok(share * budget.map(|(_, &sum)| Money::value(sum)).sum::<f64>())
        };
        shares.iter().map(amount).sum()
    }

    /// Its name, unique among the limits of a scenario.
    pub fn name(&self) -> &LimitName {
        &self.name
    }

    /// The measure that it limits.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The projects that it applies to (rising); `None`: all.
    pub fn projects(&self) -> Option<&[ProjectIx]> {
        self.projects.as_deref()
    }

    /// True if it applies to a project.
    pub fn applies_to(&self, project: ProjectIx) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.binary_search(&project).is_ok())
    }

    /// The periods that are added up (rising); `None`: the measure as it is. For [`Measure::Projects`] only
    /// projects that start in these periods count. Shares are shares of the same periods.
    pub fn periods(&self) -> Option<&[PeriodIx]> {
        self.periods.as_deref()
    }

    /// Its bounds on the plan, at most one of each kind: none if it [holds in the futures](Self::held). Those of relative
    /// bounds are amounts of the scenario.
    pub fn bounds(&self) -> &[LimitBound] {
        &self.bounds
    }

    /// The bounds that are stated as shares.
    pub fn relative(&self) -> &[RelativeBound] {
        &self.relative
    }

    /// Objective units per unit of violation; `None`: it must be kept, unless it has a priority.
    pub fn price(&self) -> Option<f64> {
        self.price
    }

    /// The place in the order in which limits are kept: those of 1 before those of 2. `None`: it does not give way so.
    pub fn priority(&self) -> Option<u32> {
        self.priority
    }

    /// True if it may be missed: at a price, or where its priority has it give way.
    pub fn is_soft(&self) -> bool {
        self.price.is_some() || self.priority.is_some()
    }
}

/// True if positions rise and there are some, or none are asked for.
fn rises<I: Ord>(positions: Option<&[I]>) -> bool {
    positions.is_none_or(|some| !some.is_empty() && some.is_sorted_by(|left, right| left < right))
}

const fn order(bound: LimitBound) -> usize {
    match bound {
        LimitBound::Min(_) => 0,
        LimitBound::Max(_) => 1,
        LimitBound::MinShare(_) => 2,
        LimitBound::MaxShare(_) => 3,
    }
}

/// Checks bounds in their order.
fn check_bounds(bounds: &[LimitBound]) -> Result<(), NamedLimitError> {
    if let Some(bound) = bounds.iter().find(|bound| !bound.is_valid()) {
        return Err(NamedLimitError::OutOfRange(bound.key()));
    }
    for pair in bounds.windows(2) {
        let (lower, upper) = (pair[0], pair[1]);
        if order(lower) == order(upper) {
            return Err(NamedLimitError::RepeatedBound(lower.key()));
        }
        let is_range = lower.is_share() == upper.is_share();
        if is_range && upper.value() < lower.value() {
            return Err(NamedLimitError::Crossed(upper.key(), lower.key()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use LimitBound::{Max, MaxShare, Min, MinShare};

    fn projects(numbers: &[usize]) -> Option<Vec<ProjectIx>> {
        Some(numbers.iter().copied().map(ProjectIx::new).collect())
    }

    fn periods(numbers: &[usize]) -> Option<Vec<PeriodIx>> {
        Some(numbers.iter().copied().map(PeriodIx::new).collect())
    }

    fn limit(bounds: &[LimitBound], projects: Option<Vec<ProjectIx>>) -> Result<NamedLimit, NamedLimitError> {
        NamedLimit::new("l".into(), Measure::Cost, projects, None, bounds.to_vec(), None)
    }

    #[test]
    fn bounds_are_checked_and_put_in_order() {
        let some = || projects(&[0, 2]);
        assert_eq!(limit(&[], None), Err(NamedLimitError::NoBound));
        assert_eq!(limit(&[Max(1.0), Min(0.0), Max(2.0)], None), Err(NamedLimitError::RepeatedBound("max")));
        assert_eq!(limit(&[Max(1.0), Min(2.0)], None), Err(NamedLimitError::Crossed("max", "min")));
        assert_eq!(
            limit(&[MaxShare(0.1), MinShare(0.2)], some()),
            Err(NamedLimitError::Crossed("max_share", "min_share"))
        );
        assert_eq!(limit(&[MinShare(1.2)], some()), Err(NamedLimitError::OutOfRange("min_share")));
        assert_eq!(limit(&[Min(f64::NAN)], None), Err(NamedLimitError::OutOfRange("min")));
        assert_eq!(limit(&[MinShare(0.2)], None), Err(NamedLimitError::ShareOfAll));
        let all = limit(&[MaxShare(0.5), Min(7.0), MinShare(0.5)], some()).unwrap();
        assert_eq!(all.bounds(), [Min(7.0), MinShare(0.5), MaxShare(0.5)]);
        assert!(limit(&[Max(3.0), MinShare(0.5)], some()).is_ok(), "an amount and a share are not compared");
    }

    #[test]
    fn positions_periods_and_prices_are_checked() {
        let make = |measure, projects, periods, price| {
            NamedLimit::new("l".into(), measure, projects, periods, vec![Min(1.0)], price).err()
        };
        let cost = Measure::Cost;
        assert_eq!(make(cost, projects(&[2, 2]), None, None), Some(NamedLimitError::NotOrdered("projects")));
        assert_eq!(make(cost, projects(&[]), None, None), Some(NamedLimitError::NotOrdered("projects")));
        assert_eq!(make(cost, None, periods(&[1, 0]), None), Some(NamedLimitError::NotOrdered("periods")));
        assert_eq!(make(Measure::Npv, None, periods(&[0]), None), Some(NamedLimitError::NoPeriods));
        assert_eq!(make(cost, None, None, Some(-1.0)), Some(NamedLimitError::Price));
        assert_eq!(make(Measure::Projects, projects(&[0]), periods(&[0]), Some(0.0)), None);
    }

    #[test]
    fn violations_are_in_the_units_of_the_measure() {
        assert_eq!(Min(10.0).violation(7.0, 20.0), 3.0);
        assert_eq!(Max(5.0).violation(7.0, 20.0), 2.0);
        assert_eq!(MinShare(0.5).violation(7.0, 20.0), 3.0);
        assert_eq!(MaxShare(0.25).violation(7.0, 20.0), 2.0);
        assert_eq!(MaxShare(0.5).violation(7.0, 20.0), 0.0);
    }

    #[test]
    fn without_a_filter_a_limit_applies_to_all() {
        assert!(limit(&[Min(1.0)], None).unwrap().applies_to(ProjectIx::new(7)));
        let filtered = limit(&[Min(1.0)], projects(&[0, 7])).unwrap();
        assert!(filtered.applies_to(ProjectIx::new(7)) && !filtered.applies_to(ProjectIx::new(1)));
    }
}
