//! The portfolio's numbers under one scenario.

use std::sync::Arc;

use crate::domain::{
    ByLine, ByPeriod, ByProject, ByResource, Choice, Cost, IxVec, LineIx, Measure, NamedLimit, PaymentIx,
    PeriodIx, Portfolio, Position, Project, ProjectIx, ROUNDING, ResourceIx, Scenario, Selection, Synergy,
    Weights, least_share,
};

use crate::units::{Amount, Effort, Money, Share};

use super::in_futures::InFutures;
use super::key_result_numbers::KeyResultNumbers;
use super::plan::add;
use super::{
    DiscountFactors, Futures, Hold, KnownFuture, Profiles, ProjectFuture, StartPlan, SynergyPlan, TrialFactor,
};

/// Valuation of every project under a scenario, for each of its possible starts and ways to pay for it.
#[derive(Clone, Debug)]
pub struct Valuation<'a> {
    portfolio: &'a Portfolio,
    scenario: &'a Scenario,
    /// Shared among scenarios that give them the same numbers.
    plans: Arc<ByProject<Vec<StartPlan>>>,
    /// Ways to pay for each project, counted once: every look at a plan needs them.
    payments: Arc<ByProject<usize>>,
    /// True if lines share a cost of any project.
    has_shared_costs: bool,
    strategic_values: ByProject<f64>,
    synergies: Vec<SynergyPlan>,
    pub(super) key_results: KeyResultNumbers,
    factors: DiscountFactors,
    /// Per line, and for all together: the size of the numbers that cancel in its sums.
    spend_sizes: (ByLine<f64>, f64),
    /// What is held of limits with priorities.
    pub(super) holds: Vec<Hold>,
    /// Futures in which limits with a confidence hold; `None`: nothing is known of them.
    pub(super) in_futures: Option<InFutures>,
    /// The future that is known; `None`: the plan.
    pub(super) future: Option<Arc<KnownFuture>>,
}

impl<'a> Valuation<'a> {
    /// Values every project at every possible start.
    pub fn new(portfolio: &'a Portfolio, scenario: &'a Scenario) -> Self {
        Self::knowing_all(portfolio, scenario, None)
    }

    /// Values every project at every possible start as it is in a future that is known. Its limits hold in this one future,
    /// those with a confidence, too.
    pub fn in_future(portfolio: &'a Portfolio, scenario: &'a Scenario, future: Arc<KnownFuture>) -> Self {
        let certain = || future.iter().map(|_| TrialFactor::Certain(1.0)).collect();
        let futures = Arc::new(Futures::of_spending(1, certain(), certain()));
        Self::knowing_all(portfolio, scenario, Some(future)).in_futures(futures)
    }

    fn knowing_all(
        portfolio: &'a Portfolio,
        scenario: &'a Scenario,
        future: Option<Arc<KnownFuture>>,
    ) -> Self {
        let periods = portfolio.horizon().len();
        // A project that starts late may come as late again.
        let reach =
            if future.is_some() { 2 + portfolio.horizon().longest_delay().div_ceil(periods) } else { 2 };
        let factors = DiscountFactors::new(scenario.discount_rate, scenario.discount_at, reach * periods);
        let of =
            |project: ProjectIx| future.as_ref().map_or(ProjectFuture::AS_PLANNED, |future| future[project]);
        let plans: ByProject<Vec<StartPlan>> = (portfolio.projects().iter_enumerated())
            .map(|(position, project)| {
                let payments = || (0..project.payments()).map(PaymentIx::new);
                PeriodIx::each(project.starts(periods))
                    .flat_map(|start| payments().map(move |payment| (start, payment)))
                    .map(|way| StartPlan::new(project, way, periods, (scenario, &of(position)), &factors))
                    .collect()
            })
            .collect();
        let strategic_values = strategic_values(portfolio, scenario);
        let synergies: Vec<SynergyPlan> =
            portfolio.synergies().iter().map(|synergy| SynergyPlan::new(synergy, portfolio)).collect();
        let spend_sizes = spend_sizes(portfolio, &plans, &synergies);
        Self {
            portfolio,
            scenario,
            plans: Arc::new(plans),
            payments: Arc::new(portfolio.projects().iter().map(Project::payments).collect()),
            has_shared_costs: portfolio.projects().iter().flat_map(|one| &one.costs).any(Cost::is_mixed),
            strategic_values,
            synergies,
            key_results: KeyResultNumbers::new(portfolio, scenario),
            factors,
            spend_sizes,
            holds: Vec::new(),
            in_futures: None,
            future,
        }
    }

