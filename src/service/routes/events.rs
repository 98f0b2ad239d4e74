//! What happens to a batch, told as it happens (server-sent events), from any point on.

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
use crate::service::problem::{Kind, Problem};
use crate::service::store::EventRow;

/// How often a follower looks for itself, should no news reach it.
const LOOK: Duration = Duration::from_secs(2);
/// How often a silent stream shows that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How many events are read at a time.
const CHUNK: usize = 500;

/// From where on events are told.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowQuery {
    /// Only events after the one with this id; the header `Last-Event-ID` says the same and counts first.
    after: Option<i64>,
}

/// A follower of one batch.
struct Follower {
    service: Arc<Service>,
    batch: String,
    last: i64,
    news: Receiver<String>,
    pending: VecDeque<EventRow>,
    is_over: bool,
}

/// Tells what happens to a batch until it is over: `state`, `scenario`, `shard` and `attempt` events, each with an id
/// from which a follower that was cut off goes on. Answers 204 where the batch is over and there is nothing new.
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
    let Query(query) = query.map_err(|error| Problem::new(Kind::Malformed, error.body_text()))?;
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let last = header.or(query.after).unwrap_or(0);
    // The follower listens before it looks, so that nothing falls in between.
    let news = service.store.listen();
    let batch = id.clone();
    let (is_over, pending) = blocking(&service, move |service| {
        let is_over = seen(service, &user, &batch)?.is_over();
        Ok((is_over, service.store.events_after(&batch, last, CHUNK)?))
    })
    .await?;
    if is_over && pending.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let follower = Follower { service, batch: id, last, news, pending: pending.into(), is_over: false };
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
                let data: serde_json::Value = serde_json::from_str(&event.data).unwrap_or_default();
                let state = data.get("state").and_then(serde_json::Value::as_str).unwrap_or_default();
                self.is_over |= event.kind == "state" && matches!(state, "done" | "failed" | "cancelled");
                return Some(Event::default().id(event.id.to_string()).event(event.kind).data(event.data));
            }
            if self.is_over || self.service.stopping.load(Ordering::Relaxed) {
                return None;
            }
            self.wait_for_news().await;
            let (batch, last) = (self.batch.clone(), self.last);
            let more = blocking(&self.service, move |service| {
                let is_there = service.store.batch(&batch)?.is_some();
                Ok((is_there, service.store.events_after(&batch, last, CHUNK)?))
            });
            let (is_there, more) = more.await.ok()?;
            if !is_there {
                return None;
            }
            self.pending = more.into();
        }
    }

    /// Waits until something happens to the batch, but not for long.
    async fn wait_for_news(&mut self) {
        let of_batch = async {
            // Who fell behind has missed something, and who hears nothing any more must look.
            while self.news.recv().await.is_ok_and(|batch| batch != self.batch) {}
        };
        let _ = tokio::time::timeout(LOOK, of_batch).await;
    }
}
