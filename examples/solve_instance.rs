//! Runs Cutline's search on one problem from a file and prints what it found as one line of JSON.
//!
//! ```text
//! cargo run --release --example solve_instance -- FILE [COUNT [GAP [SECONDS [SOLVER]]]]
//! ```
//!
//! COUNT best solutions (1), each proven to the relative GAP (0.001) within SECONDS (20); SOLVER is `auto`, `highs` or
//! `search`. `benches/solvers/common.py` describes the file; its words are separated by white space.

use std::error::Error;
use std::str::{FromStr, SplitWhitespace};
use std::time::Instant;

use cutline::domain::{SelectionSettings, Solver};
use cutline::optimise::{Column, Program, ProgramSolution, Row, SolveStatus, solve_program};
use cutline::progress::CancelToken;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give the file of an instance")?;
    let count = parsed(arguments.next(), 1)?;
    let settings = SelectionSettings {
        min_difference: 1,
        gap: parsed(arguments.next(), 0.001)?,
        time_limit: Some(parsed(arguments.next(), 20.0)?),
        work_limit: None,
        solver: match arguments.next() {
            Some(word) => solver(&word)?,
            None => Solver::Auto,
        },
    };
    let program = read(&std::fs::read_to_string(path)?)?;
    let started = Instant::now();
    let found = solve_program(&program, count, &settings, &CancelToken::new())?;
    let report = json!({
        "status": format!("{:?}", found.status),
        "wall": started.elapsed().as_secs_f64(),
        "solutions": found.solutions.iter().map(solution).collect::<Vec<_>>(),
    });
    println!("{report}");
    Ok(())
}

fn parsed<T: FromStr>(word: Option<String>, default: T) -> Result<T, T::Err> {
    word.map_or(Ok(default), |word| word.parse())
}

fn solver(word: &str) -> Result<Solver, String> {
    (Solver::ALL.into_iter().find(|solver| solver.as_str() == word))
        .ok_or_else(|| format!("no solver `{word}`"))
}

fn solution(found: &ProgramSolution) -> Value {
    json!({
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "proven": found.status == SolveStatus::Optimal,
        "engine": format!("{:?}", found.engine),
        "values": found.values,
    })
}

/// Words: `columns rows binaries`, the objective, then per row `lower upper count` and pairs of column and coefficient.
fn read(text: &str) -> Result<Program, Box<dyn Error>> {
    let words = &mut text.split_whitespace();
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
