//! `cutline compare` and `cutline diff`: options side by side, and two rounds.

use crate::output::saved::{OptionName, SavedResults, compare, rounds};

use super::saved::{no_option, note_changed};
use super::show::told;
use crate::cli::args::{CompareArguments, DiffArguments};
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::shown;

/// Puts options side by side.
pub fn options(arguments: &CompareArguments) -> Result<Finish, CliError> {
    let results = SavedResults::open(&arguments.out)?;
    let read = |text: &String| OptionName::read(text, results.scenario_names());
    let names: Vec<OptionName> = arguments.options.iter().map(read).collect();
    let comparison = compare(&results, &names)?.map_err(|name| no_option(&results, &name))?;
    let form = &arguments.form;
    told(form.json, &comparison, || shown::compared::text(&comparison, form.full))?;
    note_changed(&results);
    Ok(Finish::Done)
}

/// Tells what parts two rounds.
pub fn diff(arguments: &DiffArguments) -> Result<Finish, CliError> {
    let before = SavedResults::open(&arguments.before)?;
    let after = SavedResults::open(&arguments.after)?;
    let rounds = rounds(&before, &after)?;
    let form = &arguments.form;
    told(form.json, &rounds, || shown::rounds::text(&rounds, form.full))?;
    note_changed(&before);
    note_changed(&after);
    Ok(Finish::Done)
}
