//! Texts that people write: how long they may be, and which characters they may not hold.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, is_hidden};

use super::table::Table;
use crate::input::schema::{Holds, OtherColumns};

/// Most characters of a name: of a project, a scenario, a column, a batch.
pub const LONGEST_NAME: usize = 200;
/// Most characters of the description of a batch.
pub const LONGEST_DESCRIPTION: usize = 2_000;
/// Most characters of an attribute, or of any other text.
pub const LONGEST_TEXT: usize = 4_000;
/// Most characters of a cell that lists ids.
const LONGEST_LIST: usize = 20_000;

/// The problem of a text and its remedy, if it is too long or holds a hidden character. Line breaks and tabs are hidden
/// characters only where `is_one_line`.
pub fn fault_of(text: &str, longest: usize, is_one_line: bool) -> Option<(String, String)> {
    // Most texts are short and plain.
    if text.len() <= longest && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return None;
    }
    let is_wrong = |next: &char| is_hidden(*next) && (is_one_line || !matches!(next, '\n' | '\r' | '\t'));
    let count = if text.len() <= longest { 0 } else { text.chars().count() };
    if count > longest {
        return Some((format!("has {count} characters"), format!("write at most {longest}")));
    }
    let hidden = text.chars().find(is_wrong)?;
    let problem = format!("holds the hidden character U+{:04X}", u32::from(hidden));
    Some((problem, "write the text anew without it".to_owned()))
}

impl Table {
    /// Reports headings and cells that are too long or hold hidden characters. Texts that are too long go on as their
    /// beginnings, alike in all tables, so that this is all that is said of them.
    pub(super) fn check_texts(&mut self, headings: &mut [String], found: &mut Diagnostics) {
        for heading in headings.iter_mut() {
            if let Some((problem, help)) = fault_of(heading, LONGEST_NAME, false) {
                let source = self.header_source(heading);
                found.push(Diagnostic::fault(source, problem, help).with_value(heading.as_str()));
                cut(heading);
            }
        }
        let rules: Vec<(usize, bool)> = headings.iter().map(|heading| self.rule(heading)).collect();
        let (file, mut rows) = (SourceRef::file(self.file.as_str()), std::mem::take(&mut self.rows));
        for row in &mut rows {
            let cells = row.cells.iter_mut().zip(headings.iter()).zip(&rules);
            for ((cell, heading), &(longest, is_one_line)) in cells {
                if let Some((problem, help)) = fault_of(cell, longest, is_one_line) {
                    let source = file.clone().at_row(row.number).in_column(heading.as_str());
                    found.push(Diagnostic::fault(source, problem, help).with_value(cell.as_str()));
                    cut(cell);
                }
            }
        }
        self.rows = rows;
    }

    /// Most characters of a cell of a column, and whether it is one line.
    fn rule(&self, heading: &str) -> (usize, bool) {
        let column = self.schema.columns.iter().find(|column| column.column == heading);
        match column.map(|column| column.kind) {
            Some(Holds::Described(kind)) if kind.contains("separated by `;`") => (LONGEST_LIST, true),
            Some(_) => (LONGEST_NAME, heading != "name"),
            None if self.schema.other_columns == OtherColumns::Attributes => (LONGEST_TEXT, false),
            None => (LONGEST_NAME, true),
        }
    }
}

/// Cuts a text where a name would end.
fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_NAME) {
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_in_characters() {
        assert_eq!(fault_of(&"ä".repeat(200), 200, true), None);
        let (problem, help) = fault_of(&"ä".repeat(201), 200, true).unwrap();
        assert_eq!((problem.as_str(), help.as_str()), ("has 201 characters", "write at most 200"));
    }

    #[test]
    fn hidden_characters_are_told_by_their_number() {
        for (text, number) in
            [("a\u{202e}b", "U+202E"), ("a\u{2067}b", "U+2067"), ("a\0", "U+0000"), ("\u{9f}", "U+009F")]
        {
            assert!(fault_of(text, 200, false).unwrap().0.ends_with(number));
        }
        assert!(fault_of("a\nb", 200, true).is_some() && fault_of("a\r\n\tb", 200, false).is_none());
        assert_eq!(
            fault_of("A\u{200d}B\u{200f} Zoë 项目", 200, true),
            None,
            "scripts need joiners and marks"
        );
    }
}
