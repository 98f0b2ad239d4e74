//! verification.csv: proofs of the tree search and of HiGHS about every option, each on its own.

use crate::domain::Portfolio;
use crate::optimise::{EngineAnswer, PlaceAnswers};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ResultColumn, TableKind, TableRows, count, flag, number, text};
use crate::output::error::OutputError;

/// verification.csv: two rows for each option, and for the place behind the last where the list is called whole.
pub const TABLE: TableKind = TableKind {
    file: "verification.csv",
    doc: "what the tree search and HiGHS prove about each option, and that nothing follows a list that is called whole",
    written: "if the batch says verify = \"both\"",
    columns: COLUMNS,
    begin: |view| {
        view.batch.cross_checks().then(|| Box::new(VerificationRows::default()) as Box<dyn TableRows<'_>>)
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("place", "place in the list of options, from 1"),
    text("engine", "search or highs"),
    text("status", "what it proves"),
    number("objective", "the best that it found for the place"),
    number("bound", "no selection for the place is better, it says; blank where it proved nothing"),
    flag("agree", "whether the answers and the option reported fit one another"),
    text("projects", "ids of what it found best, separated by `;`"),
];

/// Proof of one engine about one place.
struct Row<'a> {
    scenario: &'a str,
    place: &'a PlaceAnswers,
    answer: &'a EngineAnswer,
    projects: String,
}

impl Row<'_> {
    fn objective(&self) -> Option<f64> {
        self.answer.best.as_ref().map(|&(objective, _)| objective)
    }
}

/// The rows of verification.csv.
#[derive(Default)]
struct VerificationRows<'a> {
    rows: Vec<Row<'a>>,
}

impl<'a> TableRows<'a> for VerificationRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let portfolio = finished.valuation.portfolio();
        for place in finished.result.cross_check.iter().flatten() {
            self.rows.extend(place.answers.iter().map(|answer| Row {
                scenario: finished.scenario.name.as_str(),
                place,
                answer,
                projects: ids(portfolio, answer),
            }));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("place", |row| row.place.place)
            .text("engine", |row| row.answer.engine.as_str())
            .text("status", |row| row.answer.status.as_str())
            .maybe("objective", Row::objective)
            .number("bound", |row| row.answer.bound)
            .flag("agree", |row| Some(row.place.agree))
            .text("projects", |row| &row.projects)
            .finish(&TABLE)
    }
}

/// The ids of an engine's best selection, separated by `;`.
fn ids(portfolio: &Portfolio, answer: &EngineAnswer) -> String {
    let projects = answer.best.iter().flat_map(|(_, projects)| projects);
    let ids: Vec<&str> = projects.map(|&project| portfolio.projects()[project].id.as_str()).collect();
    ids.join(";")
}
