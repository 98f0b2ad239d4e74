//! The answer about one project: where it is in, when it starts, why, and what would turn it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::results::{Row, Table};

use super::batch::CASES;
use super::folder::{FolderFault, SavedResults};
use super::option::option_of;

/// The answer about a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectAnswer {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// The currency of all money, if it is told.
    pub currency: Option<String>,
    /// Number of scenarios that have an option, of those that are told of.
    pub answered: usize,
    /// Number of them of which the first option funds it.
    pub funded: usize,
    /// Number of options of these scenarios.
    pub options: usize,
    /// Number of options that fund it.
    pub funded_in_options: usize,
    /// The periods in which first options start it, the most frequent first.
    pub starts: Vec<StartCount>,
    /// The scenarios, in the order of the batch.
    pub scenarios: Vec<ProjectInScenario>,
    /// Its business case, if the results have it.
    pub case: Option<BusinessCase>,
}

/// A period in which a project starts, and the number of scenarios.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartCount {
    /// The period.
    pub start: String,
    /// Number of scenarios.
    pub scenarios: usize,
}

/// A project in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectInScenario {
    /// The scenario.
    pub scenario: String,
    /// Status of the scenario.
    pub status: String,
    /// True if the first option funds it; `None` where there is no option.
    pub funded: Option<bool>,
    /// The period in which the first option starts it.
    pub start: Option<String>,
    /// The share of it that the first option funds.
    pub fraction: Option<f64>,
    /// Number of options.
    pub options: usize,
    /// Number of options that fund it.
    pub funded_in: usize,
    /// Why, and what would turn it, if decisions were explained.
    pub reason: Option<ProjectReason>,
}

/// Why a project is in or out of the option that is ranked first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectReason {
    /// In words.
    pub reason: String,
    /// What decides or limits it, separated by `;`.
    pub binding: String,
    /// What the objective loses if the decision is reversed.
    pub cost_of_forcing: Option<f64>,
    /// Who then enters and leaves.
    pub displaces: Vec<Displaced>,
    /// Factor on its cost at which the decision would change.
    pub break_even_cost: Option<f64>,
    /// Its strategic value at which the decision would change.
    pub break_even_score: Option<f64>,
}

/// A project that enters or leaves if the decision about another is reversed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Displaced {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// True if it enters.
    pub enters: bool,
}

/// The business case of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessCase {
    /// The scenario that it is told for.
    pub scenario: String,
    /// Cost, undiscounted.
    pub cost: Option<f64>,
    /// Expected benefit, undiscounted.
    pub benefit: Option<f64>,
    /// Expected net present value.
    pub npv: Option<f64>,
    /// Internal rate of return per period.
    pub irr: Option<f64>,
    /// Periods until what came in covers what was paid.
    pub payback: Option<f64>,
    /// Present value of the benefits over that of the costs.
    pub profitability_index: Option<f64>,
    /// Strategic value.
    pub strategic_value: Option<f64>,
    /// Strategic value over cost.
    pub value_per_cost: Option<f64>,
    /// True if it is not the same in every scenario that is told of.
    pub varies: bool,
}

/// The answer about a project, by its id, in all scenarios or in one.
///
/// # Errors
/// If a table is damaged.
pub fn project_answer(
    results: &SavedResults,
    (project, name): (&str, &str),
    only: Option<&str>,
) -> Result<ProjectAnswer, FolderFault> {
    let is_told = |scenario: &str| only.is_none_or(|only| only == scenario);
    let scenarios = in_scenarios(results, project, is_told)?;
    let mut starts: BTreeMap<String, usize> = BTreeMap::new();
    for start in scenarios.iter().filter_map(|one| one.start.clone()) {
        *starts.entry(start).or_default() += 1;
    }
    let starts = starts.into_iter().map(|(start, scenarios)| StartCount { start, scenarios });
    let mut starts: Vec<StartCount> = starts.collect();
    starts.sort_by_key(|one| std::cmp::Reverse(one.scenarios));
    Ok(ProjectAnswer {
        project: project.to_owned(),
        name: name.to_owned(),
        currency: results.run.currency.clone(),
        answered: scenarios.iter().filter(|one| one.funded.is_some()).count(),
        funded: scenarios.iter().filter(|one| one.funded == Some(true)).count(),
        options: scenarios.iter().map(|one| one.options).sum(),
        funded_in_options: scenarios.iter().map(|one| one.funded_in).sum(),
        starts,
        case: case(results, project, is_told)?,
        scenarios,
    })
}

