//! The router: the interface for programs, the pages, and the middleware of every request.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::problem::{Kind, Problem};
use super::{Service, guard, refusal, routes, web};

/// The service as it answers requests.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let (api, document) = routes::described();
    api.merge(routes::document(&document))
        .merge(web::router(&document))
        .fallback(|| async { Problem::not_found("page") })
        .method_not_allowed_fallback(|| async {
            Problem::new(Kind::WrongMethod, "the header `Allow` names the methods that it takes")
        })
        .layer(from_fn(refusal::check_address))
        .layer(from_fn_with_state(service.clone(), guard::check_origin))
        .layer(cors(&service.settings.origins))
        .layer(from_fn(guard::check_headers))
        .layer(from_fn_with_state(service.clone(), guard::keep_reserve))
        .layer(from_fn_with_state(service.clone(), guard::observe))
        .layer(from_fn(refusal::tell))
        .layer(from_fn(guard::secure))
        .with_state(service.clone())
}

/// Pages of other origins may call the service only where the operator says so.
fn cors(origins: &[String]) -> CorsLayer {
    use axum::http::header::{
        ACCEPT_RANGES, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LOCATION, RANGE,
    };
    use axum::http::{HeaderValue, Method};
    if origins.is_empty() {
        return CorsLayer::new();
    }
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let named = ["idempotency-key", "last-event-id"].map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_NONE_MATCH,
            RANGE,
            named[0].clone(),
            named[1].clone(),
        ])
        .expose_headers([LOCATION, ETAG, ACCEPT_RANGES])
}
