//! The ways in: from a path, or from bytes that someone else has read.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Batch, Portfolio};

use super::batch::{self, BatchText, ReadBatch};
use super::control::{self, ControlColumns};
use super::doubts::Doubt;
use super::reader::addresses::Addresses;
use super::reader::books::Books;
use super::reader::files::{Files, InputFile, PathFault, SAVE_AS_XLSX, read_file, read_folder, workbooks};
use super::reader::workbook::{Workbook, is_other_workbook, is_workbook};
use super::schema::BATCH_SHEETS;
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
    /// Every file that was read: the batch file first, then the tables by name. A workbook that holds both is one file.
    pub files: Vec<InputFile>,
    /// The batch file; of a workbook, the batch file that says what its sheets say.
    pub text: String,
    /// Cells of the tables, where they are sheets of a workbook.
    pub(super) addresses: Addresses,
}

impl LoadedBatch {
    /// Faults and warnings that were found later by row and heading, as they are told of this input.
    pub fn told(&self, found: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().filter_map(|one| self.addresses.told(one)).collect()
    }
}

/// Reads a portfolio from a folder or a workbook.
///
/// # Errors
/// Every fault of every table, together with the warnings.
pub fn load_portfolio(folder: &Path) -> Result<LoadedPortfolio, Diagnostics> {
    load_portfolio_with(folder, false)
}

/// Reads a portfolio from a folder. `sums_duplicates`: rows of costs, benefits and demands of one project and key are
/// added up, as a batch can ask for.
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
    let read = portfolio::read(files, &Books::default(), sums_duplicates, &mut found);
    let ReadPortfolio { portfolio, doubts, addresses, .. } = read;
    found.extend(doubts.into_iter().filter_map(Doubt::told_alone));
    let found = in_order(found, None, &addresses);
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
    let refuse = |fault: PathFault| path_fault(SourceRef::file(path.display().to_string()), fault);
    if is_other_workbook(&name) && path.is_file() {
        let problem = "is a workbook of a kind that is not read".to_owned();
        return Err(refuse(PathFault { problem, help: SAVE_AS_XLSX.to_owned() }));
    }
    let bytes = read_file(path).map_err(refuse)?;
    let beside = path.parent().unwrap_or(Path::new(""));
    read_batch(&name, &bytes, |portfolio| read_folder(&beside.join(portfolio)))
}

/// True if a path is that of a workbook without a batch, which can only be a portfolio.
pub fn is_portfolio_alone(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let book = || read_file(path).ok().and_then(|bytes| Workbook::read(&name, &bytes).ok());
    is_workbook(&name) && book().is_some_and(|book| !batch::holds_batch(&book))
}

/// Reads a batch from bytes: a batch file, or a workbook by its name. `portfolio` finds the files of the portfolio that
/// the batch names, unless that is the workbook itself.
///
/// # Errors
/// Every fault of the batch file and of every table, together with the warnings.
pub fn read_batch(
    name: &str,
    bytes: &[u8],
    portfolio: impl FnOnce(&str) -> Result<Files, PathFault>,
) -> Result<LoadedBatch, Diagnostics> {
    read_batch_with(&Books::default(), name, bytes, portfolio)
}

