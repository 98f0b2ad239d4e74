//! Whatever a table or a batch file holds, the readers answer: with what it says or with every fault, never with a
//! panic.
//!
//! Bundled inputs are broken at random. The quick tests try a few hundred cases; for hours by hand:
//! `FUZZ_SECONDS=3600 cargo test --release fuzz -- --ignored --nocapture`, which also tries what the service is sent.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "input/example.rs"]
#[allow(dead_code, reason = "only its tables and batch files are used")]
mod example;
#[path = "fuzz/long.rs"]
mod long;
#[path = "fuzz/mutate.rs"]
mod mutate;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use cutline::diagnostic::Diagnostics;
use cutline::domain::{Choice, ProjectIx, Selection, SimulationSettings};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Samples, evaluate};
use cutline::units::Share;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;

use long::try_for_long;
use mutate::{Mutation, mutated, mutations};

/// A batch file and the tables that it names.
struct Input {
    batch: String,
    tables: Files,
}

/// What is broken: the example with every table and section, and bundled batches that are not too large.
static INPUTS: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bundled = [
        ("petersen-1", "data/petersen/p1"),
        ("warsaw-wawer", "data/warsaw-wawer"),
        ("meridian-what-if", "data/meridian"),
        ("annual-2027", "data/meridian"),
    ];
    let bundled = bundled.map(|(name, folder)| Input {
        batch: fs::read_to_string(root.join("scenarios").join(format!("{name}.toml"))).unwrap(),
        tables: tables_in(&root.join(folder)),
    });
    // The example comes more often: it is small and holds everything.
    let examples = [example::BATCH, example::LIMITS, example::BATCH, example::LIMITS];
    let examples = examples.map(|batch| Input { batch: batch.to_owned(), tables: example::tables() });
    examples.into_iter().chain(bundled).collect()
});

fn tables_in(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tables = entries.filter(|path| path.extension().is_some_and(|kind| kind == "csv"));
    tables
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn what_is_broken_is_sound_before() {
    for input in INPUTS.iter() {
        let read = read(input.batch.as_bytes(), input.tables.clone());
        assert!(read.is_ok(), "{:?}", read.err());
    }
}

fn read(batch: &[u8], tables: Files) -> Result<LoadedBatch, Diagnostics> {
    read_batch("batch.toml", batch, |_| Ok(tables))
}

/// Whoever refuses says why, in words that can be shown; whatever is taken can be valued and simulated.
fn is_answered(read: Result<LoadedBatch, Diagnostics>) -> TestCaseResult {
    let loaded = match read {
        Ok(loaded) => loaded,
        Err(found) => {
            prop_assert!(found.has_faults(), "refused without a reason");
            prop_assert!(found.iter().all(|one| !one.to_string().trim().is_empty()));
            return Ok(());
        }
    };
    prop_assert!(!loaded.warnings.has_faults());
    let (portfolio, batch) = (&loaded.portfolio, &loaded.batch);
    let settings =
        SimulationSettings { trials: SimulationSettings::FEWEST_TRIALS, ..batch.simulation().clone() };
    let samples = Samples::draw(portfolio, &settings, &Silent, &CancelToken::new()).unwrap();
    let all = Selection::new(portfolio.projects().iter().enumerate().map(|(project, own)| Choice {
        project: ProjectIx::new(project),
        start: own.start,
        share: Share::ONE,
        payment: Default::default(),
    }));
    for scenario in batch.scenarios().iter().take(3) {
        let valuation = Valuation::new(portfolio, scenario);
        let risks = evaluate(&samples, &valuation, &[&all], &Silent, &CancelToken::new());
        prop_assert!(risks.is_ok());
    }
    Ok(())
}

type Case = (Index, Index, Vec<Mutation>);

fn case() -> impl Strategy<Value = Case> {
    (any::<Index>(), any::<Index>(), mutations())
}

/// Breaks one table.
fn tables_are_answered((input, table, how): Case) -> TestCaseResult {
    let input = input.get(&INPUTS);
    let mut tables = input.tables.clone();
    let names: Vec<&String> = input.tables.keys().collect();
    let name = *table.get(&names);
    tables.insert(name.clone(), mutated(&tables[name], &how));
    is_answered(read(input.batch.as_bytes(), tables))
}

fn batches_are_answered((input, _, how): Case) -> TestCaseResult {
    let input = input.get(&INPUTS);
    is_answered(read(&mutated(input.batch.as_bytes(), &how), input.tables.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_tables_are_answered(case in case()) {
        tables_are_answered(case)?;
    }

    #[test]
    fn broken_batch_files_are_answered(case in case()) {
        batches_are_answered(case)?;
    }
}

#[test]
#[ignore = "runs for as long as FUZZ_SECONDS tells"]
fn fuzz_tables() {
    try_for_long("tables", &case(), tables_are_answered);
}

#[test]
#[ignore = "runs for as long as FUZZ_SECONDS tells"]
fn fuzz_batch_files() {
    try_for_long("batch files", &case(), batches_are_answered);
}
