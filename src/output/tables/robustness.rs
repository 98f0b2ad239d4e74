//! robustness.csv: which projects are funded whatever holds. Made from the other tables
//! ([`across`](crate::output::across)), as its rows are of all scenarios.

use super::columns::Columns;
use super::frame::ResultTable;
use super::kind::{ResultColumn, SEVERAL_SCENARIOS, TableKind, count, number, text};
use crate::output::error::OutputError;

/// robustness.csv. The first four columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "robustness.csv",
    doc: "for each project, in how many scenarios option 1 funds it, and the largest loss if it were decided the other \
          way",
    written: SEVERAL_SCENARIOS,
    columns: COLUMNS,
    begin: |_| None,
};

const COLUMNS: &[ResultColumn] = &[
    text("project", "id of the project"),
    number("frequency", "part of the scenarios with an option whose option 1 funds it"),
    text("class", "core (all of them fund it), borderline (some), exterior (none)"),
    number(
        "max_regret",
        "the largest loss of objective, over these scenarios, if the scenario decides it the other way than its option \
         1: the larger of max_regret_in and max_regret_out; blank where one of them is",
    ),
    number(
        "max_regret_in",
        "the largest loss if it is funded in all scenarios: over those whose option 1 leaves it out (0 if none does), \
         from cost_of_forcing in decisions.csv; blank where that is not known or not possible in one of them, or \
         goals differ, as losses in different units cannot be compared",
    ),
    number("max_regret_out", "the same if it is left out in all scenarios"),
    number("max_regret_least", "max_regret is proven to be at least this"),
    number("max_regret_most", "max_regret is proven to be at most this"),
    count("funded_in", "number of scenarios whose option 1 funds it"),
    count("scenarios", "number of scenarios with an option"),
    text("name", "name of the project"),
];

/// A project over all scenarios.
pub struct RobustnessRow<'a> {
    /// Its id.
    pub project: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Number of scenarios whose option 1 funds it.
    pub funded_in: usize,
    /// Number of scenarios with an option.
    pub scenarios: usize,
    /// Largest loss if it is funded in all scenarios, and if it is left out in all: known, at least, at most.
    pub losses: [[Option<f64>; 3]; 2],
}

impl RobustnessRow<'_> {
    fn class(&self) -> &'static str {
        match self.funded_in {
            _ if self.scenarios == 0 => "",
            0 => "exterior",
            count if count == self.scenarios => "core",
            _ => "borderline",
        }
    }

    /// The larger of both losses: known, at least or at most. What is proven of one of them alone is a lower bound on it.
    fn loss(&self, which: usize) -> Option<f64> {
        let [funded, left_out] = self.losses.map(|losses| losses[which]);
        match (funded, left_out, which) {
            (Some(one), Some(other), _) => Some(one.max(other)),
            // That it is no gain is no news.
            (one, other, LEAST) => one.or(other).filter(|&least| least > 0.0),
            _ => None,
        }
    }
}

/// Places of the figures of a loss.
pub const KNOWN: usize = 0;
/// The loss is at least this.
pub const LEAST: usize = 1;
/// The loss is at most this.
pub const MOST: usize = 2;

/// robustness.csv of these rows.
///
/// # Errors
/// If the table cannot be made, which is an internal failure.
pub fn table(rows: &[RobustnessRow<'_>]) -> Result<Option<ResultTable>, OutputError> {
    Columns::of(rows)
        .text("project", |row| row.project)
        .number("frequency", |row| row.funded_in as f64 / row.scenarios as f64)
        .text("class", |row| row.class())
        .maybe("max_regret", |row| row.loss(KNOWN))
        .maybe("max_regret_in", |row| row.losses[0][KNOWN])
        .maybe("max_regret_out", |row| row.losses[1][KNOWN])
        .maybe("max_regret_least", |row| row.loss(LEAST))
        .maybe("max_regret_most", |row| row.loss(MOST))
        .count("funded_in", |row| row.funded_in)
        .count("scenarios", |row| row.scenarios)
        .text("name", |row| row.name)
        .finish(&TABLE)
}
