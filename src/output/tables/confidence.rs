//! confidence.csv: how surely each option keeps the limits that hold with a confidence.

use crate::domain::{Assumptions, Confidence, NamedLimit};
use crate::engine::HeldRisk;

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// confidence.csv. The first nine columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "confidence.csv",
    doc: "how surely each option keeps the limits that hold in simulated futures with a confidence",
    written: "if a limit of any scenario has a confidence",
    columns: COLUMNS,
    begin: |view| {
        // Parts of a batch know the assumptions of the whole.
        let mut keys = view.batch.assumptions().relative_limits.iter().map(|(_, key)| *key);
        keys.any(|key| key == Assumptions::CONFIDENCE).then(|| Box::new(ConfidenceRows::default()) as _)
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("limit", "name of the limit"),
    text("period", "the period whose budget or capacity it is; blank for an amount of several periods"),
    text(
        "kind",
        "what the confidence means: cvar (on average over the worst futures, as many as the confidence leaves, the amount is \
         within the limit) or chance (in at least this share of the futures it is); `joint` where all periods hold in the same \
         futures",
    ),
    number("asked", "the confidence that is asked for"),
    number(
        "in_sample",
        "share of the futures in which it holds, of those that the search saw (decision_trials)",
    ),
    number(
        "out_of_sample",
        "the same of the simulation that is reported (trials), which the search did not see; blank where nothing is simulated",
    ),
    number("out_of_sample_se", "its standard error, as if futures were independent"),
    number("most", "the largest amount; blank where several periods have one each"),
    number(
        "tail_in_sample",
        "mean amount over the worst futures, as many as the confidence leaves, of those that the search saw; of several \
         periods that of the worst",
    ),
    number("tail_out_of_sample", "the same of the simulation that is reported"),
];

struct Row<'a> {
    scenario: &'a str,
    limit: &'a NamedLimit,
    period: String,
    kind: String,
    asked: Option<f64>,
    risk: &'a HeldRisk,
}

/// The rows of confidence.csv.
#[derive(Default)]
struct ConfidenceRows<'a> {
    rows: Vec<Row<'a>>,
}

impl<'a> TableRows<'a> for ConfidenceRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let scenario = finished.scenario;
        let horizon = finished.valuation.portfolio().horizon();
        // By rank, as in all tables of options.
        for option in &finished.result.options {
            let own = finished.result.held.iter().filter(|risk| risk.option == option.number);
            self.rows.extend(own.map(|risk| {
                let limit = &scenario.named_limits[risk.limit];
                let confidence = limit.held().map(|held| held.confidence);
                Row {
                    scenario: scenario.name.as_str(),
                    limit,
                    period: risk.period.map_or_else(String::new, |period| horizon.label(period).to_string()),
                    kind: confidence.map(kind).unwrap_or_default(),
                    asked: confidence.map(Confidence::level),
                    risk,
                }
            }));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("option", |row| row.risk.option)
            .text("limit", |row| row.limit.name().as_str())
            .text("period", |row| &row.period)
            .text("kind", |row| &row.kind)
            .maybe("asked", |row| row.asked)
            .number("in_sample", |row| row.risk.in_sample.holds)
            .maybe("out_of_sample", |row| Some(row.risk.out_of_sample?.holds))
            .maybe("out_of_sample_se", |row| Some(row.risk.out_of_sample?.holds_error()))
            .maybe("most", |row| row.risk.most)
            .number("tail_in_sample", |row| row.risk.in_sample.tail)
            .maybe("tail_out_of_sample", |row| Some(row.risk.out_of_sample?.tail))
            .finish(&TABLE)
    }
}

/// `cvar`, `chance`, `cvar joint`.
fn kind(confidence: Confidence) -> String {
    let joint = if confidence.is_joint() { " joint" } else { "" };
    format!("{}{joint}", confidence.risk().as_str())
}
