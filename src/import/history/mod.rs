//! A history of past cases as a reference class: what each was planned to be, and what it came to. What is left out is
//! told with its rows.

mod cases;
mod fit;
mod left;
mod letters;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::List;
use crate::input::map::{ListLayout, NegativeSign, NumberMap, Said};

use super::guess::facts::{self, Facts};
use super::guess::format;
use super::guess::layout;
use super::headings::Headings;
use super::tables;
use cases::{Case, CaseColumns};
pub use fit::{ClassFit, LognormalFit};
pub use left::{LeftCases, in_ranges};
pub use letters::in_utf_8;

/// The columns of a history by their headings, and the form of its numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryColumns<'a> {
    /// Amounts as they came out.
    pub actual: &'a str,
    /// Amounts as they were planned.
    pub plan: &'a str,
    /// Classes; `None`: all cases are of one.
    pub by: Option<&'a str>,
    /// Cases of several rows, in the order of time: the first plan and the last actual amount count. `None`: each row is a
    /// case.
    pub case: Option<&'a str>,
    /// Mark before fractions; `None`: as the numbers show it.
    pub decimal: Option<char>,
    /// True if cases whose actual amount is 0 are left out.
    pub without_zeros: bool,
}

/// A history that was read.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// Its file, or sheet.
    pub list: String,
    /// Rows below the headings.
    pub rows: usize,
    /// Each class with its fit, by name.
    pub classes: Vec<ClassFit>,
    /// Cases that were left out, and why.
    pub left: Vec<LeftCases>,
    /// The cases, by class; those of a class in the order of the rows.
    #[serde(skip)]
    cases: Vec<Case>,
}

impl History {
    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// The text of reference_classes.csv.
    pub fn table(&self) -> String {
        tables::reference_classes(self.cases.iter().map(|case| (case.class.as_str(), case.ratio)))
    }
}

/// Reads a history.
///
/// # Errors
/// If a column is not there, or no case is left.
pub fn read_history(list: &List, columns: &HistoryColumns<'_>) -> Result<History, Diagnostics> {
    let mut found = Diagnostics::new();
    let place = layout::heading_rows(list);
    let form = ListLayout { skip_rows: place.skip, header_rows: Some(place.count), ..ListLayout::default() };
    let Some(mut headings) = Headings::of(list, &form, &mut found) else { return Err(found) };
    let mut column = |heading: &str| {
        let source = list.row(headings.row);
        headings.find_one(&Said { value: heading.to_owned(), source }, "read", &mut found)
    };
    let (actual, plan) = (column(columns.actual), column(columns.plan));
    let [by, case] = [columns.by, columns.case].map(|heading| heading.map(&mut column));
    // Faults of a sheet as a whole, such as hidden rows, may make any case doubtful.
    found.extend(list.doubts.iter().filter(|doubt| doubt.source.row.is_none()).cloned());
    let (Some(actual), Some(plan)) = (actual, plan) else { return Err(found) };
    if found.has_faults() {
        return Err(found);
    }
    let own = CaseColumns { actual, plan, by: by.flatten(), case: case.flatten() };
    let numbers = numbers(list, &headings, [actual, plan], columns.decimal);
    let (mut cases, left) = cases::read(list, &headings, &own, &numbers, columns.without_zeros);
    if cases.is_empty() {
        return Err(nothing_left(list, &headings, &left));
    }
    cases.sort_by(|one, other| one.class.cmp(&other.class));
    let classes = cases.chunk_by(|one, next| one.class == next.class).map(fit::of_class).collect();
    let rows = list.rows.len() - headings.first;
    Ok(History { list: list.file.clone(), rows, classes, left, cases })
}

/// The form of the numbers, as two columns show it.
fn numbers(list: &List, headings: &Headings, amounts: [usize; 2], decimal: Option<char>) -> NumberMap {
    let facts = facts::columns(list, headings);
    let of_amounts = |one: &&Facts| amounts.contains(&one.position);
    let shown = format::of_columns(list, facts.iter().filter(of_amounts).map(|one| (one, false)));
    let shown_decimal = match shown.decimals.as_slice() {
        [(mark, _)] => Some(*mark),
        _ => None,
    };
    let decimal = decimal.or(shown_decimal);
    let parts = |(mark, _): &(char, String)| (Some(*mark) != decimal).then_some(*mark);
    let other = decimal.and_then(|mark| shown.unclear.iter().find_map(parts).filter(|own| *own != mark));
    NumberMap {
        decimal,
        thousands: shown.thousands.iter().find_map(parts).or(other),
        currency: shown.currency.into_iter().collect(),
        negative: if shown.brackets.is_some() { NegativeSign::Brackets } else { NegativeSign::Trailing },
        nothing: shown.nothing.into_iter().collect(),
        ..NumberMap::default()
    }
}

fn nothing_left(list: &List, headings: &Headings, left: &[LeftCases]) -> Diagnostics {
    let reasons: Vec<String> =
        left.iter().map(|one| format!("{} (rows {})", one.why, in_ranges(&one.rows))).collect();
    let help = match reasons.is_empty() {
        true => "name a list with a row for each past case".to_owned(),
        false => format!("all were left out: {}", reasons.join("; ")),
    };
    let mut found = Diagnostics::new();
    found.push(Diagnostic::fault(list.row(headings.row), "heads no case that can be read", help));
    found
}
