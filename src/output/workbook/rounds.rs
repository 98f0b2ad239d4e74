//! A workbook of what parts two rounds: who goes in, out and moves, and why; the figures of each scenario before and
//! after; what it assumes otherwise; what changed in the input.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use crate::output::error::OutputError;
use crate::output::saved::{AssumptionChange, BeforeAfter, Chosen, Rounds, SavedOption, ScenarioChange};

use super::book::whole;
use super::sheet::{Column, Form, Sheet, Styles};

/// The change of the input to which a change of a project is put down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeReason {
    /// The scenario, by its name in the second round.
    pub scenario: String,
    /// Id of the project.
    pub project: String,
    /// What it comes from, in words.
    pub because: String,
}

/// The bytes of a workbook (`.xlsx`) of what parts two rounds. `reasons` is `None` if nobody asked why.
///
/// # Errors
/// If the workbook cannot be made.
pub fn rounds_workbook(rounds: &Rounds, reasons: Option<&[ChangeReason]>) -> Result<Vec<u8>, OutputError> {
    let bytes = sheets(rounds, reasons).and_then(|mut workbook| workbook.save_to_buffer());
    bytes.map_err(|cause| OutputError::Table { table: "What changed".to_owned(), cause: cause.to_string() })
}

fn sheets(rounds: &Rounds, reasons: Option<&[ChangeReason]>) -> Result<Workbook, XlsxError> {
    let title = match rounds.before == rounds.after {
        true => rounds.after.clone(),
        false => format!("{} → {}", rounds.before, rounds.after),
    };
    let styles = Styles::new(&title, rounds.currency.as_deref());
    let sheets: [Option<Worksheet>; 5] = [
        Some(projects(&styles, &title, rounds, reasons)?),
        scenarios(&styles, rounds)?,
        assumptions(&styles, rounds)?,
        cases(&styles, rounds)?,
        input(&styles, rounds)?,
    ];
    whole(&title, sheets)
}

// ---- What changed ---------------------------------------------------------------------------------------------------

/// A change of one project in one scenario.
struct ProjectChange<'r> {
    change: &'static str,
    before: Option<&'r Chosen>,
    after: Option<&'r Chosen>,
}

impl ProjectChange<'_> {
    fn project(&self) -> Option<&Chosen> {
        self.after.or(self.before)
    }
}

fn changes_of(scenario: &ScenarioChange) -> Vec<ProjectChange<'_>> {
    let projects = &scenario.projects;
    let enter = projects.enter.iter();
    let enter = enter.map(|one| ProjectChange { change: "goes in", before: None, after: Some(one) });
    let leave = projects.leave.iter();
    let leave = leave.map(|one| ProjectChange { change: "goes out", before: Some(one), after: None });
    let moved = projects.moved.iter();
    let moved =
        moved.map(|one| ProjectChange { change: "moves", before: Some(&one.from), after: Some(&one.to) });
    enter.chain(leave).chain(moved).collect()
}

