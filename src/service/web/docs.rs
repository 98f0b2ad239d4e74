//! The description of the interface as a page that needs no other server.

use serde_json::{Value, json};

use crate::service::problem::Kind;

use super::render::render;

/// The page of a description.
pub(super) fn page(document: &Value) -> String {
    let problems: Vec<Value> = (Kind::ALL.into_iter())
        .map(|kind| {
            let (anchor, status, title) = kind.facts();
            json!({ "anchor": anchor, "status": status.as_u16(), "title": title })
        })
        .collect();
    let values = json!({ "operations": operations(document), "problems": problems });
    render("docs.html", &values).map_or_else(|problem| problem.detail, |axum::response::Html(page)| page)
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
