//! `cutline template`: an input to fill in, or a portfolio as a workbook.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::input;
use crate::template::{batch_file, batch_sheets, csv_text, guide, new_tables, tables_of, workbook};

use crate::cli::args::TemplateArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::note;

/// The name of a new template without a name of its own.
const NAME: &str = "template";

/// Writes a template.
pub fn execute(arguments: &TemplateArguments) -> Result<Finish, CliError> {
    if let Some(folder) = &arguments.from {
        return from_folder(folder, arguments.out.clone());
    }
    let named = arguments.out.as_deref();
    if arguments.xlsx || named.is_some_and(is_workbook) {
        let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from(format!("{NAME}.xlsx")));
        let sheets: Vec<_> = new_tables().into_iter().chain(batch_sheets()).collect();
        let bytes = workbook(&sheets).map_err(|error| CliError::Internal(error.to_string()))?;
        write_file(&out, &bytes)?;
        note(&format!("Wrote `{}`: fill in its sheets; those that you do not need may go.", out.display()));
        return Ok(Finish::Done);
    }
    new_folder(&arguments.out.clone().unwrap_or_else(|| PathBuf::from(NAME)))
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

/// Writes the tables of a portfolio folder as a workbook.
fn from_folder(folder: &Path, out: Option<PathBuf>) -> Result<Finish, CliError> {
    if folder.is_file() {
        let problem =
            format!("`{}` is a file: --from takes the folder of a portfolio's CSV tables", folder.display());
        return Err(CliError::Usage(problem));
    }
    let loaded = input::load_portfolio(folder).map_err(CliError::Input)?;
    let sheets = tables_of(&loaded.files);
    let bytes = workbook(&sheets).map_err(|error| CliError::Usage(error.to_string()))?;
    let name = fs::canonicalize(folder).ok().and_then(|path| path.file_name().map(PathBuf::from));
    let out = out.unwrap_or_else(|| name.unwrap_or_else(|| PathBuf::from(NAME)).with_added_extension("xlsx"));
    write_file(&out, &bytes)?;
    note(&format!("Wrote `{}`: {} tables of `{}`.", out.display(), sheets.len(), folder.display()));
    Ok(Finish::Done)
}

/// Writes CSV tables, a batch file and a guide into a new folder.
fn new_folder(folder: &Path) -> Result<Finish, CliError> {
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.symlink_metadata().is_ok() && !is_empty {
        return Err(taken(folder));
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| CliError::File { path, cause }
    };
    // Tables without worked rows are in the guide.
    let sheets: Vec<_> = new_tables().into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
    let mut files: Vec<(String, String)> =
        sheets.iter().map(|sheet| (format!("{}.csv", sheet.name), csv_text(sheet))).collect();
    files.push(("batch.toml".to_owned(), batch_file()));
    files.push(("README.md".to_owned(), guide(&new_tables())));
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, text) in &files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(failed(&path))?;
    }
    let batch = folder.join("batch.toml");
    note(&format!("Wrote `{}`; run it with: cutline run {}", folder.display(), batch.display()));
    Ok(Finish::Done)
}

fn taken(path: &Path) -> CliError {
    CliError::Usage(format!(
        "`{}` stands there already; nothing was written: name another with --out",
        path.display()
    ))
}

/// Writes a new file, whole or not at all.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    if path.symlink_metadata().is_ok() {
        return Err(taken(path));
    }
    let failed = |cause| CliError::File { path: path.to_owned(), cause };
    let mut file = fs::File::create_new(path).map_err(failed)?;
    file.write_all(bytes).map_err(|cause| {
        let _ = fs::remove_file(path);
        failed(cause)
    })
}
