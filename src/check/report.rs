//! Findings of a check.

use std::fmt;

use serde::Serialize;

/// A cell that differs from the recomputed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The result table.
    pub file: String,
    /// The row as a spreadsheet counts it (the heading is row 1); `None` where a row or a column is missing.
    pub row: Option<usize>,
    /// The heading of the column; `None` where it is the whole row.
    pub column: Option<String>,
    /// Subject of the row: `base, option 1, capex, 2027`.
    pub about: String,
    /// The written value; `None` if the cell is blank or missing.
    pub written: Option<String>,
    /// The recomputed value; `None` if there should be none.
    pub recomputed: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", {column}")?;
        }
        if !self.about.is_empty() {
            write!(formatter, " ({})", self.about)?;
        }
        let told = |cell: &Option<String>| cell.as_ref().map(|cell| format!("`{cell}`"));
        match (told(&self.written), told(&self.recomputed)) {
            (None, None) => formatter.write_str(": is missing"),
            (Some(written), None) => write!(formatter, ": {written} should not be there"),
            (None, Some(recomputed)) => write!(formatter, ": blank, recomputed {recomputed}"),
            (Some(written), Some(recomputed)) => {
                write!(formatter, ": {written} written, {recomputed} recomputed")
            }
        }
    }
}

/// A rule of its scenario that a selection breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenRule {
    /// The scenario.
    pub scenario: String,
    /// The option, or the point of the frontier.
    pub option: String,
    /// The rule and how it is broken.
    pub words: String,
}

impl fmt::Display for BrokenRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, option {}: {}", self.scenario, self.option, self.words)
    }
}

/// Coverage of a table by the check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableCount {
    /// The table.
    pub file: String,
    /// Its rows.
    pub rows: usize,
    /// Cells that were recomputed.
    pub cells: usize,
}

/// Columns that were not recomputed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The table.
    pub file: String,
    /// Its columns; empty: the whole table.
    pub columns: Vec<String>,
    /// The reason.
    pub why: String,
}

/// Findings of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Cells that differ, table by table.
    pub differences: Vec<Difference>,
    /// Rules that selections break.
    pub broken_rules: Vec<BrokenRule>,
    /// Selections that were held to the rules of their scenarios.
    pub selections: usize,
    /// The tables that were recomputed.
    pub tables: Vec<TableCount>,
    /// Columns and tables that were not recomputed.
    pub left_out: Vec<LeftOut>,
}

impl Report {
    /// True if everything that was recomputed agrees, and every selection keeps its rules.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.broken_rules.is_empty()
    }

    /// Cells that were recomputed, in all tables.
    pub fn cells(&self) -> usize {
        self.tables.iter().map(|table| table.cells).sum()
    }
}
