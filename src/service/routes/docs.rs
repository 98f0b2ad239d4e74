//! The description of the interface as OpenAPI 3.1.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Map, Value, json};
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

/// The description as it is served: every operation tells of refusals, and every answer says what it stands for, as
/// OpenAPI demands.
pub(super) fn finished(document: &OpenApi) -> Value {
    let mut value = serde_json::to_value(document).unwrap_or_default();
    let paths = value.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    let operations = paths.flat_map(|(_, methods)| methods.as_object_mut().into_iter().flatten());
    for (_, operation) in operations {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(schema) = parameter.get_mut("schema") {
                leave_out_null(schema);
            }
        }
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            describe(responses);
        }
    }
    value
}

/// A parameter is there or not, and never null.
fn leave_out_null(schema: &mut Value) {
    let is_null = |one: &Value| one == "null" || one.get("type").is_some_and(|kind| kind == "null");
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| !is_null(one));
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.retain(|one| !is_null(one));
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
}

fn describe(responses: &mut Map<String, Value>) {
    let refusal = json!({ "content": { "application/problem+json": {
        "schema": { "$ref": "#/components/schemas/Problem" }
    } } });
    for statuses in ["4XX", "5XX"] {
        responses.entry(statuses).or_insert_with(|| refusal.clone());
    }
    for (status, response) in responses {
        let is_blank = response.get("description").and_then(Value::as_str).is_none_or(str::is_empty);
        if is_blank && response.get("$ref").is_none() {
            response["description"] = meaning(status).into();
        }
    }
}

/// The meaning of a status, in words.
fn meaning(status: &str) -> String {
    let of_class = match status {
        "200" => Some("The answer"),
        "4XX" => Some("The request is refused; the problem says why"),
        "5XX" => Some("The service cannot do it now; the problem says why"),
        _ => None,
    };
    let reason = || status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok()?.canonical_reason());
    of_class.or_else(reason).unwrap_or("An answer").to_owned()
}

/// The route of the description.
pub(in crate::service) fn document(document: &Value) -> Router<Arc<Service>> {
    let json: Arc<str> = serde_json::to_string_pretty(document).unwrap_or_default().into();
    let answer = get(|| async move { ([(CONTENT_TYPE, "application/json")], json.to_string()) });
    Router::new().route("/openapi.json", answer)
}
