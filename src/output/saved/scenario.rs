//! The answer of one scenario: its options, what parts them, what just missed, and what can go wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::results::{Row, Table};

use super::assumptions::{AssumptionChange, assumption_changes};
use super::folder::{FolderFault, SavedResults};
use super::option::{Chosen, SavedOption, SelectionChange, Selections, option_of};
use super::parts::{ScenarioParts, parts};
use super::risk_answers::{self, FuturesAnswer, ShrinkageAnswer};

/// The answer of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioAnswer {
    /// Its name.
    pub scenario: String,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: String,
    /// Its goal: `maximise npv`.
    pub goal: String,
    /// Number of options asked for.
    pub options_asked: usize,
    /// Number of projects to choose from.
    pub projects: usize,
    /// The currency of all money, if it is told.
    pub currency: Option<String>,
    /// Simulated futures.
    pub trials: usize,
    /// The tail that the mean of the worst futures is taken over, as a share.
    pub tail: f64,
    /// The reason if it is infeasible.
    pub conflict: Option<String>,
    /// The first scenario of the batch, if this is another one.
    pub against: Option<String>,
    /// What this scenario assumes otherwise than that one.
    pub assumptions: Vec<AssumptionChange>,
    /// The options by rank.
    pub options: Vec<SavedOption>,
    /// The projects of the option that is ranked first.
    pub funded: Vec<Chosen>,
    /// What parts every other option from it, by rank.
    pub others: Vec<OtherOption>,
    /// Projects that nearly got in, the nearest first.
    pub missed: Vec<MissedProject>,
    /// Lines and resources that the first option may exceed, the likeliest first.
    pub over: Vec<LineRisk>,
    /// What a cut line through a ranked list would fund, if it was asked for.
    pub baseline: Option<CutLineAnswer>,
    /// The best selections of some futures, if they were solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub futures: Option<FuturesAnswer>,
    /// What the first option loses because favourable estimates are chosen, if a prior was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shrinkage: Option<ShrinkageAnswer>,
    /// Objectives, groups and frontier.
    #[serde(flatten)]
    pub parts: ScenarioParts,
}

/// What parts an option from the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherOption {
    /// The number that names it in the tables.
    pub option: usize,
    /// Rank, from 1.
    pub rank: usize,
    /// The difference to the first.
    pub change: SelectionChange,
}

/// A project that the first option leaves out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissedProject {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// Number of other options that fund it.
    pub options: usize,
    /// What the objective loses if it is forced in; `None` where that is not known.
    pub cost_of_forcing: Option<f64>,
    /// Factor on its cost at which it would get in; `None` where that is not known.
    pub break_even_cost: Option<f64>,
    /// Why it is out; empty where that is not told.
    pub reason: String,
}

/// A line or resource in a period, and the probability that it is exceeded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineRisk {
    /// Id of the line or resource.
    pub line: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// True for a resource.
    pub is_resource: bool,
    /// The period.
    pub period: String,
    /// What is planned.
    pub plan: Option<f64>,
    /// Its limit.
    pub limit: Option<f64>,
    /// 90th percentile of what is needed.
    pub p90: Option<f64>,
    /// Probability of more than there is.
    pub p_over: f64,
}

/// What a cut line funds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CutLineAnswer {
    /// `cut_line` or `skip`.
    pub rule: String,
    /// Number of projects.
    pub projects: usize,
    /// Its objective.
    pub objective: Option<f64>,
    /// By how much that is worse than the best objective.
    pub objective_lost: Option<f64>,
    /// Money of the budgets that it leaves unspent.
    pub unspent: Option<f64>,
}

/// The answer of a scenario, by its name; `None` if the batch has no such scenario.
///
/// # Errors
/// If a table is damaged.
pub fn scenario_answer(
    results: &SavedResults,
    scenario: &str,
) -> Result<Option<ScenarioAnswer>, FolderFault> {
    let is_own = |row: &Row<'_>| row.text("scenario") == scenario;
    let Some(row) = results.scenarios.rows().find(is_own) else { return Ok(None) };
    let base = results.scenarios.rows().next().filter(|base| !is_own(base));
    let headings = results.scenarios.headings();
    let options = results.options_of(scenario);
    let selections = results.selections(|of, _| of == scenario)?;
    let projects_of = |option: &SavedOption| {
        selections.get(&(scenario.to_owned(), option.option)).map_or(&[][..], Vec::as_slice)
    };
    let funded = options.first().map_or(&[][..], projects_of);
    let others = options.iter().skip(1).map(|option| OtherOption {
        option: option.option,
        rank: option.rank,
        change: SelectionChange::between(funded, projects_of(option)),
    });
    let run = &results.run;
    Ok(Some(ScenarioAnswer {
        scenario: scenario.to_owned(),
        status: row.text("status").to_owned(),
        goal: row.text("goal").to_owned(),
        options_asked: row.text("options").parse().unwrap_or_default(),
        projects: results.projects()?.len(),
        currency: run.currency.clone(),
        trials: run.settings.trials,
        tail: run.settings.tail,
        conflict: run.conflict(scenario).map(str::to_owned),
        against: base.map(|base| base.text("scenario").to_owned()),
        assumptions: base.map(|base| assumption_changes(headings, base, row)).unwrap_or_default(),
        others: others.collect(),
        missed: missed(results, scenario, funded, &selections)?,
        over: options
            .first()
            .map(|first| over(results, scenario, first.option))
            .transpose()?
            .unwrap_or_default(),
        baseline: baseline(results, scenario)?,
        futures: risk_answers::futures(results, scenario)?,
        shrinkage: match options.first() {
            Some(first) => risk_answers::shrinkage(results, (scenario, first.option))?,
            None => None,
        },
        parts: parts(results, scenario, options.first().map(|first| first.option))?,
        funded: funded.to_vec(),
        options,
    }))
}

