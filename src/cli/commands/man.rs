//! `cutline man`: manual pages, made from the same texts as `--help`.

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::cli::args::{Arguments, ManArguments};
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::{note, print};
use crate::diagnostic::suggest_or;

/// The section of the manual for commands.
const SECTION: &str = "1";

/// Prints a page, or writes all of them into a folder.
pub fn execute(arguments: &ManArguments) -> Result<Finish, CliError> {
    let mut root = Arguments::command();
    root.build();
    if let Some(folder) = &arguments.out {
        return write_all(&root, folder);
    }
    let command = arguments.command.iter().try_fold(&root, |command, name| subcommand(command, name))?;
    print(page(command)?.trim_end())?;
    Ok(Finish::Done)
}

/// A command below another, by its name.
fn subcommand<'c>(command: &'c Command, name: &str) -> Result<&'c Command, CliError> {
    command.find_subcommand(name).ok_or_else(|| {
        let known: Vec<&str> = shown(command).map(Command::get_name).collect();
        let otherwise = || match known.as_slice() {
            [] => "it has none".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        let hint = suggest_or(name, known.iter().copied(), otherwise);
        CliError::Usage(format!("`{}` has no command `{name}`: {hint}", command.get_name()))
    })
}

/// The commands below another that people should know of.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help")
}

/// The page of a command.
fn page(command: &Command) -> Result<String, CliError> {
    let mut page = Vec::new();
    let man = Man::new(command.clone()).section(SECTION).manual("Cutline");
    man.render(&mut page).map_err(|cause| CliError::Internal(cause.to_string()))?;
    String::from_utf8(page).map_err(|cause| CliError::Internal(cause.to_string()))
}

/// Writes the pages of a command and of all below it.
fn write_all(root: &Command, folder: &Path) -> Result<Finish, CliError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| CliError::File { path, cause }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let (mut open, mut count) = (vec![root], 0);
    while let Some(command) = open.pop() {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.{SECTION}"));
        fs::write(&path, page(command)?).map_err(failed(&path))?;
        count += 1;
        open.extend(shown(command));
    }
    note(&format!("Wrote {count} pages to `{}`.", folder.display()));
    Ok(Finish::Done)
}
