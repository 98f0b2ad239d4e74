//! Middleware of every request: an id, a time limit, a line in the log, security headers for browsers, and refusal of
//! commands from pages of other origins.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::Service;
use super::access;
use super::connection::Peer;
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
pub(super) async fn observe(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let id = access::random_hex::<8>().unwrap_or_default();
    let method = request.method().clone();
    // The route and not the path: a path may hold anything, a route is one of few.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.to_string()).unwrap_or_default();
    let span = tracing::info_span!("request", id, %method, path, peer);
    let (clock, limit) = (Instant::now(), service.settings.request_timeout);
    let mut response = match tokio::time::timeout(limit, next.run(request).instrument(span.clone())).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("a request may take {} seconds", limit.as_secs_f64());
            Problem::new(Kind::TimedOut, detail).into_response()
        }
    };
    let (status, took) = (response.status().as_u16(), clock.elapsed());
    service.metrics.request(&method, &route, status, took);
    if method == Method::POST && route == "/v1/batches" && status >= 400 {
        service.metrics.refused(status);
    }
    span.in_scope(|| tracing::info!(status, milliseconds = took.as_secs_f64() * 1e3, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
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
}
