//! business_cases.csv: the business case of each project on its own.

use crate::domain::{Project, ProjectIx};
use crate::finance::BusinessCase;
use crate::units::Share;

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ALWAYS, ResultColumn, TableKind, TableRows, number, number_if, text};
use crate::output::error::OutputError;
use crate::output::number::tidy;

/// business_cases.csv.
pub const TABLE: TableKind = TableKind {
    file: "business_cases.csv",
    doc: "what each project is worth on its own in each scenario: whole, as planned, chosen or not",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |view| {
        let loses_value = view.portfolio.projects().iter().any(|project| project.value_decay > Share::ZERO);
        Some(Box::new(CaseRows { loses_value, rows: Vec::new() }))
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("project", "id of the project"),
    text("name", "name of the project"),
    number("cost", "what it costs, undiscounted"),
    number("benefit", "its expected benefit, undiscounted"),
    number(
        "npv",
        "its expected net present value; blank, like all rates and payback, where the portfolio has no benefits",
    ),
    number(
        "irr",
        "internal rate of return per period; blank where there is none, or not exactly one that is not negative",
    ),
    number("mirr", "modified internal rate of return per period, as the function MIRR of spreadsheets"),
    number("payback", "periods until what came in covers what was paid; blank: never"),
    number("profitability_index", "present value of the benefits over that of the costs"),
    number("strategic_value", "its strategic value"),
    number("expected_strategic_value", "its strategic value times its success probability"),
    number("value_per_cost", "strategic value over cost"),
    text("all_irr", "all internal rates of return, where there are several"),
    number_if(
        "where a project has a value_decay",
        "cost_of_delay",
        "the strategic value that it loses if it starts one period later than planned",
    ),
];

/// One project in one scenario.
struct CaseRow<'a> {
    scenario: &'a str,
    project: &'a str,
    name: &'a str,
    case: BusinessCase,
    /// False where the portfolio has no benefits: then nothing can pay for itself.
    has_npv: bool,
    /// All rates of return where there are several.
    rates: String,
}

/// The rows of business_cases.csv.
struct CaseRows<'a> {
    /// True if the strategic value of any project depends on when it starts.
    loses_value: bool,
    rows: Vec<CaseRow<'a>>,
}

impl<'a> TableRows<'a> for CaseRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let valuation = finished.valuation;
        let has_npv = valuation.portfolio().has_benefits();
        let row = |(position, project): (ProjectIx, &'a Project)| {
            let case = BusinessCase::new(valuation, position);
            let rates: Vec<String> = (case.internal_rates.iter())
                .filter_map(|&rate| tidy(rate))
                .map(|rate| rate.to_string())
                .collect();
            CaseRow {
                scenario: valuation.scenario().name.as_str(),
                project: project.id.as_str(),
                name: &project.name,
                case,
                has_npv,
                rates: if has_npv && rates.len() > 1 { rates.join(";") } else { String::new() },
            }
        };
        self.rows.extend(valuation.portfolio().projects().iter_enumerated().map(row));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let columns = Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("project", |row| row.project)
            .text("name", |row| row.name)
            .number("cost", |row| row.case.cost.value())
            .number("benefit", |row| row.case.benefit.value())
            .maybe("npv", |row| row.has_npv.then_some(row.case.npv.value()))
            .maybe("irr", |row| row.case.internal_rate().filter(|_| row.has_npv))
            .maybe("mirr", |row| row.case.modified_rate.filter(|_| row.has_npv))
            .maybe("payback", |row| row.case.payback.filter(|_| row.has_npv))
            .maybe("profitability_index", |row| row.case.profitability_index.filter(|_| row.has_npv))
            .number("strategic_value", |row| row.case.strategic_value)
            .number("expected_strategic_value", |row| row.case.expected_strategic_value)
            .maybe("value_per_cost", |row| row.case.value_per_cost)
            .text("all_irr", |row| &row.rates);
        let columns = match self.loses_value {
            true => columns.number("cost_of_delay", |row| row.case.cost_of_delay),
            false => columns,
        };
        columns.finish(&TABLE)
    }
}
