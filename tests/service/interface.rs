//! The interface as it is described: the OpenAPI document, its examples and those of the documentation, and refusals.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::*;
use crate::program::PROGRAM;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Every operation of a document, with its path and method.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

/// Every reference in a document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_description_is_sound_openapi() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let document = server.get("/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(document["info"]["license"]["identifier"].is_string() && document["info"]["version"].is_string());
    let mut names = BTreeSet::new();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(METHODS.contains(&method), "{at}");
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{at}: two operations are called {name}");
        assert!(
            operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(tag.as_str().unwrap())),
            "{at}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("4XX") && responses.contains_key("5XX"), "{at} is never refused");
        for (status, response) in responses {
            let description = response["description"].as_str();
            assert!(description.is_some_and(|text| !text.is_empty()), "{at}: {status} is not described");
        }
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        let mut in_path: Vec<&str> = Vec::new();
        for parameter in parameters {
            assert!(parameter["schema"].is_object(), "{at}: {parameter}");
            assert!(!parameter["schema"].to_string().contains("\"null\""), "{at}: {parameter}");
            if parameter["in"] == "path" {
                assert_eq!(parameter["required"], true, "{at}: {parameter}");
                in_path.push(parameter["name"].as_str().unwrap());
            }
        }
        let in_template: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(in_path, in_template, "{at}");
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let place = document.pointer(reference.strip_prefix('#').unwrap());
        assert!(place.is_some(), "{reference} leads nowhere");
    }
}

/// A batch in which everything is found that the examples of reruns name.
fn parent(server: &Server) -> String {
    let batch = "[batch]\nname = \"parent\"\nportfolio = \"data\"\noptions = 2\n[weights.growth]\nmethod = \"direct\"\n\
        values = { value = 1 }\n[[scenario]]\nname = \"budget cut\"\n";
    let mut body = small_batch("parent", 1);
    body["batch"] = batch.into();
    server.submit(&body)
}

/// The examples of a body: those of its media type, of its schema, and of single properties.
fn examples(document: &Value, media_type: &Value) -> Vec<Value> {
    let schema = match media_type["schema"]["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => &media_type["schema"],
    };
    let mut found: Vec<Value> = [&media_type["example"], &schema["example"]].map(Value::clone).into();
    for one in [&media_type["examples"], &schema["examples"]] {
        found.extend(one.as_array().cloned().unwrap_or_default());
        let named = one.as_object().into_iter().flatten();
        found.extend(named.map(|(_, example)| example["value"].clone()));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if !property["example"].is_null() {
            found.push(json!({ name: property["example"] }));
        }
    }
    found.retain(|example| !example.is_null());
    found
}

#[test]
fn every_example_of_the_description_is_accepted() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let document = server.get("/openapi.json").json();
    let parent = parent(&server);
    let mut sent = 0;
    for (path, method, operation) in operations(&document) {
        let bodies = operation["requestBody"]["content"].as_object();
        for (media_type, body) in bodies.into_iter().flatten() {
            for example in examples(&document, body) {
                let headers = [("Content-Type", media_type.as_str())];
                let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                let path = path.replace("{id}", &parent);
                let answer = server.ask(&method.to_uppercase(), &path, &headers, text.as_bytes());
                assert!(answer.status < 300, "{method} {path} {example}: {}", answer.text());
                sent += 1;
            }
        }
    }
    assert!(sent >= 2, "there are examples of a submission and of a rerun");
}