/// The same by whoever looks into the workbooks of the input before or after.
///
/// # Errors
/// Every fault of the batch file and of every table, together with the warnings.
pub fn read_batch_with(
    books: &Books,
    name: &str,
    bytes: &[u8],
    portfolio: impl FnOnce(&str) -> Result<Files, PathFault>,
) -> Result<LoadedBatch, Diagnostics> {
    let mut found = Diagnostics::new();
    let Some(text) = text_of(books, name, bytes, &mut found) else {
        return Err(in_order(found, Some(name), &Addresses::default()));
    };
    let mut files = Files::new();
    let (mut doubts, mut projects, mut addresses) = (Vec::new(), None, Addresses::default());
    let read_portfolio = |path: &str, sums_duplicates: bool, found: &mut Diagnostics| {
        files = match is_workbook(name) && path == name {
            true => Files::from([(name.to_owned(), bytes.to_vec())]),
            false => portfolio(path)?,
        };
        let read = portfolio::read(&files, books, sums_duplicates, found);
        (doubts, projects, addresses) = (read.doubts, read.projects, read.addresses);
        Ok(read.portfolio)
    };
    let read = batch::read(name, &text, read_portfolio, &mut found);
    let mut control = None;
    if let Some(ReadBatch { portfolio, batch, asked }) = &read {
        doubts.retain(|doubt| !doubt.is_settled_by(batch, portfolio));
        let asked = asked.as_ref().zip(projects.as_ref());
        control = asked.map(|(asked, table)| control::read(asked, table, portfolio, &mut found));
    }
    found.extend(doubts.into_iter().map(Doubt::told));
    found.extend(unread_sheets(books, name, bytes, &files));
    let found = in_order(found, Some(name), &addresses);
    match read {
        Some(ReadBatch { portfolio, batch, .. }) if !found.has_faults() => {
            let batch_file = InputFile { name: name.to_owned(), bytes: bytes.to_vec() };
            let tables = tables_of(&files).into_iter().filter(|file| *file != batch_file);
            let files = [batch_file.clone()].into_iter().chain(tables).collect();
            Ok(LoadedBatch { portfolio, batch, control, warnings: found, files, text: text.text, addresses })
        }
        _ => Err(found),
    }
}

/// The text of a batch. `None` if there is none; the reason is in `found`.
fn text_of(books: &Books, name: &str, bytes: &[u8], found: &mut Diagnostics) -> Option<BatchText> {
    if is_workbook(name) {
        let book = books.read(name, bytes).map_err(|fault| found.push(*fault)).ok()?;
        return BatchText::of_book(&book, found);
    }
    BatchText::of_file(name, bytes).map_err(|fault| found.push(*fault)).ok()
}

/// Sheets that hold a part of the input which is taken from elsewhere: a batch beside a batch file, or tables beside
/// those of another portfolio.
fn unread_sheets(books: &Books, name: &str, bytes: &[u8], files: &Files) -> Vec<Diagnostic> {
    let told = |book: &Workbook, names: &[&str], problem: &str| {
        let sheets = names.iter().filter_map(|name| book.sheet(name));
        let warning = |sheet: &str| {
            let help = "remove the sheet, or give it another name, if it is not meant to count";
            // All such sheets are told in one line.
            Diagnostic::warning(SourceRef::file(sheet), problem, help).caused_by("sheets of another input")
        };
        sheets.map(|sheet| warning(&sheet.name)).collect::<Vec<_>>()
    };
    if is_workbook(name) && !files.contains_key(name) {
        let tables: Vec<&str> = super::schema::TABLES.iter().map(|schema| schema.table).collect();
        let problem = "is not read: the batch names another portfolio";
        return books.read(name, bytes).map(|book| told(&book, &tables, problem)).unwrap_or_default();
    }
    let others = workbooks(files).filter(|(file, _)| *file != name);
    let others = others.filter_map(|(file, bytes)| books.read(file, bytes).ok());
    let problem = format!("is not read: the batch is {name}");
    others.flat_map(|book| told(&book, &BATCH_SHEETS, &problem)).collect()
}

fn path_fault(source: SourceRef, fault: PathFault) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.push(Diagnostic::fault(source, fault.problem, fault.help));
    found
}

fn tables_of(files: &Files) -> Vec<InputFile> {
    let tables = files.iter().filter(|(name, _)| super::reader::source::is_table(name));
    let all = tables.chain(workbooks(files));
    all.map(|(name, bytes)| InputFile { name: name.clone(), bytes: bytes.clone() }).collect()
}

/// Sorts faults: the batch file first, then by file, row and column. Faults shared by several scenarios appear once,
/// and those of one kind in one line.
fn in_order(found: Diagnostics, batch_file: Option<&str>, addresses: &Addresses) -> Diagnostics {
    let mut entries: Vec<Diagnostic> = found.into_iter().filter_map(|entry| addresses.told(entry)).collect();
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