    /// One valuation per scenario, in their order, one at a time: those of a large batch would not fit in memory
    /// together. Neighbours that scale, escalate and discount alike share their plans.
    pub fn each(portfolio: &'a Portfolio, scenarios: &'a [Scenario]) -> impl Iterator<Item = Self> {
        let mut last: Option<Self> = None;
        scenarios.iter().map(move |scenario| {
            let next =
                last.as_ref().map_or_else(|| Self::new(portfolio, scenario), |last| last.under(scenario));
            last.insert(next).clone()
        })
    }

    /// Valuation of the same portfolio under another scenario, which holds the same of limits with priorities. Plans are
    /// shared if the scenario gives them the same numbers. Not for a valuation with a changed cost
    /// ([`Self::with_cost_of`]), which belongs to its own scenario.
    #[must_use]
    pub fn under<'b>(&self, scenario: &'b Scenario) -> Valuation<'b>
    where
        'a: 'b,
    {
        let in_futures = self.in_futures.as_ref().map(|held| held.under(self.portfolio, scenario));
        if !has_same_plans(self.scenario, scenario) {
            let new = Valuation::knowing_all(self.portfolio, scenario, self.future.clone());
            return Valuation { holds: self.holds.clone(), in_futures, ..new };
        }
        let strategic_values = strategic_values(self.portfolio, scenario);
        let key_results = self.key_results.under(self.portfolio, scenario);
        Valuation { scenario, strategic_values, key_results, in_futures, ..self.clone() }
    }

    /// The same, with all costs of one project multiplied by a factor.
    #[must_use]
    pub fn with_cost_of(&self, project: ProjectIx, factor: f64) -> Self {
        let mut other = self.clone();
        Arc::make_mut(&mut other.plans)[project].iter_mut().for_each(|plan| plan.scale_costs(factor));
        other
    }

    /// The portfolio.
    pub fn portfolio(&self) -> &'a Portfolio {
        self.portfolio
    }

    /// The scenario.
    pub fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// The largest size of what a measure of any selection has beside what its projects add to it.
    pub fn size_beside(&self, measure: Measure) -> f64 {
        self.size_of_key_results(measure) + self.size_of_tails(measure)
    }

    /// The plans of a project, one per possible start and way to pay for it, in the order of starts and then of
    /// payments.
    pub fn plans(&self, project: ProjectIx) -> &[StartPlan] {
        &self.plans[project]
    }

    /// The plan of a project at a start that is possible for it, paid for by the first payers as written.
    pub fn plan(&self, project: ProjectIx, start: PeriodIx) -> &StartPlan {
        self.plan_paid(project, start, PaymentIx::default())
    }

    /// The plan of a project at a start that is possible for it, paid for in one way.
    pub fn plan_paid(&self, project: ProjectIx, start: PeriodIx, payment: PaymentIx) -> &StartPlan {
        let delay = start - self.portfolio.projects()[project].start;
        &self.plans[project][delay * self.payments[project] + payment.index()]
    }

    /// The plan of a chosen project.
    pub fn plan_of(&self, choice: &Choice) -> &StartPlan {
        self.plan_paid(choice.project, choice.start, choice.payment)
    }

    /// True if lines share a cost of any project.
    pub(super) fn has_shared_costs(&self) -> bool {
        self.has_shared_costs
    }

    /// Size of the numbers that may cancel in the spend on a line (`None`: on all together) in a period: the
    /// sum of their sizes over all projects. 0 if none is negative, as nothing cancels then.
    pub fn spend_size(&self, line: Option<LineIx>) -> f64 {
        line.map_or(self.spend_sizes.1, |line| self.spend_sizes.0[line])
    }

    /// The smallest share of a project that can be funded under the scenario; 0: any share above 0; `None`: all or
    /// nothing.
    pub fn min_fraction(&self, project: ProjectIx) -> Option<Share> {
        let own = self.scenario.min_fractions.get(&project);
        own.copied().unwrap_or(self.portfolio.projects()[project].min_fraction)
    }

    /// The smallest share at which a project can be chosen under the scenario, above 0: 1 where it is all or nothing.
    pub fn least_share(&self, project: ProjectIx) -> Share {
        least_share(self.min_fraction(project))
    }

    /// Discount factors.
    pub(super) fn factors(&self) -> &DiscountFactors {
        &self.factors
    }

    /// The plan of each synergy, in the order of [`Portfolio::synergies`].
    pub fn synergies(&self) -> &[SynergyPlan] {
        &self.synergies
    }

    /// Contribution of a synergy that holds to a measure in some periods; `None`: to the measure as it is.
    pub fn synergy_adds(&self, plan: &SynergyPlan, measure: Measure, periods: Option<&[PeriodIx]>) -> f64 {
        plan.adds(measure.planned(), periods, &self.factors)
    }

    /// Plans of the synergies that hold in a selection and whose members all satisfy `counts`.
    pub fn synergies_that_hold(
        &self,
        selection: &Selection,
        counts: impl Fn(ProjectIx) -> bool,
    ) -> impl Iterator<Item = &SynergyPlan> {
        let all = self.portfolio.synergies().iter().zip(&self.synergies);
        let holds = move |synergy: &Synergy| {
            synergy.holds(|project| selection.contains(project))
                && synergy.members().iter().all(|&one| counts(one))
        };
        all.filter(move |(synergy, _)| holds(synergy)).map(|(_, plan)| plan)
    }

    /// Weighted score of a whole project that starts as planned.
    pub fn strategic_value(&self, project: ProjectIx) -> f64 {
        self.strategic_values[project]
    }

    /// Strategic value of a whole project that starts in one of its periods.
    pub fn strategic_value_from(&self, project: ProjectIx, start: PeriodIx) -> f64 {
        self.strategic_values[project] * self.portfolio.projects()[project].value_kept(start)
    }

    /// Contribution of a whole project at one of its starts to a measure, as planned (benefits times success
    /// probability).
    pub fn measure(&self, measure: Measure, project: ProjectIx, plan: &StartPlan) -> f64 {
        let row = &self.portfolio.projects()[project];
        let success = self.benefit_counts(project);
        match measure {
            Measure::StrategicValue => self.strategic_value_from(project, plan.start),
            Measure::ExpectedStrategicValue => {
                self.realised_part(project) * self.strategic_value_from(project, plan.start)
            }
            Measure::Npv => {
                success * plan.discounted_benefit_if_successful.value() - plan.discounted_cost.value()
            }
            Measure::NpvAt(rate) => self.factors.present_value_at(rate, plan.expected_flows(success)),
            Measure::Benefit => success * plan.benefit_if_successful.value(),
            Measure::BenefitKind(kind) => success * plan.benefits_if_successful.total(kind).value(),
            Measure::DiscountedBenefit => success * plan.discounted_benefit_within_if_successful.value(),
            Measure::Cost => plan.cost.value(),
            Measure::DiscountedCost => plan.discounted_cost_within.value(),
            Measure::Projects => 1.0,
            Measure::Objective(leaf) => row.scores[leaf].unwrap_or(0.0),
            Measure::Line(line) => plan.spend.total(line).value(),
            Measure::Resource(resource) => plan.demand.total(resource).value(),
            Measure::Attribute(attribute) => {
                (self.portfolio.attributes()[attribute].numbers()).map_or(0.0, |numbers| numbers[project])
            }
            Measure::KeyResult { key_result, .. } => self.key_result_change(key_result, project, plan),
            // No project has a part of them: they are told of the whole selection.
            Measure::Progress | Measure::KeyResultsMet => 0.0,
            // What the worst futures take of it is told of the whole selection.
            Measure::Simulated(total, _) => self.mean_total(total, project, plan),
        }
    }

    /// Contribution of a whole project at one of its starts to a measure in some periods, as planned;
    /// `None`: to the measure as it is. A project counts in the period in which it starts. A measure that is not
    /// counted by period is taken whole.
    pub fn measure_in(
        &self,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        project: ProjectIx,
        plan: &StartPlan,
    ) -> f64 {
        let Some(periods) = periods else { return self.measure(measure, project, plan) };
        let in_periods = |profile: &ByPeriod<Money>| sum_in(profile, periods);
        let discounted = |profile: &ByPeriod<Money>| {
            periods.iter().map(|&period| profile[period].value() * self.factors.of(period)).sum::<f64>()
        };
        let success = || self.benefit_counts(project);
        let benefit = &plan.benefit_by_period_if_successful;
        match measure {
            Measure::Cost => plan.spend.sum(None, in_periods),
            Measure::DiscountedCost => plan.spend.sum(None, discounted),
            Measure::Benefit => success() * in_periods(benefit),
            Measure::BenefitKind(kind) => success() * plan.benefits_if_successful.sum(Some(kind), in_periods),
            Measure::DiscountedBenefit => success() * discounted(benefit),
            Measure::Projects => f64::from(u8::from(periods.contains(&plan.start))),
            Measure::Line(line) => plan.spend.sum(Some(line), in_periods),
            Measure::Resource(resource) => {
                plan.demand.sum(Some(resource), |profile| sum_in(profile, periods))
            }
            _ => self.measure(measure, project, plan),
        }
    }

    /// Amounts of a limit in a selection: its measure over the chosen projects that it applies to, and over all chosen
    /// projects, both in its periods; then the sum of the sizes of all terms. A synergy counts if all its members do.
    /// Bought capacity belongs to no project: it counts if the limit applies to all of them, and in no share.
    pub fn limited(&self, limit: &NamedLimit, selection: &Selection) -> (f64, f64, f64) {
        let (mut part, mut whole, mut size) = (0.0, 0.0, 0.0);
        for choice in selection.choices() {
            let plan = self.plan_of(choice);
            let amount = self.measure_in(limit.measure(), limit.periods(), choice.project, plan);
            let amount = funded(amount, limit.measure(), choice);
            whole += amount;
            size += amount.abs();
            if limit.applies_to(choice.project) {
                part += amount;
            }
        }
        let adds = |plan: &SynergyPlan| self.synergy_adds(plan, limit.measure(), limit.periods());
        part += self.synergies_that_hold(selection, |one| limit.applies_to(one)).map(adds).sum::<f64>();
        whole += self.synergies_that_hold(selection, |_| true).map(adds).sum::<f64>();
        let moved = |counts: &dyn Fn(ProjectIx) -> bool| {
            self.transfers_add(selection, limit.measure(), limit.periods(), counts)
        };
        part += moved(&|one| limit.applies_to(one));
        whole += moved(&|_| true);
        if limit.projects().is_none() {
            part += self.bought_adds(selection, limit.measure(), limit.periods());
        }
        size += self.synergies_that_hold(selection, |_| true).map(|plan| adds(plan).abs()).sum::<f64>();
        let tail = self.tail_adds(selection, limit.measure());
        (part, whole, size) = (part + tail, whole + tail, size + tail.abs());
        if limit.measure().counts_key_results() {
            let added = self.key_results_add(selection, limit.measure());
            (part, whole) = (part + added, whole + added);
            size += self.size_of_key_results(limit.measure());
        }
        (part, whole, size)
    }

    /// A measure of a whole selection, synergies and bought capacity included. The number of projects counts a share as
    /// one; all else that projects add is proportional to shares.
    pub fn total(&self, measure: Measure, selection: &Selection) -> f64 {
        let of_choice = |choice: &Choice| {
            let plan = self.plan_of(choice);
            let whole = self.measure(measure, choice.project, plan);
            funded(whole, measure, choice)
        };
        let projects: f64 = selection.choices().iter().map(of_choice).sum();
        let moved = self.transfers_add(selection, measure, None, |_| true);
        projects + moved + self.beside_projects(selection, measure, &[]) + self.tail_adds(selection, measure)
    }

    /// Rounding error of a measure of a whole selection. NPV is the difference of sums that may be large compared with
    /// it.
    pub fn rounding_of(&self, measure: Measure, selection: &Selection) -> f64 {
        let of_choice = |choice: &Choice| {
            let plan = self.plan_of(choice);
            let whole = match measure.planned() {
                Measure::Npv => plan.discounted_size.value(),
                Measure::NpvAt(rate) => self.factors.present_value_at(rate, plan.sizes_of_flows()),
                _ => self.measure(measure, choice.project, plan).abs(),
            };
            funded(whole, measure, choice)
        };
        let projects: f64 = selection.choices().iter().map(of_choice).sum();
        ROUNDING * (projects + self.size_beside_projects(selection, measure, &[]))
    }

    /// Planned spend of a selection on every line in each period of the horizon, synergies and bought capacity
    /// included.
    pub fn spends(&self, selection: &Selection) -> ByLine<ByPeriod<Money>> {
        let mut totals = self.add_up(selection, self.portfolio.lines().len(), |plan| &plan.spend);
        for plan in self.synergies_that_hold(selection, |_| true) {
            plan.spend.iter().for_each(|(line, profile)| add(&mut totals[line], profile, 1.0));
        }
        for (line, bought) in self.spends_on_bought(selection) {
            add(&mut totals[line], &bought, 1.0);
        }
        self.add_transfers(selection, &mut totals);
        totals
    }

    /// Planned demand of a selection for a resource in each period of the horizon.
    pub fn demand(&self, selection: &Selection, resource: ResourceIx) -> ByPeriod<Effort> {
        let mut total = ByPeriod::filled(Effort::ZERO, self.portfolio.horizon().len());
        for choice in selection.choices() {
            let plan = self.plan_of(choice);
            for (_, profile) in plan.demand.iter().filter(|&(other, _)| other == resource) {
                add(&mut total, profile, choice.share.value());
            }
        }
        total
    }

    /// Planned demand of a selection for every resource in each period of the horizon.
    pub fn demands(&self, selection: &Selection) -> ByResource<ByPeriod<Effort>> {
        self.add_up(selection, self.portfolio.resources().len(), |plan| &plan.demand)
    }

    fn add_up<K: Position, A: Amount>(
        &self,
        selection: &Selection,
        count: usize,
        profiles: impl Fn(&StartPlan) -> &Profiles<K, A>,
    ) -> IxVec<K, ByPeriod<A>> {
        let mut totals = IxVec::filled(ByPeriod::filled(A::default(), self.portfolio.horizon().len()), count);
        for choice in selection.choices() {
            for (key, profile) in profiles(self.plan_of(choice)).iter() {
                add(&mut totals[key], profile, choice.share.value());
            }
        }
        totals
    }
}

