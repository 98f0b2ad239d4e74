//! Names on the command line of commands that read results again.

use crate::diagnostic::{list, suggest_or};
use crate::output::id_and_name;
use crate::output::saved::{OptionName, SavedResults};

use crate::cli::error::CliError;
use crate::cli::terminal::console::note;

/// Names in an advice, at most; more would hide the message.
const NAMED: usize = 12;

/// Checks that the batch has a scenario of this name.
pub fn known_scenario(results: &SavedResults, name: &str) -> Result<(), CliError> {
    match results.scenario_names().any(|known| known == name) {
        true => Ok(()),
        false => Err(unknown_scenario(results, name)),
    }
}

/// The fault of a name that no scenario has.
pub fn unknown_scenario(results: &SavedResults, name: &str) -> CliError {
    let names = results.scenario_names();
    let otherwise = || match names.clone().count() {
        count if count > NAMED => format!("there are {count}: `cutline show DIR --full` lists them"),
        _ => format!("there are {}", list(names.clone())),
    };
    let hint = suggest_or(name, names.clone(), otherwise);
    CliError::Usage(format!("`{}` has no scenario `{name}`: {hint}", results.folder().display()))
}

/// Id and name of a project that is told by either.
pub fn is_project(results: &SavedResults, wanted: &str) -> Result<(String, String), CliError> {
    let projects = results.projects()?;
    let by_id = projects.iter().find(|(id, _)| id == wanted);
    let of_name: Vec<&(String, String)> = projects.iter().filter(|(_, name)| name == wanted).collect();
    match (by_id, of_name.as_slice()) {
        (Some(project), _) => Ok(project.clone()),
        (None, [project]) => Ok((*project).clone()),
        (None, [_, _, ..]) => {
            let ids = list(of_name.iter().map(|(id, _)| id.as_str()));
            Err(CliError::Usage(format!(
                "several projects are called `{wanted}`: name one by its id ({ids})"
            )))
        }
        (None, []) => {
            let known = projects.iter().flat_map(|(id, name)| [id.as_str(), name.as_str()]);
            let otherwise = || {
                let near = with_words(&projects, wanted);
                let count = projects.len();
                if near.is_empty() {
                    format!("there are {count} projects: name one by its id or its name")
                } else {
                    format!("these have it in their names: {}", near.join(", "))
                }
            };
            let hint = suggest_or(wanted, known, otherwise);
            let folder = results.folder().display();
            Err(CliError::Usage(format!("`{folder}` has no project `{wanted}`: {hint}")))
        }
    }
}

/// The projects in whose names some words stand, the first few by id and name.
fn with_words(projects: &[(String, String)], words: &str) -> Vec<String> {
    const TOLD: usize = 6;
    let words = words.to_lowercase();
    let has_them = |(_, name): &&(String, String)| !words.is_empty() && name.to_lowercase().contains(&words);
    let mut near: Vec<String> =
        projects.iter().filter(has_them).map(|(id, name)| id_and_name(id, name)).take(TOLD + 1).collect();
    if near.len() > TOLD {
        near[TOLD] = "and others".to_owned();
    }
    near
}

/// The fault of an option that is not there.
pub fn no_option(results: &SavedResults, name: &OptionName) -> CliError {
    if !results.scenario_names().any(|known| known == name.scenario) {
        // The text may have been meant as scenario and number.
        let scenario = match name.scenario.rsplit_once(':') {
            Some((scenario, number)) if number.parse::<usize>().is_ok() => scenario,
            _ => &name.scenario,
        };
        return unknown_scenario(results, scenario);
    }
    let options = results.options_of(&name.scenario);
    let mut numbers: Vec<usize> = options.iter().map(|option| option.option).collect();
    numbers.sort_unstable();
    let there = match (numbers.first(), numbers.last()) {
        (Some(1), Some(last)) if *last == numbers.len() && *last > 1 => format!("it has 1 to {last}"),
        (Some(only), _) if numbers.len() == 1 => format!("it has {only} alone"),
        (Some(_), _) => {
            format!("it has {}", numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
        }
        (None, _) => "it has none".to_owned(),
    };
    let which = name.option.map_or_else(|| "no option".to_owned(), |number| format!("no option {number}"));
    CliError::Usage(format!("scenario `{}` has {which}: {there}", name.scenario))
}

/// Says which tables are not as the run wrote them.
pub fn note_changed(results: &SavedResults) {
    let changed = results.changed();
    if !changed.is_empty() {
        let are = if changed.len() == 1 { "is" } else { "are" };
        note(&format!(
            "note: {} in `{}` {are} not as the run wrote {}",
            changed.join(", "),
            results.folder().display(),
            if changed.len() == 1 { "it" } else { "them" }
        ));
    }
}
