//! `cutline completions`: completions of the command line for a shell.

use clap::CommandFactory;
use clap_complete::generate;

use crate::cli::args::{Arguments, CompletionsArguments};
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::print;

/// Prints the completions for a shell.
pub fn execute(arguments: &CompletionsArguments) -> Result<Finish, CliError> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name, &mut script);
    let script = String::from_utf8(script).map_err(|cause| CliError::Internal(cause.to_string()))?;
    print(script.trim_end())?;
    Ok(Finish::Done)
}
