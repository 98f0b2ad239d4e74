//! The rows of a CSV file as the rows of a sheet: whoever reads a sheet knows no decimal commas.

use crate::diagnostic::SourceRef;

use super::csv;
use super::dialect::{Dialect, Sample};
use super::numbers::{self, DecimalMark};
use super::records::Separator;

/// The rows of a table that hold anything, the headings first; none if it cannot be read. Decimal commas become points,
/// but for the columns that hold texts.
pub fn sheet_rows(bytes: &[u8], is_of_texts: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let Ok(records) = csv::read("", bytes) else { return Vec::new() };
    let separator = records.separator;
    let mut rows: Vec<Vec<String>> = records.rows.into_iter().map(|row| row.cells).collect();
    let Some((headings, below)) = rows.split_first_mut().filter(|_| separator == Separator::Semicolon) else {
        return rows;
    };
    let of_numbers: Vec<bool> = headings.iter().map(|heading| !is_of_texts(heading)).collect();
    let numbers =
        below.iter().flat_map(|row| row.iter().zip(&of_numbers)).filter(|(_, is_number)| **is_number);
    let samples = numbers.map(|(text, _)| Sample { source: SourceRef::file(""), text });
    if Dialect::of(separator, samples).mark() != Some(DecimalMark::Comma) {
        return rows;
    }
    for (cell, _) in below.iter_mut().flat_map(|row| row.iter_mut().zip(&of_numbers)).filter(|(_, is)| **is) {
        if numbers::parse(cell).is_ok_and(|number| number.mark == Some(DecimalMark::Comma)) {
            *cell = cell.replace(',', ".");
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_commas_become_points_where_numbers_stand() {
        let rows = |text: &str| sheet_rows(text.as_bytes(), |heading| heading == "name");
        assert_eq!(rows("name;2027\n1,5;2,25\nB;3\n"), [["name", "2027"], ["1,5", "2.25"], ["B", "3"]]);
        assert_eq!(rows("name,2027\n\"1,5\",2.25\n"), [["name", "2027"], ["1,5", "2.25"]]);
        assert_eq!(rows("name;2027\nA;2.5\n"), [["name", "2027"], ["A", "2.5"]]);
        assert_eq!(rows(""), Vec::<Vec<String>>::new());
    }
}
