//! Spend by line and demand by resource, period by period, against what there is; with charts of the first scenario.

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLine, ChartLineDashType, ChartType, Color, Worksheet, XlsxError,
};

use super::lists::plain;
use super::sheet::{Column, FUNDED, Form, Sheet, Styles};
use crate::domain::Percentile;
use crate::output::id_and_name;
use crate::output::results::{ALL_LINES, Results, Row, Table};

const PLAN: usize = 3;
const LIMIT: usize = 4;
const LEFT: usize = 5;
/// The columns from this one on are percentiles.
const PERCENTILES: usize = 6;
/// Charts of one sheet, at most.
const CHARTS: usize = 12;
const ORANGE: Color = Color::RGB(0xD55E00);
const INK: Color = Color::RGB(0x2B3440);

/// A table of amounts by period.
struct Kind {
    sheet: &'static str,
    of: &'static str,
    heading: &'static str,
    form: Form,
    told: [&'static str; 2],
}

const SPEND: Kind = Kind {
    sheet: "Spend",
    of: "line",
    heading: "Budget line",
    form: Form::Money,
    told: [
        "Does it fit the budgets?",
        "The first-ranked option of each scenario: spend as planned, and what it does not exceed in 50 (P50) or 90 (P90) of 100 futures.",
    ],
};

const CAPACITY: Kind = Kind {
    sheet: "Capacity",
    of: "resource",
    heading: "Resource",
    form: Form::Amount,
    told: [
        "Are there enough people?",
        "The first-ranked option of each scenario: demand as planned, and what it does not exceed in 50 (P50) or 90 (P90) of 100 futures.",
    ],
};

/// Spend against budgets; `None` if there are no lines.
pub fn spend(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    sheet(styles, &SPEND, &results.spend, &percentiles(results))
}

/// Demand against capacities; `None` if there are no resources.
pub fn capacity(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    sheet(styles, &CAPACITY, &results.capacity, &percentiles(results))
}

/// The median and the percentiles above it, in their order: the lower ones break no limit.
fn percentiles(results: &Results<'_>) -> Vec<Percentile> {
    let mut all = results.percentiles();
    all.retain(|own| own.probability() >= 0.5);
    all
}

fn columns(kind: &Kind, percentiles: &[Percentile]) -> Vec<Column> {
    let amount = |heading| Column::new(heading, kind.form, 14.0);
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new(kind.heading, Form::Text, 20.0),
        Column::new("Period", Form::Text, 12.0),
        amount("Plan"),
        amount("Limit"),
        amount("Left of the limit"),
    ];
    let names = percentiles.iter().map(|own| own.to_string().to_uppercase());
    columns.extend(names.map(|name| Column::new(name, kind.form, 14.0)));
    columns.extend([Column::new("P(over)", Form::Share, 9.0), amount("Mean excess")]);
    columns
}

