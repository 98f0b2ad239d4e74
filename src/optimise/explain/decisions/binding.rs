//! Binding constraints of projects: those that keep a project out, those that keep it in, and those that no other
//! project shares.
//!
//! A constraint binds a project if the selection keeps it, and would not if the decision about that project alone were
//! reversed. All kinds of constraints are tested in one place, [`Taken::keeps`].

use std::collections::BTreeSet;

use crate::domain::{
    BudgetFlexibility, ByLine, ByPeriod, ByResource, Choice, Decision, Dependency, DependencyKind,
    LimitBound, Measure, PeriodIx, ProjectIx, Selection, Synergy, SynergyEffect, exceeds, exceeds_among,
};
use crate::finance::{BudgetAccount, StartPlan, Valuation};
use crate::optimise::formulate::Formulation;
use crate::optimise::formulate::row_key::RowKey;
use crate::units::{Effort, Share};

/// Use of a budget or a capacity by a selection, and the needs of projects outside.
struct LimitUse {
    limit: RowKey,
    /// Largest amount that may be used, with carried-over money, overruns and bought units.
    amount: f64,
    used: f64,
    /// Least amount that a project outside needs, among those that need any; infinite if none does.
    least_need: f64,
}

/// Room that a selection leaves in every limit.
pub struct Binding<'a> {
    valuation: &'a Valuation<'a>,
    selection: &'a Selection,
    /// All constraints of the scenario.
    constraints: BTreeSet<RowKey>,
    uses: Vec<LimitUse>,
}

impl<'a> Binding<'a> {
    /// Adds up the use of a selection. The rows of `formulation`, the scenario's, list its constraints.
    pub fn new(valuation: &'a Valuation<'a>, formulation: &Formulation, selection: &'a Selection) -> Self {
        let in_futures = valuation.held_rows().iter();
        let in_futures = in_futures.map(|row| RowKey::Confidence { limit: row.limit, period: row.period });
        let rows = formulation.program.rows.positions().map(|row| formulation.row_key(row));
        let constraints = rows.chain(in_futures).collect();
        let mut binding = Self { valuation, selection, constraints, uses: Vec::new() };
        let taken = Taken::new(valuation, selection);
        let supply = |&limit: &RowKey| {
            let (used, amount) = taken.supply(limit)?;
            Some(LimitUse { limit, amount, used, least_need: f64::INFINITY })
        };
        binding.uses = binding.constraints.iter().filter_map(supply).collect();
        binding.note_needs();
        binding
    }

    fn note_needs(&mut self) {
        let outside = (self.valuation.portfolio().projects().positions())
            .filter(|&project| !self.selection.contains(project));
        for project in outside {
            let least = self.least_share(project).value();
            for plan in self.valuation.plans(project) {
                for one in &mut self.uses {
                    let need = least * amount(plan, one.limit);
                    if need > 0.0 {
                        one.least_need = one.least_need.min(need);
                    }
                }
            }
        }
    }

    /// Binding constraints of a project: see [`super::ProjectDecision::binding`].
    pub fn of(&self, project: ProjectIx) -> Vec<RowKey> {
        let is_decided = self.valuation.scenario().decisions[project] != Decision::Free;
        let mut binding: Vec<RowKey> =
            is_decided.then_some(RowKey::Decision { project }).into_iter().collect();
        binding.extend(match self.selection.choice(project) {
            Some(choice) => self.of_chosen(choice),
            // The start and payers with which it comes closest to fitting; the first of several.
            None => {
                let plans = self.valuation.plans(project).iter();
                plans.map(|plan| self.broken_with(project, plan)).min_by_key(Vec::len).unwrap_or_default()
            }
        });
        binding
    }

    /// Limits that a chosen project uses up or that hold its share, constraints violated without it, and synergies lost
    /// without it.
    fn of_chosen(&self, choice: &Choice) -> Vec<RowKey> {
        let plan = self.valuation.plan_of(choice);
        let is_tight = |one: &&LimitUse| {
            let taken = amount(plan, one.limit);
            let has_no_room =
                choice.share < Share::ONE && exceeds(one.used + MIN_SHARE_GROWTH * taken, one.amount);
            let fits_nobody = one.least_need.is_finite() && exceeds(one.used + one.least_need, one.amount);
            taken > 0.0 && (has_no_room || fits_nobody)
        };
        let mut binding: BTreeSet<RowKey> = self.uses.iter().filter(is_tight).map(|one| one.limit).collect();
        let without = Taken::new(self.valuation, &self.paid(Selection::new(self.others(choice.project))));
        let reversed = RowKey::Decision { project: choice.project };
        let is_broken = |&key: &RowKey| key != reversed && !without.keeps(key);
        binding.extend(self.constraints.iter().copied().filter(is_broken));
        let least = self.least_share(choice.project);
        if choice.share < Share::ONE && !exceeds(choice.share.value(), least.value()) {
            binding.insert(RowKey::Share { project: choice.project });
        }
        let holds = |synergy: &Synergy, selection: &Selection| synergy.holds(|one| selection.contains(one));
        let is_lost =
            |synergy: &Synergy| holds(synergy, self.selection) && !holds(synergy, &without.selection);
        binding.extend(self.synergies(is_lost));
        binding.into_iter().collect()
    }

