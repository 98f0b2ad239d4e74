//! A table of a portfolio as a file that a command writes.

use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::process::whole_file::check_free;

/// The file to write a table into: in a portfolio folder, or of the name that is given.
///
/// # Errors
/// If it is a workbook, or stands there already and is not to be replaced.
pub fn target(output: Option<&Path>, table: &str, replaces: bool) -> Result<PathBuf, CliError> {
    let path = match output {
        None => PathBuf::from(format!("{table}.csv")),
        Some(folder) if folder.is_dir() => folder.join(format!("{table}.csv")),
        Some(file) => file.to_owned(),
    };
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) {
        let problem = format!("is a workbook: write a CSV file, and copy its rows into the sheet {table}");
        return Err(CliError::Usage(format!("`{}` {problem}", path.display())));
    }
    check_free(&path, replaces)?;
    Ok(path)
}
