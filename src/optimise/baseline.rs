//! The cut line: what a ranked list would fund, for comparison with the optimum.
//!
//! It is the greedy heuristic of the knapsack problem in the order of value per cost (Dantzig 1957), as planners use
//! it: down the list until the money is out. It proves nothing; it shows what a list leaves on the table.

use std::collections::BTreeSet;

use crate::domain::{
    Choice, CutLine, CutLineOrder, CutLineRule, Decision, Dependency, DependencyKind, LineIx, Measure,
    PaymentIx, PeriodIx, ProjectIx, ResourceIx, Selection,
};
use crate::finance::Valuation;
use crate::units::{Amount, Share};

use super::formulate::objective::objective_terms;
use super::formulate::row_key::RowKey;
use super::verify::recheck::recheck;
use super::verify::violation::Violation;

/// Halvings that find the share of a project that what is left pays for, to one part in a billion.
const HALVINGS: usize = 30;

/// Ways to pay for a project and those that it requires that are tried.
const MOST_PAYMENTS: usize = 1000;

/// What a cut line funds.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// Its projects, each at its planned start, or at the first later one that is possible and at which it fits.
    pub selection: Selection,
    /// The scenario's objective of it, penalties subtracted.
    pub objective: f64,
    /// True if it keeps all limits and rules, and misses limits with priorities by no more than must be. A list looks at no
    /// lower bound, no share of a whole and no forced project's cost, so that it may miss those.
    pub is_feasible: bool,
}

/// What a cut line funds under a scenario that maximises, whose mixed measures are divided by `scales`.
///
/// Forced projects come first, whatever they cost. Then the list is funded from the top. A project brings those that it
/// requires, each cost is paid by the first of its payers with room, as written, and what may be deferred starts as
/// early as it fits. The first project that would break a budget, a capacity or an upper limit whenever it starts ends
/// the list for whatever it would break at first, or is passed over ([`CutLineRule`]); if only a part of it fits and
/// parts may be funded, that part is. A project that a rule forbids beside those above it is passed over. In the order
/// of value per cost, projects that add nothing to the objective are not on the list, and those that cost nothing lead
/// it by their value. Ties: the cheaper first, then by id.
pub fn cut_line(valuation: &Valuation, asked: CutLine, scales: &[(Measure, f64)]) -> Baseline {
    let terms = objective_terms(&valuation.scenario().goal, scales);
    let mut list = List { valuation, choices: Vec::new(), closed: BTreeSet::new() };
    let decisions = &valuation.scenario().decisions;
    let forced = decisions.positions().filter(|&project| decisions[project] == Decision::In);
    for project in forced {
        let bundles = list.bundles(project);
        let Some(planned) = bundles.first() else { continue };
        let paid = list.ways_to_pay(planned).flat_map(|paid| at_starts(&bundles, paid));
        let fitting = paid.into_iter().find(|paid| matches!(list.fit(paid), Fit::Fits));
        list.choices.extend(fitting.unwrap_or_else(|| planned.clone()));
    }
    for project in ranked(valuation, asked.by, &terms) {
        list.fund(project, asked.rule);
    }
    let selection = valuation.with_room_filled(Selection::new(list.choices));
    let total = |&(measure, weight): &(Measure, f64)| weight * valuation.total(measure, &selection);
    let objective = terms.iter().map(total).sum::<f64>() - valuation.penalty(&selection);
    let is_feasible = recheck(valuation, &selection).is_empty();
    Baseline { selection, objective, is_feasible }
}

/// The projects that are free to be chosen, best first.
fn ranked(valuation: &Valuation, by: CutLineOrder, terms: &[(Measure, f64)]) -> Vec<ProjectIx> {
    let decisions = &valuation.scenario().decisions;
    let measured = |measure: Measure, project: ProjectIx| {
        let plan = &valuation.plans(project)[0];
        valuation.measure_alone(measure, project, plan)
    };
    let free = decisions.positions().filter(|&project| decisions[project] == Decision::Free);
    let mut keys: Vec<([f64; 2], f64, ProjectIx)> = free
        .filter_map(|project| {
            let cost = measured(Measure::Cost, project);
            let key = match by {
                CutLineOrder::Measure(measure) => {
                    [measure.natural_sense().sign() * measured(measure, project), 0.0]
                }
                CutLineOrder::ValuePerCost => {
                    let value: f64 = terms.iter().map(|&(one, weight)| weight * measured(one, project)).sum();
                    match (value > 0.0, cost > 0.0) {
                        (false, _) => return None,
                        (true, true) => [value / cost, 0.0],
                        (true, false) => [f64::INFINITY, value],
                    }
                }
            };
            Some((key, cost, project))
        })
        .collect();
    keys.sort_by(|one, other| {
        let by_key = |place: usize| other.0[place].total_cmp(&one.0[place]);
        by_key(0).then_with(|| by_key(1)).then(one.1.total_cmp(&other.1)).then(one.2.cmp(&other.2))
    });
    keys.into_iter().map(|(_, _, project)| project).collect()
}

