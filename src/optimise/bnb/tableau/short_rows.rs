//! Coefficients of short rows, one row after the other: those of sleeping rows are read at every node.

/// Nonzero coefficients of each short row; a row that is not short has none.
#[derive(Debug, Default)]
pub(super) struct ShortRows {
    terms: Vec<(usize, f64)>,
    /// Per row: the end of its terms.
    ends: Vec<usize>,
}

impl ShortRows {
    /// No rows yet, with room for so many.
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self { terms: Vec::new(), ends: Vec::with_capacity(rows) }
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Adds a row with the coefficients of all columns; without any for one that is not short.
    pub(super) fn push(&mut self, entries: &[f64]) {
        self.terms.extend(entries.iter().copied().enumerate().filter(|&(_, factor)| factor != 0.0));
        self.ends.push(self.terms.len());
    }

    /// Columns and coefficients of a row.
    pub(super) fn row(&self, row: usize) -> &[(usize, f64)] {
        let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.terms[begin..self.ends[row]]
    }

    /// Columns and coefficients of all rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[(usize, f64)]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, &end)| &self.terms[begin..end])
    }
}
