//! business_cases.csv: what each project is worth on its own.

use crate::domain::Portfolio;
use crate::finance::{BusinessCase, Valuation};

use super::ResultTable;
use super::columns::Columns;
use crate::output::error::OutputError;
use crate::output::number::tidy;

/// One project in one scenario.
struct CaseRow<'a> {
    scenario: &'a str,
    project: &'a str,
    name: &'a str,
    case: BusinessCase,
    /// All rates of return where there are several.
    rates: String,
}

/// The rows of business_cases.csv.
#[derive(Default)]
pub struct CaseRows<'a> {
    rows: Vec<CaseRow<'a>>,
}

impl<'a> CaseRows<'a> {
    /// Adds all projects of a scenario, whether they are chosen or not.
    pub fn add(&mut self, portfolio: &'a Portfolio, valuation: &Valuation<'a>) {
        let row = |(position, project): (usize, &'a crate::domain::Project)| {
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
                rates: if rates.len() > 1 { rates.join(";") } else { String::new() },
            }
        };
        self.rows.extend(portfolio.projects().iter().enumerate().map(row));
    }

    /// business_cases.csv.
    pub fn table(&self) -> Result<ResultTable, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("project", |row| row.project)
            .text("name", |row| row.name)
            .number("cost", |row| row.case.cost)
            .number("benefit", |row| row.case.benefit)
            .number("npv", |row| row.case.npv)
            .maybe("irr", |row| row.case.internal_rate())
            .maybe("mirr", |row| row.case.modified_rate)
            .maybe("payback", |row| row.case.payback)
            .maybe("profitability_index", |row| row.case.profitability_index)
            .number("strategic_value", |row| row.case.strategic_value)
            .number("expected_strategic_value", |row| row.case.expected_strategic_value)
            .maybe("value_per_cost", |row| row.case.value_per_cost)
            .text("all_irr", |row| &row.rates)
            .finish("business_cases.csv")
    }
}
