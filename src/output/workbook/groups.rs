//! The first option of every scenario summed up by groups of projects and of budget lines; the groups of one grouping add up
//! to the option.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::{Results, Row};

const COST: usize = 4;
/// Columns that add up over the groups, with the heading of the result table.
const ADDED: [(usize, &str); 3] = [(COST, "cost"), (6, "strategic_value"), (7, "npv")];

/// The sheet; `None` if the batch asks for no groups.
pub fn groups(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    if results.groups.is_empty() {
        return Ok(None);
    }
    let told = [
        "Where the money goes, group by group",
        "The first-ranked option of each scenario; the groups of one grouping add up to the option, of lines a project may count in several.",
    ];
    let columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Grouped by", Form::Text, 18.0),
        Column::new("Group", Form::Words, 34.0),
        Column::new("Projects", Form::Count, 9.0),
        Column::new("Cost", Form::Money, 14.0),
        Column::new("Share of cost", Form::Share, 9.0),
        Column::new("Strategic value", Form::Amount, 12.0),
        Column::new("NPV", Form::Money, 14.0),
    ];
    let mut sheet = Sheet::new(styles, "Groups", told, columns, 3)?;
    let rows: Vec<Row<'_>> = results.groups.rows().collect();
    let key = |row: &Row<'_>| (row.text("scenario").to_owned(), row.text("group_by").to_owned());
    for block in rows.chunk_by(|one, other| key(one) == key(other)) {
        let top = sheet.row();
        let bottom = top + u32::try_from(block.len()).unwrap_or(u32::MAX) - 1;
        for row in block {
            group(&mut sheet, *row, bottom + 1)?;
        }
        total(&mut sheet, block, [top, bottom])?;
    }
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

/// Writes a group; its share is that of the sum of all, which stands in the row of the total.
fn group(sheet: &mut Sheet<'_>, row: Row<'_>, total: u32) -> Result<(), XlsxError> {
    for (place, from) in ["scenario", "group_by", "group"].into_iter().enumerate() {
        sheet.text(place, row.text(from))?;
    }
    sheet.number(3, row.number("projects"))?;
    for (place, from) in ADDED {
        sheet.number(place, row.number(from))?;
    }
    let share = format!("={}/{}", sheet.cell(COST), sheet.down(COST, total, total));
    sheet.formula(COST + 1, &share, row.number("share_of_cost"))?;
    sheet.next()?;
    Ok(())
}

fn total(sheet: &mut Sheet<'_>, block: &[Row<'_>], [top, bottom]: [u32; 2]) -> Result<(), XlsxError> {
    sheet.total();
    for (place, text) in
        [block[0].text("scenario"), block[0].text("group_by"), "all groups"].into_iter().enumerate()
    {
        sheet.text(place, text)?;
    }
    for (place, from) in ADDED {
        let added: Vec<f64> = block.iter().filter_map(|row| row.number(from)).collect();
        let formula = format!("=SUM({})", sheet.down(place, top, bottom));
        sheet.formula(place, &formula, (!added.is_empty()).then(|| added.iter().sum()))?;
    }
    sheet.next()?;
    Ok(())
}
