//! Two batches side by side, by the first-ranked options of scenarios that are partners; and any two options of them.

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
use super::partners::{Part, partners, parts, same_places};
use super::render::render;
use super::two_options::{self, Asked, Side};
use super::visitor::Visitor;

/// Scenarios of a page.
const SCENARIOS: u64 = 40;
/// Projects that are named of those that only one of two options funds; scenarios that are named of those without a
/// partner.
const NAMED: usize = 60;
/// Letters of a project's name, at most.
const LETTERS: usize = 30;

#[derive(Debug, Default, Deserialize)]
pub(super) struct CompareQuery {
    a: Option<String>,
    b: Option<String>,
    page: Option<u64>,
    /// Scenarios by name and options by number: the two that are compared in detail.
    scenario_a: Option<String>,
    option_a: Option<String>,
    scenario_b: Option<String>,
    option_b: Option<String>,
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
            add_rows(service, &mut values, &visitor.user, [a, b], &query)?;
        }
        render("compare.html", &visitor.with(values))
    })
    .await
}

/// Two options in detail if they are asked for; a page of the scenarios that have partners, and the scenarios that have none.
fn add_rows(
    service: &Service,
    values: &mut Value,
    user: &User,
    ids: [&str; 2],
    query: &CompareQuery,
) -> Result<(), Problem> {
    let files = |id: &str| {
        seen(service, user, id)?;
        Ok::<_, Problem>(service.store.results(id)?)
    };
    let failed = |error: std::io::Error| Problem::internal(&error);
    let files = [files(ids[0])?, files(ids[1])?];
    let batches = [figures(service, ids[0], &files[0])?, figures(service, ids[1], &files[1])?];
    let [a, b] = batches.each_ref().map(FiguresFile::known);
    let (a, b) = (a.map_err(failed)?, b.map_err(failed)?);
    let partners = partners(&a, &b, &paired(service, ids)?);
    let side = |place: usize| Side { id: ids[place], files: &files[place], figures: &batches[place] };
    if let Some(asked) = asked(query, [&a, &b], &partners) {
        let (own, other) = (side(0), side(1));
        values["options"] = two_options::values(service, [(&own, &asked[0]), (&other, &asked[1])])?;
    }
    let pairs = (0..).zip(&partners).filter_map(|(place, partner)| Some([place, (*partner)? as u64]));
    let pairs: Vec<[u64; 2]> = pairs.collect();
    let pager = Pager::new(pairs.len() as u64, SCENARIOS, query.page);
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

/// The two options that a query asks for: without a scenario of B, that of the partner; without one at all, none.
fn asked(
    query: &CompareQuery,
    known: [&[KnownScenario]; 2],
    partners: &[Option<usize>],
) -> Option<[Asked<'static>; 2]> {
    let place = |side: usize, name: Option<&String>| {
        name.and_then(|name| known[side].iter().position(|one| one.name == *name))
    };
    let own = place(0, query.scenario_a.as_ref())?;
    let other = place(1, query.scenario_b.as_ref()).or(partners.get(own).copied().flatten());
    let other = other.or((!known[1].is_empty()).then_some(0))?;
    let number = |option: &Option<String>| option.as_ref().and_then(|option| option.parse().ok());
    Some([
        Asked { scenario: own as u64, option: number(&query.option_a), fields: ["scenario_a", "option_a"] },
        Asked { scenario: other as u64, option: number(&query.option_b), fields: ["scenario_b", "option_b"] },
    ])
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

/// The positions of scenarios in the same places, if one of two batches is made from the other, or both from a third.
fn paired(service: &Service, [a, b]: [&str; 2]) -> Result<Vec<[usize; 2]>, Problem> {
    if lineage(service, a)?.is_disjoint(&lineage(service, b)?) {
        return Ok(Vec::new());
    }
    let sections = sections(service, a)?.zip(sections(service, b)?);
    Ok(sections.map_or_else(Vec::new, |(a, b)| same_places(&a, &b)))
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
    let change = |figure: fn(&FirstOption) -> Option<f64>| {
        let [own, other] = sides.each_ref().map(|side| side.first.as_ref().and_then(figure));
        own.zip(other).map_or_else(String::new, |(own, other)| two_options::difference(own, other))
    };
    Ok(json!({
        "scenario": sides[0].scenario,
        "partner": sides[1].scenario,
        "change": { "objective": change(|first| first.objective), "cost": change(|first| first.cost) },
        "other_name": (sides[0].scenario != sides[1].scenario).then_some(&sides[1].scenario),
        "status": sides.each_ref().map(|side| side.first.is_none().then_some(&side.status)),
        "objective": both(|first| first.objective),
        "cost": both(|first| first.cost),
        "only": [only(&projects[0], &projects[1]), only(&projects[1], &projects[0])],
    }))
}
