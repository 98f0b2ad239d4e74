//! `cutline run --executor local`: shards in child processes, some of which die.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::cases::{self, Running, Said, await_that, files_of, names, run, signal_to, succeed, text};

const PATIENCE: Duration = Duration::from_secs(100);

/// The processes that run a shard in this folder: any, or that of an index.
fn children(work: &Path, index: Option<&str>) -> Vec<u32> {
    let wanted = work.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let entry = entry.ok()?;
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read_to_string(entry.path().join("cmdline")).ok()?;
        let arguments: Vec<&str> = line.split('\0').collect();
        let runs = arguments.get(1) == Some(&"shard") && arguments.contains(&wanted);
        let is_it = index.is_none_or(|index| arguments.windows(2).any(|pair| pair == ["--index", index]));
        (runs && is_it).then_some(process)
    });
    processes.collect()
}

/// Waits until a shard runs: it has made the folder for results.
fn await_child(work: &Path, index: &str) -> u32 {
    let mut found = Vec::new();
    await_that("a child runs", PATIENCE, || {
        found = children(work, Some(index));
        work.join("shards").exists() && !found.is_empty()
    });
    found[0]
}

#[test]
fn shards_in_child_processes_have_the_bytes_of_one_run() {
    let case = cases::rich();
    let arguments = ["run", "batch.toml", "--executor", "local", "--workers", "2"];
    let here = [&arguments[..], &["--shards", "3", "--out", "out", "--json"]].concat();
    let told = succeed(case.path(), &here);
    assert!(told.contains("\"complete\": true"), "{told}");
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
    assert!(!case.path().join("out.shards").exists(), "a folder that nobody asked for is left behind");
    succeed(case.path(), &[&arguments[..], &["--work", "work", "--quiet"]].concat());
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out/rich")));
    assert_eq!(names(&case.path().join("work/shards")).len(), 5, "a folder that was asked for is kept");
}

#[test]
fn a_child_that_is_killed_is_started_again() {
    let case = cases::long(3, 3000);
    let work = case.path().join("work");
    let arguments = ["run", "batch.toml", "--executor", "local", "--workers", "1", "--out", "out", "--work"];
    let arguments = [&arguments[..], &[work.to_str().unwrap()]].concat();
    let mut running = Running::start(case.path(), &arguments, &[]);
    // The first shard is the easy one; that of the second has time to be killed.
    signal_to(await_child(&work, "1"), "-KILL");
    assert_eq!(
        running.0.wait().unwrap().code(),
        Some(3),
        "limits are met: {}",
        text(case.path(), "stderr.txt")
    );
    let told = text(case.path(), "stderr.txt");
    assert!(told.contains("killed by signal 9; it is tried again"), "{told}");
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
}

#[test]
fn a_shard_that_keeps_dying_is_given_up_with_its_last_words() {
    let case = cases::endless();
    let work = case.path().join("work");
    let arguments = ["run", "batch.toml", "--executor", "local", "--shards", "1", "--work"];
    let mut running = Running::start(case.path(), &[&arguments[..], &[work.to_str().unwrap()]].concat(), &[]);
    for _ in 0..3 {
        let child = await_child(&work, "0");
        signal_to(child, "-KILL");
        await_that("it is gone", PATIENCE, || !children(&work, None).contains(&child));
    }
    assert_eq!(running.0.wait().unwrap().code(), Some(1));
    let told = text(case.path(), "stderr.txt");
    assert!(told.contains("Shard 0 failed: killed by signal 9, 3 times."), "{told}");
    assert!(!case.path().join("out").exists());
}

/// No file may grow beyond 512 bytes, as if the disk were full: tried again, then told with what the child said.
#[test]
fn a_full_disk_is_tried_again_and_then_told() {
    let case = cases::infeasible();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "1"]);
    let program = crate::program::PROGRAM;
    let run = format!("'{program}' run batch.toml --executor local --shards 1 --work work");
    let script = format!("trap '' XFSZ; ulimit -f 1; exec {run}");
    let mut shell = std::process::Command::new("sh");
    let said: Said = shell.arg("-c").arg(script).current_dir(case.path()).output().unwrap().into();
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert_eq!(said.stderr.matches("exit code 75; it is tried again").count(), 2, "{}", said.stderr);
    assert!(said.stderr.contains("Shard 0 failed: exit code 75, 3 times."), "{}", said.stderr);
    assert!(
        said.stderr.contains("  error: `") && said.stderr.contains("could not be written"),
        "{}",
        said.stderr
    );
}

#[test]
fn what_was_stopped_goes_on_with_what_is_missing() {
    let case = cases::long(3, 3000);
    let arguments = ["run", "batch.toml", "--executor", "local", "--workers", "1", "--out", "out"];
    let work = case.path().join("out.shards");
    let has_first = || {
        work.join("shards").exists() && names(&work.join("shards")).iter().any(|name| name.starts_with("0-"))
    };
    let mut running = Running::start(case.path(), &arguments, &[]);
    await_that("the first shard is done", PATIENCE, has_first);
    running.signal("-TERM");
    assert_eq!(running.0.wait().unwrap().code(), Some(3));
    let told = text(case.path(), "stderr.txt");
    assert!(told.contains("of 3 shards are missing") && told.contains("out.shards"), "{told}");
    assert!(!case.path().join("out").exists());
    let first = names(&work.join("shards")).into_iter().find(|name| name.starts_with("0-")).unwrap();
    let record = work.join("shards").join(first).join("shard.json");
    let before = fs::metadata(&record).unwrap().modified().unwrap();
    succeed(case.path(), &["shard", "run", "out.shards", "--index", "1"]);
    assert_eq!(fs::metadata(&record).unwrap().modified().unwrap(), before, "it is not run again");
    assert_eq!(run(case.path(), &[&arguments[..], &["--quiet"]].concat()).code, Some(3));
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
    assert!(!work.exists());
}

#[test]
fn children_do_not_outlive_an_executor_that_is_killed() {
    let case = cases::endless();
    let work = case.path().join("work");
    let arguments = ["run", "batch.toml", "--executor", "local", "--workers", "2", "--work"];
    let mut running = Running::start(case.path(), &[&arguments[..], &[work.to_str().unwrap()]].concat(), &[]);
    await_child(&work, "0");
    running.signal("-KILL");
    running.0.wait().unwrap();
    await_that("the children are gone", PATIENCE, || children(&work, None).is_empty());
}

#[test]
fn what_only_slurm_can_do_is_refused() {
    let case = cases::infeasible();
    let local = ["run", "batch.toml", "--executor", "local"];
    for arguments in [&["--detach", "--work", "work"][..], &["--partition", "p"], &["--sbatch-arg", "-p"]] {
        let said = run(case.path(), &[&local[..], arguments].concat());
        assert!(said.code == Some(2) && said.stderr.contains("need --executor slurm"), "{}", said.stderr);
    }
    let said = run(case.path(), &["run", "batch.toml", "--workers", "2"]);
    assert!(said.code == Some(2) && said.stderr.contains("--executor"), "{}", said.stderr);
    assert_eq!(names(case.path()), ["batch.toml", "data"]);
}
