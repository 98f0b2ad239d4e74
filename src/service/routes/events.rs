//! Events of batches as a stream (server-sent events), from any event on.

use std::collections::{BTreeSet, VecDeque};
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
use serde_json::Value;
use tokio::sync::broadcast::Receiver;
use utoipa::IntoParams;

use crate::service::Service;
use crate::service::access::{User, is_still_user};
use crate::service::blocking::blocking;
use crate::service::places::{Crowd, Place};
use crate::service::problem::{Kind, Problem};
use crate::service::store::{EventRow, News};

/// Interval at which a follower polls the store, in case a notification is lost.
const LOOK: Duration = Duration::from_secs(2);
/// Interval of keep-alive comments in a silent stream.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// The pause that a client is asked to make before it comes back to a server that stops.
const RETURN: Duration = Duration::from_secs(3);
/// Events read at a time.
const CHUNK: usize = 500;
/// Batches that one stream follows.
const MOST_BATCHES: usize = 100;

/// The event after which the stream begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowQuery {
    /// Only events after the one with this id; the header `Last-Event-ID` means the same and takes precedence.
    after: Option<i64>,
}

/// A follower of some batches.
struct Follower {
    service: Arc<Service>,
    user: User,
    batches: Vec<String>,
    /// Each event says of which batch it is.
    names_batches: bool,
    last: i64,
    news: Receiver<String>,
    pending: VecDeque<EventRow>,
    /// True if no event follows the pending ones.
    is_over: bool,
    /// Its place among all followers.
    _place: Place<String>,
}

/// Streams the events of a batch until it is over: `state`, `scenario`, `shard` and `attempt`, each with an id from
/// which a follower that was cut off goes on. Answers 204 if the batch is over and there is no newer event.
#[utoipa::path(get, path = "/v1/batches/{id}/events", tag = "batches",
    params(("id" = String, Path, description = "The batch"), FollowQuery), responses(
    (status = 200, description = "Events", content_type = "text/event-stream", body = String),
    (status = 204, description = "The batch is over and all was told"),
    (status = 429, description = "Too many streams of this user", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many streams in all, or the service is stopping", body = Problem,
        content_type = "application/problem+json"),
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
    stream_of(service, user, vec![id], false, last_seen(&headers, query.after)).await
}

