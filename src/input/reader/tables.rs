//! The tables of a portfolio, each read by itself.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean, list};

use super::files::Files;
use super::source::TableSource;
use super::table::Table;
use crate::input::schema::{OtherColumns, TABLES, TABLES_NOT_YET, TableSchema};

/// The tables of a portfolio by name.
pub struct Tables {
    /// `None` where a table is there but nothing in it can be read.
    by_name: BTreeMap<&'static str, Option<Table>>,
}

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

    /// Reads all files that hold a table. Those that are no table of a portfolio are faults.
    pub fn read(files: &Files, found: &mut Diagnostics) -> Self {
        let mut by_name = BTreeMap::new();
        let mut sources: BTreeMap<&'static str, Vec<(&str, TableSource<'_>)>> = BTreeMap::new();
        let all = files.iter().flat_map(|(file, bytes)| {
            TableSource::all_in(file, bytes).into_iter().map(move |(name, source)| (file, name, source))
        });
        for (file, name, source) in all {
            match TableSchema::find(&name) {
                Some(schema) => sources.entry(schema.table).or_default().push((file, source)),
                None => found.push(unknown_table(file, &name)),
            }
        }
        for schema in TABLES {
            let table = match sources.get(schema.table).map(Vec::as_slice) {
                None | Some([]) => continue,
                Some([(file, source)]) => Table::read(schema, file, source, found),
                Some([(first, _), others @ ..]) => {
                    for (other, _) in others {
                        let problem = format!("is there twice: {first} holds the same table");
                        let help = "remove one of the two files";
                        found.push(Diagnostic::fault(SourceRef::file(*other), problem, help));
                    }
                    None
                }
            };
            by_name.insert(schema.table, table);
        }
        let mut tables = Self { by_name };
        tables.settle_only_period(found);
        tables
    }

    /// Any word may head the only period there is, so that a table of a single one needs no date: `project,line,amount`.
    /// Where any table has more periods, or none, such words are faults.
    fn settle_only_period(&mut self, found: &mut Diagnostics) {
        let mut with_periods: Vec<&mut Table> = (self.by_name.values_mut().flatten())
            .filter(|table| table.schema.other_columns == OtherColumns::Periods)
            .collect();
        if !with_periods.iter().all(|table| table.others.len() == 1) {
            with_periods.iter_mut().for_each(|table| table.refuse_word_for_period(found));
        }
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
