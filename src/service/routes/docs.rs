//! The description of the interface as OpenAPI 3.1.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::service::Service;

/// Says that tokens are sent as bearers.
pub(super) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// The route of the description.
pub(in crate::service) fn document(document: &OpenApi) -> Router<Arc<Service>> {
    let value = serde_json::to_value(document).unwrap_or_default();
    let json: Arc<str> = serde_json::to_string_pretty(&value).unwrap_or_default().into();
    let answer = get(|| async move { ([(CONTENT_TYPE, "application/json")], json.to_string()) });
    Router::new().route("/openapi.json", answer)
}
