//! The report of an import, made of what was read.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::list as listed;
use crate::input::List;
use crate::input::map::ListMap;

use super::amounts::Amounts;
use super::content::Content;
use super::decimal::Decimal;
use super::headings::Headings;
use super::report::{Counted, ImportReport, Left, ListedColumn, Taken, TakenAmounts, TakenScores};
use super::rows::Kept;

/// The report.
pub fn report(
    list: &List,
    map: &ListMap,
    headings: &Headings,
    kept: &Kept<'_>,
    content: &Content,
    mut left: Left,
    mut guessed: Vec<String>,
) -> ImportReport {
    conclusions(list, map, headings, kept, &mut guessed);
    columns_left(headings, list, &mut left);
    if !list.other_sheets.is_empty() {
        left.others.push(format!("sheets: {}", list.other_sheets.join(", ")));
    }
    let taken = taken(headings, kept, content);
    let to_do = to_do(&taken, content);
    ImportReport { list: list.file.clone(), taken, guessed, left, to_do }
}

/// Conclusions where the map says nothing.
fn conclusions(list: &List, map: &ListMap, headings: &Headings, kept: &Kept<'_>, guessed: &mut Vec<String>) {
    if let (Some(separator), None) = (list.separator, map.list.separator) {
        let name = if separator == '\t' { "tabs".to_owned() } else { format!("`{separator}`") };
        guessed.push(format!("The cells are separated by {name}"));
    }
    if headings.is_filled_up {
        guessed.push("A blank cell above the last row of headings has the text to its left".to_owned());
    }
    if kept.has_made_ids {
        guessed.push("The ids of projects are made from their names".to_owned());
    }
}

fn columns_left(headings: &Headings, list: &List, left: &mut Left) {
    for (position, name) in headings.names.iter().enumerate() {
        let is_known = left.columns.iter().any(|own| own.column == *name);
        if headings.uses[position].is_some() || (is_known && !name.is_empty()) {
            continue;
        }
        let is_filled = list.rows[headings.first..].iter().any(|row| !row.cell(position).is_empty());
        let (column, said) = match (name.is_empty(), is_filled) {
            (true, false) => continue,
            (true, true) => (format!("column {}", position + 1), "it has no heading"),
            (false, false) => (name.clone(), "it is blank"),
            (false, true) => (name.clone(), "the map does not name it"),
        };
        left.columns.push(ListedColumn { column, said: said.to_owned() });
    }
}

fn taken(headings: &Headings, kept: &Kept<'_>, content: &Content) -> Taken {
    let columns = headings.names.iter().zip(&headings.uses);
    let columns =
        columns.filter_map(|(name, said)| Some(ListedColumn { column: name.clone(), said: said.clone()? }));
    let [costs, benefits, demands] = &content.amounts;
    let kinds = content.links.links.iter().map(|(_, kind, _)| *kind);
    let statuses = content.columns.iter().find(|(name, _)| name == "status");
    let status = |word: &String| if word.is_empty() { "candidate".to_owned() } else { word.clone() };
    let statuses = statuses.map(|(_, words)| counted(words.iter().map(status))).unwrap_or_default();
    Taken {
        rows: kept.rows.len(),
        projects: kept.projects.len(),
        statuses,
        periods: content.horizon.clone(),
        costs: sums(costs, &content.horizon),
        benefits: sums(benefits, &content.horizon),
        demands: sums(demands, &content.horizon),
        scores: content.scores.iter().map(scores).collect(),
        dependencies: counted(kinds.map(str::to_owned)),
        columns: columns.collect(),
    }
}

fn counted(words: impl Iterator<Item = String>) -> Vec<Counted> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    counts.into_iter().map(|(word, count)| Counted { word, count }).collect()
}

fn sums(amounts: &Amounts, horizon: &[String]) -> Vec<TakenAmounts> {
    let mut by_key: BTreeMap<&str, (BTreeSet<usize>, Vec<Decimal>)> = BTreeMap::new();
    for (project, key, by_period) in amounts.rows() {
        let own =
            by_key.entry(key).or_insert_with(|| (BTreeSet::new(), vec![Decimal::default(); horizon.len()]));
        own.0.insert(project);
        for (sum, period) in own.1.iter_mut().zip(horizon) {
            let amount = by_period.get(period.as_str()).copied().unwrap_or_default();
            *sum = sum.plus(amount).unwrap_or(*sum);
        }
    }
    let told = |(key, (projects, sums)): (&str, (BTreeSet<usize>, Vec<Decimal>))| {
        let total = sums.iter().fold(Decimal::default(), |total, sum| total.plus(*sum).unwrap_or(total));
        TakenAmounts {
            key: key.to_owned(),
            projects: projects.len(),
            amounts: sums.iter().map(|sum| sum.to_f64()).collect(),
            total: total.to_f64(),
        }
    };
    by_key.into_iter().map(told).collect()
}

fn scores((objective, own): &(String, Vec<Option<Decimal>>)) -> TakenScores {
    let given: Vec<Decimal> = own.iter().copied().flatten().collect();
    let total = given.iter().fold(Decimal::default(), |total, score| total.plus(*score).unwrap_or(total));
    TakenScores { objective: objective.clone(), projects: given.len(), total: total.to_f64() }
}

/// Input that no list holds and a decision needs.
fn to_do(taken: &Taken, content: &Content) -> Vec<String> {
    let mut to_do = Vec::new();
    let keys = |own: &[TakenAmounts]| listed(own.iter().map(|one| one.key.as_str()));
    if taken.costs.is_empty() {
        to_do.push("Costs: the list has none that were taken, so that no budget can decide".to_owned());
    } else {
        to_do.push(format!(
            "Budgets: write budgets.csv with the lines {}; without it nothing limits them",
            keys(&taken.costs)
        ));
    }
    if !taken.demands.is_empty() {
        to_do.push(format!("Capacities: write capacities.csv with the resources {}", keys(&taken.demands)));
    }
    if content.scores.is_empty() {
        let else_ = if taken.benefits.is_empty() { "; the list has no benefits either" } else { "" };
        to_do.push(format!(
            "Objectives: write objectives.csv and scores.csv if strategic value is to count{else_}"
        ));
    } else {
        to_do.push("Objectives: all weights in objectives.csv are 1; set them, and `worst` and `best` where scores need a scale".to_owned());
    }
    to_do
}