/// A limit over all of its periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Limited {
    /// The budget of a line; `None`: of all lines together.
    Budget(Option<LineIx>),
    /// The capacity of a resource.
    Capacity(ResourceIx),
    /// An upper bound of a limit of the batch file.
    Named(usize),
}

impl Limited {
    /// The limit that a violation breaks, if it is one that funding less can keep.
    fn of(violation: &Violation) -> Option<Self> {
        match violation {
            Violation::Limit { key: RowKey::Budget { line, .. }, .. } => Some(Self::Budget(*line)),
            Violation::Limit { key: RowKey::Capacity { resource, .. }, .. } => {
                Some(Self::Capacity(*resource))
            }
            Violation::NamedLimit { key: RowKey::Limit { limit, .. }, bound: "max", .. } => {
                Some(Self::Named(*limit))
            }
            Violation::Confidence { key: RowKey::Confidence { limit, .. }, .. } => Some(Self::Named(*limit)),
            _ => None,
        }
    }

    /// True if a choice adds to what the limit bounds.
    fn is_drawn_on(self, choice: &Choice, valuation: &Valuation) -> bool {
        let plan = valuation.plan_of(choice);
        match self {
            Self::Budget(None) => plan.spend.iter().any(|(_, amounts)| is_positive(amounts)),
            Self::Budget(Some(line)) => {
                plan.spend.iter().any(|(own, amounts)| own == line && is_positive(amounts))
            }
            Self::Capacity(resource) => {
                plan.demand.iter().any(|(own, amounts)| own == resource && is_positive(amounts))
            }
            Self::Named(position) => {
                let limit = &valuation.scenario().named_limits[position];
                let amount = valuation.measure_in(limit.measure(), limit.periods(), choice.project, plan);
                limit.applies_to(choice.project) && amount > 0.0
            }
        }
    }
}

/// True if an amount of some period is above zero.
fn is_positive<A: Amount>(amounts: &[A]) -> bool {
    amounts.iter().any(|amount| amount.value() > 0.0)
}

/// Result of adding projects to a selection.
enum Fit {
    /// All limits and rules hold that they touch.
    Fits,
    /// These limits break, to which they add.
    Breaks(Vec<Limited>),
    /// A rule forbids them beside the rest.
    Forbidden,
}

/// The list so far.
struct List<'v, 'a> {
    valuation: &'v Valuation<'a>,
    choices: Vec<Choice>,
    /// Limits for which a strict list has ended.
    closed: BTreeSet<Limited>,
}

impl List<'_, '_> {
    /// Funds a project with those that it requires, if they fit.
    fn fund(&mut self, project: ProjectIx, rule: CutLineRule) {
        if self.choices.iter().any(|choice| choice.project == project) {
            return;
        }
        let bundles = self.bundles(project);
        let Some(planned) = bundles.first() else { return };
        let mut part = None;
        for paid in self.ways_to_pay(planned) {
            let draws = |limited: &Limited| paid.iter().any(|one| limited.is_drawn_on(one, self.valuation));
            if self.closed.iter().any(draws) {
                continue;
            }
            let mut ended = None;
            for started in at_starts(&bundles, paid) {
                match self.fit(&started) {
                    Fit::Fits => return self.choices.extend(started),
                    Fit::Forbidden => {}
                    Fit::Breaks(limits) => {
                        part = part.or_else(|| self.part_that_fits(&started));
                        ended.get_or_insert(limits);
                    }
                }
            }
            // The list of this payer has ended, even if another one pays.
            if rule == CutLineRule::Strict {
                self.closed.extend(ended.into_iter().flatten());
            }
        }
        self.choices.extend(part);
    }

    /// The ways to pay for a bundle, the first payers as written first; of a long list the beginning.
    fn ways_to_pay(&self, bundle: &[Choice]) -> impl Iterator<Item = Vec<Choice>> + use<> {
        let projects = self.valuation.portfolio().projects();
        let counts: Vec<usize> = bundle.iter().map(|one| projects[one.project].payments()).collect();
        let count = counts.iter().fold(1, |all: usize, one| all.saturating_mul(*one)).min(MOST_PAYMENTS);
        let bundle = bundle.to_vec();
        (0..count).map(move |mut number| {
            let mut paid = bundle.clone();
            for (choice, count) in paid.iter_mut().zip(&counts).rev() {
                choice.payment = PaymentIx::new(number % count);
                number /= count;
            }
            paid
        })
    }

    /// A project that is not funded yet, with all that it requires and that is not either: once for each start that is
    /// possible for it, the earliest first. None if one of them may not be chosen, or cannot start late enough.
    fn bundles(&self, project: ProjectIx) -> Vec<Vec<Choice>> {
        let portfolio = self.valuation.portfolio();
        let is_funded = |project: ProjectIx| self.choices.iter().any(|choice| choice.project == project);
        let mut members = vec![project];
        let mut next = 0;
        while let Some(&member) = members.get(next) {
            next += 1;
            let needed = portfolio.dependencies().iter().flat_map(Dependency::needs);
            let required = needed.filter(|&(own, _)| own == member).map(|(_, other)| other);
            for other in required.filter(|&other| !is_funded(other)).collect::<Vec<_>>() {
                if !members.contains(&other) {
                    members.push(other);
                }
            }
        }
        let decisions = &self.valuation.scenario().decisions;
        if members.iter().any(|&member| decisions[member] == Decision::Out) {
            return Vec::new();
        }
        let starts = portfolio.projects()[project].starts(portfolio.horizon().len());
        let mut bundles: Vec<Vec<Choice>> =
            PeriodIx::each(starts).filter_map(|start| self.with_starts(&members, start)).collect();
        bundles.dedup();
        bundles
    }

