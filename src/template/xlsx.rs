//! Tables as sheets of a workbook: comments on the headings, lists to choose from, numbers as numbers and texts as
//! texts.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, Formula,
    IgnoreError, Note, Workbook, Worksheet, XlsxError,
};

use super::sheet::{Column, Sheet};

/// Rows for which lists are offered.
const ROWS: u32 = 5000;
/// The longest list of words that a cell can offer, in letters with the commas between them.
const LONGEST_LIST: usize = 255;
/// Digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the sheet `{sheet}` cannot be made: {cause}")]
pub struct TemplateError {
    sheet: String,
    cause: String,
}

/// The bytes of a workbook of these tables.
///
/// # Errors
/// If a table does not fit on a sheet: a text of more than 32,767 letters, more than a million rows.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, TemplateError> {
    let failed = |sheet: &str| {
        let sheet = sheet.to_owned();
        move |cause: XlsxError| TemplateError { sheet, cause: cause.to_string() }
    };
    let mut workbook = Workbook::new();
    // A fixed date: equal tables are equal bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed(""))?;
    workbook.set_properties(&DocProperties::new().set_author("cutline").set_creation_datetime(&made));
    for sheet in sheets {
        workbook.push_worksheet(worksheet(sheet).map_err(failed(&sheet.name))?);
    }
    workbook.save_to_buffer().map_err(failed(""))
}

fn worksheet(sheet: &Sheet) -> Result<Worksheet, XlsxError> {
    let mut worksheet = Worksheet::new();
    worksheet.set_name(&sheet.name)?.set_freeze_panes(1, 1)?;
    let heading = Format::new().set_bold().set_background_color(Color::RGB(0xE9EDF2));
    let last = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    for (place, column) in (0u16..).zip(&sheet.columns) {
        match plain_number(&column.heading) {
            Some(number) => worksheet.write_number_with_format(0, place, number, &heading)?,
            None => worksheet.write_string_with_format(0, place, &column.heading, &heading)?,
        };
        if !column.doc.is_empty() {
            let note = Note::new(&column.doc).add_author_prefix(false).set_width(320).set_height(130);
            worksheet.insert_note(0, place, &note)?;
        }
        if let Some(choices) = choices(column)? {
            worksheet.add_data_validation(1, place, last.max(ROWS), place, &choices)?;
        }
        worksheet.set_column_width(place, width(sheet, usize::from(place)))?;
    }
    for (row, cells) in (1u32..).zip(&sheet.rows) {
        for ((place, cell), column) in (0u16..).zip(cells).zip(&sheet.columns) {
            match number(cell, column) {
                _ if cell.is_empty() => continue,
                Some(number) => worksheet.write_number(row, place, number)?,
                None => worksheet.write_string(row, place, cell)?,
            };
        }
    }
    let columns = u16::try_from(sheet.columns.len().max(1) - 1).unwrap_or(u16::MAX);
    // Ids and periods may be texts on purpose.
    worksheet.ignore_error_range(0, 0, last, columns, IgnoreError::NumberStoredAsText)?;
    Ok(worksheet)
}

/// The number that a cell becomes: any number in a column of numbers, and elsewhere what comes back as the same text.
fn number(cell: &str, column: &Column) -> Option<f64> {
    match column.holds_numbers {
        true => cell.parse().ok().filter(|number: &f64| number.is_finite()),
        false => plain_number(cell),
    }
}

/// The number that a text is, if that number is written as this text and no other: `007`, `1.50` and `1e3` stay texts.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    (number.to_string() == text && text != "-0" && digits <= DIGITS).then_some(number)
}

/// What the cells of a column offer.
fn choices(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let listed = column.words.join(",");
    let choices = match column {
        Column { words, .. } if !words.is_empty() && listed.len() <= LONGEST_LIST => {
            DataValidation::new().allow_list_strings(words)?
        }
        Column { names_projects: true, .. } => {
            DataValidation::new().allow_list_formula(Formula::new(format!("=projects!$A$2:$A${}", ROWS + 1)))
        }
        _ => return Ok(None),
    };
    let title = "Not in the list";
    let message = "Cutline does not know this word here. Keep it all the same?";
    let choices = choices.set_error_style(DataValidationErrorStyle::Warning);
    choices.set_error_title(title)?.set_error_message(message).map(Some)
}

/// A width that shows most cells of a column.
fn width(sheet: &Sheet, place: usize) -> f64 {
    let heading = sheet.columns.get(place).map_or(0, |column| column.heading.chars().count());
    let cells = sheet.rows.iter().take(200).filter_map(|row| row.get(place));
    let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(heading);
    u32::try_from(widest.clamp(8, 46)).map_or(46.0, f64::from) + 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_are_written_as_a_number_become_one() {
        for (text, number) in [("0", 0.0), ("-5", -5.0), ("0.25", 0.25), ("2027", 2027.0), ("-0.001", -0.001)]
        {
            assert_eq!(plain_number(text), Some(number), "{text}");
        }
        let texts = [
            "",
            "007",
            "1.50",
            "1e3",
            "+5",
            "-0",
            ".5",
            "5.",
            "1,5",
            "inf",
            "NaN",
            "1234567890.1234567",
            "2027-Q1",
        ];
        for text in texts {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }
}
