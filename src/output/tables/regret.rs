//! regret.csv and regret_by_option.csv: options under the assumptions of all scenarios. Made from the other tables
//! ([`across`](crate::output::across)), as their rows are of several scenarios.

use super::columns::Columns;
use super::frame::ResultTable;
use super::kind::{ResultColumn, SEVERAL_SCENARIOS, TableKind, count, flag, number, text};
use crate::output::error::OutputError;
use crate::rank::{Held, OverAll};

/// regret.csv. The first six columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "regret.csv",
    doc: "every option evaluated in every scenario, and what it loses there against the best selection known; of \
          batches where that would be more than 250,000 rows option 1 of each scenario only, and of still larger ones \
          as many different ones as fit: a warning in run.json then says so",
    written: SEVERAL_SCENARIOS,
    columns: COLUMNS,
    begin: |_| None,
};

const COLUMNS: &[ResultColumn] = &[
    text("of_scenario", "the scenario that the option was found for"),
    count("option", "number of the option in it"),
    text("in_scenario", "the scenario whose goal, numbers and limits hold"),
    number("objective", "objective of the option there, penalties included; it need not be feasible"),
    number(
        "regret",
        "by how much that is worse than the best selection known there, by the first goal: of its own options and of \
         all others that keep its limits; blank where the option breaks a limit, or the scenario has no option",
    ),
    flag("feasible", "whether the option keeps all limits and rules there"),
    number("regret_share", "the regret as a part of the best objective known"),
    text("breaks", "what it breaks there, separated by `;`"),
];

/// regret_by_option.csv.
pub const BY_OPTION: TableKind = TableKind {
    file: "regret_by_option.csv",
    doc: "how each option of regret.csv holds over all scenarios that have options, and which to choose if none of \
          them is known to come",
    written: SEVERAL_SCENARIOS,
    columns: BY_OPTION_COLUMNS,
    begin: |_| None,
};

const BY_OPTION_COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario that the option was found for"),
    count("option", "number of the option in it"),
    count("feasible_in", "number of scenarios whose limits and rules it keeps"),
    count("scenarios", "number of scenarios that have options"),
    number(
        "max_regret",
        "its largest regret where it is feasible; blank where goals differ, as amounts of different units cannot be \
         compared",
    ),
    number("max_regret_share", "the largest regret as a part of the best objective known"),
    text("worst_scenario", "the scenario of the largest regret, of the largest part where goals differ"),
    number("mean_regret", "its mean regret where it is feasible; blank where goals differ"),
    text(
        "choice",
        "`least largest regret`: of the options that are feasible in all scenarios, that with the least largest regret \
         (the least largest part where goals differ); where there is none, `feasible in most`",
    ),
];

/// An option in a scenario.
pub struct RegretRow<'a> {
    /// The scenario that it was found for.
    pub of_scenario: &'a str,
    /// Its number there.
    pub option: usize,
    /// The scenario whose assumptions hold.
    pub in_scenario: &'a str,
    /// What comes of it.
    pub held: &'a Held,
}

/// regret.csv of these rows.
///
/// # Errors
/// If the table cannot be made, which is an internal failure.
pub fn regret_table(rows: &[RegretRow<'_>]) -> Result<Option<ResultTable>, OutputError> {
    Columns::of(rows)
        .text("of_scenario", |row| row.of_scenario)
        .count("option", |row| row.option)
        .text("in_scenario", |row| row.in_scenario)
        .maybe("objective", |row| row.held.objective)
        .maybe("regret", |row| row.held.regret)
        .flag("feasible", |row| Some(row.held.breaks.is_none()))
        .maybe("regret_share", |row| row.held.share)
        .text("breaks", |row| row.held.breaks.as_deref().unwrap_or_default())
        .finish(&TABLE)
}

/// An option over all scenarios.
pub struct OptionRegretRow<'a> {
    /// The scenario that it was found for.
    pub scenario: &'a str,
    /// Its number there.
    pub option: usize,
    /// How it holds.
    pub over_all: &'a OverAll,
    /// The number of scenarios that are compared.
    pub scenarios: usize,
    /// The scenario of its largest regret; none if there is none.
    pub worst_scenario: &'a str,
    /// True if it is the choice.
    pub is_choice: bool,
}

impl OptionRegretRow<'_> {
    /// Why it is the choice; none if it is not.
    pub fn choice(&self) -> &'static str {
        match (self.is_choice, self.over_all.feasible_in == self.scenarios) {
            (false, _) => "",
            (true, true) => "least largest regret",
            (true, false) => "feasible in most",
        }
    }
}

/// regret_by_option.csv of these rows.
///
/// # Errors
/// If the table cannot be made, which is an internal failure.
pub fn by_option_table(rows: &[OptionRegretRow<'_>]) -> Result<Option<ResultTable>, OutputError> {
    Columns::of(rows)
        .text("scenario", |row| row.scenario)
        .count("option", |row| row.option)
        .count("feasible_in", |row| row.over_all.feasible_in)
        .count("scenarios", |row| row.scenarios)
        .maybe("max_regret", |row| row.over_all.largest)
        .maybe("max_regret_share", |row| row.over_all.largest_share)
        .text("worst_scenario", |row| row.worst_scenario)
        .maybe("mean_regret", |row| row.over_all.mean)
        .text("choice", |row| row.choice())
        .finish(&BY_OPTION)
}