/// Per line, and for all together: the largest sum, over the periods, of the sizes of all that may be spent in one; 0
/// where nothing is negative.
fn spend_sizes(
    portfolio: &Portfolio,
    plans: &[Vec<StartPlan>],
    synergies: &[SynergyPlan],
) -> (ByLine<f64>, f64) {
    let (lines, projects) = (portfolio.lines().len(), portfolio.projects());
    let mut by_line = ByLine::filled((0.0, false), lines);
    let mut of_all = (0.0, false);
    let mut note = |profiles: &Profiles<LineIx, Money>| {
        for (line, profile) in profiles.iter() {
            let largest = profile.iter().map(|amount| amount.value().abs()).fold(0.0, f64::max);
            let is_negative = profile.iter().any(|&amount| amount < Money::ZERO);
            for (size, has_negative) in [&mut by_line[line], &mut of_all] {
                *size += largest;
                *has_negative |= is_negative;
            }
        }
    };
    // Profiles differ from start to start by when they fall due, and by escalation: the last is the dearest.
    for is_last in [true, false] {
        for plans in plans {
            let end = if is_last { plans.last() } else { plans.first() };
            let is_there = |plan: &&StartPlan| end.is_some_and(|end| end.start == plan.start);
            plans.iter().filter(is_there).for_each(|plan| note(&plan.spend));
        }
    }
    synergies.iter().for_each(|plan| note(&plan.spend));
    // What others pay of shared costs is taken from the first line: sums cancel there.
    for cost in projects.iter().flat_map(|project| &project.costs).filter(|cost| cost.is_mixed()) {
        let largest = cost.profile.iter().map(|amount| amount.value().abs()).fold(0.0, f64::max);
        for line in cost.payers() {
            by_line[line] = (by_line[line].0 + largest, true);
        }
    }
    let cancels = |(size, has_negative): (f64, bool)| if has_negative { size } else { 0.0 };
    (by_line.into_iter().map(cancels).collect(), cancels(of_all))
}

