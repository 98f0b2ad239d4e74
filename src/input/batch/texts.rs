//! Texts of the batch file: how long they and its keys may be.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::reader::texts::{LONGEST_NAME, LONGEST_TEXT, fault_of};

use super::document::{Entry, Section};

/// True if no key and no text of a section, and of all within it, is too long or holds hidden characters; reports those
/// that do. What is read after that is bounded.
pub(super) fn are_sound(section: &Section<'_>, found: &mut Diagnostics) -> bool {
    let mut is_sound = true;
    for (name, entry) in section.entries() {
        if let Some((problem, help)) = fault_of(name, LONGEST_NAME, true) {
            let problem = format!("is a key that {problem}");
            found.push(Diagnostic::fault(entry.source(), problem, help).with_value(name));
            is_sound = false;
        } else {
            is_sound &= is_sound_value(&entry, found);
        }
    }
    is_sound
}

fn is_sound_value(entry: &Entry<'_>, found: &mut Diagnostics) -> bool {
    let mut unheard = Diagnostics::new();
    if let Some(text) = entry.as_text() {
        return holds(entry, text, LONGEST_TEXT, false, found);
    }
    if entry.is_table() {
        return entry.table("", &mut unheard).is_none_or(|section| are_sound(&section, found));
    }
    if !entry.is_list() {
        return true;
    }
    let values = entry.list("", &mut unheard).unwrap_or_default();
    // Every value is looked at, so that all faults are told at once.
    let unsound = values.iter().filter(|value| !is_sound_value(value, found)).count();
    unsound == 0
}

/// True if a text is short enough and plain; otherwise a fault tells why.
pub(super) fn holds(
    entry: &Entry<'_>,
    text: &str,
    longest: usize,
    is_one_line: bool,
    found: &mut Diagnostics,
) -> bool {
    let fault = fault_of(text, longest, is_one_line);
    if let Some((problem, help)) = fault {
        found.push(entry.fault(problem, help));
        return false;
    }
    true
}

/// The name that an entry gives to something: one line, not blank.
pub(super) fn name<'a>(entry: &Entry<'a>, found: &mut Diagnostics) -> Option<&'a str> {
    let name = entry.text(found)?;
    holds(entry, name, LONGEST_NAME, true, found).then_some(name)
}
