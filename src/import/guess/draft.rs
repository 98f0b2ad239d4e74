//! A map in the making: lines of TOML with their reasons, and what became of each column.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::input::toml_text::key as key_text;

/// A column and its use in the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GuessedColumn {
    /// The heading.
    pub column: String,
    /// Its use.
    pub taken: String,
    /// The reason, and what else it could be.
    pub why: String,
}

/// A map in the making.
#[derive(Debug, Default)]
pub struct Draft {
    sections: BTreeMap<usize, (String, Vec<String>)>,
    /// The columns and their uses.
    pub columns: Vec<GuessedColumn>,
    /// Decisions that are left to the analyst.
    pub undecided: Vec<String>,
}

/// The sections in their order; those of amounts come by their names.
const ORDER: [&str; 11] = [
    "list",
    "numbers",
    "periods",
    "project",
    "status",
    "attribute",
    "costs",
    "benefits",
    "demands",
    "scores",
    "dependencies",
];

impl Draft {
    /// Adds a line to a section.
    pub fn line(&mut self, section: &str, line: impl Into<String>) {
        let first = section.split('.').next().unwrap_or(section);
        let place = ORDER.iter().position(|own| *own == first).unwrap_or(ORDER.len()) * 1000;
        let own = self.sections.iter().find(|(_, (name, _))| name == section).map(|(place, _)| *place);
        let free = (place..).find(|place| !self.sections.contains_key(place)).unwrap_or(place);
        let entry =
            self.sections.entry(own.unwrap_or(free)).or_insert_with(|| (section.to_owned(), Vec::new()));
        entry.1.push(line.into());
    }

    /// Adds a key with its reason.
    pub fn key(&mut self, section: &str, key: &str, value: &str, why: &str) {
        self.line(section, format!("{} = {value}   # {}", key_text(key), one_line(why)));
    }

    /// Adds a key that the analyst has to decide.
    pub fn undecided(&mut self, section: &str, key: &str, what: &str) {
        self.line(section, format!("{} = \"?\"   # decide: {}", key_text(key), one_line(what)));
        self.undecided.push(format!("{section}.{key}: {what}"));
    }

    /// Says what became of a column.
    pub fn column(&mut self, column: &str, taken: impl Into<String>, why: impl Into<String>) {
        self.columns.push(GuessedColumn { column: column.to_owned(), taken: taken.into(), why: why.into() });
    }

    /// The text of the map.
    pub fn text(&self, list: &str) -> String {
        let mut text = format!(
            "# A first map of {}. Beside each key stands why it was chosen, and what else it could be.\n\
             # \"?\" is what you have to decide. `cutline schema map` lists all keys.\n",
            one_line(list)
        );
        for (name, lines) in self.sections.values() {
            let path: Vec<String> = name.splitn(2, '.').map(key_text).collect();
            // Writing to a text never fails.
            let _ = write!(text, "\n[{}]\n{}\n", path.join("."), lines.join("\n"));
        }
        text
    }
}

/// A text on one line, without characters that end a comment.
fn one_line(text: &str) -> String {
    let kept: String = text.chars().map(|next| if next.is_control() { ' ' } else { next }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
