//! The description of the interface: as OpenAPI 3.1, and as a page that needs no other server.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::service::Service;
use crate::service::problem::Kind;
use crate::service::web;

/// Says that tokens are sent as bearers.
pub(super) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// The two forms of the description.
#[derive(Clone)]
pub(super) struct Rendered {
    json: Arc<str>,
    html: Arc<str>,
}

/// Writes both forms.
pub(super) fn render(document: &OpenApi) -> Rendered {
    let value = serde_json::to_value(document).unwrap_or_default();
    let operations = operations(&value);
    let problems: Vec<Value> = (Kind::ALL.into_iter())
        .map(|kind| {
            let (anchor, status, title) = kind.facts();
            json!({ "anchor": anchor, "status": status.as_u16(), "title": title })
        })
        .collect();
    let html = web::docs(&json!({ "operations": operations, "problems": problems }));
    Rendered { json: serde_json::to_string_pretty(&value).unwrap_or_default().into(), html: html.into() }
}

/// Every operation with its path and method, in the order of the document.
fn operations(document: &Value) -> Vec<Value> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operation = |path: &str, method: &str, operation: &Value| {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let responses: Vec<Value> = responses
            .map(|(status, response)| json!({ "status": status, "description": response.get("description") }))
            .collect();
        json!({
            "method": method.to_uppercase(),
            "path": path,
            "summary": operation.get("summary"),
            "description": operation.get("description"),
            "parameters": operation.get("parameters"),
            "responses": responses,
        })
    };
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, value)| operation(path, method, value))
        })
        .collect()
}

/// The routes of the description.
pub(super) fn router(rendered: Rendered) -> Router<Arc<Service>> {
    let Rendered { json, html } = rendered;
    Router::new()
        .route(
            "/openapi.json",
            get(|| async move { ([(CONTENT_TYPE, "application/json")], json.to_string()) }),
        )
        .route("/docs", get(|| async move { Html(html.to_string()) }))
}
