//! The whole life of a batch, and what is told of it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::*;

#[test]
fn a_batch_lives_from_submission_to_deletion_with_the_bytes_of_a_run() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "2", "--shard-scenarios", "2"]);
    let id = server.submit(&small_batch("plan", 7));
    let batch = server.wait(&id);
    assert_eq!(
        (batch["state"].as_str(), batch["complete"].as_bool()),
        (Some("done"), Some(true)),
        "{batch:#}"
    );
    assert_eq!(batch["progress"]["scenarios_done"], 7);
    assert_eq!(batch["scenarios"][0]["status"], "infeasible");
    assert_eq!(batch["scenarios"][1]["name"], "budget_scale=0.501");
    assert!(batch["scenarios"].as_array().unwrap().iter().skip(1).all(|one| one["status"] == "optimal"));
    assert_eq!(server.results(&id), run_results("plan", 7));

    let rerun = json!({ "scenarios": {}, "everywhere": { "budget_scale": 1.5 } });
    let again = server.post_json(&format!("/v1/batches/{id}/rerun"), &rerun);
    assert_eq!(again.status, 202, "{}", again.text());
    let again = again.json();
    assert_eq!(again["parent"], id.as_str());
    let again = server.wait(again["id"].as_str().unwrap());
    assert_eq!(again["progress"]["scenarios"], 1, "the sweep varies nothing any more");
    assert_eq!(again["scenarios"][0]["status"], "optimal", "with more money all of them fit");

    let less = json!({ "times": { "budget_scale": 0.9 }, "patch": { "batch": { "options": 2 } } });
    let less = server.post_json(&format!("/v1/batches/{id}/rerun"), &less);
    assert_eq!(less.status, 202, "{}", less.text());
    let less = less.json();
    assert_eq!(less["name"], "plan, budgets x 0.9, options = 2");
    assert_eq!(less["parent"], id.as_str());
    assert!(
        less["description"].as_str().unwrap().contains("on top of each scenario's own scale"),
        "{less:#}"
    );
    let less = less["id"].as_str().unwrap().to_owned();
    let batch = server.wait(&less);
    assert_eq!(batch["progress"]["scenarios"], 7, "every scenario is there");
    assert_eq!(batch["scenarios"][1]["name"], "budget_scale=0.4509", "0.9 times 0.501");
    let record = server.get(&format!("/v1/batches/{less}/results/run.json")).json();
    assert_eq!(record["batch"], "plan, budgets x 0.9, options = 2");
    assert_eq!(record["description"], batch["description"]);
    for times in [json!({ "budget_scale": 0 }), json!({ "weights": 2 }), json!({ "budget_scale": "0.9" })] {
        let refused = server.post_json(&format!("/v1/batches/{id}/rerun"), &json!({ "times": times }));
        assert_eq!(refused.status, 422, "{}", refused.text());
    }

    assert_eq!(server.ask("DELETE", &format!("/v1/batches/{id}"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("/v1/batches/{id}")).status, 404);
    assert_eq!(server.get(&format!("/v1/batches/{id}/results/options.csv")).status, 404);
    let kept = server.results(again["id"].as_str().unwrap());
    assert!(kept.contains_key("options.csv"), "the tables of the other batch are still there");
}

#[test]
fn the_command_line_submits_follows_fetches_and_cancels() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    let case = small_case("plan", 3);
    let url = server.url("");
    let run = |arguments: &[&str]| output_of(case.path(), &[arguments, &["--server", &url]].concat());

    let submitted = run(&["submit", "batch.toml", "--wait", "--out", "got"]);
    assert_eq!(submitted.status.code(), Some(0), "{}", stderr(&submitted));
    let results = run_results("plan", 3);
    assert_eq!(files_of(&case.path().join("got")), results);
    let id = stdout(&submitted).split_whitespace().next().unwrap().to_owned();
    let fetched = run(&["fetch", &id]);
    // run.json, whose times differ, is one more.
    let told = format!("Results: out/plan ({} files)", results.len() + 1);
    assert_eq!(stdout(&fetched), told, "{}", stderr(&fetched));
    assert_eq!(files_of(&case.path().join("out/plan")), files_of(&case.path().join("got")));
    assert!(stdout(&run(&["status"])).contains(&format!("{id}  done  plan  3 of 3 scenarios")));
    let refused = run(&["cancel", &id]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("there is nothing to cancel"), "{}", stderr(&refused));

    std::fs::write(case.path().join("data/scores.csv"), "project,value\nA,x\n").unwrap();
    let faulty = run(&["submit", "batch.toml"]);
    assert_eq!(faulty.status.code(), Some(2));
    assert!(stderr(&faulty).contains("scores.csv, row 2, value: `x`"), "{}", stderr(&faulty));
    let nobody = output_of(case.path(), &["status", "--server", "http://127.0.0.1:9"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("http://127.0.0.1:9 could not be asked"), "{}", stderr(&nobody));
}

