//! Ranges of net present value and cost in the simulated futures, with S-curves through the percentiles that were told.

use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};

use crate::domain::Percentile;

use super::lists::plain;
use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::{Results, Row};

/// The columns before those of the measures.
const BEFORE: usize = 3;
/// Options of the first scenario in a chart, at most.
const CURVES: usize = 5;

/// A simulated measure: its name in headings of people and of options.csv, and what its percentiles are.
struct Simulated {
    heading: &'static str,
    name: &'static str,
}

const NPV: Simulated = Simulated { heading: "NPV", name: "npv" };
const COST: Simulated = Simulated { heading: "Cost", name: "cost" };

/// Probabilities of what may go wrong, and of being the best.
const CHANCES: [(&str, &str); 4] = [
    ("p_loss", "P(NPV < 0)"),
    ("p_over_budget", "P(over budget)"),
    ("p_over_capacity", "P(over capacity)"),
    ("p_best", "P(best of its scenario)"),
];

/// The sheet; `None` if nothing was simulated.
pub fn risk(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let rows: Vec<Row<'_>> = results.options.rows().filter(|row| row.number("cost_mean").is_some()).collect();
    let Some(first) = rows.first() else { return Ok(None) };
    let off: Vec<&str> = (results.scenarios.rows().filter(|row| row.text("risk") == "false"))
        .map(|row| row.text("scenario"))
        .collect();
    let off = match off.as_slice() {
        [] => String::new(),
        off => format!(" Risk is switched off, so that nothing is simulated: {}.", off.join(", ")),
    };
    let subtitle = format!(
        "All simulated options. P10, P50, P90: not exceeded in so many of 100 futures; the last line has these shares, for the charts.{off}"
    );
    let told = ["What can go wrong, and how far", &subtitle];
    let percentiles = results.percentiles();
    let measures: Vec<Simulated> = [NPV, COST]
        .into_iter()
        .filter(|measure| rows.iter().any(|row| row.number(&format!("{}_mean", measure.name)).is_some()))
        .collect();
    let mut sheet = Sheet::new(styles, "Risk", told, columns(&percentiles, &measures), 3)?;
    let top = sheet.row();
    rows.iter().try_for_each(|row| option(&mut sheet, *row, &percentiles, &measures))?;
    let last = sheet.row() - 1;
    shares(&mut sheet, &percentiles, measures.len())?;
    let scenario = first.text("scenario");
    let shown = rows.iter().take_while(|row| row.text("scenario") == scenario).take(CURVES);
    let names: Vec<String> = shown.map(|row| format!("option {}", row.text("option"))).collect();
    for (place, measure) in (0..).zip(&measures) {
        let columns = columns_of(place, percentiles.len());
        let title = format!("{} of {scenario}: share of futures that do not exceed it", measure.heading);
        let mut chart = s_curves(&title, &names, columns, [top, last + 1]);
        sheet.chart(u32::try_from(place).unwrap_or_default(), &mut chart)?;
    }
    sheet.finish_filtered(last).map(Some)
}

/// The columns of the mean and the percentiles of a measure, given its place: first and last of the percentiles.
fn columns_of(measure: usize, percentiles: usize) -> [usize; 2] {
    let first = BEFORE + measure * (percentiles + 1) + 1;
    [first, first + percentiles - 1]
}

fn columns(percentiles: &[Percentile], measures: &[Simulated]) -> Vec<Column> {
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Rank", Form::Count, 6.0),
        Column::new("Option", Form::Count, 7.0),
    ];
    for Simulated { heading, .. } in measures {
        columns.push(Column::new(format!("{heading}, mean"), Form::Money, 14.0));
        let each = percentiles.iter().map(|own| format!("{heading}, {}", own.to_string().to_uppercase()));
        columns.extend(each.map(|heading| Column::new(heading, Form::Money, 14.0)));
    }
    columns.extend(CHANCES.map(|(_, heading)| Column::new(heading, Form::Share, 10.0)));
    columns
}

fn option(
    sheet: &mut Sheet<'_>,
    row: Row<'_>,
    percentiles: &[Percentile],
    measures: &[Simulated],
) -> Result<(), XlsxError> {
    sheet.text(0, row.text("scenario"))?;
    sheet.number(1, row.number("rank"))?;
    sheet.number(2, row.number("option"))?;
    let mut place = BEFORE;
    for Simulated { name, .. } in measures {
        sheet.number(place, row.number(&format!("{name}_mean")))?;
        for (column, own) in (place + 1..).zip(percentiles) {
            sheet.number(column, row.number(&format!("{name}_{own}")))?;
        }
        place += 1 + percentiles.len();
    }
    for (column, (from, _)) in (place..).zip(CHANCES) {
        sheet.number(column, row.number(from))?;
    }
    sheet.next()?;
    Ok(())
}

/// The last line: the share of futures that each percentile stands for, which the charts take as heights.
fn shares(sheet: &mut Sheet<'_>, percentiles: &[Percentile], measures: usize) -> Result<(), XlsxError> {
    sheet.total();
    sheet.text(0, "Futures that do not exceed it")?;
    for measure in 0..measures {
        let [first, _] = columns_of(measure, percentiles.len());
        for (column, own) in (first..).zip(percentiles) {
            sheet.number_as(column, Form::Share, Some(own.probability()))?;
        }
    }
    sheet.next()?;
    Ok(())
}

/// A curve per option: amounts along the axis, shares of futures as heights, which stand in the last line.
fn s_curves(title: &str, names: &[String], columns: [usize; 2], [top, shares]: [u32; 2]) -> Chart {
    let [first, last] = columns.map(|column| u16::try_from(column).unwrap_or(u16::MAX));
    let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
    for (row, name) in (top..).zip(names) {
        let series = chart.add_series();
        series.set_name(&plain(name));
        series.set_categories(("Risk", row, first, row, last));
        series.set_values(("Risk", shares, first, shares, last));
    }
    chart.title().set_name(&plain(title));
    chart.y_axis().set_min(0).set_max(1).set_num_format("0%");
    chart
}
