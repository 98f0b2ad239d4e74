//! Templates.

use std::fs;
use std::path::Path;

use cutline::input::schema::SCHEMA;
use tempfile::TempDir;

use crate::book::Book;
use crate::program::{names, run};

#[test]
fn a_template_of_csv_tables_can_be_run_as_it_is() {
    let place = TempDir::new().unwrap();
    let (code, _, stderr) = run(place.path(), &["template", "--out", "plan"]);
    assert_eq!(code, 0, "{stderr}");
    for command in ["validate", "run"] {
        let (code, stdout, stderr) = run(place.path(), &[command, "plan/batch.toml", "--strict"]);
        assert_eq!(code, 0, "{command}: {stdout}{stderr}");
    }
    let (code, _, stderr) = run(place.path(), &["template", "--out", "plan"]);
    assert!(code == 2 && stderr.contains("--out"), "{stderr}");
    let guide = fs::read_to_string(place.path().join("plan/README.md")).unwrap();
    for table in SCHEMA.tables {
        assert!(table.headings().all(|heading| guide.contains(&format!("`{heading}`"))), "{}", table.table);
    }
}

#[test]
fn a_template_workbook_has_every_table_and_the_batch() {
    let place = TempDir::new().unwrap();
    let (code, _, stderr) = run(place.path(), &["template", "--xlsx"]);
    assert_eq!(code, 0, "{stderr}");
    let (code, _, _) = run(place.path(), &["template", "--out", "again.xlsx"]);
    assert_eq!(code, 0);
    let (one, two) = (place.path().join("template.xlsx"), place.path().join("again.xlsx"));
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let book = Book::open(&one);
    let tables = SCHEMA.tables.iter().map(|table| table.table);
    assert_eq!(book.names, tables.chain(["batch", "scenarios", "weights", "limits"]).collect::<Vec<_>>());
    for table in SCHEMA.tables {
        let headings = &book.rows(table.table, 0)[0];
        assert!(table.headings().zip(headings).all(|(known, found)| known == found), "{headings:?}");
    }
    assert_eq!(book.rows("costs", 0)[1][..5], ["P01", "capex", "", "400", "250"]);
    assert_eq!(book.rows("scenarios", 0)[2][..3], ["budget cut", "given", "0.9"]);
}

/// The rows of a CSV file of ours.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_portfolio_becomes_a_workbook_and_loses_nothing() {
    let place = TempDir::new().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian");
    let (code, _, stderr) = run(place.path(), &["template", "--from", data.to_str().unwrap()]);
    assert_eq!(code, 0, "{stderr}");
    let book = Book::open(&place.path().join("meridian.xlsx"));
    let files = names(&data).into_iter().filter(|name| name.ends_with(".csv")).collect::<Vec<_>>();
    assert_eq!(book.names.len(), files.len());
    for file in files {
        let expected = csv_rows(&fs::read_to_string(data.join(&file)).unwrap());
        assert_eq!(book.rows(file.trim_end_matches(".csv"), 0), expected, "{file}");
    }
}

#[test]
fn texts_that_look_like_numbers_come_back_as_they_were() {
    let place = TempDir::new().unwrap();
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    let projects = "project,name,code\n007,1.50,1e3\n8,=1+2,+A\n";
    fs::write(data.join("projects.csv"), projects).unwrap();
    fs::write(data.join("costs.csv"), "project;line;2027;2028\n007;capex;1,5;0,25\n8;capex;12;\n").unwrap();
    let (code, _, stderr) = run(place.path(), &["template", "--from", "data", "--out", "book.xlsx"]);
    assert_eq!(code, 0, "{stderr}");
    let book = Book::open(&place.path().join("book.xlsx"));
    assert_eq!(book.rows("projects", 0), csv_rows(projects));
    assert_eq!(book.rows("costs", 0)[1..], [["007", "capex", "1.5", "0.25"], ["8", "capex", "12", ""]]);
    assert_eq!(book.number("costs", 1, 2), Some(1.5));
    assert_eq!(book.number("costs", 0, 2), Some(2027.0));
    assert_eq!(book.number("projects", 1, 0), None);
}

/// The workbook is an input as it stands.
#[test]
fn a_template_workbook_can_be_run_as_it_is() {
    let place = TempDir::new().unwrap();
    assert_eq!(run(place.path(), &["template", "--xlsx"]).0, 0);
    let (code, stdout, stderr) = run(place.path(), &["run", "template.xlsx", "--strict", "--out", "out"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(place.path().join("out/options.csv").exists());
}
