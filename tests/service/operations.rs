//! What operators rely on: figures, logs, backups, migrations, retention, the description of the interface.

use serde_json::Value;
use tempfile::TempDir;

use super::server::*;

#[test]
fn figures_logs_and_ids_tell_what_happened() {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &["--workers", "2"]);
    let id = server.submit(&small_batch("plan", 3));
    server.wait(&id);
    assert_eq!(server.post_json("/v1/batches", &serde_json::json!({})).status, 400);
    let metrics = server.get("/metrics");
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = metrics.text();
    for line in [
        "cutline_batches{state=\"done\"} 1",
        "cutline_attempts_total{step=\"plan\",outcome=\"done\"} 1",
        "cutline_attempts_total{step=\"merge\",outcome=\"done\"} 1",
        "cutline_submissions_refused_total{status=\"400\"} 1",
        "cutline_wait_seconds_count 1",
        "cutline_select_seconds_count 1",
        "cutline_gap_bucket{le=\"0.001\"} 6",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let refused = server.get("/v1/batches/nothing");
    let request = refused.header("x-request-id").to_owned();
    assert!(server.stop());
    let log = server.log.lock().unwrap().clone();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        lines.iter().any(|line| line["span"]["id"] == request.as_str() && line["status"] == 404),
        "{log}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line["message"] == "a try ended" && line["outcome"] == "done" && line["code"] == 0),
        "{log}"
    );
    let debug_texts = ["Some(", "None", "Ok(", "Err(", "Merged", "Planned"];
    assert!(!debug_texts.iter().any(|text| log.contains(text)), "values are told as words: {log}");
    assert!(
        lines.iter().any(|line| line["span"]["batch"] == id.as_str() && line["span"]["step"] == "merge"),
        "{log}"
    );
}

#[test]
fn a_backup_taken_while_it_runs_is_a_data_folder_that_goes_on() {
    let (data, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = Server::start(data.path(), &["--workers", "1"]);
    let done = server.submit(&small_batch("plan", 3));
    server.wait(&done);
    let slow = server.submit(&slow_batch("slow"));
    let open = server.submit(&small_batch("open", 4));
    eventually("the slow one runs", || server.batch(&slow)["state"] == "running");
    let (from, to) = (data.path().to_str().unwrap(), place.path().join("copy"));
    let copy = output_of(place.path(), &["backup", "create", "copy", "--data", from]);
    assert!(copy.status.success(), "{}", stderr(&copy));
    let results = server.results(&done);
    drop(server);

    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(&to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "it is for its owner only");
    assert!(output_of(place.path(), &["backup", "check", "--data", "copy"]).status.success());
    let restored = Server::start(&to, &["--workers", "2"]);
    assert_eq!(restored.results(&done), results);
    restored.ask("POST", &format!("/v1/batches/{slow}/cancel"), &[], b"");
    assert_eq!(restored.wait(&open)["state"], "done", "what was open is planned and run again");
    assert_eq!(restored.results(&open), run_results("open", 4));
    drop(restored);
    let object = std::fs::read_dir(to.join("objects")).unwrap().next().unwrap().unwrap().path();
    let object = std::fs::read_dir(object).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&object, "damaged").unwrap();
    let check = output_of(place.path(), &["backup", "check", "--data", "copy"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(stderr(&check).contains("damaged or missing"), "{}", stderr(&check));
    assert_eq!(output_of(place.path(), &["backup", "create", "copy", "--data", from]).status.code(), Some(2));
}

#[test]
fn old_batches_are_deleted_when_their_time_is_over() {
    let data = TempDir::new().unwrap();
    let id = {
        let server = Server::start(data.path(), &[]);
        let id = server.submit(&small_batch("plan", 1));
        server.wait(&id);
        id
    };
    let server = Server::start(data.path(), &["--retention", "1ms"]);
    eventually("it is deleted", || server.get(&format!("/v1/batches/{id}")).status == 404);
    let is_empty = |folder: std::fs::DirEntry| std::fs::read_dir(folder.path()).unwrap().next().is_none();
    eventually("its files are deleted", || {
        std::fs::read_dir(data.path().join("objects")).unwrap().all(|folder| is_empty(folder.unwrap()))
    });
}

#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let data = TempDir::new().unwrap();
    drop(Server::start(data.path(), &[]));
    let store = rusqlite::Connection::open(data.path().join("cutline.sqlite3")).unwrap();
    store.pragma_update(None, "user_version", 99).unwrap();
    let said = Server::try_start(data.path(), &[]).err().unwrap();
    assert!(said.contains("of version 99, which a newer program wrote"), "{said}");
}

#[test]
fn the_interface_is_described_in_openapi_and_on_a_page() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let document = server.get("/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert!(
        paths.len() >= 12 && paths.iter().any(|path| *path == "/v1/batches/{id}/results/{file}"),
        "{paths:?}"
    );
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let path = reference.split('"').next().unwrap();
        assert!(document.pointer(path).is_some(), "{path}");
    }
    let page = server.get("/docs").text().replace("&#x2f;", "/");
    assert!(paths.iter().all(|path| page.contains(path.as_str())));
    assert!(page.contains("id=\"invalid-input\""), "where problems point to");
    assert!(!page.contains("http://") && !page.contains("https://"), "it needs no other server");
}
