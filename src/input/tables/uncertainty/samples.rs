//! Samples that were made elsewhere: a table with a row per trial, or a SIPmath library. They replace the draws of the engine.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list, suggest_or, suggestion};
use crate::domain::{Distribution, ProjectIx, Quantity};
use crate::input::reader::library::{Content, Library};
use crate::input::reader::per_cent::LARGEST_USUAL_FACTOR;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::tables::projects::ProjectNames;
use crate::input::words::quantities;

use super::scope::Scope;
use super::{sipmath, slurp};

/// Between the project and the quantity that a name is made of.
const SEPARATOR: char = ':';
/// Most numbers of trials that a message lists.
const MOST_LISTED: usize = 10;

/// The distributions of quantities that have samples.
pub(super) type Samples = BTreeMap<(ProjectIx, Quantity), Distribution>;

/// Reads the samples.
pub(super) fn read(tables: &Tables, names: &ProjectNames, found: &mut Diagnostics) -> Samples {
    let mut samples = Samples::new();
    if let Some(Library { file, content }) = &tables.library {
        let variables = match content {
            Content::Trials(library) => slurp::read(file, library, found),
            Content::Generators(bytes) => sipmath::read(file, bytes, found),
        };
        for (name, place, distribution) in variables {
            add(&name, place, distribution, names, &mut samples, found);
        }
    }
    let Some(table) = tables.get("samples") else { return samples };
    let rows = rows_by_trial(table, found);
    for (heading, position) in &table.others {
        let values = values(table, (heading.as_str(), *position), &rows, found);
        add(heading, table.header_source(heading), values, names, &mut samples, found);
    }
    samples
}

/// Adds the distribution of a name such as `P07:cost`; `None` after a fault, so that the name alone is checked.
fn add(
    name: &str,
    place: SourceRef,
    distribution: Option<Distribution>,
    names: &ProjectNames,
    samples: &mut Samples,
    found: &mut Diagnostics,
) {
    let Some((project, word)) = name.rsplit_once(SEPARATOR) else {
        let help = "name it by a project and a quantity, such as P07:cost";
        found.push(Diagnostic::fault(place, "names no quantity of a project", help).with_value(name));
        return;
    };
    let (project, word) = (project.trim(), word.trim());
    let words = quantities();
    let quantity = words.iter().find(|(own, _)| *own == word).map(|(_, quantity)| *quantity);
    if quantity.is_none() {
        let known = || words.iter().map(|(own, _)| *own);
        let help = suggest_or(&word.to_lowercase(), known(), || format!("write one of {}", list(known())));
        let fault =
            Diagnostic::fault(place.clone(), format!("names `{word}`, which is not a quantity"), help);
        found.push(fault.with_value(name));
    }
    let position = names.position(project);
    if position.is_none() && names.is_complete() {
        let ids = names.positions().map(|own| names.id(own).as_str());
        let help = suggestion(project, ids)
            .unwrap_or_else(|| "add it to projects.csv, or take these samples out".to_owned());
        let fault =
            Diagnostic::fault(place.clone(), format!("names `{project}`, which is not a project"), help);
        found.push(fault.with_value(name).caused_by(format!("project {project}")));
    }
    let (Some(quantity), Some(position), Some(distribution)) = (quantity, position, distribution) else {
        return;
    };
    doubt(&distribution, name, place.clone(), found);
    if samples.insert((position, quantity), distribution).is_some() {
        let help = "keep one of the two";
        found.push(
            Diagnostic::fault(place, "names a quantity that has samples already", help).with_value(name),
        );
    }
}

/// The positions of the rows of a table in the order of their trials, which must be 1, 2, 3 … (or 0, 1, 2 …) in any order of
/// rows. Faults leave them as they are.
fn rows_by_trial(table: &Table, found: &mut Diagnostics) -> Vec<usize> {
    let mut by_trial: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut is_sound = table.is_complete;
    for (position, cells) in table.rows().enumerate() {
        let trial = cells.required("trial", found).and_then(|_| cells.whole("trial", found));
        is_sound &= trial.is_some();
        let Some(trial) = trial else { continue };
        if let Some((_, first)) = by_trial.get(&trial) {
            let problem = format!("stands in row {first} already");
            found.push(cells.fault("trial", problem, "give each trial one row"));
            is_sound = false;
        } else {
            by_trial.insert(trial, (position, cells.number_of_row()));
        }
    }
    let first = by_trial.keys().next().copied().unwrap_or(1).min(1);
    let last = by_trial.keys().next_back().copied().unwrap_or(0);
    let count = (last + 1).saturating_sub(first);
    if is_sound && by_trial.len() < count {
        let gaps = (first..=last).filter(|trial| !by_trial.contains_key(trial));
        let listed: Vec<String> = gaps.take(MOST_LISTED).map(|trial| trial.to_string()).collect();
        let more = if count - by_trial.len() > MOST_LISTED { " and more" } else { "" };
        let problem = format!("lacks {} of its trials: {}{more}", count - by_trial.len(), listed.join(", "));
        let help = "trials are 1, 2, 3 … without a gap: add rows for them, or number the rows anew";
        found.push(Diagnostic::fault(table.source().in_column("trial"), problem, help));
    }
    by_trial.into_values().map(|(position, _)| position).collect()
}

/// The values of a column in the order of the trials; `None` after a fault, or without a row.
fn values(
    table: &Table,
    (heading, position): (&str, usize),
    rows: &[usize],
    found: &mut Diagnostics,
) -> Option<Distribution> {
    let read = |cells: Cells<'_>| {
        if cells.filled(position).is_none() {
            let help = "write a factor for every trial: 1 is as planned";
            found.push(Diagnostic::fault(cells.at(heading), "is blank", help));
        }
        cells.number_at(heading, position, found)
    };
    let by_row: Vec<Option<f64>> = table.rows().map(read).collect();
    let values: Option<Vec<f64>> = rows.iter().map(|&row| by_row[row]).collect();
    Distribution::Given { values: values?.into() }.checked().ok()
}

/// Warns of samples that are probably amounts in place of factors.
fn doubt(distribution: &Distribution, name: &str, place: SourceRef, found: &mut Diagnostics) {
    let Distribution::Given { values } = distribution else { return };
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    if !(1.0 / LARGEST_USUAL_FACTOR..=LARGEST_USUAL_FACTOR).contains(&median) {
        let problem = format!("holds factors on the plan, but half of them are {median} or more");
        let help = "write value / planned amount: 1 is as planned, 1.5 is half as much again";
        found.push(Diagnostic::warning(place, problem, help).with_value(name));
    }
}

/// Warns of rows that name a project of which this quantity comes from samples.
pub(super) fn warn_of_replaced<'t>(
    rows: impl Iterator<Item = (Cells<'t>, Scope, Quantity)>,
    samples: &Samples,
    found: &mut Diagnostics,
) {
    for (cells, scope, quantity) in rows {
        if scope.is_some_and(|project| samples.contains_key(&(project, quantity))) {
            let problem =
                format!("has no effect: the {} of this project comes from samples", quantity.as_str());
            let help = "remove this row, or take the samples out";
            found.push(Diagnostic::warning(cells.source(), problem, help));
        }
    }
}
