//! The tables of a portfolio, each read by itself.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean, list};

use super::addresses::Addresses;
use super::books::Books;
use super::files::{Files, workbooks};
use super::library::Library;
use super::source::{TableSource, is_library};
use super::table::Table;
use super::workbook::Workbook;
use crate::input::schema::{BATCH_SHEETS, OtherColumns, TABLES, TABLES_NOT_YET, TableSchema};

/// The tables of a portfolio by name.
pub struct Tables {
    /// `None` where a table is there but nothing in it can be read.
    by_name: BTreeMap<&'static str, Option<Table>>,
    /// Cells of the tables, where they are sheets of a workbook.
    pub addresses: Addresses,
    /// A SIPmath library in place of the table of samples.
    pub library: Option<Library>,
    /// True if a workbook cannot be read, so that any table may be in it.
    pub is_lost: bool,
}

/// The sources of tables by table, each with its file or sheet.
type Sources<'f> = BTreeMap<&'static str, Vec<(&'f str, TableSource<'f>)>>;

impl Tables {
    /// A table, if it is there and can be read.
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.by_name.get(name).and_then(Option::as_ref)
    }

    /// A table, taken out.
    pub fn take(&mut self, name: &str) -> Option<Table> {
        self.by_name.remove(name).flatten()
    }

    /// True if a table exists but cannot be read.
    pub fn is_broken(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(Option::is_none)
    }

    /// True if a table exists, readable or not.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// All that can be read, by name.
    pub fn all(&self) -> impl Iterator<Item = &Table> {
        self.by_name.values().flatten()
    }

    /// Reads all files and sheets that hold a table. Those that are no table of a portfolio are told.
    pub fn read(files: &Files, books: &Books, found: &mut Diagnostics) -> Self {
        let mut sources = Sources::new();
        let tables = files.iter().flat_map(|(file, bytes)| {
            TableSource::all_in(file, bytes).into_iter().map(move |(name, source)| (file, name, source))
        });
        for (file, name, source) in tables {
            match TableSchema::find(&name) {
                Some(schema) => sources.entry(schema.table).or_default().push((file, source)),
                None => found.push(unknown_table(file, &name)),
            }
        }
        let books: Vec<_> = workbooks(files).map(|(file, bytes)| books.read(file, bytes)).collect();
        let (mut addresses, mut is_lost) = (Addresses::default(), false);
        for book in &books {
            match book {
                Ok(book) => {
                    addresses.add_book(book);
                    add_sheets(book, &mut sources, found);
                }
                Err(fault) => {
                    found.push((**fault).clone());
                    is_lost = true;
                }
            }
        }
        let by_name = read_all(&sources, found);
        by_name.values().flatten().for_each(|table| addresses.add_table(table));
        let library = library(files, &sources, found);
        let mut tables = Self { by_name, addresses, library, is_lost };
        tables.settle_only_period(found);
        tables
    }

    /// Any word may head the only period there is, so that a table of a single one needs no date:
    /// `project,line,amount`. Where any table has more periods, or none, such words are faults.
    fn settle_only_period(&mut self, found: &mut Diagnostics) {
        let mut with_periods: Vec<&mut Table> = (self.by_name.values_mut().flatten())
            .filter(|table| table.schema.other_columns == OtherColumns::Periods)
            .collect();
        if !with_periods.iter().all(|table| table.others.len() == 1) {
            with_periods.iter_mut().for_each(|table| table.refuse_word_for_period(found));
        }
    }
}

/// The SIPmath library among the files. Several, or one beside a table of samples, are a fault.
fn library(files: &Files, sources: &Sources<'_>, found: &mut Diagnostics) -> Option<Library> {
    let mut libraries = files.iter().filter(|(file, _)| is_library(file));
    let first = libraries.next()?;
    let table = sources.get("samples").into_iter().flatten().map(|(file, _)| *file);
    for other in libraries.map(|(file, _)| file.as_str()).chain(table) {
        let problem = format!("is there beside {}, which holds samples too", first.0);
        let help = "remove one of the two: samples are a table or one library";
        found.push(Diagnostic::fault(SourceRef::file(other), problem, help));
    }
    Some(Library::read(first.0, first.1))
}

fn read_all(sources: &Sources<'_>, found: &mut Diagnostics) -> BTreeMap<&'static str, Option<Table>> {
    let mut by_name = BTreeMap::new();
    for schema in TABLES {
        let table = match sources.get(schema.table).map(Vec::as_slice) {
            None | Some([]) => continue,
            Some([(file, source)]) => Table::read(schema, file, source, found),
            Some([(first, _), others @ ..]) => {
                for (other, source) in others {
                    let problem = format!("is there twice: {first} holds the same table");
                    let help = match source {
                        TableSource::Csv(_) => "remove one of the two files",
                        TableSource::Sheet(_) => "remove one of the two",
                    };
                    found.push(Diagnostic::fault(SourceRef::file(*other), problem, help));
                }
                None
            }
        };
        by_name.insert(schema.table, table);
    }
    by_name
}

/// Adds the sheets that hold tables. One whose name is nearly that of a table is a fault; all others are told once.
fn add_sheets<'f>(book: &'f Workbook, sources: &mut Sources<'f>, found: &mut Diagnostics) {
    let mut others = Vec::new();
    for sheet in &book.sheets {
        let name = sheet.table_name();
        let tables = || TABLES.iter().map(|schema| schema.table);
        if let Some(schema) = TableSchema::find(&name) {
            sources.entry(schema.table).or_default().push((&sheet.name, TableSource::Sheet(sheet)));
        } else if sheet.cells.is_empty() || BATCH_SHEETS.contains(&name.as_str()) {
            // An empty sheet says nothing, and those of a batch are read with it.
        } else if TABLES_NOT_YET.contains(&name.as_str()) {
            let problem = format!("the table `{name}` is not supported yet");
            let help = "remove the sheet, or give it another name";
            found.push(Diagnostic::fault(SourceRef::file(&sheet.name), problem, help));
        } else if let Some(near) = did_you_mean(&name, tables().chain(BATCH_SHEETS)) {
            let help =
                format!("did you mean `{near}`? If not, give the sheet a name that is not so near to it");
            found.push(Diagnostic::fault(
                SourceRef::file(&sheet.name),
                "is not a table of a portfolio",
                help,
            ));
        } else {
            others.push(sheet.name.as_str());
        }
    }
    if !others.is_empty() {
        let problem =
            format!("has sheets that are no tables and are not read: {}", list(others.iter().copied()));
        let help = format!("the tables are {}", list(TABLES.iter().map(|schema| schema.table)));
        found.push(Diagnostic::warning(SourceRef::file(&book.file), problem, help));
    }
}

fn unknown_table(file: &str, name: &str) -> Diagnostic {
    let source = SourceRef::file(file);
    if TABLES_NOT_YET.contains(&name) {
        let problem = format!("the table `{name}` is not supported yet");
        return Diagnostic::fault(source, problem, "move the file out of the folder");
    }
    let tables = || TABLES.iter().map(|schema| schema.table);
    let help = match did_you_mean(name, tables()) {
        Some(near) => format!("did you mean `{near}.csv`?"),
        None => format!("the tables are {}; move other files out of the folder", list(tables())),
    };
    Diagnostic::fault(source, "is not a table of a portfolio", help)
}
