//! Pages for people in a browser. Rendered here; little scripts only gather files, show progress and tell of lost
//! contact.

mod actions;
mod compare;
mod deleted;
mod docs;
mod faults;
mod figure;
mod pager;
mod partners;
mod ranking;
mod render;
mod report;
mod rerun;
mod results;
mod two_options;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::output::REPORT_STYLE;

use super::Service;
use super::batches::{place_in_list, seen, state_of};
use super::blocking::{blocking, blocking_in_turn};
use super::overrides;
use super::problem::Problem;
use super::store::{BatchFilter, Outcome, Role, now};
use super::turns::Work;
use super::view::{ScenarioView, time, view};

use pager::Pager;
use render::render;
use results::Wanted;
use visitor::Visitor;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The routes of the pages, with the description of the interface among them.
pub(super) fn router(document: &Value) -> Router<Arc<Service>> {
    let docs: Arc<str> = docs::page(document).into();
    Router::new()
        .route("/docs", get(|| async move { Html(docs.to_string()) }))
        .route("/", get(home))
        .route("/batches/{id}", get(batch))
        .route("/batches/{id}/cancel", post(actions::cancel))
        .route("/batches/{id}/delete", post(actions::delete))
        .route("/batches/{id}/restore", post(actions::restore))
        .route("/deleted", get(deleted::list))
        .route("/batches/{id}/rerun", post(rerun::rerun))
        .route("/batches/{id}/report/overview", get(report::overview))
        .route("/batches/{id}/report/scenarios/{place}", get(report::scenario))
        .route("/upload", post(actions::upload))
        .route("/compare", get(compare::compare))
        .route("/login", get(actions::login_page).post(actions::login))
        .route("/logout", post(actions::logout))
        .route("/assets/style.css", get(|| asset("text/css; charset=utf-8", include_str!("style.css"))))
        .route("/assets/report.js", get(|| asset(SCRIPT, report::script())))
        .route("/assets/report.css", get(|| asset("text/css; charset=utf-8", REPORT_STYLE)))
        .route("/assets/results.css", get(|| asset("text/css; charset=utf-8", include_str!("results.css"))))
        .route("/assets/upload.js", get(|| asset(SCRIPT, include_str!("upload.js"))))
        .route("/assets/contact.js", get(|| asset(SCRIPT, include_str!("contact.js"))))
        .route("/assets/page.js", get(|| asset(SCRIPT, include_str!("page.js"))))
        .route("/assets/follow.js", get(|| asset(SCRIPT, include_str!("follow.js"))))
}

/// The page that tells a person of a refusal.
pub(super) fn refusal_page(problem: &Problem) -> Result<Html<String>, Problem> {
    render("refusal.html", &json!(problem))
}

/// A time span in words; `None` if there is none.
fn interval(time: Duration) -> Option<String> {
    let units = [("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)];
    let seconds = time.as_secs();
    // From two of a unit on: 24 hours, and not one day.
    let (unit, length) = units.into_iter().find(|(_, length)| seconds >= 2 * length || *length == 1)?;
    let count = seconds / length;
    (count > 0).then(|| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
}

async fn asset(media_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-cache")], text).into_response()
}

#[derive(Debug, Deserialize)]
struct HomeQuery {
    #[serde(default)]
    name: String,
    #[serde(default)]
    state: String,
    before: Option<String>,
    /// The batch that was just deleted.
    #[serde(default)]
    deleted: String,
}

async fn home(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    query: Result<Query<HomeQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    const MOST: usize = 50;
    let Query(query) = query?;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let filter = BatchFilter {
        seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
        state: given(&query.state).as_deref().map(state_of).transpose()?,
        owner: None,
        name: given(&query.name),
        before: query.before.map(place_in_list).transpose()?,
        deleted: false,
        most: MOST + 1,
    };
    let (user, deleted) = (visitor.user.clone(), query.deleted);
    let found = blocking(&service, move |service| {
        Ok((service.store.batches(&filter)?, deleted::notice(service, &user, &deleted)?))
    });
    let (mut rows, notice) = found.await?;
    let is_more = rows.len() > MOST;
    rows.truncate(MOST);
    let next = rows.last().filter(|_| is_more).map(|last| last.id.clone());
    let batches: Vec<_> = rows.iter().map(view).collect();
    let values = json!({ "batches": batches, "next": next, "name": query.name, "state": query.state,
        "deleted": notice });
    render("home.html", &visitor.with(values))
}

#[derive(Debug, Default, Deserialize)]
struct BatchQuery {
    scenario: Option<String>,
    page: Option<u64>,
}

/// Scenarios of a page, while there are no results.
const SCENARIOS: u64 = 200;

/// A scenario as the page shows it while there are no results.
#[derive(Serialize)]
struct ShownScenario {
    #[serde(flatten)]
    view: ScenarioView,
    /// The best objective for people.
    shown: String,
}

/// The scenarios of a page in their states.
fn scenarios(service: &Service, id: &str, pager: &Pager) -> Result<Vec<ShownScenario>, Problem> {
    let places = pager.places();
    let rows = service.store.scenarios_from(id, places.start, places.end - places.start)?;
    let shown = |view: ScenarioView| {
        let shown = view.objective.map_or_else(String::new, |objective| figure::shown(Some(objective)));
        ShownScenario { view, shown }
    };
    Ok(rows.into_iter().map(ScenarioView::from).map(shown).collect())
}

async fn batch(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Result<Query<BatchQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    let Query(BatchQuery { scenario, page }) = query?;
    blocking_in_turn(&service, Work::View, move |service| {
        let row = seen(service, &visitor.user, &id)?;
        let attempts: Vec<Value> = (service.store.attempts(&id)?.into_iter())
            .filter(|attempt| attempt.outcome.is_some_and(Outcome::went_wrong))
            .map(|attempt| {
                json!({ "step": attempt.step, "number": attempt.number, "outcome": attempt.outcome,
                    "started": time(attempt.started), "last_words": attempt.stderr_tail })
            })
            .collect();
        let (results, pager) = if row.has_results {
            let (results, pager) = results::of_batch(service, &id, &Wanted { scenario, page })?;
            (Some(results), pager)
        } else {
            (None, Pager::new(row.scenarios.unsigned_abs(), SCENARIOS, page))
        };
        let (template, scenarios) = match results {
            Some(_) => ("results.html", Vec::new()),
            None => ("batch.html", scenarios(service, &id, &pager)?),
        };
        let values = json!({
            "batch": view(&row),
            "over": row.is_over(),
            "running_for": row.started.map_or(0, |started| (now() - started) / 1000),
            "scenarios": scenarios,
            "pager": pager,
            "attempts": attempts,
            "results": results,
            "weights": actions::weight_sets(service, &id)?,
            "scales": overrides::scales().map(|(key, noun)| json!({ "key": key, "noun": noun })).collect::<Vec<_>>(),
            "ranked_by": ranking::of_batch(service, &id)?,
            "winding_up": service.store.is_winding_up(&id)?,
            "restorable": interval(service.settings.keep.restorable),
            "may_change": visitor.user.may_change(&row.owner),
        });
        render(template, &visitor.with(values))
    })
    .await
}
