//! baseline.csv and baseline_selection.csv: what a cut line would fund, beside option 1.

use crate::domain::{CutLine, Percentile};

use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, joined, number, text};
use super::plan_columns::{self, PlanRow, plan_columns};
use super::selection::SelectionRow;
use crate::output::error::OutputError;
use crate::units::Money;

/// Condition of both tables.
const WRITTEN: &str = "unless the batch says [baseline] rule = \"none\"";

/// baseline.csv.
pub const TABLE: TableKind = TableKind {
    file: "baseline.csv",
    doc: "what a cut line through a ranked list would fund in every scenario that maximises; rank, option, bound, gap, \
          p_best and solver are blank",
    written: WRITTEN,
    columns: &COLUMNS,
    begin: |view| Some(Box::new(BaselineRows::new(view)?)),
};

/// Columns behind those of the options.
const FURTHER: [ResultColumn; 4] = [
    number(
        "objective_lost",
        "how much worse its objective is than that of option 1; blank where there is none",
    ),
    number(
        "unspent",
        "money of the budgets that it leaves unspent over all periods; blank where no budget limits",
    ),
    number("budget", "all money of those budgets"),
    text("rule", "what it does at the first project that does not fit: cut_line or skip"),
];

const COLUMNS: [ResultColumn; plan_columns::COLUMNS.len() + FURTHER.len()] =
    joined(&plan_columns::COLUMNS, &FURTHER);

/// baseline_selection.csv.
pub const SELECTION: TableKind = TableKind {
    file: "baseline_selection.csv",
    doc: "the projects that the cut line of baseline.csv funds",
    written: WRITTEN,
    columns: &[
        text("scenario", "the scenario"),
        text("project", "the project"),
        text("start", "the period in which it starts"),
        number("fraction", "the share of it that is funded"),
        text("end", "the last period in which it spends or demands anything; blank past the horizon"),
        text("name", "its name"),
    ],
    begin: |view| view.batch.baseline().map(|_| Box::new(SelectionOfBaseline::default()) as Box<_>),
};

/// Cells behind those of the options.
struct Further {
    lost: Option<f64>,
    unspent: Option<Money>,
    budget: Option<Money>,
}

struct BaselineRows<'a> {
    asked: CutLine,
    percentiles: &'a [Percentile],
    rows: Vec<PlanRow<'a, Further>>,
}

impl<'a> BaselineRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let asked = view.batch.baseline()?;
        Some(Self { asked, percentiles: &view.batch.simulation().percentiles, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for BaselineRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let Some(baseline) = &finished.result.baseline else { return };
        let (found, valuation) = (&baseline.found, finished.valuation);
        let (unspent, budget) = valuation.unspent(&found.selection).unzip();
        let further = Further { lost: finished.result.lost_by_baseline(), unspent, budget };
        let risk = baseline.risk.as_ref();
        self.rows.push(PlanRow {
            status: if found.is_feasible { "feasible" } else { "infeasible" },
            ..PlanRow::new(valuation, &found.selection, found.objective, risk, further)
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let rule = self.asked.rule.as_str();
        plan_columns(&self.rows, self.percentiles)
            .maybe("objective_lost", |row| row.further.lost)
            .maybe("unspent", |row| row.further.unspent.map(Money::value))
            .maybe("budget", |row| row.further.budget.map(Money::value))
            .text("rule", |_| rule)
            .finish(&TABLE)
    }
}

#[derive(Default)]
struct SelectionOfBaseline<'a> {
    rows: Vec<SelectionRow<'a>>,
}

impl<'a> TableRows<'a> for SelectionOfBaseline<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let Some(baseline) = &finished.result.baseline else { return };
        self.rows.extend(SelectionRow::all_of("", &baseline.found.selection, finished.valuation));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        SelectionRow::columns(&self.rows, false).finish(&SELECTION)
    }
}
