//! Two batches side by side, by the first-ranked options of scenarios that are partners.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::service::Service;
use crate::service::batches::seen;
use crate::service::blocking::blocking;
use crate::service::problem::Problem;
use crate::service::store::{BatchFilter, BatchState, Role};
use crate::service::submission::submit::BATCH_FILE;
use crate::service::view::view;

use super::partners::{Known, Part, partners, parts};
use super::render::render;
use super::table::{Row, cell, number, rows, shown};
use super::visitor::Visitor;

#[derive(Debug, Default, Deserialize)]
pub(super) struct CompareQuery {
    a: Option<String>,
    b: Option<String>,
}

/// A scenario of a batch, and its first-ranked option.
struct Side {
    known: Known,
    status: String,
    first: Option<First>,
}

/// The first-ranked option of a scenario.
struct First {
    option: Row,
    projects: BTreeSet<String>,
}

pub(super) async fn compare(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    query: Result<Query<CompareQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    const CHOICES: usize = 200;
    let Query(query) = query?;
    blocking(&service, move |service| {
        let filter = BatchFilter {
            seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
            state: Some(BatchState::Done),
            most: CHOICES,
            ..BatchFilter::default()
        };
        let choices: Vec<_> = service.store.batches(&filter)?.iter().map(view).collect();
        let mut values = json!({ "choices": choices, "chosen": { "a": query.a, "b": query.b } });
        if let (Some(a), Some(b)) = (&query.a, &query.b) {
            let is_same_plan = is_same_plan(service, &visitor, a, b)?;
            let (a, b) = (sides(service, a)?, sides(service, b)?);
            add_rows(&mut values, &a, &b, is_same_plan);
        }
        render("compare.html", &visitor.with(values))
    })
    .await
}

/// True if one of two batches is made from the other, or both from a third, by other values in the same sections.
fn is_same_plan(service: &Service, visitor: &Visitor, a: &str, b: &str) -> Result<bool, Problem> {
    for id in [a, b] {
        seen(service, &visitor.user, id)?;
    }
    if lineage(service, a)?.is_disjoint(&lineage(service, b)?) {
        return Ok(false);
    }
    let (a, b) = (sections(service, a)?, sections(service, b)?);
    Ok(a.is_some() && a == b)
}

/// A batch and those that it reruns, one from the other.
fn lineage(service: &Service, id: &str) -> Result<BTreeSet<String>, Problem> {
    let mut lineage = BTreeSet::new();
    let mut next = Some(id.to_owned());
    while let Some(id) = next.filter(|id| !lineage.contains(id)) {
        next = service.store.batch(&id)?.and_then(|batch| batch.parent);
        lineage.insert(id);
    }
    Ok(lineage)
}

fn sections(service: &Service, id: &str) -> Result<Option<Vec<Part>>, Problem> {
    let inputs = service.store.inputs(id)?;
    let Some((_, object)) = inputs.iter().find(|(name, _)| name == BATCH_FILE) else { return Ok(None) };
    Ok(parts(&service.objects.read(object)?))
}

/// The rows of partners, and the scenarios that have none.
fn add_rows(values: &mut Value, a: &[Side], b: &[Side], is_same_plan: bool) {
    let known = |sides: &[Side]| sides.iter().map(|side| side.known.clone()).collect::<Vec<_>>();
    let partners = partners(&known(a), &known(b), is_same_plan);
    let taken: BTreeSet<usize> = partners.iter().copied().flatten().collect();
    let rows: Vec<Value> =
        a.iter().zip(&partners).filter_map(|(left, partner)| Some(row(left, &b[(*partner)?]))).collect();
    let alone_in_a = a.iter().zip(&partners).filter(|(_, partner)| partner.is_none());
    let alone_in_a: Vec<&str> = alone_in_a.map(|(side, _)| side.known.name.as_str()).collect();
    let alone_in_b = b.iter().enumerate().filter(|(place, _)| !taken.contains(place));
    let alone_in_b: Vec<&str> = alone_in_b.map(|(_, side)| side.known.name.as_str()).collect();
    values["rows"] = rows.into();
    values["alone"] = json!([alone_in_a, alone_in_b]);
}

/// The scenarios of a batch in their order.
fn sides(service: &Service, id: &str) -> Result<Vec<Side>, Problem> {
    let mut firsts = firsts(service, id)?;
    let files = service.store.results(id)?;
    let side = |row: Row| {
        let name = cell(&row, "scenario").to_owned();
        let (status, first) = (cell(&row, "status").to_owned(), firsts.remove(&name));
        Side { known: Known { name, settings: settings(row) }, status, first }
    };
    Ok(rows(service, &files, "scenarios.csv")?.into_iter().map(side).collect())
}

/// The assumptions of a scenario: its row without its name, what was found for it, and the name of its weights, whose
/// values stand beside.
fn settings(row: Row) -> BTreeMap<String, String> {
    const FOUND: [&str; 5] = ["scenario", "status", "objective", "options_found", "weights"];
    let is_setting = |heading: &str| !FOUND.contains(&heading) && !heading.starts_with("scale.");
    row.into_iter().filter(|(heading, cell)| is_setting(heading) && !cell.is_empty()).collect()
}

fn firsts(service: &Service, id: &str) -> Result<BTreeMap<String, First>, Problem> {
    let files = service.store.results(id)?;
    let mut projects: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in rows(service, &files, "selection.csv")? {
        let key = (cell(&row, "scenario").to_owned(), cell(&row, "option").to_owned());
        projects.entry(key).or_default().insert(cell(&row, "project").to_owned());
    }
    let firsts = rows(service, &files, "options.csv")?.into_iter().filter(|row| cell(row, "rank") == "1");
    let first = |option: Row| {
        let scenario = cell(&option, "scenario").to_owned();
        let key = (scenario.clone(), cell(&option, "option").to_owned());
        let projects = projects.get(&key).cloned().unwrap_or_default();
        (scenario, First { option, projects })
    };
    Ok(firsts.map(first).collect())
}

fn row(a: &Side, b: &Side) -> Value {
    let firsts = [a, b].map(|side| side.first.as_ref());
    let both =
        |heading: &str| firsts.map(|first| shown(first.and_then(|first| number(&first.option, heading))));
    let projects = |first: Option<&First>| first.map(|first| first.projects.clone()).unwrap_or_default();
    let [left, right] = firsts.map(projects);
    let only =
        |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect::<Vec<_>>();
    let statuses = [a, b].map(|side| side.first.is_none().then_some(&side.status));
    json!({
        "scenario": a.known.name,
        "other_name": (a.known.name != b.known.name).then_some(&b.known.name),
        "status": statuses,
        "objective": both("objective"),
        "cost": both("cost"),
        "only": [only(&left, &right), only(&right, &left)],
    })
}
