//! changes.csv: how each option departs from the current plan.

use crate::domain::{CurrentPlan, Portfolio};

use super::columns::Columns;
use super::{OptionView, ResultTable};
use crate::output::error::OutputError;

/// One project that an option adds, drops or moves.
struct ChangeRow<'a> {
    view: OptionView<'a>,
    project: &'a str,
    name: &'a str,
    change: &'static str,
    from: &'a str,
    to: &'a str,
}

/// The rows of changes.csv.
#[derive(Default)]
pub struct ChangeRows<'a> {
    rows: Vec<ChangeRow<'a>>,
}

impl<'a> ChangeRows<'a> {
    /// Adds the changes of an option.
    pub fn add(&mut self, view: OptionView<'a>, portfolio: &'a Portfolio, plan: &CurrentPlan) {
        let label =
            |start: Option<usize>| start.map_or("", |start| portfolio.horizon().label(start).as_str());
        for (position, project) in portfolio.projects().iter().enumerate() {
            let agreed = plan.start(position);
            let start = view.option.found.selection.choice(position).map(|choice| choice.start);
            if !plan.is_change(position, start) {
                continue;
            }
            let change = match (agreed, start) {
                (None, _) => "start",
                (_, None) => "stop",
                _ => "move",
            };
            self.rows.push(ChangeRow {
                view,
                project: project.id.as_str(),
                name: &project.name,
                change,
                from: label(agreed),
                to: label(start),
            });
        }
    }

    /// changes.csv.
    pub fn table(&self) -> Result<ResultTable, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("project", |row| row.project)
            .text("change", |row| row.change)
            .text("from", |row| row.from)
            .text("to", |row| row.to)
            .text("name", |row| row.name)
            .finish("changes.csv")
    }
}
