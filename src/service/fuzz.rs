//! Every submission gets an answer, understood or refused; never a panic or an internal failure.
//!
//! The quick tests try a few hundred broken submissions; for hours by hand see `tests/fuzz.rs`.

use std::io::Cursor;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::json;

use super::overrides::{self, Overrides};
use super::problem::Problem;
use super::settings::{Caps, ConnectionLimits, Keep, Retries, ServiceSettings, Shares, Validation};
use super::submission;
use super::submission::submit::check;
use super::submission::zip::write_zip;
use super::submission::{Upload, UploadError, UploadLimits};

#[path = "../../tests/input/example.rs"]
#[allow(dead_code, reason = "only its tables and batch files are used")]
mod example;
#[path = "../../tests/fuzz/long.rs"]
mod long;
#[path = "../../tests/fuzz/mutate.rs"]
mod mutate;

use long::try_for_long;
use mutate::{Mutation, mutated, mutations};

fn settings() -> ServiceSettings {
    ServiceSettings {
        address: ([127, 0, 0, 1], 0).into(),
        data: "data".into(),
        work: None,
        slurm: None,
        workers: 2,
        threads: 1,
        demands_tokens: false,
        hosts: Vec::new(),
        origins: Vec::new(),
        proxies: Vec::new(),
        connections: ConnectionLimits { all: 1, of_address: 1, followers: 1, of_user: 1 },
        upload: UploadLimits { body: 1 << 20, files: 40, unzipped: 1 << 20, rows: 1_000, columns: 100 },
        validation: Validation { memory: 1 << 30, time: Duration::from_secs(20) },
        caps: Caps {
            scenarios: 300,
            options: 50,
            trials: 1_000_000,
            evaluations: 1 << 40,
            seconds: 1 << 30,
            shard_seconds: 3_600,
            shard_scenarios: 10,
        },
        shares: Shares { running: 1, unfinished: 1 },
        retries: Retries { attempts: 1, pause: Duration::ZERO, silence: Duration::from_secs(1) },
        keep: Keep { quota: 1 << 30, free: 0, retention: None, restorable: Duration::ZERO },
        request_timeout: Duration::from_secs(1),
        drain: Duration::ZERO,
    }
}

/// Checks what was understood; a refusal must be the client's fault.
fn is_answered(upload: Result<Upload, UploadError>) -> TestCaseResult {
    let refused = match upload {
        Ok(upload) => {
            let files = upload.clone().into_files();
            prop_assert!(files.keys().all(|name| !name.contains('/')));
            match check(upload, &settings().limits()) {
                Ok(checked) => {
                    prop_assert!(checked.facts.shards >= 1 && !checked.facts.scenarios.is_empty());
                    return Ok(());
                }
                Err(problem) => problem,
            }
        }
        Err(error) => Problem::from(error),
    };
    prop_assert!(refused.status().is_client_error(), "{}", refused.status());
    Ok(())
}

/// All tables as texts, or few of them, one as rows.
fn sound_json(large: bool) -> Vec<u8> {
    let document = if large {
        let tables: serde_json::Map<String, serde_json::Value> =
            example::TABLES.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        json!({ "batch": example::BATCH, "file": "a.toml", "tables": tables, "shared": true, "priority": 3 })
    } else {
        let batch = "[batch]\nportfolio = \"here\"\nmaximise = \"npv\"\n[[scenario]]\nname = \"s\"\n";
        let rows = json!([["project", "2027", "2028", "2029"], ["P1", 1.5, null, "2"]]);
        json!({ "batch": batch, "tables": { "projects": "project\nP1\n", "benefits": rows } })
    };
    document.to_string().into_bytes()
}

fn sound_archive() -> Vec<u8> {
    let tables = example::TABLES.iter().map(|(name, text)| (format!("round/city/{name}"), *text));
    let batch = ("round/batch.toml".to_owned(), example::BATCH);
    let entries: Vec<(String, &str)> = tables.chain([batch]).collect();
    let mut archive = Cursor::new(Vec::new());
    write_zip(&mut archive, entries.iter().map(|(name, text)| (name.as_str(), Ok(text.as_bytes())))).unwrap();
    archive.into_inner()
}

fn json_is_answered((large, how): (bool, Vec<Mutation>)) -> TestCaseResult {
    let bytes = mutated(&sound_json(large), &how);
    is_answered(submission::from_json(&bytes, &settings().upload).map(|(upload, ..)| upload))
}

fn archives_are_answered((_, how): (bool, Vec<Mutation>)) -> TestCaseResult {
    let bytes = mutated(&sound_archive(), &how);
    is_answered(submission::from_archive(&mut Cursor::new(bytes), None, &settings().upload))
}

/// A batch that is run again with changes: the changes are broken.
fn overrides_are_answered((large, how): (bool, Vec<Mutation>)) -> TestCaseResult {
    let batch = if large { example::LIMITS } else { example::BATCH };
    let changes = json!({
        "patch": { "batch": { "options": 5, "seed": null }, "simulation": { "trials": 200 } },
        "scenarios": { "as planned": { "budget_scale": 0.85 }, "free": { "force_in": ["P1"] } },
        "everywhere": { "budget_scale": { "capex": 0.9 }, "options": 2 },
        "times": { "budget_scale": { "capex": 1.1 }, "capacity_scale": 0.9 },
        "force_in": ["P1"], "force_out": ["P2"], "add": [{ "name": "less", "budget_scale": 0.5 }],
    });
    let changes = mutated(changes.to_string().as_bytes(), &how);
    let Ok(changes) = serde_json::from_slice::<Overrides>(&changes) else { return Ok(()) };
    let tables = example::tables();
    let parent = overrides::Parent { id: "1", name: "a", tables: &tables };
    let Ok(batch) = overrides::apply(batch.as_bytes(), &changes, &parent) else { return Ok(()) };
    let tables = submission::Tables::Given(tables);
    is_answered(Ok(Upload { file: "a.toml".to_owned(), batch, tables }))
}

#[test]
fn what_is_broken_is_sound_before() {
    for large in [true, false] {
        let (upload, ..) = submission::from_json(&sound_json(large), &settings().upload).unwrap();
        assert!(check(upload, &settings().limits()).is_ok());
    }
    let archive =
        submission::from_archive(&mut Cursor::new(sound_archive()), None, &settings().upload).unwrap();
    assert!(check(archive, &settings().limits()).is_ok());
}

fn case() -> impl Strategy<Value = (bool, Vec<Mutation>)> {
    (any::<bool>(), mutations())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_json_is_answered(case in case()) {
        json_is_answered(case)?;
    }

    #[test]
    fn broken_archives_are_answered(case in case()) {
        archives_are_answered(case)?;
    }

    #[test]
    fn broken_overrides_are_answered(case in case()) {
        overrides_are_answered(case)?;
    }
}

#[test]
#[ignore = "runs for as long as FUZZ_SECONDS tells"]
fn fuzz_json() {
    try_for_long("submissions in JSON", &case(), json_is_answered);
}

#[test]
#[ignore = "runs for as long as FUZZ_SECONDS tells"]
fn fuzz_archives() {
    try_for_long("archives", &case(), archives_are_answered);
}

#[test]
#[ignore = "runs for as long as FUZZ_SECONDS tells"]
fn fuzz_overrides() {
    try_for_long("changes to a batch", &case(), overrides_are_answered);
}
