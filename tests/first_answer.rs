//! The page that leads from one sheet to a first answer does what it says.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;

use assert_cmd::Command;

const PAGE: &str = include_str!("../docs/first-answer.md");

/// The text of the block that follows the name of a file.
fn block(file: &str) -> &'static str {
    let rest = PAGE.split_once(&format!("`{file}`:\n\n```")).unwrap().1;
    let (_, text) = rest.split_once('\n').unwrap();
    text.split_once("```").unwrap().0
}

#[test]
fn the_page_leads_to_a_first_answer() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("sheet")).unwrap();
    for file in ["sheet/projects.csv", "first.toml"] {
        fs::write(place.path().join(file), block(file)).unwrap();
    }
    let commands = PAGE.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    assert_eq!(commands.lines().count(), 2);
    for command in commands.lines() {
        let arguments: Vec<&str> = command.strip_prefix("cutline ").unwrap().split(' ').collect();
        let mut program = Command::new(env!("CARGO_BIN_EXE_cutline"));
        program.current_dir(place.path()).args(arguments).assert().success();
    }
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
