//! contingency.csv: money that a plan needs beyond plan and budgets to hold in most futures.

use crate::domain::{ByPeriod, Detailed, LineIx};
use crate::simulate::{LineReserves, Reserve};
use crate::units::Money;

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text, text_if};
use crate::output::error::OutputError;

/// contingency.csv. The first six columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "contingency.csv",
    doc: "money that an option needs beyond its budgets to hold in 50, 80 and 90 % of the futures, by line and period, and \
          (without a period) over all periods together; of that which is ranked first, or of all, as [simulation] details \
          says",
    written: "unless the batch says [simulation] details = \"none\"",
    columns: COLUMNS,
    begin: |view| {
        (view.batch.detailed() != Detailed::None).then(|| Box::new(ContingencyRows::new(view)) as Box<_>)
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("line", "id of the budget line; `*`: all lines together, if that is limited"),
    text("period", "the period; blank: all of them together"),
    number("plan", "planned spend"),
    number("limit", "the budget; blank if there is none"),
    number(
        "reserve_p50",
        "money beyond the budget and what the same future carried over that is enough in half of the futures; without a \
         period: one pot for all periods, the sum of whose overruns it covers; blank without a budget",
    ),
    number("reserve_p80", "the same for 80 % of the futures"),
    number("reserve_p90", "the same for 90 % of the futures"),
    number("contingency_p50", "median of the spend less the plan"),
    number("contingency_p80", "80th percentile of the spend less the plan"),
    number("contingency_p90", "90th percentile of the spend less the plan"),
    number(
        "profile_p80",
        "funding profile: 80th percentile of all spend up to this period less that up to the one before; the periods add \
         up to the 80th percentile of all spend",
    ),
    text_if("if the portfolio has a table of lines", "name", "name of the budget line; blank for `*`"),
];

/// Name of all lines together, as in the budgets table.
const ALL_LINES: &str = "*";

/// One row: a line in one period, or over all of them.
struct ContingencyRow<'a> {
    view: OptionView<'a>,
    line: &'a str,
    name: &'a str,
    period: &'a str,
    plan: f64,
    limit: Option<f64>,
    reserve: &'a Reserve,
}

impl ContingencyRow<'_> {
    fn beyond(&self, place: usize) -> Option<f64> {
        self.reserve.beyond.map(|beyond| beyond[place])
    }

    /// What rounding makes of nothing is nothing.
    fn contingency(&self, place: usize) -> f64 {
        let more = self.reserve.spend[place] - self.plan;
        if more.abs() <= self.reserve.rounding { 0.0 } else { more }
    }
}

/// The rows of contingency.csv.
struct ContingencyRows<'a> {
    /// True if the portfolio names its lines.
    has_names: bool,
    rows: Vec<ContingencyRow<'a>>,
}

/// The plan and the budget of a line.
type Plan<'p> = (&'p ByPeriod<Money>, Option<&'p ByPeriod<Money>>);

impl<'a> ContingencyRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { has_names: view.portfolio.line_details().is_some(), rows: Vec::new() }
    }

    /// Adds the rows of a line.
    fn add(
        &mut self,
        (view, finished): (OptionView<'a>, &FinishedScenario<'a, '_>),
        (line, name): (&'a str, &'a str),
        (plan, limit): Plan<'_>,
        reserves: &'a LineReserves,
    ) {
        let horizon = finished.valuation.portfolio().horizon();
        let row =
            |period, plan, limit, reserve| ContingencyRow { view, line, name, period, plan, limit, reserve };
        let of_period = reserves.periods.iter_enumerated().map(|(period, reserve)| {
            let limit = limit.map(|limit| limit[period].value());
            row(horizon.label(period).as_str(), plan[period].value(), limit, reserve)
        });
        self.rows.extend(of_period);
        let total = |amounts: &ByPeriod<Money>| amounts.iter().copied().sum::<Money>().value();
        self.rows.push(row("", total(plan), limit.map(total), &reserves.pot));
    }
}

impl<'a> TableRows<'a> for ContingencyRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let Some(reserves_of) = &view.option.reserves else { return };
        let (valuation, limits) = (finished.valuation, &view.scenario.limits);
        let spends = valuation.spends(&view.option.found.selection);
        for (line, reserves) in reserves_of.lines.iter_enumerated() {
            let line: LineIx = line;
            let (id, name) =
                (valuation.portfolio().lines()[line].as_str(), valuation.portfolio().line_name(line));
            self.add((view, finished), (id, name), (&spends[line], limits.lines[line].as_ref()), reserves);
        }
        let account = valuation.account_of_all_lines(&spends);
        if let (Some(reserves), Some(account)) = (&reserves_of.all_lines, account) {
            let plan = (&account.spend, limits.all_lines.as_ref());
            self.add((view, finished), (ALL_LINES, ""), plan, reserves);
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let columns = Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("line", |row| row.line)
            .text("period", |row| row.period)
            .number("plan", |row| row.plan)
            .maybe("limit", |row| row.limit)
            .maybe("reserve_p50", |row| row.beyond(0))
            .maybe("reserve_p80", |row| row.beyond(1))
            .maybe("reserve_p90", |row| row.beyond(2))
            .number("contingency_p50", |row| row.contingency(0))
            .number("contingency_p80", |row| row.contingency(1))
            .number("contingency_p90", |row| row.contingency(2))
            .number("profile_p80", |row| row.reserve.profile);
        match self.has_names {
            true => columns.text("name", |row| row.name).finish(&TABLE),
            false => columns.finish(&TABLE),
        }
    }
}
