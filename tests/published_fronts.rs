//! Frontiers of bare programs that others have published, reproduced point by point.
//!
//! They are looked for in `../shared/data`; where they are absent, the test says so and passes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::exact;
use cutline::domain::SelectionSettings;
use cutline::optimise::{Column, Program, Row, SolveStatus, program_frontier};
use cutline::progress::CancelToken;

/// A text from the collections beside the project; `None`, with the reason on stderr, where they are absent.
fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    let text = fs::read_to_string(&path);
    if let Err(cause) = &text {
        eprintln!("skipped: ../shared/data/{file}: {cause}");
    }
    text.ok()
}

/// All numbers in a text; what follows `#` on a line is a comment.
fn numbers(text: &str) -> Vec<f64> {
    let plain = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    plain.flat_map(str::split_whitespace).map(|word| word.parse().unwrap()).collect()
}

/// Projects of two values each under one limit: the file holds their number, how many objectives and limits there are,
/// the values, what each project takes, and the limit.
fn knapsack(text: &str) -> (Program, Vec<f64>, Vec<f64>) {
    let numbers = numbers(text);
    let [projects, 2.0, 1.0] = numbers[..3] else { panic!("two objectives and one limit are expected") };
    let count = projects as usize;
    let mut parts = numbers[3..].chunks(count).map(<[f64]>::to_vec);
    let mut next = || parts.next().unwrap();
    let (x, y, takes, limit) = (next(), next(), next(), next()[0]);
    let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
    let row = Row::numbered(takes.into_iter().enumerate(), f64::NEG_INFINITY, limit);
    (Program { columns: vec![column; count].into(), rows: vec![row].into() }, x, y)
}

fn reproduce(name: &str) {
    let Some(text) = shared(&format!("pareto/{name}.dat")) else { return };
    let Some(published) = shared(&format!("pareto/Y/{name}.min")) else { return };
    let mut published: Vec<(f64, f64)> =
        numbers(&published).chunks_exact(2).map(|point| (point[0], point[1])).collect();
    published.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (program, x, y) = knapsack(&text);
    let settings = SelectionSettings { time_limit: None, ..exact(1) };
    let found = program_frontier(&program, &x, &y, &settings, &CancelToken::new()).unwrap();
    assert_eq!(found.status, SolveStatus::Optimal, "{name}");
    let points: Vec<(f64, f64)> = found.points.iter().map(|point| (point.x, point.y)).collect();
    assert_eq!(points, published, "{name}");
    assert!(found.points.iter().all(|point| point.gap == 0.0), "{name}");
}

#[test]
fn fifty_projects_tight() {
    reproduce("2KP50-11");
}

#[test]
fn fifty_projects_half() {
    reproduce("2KP50-50");
}

#[test]
fn fifty_projects_loose() {
    reproduce("2KP50-92");
}

#[test]
fn a_hundred_projects() {
    reproduce("2KP100-50");
}
