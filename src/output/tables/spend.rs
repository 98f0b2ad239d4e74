//! spend.csv: money, line by line and period by period.

use crate::domain::Percentile;
use crate::optimise::RowKey;

use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, ResultColumn, TableKind, TableRows, count, number, text, text_if};
use super::periods::{Account, PeriodRow, columns, period_rows};
use crate::output::error::OutputError;

/// spend.csv.
pub const TABLE: TableKind = TableKind {
    file: "spend.csv",
    doc: "what each option spends, by budget line and period; simulated columns are blank where nothing is simulated",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |view| Some(Box::new(SpendRows::new(view))),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("line", "id of the budget line; `*`: all lines together, if that is limited"),
    text("period", "the period"),
    number("plan", "planned spend"),
    number("limit", "the budget; blank if there is none"),
    number("mean", "simulated mean"),
    number("p10", "10th percentile"),
    number("p50", "median"),
    number("p90", "90th percentile"),
    number("p_over", "probability of more than there is"),
    number("mean_over", "mean excess over what there is, 0 where there is none"),
    number("<column>_se", "standard error of a simulated column"),
    number("p<percentile>", "percentiles of choice"),
    number("carried", "what the period before left over"),
    number("overrun", "what is spent beyond the budget and what is carried over"),
    number("shadow_price", "what one unit more of the budget adds to the objective in the relaxation"),
    text_if("if the portfolio has a table of lines", "name", "name of the budget line; blank for `*`"),
];

/// Name of spend on all lines together, as in the budgets table.
const ALL_LINES: &str = "*";

/// The rows of spend.csv.
struct SpendRows<'a> {
    percentiles: &'a [Percentile],
    /// True if the portfolio names its lines.
    has_names: bool,
    rows: Vec<PeriodRow<'a>>,
}

impl<'a> SpendRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        let has_names = view.portfolio.line_details().is_some();
        Self { percentiles: &view.batch.simulation().percentiles, has_names, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for SpendRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let (valuation, limits) = (finished.valuation, &view.scenario.limits);
        let risk = view.option.risk.as_ref();
        let spends = valuation.spends(&view.option.found.selection);
        for (line, id) in valuation.portfolio().lines().iter_enumerated() {
            let account = valuation.line_account(line, &spends);
            let account = Account::of_budget(&spends[line], limits.lines[line].as_ref(), account);
            let risk = risk.and_then(|risk| risk.lines.get(line));
            let row_key = |period| RowKey::Budget { line: Some(line), period };
            let name = valuation.portfolio().line_name(line);
            let mut rows = period_rows((view, finished), id.as_str(), account, risk, row_key);
            rows.iter_mut().for_each(|row| row.name = name);
            self.rows.append(&mut rows);
        }
        if let (Some(cap), Some(account)) = (&limits.all_lines, valuation.account_of_all_lines(&spends)) {
            let account = Account::of_budget(&account.spend.clone(), Some(cap), Some(account));
            let risk = risk.and_then(|risk| risk.all_lines.as_ref());
            let row_key = |period| RowKey::Budget { line: None, period };
            self.rows.extend(period_rows((view, finished), ALL_LINES, account, risk, row_key));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let columns = columns(&self.rows, "line", self.percentiles)
            .maybe("carried", |row| row.room.carried)
            .maybe("overrun", |row| row.room.overrun)
            .maybe("shadow_price", |row| row.price);
        match self.has_names {
            true => columns.text("name", |row| row.name).finish(&TABLE),
            false => columns.finish(&TABLE),
        }
    }
}
