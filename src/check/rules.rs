//! Rules of a scenario that a selection breaks.

use crate::domain::{Decision, Dependency, DependencyKind, Measure, PeriodIx, ProjectIx};

use super::figure::Figure;
use super::reading::Reading;
use super::selection::Selection;

/// A share may lie this much below its smallest: shares are kept to twelve digits.
const SHARE_ROUNDING: f64 = 1e-11;

impl Reading<'_> {
    /// Every rule that a selection breaks, in words.
    pub fn broken_rules(&self, selection: &Selection) -> Vec<String> {
        let mut broken = self.broken_decisions(selection);
        broken.extend(self.broken_links(selection));
        broken.extend(self.broken_budgets(selection));
        broken.extend(self.broken_capacities(selection));
        broken.extend(self.broken_limits(selection));
        broken.extend(self.broken_confidence(selection));
        broken.extend(self.broken_targets(selection));
        let changes = self.changes(selection);
        if let Some(most) = self.scenario.change_control.max_changes.filter(|&most| changes > most) {
            broken.push(format!("{changes} changes to the current plan, of which {most} are allowed"));
        }
        let [_, drops, _] = self.changes_by_kind(selection);
        if let Some(most) = self.scenario.change_control.max_drops.filter(|&most| drops > most) {
            broken.push(format!("{drops} projects of the current plan are dropped, of which {most} may be"));
        }
        broken
    }

    fn id(&self, project: ProjectIx) -> &str {
        self.portfolio.projects()[project].id.as_str()
    }

    /// Prior decisions about each project, its window of starts, and its allowed shares.
    fn broken_decisions(&self, selection: &Selection) -> Vec<String> {
        let mut broken = Vec::new();
        for (position, project) in self.portfolio.projects().iter_enumerated() {
            let id = project.id.as_str();
            let chosen = selection.of(position);
            match (self.scenario.decisions[position], chosen) {
                (Decision::In, None) => broken.push(format!("{id} must be in and is out")),
                (Decision::Out, Some(_)) => broken.push(format!("{id} must be out and is in")),
                _ => {}
            }
            let Some(chosen) = chosen else { continue };
            let last = project.start + project.max_delay;
            if chosen.start < project.start || chosen.start > last {
                let label = self.portfolio.horizon().label(chosen.start);
                broken.push(format!("{id} starts in {label}, outside its window"));
            }
            let own = self.scenario.min_fractions.get(&position).copied();
            let least = own.unwrap_or(project.min_fraction).map_or(1.0, |share| share.value());
            if chosen.share < least - SHARE_ROUNDING || chosen.share > 1.0 {
                broken.push(format!("{id} has the share {}, not one from {least} to 1", chosen.share));
            }
        }
        broken
    }

    /// Dependencies, and alternatives of which at most one may be chosen.
    fn broken_links(&self, selection: &Selection) -> Vec<String> {
        let mut broken = Vec::new();
        for (name, members) in self.portfolio.alternatives() {
            let chosen: Vec<&str> =
                members.iter().filter(|&&one| selection.has(one)).map(|&one| self.id(one)).collect();
            if chosen.len() > 1 {
                broken.push(format!("{} are alternatives ({name})", chosen.join(" and ")));
            }
        }
        for condition in self.portfolio.conditions() {
            if !condition.holds(|project| selection.has(project)) {
                let ids = |projects: &[ProjectIx], word: &str| {
                    projects.iter().map(|&one| self.id(one)).collect::<Vec<_>>().join(word)
                };
                let (all, any) = (ids(condition.if_all(), " and "), ids(condition.then_any(), " or "));
                broken.push(format!("{all} require {any}, of which none is in"));
            }
        }
        broken.extend(
            self.portfolio.dependencies().iter().filter_map(|one| self.broken_dependency(one, selection)),
        );
        broken
    }

    fn broken_dependency(&self, dependency: &Dependency, selection: &Selection) -> Option<String> {
        let (this, other) = (selection.of(dependency.project), selection.of(dependency.other));
        let (id, needed) = (self.id(dependency.project), self.id(dependency.other));
        let (is_in, is_needed_in) = (this.is_some(), other.is_some());
        match dependency.kind {
            DependencyKind::Requires => {
                (is_in && !is_needed_in).then(|| format!("{id} requires {needed}, which is out"))
            }
            DependencyKind::Excludes => (is_in && is_needed_in).then(|| format!("{id} excludes {needed}")),
            DependencyKind::Together => {
                (is_in != is_needed_in).then(|| format!("{id} and {needed} go together"))
            }
            DependencyKind::After { lag } => {
                let holds = match (this, other) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(this), Some(other)) => this.start >= other.start + lag,
                };
                (!holds).then(|| format!("{id} must start at least {lag} periods after {needed}"))
            }
        }
    }

    fn broken_budgets(&self, selection: &Selection) -> Vec<String> {
        let mut broken = Vec::new();
        for line in self.all_budgets() {
            let Some(account) = self.account(selection, line) else { continue };
            let (beyond, _) = self.overrun_terms(line);
            let name = line.map_or("all lines together", |line| self.portfolio.lines()[line].as_str());
            for period in self.periods() {
                let room = account.budget[period] + account.carried[period] + Figure::from(beyond);
                broken.extend(self.too_much(name, period, account.spend[period], room));
            }
        }
        broken
    }

    fn broken_capacities(&self, selection: &Selection) -> Vec<String> {
        let mut broken = Vec::new();
        for (resource, id) in self.portfolio.resources().iter_enumerated() {
            let extra = self.portfolio.flexibility().resource(resource);
            let extra = extra.map_or(0.0, |extra| extra.limit().value());
            for period in self.periods() {
                let Some(capacity) = self.capacity(resource, period) else { continue };
                let demand = self.demand(selection, resource, period);
                broken.extend(self.too_much(id.as_str(), period, demand, capacity + Figure::from(extra)));
            }
        }
        broken
    }

    fn too_much(&self, name: &str, period: PeriodIx, amount: Figure, room: Figure) -> Option<String> {
        amount.exceeds(room).then(|| {
            let label = self.portfolio.horizon().label(period);
            format!("{name} takes {} of {} in {label}", amount.value, room.value)
        })
    }

    fn broken_limits(&self, selection: &Selection) -> Vec<String> {
        let mut broken = Vec::new();
        for limit in self.scenario.named_limits.iter().filter(|limit| !limit.is_soft()) {
            let (part, whole) = self.counted(limit, selection);
            for &bound in limit.bounds() {
                let (upper, lower) = self.sides(bound, part, whole);
                if lower.exceeds(upper) {
                    let (name, key, value) = (limit.name(), bound.key(), bound.value());
                    broken.push(format!("the limit `{name}` ({key} = {value}) is not kept: {}", part.value));
                }
            }
        }
        broken
    }

    fn broken_targets(&self, selection: &Selection) -> Vec<String> {
        let tree = self.portfolio.objectives();
        let mut broken = Vec::new();
        for (leaf, &objective) in tree.leaves().iter().enumerate().filter(|_| self.scenario.meet_targets) {
            let Some(target) = tree.objectives()[objective].target else { continue };
            let score = self.measure(Measure::Objective(leaf), selection, None);
            if Figure::from(target).exceeds(score) {
                let id = &tree.objectives()[objective].id;
                broken.push(format!("{id} reaches {} of its target {target}", score.value));
            }
        }
        broken
    }
}