/// Streams the events of several batches until all are over, as the stream of a single one does; the data of each event
/// also has its `batch`. One stream does for whatever a client follows. Batches that are not there, or that the user may
/// not see, are left out.
#[utoipa::path(get, path = "/v1/events", tag = "batches",
    params(
        ("batch" = Vec<String>, Query, description = "A batch; to be repeated, up to 100 times"),
        ("after" = Option<i64>, Query, description = "Only events after the one with this id; the header `Last-Event-ID` \
            means the same and takes precedence"),
    ), responses(
    (status = 200, description = "Events", content_type = "text/event-stream", body = String),
    (status = 204, description = "The batches are over and all was told"),
    (status = 429, description = "Too many streams of this user", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many streams in all, or the service is stopping", body = Problem,
        content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn follow_all(
    State(service): State<Arc<Service>>,
    user: User,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(Problem::from)?;
    let (batches, after) = several(query)?;
    stream_of(service, user, batches.into_iter().collect(), true, last_seen(&headers, after)).await
}

/// The batches and the event that a query names.
fn several(query: Vec<(String, String)>) -> Result<(BTreeSet<String>, Option<i64>), Problem> {
    let malformed = |detail: String| Problem::new(Kind::Malformed, detail);
    let (mut batches, mut after) = (BTreeSet::new(), None);
    for (name, value) in query {
        match name.as_str() {
            "batch" => drop(batches.insert(value)),
            "after" => {
                let number = value.parse();
                after =
                    Some(number.map_err(|_| malformed("after is the id of an event, a number".to_owned()))?);
            }
            _ => return Err(malformed(format!("unknown parameter `{name}`; known: batch, after"))),
        }
    }
    if batches.is_empty() || batches.len() > MOST_BATCHES {
        return Err(malformed(format!("name 1 to {MOST_BATCHES} batches: ?batch=ID&batch=ID")));
    }
    Ok((batches, after))
}

/// The event that the client has seen last.
fn last_seen(headers: &HeaderMap, after: Option<i64>) -> i64 {
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    header.or(after).unwrap_or(0)
}

async fn stream_of(
    service: Arc<Service>,
    user: User,
    batches: Vec<String>,
    names_batches: bool,
    last: i64,
) -> Result<Response, Problem> {
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Kind::Stopping, "the service is stopping: follow again in a minute"));
    }
    let place = service.followers.take(Some(user.name.clone())).map_err(|crowd| no_place(&service, crowd))?;
    // The follower listens before it looks, so that nothing falls in between.
    let news = service.store.listen();
    let first = news_of(&service, &user, &batches, last).await?;
    let News { events, is_over } = first.ok_or_else(|| Problem::not_found("batch"))?;
    if is_over && events.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let pending = events.into();
    let follower =
        Follower { service, user, batches, names_batches, last, news, pending, is_over, _place: place };
    let events = stream::unfold(Some(follower), |follower| async {
        let mut follower = follower?;
        match follower.next().await {
            Some(event) => Some((Ok::<_, Infallible>(event), Some(follower))),
            // A client that is told so comes back to the next server.
            None if follower.is_cut_off() => Some((Ok(farewell()), None)),
            None => None,
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response())
}

/// What has happened since an event to those of the batches that a user may still see; `None` if there are none.
async fn news_of(
    service: &Arc<Service>,
    user: &User,
    batches: &[String],
    last: i64,
) -> Result<Option<News>, Problem> {
    let (user, batches) = (user.clone(), batches.to_vec());
    let read = blocking(service, move |service| {
        // A token may have been revoked since the stream began.
        if service.settings.needs_tokens() && !is_still_user(&service.store, &user)? {
            return Ok(None);
        }
        Ok(service.store.news(&batches, user.sees_only(), last, CHUNK)?)
    });
    read.await
}

fn no_place(service: &Service, crowd: Crowd) -> Problem {
    let limits = &service.settings.connections;
    match crowd {
        Crowd::Holder => Problem::new(
            Kind::TooManyConnections,
            format!(
                "you follow {} streams of events, as many as a user may: end some of them, follow several batches in one \
                 (/v1/events?batch=ID&batch=ID), or ask for their states now and then",
                limits.of_user
            ),
        ),
        Crowd::All => Problem::new(
            Kind::Busy,
            format!(
                "all {} streams of events are taken: ask for the state of the batch now and then",
                limits.followers
            ),
        ),
    }
}

fn farewell() -> Event {
    Event::default().retry(RETURN).comment("the service is stopping: follow again")
}

impl Follower {
    /// The next event; `None` once the batches are over or the service stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.service.farewell.is_cancelled() {
                return None;
            }
            if let Some(event) = self.pending.pop_front() {
                self.last = event.id;
                let told = Event::default().id(event.id.to_string()).event(event.kind.as_str());
                return Some(told.data(self.data(event)));
            }
            if self.is_over {
                return None;
            }
            self.wait_for_news().await;
            let more = news_of(&self.service, &self.user, &self.batches, self.last).await;
            let News { events, is_over } = more.ok()??;
            (self.pending, self.is_over) = (events.into(), is_over);
        }
    }

    fn data(&self, event: EventRow) -> String {
        match serde_json::from_str::<Value>(&event.data) {
            Ok(mut data) if self.names_batches => {
                data["batch"] = event.batch.into();
                data.to_string()
            }
            _ => event.data,
        }
    }

    /// True if the stream ends before the batches are over, as the service stops.
    fn is_cut_off(&self) -> bool {
        self.service.farewell.is_cancelled() && !(self.is_over && self.pending.is_empty())
    }

    /// Waits until something happens to a batch, but not for long, and not once the service stops.
    async fn wait_for_news(&mut self) {
        let Self { news, batches, service, .. } = self;
        let of_batch = async {
            // A lagging receiver has missed events and a closed one gets none: both must read the store.
            while news.recv().await.is_ok_and(|batch| !batches.contains(&batch)) {}
        };
        tokio::select! {
            _ = tokio::time::timeout(LOOK, of_batch) => {}
            () = service.farewell.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_batches_once_each() {
        let of = |pairs: &[(&str, &str)]| {
            several(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let (batches, after) = of(&[("batch", "b"), ("after", "7"), ("batch", "a"), ("batch", "b")]).unwrap();
        assert_eq!((batches.into_iter().collect::<Vec<_>>(), after), (vec!["a".into(), "b".into()], Some(7)));
        for wrong in
            [&[][..], &[("after", "1")], &[("batch", "a"), ("after", "x")], &[("batch", "a"), ("c", "")]]
        {
            assert_eq!(of(wrong).unwrap_err().status, 400, "{wrong:?}");
        }
        let many: Vec<(String, String)> = (0..101).map(|id| ("batch".to_owned(), id.to_string())).collect();
        assert_eq!(several(many).unwrap_err().status, 400);
    }
}
