//! What is kept: deleted batches for a while, and the finished part of batches that are given up.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::*;

fn cancel(server: &Server, id: &str) -> Answer {
    server.ask("POST", &format!("/v1/batches/{id}/cancel"), &[], b"")
}

fn delete(server: &Server, id: &str, query: &str) -> u16 {
    server.ask("DELETE", &format!("/v1/batches/{id}{query}"), &[], b"").status
}

fn restore(server: &Server, id: &str) -> Answer {
    server.ask("POST", &format!("/v1/batches/{id}/restore"), &[], b"")
}

fn ids(server: &Server, query: &str) -> Vec<Value> {
    let list = server.get(&format!("/v1/batches{query}")).json();
    list["batches"].as_array().unwrap().iter().map(|batch| batch["id"].clone()).collect()
}

#[test]
fn a_deleted_batch_is_hidden_and_restored_whole() {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &[]);
    let body = small_batch("plan", 2);
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "one")];
    let submit = |server: &Server| server.ask("POST", "/v1/batches", &headers, body.to_string().as_bytes());
    let id = submit(&server).json()["id"].as_str().unwrap().to_owned();
    server.wait(&id);
    let results = server.results(&id);
    assert_eq!(delete(&server, &id, ""), 204);
    assert_eq!((ids(&server, ""), ids(&server, "?deleted=true")), (vec![], vec![json!(id)]));
    for path in ["", "/events", "/results", "/results/options.csv", "/results.zip"] {
        assert_eq!(server.get(&format!("/v1/batches/{id}{path}")).status, 404, "{path}");
    }
    assert_eq!(server.post_json(&format!("/v1/batches/{id}/rerun"), &json!({})).status, 404);
    assert_eq!(delete(&server, &id, ""), 404, "it is deleted already");

    assert!(server.stop());
    let server = Server::start(data.path(), &[]);
    let restored = restore(&server, &id);
    assert_eq!((restored.status, &restored.json()["deleted"]), (200, &Value::Null), "{}", restored.text());
    assert_eq!(restore(&server, &id).status, 200, "once more changes nothing");
    assert_eq!(server.results(&id), results);
    assert_eq!((ids(&server, ""), ids(&server, "?deleted=true")), (vec![json!(id)], vec![]));
    let again = submit(&server);
    assert_eq!(again.status, 202, "a key is free again once its batch was deleted");

    assert_eq!(delete(&server, &id, "?for_good=true"), 204);
    assert_eq!((restore(&server, &id).status, ids(&server, "?deleted=true")), (404, vec![]));
    let actions = server.get("/v1/audit").json();
    let actions: Vec<&str> =
        actions.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["delete", "restore", "purge"] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
}

#[test]
fn a_deleted_batch_is_removed_once_its_time_is_over() {
    let data = TempDir::new().unwrap();
    let id = {
        let server = Server::start(data.path(), &[]);
        let id = server.submit(&small_batch("plan", 1));
        server.wait(&id);
        assert_eq!(delete(&server, &id, ""), 204);
        id
    };
    let server = Server::start(data.path(), &["--restorable", "1ms"]);
    eventually("it is gone", || restore(&server, &id).status == 404);
    let is_empty = |folder: std::fs::DirEntry| std::fs::read_dir(folder.path()).unwrap().next().is_none();
    eventually("its files are gone", || {
        std::fs::read_dir(data.path().join("objects")).unwrap().all(|folder| is_empty(folder.unwrap()))
    });
    let server = {
        drop(server);
        Server::start(data.path(), &["--restorable", "0s"])
    };
    let id = server.submit(&small_batch("plan", 1));
    server.wait(&id);
    assert_eq!(
        (delete(&server, &id, ""), restore(&server, &id).status),
        (204, 404),
        "there is no time to restore it"
    );
}

