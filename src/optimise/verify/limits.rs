//! Recheck of a selection against the limits of its scenario, by the portfolio's own numbers.

use crate::domain::{LimitBound, LineIx, Measure, PeriodIx, Selection, exceeds, exceeds_among};
use crate::finance::{BudgetAccount, Hold, Valuation};
use crate::units::Amount;

use super::violation::Violation;
use crate::optimise::formulate::row_key::RowKey;

/// Name of the cap on all lines together in violations.
const ALL_LINES: &str = "*";

/// Adds the limits that a selection violates: budgets, capacities, hard limits of the batch file, hard targets, and the
/// largest numbers of changes to the current plan and of drops from it.
pub fn check(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    check_payers(valuation, selection, violations);
    check_budgets(valuation, selection, violations);
    check_capacities(valuation, selection, violations);
    check_named_limits(valuation, selection, violations);
    check_priorities(valuation, selection, violations);
    check_targets(valuation, selection, violations);
    let changes = valuation.changes(selection);
    if let Some(most) = valuation.scenario().change_control.max_changes.filter(|&most| changes > most) {
        violations.push(Violation::Changes { changes, most });
    }
    let drops = valuation.drops(selection);
    if let Some(most) = valuation.scenario().change_control.max_drops.filter(|&most| drops > most) {
        violations.push(Violation::Drops { drops, most });
    }
    check_confidence(valuation, selection, violations);
}

/// What lines pay of a shared cost is nothing below 0 and adds up to the cost: the first line pays the rest.
fn check_payers(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    for shared in valuation.shared_costs(selection) {
        let own = selection.transfers().iter();
        let own = own.filter(|one| (one.project, one.cost) == (shared.project, shared.cost));
        let is_within = shared.amounts.iter_enumerated().all(|(period, amount)| {
            let mut parts = own.clone().map(|one| one.amounts[period].value());
            let moved: f64 = own.clone().map(|one| one.amounts[period].value()).sum();
            parts.all(|part| part >= 0.0) && !exceeds(moved, amount.value().max(0.0))
        });
        if !is_within {
            let id = valuation.portfolio().projects()[shared.project].id.clone();
            violations.push(Violation::Payers(id));
        }
    }
}

fn check_budgets(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let flexibility = valuation.portfolio().flexibility();
    let mut check = |line: Option<LineIx>, name: &str, account: Option<BudgetAccount>, most_overrun: f64| {
        let Some(account) = account else { return };
        let limits = account.available.iter().map(|available| available.value() + most_overrun);
        let key = |period| RowKey::Budget { line, period };
        check_periods(valuation, (name, &key), (&account.spend, account.size), limits, violations);
    };
    let spends = valuation.spends(selection);
    for (line, id) in valuation.portfolio().lines().iter_enumerated() {
        let overrun = flexibility.line(line).overrun().map_or(0.0, |overrun| overrun.limit().value());
        check(Some(line), id.as_str(), valuation.line_account(line, &spends), overrun);
    }
    let overrun = flexibility.all_lines().overrun().map_or(0.0, |overrun| overrun.limit().value());
    check(None, ALL_LINES, valuation.account_of_all_lines(&spends), overrun);
}

fn check_capacities(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let flexibility = valuation.portfolio().flexibility();
    let demands = valuation.demands(selection);
    for (resource, id) in valuation.portfolio().resources().iter_enumerated() {
        let Some(capacity) = &valuation.scenario().limits.resources[resource] else { continue };
        let extra = flexibility.resource(resource).map_or(0.0, |extra| extra.limit().value());
        let limits = capacity.iter().map(|capacity| capacity.value() + extra);
        let key = |period| RowKey::Capacity { resource, period };
        check_periods(valuation, (id.as_str(), &key), (&demands[resource], 0.0), limits, violations);
    }
}

