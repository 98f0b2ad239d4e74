//! Two rounds: the results of two batches, scenario by scenario.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::results::{Row, Table};

use super::assumptions::{AssumptionChange, assumption_changes, is_assumption, is_of_plan};
use super::batch::CASES;
use super::folder::{FolderFault, SavedResults};
use super::option::{SavedOption, SelectionChange, Selections};

/// What parts two rounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rounds {
    /// Name of the batch before.
    pub before: String,
    /// Name of the batch after.
    pub after: String,
    /// The currency of all money, if both tell the same.
    pub currency: Option<String>,
    /// True if nothing that is told here differs.
    pub equal: bool,
    /// Input files that differ: name, and `changed`, `added` or `gone`.
    pub inputs: Vec<(String, &'static str)>,
    /// Projects of the second round only, with their names.
    pub new_projects: Vec<(String, String)>,
    /// Projects of the first round only.
    pub gone_projects: Vec<(String, String)>,
    /// Projects of which the business case differs in the first scenario that both have.
    pub cases: Vec<CaseChange>,
    /// Scenarios that both have, in the order of the second.
    pub scenarios: Vec<ScenarioChange>,
    /// Scenarios of the first round only.
    pub gone_scenarios: Vec<String>,
    /// Scenarios of the second round only.
    pub new_scenarios: Vec<String>,
}

/// A figure before and after.
pub type BeforeAfter = (Option<f64>, Option<f64>);

/// A project whose business case differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseChange {
    /// Its id.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Its cost before and after.
    pub cost: BeforeAfter,
    /// Its expected benefit.
    pub benefit: BeforeAfter,
    /// Its strategic value.
    pub strategic_value: BeforeAfter,
}

/// A scenario that both rounds have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioChange {
    /// Its name in the first round.
    pub before: String,
    /// Its name in the second.
    pub after: String,
    /// Status in both.
    pub status: (String, String),
    /// The option that is ranked first in both.
    pub first: (Option<SavedOption>, Option<SavedOption>),
    /// What it assumes otherwise.
    pub assumptions: Vec<AssumptionChange>,
    /// Projects that went in, out, or moved.
    pub projects: SelectionChange,
}

impl ScenarioChange {
    /// True if it is the same in both, but for its name.
    pub fn is_none(&self) -> bool {
        let (before, after) = (&self.first.0, &self.first.1);
        self.assumptions.is_empty()
            && self.projects.is_none()
            && self.status.0 == self.status.1
            && before == after
    }
}

/// Compares two rounds.
///
/// # Errors
/// If a table of either is damaged.
pub fn rounds(before: &SavedResults, after: &SavedResults) -> Result<Rounds, FolderFault> {
    let pairs = pairs(&before.scenarios, &after.scenarios);
    let scenarios = scenarios(before, after, &pairs)?;
    let alone = |all: &SavedResults, paired: &dyn Fn(&str) -> bool| -> Vec<String> {
        all.scenario_names().filter(|name| !paired(name)).map(str::to_owned).collect()
    };
    let gone_scenarios = alone(before, &|name| pairs.values().any(|one| one == name));
    let new_scenarios = alone(after, &|name| pairs.contains_key(name));
    let first_pair = after.scenario_names().find_map(|name| Some((pairs.get(name)?.as_str(), name)));
    let (projects_before, projects_after) = (before.projects()?, after.projects()?);
    let only = |all: &[(String, String)], others: &[(String, String)]| -> Vec<(String, String)> {
        all.iter().filter(|(id, _)| !others.iter().any(|(other, _)| other == id)).cloned().collect()
    };
    let mut rounds = Rounds {
        before: before.run.batch.clone(),
        after: after.run.batch.clone(),
        currency: after.run.currency.clone().filter(|one| before.run.currency.as_ref() == Some(one)),
        equal: false,
        inputs: inputs(before, after),
        new_projects: only(&projects_after, &projects_before),
        gone_projects: only(&projects_before, &projects_after),
        cases: first_pair.map(|pair| cases(before, after, pair)).transpose()?.unwrap_or_default(),
        scenarios,
        gone_scenarios,
        new_scenarios,
    };
    rounds.equal = rounds.differ_in_nothing();
    Ok(rounds)
}

impl Rounds {
    /// Results alone count: files may differ in a blank.
    fn differ_in_nothing(&self) -> bool {
        let lists = [&self.gone_scenarios, &self.new_scenarios];
        lists.iter().all(|list| list.is_empty())
            && self.new_projects.is_empty()
            && self.gone_projects.is_empty()
            && self.cases.is_empty()
            && self.scenarios.iter().all(|one| one.is_none() && one.before == one.after)
    }
}

/// The scenarios of the second round with those of the first that they go with: of the same name, or else the one that
/// assumes the same, or else the one that does so but for what it asks of a current plan.
fn pairs(before: &Table, after: &Table) -> BTreeMap<String, String> {
    let name = |row: Row<'_>| row.text("scenario").to_owned();
    let names: Vec<String> = before.rows().map(name).collect();
    let mut pairs: BTreeMap<String, String> =
        after.rows().map(name).filter(|name| names.contains(name)).map(|name| (name.clone(), name)).collect();
    for beside_plan in [false, true] {
        let taken: Vec<String> = pairs.values().cloned().collect();
        let mut by_assumptions: BTreeMap<Vec<(&str, &str)>, String> = BTreeMap::new();
        for row in before.rows().filter(|row| !taken.iter().any(|one| one == row.text("scenario"))) {
            by_assumptions.entry(assumed(before.headings(), row, beside_plan)).or_insert_with(|| name(row));
        }
        for row in after.rows() {
            if !pairs.contains_key(row.text("scenario"))
                && let Some(other) = by_assumptions.remove(&assumed(after.headings(), row, beside_plan))
            {
                pairs.insert(name(row), other);
            }
        }
    }
    pairs
}

