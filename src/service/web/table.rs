//! Result tables as the page reads them.

use std::collections::BTreeMap;

use crate::ids::from_cell;
use crate::output::NumberStyle;
use crate::service::Service;
use crate::service::problem::Problem;
use crate::service::store::ObjectRef;

/// A row by heading.
pub(super) type Row = BTreeMap<String, String>;

/// The rows of a result table; none if there is no such table.
pub(super) fn rows(
    service: &Service,
    files: &[(String, ObjectRef)],
    name: &str,
) -> Result<Vec<Row>, Problem> {
    let Some((_, object)) = files.iter().find(|(file, _)| file == name) else { return Ok(Vec::new()) };
    let bytes = service.objects.read(object)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let without_marks =
        |row: Row| row.into_iter().map(|(heading, cell)| (heading, from_cell(&cell).to_owned()));
    Ok(reader.deserialize().map_while(Result::ok).map(|row| without_marks(row).collect()).collect())
}

/// A cell; blank if there is no such column.
pub(super) fn cell<'a>(row: &'a Row, heading: &str) -> &'a str {
    row.get(heading).map_or("", String::as_str)
}

/// A cell as a number.
pub(super) fn number(row: &Row, heading: &str) -> Option<f64> {
    cell(row, heading).parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number as people read it.
pub(super) fn shown(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| NumberStyle::of(number).write(number))
}

/// A share in per cent.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}
