//! Objectives and scores.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, suggest, suggest_or};
use crate::domain::{ByProject, Objective, ObjectiveError, ObjectiveTree, Project, ProjectIx, Rescale};
use crate::ids::ObjectiveId;

use super::projects::ProjectNames;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;

/// Reads the objectives table. `None` if the objectives make no tree.
pub fn read_objectives(table: Option<&Table>, found: &mut Diagnostics) -> Option<ObjectiveTree> {
    let Some(table) = table else { return Some(ObjectiveTree::default()) };
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    let mut objectives = Vec::new();
    for cells in table.rows() {
        let id = cells.required("objective", found);
        let objective = objective(id.unwrap_or_default(), cells, found);
        let Some(id) = id else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault(
                "objective",
                problem,
                "give each objective its own id, or remove one row",
            ));
        } else {
            rows.insert(id, cells);
            objectives.push(objective);
        }
    }
    // An objective whose row could not be read may be what others name.
    if !table.is_complete || table.rows().count() != rows.len() {
        return None;
    }
    match ObjectiveTree::new(objectives) {
        Ok(tree) => {
            check_targets(&tree, &rows, found);
            for error in tree.given_weights().err().into_iter().flatten() {
                found.extend(fault_of(&error, &rows));
            }
            Some(tree)
        }
        Err(errors) => {
            errors.iter().for_each(|error| found.extend(fault_of(error, &rows)));
            None
        }
    }
}

fn objective(id: &str, cells: Cells<'_>, found: &mut Diagnostics) -> Objective {
    let is_weight = |weight: f64| weight >= 0.0;
    Objective {
        id: id.into(),
        name: cells.text("name").unwrap_or(id).to_owned(),
        parent: cells.text("parent").map(ObjectiveId::from),
        weight: cells.number_where("weight", "a number of 0 or more", is_weight, found),
        rescale: rescale(cells, found),
        target: cells.number("target", found),
    }
}

fn rescale(cells: Cells<'_>, found: &mut Diagnostics) -> Option<Rescale> {
    if let Some(text) = cells.text("curve") {
        return curve(text, cells, found);
    }
    let (worst, best) = (cells.number("worst", found), cells.number("best", found));
    for (column, other) in [("worst", "best"), ("best", "worst")] {
        if cells.text(column).is_none() && cells.text(other).is_some() {
            let problem = format!("is blank, but `{other}` is filled");
            let help = "fill in both, or leave both blank to use scores as given";
            found.push(Diagnostic::fault(cells.at(column), problem, help));
        }
    }
    let rescale = Rescale::new(worst?, best?);
    if rescale.is_none() {
        let help = "write two different scores, or leave both blank to use scores as given";
        found.push(cells.fault("best", "is the same as `worst`", help));
    }
    rescale
}

/// A value function such as `0:0; 10:60; 40:100`.
fn curve(text: &str, cells: Cells<'_>, found: &mut Diagnostics) -> Option<Rescale> {
    for column in ["worst", "best"] {
        if cells.text(column).is_some() {
            let help = "keep one of the two: a curve takes the place of worst and best";
            found.push(cells.fault(column, "stands beside a `curve`", help));
        }
    }
    let number = |text: &str| {
        let number: f64 = text.trim().replace(',', ".").parse().ok()?;
        number.is_finite().then_some(number)
    };
    let point = |text: &str| {
        let (score, value) = text.split_once(':')?;
        Some((number(score)?, number(value)?))
    };
    let pieces = || text.split(';').filter(|piece| !piece.trim().is_empty());
    if let Some(piece) = pieces().find(|piece| point(piece).is_none()) {
        let problem = format!("has `{}` where a score and its value should stand", piece.trim());
        let help = "write points of score and value such as 0:0; 10:60; 40:100";
        found.push(cells.fault("curve", problem, help));
        return None;
    }
    let curve = Rescale::curve(pieces().filter_map(point).collect());
    if curve.is_none() {
        let problem = "is no curve: it needs two points or more, with scores that rise";
        found.push(cells.fault(
            "curve",
            problem,
            "write it from the lowest score to the highest: 0:0; 10:60; 40:100",
        ));
    }
    curve
}

fn check_targets(tree: &ObjectiveTree, rows: &BTreeMap<&str, Cells<'_>>, found: &mut Diagnostics) {
    for (position, objective) in tree.objectives().iter().enumerate() {
        let cells = rows.get(objective.id.as_str());
        if let (Some(_), false, Some(cells)) = (objective.target, tree.leaves().contains(&position), cells) {
            let problem = format!("is a target of `{}`, which has objectives below it", objective.id);
            found.push(cells.fault(
                "target",
                problem,
                "give the target to one of those: only they are scored",
            ));
        }
    }
}