/// All that a scenario assumes, without its change control if `beside_plan`. The name of its weights says nothing that
/// their values do not.
fn assumed<'t>(headings: &'t [String], row: Row<'t>, beside_plan: bool) -> Vec<(&'t str, &'t str)> {
    let counts = |heading: &&String| is_assumption(heading) && *heading != "weights";
    let assumed = headings.iter().filter(counts).filter(|heading| !beside_plan || !is_of_plan(heading));
    let mut cells: Vec<(&str, &str)> = assumed.map(|heading| (heading.as_str(), row.text(heading))).collect();
    cells.retain(|(_, cell)| !cell.is_empty());
    cells.sort_unstable();
    cells
}

fn scenarios(
    before: &SavedResults,
    after: &SavedResults,
    pairs: &BTreeMap<String, String>,
) -> Result<Vec<ScenarioChange>, FolderFault> {
    let headings = headings_of_both(&before.scenarios, &after.scenarios);
    let (first_before, first_after) = (before.first_options(), after.first_options());
    let funded_before = funded(before)?;
    let funded_after = funded(after)?;
    let rows_before: BTreeMap<&str, Row<'_>> =
        before.scenarios.rows().map(|row| (row.text("scenario"), row)).collect();
    let mut changes = Vec::new();
    for row in after.scenarios.rows() {
        let name = row.text("scenario");
        let Some(former) = pairs.get(name) else { continue };
        let Some(row_before) = rows_before.get(former.as_str()) else { continue };
        let own = |all: &BTreeMap<&str, SavedOption>, name: &str| all.get(name).cloned();
        let first = (own(&first_before, former), own(&first_after, name));
        let projects = |all: &Selections, name: &str, option: &Option<SavedOption>| {
            let number = option.as_ref().map_or(0, |option| option.option);
            all.get(&(name.to_owned(), number)).cloned().unwrap_or_default()
        };
        let projects = SelectionChange::between(
            &projects(&funded_before, former, &first.0),
            &projects(&funded_after, name, &first.1),
        );
        changes.push(ScenarioChange {
            before: former.clone(),
            after: name.to_owned(),
            status: (row_before.text("status").to_owned(), row.text("status").to_owned()),
            first,
            assumptions: assumption_changes(&headings, *row_before, row),
            projects,
        });
    }
    Ok(changes)
}

/// The projects of all options that are ranked first.
fn funded(results: &SavedResults) -> Result<Selections, FolderFault> {
    let first = results.first_options();
    results.selections(|scenario, option| first.get(scenario).is_some_and(|first| first.option == option))
}

fn headings_of_both(before: &Table, after: &Table) -> Vec<String> {
    let mut headings = after.headings().to_vec();
    headings.extend(before.headings().iter().filter(|one| !after.headings().contains(one)).cloned());
    headings
}

/// Input files that differ, but for the name of the batch file.
fn inputs(before: &SavedResults, after: &SavedResults) -> Vec<(String, &'static str)> {
    let records = |results: &SavedResults| -> Vec<(String, String)> {
        let inputs = results.run.former.iter().flat_map(|former| &former.inputs);
        inputs.map(|input| (input.name.clone(), input.sha256.clone())).collect()
    };
    let (before, after) = (records(before), records(after));
    let (Some(batch_before), Some(batch_after)) = (before.first(), after.first()) else { return Vec::new() };
    let mut changes = Vec::new();
    if batch_before.1 != batch_after.1 {
        changes.push((batch_after.0.clone(), "changed"));
    }
    for (name, hash) in &before[1..] {
        match after[1..].iter().find(|(other, _)| other == name) {
            None => changes.push((name.clone(), "gone")),
            Some((_, other)) if other != hash => changes.push((name.clone(), "changed")),
            Some(_) => {}
        }
    }
    let added = after[1..].iter().filter(|(name, _)| !before[1..].iter().any(|(other, _)| other == name));
    changes.extend(added.map(|(name, _)| (name.clone(), "added")));
    changes
}

/// Projects whose business cases differ between two scenarios, one of each round.
fn cases(
    before: &SavedResults,
    after: &SavedResults,
    (scenario_before, scenario_after): (&str, &str),
) -> Result<Vec<CaseChange>, FolderFault> {
    let read = |results: &SavedResults, scenario: &str| {
        results.read(CASES, &["scenario", "project", "cost"], |row| row.text("scenario") == scenario)
    };
    let (table_before, table_after) = (read(before, scenario_before)?, read(after, scenario_after)?);
    let former: BTreeMap<&str, Row<'_>> = table_before.rows().map(|row| (row.text("project"), row)).collect();
    let mut changes = Vec::new();
    for row in table_after.rows() {
        let Some(one) = former.get(row.text("project")) else { continue };
        let both = |heading: &str| (one.number(heading), row.number(heading));
        let change = CaseChange {
            project: row.text("project").to_owned(),
            name: row.text("name").to_owned(),
            cost: both("cost"),
            benefit: both("benefit"),
            strategic_value: both("strategic_value"),
        };
        let differs = |(before, after): BeforeAfter| before != after;
        if differs(change.cost) || differs(change.benefit) || differs(change.strategic_value) {
            changes.push(change);
        }
    }
    Ok(changes)
}