#[test]
fn only_owners_and_admins_see_and_restore_what_was_deleted() {
    let data = TempDir::new().unwrap();
    let token = |name: &str, role: &str| {
        let data = data.path().to_str().unwrap();
        let made = ["token", "create", "--name", name, "--role", role, "--data", data];
        stdout(&output_of(std::path::Path::new("/"), &made)).lines().last().unwrap().to_owned()
    };
    let tokens =
        [token("ana", "analyst"), token("bob", "analyst"), token("eve", "viewer"), token("root", "admin")];
    let [ana, bob, eve, root] = tokens.map(|token| format!("Bearer {token}"));
    let server = Server::start(data.path(), &["--require-tokens"]);
    let ask = |user: &str, method: &str, path: &str, body: &str| {
        let headers = [("Authorization", user), ("Content-Type", "application/json")];
        server.ask(method, path, &headers, body.as_bytes())
    };
    let mut body = small_batch("plan", 1);
    body["shared"] = true.into();
    let id = ask(&ana, "POST", "/v1/batches", &body.to_string()).json()["id"].as_str().unwrap().to_owned();
    eventually("it is over", || ask(&ana, "GET", &format!("/v1/batches/{id}"), "").json()["state"] == "done");
    assert_eq!(ask(&bob, "DELETE", &format!("/v1/batches/{id}"), "").status, 403);
    assert_eq!(ask(&ana, "DELETE", &format!("/v1/batches/{id}"), "").status, 204);
    let seen = |user: &str| {
        ask(user, "GET", "/v1/batches?deleted=true", "").json()["batches"].as_array().unwrap().len()
    };
    assert_eq!([&ana, &bob, &eve, &root].map(|user| seen(user)), [1, 0, 0, 1]);
    let path = format!("/v1/batches/{id}/restore");
    for user in [&bob, &eve] {
        assert_eq!(ask(user, "POST", &path, "").status, 404);
        assert_eq!(ask(user, "DELETE", &format!("/v1/batches/{id}?for_good=true"), "").status, 404);
    }
    assert_eq!(ask(&root, "POST", &path, "").status, 200);
}

/// A batch of three scenarios that take no time and, between them, one that takes very long.
pub fn half_slow_batch(name: &str) -> Value {
    let mut body = slow_batch(name);
    let quick = |number: usize| format!("[[scenario]]\nname = \"quick {number}\"\ncapacity_scale = 10\n");
    let batch = body["batch"].as_str().unwrap();
    let head = batch.split("[[scenario]]").next().unwrap();
    let slow = "[[scenario]]\nname = \"slow\"\n";
    body["batch"] = format!("{head}{}{}{}{slow}{}", quick(1), quick(2), quick(3), quick(4)).into();
    body
}

/// The statuses of `scenarios.csv`, in its order.
fn statuses(server: &Server, id: &str) -> Vec<String> {
    let table = server.get(&format!("/v1/batches/{id}/results/scenarios.csv")).text();
    let mut lines = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let place = lines.next().unwrap().iter().position(|heading| heading == "status").unwrap();
    lines.map(|cells| cells[place].clone()).collect()
}

