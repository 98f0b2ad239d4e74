//! Values of a map with their places. The text `?` stands for what the analyst has still to decide.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::input::batch::document::{Entry, Section};

/// The value of what is still to be decided.
const UNDECIDED: &str = "?";

/// A value of the map, and its place there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Its line and key.
    pub source: SourceRef,
}

/// A section by its name, if the map has it.
pub(super) fn section<'a>(root: &Section<'a>, name: &str, found: &mut Diagnostics) -> Option<Section<'a>> {
    root.get(name)?.table(&format!("a section that begins with [{name}]"), found)
}

/// A text that is decided.
pub(super) fn text(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<Said<String>> {
    let text = entry.text(found)?;
    if text == UNDECIDED {
        let help = "the comment beside it says what it could be: write that, or remove the key";
        found.push(Diagnostic::fault(entry.source(), "is not decided yet", help));
        return None;
    }
    Some(Said { value: text.split_whitespace().collect::<Vec<_>>().join(" "), source: entry.source() })
}

/// The text of a key.
pub(super) fn text_of(section: &Section<'_>, key: &str, found: &mut Diagnostics) -> Option<Said<String>> {
    text(&section.get(key)?, found)
}

/// The word of a key.
pub(super) fn word_of<T: Copy>(
    section: &Section<'_>,
    key: &str,
    words: &[(&str, T)],
    found: &mut Diagnostics,
) -> Option<T> {
    let entry = section.get(key)?;
    if entry.as_text().is_some_and(|text| text.trim() == UNDECIDED) {
        text(&entry, found);
        return None;
    }
    entry.word(words, found)
}

/// The number of a key, above 0.
pub(super) fn factor_of(section: &Section<'_>, key: &str, found: &mut Diagnostics) -> Option<f64> {
    section.get(key)?.number("a number above 0, such as 1000", |factor| factor > 0.0, found)
}

/// A text, or each of a list.
pub(super) fn texts(entry: &Entry<'_>, found: &mut Diagnostics) -> Vec<Said<String>> {
    if !entry.is_list() {
        return text(entry, found).into_iter().collect();
    }
    let listed = entry.list("a text or a list of texts", found).unwrap_or_default();
    listed.iter().filter_map(|entry| text(entry, found)).collect()
}

/// The texts of a key.
pub(super) fn texts_of(section: &Section<'_>, key: &str, found: &mut Diagnostics) -> Vec<Said<String>> {
    section.get(key).map(|entry| texts(&entry, found)).unwrap_or_default()
}

/// The one character of a key.
pub(super) fn character_of(
    section: &Section<'_>,
    key: &str,
    characters: &[(&str, char)],
    found: &mut Diagnostics,
) -> Option<char> {
    let entry = section.get(key)?;
    // A blank is a text here.
    if let Some((_, character)) = characters.iter().find(|(word, _)| entry.as_text() == Some(word)) {
        return Some(*character);
    }
    word_of(section, key, characters, found)
}
