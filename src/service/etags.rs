//! Tags by which a client asks for what it does not have yet.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;

/// True if a request says that its client has what bears this tag.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || plain(tag) == plain(etag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn tags_are_compared_whether_weak_or_not() {
        let known = |value: &'static str, etag: &str| {
            is_known(&HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(value))]), etag)
        };
        assert!(known("\"a\", W/\"b\"", "\"b\"") && known("\"b\"", "W/\"b\"") && known("*", "\"b\""));
        assert!(!known("\"a\"", "\"b\"") && !known("", "\"b\"") && !is_known(&HeaderMap::new(), "\"b\""));
    }
}
