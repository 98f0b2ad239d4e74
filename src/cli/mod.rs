//! The command line: one file per subcommand. Data goes to stdout, everything else to stderr.

mod args;
mod console;
mod error;
mod events;
mod example;
mod figures;
mod interrupt;
mod progress;
mod report;
mod run;
mod schema;
mod shard;
mod spread;
mod validate;

pub use args::Arguments;
pub use error::{CliError, Finish};

use args::Command;

/// Does what the command line asks for.
///
/// # Errors
/// Whatever keeps it from being done; [`CliError::report`] tells it to the user.
pub fn execute(arguments: &Arguments) -> Result<Finish, CliError> {
    match &arguments.command {
        Command::Run(arguments) => match arguments.spread.executor {
            None => run::execute(&arguments.batch, &arguments.options),
            Some(executor) => spread::execute(executor, arguments),
        },
        Command::Validate(arguments) => validate::execute(arguments),
        Command::Example(command) => example::execute(command),
        Command::Shard(command) => shard::execute(command),
        Command::Schema(arguments) => schema::execute(arguments),
    }
}
