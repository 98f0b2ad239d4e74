//! `cutline compare`: options side by side.

use crate::output::saved::{OptionName, SavedResults, compare};

use super::saved::{no_option, note_changed};
use super::show::told;
use crate::cli::args::CompareArguments;
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
