//! Whatever is killed and whenever: every accepted batch finishes, nothing twice, with the bytes of a run.

use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use super::dice::Dice;
use super::server::*;

/// Submits a batch, kills shards and servers until enough were killed, and looks at what comes out.
fn survives(scenarios: usize, (workers, shard_scenarios): (&str, &str), kills: (usize, usize)) {
    let data = TempDir::new().unwrap();
    let arguments = ["--workers", workers, "--attempts", "1000", "--shard-scenarios", shard_scenarios];
    let mut server = Server::start(data.path(), &arguments);
    let (mut dice, mut shards_killed, mut servers_killed) = (Dice(11), 0, 0);
    let id = server.submit(&small_batch("plan", scenarios));
    let other = server.submit(&small_batch("other", 3));
    loop {
        let batch = server.batch(&id);
        if batch["state"] == "done" {
            break;
        }
        assert!(matches!(batch["state"].as_str(), Some("queued" | "running")), "{batch:#}");
        sleep(Duration::from_millis(dice.below(60) as u64));
        if servers_killed < kills.1 && dice.below(3) == 0 {
            server.kill();
            servers_killed += 1;
            server = Server::start(data.path(), &arguments);
        } else if shards_killed < kills.0 {
            let working = children(server.id());
            if !working.is_empty() {
                signal(working[dice.below(working.len())].0, "KILL");
                shards_killed += 1;
            }
        }
    }
    println!(
        "{scenarios} scenarios survived {shards_killed} killed children and {servers_killed} killed servers"
    );
    assert!(servers_killed >= kills.1.min(2), "it was over too soon to mean anything");
    let batch = server.batch(&id);
    assert_eq!(batch["progress"]["scenarios_done"], scenarios);
    assert_eq!(server.results(&id), run_results("plan", scenarios));
    server.wait(&other);
    assert_eq!(server.results(&other), run_results("other", 3));
    // Each scenario was told of once, however often it was run.
    let events = server.get(&format!("/v1/batches/{id}/events")).text();
    assert_eq!(events.matches("event: scenario").count(), scenarios);
    assert_eq!(events.matches("\"state\":\"done\",\"complete\"").count(), 1);
    assert_eq!(server.get("/v1/batches").json()["batches"].as_array().unwrap().len(), 2);
    eventually("no work is left", || !data.path().join("work").join(&id).exists());
}

#[test]
fn a_batch_survives_killed_shards_and_servers() {
    survives(24, ("2", "2"), (12, 8));
}

#[test]
fn a_batch_of_one_shard_survives_killed_children_and_servers() {
    survives(24, ("1", "24"), (6, 4));
}

#[test]
fn one_child_does_a_batch_of_one_shard_and_says_what_shards_say() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    let id = server.submit(&small_batch("plan", 3));
    let batch = server.wait(&id);
    assert_eq!((&batch["state"], &batch["complete"]), (&"done".into(), &true.into()), "{batch:#}");
    assert_eq!(server.results(&id), run_results("plan", 3));
    let events = server.get(&format!("/v1/batches/{id}/events")).text();
    let count = |kind: &str| events.matches(&format!("event: {kind}\n")).count();
    assert_eq!((count("scenario"), count("shard"), count("attempt")), (3, 1, 0), "{events}");
    let metrics = server.get("/metrics").text();
    let attempts: Vec<&str> = metrics.lines().filter(|line| line.starts_with("cutline_attempts")).collect();
    assert_eq!(attempts, ["cutline_attempts_total{step=\"run\",outcome=\"done\"} 1"]);
}

