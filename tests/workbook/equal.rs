//! Whole-program runs: a workbook gives the results of the same text files, byte for byte.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::example::{TABLES, TOML, tables, whole};
use crate::book::Book;
use crate::program::{case_of, files_of, run};

fn is_done(folder: &Path, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}\n{stdout}\n{stderr}");
    stdout
}

#[test]
fn a_workbook_runs_as_its_text_files_do() {
    let folder = case_of(TABLES, "small.toml", TOML);
    let folder = folder.path();
    fs::write(folder.join("book.xlsx"), whole().bytes()).unwrap();
    fs::write(folder.join("tables.xlsx"), tables().bytes()).unwrap();
    fs::write(folder.join("mixed.toml"), TOML.replace("\"data\"", "\"tables.xlsx\"")).unwrap();
    for batch in ["small.toml", "book.xlsx", "mixed.toml"] {
        is_done(folder, &["run", batch, "--out", &format!("out-{batch}")]);
    }
    let expected = files_of(&folder.join("out-small.toml"));
    assert!(expected.len() > 5);
    assert_eq!(files_of(&folder.join("out-book.xlsx")), expected);
    assert_eq!(files_of(&folder.join("out-mixed.toml")), expected);
    // The record names the workbook by its hash, and the check finds it again.
    let record: Value =
        serde_json::from_slice(&fs::read(folder.join("out-book.xlsx/run.json")).unwrap()).unwrap();
    assert_eq!(record["inputs"].as_array().unwrap().len(), 1);
    assert_eq!(record["inputs"][0]["name"], "book.xlsx");
    for out in ["out-book.xlsx", "out-mixed.toml"] {
        assert!(is_done(folder, &["check", out]).contains("none differs"), "{out}");
    }
    fs::write(folder.join("book.xlsx"), whole().with("Notes", "x\n").bytes()).unwrap();
    let (code, _, stderr) = run(folder, &["check", "out-book.xlsx"]);
    assert!(code == 2 && stderr.contains("book.xlsx has another content"), "{stderr}");
}

#[test]
fn validate_and_model_take_workbooks() {
    let folder = case_of(TABLES, "small.toml", TOML);
    let folder = folder.path();
    fs::write(folder.join("book.xlsx"), whole().bytes()).unwrap();
    fs::write(folder.join("tables.XLSX"), tables().bytes()).unwrap();
    let below = |text: String| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let of_text = below(is_done(folder, &["validate", "small.toml"]));
    assert_eq!(below(is_done(folder, &["validate", "book.xlsx"])), of_text);
    let of_folder = below(is_done(folder, &["validate", "data"]));
    assert_eq!(below(is_done(folder, &["validate", "tables.XLSX"])), of_folder);
    for (batch, file) in [("small.toml", "a.lp"), ("book.xlsx", "b.lp")] {
        is_done(folder, &["model", batch, "--scenario", "tight", "--output", file]);
    }
    assert_eq!(fs::read(folder.join("a.lp")).unwrap(), fs::read(folder.join("b.lp")).unwrap());
}

#[test]
fn shards_of_a_workbook_are_those_of_its_text_files() {
    let folder = case_of(TABLES, "small.toml", TOML);
    let folder = folder.path();
    fs::write(folder.join("book.xlsx"), whole().bytes()).unwrap();
    is_done(folder, &["run", "small.toml", "--out", "one"]);
    is_done(folder, &["run", "book.xlsx", "--shards", "2", "--executor", "local", "--out", "two"]);
    assert_eq!(files_of(&folder.join("two")), files_of(&folder.join("one")));
}

#[test]
fn a_bundled_portfolio_is_the_same_as_a_workbook() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian");
    let mut tables: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            tables.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    let tables: Vec<(&str, &str)> =
        tables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let toml = "[batch]\nname = \"meridian\"\nportfolio = \"data\"\nseed = 3\noptions = 1\ndiscount_rate = 0.06\ngap = 0.1\n\
                decisions = false\n[simulation]\ntrials = 100\n[[scenario]]\nname = \"plan\"\n[[scenario]]\nname = \"less\"\nbudget_scale = 0.9\n";
    let folder = case_of(&tables, "meridian.toml", toml);
    let folder = folder.path();
    let book = Book::of(&tables)
        .with("batch", "key,value\nname,meridian\nseed,3\noptions,1\ndiscount_rate,0.06\ngap,0.1\ndecisions,false\nsimulation.trials,100\n")
        .with("scenarios", "scenario,budget_scale\nplan,\nless,0.9\n");
    fs::write(folder.join("book.xlsx"), book.bytes()).unwrap();
    is_done(folder, &["run", "meridian.toml", "--out", "text"]);
    is_done(folder, &["run", "book.xlsx", "--out", "book"]);
    assert_eq!(files_of(&folder.join("book")), files_of(&folder.join("text")));
}
