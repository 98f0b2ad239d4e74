//! Project lists of others: rows and cells as they are, without the headings of a published table.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, SourceRef, list as listed, suggest_or};

use super::csv::{rows_of, unclosed_quote, unquoted, without_separator_line};
use super::records::Row;
use super::sheet_records;
use super::text::decode;
use super::workbook::grid::{Grid, number};
use super::workbook::sheet::{Area, Kind, Sheet};
use super::workbook::{Workbook, is_other_workbook, is_workbook};

/// Characters that separate cells.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];

/// Form of a list, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListForm<'a> {
    /// The sheet of a workbook.
    pub sheet: Option<&'a str>,
    /// The character between the cells of a text file.
    pub separator: Option<char>,
}

/// Cells of a sheet that are merged into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedCells {
    /// Numbers of the first and the last row.
    pub rows: (usize, usize),
    /// Positions of the first and the last column.
    pub columns: (usize, usize),
}

/// A list.
#[derive(Debug, Default)]
pub struct List {
    /// Its file, or its sheet.
    pub file: String,
    /// The character between cells; `None` for a sheet.
    pub separator: Option<char>,
    /// All rows that hold anything.
    pub rows: Vec<ListRow>,
    /// Number of cells of the longest row.
    pub width: usize,
    /// Letters of the columns by position; blank for a text file.
    pub letters: Vec<String>,
    /// Merged cells.
    pub merged: Vec<MergedCells>,
    /// Cells that hold a number as such, by number of row and position.
    pub numbers: BTreeSet<(usize, usize)>,
    /// Those of them that show a hundred times it.
    pub per_cents: BTreeSet<(usize, usize)>,
    /// Faults and warnings of its cells, whatever they mean.
    pub doubts: Vec<Diagnostic>,
    /// Sheets of the workbook that are not read.
    pub other_sheets: Vec<String>,
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    /// Its number, as a spreadsheet shows it.
    pub number: usize,
    /// Its cells, trimmed; a short row has fewer than others.
    pub cells: Vec<String>,
}

impl ListRow {
    /// A cell; blank beyond the end of the row.
    pub fn cell(&self, position: usize) -> &str {
        self.cells.get(position).map_or("", String::as_str)
    }
}

impl From<Row> for ListRow {
    fn from(row: Row) -> Self {
        Self { number: row.number, cells: row.cells }
    }
}

impl List {
    /// A row as the place of a fault.
    pub fn row(&self, number: usize) -> SourceRef {
        SourceRef::file(self.file.as_str()).at_row(number)
    }

    /// A cell as the place of a fault.
    pub fn at(&self, number: usize, position: usize, heading: &str) -> SourceRef {
        let source = self.row(number).in_column(heading);
        match self.letters.get(position) {
            Some(letters) => source.at_cell(format!("{letters}{number}")),
            None => source,
        }
    }
}

/// Reads a list from a text file or a workbook, by the name of the file.
///
/// # Errors
/// If it holds nothing that can be taken for a list.
pub fn read_list(file: &str, bytes: &[u8], form: ListForm<'_>) -> Result<List, Box<Diagnostic>> {
    if is_workbook(file) || is_other_workbook(file) {
        return of_book(file, bytes, form);
    }
    if let Some(sheet) = form.sheet {
        let help = "leave the sheet out, or name a workbook (.xlsx)";
        let fault = Diagnostic::fault(SourceRef::file(file), "is a text file without sheets", help);
        return Err(Box::new(fault.with_value(sheet)));
    }
    let text = decode(file, bytes, "save it as CSV UTF-8")?;
    let (said, text) = without_separator_line(text);
    let said = said.and_then(|said| said.chars().next());
    let separator = form.separator.or(said).unwrap_or_else(|| separator_of(text));
    let byte = u8::try_from(separator).unwrap_or(b',');
    let rows = rows_of(text, byte);
    let unclosed = unclosed_quote(file, text, &rows);
    let rows: Vec<ListRow> = rows.into_iter().map(ListRow::from).collect();
    if rows.is_empty() {
        return Err(empty(file));
    }
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let separator = Some(separator);
    let doubts = unclosed.into_iter().collect();
    Ok(List { file: file.to_owned(), separator, rows, width, doubts, ..List::default() })
}

