//! Robustness of projects: in how many scenarios they are funded, and what it costs to decide them the other way.

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::{Batch, Portfolio, ProjectIx};
use crate::output::error::OutputError;
use crate::output::results::Row;
use crate::output::tables::robustness::{KNOWN, LEAST, MOST, RobustnessRow};

use super::known::KnownOptions;
use super::rows::each;

/// A loss: known, at least, at most. The default is not known at all.
type Loss = [Option<f64>; 3];

/// The rows of robustness.csv, in the order of projects.
///
/// # Errors
/// If a table cannot be read.
pub fn robustness<'a>(
    folder: &Path,
    (portfolio, batch): (&'a Portfolio, &'a Batch),
    known: &KnownOptions,
) -> Result<Vec<RobustnessRow<'a>>, OutputError> {
    let first = known.first();
    let mut goals = first.keys().map(|&place| &batch.scenarios()[place].goal);
    let is_one_goal = goals.next().is_none_or(|one| goals.all(|goal| goal == one));
    let losses = if is_one_goal { losses(folder, (portfolio, batch), known)? } else { BTreeMap::new() };
    let row = |project: ProjectIx| {
        let is_in = |place: usize| first.get(&place).is_some_and(|one| one.selection.contains(project));
        let over = |decided_in: bool| {
            let own = first.keys().filter(|&&place| is_in(place) == decided_in);
            let own = own.map(|&place| losses.get(&(place, project)).copied().unwrap_or_default());
            own.fold([Some(0.0); 3], larger)
        };
        let told = &portfolio.projects()[project];
        RobustnessRow {
            project: told.id.as_str(),
            name: &told.name,
            funded_in: first.keys().filter(|&&place| is_in(place)).count(),
            scenarios: first.len(),
            // To fund it everywhere costs where it is out.
            losses: [over(false), over(true)],
        }
    };
    Ok(portfolio.projects().positions().map(row).collect())
}

/// The larger of two losses. What is proven of one alone is a lower bound of both.
fn larger(one: Loss, other: Loss) -> Loss {
    let both = |which: usize| one[which].zip(other[which]).map(|(one, other)| one.max(other));
    let least = match (one[LEAST], other[LEAST]) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (one, other) => one.or(other),
    };
    [both(KNOWN), least, both(MOST)]
}

/// What each scenario loses if a project is decided the other way than in its option 1, by scenario and project.
fn losses(
    folder: &Path,
    (portfolio, batch): (&Portfolio, &Batch),
    known: &KnownOptions,
) -> Result<BTreeMap<(usize, ProjectIx), Loss>, OutputError> {
    let names = batch.scenarios().iter().map(|scenario| scenario.name.as_str());
    let places: BTreeMap<&str, usize> = names.zip(0..).collect();
    let options = known.options.iter().map(|option| ((option.scenario, option.number), option));
    let options: BTreeMap<_, _> = options.collect();
    let mut losses = BTreeMap::new();
    each(folder, "decisions.csv", |row| {
        let Some(&place) = places.get(row.text("scenario")) else { return };
        let project = portfolio.project_position(row.text("project"));
        let number = row.text("option").parse().ok();
        let explained = number.and_then(|number| options.get(&(place, number)));
        let (Some(project), Some(explained), Some(first)) = (project, explained, options.get(&(place, 1)))
        else {
            return;
        };
        let sign = batch.scenarios()[place].goal.sense().sign();
        // The option that is explained is ranked first, and may be worse by the objective.
        let behind = (sign * (first.objective - explained.objective)).max(0.0);
        let is_same = first.selection.contains(project) == explained.selection.contains(project);
        losses.insert(
            (place, project),
            if is_same { loss(row, behind) } else { [None, Some(0.0), Some(behind)] },
        );
    })?;
    Ok(losses)
}

/// The loss that a row tells, against an option that is better by an amount than that which it explains.
fn loss(row: Row<'_>, behind: f64) -> Loss {
    let told = |heading: &str| row.number(heading).map(|loss| (loss + behind).max(0.0));
    [told("cost_of_forcing"), told("cost_of_forcing_least"), told("cost_of_forcing_most")]
}
