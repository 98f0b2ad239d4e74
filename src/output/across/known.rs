//! The options of a batch, read from its tables.

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::{Batch, Choice, Goal, Measure, PaymentIx, Portfolio, ProjectIx, Scenario, Selection};
use crate::output::error::OutputError;
use crate::output::results::Row;
use crate::rank::{OwnOption, Scales};
use crate::units::Share;

use super::payers::Paid;
use super::rows::each;

/// The options of a batch, in the order of its scenarios and of their numbers.
pub struct KnownOptions {
    /// The options.
    pub options: Vec<OwnOption>,
    /// Per scenario: what the measures of its mixed goal are divided by.
    pub scales: Vec<Scales>,
}

impl KnownOptions {
    /// Reads them from the tables in a folder.
    ///
    /// # Errors
    /// If a table cannot be read.
    pub fn read(folder: &Path, portfolio: &Portfolio, batch: &Batch) -> Result<Self, OutputError> {
        let names = batch.scenarios().iter().map(|scenario| scenario.name.as_str());
        let places: BTreeMap<&str, usize> = names.zip(0..).collect();
        let subject = |row: Row<'_>| {
            Some((*places.get(row.text("scenario"))?, row.text("option").parse::<usize>().ok()?))
        };
        let mut objectives = BTreeMap::new();
        each(folder, "options.csv", |row| {
            objectives.extend(subject(row).zip(row.number("objective")));
        })?;
        let mut chosen: BTreeMap<(usize, usize), Vec<Choice>> = BTreeMap::new();
        each(folder, "selection.csv", |row| {
            // Points of a frontier have names and no numbers.
            let Some(subject) = subject(row).filter(|subject| objectives.contains_key(subject)) else {
                return;
            };
            chosen.entry(subject).or_default().extend(choice(row, portfolio));
        })?;
        Paid::read(folder, portfolio, &subject)?.set(&mut chosen, portfolio, batch);
        let option = |((scenario, number), objective)| {
            let choices = chosen.remove(&(scenario, number)).unwrap_or_default();
            OwnOption { scenario, number, objective, selection: Selection::new(choices) }
        };
        let options = objectives.into_iter().map(option).collect();
        Ok(Self { options, scales: scales(folder, portfolio, (batch, &places))? })
    }

    /// Option 1 of each scenario that has one, by the position of the scenario.
    pub fn first(&self) -> BTreeMap<usize, &OwnOption> {
        let first = self.options.iter().filter(|option| option.number == 1);
        first.map(|option| (option.scenario, option)).collect()
    }
}

fn choice(row: Row<'_>, portfolio: &Portfolio) -> Option<Choice> {
    let project: ProjectIx = portfolio.project_position(row.text("project"))?;
    let start = portfolio.horizon().position(row.text("start"))?;
    let share = row.number("fraction").and_then(Share::new)?;
    Some(Choice { project, start, share, payment: PaymentIx::default() })
}

fn scales(
    folder: &Path,
    portfolio: &Portfolio,
    (batch, places): (&Batch, &BTreeMap<&str, usize>),
) -> Result<Vec<Scales>, OutputError> {
    let mut scales = vec![None; batch.scenarios().len()];
    if batch.mixed_measures().is_empty() {
        return Ok(scales);
    }
    each(folder, "scenarios.csv", |row| {
        let Some(&place) = places.get(row.text("scenario")) else { return };
        scales[place] = scales_of(row, &batch.scenarios()[place], portfolio);
    })?;
    Ok(scales)
}

fn scales_of(row: Row<'_>, scenario: &Scenario, portfolio: &Portfolio) -> Scales {
    let Goal::Mix(parts) = &scenario.goal else { return None };
    let scale = |&(measure, _): &(Measure, f64)| {
        Some((measure, row.number(&format!("scale.{}", measure.name(portfolio)))?))
    };
    parts.iter().map(scale).collect()
}
