//! Faults shown at their cells: an excerpt of each table and of the batch file, with the faults marked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::input::{Files, table_rows};
use crate::service::problem::{Elsewhere, Fault, Problem};

/// Rows of a file that are shown.
const ROWS: usize = 60;
/// Longest cell that is shown whole.
const LONG: usize = 80;

/// Template values of the page of faults: every file with faults, with an excerpt.
pub(super) fn values(problem: &Problem, files: &Files, back: &str) -> Value {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Fault)>> = BTreeMap::new();
    for (place, fault) in problem.faults.iter().enumerate() {
        by_file.entry(&fault.file).or_default().push((place + 1, fault));
    }
    let shown: Vec<Value> = (by_file.into_iter())
        .map(|(name, faults)| {
            let mut file = match files.get(name) {
                Some(bytes) if name.to_ascii_lowercase().ends_with(".csv") => table(bytes, &faults),
                Some(bytes) => lines(bytes, &faults),
                None => json!({}),
            };
            file["name"] = name.into();
            file["faults"] = faults.iter().map(|(count, fault)| message(*count, fault)).collect();
            file
        })
        .collect();
    json!({ "title": problem.title, "detail": problem.detail, "files": shown, "back": back })
}

fn id(count: usize) -> String {
    format!("fault-{count}")
}

fn message(count: usize, fault: &Fault) -> Value {
    let mut message = json!(fault);
    message["id"] = id(count).into();
    message["count"] = count.into();
    message
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
    let all: Vec<(usize, Vec<String>)> = (table_rows(bytes).into_iter())
        .map(|(number, cells)| (number, cells.iter().map(|cell| cut(cell)).collect()))
        .collect();
    let header = all.first().map(|(_, cells)| cells.clone()).unwrap_or_default();
    let rows = all.iter().filter(|(number, _)| wanted.contains(number));
    let row = |(number, cells): &(usize, Vec<String>)| json!({ "number": number, "cells": marked(*number, cells, &header, faults) });
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
        faults.iter().filter(|(_, fault)| is_here(fault)).map(|(count, _)| id(*count)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::problem::Kind;

    #[test]
    fn a_fault_is_marked_in_its_cell() {
        let fault = Fault {
            severity: "fault",
            file: "costs.csv".to_owned(),
            row: Some(3),
            column: Some("2027".to_owned()),
            value: Some("12,5o".to_owned()),
            problem: "is not a number".to_owned(),
            help: "write one".to_owned(),
            times: 1,
            others: Vec::new(),
            text: String::new(),
        };
        let problem = Problem { faults: vec![fault], ..Problem::new(Kind::InvalidInput, "one") };
        let table = b"project;2027\nA;1\nB;\"12,5o\"\n".to_vec();
        let values = values(&problem, &Files::from([("costs.csv".to_owned(), table)]), "/");
        let row = &values["files"][0]["rows"][0];
        assert_eq!(row["number"], 3);
        assert_eq!(row["cells"][1], json!({ "text": "12,5o", "faults": ["fault-1"] }));
        assert_eq!(row["cells"][0]["faults"], json!([]));
    }
}
