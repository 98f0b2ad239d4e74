//! The report of an import for people.

use crate::diagnostic::shown;
use crate::import::{Counted, Guess, ImportReport, LeftRows, ListedColumn, Taken, TakenAmounts};
use crate::output::NumberStyle;

use super::figures::{WIDTH, wrapped};
use super::report::table;

/// Most numbers of rows that are listed.
const MOST_ROWS: usize = 12;
/// Longest heading or reason in a table, in characters.
const LONGEST: usize = 60;
/// Longest reason of a guess, in characters.
const LONGEST_REASON: usize = 120;

/// All that was taken, guessed and left.
pub fn text(report: &ImportReport) -> String {
    let parts = [
        Some(summary(report)),
        amounts("Budget line", &report.taken.costs, &report.taken.periods),
        amounts("Kind of benefit", &report.taken.benefits, &report.taken.periods),
        amounts("Resource", &report.taken.demands, &report.taken.periods),
        scores(&report.taken),
        columns("Columns taken", &["Column", "Read as"], &report.taken.columns),
        sentences("Guessed, as the map does not say it", &report.guessed),
        columns("Columns left", &["Column", "Why"], &report.left.columns),
        rows(&report.left.rows),
        sentences("Also left", &report.left.others),
        sentences("Still to be done", &report.to_do),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// Each column with what it was taken for, and decisions that are open.
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

/// Sums by key: a column per period, in as many tables below each other as the width needs.
fn amounts(heading: &str, own: &[TakenAmounts], periods: &[String]) -> Option<String> {
    if own.is_empty() {
        return None;
    }
    let with_sum = |amounts: Vec<f64>| -> Vec<String> {
        let sum = (own.len() > 1).then(|| amounts.iter().sum());
        amounts.into_iter().chain(sum).map(NumberStyle::in_full).collect()
    };
    let mut keys: Vec<String> = own.iter().map(|one| shown(&one.key, LONGEST)).collect();
    keys.extend((own.len() > 1).then(|| "all".to_owned()));
    let projects = own.iter().map(|one| one.projects.to_string()).chain([String::new()]).take(keys.len());
    let mut columns = vec![("Projects", projects.collect::<Vec<_>>())];
    for (at, period) in periods.iter().enumerate() {
        columns.push((period, with_sum(own.iter().map(|one| one.amounts[at]).collect())));
    }
    if periods.len() > 1 {
        columns.push(("All", with_sum(own.iter().map(|one| one.total).collect())));
    }
    let bands = bands(heading, &keys, &columns);
    let tables = bands.into_iter().map(|band| {
        let headings: Vec<&str> = [heading].into_iter().chain(band.iter().map(|(name, _)| *name)).collect();
        let row = |(at, key): (usize, &String)| {
            [key.clone()].into_iter().chain(band.iter().map(|(_, cells)| cells[at].clone())).collect()
        };
        table(&headings, keys.iter().enumerate().map(row), 1)
    });
    Some(tables.collect::<Vec<_>>().join("\n\n"))
}

/// A heading and its cells.
type Cells<'a> = (&'a str, Vec<String>);

/// Columns in groups that fit into the width beside the keys.
fn bands<'a, 'c>(heading: &str, keys: &[String], columns: &'c [Cells<'a>]) -> Vec<&'c [Cells<'a>]> {
    const BETWEEN: usize = 2;
    let widest = |texts: &[String], name: &str| {
        texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(name.chars().count()) + BETWEEN
    };
    let room = WIDTH.saturating_sub(widest(keys, heading));
    let (mut bands, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, (name, cells)) in columns.iter().enumerate() {
        let width = widest(cells, name);
        if used + width > room && at > start {
            bands.push(&columns[start..at]);
            (start, used) = (at, 0);
        }
        used += width;
    }
    bands.push(&columns[start..]);
    bands
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
        let noun = if one.rows.len() == 1 { "row" } else { "rows" };
        let more = match one.rows.len() > MOST_ROWS {
            true => format!(", … ({} in all)", one.rows.len()),
            false => String::new(),
        };
        format!("  - {}: {noun} {}{more}", shown(&one.reason, 2 * LONGEST), numbers.join(", "))
    };
    let count: usize = left.iter().map(|one| one.rows.len()).sum();
    let lines: Vec<String> = left.iter().map(line).collect();
    (!left.is_empty()).then(|| format!("Rows left: {count}\n{}", lines.join("\n")))
}

fn sentences(label: &str, sentences: &[String]) -> Option<String> {
    let line = |sentence: &String| {
        let words: Vec<String> = sentence.split(' ').map(str::to_owned).collect();
        wrapped("  -", &words, "")
    };
    let lines: Vec<String> = sentences.iter().map(line).collect();
    (!sentences.is_empty()).then(|| format!("{label}:\n{}", lines.join("\n")))
}
