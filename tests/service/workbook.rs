//! Workbooks as submissions.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use tempfile::TempDir;

use super::server::*;
use crate::book::{Book, zipped};
use crate::program::{files_of, run};

const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn tables() -> Book {
    Book::of(&[
        ("projects", "project,area\nA,north\nB,south\nC,north\n"),
        ("costs", "project,line,2027,2028\nA,capex,5,2.5\nB,capex,4,4\nC,opex,1,\n"),
        ("budgets", "line,2027,2028\ncapex,8,8\n"),
        ("benefits", "project,2027,2028\nA,1,9\nB,2,9.125\nC,1,1\n"),
    ])
}

fn whole() -> Book {
    tables()
        .with("batch", "key,value\nname,sheets\nmaximise,npv\nsimulation.trials,100\n")
        .with("scenarios", "scenario,budget_scale\nplan,\nless,0.6\n")
}

fn archive(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut target = std::io::Cursor::new(Vec::new());
    let entries = parts.iter().map(|(name, bytes)| (name.as_str(), Ok(bytes.as_slice())));
    cutline::input::zip::write_zip(&mut target, entries).unwrap();
    target.into_inner()
}

#[test]
fn a_workbook_is_run_as_the_command_line_runs_it() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    fs::write(data.path().join("book.xlsx"), whole().bytes()).unwrap();
    let (code, _, stderr) = run(data.path(), &["run", "book.xlsx", "--out", "own"]);
    assert_eq!(code, 0, "{stderr}");
    let batch_file = "[batch]\nname = \"sheets\"\nportfolio = \"t.xlsx\"\nmaximise = \"npv\"\n[simulation]\ntrials = 100\n\
                      [[scenario]]\nname = \"plan\"\n[[scenario]]\nname = \"less\"\nbudget_scale = 0.6\n";
    let mixed = zipped(&[("b.toml".to_owned(), batch_file.to_owned())]);
    let mut parts = crate::book::unzipped(&mixed);
    parts.insert("t.xlsx".to_owned(), tables().bytes());
    let beside = archive(&parts);
    // The command line puts tables into a folder, whatever the batch file says.
    let book = parts.remove("t.xlsx").unwrap();
    parts.insert("tables/t.xlsx".to_owned(), book);
    for (kind, body) in [
        (TYPE, whole().bytes()),
        ("application/zip", whole().bytes()),
        ("application/zip", beside),
        ("application/zip", archive(&parts)),
    ] {
        let answer = server.ask("POST", "/v1/batches", &[("Content-Type", kind)], &body);
        assert_eq!(answer.status, 202, "{}", answer.text());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(server.wait(&id)["state"], "done");
        let mut results = server.results(&id);
        results.remove("run.json");
        assert_eq!(results, files_of(&data.path().join("own")));
    }
}

#[test]
fn faults_of_a_workbook_name_its_cells() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &[]);
    let book = whole().patch("costs", "C3", "<c r=\"C3\" t=\"str\"><v>much</v></c>");
    let answer = server.ask("POST", "/v1/batches", &[("Content-Type", TYPE)], &book.bytes());
    assert_eq!(answer.status, 422, "{}", answer.text());
    let fault = &answer.json()["faults"][0];
    assert!(fault["text"].as_str().unwrap().starts_with("costs!C3, 2027: `much` is not a number"), "{fault}");
    let cut = server.ask("POST", "/v1/batches", &[("Content-Type", TYPE)], &book.bytes()[..300]);
    assert_eq!(cut.status, 400, "{}", cut.text());
    let none = server.ask("POST", "/v1/batches", &[("Content-Type", TYPE)], &tables().bytes());
    assert!(none.status == 422 && none.text().contains("holds no batch"), "{}", none.text());
}

/// The cells of a workbook by sheet, but for the sheet that tells of the input, which is not the same file.
fn cells(bytes: Vec<u8>) -> Vec<(String, calamine::Range<calamine::Data>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = book.sheet_names().into_iter().filter(|name| name != "Assumptions");
    sheets.map(|name| (name.clone(), book.worksheet_range(&name).unwrap())).collect()
}

#[test]
fn the_workbook_of_results_is_made_when_it_is_asked_for() {
    let data = TempDir::new().unwrap();
    let server = Server::start(data.path(), &["--workers", "1"]);
    let id = server.submit(&small_batch("plan", 2));
    let path = format!("/v1/batches/{id}/results/workbook.xlsx");
    server.wait(&id);
    let made = server.get(&path);
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(made.header("content-type").ends_with("spreadsheetml.sheet"), "{}", made.header("content-type"));
    let case = small_case("plan", 2);
    let ran = output_of(case.path(), &["run", "batch.toml", "--format", "xlsx", "--out", "out"]);
    assert!(ran.status.success(), "{}", stderr(&ran));
    let own = fs::read(case.path().join("out/workbook.xlsx")).unwrap();
    let (made_cells, own_cells) = (cells(made.body.clone()), cells(own));
    assert!(made_cells.len() > 5 && made_cells == own_cells, "a workbook of its own");

    assert!(server.get(&path).body == made.body, "equal results make equal bytes");
    let known = server.ask("GET", &path, &[("If-None-Match", made.header("etag"))], b"");
    assert_eq!(known.status, 304);
    assert!(!server.results(&id).contains_key("workbook.xlsx"), "nothing of it is kept");
    let report = server.get(&format!("/v1/batches/{id}/results/report.html"));
    assert!(report.header("content-type").starts_with("text/html"), "{}", report.text());
    assert!(
        report.header("content-disposition").starts_with("attachment"),
        "it runs as no page of the service"
    );
    assert!(report.text().contains("<title>plan</title>"), "{}", report.text());
    assert_eq!(fs::read_dir(data.path().join("scratch")).unwrap().count(), 0);
    assert_eq!(server.get("/v1/batches/nobody/results/workbook.xlsx").status, 404);
}
