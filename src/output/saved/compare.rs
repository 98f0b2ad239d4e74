//! Options side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::folder::{FolderFault, SavedResults};
use super::option::{Chosen, SavedOption};

/// An option as it is named on a command line: `budget cut:2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OptionName {
    /// The scenario.
    pub scenario: String,
    /// The number that names it in the tables; `None`: the option that is ranked first.
    pub option: Option<usize>,
}

impl OptionName {
    /// Reads a name. Scenarios may have colons in their names: the last one counts, where a number follows it and a scenario
    /// has the name before it. All else is the name of a scenario alone.
    pub fn read<'s>(text: &str, mut scenarios: impl Iterator<Item = &'s str>) -> Self {
        if let Some((scenario, number)) = text.rsplit_once(':')
            && let Ok(option) = number.trim().parse()
            && scenarios.any(|known| known == scenario)
        {
            return Self { scenario: scenario.to_owned(), option: Some(option) };
        }
        Self { scenario: text.to_owned(), option: None }
    }
}

/// Options side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The currency of all money, if it is told.
    pub currency: Option<String>,
    /// Simulated futures.
    pub trials: usize,
    /// The tail that the mean of the worst futures is taken over, as a share.
    pub tail: f64,
    /// The options, as they were asked for.
    pub options: Vec<ComparedOption>,
    /// Projects that not all of them fund alike, those of the first options first.
    pub differing: Vec<ProjectInOptions>,
    /// Projects that all of them fund, from the same period on and to the same share.
    pub common: Vec<Chosen>,
}

/// One of several options.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedOption {
    /// Its scenario.
    pub scenario: String,
    /// The goal of the scenario: `maximise npv`.
    pub goal: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: SavedOption,
}

/// A project, and how each of several options funds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectInOptions {
    /// Its id.
    pub project: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// Start and share in each option; `None` where it is out.
    pub options: Vec<Option<StartAndShare>>,
}

/// When a project starts, and to which share it is funded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StartAndShare {
    /// The period in which it starts.
    pub start: String,
    /// The share of it that is funded.
    pub fraction: f64,
}

/// Compares options. `Err(name)` inside tells the first of them that is not there.
///
/// # Errors
/// If a table is damaged.
pub fn compare(
    results: &SavedResults,
    names: &[OptionName],
) -> Result<Result<Comparison, OptionName>, FolderFault> {
    let mut options = Vec::new();
    for name in names {
        match found(results, name) {
            Some(option) => options.push(option),
            None => return Ok(Err(name.clone())),
        }
    }
    let key = |one: &ComparedOption| (one.scenario.clone(), one.figures.option);
    let wanted: BTreeSet<(String, usize)> = options.iter().map(key).collect();
    let selections =
        results.selections(|scenario, option| wanted.contains(&(scenario.to_owned(), option)))?;
    let selection_of = |one: &ComparedOption| selections.get(&key(one)).map_or(&[][..], Vec::as_slice);
    let (differing, common) = split(&options.iter().map(selection_of).collect::<Vec<_>>());
    let run = &results.run;
    Ok(Ok(Comparison {
        currency: run.currency.clone(),
        trials: run.settings.trials,
        tail: run.settings.tail,
        options,
        differing,
        common,
    }))
}

/// An option with its figures; `None` if there is none of the name.
pub(super) fn found(results: &SavedResults, name: &OptionName) -> Option<ComparedOption> {
    let row = results.scenarios.rows().find(|row| row.text("scenario") == name.scenario)?;
    let mut options = results.options_of(&name.scenario).into_iter();
    let figures = match name.option {
        None => options.next(),
        Some(number) => options.find(|option| option.option == number),
    }?;
    Some(ComparedOption { scenario: name.scenario.clone(), goal: row.text("goal").to_owned(), figures })
}

/// Parts the projects of some selections into those that differ between them, and the others.
fn split(selections: &[&[Chosen]]) -> (Vec<ProjectInOptions>, Vec<Chosen>) {
    let by_id: Vec<BTreeMap<&str, &Chosen>> = (selections.iter())
        .map(|chosen| chosen.iter().map(|one| (one.project.as_str(), one)).collect())
        .collect();
    let (mut differing, mut common, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for chosen in selections.iter().copied().flatten() {
        if !seen.insert(&chosen.project) {
            continue;
        }
        let in_option = |all: &BTreeMap<&str, &Chosen>| {
            let one = all.get(chosen.project.as_str())?;
            Some(StartAndShare { start: one.start.clone(), fraction: one.fraction })
        };
        let options: Vec<Option<StartAndShare>> = by_id.iter().map(in_option).collect();
        if options.iter().all(|one| one.is_some() && *one == options[0]) {
            common.push(chosen.clone());
        } else {
            let (project, name) = (chosen.project.clone(), chosen.name.clone());
            differing.push(ProjectInOptions { project, name, options });
        }
    }
    (differing, common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_colon_counts_where_a_scenario_has_the_name_before_it() {
        let scenarios = ["base", "budget: 90 %", "a", "a:1"];
        let read = |text: &str| {
            let name = OptionName::read(text, scenarios.into_iter());
            (name.scenario, name.option)
        };
        assert_eq!(read("base"), ("base".to_owned(), None));
        assert_eq!(read("base:2"), ("base".to_owned(), Some(2)));
        assert_eq!(read("budget: 90 %"), ("budget: 90 %".to_owned(), None));
        assert_eq!(read("budget: 90 %:3"), ("budget: 90 %".to_owned(), Some(3)));
        assert_eq!(read("a:1"), ("a".to_owned(), Some(1)), "the last colon counts");
        assert_eq!(read("a:1:1"), ("a:1".to_owned(), Some(1)));
        assert_eq!(read("bse:2"), ("bse:2".to_owned(), None));
        assert_eq!(read("base:two"), ("base:two".to_owned(), None));
    }

    #[test]
    fn projects_that_differ_are_told_apart_from_those_that_all_fund() {
        let chosen = |project: &str, start: &str| Chosen {
            project: project.to_owned(),
            name: format!("Project {project}"),
            start: start.to_owned(),
            fraction: 1.0,
        };
        let first = [chosen("A", "2027"), chosen("B", "2027"), chosen("C", "2027")];
        let second = [chosen("A", "2027"), chosen("B", "2028"), chosen("D", "2027")];
        let (differing, common) = split(&[&first, &second]);
        let ids: Vec<&str> = differing.iter().map(|one| one.project.as_str()).collect();
        assert_eq!((ids, common.len()), (vec!["B", "C", "D"], 1));
        assert_eq!(differing[2].options[0], None);
    }
}
