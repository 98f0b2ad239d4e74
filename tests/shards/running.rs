//! How a shard is run: what it refuses, how it ends, and that it is there whole or not at all.

use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::cases::{self, Case, Running, Said, await_that, cutline, files_of, names, run, succeed, text};

fn planned(case: Case, shards: &str) -> Case {
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", shards]);
    case
}

#[test]
fn a_shard_that_is_there_is_not_run_again() {
    let case = planned(cases::rich(), "2");
    let arguments = ["shard", "run", "work", "--index", "1"];
    assert!(succeed(case.path(), &arguments).starts_with("Shard 1: 3 scenarios, results in work/shards/1-"));
    let results = case.path().join("work/shards");
    let folder = results.join(&names(&results)[0]);
    let before = fs::metadata(folder.join("shard.json")).unwrap().modified().unwrap();
    assert!(succeed(case.path(), &arguments).contains("is there already"));
    assert_eq!(fs::metadata(folder.join("shard.json")).unwrap().modified().unwrap(), before);
}

#[test]
fn schedulers_tell_a_task_its_shard() {
    let case = planned(cases::infeasible(), "2");
    for (variable, index) in
        [("SLURM_ARRAY_TASK_ID", "0"), ("JOB_COMPLETION_INDEX", "1"), ("AWS_BATCH_JOB_ARRAY_INDEX", "1")]
    {
        let said: Said =
            cutline(case.path(), &["shard", "run", "work"]).env(variable, index).output().unwrap().into();
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert!(said.stdout.starts_with(&format!("Shard {index}")), "{}", said.stdout);
    }
    let without = run(case.path(), &["shard", "run", "work"]);
    assert!(without.code == Some(2) && without.stderr.contains("SLURM_ARRAY_TASK_ID"), "{}", without.stderr);
}

#[test]
fn what_is_of_no_use_to_try_again_exits_with_2() {
    let case = planned(cases::infeasible(), "2");
    let refused = |expected: &str| {
        for arguments in [&["shard", "run", "work", "--index", "0"][..], &["shard", "merge", "work"]] {
            let said = run(case.path(), arguments);
            let fits = said.code == Some(2) && said.stderr.contains(expected);
            assert!(fits || (arguments[1] == "merge" && said.code == Some(3)), "{arguments:?}: {said:?}");
        }
        assert!(!case.path().join("work/shards").exists());
    };
    for (index, expected) in [("2", "there is no shard 2: the plan has 2"), ("x", "invalid value")] {
        let said = run(case.path(), &["shard", "run", "work", "--index", index]);
        assert!(said.code == Some(2) && said.stderr.contains(expected), "{}", said.stderr);
    }
    let said = run(case.path(), &["shard", "run", "nowhere", "--index", "0"]);
    assert!(said.code == Some(2) && said.stderr.contains("cutline shard plan"), "{}", said.stderr);

    let table = case.path().join("work/input/portfolio/scores.csv");
    let former = fs::read_to_string(&table).unwrap();
    fs::write(&table, former.replace("A,3", "A,4")).unwrap();
    refused("is not what was planned with");
    fs::remove_file(&table).unwrap();
    refused("is not what was planned with");
    fs::write(&table, former).unwrap();

    let file = case.path().join("work/plan.json");
    let plan = fs::read_to_string(&file).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let changes = [
        (version.as_str(), "\"version\": \"9.9.9\"", "made by Cutline 9.9.9"),
        ("\"position\": 1", "\"position\": 0", "changed by hand"),
        ("\"format\": 1", "\"format\": 2", "changed by hand"),
        ("\"name\": \"scores.csv\"", "\"name\": \"../scores.csv\"", "changed by hand"),
        ("{", "", "no plan that this version can read"),
    ];
    for (old, new, expected) in changes {
        assert!(plan.contains(old), "{old}");
        fs::write(&file, plan.replacen(old, new, 1)).unwrap();
        refused(expected);
    }
}

#[test]
#[cfg(unix)]
fn files_that_cannot_be_written_are_worth_another_try() {
    let case = planned(cases::infeasible(), "2");
    let results = case.path().join("work/shards");
    fs::write(&results, "no folder").unwrap();
    let said = run(case.path(), &["shard", "run", "work", "--index", "0"]);
    assert_eq!(said.code, Some(75), "{}", said.stderr);
    fs::remove_file(&results).unwrap();

    // No file may grow beyond 512 bytes: to the program it is as if the disk were full.
    let program = crate::program::PROGRAM;
    let script = format!("trap '' XFSZ; ulimit -f 1; exec '{program}' shard run work --index 0");
    let mut shell = std::process::Command::new("sh");
    let said: Said = shell.arg("-c").arg(script).current_dir(case.path()).output().unwrap().into();
    assert_eq!(said.code, Some(75), "{}", said.stderr);
    assert!(said.stderr.contains("could not be written"), "{}", said.stderr);
    assert_eq!(names(&results), [""; 0], "nothing is left behind");
    succeed(case.path(), &["shard", "run", "work", "--index", "0"]);
}

