//! The business case of each project on its own, from its flows by period: sums, present value and rates of return are
//! formulas of the spreadsheet, with what the engine found as their results.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::domain::{DiscountTiming, Project, ProjectIx};
use crate::finance::Valuation;

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::{Results, Row};

/// The columns before those of the flows.
const BEFORE: usize = 14;
const RATE: usize = 3;

/// The sheet; `None` if no scenario was finished. Of scenarios with the same flows, rates and scores the first is
/// shown.
pub fn cases(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    if results.cases.is_empty() {
        return Ok(None);
    }
    let told = [
        "What each project is worth on its own: whole, as planned, chosen or not",
        "Benefits are times the probability of success. Scenarios whose business cases equal those of an earlier one are left out.",
    ];
    let mut sheet = Sheet::new(styles, "Business cases", told, columns(results), 2)?;
    let by_scenario = results.cases.by_scenario();
    let mut shown = BTreeSet::new();
    for valuation in Valuation::each(results.portfolio, results.batch.scenarios()) {
        let Some(rows) = by_scenario.get(valuation.scenario().name.as_str()) else { continue };
        let rows: BTreeMap<&str, Row<'_>> = rows.iter().map(|row| (row.text("project"), *row)).collect();
        let projects: Vec<Case<'_>> = (results.portfolio.projects().iter_enumerated())
            .filter_map(|(position, project)| Case::new(&valuation, position, project, &rows))
            .collect();
        let scenario = valuation.scenario();
        let discounting = (scenario.discount_rate.to_bits(), scenario.discount_at.as_str());
        if shown.insert((discounting, projects.iter().map(Case::key).collect::<Vec<_>>())) {
            projects.iter().try_for_each(|case| case.add(&mut sheet, &valuation))?;
        }
    }
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

fn columns(results: &Results<'_>) -> Vec<Column> {
    let amount = |heading: &str| Column::new(heading, Form::Amount, 14.0);
    let money = |heading: &str| Column::new(heading, Form::Money, 14.0);
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Project", Form::Text, 34.0),
        Column::new("Id", Form::Text, 10.0),
        Column::new("Discount rate", Form::Fine, 9.0),
        money("Cost"),
        money("Benefit"),
        money("NPV"),
        Column::new("IRR", Form::Share, 9.0),
        Column::new("MIRR", Form::Share, 9.0),
        Column::new("Payback, periods", Form::Amount, 9.0),
        Column::new("Profitability index", Form::Fine, 11.0),
        amount("Strategic value"),
        amount("Expected strategic value"),
        Column::new("Value per cost", Form::Fine, 12.0),
    ];
    let periods = results.portfolio.horizon().periods();
    for what in ["Cost", "Benefit", "Net"] {
        columns
            .extend(periods.iter().map(|period| Column::new(format!("{what} {period}"), Form::Money, 12.0)));
    }
    columns
}

/// A project with its flows and what business_cases.csv says of it.
struct Case<'c> {
    project: &'c Project,
    row: Row<'c>,
    costs: Vec<f64>,
    benefits: Vec<f64>,
}

impl<'c> Case<'c> {
    fn new(
        valuation: &Valuation<'_>,
        position: ProjectIx,
        project: &'c Project,
        rows: &BTreeMap<&str, Row<'c>>,
    ) -> Option<Self> {
        let row = *rows.get(project.id.as_str())?;
        let plan = valuation.plan(position, project.start);
        let success = project.success_probability.value();
        let costs = plan.all_spend.iter().map(|spend| spend.value()).collect();
        let benefits =
            plan.all_benefit_if_successful.iter().map(|benefit| success * benefit.value()).collect();
        Some(Self { project, row, costs, benefits })
    }

    /// All that is shown of it, but for the scenario: two cases of one key look alike.
    fn key(&self) -> (Vec<u64>, Vec<&'c str>) {
        const FIGURES: [&str; 5] = ["npv", "mirr", "strategic_value", "expected_strategic_value", "irr"];
        let flows = self.costs.iter().chain(&self.benefits).map(|amount| amount.to_bits()).collect();
        (flows, FIGURES.map(|from| self.row.text(from)).to_vec())
    }

    fn add(&self, sheet: &mut Sheet<'_>, valuation: &Valuation<'_>) -> Result<(), XlsxError> {
        let scenario = valuation.scenario();
        let texts = [scenario.name.as_str(), &self.project.name, self.project.id.as_str()];
        for (place, text) in texts.into_iter().enumerate() {
            sheet.text(place, text)?;
        }
        sheet.number(RATE, Some(scenario.discount_rate))?;
        self.flows(sheet)?;
        self.results(sheet, scenario.discount_at)?;
        let told = [
            "payback",
            "profitability_index",
            "strategic_value",
            "expected_strategic_value",
            "value_per_cost",
        ];
        for (place, from) in (9..).zip(told) {
            sheet.number(place, self.row.number(from))?;
        }
        sheet.next()?;
        Ok(())
    }

    fn flows(&self, sheet: &mut Sheet<'_>) -> Result<(), XlsxError> {
        let periods = self.costs.len();
        for (period, (&cost, &benefit)) in self.costs.iter().zip(&self.benefits).enumerate() {
            let (of_cost, of_benefit) = (BEFORE + period, BEFORE + periods + period);
            sheet.number(of_cost, Some(cost))?;
            sheet.number(of_benefit, Some(benefit))?;
            let formula = format!("={}-{}", sheet.cell(of_benefit), sheet.cell(of_cost));
            sheet.formula(BEFORE + 2 * periods + period, &formula, Some(benefit - cost))?;
        }
        Ok(())
    }

    /// Sums, present value and rates.
    fn results(&self, sheet: &mut Sheet<'_>, timing: DiscountTiming) -> Result<(), XlsxError> {
        let periods = self.costs.len();
        let sum = |sheet: &Sheet<'_>, first| format!("=SUM({})", sheet.across(first, first + periods - 1));
        sheet.formula(4, &sum(sheet, BEFORE), self.row.number("cost"))?;
        sheet.formula(5, &sum(sheet, BEFORE + periods), self.row.number("benefit"))?;
        let first = BEFORE + 2 * periods;
        let (net, rate) = (sheet.across(first, first + periods - 1), sheet.cell(RATE));
        let npv = match timing {
            // The function discounts its first amount by a whole period.
            DiscountTiming::Start if periods == 1 => format!("={}", sheet.cell(first)),
            DiscountTiming::Start => {
                let later = sheet.across(first + 1, first + periods - 1);
                format!("={}+NPV({rate},{later})", sheet.cell(first))
            }
            DiscountTiming::Middle => format!("=NPV({rate},{net})*SQRT(1+{rate})"),
            DiscountTiming::End => format!("=NPV({rate},{net})"),
        };
        sheet.formula(6, &npv, self.row.number("npv"))?;
        if let Some(irr) = self.row.number("irr") {
            // The function searches from a guess on, and near it: several rates may exist.
            sheet.formula(7, &format!("=IRR({net},{irr:.4})"), Some(irr))?;
        }
        sheet.formula(8, &format!("=MIRR({net},{rate},{rate})"), self.row.number("mirr"))
    }
}
