//! portfolios.csv and core_index.csv: the non-dominated portfolios of scenarios with incomplete weights, and the share
//! of them that holds each project.

use crate::domain::{Measure, Portfolio, ProjectIx};
use crate::engine::RobustOutcome;
use crate::optimise::{NonDominated, RobustPortfolio};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// Condition of both tables.
const WRITTEN: &str = "if the weights of a scenario are incomplete";

/// portfolios.csv. The first three columns are a contract with readers of the file.
pub const PORTFOLIOS: TableKind = TableKind {
    file: "portfolios.csv",
    doc: "each portfolio of a scenario with incomplete weights that no other dominates, whatever the admissible weights",
    written: WRITTEN,
    columns: &[
        text("scenario", "the scenario"),
        count("portfolio", "its number, from 1: the least max_regret first"),
        text("projects", "its projects, separated by `;`"),
        text("starts", "the periods in which they can start, in the same order"),
        number("cost", "its planned cost"),
        number(
            "strategic_value",
            "its strategic value under the mean of the vertices of the admissible weights",
        ),
        number(
            "max_regret",
            "the most that it can fall short of the best of these portfolios, over all admissible weights",
        ),
    ],
    begin: |view| has_any(view).then(|| Box::new(PortfolioRows::default()) as Box<_>),
};

/// core_index.csv. The first four columns are a contract with readers of the file.
pub const CORE_INDEX: TableKind = TableKind {
    file: "core_index.csv",
    doc: "the share of the non-dominated portfolios of portfolios.csv that holds each project",
    written: WRITTEN,
    columns: &[
        text("scenario", "the scenario"),
        text("project", "the project"),
        number("core_index", "the share of the portfolios that holds it"),
        text(
            "class",
            "core: in all of them; exterior: in none; borderline: in some, so that better knowledge of the weights \
             decides",
        ),
        text("name", "its name"),
        count("portfolios", "number of the portfolios"),
        text(
            "status",
            "optimal: these are all there are; feasible: a limit was met, and some may be missing",
        ),
        number(
            "shortfall",
            "whatever the admissible weights, each portfolio that is missing is worth at most this much more than \
             some listed one; blank where nothing is proven",
        ),
    ],
    begin: |view| has_any(view).then(|| Box::new(CoreRows::default()) as Box<_>),
};

/// The class of a project by its core index.
pub fn class_of(core_index: f64) -> &'static str {
    match core_index {
        share if share >= 1.0 => "core",
        share if share <= 0.0 => "exterior",
        _ => "borderline",
    }
}

fn has_any(view: &BatchView<'_>) -> bool {
    view.batch.scenarios().iter().any(|scenario| scenario.weights.polytope().is_some())
}

/// The portfolios of a finished scenario, if it has any.
fn found<'a>(finished: &FinishedScenario<'a, '_>) -> Option<&'a NonDominated> {
    let robust = finished.result.robust.as_ref().and_then(RobustOutcome::finished)?;
    Some(&robust.found).filter(|found| !found.portfolios.is_empty())
}

struct PortfolioRow<'a> {
    scenario: &'a str,
    number: usize,
    projects: String,
    starts: String,
    cost: f64,
    strategic_value: f64,
    max_regret: f64,
}

impl<'a> PortfolioRow<'a> {
    fn new(finished: &FinishedScenario<'a, '_>, place: usize, one: &RobustPortfolio) -> Self {
        let portfolio = finished.valuation.portfolio();
        let choices = one.selection.choices();
        let joined = |texts: Vec<&str>| texts.join(";");
        let starts = choices.iter().map(|choice| portfolio.horizon().label(choice.start).as_str());
        Self {
            scenario: finished.scenario.name.as_str(),
            number: place + 1,
            projects: joined(one.selection.projects().map(|project| id(portfolio, project)).collect()),
            starts: joined(starts.collect()),
            cost: finished.valuation.total(Measure::Cost, &one.selection),
            strategic_value: finished.valuation.total(Measure::StrategicValue, &one.selection),
            max_regret: one.max_regret,
        }
    }
}

fn id(portfolio: &Portfolio, project: ProjectIx) -> &str {
    portfolio.projects()[project].id.as_str()
}

#[derive(Default)]
struct PortfolioRows<'a> {
    rows: Vec<PortfolioRow<'a>>,
}

impl<'a> TableRows<'a> for PortfolioRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let portfolios = found(finished).map_or(&[][..], |found| &found.portfolios);
        let rows = portfolios.iter().enumerate();
        self.rows.extend(rows.map(|(place, one)| PortfolioRow::new(finished, place, one)));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("portfolio", |row| row.number)
            .text("projects", |row| &row.projects)
            .text("starts", |row| &row.starts)
            .number("cost", |row| row.cost)
            .number("strategic_value", |row| row.strategic_value)
            .number("max_regret", |row| row.max_regret)
            .finish(&PORTFOLIOS)
    }
}

struct CoreRow<'a> {
    scenario: &'a str,
    project: &'a str,
    name: &'a str,
    core_index: f64,
    found: &'a NonDominated,
}

#[derive(Default)]
struct CoreRows<'a> {
    rows: Vec<CoreRow<'a>>,
}

impl<'a> TableRows<'a> for CoreRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let Some(found) = found(finished) else { return };
        let projects = finished.valuation.portfolio().projects();
        let indices = found.core_indices(projects.len());
        self.rows.extend(projects.iter().zip(&indices).map(|(project, &core_index)| CoreRow {
            scenario: finished.scenario.name.as_str(),
            project: project.id.as_str(),
            name: &project.name,
            core_index,
            found,
        }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("project", |row| row.project)
            .number("core_index", |row| row.core_index)
            .text("class", |row| class_of(row.core_index))
            .text("name", |row| row.name)
            .count("portfolios", |row| row.found.portfolios.len())
            .text("status", |row| row.found.status.as_str())
            .number("shortfall", |row| row.found.shortfall)
            .finish(&CORE_INDEX)
    }
}
