//! What the first option of a scenario does for objectives, key results and groups, and the frontier that it stands on.

use serde::Serialize;

use crate::output::results::Row;

use super::folder::{FolderFault, SavedResults};
use super::option::option_of;

/// What the first option of a scenario does for objectives and groups, and its frontier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScenarioParts {
    /// What the first option does for each objective.
    pub objectives: Vec<ObjectiveFigures>,
    /// The key results under the first option when due, if the portfolio has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_results: Vec<KeyResultFigures>,
    /// What the first option holds of each group, if groups were asked for.
    pub groups: Vec<GroupFigures>,
    /// The frontier, if it was asked for.
    pub frontier: Option<FrontierFigures>,
}

/// What an option does for an objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectiveFigures {
    /// The objective.
    pub objective: String,
    /// Its name.
    pub name: String,
    /// Its weight in the whole; `None` where it differs between classes of projects.
    pub weight: Option<f64>,
    /// The raw score.
    pub score: Option<f64>,
    /// The score that is aimed at, if any.
    pub target: Option<f64>,
    /// The part of the strategic value that comes from it.
    pub share: Option<f64>,
}

/// A key result under an option, when it is due.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyResultFigures {
    /// The key result.
    pub key_result: String,
    /// Its name.
    pub name: String,
    /// The period in which the target is due.
    pub due: String,
    /// Its value then, as planned.
    pub value: Option<f64>,
    /// The value to reach.
    pub target: Option<f64>,
    /// Probability that it is reached; `None` where nothing was simulated.
    pub p_reached: Option<f64>,
}

/// What an option holds of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFigures {
    /// The attribute or attributes that the groups are made by.
    pub group_by: String,
    /// The group.
    pub group: String,
    /// Number of its projects.
    pub projects: Option<f64>,
    /// Their cost.
    pub cost: Option<f64>,
    /// Its part of the option's cost.
    pub share_of_cost: Option<f64>,
    /// Their strategic value; `None` for lines.
    pub strategic_value: Option<f64>,
}

/// The frontier of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FrontierFigures {
    /// The first measure.
    pub x: String,
    /// The second.
    pub y: String,
    /// Both at each point, by name: `F1`, `F2` …, in the order of the first.
    pub points: Vec<(String, Option<f64>, Option<f64>)>,
}

/// The parts of a scenario, given the option that is ranked first.
pub(super) fn parts(
    results: &SavedResults,
    scenario: &str,
    first: Option<usize>,
) -> Result<ScenarioParts, FolderFault> {
    let frontier = frontier(results, scenario)?;
    let Some(first) = first else { return Ok(ScenarioParts { frontier, ..ScenarioParts::default() }) };
    let (objectives, groups) = (objectives(results, scenario, first)?, groups(results, scenario, first)?);
    let key_results = key_results(results, scenario, first)?;
    Ok(ScenarioParts { objectives, key_results, groups, frontier })
}

/// What an option does for each objective, in the order of the table.
fn objectives(
    results: &SavedResults,
    scenario: &str,
    option: usize,
) -> Result<Vec<ObjectiveFigures>, FolderFault> {
    let needed = ["scenario", "option", "objective", "weight", "score", "target", "share"];
    let rows = results.read("objectives.csv", &needed, |row| is_of(row, scenario, option))?;
    let figures = |row: Row<'_>| ObjectiveFigures {
        objective: row.text("objective").to_owned(),
        name: row.text("name").to_owned(),
        weight: row.number("weight"),
        score: row.number("score"),
        target: row.number("target"),
        share: row.number("share"),
    };
    Ok(rows.rows().map(figures).collect())
}

/// The key results under an option when due, in the order of the table.
fn key_results(
    results: &SavedResults,
    scenario: &str,
    option: usize,
) -> Result<Vec<KeyResultFigures>, FolderFault> {
    let needed = ["scenario", "option", "key_result", "period", "value", "target", "due", "p_reached"];
    let is_due = |row: Row<'_>| is_of(row, scenario, option) && row.text("period") == row.text("due");
    let rows = results.read("key_results.csv", &needed, is_due)?;
    let figures = |row: Row<'_>| KeyResultFigures {
        key_result: row.text("key_result").to_owned(),
        name: row.text("name").to_owned(),
        due: row.text("due").to_owned(),
        value: row.number("value"),
        target: row.number("target"),
        p_reached: row.number("p_reached"),
    };
    Ok(rows.rows().map(figures).collect())
}

/// What an option holds of each group, in the order of the table.
fn groups(results: &SavedResults, scenario: &str, option: usize) -> Result<Vec<GroupFigures>, FolderFault> {
    let needed = ["scenario", "option", "group_by", "group", "projects", "cost", "share_of_cost"];
    let rows = results.read("groups.csv", &needed, |row| is_of(row, scenario, option))?;
    let figures = |row: Row<'_>| GroupFigures {
        group_by: row.text("group_by").to_owned(),
        group: row.text("group").to_owned(),
        projects: row.number("projects"),
        cost: row.number("cost"),
        share_of_cost: row.number("share_of_cost"),
        strategic_value: row.number("strategic_value"),
    };
    Ok(rows.rows().map(figures).collect())
}

/// The frontier of a scenario; `None` where it has none.
fn frontier(results: &SavedResults, scenario: &str) -> Result<Option<FrontierFigures>, FolderFault> {
    let needed = ["scenario", "point", "x_measure", "x", "y_measure", "y"];
    let rows = results.read("frontier.csv", &needed, |row| row.text("scenario") == scenario)?;
    let point = |row: Row<'_>| (row.text("point").to_owned(), row.number("x"), row.number("y"));
    let found = rows.rows().next().map(|first| FrontierFigures {
        x: first.text("x_measure").to_owned(),
        y: first.text("y_measure").to_owned(),
        points: rows.rows().map(point).collect(),
    });
    Ok(found)
}

fn is_of(row: Row<'_>, scenario: &str, option: usize) -> bool {
    row.text("scenario") == scenario && option_of(row) == Some(option)
}
