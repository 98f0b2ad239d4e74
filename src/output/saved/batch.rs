//! The answer of a whole batch: the first option of each scenario, and what is in all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::folder::{FolderFault, SavedResults};
use super::option::SavedOption;

/// business_cases.csv.
pub(super) const CASES: &str = "business_cases.csv";

/// The answer of a batch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchAnswer {
    /// Name of the batch.
    pub batch: String,
    /// Its description; empty if there is none.
    pub description: String,
    /// The currency of all money, if it is told.
    pub currency: Option<String>,
    /// Number of projects to choose from.
    pub projects: usize,
    /// Simulated futures.
    pub trials: usize,
    /// True if everything that was asked for was done.
    pub complete: bool,
    /// The reason if not.
    pub reason: Option<String>,
    /// The scenarios, in the order of the batch.
    pub scenarios: Vec<ScenarioLine>,
    /// Number of scenarios that have an option.
    pub answered: usize,
    /// Projects that the first option of each of those funds.
    pub in_all: Vec<CountedProject>,
    /// Projects that some of them fund, the most often funded first.
    pub in_some: Vec<CountedProject>,
    /// Projects that none of them funds.
    pub in_none: Vec<CountedProject>,
}

/// A scenario and its first option.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioLine {
    /// Its name.
    pub scenario: String,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: String,
    /// Its goal: `maximise npv`.
    pub goal: String,
    /// Number of its options.
    pub options: usize,
    /// The option that is ranked first, if there is one.
    pub first: Option<SavedOption>,
    /// The reason if it is infeasible.
    pub conflict: Option<String>,
}

/// A project, and the number of scenarios of which the first option funds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountedProject {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// Number of scenarios.
    pub scenarios: usize,
}

/// The answer of a batch, from its tables.
///
/// # Errors
/// If a table is damaged.
pub fn batch_answer(results: &SavedResults) -> Result<BatchAnswer, FolderFault> {
    let mut first = results.first_options();
    let answered = first.len();
    let counted = counted_projects(results, &first)?;
    let with = |wanted: &dyn Fn(usize) -> bool| -> Vec<CountedProject> {
        counted.iter().filter(|one| wanted(one.scenarios)).cloned().collect()
    };
    let mut in_some = with(&|times| times > 0 && times < answered);
    in_some.sort_by_key(|one| std::cmp::Reverse(one.scenarios));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in results.options.rows() {
        *counts.entry(row.text("scenario")).or_default() += 1;
    }
    let run = &results.run;
    Ok(BatchAnswer {
        batch: run.batch.clone(),
        description: run.description.clone(),
        currency: run.currency.clone(),
        projects: counted.len(),
        trials: run.settings.trials,
        complete: run.complete,
        reason: run.reason.clone(),
        answered,
        in_all: with(&|times| answered > 0 && times == answered),
        in_none: with(&|times| times == 0),
        in_some,
        scenarios: (results.scenarios.rows())
            .map(|row| ScenarioLine {
                scenario: row.text("scenario").to_owned(),
                status: row.text("status").to_owned(),
                goal: row.text("goal").to_owned(),
                options: counts.get(row.text("scenario")).copied().unwrap_or_default(),
                first: first.remove(row.text("scenario")),
                conflict: run.conflict(row.text("scenario")).map(str::to_owned),
            })
            .collect(),
    })
}

/// All projects, with the number of scenarios of which the first option funds each.
fn counted_projects(
    results: &SavedResults,
    first: &BTreeMap<&str, SavedOption>,
) -> Result<Vec<CountedProject>, FolderFault> {
    let is_first =
        |scenario: &str, option: usize| first.get(scenario).is_some_and(|first| first.option == option);
    let funded = results.selections(is_first)?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for chosen in funded.values().flatten() {
        *times.entry(&chosen.project).or_default() += 1;
    }
    let counted = results.projects()?.into_iter().map(|(project, name)| {
        let scenarios = times.get(project.as_str()).copied().unwrap_or_default();
        CountedProject { project, name, scenarios }
    });
    Ok(counted.collect())
}

impl SavedResults {
    /// All projects of the portfolio with their names, in its order; a name is the id where there is no other.
    ///
    /// # Errors
    /// If business_cases.csv is damaged.
    pub fn projects(&self) -> Result<Vec<(String, String)>, FolderFault> {
        let scenario = self.scenario_names().next().unwrap_or_default();
        let needed = ["scenario", "project", "name"];
        let mut cases = self.read(CASES, &needed, |row| row.text("scenario") == scenario)?;
        if cases.is_empty() {
            // A scenario that was not run has none.
            cases = self.read(CASES, &needed, |_| true)?;
        }
        let first = cases.rows().next().map(|row| row.text("scenario").to_owned()).unwrap_or_default();
        let of_first = cases.rows().filter(|row| row.text("scenario") == first);
        let named = of_first.map(|row| {
            let id = row.text("project");
            let name = Some(row.text("name")).filter(|name| !name.is_empty()).unwrap_or(id);
            (id.to_owned(), name.to_owned())
        });
        Ok(named.collect())
    }
}
