//! What is spent when: a bar of cells per project of the first option of each scenario, from its start to its end, with
//! its spend in each period; below them the sums.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::finance::Valuation;

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::{ALL_LINES, Results, Row};

/// The columns before those of the periods.
const BEFORE: usize = 6;
/// What is left of a total is rounding if it is a smaller part of it.
const ROUNDING: f64 = 1e-9;

/// The sheet; `None` if no option was found.
pub fn roadmap(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let (first, chosen, spend) =
        (results.first(), results.selection.by_scenario(), results.spend.by_scenario());
    if first.is_empty() {
        return Ok(None);
    }
    let told = [
        "When which project runs, and what it spends",
        "The first-ranked option of each scenario; spend on all lines within the horizon. A shift is the number of periods that a start is deferred by.",
    ];
    let mut sheet = Sheet::new(styles, "Roadmap", told, columns(results), 2)?;
    for valuation in Valuation::each(results.portfolio, results.batch.scenarios()) {
        let name = valuation.scenario().name.as_str();
        let Some(&option) = first.get(name) else { continue };
        let block = Block { results, valuation: &valuation, option };
        block.add(&mut sheet, rows(&chosen, name), rows(&spend, name))?;
    }
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

fn rows<'m, 'r>(by_scenario: &'m BTreeMap<&str, Vec<Row<'r>>>, name: &str) -> &'m [Row<'r>] {
    by_scenario.get(name).map_or(&[], Vec::as_slice)
}

fn columns(results: &Results<'_>) -> Vec<Column> {
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Project", Form::Text, 34.0),
        Column::new("Id", Form::Text, 10.0),
        Column::new("Start", Form::Text, 10.0),
        Column::new("Shift", Form::Count, 6.0),
        Column::new("Share", Form::Share, 8.0),
    ];
    let periods = results.portfolio.horizon().periods();
    columns.extend(periods.iter().map(|period| Column::new(period.as_str(), Form::Money, 11.0)));
    columns.push(Column::new("Total", Form::Money, 14.0));
    columns
}

/// The rows of a scenario.
struct Block<'b, 'r> {
    results: &'b Results<'r>,
    valuation: &'b Valuation<'b>,
    option: Row<'b>,
}

impl Block<'_, '_> {
    fn add(&self, sheet: &mut Sheet<'_>, chosen: &[Row<'_>], spend: &[Row<'_>]) -> Result<(), XlsxError> {
        let top = sheet.row();
        let mut left = self.spend_by_period(spend);
        let whole = left.clone();
        for row in chosen {
            self.project(sheet, *row, &mut left)?;
        }
        let size: f64 = whole.iter().map(|amount| amount.abs()).sum();
        if left.iter().any(|amount| amount.abs() > ROUNDING * size) {
            self.begin(sheet, "Synergies and bought capacity")?;
            for (place, &amount) in (BEFORE..).zip(&left) {
                sheet.number(place, Some(amount))?;
            }
            self.end(sheet, left.iter().sum())?;
        }
        let bottom = sheet.row() - 1;
        sheet.total();
        self.begin(sheet, "All")?;
        for (place, &amount) in (BEFORE..).zip(&whole) {
            if top <= bottom {
                let formula = format!("=SUM({})", sheet.down(place, top, bottom));
                sheet.formula(place, &formula, Some(amount))?;
            }
        }
        self.end(sheet, self.option.number("cost").unwrap_or_default())
    }

    fn begin(&self, sheet: &mut Sheet<'_>, name: &str) -> Result<(), XlsxError> {
        sheet.text(0, self.option.text("scenario"))?;
        sheet.text(1, name)
    }

    /// Writes the sum of the row, and goes to the next.
    fn end(&self, sheet: &mut Sheet<'_>, total: f64) -> Result<(), XlsxError> {
        let last = BEFORE + self.results.portfolio.horizon().len();
        let formula = format!("=SUM({})", sheet.across(BEFORE, last - 1));
        sheet.formula(last, &formula, Some(total))?;
        sheet.next()?;
        Ok(())
    }

    /// Spend on all lines, by period, as spend.csv has it.
    fn spend_by_period(&self, spend: &[Row<'_>]) -> Vec<f64> {
        let horizon = self.results.portfolio.horizon();
        let mut totals = vec![0.0; horizon.len()];
        for row in spend.iter().filter(|row| row.text("line") != ALL_LINES) {
            let place = horizon.periods().iter().position(|period| period.as_str() == row.text("period"));
            if let Some(total) = place.and_then(|place| totals.get_mut(place)) {
                *total += row.number("plan").unwrap_or_default();
            }
        }
        totals
    }

    /// The bar of a project; its spend is taken from what is left.
    fn project(&self, sheet: &mut Sheet<'_>, row: Row<'_>, left: &mut [f64]) -> Result<(), XlsxError> {
        let portfolio = self.results.portfolio;
        let id = row.text("project");
        self.begin(sheet, row.text("name"))?;
        sheet.text(2, id)?;
        sheet.text(3, row.text("start"))?;
        let share = row.number("fraction").unwrap_or(1.0);
        sheet.number(5, Some(share))?;
        let start = portfolio.horizon().position(row.text("start"));
        let project = portfolio.project_position(id);
        let plan = start.zip(project).and_then(|(start, project)| {
            let plan = self.valuation.plans(project).iter().find(|plan| plan.start == start)?;
            Some((plan, start - portfolio.projects()[project].start))
        });
        let Some((plan, shift)) = plan else { return self.end(sheet, 0.0) };
        sheet.number(4, Some(shift as f64))?;
        let mut total = 0.0;
        let end = plan.end.unwrap_or(plan.start);
        for ((place, period), left) in (BEFORE..).zip(portfolio.horizon().periods().positions()).zip(left) {
            let amount: f64 = plan.spend.iter().map(|(_, profile)| profile[period].value()).sum();
            let amount = share * amount;
            (total, *left) = (total + amount, *left - amount);
            if amount != 0.0 || (plan.start..=end).contains(&period) {
                sheet.number_as(place, Form::Bar, Some(amount))?;
            }
        }
        self.end(sheet, total)
    }
}
