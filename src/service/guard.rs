//! Middleware of every request: an id, a time limit, a line in the log and, if it is refused, in the audit log;
//! security headers for browsers; and refusal of what is ambiguous, comes from pages of other origins, or finds no
//! place.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName,
    ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::Service;
use super::access::{self, Asker};
use super::blocking::blocking;
use super::commitment::answer_within;
use super::connection::{Crowded, Peer};
use super::denials::Denial;
use super::places::Crowd;
use super::problem::{Kind, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Content security policy: only content of this server is loaded, run or framed, and forms are sent to it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds the security headers for browsers.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Gives each request an id and a time limit, counts it, and logs it.
pub(super) async fn observe(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = access::random_hex::<8>().unwrap_or_default();
    let asked = Asked::of(&mut request);
    let Asked { method, path, .. } = &asked;
    let peer = asked.peer.map(|peer| peer.0.to_string()).unwrap_or_default();
    let span = tracing::info_span!("request", id, %method, path, peer);
    let (clock, limit) = (Instant::now(), service.settings.request_timeout);
    let answer = answer_within(limit, next.run(request).instrument(span.clone())).await;
    let mut response = answer.unwrap_or_else(|| {
        let detail = format!("a request may take {} seconds; nothing was stored", limit.as_secs_f64());
        Problem::new(Kind::TimedOut, detail).into_response()
    });
    let (status, took) = (response.status(), clock.elapsed());
    service.metrics.request(method, &asked.route, status.as_u16(), took);
    if *method == Method::POST && asked.route == "/v1/batches" && status.as_u16() >= 400 {
        service.metrics.refused(status.as_u16());
    }
    span.in_scope(|| {
        tracing::info!(status = status.as_u16(), milliseconds = took.as_secs_f64() * 1e3, "answered");
    });
    asked.audit(&service, status).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A request, as far as logs tell of it.
struct Asked {
    method: Method,
    /// The route and not the path: a path may hold anything, a route is one of few.
    route: String,
    path: String,
    peer: Option<Peer>,
    asker: Arc<Asker>,
}

impl Asked {
    fn of(request: &mut Request) -> Self {
        let asker = Arc::<Asker>::default();
        request.extensions_mut().insert(asker.clone());
        let extensions = request.extensions();
        Self {
            method: request.method().clone(),
            route: extensions.get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned(),
            path: request.uri().path().to_owned(),
            peer: extensions.get::<Peer>().copied(),
            asker,
        }
    }

    /// Tells the audit log of a request that was refused for who sent it, or for how many they sent.
    async fn audit(&self, service: &Arc<Service>, status: StatusCode) {
        let is_refusal = matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
        );
        let Some(peer) = self.peer.filter(|_| is_refusal || self.asker.has_wrong_token()) else { return };
        let status = if self.asker.has_wrong_token() { StatusCode::UNAUTHORIZED } else { status };
        let entries = service.denials.entries(
            &Denial {
                user: self.asker.user(),
                method: self.method.as_str(),
                route: &self.route,
                path: &self.path,
                answer: &status.to_string(),
                address: peer.0.ip(),
            },
            Instant::now(),
        );
        if entries.is_empty() {
            return;
        }
        let recorded = blocking(service, move |service| {
            entries.iter().try_for_each(|entry| Ok(service.store.record(entry)?))
        });
        // A failure is in the log; the request was refused all the same.
        let _ = recorded.await;
    }
}

/// What operators ask: answered even when all places are taken.
const FOR_OPERATORS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Refuses requests whose connection found no place, but for those of operators.
pub(super) async fn keep_reserve(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(&Crowded(crowd)) = request.extensions().get() else { return next.run(request).await };
    let mut response = if FOR_OPERATORS.contains(&request.uri().path()) {
        next.run(request).await
    } else {
        let limits = &service.settings.connections;
        let (kind, detail) = match crowd {
            Crowd::Holder => (
                Kind::TooManyConnections,
                format!(
                    "your address has {} connections, as many as one may have: close some of them, or ask the \
                     operator for more (--max-connections-per-address)",
                    limits.of_address
                ),
            ),
            Crowd::All => (
                Kind::Busy,
                format!(
                    "all {} connections are taken: try again in a moment (the operator sets --max-connections)",
                    limits.all
                ),
            ),
        };
        Problem::new(kind, detail).into_response()
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Headers that say who asks, where, and for what: two of them could be read in two ways, by us and by a proxy.
const SAID_ONCE: [HeaderName; 6] = [
    HOST,
    ORIGIN,
    AUTHORIZATION,
    CONTENT_TYPE,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
];

/// Refuses requests that can be read in more than one way.
pub(super) async fn check_headers(request: Request, next: Next) -> Response {
    match ambiguity(request.headers(), request.uri(), request.version()) {
        Some(detail) => Problem::new(Kind::Malformed, detail).into_response(),
        None => next.run(request).await,
    }
}

fn ambiguity(headers: &HeaderMap, uri: &Uri, version: Version) -> Option<String> {
    if let Some(name) = SAID_ONCE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
        return Some(format!("the header `{name}` is there twice: send it once"));
    }
    let host = headers.get(HOST);
    if host.is_none() && version >= Version::HTTP_11 {
        return Some("the header `Host` is missing: say which server you mean".to_owned());
    }
    let named = uri.authority().map(|authority| authority.as_str().as_bytes());
    let is_other =
        named.is_some_and(|named| host.is_some_and(|host| !named.eq_ignore_ascii_case(host.as_bytes())));
    is_other.then(|| "the address names another server than the header `Host`".to_owned())
}

/// Refuses what a page of another origin has a browser do, and names that this server does not bear: a name that
/// resolves to this machine would else make any page one of ours.
pub(super) async fn check_origin(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let settings = &service.settings;
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !settings.needs_tokens() && !is_name_of_this_machine(host, &settings.hosts) {
        let detail = format!("unrecognised Host `{host}`; add --host {host} to accept it");
        return Problem::new(Kind::NotAllowed, detail).into_response();
    }
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe && !is_own_origin(headers, host, &settings.origins) {
        let detail = "a page of another origin may not do this: see --allow-origin";
        return Problem::new(Kind::NotAllowed, detail).into_response();
    }
    next.run(request).await
}

fn is_name_of_this_machine(host: &str, hosts: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let is_loopback =
        name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback
        || name.eq_ignore_ascii_case("localhost")
        || hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_own_origin(headers: &HeaderMap, host: &str, origins: &[String]) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
    match text(ORIGIN) {
        Some(origin) => {
            origins.contains(&origin)
                || origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        // Programs that are no browsers send neither.
        None => text(HeaderName::from_static("sec-fetch-site")).is_none_or(|site| site != "cross-site"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_pass() {
        let hosts = ["plan.example".to_owned()];
        for name in ["localhost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]:8080", "plan.example:443"] {
            assert!(is_name_of_this_machine(name, &hosts), "{name}");
        }
        for name in
            ["", "evil.example", "localhost.evil.example:8080", "192.168.0.1:8080", "127.0.0.1.evil.example"]
        {
            assert!(!is_name_of_this_machine(name, &hosts), "{name}");
        }
    }

    #[test]
    fn pages_of_other_origins_give_no_commands() {
        let of = |name: &str, value: &str| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
        };
        let own =
            |headers: &HeaderMap| is_own_origin(headers, "localhost:80", &["https://a.example".to_owned()]);
        assert!(own(&HeaderMap::new()) && own(&of("origin", "http://localhost:80")));
        assert!(own(&of("origin", "https://a.example")) && own(&of("sec-fetch-site", "same-origin")));
        assert!(!own(&of("origin", "https://b.example")) && !own(&of("origin", "null")));
        assert!(!own(&of("sec-fetch-site", "cross-site")));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let of = |names: &[(&str, &str)], uri: &str, version: Version| {
            let headers: HeaderMap = (names.iter())
                .map(|(name, value)| {
                    (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
                })
                .collect();
            ambiguity(&headers, &uri.parse().unwrap(), version).is_some()
        };
        let (one, two) = (("host", "a.example"), ("host", "b.example"));
        assert!(!of(&[one], "/", Version::HTTP_11) && !of(&[], "/", Version::HTTP_10));
        assert!(of(&[one, two], "/", Version::HTTP_11) && of(&[one, one], "/", Version::HTTP_10));
        assert!(of(&[], "/", Version::HTTP_11));
        assert!(of(&[one], "http://b.example/", Version::HTTP_11));
        assert!(!of(&[one], "http://A.example/", Version::HTTP_11));
        for name in SAID_ONCE {
            assert!(of(&[one, (name.as_str(), "x"), (name.as_str(), "x")], "/", Version::HTTP_11), "{name}");
        }
    }
}
