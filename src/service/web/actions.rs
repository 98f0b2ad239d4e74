//! Actions of the forms of pages: those of the interface for programs, answered with pages.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::service::Service;
use crate::service::access::{self, User};
use crate::service::authentication::COOKIE;
use crate::service::batches::{self, Submission};
use crate::service::blocking::blocking;
use crate::service::connection::{Peer, Transport};
use crate::service::problem::Problem;
use crate::service::submission::excerpt::Excerpts;
use crate::service::submission::options::SubmitOptions;
use crate::service::submission::submit::BATCH_FILE;
use crate::service::submission::validation::Refusal;

use super::faults;
use super::render::render;
use super::visitor::Visitor;

/// A problem as a page.
pub(super) fn told(
    visitor: &Visitor,
    problem: &Problem,
    excerpts: &Excerpts,
    back: &str,
) -> Result<Response, Problem> {
    let status = problem.status();
    let page = render("faults.html", &visitor.with(faults::values(problem, excerpts, back)))?;
    Ok((status, page).into_response())
}

/// Receives files; answers with the page of the new batch, or with the faults at their cells.
pub(super) async fn upload(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    match submit(&service, peer, visitor.user.clone(), &headers, body).await {
        Ok(id) => Ok(Redirect::to(&format!("/batches/{id}")).into_response()),
        Err(Refusal { problem, excerpts }) => told(&visitor, &problem, &excerpts, "/"),
    }
}

/// Submits what a form of the page brings; gives the id of the batch, or why not, with excerpts of faulty files.
async fn submit(
    service: &Arc<Service>,
    peer: Peer,
    user: User,
    headers: &HeaderMap,
    body: Body,
) -> Result<String, Refusal> {
    batches::admit(service, &user)?;
    let validated = batches::receive(service, headers, body, SubmitOptions::default(), true).await?;
    let options = validated.batch.options.clone();
    let submission = Submission { user, peer, key: None, options, parent: None };
    let accepted =
        blocking(service, move |service| Ok(batches::accept(service, &submission, validated)?.0)).await;
    accepted.map_err(Refusal::from)
}

/// Cancels a batch and shows it.
pub(super) async fn cancel(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let back = format!("/batches/{id}");
    let user = visitor.user.clone();
    let done = blocking(&service, move |service| batches::cancel(service, &user, peer, &id)).await;
    match done {
        Ok(_) => Ok(Redirect::to(&back).into_response()),
        Err(problem) => told(&visitor, &problem, &Excerpts::new(), &back),
    }
}

/// Restores a deleted batch and shows it.
pub(super) async fn restore(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let place = format!("/batches/{id}");
    let user = visitor.user.clone();
    let done = blocking(&service, move |service| batches::restore(service, &user, peer, &id)).await;
    match done {
        Ok(_) => Ok(Redirect::to(&place).into_response()),
        Err(problem) => told(&visitor, &problem, &Excerpts::new(), "/deleted"),
    }
}

/// Deletes a batch and shows the others, and how to undo it.
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let back = format!("/batches/{id}");
    let (user, deleted) = (visitor.user.clone(), id.clone());
    let done =
        blocking(&service, move |service| batches::delete(service, &user, peer, &deleted, false)).await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/?deleted={id}")).into_response()),
        Err(problem) => told(&visitor, &problem, &Excerpts::new(), &back),
    }
}

/// The names of the weight sets of a batch; of a very long batch file, only the one that every batch has.
pub(super) fn weight_sets(service: &Service, id: &str) -> Result<Vec<String>, Problem> {
    /// A page must not take longer for a longer file.
    const LONGEST: u64 = 256 << 10;
    let inputs = service.store.inputs(id)?;
    let Some((_, object)) = inputs.iter().find(|(name, _)| name == BATCH_FILE) else { return Ok(Vec::new()) };
    if object.bytes > LONGEST {
        return Ok(vec!["given".to_owned()]);
    }
    let text = String::from_utf8_lossy(&service.objects.read(object)?).into_owned();
    let document: toml::Table = text.parse().unwrap_or_default();
    let sets = document.get("weights").and_then(toml::Value::as_table).into_iter().flatten();
    Ok(["given".to_owned()].into_iter().chain(sets.map(|(name, _)| name.clone())).collect())
}

/// The login page.
pub(super) async fn login_page() -> Result<Html<String>, Problem> {
    render("login.html", &json!({ "wrong": false }))
}

#[derive(Deserialize)]
pub(super) struct LoginForm {
    token: String,
}

/// Keeps a token in a cookie that scripts and other sites do not see.
pub(super) async fn login(
    State(service): State<Arc<Service>>,
    Extension(transport): Extension<Transport>,
    form: Result<Form<LoginForm>, FormRejection>,
) -> Result<Response, Problem> {
    const MONTH: u32 = 30 * 24 * 3600;
    let Form(form) = form?;
    let token = form.token.trim().to_owned();
    let is_plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let given = token.clone();
    let user = blocking(&service, move |service| Ok(access::user_of(&service.store, &given)?)).await?;
    if user.is_none() || !is_plain {
        let page: Value = json!({ "wrong": true });
        return Ok((StatusCode::UNAUTHORIZED, render("login.html", &page)?).into_response());
    }
    Ok(([(SET_COOKIE, cookie(&token, MONTH, transport))], Redirect::to("/")).into_response())
}

/// The header that sets the cookie for so many seconds; over TLS, browsers then send it over nothing else.
fn cookie(token: &str, seconds: u32, transport: Transport) -> String {
    let secure = if transport.is_tls { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Forgets the token.
pub(super) async fn logout(Extension(transport): Extension<Transport>) -> Response {
    ([(SET_COOKIE, cookie("", 0, transport))], Redirect::to("/login")).into_response()
}
