//! futures.csv and perfect_information.csv: the best selection in each of some futures, and what it would be worth to know
//! them before projects are chosen.

use crate::domain::Portfolio;
use crate::engine::{PerfectInformation, RiskAnswers, gain_in};
use crate::optimise::BestInFuture;

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

const WRITTEN: &str = "if [simulation] solve_in_futures asks for it, and a scenario is simulated";

/// futures.csv.
pub const FUTURES: TableKind = TableKind {
    file: "futures.csv",
    doc: "the best selection of a scenario in one trial of the simulation, if all that is drawn in it were known before projects \
          are chosen",
    written: WRITTEN,
    columns: FUTURE_COLUMNS,
    begin: |view| is_told(view).then(|| Box::new(FutureRows::new(view)) as Box<_>),
};

const FUTURE_COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("trial", "number of the trial, from 1"),
    text(
        "status",
        "optimal if it is proven within the gap; feasible: a limit was met first; infeasible: no selection keeps the limits in \
         this future; unknown: a limit was met before one was found",
    ),
    number("objective", "the objective of the best selection, in this future"),
    number("bound", "no selection is better in this future than this"),
    number("gap", "how far the bound may be from the objective, as a part of it"),
    count("projects", "number of projects chosen; 0 where there is no selection"),
    number("option_1", "the objective of option 1 in this future; blank where it breaks a limit there"),
    number("gain", "by how much the best selection is better there; blank where either is missing"),
    text("chosen", "ids of the projects, separated by `;`"),
];

/// perfect_information.csv.
pub const PERFECT_INFORMATION: TableKind = TableKind {
    file: "perfect_information.csv",
    doc: "how many futures of a scenario were solved, and what it would be worth to know the future before projects are chosen",
    written: WRITTEN,
    columns: INFORMATION_COLUMNS,
    begin: |view| is_told(view).then(|| Box::new(InformationRows { rows: Vec::new() }) as Box<_>),
};

const INFORMATION_COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("futures", "number of futures that were solved"),
    count("infeasible", "of them, those in which no selection keeps the limits"),
    count("unfinished", "of them, those whose search met a limit: another selection may be better"),
    count(
        "compared",
        "futures in which the best selection is compared with option 1: in the others it breaks a limit, or nothing was found",
    ),
    number(
        "perfect_information",
        "mean gain over the compared futures (expected value of perfect information); blank where the objective is no money, or \
         fewer than two are compared",
    ),
    number("perfect_information_se", "its standard error, as of independent futures"),
];

fn is_told(view: &BatchView<'_>) -> bool {
    view.batch.futures() > 0 && view.batch.scenarios().iter().any(|scenario| scenario.simulate)
}

struct FutureRow<'a> {
    scenario: &'a str,
    trial: usize,
    one: &'a BestInFuture,
    gain: Option<f64>,
    chosen: String,
}

/// The rows of futures.csv.
struct FutureRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<FutureRow<'a>>,
}

impl<'a> FutureRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for FutureRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let (scenario, portfolio) = (finished.scenario, self.portfolio);
        let chosen = |one: &BestInFuture| {
            let projects = one.best.iter().flat_map(|best| best.selection.projects());
            let ids = projects.map(|project| portfolio.projects()[project].id.as_str());
            ids.collect::<Vec<_>>().join(";")
        };
        let row = |(trial, one): (usize, &'a BestInFuture)| FutureRow {
            scenario: scenario.name.as_str(),
            trial: trial + 1,
            one,
            gain: gain_in(one, &scenario.goal),
            chosen: chosen(one),
        };
        self.rows.extend(finished.result.answers.futures.iter().enumerate().map(row));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("trial", |row| row.trial)
            .text("status", |row| row.one.status.as_str())
            .maybe("objective", |row| Some(row.one.best.as_ref()?.objective))
            .maybe("bound", |row| Some(row.one.best.as_ref()?.bound))
            .maybe("gap", |row| Some(row.one.best.as_ref()?.gap))
            .count("projects", |row| row.one.best.as_ref().map_or(0, |best| best.selection.len()))
            .maybe("option_1", |row| row.one.as_decided)
            .maybe("gain", |row| row.gain)
            .text("chosen", |row| &row.chosen)
            .finish(&FUTURES)
    }
}

struct InformationRow<'a> {
    scenario: &'a str,
    answers: &'a RiskAnswers,
    compared: usize,
    information: Option<PerfectInformation>,
}

/// The rows of perfect_information.csv.
struct InformationRows<'a> {
    rows: Vec<InformationRow<'a>>,
}

impl<'a> TableRows<'a> for InformationRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let (scenario, answers) = (finished.scenario, &finished.result.answers);
        if answers.futures.is_empty() {
            return;
        }
        self.rows.push(InformationRow {
            scenario: scenario.name.as_str(),
            answers,
            compared: answers.futures.iter().filter_map(|one| gain_in(one, &scenario.goal)).count(),
            information: answers.perfect_information(&scenario.goal),
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("futures", |row| row.answers.futures.len())
            .count("infeasible", |row| row.answers.infeasible())
            .count("unfinished", |row| row.answers.open())
            .count("compared", |row| row.compared)
            .maybe("perfect_information", |row| Some(row.information?.value.value))
            .maybe("perfect_information_se", |row| Some(row.information?.value.error))
            .finish(&PERFECT_INFORMATION)
    }
}
