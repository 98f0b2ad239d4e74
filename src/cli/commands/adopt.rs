//! `cutline adopt`: writes an option as the current plan of the next round.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::output::saved::{AdoptedPlan, Chosen, OptionName, SavedResults, adopted_plan};

use super::saved::{no_option, note_changed};
use crate::cli::args::AdoptArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::note;
use crate::cli::terminal::grid::{in_list, list};

/// The name of the table.
const CURRENT_PLAN: &str = "current_plan.csv";

/// Writes the table.
pub fn execute(arguments: &AdoptArguments) -> Result<Finish, CliError> {
    let path = target(arguments.output.as_deref())?;
    if path.symlink_metadata().is_ok() && !arguments.force {
        let problem = "stands there already; nothing was written: name another file with -o, or replace it with --force";
        return Err(CliError::Usage(format!("`{}` {problem}", path.display())));
    }
    let results = SavedResults::open(&arguments.out)?;
    let name = OptionName::read(&arguments.option, results.scenario_names());
    let plan = adopted_plan(&results, &name)?.ok_or_else(|| no_option(&results, &name))?;
    write(&path, plan.text.as_bytes())?;
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

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |cause| CliError::File { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    // Temporary files are for their owner alone; a table of a portfolio is for all who may read its folder.
    let permissions = fs::metadata(path).map(|former| former.permissions()).ok();
    file.persist(path).map_err(|error| failed(error.error))?;
    match permissions {
        Some(permissions) => fs::set_permissions(path, permissions).map_err(failed),
        None => open_to_readers(path).map_err(failed),
    }
}

#[cfg(unix)]
fn open_to_readers(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_readers(_path: &Path) -> std::io::Result<()> {
    Ok(())
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
