//! Result tables by columns, as JSON: texts as a list of words and the place of each row's word in it, numbers as they
//! are.

use std::collections::BTreeMap;

use crate::output::results::{Row, is_npv};
use crate::output::tables::RESULT_TABLES;

/// The cells of a column so far.
enum Cells {
    /// Texts: each once, and per row its place.
    Words { known: BTreeMap<String, usize>, words: String, at: String },
    /// Numbers; `null` for a blank.
    Numbers { list: String, is_blank: bool },
}

struct Column {
    heading: String,
    place: usize,
    cells: Cells,
}

/// A table whose rows come one by one.
pub struct Columns {
    columns: Vec<Column>,
    rows: usize,
}

impl Columns {
    /// A table without rows yet, of those of its columns that a report has.
    pub fn new(file: &str, headings: &[String], has_npv: bool) -> Self {
        let kind = RESULT_TABLES.iter().find(|kind| kind.file == file);
        let is_number = |heading: &str| {
            let column = kind.and_then(|kind| kind.columns.iter().find(|column| column.covers(heading)));
            column.is_some_and(|column| matches!(column.kind, "number" | "whole number"))
        };
        let shown = headings
            .iter()
            .enumerate()
            .filter(|(_, heading)| is_shown(file, heading) && (has_npv || !is_npv(heading)));
        let columns = shown.map(|(place, heading)| {
            let cells = if is_number(heading) {
                Cells::Numbers { list: String::new(), is_blank: true }
            } else {
                Cells::Words { known: BTreeMap::new(), words: String::new(), at: String::new() }
            };
            Column { heading: heading.clone(), place, cells }
        });
        Self { columns: columns.collect(), rows: 0 }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Row<'_>) {
        let is_first = self.rows == 0;
        for column in &mut self.columns {
            column.cells.push(row.at(column.place), is_first);
        }
        self.rows += 1;
    }

    /// Number of bytes so far.
    pub fn len(&self) -> usize {
        let of = |column: &Column| match &column.cells {
            Cells::Words { words, at, .. } => words.len() + at.len(),
            Cells::Numbers { list, .. } => list.len(),
        };
        self.columns.iter().map(of).sum()
    }

    /// The table as JSON: `{"rows": 2, "columns": {"line": {"words": ["capex"], "at": [0, 0]}, "plan": [1.5, null]}}`.
    /// Columns of numbers that are all blank are left out.
    pub fn write(&self, into: &mut String) {
        into.push_str(&format!("{{\"rows\":{},\"columns\":{{", self.rows));
        let told = self
            .columns
            .iter()
            .filter(|column| !matches!(column.cells, Cells::Numbers { is_blank: true, .. }));
        for (place, column) in told.enumerate() {
            if place > 0 {
                into.push(',');
            }
            into.push_str(&quoted(&column.heading));
            match &column.cells {
                Cells::Words { words, at, .. } => {
                    into.push_str(&format!(":{{\"words\":[{words}],\"at\":[{at}]}}"));
                }
                Cells::Numbers { list, .. } => into.push_str(&format!(":[{list}]")),
            }
        }
        into.push_str("}}");
    }
}

impl Cells {
    fn push(&mut self, text: &str, is_first: bool) {
        match self {
            Self::Words { known, words, at } => {
                let next = known.len();
                let place = known.get(text).copied().unwrap_or_else(|| {
                    known.insert(text.to_owned(), next);
                    words.push_str(if next == 0 { "" } else { "," });
                    words.push_str(&quoted(text));
                    next
                });
                at.push_str(if is_first { "" } else { "," });
                at.push_str(&place.to_string());
            }
            Self::Numbers { list, is_blank } => {
                list.push_str(if is_first { "" } else { "," });
                let number = as_number(text);
                *is_blank &= number.is_none();
                list.push_str(number.unwrap_or("null"));
            }
        }
    }
}

/// A number as JSON has it, without a decimal that tells nothing; `None` for a blank. Tables write numbers as JSON does.
fn as_number(text: &str) -> Option<&str> {
    let is_finite = text.parse().is_ok_and(|number: f64| number.is_finite());
    is_finite.then(|| text.strip_suffix(".0").unwrap_or(text))
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// True for columns that a report shows: standard errors only of what headlines tell, and names of projects only once, with
/// the projects.
fn is_shown(file: &str, heading: &str) -> bool {
    match file {
        "spend.csv" | "capacity.csv" => heading == "p_over_se" || !heading.ends_with("_se"),
        "contingency.csv"
        | "selection.csv"
        | "baseline_selection.csv"
        | "decisions.csv"
        | "robustness.csv"
        | "room.csv"
        | "priorities.csv"
        | "core_index.csv"
        | "weight_ranges.csv" => heading != "name",
        // Up to thousands of lists, which no chapter shows.
        "portfolios.csv" => matches!(heading, "scenario" | "portfolio" | "max_regret"),
        // The selections of thousands of futures, of which decisions.csv tells how often each project is in them.
        "futures.csv" => matches!(heading, "scenario" | "trial" | "status" | "gain"),
        "shrinkage.csv" => heading != "name",
        "business_cases.csv" => !matches!(heading, "name" | "all_irr" | "mirr"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let known = [
            ("10.05", Some("10.05")),
            ("10.0", Some("10")),
            ("-3", Some("-3")),
            ("1.25e-6", Some("1.25e-6")),
            ("", None),
            ("inf", None),
        ];
        for (text, number) in known {
            assert_eq!(as_number(text), number, "{text}");
        }
        for (_, number) in known {
            let read = number.map(serde_json::from_str::<f64>);
            assert!(read.is_none_or(|read| read.is_ok()));
        }
    }
}
