//! New batches: submitted, or made from another with something changed.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::{Submission, accept, admit, prepare_rerun, receive, seen};
use crate::service::blocking::blocking;
use crate::service::connection::Peer;
use crate::service::overrides::Overrides;
use crate::service::problem::{Kind, Problem};
use crate::service::submission::body::{Archive, FormBody, JsonBody};
use crate::service::submission::options::SubmitOptions;
use crate::service::submission::validation::Validated;
use crate::service::view::{BatchView, view};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Submits a batch: a zip archive of the batch file and its portfolio's folder (as it is, or as a part of a form), single
/// files in a form, or JSON tables. It is validated at once: faults are answered with 422, each with its file, row,
/// column, value and what to do, and nothing is stored. With an `Idempotency-Key`, submitting the same again answers
/// with the batch that is there.
#[utoipa::path(post, path = "/v1/batches", tag = "batches",
    params(SubmitOptions, ("Idempotency-Key" = Option<String>, Header, description = "Up to 200 printable characters")),
    request_body(description = "The batch file and its tables", content(
        (Archive = "application/zip"),
        (FormBody = "multipart/form-data"),
        (JsonBody = "application/json")
    )), responses(
    (status = 202, description = "It is accepted and will run", body = BatchView,
        headers(("Location" = String, description = "The batch"))),
    (status = 200, description = "The same was submitted before under this key", body = BatchView),
    (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Faults in the input", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many unfinished batches", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "No room", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn submit(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    options: Result<Query<SubmitOptions>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Query(options) = options.map_err(Problem::from)?;
    admit(&service, &user)?;
    let key = key(&headers)?;
    let validated = receive(&service, &headers, body, options, false).await?;
    let options = validated.batch.options.clone();
    let submission = Submission { user, peer, key, options, parent: None };
    blocking(&service, move |service| answer(service, &submission, validated)).await
}

/// Makes a new batch from one that is there, with something changed in its batch file. The tables stay the same.
#[utoipa::path(post, path = "/v1/batches/{id}/rerun", tag = "batches",
    params(
        ("id" = String, Path, description = "The batch that is run again"),
        ("Idempotency-Key" = Option<String>, Header, description = "Up to 200 printable characters"),
    ), request_body(content = Overrides, example = json!({"everywhere": {"budget_scale": 0.9}})), responses(
    (status = 202, description = "It is accepted and will run", body = BatchView),
    (status = 200, description = "The same was submitted before under this key", body = BatchView),
    (status = 422, description = "The changed batch has faults", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn rerun(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
    overrides: Result<Json<Overrides>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(overrides) = overrides.map_err(Problem::from)?;
    admit(&service, &user)?;
    let key = key(&headers)?;
    let (submission, validated) = prepare_rerun(&service, user, peer, &id, overrides, key).await?;
    blocking(&service, move |service| answer(service, &submission, validated)).await
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const LONGEST: usize = 200;
    let Some(key) = headers.get(KEY) else { return Ok(None) };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(
            Kind::Malformed,
            format!("an Idempotency-Key has 1 to {LONGEST} printable characters"),
        )),
    }
}

/// Stores a sound batch and answers with it.
fn answer(service: &Service, submission: &Submission, validated: Validated) -> Result<Response, Problem> {
    let (id, is_new) = accept(service, submission, validated)?;
    let batch = view(&seen(service, &submission.user, &id)?);
    let location = [(LOCATION, format!("/v1/batches/{id}"))];
    Ok(if is_new {
        (StatusCode::ACCEPTED, location, Json(batch)).into_response()
    } else {
        (StatusCode::OK, location, [(REPLAYED, "true")], Json(batch)).into_response()
    })
}
