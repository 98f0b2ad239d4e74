//! Faults in the analyst's input: place, value, expectation, remedy.

mod likeness;
mod shown;

use std::collections::BTreeMap;
use std::fmt;

pub use likeness::{did_you_mean, difference, likeness, list, suggest, suggest_or, suggestion};
pub use shown::{is_hidden, shown};

/// Most characters of a value or of a name that a message repeats.
const LONGEST_VALUE: usize = 200;
/// Most characters of each half of a message.
const LONGEST_SENTENCE: usize = 2_000;

/// Place of a fault. Rows and columns are counted as a spreadsheet shows them: the header is row 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRef {
    /// The file (or sheet), as the analyst knows it: `costs.csv`, `annual-2027.toml`.
    pub file: String,
    /// Row of a table or line of a text file, from 1.
    pub row: Option<usize>,
    /// Heading of the column in a table, or the dotted key in a batch file.
    pub column: Option<String>,
    /// The cell, where the file is a sheet of a workbook: `D17`.
    pub cell: Option<String>,
}

impl SourceRef {
    /// The whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: shown(&file.into(), LONGEST_SENTENCE), row: None, column: None, cell: None }
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
        self.column = Some(shown(&column.into(), LONGEST_VALUE));
        self
    }

    /// The same place, as the cell of a sheet: `D17`.
    #[must_use]
    pub fn at_cell(mut self, cell: impl Into<String>) -> Self {
        self.cell = Some(cell.into());
        self
    }
}

impl fmt::Display for SourceRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(cell) = &self.cell {
            write!(formatter, "!{cell}")?;
        } else if let Some(row) = self.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", {column}")?;
        }
        Ok(())
    }
}

/// Severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The input cannot be used.
    Fault,
    /// The input can be used, but probably does not say what was meant.
    Warning,
}

/// A further place where the same is the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, if it is another than that of the first place.
    pub file: Option<String>,
    /// Row of a table or line of a text file.
    pub row: Option<usize>,
    /// Heading of the column, or dotted key.
    pub column: Option<String>,
    /// The cell, where the file is a sheet of a workbook.
    pub cell: Option<String>,
    /// The value found there.
    pub value: Option<String>,
}

impl Place {
    /// A place in the same file.
    pub fn new(row: Option<usize>, column: Option<&str>, value: Option<&str>) -> Self {
        let part = |text: &str| shown(text, LONGEST_VALUE);
        Self { file: None, row, column: column.map(part), cell: None, value: value.map(part) }
    }
}

/// One fault or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Fault or warning.
    pub severity: Severity,
    /// Its place.
    pub source: SourceRef,
    /// The value found there, as written; `None` if something is missing.
    pub value: Option<String>,
    /// The problem: "is not a number".
    pub problem: String,
    /// Expectation and remedy: "write 1234.5 or leave the cell blank".
    pub help: String,
    /// The name that is to blame, if it is one that many places refer to: they are told together, whatever their files.
    pub cause: Option<String>,
    /// Further places of the same fault, in order; the first place is `source`.
    pub others: Vec<Place>,
}

