//! `cutline adopt`: writes an option as the current plan of the next round.

use std::path::{Path, PathBuf};

use crate::output::saved::{AdoptedPlan, Chosen, OptionName, SavedResults, adopted_plan};

use super::saved::{no_option, note_changed};
use crate::cli::args::AdoptArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::process::whole_file::{check_free, write_whole};
use crate::cli::terminal::console::note;
use crate::cli::terminal::grid::{in_list, list};

/// The name of the table.
const CURRENT_PLAN: &str = "current_plan.csv";

/// Writes the table.
pub fn execute(arguments: &AdoptArguments) -> Result<Finish, CliError> {
    let path = target(arguments.output.as_deref())?;
    check_free(&path, arguments.force)?;
    let results = SavedResults::open(&arguments.out)?;
    let name = OptionName::read(&arguments.option, results.scenario_names());
    let plan = adopted_plan(&results, &name)?.ok_or_else(|| no_option(&results, &name))?;
    write_whole(&path, plan.text.as_bytes())?;
    say(&plan, &path);
    note_changed(&results);
    Ok(Finish::Done)
}

/// The file to write: in a portfolio folder, or of the name that is given.
fn target(output: Option<&Path>) -> Result<PathBuf, CliError> {
    let Some(output) = output else { return Ok(PathBuf::from(CURRENT_PLAN)) };
    if output.is_dir() {
        return Ok(output.join(CURRENT_PLAN));
    }
    if output.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) {
        let problem = "is a workbook: write a CSV file, and copy its rows into the sheet current_plan";
        return Err(CliError::Usage(format!("`{}` {problem}", output.display())));
    }
    Ok(output.to_owned())
}

/// Says what was written, and what a current plan cannot tell.
fn say(plan: &AdoptedPlan, path: &Path) {
    let (scenario, option) = (&plan.option.scenario, plan.option.figures.option);
    let count = plan.projects.len();
    let projects = if count == 1 { "1 project".to_owned() } else { format!("{count} projects") };
    note(&format!("Wrote `{}`: {projects} of option {option} of `{scenario}`.", path.display()));
    let named =
        |all: &[Chosen]| -> Vec<String> { all.iter().map(|one| in_list(&one.project, &one.name)).collect() };
    let untold = [
        ("A current plan has whole projects; funded to a part here are", &plan.parts),
        ("A current plan does not say who pays; the option chooses the lines of", &plan.payers),
    ];
    for (words, projects) in untold.into_iter().filter(|(_, projects)| !projects.is_empty()) {
        note(&list(&format!("{words} {}:", projects.len()), &named(projects), false));
    }
}
