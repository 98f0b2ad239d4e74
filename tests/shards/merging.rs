//! What merging gives, and when it gives nothing.

use std::fs;

use crate::cases::{self, Case, files_of, names, run, succeed};

/// Cuts a case into shards, runs them from the last to the first and some of them twice, merges, and compares.
fn merges_to_the_same_bytes(case: &Case, count: usize) {
    let (work, out) = (format!("work-{count}"), format!("out-{count}"));
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", &work, "--shards", &count.to_string()]);
    for index in (0..count.min(case.scenarios)).rev() {
        for _ in 0..1 + index % 2 {
            succeed(case.path(), &["shard", "run", &work, "--index", &index.to_string(), "--threads", "1"]);
        }
    }
    let whole = case.whole();
    let one_go = run(case.path(), &["run", "batch.toml", "--json", "--out", "again"]);
    let merged = run(case.path(), &["shard", "merge", &work, "--json", "--out", &out]);
    assert_eq!(merged.code, one_go.code, "{}: {}", case.name, merged.stderr);
    assert_eq!(merged.stderr, one_go.stderr);
    assert_eq!(merged.stdout, one_go.stdout.replace("\"again\"", &format!("{out:?}")), "{}", case.name);
    let (expected, found) = (files_of(&whole), files_of(&case.path().join(&out)));
    let files: Vec<&String> = expected.keys().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), files, "{} in {count} shards", case.name);
    for (name, bytes) in &expected {
        assert!(found[name] == *bytes, "{} in {count} shards: {name} differs", case.name);
    }
}

/// In 1, 2 and 3 shards, and one for each scenario.
fn merges_however_it_is_cut(case: &Case) {
    for count in [1, 2, 3, case.scenarios] {
        merges_to_the_same_bytes(case, count);
    }
}

#[test]
fn everything_there_is_merges_to_the_same_bytes() {
    let case = cases::rich();
    merges_however_it_is_cut(&case);
    let whole = case.whole();
    let all = ["changes", "decisions", "frontier", "infeasible"];
    assert!(all.iter().all(|table| whole.join(format!("{table}.csv")).exists()), "the case must have it all");
    let scenarios = fs::read_to_string(whole.join("scenarios.csv")).unwrap();
    assert!(scenarios.lines().next().unwrap().contains("scale.npv"), "{scenarios}");
}

#[test]
fn what_is_decided_for_the_whole_batch_is_not_decided_by_its_shards() {
    let case = cases::sweep();
    merges_however_it_is_cut(&case);
    assert!(!case.whole().join("decisions.csv").exists(), "the case must be too large for decisions");
}

#[test]
fn infeasible_scenarios_merge() {
    merges_however_it_is_cut(&cases::infeasible());
}

#[test]
fn limits_that_were_met_are_told_when_shards_are_merged() {
    let case = cases::limited();
    merges_however_it_is_cut(&case);
    let merged = run(case.path(), &["shard", "merge", "work-2", "--out", "told"]);
    assert_eq!(merged.code, Some(3), "{}", merged.stderr);
    assert!(merged.stderr.contains("scenario `hard 0` met a limit"), "{}", merged.stderr);
}

#[test]
#[ignore = "slow: a real portfolio, ten times"]
fn a_real_portfolio_merges_to_the_same_bytes() {
    merges_however_it_is_cut(&cases::what_if());
}

