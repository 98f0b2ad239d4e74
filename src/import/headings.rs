//! The headings of a list, and what each of its columns is used for.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, list as listed, suggest_or};
use crate::input::List;
use crate::input::map::{ListLayout, Said};

/// Most headings that a message lists.
const MOST_LISTED: usize = 30;

/// Use of a column that decides on rows alone: it may be an attribute as well.
pub const CHOOSES_ROWS: &str = "chooses rows";

/// Headings of a list.
#[derive(Debug, Default)]
pub struct Headings {
    /// The headings by position, with single blanks; blank where a column has none.
    pub names: Vec<String>,
    /// Number of the last row of headings.
    pub row: usize,
    /// Position of the first row below them among the rows of the list.
    pub first: usize,
    /// Use of each column; `None`: it is not read.
    pub uses: Vec<Option<String>>,
    /// True if blank cells above took the text to their left.
    pub is_filled_up: bool,
}

impl Headings {
    /// Finds the headings where the map says that they stand.
    pub fn of(list: &List, layout: &ListLayout, found: &mut Diagnostics) -> Option<Self> {
        let count = layout.header_rows.unwrap_or(1);
        let start = list.rows.iter().position(|row| row.number > layout.skip_rows);
        let Some(start) = start.filter(|start| start + count <= list.rows.len()) else {
            let problem = format!("has no row of headings below row {}", layout.skip_rows);
            let help = "check skip_rows and header_rows in [list]";
            found.push(Diagnostic::fault(
                list.row(list.rows.last().map_or(1, |row| row.number)),
                problem,
                help,
            ));
            return None;
        };
        let rows = start..start + count;
        let mut is_filled_up = false;
        let mut parts: Vec<Vec<String>> = vec![Vec::new(); list.width];
        for at in rows.clone() {
            let is_last = at + 1 == rows.end;
            let texts = spread(list, at, is_last, &mut is_filled_up);
            for (own, text) in parts.iter_mut().zip(texts) {
                // A heading that is merged downwards stands in each of its rows.
                if !text.is_empty() && own.last() != Some(&text) {
                    own.push(text);
                }
            }
        }
        let names: Vec<String> = parts.into_iter().map(|own| own.join(" ")).collect();
        let uses = vec![None; names.len()];
        Some(Self { names, row: list.rows[rows.end - 1].number, first: rows.end, uses, is_filled_up })
    }

    /// The columns of a heading, several if it is there more than once; marks them as used. None after a fault.
    pub fn find(&mut self, said: &Said<String>, what: &str, found: &mut Diagnostics) -> Vec<usize> {
        let positions = self.positions(&said.value);
        if positions.is_empty() {
            found.push(self.missing(said));
        }
        for &position in &positions {
            self.mark(position, what);
        }
        positions
    }

    /// Adds a use of a column.
    pub fn mark(&mut self, position: usize, what: &str) {
        let uses = self.uses[position].get_or_insert_with(String::new);
        if uses == what {
            return;
        }
        let between = if uses.is_empty() { "" } else { ", " };
        uses.push_str(&format!("{between}{what}"));
    }

    /// The one column of a heading.
    pub fn find_one(&mut self, said: &Said<String>, what: &str, found: &mut Diagnostics) -> Option<usize> {
        let positions = self.find(said, what, found);
        if let [_, _, ..] = positions.as_slice() {
            let problem = format!("heads {} columns of the list", positions.len());
            let help = format!("name one of them as \"{} [1]\", counted from the left", said.value);
            let fault = Diagnostic::fault(said.source.clone(), problem, help);
            found.push(fault.with_value(said.value.as_str()));
            return None;
        }
        positions.first().copied()
    }

    /// The columns of a heading; `Heading [2]` is the second of those that share it.
    pub fn positions(&self, heading: &str) -> Vec<usize> {
        let of = |heading: &str| -> Vec<usize> {
            self.names.iter().enumerate().filter(|(_, name)| *name == heading).map(|(at, _)| at).collect()
        };
        let all = of(heading);
        if !all.is_empty() {
            return all;
        }
        let nth = heading.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["));
        let Some((heading, nth)) = nth else { return all };
        let nth = nth.parse::<usize>().ok().and_then(|nth| nth.checked_sub(1));
        nth.and_then(|nth| of(heading).get(nth).copied()).into_iter().collect()
    }

    fn missing(&self, said: &Said<String>) -> Diagnostic {
        let names = || self.names.iter().map(String::as_str).filter(|name| !name.is_empty());
        let help = suggest_or(&said.value, names(), || {
            let more = if names().count() > MOST_LISTED { " and more" } else { "" };
            format!("its headings are {}{more}", listed(names().take(MOST_LISTED)))
        });
        let fault = Diagnostic::fault(
            said.source.clone(),
            format!("is no heading of row {} of the list", self.row),
            help,
        );
        fault.with_value(said.value.as_str())
    }
}

/// The texts of a row of headings. A merged cell counts for all of its columns; in a text file, which holds no merged cells,
/// a blank cell above the last row takes the text to its left.
fn spread(list: &List, at: usize, is_last: bool, is_filled_up: &mut bool) -> Vec<String> {
    let row = &list.rows[at];
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut texts: Vec<String> = (0..list.width).map(|position| one_line(row.cell(position))).collect();
    if list.separator.is_some() && !is_last {
        for position in 1..texts.len() {
            if texts[position].is_empty() && !texts[position - 1].is_empty() {
                texts[position] = texts[position - 1].clone();
                *is_filled_up = true;
            }
        }
        return texts;
    }
    let origin: BTreeMap<usize, &_> = list.rows.iter().map(|row| (row.number, row)).collect();
    for area in list.merged.iter().filter(|area| (area.rows.0..=area.rows.1).contains(&row.number)) {
        let text = origin.get(&area.rows.0).map_or("", |row| row.cell(area.columns.0));
        for position in area.columns.0..=area.columns.1.min(texts.len().saturating_sub(1)) {
            texts[position] = one_line(text);
        }
    }
    texts
}
