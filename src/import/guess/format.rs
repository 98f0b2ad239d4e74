//! The form of the numbers of a list, as far as they show it.

use std::collections::BTreeSet;

use crate::import::numbers::may_be_grouped;
use crate::input::List;

use super::facts::{CURRENCIES, Facts, is_nothing};

/// Marks and signs that the numbers of a list show.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Marks before fractions, each with a number that shows it.
    pub decimals: Vec<(char, String)>,
    /// Marks between thousands, likewise.
    pub thousands: Vec<(char, String)>,
    /// Marks of numbers that could be read in two ways, each with such a number.
    pub unclear: Vec<(char, String)>,
    /// Signs of currency.
    pub currency: BTreeSet<String>,
    /// A negative number in brackets.
    pub brackets: Option<String>,
    /// A number with its minus behind.
    pub trailing: Option<String>,
    /// Letters behind numbers, each with a number.
    pub suffixes: Vec<(String, String)>,
    /// Texts that stand for no number.
    pub nothing: BTreeSet<String>,
    /// A per cent.
    pub per_cent: Option<String>,
}

/// Looks at the numbers of columns; `figures` are those that are no amounts and may be per cents.
pub fn of_columns<'f>(list: &List, columns: impl Iterator<Item = (&'f Facts, bool)>) -> Shown {
    let mut shown = Shown::default();
    for (facts, is_figure) in columns {
        for (row, text) in &facts.cells {
            let is_held = list.numbers.contains(&(*row, facts.position));
            let is_per_cent = text.ends_with('%') || list.per_cents.contains(&(*row, facts.position));
            if is_per_cent && is_figure {
                shown.per_cent.get_or_insert_with(|| text.clone());
            }
            if is_nothing(text) {
                shown.nothing.insert(text.clone());
            } else if !is_held {
                look(text, &mut shown);
            }
        }
    }
    settle(&mut shown);
    shown
}

/// Decides on numbers that could be read in two ways by those that are clear: another mark than that of the fractions parts
/// thousands.
fn settle(shown: &mut Shown) {
    let [(decimal, _)] = shown.decimals.as_slice() else {
        if !shown.decimals.is_empty() || shown.thousands.iter().any(|(mark, _)| matches!(mark, '.' | ',')) {
            shown.unclear.clear();
        }
        return;
    };
    let decimal = *decimal;
    for (mark, text) in std::mem::take(&mut shown.unclear) {
        if mark != decimal && !shown.thousands.iter().any(|(known, _)| *known == mark) {
            shown.thousands.push((mark, text));
        }
    }
}

fn look(text: &str, shown: &mut Shown) {
    if text.starts_with('(') && text.ends_with(')') {
        shown.brackets.get_or_insert_with(|| text.to_owned());
    }
    if text.ends_with(['-', '\u{2212}']) {
        shown.trailing.get_or_insert_with(|| text.to_owned());
    }
    let inner = text.trim_matches(|next: char| !next.is_ascii_digit());
    let around = text.replacen(inner, " ", 1);
    for part in around.split(|next: char| next.is_whitespace() || matches!(next, '(' | ')' | '-' | '+' | '%'))
    {
        let is_letters = !part.is_empty() && part.chars().all(char::is_alphabetic);
        if CURRENCIES.contains(&part) || (!part.is_empty() && !is_letters && !part.contains(['.', ','])) {
            shown.currency.insert(part.to_owned());
        } else if is_letters && !shown.suffixes.iter().any(|(letters, _)| letters == part) {
            shown.suffixes.push((part.to_owned(), text.to_owned()));
        }
    }
    look_at_marks(inner, text, shown);
}

fn look_at_marks(inner: &str, text: &str, shown: &mut Shown) {
    let inner = inner.split(['e', 'E']).next().unwrap_or_default();
    let kind = |next: char| match next {
        '\'' | '’' => '\'',
        next if next.is_whitespace() => ' ',
        next => next,
    };
    let marks: Vec<char> =
        inner.chars().filter(|next| !next.is_ascii_digit() && !next.is_alphabetic()).map(kind).collect();
    let Some(&last) = marks.last() else { return };
    let note = |list: &mut Vec<(char, String)>, mark: char| {
        if !list.iter().any(|(known, _)| *known == mark) {
            list.push((mark, text.to_owned()));
        }
    };
    let is_repeated = marks.iter().filter(|&&mark| mark == last).count() > 1;
    for mark in marks.iter().filter(|&&mark| mark != last || is_repeated || !matches!(last, '.' | ',')) {
        note(&mut shown.thousands, *mark);
    }
    if is_repeated || !matches!(last, '.' | ',') {
        return;
    }
    if marks.len() == 1 && may_be_grouped(inner) {
        note(&mut shown.unclear, last);
    } else {
        note(&mut shown.decimals, last);
    }
}
