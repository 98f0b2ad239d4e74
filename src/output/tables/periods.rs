//! Common parts of spend.csv and capacity.csv: money and people, period by period.

use crate::domain::{ByPeriod, Percentile, PeriodIx, Statistic};
use crate::finance::BudgetAccount;
use crate::optimise::RowKey;
use crate::simulate::{Estimate, PeriodRisk};
use crate::units::{Amount, Effort, Money};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView};

/// Spend or demand of an option in one period.
pub struct PeriodRow<'a> {
    view: OptionView<'a>,
    key: &'a str,
    /// The name of the key for people; blank where it has none.
    pub name: &'a str,
    period: &'a str,
    plan: f64,
    limit: Option<f64>,
    /// Shadow price of the limit in the relaxation; `None` without a limit, or if it is not known.
    pub price: Option<f64>,
    risk: Option<&'a PeriodRisk>,
    /// Flexibility of the limit.
    pub room: Room,
}

/// Flexibility of a limit; all `None` without one.
#[derive(Clone, Copy, Default)]
pub struct Room {
    /// Amount carried over from the period before.
    pub carried: Option<f64>,
    /// Spend beyond the budget and the carry-over.
    pub overrun: Option<f64>,
    /// Units that are bought beyond the capacity.
    pub bought: Option<f64>,
}

/// Spend or demand of an option in all periods.
pub struct Account {
    plan: ByPeriod<f64>,
    limit: Option<ByPeriod<f64>>,
    room: ByPeriod<Room>,
}

impl Account {
    /// Spend from a budget, and how that gave way.
    pub fn of_budget(
        plan: &ByPeriod<Money>,
        budget: Option<&ByPeriod<Money>>,
        account: Option<BudgetAccount>,
    ) -> Self {
        let room = account.map(|account| {
            let pairs = account.carried.into_iter().zip(account.overrun);
            let room = |(carried, overrun): (Money, Money)| Room {
                carried: Some(carried.value()),
                overrun: Some(overrun.value()),
                bought: None,
            };
            pairs.map(room).collect()
        });
        let room = room.unwrap_or_else(|| ByPeriod::filled(Room::default(), plan.len()));
        Self { plan: values(plan), limit: budget.map(values), room }
    }

    /// Demand for a capacity, and the units bought beyond it.
    pub fn of_capacity(
        plan: &ByPeriod<Effort>,
        capacity: Option<&ByPeriod<Effort>>,
        bought: ByPeriod<Effort>,
    ) -> Self {
        let is_limited = capacity.is_some();
        let room = |bought: Effort| Room { bought: is_limited.then_some(bought.value()), ..Room::default() };
        let room = bought.into_iter().map(room).collect();
        Self { plan: values(plan), limit: capacity.map(values), room }
    }
}

impl PeriodRow<'_> {
    fn risk(&self, part: impl Fn(&PeriodRisk) -> Option<Estimate>) -> Option<Estimate> {
        self.risk.and_then(part)
    }
}

/// The rows of one key (line or resource) of an option. Each limit has the price that `meaning` finds for its period.
pub fn period_rows<'a>(
    (view, finished): (OptionView<'a>, &FinishedScenario<'a, '_>),
    key: &'a str,
    account: Account,
    risk: Option<&'a ByPeriod<PeriodRisk>>,
    row_key: impl Fn(PeriodIx) -> RowKey,
) -> Vec<PeriodRow<'a>> {
    let horizon = finished.valuation.portfolio().horizon();
    let prices = &finished.result.reasons.prices;
    let price = |period| {
        // A limit that no project touches has no row in the relaxation, and nothing to gain.
        (!prices.is_empty()).then(|| prices.get(&row_key(period)).copied().unwrap_or(0.0))
    };
    let Account { plan, limit, room } = account;
    let rows = plan.iter_enumerated().map(|(period, &plan)| PeriodRow {
        view,
        key,
        name: "",
        period: horizon.label(period).as_str(),
        plan,
        limit: limit.as_ref().map(|limit| limit[period]),
        price: limit.as_ref().and_then(|_| price(period)),
        risk: risk.and_then(|periods| periods.get(period)),
        room: room[period],
    });
    rows.collect()
}

fn values<A: Amount>(amounts: &ByPeriod<A>) -> ByPeriod<f64> {
    amounts.iter().map(|amount| amount.value()).collect()
}

/// The part of a period's risk under a heading.
type Part = (&'static str, fn(&PeriodRisk) -> Option<Estimate>);

const PARTS: [Part; 6] = [
    ("mean", |risk| Some(risk.summary.mean)),
    ("p10", |risk| Some(risk.summary.p10)),
    ("p50", |risk| Some(risk.summary.p50)),
    ("p90", |risk| Some(risk.summary.p90)),
    ("p_over", |risk| risk.over),
    ("mean_over", |risk| risk.mean_over),
];

/// The columns of the contract, and after them standard errors and percentiles of choice.
pub fn columns<'r, 'a>(
    rows: &'r [PeriodRow<'a>],
    key: &str,
    percentiles: &[Percentile],
) -> Columns<'r, PeriodRow<'a>> {
    let columns = Columns::of(rows)
        .text("scenario", |row| row.view.scenario_name())
        .count("option", |row| row.view.option.number)
        .text(key, |row| row.key)
        .text("period", |row| row.period)
        .number("plan", |row| row.plan)
        .maybe("limit", |row| row.limit);
    let columns = PARTS.iter().fold(columns, |columns, (heading, part)| {
        columns.maybe(heading, |row| row.risk(part).map(|estimate| estimate.value))
    });
    let columns = PARTS.iter().fold(columns, |columns, (heading, part)| {
        columns.maybe(&format!("{heading}_se"), |row| row.risk(part).map(|estimate| estimate.error))
    });
    percentiles.iter().fold(columns, |columns, percentile| {
        let statistic = Statistic::Percentile(*percentile);
        let estimate = |row: &PeriodRow<'_>| row.risk(|risk| risk.summary.statistic(statistic));
        columns
            .maybe(&percentile.to_string(), |row| estimate(row).map(|estimate| estimate.value))
            .maybe(&format!("{percentile}_se"), |row| estimate(row).map(|estimate| estimate.error))
    })
}
