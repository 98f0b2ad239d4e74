//! attribution.csv and information.csv: where the risk of an option comes from, and what it would be worth to know it.

use crate::domain::{Detailed, Portfolio};
use crate::simulate::{Attribution, Information, RiskSource, SharedCause};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// attribution.csv. The first nine columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "attribution.csv",
    doc: "where the risk of an option comes from: of that which is ranked first, or of all, as [simulation] details says",
    written: WRITTEN,
    columns: COLUMNS,
    begin: |view| told(view).then(|| Box::new(AttributionRows::new(view)) as Box<_>),
};

const WRITTEN: &str = "if something is uncertain, unless the batch says [simulation] details = \"none\"";

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("source", "id of the project, driver or risk event"),
    text("kind", "`project`: what is its own; `driver`, `risk`: what projects owe to it"),
    number(
        "variance_share_npv",
        "its part of the variance of NPV; the parts of an option sum to 1; below 0 where it hedges",
    ),
    number("variance_share_cost", "its part of the variance of the cost"),
    number(
        "delta_mean_npv",
        "by how much the mean NPV changes on the same trials if the source is switched off: the project is as planned, the \
         driver stands at its median, the event does not occur",
    ),
    number("delta_p80_cost", "by how much the 80th percentile of the cost changes then"),
    number("delta_cvar_npv", "by how much the mean of the worst NPVs changes then"),
    text("name", "name of the project, driver or risk event"),
];

/// information.csv.
pub const INFORMATION: TableKind = TableKind {
    file: "information.csv",
    doc: "what it would be worth to know a source of risk before an option of the scenario is chosen, by what says which is \
          the best in a trial (p_best), among the options that were found; sources that would not change the choice are left out",
    written: WRITTEN,
    columns: INFORMATION_COLUMNS,
    begin: |view| told(view).then(|| Box::new(InformationRows::new(view)) as Box<_>),
};

const INFORMATION_COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("source", "id of the project, driver or risk event"),
    text("kind", "`project`, `driver` or `risk`"),
    number(
        "value_of_information",
        "by how much the mean of what is then chosen would rise (expected value of partial perfect information)",
    ),
    number("value_of_information_se", "standard error of it"),
    number("p_another", "probability that another option would then be chosen"),
    number("p_another_se", "standard error of it"),
    count("instead", "the option that would most often be chosen instead"),
    text("name", "name of the project, driver or risk event"),
];

fn told(view: &BatchView<'_>) -> bool {
    let simulates = view.batch.scenarios().iter().any(|scenario| scenario.simulate);
    simulates && view.portfolio.is_uncertain() && view.batch.detailed() != Detailed::None
}

/// Id, kind and name of a source.
fn told_source(source: RiskSource, portfolio: &Portfolio) -> [&str; 3] {
    match source {
        RiskSource::Project(project) => {
            let project = &portfolio.projects()[project];
            [project.id.as_str(), "project", &project.name]
        }
        RiskSource::Shared(SharedCause::Driver(driver)) => {
            let driver = &portfolio.drivers()[driver];
            [driver.id.as_str(), "driver", &driver.name]
        }
        RiskSource::Shared(SharedCause::Event(event)) => {
            let event = &portfolio.risks().events()[event];
            [event.id.as_str(), "risk", &event.name]
        }
    }
}

struct AttributionRow<'a> {
    scenario: &'a str,
    option: usize,
    source: [&'a str; 3],
    one: Attribution,
}

/// The rows of attribution.csv.
struct AttributionRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<AttributionRow<'a>>,
}

impl<'a> AttributionRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for AttributionRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let portfolio = self.portfolio;
        for option in &finished.result.attribution {
            let row = |one: &Attribution| AttributionRow {
                scenario: finished.scenario.name.as_str(),
                option: option.option,
                source: told_source(one.source, portfolio),
                one: *one,
            };
            self.rows.extend(option.sources.iter().map(row));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("option", |row| row.option)
            .text("source", |row| row.source[0])
            .text("kind", |row| row.source[1])
            .maybe("variance_share_npv", |row| row.one.npv_share)
            .maybe("variance_share_cost", |row| row.one.cost_share)
            .number("delta_mean_npv", |row| row.one.without.mean_npv)
            .number("delta_p80_cost", |row| row.one.without.p80_cost)
            .number("delta_cvar_npv", |row| row.one.without.cvar_npv)
            .text("name", |row| row.source[2])
            .finish(&TABLE)
    }
}

struct InformationRow<'a> {
    scenario: &'a str,
    source: [&'a str; 3],
    one: Information,
    instead: usize,
}

/// The rows of information.csv.
struct InformationRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<InformationRow<'a>>,
}

impl<'a> InformationRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for InformationRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let portfolio = self.portfolio;
        let options = &finished.result.options;
        let row = |one: &Information| InformationRow {
            scenario: finished.scenario.name.as_str(),
            source: told_source(one.source, portfolio),
            one: *one,
            instead: options[one.instead].number,
        };
        self.rows.extend(finished.result.information.iter().map(row));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("source", |row| row.source[0])
            .text("kind", |row| row.source[1])
            .number("value_of_information", |row| row.one.value.value)
            .number("value_of_information_se", |row| row.one.value.error)
            .number("p_another", |row| row.one.another.value)
            .number("p_another_se", |row| row.one.another.error)
            .count("instead", |row| row.instead)
            .text("name", |row| row.source[2])
            .finish(&INFORMATION)
    }
}
