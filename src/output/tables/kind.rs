//! Kinds of result tables: their columns for `cutline schema`, and the builders of their rows.

use serde::Serialize;

use crate::domain::{Batch, Portfolio, Scenario};
use crate::engine::ScenarioOutcome;
use crate::output::error::OutputError;

use super::frame::{FinishedScenario, OptionView, PointView, ResultTable};

/// One kind of result table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TableKind {
    /// The file that it is written to.
    pub file: &'static str,
    /// Subject of its rows.
    pub doc: &'static str,
    /// Condition under which it is written.
    pub written: &'static str,
    /// Its columns, in their order.
    pub columns: &'static [ResultColumn],
    /// Begins the table of a batch; `None` where the batch has none.
    #[serde(skip)]
    pub(super) begin: Begin,
}

/// Constructor of the table of a batch.
pub type Begin = for<'a> fn(&BatchView<'a>) -> Option<Box<dyn TableRows<'a> + 'a>>;

/// The condition of most tables.
pub const ALWAYS: &str = "always";

/// The condition of tables across scenarios.
pub const SEVERAL_SCENARIOS: &str = "if the batch has two scenarios or more";

/// One column of a result table, or a family of columns.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ResultColumn {
    /// Its heading. `<…>` is a placeholder for a different word in each column of a family: `budget.<line>.<period>`.
    pub column: &'static str,
    /// Type of its cells.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its meaning and unit.
    pub doc: &'static str,
    /// Condition under which the table has it; `None`: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<&'static str>,
}

/// A batch with its portfolio: the context of tables before the first row.
#[derive(Clone, Copy)]
pub struct BatchView<'a> {
    /// The portfolio.
    pub portfolio: &'a Portfolio,
    /// The batch, resolved against it.
    pub batch: &'a Batch,
}

/// Builder of the rows of one table. Hooks are called in the order of the rows: scenarios as in the batch, within a
/// finished one its options by rank and then the points of its frontier by their first measure.
pub trait TableRows<'a> {
    /// A scenario, whatever its outcome.
    fn scenario(&mut self, _scenario: &'a Scenario, _outcome: &'a ScenarioOutcome) {}

    /// A scenario whose options were searched for, before its options.
    fn finished(&mut self, _finished: &FinishedScenario<'a, '_>) {}

    /// An option of the scenario.
    fn option(&mut self, _view: OptionView<'a>, _finished: &FinishedScenario<'a, '_>) {}

    /// A point of the scenario's frontier.
    fn point(&mut self, _view: &PointView<'a>, _finished: &FinishedScenario<'a, '_>) {}

    /// The table; `None` where it is not written for want of rows.
    ///
    /// # Errors
    /// If the table cannot be made, which is an internal failure.
    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError>;
}

/// A column of texts.
pub const fn text(column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "text", doc, condition: None }
}

/// A column of texts that a table has under a condition only.
pub const fn text_if(condition: &'static str, column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "text", doc, condition: Some(condition) }
}

/// A column of counts.
pub const fn count(column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "whole number", doc, condition: None }
}

/// A column of numbers.
pub const fn number(column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "number", doc, condition: None }
}

/// A column of numbers that a table has under a condition only.
pub const fn number_if(condition: &'static str, column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "number", doc, condition: Some(condition) }
}

/// The columns of a table that begins with those of another.
pub const fn joined<const N: usize>(first: &[ResultColumn], further: &[ResultColumn]) -> [ResultColumn; N] {
    let mut all = [text("", ""); N];
    let mut place = 0;
    while place < N {
        all[place] = if place < first.len() { first[place] } else { further[place - first.len()] };
        place += 1;
    }
    all
}

/// A column of true and false.
pub const fn flag(column: &'static str, doc: &'static str) -> ResultColumn {
    ResultColumn { column, kind: "true or false", doc, condition: None }
}

impl ResultColumn {
    /// True if it is a family of columns.
    pub fn is_family(&self) -> bool {
        self.column.contains('<')
    }

    /// True if a heading is this column's, or one of the family's.
    pub fn covers(&self, heading: &str) -> bool {
        matches(self.column, heading)
    }
}

/// True if a heading matches a pattern, in which `<…>` matches any text.
fn matches(pattern: &str, heading: &str) -> bool {
    let Some((before, family)) = pattern.split_once('<') else { return pattern == heading };
    let (Some(rest), Some((_, after))) = (heading.strip_prefix(before), family.split_once('>')) else {
        return false;
    };
    let ends = rest.char_indices().map(|(start, letter)| start + letter.len_utf8());
    ends.into_iter().any(|end| matches(after, &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_covers_its_columns_only() {
        let budget = number("budget.<line>.<period>", "");
        assert!(budget.is_family() && budget.covers("budget.capex.2027") && budget.covers("budget.a.b.c"));
        assert!(!budget.covers("budget.capex") && !budget.covers("budget..") && !budget.covers("budget"));
        let error = number("<column>_se", "");
        assert!(error.covers("npv_se") && !error.covers("_se") && !error.covers("npv_sd"));
        let percentile = number("p<percentile>", "");
        assert!(percentile.covers("p80") && !percentile.covers("p") && !percentile.covers("mean"));
        assert!(text("status", "").covers("status") && !text("status", "").covers("status "));
    }
}