impl Diagnostic {
    /// A fault at `source`. Hidden characters of names in its words are written out.
    pub fn fault(source: SourceRef, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Fault,
            source,
            value: None,
            problem: shown(&problem.into(), LONGEST_SENTENCE),
            help: shown(&help.into(), LONGEST_SENTENCE),
            cause: None,
            others: Vec::new(),
        }
    }

    /// A warning at `source`.
    pub fn warning(source: SourceRef, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::fault(source, problem, help) }
    }

    /// The same, with the value that was found: as [`shown()`], the first of it if it is long.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(shown(&value.into(), LONGEST_VALUE));
        self
    }

    /// The same, with the name that is to blame: `project P7`.
    #[must_use]
    pub fn caused_by(mut self, name: impl Into<String>) -> Self {
        self.cause = Some(name.into());
        self
    }

    /// The same, with further places where it is the case.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = Place>) -> Self {
        self.others.extend(others);
        self
    }

    /// In how many places it is the case.
    pub fn count(&self) -> usize {
        1 + self.others.len()
    }

    /// Key of diagnostics of one cause, or else of one kind: all but places, values, names and numbers.
    fn kind(&self) -> (Severity, &str, String, String) {
        match &self.cause {
            Some(cause) => (self.severity, "", self.problem.clone(), cause.clone()),
            None => (
                self.severity,
                self.source.file.as_str(),
                without_particulars(&self.problem),
                without_particulars(&self.help),
            ),
        }
    }

    /// Key of diagnostics of one kind, whatever their causes. The help may name a particular remedy for each: that of
    /// the first stands for all.
    fn kind_of_cause(&self) -> (Severity, &str, Option<&str>, String) {
        let column = self.source.column.as_deref();
        (self.severity, self.source.file.as_str(), column, without_particulars(&self.problem))
    }

    /// Its places, as further places of another.
    fn places(&self, first: &SourceRef) -> Vec<Place> {
        let file = |file: Option<&str>| {
            let file = file.unwrap_or(&self.source.file);
            (file != first.file).then(|| file.to_owned())
        };
        let source = &self.source;
        let own = Place {
            file: file(None),
            row: source.row,
            column: source.column.clone(),
            cell: source.cell.clone(),
            value: self.value.clone(),
        };
        let others =
            self.others.iter().map(|other| Place { file: file(other.file.as_deref()), ..other.clone() });
        [own].into_iter().chain(others).collect()
    }

    /// Another place in few words: parts that are the same as in the first are left out.
    fn write_other(&self, other: &Place, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = other.cell.clone().or_else(|| other.row.map(|row| format!("row {row}")));
        let column = other.column.as_ref().filter(|_| other.column != self.source.column).cloned();
        let value = other.value.as_ref().filter(|_| other.value != self.value);
        let place: Vec<String> = other.file.clone().into_iter().chain(row).chain(column).collect();
        formatter.write_str(&place.join(", "))?;
        match value {
            Some(value) => write!(formatter, " `{value}`"),
            None => Ok(()),
        }
    }
}

/// Further places that are listed, at most.
const PLACES_TOLD: usize = 9;

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.source)?;
        if let Some(value) = &self.value {
            write!(formatter, "`{value}` ")?;
        }
        formatter.write_str(&self.problem)?;
        for (position, other) in self.others.iter().take(PLACES_TOLD).enumerate() {
            match position {
                0 => write!(formatter, " ({} times; also in ", self.count())?,
                _ => formatter.write_str("; ")?,
            }
            self.write_other(other, formatter)?;
        }
        match self.others.len() {
            0 => {}
            1..=PLACES_TOLD => formatter.write_str(")")?,
            _ => formatter.write_str("; ...)")?,
        }
        write!(formatter, ": {}", self.help)
    }
}

/// A text without its quoted parts and numbers.
fn without_particulars(text: &str) -> String {
    let mut kept = String::new();
    let (mut is_quoted, mut is_number) = (false, false);
    for next in text.chars() {
        is_number = next.is_ascii_digit() || (is_number && next == '.');
        match next {
            '`' => is_quoted = !is_quoted,
            _ if is_quoted || is_number => {}
            _ => kept.push(next),
        }
    }
    kept
}