fn projects(
    styles: &Styles,
    title: &str,
    rounds: &Rounds,
    reasons: Option<&[ChangeReason]>,
) -> Result<Worksheet, XlsxError> {
    let changed = rounds.scenarios.iter().filter(|one| !one.projects.is_none()).count();
    let message = match changed {
        0 => format!("{title}: option 1 has the same projects in each scenario that both rounds have"),
        _ => format!(
            "{title}: option 1 has other projects in {changed} of {} scenarios",
            rounds.scenarios.len()
        ),
    };
    let order = match reasons {
        Some(_) => {
            "Why: the changes of the input were applied one after the other; in another order another one may be named"
        }
        None => "Who goes in, out and moves in option 1 of each scenario that both rounds have",
    };
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Project", Form::Words, 34.0),
        Column::new("Id", Form::Text, 10.0),
        Column::new("Change", Form::Text, 10.0),
        Column::new("Start before", Form::Text, 12.0),
        Column::new("Share before", Form::Share, 10.0),
        Column::new("Start after", Form::Text, 12.0),
        Column::new("Share after", Form::Share, 10.0),
    ];
    if reasons.is_some() {
        columns.push(Column::new("Because of", Form::Words, 60.0));
    }
    let because = columns.len() - 1;
    let mut sheet = Sheet::new(styles, "What changed", [&message, order], columns, 2)?;
    for scenario in &rounds.scenarios {
        for change in changes_of(scenario) {
            let Some(project) = change.project() else { continue };
            sheet.text(0, &scenario.after)?;
            sheet.text(1, &project.name)?;
            sheet.text(2, &project.project)?;
            sheet.text(3, change.change)?;
            for (first, one) in [(4, change.before), (6, change.after)] {
                sheet.text(first, one.map_or("", |one| &one.start))?;
                sheet.number(first + 1, one.map(|one| one.fraction))?;
            }
            let is_of = |reason: &&ChangeReason| {
                reason.scenario == scenario.after && reason.project == project.project
            };
            if let Some(reasons) = reasons {
                let reason = reasons.iter().find(is_of);
                sheet.text(because, reason.map_or("", |reason| &reason.because))?;
            }
            sheet.next()?;
        }
    }
    sheet.finish()
}

// ---- Scenarios ------------------------------------------------------------------------------------------------------

/// A figure of an option, its name and form.
type Figure = (&'static str, Form, fn(&SavedOption) -> Option<f64>);

const FIGURES: [Figure; 4] = [
    ("Objective", Form::Amount, |option| option.objective),
    ("Cost", Form::Money, |option| option.cost),
    ("Strategic value", Form::Amount, |option| option.strategic_value),
    ("NPV", Form::Money, |option| option.npv),
];

fn scenarios(styles: &Styles, rounds: &Rounds) -> Result<Option<Worksheet>, XlsxError> {
    if rounds.scenarios.is_empty() {
        return Ok(None);
    }
    let mut columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Status before", Form::Text, 11.0),
        Column::new("Status after", Form::Text, 11.0),
        Column::new("In", Form::Count, 6.0),
        Column::new("Out", Form::Count, 6.0),
        Column::new("Moved", Form::Count, 7.0),
    ];
    for (name, form, _) in FIGURES {
        columns.extend(
            [("before", 14.0), ("after", 14.0), ("change", 13.0)]
                .map(|(when, width)| Column::new(format!("{name}, {when}"), form, width)),
        );
    }
    let titles = [
        "Scenarios before and after",
        "Figures of option 1 as planned; changes are formulas over the two cells beside them",
    ];
    let mut sheet = Sheet::new(styles, "Scenarios", titles, columns, 1)?;
    for scenario in &rounds.scenarios {
        sheet.text(0, &scenario.after)?;
        sheet.text(1, &scenario.status.0)?;
        sheet.text(2, &scenario.status.1)?;
        let projects = &scenario.projects;
        let counts = [projects.enter.len(), projects.leave.len(), projects.moved.len()];
        for (place, count) in (3..).zip(counts) {
            sheet.number(place, Some(count as f64))?;
        }
        for (place, (_, _, of)) in (6..).step_by(3).zip(FIGURES) {
            let figure = |option: &Option<SavedOption>| option.as_ref().and_then(of);
            let (before, after) = (figure(&scenario.first.0), figure(&scenario.first.1));
            sheet.number(place, before)?;
            sheet.number(place + 1, after)?;
            let change = before.zip(after).map(|(before, after)| after - before);
            let formula = format!("={}-{}", sheet.cell(place + 1), sheet.cell(place));
            sheet.formula(place + 2, &formula, change)?;
        }
        sheet.next()?;
    }
    sheet.finish().map(Some)
}

