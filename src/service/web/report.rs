//! The report's data, as the page of a batch fetches it: all scenarios in short, then each scenario when it is shown.

use std::sync::{Arc, LazyLock};

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::output::report_script;
use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::{self, seen};
use crate::service::blocking::{blocking, blocking_in_turn};
use crate::service::etags;
use crate::service::problem::Problem;
use crate::service::report;
use crate::service::turns::Work;

static LIVE: LazyLock<String> =
    LazyLock::new(|| report_script(concat!(include_str!("weigh.js"), include_str!("live.js"))));

/// The script of the report as a page of the service runs it.
pub(super) fn script() -> &'static str {
    &LIVE
}

/// What is told of the batch, and what the tables tell of all scenarios.
pub(super) async fn overview(
    State(service): State<Arc<Service>>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    describe(&service, &user, &id).await?;
    blocking_in_turn(&service, Work::View, move |service| {
        let batch = seen(service, &user, &id)?;
        let files = service.store.results(&id)?;
        let subject = report::subject(service, &id)?;
        // Without what the portfolio says, the same results are told in another way.
        let tag = report::tag(&files, if subject.is_some() { "overview" } else { "bare overview" });
        if etags::is_known(&headers, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
        }
        let text = report::all_scenarios(service, &batch, &files, subject.unwrap_or_default())?;
        Ok(json(tag, text))
    })
    .await
}

/// Has the portfolio of a batch described, unless that was done before. A portfolio that this version would refuse has no
/// description: the report then tells ids in place of names.
async fn describe(service: &Arc<Service>, user: &User, id: &str) -> Result<(), Problem> {
    let (by, batch) = (user.clone(), id.to_owned());
    let is_there = blocking(service, move |service| {
        let batch = seen(service, &by, &batch)?;
        if !batch.has_results {
            return Err(Problem::not_found("report of this batch yet"));
        }
        Ok(report::subject(service, &batch.id)?.is_some())
    });
    if is_there.await? {
        return Ok(());
    }
    match batches::describe(service, user.clone(), id).await {
        Ok(validated) => {
            let id = id.to_owned();
            blocking(service, move |service| Ok(report::take_in_subject(service, &id, &validated.subject())?))
                .await
        }
        Err(problem) => {
            tracing::warn!(batch = id, detail = problem.detail, "a portfolio could not be described");
            Ok(())
        }
    }
}

/// What the tables tell of one scenario, given its position, beyond the overview.
pub(super) async fn scenario(
    State(service): State<Arc<Service>>,
    user: User,
    Path((id, place)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    blocking_in_turn(&service, Work::View, move |service| {
        if !seen(service, &user, &id)?.has_results {
            return Err(Problem::not_found("report of this batch yet"));
        }
        let files = service.store.results(&id)?;
        let tag = report::tag(&files, &place.to_string());
        if etags::is_known(&headers, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
        }
        let text = report::scenario(service, &id, &files, place)?;
        Ok(json(tag, text.ok_or_else(|| Problem::not_found("scenario"))?))
    })
    .await
}

fn json(tag: String, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (ETAG, tag),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    (headers, text).into_response()
}
