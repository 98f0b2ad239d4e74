//! Tables as CSV files, and a guide to their columns, which such files cannot hold.

use csv::{QuoteStyle, WriterBuilder};

use super::sheet::Sheet;

/// A table as CSV.
pub fn csv_text(sheet: &Sheet) -> String {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::Necessary).flexible(true).from_writer(Vec::new());
    let headings = sheet.columns.iter().map(|column| column.heading.as_str());
    // Memory takes every record.
    let mut is_written = writer.write_record(headings).is_ok();
    for row in &sheet.rows {
        let cells = row.iter().map(String::as_str).chain(std::iter::repeat("")).take(sheet.columns.len());
        is_written &= writer.write_record(cells).is_ok();
    }
    debug_assert!(is_written, "{}", sheet.name);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// What the columns of all tables hold, in Markdown.
pub fn guide(sheets: &[Sheet]) -> String {
    let mut text = "# The tables\n\nFill in the CSV files beside this page and leave out what you do not need: only projects.csv \
                    must be there. Then `cutline run batch.toml`.\n"
        .to_owned();
    for sheet in sheets {
        text += &format!("\n## {}.csv: {}\n\n", sheet.name, sheet.doc);
        for column in &sheet.columns {
            text += &format!("- `{}`: {}\n", column.heading, column.doc.replace('\n', " "));
        }
    }
    text
}
