//! The book of `docs`: its commands do what it says, its links lead somewhere, and its contents name every page.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "book/links.rs"]
mod links;
#[path = "book/page.rs"]
mod page;
#[path = "common/program.rs"]
mod program;

use std::fs;

use page::Page;

/// Runs a page from its first file to its last command.
fn follow(name: &str) -> tempfile::TempDir {
    Page::read(name).follow()
}

#[test]
fn one_sheet_leads_to_a_first_answer() {
    let place = follow("first-answer.md");
    let options = fs::read_to_string(place.path().join("out/first/options.csv")).unwrap();
    // P02, P04, P07, P08, P10 and P01 for 3,000; the next best have 250 and 247.
    let found: Vec<f64> = (options.lines().filter(|row| row.starts_with("what we have")))
        .map(|row| row.split(',').nth(4).unwrap().parse().unwrap())
        .collect();
    assert_eq!(found, [260.0, 250.0, 247.0]);
    let decisions = fs::read_to_string(place.path().join("out/first/decisions.csv")).unwrap();
    let row = decisions.lines().find(|row| row.starts_with("what we have,P03,")).unwrap();
    assert!(
        row.contains("with it the objective is 33 worse") && row.contains("-P01") && row.contains("-P02"),
        "{row}"
    );
}

#[test]
fn a_spreadsheet_leads_to_a_board_pack() {
    let place = follow("questions/board-pack.md");
    for file in ["report.html", "workbook.xlsx"] {
        assert!(place.path().join("out/board").join(file).exists(), "{file}");
    }
}

#[test]
fn the_budget_is_cut() {
    follow("questions/budget-cut.md");
}

#[test]
fn a_project_must_be_in() {
    follow("questions/must-have.md");
}

#[test]
fn a_project_is_out_for_a_reason() {
    follow("questions/why-out.md");
}

#[test]
fn levels_of_funding_are_a_frontier() {
    follow("questions/frontier.md");
}

#[test]
fn a_reserve_takes_risk_away() {
    follow("questions/risk.md");
}

#[test]
fn two_rounds_are_compared() {
    follow("questions/rounds.md");
}

#[cfg(feature = "serve")]
#[test]
fn teams_share_a_service() {
    follow("questions/service.md");
}

/// Every page with commands has a test above, by its name.
#[test]
fn no_page_with_commands_is_forgotten() {
    let tests = include_str!("book.rs");
    for name in page::pages() {
        let is_followed = tests.contains(&format!("follow(\"{name}\")"));
        assert_eq!(Page::read(&name).has_commands(), is_followed, "{name}");
    }
}
