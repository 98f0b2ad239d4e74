//! `cutline adopt`: writes an option as the current plan of the next round.

use std::path::Path;

use crate::output::saved::{AdoptedPlan, Chosen, OptionName, SavedResults, adopted_plan};

use super::saved::{no_option, note_changed};
use super::table_file;
use crate::cli::args::AdoptArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::process::whole_file::write_whole;
use crate::cli::terminal::console::note;
use crate::cli::terminal::grid::{in_list, list};

/// The table.
const CURRENT_PLAN: &str = "current_plan";

/// Writes the table.
pub fn execute(arguments: &AdoptArguments) -> Result<Finish, CliError> {
    let path = table_file::target(arguments.output.as_deref(), CURRENT_PLAN, arguments.force)?;
    let results = SavedResults::open(&arguments.out)?;
    let name = OptionName::read(&arguments.option, results.scenario_names());
    let plan = adopted_plan(&results, &name)?.ok_or_else(|| no_option(&results, &name))?;
    write_whole(&path, plan.text.as_bytes())?;
    say(&plan, &path);
    note_changed(&results);
    Ok(Finish::Done)
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
