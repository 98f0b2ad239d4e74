//! The page: what people see in a browser. Rendered here; the little script only drops files and shows progress.

mod actions;
mod chart;
mod compare;
mod faults;
mod results;
mod table;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use minijinja::Environment;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Service;
use super::access::User;
use super::problem::Problem;
use super::routes::{blocking, cookie_of, seen, view};
use super::store::{BatchFilter, Role, now};

const TEMPLATES: [(&str, &str); 7] = [
    ("base.html", include_str!("templates/base.html")),
    ("home.html", include_str!("templates/home.html")),
    ("batch.html", include_str!("templates/batch.html")),
    ("faults.html", include_str!("templates/faults.html")),
    ("compare.html", include_str!("templates/compare.html")),
    ("login.html", include_str!("templates/login.html")),
    ("docs.html", include_str!("templates/docs.html")),
];

/// The templates, read once.
static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in TEMPLATES {
        if let Err(error) = pages.add_template(name, source) {
            tracing::error!(%error, name, "a template cannot be read");
        }
    }
    pages
});

/// A page with these values in it.
fn render(template: &str, values: &Value) -> Result<Html<String>, Problem> {
    let page = PAGES
        .get_template(template)
        .and_then(|template| template.render(minijinja::Value::from(minijinja::value::Serde(values))));
    page.map(Html).map_err(|error| Problem::internal(&error))
}

/// The page that describes the interface.
pub(super) fn docs(values: &Value) -> String {
    render("docs.html", values).map_or_else(|problem| problem.detail, |Html(page)| page)
}

/// The routes of the page.
pub(super) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/", get(home))
        .route("/batches/{id}", get(batch))
        .route("/batches/{id}/cancel", post(actions::cancel))
        .route("/batches/{id}/delete", post(actions::delete))
        .route("/batches/{id}/rerun", post(actions::rerun))
        .route("/upload", post(actions::upload))
        .route("/compare", get(compare::compare))
        .route("/login", get(actions::login_page).post(actions::login))
        .route("/logout", post(actions::logout))
        .route("/assets/style.css", get(|| asset("text/css; charset=utf-8", include_str!("style.css"))))
        .route("/assets/page.js", get(|| asset("text/javascript; charset=utf-8", include_str!("page.js"))))
}

async fn asset(media_type: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-cache")], text).into_response()
}

/// Somebody who looks at the page: a user, or one who is sent to log in.
struct Visitor {
    user: User,
    has_token: bool,
}

impl FromRequestParts<Arc<Service>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Response> {
        let has_token = cookie_of(parts).is_some();
        match User::from_request_parts(parts, service).await {
            Ok(user) => Ok(Self { user, has_token }),
            Err(problem) if problem.status == 401 => Err(Redirect::to("/login").into_response()),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

impl Visitor {
    /// What every page knows of its visitor, with what this page knows beside.
    fn with(&self, values: Value) -> Value {
        let mut all = json!({
            "user": self.user.name,
            "can_log_out": self.has_token,
            "may_submit": self.user.may_submit(),
        });
        if let (Value::Object(all), Value::Object(values)) = (&mut all, values) {
            all.extend(values);
        }
        all
    }
}

#[derive(Debug, Deserialize)]
struct HomeQuery {
    #[serde(default)]
    name: String,
    #[serde(default)]
    state: String,
    before: Option<String>,
}

async fn home(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    query: Result<Query<HomeQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    const MOST: usize = 50;
    let query = query.map_or_else(
        |_| HomeQuery { name: String::new(), state: String::new(), before: None },
        |Query(query)| query,
    );
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let filter = BatchFilter {
        seen_by: (visitor.user.role != Role::Admin).then(|| visitor.user.name.clone()),
        state: given(&query.state),
        owner: None,
        name: given(&query.name),
        before: query.before,
        most: MOST + 1,
    };
    let mut rows = blocking(&service, move |service| Ok(service.store.batches(&filter)?)).await?;
    let is_more = rows.len() > MOST;
    rows.truncate(MOST);
    let next = rows.last().filter(|_| is_more).map(|last| last.id.clone());
    let batches: Vec<_> = rows.iter().map(view).collect();
    let values = json!({ "batches": batches, "next": next, "name": query.name, "state": query.state });
    render("home.html", &visitor.with(values))
}

#[derive(Debug, Default, Deserialize)]
struct BatchQuery {
    scenario: Option<String>,
}

async fn batch(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Result<Query<BatchQuery>, QueryRejection>,
) -> Result<Html<String>, Problem> {
    let wanted = query.map(|Query(query)| query.scenario).unwrap_or_default();
    blocking(&service, move |service| {
        let row = seen(service, &visitor.user, &id)?;
        let scenarios: Vec<Value> = (service.store.scenarios(&id)?.into_iter())
            .map(|row| json!({ "name": row.name, "status": row.status, "seconds": row.seconds }))
            .collect();
        let attempts: Vec<Value> = (service.store.attempts(&id)?.into_iter())
            .filter(|attempt| !matches!(attempt.outcome.as_deref(), None | Some("done" | "interrupted")))
            .map(|attempt| {
                json!({ "step": attempt.step, "number": attempt.number, "outcome": attempt.outcome,
                    "started": super::routes::time(attempt.started), "last_words": attempt.last_words })
            })
            .collect();
        let results = if row.state == "done" {
            Some(results::of_batch(service, &id, wanted.as_deref())?)
        } else {
            None
        };
        let values = json!({
            "batch": view(&row),
            "over": row.is_over(),
            "running_for": row.started.map_or(0, |started| (now() - started) / 1000),
            "scenarios": scenarios,
            "attempts": attempts,
            "results": results,
            "weights": actions::weight_sets(service, &id)?,
            "may_change": visitor.user.may_change(&row.owner),
        });
        render("batch.html", &visitor.with(values))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        for (name, _) in TEMPLATES {
            assert!(PAGES.get_template(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_users_write_is_text_and_not_markup() {
        let values =
            json!({ "title": "<script>alert(1)</script>", "detail": "a & b", "files": [], "back": "/" });
        let Html(page) = render("faults.html", &values).unwrap();
        assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;"), "{page}");
    }
}
