//! Workbooks as the text files that hold the same: for those who keep and change input as text.

use crate::diagnostic::Diagnostics;

use super::batch::BatchText;
use super::reader::books::Books;
use super::reader::files::{Files, workbooks};
use super::reader::sheet_records;
use super::reader::workbook::is_workbook;
use super::reader::workbook::sheet::Sheet;
use super::schema::TableSchema;

/// The files, or the tables of the workbook in their place, in CSV. A workbook that cannot be read holds none: who
/// reads the portfolio is told why.
pub fn in_text_files(books: &Books, files: Files) -> Files {
    let mut texts = Files::new();
    for book in workbooks(&files).filter_map(|(name, bytes)| books.read(name, bytes).ok()) {
        for sheet in &book.sheets {
            if let Some(schema) = TableSchema::find(&sheet.table_name()) {
                texts.insert(format!("{}.csv", schema.table), csv_of(sheet));
            }
        }
    }
    texts.extend(files.into_iter().filter(|(name, _)| !is_workbook(name)));
    texts
}

/// The batch file of a batch: of a workbook, the text that its sheets make; blank if they make none.
pub fn batch_text(books: &Books, name: &str, bytes: &[u8]) -> Vec<u8> {
    if !is_workbook(name) {
        return bytes.to_vec();
    }
    let book = books.read(name, bytes).ok();
    let text = book.and_then(|book| BatchText::of_book(&book, &mut Diagnostics::new()));
    text.map(|made| made.text.into_bytes()).unwrap_or_default()
}

fn csv_of(sheet: &Sheet) -> Vec<u8> {
    let rows = sheet_records::read(sheet).map(|records| records.rows).unwrap_or_default();
    // All is quoted, so that no text in a heading is taken for the separator.
    let mut writer =
        csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(&row.cells);
    }
    writer.into_inner().unwrap_or_default()
}
