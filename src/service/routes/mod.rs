//! The interface for programs: one function per route, described as OpenAPI.

mod batches;
mod docs;
mod events;
mod operations;
mod results;
mod submit;

use std::sync::Arc;

use axum::Router;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use docs::Security;

use super::Service;

pub(super) use docs::document;

/// The parts of the OpenAPI document that belong to no route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cutline",
        description = "Strategic project portfolio decisions as a service: batches of scenarios are validated, run in the \
            background and kept with their results. Every refusal is a problem document (RFC 9457).",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "batches", description = "Batches: submitted, looked at, run again, stopped, deleted"),
        (name = "results", description = "Result files of batches"),
        (name = "operations", description = "For operators"),
    ),
    modifiers(&Security),
    security(("token" = []), ())
)]
struct Document;

/// The routes of the interface for programs, and their description.
pub(super) fn described() -> (Router<Arc<Service>>, Value) {
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(batches::list, submit::submit))
        .routes(routes!(batches::get, batches::delete))
        .routes(routes!(batches::cancel))
        .routes(routes!(batches::restore))
        .routes(routes!(batches::share))
        .routes(routes!(submit::rerun))
        .routes(routes!(events::follow))
        .routes(routes!(events::follow_all))
        .routes(routes!(results::list))
        .routes(routes!(results::file))
        .routes(routes!(results::archive))
        .routes(routes!(operations::health))
        .routes(routes!(operations::readiness))
        .routes(routes!(operations::metrics))
        .routes(routes!(operations::audit))
        .split_for_parts();
    (router, docs::finished(&document))
}