/// The blocks of shell commands of a Markdown text.
fn shell_blocks(text: &str) -> Vec<&str> {
    text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn every_example_of_the_documentation_is_accepted() {
    let tools = ["curl", "zip", "bash", "sed"];
    let is_missing = |tool: &&&str| Command::new(tool).arg("--version").output().is_err();
    if let Some(tool) = tools.iter().find(is_missing) {
        println!("skipped: the examples need {tool}, which is not here");
        return;
    }
    let (data, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = Server::start(data.path(), &[]);
    symlink(PROGRAM, place.path().join("cutline")).unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/service.md")).unwrap();
    let blocks = shell_blocks(&text);
    let is_tried = |block: &&&str| block.contains("curl ") || block.contains("cutline token");
    let tried: Vec<&&str> = blocks.iter().filter(is_tried).collect();
    assert!(tried.len() >= 3, "examples of submissions, of reruns and of tokens");
    // A refusal ends the script.
    let mut script =
        "set -eo pipefail\ncurl() { command curl -sS --fail-with-body \"$@\"; echo; }\n".to_owned();
    for block in tried {
        script += &block
            .replace("localhost:8787", &server.address)
            .replace("--data cutline-data", "--data \"$DATA\"");
    }
    let path = format!("{}:{}", place.path().display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(place.path())
        .env("PATH", path)
        .env("DATA", data.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{}\n{script}", stdout(&output), stderr(&output));
    let batches = server.get("/v1/batches").json()["batches"].as_array().unwrap().len();
    assert_eq!(
        batches,
        text.matches("\ncurl ").count() + text.matches("=$(curl ").count() - 1,
        "{}",
        stdout(&output)
    );
}

#[test]
fn every_refusal_is_a_problem_document_and_a_page_for_people() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let json = "application/json";
    let cases: &[(&str, &str, &str, &str, u16, &str)] = &[
        ("GET", "/v1/batches/%ff", "", "", 400, "malformed"),
        ("GET", "/v1/batches/%ff/events", "", "", 400, "malformed"),
        ("GET", "/v1/batches/x/results/%ff", "", "", 400, "malformed"),
        ("GET", "/v1/batches?name=%ff", "", "", 400, "malformed"),
        ("GET", "/v1/batches?name=%zz", "", "", 400, "malformed"),
        ("GET", "/v1/batches?state=over", "", "", 400, "malformed"),
        ("GET", "/v1/batches?limit=many", "", "", 400, "malformed"),
        ("GET", "/v1/batches?limit=1&limit=2", "", "", 400, "malformed"),
        ("GET", "/v1/batches?before=yesterday", "", "", 400, "malformed"),
        ("GET", "/v1/batches?colour=red", "", "", 400, "malformed"),
        ("GET", "/v1/batches/none", "", "", 404, "not-found"),
        ("GET", "/v1/none", "", "", 404, "not-found"),
        ("GET", "/none", "", "", 404, "not-found"),
        ("GET", "/batches/%ff", "", "", 400, "malformed"),
        ("GET", "/batches/none", "", "", 404, "not-found"),
        ("GET", "/?state=over", "", "", 400, "malformed"),
        ("GET", "/?before=yesterday", "", "", 400, "malformed"),
        ("PUT", "/v1/batches", "", "", 405, "wrong-method"),
        ("PATCH", "/", "", "", 405, "wrong-method"),
        ("GET", "/v1/batches/none/cancel", "", "", 405, "wrong-method"),
        ("DELETE", "/openapi.json", "", "", 405, "wrong-method"),
        ("POST", "/assets/page.js", "", "", 405, "wrong-method"),
        ("POST", "/v1/batches", "text/plain", "x", 415, "not-supported"),
        ("POST", "/v1/batches", "", "x", 415, "not-supported"),
        ("POST", "/v1/batches", json, "{", 400, "malformed"),
        ("POST", "/v1/batches", json, "[1]", 400, "malformed"),
        ("POST", "/v1/batches", "application/zip", "no archive", 400, "malformed"),
        ("POST", "/v1/batches", "multipart/form-data", "", 400, "malformed"),
        ("POST", "/v1/batches?priority=high", json, "{}", 400, "malformed"),
        ("POST", "/v1/batches/none/share", "text/plain", "x", 415, "not-supported"),
        ("POST", "/v1/batches/none/share", json, "{", 400, "malformed"),
        ("POST", "/v1/batches/none/share", json, "{\"shared\": 1}", 400, "malformed"),
        ("POST", "/v1/batches/none/rerun", "", "{}", 415, "not-supported"),
        ("POST", "/v1/batches/none/restore", "", "", 404, "not-found"),
        ("DELETE", "/v1/batches/none?for_good=perhaps", "", "", 400, "malformed"),
        ("POST", "/login", "application/x-www-form-urlencoded", "password=x", 400, "malformed"),
        ("POST", "/login", "text/plain", "token=x", 415, "not-supported"),
    ];
    for (method, path, media_type, body, status, kind) in cases {
        let at = format!("{method} {path} {media_type} {body}");
        let ask = |accept: &str| {
            let mut headers = vec![("Accept", accept)];
            headers.extend((!media_type.is_empty()).then_some(("Content-Type", *media_type)));
            server.ask(method, path, &headers, body.as_bytes())
        };
        let answer = ask("*/*");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (*status, "application/problem+json"),
            "{at}: {}",
            answer.text()
        );
        let problem = answer.json();
        assert_eq!(problem["type"], format!("/docs#{kind}"), "{at}");
        assert_eq!(problem["status"], *status, "{at}");
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{at}: {problem}");
        }
        assert_eq!(*status == 405, !answer.header("allow").is_empty(), "{at}");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{at}");
        let page = ask("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assert_eq!((page.status, page.header("content-type")), (*status, "text/html; charset=utf-8"), "{at}");
        assert!(
            page.text().contains("<!doctype html>") && page.text().contains("<h1>"),
            "{at}: {}",
            page.text()
        );
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{at}");
    }
    let docs = server.get("/docs").text();
    let kinds: BTreeSet<&str> = cases.iter().map(|case| case.5).collect();
    assert!(kinds.iter().all(|kind| docs.contains(&format!("id=\"{kind}\""))), "each kind is described");
    assert!(
        server.get("/v1/batches?state=over").json()["detail"]
            .as_str()
            .unwrap()
            .contains("queued, running, done")
    );
}