/// Reports a fault of the tree at its row. Repeated ids have been reported with their rows.
fn fault_of(error: &ObjectiveError, rows: &BTreeMap<&str, Cells<'_>>) -> Option<Diagnostic> {
    let at = |id: &ObjectiveId| rows.get(id.as_str()).copied();
    Some(match error {
        ObjectiveError::UnknownParent { objective, parent } => {
            let help = suggest_or(parent.as_str(), rows.keys().copied(), || {
                "add it to this table, or leave the cell blank for a top objective".to_owned()
            });
            let fault = at(objective)?.fault("parent", "is not an objective", help);
            fault.caused_by(format!("objective {parent}"))
        }
        ObjectiveError::Circle(id) => {
            let problem = format!("leads back to `{id}`: an objective cannot stand above itself");
            at(id)?.fault("parent", problem, "leave the parent of one of them blank")
        }
        // A weight that is there but faulty has been reported with its cell.
        ObjectiveError::MissingWeight { missing, .. } if at(missing)?.text("weight").is_some() => {
            return None;
        }
        ObjectiveError::MissingWeight { missing, weighted } => {
            let problem = format!("is blank, but `{weighted}` beside it has a weight");
            let help = "weigh all objectives under one parent, or none of them";
            at(missing)?.fault("weight", problem, help)
        }
        ObjectiveError::ZeroSum(id) => {
            let problem = "is 0, as are the weights of all objectives beside it";
            at(id)?.fault("weight", problem, "give one of them a weight above 0")
        }
        // A negative weight has been reported with its cell; the others cannot come from a table.
        ObjectiveError::BadWeight(_) | ObjectiveError::Repeated(_) | ObjectiveError::Unknown(_) => {
            return None;
        }
    })
}

/// Reads the scores table and gives the projects their scores.
pub fn read_scores(
    table: Option<&Table>,
    has_objectives: bool,
    tree: Option<&ObjectiveTree>,
    names: &ProjectNames,
    projects: &mut ByProject<Project>,
    found: &mut Diagnostics,
) {
    let leaves = tree.map_or(0, |tree| tree.leaves().len());
    projects.iter_mut().for_each(|project| project.scores = vec![None; leaves]);
    let Some(table) = table else { return };
    if !has_objectives {
        let help = "add objectives.csv with one row per column of scores.csv";
        found.push(Diagnostic::fault(table.source(), "needs the table objectives, which is not there", help));
    }
    let columns = match tree {
        Some(tree) if has_objectives => leaf_columns(table, tree, found),
        _ => Vec::new(),
    };
    let mut rows: BTreeMap<ProjectIx, Cells<'_>> = BTreeMap::new();
    for cells in table.rows() {
        let project = names.resolve(cells, "project", found);
        let scores = scores(table, cells, tree, &columns, found);
        let Some(project) = project else { continue };
        if let Some(first) = rows.get(&project) {
            let problem = format!("is scored in row {} already", first.number_of_row());
            found.push(cells.fault("project", problem, "remove one of the two rows"));
            continue;
        }
        rows.insert(project, cells);
        for (leaf, score) in scores {
            projects[project].scores[leaf] = score;
        }
    }
}

/// Per column of an objective: its heading, its position in the table and the leaf.
type LeafColumn<'t> = (&'t str, usize, usize);

fn leaf_columns<'t>(table: &'t Table, tree: &ObjectiveTree, found: &mut Diagnostics) -> Vec<LeafColumn<'t>> {
    let leaf_ids: Vec<&str> = tree.leaves().iter().map(|&leaf| tree.objectives()[leaf].id.as_str()).collect();
    let mut columns = Vec::new();
    for (heading, position) in &table.others {
        if let Some(leaf) = tree.leaf_position(heading) {
            columns.push((heading.as_str(), *position, leaf));
            continue;
        }
        let source = table.header_source(heading);
        let fault = if tree.position(heading).is_some() {
            let help = "score the objectives below it instead";
            Diagnostic::fault(source, "has objectives below it and is not scored itself", help)
        } else {
            let help = suggest(heading, leaf_ids.iter().copied(), "objectives to score");
            Diagnostic::fault(source, "is not an objective", help)
        };
        found.push(fault.with_value(heading.as_str()));
    }
    // A column that is none may be a misspelt one.
    let has_all = columns.len() == table.others.len();
    for (leaf, id) in leaf_ids.iter().enumerate().filter(|_| has_all) {
        if !columns.iter().any(|&(_, _, scored)| scored == leaf) {
            let problem = format!("has no column for the objective `{id}`");
            let help = "add one: without it, no project adds to this objective";
            found.push(Diagnostic::warning(table.source().at_row(table.header_row), problem, help));
        }
    }
    columns
}

fn scores(
    table: &Table,
    cells: Cells<'_>,
    tree: Option<&ObjectiveTree>,
    columns: &[LeafColumn<'_>],
    found: &mut Diagnostics,
) -> Vec<(usize, Option<f64>)> {
    let mut scores = Vec::new();
    for (heading, position) in &table.others {
        let score = cells.number_at(heading, *position, found);
        let column = columns.iter().find(|(_, own, _)| own == position);
        let (Some(&(_, _, leaf)), Some(tree)) = (column, tree) else { continue };
        let rescale = &tree.objectives()[tree.leaves()[leaf]].rescale;
        if let (Some(value), Some(rescale)) = (score, rescale)
            && !rescale.contains(value)
        {
            let (problem, help) = match rescale.ends() {
                Some(_) => (
                    format!("lies outside the scale from worst to best of `{heading}`"),
                    "check the score, or widen the scale in objectives.csv",
                ),
                None => (
                    format!("lies beyond the curve of `{heading}`, and counts as its nearest end"),
                    "check the score, or add a point to the curve in objectives.csv",
                ),
            };
            let warning = Diagnostic::warning(cells.at(heading), problem, help);
            found.push(warning.with_value(cells.filled(*position).unwrap_or_default()));
        }
        scores.push((leaf, score));
    }
    scores
}
