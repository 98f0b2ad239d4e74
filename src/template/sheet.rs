//! A table as a template has it: headings with their comments, and rows of texts.

/// A table of an input: a CSV file or a sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name, without an ending.
    pub name: String,
    /// Subject of its rows.
    pub doc: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a text per column; fewer where the last are blank.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Its meaning, its type and what a blank cell says; blank where nothing is known of it.
    pub doc: String,
    /// The words that its cells may hold; none where they are free.
    pub words: Vec<&'static str>,
    /// True if its cells name projects.
    pub names_projects: bool,
    /// True if its cells are numbers.
    pub holds_numbers: bool,
}

impl Column {
    /// A column of which only the heading and its meaning are known.
    pub fn new(heading: impl Into<String>, doc: impl Into<String>) -> Self {
        Self { heading: heading.into(), doc: doc.into(), ..Self::default() }
    }
}
