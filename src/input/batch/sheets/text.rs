//! The text of a batch file whose lines come from cells.

use crate::diagnostic::SourceRef;

/// A text, with the cell of each line.
#[derive(Debug, Default)]
pub struct SheetText {
    /// The text.
    pub text: String,
    /// The cells of its lines; `None` for a line that no cell says.
    pub cells: Vec<Option<SourceRef>>,
}

impl SheetText {
    /// Adds a line.
    pub fn line(&mut self, line: &str, source: Option<SourceRef>) {
        self.text.push_str(line);
        self.text.push('\n');
        self.cells.push(source);
    }
}
