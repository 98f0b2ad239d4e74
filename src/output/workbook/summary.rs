//! The first sheet: what to fund in each scenario, in words and figures, beside what a ranked list would fund.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::output::results::{Results, Row};

use super::sheet::{Column, Form, Sheet, Styles};
use super::words::{decision, rests_on, turns};

/// The columns from this one on hold figures of the first option.
const FIGURES: usize = 5;
/// The columns from this one on tell of the cut line.
const BASELINE: usize = FIGURES + TOLD.len();
/// Figures of options that are told, of which the cut line has the first four.
const TOLD: [&str; 9] = [
    "projects",
    "cost",
    "strategic_value",
    "npv",
    "npv_p10",
    "npv_p90",
    "p_loss",
    "p_over_budget",
    "p_over_capacity",
];

/// The sheet.
pub fn summary(styles: &Styles, results: &Results<'_>) -> Result<Worksheet, XlsxError> {
    let (first, second) = (results.first(), results.ranked("2"));
    let decisions = results.decisions.by_scenario();
    let baseline: BTreeMap<&str, Row<'_>> =
        results.baseline.rows().map(|row| (row.text("scenario"), row)).collect();
    let count = results.scenarios.rows().len();
    let title = match results.scenarios.rows().next() {
        Some(row) => {
            let name = row.text("scenario");
            format!("{}. {name}: {}", results.batch.name(), decision(results, row, first.get(name).copied()))
        }
        None => results.batch.name().to_owned(),
    };
    let subtitle = format!(
        "{count} scenarios; per scenario the option that is ranked first, and beside it the cut line of a ranked list. {}",
        results.batch.description()
    );
    let mut sheet = Sheet::new(styles, "Summary", [&title, &subtitle], columns(), 1)?;
    for row in results.scenarios.rows() {
        let name = row.text("scenario");
        sheet.text(0, name)?;
        sheet.text(1, row.text("status"))?;
        sheet.text(2, &decision(results, row, first.get(name).copied()))?;
        if let Some(option) = first.get(name) {
            let decisions = decisions.get(name).map_or(&[][..], Vec::as_slice);
            sheet.text(3, &rests_on(*option, decisions))?;
            sheet.text(4, &turns(results, [Some(*option), second.get(name).copied()], decisions))?;
            figures(&mut sheet, *option, baseline.get(name).copied())?;
        }
        sheet.next()?;
    }
    let last = sheet.row() - 1;
    below(&mut sheet, results)?;
    sheet.finish_filtered(last)
}

fn columns() -> Vec<Column> {
    let amount = |heading| Column::new(heading, Form::Amount, 14.0);
    let money = |heading| Column::new(heading, Form::Money, 14.0);
    let share = |heading| Column::new(heading, Form::Share, 10.0);
    vec![
        Column::new("Scenario", Form::Words, 26.0),
        Column::new("Status", Form::Text, 11.0),
        Column::new("The decision in words", Form::Words, 56.0),
        Column::new("What it rests on", Form::Words, 40.0),
        Column::new("What would turn it", Form::Words, 48.0),
        Column::new("Projects", Form::Count, 9.0),
        money("Cost"),
        amount("Strategic value"),
        money("NPV"),
        money("NPV, P10"),
        money("NPV, P90"),
        share("P(NPV < 0)"),
        share("P(over budget)"),
        share("P(over capacity)"),
        Column::new("Cut line: projects", Form::Count, 9.0),
        money("Cut line: cost"),
        amount("Cut line: strategic value"),
        money("Cut line: NPV"),
        amount("Value above the cut line"),
        money("NPV above the cut line"),
    ]
}

fn figures(sheet: &mut Sheet<'_>, option: Row<'_>, baseline: Option<Row<'_>>) -> Result<(), XlsxError> {
    for (place, from) in (FIGURES..).zip(TOLD) {
        sheet.number(place, option.number(from))?;
    }
    let Some(baseline) = baseline else { return Ok(()) };
    for (place, from) in (BASELINE..).zip(&TOLD[..4]) {
        sheet.number(place, baseline.number(from))?;
    }
    for (place, of) in (BASELINE + 4..).zip([2, 3]) {
        let from = TOLD[of];
        let formula = format!("={}-{}", sheet.cell(FIGURES + of), sheet.cell(BASELINE + of));
        let above = option.number(from).zip(baseline.number(from)).map(|(ours, theirs)| ours - theirs);
        sheet.formula(place, &formula, above)?;
    }
    Ok(())
}

/// Warnings, and what is in whatever happens, below the figures.
fn below(sheet: &mut Sheet<'_>, results: &Results<'_>) -> Result<(), XlsxError> {
    let solved = results.first().len();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    results.selection.rows().for_each(|row| *times.entry(row.text("project")).or_default() += 1);
    let always = times.iter().filter(|&(_, &times)| times == solved && solved > 1);
    let always: Vec<&str> = always.map(|(id, _)| results.name_of(id)).collect();
    if !always.is_empty() {
        sheet.next()?;
        sheet.text(0, &format!("Funded in all {solved} scenarios"))?;
        sheet.text(2, &always.join(", "))?;
        sheet.next()?;
    }
    for (place, warning) in results.provenance.warnings.iter().enumerate() {
        if place == 0 {
            sheet.next()?;
        }
        sheet.text(0, "Warning")?;
        sheet.text(2, warning)?;
        sheet.next()?;
    }
    Ok(())
}
