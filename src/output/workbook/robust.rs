//! Sheets on weights that are not known in full: core indices, and how far weights may move.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::lists::{Shown, list};
use super::sheet::{Form, Styles};
use crate::output::results::Results;

const CORE_INDEX: [Shown; 8] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Project", Form::Words, 34.0),
    ("project", "Id", Form::Text, 10.0),
    ("core_index", "Core index", Form::Share, 10.0),
    ("class", "Class", Form::Text, 12.0),
    ("portfolios", "Portfolios", Form::Count, 10.0),
    ("status", "Status", Form::Text, 10.0),
    ("shortfall", "A missing one is worth at most this more", Form::Amount, 16.0),
];

const RANGES: [Shown; 11] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Objective", Form::Words, 34.0),
    ("objective", "Id", Form::Text, 14.0),
    ("weight", "Weight in the whole", Form::Share, 10.0),
    ("low", "From", Form::Share, 9.0),
    ("high", "To", Form::Share, 9.0),
    ("enters_low", "Enters below", Form::Words, 24.0),
    ("leaves_low", "Leaves below", Form::Words, 24.0),
    ("enters_high", "Enters above", Form::Words, 24.0),
    ("leaves_high", "Leaves above", Form::Words, 24.0),
    ("status", "Status", Form::Text, 10.0),
];

/// The share of the good portfolios that holds each project, whatever the admissible weights.
pub fn core_index(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Which projects are in every good portfolio, whatever the admissible weights",
        "Of the portfolios that no other dominates (portfolios.csv): core in all, borderline in some, exterior in none.",
    ];
    list((styles, results), "Core index", told, &CORE_INDEX, &results.core_index)
}

/// The interval of each weight over which option 1 stays the best.
pub fn ranges(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "How far each weight may move while option 1 stays the best",
        "The other weights are rescaled in proportion. Beyond an end another selection is better: what enters and what leaves.",
    ];
    list((styles, results), "Weight ranges", told, &RANGES, &results.weight_ranges)
}
