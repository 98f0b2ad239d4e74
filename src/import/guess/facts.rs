//! Facts about the columns of a list, as far as their cells show them.

use std::collections::{BTreeMap, BTreeSet};

use crate::import::headings::Headings;
use crate::import::rows::is_total_row;
use crate::input::{List, is_moment};

/// Texts that people write where a number is not known.
const NOTHING: [&str; 13] =
    ["-", "–", "—", "n/a", "#n/a", "na", "n.a.", "nil", "none", "null", "tbd", "tbc", "k. a."];
/// Codes of currencies that may stand beside a number.
pub const CURRENCIES: [&str; 14] =
    ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "AUD", "CAD", "JPY", "INR", "kr"];
/// Most letters behind a number that may be a unit or a currency.
const MOST_LETTERS: usize = 4;

/// A column of a list.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Position.
    pub position: usize,
    /// Heading, with single blanks.
    pub heading: String,
    /// The heading in words of lower case.
    pub words: String,
    /// Its filled cells from above, with the number of their rows.
    pub cells: Vec<(usize, String)>,
    /// Different texts.
    pub distinct: usize,
    /// Cells that look like numbers.
    pub numbers: usize,
    /// Cells that are moments of the calendar.
    pub moments: usize,
    /// Cells that are per cents.
    pub per_cents: usize,
    /// Mean length of a filled cell.
    pub length: usize,
}

impl Facts {
    /// True if nearly all filled cells are numbers.
    pub fn is_numeric(&self) -> bool {
        self.numbers > 0 && 5 * self.others() <= self.cells.len()
    }

    /// Filled cells that are neither numbers nor stand for none.
    pub fn others(&self) -> usize {
        self.filled_others().saturating_sub(self.numbers)
    }

    fn filled_others(&self) -> usize {
        self.cells.iter().filter(|(_, text)| !is_nothing(text)).count()
    }

    /// True if all filled cells are moments.
    pub fn has_moments(&self) -> bool {
        !self.cells.is_empty() && self.moments == self.cells.len()
    }

    /// True if no text is there twice.
    pub fn is_unique(&self) -> bool {
        self.distinct == self.cells.len()
    }
}

/// The columns of a list that have a heading, without rows of totals.
pub fn columns(list: &List, headings: &Headings) -> Vec<Facts> {
    let rows =
        || list.rows[headings.first..].iter().filter(|row| !row.cells.iter().any(|cell| is_total_row(cell)));
    let facts = |(position, heading): (usize, &String)| {
        let cells: Vec<(usize, String)> = rows()
            .map(|row| (row.number, one_line(row.cell(position))))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let count =
            |holds: &dyn Fn(&(usize, String)) -> bool| cells.iter().filter(|cell| holds(cell)).count();
        let is_number =
            |(row, text): &(usize, String)| list.numbers.contains(&(*row, position)) || looks_numeric(text);
        let letters: usize = cells.iter().map(|(_, text)| text.chars().count()).sum();
        Facts {
            position,
            heading: heading.clone(),
            words: words(heading),
            distinct: cells.iter().map(|(_, text)| text).collect::<BTreeSet<_>>().len(),
            numbers: count(&is_number),
            moments: count(&|(_, text)| is_moment(without_time(text))),
            per_cents: count(&|(row, text)| {
                text.ends_with('%') || list.per_cents.contains(&(*row, position))
            }),
            length: letters / cells.len().max(1),
            cells,
        }
    };
    headings.names.iter().enumerate().filter(|(_, name)| !name.is_empty()).map(facts).collect()
}

/// The text of each row in a column, for rows that have one in another.
pub fn by_row(facts: &Facts) -> BTreeMap<usize, &str> {
    facts.cells.iter().map(|(row, text)| (*row, text.as_str())).collect()
}

/// A text with single blanks.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A heading in words: lower case, parted where a small letter meets a capital one, at `_` and at blanks.
pub fn words(heading: &str) -> String {
    let mut words = String::new();
    let mut before = ' ';
    for next in heading.chars() {
        if before.is_lowercase() && next.is_uppercase() {
            words.push(' ');
        }
        words.push(if next == '_' { ' ' } else { next });
        before = next;
    }
    one_line(&words.to_lowercase())
}

/// True if a text stands for no number.
pub fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text.to_lowercase().as_str())
}

/// True if a text is digits with marks, signs of currency and the like, and no date. Letters stand behind the digits; before
/// them only those of a currency do.
pub fn looks_numeric(text: &str) -> bool {
    let is_digit = |next: char| next.is_ascii_digit();
    let (Some(from), Some(to)) = (text.find(is_digit), text.rfind(is_digit)) else { return false };
    let (before, inner, behind) = (&text[..from], &text[from..=to], &text[to + 1..]);
    let is_plain = inner
        .chars()
        .all(|next| is_digit(next) || matches!(next, '.' | ',' | '\'' | '’') || next.is_whitespace());
    // A date with points has groups that are none of thousands.
    let is_date = inner.matches('.').count() == 2
        && inner.split('.').skip(1).any(|group| group.len() != 3 && !group.contains(','));
    let letters = |part: &str| part.chars().filter(|next| next.is_alphabetic()).collect::<String>();
    let is_currency = |letters: &str| letters.is_empty() || CURRENCIES.contains(&letters);
    let has_signs = |part: &str| part.contains(['/', ':', '#', '_']);
    (is_plain || is_scientific(inner))
        && !is_date
        && is_currency(&letters(before))
        && letters(behind).chars().count() <= MOST_LETTERS
        && !has_signs(before)
        && !has_signs(behind)
}

fn is_scientific(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A moment without the time behind it.
pub fn without_time(text: &str) -> &str {
    match text.split_once(' ') {
        Some((date, time)) if time.contains(':') => date,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_dates_and_codes() {
        for text in
            ["12", "1.250", "-5", "(1,250)", "€ 12,5", "12 %", "1.5E+06", "250k", "1.234.567,8", "12 000 kr"]
        {
            assert!(looks_numeric(text), "{text}");
        }
        for text in [
            "01.02.2027",
            "2027-01-01",
            "A-12",
            "PRJ0010042",
            "",
            "n/a",
            "12/03/27",
            "1 of 3",
            "FY2027",
            "K-1",
        ] {
            assert!(!looks_numeric(text), "{text}");
        }
        assert_eq!(words("ProjectStartDate"), "project start date");
        assert_eq!(words("cip_number"), "cip number");
    }
}
