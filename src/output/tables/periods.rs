//! spend.csv and capacity.csv: money and people, period by period.

use std::collections::BTreeMap;

use crate::domain::{Percentile, Statistic};
use crate::finance::{BudgetAccount, Valuation};
use crate::optimise::RowKey;
use crate::simulate::{Estimate, PeriodRisk};
use crate::units::{Effort, Money};

use super::columns::Columns;
use super::{OptionView, ResultTable};
use crate::output::error::OutputError;

/// The name under which spend on all lines together stands, as in the budgets table.
const ALL_LINES: &str = "*";

/// What an option spends or demands in one period.
struct PeriodRow<'a> {
    view: OptionView<'a>,
    key: &'a str,
    period: &'a str,
    plan: f64,
    limit: Option<f64>,
    /// Of the limit in the relaxation; `None` where nothing is limited, or the price is not known.
    price: Option<f64>,
    risk: Option<&'a PeriodRisk>,
    room: Room,
}

/// How the limit gives way; nothing where there is none.
#[derive(Clone, Copy, Default)]
struct Room {
    /// What the period before left over.
    carried: Option<f64>,
    /// What is spent beyond the budget and what is carried over.
    overrun: Option<f64>,
    /// Units that are bought beyond the capacity.
    bought: Option<f64>,
}

/// What an option spends or demands in all periods.
struct Account {
    plan: Vec<f64>,
    limit: Option<Vec<f64>>,
    room: Vec<Room>,
}

impl Account {
    fn of_budget(plan: Vec<f64>, budget: Option<&Vec<Money>>, account: Option<BudgetAccount>) -> Self {
        let room = account.map(|account| {
            let pairs = account.carried.into_iter().zip(account.overrun);
            let room =
                |(carried, overrun)| Room { carried: Some(carried), overrun: Some(overrun), bought: None };
            pairs.map(room).collect()
        });
        let room = room.unwrap_or_else(|| vec![Room::default(); plan.len()]);
        Self { plan, limit: budget.map(|budget| values(budget, |money| money.value())), room }
    }

    fn of_capacity(plan: Vec<f64>, capacity: Option<&Vec<Effort>>, bought: Vec<f64>) -> Self {
        let is_limited = capacity.is_some();
        let room = |bought: f64| Room { bought: is_limited.then_some(bought), ..Room::default() };
        let room = bought.into_iter().map(room).collect();
        Self { plan, limit: capacity.map(|capacity| values(capacity, |effort| effort.value())), room }
    }
}

impl PeriodRow<'_> {
    fn risk(&self, part: impl Fn(&PeriodRisk) -> Option<Estimate>) -> Option<Estimate> {
        self.risk.and_then(part)
    }
}

/// The rows of spend.csv and capacity.csv.
#[derive(Default)]
pub struct PeriodRows<'a> {
    spend: Vec<PeriodRow<'a>>,
    demand: Vec<PeriodRow<'a>>,
}

impl<'a> PeriodRows<'a> {
    /// Adds the periods of an option.
    pub fn add(&mut self, view: OptionView<'a>, valuation: &Valuation<'a>, prices: &BTreeMap<RowKey, f64>) {
        let (portfolio, limits) = (valuation.portfolio(), &view.scenario.limits);
        let (selection, risk) = (&view.option.found.selection, view.option.risk.as_ref());
        let price = |meaning: RowKey| {
            // A limit that no project touches has no row in the relaxation, and nothing to gain.
            (!prices.is_empty()).then(|| prices.get(&meaning).copied().unwrap_or(0.0))
        };
        let rows = |key, account: Account, risk, meaning: &dyn Fn(usize) -> RowKey| {
            let is_limited = account.limit.is_some();
            let prices =
                (0..account.plan.len()).map(|period| is_limited.then(|| price(meaning(period))).flatten());
            let prices = prices.collect();
            period_rows(view, valuation, key, (account, prices), risk)
        };
        let spends = valuation.spends(selection);
        for (line, id) in portfolio.lines().iter().enumerate() {
            let account = valuation.line_account(line, &spends);
            let account = Account::of_budget(spends[line].clone(), limits.lines[line].as_ref(), account);
            let risk = risk.and_then(|risk| risk.lines.get(line));
            let meaning = |period| RowKey::Budget { line: Some(line), period };
            self.spend.extend(rows(id.as_str(), account, risk, &meaning));
        }
        if let (Some(cap), Some(account)) = (&limits.all_lines, valuation.account_of_all_lines(&spends)) {
            let account = Account::of_budget(account.spend.clone(), Some(cap), Some(account));
            let risk = risk.and_then(|risk| risk.all_lines.as_ref());
            self.spend
                .extend(rows(ALL_LINES, account, risk, &|period| RowKey::Budget { line: None, period }));
        }
        for (resource, id) in portfolio.resources().iter().enumerate() {
            let (demand, bought) =
                (valuation.demand(selection, resource), valuation.bought(selection, resource));
            let account = Account::of_capacity(demand, limits.resources[resource].as_ref(), bought);
            let risk = risk.and_then(|risk| risk.resources.get(resource));
            let meaning = |period| RowKey::Capacity { resource, period };
            self.demand.extend(rows(id.as_str(), account, risk, &meaning));
        }
    }

    /// spend.csv.
    pub fn spend_table(&self, percentiles: &[Percentile]) -> Result<ResultTable, OutputError> {
        let columns = columns(&self.spend, "line", percentiles);
        columns
            .maybe("carried", |row| row.room.carried)
            .maybe("overrun", |row| row.room.overrun)
            .maybe("shadow_price", |row| row.price)
            .finish("spend.csv")
    }

    /// capacity.csv.
    pub fn capacity_table(&self, percentiles: &[Percentile]) -> Result<ResultTable, OutputError> {
        columns(&self.demand, "resource", percentiles)
            .maybe("bought", |row| row.room.bought)
            .maybe("shadow_price", |row| row.price)
            .finish("capacity.csv")
    }
}

fn values<T: Copy>(amounts: &[T], value: impl Fn(T) -> f64) -> Vec<f64> {
    amounts.iter().map(|&amount| value(amount)).collect()
}

fn period_rows<'a>(
    view: OptionView<'a>,
    valuation: &Valuation<'a>,
    key: &'a str,
    (account, prices): (Account, Vec<Option<f64>>),
    risk: Option<&'a Vec<PeriodRisk>>,
) -> impl Iterator<Item = PeriodRow<'a>> {
    let horizon = valuation.portfolio().horizon();
    let Account { plan, limit, room } = account;
    plan.into_iter().enumerate().map(move |(period, plan)| PeriodRow {
        view,
        key,
        period: horizon.label(period).as_str(),
        plan,
        limit: limit.as_ref().map(|limit| limit[period]),
        price: prices[period],
        risk: risk.and_then(|periods| periods.get(period)),
        room: room[period],
    })
}

/// Which part of a period's risk a heading stands for.
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
fn columns<'r, 'a>(
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
