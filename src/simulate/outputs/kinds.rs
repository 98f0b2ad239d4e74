//! Output variables of every option of a scenario, and their order.

use crate::domain::{
    BudgetFlexibility, ByPeriod, Flexibility, KeyResult, Limits, Measure, Portfolio, WAY_ROUNDING,
};
use crate::units::Money;

use super::tail::Worst;

/// The limit that applies to a kind of variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarcity {
    /// A budget.
    Money,
    /// A capacity.
    Effort,
    /// The target of a key result: a limit that is to be reached, or that a key result which falls is to keep below.
    Target,
}

/// One of the numbers that are simulated of every option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// The end that is feared.
    pub worst: Worst,
    /// Limit of the variable, if it is the same in all trials. Budgets that carry over are not: these have
    /// [`Account`](super::carried::Account)s.
    pub limit: Option<(Scarcity, f64)>,
}

/// Positions of the totals among the kinds.
pub const NPV: usize = 0;
/// That of cost.
pub const COST: usize = 2;
/// Net present value, benefit, cost, strategic value: these come first.
pub const TOTALS: usize = 4;

/// The position of a total; that of NPV for measures that are not simulated.
pub fn total_of(measure: Measure) -> usize {
    match measure {
        Measure::Benefit => 1,
        Measure::Cost => COST,
        Measure::StrategicValue => 3,
        _ => NPV,
    }
}

/// All kinds of a scenario: the totals, then spend per line and period, spend on all lines per period if that is
/// limited, demand per resource and period, and the change of each key result when due.
pub fn kinds(limits: &Limits, portfolio: &Portfolio) -> Vec<Kind> {
    let (flexibility, periods) = (portfolio.flexibility(), portfolio.horizon().len());
    let total = |worst| Kind { worst, limit: None };
    let mut kinds =
        vec![total(Worst::Lowest), total(Worst::Lowest), total(Worst::Highest), total(Worst::Lowest)];
    let mut limited = |scarcity: Scarcity, limit: Option<Vec<f64>>| {
        kinds.extend((0..periods).map(|period| Kind {
            worst: Worst::Highest,
            limit: limit.as_ref().map(|limit| (scarcity, limit[period])),
        }));
    };
    for (budget, flexibility) in budgets(limits, flexibility) {
        let budget = budget.as_ref().filter(|_| flexibility.carry_over() == 0.0);
        limited(Scarcity::Money, budget.map(|budget| budget.iter().map(|money| money.value()).collect()));
    }
    for capacity in &limits.resources {
        let capacity =
            capacity.as_ref().map(|capacity| capacity.iter().map(|effort| effort.value()).collect());
        limited(Scarcity::Effort, capacity);
    }
    kinds.extend(portfolio.key_results().list().iter().map(change));
    kinds
}

/// The change of a key result when due. What falls short of its target by rounding reaches it.
fn change(one: &KeyResult) -> Kind {
    let way = one.target - one.baseline;
    let worst = if one.falls() { Worst::Highest } else { Worst::Lowest };
    Kind { worst, limit: Some((Scarcity::Target, way * (1.0 - WAY_ROUNDING))) }
}

/// The budget of every line, and last that of all lines together if there is one, with how it gives way.
pub fn budgets<'a>(
    limits: &'a Limits,
    flexibility: &'a Flexibility,
) -> impl Iterator<Item = (&'a Option<ByPeriod<Money>>, BudgetFlexibility)> {
    let lines = limits.lines.iter_enumerated().map(|(line, budget)| (budget, flexibility.line(line)));
    let all_lines = limits.all_lines.is_some().then(|| (&limits.all_lines, flexibility.all_lines()));
    lines.chain(all_lines)
}

/// Largest number of kinds in a scenario of a portfolio.
pub fn most_kinds(portfolio: &Portfolio) -> usize {
    let limited = portfolio.lines().len() + 1 + portfolio.resources().len();
    TOTALS + limited * portfolio.horizon().len() + portfolio.key_results().list().len()
}
