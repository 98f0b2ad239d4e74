//! Columns of projects.csv, attributes and scores: one text or number per project.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostics, suggest_or};
use crate::input::map::{AttributeMap, ListMap, ListedStatus, ScoreMap};
use crate::input::schema::TableSchema;

use super::cells::{Cell, Reading};
use super::decimal::Decimal;
use super::headings::{CHOOSES_ROWS, Headings};
use super::numbers::Meaning;
use super::periods;
use super::report::ListedColumn;

/// A column of projects.csv: its heading, and a text per project.
pub type Column = (String, Vec<String>);

/// Columns of the list that say one thing per project.
pub struct ProjectColumns<'m> {
    name: Option<usize>,
    status: Option<usize>,
    start: Option<usize>,
    others: Vec<(&'static str, usize)>,
    attributes: Vec<(&'m AttributeMap, Vec<usize>)>,
    scores: Vec<(&'m ScoreMap, usize)>,
}

impl<'m> ProjectColumns<'m> {
    /// Finds them; marks them as used.
    pub fn find(map: &'m ListMap, headings: &mut Headings, found: &mut Diagnostics) -> Self {
        // The columns that decide on rows are marked already.
        let name =
            map.project.name.as_ref().and_then(|said| headings.positions(&said.value).first().copied());
        let status =
            map.project.status.as_ref().and_then(|said| headings.positions(&said.value).first().copied());
        let start = map.project.start.as_ref().and_then(|said| headings.find_one(said, "start", found));
        let others = map.project.others.iter();
        let others =
            others.filter_map(|(key, said)| Some((*key, headings.find_one(said, key, found)?))).collect();
        let attributes = map.attributes.iter().map(|attribute| {
            let what = format!("attribute {}", attribute.name);
            (attribute, headings.find(&attribute.column, &what, found))
        });
        let attributes = attributes.collect();
        let scores = map.scores.iter().filter_map(|score| {
            let what = format!("score for {}", score.objective);
            Some((score, headings.find_one(&score.column, &what, found)?))
        });
        let scores = scores.collect();
        Self { name, status, start, others, attributes, scores }
    }

    /// The columns of projects.csv behind id and name. `horizon` is none if the list has no amounts.
    pub fn read(
        &self,
        reading: Reading<'_>,
        map: &ListMap,
        horizon: &[String],
        found: &mut Diagnostics,
    ) -> Vec<Column> {
        let mut columns = Vec::new();
        if let Some(position) = self.name {
            // Each row of a project tells its name.
            for project in &reading.kept.projects {
                let _ = reading.agreed(project, position, found);
            }
        }
        if let Some(position) = self.status {
            columns.push(("status".to_owned(), statuses(reading, map, position, found)));
        }
        if let Some(position) = self.start.filter(|_| !horizon.is_empty()) {
            columns.push(("start".to_owned(), starts(reading, map, horizon, position, found)));
        }
        for &(key, position) in &self.others {
            let cells = match key {
                "latest" if horizon.is_empty() => continue,
                "latest" => starts(reading, map, horizon, position, found),
                _ => others(reading, key, position, found),
            };
            columns.push((key.to_owned(), cells));
        }
        for (attribute, positions) in &self.attributes {
            columns
                .push((attribute.name.clone(), attributes(reading, attribute.is_number, positions, found)));
        }
        columns
    }

    /// Scores by objective: a number per project, or none.
    pub fn scores(
        &self,
        reading: Reading<'_>,
        found: &mut Diagnostics,
    ) -> Vec<(String, Vec<Option<Decimal>>)> {
        let of = |&(score, position): &(&ScoreMap, usize)| {
            let own = reading.kept.projects.iter().map(|project| {
                let cell = reading.agreed(project, position, found)?;
                score_of(reading, score, cell, found)
            });
            (score.objective.clone(), own.collect())
        };
        self.scores.iter().map(of).collect()
    }
}

fn statuses(reading: Reading<'_>, map: &ListMap, position: usize, found: &mut Diagnostics) -> Vec<String> {
    let mut unknown = BTreeSet::new();
    let one = |project| {
        let Some(cell) = reading.agreed(project, position, found) else { return String::new() };
        let text = one_line(cell.text);
        let said = map.project.words.iter().find(|(word, _)| *word == text).map(|(_, said)| *said);
        let own = ["candidate", "mandatory", "excluded"].into_iter().find(|word| *word == text);
        match (said, own) {
            (Some(ListedStatus::Word(word)), _) | (None, Some(word)) => word.to_owned(),
            (Some(ListedStatus::Left), _) => String::new(),
            (None, None) => {
                if unknown.insert(cell.text.to_owned()) {
                    let words = map.project.words.iter().map(|(word, _)| word.as_str());
                    let help = suggest_or(cell.text, words, || {
                        format!(
                            "add \"{}\" = \"candidate\", \"mandatory\", \"excluded\" or \"leave\" to [status]",
                            cell.text
                        )
                    });
                    let fault = reading.fault(cell, "is a status that the map does not name", help);
                    found.push(fault.caused_by(format!("status {}", cell.text)));
                }
                String::new()
            }
        }
    };
    reading.kept.projects.iter().map(one).collect()
}

fn starts(
    reading: Reading<'_>,
    map: &ListMap,
    horizon: &[String],
    position: usize,
    found: &mut Diagnostics,
) -> Vec<String> {
    let one = |project| {
        let Some(cell) = reading.agreed(project, position, found) else { return String::new() };
        periods::start_of(&map.periods, horizon, cell.text).unwrap_or_else(|(problem, help)| {
            found.push(reading.fault(cell, problem, help));
            String::new()
        })
    };
    reading.kept.projects.iter().map(one).collect()
}

fn others(reading: Reading<'_>, key: &str, position: usize, found: &mut Diagnostics) -> Vec<String> {
    let meaning = match key {
        "min_fraction" | "success_probability" | "value_decay" => Some(Meaning::Share),
        "max_delay" => Some(Meaning::Amount),
        _ => None,
    };
    let one = |project| {
        let Some(cell) = reading.agreed(project, position, found) else { return String::new() };
        let Some(meaning) = meaning else { return one_line(cell.text) };
        let Some(number) = reading.number(cell, meaning, found) else { return String::new() };
        if let Some((problem, help)) = out_of_range(key, number) {
            found.push(reading.fault(cell, problem, help));
        }
        number.to_string()
    };
    reading.kept.projects.iter().map(one).collect()
}

/// The problem of a number that its column does not take.
fn out_of_range(key: &str, number: Decimal) -> Option<(&'static str, String)> {
    let value = number.to_f64();
    if key == "max_delay" {
        let is_sound = value >= 0.0 && value.fract() == 0.0;
        return (!is_sound)
            .then(|| ("is not a whole number of 0 or more", "write periods such as 2".to_owned()));
    }
    let is_sound = (0.0..=1.0).contains(&value);
    let help = match (1.0..=100.0).contains(&value) {
        true => format!("write a share from 0 to 1, or a per cent: {value} %, if that is meant"),
        false => "write a share from 0 to 1, or a per cent".to_owned(),
    };
    (!is_sound).then_some(("is out of range", help))
}

fn attributes(
    reading: Reading<'_>,
    is_number: bool,
    positions: &[usize],
    found: &mut Diagnostics,
) -> Vec<String> {
    let one = |project| {
        let cells: Vec<Cell<'_>> =
            positions.iter().filter_map(|&position| reading.agreed(project, position, found)).collect();
        if !is_number {
            return cells.iter().map(|cell| cell.text).collect::<Vec<_>>().join("; ");
        }
        let numbers = cells.into_iter().filter_map(|cell| reading.number(cell, Meaning::Figure, found));
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join("; ")
    };
    reading.kept.projects.iter().map(one).collect()
}

fn score_of(
    reading: Reading<'_>,
    score: &ScoreMap,
    cell: Cell<'_>,
    found: &mut Diagnostics,
) -> Option<Decimal> {
    if score.values.is_empty() {
        let number = reading.number(cell, Meaning::Figure, found)?;
        return Decimal::of_factor(score.scale).and_then(|scale| number.times(scale));
    }
    let text = one_line(cell.text);
    let own = score.values.iter().find(|(word, _)| *word == text);
    if own.is_none() && !reading.numbers.nothing.contains(&text) {
        let help = suggest_or(&text, score.values.iter().map(|(word, _)| word.as_str()), || {
            format!("add it to the values of scores.{}", score.objective)
        });
        let fault = reading.fault(cell, "has no score in the map", help);
        found.push(fault.caused_by(format!("score {text}")));
    }
    own.and_then(|(_, number)| Decimal::of_factor(*number))
}

/// The columns that nothing names, as attributes by their headings. One whose cells differ between the rows of a project is
/// left, and so is one without a heading.
pub fn rest(reading: Reading<'_>, taken: &[Column]) -> (Vec<(usize, Column)>, Vec<ListedColumn>) {
    let reserved: Vec<&str> =
        TableSchema::find("projects").map(|schema| schema.headings().collect()).unwrap_or_default();
    let (mut columns, mut left) = (BTreeMap::<String, (usize, Column)>::new(), Vec::new());
    for (position, name) in reading.headings.names.iter().enumerate() {
        let use_ = reading.headings.uses[position].as_deref();
        if use_.is_some_and(|own| own != CHOOSES_ROWS) || name.is_empty() {
            continue;
        }
        let leave = |reason: &str| ListedColumn { column: name.clone(), said: reason.to_owned() };
        let is_taken = taken.iter().any(|(other, _)| other == name) || columns.contains_key(name);
        let projects = &reading.kept.projects;
        if reserved.contains(&name.as_str()) || is_taken {
            left.push(leave("the portfolio has another column of this name"));
        } else if projects.iter().any(|project| reading.differs(project, position)) {
            left.push(leave("its cells differ between the rows of a project"));
        } else if projects.iter().all(|project| reading.filled(project, position).next().is_none()) {
            left.extend(use_.is_none().then(|| leave("it is blank")));
        } else {
            let text =
                |project| reading.filled(project, position).next().map_or("", |cell| cell.text).to_owned();
            let texts = projects.iter().map(text).collect();
            columns.insert(name.clone(), (position, (name.clone(), texts)));
        }
    }
    let mut columns: Vec<(usize, Column)> = columns.into_values().collect();
    columns.sort_by_key(|(position, _)| *position);
    (columns, left)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