    /// Members with the first of them at a start and the others at their planned ones, or as late as those that they
    /// follow make them.
    fn with_starts(&self, members: &[ProjectIx], first: PeriodIx) -> Option<Vec<Choice>> {
        let portfolio = self.valuation.portfolio();
        let planned = |&project: &ProjectIx| {
            let start = portfolio.projects()[project].start;
            Choice { project, start, share: Share::ONE, payment: PaymentIx::default() }
        };
        let mut bundle: Vec<Choice> = members.iter().map(planned).collect();
        bundle.iter_mut().take(1).for_each(|choice| choice.start = first);
        // A chain is no longer than the bundle; a circle of followers never settles, and is refused below.
        for _ in 0..=bundle.len() {
            let before = bundle.clone();
            for choice in &mut bundle {
                let start_of = |project: ProjectIx| {
                    let all = before.iter().chain(&self.choices);
                    all.clone().find(|other| other.project == project).map(|other| other.start)
                };
                let followed = portfolio.dependencies().iter().filter(|one| one.project == choice.project);
                let earliest = followed.filter_map(|one| match one.kind {
                    DependencyKind::After { lag } => start_of(one.other).map(|start| start + lag),
                    _ => None,
                });
                choice.start = earliest.fold(choice.start, PeriodIx::max);
            }
            if bundle == before {
                break;
            }
        }
        let periods = portfolio.horizon().len();
        let may_start = |one: &Choice| portfolio.projects()[one.project].starts(periods).contains(&one.start);
        bundle.iter().all(may_start).then_some(bundle)
    }

    /// Limits that what is funded breaks.
    fn broken(&self) -> Vec<Limited> {
        let selection = self.valuation.with_room_filled(Selection::new(self.choices.iter().copied()));
        recheck(self.valuation, &selection).iter().filter_map(Limited::of).collect()
    }

    /// Checks choices beside those that are funded.
    fn fit(&self, bundle: &[Choice]) -> Fit {
        let selection = Selection::new(self.choices.iter().chain(bundle).copied());
        let selection = self.valuation.with_room_filled(selection);
        let mut broken = Vec::new();
        for violation in recheck(self.valuation, &selection) {
            match &violation {
                Violation::Alternatives(_)
                | Violation::Dependency { .. }
                | Violation::Condition { .. }
                | Violation::Start(_)
                | Violation::Share(_)
                | Violation::Payers(_) => return Fit::Forbidden,
                // More projects mend these, or nothing on the list does: they are checked at the end.
                Violation::Decision(_)
                | Violation::Priority { .. }
                | Violation::Target { .. }
                | Violation::Changes { .. }
                | Violation::Drops { .. } => {}
                Violation::Limit { .. } | Violation::NamedLimit { .. } | Violation::Confidence { .. } => {
                    broken.extend(Limited::of(&violation));
                }
            }
        }
        if broken.is_empty() {
            return Fit::Fits;
        }
        // Where lines share costs, a project may take room that others had.
        let shares = !self.valuation.shared_costs(&selection).is_empty();
        let broken_before = if shares && !bundle.is_empty() { self.broken() } else { broken.clone() };
        broken.retain(|limited| {
            !broken_before.contains(limited)
                || bundle.iter().any(|one| limited.is_drawn_on(one, self.valuation))
        });
        if broken.is_empty() { Fit::Fits } else { Fit::Breaks(broken) }
    }

    /// The largest share of a single divisible project that fits.
    fn part_that_fits(&self, bundle: &[Choice]) -> Option<Choice> {
        let [whole] = bundle else { return None };
        self.valuation.min_fraction(whole.project)?;
        let of_share = |share: f64| Share::new(share).map(|share| Choice { share, ..*whole });
        let fits =
            |share: f64| of_share(share).is_some_and(|choice| matches!(self.fit(&[choice]), Fit::Fits));
        let (mut low, mut high) = (self.valuation.least_share(whole.project).value(), 1.0);
        if !fits(low) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if fits(middle) { low = middle } else { high = middle }
        }
        of_share(low)
    }
}

/// Bundles of the same projects at other starts, all paid for in the same way.
fn at_starts(bundles: &[Vec<Choice>], paid: Vec<Choice>) -> Vec<Vec<Choice>> {
    let pay = |(choice, paid): (&Choice, &Choice)| Choice { payment: paid.payment, ..*choice };
    bundles.iter().map(|bundle| bundle.iter().zip(&paid).map(pay).collect()).collect()
}
