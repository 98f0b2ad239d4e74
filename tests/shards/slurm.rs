//! `cutline run --executor slurm` on a real cluster: one controller and three nodes on this machine
//! (`scripts/slurm_cluster.sh`). Where Slurm is not installed, or this is not root, the tests say so and pass.
#![cfg(target_os = "linux")]

use std::fs;
use std::time::Duration;

use crate::cases::{self, Case, Running, Said, await_that, cutline, files_of, names, text};
use crate::cluster::Cluster;
use crate::program::PROGRAM;

const PATIENCE: Duration = Duration::from_secs(120);

impl Cluster {
    /// Runs the program with this cluster.
    fn run(&self, case: &Case, arguments: &[&str]) -> Said {
        let arguments = [&["run", "batch.toml", "--executor", "slurm"], arguments].concat();
        let mut command = cutline(case.path(), &arguments);
        command.env("SLURM_CONF", self.configuration()).output().unwrap().into()
    }

    fn running(&self, case: &Case, arguments: &[&str]) -> Running {
        let arguments = [&["run", "batch.toml", "--executor", "slurm"], arguments].concat();
        Running::start(case.path(), &arguments, &[("SLURM_CONF", &self.configuration())])
    }
}

#[test]
fn a_batch_on_slurm_has_the_bytes_of_one_run() {
    // Ten shards, and no array may have a task above 3.
    let Some(cluster) = Cluster::start(4) else { return };
    let case = cases::sweep();
    let said = cluster.run(&case, &["--shards", "10", "--out", "out", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let told = said.stderr.lines().find(|line| line.starts_with("Submitted 10 shards as job ")).unwrap();
    assert_eq!(told.split(", ").count(), 3, "{told}");
    assert!(said.stdout.contains("\"complete\": true"), "{}", said.stdout);
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
    assert!(!case.path().join("out.shards").exists());

    let said = cluster.run(&case, &["--shards", "3", "--out", "later", "--work", "work", "--detach"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("Submitted 3 shards and the merge"), "{}", said.stdout);
    await_that("the results are there", PATIENCE, || case.path().join("later").exists());
    assert!(files_of(&case.whole()) == files_of(&case.path().join("later")));

    let said = cluster.run(&case, &["--partition", "no-such", "--out", "none"]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("invalid partition"), "{}", said.stderr);
    assert!(!case.path().join("none").exists());
}

#[test]
fn a_watcher_may_go_and_come_back_and_takes_its_tasks_along() {
    let Some(cluster) = Cluster::start(1001) else { return };
    let case = cases::long(6, 20_000);
    let arguments = ["--work", "work", "--out", "out"];
    let mut gone = cluster.running(&case, &arguments);
    let is_running = || cluster.queue().contains("RUNNING");
    await_that("tasks run", PATIENCE, is_running);
    gone.signal("-KILL");
    gone.0.wait().unwrap();
    assert!(is_running(), "tasks do not need their watcher");

    let mut stopped = cluster.running(&case, &arguments);
    let told = || text(case.path(), "stderr.txt");
    await_that("it finds its tasks", PATIENCE, || told().contains("are in the queue already"));
    assert!(!told().contains("Submitted"), "{}", told());
    stopped.signal("-INT");
    assert_eq!(stopped.0.wait().unwrap().code(), Some(3), "{}", told());
    await_that("its tasks are cancelled", PATIENCE, || cluster.queue().is_empty());
    assert!(told().contains("goes on from there"), "{}", told());
    assert!(names(&case.path().join("work/shards")).len() < 6, "they ended by themselves");
    assert!(!case.path().join("out").exists());
}

/// Programs in place of Slurm's: each shard ends while the queue is read for the first time.
#[test]
fn what_ends_while_the_queue_is_read_is_not_submitted_again() {
    use std::os::unix::fs::PermissionsExt;

    let case = cases::sweep();
    cases::succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "3"]);
    let record = r#"{"arrays": [{"job": "7", "offset": 0, "shards": [0, 1, 2]}]}"#;
    fs::write(case.path().join("work/slurm.json"), record).unwrap();
    let programs = case.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let ends = format!("for shard in 0 1 2; do {PROGRAM} shard run work --index $shard; done 1>&2");
    for (name, does) in
        [("squeue", ends.as_str()), ("sbatch", "touch submitted; echo 8"), ("sacct", "exit 1")]
    {
        fs::write(programs.join(name), format!("#!/bin/sh\n{does}\n")).unwrap();
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let arguments =
        ["run", "batch.toml", "--executor", "slurm", "--shards", "3", "--work", "work", "--out", "out"];
    let said: Said = cutline(case.path(), &arguments).env("PATH", path).output().unwrap().into();
    assert!(!case.path().join("submitted").exists(), "{}", said.stderr);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
}

#[test]
fn a_node_that_dies_costs_time_and_nothing_else() {
    let Some(cluster) = Cluster::start(1001) else { return };
    let case = cases::long(5, 15_000);
    let whole = files_of(&case.whole());
    let mut running = cluster.running(&case, &["--work", "work", "--out", "out"]);
    // The first shard is the easy one: the array is under way when it is done, and n2 has a hard one.
    let on_n2 = || cluster.queue().lines().any(|line| line.ends_with("RUNNING n2") && !line.contains("_0 "));
    await_that("n2 is at work", PATIENCE, on_n2);
    cluster.script("kill", &["n2"]);
    let told = || text(case.path(), "stderr.txt");
    assert_eq!(running.0.wait().unwrap().code(), Some(3), "limits are met: {}", told());
    assert!(told().contains("Slurm says NODE_FAIL; it is submitted again"), "{}", told());
    assert_eq!(names(&case.path().join("work/shards")).len(), 5);
    assert!(whole == files_of(&case.path().join("out")));
}

#[test]
#[ignore = "slow: 300 scenarios of a real portfolio, twice"]
fn three_hundred_scenarios_survive_the_death_of_a_node() {
    let Some(cluster) = Cluster::start(1001) else { return };
    let case = cases::annual();
    let whole = files_of(&case.whole());
    let arguments = ["--work", "work", "--out", "out", "--shards", "60"];
    let mut running = cluster.running(&case, &arguments);
    let results = case.path().join("work/shards");
    await_that("a third is done", PATIENCE, || results.exists() && names(&results).len() > 20);
    await_that("n2 is at work", PATIENCE, || cluster.queue().contains("RUNNING n2"));
    cluster.script("kill", &["n2"]);
    let code = running.0.wait().unwrap().code();
    assert_eq!(code, Some(0), "{}", text(case.path(), "stderr.txt"));
    let finished = names(&results).iter().filter(|name| !name.starts_with('.')).count();
    assert_eq!(finished, 60, "none is lost, and none is there twice");
    assert!(whole == files_of(&case.path().join("out")));
}