fn sheet(
    styles: &Styles,
    kind: &Kind,
    table: &Table,
    percentiles: &[Percentile],
) -> Result<Option<Worksheet>, XlsxError> {
    if table.is_empty() {
        return Ok(None);
    }
    let mut sheet = Sheet::new(styles, kind.sheet, kind.told, columns(kind, percentiles), 3)?;
    let rows: Vec<Row<'_>> = table.rows().collect();
    let key = |row: &Row<'_>| (row.text("scenario").to_owned(), row.text(kind.of).to_owned());
    let scenario = rows.first().map_or("", |row| row.text("scenario"));
    let mut charts = 0;
    for block in rows.chunk_by(|one, other| key(one) == key(other)) {
        let top = sheet.row();
        for row in block {
            period(&mut sheet, *row, &named(*row, kind.of), percentiles)?;
        }
        if block[0].text("scenario") == scenario && charts < CHARTS {
            let mut chart = chart_of(kind, block[0], [top, sheet.row() - 1], percentiles);
            sheet.chart(u32::try_from(charts).unwrap_or_default(), &mut chart)?;
            charts += 1;
        }
        if kind.of == SPEND.of {
            total(&mut sheet, block, top)?;
        }
    }
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

/// The name of a line or resource for people.
fn named(row: Row<'_>, of: &str) -> String {
    match row.text(of) {
        ALL_LINES => "all lines together".to_owned(),
        id => id_and_name(id, row.text("name")),
    }
}

fn period(
    sheet: &mut Sheet<'_>,
    row: Row<'_>,
    name: &str,
    percentiles: &[Percentile],
) -> Result<(), XlsxError> {
    for (place, text) in [row.text("scenario"), name, row.text("period")].into_iter().enumerate() {
        sheet.text(place, text)?;
    }
    let (plan, limit) = (row.number("plan"), row.number("limit"));
    sheet.number(PLAN, plan)?;
    sheet.number(LIMIT, limit)?;
    let formula = format!("={}-{}", sheet.cell(LIMIT), sheet.cell(PLAN));
    sheet.formula(LEFT, &formula, limit.zip(plan).map(|(limit, plan)| limit - plan))?;
    let told = percentiles.iter().map(ToString::to_string);
    let told = told.chain(["p_over".to_owned(), "mean_over".to_owned()]);
    for (place, from) in (PERCENTILES..).zip(told) {
        sheet.number(place, row.number(&from))?;
    }
    sheet.next()?;
    Ok(())
}

/// Sums over the periods of a line. Percentiles do not add up.
fn total(sheet: &mut Sheet<'_>, block: &[Row<'_>], top: u32) -> Result<(), XlsxError> {
    let bottom = sheet.row() - 1;
    sheet.total();
    let texts = [block[0].text("scenario"), &named(block[0], SPEND.of), "all periods"];
    for (place, text) in texts.into_iter().enumerate() {
        sheet.text(place, text)?;
    }
    let sum = |from: &str| block.iter().filter_map(|row| row.number(from)).sum::<f64>();
    let is_limited = block.iter().any(|row| row.number("limit").is_some());
    let limit = is_limited.then(|| sum("limit"));
    for (place, result) in [(PLAN, Some(sum("plan"))), (LIMIT, limit)] {
        let formula = format!("=SUM({})", sheet.down(place, top, bottom));
        sheet.formula(place, &formula, result)?;
    }
    sheet.next()?;
    Ok(())
}

/// The plan as columns, the limit and the percentiles as lines.
fn chart_of(kind: &Kind, row: Row<'_>, [top, bottom]: [u32; 2], percentiles: &[Percentile]) -> Chart {
    let at = |column: usize| {
        let column = u16::try_from(column).unwrap_or_default();
        (kind.sheet, top, column, bottom, column)
    };
    let mut chart = Chart::new(ChartType::Column);
    let plan = chart.add_series();
    plan.set_name("Plan").set_categories(at(2)).set_values(at(PLAN)).set_gap(60);
    plan.set_format(
        ChartFormat::new().set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(FUNDED)),
    );
    let mut lines = Chart::new(ChartType::Line);
    let mut line = |name: &str, column, color: Color, dash: ChartLineDashType| {
        let series = lines.add_series();
        series.set_name(name).set_categories(at(2)).set_values(at(column));
        let line = ChartLine::new().set_color(color).set_width(2.0).set_dash_type(dash).clone();
        series.set_format(ChartFormat::new().set_line(&line));
    };
    if row.number("limit").is_some() {
        line("Limit", LIMIT, INK, ChartLineDashType::Solid);
    }
    if row.number("p90").is_some() {
        for (place, own) in (PERCENTILES..).zip(percentiles) {
            let dash = match own.probability() {
                0.5 => ChartLineDashType::RoundDot,
                0.9 => ChartLineDashType::Solid,
                _ => ChartLineDashType::Dash,
            };
            line(&own.to_string().to_uppercase(), place, ORANGE, dash);
        }
    }
    if row.number("limit").is_some() || row.number("p90").is_some() {
        chart.combine(&lines);
    }
    let title = format!("{}, {}", named(row, kind.of), row.text("scenario"));
    chart.title().set_name(&plain(&title));
    chart.y_axis().set_min(0);
    chart
}