fn in_scenarios(
    results: &SavedResults,
    project: &str,
    is_told: impl Fn(&str) -> bool,
) -> Result<Vec<ProjectInScenario>, FolderFault> {
    let first = results.first_options();
    let rows = results.selection_rows(|row| row.text("project") == project && option_of(row).is_some())?;
    let by_scenario = rows.by_scenario();
    let reasons = reasons(results, project)?;
    let reasons = reasons.by_scenario();
    let names: BTreeMap<String, String> = results.projects()?.into_iter().collect();
    let mut options: BTreeMap<&str, usize> = BTreeMap::new();
    for row in results.options.rows() {
        *options.entry(row.text("scenario")).or_default() += 1;
    }
    let told = results.scenarios.rows().filter(|row| is_told(row.text("scenario")));
    let one = |row: Row<'_>| {
        let scenario = row.text("scenario").to_owned();
        let own = by_scenario.get(scenario.as_str()).map_or(&[][..], Vec::as_slice);
        let number = first.get(scenario.as_str()).map(|first| first.option);
        let chosen = own.iter().find(|row| number.is_some() && option_of(**row) == number);
        ProjectInScenario {
            status: row.text("status").to_owned(),
            funded: number.map(|_| chosen.is_some()),
            start: chosen.map(|row| row.text("start").to_owned()),
            fraction: chosen.and_then(|row| row.number("fraction")),
            options: options.get(scenario.as_str()).copied().unwrap_or_default(),
            funded_in: own.len(),
            reason: reasons
                .get(scenario.as_str())
                .and_then(|rows| rows.first())
                .map(|row| reason(*row, &names)),
            scenario,
        }
    };
    Ok(told.map(one).collect())
}

fn reasons(results: &SavedResults, project: &str) -> Result<Table, FolderFault> {
    let needed =
        ["scenario", "project", "reason", "binding", "cost_of_forcing", "displaces", "break_even_cost"];
    results.read("decisions.csv", &needed, |row| row.text("project") == project)
}

fn reason(row: Row<'_>, names: &BTreeMap<String, String>) -> ProjectReason {
    let displaced = |signed: &str| {
        let (id, enters) = match signed.strip_prefix('+') {
            Some(id) => (id, true),
            None => (signed.strip_prefix('-')?, false),
        };
        let name = names.get(id).map_or(id, String::as_str).to_owned();
        Some(Displaced { project: id.to_owned(), name, enters })
    };
    ProjectReason {
        reason: row.text("reason").to_owned(),
        binding: row.text("binding").to_owned(),
        cost_of_forcing: row.number("cost_of_forcing"),
        displaces: row.text("displaces").split(';').filter_map(displaced).collect(),
        break_even_cost: row.number("break_even_cost"),
        break_even_score: row.number("break_even_score"),
    }
}

fn case(
    results: &SavedResults,
    project: &str,
    is_told: impl Fn(&str) -> bool,
) -> Result<Option<BusinessCase>, FolderFault> {
    let rows = results.read(CASES, &["scenario", "project", "cost"], |row| {
        row.text("project") == project && is_told(row.text("scenario"))
    })?;
    let tells_npv = results.tells_npv();
    let of = |row: Row<'_>| {
        let money = |heading: &str| row.number(heading).filter(|_| tells_npv);
        BusinessCase {
            scenario: row.text("scenario").to_owned(),
            cost: row.number("cost"),
            benefit: money("benefit"),
            npv: money("npv"),
            irr: money("irr"),
            payback: money("payback"),
            profitability_index: money("profitability_index"),
            strategic_value: row.number("strategic_value"),
            value_per_cost: row.number("value_per_cost"),
            varies: false,
        }
    };
    let mut cases = rows.rows().map(of);
    let Some(first) = cases.next() else { return Ok(None) };
    let varies = cases.any(|other| BusinessCase { scenario: first.scenario.clone(), ..other } != first);
    Ok(Some(BusinessCase { varies, ..first }))
}