    /// Constraints violated, or more so, if an unchosen project alone were added at one of its starts, paid for in one
    /// way.
    fn broken_with(&self, project: ProjectIx, plan: &StartPlan) -> Vec<RowKey> {
        let share = self.least_share(project);
        let added = Choice { project, start: plan.start, share, payment: plan.payment };
        let with =
            Taken::new(self.valuation, &self.paid(Selection::new(self.others(project).chain([added]))));
        let reversed = RowKey::Decision { project };
        let is_broken = |&key: &RowKey| key != reversed && !with.keeps(key);
        let mut binding: BTreeSet<RowKey> = self.constraints.iter().copied().filter(is_broken).collect();
        // Even its smallest share does not fit.
        if share < Share::ONE && binding.iter().any(|key| key.is_limit()) {
            binding.insert(RowKey::Share { project });
        }
        let harms = |synergy: &Synergy| {
            let gains = match synergy.effect() {
                SynergyEffect::Cost => -synergy.amount(),
                SynergyEffect::StrategicValue | SynergyEffect::Benefit => synergy.amount(),
            };
            let holds = |selection: &Selection| synergy.holds(|one| selection.contains(one));
            gains < 0.0 && !holds(self.selection) && holds(&with.selection)
        };
        binding.extend(self.synergies(harms));
        binding.into_iter().collect()
    }

    /// Synergies that satisfy a condition.
    fn synergies(&self, is_true: impl Fn(&Synergy) -> bool) -> Vec<RowKey> {
        let synergies = self.valuation.portfolio().synergies().iter().enumerate();
        synergies.filter(|(_, one)| is_true(one)).map(|(synergy, _)| RowKey::Synergy { synergy }).collect()
    }

    fn least_share(&self, project: ProjectIx) -> Share {
        self.valuation.least_share(project)
    }

    /// A selection with its shared costs paid by lines that have room.
    fn paid(&self, selection: Selection) -> Selection {
        self.valuation.with_room_filled(selection)
    }

    fn others(&self, project: ProjectIx) -> impl Iterator<Item = Choice> {
        self.selection.choices().iter().copied().filter(move |choice| choice.project != project)
    }
}

/// Growth of a share, as a part of the project, that a limit must prevent to be binding: above rounding, and below
/// anything planned.
const MIN_SHARE_GROWTH: f64 = 1e-3;

/// Amounts used by a selection, added up once for all constraints.
struct Taken<'a> {
    valuation: &'a Valuation<'a>,
    selection: Selection,
    lines: ByLine<Option<BudgetAccount>>,
    all_lines: Option<BudgetAccount>,
    demands: ByResource<ByPeriod<Effort>>,
}

impl<'a> Taken<'a> {
    fn new(valuation: &'a Valuation<'a>, selection: &Selection) -> Self {
        let spends = valuation.spends(selection);
        let lines = valuation.portfolio().lines().positions();
        Self {
            valuation,
            lines: lines.map(|line| valuation.line_account(line, &spends)).collect(),
            all_lines: valuation.account_of_all_lines(&spends),
            demands: valuation.demands(selection),
            selection: selection.clone(),
        }
    }

    /// Use of a budget or a capacity, and the largest amount allowed; `None` for any other key, and where there is no
    /// such limit.
    fn supply(&self, limit: RowKey) -> Option<(f64, f64)> {
        let flexibility = self.valuation.portfolio().flexibility();
        let budget = |account: &BudgetAccount, period: PeriodIx, flexibility: BudgetFlexibility| {
            let beyond = flexibility.overrun().map_or(0.0, |beyond| beyond.limit().value());
            (account.spend[period].value(), account.available[period].value() + beyond)
        };
        match limit {
            RowKey::Budget { line: Some(line), period } => {
                Some(budget(self.lines[line].as_ref()?, period, flexibility.line(line)))
            }
            RowKey::Budget { line: None, period } => {
                Some(budget(self.all_lines.as_ref()?, period, flexibility.all_lines()))
            }
            RowKey::Capacity { resource, period } => {
                let capacity = self.valuation.scenario().limits.resources[resource].as_ref()?[period].value();
                let extra = flexibility.resource(resource).map_or(0.0, |extra| extra.limit().value());
                Some((self.demands[resource][period].value(), capacity + extra))
            }
            RowKey::Decision { .. }
            | RowKey::Share { .. }
            | RowKey::Alternatives { .. }
            | RowKey::Dependency { .. }
            | RowKey::Condition { .. }
            | RowKey::Limit { .. }
            | RowKey::Confidence { .. }
            | RowKey::Priority { .. }
            | RowKey::Target { .. }
            | RowKey::Changes
            | RowKey::Drops
            | RowKey::Synergy { .. }
            | RowKey::Account => None,
        }
    }

