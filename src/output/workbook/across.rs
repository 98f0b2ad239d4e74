//! What holds over all scenarios: projects, and options.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::lists::{Shown, list};
use super::sheet::{Form, Styles};
use crate::output::results::Results;

const ROBUSTNESS: [Shown; 9] = [
    ("project", "Id", Form::Text, 10.0),
    ("name", "Project", Form::Words, 34.0),
    ("class", "Class", Form::Text, 12.0),
    ("frequency", "Part of the scenarios that fund it", Form::Share, 12.0),
    ("funded_in", "Scenarios that fund it", Form::Count, 10.0),
    ("scenarios", "of", Form::Count, 8.0),
    ("max_regret", "Largest loss if decided the other way", Form::Amount, 14.0),
    ("max_regret_in", "Largest loss if funded in all", Form::Amount, 14.0),
    ("max_regret_out", "Largest loss if left out in all", Form::Amount, 14.0),
];

const REGRET: [Shown; 9] = [
    ("scenario", "Found for scenario", Form::Text, 24.0),
    ("option", "Option", Form::Count, 7.0),
    ("choice", "Choice", Form::Text, 20.0),
    ("feasible_in", "Scenarios whose limits it keeps", Form::Count, 12.0),
    ("scenarios", "of", Form::Count, 8.0),
    ("max_regret", "Largest regret", Form::Amount, 14.0),
    ("max_regret_share", "Largest regret, part of the best", Form::Share, 12.0),
    ("mean_regret", "Mean regret", Form::Amount, 14.0),
    ("worst_scenario", "Where it is largest", Form::Text, 24.0),
];

/// Projects over all scenarios; `None` if there is one.
pub fn robustness(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Which projects are funded whatever holds",
        "Option 1 of each scenario: core (all fund it), borderline (some), exterior (none). A loss is in units of the objective; blank where it is not known.",
    ];
    list((styles, results), "Robustness", told, &ROBUSTNESS, &results.robustness)
}

/// Options over all scenarios; `None` if there is one.
pub fn regret(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "How each option holds in all scenarios",
        "Regret: what it loses there against the best selection known. Choice: feasible in all with the least largest regret, or else feasible in most.",
    ];
    list((styles, results), "Regret", told, &REGRET, &results.regrets)
}
