//! `cutline schema`: describes what the input may contain.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::diagnostic::did_you_mean;
use crate::input::schema::{BatchSection, OtherColumns, SCHEMA, TableSchema};

use super::args::SchemaArguments;
use super::console::print;
use super::error::{CliError, Finish};
use super::figures::WIDTH;

/// The subject that stands for the batch file.
const BATCH: &str = "batch";

/// Prints the description of a table, of the batch file, or of everything.
pub(super) fn execute(arguments: &SchemaArguments) -> Result<Finish, CliError> {
    let text = match arguments.subject.as_deref() {
        None if arguments.json => json(&SCHEMA)?,
        None => format!("{}\n\n{}", join(SCHEMA.tables, table_text), join(SCHEMA.batch, section_text)),
        Some(BATCH) if arguments.json => json(SCHEMA.batch)?,
        Some(BATCH) => join(SCHEMA.batch, section_text),
        Some(subject) => {
            let table = find(subject)?;
            if arguments.json { json(table)? } else { table_text(table) }
        }
    };
    print(&text)?;
    Ok(Finish::Done)
}

fn find(subject: &str) -> Result<&'static TableSchema, CliError> {
    let name = subject.strip_suffix(".csv").unwrap_or(subject);
    let names = || SCHEMA.tables.iter().map(|table| table.table).chain([BATCH]);
    SCHEMA.tables.iter().find(|table| table.table == name).ok_or_else(|| {
        let hint = did_you_mean(name, names()).map_or_else(
            || format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        CliError::Usage(format!("`{subject}` is no table: {hint}"))
    })
}

fn json(value: &(impl Serialize + ?Sized)) -> Result<String, CliError> {
    serde_json::to_string_pretty(value).map_err(|cause| CliError::Internal(cause.to_string()))
}

fn join<T>(parts: &[T], text: impl Fn(&T) -> String) -> String {
    parts.iter().map(text).collect::<Vec<_>>().join("\n\n")
}

fn table_text(table: &TableSchema) -> String {
    let required = if table.required { " (required)" } else { "" };
    let rows = table.columns.iter().map(|column| {
        [column.column, column.kind, &default_text(column.required, column.default), column.doc]
            .map(str::to_owned)
    });
    let others = match table.other_columns {
        OtherColumns::Refused => "",
        OtherColumns::Periods => {
            "\nThen one column per period, in the order of the horizon; a blank cell is 0."
        }
        OtherColumns::Attributes => "\nAny other column is an attribute of projects.",
        OtherColumns::LeafObjectives => {
            "\nThen one column per objective without children; a blank cell is 0."
        }
    };
    format!("{}.csv{required}: {}{}{others}", table.table, table.doc, grid("Column", rows))
}

fn section_text(section: &BatchSection) -> String {
    let rows = section
        .keys
        .iter()
        .map(|key| [key.key, key.kind, &default_text(key.required, key.default), key.doc].map(str::to_owned));
    format!("{}: {}{}", section.section, section.doc, grid("Key", rows))
}

fn default_text(required: bool, default: Option<&str>) -> String {
    match (required, default) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => default.to_owned(),
        (false, None) => String::new(),
    }
}

/// A table below its heading; nothing where there are no rows.
fn grid(subject: &str, rows: impl Iterator<Item = [String; 4]>) -> String {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(WIDTH).unwrap_or(u16::MAX));
    table.set_header([subject, "Holds", "If left out", "Meaning"]).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((2, 0));
    }
    table.lines().map(|line| format!("\n{}", line.trim_end())).collect()
}
