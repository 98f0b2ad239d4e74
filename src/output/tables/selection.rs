//! selection.csv: the projects of options and of points of frontiers.

use crate::domain::{Choice, Portfolio, Selection};
use crate::finance::Valuation;

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, PointView, ResultTable};
use super::kind::{ALWAYS, ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;

/// selection.csv.
pub const TABLE: TableKind = TableKind {
    file: "selection.csv",
    doc: "each chosen project of an option, or of a point of the frontier",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |_| Some(Box::new(SelectionRows::default())),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("option", "number of the option, or name of the point"),
    text("project", "id of the project"),
    text("start", "the period in which it starts"),
    number("fraction", "the share of it that is funded"),
    text(
        "end",
        "the last period in which it spends or demands anything; blank if there is none within the horizon",
    ),
    text("name", "name of the project"),
];

/// One chosen project of an option, of a point of the frontier, or of a cut line.
pub struct SelectionRow<'a> {
    scenario: &'a str,
    option: String,
    project: &'a str,
    start: &'a str,
    fraction: f64,
    end: &'a str,
    name: &'a str,
}

impl<'a> SelectionRow<'a> {
    /// A row per project of a selection, under the name of its option or point; blank where it has none.
    pub fn all_of(option: &str, selection: &Selection, valuation: &Valuation<'a>) -> Vec<Self> {
        let portfolio: &'a Portfolio = valuation.portfolio();
        let periods = portfolio.horizon().periods();
        let of_choice = |choice: &Choice| {
            let project = &portfolio.projects()[choice.project];
            let end = valuation.plan(choice.project, choice.start).end;
            Self {
                scenario: valuation.scenario().name.as_str(),
                option: option.to_owned(),
                project: project.id.as_str(),
                start: portfolio.horizon().label(choice.start).as_str(),
                fraction: choice.share.value(),
                end: end.and_then(|end| periods.get(end)).map_or("", |period| period.as_str()),
                name: &project.name,
            }
        };
        selection.choices().iter().map(of_choice).collect()
    }

    /// The columns of rows: with the name of the option, or without.
    pub fn columns(rows: &[Self], has_option: bool) -> Columns<'_, Self> {
        let columns = Columns::of(rows).text("scenario", |row| row.scenario);
        let columns = if has_option { columns.text("option", |row| &row.option) } else { columns };
        columns
            .text("project", |row| row.project)
            .text("start", |row| row.start)
            .number("fraction", |row| row.fraction)
            .text("end", |row| row.end)
            .text("name", |row| row.name)
    }
}

/// The rows of selection.csv.
#[derive(Default)]
struct SelectionRows<'a> {
    rows: Vec<SelectionRow<'a>>,
}

impl<'a> TableRows<'a> for SelectionRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let (name, selection) = (view.option.number.to_string(), &view.option.found.selection);
        self.rows.extend(SelectionRow::all_of(&name, selection, finished.valuation));
    }

    fn point(&mut self, view: &PointView<'a>, finished: &FinishedScenario<'a, '_>) {
        self.rows.extend(SelectionRow::all_of(&view.name, &view.point.selection, finished.valuation));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        SelectionRow::columns(&self.rows, true).finish(&TABLE)
    }
}
