//! The report of an import for people.

use crate::diagnostic::shown;
use crate::import::{Counted, Guess, ImportReport, LeftRows, ListedColumn, Taken, TakenAmounts};
use crate::output::NumberStyle;

use super::figures::wrapped;
use super::report::table;

/// Most numbers of rows that are listed.
const MOST_ROWS: usize = 12;
/// Longest heading or reason in a table, in characters.
const LONGEST: usize = 60;
/// Longest reason of a guess, in characters.
const LONGEST_REASON: usize = 120;
/// Periods up to which each has a column of its own.
const MOST_PERIODS: usize = 7;

/// All that was taken, guessed and left.
pub fn text(report: &ImportReport) -> String {
    let parts = [
        Some(summary(report)),
        amounts("Budget line", &report.taken.costs, &report.taken.periods),
        amounts("Kind of benefit", &report.taken.benefits, &report.taken.periods),
        amounts("Resource", &report.taken.demands, &report.taken.periods),
        scores(&report.taken),
        columns("Taken: columns", &["Column", "Read as"], &report.taken.columns),
        sentences("Guessed, as the map does not say it", &report.guessed),
        columns("Left: columns", &["Column", "Why"], &report.left.columns),
        rows(&report.left.rows),
        sentences("Left: others", &report.left.others),
        sentences("Still to be done", &report.to_do),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// What each column was taken for, and what is to be decided.
pub fn guess_text(guess: &Guess) -> String {
    let row = |own: &crate::import::GuessedColumn| {
        vec![shown(&own.column, LONGEST), shown(&own.taken, LONGEST), shown(&own.why, LONGEST_REASON)]
    };
    let columns = table(&["Column", "Taken for", "Why"], guess.columns.iter().map(row), 3);
    let undecided = sentences("To be decided", &guess.undecided);
    [Some(columns), undecided].into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn summary(report: &ImportReport) -> String {
    let taken = &report.taken;
    let mut lines = vec![format!(
        "Taken from {}: {} rows, {} projects.",
        shown(&report.list, LONGEST),
        taken.rows,
        taken.projects
    )];
    lines.extend(counts("By status", &taken.statuses));
    lines.extend(counts("Dependencies", &taken.dependencies));
    lines.join("\n")
}

fn counts(label: &str, counted: &[Counted]) -> Option<String> {
    let words: Vec<String> =
        counted.iter().map(|one| format!("{} {}", one.count, shown(&one.word, LONGEST))).collect();
    (!words.is_empty()).then(|| format!("{label}: {}.", words.join(", ")))
}

/// A table of sums: a column per period, or a row per period where there are many.
fn amounts(heading: &str, own: &[TakenAmounts], periods: &[String]) -> Option<String> {
    if own.is_empty() {
        return None;
    }
    let all = "all".to_owned();
    let sum = |amounts: Vec<f64>| amounts.iter().sum::<f64>();
    let of_period = |at: usize| sum(own.iter().map(|one| one.amounts[at]).collect());
    if periods.len() <= MOST_PERIODS {
        let headings: Vec<&str> = [heading, "Projects"]
            .into_iter()
            .chain(periods.iter().map(String::as_str))
            .chain(["All"])
            .collect();
        let rows = own.iter().map(|one| {
            let ends = [shown(&one.key, LONGEST), one.projects.to_string()];
            let amounts = one.amounts.iter().chain([&one.total]).map(|amount| NumberStyle::in_full(*amount));
            ends.into_iter().chain(amounts).collect()
        });
        let sums = (0..periods.len()).map(of_period).chain([own.iter().map(|one| one.total).sum()]);
        let last = [all, String::new()].into_iter().chain(sums.map(NumberStyle::in_full)).collect();
        let last = (own.len() > 1).then_some(last);
        return Some(table(&headings, rows.chain(last), 1));
    }
    let row = |key: String, period: String, amount: f64| vec![key, period, NumberStyle::in_full(amount)];
    let rows = own.iter().flat_map(|one| {
        let each = periods
            .iter()
            .zip(&one.amounts)
            .map(|(period, amount)| row(String::new(), period.clone(), *amount));
        [row(shown(&one.key, LONGEST), all.clone(), one.total)].into_iter().chain(each).collect::<Vec<_>>()
    });
    Some(table(&[heading, "Period", "Sum"], rows, 2))
}

fn scores(taken: &Taken) -> Option<String> {
    let row = |one: &crate::import::TakenScores| {
        vec![shown(&one.objective, LONGEST), one.projects.to_string(), NumberStyle::in_full(one.total)]
    };
    let rows = taken.scores.iter().map(row);
    (!taken.scores.is_empty()).then(|| table(&["Objective", "Projects", "Sum of scores"], rows, 1))
}

fn columns(label: &str, headings: &[&str; 2], columns: &[ListedColumn]) -> Option<String> {
    let rows = columns.iter().map(|one| vec![shown(&one.column, LONGEST), shown(&one.said, LONGEST)]);
    (!columns.is_empty()).then(|| format!("{label}: {}\n{}", columns.len(), table(headings, rows, 2)))
}

fn rows(left: &[LeftRows]) -> Option<String> {
    let line = |one: &LeftRows| {
        let numbers: Vec<String> = one.rows.iter().take(MOST_ROWS).map(ToString::to_string).collect();
        let more = if one.rows.len() > MOST_ROWS { ", …" } else { "" };
        format!(
            "  {} because {}: row {}{more}",
            one.rows.len(),
            shown(&one.reason, 2 * LONGEST),
            numbers.join(", ")
        )
    };
    let count: usize = left.iter().map(|one| one.rows.len()).sum();
    let lines: Vec<String> = left.iter().map(line).collect();
    (!left.is_empty()).then(|| format!("Left: rows: {count}\n{}", lines.join("\n")))
}

fn sentences(label: &str, sentences: &[String]) -> Option<String> {
    let lines: Vec<String> =
        sentences.iter().map(|sentence| wrapped("  -", &[sentence.clone()], "")).collect();
    (!sentences.is_empty()).then(|| format!("{label}:\n{}", lines.join("\n")))
}
