//! What was assumed, scenario by scenario, and how the results came about.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::output::tables::RESULT_TABLES;

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::Results;

/// The sheet.
pub fn assumptions(styles: &Styles, results: &Results<'_>) -> Result<Worksheet, XlsxError> {
    let told = [
        "What was assumed, and what the results were made from",
        "A line per assumption and a column per scenario; below them the settings of the run.",
    ];
    let mut columns = vec![Column::new("Assumption", Form::Text, 34.0)];
    let names = results.scenarios.rows().map(|row| row.text("scenario"));
    columns.extend(names.map(|name| Column::new(name, Form::Amount, 18.0)));
    let mut sheet = Sheet::new(styles, "Assumptions", told, columns, 1)?;
    for heading in results.scenarios.headings().iter().filter(|heading| *heading != "scenario") {
        // Of an assumption that no scenario makes there is nothing to tell.
        if results.scenarios.rows().any(|row| !row.text(heading).is_empty()) {
            assumption(&mut sheet, results, heading)?;
        }
    }
    sheet.next()?;
    for (what, value) in settings(results) {
        sheet.text(0, &what)?;
        sheet.text(1, &value)?;
        sheet.next()?;
    }
    sheet.finish()
}

fn assumption(sheet: &mut Sheet<'_>, results: &Results<'_>, heading: &str) -> Result<(), XlsxError> {
    let is_number = is_number(heading);
    sheet.text(0, heading)?;
    for (place, row) in (1..).zip(results.scenarios.rows()) {
        match row.number(heading).filter(|_| is_number) {
            Some(number) if number.abs() < 1.0 => sheet.number_as(place, Form::Fine, Some(number))?,
            Some(number) => sheet.number(place, Some(number))?,
            None => sheet.text(place, row.text(heading))?,
        }
    }
    sheet.next()?;
    Ok(())
}

/// True if a column of scenarios.csv holds numbers.
fn is_number(heading: &str) -> bool {
    let table = RESULT_TABLES.iter().find(|table| table.file == "scenarios.csv");
    let column = table.and_then(|table| table.columns.iter().find(|column| column.covers(heading)));
    column.is_some_and(|column| matches!(column.kind, "number" | "whole number"))
}

fn settings(results: &Results<'_>) -> Vec<(String, String)> {
    let (batch, provenance) = (results.batch, results.provenance);
    let (selection, simulation) = (batch.selection(), batch.simulation());
    let mut settings = vec![
        ("Batch".to_owned(), batch.name().to_owned()),
        ("Description".to_owned(), batch.description().to_owned()),
        ("Currency".to_owned(), batch.currency().unwrap_or("not told: that of the tables").to_owned()),
        ("Made by".to_owned(), format!("cutline {}", env!("CARGO_PKG_VERSION"))),
        ("Solver".to_owned(), provenance.solver.to_owned()),
        ("Seed".to_owned(), simulation.seed.to_string()),
        ("Trials".to_owned(), simulation.trials.to_string()),
        ("Sampling".to_owned(), simulation.sampling.as_str().to_owned()),
        ("Tail".to_owned(), simulation.tail.to_string()),
        ("Gap to prove".to_owned(), selection.gap.to_string()),
        ("Least difference of options".to_owned(), selection.min_difference.to_string()),
        ("Ranked by".to_owned(), batch.rank_by().name(results.portfolio)),
        ("Past the horizon".to_owned(), batch.past_horizon().as_str().to_owned()),
    ];
    let inputs = provenance.inputs.iter();
    settings
        .extend(inputs.map(|input| (format!("Input {}", input.name), format!("sha256 {}", input.sha256))));
    settings
}
