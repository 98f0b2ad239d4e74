//! Factors and absolute budgets of a scenario.

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest_or};
use crate::input::reader::per_cent;
use crate::input::schema::ALL_LINES;

use super::document::{Entry, Section};

/// Things that a factor may apply to.
pub(super) struct Scaled<'n> {
    /// Their noun in messages: "budget line".
    pub(super) noun: &'static str,
    /// The names, in order; `None` where the portfolio could not be read.
    pub(super) names: Option<Vec<&'n str>>,
    /// True if `*` may be named, too.
    pub(super) takes_all: bool,
}

impl Scaled<'_> {
    /// The position of a name; the one after the last is `*`.
    fn position(&self, name: &str, entry: &Entry<'_>, found: &mut Diagnostics) -> Option<usize> {
        let names = self.names.as_ref()?;
        if self.takes_all && name == ALL_LINES {
            return Some(names.len());
        }
        let position = names.binary_search(&name).ok();
        if position.is_none() {
            let help = suggest_or(name, names.iter().copied(), || match names.is_empty() {
                true => format!("the portfolio has no {}", self.noun),
                false => format!("write one of {}", list(names.iter().copied())),
            });
            let problem = format!("is not a {} of this portfolio", self.noun);
            found.push(Diagnostic::fault(entry.source(), problem, help).with_value(name));
        }
        position
    }

    /// The factors, one per name and one for `*`; 1 where nothing is said.
    pub(super) fn factors(&self, entry: Option<&Entry<'_>>, found: &mut Diagnostics) -> Vec<f64> {
        const EXPECTED: &str = "a factor of 0 or more, such as 0.9";
        let count = self.names.as_ref().map_or(0, Vec::len) + 1;
        let Some(entry) = entry else { return vec![1.0; count] };
        let is_factor = |factor: f64| factor >= 0.0;
        let warn = |entry: &Entry<'_>, factor: f64, found: &mut Diagnostics| {
            if factor > per_cent::LARGEST_USUAL_FACTOR {
                let problem = "is a factor, and makes many times as much of it";
                let help = format!("write a factor such as 0.9: {}", per_cent::equation(factor));
                found.push(entry.warning(problem, help));
            }
        };
        if !entry.is_table() {
            let expected = format!("{EXPECTED}, or a table of {} -> factor", self.noun);
            let factor = entry.number(&expected, is_factor, found).unwrap_or(1.0);
            warn(entry, factor, found);
            return vec![factor; count];
        }
        let mut factors = vec![1.0; count];
        for (name, entry) in entry.table("", found).iter().flat_map(Section::entries) {
            let factor = entry.number(EXPECTED, is_factor, found);
            let position = self.position(name, &entry, found);
            if let (Some(factor), Some(position)) = (factor, position) {
                warn(&entry, factor, found);
                factors[position] = factor;
            }
        }
        factors
    }

    /// Rows of one number per period: the position of each name (or of `*`) and its numbers.
    pub(super) fn rows(
        &self,
        entry: Option<&Entry<'_>>,
        periods: Option<usize>,
        found: &mut Diagnostics,
    ) -> Vec<(usize, Vec<f64>)> {
        let expected = "a table such as { capex = [100, 120] }, one number per period";
        let table = entry.and_then(|entry| entry.table(expected, found));
        let mut rows = Vec::new();
        for (name, entry) in table.iter().flat_map(Section::entries) {
            let position = self.position(name, &entry, found);
            let row = row(&entry, periods, found);
            rows.extend(position.zip(row));
        }
        rows
    }
}

fn row(entry: &Entry<'_>, periods: Option<usize>, found: &mut Diagnostics) -> Option<Vec<f64>> {
    let amounts = entry.list("a list of one number per period, such as [100, 120]", found)?;
    let numbers: Vec<f64> = (amounts.iter())
        .filter_map(|amount| amount.number("a number of 0 or more", |amount| amount >= 0.0, found))
        .collect();
    if let Some(periods) = periods.filter(|&periods| periods != amounts.len()) {
        let problem = format!("has {} numbers, but the horizon has {periods} periods", amounts.len());
        found.push(entry.fault(problem, "write one number per period"));
        return None;
    }
    (numbers.len() == amounts.len()).then_some(numbers)
}