/// The sum of a profile over some periods.
fn sum_in<A: Amount>(profile: &ByPeriod<A>, periods: &[PeriodIx]) -> f64 {
    periods.iter().map(|&period| profile[period].value()).sum()
}

/// The part of a measure that the share of a choice brings.
fn funded(whole: f64, measure: Measure, choice: &Choice) -> f64 {
    if measure == Measure::Projects { whole } else { whole * choice.share.value() }
}

/// True if plans have the same numbers under two scenarios.
fn has_same_plans(one: &Scenario, other: &Scenario) -> bool {
    // By bits, as results are equal to the bit: 0 and −0 differ.
    let same = |one: &[f64], other: &[f64]| {
        one.iter().map(|number| number.to_bits()).eq(other.iter().map(|number| number.to_bits()))
    };
    let rates = |scenario: &Scenario| [scenario.discount_rate, scenario.escalation];
    one.discount_at == other.discount_at
        && same(&rates(one), &rates(other))
        && same(&one.scales.costs, &other.scales.costs)
        && same(&one.scales.benefits, &other.scales.benefits)
}

fn strategic_values(portfolio: &Portfolio, scenario: &Scenario) -> ByProject<f64> {
    let value = |(position, project)| strategic_value(project, portfolio, scenario.weights.of(position));
    portfolio.projects().iter_enumerated().map(value).collect()
}

fn strategic_value(project: &Project, portfolio: &Portfolio, weights: &Weights) -> f64 {
    let tree = portfolio.objectives();
    let weighted = |((&leaf, weight), score): ((&usize, &f64), &Option<f64>)| {
        // A project that was not scored on an objective contributes nothing to it, whatever the scale.
        let score = score.map_or(0.0, |score| {
            tree.objectives()[leaf].rescale.as_ref().map_or(score, |scale| scale.apply(score))
        });
        weight * score
    };
    let leaves = tree.leaves().iter().zip(&weights.leaves);
    leaves.zip(&project.scores).map(weighted).sum()
}
