//! Refusals in the form that their reader understands: problem documents for programs, pages for people.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::problem::{Kind, Problem};
use super::web;

/// Longest text of a refusal that becomes the detail of a problem.
const LONGEST: usize = 8 << 10;

/// Turns every refusal, whoever made it, into a problem document, or into a page for those who prefer one. Pages that
/// were rendered as such are left as they are.
pub(super) async fn tell(request: Request, next: Next) -> Response {
    let prefers_page = prefers_page(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !is_refusal || media_type.is_some_and(|media_type| media_type.starts_with("text/html")) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let problem = match head.extensions.remove::<Problem>() {
        Some(problem) => problem,
        None => of_text(status, body).await,
    };
    let page = if prefers_page { web::refusal_page(&problem).ok() } else { None };
    let (media_type, text) = match page {
        Some(Html(page)) => ("text/html; charset=utf-8", page),
        None => ("application/problem+json", serde_json::to_string(&problem).unwrap_or_default()),
    };
    // What else the answer says stays: the methods that an address takes, the time after which to ask again.
    head.headers.remove(CONTENT_LENGTH);
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    head.headers.append(VARY, HeaderValue::from_static("accept"));
    head.status = problem.status();
    Response::from_parts(head, Body::from(text))
}

/// The problem that a plain text tells of.
async fn of_text(status: StatusCode, body: Body) -> Problem {
    let text = to_bytes(body, LONGEST).await.unwrap_or_default();
    Problem::of_status(status, &String::from_utf8_lossy(&text))
}

/// True if a page is preferred to a document, as by a browser that shows the answer to a person.
fn prefers_page(headers: &HeaderMap) -> bool {
    let page = weight(headers, &["text/html", "application/xhtml+xml"]);
    page > 0.0 && page >= weight(headers, &["application/problem+json", "application/json"])
}

/// The largest weight that the header `Accept` gives to one of these types by name; 0 if it names none of them.
fn weight(headers: &HeaderMap, wanted: &[&str]) -> f64 {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let weight_of = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse().ok());
        wanted.iter().any(|one| one.eq_ignore_ascii_case(media_type)).then_some(weight.unwrap_or(0.0))
    };
    accepted.flat_map(|list| list.split(',')).filter_map(weight_of).fold(0.0, f64::max)
}

/// Refuses an address that is no text: an escape that is none, or bytes that are not UTF-8.
pub(super) async fn check_address(request: Request, next: Next) -> Response {
    match fault_of_address(request.uri()) {
        Some(detail) => Problem::new(Kind::Malformed, detail).into_response(),
        None => next.run(request).await,
    }
}

fn fault_of_address(uri: &Uri) -> Option<String> {
    let fault = |part: &str, text: &str| {
        let bytes = unescaped(text.as_bytes());
        let is_text = bytes.is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok());
        (!is_text).then(|| {
            format!("the {part} `{text}` is no text: write `%` as `%25`, and other characters as their UTF-8 bytes")
        })
    };
    fault("path", uri.path()).or_else(|| fault("query", uri.query()?))
}

/// The bytes that a part of an address stands for; `None` if a `%` is not followed by two hexadecimal digits.
fn unescaped(text: &[u8]) -> Option<Vec<u8>> {
    let digit =
        |byte: Option<&u8>| char::from(*byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            bytes.push(16 * digit(after.first())? + digit(after.get(1))?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_programs_documents() {
        let accept = |value: &'static str| {
            prefers_page(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]))
        };
        assert!(accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(accept("application/json;q=0.5, text/html"));
        for value in ["*/*", "", "application/json", "text/html;q=0", "text/html;q=0.5,application/json"] {
            assert!(!accept(value), "{value}");
        }
        assert!(!prefers_page(&HeaderMap::new()));
    }

    #[test]
    fn an_address_is_text() {
        for good in ["/v1/batches/a%20b?name=%C3%A9&x=100%25", "/", "/?"] {
            assert_eq!(fault_of_address(&good.parse().unwrap()), None, "{good}");
        }
        for bad in ["/v1/batches/%ff", "/?name=%ff", "/%C3", "/%f", "/?a=%zz", "/?a=%"] {
            assert!(fault_of_address(&bad.parse().unwrap()).is_some(), "{bad}");
        }
    }
}
