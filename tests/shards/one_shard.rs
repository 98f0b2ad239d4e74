//! A batch of one shard: planned and run by one process, as the service does it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use crate::cases::{self, Case, Said, cutline, files_of, names, run};

/// Runs a batch whole while stdin stays open, as below a parent that is there.
fn run_whole(case: &Case) -> Said {
    let arguments = ["shard", "run-whole", "--threads", "1", "--to", "work", "--json", "batch.toml"];
    let mut command = cutline(case.path(), &arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdin = child.stdin.take();
    let said = child.wait_with_output().unwrap().into();
    drop(stdin);
    said
}

/// The scenarios of its events, and the summary behind them.
fn told(said: &Said) -> (usize, String) {
    let is_event = |line: &&str| line.starts_with("{\"event\":");
    let scenarios = said.stdout.lines().filter(|line| line.starts_with("{\"event\":\"scenario\"")).count();
    let summary: String =
        said.stdout.lines().filter(|line| !is_event(line)).map(|line| format!("{line}\n")).collect();
    (scenarios, summary)
}

/// The results: all but the record of the shard.
fn results(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let shards = case.path().join("work/shards");
    let mut files = files_of(&shards.join(&names(&shards)[0]));
    files.remove("shard.json");
    files
}

#[test]
fn one_process_gives_the_bytes_the_summary_and_the_exit_code_of_one_run() {
    for case in [cases::rich(), cases::infeasible(), cases::limited()] {
        let expected = files_of(&case.whole());
        let one_go = run(case.path(), &["run", "batch.toml", "--json", "--quiet", "--out", "again"]);
        let said = run_whole(&case);
        assert_eq!(said.code, one_go.code, "{}: {}", case.name, said.stderr);
        let (scenarios, summary) = told(&said);
        let folder = format!("work/shards/{}", names(&case.path().join("work/shards"))[0]);
        assert_eq!(scenarios, case.scenarios, "{}: {}", case.name, said.stdout);
        assert_eq!(summary, one_go.stdout.replace("\"again\"", &format!("{folder:?}")), "{}", case.name);
        assert!(results(&case) == expected, "{}", case.name);
    }
}

#[test]
fn results_that_are_whole_are_told_and_not_run_again() {
    let case = cases::rich();
    let expected = files_of(&case.whole());
    run_whole(&case);
    // A server that is killed before it has stored the results leaves them behind.
    let shards = case.path().join("work/shards");
    let record = shards.join(&names(&shards)[0]).join("shard.json");
    let written = || fs::metadata(&record).unwrap().modified().unwrap();
    let before = written();
    let (scenarios, _) = told(&run_whole(&case));
    assert_eq!((scenarios, written()), (0, before), "nothing is run");
    assert!(results(&case) == expected);
    fs::write(record.with_file_name("options.csv"), "damaged").unwrap();
    let (scenarios, _) = told(&run_whole(&case));
    assert_eq!(scenarios, case.scenarios, "what is damaged is run again");
    assert!(results(&case) == expected);
}

#[test]
fn other_input_in_the_same_folder_is_run_anew() {
    let case = cases::rich();
    run_whole(&case);
    let file = case.path().join("batch.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("name = \"rich\"", "name = \"poor\"")).unwrap();
    let (scenarios, _) = told(&run_whole(&case));
    assert_eq!(scenarios, case.scenarios, "results are known by their input");
    assert_eq!(names(&case.path().join("work/shards")).len(), 2);
}

#[test]
fn a_parent_that_is_gone_gets_no_results() {
    let case = cases::endless();
    let arguments = ["shard", "run-whole", "--threads", "1", "--to", "work", "batch.toml"];
    let said: Said = cutline(case.path(), &arguments).stdin(Stdio::null()).output().unwrap().into();
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    assert!(names(&case.path().join("work/shards")).is_empty(), "{}", said.stderr);
    assert!(said.stderr.contains("no results yet"), "{}", said.stderr);
}
