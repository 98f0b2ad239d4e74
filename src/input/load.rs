//! The ways in: from a path, or from bytes that someone else has read.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Batch, Portfolio};

use super::batch::{self, ReadBatch};
use super::control::{self, ControlColumns};
use super::doubts::Doubt;
use super::reader::files::{Files, InputFile, PathFault, read_file, read_folder};
use super::tables::portfolio::{self, ReadPortfolio};

/// A portfolio and its files.
#[derive(Clone, Debug)]
pub struct LoadedPortfolio {
    /// The portfolio.
    pub portfolio: Portfolio,
    /// Warnings: input that can be used but probably does not say what was meant.
    pub warnings: Diagnostics,
    /// Every file that was read, by name.
    pub files: Vec<InputFile>,
}

/// A batch with its portfolio, and their files.
#[derive(Clone, Debug)]
pub struct LoadedBatch {
    /// The portfolio that the batch names.
    pub portfolio: Portfolio,
    /// The batch, with every scenario resolved against the portfolio.
    pub batch: Batch,
    /// The columns to compare with measures, if the batch asks for any. They have not been compared yet.
    pub control: Option<ControlColumns>,
    /// Warnings: input that can be used but probably does not say what was meant.
    pub warnings: Diagnostics,
    /// Every file that was read: the batch file first, then the tables by name.
    pub files: Vec<InputFile>,
}

/// Reads a portfolio from a folder.
///
/// # Errors
/// Every fault of every table, together with the warnings.
pub fn load_portfolio(folder: &Path) -> Result<LoadedPortfolio, Diagnostics> {
    load_portfolio_with(folder, false)
}

/// Reads a portfolio from a folder. `sums_duplicates`: rows of costs, benefits and demands of one project and key are added up,
/// as a batch can ask for.
///
/// # Errors
/// Every fault of every table, together with the warnings.
pub fn load_portfolio_with(folder: &Path, sums_duplicates: bool) -> Result<LoadedPortfolio, Diagnostics> {
    match read_folder(folder) {
        Ok(files) => read_portfolio_with(&files, sums_duplicates),
        Err(fault) => Err(path_fault(SourceRef::file(folder.display().to_string()), fault)),
    }
}

/// Reads a portfolio from files in memory.
///
/// # Errors
/// Every fault of every table, together with the warnings.
pub fn read_portfolio(files: &Files) -> Result<LoadedPortfolio, Diagnostics> {
    read_portfolio_with(files, false)
}

fn read_portfolio_with(files: &Files, sums_duplicates: bool) -> Result<LoadedPortfolio, Diagnostics> {
    let mut found = Diagnostics::new();
    let ReadPortfolio { portfolio, doubts, .. } = portfolio::read(files, sums_duplicates, &mut found);
    found.extend(doubts.into_iter().map(Doubt::told));
    let found = in_order(found, None);
    match portfolio {
        Some(portfolio) if !found.has_faults() => {
            Ok(LoadedPortfolio { portfolio, warnings: found, files: tables_of(files) })
        }
        _ => Err(found),
    }
}

/// Reads a batch file and the portfolio that it names.
///
/// # Errors
/// Every fault of the batch file and of every table, together with the warnings.
pub fn load_batch(path: &Path) -> Result<LoadedBatch, Diagnostics> {
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
    let bytes =
        read_file(path).map_err(|fault| path_fault(SourceRef::file(path.display().to_string()), fault))?;
    let beside = path.parent().unwrap_or(Path::new(""));
    read_batch(&name, &bytes, |portfolio| read_folder(&beside.join(portfolio)))
}

/// Reads a batch from bytes. `portfolio` finds the files of the portfolio that the batch file names.
///
/// # Errors
/// Every fault of the batch file and of every table, together with the warnings.
pub fn read_batch(
    name: &str,
    bytes: &[u8],
    portfolio: impl FnOnce(&str) -> Result<Files, PathFault>,
) -> Result<LoadedBatch, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut files = Files::new();
    let (mut doubts, mut projects) = (Vec::new(), None);
    let read_portfolio = |path: &str, sums_duplicates: bool, found: &mut Diagnostics| {
        files = portfolio(path)?;
        let read = portfolio::read(&files, sums_duplicates, found);
        (doubts, projects) = (read.doubts, read.projects);
        Ok(read.portfolio)
    };
    let read = batch::read(name, bytes, read_portfolio, &mut found);
    let mut control = None;
    if let Some(ReadBatch { portfolio, batch, asked }) = &read {
        doubts.retain(|doubt| !doubt.is_settled_by(batch, portfolio));
        let asked = asked.as_ref().zip(projects.as_ref());
        control = asked.map(|(asked, table)| control::read(asked, table, portfolio, &mut found));
    }
    found.extend(doubts.into_iter().map(Doubt::told));
    let found = in_order(found, Some(name));
    match read {
        Some(ReadBatch { portfolio, batch, .. }) if !found.has_faults() => {
            let batch_file = InputFile { name: name.to_owned(), bytes: bytes.to_vec() };
            let files = [batch_file].into_iter().chain(tables_of(&files)).collect();
            Ok(LoadedBatch { portfolio, batch, control, warnings: found, files })
        }
        _ => Err(found),
    }
}

fn path_fault(source: SourceRef, fault: PathFault) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.push(Diagnostic::fault(source, fault.problem, fault.help));
    found
}

fn tables_of(files: &Files) -> Vec<InputFile> {
    files
        .iter()
        .filter(|(name, _)| super::reader::source::is_table(name))
        .map(|(name, bytes)| InputFile { name: name.clone(), bytes: bytes.clone() })
        .collect()
}

/// Sorts faults: the batch file first, then by file, row and column. Faults shared by several scenarios appear once,
/// and those of one kind in one line.
fn in_order(found: Diagnostics, batch_file: Option<&str>) -> Diagnostics {
    let mut entries: Vec<Diagnostic> = found.into_iter().collect();
    let is_table = |entry: &Diagnostic| batch_file.is_none_or(|file| entry.source.file != file);
    entries.sort_by(|left, right| (is_table(left), &left.source).cmp(&(is_table(right), &right.source)));
    let mut once: Vec<Diagnostic> = Vec::new();
    for entry in entries {
        let same_place = once.iter().rev().take_while(|other| other.source == entry.source);
        if !same_place.into_iter().any(|other| *other == entry) {
            once.push(entry);
        }
    }
    let mut ordered = Diagnostics::new();
    ordered.extend(once);
    ordered.grouped()
}
