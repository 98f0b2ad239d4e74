//! verification.csv: what the tree search and HiGHS prove about every option, each on its own.

use crate::domain::{Batch, Portfolio};
use crate::engine::{BatchResult, ScenarioOutcome};
use crate::optimise::{EngineAnswer, PlaceAnswers};

use super::ResultTable;
use super::columns::Columns;
use crate::output::error::OutputError;

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

/// verification.csv: two rows for each option, and for the place behind the last where the list is called whole.
pub fn verification_table(
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
) -> Result<ResultTable, OutputError> {
    let mut rows = Vec::new();
    for (scenario, outcome) in batch.scenarios().iter().zip(&result.scenarios) {
        let ScenarioOutcome::Finished(finished) = outcome else { continue };
        for place in finished.cross_check.iter().flatten() {
            rows.extend(place.answers.iter().map(|answer| Row {
                scenario: scenario.name.as_str(),
                place,
                answer,
                projects: ids(portfolio, answer),
            }));
        }
    }
    Columns::of(&rows)
        .text("scenario", |row| row.scenario)
        .count("place", |row| row.place.place)
        .text("engine", |row| row.answer.engine.as_str())
        .text("status", |row| row.answer.status.as_str())
        .maybe("objective", Row::objective)
        .number("bound", |row| row.answer.bound)
        .flag("agree", |row| Some(row.place.agree))
        .text("projects", |row| &row.projects)
        .finish("verification.csv")
}

/// The ids of what an engine found best, separated by `;`.
fn ids(portfolio: &Portfolio, answer: &EngineAnswer) -> String {
    let projects = answer.best.iter().flat_map(|(_, projects)| projects);
    let ids: Vec<&str> = projects.map(|&project| portfolio.projects()[project].id.as_str()).collect();
    ids.join(";")
}
