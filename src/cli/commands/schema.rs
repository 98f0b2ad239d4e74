//! `cutline schema`: describes the input and the result tables.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::diagnostic::suggest_or;
use crate::input::schema::{
    BatchSection, LIST_MAP, OtherColumns, SCHEMA, SHEETS, Schema, TableSchema, json_schema,
};
use crate::output::{RESULT_TABLES, TRIALS_TABLE, TableKind};

use crate::cli::args::SchemaArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::print;
use crate::cli::terminal::figures::WIDTH;

/// The subject name of the batch file.
const BATCH: &str = "batch";

/// The subject name of the map of a project list.
const MAP: &str = "map";

/// The subject name of all result tables.
const RESULTS: &str = "results";

/// All descriptions: a JSON Schema of the batch file for editors, to which input tables, batch file and result tables as
/// they are told to people are notes that it allows.
#[derive(Serialize)]
struct Description {
    #[serde(flatten)]
    json_schema: serde_json::Map<String, serde_json::Value>,
    #[serde(flatten)]
    input: Schema,
    results: Vec<&'static TableKind>,
}

/// Subject of a description.
enum Subject {
    Table(&'static TableSchema),
    Batch,
    Map,
    Results,
    Result(&'static TableKind),
}

/// Prints the description of a table, of the batch file, of results, or of everything.
pub fn execute(arguments: &SchemaArguments) -> Result<Finish, CliError> {
    let subject = arguments.subject.as_deref().map(find).transpose()?;
    let text = if arguments.json { in_json(subject)? } else { in_words(subject) };
    print(&text)?;
    Ok(Finish::Done)
}

fn in_json(subject: Option<Subject>) -> Result<String, CliError> {
    match subject {
        None => json(&Description { json_schema: json_schema(), input: SCHEMA, results: result_tables() }),
        Some(Subject::Batch) => json(SCHEMA.batch),
        Some(Subject::Map) => json(LIST_MAP),
        Some(Subject::Results) => json(&result_tables()),
        Some(Subject::Table(table)) => json(table),
        Some(Subject::Result(table)) => json(table),
    }
}

fn in_words(subject: Option<Subject>) -> String {
    let tables = || join(SCHEMA.tables, table_text);
    let batch = || format!("{}\n\n{SHEETS}", join(SCHEMA.batch, section_text));
    let results = || join(&result_tables(), |table| result_text(table));
    match subject {
        None => format!("{}\n\n{}\n\nResults:\n\n{}", tables(), batch(), results()),
        Some(Subject::Batch) => batch(),
        Some(Subject::Map) => join(LIST_MAP, section_text),
        Some(Subject::Results) => results(),
        Some(Subject::Table(table)) => table_text(table),
        Some(Subject::Result(table)) => result_text(table),
    }
}

/// The subject of a name; if an input table and a result share it, the input.
fn find(subject: &str) -> Result<Subject, CliError> {
    let name = without_ending(subject);
    let table = SCHEMA.tables.iter().find(|table| table.table == name).map(Subject::Table);
    let result = result_tables().into_iter().find(|table| result_name(table) == name).map(Subject::Result);
    match name {
        BATCH => Ok(Subject::Batch),
        MAP => Ok(Subject::Map),
        RESULTS => Ok(Subject::Results),
        _ => table.or(result).ok_or_else(|| {
            let names = || SCHEMA.tables.iter().map(|table| table.table).chain([BATCH, MAP, RESULTS]);
            let all = names().chain(result_tables().into_iter().map(result_name));
            let otherwise = || format!("there are {}", names().collect::<Vec<_>>().join(", "));
            let hint = suggest_or(name, all, otherwise);
            CliError::Usage(format!("`{subject}` is no table: {hint}"))
        }),
    }
}

/// All result tables; the last is the one that is Parquet only.
fn result_tables() -> Vec<&'static TableKind> {
    RESULT_TABLES.iter().chain([&TRIALS_TABLE]).collect()
}

fn result_name(table: &TableKind) -> &'static str {
    without_ending(table.file)
}

fn without_ending(file: &str) -> &str {
    file.strip_suffix(".csv").or_else(|| file.strip_suffix(".parquet")).unwrap_or(file)
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
        let default = default_text(column.required, column.default);
        [column.column.to_owned(), column.kind.to_string(), default, column.doc.to_owned()]
    });
    let others = match table.other_columns {
        OtherColumns::Refused => "",
        OtherColumns::Periods => {
            "\nThen one column per period, in the order of the horizon; a blank cell is 0."
        }
        OtherColumns::Quantities => "\nThen one column per quantity of a project, such as P07:cost.",
        OtherColumns::Attributes => "\nAny other column is an attribute of projects.",
        OtherColumns::LeafObjectives => {
            "\nThen one column per objective without children; a blank cell is 0."
        }
    };
    format!(
        "{}.csv{required}: {}{}{others}",
        table.table,
        table.doc,
        grid(["Column", "Holds", "If left out", "Meaning"], rows)
    )
}

fn section_text(section: &BatchSection) -> String {
    let rows = section.keys.iter().map(|key| {
        let default = default_text(key.required, key.default);
        [key.key.to_owned(), key.kind.to_string(), default, key.doc.to_owned()]
    });
    format!("{}: {}{}", section.section, section.doc, grid(["Key", "Holds", "If left out", "Meaning"], rows))
}

fn result_text(table: &TableKind) -> String {
    let rows = table.columns.iter().map(|column| {
        let condition = column.condition.map_or_else(String::new, |condition| format!(" (only {condition})"));
        [column.column.to_owned(), column.kind.to_owned(), format!("{}{condition}", column.doc)]
    });
    let grid = grid(["Column", "Holds", "Meaning"], rows);
    format!("{} (written {}): {}{grid}", table.file, table.written, table.doc)
}

fn default_text(required: bool, default: Option<&str>) -> String {
    match (required, default) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => default.to_owned(),
        (false, None) => String::new(),
    }
}

/// A table below its heading; nothing where there are no rows.
fn grid<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(WIDTH).unwrap_or(u16::MAX));
    table.set_header(header).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((2, 0));
    }
    table.lines().map(|line| format!("\n{}", line.trim_end())).collect()
}
