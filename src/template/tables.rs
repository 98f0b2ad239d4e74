//! The tables of a portfolio: new ones from the schema, or those of files.

use crate::input::schema::{ColumnSchema, OtherColumns, SCHEMA, TableSchema};
use crate::input::{ColumnForm, InputFile, SheetRows, is_library, sheet_rows};

use super::sheet::{Column, Sheet};
use super::worked::{ATTRIBUTE, OBJECTIVES, PERIODS, rows_of};

/// Columns whose cells name one project each, in tables other than that of the projects.
const NAMING_PROJECTS: [&str; 7] =
    ["costs", "benefits", "demands", "effects", "scores", "impacts", "current_plan"];

/// All tables that this version reads, each with its columns, and with one worked project.
pub fn new_tables() -> Vec<Sheet> {
    SCHEMA.tables.iter().map(new_table).collect()
}

fn new_table(schema: &TableSchema) -> Sheet {
    let mut columns: Vec<Column> = schema.columns.iter().map(|column| described(schema, column)).collect();
    let further = |headings: &[&str], doc: &str| -> Vec<Column> {
        headings.iter().map(|&heading| Column::new(heading, doc)).collect()
    };
    columns.extend(match schema.other_columns {
        // Samples stand in place of other draws: a row of them would take over.
        OtherColumns::Refused | OtherColumns::Quantities => Vec::new(),
        OtherColumns::Periods => further(&PERIODS, PERIOD),
        OtherColumns::Attributes => further(&[ATTRIBUTE], ATTRIBUTE_DOC),
        OtherColumns::LeafObjectives => further(&OBJECTIVES, SCORE),
    });
    let rows = rows_of(schema.table, columns.iter().map(|column| column.heading.as_str()));
    Sheet { name: schema.table.to_owned(), doc: schema.doc.to_owned(), columns, rows }
}

const PERIOD: &str = "A period: the same headings in every table, in order; a blank cell is 0.";
const ATTRIBUTE_DOC: &str = "An attribute: text, or a number if every cell is one. Limits and measures can use it; add as many as you need.";
const SCORE: &str = "Scores for this objective; a blank cell is no score.";

/// The tables in the files of a portfolio, as they are: the same headings, rows and texts.
pub fn tables_of(files: &[InputFile]) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> =
        files.iter().filter(|file| !is_library(&file.name)).filter_map(table_of).collect();
    // As the schema has them: the table of projects comes first.
    let place = |sheet: &Sheet| SCHEMA.tables.iter().position(|schema| schema.table == sheet.name);
    sheets.sort_by_key(|sheet| place(sheet).unwrap_or(usize::MAX));
    sheets
}

fn table_of(file: &InputFile) -> Option<Sheet> {
    let (name, _) = file.name.rsplit_once('.')?;
    let name = name.to_lowercase();
    let schema = TableSchema::find(&name);
    let SheetRows { rows, holds_numbers } = sheet_rows(&file.bytes, |heading| form_of(schema, heading));
    let mut rows = rows.into_iter();
    let column =
        |(heading, holds_numbers): (String, bool)| Column { holds_numbers, ..column_of(schema, heading) };
    let columns = rows.next()?.into_iter().zip(holds_numbers).map(column).collect();
    let doc = schema.map_or("", |schema| schema.doc).to_owned();
    Some(Sheet { name, doc, columns, rows: rows.collect() })
}

/// What a column of a table holds. Texts of a table that is not known stay as they are.
fn form_of(schema: Option<&TableSchema>, heading: &str) -> ColumnForm {
    let Some(schema) = schema else { return ColumnForm::Texts };
    match schema.columns.iter().find(|column| column.column == heading) {
        Some(column) if column.kind.is_number() => ColumnForm::Numbers,
        Some(_) => ColumnForm::Texts,
        None if schema.other_columns == OtherColumns::Attributes => ColumnForm::Attribute,
        None => ColumnForm::Numbers,
    }
}

fn column_of(schema: Option<&TableSchema>, heading: String) -> Column {
    let Some(schema) = schema else { return Column::new(heading, "") };
    if let Some(column) = schema.columns.iter().find(|column| column.column == heading) {
        return described(schema, column);
    }
    let doc = match schema.other_columns {
        OtherColumns::Refused | OtherColumns::Periods | OtherColumns::Quantities => "",
        OtherColumns::Attributes => ATTRIBUTE_DOC,
        OtherColumns::LeafObjectives => SCORE,
    };
    Column::new(heading, doc)
}

fn described(schema: &TableSchema, column: &ColumnSchema) -> Column {
    Column {
        heading: column.column.to_owned(),
        doc: comment(column.doc, &column.kind.to_string(), column.required, column.default),
        words: column.kind.words(),
        names_projects: column.column == "project" && NAMING_PROJECTS.contains(&schema.table),
        holds_numbers: column.kind.is_number(),
    }
}

/// Meaning, type, and what a blank cell says, in sentences.
pub fn comment(doc: &str, kind: &str, is_required: bool, default: Option<&str>) -> String {
    let mut letters = doc.chars();
    let doc: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let blank = match (is_required, default) {
        (true, _) => "\nRequired.".to_owned(),
        (false, Some(default)) => format!("\nIf left out: {default}."),
        (false, None) => String::new(),
    };
    format!("{doc}.\nHolds: {kind}.{blank}")
}
