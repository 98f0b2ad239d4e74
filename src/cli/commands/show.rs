//! `cutline show`: says the answer of a run again, from its folder of results.

use serde::Serialize;

use crate::output::saved::{SavedResults, batch_answer, project_answer, scenario_answer};

use super::saved::{is_project, known_scenario, note_changed, unknown_scenario};
use crate::cli::args::ShowArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::print;
use crate::cli::terminal::paint::for_stdout;
use crate::cli::terminal::shown::{batch, project, scenario};

/// Shows a batch, a scenario of it, or a project.
pub fn execute(arguments: &ShowArguments) -> Result<Finish, CliError> {
    let results = SavedResults::open(&arguments.out)?;
    let only = arguments.scenario.as_deref();
    only.map(|name| known_scenario(&results, name)).transpose()?;
    let one = &arguments.form;
    match (&arguments.project, only) {
        (Some(name), only) => {
            let (id, name) = is_project(&results, name)?;
            let answer = project_answer(&results, (&id, &name), only)?;
            told(one.json, &answer, || project::text(&answer, one.full))?;
        }
        (None, Some(name)) => {
            let answer = scenario_answer(&results, name)?.ok_or_else(|| unknown_scenario(&results, name))?;
            told(one.json, &answer, || scenario::text(&answer, one.full))?;
        }
        (None, None) => {
            let answer = batch_answer(&results)?;
            told(one.json, &answer, || batch::text(&answer, one.full))?;
        }
    }
    note_changed(&results);
    Ok(Finish::Done)
}

/// Prints an answer for programs or for people.
pub(super) fn told(json: bool, answer: &impl Serialize, text: impl Fn() -> String) -> Result<(), CliError> {
    if json {
        let text = serde_json::to_string_pretty(answer);
        print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
    } else {
        print(&for_stdout(&text()))?;
    }
    Ok(())
}
