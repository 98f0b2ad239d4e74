//! Finds all non-dominated points of one problem from a file and prints them as one line of JSON.
//!
//! ```text
//! cargo run --release --example solve_frontier -- FILE [GAP [SOLVER]]
//! ```
//!
//! The file is that of `solve_instance`, followed by what each column costs: the objective is maximised, the cost
//! minimised. Points are proven to the relative GAP (0); SOLVER is `auto`, `highs` or `search`.

use std::error::Error;
use std::str::{FromStr, SplitWhitespace};
use std::time::Instant;

use cutline::domain::{SelectionSettings, Solver};
use cutline::optimise::{Column, Program, ProgramPoint, Row, program_frontier};
use cutline::progress::CancelToken;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give the file of an instance")?;
    let settings = SelectionSettings {
        min_difference: 1,
        gap: arguments.next().map_or(Ok(0.0), |word| word.parse())?,
        time_limit: None,
        work_limit: None,
        solver: arguments.next().map_or(Ok(Solver::Auto), |word| solver(&word))?,
    };
    let text = std::fs::read_to_string(path)?;
    let words = &mut text.split_whitespace();
    let program = read(words)?;
    let values: Vec<f64> = program.columns.iter().map(|column| column.objective).collect();
    let costs: Vec<f64> = (0..values.len()).map(|_| next(words)).collect::<Result<_, _>>()?;
    let saved: Vec<f64> = costs.iter().map(|cost| -cost).collect();
    let started = Instant::now();
    let found = program_frontier(&program, &saved, &values, &settings, &CancelToken::new())?;
    let report = json!({
        "status": format!("{:?}", found.status),
        "wall": started.elapsed().as_secs_f64(),
        "points": found.points.iter().rev().map(point).collect::<Vec<_>>(),
    });
    println!("{report}");
    Ok(())
}

fn solver(word: &str) -> Result<Solver, String> {
    (Solver::ALL.into_iter().find(|solver| solver.as_str() == word))
        .ok_or_else(|| format!("no solver `{word}`"))
}

fn point(found: &ProgramPoint) -> Value {
    json!([-found.x + 0.0, found.y, found.gap])
}

/// Words: `columns rows binaries`, the objective, then per row `lower upper count` and pairs of column and coefficient.
fn read(words: &mut SplitWhitespace<'_>) -> Result<Program, Box<dyn Error>> {
    let (columns, rows, binaries): (usize, usize, usize) = (next(words)?, next(words)?, next(words)?);
    let mut program = Program::default();
    for column in 0..columns {
        let is_integer = column < binaries;
        program.columns.push(Column { lower: 0.0, upper: 1.0, is_integer, objective: next(words)? });
    }
    for _ in 0..rows {
        let (lower, upper, count): (f64, f64, usize) = (next(words)?, next(words)?, next(words)?);
        let mut terms: Vec<(usize, f64)> = Vec::with_capacity(count);
        for _ in 0..count {
            terms.push((next(words)?, next(words)?));
        }
        program.rows.push(Row::numbered(terms, lower, upper));
    }
    Ok(program)
}

fn next<T>(words: &mut SplitWhitespace<'_>) -> Result<T, Box<dyn Error>>
where
    T: FromStr,
    T::Err: Error + 'static,
{
    Ok(words.next().ok_or("the file ends too early")?.parse()?)
}
