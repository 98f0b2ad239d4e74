//! A batch as sheets of a workbook: turned into the text of a batch file, so that one reader knows what a batch may
//! say. Each line of the text knows the cell that it comes from, and faults name that.

mod grid;
mod keys;
mod text;
mod value;

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::input::reader::workbook::Workbook;
use crate::input::reader::workbook::sheet::SheetCell;
use crate::input::schema::{BATCH_SHEETS, SETTINGS};

use crate::input::toml_text::{key as key_text, quoted};
use grid::{SheetRow, SheetTable};
use keys::{Want, path, want};
pub(super) use text::SheetText;

/// Columns of the sheets that are there to be read; all others are keys.
const KEY: &str = "key";
const VALUE: &str = "value";
const NOTE: &str = "note";
const SCENARIO_NAME: &str = "scenario";
const OBJECTIVE: &str = "objective";

/// True if a workbook holds a batch: any of its sheets is one of a batch.
pub fn holds_batch(book: &Workbook) -> bool {
    BATCH_SHEETS.iter().any(|name| book.sheet(name).is_some())
}

/// Reports sheets of a batch that are there twice: their names differ in blanks or capitals alone.
fn tell_twice(book: &Workbook, found: &mut Diagnostics) {
    for name in BATCH_SHEETS {
        let mut own = book.sheets.iter().filter(|sheet| sheet.table_name() == name);
        if let (Some(first), Some(other)) = (own.next(), own.next()) {
            let problem = format!("is there twice: {} holds the same", first.name);
            found.push(Diagnostic::fault(SourceRef::file(&other.name), problem, "remove one of the two"));
        }
    }
}

/// The batch that a workbook holds, as the text of a batch file. The portfolio is the workbook itself unless the batch
/// names another. `None` if there is none; that and what is wrong with the sheets themselves is reported.
pub(super) fn text_of(book: &Workbook, found: &mut Diagnostics) -> Option<SheetText> {
    if !holds_batch(book) {
        let help = "add the sheet `batch` with the columns key and value, or name a batch file (.toml) whose `portfolio` \
                    is this workbook";
        found.push(Diagnostic::fault(SourceRef::file(&book.file), "holds no batch", help));
        return None;
    }
    tell_twice(book, found);
    let mut writer = Writer { text: SheetText::default(), found, seen: BTreeMap::new() };
    let mut sweeps: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
    let table = |name: &str, columns: &[&'static str], found: &mut Diagnostics| {
        book.sheet(name).and_then(|sheet| SheetTable::read(sheet, columns, found))
    };
    if let Some(batch) = table("batch", &[KEY, VALUE], writer.found) {
        sweeps = writer.batch(&batch);
    }
    let of_batch = |key: &str| vec!["batch".to_owned(), key.to_owned()];
    let stem = book.file.rsplit_once('.').map_or(book.file.as_str(), |(stem, _)| stem);
    for (key, value) in [("portfolio", book.file.as_str()), ("name", stem)] {
        if !writer.seen.contains_key(&of_batch(key)) {
            writer.text.line(&format!("batch.{key} = {}", quoted(value)), None);
        }
    }
    if let Some(weights) = table("weights", &[OBJECTIVE], writer.found) {
        writer.weights(&weights);
    }
    if let Some(limits) = table("limits", &["name"], writer.found) {
        limits.rows().for_each(|row| writer.section("limit", "name", &limits, &row));
    }
    if let Some(scenarios) = table("scenarios", &[SCENARIO_NAME], writer.found) {
        scenarios.rows().for_each(|row| writer.section("scenario", SCENARIO_NAME, &scenarios, &row));
    }
    sweeps.into_values().for_each(|lines| writer.sweep(lines));
    Some(writer.text)
}

/// A line of the text that is to be written: path of its key, value, cell.
type Line = (Vec<String>, String, SourceRef);

struct Writer<'f> {
    text: SheetText,
    found: &'f mut Diagnostics,
    /// The keys that have been written, with their cells.
    seen: BTreeMap<Vec<String>, SourceRef>,
}

