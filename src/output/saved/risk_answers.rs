//! What is told beside the risk of a scenario's options: the best selections of some futures, and the disappointment that is
//! to be expected.

use serde::Serialize;

use crate::output::results::Row;
use crate::output::summary::Figure;

use super::folder::{FolderFault, SavedResults};
use super::option::option_of;

/// The best selections in some futures, beside the decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FuturesAnswer {
    /// Number of futures.
    pub futures: usize,
    /// Of them, those in which no selection keeps the limits.
    pub infeasible: usize,
    /// Of them, those whose search met a limit.
    pub unfinished: usize,
    /// Of them, those in which the best selection is compared with option 1.
    pub compared: usize,
    /// What it would be worth to know the future before projects are chosen.
    pub perfect_information: Figure,
    /// Numbers of projects that are in the best selection of all futures, of most, of few and of none.
    pub projects: [usize; 4],
    /// Projects about which most futures decide otherwise, those of the most futures first.
    pub otherwise: Vec<ProjectInFutures>,
}

/// A project in the futures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectInFutures {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// True if it is in the option that is ranked first.
    pub is_in: bool,
    /// The part of the futures whose best selection holds it.
    pub frequency: f64,
}

/// What option 1 loses on average because favourable estimates are chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShrinkageAnswer {
    /// The option that is told of: the first by rank.
    pub option: usize,
    /// Its net present value with benefits as expected.
    pub npv_shrunk: f64,
    /// By how much less that is than planned.
    pub expected_disappointment: f64,
    /// The option that is worth most with benefits as expected.
    pub best: usize,
    /// Number of its projects that stay as planned.
    pub as_planned: usize,
}

/// The futures of a scenario; `None` where none were solved.
pub(super) fn futures(results: &SavedResults, scenario: &str) -> Result<Option<FuturesAnswer>, FolderFault> {
    let is_own = |row: Row<'_>| row.text("scenario") == scenario;
    let needed = ["scenario", "futures", "infeasible", "unfinished", "compared", "perfect_information"];
    let told = results.read("perfect_information.csv", &needed, is_own)?;
    let Some(row) = told.rows().next() else { return Ok(None) };
    let needed = ["scenario", "project", "decision", "name", "frequency_over_trials"];
    let decisions = results.read("decisions.csv", &needed, is_own)?;
    let (mut projects, mut otherwise) = ([0; 4], Vec::new());
    for row in decisions.rows() {
        let Some(frequency) = row.number("frequency_over_trials") else { continue };
        let place = match frequency {
            share if share >= 1.0 => 0,
            share if share >= 0.5 => 1,
            share if share > 0.0 => 2,
            _ => 3,
        };
        projects[place] += 1;
        let (is_in, project) = (row.text("decision") == "in", row.text("project"));
        if is_in != (frequency >= 0.5) {
            let name = Some(row.text("name")).filter(|name| !name.is_empty()).unwrap_or(project);
            let (project, name) = (project.to_owned(), name.to_owned());
            otherwise.push(ProjectInFutures { project, name, is_in, frequency });
        }
    }
    let surprise = |one: &ProjectInFutures| if one.is_in { 1.0 - one.frequency } else { one.frequency };
    otherwise.sort_by(|one, other| {
        surprise(other).total_cmp(&surprise(one)).then_with(|| one.project.cmp(&other.project))
    });
    let count = |column: &str| row.text(column).parse().unwrap_or_default();
    Ok(Some(FuturesAnswer {
        futures: count("futures"),
        infeasible: count("infeasible"),
        unfinished: count("unfinished"),
        compared: count("compared"),
        perfect_information: Figure {
            value: row.number("perfect_information"),
            error: row.number("perfect_information_se"),
        },
        projects,
        otherwise,
    }))
}

/// The disappointment of an option of a scenario; `None` where no prior was given.
pub(super) fn shrinkage(
    results: &SavedResults,
    (scenario, option): (&str, usize),
) -> Result<Option<ShrinkageAnswer>, FolderFault> {
    let options = || results.options.rows().filter(|row| row.text("scenario") == scenario);
    let Some(row) = options().find(|row| option_of(*row) == Some(option)) else { return Ok(None) };
    let told = row.number("npv_shrunk").zip(row.number("expected_disappointment"));
    let Some((npv_shrunk, expected_disappointment)) = told else { return Ok(None) };
    let of_number = |row: Row<'_>| Some((option_of(row)?, row.number("npv_shrunk")?));
    let best = options().filter_map(of_number).reduce(|best, one| if one.1 > best.1 { one } else { best });
    let needed = ["scenario", "option", "project", "weight"];
    let own = results.read("shrinkage.csv", &needed, |row| {
        row.text("scenario") == scenario && option_of(row) == Some(option)
    })?;
    Ok(Some(ShrinkageAnswer {
        option,
        npv_shrunk,
        expected_disappointment,
        best: best.map_or(option, |(number, _)| number),
        as_planned: own.rows().filter(|row| row.number("weight").is_none()).count(),
    }))
}
