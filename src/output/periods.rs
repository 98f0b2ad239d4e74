//! spend.csv and capacity.csv: money and people, period by period.

use std::collections::BTreeMap;

use crate::finance::Valuation;
use crate::optimise::Meaning;
use crate::simulate::{Estimate, PeriodRisk};

use super::columns::Columns;
use super::error::OutputError;
use super::tables::{OptionView, ResultTable};

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
    risk: Option<PeriodRisk>,
}

impl PeriodRow<'_> {
    fn risk(&self, part: impl Fn(&PeriodRisk) -> Option<Estimate>) -> Option<Estimate> {
        self.risk.as_ref().and_then(part)
    }
}

/// The rows of spend.csv and capacity.csv.
#[derive(Default)]
pub(super) struct PeriodRows<'a> {
    spend: Vec<PeriodRow<'a>>,
    demand: Vec<PeriodRow<'a>>,
}

impl<'a> PeriodRows<'a> {
    /// Adds the periods of an option.
    pub fn add(&mut self, view: OptionView<'a>, valuation: &Valuation<'a>, prices: &BTreeMap<Meaning, f64>) {
        let (portfolio, limits) = (valuation.portfolio(), &view.scenario.limits);
        let (selection, risk) = (&view.option.found.selection, view.option.risk.as_ref());
        let price = |meaning: Meaning| {
            // A limit that no project touches has no row in the relaxation, and nothing to gain.
            (!prices.is_empty()).then(|| prices.get(&meaning).copied().unwrap_or(0.0))
        };
        let rows =
            |key, plan: Vec<f64>, limit: Option<Vec<f64>>, risk, meaning: &dyn Fn(usize) -> Meaning| {
                let prices =
                    (0..plan.len()).map(|period| limit.as_ref().and_then(|_| price(meaning(period))));
                let prices = prices.collect();
                period_rows(view, valuation, key, (plan, limit, prices), risk)
            };
        for (line, id) in portfolio.lines().iter().enumerate() {
            let limit = limits.lines[line].as_ref().map(|budget| values(budget, |money| money.value()));
            let risk = risk.and_then(|risk| risk.lines.get(line));
            self.spend.extend(rows(id.as_str(), valuation.spend(selection, line), limit, risk, &|period| {
                Meaning::Budget { line: Some(line), period }
            }));
        }
        if let Some(cap) = &limits.all_lines {
            let limit = Some(values(cap, |money| money.value()));
            let risk = risk.and_then(|risk| risk.all_lines.as_ref());
            self.spend.extend(rows(
                ALL_LINES,
                valuation.spend_on_all_lines(selection),
                limit,
                risk,
                &|period| Meaning::Budget { line: None, period },
            ));
        }
        for (resource, id) in portfolio.resources().iter().enumerate() {
            let limit = limits.resources[resource].as_ref();
            let limit = limit.map(|capacity| values(capacity, |effort| effort.value()));
            let risk = risk.and_then(|risk| risk.resources.get(resource));
            self.demand.extend(rows(
                id.as_str(),
                valuation.demand(selection, resource),
                limit,
                risk,
                &|period| Meaning::Capacity { resource, period },
            ));
        }
    }

    /// spend.csv.
    pub fn spend_table(&self) -> Result<ResultTable, OutputError> {
        table(&self.spend, "line", "spend.csv")
    }

    /// capacity.csv.
    pub fn capacity_table(&self) -> Result<ResultTable, OutputError> {
        table(&self.demand, "resource", "capacity.csv")
    }
}

fn values<T: Copy>(amounts: &[T], value: impl Fn(T) -> f64) -> Vec<f64> {
    amounts.iter().map(|&amount| value(amount)).collect()
}

fn period_rows<'a>(
    view: OptionView<'a>,
    valuation: &Valuation<'a>,
    key: &'a str,
    (plan, limit, prices): (Vec<f64>, Option<Vec<f64>>, Vec<Option<f64>>),
    risk: Option<&'a Vec<PeriodRisk>>,
) -> impl Iterator<Item = PeriodRow<'a>> {
    let horizon = valuation.portfolio().horizon();
    plan.into_iter().enumerate().map(move |(period, plan)| PeriodRow {
        view,
        key,
        period: horizon.label(period).as_str(),
        plan,
        limit: limit.as_ref().map(|limit| limit[period]),
        price: prices[period],
        risk: risk.and_then(|periods| periods.get(period)).copied(),
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

fn table(rows: &[PeriodRow<'_>], key: &str, file: &'static str) -> Result<ResultTable, OutputError> {
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
    columns.maybe("shadow_price", |row| row.price).finish(file)
}
