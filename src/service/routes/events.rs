//! Events of a batch as a stream (server-sent events), from any event on.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use utoipa::IntoParams;

use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::seen;
use crate::service::blocking::blocking;
use crate::service::problem::Problem;
use crate::service::store::{EventRow, News};

/// Interval at which a follower polls the store, in case a notification is lost.
const LOOK: Duration = Duration::from_secs(2);
/// Interval of keep-alive comments in a silent stream.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// Events read at a time.
const CHUNK: usize = 500;

/// The event after which the stream begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowQuery {
    /// Only events after the one with this id; the header `Last-Event-ID` means the same and takes precedence.
    after: Option<i64>,
}

/// A follower of one batch.
struct Follower {
    service: Arc<Service>,
    batch: String,
    last: i64,
    news: Receiver<String>,
    pending: VecDeque<EventRow>,
    /// True if no event follows the pending ones.
    is_over: bool,
}

/// Streams the events of a batch until it is over: `state`, `scenario`, `shard` and `attempt`, each with an id from
/// which a follower that was cut off goes on. Answers 204 if the batch is over and there is no newer event.
#[utoipa::path(get, path = "/v1/batches/{id}/events", tag = "batches",
    params(("id" = String, Path, description = "The batch"), FollowQuery), responses(
    (status = 200, description = "Events", content_type = "text/event-stream", body = String),
    (status = 204, description = "The batch is over and all was told"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn follow(
    State(service): State<Arc<Service>>,
    user: User,
    Path(id): Path<String>,
    query: Result<Query<FollowQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(Problem::from)?;
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let last = header.or(query.after).unwrap_or(0);
    // The follower listens before it looks, so that nothing falls in between.
    let news = service.store.listen();
    let batch = id.clone();
    let first = blocking(&service, move |service| {
        seen(service, &user, &batch)?;
        let first = service.store.news(&batch, last, CHUNK)?;
        first.ok_or_else(|| Problem::not_found("batch"))
    });
    let News { events, is_over } = first.await?;
    if is_over && events.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let follower = Follower { service, batch: id, last, news, pending: events.into(), is_over };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response())
}

impl Follower {
    /// The next event; `None` once the batch is over or the service stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                self.last = event.id;
                let told = Event::default().id(event.id.to_string()).event(event.kind.as_str());
                return Some(told.data(event.data));
            }
            if self.is_over || self.service.stopping.load(Ordering::Relaxed) {
                return None;
            }
            self.wait_for_news().await;
            let (batch, last) = (self.batch.clone(), self.last);
            let more = blocking(&self.service, move |service| Ok(service.store.news(&batch, last, CHUNK)?));
            let News { events, is_over } = more.await.ok()??;
            (self.pending, self.is_over) = (events.into(), is_over);
        }
    }

    /// Waits until something happens to the batch, but not for long.
    async fn wait_for_news(&mut self) {
        let of_batch = async {
            // A lagging receiver has missed events and a closed one gets none: both must read the store.
            while self.news.recv().await.is_ok_and(|batch| batch != self.batch) {}
        };
        let _ = tokio::time::timeout(LOOK, of_batch).await;
    }
}
