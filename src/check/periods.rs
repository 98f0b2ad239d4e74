//! spend.csv and capacity.csv: money and people, period by period.

use crate::domain::{LineIx, PeriodIx};

use super::accounts::Account;
use super::compare::Comparison;
use super::context::{Context, Risks};
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::risk::Heading;
use super::selection::Selection;
use super::sheet::Sheet;

/// The name of all lines together.
const ALL_LINES: &str = "*";

/// Compares spend.csv.
pub(super) fn compare_spend(context: &Context<'_>, sheet: &Sheet, risks: &Risks, report: &mut Report) {
    let mut table = Comparison::new("spend.csv", sheet, &["scenario", "option", "line", "period"]);
    let mut expected = Vec::new();
    for (place, case) in context.cases.iter().enumerate() {
        let is_told =
            |line: &Option<LineIx>| line.is_some() || case.reading.scenario.limits.all_lines.is_some();
        for (position, option) in case.options.iter().enumerate() {
            for line in case.reading.all_budgets().into_iter().filter(is_told) {
                let rows = spend_rows(&case.reading, &option.selection, line, (place, position));
                let name = line.map_or(ALL_LINES, |line| context.portfolio.lines()[line].as_str());
                let labels = context.portfolio.horizon().periods().iter();
                let keys = labels.map(|label| case.key(option, &[name, label.as_str()]));
                expected.extend(keys.zip(rows));
            }
        }
    }
    for (row, facts) in table.find_rows(expected) {
        facts.compare(&mut table, row);
        let (line, period) = facts.cell;
        let risk = risks.of(facts.place).map(|risk| risk.spend[line][period].as_slice());
        table.simulated(context, row, "mean", &risks.headings.spend, risk);
        if context.portfolio.line_details().is_some() {
            let line = LineIx::new(line);
            let is_line = line.index() < context.portfolio.lines().len();
            table.text(row, "name", if is_line { context.portfolio.line_name(line) } else { "" });
        }
    }
    table.finish(report);
}

/// Spend on a line, or (`None`) on all together, period by period.
fn spend_rows(
    reading: &Reading<'_>,
    selection: &Selection,
    line: Option<LineIx>,
    place: (usize, usize),
) -> Vec<Row> {
    let account = reading.account(selection, line);
    let of_account = |part: &dyn Fn(&Account) -> Figure| account.as_ref().map(part);
    let row = |(period, plan): (PeriodIx, Figure)| Row {
        plan,
        limit: of_account(&|account| account.budget[period]),
        others: vec![
            ("carried", of_account(&|account| account.carried[period])),
            ("overrun", of_account(&|account| account.overrun[period])),
        ],
        place,
        cell: (line.map_or(reading.portfolio.lines().len(), LineIx::index), period),
    };
    reading.periods().zip(reading.spends(selection, line)).map(row).collect()
}

/// Compares capacity.csv.
pub(super) fn compare_capacity(context: &Context<'_>, sheet: &Sheet, risks: &Risks, report: &mut Report) {
    let mut table = Comparison::new("capacity.csv", sheet, &["scenario", "option", "resource", "period"]);
    let mut expected = Vec::new();
    for (place, case) in context.cases.iter().enumerate() {
        let reading = &case.reading;
        for (position, option) in case.options.iter().enumerate() {
            for (resource, id) in context.portfolio.resources().iter_enumerated() {
                for (period, label) in context.portfolio.horizon().periods().iter_enumerated() {
                    let limit = reading.capacity(resource, period);
                    let bought = reading.bought(&option.selection, resource, period);
                    let row = Row {
                        plan: reading.demand(&option.selection, resource, period),
                        limit,
                        others: [("bought", limit.map(|_| bought))].into(),
                        place: (place, position),
                        cell: (resource.index(), period),
                    };
                    expected.push((case.key(option, &[id.as_str(), label.as_str()]), row));
                }
            }
        }
    }
    for (row, facts) in table.find_rows(expected) {
        facts.compare(&mut table, row);
        let (resource, period) = facts.cell;
        let risk = risks.of(facts.place).map(|risk| risk.demand[resource][period].as_slice());
        table.simulated(context, row, "mean", &risks.headings.capacity, risk);
    }
    table.finish(report);
}

/// Figures of a line or a resource in one period.
struct Row {
    plan: Figure,
    limit: Option<Figure>,
    others: Vec<(&'static str, Option<Figure>)>,
    /// Scenario and option (places).
    place: (usize, usize),
    /// The place of the line (all lines together come last) or of the resource, and the period.
    cell: (usize, PeriodIx),
}

impl Row {
    fn compare(&self, table: &mut Comparison<'_>, row: usize) {
        table.number(row, "plan", Some(self.plan));
        table.number(row, "limit", self.limit);
        self.others.iter().for_each(|(heading, figure)| table.number(row, heading, *figure));
    }
}

impl Comparison<'_> {
    /// Compares the simulated cells of a row. Where a run was stopped, options may not have been simulated: then the
    /// cell of the mean is blank, as all others are.
    pub fn simulated(
        &mut self,
        context: &Context<'_>,
        row: usize,
        mean: &str,
        headings: &[Heading],
        figures: Option<&[Option<Figure>]>,
    ) {
        let is_stopped = !context.is_complete && self.sheet().cell(row, mean).is_empty();
        let figures = figures.filter(|_| !is_stopped);
        for (column, heading) in headings.iter().enumerate() {
            self.number(row, &heading.name, figures.and_then(|figures| figures[column]));
        }
    }
}