    /// True if the selection keeps a constraint.
    fn keeps(&self, constraint: RowKey) -> bool {
        let (valuation, selection) = (self.valuation, &self.selection);
        let portfolio = valuation.portfolio();
        match constraint {
            RowKey::Decision { project } => match valuation.scenario().decisions[project] {
                Decision::Free => true,
                Decision::In => selection.contains(project),
                Decision::Out => !selection.contains(project),
            },
            RowKey::Alternatives { group } => {
                let (_, members) = &portfolio.alternatives()[group];
                members.iter().filter(|&&member| selection.contains(member)).count() <= 1
            }
            RowKey::Dependency { dependency } => holds(&portfolio.dependencies()[dependency], selection),
            RowKey::Condition { condition } => {
                portfolio.conditions()[condition].holds(|project| selection.contains(project))
            }
            RowKey::Budget { .. } | RowKey::Capacity { .. } => {
                self.supply(constraint).is_none_or(|(used, amount)| !exceeds(used, amount))
            }
            RowKey::Limit { limit, bound } => {
                let limit = &valuation.scenario().named_limits[limit];
                let (part, whole, size) = valuation.limited(limit, selection);
                !valuation.must_keep(limit) || keeps_bound(limit.bounds()[bound], part, whole, size)
            }
            RowKey::Confidence { limit, period } => {
                let mut rows = valuation.held_rows().iter();
                let row = rows.find(|row| (row.limit, row.period) == (limit, period));
                row.is_none_or(|row| valuation.keeps_row(row, selection))
            }
            RowKey::Priority { priority } => valuation.keeps_priority(priority, selection),
            RowKey::Target { leaf } => {
                let wanted = valuation.required_targets().into_iter().find(|(other, _)| *other == leaf);
                let score = valuation.total(Measure::Objective(leaf), selection);
                wanted.is_none_or(|(_, target)| !exceeds(target, score))
            }
            RowKey::Changes => {
                let most = valuation.scenario().change_control.max_changes;
                most.is_none_or(|most| valuation.changes(selection) <= most)
            }
            RowKey::Drops => {
                let most = valuation.scenario().change_control.max_drops;
                most.is_none_or(|most| valuation.drops(selection) <= most)
            }
            // Technical rows define columns and rule nothing out.
            RowKey::Share { .. } | RowKey::Synergy { .. } | RowKey::Account => true,
        }
    }
}

/// True if a dependency holds in a selection.
fn holds(dependency: &Dependency, selection: &Selection) -> bool {
    let (this, other) = (selection.choice(dependency.project), selection.choice(dependency.other));
    match dependency.kind {
        DependencyKind::Requires => this.is_none() || other.is_some(),
        DependencyKind::Excludes => this.is_none() || other.is_none(),
        DependencyKind::Together => this.is_some() == other.is_some(),
        DependencyKind::After { lag } => {
            this.is_none_or(|this| other.is_some_and(|other| this.start >= other.start + lag))
        }
    }
}

/// True if a bound is kept; `part` is the measure over the counted projects and `whole` over all; `size` is the sum of
/// the absolute terms, for rounding.
fn keeps_bound(bound: LimitBound, part: f64, whole: f64, size: f64) -> bool {
    let exceeds = |amount: f64, limit: f64| exceeds_among(amount, limit, size);
    match bound {
        LimitBound::Min(least) => !exceeds(least, part),
        LimitBound::Max(most) => !exceeds(part, most),
        LimitBound::MinShare(share) => !exceeds(share * whole, part),
        LimitBound::MaxShare(share) => !exceeds(part, share * whole),
    }
}

/// Use of a budget or a capacity by a whole project at one of its starts; 0 for any other key.
fn amount(plan: &StartPlan, limit: RowKey) -> f64 {
    match limit {
        RowKey::Budget { line, period } => plan.spend.at(line, period).value(),
        RowKey::Capacity { resource, period } => plan.demand.at(Some(resource), period).value(),
        RowKey::Decision { .. }
        | RowKey::Share { .. }
        | RowKey::Alternatives { .. }
        | RowKey::Dependency { .. }
        | RowKey::Condition { .. }
        | RowKey::Limit { .. }
        | RowKey::Confidence { .. }
        | RowKey::Priority { .. }
        | RowKey::Target { .. }
        | RowKey::Changes
        | RowKey::Drops
        | RowKey::Synergy { .. }
        | RowKey::Account => 0.0,
    }
}
