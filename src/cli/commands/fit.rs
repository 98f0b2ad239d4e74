//! `cutline fit`: a history of past cases as reference_classes.csv, with how each class came out.

use std::borrow::Cow;

use crate::import::{History, HistoryColumns, in_utf_8, read_history};
use crate::input::{ListForm, is_workbook, read_list};

use super::import::{name_of, read_bytes, refused};
use super::table_file;
use crate::cli::args::FitArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::process::whole_file::write_whole;
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::history as terminal;

/// The table.
const REFERENCE_CLASSES: &str = "reference_classes";

/// Reads a history, writes the table, and tells the fit.
pub fn execute(arguments: &FitArguments) -> Result<Finish, CliError> {
    let target = arguments
        .output
        .as_deref()
        .map(|output| table_file::target(Some(output), REFERENCE_CLASSES, arguments.force));
    let target = target.transpose()?;
    let history = history_of(arguments)?;
    let table = history.table();
    if let Some(path) = &target {
        write_whole(path, table.as_bytes())?;
    }
    if arguments.json {
        let text =
            serde_json::to_string_pretty(&history).map_err(|cause| CliError::Internal(cause.to_string()))?;
        print(&text)?;
    } else if target.is_none() {
        print(table.trim_end())?;
    }
    note(&terminal::text(&history));
    if let Some(path) = &target {
        let cases = history.cases();
        note(&format!("Wrote `{}`: {cases} cases of {} classes.", path.display(), history.classes.len()));
    }
    Ok(Finish::Done)
}

fn history_of(arguments: &FitArguments) -> Result<History, CliError> {
    let bytes = read_bytes(&arguments.file)?;
    let name = name_of(&arguments.file);
    let text = if is_workbook(&name) { Cow::Borrowed(&bytes[..]) } else { in_utf_8(&bytes) };
    if matches!(text, Cow::Owned(_)) {
        note(&format!("note: {name} is not UTF-8 and is read as Windows-1252; check names of classes"));
    }
    let form = ListForm { sheet: arguments.sheet.as_deref(), separator: None };
    let list = read_list(&name, &text, form).map_err(|fault| refused(*fault))?;
    let columns = HistoryColumns {
        actual: &arguments.actual,
        plan: &arguments.plan,
        by: arguments.by.as_deref(),
        case: arguments.case.as_deref(),
        decimal: arguments.decimal.as_deref().and_then(|mark| mark.chars().next()),
        without_zeros: arguments.without_zeros,
    };
    read_history(&list, &columns).map_err(CliError::Input)
}
