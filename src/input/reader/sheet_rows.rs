//! The rows of a CSV file as the rows of a sheet: whoever reads a sheet knows no decimal commas, and takes no text for
//! a number.

use super::attribute;
use super::csv;
use super::numbers;

/// What a column of a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnForm {
    /// Texts, even where they look like numbers.
    Texts,
    /// Numbers, or per cents.
    Numbers,
    /// Numbers if every cell is one, and texts otherwise.
    Attribute,
}

/// A table as a sheet has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRows {
    /// The rows that hold anything, the headings first. A number stands in its shortest form, with a point.
    pub rows: Vec<Vec<String>>,
    /// Per column: true if its cells are numbers.
    pub holds_numbers: Vec<bool>,
}

/// The rows of a CSV file that a portfolio was read from; none if it cannot be read. `form_of` tells the form of a
/// column by its heading.
pub fn sheet_rows(bytes: &[u8], form_of: impl Fn(&str) -> ColumnForm) -> SheetRows {
    let Ok(records) = csv::read("", bytes) else { return SheetRows::default() };
    let separator = records.separator;
    let mut rows: Vec<Vec<String>> = records.rows.into_iter().map(|row| row.cells).collect();
    let Some((headings, below)) = rows.split_first_mut() else { return SheetRows::default() };
    let is_number = |row: &Vec<String>, place: usize| {
        row.get(place).is_some_and(|cell| attribute::is_number(cell, separator))
    };
    let mut holds_numbers = Vec::with_capacity(headings.len());
    for (place, heading) in headings.iter().enumerate() {
        let is_numeric = match form_of(heading) {
            ColumnForm::Texts => false,
            ColumnForm::Numbers => true,
            ColumnForm::Attribute => below.iter().all(|row| is_number(row, place)),
        };
        holds_numbers.push(is_numeric);
        // In a sheet, a column that nearly holds numbers has no texts that may mean two of them.
        let is_nearly_numeric = form_of(heading) == ColumnForm::Attribute
            && attribute::is_nearly_numeric_in_sheet(
                below.iter().filter_map(|row| Some(row.get(place)?.as_str())),
            );
        let is_unclear =
            |cell: &str| is_nearly_numeric && numbers::parse(cell).is_ok_and(|number| number.may_be_grouped);
        for cell in below.iter_mut().filter_map(|row| row.get_mut(place)) {
            if is_numeric || is_unclear(cell) {
                *cell = shortest(cell);
            }
        }
    }
    SheetRows { rows, holds_numbers }
}

/// A number or a per cent in its shortest form, and any other text as it is.
fn shortest(text: &str) -> String {
    if let Ok(number) = numbers::parse(text) {
        return number.value.to_string();
    }
    match text.strip_suffix('%').map(|number| numbers::parse(number.trim_end())) {
        Some(Ok(number)) => format!("{} %", number.value),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> SheetRows {
        sheet_rows(text.as_bytes(), |heading| match heading {
            "name" => ColumnForm::Texts,
            "code" => ColumnForm::Attribute,
            _ => ColumnForm::Numbers,
        })
    }

    #[test]
    fn numbers_get_their_shortest_form_where_numbers_stand() {
        assert_eq!(rows("name;2027\n1,5;2,25\nB;3\n").rows, [["name", "2027"], ["1,5", "2.25"], ["B", "3"]]);
        assert_eq!(rows("name,2027\n\"1,5\",1.250\n").rows, [["name", "2027"], ["1,5", "1.25"]]);
        assert_eq!(rows("name;2027\nA;2,50 %\n").rows, [["name", "2027"], ["A", "2.5 %"]]);
        assert_eq!(
            rows("name,2027\n1.250,+1e3\n"),
            SheetRows {
                rows: vec![
                    vec!["name".to_owned(), "2027".to_owned()],
                    vec!["1.250".to_owned(), "1000".to_owned()]
                ],
                holds_numbers: vec![false, true],
            }
        );
        assert_eq!(rows(""), SheetRows::default());
    }

    #[test]
    fn an_attribute_holds_numbers_if_every_cell_is_one() {
        let numeric = rows("code\n007\n1.50\n");
        assert_eq!(
            (numeric.rows[1..].concat(), numeric.holds_numbers),
            (vec!["7".to_owned(), "1.5".to_owned()], vec![true])
        );
        let nearly = rows("code\n007\n1.250\nA\n");
        assert_eq!(nearly.rows[1..].concat(), ["007", "1.25", "A"]);
        let texts = rows("code\n007\n1.50\nA\n");
        assert_eq!(
            (texts.rows[1..].concat().concat(), texts.holds_numbers),
            ("0071.50A".to_owned(), vec![false])
        );
    }
}
