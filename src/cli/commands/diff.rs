//! `cutline diff`: what parts two rounds, and why.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::control;
use crate::output::saved::{Rounds, SavedResults, rounds};
use crate::output::{ChangeReason, rounds_workbook};
use crate::progress::CancelToken;
use crate::replay::{Flip, Move, Replay, RoundInput, replay};

use super::check::changed_inputs;
use super::saved::note_changed;
use super::show::told;
use crate::cli::args::DiffArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::process::whole_file::{check_free, write_whole};
use crate::cli::terminal::console::note;
use crate::cli::terminal::shown;

/// What parts two rounds, and why if that is asked.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    rounds: &'a Rounds,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a Replay>,
}

/// Tells what parts two rounds.
pub fn execute(arguments: &DiffArguments) -> Result<Finish, CliError> {
    if let Some(path) = &arguments.output {
        check_workbook(path)?;
        check_free(path, arguments.force)?;
    }
    let before = SavedResults::open(&arguments.before)?;
    let after = SavedResults::open(&arguments.after)?;
    let rounds = rounds(&before, &after)?;
    let why = match &arguments.explain {
        Some(files) => Some(why(files, [&before, &after], &rounds)?),
        None => None,
    };
    if let Some(path) = &arguments.output {
        let reasons = why.as_ref().map(reasons);
        let bytes = rounds_workbook(&rounds, reasons.as_deref()).map_err(CliError::Write)?;
        write_whole(path, &bytes)?;
        note(&format!("Wrote `{}`.", path.display()));
    }
    let form = &arguments.form;
    told(form.json, &Told { rounds: &rounds, why: why.as_ref() }, || {
        let mut text = shown::rounds::text(&rounds, form.full);
        if let Some(why) = &why {
            text.push('\n');
            text.push_str(&shown::why::text(why, form.full));
        }
        text
    })?;
    note_changed(&before);
    note_changed(&after);
    Ok(Finish::Done)
}

fn check_workbook(path: &Path) -> Result<(), CliError> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) {
        return Ok(());
    }
    let problem = "is no name of a workbook; nothing was written: name a file that ends in .xlsx";
    Err(CliError::Usage(format!("`{}` {problem}", path.display())))
}

/// The change of the input to which each change of a project is put down, in words.
fn reasons(why: &Replay) -> Vec<ChangeReason> {
    let step = |(change, group): &(Move, String)| format!("{} with {group}", change.word());
    let reason = |scenario: &str, flip: &Flip| ChangeReason {
        scenario: scenario.to_owned(),
        project: flip.project.clone(),
        because: flip.steps.iter().map(step).collect::<Vec<_>>().join(", then "),
    };
    let scenarios = why.scenarios.iter();
    scenarios.flat_map(|own| own.projects.iter().map(|flip| reason(&own.scenario, flip))).collect()
}

/// Replays the changes of the input, in scenarios of which option 1 has other projects.
fn why(files: &[PathBuf], results: [&SavedResults; 2], rounds: &Rounds) -> Result<Replay, CliError> {
    let inputs = match files {
        [] => results.map(|one| recorded(one).and_then(|file| read(&file, Some(one)))),
        [before, after] => [read(before, None), read(after, None)],
        _ => {
            let problem = "--explain takes both batch files, before and after, or none of them".to_owned();
            return Err(CliError::Usage(problem));
        }
    };
    let [before, after] = inputs;
    let changed = rounds.scenarios.iter().filter(|one| !one.projects.is_none());
    let pairs: Vec<(String, String)> = changed.map(|one| (one.before.clone(), one.after.clone())).collect();
    let cancel = CancelToken::new();
    stop_on_interrupt(&cancel, || note("Stopping."))?;
    replay(&before?, &after?, &pairs, &cancel)
        .map_err(|error| CliError::Usage(format!("the changes were not replayed: {error}")))
}

/// The batch file that results were made from.
fn recorded(results: &SavedResults) -> Result<PathBuf, CliError> {
    let file = results.run.former.as_ref().and_then(|former| former.batch_file.clone());
    let folder = results.folder().display();
    let problem = match file {
        Some(file) if file.is_file() => return Ok(file),
        Some(file) => format!("the batch file of `{folder}` is no longer at `{}`", file.display()),
        None => format!("run.json in `{folder}` does not say where the batch file is"),
    };
    Err(CliError::Usage(format!("{problem}: name both, as in --explain BEFORE.toml AFTER.toml")))
}

/// The input of a round. That of results must be as it was.
fn read(file: &Path, results: Option<&SavedResults>) -> Result<RoundInput, CliError> {
    let loaded = control::load_batch(file).map_err(CliError::Input)?;
    let former = results.and_then(|one| Some((one, one.run.former.as_ref()?)));
    if let Some((results, former)) = former {
        let changes = changed_inputs(&former.inputs, &loaded);
        if !changes.is_empty() {
            let folder = results.folder().display();
            let help = "name the input as it was, as in --explain BEFORE.toml AFTER.toml";
            let problem = format!("`{folder}` was not made from this input: {}", changes.join("; "));
            return Err(CliError::Usage(format!("{problem}: {help}")));
        }
    }
    RoundInput::of(&loaded)
        .ok_or_else(|| CliError::Internal(format!("`{}` cannot be taken apart", file.display())))
}