/// Checks `amounts[period]` against limits; `size[period]` is the sum of its absolute terms, for the rounding allowed.
/// The limit has a name and a key for each period.
fn check_periods<A: Amount>(
    valuation: &Valuation,
    (name, key): (&str, &dyn Fn(PeriodIx) -> RowKey),
    (amounts, size): (&[A], f64),
    limits: impl Iterator<Item = f64>,
    violations: &mut Vec<Violation>,
) {
    let periods = valuation.portfolio().horizon().periods().iter();
    for (position, (period, (amount, limit))) in periods.zip(amounts.iter().zip(limits)).enumerate() {
        let (position, amount) = (PeriodIx::new(position), amount.value());
        if exceeds_among(amount, limit, size) {
            let (name, period) = (name.to_owned(), period.clone());
            violations.push(Violation::Limit { key: key(position), name, period, amount, limit });
        }
    }
}

fn check_named_limits(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    for Missed { limit, bound, amount, wanted } in missed_limits(valuation, selection) {
        let key = RowKey::Limit { limit, bound };
        let limit = &valuation.scenario().named_limits[limit];
        let (name, bound) = (limit.name().to_string(), limit.bounds()[bound].key());
        violations.push(Violation::NamedLimit { key, name, bound, amount, limit: wanted });
    }
}

/// What is held of limits with priorities.
fn check_priorities(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    for &Hold { priority, most } in valuation.holds().iter().filter(|hold| hold.most > 0.0) {
        if !valuation.keeps_priority(priority, selection) {
            let shortfall = valuation.shortfall(priority, selection);
            violations.push(Violation::Priority { priority, shortfall, most });
        }
    }
}

/// Limits that hold in futures with a confidence, where the futures are known: counted only where nothing else is broken, as
/// that takes a sum per future.
fn check_confidence(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    if !violations.is_empty() {
        return;
    }
    for row in valuation.broken_rows(selection) {
        let name = valuation.scenario().named_limits[row.limit].name().to_string();
        let key = RowKey::Confidence { limit: row.limit, period: row.period };
        violations.push(Violation::Confidence { key, name, level: row.confidence.level() });
    }
}

/// A violated bound of a named limit (positions).
struct Missed {
    limit: usize,
    bound: usize,
    amount: f64,
    wanted: f64,
}

/// Violated bounds of limits that must be kept.
fn missed_limits(valuation: &Valuation, selection: &Selection) -> Vec<Missed> {
    let mut missed = Vec::new();
    for (position, limit) in valuation.scenario().named_limits.iter().enumerate() {
        if !valuation.must_keep(limit) {
            continue;
        }
        let (part, whole, size) = valuation.limited(limit, selection);
        let exceeds = |amount: f64, limit: f64| exceeds_among(amount, limit, size);
        for (bound, &one) in limit.bounds().iter().enumerate() {
            let (is_missed, wanted) = match one {
                LimitBound::Min(least) => (exceeds(least, part), least),
                LimitBound::Max(most) => (exceeds(part, most), most),
                LimitBound::MinShare(share) => (exceeds(share * whole, part), share * whole),
                LimitBound::MaxShare(share) => (exceeds(part, share * whole), share * whole),
            };
            if is_missed {
                missed.push(Missed { limit: position, bound, amount: part, wanted });
            }
        }
    }
    missed
}

fn check_targets(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let tree = valuation.portfolio().objectives();
    for (leaf, score, target) in missed_targets(valuation, selection) {
        let objective = tree.objectives()[tree.leaves()[leaf]].id.to_string();
        violations.push(Violation::Target { objective, score, target });
    }
}

/// Missed hard targets: leaf (position), score, target.
fn missed_targets(valuation: &Valuation, selection: &Selection) -> Vec<(usize, f64, f64)> {
    let score = |leaf: usize| valuation.total(Measure::Objective(leaf), selection);
    let targets = valuation.required_targets().into_iter();
    let targets = targets.map(|(leaf, target)| (leaf, score(leaf), target));
    targets.filter(|&(_, score, target)| exceeds(target, score)).collect()
}