impl Writer<'_> {
    /// The sheet of keys and values. Sweeps are given back, by their numbers.
    fn batch(&mut self, sheet: &SheetTable<'_>) -> BTreeMap<u32, Vec<Line>> {
        let mut sweeps: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
        for heading in sheet.headings().filter(|heading| ![KEY, VALUE, NOTE].contains(heading)) {
            let help = "the columns are key and value; a column `note` is for your notes";
            let fault = Diagnostic::fault(sheet.header(heading), "is not a column of this sheet", help);
            self.found.push(fault.with_value(heading));
        }
        for row in sheet.rows() {
            let value = row.cell(VALUE);
            let Some(key) = row.cell(KEY) else {
                let noted = value.map(|_| row.at(KEY));
                self.found.extend(
                    noted.map(|at| Diagnostic::fault(at, "is blank", "write the key of the value beside it")),
                );
                continue;
            };
            let Some(value) = value else { continue };
            let (number, path) = keys::sweep_number(batch_path(&key.text));
            if let [section @ ("limit" | "scenario"), ..] =
                path.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
            {
                let help = format!("write it into the sheet `{section}s`, which has one row for each");
                self.found
                    .push(Diagnostic::fault(row.at(KEY), "does not belong here", help).with_value(&key.text));
                continue;
            }
            let Some(value) = self.value(value, want(&path), row.at(VALUE)) else { continue };
            match number {
                Some(number) => sweeps.entry(number).or_default().push((path, value, row.at(VALUE))),
                None => self.line(&path, &value, row.at(VALUE)),
            }
        }
        sweeps
    }

    /// The sheet of weights: a set per column, of which blank cells name no objective.
    fn weights(&mut self, sheet: &SheetTable<'_>) {
        let sets: Vec<String> =
            sheet.headings().filter(|&heading| heading != OBJECTIVE).map(str::to_owned).collect();
        for set in &sets {
            let own = |rest: &[&str]| -> Vec<String> {
                ["weights", set.as_str()].iter().chain(rest).map(|part| (*part).to_owned()).collect()
            };
            self.line(&own(&["method"]), &quoted("direct"), sheet.header(set));
            for row in sheet.rows() {
                let (Some(cell), Some(objective)) = (row.cell(set), row.cell(OBJECTIVE)) else { continue };
                let path = own(&["values", &objective.text]);
                if let Some(value) = self.value(cell, Want::Value, row.at(set)) {
                    self.line(&path, &value, row.at(set));
                }
            }
        }
        for row in sheet.rows().filter(|row| row.cell(OBJECTIVE).is_none()) {
            let help = "write the objective that the weights of this row are for";
            self.found.push(Diagnostic::fault(row.at(OBJECTIVE), "is blank", help));
        }
    }

    /// A row that is a section of its own: a scenario or a limit. Blank cells are keys that are not given.
    fn section(&mut self, section: &str, name: &str, sheet: &SheetTable<'_>, row: &SheetRow<'_>) {
        self.seen.clear();
        self.text.line(&format!("[[{section}]]"), Some(row.at(name)));
        let headings: Vec<String> = sheet.headings().map(str::to_owned).collect();
        for heading in headings {
            let Some(cell) = row.cell(&heading) else { continue };
            let key = if heading == name { "name".to_owned() } else { heading.clone() };
            let whole = path(&[section.to_owned()], &key);
            if let Some(value) = self.value(cell, want(&whole), row.at(&heading)) {
                self.line(&whole[1..], &value, row.at(&heading));
            }
        }
    }

    fn sweep(&mut self, lines: Vec<Line>) {
        self.seen.clear();
        self.text.line("[[sweep]]", lines.first().map(|(.., source)| source.clone()));
        for (path, value, source) in lines {
            self.line(&path[1..], &value, source);
        }
    }

    fn value(&mut self, cell: &SheetCell, want: Want, source: SourceRef) -> Option<String> {
        value::written(cell, want)
            .map_err(|(problem, help)| {
                self.found.push(Diagnostic::fault(source, problem, help).with_value(cell.text.as_str()));
            })
            .ok()
            .flatten()
    }

    /// Writes a key and its value unless the key, or one above or below it, is there already.
    fn line(&mut self, path: &[String], value: &str, source: SourceRef) {
        // Keys below a path follow it directly in their order.
        let above = (1..=path.len()).find_map(|length| self.seen.get_key_value(&path[..length]));
        let from = (Bound::Excluded(path), Bound::Unbounded);
        let below =
            || self.seen.range::<[String], _>(from).next().filter(|(other, _)| other.starts_with(path));
        if let Some((other, first)) = above.or_else(below) {
            let problem = match other.len() == path.len() {
                true => format!("is there twice: {first} gives it already"),
                false => format!("stands beside `{}` in {first}", other.join(".")),
            };
            let fault = Diagnostic::fault(source, problem, "keep one of the two").with_value(path.join("."));
            self.found.push(fault);
            return;
        }
        let key: Vec<String> = path.iter().map(|part| key_text(part)).collect();
        self.text.line(&format!("{} = {value}", key.join(".")), Some(source.clone()));
        self.seen.insert(path.to_vec(), source);
    }
}

/// The path of a key of the batch sheet; one without a section is a key of `[batch]`.
fn batch_path(key: &str) -> Vec<String> {
    let key = key.trim().trim_start_matches('[').replacen(']', "", 1);
    match SETTINGS.names().any(|name| name == key) {
        true => vec!["batch".to_owned(), key],
        false => path(&[], &key),
    }
}
