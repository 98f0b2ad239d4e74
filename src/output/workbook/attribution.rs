//! Sheets on sources of risk: where it comes from, and what it would be worth to know.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::lists::{Shown, list};
use super::sheet::{Form, Styles};
use crate::output::results::Results;

const ATTRIBUTION: [Shown; 9] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Source", Form::Words, 34.0),
    ("source", "Id", Form::Text, 12.0),
    ("kind", "Kind", Form::Text, 9.0),
    ("variance_share_npv", "Of the variance of NPV", Form::Share, 12.0),
    ("variance_share_cost", "Of the variance of cost", Form::Share, 12.0),
    ("delta_mean_npv", "Mean NPV without it", Form::Money, 14.0),
    ("delta_cvar_npv", "Mean of the worst NPVs without it", Form::Money, 14.0),
    ("delta_p80_cost", "P80 of the cost without it", Form::Money, 14.0),
];

const INFORMATION: [Shown; 8] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Source", Form::Words, 34.0),
    ("source", "Id", Form::Text, 12.0),
    ("kind", "Kind", Form::Text, 9.0),
    ("value_of_information", "Worth knowing", Form::Amount, 14.0),
    ("value_of_information_se", "± standard error", Form::Amount, 12.0),
    ("p_another", "P(another option is then chosen)", Form::Share, 14.0),
    ("instead", "Most often option", Form::Count, 10.0),
];

/// Where the risk of the first option of every scenario comes from.
pub fn attribution(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Where the risk of the first-ranked options comes from",
        "Parts of an option sum to 100 %; below 0 a source hedges. Without it: the change on the same trials if the project runs as planned, or the driver stands at its median.",
    ];
    list((styles, results), "Attribution", told, &ATTRIBUTION, &results.attribution)
}

/// What it would be worth to know a source of risk before an option is chosen.
pub fn information(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Which estimate would be worth knowing before the decision",
        "By how much the mean of what is then chosen among the options would rise; sources that would not change the choice are left out.",
    ];
    list((styles, results), "Information", told, &INFORMATION, &results.information)
}