#[test]
fn faults_are_those_of_validate_and_nothing_is_stored() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let mut batch = small_batch("plan", 2);
    batch["tables"]["costs"] = "project,line,2027,2028\nA,capex,3o,5\nZ,capex,1,1\n".into();
    batch["tables"]["scores"] = [["project", "value"], ["A", "high"]].as_slice().into();
    let answer = server.post_json("/v1/batches", &batch);
    assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["type"], "/docs#invalid-input");

    let case = small_case("plan", 2);
    std::fs::write(case.path().join("data/costs.csv"), batch["tables"]["costs"].as_str().unwrap()).unwrap();
    std::fs::write(case.path().join("data/scores.csv"), "project,value\nA,high\n").unwrap();
    let said = stderr(&output_of(case.path(), &["validate", "batch.toml"]));
    let told: Vec<String> = (problem["faults"].as_array().unwrap().iter())
        .map(|fault| format!("{}: {}", fault["severity"].as_str().unwrap(), fault["text"].as_str().unwrap()))
        .collect();
    assert!(told.len() >= 3);
    assert_eq!(told, said.lines().take(told.len()).collect::<Vec<_>>());
    let first = &problem["faults"][0];
    assert_eq!(
        (&first["file"], &first["row"], &first["column"], &first["value"]),
        (&json!("costs.csv"), &json!(2), &json!("2027"), &json!("3o"))
    );
    assert_eq!(server.get("/v1/batches").json()["batches"], json!([]));
    assert_eq!(std::fs::read_dir(data.path().join("objects")).unwrap().count(), 0);
}

#[test]
fn control_figures_that_differ_are_refused() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let mut batch = small_batch("plan", 2);
    let text = format!("{}[check]\ncost = \"attribute.total\"\n", batch["batch"].as_str().unwrap());
    batch["batch"] = text.into();
    let projects = batch["tables"]["projects"].as_str().unwrap();
    let with_totals: Vec<String> = (projects.lines().enumerate())
        .map(|(row, line)| format!("{line},{}", if row == 0 { "total" } else { "123456" }))
        .collect();
    batch["tables"]["projects"] = format!("{}\n", with_totals.join("\n")).into();
    let answer = server.post_json("/v1/batches", &batch);
    assert_eq!(answer.status, 422);
    let problem = answer.json();
    let first = &problem["faults"][0];
    assert_eq!(
        (&first["file"], &first["column"], &first["value"]),
        (&json!("projects.csv"), &json!("total"), &json!("123456")),
        "{problem}"
    );
    assert!(first["problem"].as_str().unwrap().starts_with("is not the cost of project "), "{problem}");
    assert_eq!(server.get("/v1/batches").json()["batches"], json!([]));
}

#[test]
fn the_same_key_gives_the_same_batch_and_another_body_is_refused() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let submit = |key: &str, body: &Value| {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        server.ask("POST", "/v1/batches", &headers, body.to_string().as_bytes())
    };
    let body = small_batch("plan", 2);
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| submit("one", &body))).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let id = at_once[0].json()["id"].clone();
    assert!(at_once.iter().all(|answer| answer.json()["id"] == id));
    assert_eq!(at_once.iter().filter(|answer| answer.status == 202).count(), 1);
    let replayed = submit("one", &body);
    assert_eq!((replayed.status, replayed.header("idempotency-replayed")), (200, "true"));
    assert_eq!(submit("one", &small_batch("plan", 3)).status, 422);
    assert_ne!(submit("two", &body).json()["id"], id);
    assert_eq!(submit("", &body).status, 400);
    assert_eq!(server.get("/v1/batches").json()["batches"].as_array().unwrap().len(), 2);
}

#[test]
fn events_can_be_followed_from_any_point() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--shard-scenarios", "1"]);
    let id = server.submit(&small_batch("plan", 4));
    let follow = |after: &str| -> Vec<(i64, String, Value)> {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let path = format!("/v1/batches/{id}/events");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {after}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let (mut events, mut number, mut kind) = (Vec::new(), 0, String::new());
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(text) = line.strip_prefix("id: ") {
                number = text.parse().unwrap();
            } else if let Some(text) = line.strip_prefix("event: ") {
                kind = text.to_owned();
            } else if let Some(text) = line.strip_prefix("data: ") {
                events.push((number, kind.clone(), serde_json::from_str(text).unwrap()));
            }
        }
        events
    };
    // Begins while the batch runs and ends when it is over.
    let mut events = follow("0");
    events.sort_by_key(|event| event.0);
    let of = |kind: &str| events.iter().filter(|event| event.1 == kind).count();
    assert_eq!((of("scenario"), of("shard"), of("state")), (4, 4, 3), "{events:?}");
    assert_eq!(events.last().unwrap().2, json!({ "state": "done", "complete": true }));
    let middle = events[events.len() / 2].0;
    let rest = follow(&middle.to_string());
    assert_eq!(rest, events[events.len() / 2 + 1..]);
    let headers = [("Last-Event-ID", "1000000")];
    assert_eq!(server.ask("GET", &format!("/v1/batches/{id}/events"), &headers, b"").status, 204);
}

