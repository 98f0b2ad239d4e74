//! The command line. Data goes to stdout, everything else to stderr.

mod args;
mod commands;
mod error;
mod options;
mod process;
mod terminal;

pub use args::Arguments;
pub use error::{CliError, Finish};

use args::Command;
use commands::{
    adopt, check, compare, completions, diff, example, fit, import, man, model, run, schema, shard, show,
    spread, template, validate,
};
#[cfg(feature = "serve")]
use commands::{remote, serve};

/// Executes a command line.
///
/// # Errors
/// The reason why it cannot be done; [`CliError::report`] prints it.
pub fn execute(arguments: &Arguments) -> Result<Finish, CliError> {
    match &arguments.command {
        Command::Run(arguments) => match arguments.spread.executor {
            None => run::execute(&arguments.batch, &arguments.options, run::Stays::Yes),
            Some(executor) => spread::execute(executor, arguments),
        },
        Command::Validate(arguments) => validate::execute(arguments),
        Command::Show(arguments) => show::execute(arguments),
        Command::Compare(arguments) => compare::options(arguments),
        Command::Diff(arguments) => diff::execute(arguments),
        Command::Adopt(arguments) => adopt::execute(arguments),
        Command::Check(arguments) => check::execute(arguments),
        Command::Model(arguments) => model::execute(arguments),
        Command::Example(command) => example::execute(command),
        Command::Shard(command) => shard::execute(command),
        Command::Schema(arguments) => schema::execute(arguments),
        Command::Template(arguments) => template::execute(arguments),
        Command::Completions(arguments) => completions::execute(arguments),
        Command::Man(arguments) => man::execute(arguments),
        Command::Import(arguments) => import::execute(arguments),
        Command::Fit(arguments) => fit::execute(arguments),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::serve(arguments),
        #[cfg(feature = "serve")]
        Command::ExamineSubmission(arguments) => serve::examine(arguments),
        #[cfg(feature = "serve")]
        Command::MakeFile(arguments) => serve::make_file(arguments),
        #[cfg(feature = "serve")]
        Command::Token(command) => serve::token(command),
        #[cfg(feature = "serve")]
        Command::Backup(command) => serve::backup_command(command),
        #[cfg(feature = "serve")]
        Command::Submit(arguments) => remote::submit(arguments),
        #[cfg(feature = "serve")]
        Command::Status(arguments) => remote::status(arguments),
        #[cfg(feature = "serve")]
        Command::Fetch(arguments) => remote::fetch(arguments),
        #[cfg(feature = "serve")]
        Command::Cancel(arguments) => remote::cancel(arguments),
    }
}
