//! The limits that keep projects out, and those that projects in it share with nobody else.

use crate::domain::{BudgetFlexibility, Choice, Selection, exceeds};
use crate::finance::{BudgetAccount, StartPlan, Valuation};
use crate::optimise::limits::lines_missed;
use crate::optimise::meaning::Meaning;

/// A limit, what a selection takes of it, and how much of it is left.
struct Use {
    limit: Meaning,
    /// The most that may be taken: what is carried over, may be overrun or bought included.
    amount: f64,
    used: f64,
    /// The least that a project which is out and needs it would take; infinite if none does.
    least_need: f64,
}

/// What a selection leaves of every limit.
pub struct Binding<'a> {
    valuation: &'a Valuation<'a>,
    selection: &'a Selection,
    uses: Vec<Use>,
}

impl<'a> Binding<'a> {
    /// Adds up what a selection takes.
    pub fn new(valuation: &'a Valuation<'a>, selection: &'a Selection) -> Self {
        let limits = &valuation.scenario().limits;
        let flexibility = valuation.portfolio().flexibility();
        let mut uses = Vec::new();
        let mut add = |limit: Meaning, amount: f64, used: f64| {
            uses.push(Use { limit, amount, used, least_need: f64::INFINITY });
        };
        let mut add_budget = |line: Option<usize>, account: BudgetAccount, flexibility: BudgetFlexibility| {
            let beyond = flexibility.overrun().map_or(0.0, |beyond| beyond.limit().value());
            for (period, (available, used)) in account.available.iter().zip(account.spend).enumerate() {
                add(Meaning::Budget { line, period }, available + beyond, used);
            }
        };
        let spends = valuation.spends(selection);
        for line in 0..limits.lines.len() {
            if let Some(account) = valuation.line_account(line, &spends) {
                add_budget(Some(line), account, flexibility.line(line));
            }
        }
        if let Some(account) = valuation.account_of_all_lines(&spends) {
            add_budget(None, account, flexibility.all_lines());
        }
        for (resource, capacity) in limits.resources.iter().enumerate() {
            let used = valuation.demand(selection, resource);
            let extra = flexibility.resource(resource).map_or(0.0, |extra| extra.limit().value());
            for (period, limit) in capacity.iter().flatten().enumerate() {
                add(Meaning::Capacity { resource, period }, limit.value() + extra, used[period]);
            }
        }
        let mut binding = Self { valuation, selection, uses };
        binding.note_needs();
        binding
    }

    fn note_needs(&mut self) {
        let outside = (0..self.valuation.portfolio().projects().len())
            .filter(|&project| !self.selection.contains(project));
        for project in outside {
            let least = self.valuation.portfolio().projects()[project].least_share().value();
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

    /// The limits that bind a project: see [`super::ProjectDecision::binding`].
    pub fn of(&self, project: usize) -> Vec<Meaning> {
        match self.selection.choice(project) {
            Some(choice) => self.of_chosen(choice),
            // The start at which it comes closest to fitting; the earliest of several.
            None => {
                let plans = self.valuation.plans(project).iter();
                plans.map(|plan| self.exceeded(project, plan)).min_by_key(Vec::len).unwrap_or_default()
            }
        }
    }

    /// What a project that is in uses up, and what would be missed without it.
    fn of_chosen(&self, choice: &Choice) -> Vec<Meaning> {
        let plan = self.valuation.plan(choice.project, choice.start);
        let is_tight = |one: &&Use| {
            amount(plan, one.limit) > 0.0
                && one.least_need.is_finite()
                && exceeds(one.used + one.least_need, one.amount)
        };
        let tight = self.uses.iter().filter(is_tight).map(|one| one.limit);
        let without = self.others(choice.project);
        tight.chain(lines_missed(self.valuation, &Selection::new(without))).collect()
    }

    /// What a project that is out would exceed or miss if it alone were added at one of its starts.
    fn exceeded(&self, project: usize, plan: &StartPlan) -> Vec<Meaning> {
        let share = self.valuation.portfolio().projects()[project].least_share();
        let is_exceeded = |one: &&Use| {
            let need = share.value() * amount(plan, one.limit);
            need > 0.0 && exceeds(one.used + need, one.amount)
        };
        let exceeded = self.uses.iter().filter(is_exceeded).map(|one| one.limit);
        let added = Choice { project, start: plan.start, share };
        let with = Selection::new(self.others(project).chain([added]));
        exceeded.chain(lines_missed(self.valuation, &with)).collect()
    }

    fn others(&self, project: usize) -> impl Iterator<Item = Choice> {
        self.selection.choices().iter().copied().filter(move |choice| choice.project != project)
    }
}

/// What a whole project takes of a limit at one of its starts.
fn amount(plan: &StartPlan, limit: Meaning) -> f64 {
    let of = |profiles: &[(usize, Vec<f64>)], key: Option<usize>, period: usize| -> f64 {
        let wanted = profiles.iter().filter(|(other, _)| key.is_none_or(|key| key == *other));
        wanted.map(|(_, profile)| profile[period]).sum()
    };
    match limit {
        Meaning::Budget { line, period } => of(&plan.spend, line, period),
        Meaning::Capacity { resource, period } => of(&plan.demand, Some(resource), period),
        _ => 0.0,
    }
}