/// Projects that the first option leaves out and others take, or of which decisions.csv tells what would turn them.
fn missed(
    results: &SavedResults,
    scenario: &str,
    funded: &[Chosen],
    selections: &Selections,
) -> Result<Vec<MissedProject>, FolderFault> {
    let is_out = |project: &str| funded.iter().all(|one| one.project != project);
    let mut found: BTreeMap<String, MissedProject> = BTreeMap::new();
    for chosen in selections.values().flatten().filter(|chosen| is_out(&chosen.project)) {
        let entry = || MissedProject::new(&chosen.project, &chosen.name);
        found.entry(chosen.project.clone()).or_insert_with(entry).options += 1;
    }
    let needed = ["scenario", "project", "decision", "reason", "cost_of_forcing", "break_even_cost", "name"];
    let decisions = results.read("decisions.csv", &needed, |row| {
        row.text("scenario") == scenario && row.text("decision") == "out"
    })?;
    for row in decisions.rows().filter(|row| is_out(row.text("project"))) {
        let id = row.text("project");
        let cost_of_forcing = row.number("cost_of_forcing");
        let is_known = found.contains_key(id);
        // One that would gain was left out by a decision of the input: it did not just miss.
        let is_near = cost_of_forcing.is_some_and(|loss| loss >= 0.0);
        if !is_known && !is_near {
            continue;
        }
        let entry = found.entry(id.to_owned()).or_insert_with(|| MissedProject::new(id, row.text("name")));
        entry.cost_of_forcing = cost_of_forcing;
        entry.break_even_cost = row.number("break_even_cost");
        row.text("reason").clone_into(&mut entry.reason);
    }
    let mut missed: Vec<MissedProject> = found.into_values().collect();
    let loss = |one: &MissedProject| one.cost_of_forcing.unwrap_or(f64::INFINITY);
    missed.sort_by(|one, other| loss(one).total_cmp(&loss(other)).then(other.options.cmp(&one.options)));
    Ok(missed)
}

impl MissedProject {
    fn new(project: &str, name: &str) -> Self {
        let name = if name.is_empty() { project } else { name };
        Self {
            project: project.to_owned(),
            name: name.to_owned(),
            options: 0,
            cost_of_forcing: None,
            break_even_cost: None,
            reason: String::new(),
        }
    }
}

/// Lines and resources that an option may exceed.
fn over(results: &SavedResults, scenario: &str, option: usize) -> Result<Vec<LineRisk>, FolderFault> {
    let read = |file: &str, line: &str| -> Result<Table, FolderFault> {
        results.read(file, &["scenario", "option", line, "period", "plan", "limit", "p_over"], |row| {
            row.text("scenario") == scenario && option_of(row) == Some(option)
        })
    };
    let mut found = Vec::new();
    for (file, line) in [("spend.csv", "line"), ("capacity.csv", "resource")] {
        for row in read(file, line)?.rows() {
            let Some(p_over) = row.number("p_over").filter(|&p_over| p_over > 0.0) else { continue };
            found.push(LineRisk {
                line: row.text(line).to_owned(),
                name: row.text("name").to_owned(),
                is_resource: line == "resource",
                period: row.text("period").to_owned(),
                plan: row.number("plan"),
                limit: row.number("limit"),
                p90: row.number("p90"),
                p_over,
            });
        }
    }
    found.sort_by(|one, other| other.p_over.total_cmp(&one.p_over));
    Ok(found)
}

fn baseline(results: &SavedResults, scenario: &str) -> Result<Option<CutLineAnswer>, FolderFault> {
    let needed = ["scenario", "projects", "objective", "objective_lost", "unspent", "rule"];
    let rows = results.read("baseline.csv", &needed, |row| row.text("scenario") == scenario)?;
    let answer = rows.rows().next().map(|row| CutLineAnswer {
        rule: row.text("rule").to_owned(),
        projects: row.text("projects").parse().unwrap_or_default(),
        objective: row.number("objective"),
        objective_lost: row.number("objective_lost"),
        unspent: row.number("unspent"),
    });
    Ok(answer)
}
