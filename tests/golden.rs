//! The result tables of every bundled batch, cell by cell, as they are kept in `tests/golden`.
//!
//! `make golden` renews what is kept; the difference is then read like any other change. What a large table holds is
//! kept compressed. `run.json` is left out: it holds times and versions.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// Batches that a quick run of the tests has no time for, with what takes their place there.
const SLOW: [(&str, Reduced); 2] = [
    (
        "annual-2027",
        Reduced {
            name: "annual-2027-reduced",
            changes: &[
                ("name = \"annual-2027\"", "name = \"annual-2027-reduced\"\ndecisions = false"),
                ("options = 10 ", "options = 2 "),
                (
                    "vary = { budget_scale = [0.8, 0.9, 1.0, 1.1, 1.2], weights = [\"balanced\", \"growth\", \"resilience\", \
                     \"service\", \"compliance\", \"people\"] }",
                    "vary = { budget_scale = [0.8], weights = [\"balanced\", \"people\"] }",
                ),
            ],
        },
    ),
    (
        "meridian-what-if",
        Reduced {
            name: "meridian-what-if-reduced",
            changes: &[
                ("name = \"meridian-what-if\"", "name = \"meridian-what-if-reduced\"\ndecisions = false"),
                ("options = 3", "options = 2"),
                ("gap = 0.005", "gap = 0.01"),
            ],
        },
    ),
];

/// A batch file with some of its text replaced.
#[derive(Clone, Copy)]
struct Reduced {
    name: &'static str,
    changes: &'static [(&'static str, &'static str)],
}

/// A table of so many bytes is kept compressed.
const LARGE: usize = 60_000;
/// Numbers are the same if they differ by no more than this part of the larger one: the rest may be the machine's.
const NEAR: f64 = 1e-9;
/// What is smaller is nothing: a sum that cancels.
const NOTHING: f64 = 1e-12;
/// So many differences are shown.
const SHOWN: usize = 12;

// ---- The batches ----------------------------------------------------------------------------------------------------

#[test]
fn petersen() {
    for problem in 1..=7 {
        check(&format!("petersen-{problem}"));
    }
}

#[test]
fn warsaw_wawer() {
    check("warsaw-wawer");
}

#[test]
fn virginia() {
    check("virginia-smart-scale");
}

#[test]
fn baltimore_requests() {
    check("baltimore-fy2024");
}

#[test]
fn baltimore_program() {
    check("baltimore-six-year");
}

#[test]
fn annual_reduced() {
    check_reduced("annual-2027");
}

#[test]
fn what_if_reduced() {
    check_reduced("meridian-what-if");
}

#[test]
#[ignore = "takes a minute in an optimised build"]
fn annual() {
    check("annual-2027");
}

#[test]
#[ignore = "takes a minute in an optimised build"]
fn what_if() {
    check("meridian-what-if");
}

#[test]
fn every_bundled_batch_has_its_results_here_and_nothing_else_has() {
    let reduced = SLOW.iter().map(|(_, reduced)| reduced.name.to_owned());
    let known: BTreeSet<String> = names_in(&scenarios()).into_iter().chain(reduced).collect();
    let is_slow = |name: &String| SLOW.iter().any(|(slow, _)| slow == name);
    let kept = names_in(&golden());
    let strange: Vec<&String> = kept.difference(&known).collect();
    let missing: Vec<&String> = known.difference(&kept).filter(|name| !is_slow(name)).collect();
    assert!(strange.is_empty() && missing.is_empty(), "missing: {missing:?}; of no batch: {strange:?}");
}

// ---- Helpers --------------------------------------------------------------------------------------------------------

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scenarios() -> PathBuf {
    root().join("scenarios")
}

fn golden() -> PathBuf {
    root().join("tests/golden")
}

/// The folders and batch files in a folder, by name.
fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.filter(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "toml"));
    named.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// Runs a bundled batch and holds its tables to those that are kept.
fn check(name: &str) {
    check_file(&scenarios().join(format!("{name}.toml")), name);
}

/// Runs what takes the place of a slow batch.
fn check_reduced(name: &str) {
    let (_, reduced) = SLOW.iter().find(|(own, _)| *own == name).unwrap();
    let mut text = fs::read_to_string(scenarios().join(format!("{name}.toml"))).unwrap();
    let portfolio = format!("portfolio = {:?}", root().join("data/meridian").display().to_string());
    for (from, to) in
        reduced.changes.iter().chain([&("portfolio = \"../data/meridian\"", portfolio.as_str())])
    {
        assert!(text.contains(from), "{name}.toml no longer contains {from:?}");
        text = text.replacen(from, to, 1);
    }
    let folder = tempfile::tempdir().unwrap();
    let batch = folder.path().join("batch.toml");
    fs::write(&batch, text).unwrap();
    check_file(&batch, reduced.name);
}

