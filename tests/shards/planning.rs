//! What a plan is, and what it refuses.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::{self, files_of, names, run, succeed};

fn plan_of(work: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(work.join("plan.json")).unwrap()).unwrap()
}

#[test]
fn a_plan_cuts_the_scenarios_into_blocks_in_their_order() {
    let case = cases::rich();
    for (shards, blocks) in [("1", vec![5]), ("2", vec![2, 3]), ("3", vec![1, 2, 2]), ("99", vec![1; 5])] {
        let work = format!("work-{shards}");
        succeed(case.path(), &["shard", "plan", "batch.toml", "--to", &work, "--shards", shards]);
        let plan = plan_of(&case.path().join(&work));
        let planned = plan["shards"].as_array().unwrap();
        let lengths: Vec<usize> =
            planned.iter().map(|shard| shard["scenarios"].as_array().unwrap().len()).collect();
        assert_eq!(lengths, blocks);
        let scenarios = planned.iter().flat_map(|shard| shard["scenarios"].as_array().unwrap());
        let positions: Vec<u64> = scenarios.map(|scenario| scenario["position"].as_u64().unwrap()).collect();
        assert_eq!(positions, [0, 1, 2, 3, 4]);
    }
    let plan = plan_of(&case.path().join("work-2"));
    assert_eq!(plan["batch"], "rich");
    assert_eq!(plan["format"], 1);
    assert_eq!(plan["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(plan["shards"][1]["scenarios"][0]["name"], "money and value");
    let hash = plan["input_hash"].as_str().unwrap();
    assert_eq!(
        (hash.len(), plan["shards"][1]["folder"].as_str()),
        (64, Some(&*format!("1-{}", &hash[..16])))
    );
    assert_eq!(plan["inputs"][0]["name"], "batch.toml");
    assert_eq!(plan["inputs"].as_array().unwrap().len(), 10);
}

#[test]
fn without_a_number_every_scenario_is_a_shard() {
    let case = cases::sweep();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work"]);
    assert_eq!(plan_of(&case.path().join("work"))["shards"].as_array().unwrap().len(), 24);
}

#[test]
fn planning_again_changes_nothing() {
    let case = cases::rich();
    let plan = ["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"];
    assert!(succeed(case.path(), &plan).starts_with("Planned: 5 scenarios in 2 shards"));
    succeed(case.path(), &["shard", "run", "work", "--index", "0"]);
    let file = case.path().join("work/plan.json");
    let before = (fs::read(&file).unwrap(), fs::metadata(&file).unwrap().modified().unwrap());
    assert!(succeed(case.path(), &plan).starts_with("Planned already"));
    assert_eq!((fs::read(&file).unwrap(), fs::metadata(&file).unwrap().modified().unwrap()), before);
    assert_eq!(names(&case.path().join("work")), ["input", "plan.json", "shards"]);
}

#[test]
fn a_plan_that_was_interrupted_is_finished() {
    let case = cases::rich();
    let plan = ["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"];
    succeed(case.path(), &plan);
    let work = case.path().join("work");
    let text = fs::read(work.join("plan.json")).unwrap();
    fs::remove_file(work.join("plan.json")).unwrap();
    fs::create_dir(work.join(".cutline-left")).unwrap();
    succeed(case.path(), &plan);
    assert_eq!(fs::read(work.join("plan.json")).unwrap(), text);
}

#[test]
fn another_plan_or_other_files_are_never_overwritten() {
    let case = cases::rich();
    fs::create_dir(case.path().join("mine")).unwrap();
    fs::write(case.path().join("mine/thesis.txt"), "years of work").unwrap();
    fs::create_dir(case.path().join("input-only")).unwrap();
    fs::create_dir(case.path().join("input-only/input")).unwrap();
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"]);
    let cases = [("mine", "2"), ("work", "3"), ("batch.toml", "2"), ("input-only", "1")];
    for (to, shards) in cases {
        let said = run(case.path(), &["shard", "plan", "batch.toml", "--to", to, "--shards", shards]);
        assert_eq!(said.code, Some(2), "{to}: {}", said.stderr);
        assert!(said.stderr.contains("nothing was changed"), "{}", said.stderr);
    }
    assert_eq!(names(&case.path().join("mine")), ["thesis.txt"]);
    assert_eq!(names(&case.path().join("input-only/input")), [""; 0]);
    fs::write(case.path().join("data/scores.csv"), "project,value\nA,9\n").unwrap();
    let said = run(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"]);
    assert!(said.code == Some(2) && said.stderr.contains("another input"), "{}", said.stderr);
}

#[test]
fn faults_are_listed_as_by_a_run_and_nothing_is_written() {
    let case = cases::rich();
    let costs = "project,line,2027,2028\nA,capex,3o,5\nB,capex,forty,10\n";
    fs::write(case.path().join("data/costs.csv"), costs).unwrap();
    let planned = run(case.path(), &["shard", "plan", "batch.toml", "--to", "work"]);
    let ran = run(case.path(), &["run", "batch.toml"]);
    assert_eq!((planned.code, planned.stdout), (Some(2), String::new()));
    assert_eq!(planned.stderr, ran.stderr);
    assert_eq!(names(case.path()), ["batch.toml", "data"]);
}

/// The folder is all that a shard needs: the input it was made from is gone, and the folder stands elsewhere.
#[test]
fn a_work_folder_can_be_moved() {
    let case = cases::rich();
    let whole = files_of(&case.whole());
    succeed(case.path(), &["shard", "plan", "batch.toml", "--to", "work", "--shards", "2"]);
    succeed(case.path(), &["shard", "run", "work", "--index", "1"]);
    fs::remove_dir_all(case.path().join("data")).unwrap();
    fs::remove_file(case.path().join("batch.toml")).unwrap();
    fs::create_dir(case.path().join("elsewhere")).unwrap();
    fs::rename(case.path().join("work"), case.path().join("elsewhere/moved")).unwrap();
    let elsewhere = case.path().join("elsewhere");
    succeed(&elsewhere, &["shard", "run", "moved", "--index", "0"]);
    succeed(&elsewhere, &["shard", "merge", "moved", "--out", "out"]);
    assert!(files_of(&elsewhere.join("out")) == whole);
}