fn assumptions(styles: &Styles, rounds: &Rounds) -> Result<Option<Worksheet>, XlsxError> {
    let changes =
        || rounds.scenarios.iter().flat_map(|one| one.assumptions.iter().map(move |change| (one, change)));
    if changes().next().is_none() {
        return Ok(None);
    }
    let columns = vec![
        Column::new("Scenario", Form::Text, 24.0),
        Column::new("Assumption", Form::Words, 40.0),
        Column::new("Before", Form::Words, 30.0),
        Column::new("After", Form::Words, 30.0),
        Column::new("All by this factor", Form::Fine, 12.0),
    ];
    let titles = ["Assumptions that differ", "Columns of scenarios.csv, scenario by scenario"];
    let mut sheet = Sheet::new(styles, "Assumptions", titles, columns, 1)?;
    for (scenario, change) in changes() {
        let AssumptionChange { assumptions, before, after, factor } = change;
        sheet.text(0, &scenario.after)?;
        sheet.text(1, &assumptions.join(", "))?;
        for (place, cell) in [(2, before), (3, after)] {
            let text = cell.as_deref().unwrap_or_default();
            match text.parse() {
                Ok(number) => sheet.number_as(place, Form::Amount, Some(number))?,
                Err(_) => sheet.text(place, text)?,
            }
        }
        sheet.number(4, *factor)?;
        sheet.next()?;
    }
    sheet.finish().map(Some)
}

// ---- Input ----------------------------------------------------------------------------------------------------------

fn cases(styles: &Styles, rounds: &Rounds) -> Result<Option<Worksheet>, XlsxError> {
    if rounds.cases.is_empty() {
        return Ok(None);
    }
    let mut columns = vec![Column::new("Project", Form::Words, 34.0), Column::new("Id", Form::Text, 10.0)];
    let figures = [("Cost", Form::Money), ("Benefit", Form::Money), ("Strategic value", Form::Amount)];
    for (name, form) in figures {
        columns.extend(["before", "after"].map(|when| Column::new(format!("{name}, {when}"), form, 14.0)));
    }
    let titles = ["Business cases that changed", "As planned, started at the planned start"];
    let mut sheet = Sheet::new(styles, "Business cases", titles, columns, 1)?;
    for case in &rounds.cases {
        sheet.text(0, &case.name)?;
        sheet.text(1, &case.project)?;
        let figures: [BeforeAfter; 3] = [case.cost, case.benefit, case.strategic_value];
        for (place, (before, after)) in (2..).step_by(2).zip(figures) {
            sheet.number(place, before)?;
            sheet.number(place + 1, after)?;
        }
        sheet.next()?;
    }
    sheet.finish().map(Some)
}

fn input(styles: &Styles, rounds: &Rounds) -> Result<Option<Worksheet>, XlsxError> {
    let files = rounds.inputs.iter().map(|(file, how)| ["File", file, "", how]);
    let projects = |all: &'_ [(String, String)], how: &'static str| -> Vec<[String; 4]> {
        all.iter().map(|(id, name)| ["Project", id, name, how].map(str::to_owned)).collect()
    };
    let scenarios = |all: &'_ [String], how: &'static str| -> Vec<[String; 4]> {
        all.iter().map(|name| ["Scenario", name, "", how].map(str::to_owned)).collect()
    };
    let rows: Vec<[String; 4]> = files
        .map(|row| row.map(str::to_owned))
        .chain(projects(&rounds.new_projects, "new"))
        .chain(projects(&rounds.gone_projects, "no longer there"))
        .chain(scenarios(&rounds.new_scenarios, "new"))
        .chain(scenarios(&rounds.gone_scenarios, "no longer there"))
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let columns = vec![
        Column::new("Kind", Form::Text, 10.0),
        Column::new("Item", Form::Words, 30.0),
        Column::new("Name", Form::Words, 34.0),
        Column::new("Change", Form::Text, 16.0),
    ];
    let titles = ["What changed in the input", "Files, projects and scenarios"];
    let mut sheet = Sheet::new(styles, "Input", titles, columns, 1)?;
    for row in &rows {
        for (place, cell) in row.iter().enumerate() {
            sheet.text(place, cell)?;
        }
        sheet.next()?;
    }
    sheet.finish().map(Some)
}