fn empty(file: &str) -> Box<Diagnostic> {
    let help = "name a list with a row of headings and a row per project";
    Box::new(Diagnostic::fault(SourceRef::file(file), "is empty", help))
}

/// The character that parts most rows into the same number of cells; of equals that which makes more of them.
fn separator_of(text: &str) -> char {
    const ROWS: usize = 50;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(ROWS).collect();
    let score = |separator: char| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for line in &lines {
            let count = unquoted(line).filter(|&next| next == separator).count();
            *counts.entry(count).or_default() += usize::from(count > 0);
        }
        counts.into_iter().map(|(count, rows)| (rows, count)).max().unwrap_or_default()
    };
    SEPARATORS.into_iter().max_by_key(|&separator| score(separator)).unwrap_or(',')
}

fn of_book(file: &str, bytes: &[u8], form: ListForm<'_>) -> Result<List, Box<Diagnostic>> {
    let book = Workbook::read(file, bytes)?;
    let sheet = sheet_of(&book, form.sheet)?;
    let grid = Grid::of(sheet)?;
    let records = sheet_records::read(sheet)?;
    if records.rows.is_empty() {
        return Err(empty(&sheet.name));
    }
    let mut list = List {
        file: sheet.name.clone(),
        width: grid.columns.len(),
        merged: sheet.layout.merged.iter().filter_map(|area| merged(area, &grid)).collect(),
        rows: records.rows.into_iter().map(ListRow::from).collect(),
        other_sheets: book
            .sheets
            .iter()
            .filter(|other| other.name != sheet.name)
            .map(|one| one.name.clone())
            .collect(),
        ..List::default()
    };
    if let Some(facts) = records.sheet {
        (list.letters, list.per_cents, list.doubts) = (facts.letters, facts.per_cents, facts.doubts);
    }
    for &row in &grid.rows {
        for (position, &column) in grid.columns.iter().enumerate() {
            let kind = grid.cell(row, column).map(|cell| cell.kind);
            if matches!(kind, Some(Kind::Number | Kind::PerCent)) {
                list.numbers.insert((number(row), position));
            }
        }
    }
    Ok(list)
}

/// Merged cells by positions; `None` where no column of the list is among them.
fn merged(area: &Area, grid: &Grid<'_>) -> Option<MergedCells> {
    let (first, last) = area.columns;
    let inside = |column: &&u32| (first..=last).contains(*column);
    let start = grid.columns.iter().position(|column| inside(&column))?;
    let count = grid.columns.iter().filter(inside).count();
    Some(MergedCells {
        rows: (number(area.rows.0), number(area.rows.1)),
        columns: (start, start + count - 1),
    })
}

fn sheet_of<'b>(book: &'b Workbook, name: Option<&str>) -> Result<&'b Sheet, Box<Diagnostic>> {
    let refuse = |problem: String, help: String| {
        Box::new(Diagnostic::fault(SourceRef::file(&book.file), problem, help))
    };
    let filled: Vec<&Sheet> = book.sheets.iter().filter(|sheet| !sheet.cells.is_empty()).collect();
    let names = || filled.iter().map(|sheet| sheet.name.as_str());
    if let Some(name) = name {
        let lower = name.trim().to_lowercase();
        return book.sheets.iter().find(|sheet| sheet.table_name() == lower).ok_or_else(|| {
            let help = suggest_or(name, names(), || format!("its sheets are {}", listed(names())));
            refuse(format!("has no sheet `{name}`"), help)
        });
    }
    match filled.as_slice() {
        [] => Err(empty(&book.file)),
        [sheet] => Ok(sheet),
        _ => {
            let help = format!("say which one with --sheet: {}", listed(names()));
            Err(refuse(format!("has {} sheets", filled.len()), help))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_what_parts_rows_alike() {
        for (text, separator) in [
            ("Title\nId;Name;2027\nA;x, y;1,5\nB;z;2,5\n", ';'),
            ("Id\tName\nA\tx, y, z\n", '\t'),
            ("Id|2027|2028\nA|1,5|2\n", '|'),
            ("Id,Name\nA,\"x;y\"\nB,\"z;w\"\n", ','),
            ("Id,Name,2027\nA,x;y,1\nB,z;w,1\n", ','),
        ] {
            assert_eq!(separator_of(text), separator, "{text}");
        }
    }
}
