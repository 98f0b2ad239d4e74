//! Cases of a history: rows, or several rows of one case in the order of time.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::import::headings::Headings;
use crate::import::numbers::{self, Meaning, NumberCell};
use crate::import::rows::is_total_row;
use crate::input::map::NumberMap;
use crate::input::{LONGEST_NAME, List, ListRow};

use super::left::{LeftCases, LeftOut};

/// The class of all cases, where no column parts them.
const ALL: &str = "all";

/// Positions of the columns.
pub struct CaseColumns {
    pub actual: usize,
    pub plan: usize,
    pub by: Option<usize>,
    pub case: Option<usize>,
}

/// A past case.
#[derive(Clone, Debug)]
pub struct Case {
    pub class: String,
    /// Actual ÷ plan.
    pub ratio: f64,
}

/// A case in the making.
struct Rows<'l> {
    class: &'l str,
    /// The first plan.
    plan: Option<f64>,
    /// The last actual amount.
    actual: Option<f64>,
    /// Number of its last row.
    last: usize,
}

/// Reads all cases, and tells what is left out.
pub fn read(
    list: &List,
    headings: &Headings,
    columns: &CaseColumns,
    form: &NumberMap,
    without_zeros: bool,
) -> (Vec<Case>, Vec<LeftCases>) {
    let mut left = LeftOut::default();
    let reader = Reader { list, headings, columns, form };
    let mut cases = Vec::new();
    for rows in reader.grouped(&mut left) {
        match ratio_of(&rows, without_zeros) {
            Ok(ratio) => cases.push(Case { class: rows.class.to_owned(), ratio }),
            Err(why) => left.leave(rows.last, why),
        }
    }
    (cases, left.told())
}

struct Reader<'a> {
    list: &'a List,
    headings: &'a Headings,
    columns: &'a CaseColumns,
    form: &'a NumberMap,
}

impl<'a> Reader<'a> {
    /// The rows of each case, in the order of their first.
    fn grouped(&self, left: &mut LeftOut) -> Vec<Rows<'a>> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all: Vec<Rows<'a>> = Vec::new();
        for row in &self.list.rows[self.headings.first..] {
            let Some(class) = self.class_of(row, left) else { continue };
            let place = match self.columns.case.map(|column| row.cell(column)) {
                Some("") => {
                    left.leave(row.number, "the case is blank");
                    continue;
                }
                Some(case) => *places.entry(case).or_insert(all.len()),
                None => all.len(),
            };
            if place == all.len() {
                all.push(Rows { class, plan: None, actual: None, last: row.number });
            }
            let (Some(plan), Some(actual)) =
                (self.amount(row, self.columns.plan, left), self.amount(row, self.columns.actual, left))
            else {
                all[place].last = row.number;
                // A row by itself is told already.
                if self.columns.case.is_none() {
                    all.pop();
                }
                continue;
            };
            let own = &mut all[place];
            own.plan = own.plan.or(plan);
            own.actual = actual.or(own.actual);
            own.last = row.number;
        }
        all
    }

    /// The class of a row; `None` if the row is left out.
    fn class_of(&self, row: &'a ListRow, left: &mut LeftOut) -> Option<&'a str> {
        let class = self.columns.by.map_or(ALL, |column| row.cell(column));
        let why = if self.is_total(row, class) {
            "it is a total"
        } else if class.is_empty() {
            "the class is blank"
        } else if class.chars().count() > LONGEST_NAME || class.chars().any(char::is_control) {
            "the class is no name: it is too long, or has line breaks"
        } else {
            return Some(class);
        };
        left.leave(row.number, why);
        None
    }

    /// True if a row is a total by its class, its case or its first filled cell; a description may begin with the word.
    fn is_total(&self, row: &ListRow, class: &str) -> bool {
        let case = self.columns.case.map(|column| row.cell(column));
        let first = row.cells.iter().map(String::as_str).find(|cell| !cell.is_empty());
        [Some(class), case, first].into_iter().flatten().any(is_total_row)
    }

    /// The amount in a cell, nothing if it is blank; `None` if it cannot be read, so that the row is left out.
    fn amount(&self, row: &ListRow, position: usize, left: &mut LeftOut) -> Option<Option<f64>> {
        let heading = &self.headings.names[position];
        let place = (row.number, position);
        let cell = NumberCell {
            text: row.cell(position),
            is_number: self.list.numbers.contains(&place),
            is_per_cent: self.list.per_cents.contains(&place),
        };
        if let Some(doubt) = self.doubt(row, heading) {
            left.leave(row.number, format!("{heading}: {}", doubt.problem));
            return None;
        }
        match numbers::read(self.form, cell, Meaning::Amount) {
            Ok(number) => Some(number.map(|number| number.to_f64())),
            Err((problem, _)) => {
                left.leave(row.number, format!("{heading}: `{}` {problem}", cell.text));
                None
            }
        }
    }

    /// A fault of a cell, whatever it means, such as a formula that was never calculated.
    fn doubt(&self, row: &ListRow, heading: &str) -> Option<&'a Diagnostic> {
        let is_of_cell = |doubt: &&Diagnostic| {
            doubt.severity == Severity::Fault
                && doubt.source.row == Some(row.number)
                && doubt.source.column.as_deref().is_none_or(|column| column == heading)
        };
        self.list.doubts.iter().find(is_of_cell)
    }
}

/// Actual ÷ plan of a case.
///
/// # Errors
/// The reason why there is none.
fn ratio_of(rows: &Rows<'_>, without_zeros: bool) -> Result<f64, &'static str> {
    let plan = rows.plan.ok_or("the plan is blank")?;
    let actual = rows.actual.ok_or("the actual amount is blank")?;
    if plan == 0.0 {
        return Err("the plan is 0");
    }
    if plan < 0.0 || actual < 0.0 {
        return Err("an amount is below 0");
    }
    if actual == 0.0 && without_zeros {
        return Err("the actual amount is 0");
    }
    let ratio = actual / plan;
    if ratio.is_finite() { Ok(ratio) } else { Err("the ratio is too large") }
}