#[test]
fn results_are_sent_whole_in_part_and_in_one_archive() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let id = server.submit(&small_batch("plan 2027", 2));
    server.wait(&id);
    let path = format!("/v1/batches/{id}/results/options.csv");
    let whole = server.get(&path);
    assert_eq!(whole.header("content-type"), "text/csv; charset=utf-8; header=present");
    let etag = whole.header("etag").to_owned();
    assert_eq!(server.ask("GET", &path, &[("If-None-Match", &etag)], b"").status, 304);
    let part = server.ask("GET", &path, &[("Range", "bytes=5-14")], b"");
    let length = whole.body.len();
    assert_eq!((part.status, part.header("content-range")), (206, format!("bytes 5-14/{length}").as_str()));
    assert_eq!(part.body, whole.body[5..15]);
    assert_eq!(server.ask("GET", &path, &[("Range", "bytes=999999-")], b"").status, 416);
    let other = [("Range", "bytes=5-14"), ("If-Range", "\"other\"")];
    assert_eq!(server.ask("GET", &path, &other, b"").body, whole.body);
    let head = server.ask("HEAD", &path, &[], b"");
    assert_eq!(
        (head.status, head.header("content-length"), head.body.len()),
        (200, length.to_string().as_str(), 0)
    );

    let archive = server.get(&format!("/v1/batches/{id}/results.zip"));
    assert_eq!(archive.header("content-type"), "application/zip");
    let place = TempDir::new().unwrap();
    std::fs::write(place.path().join("results.zip"), &archive.body).unwrap();
    let python = "import sys, zipfile; z = zipfile.ZipFile('results.zip'); assert z.testzip() is None; \
        sys.stdout.buffer.write(z.read('options.csv'))";
    match std::process::Command::new("python3").args(["-c", python]).current_dir(place.path()).output() {
        Ok(read) => assert_eq!(read.stdout, whole.body, "{}", stderr(&read)),
        Err(error) => println!("skipped: the archive is not read by another program ({error})"),
    }
    assert_eq!(server.get(&format!("/v1/batches/{id}/results/..%2f..%2fcutline.sqlite3")).status, 404);
}

#[test]
fn lists_are_paged_and_filtered() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let ids: Vec<String> =
        (0..5).map(|number| server.submit(&small_batch(&format!("plan {number}"), 1))).collect();
    ids.iter().for_each(|id| drop(server.wait(id)));
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/batches?limit=2{next}")).json();
        seen.extend(
            page["batches"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(last) => next = format!("&before={last}"),
            None => break,
        }
    }
    assert_eq!(seen, ids.iter().rev().cloned().collect::<Vec<_>>());
    let count =
        |query: &str| server.get(&format!("/v1/batches?{query}")).json()["batches"].as_array().unwrap().len();
    assert_eq!(
        (count("name=PLAN%203"), count("state=done"), count("state=failed"), count("owner=bob")),
        (1, 5, 0, 0)
    );
    assert_eq!(server.get("/v1/batches?limit=0").status, 400);
    assert_eq!(server.get("/v1/batches?colour=red").status, 400);
}

#[test]
fn what_runs_can_be_cancelled_and_leaves_nothing_behind() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    let id = server.submit(&slow_batch("slow"));
    eventually("a shard runs", || {
        children(server.id()).iter().any(|(_, command)| command.contains("shard run"))
    });
    assert_eq!(server.ask("DELETE", &format!("/v1/batches/{id}"), &[], b"").status, 409);
    assert_eq!(server.get(&format!("/v1/batches/{id}/results")).status, 409);
    let cancelled = server.ask("POST", &format!("/v1/batches/{id}/cancel"), &[], b"");
    assert_eq!(cancelled.json()["state"], "cancelled");
    eventually("its child is gone", || children(server.id()).is_empty());
    eventually("its work is gone", || !data.path().join("work").join(&id).exists());
    assert_eq!(
        server.ask("POST", &format!("/v1/batches/{id}/cancel"), &[], b"").status,
        200,
        "once more is fine"
    );
    assert_eq!(server.ask("DELETE", &format!("/v1/batches/{id}"), &[], b"").status, 204);
}
