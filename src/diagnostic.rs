//! Faults in what the analyst gave us: where, what was found, what was expected, how to mend it.

use std::fmt;

/// Where a fault lies. Rows and columns are counted as a spreadsheet shows them: the header is row 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRef {
    /// The file (or sheet), as the analyst knows it: `costs.csv`, `annual-2027.toml`.
    pub file: String,
    /// Row of a table or line of a text file, from 1.
    pub row: Option<usize>,
    /// Heading of the column in a table, or the dotted key in a batch file.
    pub column: Option<String>,
}

impl SourceRef {
    /// The whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), row: None, column: None }
    }

    /// The same file, at a row (a table's row or a text file's line).
    #[must_use]
    pub fn at_row(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }

    /// The same place, in a column (or key).
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for SourceRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", {column}")?;
        }
        Ok(())
    }
}

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The input cannot be used.
    Fault,
    /// The input can be used, but probably does not say what was meant.
    Warning,
}

/// One fault or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Fault or warning.
    pub severity: Severity,
    /// Where it lies.
    pub source: SourceRef,
    /// What was found there, as written; `None` where something is missing.
    pub value: Option<String>,
    /// What is wrong: "is not a number".
    pub problem: String,
    /// What was expected and what to do: "write 1234.5 or leave the cell blank".
    pub help: String,
}

impl Diagnostic {
    /// A fault at `source`.
    pub fn fault(source: SourceRef, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Fault, source, value: None, problem: problem.into(), help: help.into() }
    }

    /// A warning at `source`.
    pub fn warning(source: SourceRef, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::fault(source, problem, help) }
    }

    /// The same, with the value that was found.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.source)?;
        if let Some(value) = &self.value {
            write!(formatter, "`{value}` ")?;
        }
        write!(formatter, "{}: {}", self.problem, self.help)
    }
}

/// All that was found wrong with an input, in the order of files, rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.entries.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.entries.extend(others);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.entries.iter()
    }

    /// The faults only.
    pub fn faults(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(|diagnostic| diagnostic.severity == Severity::Fault)
    }

    /// The warnings only.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// Whether any of them makes the input unusable.
    pub fn has_faults(&self) -> bool {
        self.faults().next().is_some()
    }

    /// Nothing was found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// The word nearest to `word` among `candidates`, if one is near enough to be what was meant.
///
/// Near enough is an edit distance (with transpositions) of at most 2, and less than the word's own length.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR_ENOUGH: usize = 2;
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|&(distance, _)| distance <= NEAR_ENOUGH && distance < word.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_heading_is_recognised() {
        assert_eq!(did_you_mean("max_dealy", ["min_fraction", "max_delay"]), Some("max_delay"));
        assert_eq!(did_you_mean("sponsor", ["start", "status"]), None);
    }

    #[test]
    fn a_diagnostic_reads_as_one_line() {
        let diagnostic = Diagnostic::fault(
            SourceRef::file("costs.csv").at_row(4).in_column("2028"),
            "is not a number",
            "write an amount such as 1234.5, or leave the cell blank",
        )
        .with_value("12,5o");
        assert_eq!(
            diagnostic.to_string(),
            "costs.csv, row 4, 2028: `12,5o` is not a number: write an amount such as 1234.5, or leave the cell blank"
        );
    }
}
