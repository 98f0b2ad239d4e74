//! Cases that are left out.

use std::collections::BTreeMap;

use serde::Serialize;

/// Cases that are left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftCases {
    /// The reason.
    pub why: String,
    /// Rows, as a spreadsheet numbers them; of a case of several rows, the last.
    pub rows: Vec<usize>,
}

/// Rows by the reason why they are left out.
#[derive(Debug, Default)]
pub struct LeftOut(BTreeMap<String, Vec<usize>>);

impl LeftOut {
    /// Leaves a row out.
    pub fn leave(&mut self, row: usize, why: impl Into<String>) {
        self.0.entry(why.into()).or_default().push(row);
    }

    /// All of them, the most frequent reason first.
    pub fn told(self) -> Vec<LeftCases> {
        let mut told: Vec<LeftCases> =
            self.0.into_iter().map(|(why, rows)| LeftCases { why, rows }).collect();
        told.sort_by_key(|one| std::cmp::Reverse(one.rows.len()));
        told
    }
}

/// Numbers of rows, neighbours as one range: `2-7, 9`.
pub fn in_ranges(rows: &[usize]) -> String {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let ranges = rows.chunk_by(|one, next| one + 1 == *next).map(|range| match range {
        [only] => only.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    ranges.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_rows_are_one_range() {
        assert_eq!(in_ranges(&[9, 2, 3, 4, 7, 8, 12]), "2-4, 7-9, 12");
        assert_eq!(in_ranges(&[]), "");
    }
}
