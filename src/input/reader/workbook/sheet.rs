//! A sheet: its cells by place, and its layout.

use std::collections::{BTreeMap, BTreeSet};

/// Place of a cell: row and column, from 0.
pub type Place = (u32, u32);

/// Form in which a cell holds its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    /// A number that its format shows in per cent.
    PerCent,
    Text,
    Flag,
    /// A moment, written as its number format shows it.
    Date,
    /// An error of a formula: `#N/A`.
    Error,
    /// A formula whose value the file does not hold.
    Uncalculated,
}

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetCell {
    /// Its value as a CSV file would hold it: numbers with all their digits and a point, texts trimmed.
    pub text: String,
    /// Its form.
    pub kind: Kind,
}

/// A rectangle of cells: first and last row, first and last column, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

/// Traits of a sheet that make its cells doubtful.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Rows that are not shown.
    pub hidden_rows: BTreeSet<u32>,
    /// Columns that are not shown: first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// True if a filter may be what hides rows.
    pub is_filtered: bool,
    /// Cells that are merged into one.
    pub merged: Vec<Area>,
}

/// A sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name, as the analyst knows it.
    pub name: String,
    /// True if it is not shown.
    pub is_hidden: bool,
    /// The cells that hold anything.
    pub cells: BTreeMap<Place, SheetCell>,
    /// Its layout.
    pub layout: Layout,
}

impl Sheet {
    /// The name of the table that it may hold.
    pub fn table_name(&self) -> String {
        self.name.trim().to_lowercase()
    }
}

impl Layout {
    /// True if a column is not shown.
    pub fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|&(first, last)| (first..=last).contains(&column))
    }
}

/// The letters of a column, from 0: A, B … Z, AA.
pub fn letters(column: u32) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        match (rest / 26).checked_sub(1) {
            Some(above) => rest = above,
            None => return letters.into_iter().rev().collect(),
        }
    }
}

/// The place that a reference such as `D17` or `$D$17` names.
pub fn place(reference: &str) -> Option<Place> {
    let plain: String = reference.chars().filter(|&next| next != '$').collect();
    let digits = plain.find(|next: char| next.is_ascii_digit())?;
    let (letters, row) = plain.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|next| next.is_ascii_alphabetic()) {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0_u32, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = row.parse().ok().filter(|row| (1..=MOST_ROWS).contains(row))?;
    Some((row - 1, column - 1))
}

/// Rows of the largest sheet that spreadsheets know.
pub const MOST_ROWS: u32 = 1_048_576;
/// Columns of the largest sheet.
pub const MOST_COLUMNS: u32 = 18_278;
