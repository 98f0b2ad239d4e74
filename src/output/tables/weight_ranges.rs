//! weight_ranges.csv: how far the weight of each objective may move while option 1 stays the best.

use crate::domain::{Portfolio, ProjectIx};
use crate::engine::RunOutcome;
use crate::optimise::{RangeEnd, SolveStatus, WeightRange};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;

/// weight_ranges.csv. The first nine columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "weight_ranges.csv",
    doc: "the interval of each objective's weight over which option 1 stays the best, the others rescaled in proportion",
    written: "if the batch says [report] weight_ranges = true",
    columns: COLUMNS,
    begin: |view| view.batch.finds_weight_ranges().then(|| Box::new(RangeRows::default()) as Box<_>),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("objective", "the objective, at any level"),
    number("weight", "its weight, as a share of the whole"),
    number("low", "the least weight at which option 1 is the best; 0 if no lower one changes that"),
    number("high", "the largest weight at which option 1 is the best; 1 if no larger one changes that"),
    text("enters_low", "projects that the selection which is better below has and option 1 lacks"),
    text("leaves_low", "projects of option 1 that it lacks"),
    text("enters_high", "projects that the selection which is better above has and option 1 lacks"),
    text("leaves_high", "projects of option 1 that it lacks"),
    text("status", "optimal, or feasible if a limit was met before the gap was proven at both ends"),
    text("name", "name of the objective"),
];

struct RangeRow<'a> {
    scenario: &'a str,
    objective: &'a str,
    name: &'a str,
    range: &'a WeightRange,
    /// Projects as in the columns: enter and leave at the lower end, enter and leave at the upper.
    projects: [String; 4],
}

#[derive(Default)]
struct RangeRows<'a> {
    rows: Vec<RangeRow<'a>>,
}

impl<'a> TableRows<'a> for RangeRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let portfolio = finished.valuation.portfolio();
        let ranges = finished.result.weight_ranges.as_ref().and_then(RunOutcome::finished);
        self.rows.extend(ranges.into_iter().flatten().map(|range| {
            let objective = &portfolio.objectives().objectives()[range.objective];
            let (low, high) = (&range.low, &range.high);
            RangeRow {
                scenario: finished.scenario.name.as_str(),
                objective: objective.id.as_str(),
                name: &objective.name,
                range,
                projects: [&low.enters, &low.leaves, &high.enters, &high.leaves]
                    .map(|ids| joined(portfolio, ids)),
            }
        }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("objective", |row| row.objective)
            .number("weight", |row| row.range.weight)
            .number("low", |row| row.range.low.weight)
            .number("high", |row| row.range.high.weight)
            .text("enters_low", |row| &row.projects[0])
            .text("leaves_low", |row| &row.projects[1])
            .text("enters_high", |row| &row.projects[2])
            .text("leaves_high", |row| &row.projects[3])
            .text("status", |row| status(&row.range.low, &row.range.high).as_str())
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}

fn joined(portfolio: &Portfolio, projects: &[ProjectIx]) -> String {
    let ids = projects.iter().map(|&project| portfolio.projects()[project].id.as_str());
    ids.collect::<Vec<_>>().join(";")
}

fn status(low: &RangeEnd, high: &RangeEnd) -> SolveStatus {
    SolveStatus::of_found([low, high].iter().all(|end| end.status == SolveStatus::Optimal))
}