#[test]
fn progress_for_programs_is_one_object_per_line() {
    let case = planned(cases::rich(), "2");
    let events = |stdout: &str| -> Vec<Value> {
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let arguments = ["shard", "run", "work", "--index", "1", "--progress", "json"];
    let told = events(&succeed(case.path(), &arguments));
    assert_eq!(told[0], serde_json::json!({ "event": "begin", "stage": "select", "total": 3 }));
    assert_eq!(told.last(), Some(&serde_json::json!({ "event": "done" })));
    let of = |event: &str, stage: &str| -> Vec<&Value> {
        told.iter().filter(|told| told["event"] == event && told["stage"] == stage).collect()
    };
    for stage in ["select", "sample", "simulate"] {
        let steps: u64 = of("advance", stage).iter().map(|told| told["steps"].as_u64().unwrap()).sum();
        assert_eq!(Some(steps), of("begin", stage)[0]["total"].as_u64(), "{stage}");
        assert_eq!(of("finish", stage).len(), 1, "{stage}");
    }
    let mut scenarios: Vec<(u64, &str, &str)> = (told.iter().filter(|told| told["event"] == "scenario"))
        .map(|told| {
            assert!(told["seconds"].as_f64() >= Some(0.0));
            let text = |key: &str| told[key].as_str().unwrap();
            (told["position"].as_u64().unwrap(), text("name"), text("status"))
        })
        .collect();
    scenarios.sort_unstable();
    let expected =
        [(2, "money and value", "optimal"), (3, "without risk", "optimal"), (4, "little", "optimal")];
    assert_eq!(scenarios, expected);
    let again = events(&succeed(case.path(), &arguments));
    assert_eq!(again, [serde_json::json!({ "event": "done" })]);
}

#[test]
fn a_shard_that_is_run_by_many_at_once_is_there_once() {
    let case = planned(cases::rich(), "1");
    let start = || {
        let mut command = cutline(case.path(), &["shard", "run", "work", "--index", "0"]);
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let running: Vec<Child> = (0..4).map(|_| start()).collect();
    for mut child in running {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(names(&case.path().join("work/shards")).len(), 1, "nothing is left behind");
    succeed(case.path(), &["shard", "merge", "work", "--out", "out"]);
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
}

// ---- Interrupts -----------------------------------------------------------------------------------------------------

#[test]
#[cfg(unix)]
fn a_shard_that_is_stopped_or_killed_leaves_nothing() {
    let case = planned(cases::endless(), "1");
    for (signal, code) in [("-TERM", Some(3)), ("-INT", Some(3)), ("-KILL", None)] {
        let arguments = ["shard", "run", "work", "--index", "0", "--progress", "json"];
        let mut running = Running::start(case.path(), &arguments, &[]);
        await_that("the shard begins", Duration::from_secs(60), || {
            text(case.path(), "stdout.txt").contains("select")
        });
        running.signal(signal);
        assert_eq!(running.0.wait().unwrap().code(), code, "{signal}");
        assert_eq!(names(&case.path().join("work/shards")), [""; 0], "{signal}");
        let told = text(case.path(), "stdout.txt");
        assert!(!told.contains("done\"}"), "{told}");
    }
    let merged = run(case.path(), &["shard", "merge", "work"]);
    assert_eq!(merged.code, Some(3), "{}", merged.stderr);
}

/// Whoever started a shard and kept its stdin open may be gone without a word.
#[test]
fn a_shard_stops_when_its_stdin_ends() {
    let case = planned(cases::endless(), "1");
    let mut command = cutline(case.path(), &["shard", "run", "work", "--index", "0", "--until-eof"]);
    let mut running = Running(command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let results = case.path().join("work/shards");
    await_that("the shard begins", Duration::from_secs(60), || results.exists());
    assert_eq!(running.0.try_wait().unwrap(), None);
    drop(running.0.stdin.take());
    assert_eq!(running.0.wait().unwrap().code(), Some(3));
}
