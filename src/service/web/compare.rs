//! Two batches side by side, by the first-ranked options of the scenarios that both have.

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
use crate::service::view::view;

use super::render::render;
use super::table::{Row, cell, number, rows, shown};
use super::visitor::Visitor;

#[derive(Debug, Default, Deserialize)]
pub(super) struct CompareQuery {
    a: Option<String>,
    b: Option<String>,
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
    let Query(query) = query.unwrap_or_default();
    blocking(&service, move |service| {
        let filter = BatchFilter {
            seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
            state: Some(BatchState::Done.to_string()),
            most: CHOICES,
            ..BatchFilter::default()
        };
        let choices: Vec<_> = service.store.batches(&filter)?.iter().map(view).collect();
        let mut values = json!({ "choices": choices, "chosen": { "a": query.a, "b": query.b } });
        if let (Some(a), Some(b)) = (&query.a, &query.b) {
            let [a, b] = [a, b].map(|id| {
                seen(service, &visitor.user, id)?;
                firsts(service, id)
            });
            let (a, b) = (a?, b?);
            let both: Vec<Value> = (a.iter())
                .filter_map(|(scenario, left)| Some(row(scenario, left, b.get(scenario)?)))
                .collect();
            values["others"] = (a.len() + b.len() - 2 * both.len()).into();
            values["rows"] = both.into();
        }
        render("compare.html", &visitor.with(values))
    })
    .await
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

fn row(scenario: &str, a: &First, b: &First) -> Value {
    let both = |heading: &str| [a, b].map(|first| shown(number(&first.option, heading)));
    let only =
        |one: &First, other: &First| one.projects.difference(&other.projects).cloned().collect::<Vec<_>>();
    json!({
        "scenario": scenario,
        "objective": both("objective"),
        "cost": both("cost"),
        "only": [only(a, b), only(b, a)],
    })
}