fn check_file(batch: &Path, name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
    command.arg("run").arg(batch).arg("--out").arg(&out).timeout(Duration::from_secs(1_800));
    let Output { status, stderr, .. } = command.output().unwrap();
    // Where a time limit is met, results depend on the machine.
    assert!(status.success(), "{name}: {status}\n{}", String::from_utf8_lossy(&stderr));
    let tables = tables_in(&out);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return keep(&tables, &golden().join(name));
    }
    let kept = tables_in(&golden().join(name));
    assert!(!kept.is_empty(), "{name}: nothing is kept; `make golden` does that");
    let names = |tables: &BTreeMap<String, String>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&tables), names(&kept), "{name}: other tables than before; `make golden` renews them");
    let mut found: Vec<String> = Vec::new();
    for ((file, got), expected) in tables.iter().zip(kept.values()) {
        found.extend(differences(file, expected, got));
    }
    let count = found.len();
    found.truncate(SHOWN);
    assert!(
        found.is_empty(),
        "{name}: {count} differences; if they are meant, `make golden` renews what is kept\n{}",
        found.join("\n")
    );
}

/// The tables in a folder by name, decompressed.
fn tables_in(folder: &Path) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        if let Some(name) = name.strip_suffix(".gz") {
            let mut text = String::new();
            GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
            tables.insert(name.to_owned(), text);
        } else if name != "run.json" {
            tables.insert(name, String::from_utf8(bytes).unwrap());
        }
    }
    tables
}

/// Keeps tables instead of those that a folder holds.
fn keep(tables: &BTreeMap<String, String>, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    for (name, text) in tables {
        if text.len() < LARGE {
            fs::write(folder.join(name), text).unwrap();
            continue;
        }
        // Without a time, so that equal tables are equal files.
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        fs::write(folder.join(format!("{name}.gz")), encoder.finish().unwrap()).unwrap();
    }
}

type Records = Vec<Vec<String>>;

fn records(text: &str) -> Records {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// In what two tables differ, one line each: rows as a spreadsheet counts them, columns by heading.
fn differences(file: &str, expected: &str, got: &str) -> Vec<String> {
    let (expected, got) = (records(expected), records(got));
    let mut found = Vec::new();
    let headings = |records: &Records| records.first().cloned().unwrap_or_default();
    let (old, new) = (headings(&expected), headings(&got));
    if old != new {
        let only = |these: &[String], those: &[String]| {
            these.iter().filter(|one| !those.contains(one)).cloned().collect::<Vec<_>>().join(", ")
        };
        let (lost, gained) = (only(&old, &new), only(&new, &old));
        found.push(format!("{file}: columns lost: [{lost}], gained: [{gained}], or in another order"));
    }
    if expected.len() != got.len() {
        found.push(format!("{file}: {} rows expected, got {}", expected.len(), got.len()));
    }
    for (row, (expected, got)) in expected.iter().zip(&got).enumerate().skip(1) {
        for (heading, expected) in old.iter().zip(expected) {
            let column = new.iter().position(|other| other == heading);
            let Some(got) = column.and_then(|column| got.get(column)) else { continue };
            if !is_same(expected, got) {
                found.push(format!("{file}, row {}, {heading}: {expected:?} expected, got {got:?}", row + 1));
            }
        }
    }
    found
}

/// Whether two cells say the same.
fn is_same(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    let (Ok(left), Ok(right)) = (left.parse::<f64>(), right.parse::<f64>()) else { return false };
    (left - right).abs() <= (NEAR * left.abs().max(right.abs())).max(NOTHING)
}

#[test]
fn differences_are_named_by_row_and_column() {
    let expected = "scenario,npv,status\nbase,1.5,optimal\ncut,0.1,optimal\n";
    let same = "scenario,npv,status\nbase,1.5000000001,optimal\ncut,0.1,optimal\n";
    assert_eq!(differences("options.csv", expected, same), Vec::<String>::new());
    let other = "scenario,status,gap\nbase,optimal,0\ncut,feasible,0\nmore,optimal,0\n";
    assert_eq!(
        differences("options.csv", expected, other),
        [
            "options.csv: columns lost: [npv], gained: [gap], or in another order",
            "options.csv: 3 rows expected, got 4",
            "options.csv, row 3, status: \"optimal\" expected, got \"feasible\"",
        ]
    );
    let other = expected.replace("0.1", "0.100001");
    assert_eq!(
        differences("options.csv", expected, &other),
        ["options.csv, row 3, npv: \"0.1\" expected, got \"0.100001\""]
    );
    for (left, right, same) in
        [("", "0", false), ("nan", "nan", true), ("nan", "1", false), ("1", "1.0", true)]
    {
        assert_eq!(is_same(left, right), same, "{left} {right}");
    }
}
