//! Batches: listed, looked at, cancelled, shared, deleted, restored.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::output::sha256;
use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::{self, seen};
use crate::service::blocking::blocking;
use crate::service::connection::Peer;
use crate::service::problem::{Kind, Problem};
use crate::service::store::{BatchFilter, BatchState, Outcome, Role};
use crate::service::view::{BatchDetail, BatchPage, BatchView, view};

use crate::service::etags;

/// Filter of a list of batches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Only batches in this state: `queued`, `running`, `done`, `failed` or `cancelled`.
    #[param(value_type = Option<BatchState>)]
    state: Option<String>,
    /// Only batches of this user.
    owner: Option<String>,
    /// Only batches whose name contains this.
    name: Option<String>,
    /// Only batches that are older than the one with this id: the `next` of the page before.
    #[param(pattern = "^[0-9a-z]{26}$")]
    before: Option<String>,
    /// True for the batches that were deleted and can be restored, instead of those that are there.
    #[serde(default)]
    deleted: bool,
    /// Size of a page (1 to 200; default 50).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists batches, newest first.
#[utoipa::path(get, path = "/v1/batches", tag = "batches", params(ListQuery), responses(
    (status = 200, body = BatchPage),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    user: User,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<BatchPage>, Problem> {
    const MOST: usize = 200;
    const USUAL: usize = 50;
    let Query(query) = query.map_err(Problem::from)?;
    let most = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&most) {
        return Err(Problem::new(Kind::Malformed, format!("limit is from 1 to {MOST}")));
    }
    let filter = BatchFilter {
        seen_by: (user.role != Role::Admin).then_some(user.name),
        state: query.state.as_deref().map(batches::state_of).transpose()?,
        owner: query.owner,
        name: query.name,
        before: query.before.map(batches::place_in_list).transpose()?,
        deleted: query.deleted,
        most: most + 1,
    };
    let mut rows = blocking(&service, move |service| Ok(service.store.batches(&filter)?)).await?;
    let is_more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| is_more).map(|last| last.id.clone());
    Ok(Json(BatchPage { batches: rows.iter().map(view).collect(), next }))
}

/// A batch: its state, the progress of each scenario, and failed attempts. Understands `If-None-Match`: who asks now and
/// then is sent nothing until something has changed but the estimate of the seconds left.
#[utoipa::path(get, path = "/v1/batches/{id}", tag = "batches",
    params(("id" = String, Path, description = "The batch")), responses(
    (status = 200, body = BatchDetail, headers(("ETag" = String, description = "Changes with the batch"))),
    (status = 304, description = "Nothing has changed"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let detail = blocking(&service, move |service| {
        let batch = seen(service, &user, &id)?;
        let scenarios = service.store.scenarios(&id)?.into_iter().map(Into::into).collect();
        let attempts = service.store.attempts(&id)?.into_iter();
        let failed_attempts = attempts
            .filter(|attempt| attempt.outcome.is_some_and(Outcome::went_wrong))
            .map(Into::into)
            .collect();
        Ok(BatchDetail { batch: view(&batch), scenarios, failed_attempts })
    });
    let detail = detail.await?;
    let etag = [(ETAG, etag(&detail)?)];
    if etags::is_known(&headers, &etag[0].1) {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok((etag, Json(detail)).into_response())
}

/// The tag of a batch; weak, as the estimate of the seconds left does not count.
fn etag(detail: &BatchDetail) -> Result<String, Problem> {
    const LENGTH: usize = 32;
    let mut lasting = detail.clone();
    lasting.batch.progress.seconds_left = None;
    let text = serde_json::to_vec(&lasting).map_err(|error| Problem::internal(&error))?;
    Ok(format!("W/\"{}\"", &sha256(&text)[..LENGTH]))
}

/// Cancels a batch: running tasks are stopped. Scenarios that were finished are kept: once what runs has stopped, their
/// results are there as those of a batch that is done, with `complete` false. Cancelling once more changes nothing.
#[utoipa::path(post, path = "/v1/batches/{id}/cancel", tag = "batches",
    params(("id" = String, Path, description = "The batch")), responses(
    (status = 200, body = BatchView),
    (status = 409, description = "It is over", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn cancel(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<BatchView>, Problem> {
    let cancelled = blocking(&service, move |service| batches::cancel(service, &user, peer, &id));
    Ok(Json(view(&cancelled.await?)))
}

/// Visibility of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sharing {
    /// True if all users may see it.
    shared: bool,
}

/// Shows a batch to all users, or to its owner only.
#[utoipa::path(post, path = "/v1/batches/{id}/share", tag = "batches",
    params(("id" = String, Path, description = "The batch")), request_body = Sharing, responses(
    (status = 200, body = BatchView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn share(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
    sharing: Result<Json<Sharing>, JsonRejection>,
) -> Result<Json<BatchView>, Problem> {
    let Json(sharing) = sharing.map_err(Problem::from)?;
    let shared = blocking(&service, move |service| batches::share(service, &user, peer, &id, sharing.shared));
    Ok(Json(view(&shared.await?)))
}

/// The manner of a deletion.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteQuery {
    /// True if it cannot be restored, and no longer counts against the quota. A batch that was deleted before can be
    /// removed for good, too.
    #[serde(default)]
    for_good: bool,
}

/// Deletes a batch that is over, with its results. It can be restored for a while (the operator's `--restorable`, 24
/// hours as it comes) and counts against the quota until then.
#[utoipa::path(delete, path = "/v1/batches/{id}", tag = "batches",
    params(("id" = String, Path, description = "The batch"), DeleteQuery), responses(
    (status = 204, description = "It is deleted"),
    (status = 409, description = "It is not over", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
    query: Result<Query<DeleteQuery>, QueryRejection>,
) -> Result<StatusCode, Problem> {
    let Query(DeleteQuery { for_good }) = query.map_err(Problem::from)?;
    blocking(&service, move |service| batches::delete(service, &user, peer, &id, for_good)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restores a batch that was deleted, with its results. Restoring one that is there changes nothing.
#[utoipa::path(post, path = "/v1/batches/{id}/restore", tag = "batches",
    params(("id" = String, Path, description = "The batch")), responses(
    (status = 200, body = BatchView),
    (status = 404, description = "There is none, or it can no longer be restored", body = Problem,
        content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn restore(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<BatchView>, Problem> {
    let restored = blocking(&service, move |service| batches::restore(service, &user, peer, &id));
    Ok(Json(view(&restored.await?)))
}