#[test]
fn a_batch_of_one_shard_is_taken_up_by_the_next_server_and_cancelled_there() {
    let data = TempDir::new().unwrap();
    let arguments = ["--workers", "1", "--drain", "100ms"];
    let mut server = Server::start(data.path(), &arguments);
    let slow = server.submit(&slow_batch("slow"));
    let child = || children(server.id()).into_iter().find(|(_, command)| command.contains("run-whole"));
    eventually("it runs", || child().is_some());
    assert!(server.stop(), "{}", server.log.lock().unwrap());
    let server = Server::start(data.path(), &arguments);
    eventually("it goes on", || {
        children(server.id()).iter().any(|(_, command)| command.contains("run-whole"))
    });
    let batch = server.batch(&slow);
    assert_eq!((&batch["state"], &batch["failed_attempts"]), (&"running".into(), &serde_json::json!([])));
    assert_eq!(server.ask("POST", &format!("/v1/batches/{slow}/cancel"), &[], b"").status, 200);
    eventually("its child is gone", || children(server.id()).is_empty());
    assert_eq!(server.batch(&slow)["state"], "cancelled");
    eventually("no work is left", || !data.path().join("work").join(&slow).exists());
}

#[test]
#[ignore = "takes minutes"]
fn three_hundred_scenarios_survive_killed_shards_and_servers() {
    survives(300, ("2", "3"), (150, 60));
}

#[test]
fn a_shard_that_is_always_killed_is_given_up_with_its_batch() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--attempts", "2"]);
    let id = server.submit(&slow_batch("slow"));
    let killer = || {
        children(server.id())
            .iter()
            // What puts the part together that is kept is no attempt of the shard.
            .filter(|(_, command)| command.contains("shard run") && !command.contains("--part"))
            .for_each(|(process, _)| signal(*process, "KILL"))
    };
    eventually("it is given up", || {
        killer();
        server.batch(&id)["state"] == "failed"
    });
    let batch = server.batch(&id);
    assert_eq!(batch["failure"], "shard 0 was tried 2 times without success (last: killed)");
    assert_eq!(batch["failed_attempts"].as_array().unwrap().len(), 2, "{batch:#}");
    assert_eq!(batch["failed_attempts"][0]["code"], 128 + 9);
    let next = server.submit(&small_batch("next", 1));
    assert_eq!(server.wait(&next)["state"], "done");
}

#[test]
fn a_stuck_child_is_killed_and_its_work_done_by_another() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--silence", "1s"]);
    let id = server.submit(&slow_batch("slow"));
    let running = || children(server.id()).into_iter().find(|(_, command)| command.contains("shard run"));
    eventually("a shard runs", || running().is_some());
    let (stuck, _) = running().unwrap();
    signal(stuck, "STOP");
    eventually("another is at it", || running().is_some_and(|(process, _)| process != stuck));
    let batch = server.batch(&id);
    assert_eq!(
        (&batch["state"], &batch["failed_attempts"][0]["outcome"]),
        (&"running".into(), &"silent".into())
    );
}

#[test]
fn a_shard_that_takes_too_long_is_stopped_for_good() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1", "--max-shard-time", "1s"]);
    let batch = server.wait(&server.submit(&slow_batch("slow")));
    assert_eq!(batch["failure"], "shard 0: it took longer than 1 seconds and was stopped");
    eventually("its child is gone", || children(server.id()).is_empty());
}

#[test]
fn a_server_that_is_asked_to_stop_finishes_what_runs() {
    let data = TempDir::new().unwrap();
    let mut server = Server::start(data.path(), &["--workers", "1", "--drain", "300ms"]);
    let quick = server.submit(&small_batch("quick", 2));
    let slow = server.submit(&slow_batch("slow"));
    eventually("the slow one runs", || {
        server.batch(&quick)["state"] == "done"
            && children(server.id()).iter().any(|(_, command)| command.contains("shard run"))
    });
    let child = children(server.id())[0].0;
    assert!(server.stop(), "{}", server.log.lock().unwrap());
    assert!(!std::path::Path::new(&format!("/proc/{child}")).exists(), "no child outlives it");
    let server = Server::start(data.path(), &["--workers", "1"]);
    let batch = server.batch(&slow);
    assert_eq!((&batch["state"], &batch["failed_attempts"]), (&"running".into(), &serde_json::json!([])));
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let data = TempDir::new().unwrap();
    let _first = Server::start(data.path(), &[]);
    let said = Server::try_start(data.path(), &[]).err().unwrap();
    assert!(said.contains("is used by another server"), "{said}");
}