/// Faults and warnings of an input, in the order of files, rows and columns.
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

    /// True if any of them makes the input unusable.
    pub fn has_faults(&self) -> bool {
        self.faults().next().is_some()
    }

    /// Number of faulty places.
    pub fn fault_count(&self) -> usize {
        self.faults().map(Diagnostic::count).sum()
    }

    /// The same with warnings of one kind in one line, in the place of the first, and likewise faults of one cause; and
    /// faults of one kind if there are more than a few of them, of one cause each if there are many.
    #[must_use]
    pub fn grouped(self) -> Self {
        const FEW_FAULTS: usize = 3;
        const MANY_CAUSES: usize = 10;
        let by_cause = self.in_groups(Diagnostic::kind, |entry, count| {
            let is_fault_of_its_own = entry.severity == Severity::Fault && entry.cause.is_none();
            count > if is_fault_of_its_own { FEW_FAULTS } else { 1 }
        });
        by_cause
            .in_groups(Diagnostic::kind_of_cause, |entry, count| entry.cause.is_some() && count > MANY_CAUSES)
    }

    /// The same with entries of one key in the place of the first, where `is_grouped` says so of an entry and the
    /// number of those that have its key.
    fn in_groups<'a, K: Ord + 'a>(
        &'a self,
        key: impl Fn(&'a Diagnostic) -> K,
        is_grouped: impl Fn(&Diagnostic, usize) -> bool,
    ) -> Self {
        let mut counts: BTreeMap<K, usize> = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(key(entry)).or_default() += 1;
        }
        let mut first: BTreeMap<K, usize> = BTreeMap::new();
        let mut grouped: Vec<Diagnostic> = Vec::new();
        for entry in &self.entries {
            let key = key(entry);
            if !is_grouped(entry, counts.get(&key).copied().unwrap_or(0)) {
                grouped.push(entry.clone());
            } else if let Some(&position) = first.get(&key) {
                let places = entry.places(&grouped[position].source);
                grouped[position].others.extend(places);
            } else {
                first.insert(key, grouped.len());
                grouped.push(entry.clone());
            }
        }
        Self { entries: grouped }
    }

    /// The same with every warning taken for a fault.
    #[must_use]
    pub fn strict(self) -> Self {
        let as_fault = |entry: Diagnostic| Diagnostic { severity: Severity::Fault, ..entry };
        Self { entries: self.entries.into_iter().map(as_fault).collect() }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn not_a_number(row: usize, value: &str) -> Diagnostic {
        let source = SourceRef::file("costs.csv").at_row(row).in_column("2028");
        Diagnostic::fault(source, "is not a number", "write digits").with_value(value)
    }

    #[test]
    fn a_thousand_faults_of_one_kind_are_one_line() {
        let mut found = Diagnostics::new();
        found.extend((2..1002).map(|row| not_a_number(row, if row == 4 { "y" } else { "x" })));
        found.push(Diagnostic::fault(SourceRef::file("costs.csv").at_row(3), "repeats row 2", "remove one"));
        let grouped = found.grouped();
        let told: Vec<String> = grouped.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "costs.csv, row 2, 2028: `x` is not a number (1000 times; also in row 3; row 4 `y`; row 5; row 6; row 7; \
                 row 8; row 9; row 10; row 11; ...): write digits",
                "costs.csv, row 3: repeats row 2: remove one",
            ]
        );
        assert_eq!(grouped.fault_count(), 1001);
    }

    #[test]
    fn few_faults_are_told_one_by_one_and_warnings_of_one_kind_once() {
        let faults = || (2..5).map(|row| not_a_number(row, "x"));
        let mut found = Diagnostics::new();
        found.extend(faults());
        found.extend(faults().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }));
        let grouped = found.grouped();
        assert_eq!((grouped.faults().count(), grouped.warnings().count()), (3, 1));
        assert_eq!(grouped.warnings().map(Diagnostic::count).sum::<usize>(), 3);
        assert_eq!(grouped.strict().fault_count(), 6);
    }

    #[test]
    fn a_name_that_is_to_blame_is_told_once_for_all_files() {
        let fault = |file: &str, row: usize, name: &str| {
            let source = SourceRef::file(file).at_row(row).in_column("project");
            let fault = Diagnostic::fault(source, "is not a project", "add it").with_value(name);
            fault.caused_by(format!("project {name}"))
        };
        let mut found = Diagnostics::new();
        found.extend([fault("a.csv", 2, "P1"), fault("a.csv", 3, "P2"), fault("b.csv", 4, "P1")]);
        found.push(fault("a.csv", 5, "P1"));
        let told: Vec<String> = found.grouped().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "a.csv, row 2, project: `P1` is not a project (3 times; also in b.csv, row 4; row 5): add it",
                "a.csv, row 3, project: `P2` is not a project: add it",
            ]
        );
    }

    #[test]
    fn a_thousand_names_to_blame_are_one_line() {
        let fault = |row: usize| {
            let source = SourceRef::file("costs.csv").at_row(row).in_column("project");
            let help = format!("did you mean `P{row}`?");
            let fault = Diagnostic::fault(source, "is not a project", help).with_value(format!("Q{row}"));
            fault.caused_by(format!("project Q{row}"))
        };
        let told = |rows: std::ops::Range<usize>| -> Vec<String> {
            let mut found = Diagnostics::new();
            found.extend(rows.map(fault));
            found.grouped().iter().map(ToString::to_string).collect()
        };
        assert_eq!(told(2..12).len(), 10);
        assert_eq!(
            told(2..1002),
            [
                "costs.csv, row 2, project: `Q2` is not a project (1000 times; also in row 3 `Q3`; row 4 `Q4`; row 5 `Q5`; row 6 \
              `Q6`; row 7 `Q7`; row 8 `Q8`; row 9 `Q9`; row 10 `Q10`; row 11 `Q11`; ...): did you mean `P2`?"
            ]
        );
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
