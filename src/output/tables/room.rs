//! room.csv: how much freedom there is near the best of every scenario.

use crate::domain::{Grouping, Portfolio};
use crate::optimise::{ItemRoom, RoomEnd, RoomItem};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;

/// room.csv. The first six columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "room.csv",
    doc: "least and most of every measure, group and project among all selections of a scenario whose objective is within \
          a part of the best known",
    written: "if the batch has a section [room]",
    columns: COLUMNS,
    begin: |view| view.batch.room().is_some().then(|| Box::new(RoomRows::new(view)) as _),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("kind", "measure, group or project"),
    text(
        "item",
        "name of the measure; grouping and group (`category=growth`): what its projects cost themselves, or what is spent \
         on its lines; id of the project",
    ),
    number(
        "least",
        "the least that a selection near the best was found to have; of a project 0 if one leaves it out",
    ),
    number("most", "the most; of a project 1 if one has it"),
    text(
        "class",
        "of a project: must-have (all selections near the best have it), must-avoid (none has), free (some have); blank \
         where that is not proven, and for what is no project",
    ),
    number("least_bound", "no selection near the best has less; blank where nothing is proven"),
    number("most_bound", "no selection near the best has more; blank where nothing is proven"),
    text("name", "name of the project"),
];

struct Row<'a> {
    scenario: &'a str,
    room: &'a ItemRoom,
    kind: &'static str,
    item: String,
    name: &'a str,
}

impl Row<'_> {
    fn class(&self) -> &'static str {
        let RoomItem::Project(_) = self.room.item else { return "" };
        let (least, most) = (self.room.least, self.room.most);
        match (least.value, most.value) {
            (0.0, 1.0) => "free",
            (1.0, _) if least.bound == Some(1.0) => "must-have",
            (_, 0.0) if most.bound == Some(0.0) => "must-avoid",
            _ => "",
        }
    }
}

/// The rows of room.csv.
struct RoomRows<'a> {
    portfolio: &'a Portfolio,
    groupings: &'a [Grouping],
    rows: Vec<Row<'a>>,
}

impl<'a> RoomRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, groupings: view.batch.groupings(), rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for RoomRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let scenario = finished.scenario.name.as_str();
        for room in finished.result.reasons.room.iter().flatten() {
            let (kind, item, name) = match &room.item {
                RoomItem::Measure(measure) => ("measure", measure.name(self.portfolio), ""),
                RoomItem::Group(grouping, group) => {
                    ("group", format!("{}={group}", self.groupings[*grouping].name()), "")
                }
                RoomItem::Project(project) => {
                    let told = &self.portfolio.projects()[*project];
                    ("project", told.id.to_string(), told.name.as_str())
                }
            };
            self.rows.push(Row { scenario, room, kind, item, name });
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let bound = |end: RoomEnd| end.bound;
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("kind", |row| row.kind)
            .text("item", |row| &row.item)
            .number("least", |row| row.room.least.value)
            .number("most", |row| row.room.most.value)
            .text("class", |row| row.class())
            .maybe("least_bound", |row| bound(row.room.least))
            .maybe("most_bound", |row| bound(row.room.most))
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}
