//! A workbook as a whole.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

/// A workbook of those sheets that there are, in their order.
pub fn whole<const N: usize>(title: &str, sheets: [Option<Worksheet>; N]) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date: the same results are the same bytes.
    let properties = DocProperties::new()
        .set_title(title)
        .set_author("cutline")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    sheets.into_iter().flatten().for_each(|sheet| workbook.push_worksheet(sheet));
    Ok(workbook)
}