#[test]
fn the_record_of_the_run_adds_up_the_shards() {
    let case = cases::rich();
    case.shards("work", 2);
    let said = succeed(case.path(), &["shard", "merge", "work"]);
    assert!(said.contains("Results: out/rich (23 files)"), "the default folder is that of a run: {said}");
    case.whole();
    let record = |folder: &str| -> serde_json::Value {
        let text = fs::read_to_string(case.path().join(folder).join("run.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let (merged, whole) = (record("out/rich"), record("whole"));
    assert_eq!((merged["shards"].as_u64(), whole.get("shards")), (Some(2), None));
    for key in ["program", "version", "batch", "seed", "solver", "settings", "inputs", "outputs", "warnings"]
    {
        assert_eq!(merged[key], whole[key], "{key}");
    }
    let (scenarios, alone) =
        (merged["scenarios"].as_array().unwrap(), whole["scenarios"].as_array().unwrap());
    assert_eq!(scenarios.len(), 5);
    for (scenario, alone) in scenarios.iter().zip(alone) {
        let keys = ["name", "status", "options_found", "solvers", "conflict", "decision_solves"];
        assert!(keys.iter().all(|key| scenario.get(key) == alone.get(key)), "{scenario}");
    }
    assert!(merged["started"].as_str() <= whole["started"].as_str());
    assert!(merged["stages"]["select_seconds"].as_f64() > Some(0.0));
}

#[test]
fn missing_shards_are_named_and_nothing_is_written() {
    let case = cases::sweep();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "6"]);
    for index in ["0", "4"] {
        succeed(case.path(), &["shard", "run", "work", "--index", index]);
    }
    let merged = run(case.path(), &["shard", "merge", "work", "--out", "out"]);
    assert_eq!((merged.code, merged.stdout.as_str()), (Some(3), ""));
    let told = "4 of 6 shards missing or damaged: 1-3,5.";
    assert!(merged.stderr.contains(told), "{}", merged.stderr);
    assert!(merged.stderr.contains("cutline shard run work --index 1"), "{}", merged.stderr);
    assert_eq!(names(case.path()), ["batch.toml", "data", "work"]);
}

/// A byte less, a byte changed, a file gone, a record that is none: never merged, and mended by running again.
#[test]
fn damaged_shards_count_as_missing_until_they_are_run_again() {
    let case = cases::infeasible();
    case.shards("work", 2);
    let results = case.path().join("work/shards");
    let shard = results.join(&names(&results)[1]);
    let text = |file: &str| fs::read(shard.join(file)).unwrap();
    let (table, record) = (text("scenarios.csv"), text("shard.json"));
    let mut changed = table.clone();
    changed[0] ^= 1;
    let damages: [(&str, Option<&[u8]>); 5] = [
        ("scenarios.csv", Some(&table[1..])),
        ("scenarios.csv", Some(&changed)),
        ("scenarios.csv", None),
        ("shard.json", Some(&record[..record.len() / 2])),
        ("shard.json", None),
    ];
    for (file, bytes) in damages {
        match bytes {
            Some(bytes) => fs::write(shard.join(file), bytes).unwrap(),
            None => fs::remove_file(shard.join(file)).unwrap(),
        }
        let merged = run(case.path(), &["shard", "merge", "work", "--out", "out"]);
        assert_eq!(merged.code, Some(3), "{file}");
        assert!(merged.stderr.contains("1 of 2 shards missing or damaged: 1."), "{}", merged.stderr);
        let said = succeed(case.path(), &["shard", "run", "work", "--index", "1"]);
        assert!(said.contains("results in work/shards/1-"), "{said}");
        assert_eq!(names(&results).len(), 2, "nothing is left behind");
        succeed(case.path(), &["shard", "merge", "work", "--out", "out"]);
        assert!(files_of(&case.whole()) == files_of(&case.path().join("out")));
    }
}

#[test]
fn a_folder_of_someone_else_is_not_merged_into() {
    let case = cases::infeasible();
    case.shards("work", 1);
    let merged = run(case.path(), &["shard", "merge", "work", "--out", "data"]);
    assert_eq!(merged.code, Some(2), "{}", merged.stderr);
    assert!(merged.stderr.contains("not results of Cutline"), "{}", merged.stderr);
}

#[test]
fn of_a_batch_that_is_given_up_what_is_there_is_merged_and_the_rest_is_not_run() {
    let case = cases::rich();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "5"]);
    let part = ["shard", "merge", "work", "--part", "--out", "part"];
    for index in ["0", "4"] {
        succeed(case.path(), &["shard", "run", "work", "--index", index]);
    }
    assert_eq!(run(case.path(), &["shard", "merge", "work", "--out", "merged"]).code, Some(3));
    let merged = run(case.path(), &part);
    assert_eq!(merged.code, Some(3), "{}", merged.stderr);
    let whole = files_of(&case.whole());
    let found = files_of(&case.path().join("part"));
    let rows = |bytes: &[u8]| -> Vec<String> {
        let is_of_these = |line: &&str| line.starts_with("as planned,") || line.starts_with("little,");
        String::from_utf8_lossy(bytes).lines().filter(is_of_these).map(str::to_owned).collect()
    };
    // What is told across scenarios is told of those that are there.
    let is_across = |name: &str| name.starts_with("regret") || name == "robustness.csv";
    for (name, bytes) in whole.iter().filter(|(name, _)| !is_across(name)) {
        // Why a scenario is infeasible is not asked once a batch is given up: that table may not be there.
        assert_eq!(rows(found.get(name).map_or(&[], Vec::as_slice)), rows(bytes), "{name}");
    }
    let scenarios = String::from_utf8_lossy(&found["scenarios.csv"]).into_owned();
    assert_eq!((scenarios.lines().count(), scenarios.matches(",not run,").count()), (6, 2), "{scenarios}");

    // That nothing satisfies a scenario may be plain before any search.
    assert_eq!(scenarios.matches(",infeasible,").count(), 1, "{scenarios}");

    // The batch is taken up after all: what was given up leaves no trace.
    for index in ["1", "2", "3"] {
        succeed(case.path(), &["shard", "run", "work", "--index", index]);
    }
    run(case.path(), &["shard", "merge", "work", "--out", "merged"]);
    assert_eq!(files_of(&case.path().join("merged")), whole);
    run(case.path(), &["shard", "merge", "work", "--part", "--out", "again"]);
    assert_eq!(files_of(&case.path().join("again")), whole);
}

#[test]
fn of_a_batch_of_which_nothing_was_finished_nothing_is_written() {
    let case = cases::sweep();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"]);
    let none = run(case.path(), &["shard", "merge", "work", "--part", "--out", "part"]);
    assert_eq!(none.code, Some(3), "{}", none.stderr);
    assert!(none.stderr.contains("No scenario was finished"), "{}", none.stderr);
    assert!(!case.path().join("part").exists());
}
