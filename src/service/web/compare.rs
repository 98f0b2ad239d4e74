//! Two batches side by side, by the first-ranked options of scenarios that are partners.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::output::{FiguresFile, FirstOption, KnownScenario, id_and_short_name};
use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::seen;
use crate::service::blocking::blocking_in_turn;
use crate::service::figures::figures;
use crate::service::problem::Problem;
use crate::service::store::{BatchFilter, BatchState, Role};
use crate::service::submission::submit::BATCH_FILE;
use crate::service::turns::Work;
use crate::service::view::view;

use super::figure::shown;
use super::pager::Pager;
use super::partners::{Part, partners, parts};
use super::render::render;
use super::visitor::Visitor;

/// Scenarios of a page.
const SCENARIOS: u64 = 40;
/// Projects that are named of those that only one of two options funds; scenarios that are named of those without a partner.
const NAMED: usize = 60;
/// Letters of a project's name, at most.
const LETTERS: usize = 30;

#[derive(Debug, Default, Deserialize)]
pub(super) struct CompareQuery {
    a: Option<String>,
    b: Option<String>,
    page: Option<u64>,
}

pub(super) async fn compare(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    query: Result<Query<CompareQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    const CHOICES: usize = 200;
    let Query(query) = query?;
    blocking_in_turn(&service, Work::View, move |service| {
        let filter = BatchFilter {
            seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
            state: Some(BatchState::Done),
            most: CHOICES,
            ..BatchFilter::default()
        };
        let choices: Vec<_> = service.store.batches(&filter)?.iter().map(view).collect();
        let mut values = json!({ "choices": choices, "chosen": { "a": query.a, "b": query.b } });
        if let (Some(a), Some(b)) = (&query.a, &query.b) {
            add_rows(service, &mut values, &visitor.user, [a, b], query.page)?;
        }
        render("compare.html", &visitor.with(values))
    })
    .await
}

/// A page of the scenarios that have partners, and the scenarios that have none.
fn add_rows(
    service: &Service,
    values: &mut Value,
    user: &User,
    ids: [&str; 2],
    page: Option<u64>,
) -> Result<(), Problem> {
    let open = |id: &str| {
        seen(service, user, id)?;
        Ok::<_, Problem>(figures(service, id, &service.store.results(id)?)?)
    };
    let failed = |error: std::io::Error| Problem::internal(&error);
    let batches = [open(ids[0])?, open(ids[1])?];
    let [a, b] = batches.each_ref().map(FiguresFile::known);
    let (a, b) = (a.map_err(failed)?, b.map_err(failed)?);
    let partners = partners(&a, &b, is_same_plan(service, ids)?);
    let pairs = (0..).zip(&partners).filter_map(|(place, partner)| Some([place, (*partner)? as u64]));
    let pairs: Vec<[u64; 2]> = pairs.collect();
    let pager = Pager::new(pairs.len() as u64, SCENARIOS, page);
    let places = pager.places();
    let shown = pairs.iter().zip(0..).filter(|(_, place)| places.contains(place));
    let rows: Vec<Value> =
        shown.map(|(pair, _)| row(&batches, *pair)).collect::<Result<_, _>>().map_err(failed)?;
    let taken: BTreeSet<usize> = partners.iter().copied().flatten().collect();
    let alone_in_a = a.iter().zip(&partners).filter(|(_, partner)| partner.is_none()).map(|(one, _)| one);
    let alone_in_b = b.iter().zip(0..).filter(|(_, place)| !taken.contains(place)).map(|(one, _)| one);
    values["alone"] = json!([few(alone_in_a), few(alone_in_b)]);
    values["rows"] = rows.into();
    values["pager"] = json!(pager);
    Ok(())
}

/// The names of some scenarios; of very many, the first of them and how many more there are.
fn few<'a>(scenarios: impl Iterator<Item = &'a KnownScenario>) -> Vec<String> {
    let mut names = scenarios.map(|one| one.name.as_str());
    let mut named: Vec<String> = names.by_ref().take(NAMED).map(str::to_owned).collect();
    let more = names.count();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named
}

/// True if one of two batches is made from the other, or both from a third, by other values in the same sections.
fn is_same_plan(service: &Service, [a, b]: [&str; 2]) -> Result<bool, Problem> {
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

/// The sections of a batch; `None` of a batch file that is too long to be read for a page.
fn sections(service: &Service, id: &str) -> Result<Option<Vec<Part>>, Problem> {
    const LONGEST: u64 = 256 << 10;
    let inputs = service.store.inputs(id)?;
    let batch = inputs.iter().find(|(name, object)| name == BATCH_FILE && object.bytes <= LONGEST);
    let Some((_, object)) = batch else { return Ok(None) };
    Ok(parts(&service.objects.read(object)?))
}

/// A scenario and its partner, at their places in the two batches.
fn row(batches: &[FiguresFile; 2], places: [u64; 2]) -> std::io::Result<Value> {
    let sides = [batches[0].scenario(places[0])?, batches[1].scenario(places[1])?];
    let both = |figure: fn(&FirstOption) -> Option<f64>| {
        sides.each_ref().map(|side| shown(side.first.as_ref().and_then(figure)))
    };
    let projects = sides.each_ref().map(|side| {
        let projects = side.first.iter().flat_map(|first| &first.projects);
        projects.map(|taken| (taken.project.as_str(), taken.name.as_str())).collect::<BTreeMap<_, _>>()
    });
    let only = |own: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>| {
        let lone = || own.iter().filter(|(id, _)| !other.contains_key(*id));
        let mut named: Vec<String> =
            lone().take(NAMED).map(|(id, name)| id_and_short_name(id, name, LETTERS)).collect();
        let more = lone().count() - named.len();
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        named
    };
    Ok(json!({
        "scenario": sides[0].scenario,
        "other_name": (sides[0].scenario != sides[1].scenario).then_some(&sides[1].scenario),
        "status": sides.each_ref().map(|side| side.first.is_none().then_some(&side.status)),
        "objective": both(|first| first.objective),
        "cost": both(|first| first.cost),
        "only": [only(&projects[0], &projects[1]), only(&projects[1], &projects[0])],
    }))
}
