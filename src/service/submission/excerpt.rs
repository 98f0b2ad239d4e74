//! Excerpts of files with faults, for pages: the header and the rows with faults, or the lines around them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::input::{Files, table_rows};
use crate::service::problem::{Elsewhere, Fault};

/// Rows of a file that are shown.
const ROWS: usize = 60;
/// Longest cell that is shown whole.
const LONG: usize = 80;

/// Excerpts by the names of their files, as the template of faults takes them.
pub(in crate::service) type Excerpts = BTreeMap<String, Value>;

/// Mark of a fault, by its number among all faults, from 1.
pub(in crate::service) fn mark(count: usize) -> String {
    format!("fault-{count}")
}

/// An excerpt of every file with faults, in which they are marked.
pub(in crate::service) fn excerpts(faults: &[Fault], files: &Files) -> Excerpts {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Fault)>> = BTreeMap::new();
    for (place, fault) in faults.iter().enumerate() {
        by_file.entry(&fault.file).or_default().push((place + 1, fault));
    }
    let excerpt = |(name, faults): (&str, Vec<(usize, &Fault)>)| {
        let bytes = files.get(name)?;
        let is_table = name.to_ascii_lowercase().ends_with(".csv");
        Some((name.to_owned(), if is_table { table(bytes, &faults) } else { lines(bytes, &faults) }))
    };
    by_file.into_iter().filter_map(excerpt).collect()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONG {
        return text.to_owned();
    }
    text.chars().take(LONG).chain(['…']).collect()
}

/// The further places of a fault in its own file.
fn here(fault: &Fault) -> impl Iterator<Item = &Elsewhere> {
    fault.others.iter().filter(|other| other.file.is_none())
}

/// The header and the rows that have faults, in which the cells are marked.
fn table(bytes: &[u8], faults: &[(usize, &Fault)]) -> Value {
    let others = |fault: &Fault| here(fault).map(|other| other.row).collect::<Vec<_>>();
    let rows = faults.iter().flat_map(|(_, fault)| [vec![fault.row], others(fault)].concat());
    let wanted: BTreeSet<usize> = rows.flatten().take(ROWS).collect();
    let mut all = table_rows(bytes).into_iter();
    let short = |cells: Vec<String>| cells.iter().map(|cell| cut(cell)).collect::<Vec<String>>();
    let first = all.next().map(|(number, cells)| (number, short(cells)));
    let header = first.as_ref().map(|(_, cells)| cells.clone()).unwrap_or_default();
    let others =
        all.filter(|(number, _)| wanted.contains(number)).map(|(number, cells)| (number, short(cells)));
    let rows = first.into_iter().filter(|(number, _)| wanted.contains(number)).chain(others);
    let row = |(number, cells): (usize, Vec<String>)| json!({ "number": number, "cells": marked(number, &cells, &header, faults) });
    json!({ "header": header, "rows": rows.map(row).collect::<Vec<_>>() })
}

fn marked(number: usize, cells: &[String], header: &[String], faults: &[(usize, &Fault)]) -> Vec<Value> {
    let faults_at = |place: usize| -> Vec<String> {
        let heading = header.get(place).map(String::as_str);
        // A fault of a row as a whole is marked in its first cell.
        let is_this = |row: Option<usize>, column: Option<&str>| {
            row == Some(number) && column.map_or(place == 0, |column| Some(column) == heading)
        };
        let is_here = |fault: &Fault| {
            let mut others = here(fault);
            is_this(fault.row, fault.column.as_deref())
                || others.any(|other| is_this(other.row, other.column.as_deref()))
        };
        faults.iter().filter(|(_, fault)| is_here(fault)).map(|(count, _)| mark(*count)).collect()
    };
    let width = cells.len().max(header.len());
    let cell = |place: usize| cells.get(place).map_or("", String::as_str);
    (0..width).map(|place| json!({ "text": cell(place), "faults": faults_at(place) })).collect()
}

/// The lines of the batch file that have faults, with one before and after.
fn lines(bytes: &[u8], faults: &[(usize, &Fault)]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    let bad: BTreeSet<usize> = faults.iter().filter_map(|(_, fault)| fault.row).take(ROWS).collect();
    let near = |number: usize| (number.saturating_sub(1)..=number + 1).any(|row| bad.contains(&row));
    let lines: Vec<Value> = (text.lines().enumerate())
        .map(|(place, line)| (place + 1, line))
        .filter(|(number, _)| near(*number))
        .map(|(number, line)| json!({ "number": number, "text": cut(line), "bad": bad.contains(&number) }))
        .collect();
    json!({ "lines": lines })
}
