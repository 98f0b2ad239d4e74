//! Whether a selection keeps the limits of its scenario, by the portfolio's own numbers.

use crate::domain::{LimitBound, NamedLimit, Selection, exceeds};
use crate::finance::{BudgetAccount, Valuation};

use super::decode::Violation;

/// The name under which the cap on all lines together is told.
const ALL_LINES: &str = "*";

/// Adds the limits that a selection breaks: budgets, capacities, those of the batch file that are not soft, targets that
/// must be reached, and the most changes to the current plan.
pub(super) fn check(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    check_budgets(valuation, selection, violations);
    check_capacities(valuation, selection, violations);
    check_named_limits(valuation, selection, violations);
    check_targets(valuation, selection, violations);
    let changes = valuation.changes(selection);
    if let Some(most) = valuation.scenario().change_control.max_changes.filter(|&most| changes > most) {
        violations.push(Violation::Changes { changes, most });
    }
}

fn check_budgets(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let flexibility = valuation.portfolio().flexibility();
    let mut check = |name: &str, account: Option<BudgetAccount>, most_overrun: f64| {
        let Some(account) = account else { return };
        let limits: Vec<f64> = account.available.iter().map(|available| available + most_overrun).collect();
        check_periods(valuation, name, &account.spend, &limits, violations);
    };
    for (line, id) in valuation.portfolio().lines().iter().enumerate() {
        let overrun = flexibility.line(line).overrun().map_or(0.0, |overrun| overrun.limit().value());
        check(id.as_str(), valuation.line_account(selection, line), overrun);
    }
    let overrun = flexibility.all_lines().overrun().map_or(0.0, |overrun| overrun.limit().value());
    check(ALL_LINES, valuation.account_of_all_lines(selection), overrun);
}

fn check_capacities(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let flexibility = valuation.portfolio().flexibility();
    let capacities = valuation.scenario().limits.resources.iter().zip(valuation.portfolio().resources());
    for (resource, (capacity, id)) in capacities.enumerate() {
        let Some(capacity) = capacity else { continue };
        let extra = flexibility.resource(resource).map_or(0.0, |extra| extra.limit().value());
        let limits: Vec<f64> = capacity.iter().map(|capacity| capacity.value() + extra).collect();
        let demand = valuation.demand(selection, resource);
        check_periods(valuation, id.as_str(), &demand, &limits, violations);
    }
}

fn check_periods(
    valuation: &Valuation,
    name: &str,
    amounts: &[f64],
    limits: &[f64],
    violations: &mut Vec<Violation>,
) {
    let periods = valuation.portfolio().horizon().periods().iter();
    for (period, (&amount, &limit)) in periods.zip(amounts.iter().zip(limits)) {
        if exceeds(amount, limit) {
            let (name, period) = (name.to_owned(), period.clone());
            violations.push(Violation::Limit { name, period, amount, limit });
        }
    }
}

fn check_named_limits(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let hard = valuation.scenario().named_limits.iter().filter(|limit| limit.price().is_none());
    for limit in hard {
        let (part, whole) = valuation.limited(limit, selection);
        let broken = limit.bounds().iter().filter_map(|&bound| broken(limit, bound, part, whole));
        violations.extend(broken);
    }
}

/// What is broken if a bound of a limit is not kept.
fn broken(limit: &NamedLimit, bound: LimitBound, part: f64, whole: f64) -> Option<Violation> {
    let (is_broken, limit_amount) = match bound {
        LimitBound::Min(least) => (exceeds(least, part), least),
        LimitBound::Max(most) => (exceeds(part, most), most),
        LimitBound::MinShare(share) => (exceeds(share * whole, part), share * whole),
        LimitBound::MaxShare(share) => (exceeds(part, share * whole), share * whole),
    };
    let name = limit.name().to_string();
    is_broken.then_some(Violation::NamedLimit { name, bound: bound.key(), amount: part, limit: limit_amount })
}

fn check_targets(valuation: &Valuation, selection: &Selection, violations: &mut Vec<Violation>) {
    let tree = valuation.portfolio().objectives();
    for (leaf, target) in valuation.required_targets() {
        let score = valuation.total(crate::domain::Measure::Objective(leaf), selection);
        if exceeds(target, score) {
            let objective = tree.objectives()[tree.leaves()[leaf]].id.to_string();
            violations.push(Violation::Target { objective, score, target });
        }
    }
}
