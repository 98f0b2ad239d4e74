//! What clients can ask for.

mod batches;
mod docs;
mod events;
mod guard;
mod operations;
mod results;
mod submit;
mod user;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use docs::Security;

use super::problem::{Kind, Problem};
use super::{Service, web};

pub(super) use batches::{cancel_batch, delete_batch, seen};
pub(super) use guard::Peer;
pub(super) use submit::{rerun_batch, submit_form};
pub(super) use user::{COOKIE, cookie_of};
pub(super) use view::{time, view};

/// What is described in the document itself and not at a route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cutline",
        description = "Strategic project portfolio decisions as a service: batches of scenarios are validated, run in the \
            background and kept with their results. Every refusal is a problem document (RFC 9457).",
        license(name = "MIT")
    ),
    modifiers(&Security),
    security(("token" = []), ())
)]
struct Document;

/// Everything that the service answers, and what it says about it.
fn described() -> (Router<Arc<Service>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(batches::list, submit::submit))
        .routes(routes!(batches::get, batches::delete))
        .routes(routes!(batches::cancel))
        .routes(routes!(batches::share))
        .routes(routes!(submit::rerun))
        .routes(routes!(events::follow))
        .routes(routes!(results::list))
        .routes(routes!(results::file))
        .routes(routes!(results::archive))
        .routes(routes!(operations::health))
        .routes(routes!(operations::readiness))
        .routes(routes!(operations::metrics))
        .routes(routes!(operations::audit))
        .split_for_parts()
}

/// The service as it answers requests.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let (api, document) = described();
    let document = docs::render(&document);
    api.merge(docs::router(document))
        .merge(web::router())
        .fallback(|| async { Problem::not_found("such page") })
        .method_not_allowed_fallback(|| async {
            let mut problem = Problem::new(Kind::NotAllowed, "this address does not take this method");
            problem.status = 405;
            problem
        })
        .layer(from_fn_with_state(service.clone(), guard::check_origin))
        .layer(cors(&service.settings.origins))
        .layer(from_fn_with_state(service.clone(), guard::observe))
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

/// Does what may block (the store, files, reading tables) where it holds up no other request.
pub(super) async fn blocking<T: Send + 'static>(
    service: &Arc<Service>,
    act: impl FnOnce(&Service) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let (service, span) = (service.clone(), tracing::Span::current());
    let done = tokio::task::spawn_blocking(move || span.in_scope(|| act(&service))).await;
    done.map_err(|error| Problem::internal(&error))?
}