fn status_of(batch: &Value, name: &str) -> String {
    let mut scenarios = batch["scenarios"].as_array().unwrap().iter();
    let found = scenarios.find(|scenario| scenario["name"] == name).unwrap();
    found["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_cancelled_batch_keeps_what_it_had_finished() {
    keeps_what_it_had_finished("2");
}

#[test]
fn a_cancelled_batch_of_one_shard_keeps_what_it_had_finished() {
    keeps_what_it_had_finished("10");
}

fn keeps_what_it_had_finished(shard_scenarios: &str) {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &["--workers", "1", "--shard-scenarios", shard_scenarios]);
    let id = server.submit(&half_slow_batch("half"));
    eventually("the slow one is at work", || {
        let batch = server.batch(&id);
        status_of(&batch, "slow") == "running" && batch["progress"]["scenarios_done"] == 3
    });
    assert_eq!(status_of(&server.batch(&id), "quick 4"), "waiting");
    let early = server.batch(&id)["scenarios"].clone();
    assert!(early[3]["objective"].is_null() && early[3]["projects"].is_null(), "{early:#}");
    let page = server.get(&format!("/batches/{id}")).text();
    let projects = format!("projects\">{}</td>", early[0]["projects"]);
    assert!(page.contains("Best objective") && page.contains(&projects), "{page}");
    let cancelled = cancel(&server, &id);
    assert_eq!(cancelled.json()["state"], "cancelled", "{}", cancelled.text());
    eventually("the part is there", || server.batch(&id)["has_results"] == true);
    let batch = server.batch(&id);
    assert_eq!((&batch["state"], &batch["complete"]), (&json!("cancelled"), &json!(false)), "{batch:#}");
    assert_eq!(batch["progress"]["scenarios_done"], 3);
    assert_eq!(statuses(&server, &id), ["optimal", "optimal", "optimal", "not run", "not run"]);
    assert_eq!(
        (status_of(&batch, "slow"), status_of(&batch, "quick 4")),
        ("not run".to_owned(), "not run".to_owned())
    );

    // What is kept is what a whole run makes of the same scenarios.
    let mut quick = half_slow_batch("half");
    let text = quick["batch"].as_str().unwrap();
    quick["batch"] = text.split("[[scenario]]\nname = \"slow\"").next().unwrap().into();
    let whole = server.submit(&quick);
    server.wait(&whole);
    let options = |id: &str| server.get(&format!("/v1/batches/{id}/results/options.csv")).text();
    assert_eq!(options(&id), options(&whole));
    // The best option was told while others were being searched.
    let (text, best) = (options(&id), &early[0]["objective"]);
    let first = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let first = first.into_iter().find(|cells| cells[0] == "quick 1" && cells[2] == "1").unwrap();
    assert!((best.as_f64().unwrap() - first[4].parse::<f64>().unwrap()).abs() < 1e-9, "{best}: {first:?}");
    assert_eq!(early[0]["projects"].to_string(), first[7]);
    eventually("its work is gone", || !data.path().join("work").join(&id).exists());
    let page = server.get(&format!("/batches/{id}")).text();
    assert!(page.contains("in part: 3 of 5 scenarios") && page.contains("results.zip"), "{page}");
    // The page shows the options of what was finished, and every scenario in its state.
    assert!(page.contains("Options of ") && page.contains(">quick 4</a></th>"), "{page}");
    assert!(page.contains("<td>not run</td>"), "{page}");
    assert!(data.path().join("figures").join(&id).exists(), "its figures are kept");
    assert!(server.stop());
}

#[test]
fn a_failed_batch_keeps_what_it_had_finished() {
    for shard_scenarios in ["2", "10"] {
        a_failed_batch_keeps(shard_scenarios);
    }
}

fn a_failed_batch_keeps(shard_scenarios: &str) {
    let data = TempDir::new().unwrap();
    let limits = ["--shard-scenarios", shard_scenarios, "--max-shard-time", "3s"];
    let server = Server::start(data.path(), &[&["--workers", "1"], &limits[..]].concat());
    let id = server.submit(&half_slow_batch("half"));
    let batch = server.wait(&id);
    assert_eq!(batch["state"], "failed", "{batch:#}");
    assert!(batch["failure"].as_str().unwrap().contains("longer than 3 seconds"), "{batch:#}");
    eventually("the part is there", || server.batch(&id)["has_results"] == true);
    assert_eq!(statuses(&server, &id)[..3], ["optimal", "optimal", "optimal"]);
    assert_eq!(server.batch(&id)["complete"], false);
}

#[test]
fn a_part_is_put_together_by_the_next_server_if_one_is_killed() {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &["--workers", "1", "--shard-scenarios", "2"]);
    let id = server.submit(&half_slow_batch("half"));
    eventually("the slow one is at work", || status_of(&server.batch(&id), "slow") == "running");
    assert_eq!(cancel(&server, &id).status, 200);
    server.kill();
    let server = Server::start(data.path(), &["--workers", "1"]);
    eventually("the part is there", || server.batch(&id)["has_results"] == true);
    let kept = statuses(&server, &id);
    assert_eq!((kept.len(), &kept[..2]), (5, &["optimal".to_owned(), "optimal".to_owned()][..]));
    eventually("its work is gone", || !data.path().join("work").join(&id).exists());
}

#[test]
fn nothing_is_kept_of_a_batch_of_which_nothing_was_finished() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    let id = server.submit(&slow_batch("slow"));
    eventually("it is at work", || status_of(&server.batch(&id), "slow 1") == "running");
    assert_eq!(cancel(&server, &id).status, 200);
    eventually("its work is gone", || !data.path().join("work").join(&id).exists());
    let batch = server.batch(&id);
    assert_eq!((&batch["has_results"], &batch["complete"]), (&json!(false), &Value::Null), "{batch:#}");
    let refused = server.get(&format!("/v1/batches/{id}/results"));
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(server.get(&format!("/batches/{id}")).text().contains("No scenario was finished"));
}
