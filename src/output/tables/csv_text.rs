//! Result tables as CSV after RFC 4180, but with `\n` between lines: text quoted where it must be, numbers with as many
//! digits as tell them apart. Texts that a spreadsheet would take for formulas get an apostrophe, and quotes.

use std::borrow::Cow;
use std::io::Write;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use polars_core::prelude::{Column, DataFrame, DataType, PolarsError};

use crate::ids::as_cell;

/// Columns of ids with signs before them. Of names, signs and `;` alone no formula can be made that runs anything, so
/// that such a list stands as it is.
const SIGNED_LISTS: [&str; 1] = ["displaces"];

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The target refused.
    #[error(transparent)]
    Write(#[from] csv::Error),
    /// A column holds what no result table has.
    #[error(transparent)]
    Column(#[from] PolarsError),
}

/// The cells of a column from top to bottom, each written to a buffer; a blank cell writes nothing.
type Cells<'a> = Box<dyn FnMut(&mut Vec<u8>) + 'a>;

/// Writes a table with its headings.
///
/// # Errors
/// If the target refuses, or a column is neither text, count, number nor flag.
pub fn write_csv(target: &mut impl Write, frame: &DataFrame) -> Result<(), CsvError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        // Quotes are set here: a text with an apostrophe before it has them too.
        .quote_style(QuoteStyle::Never)
        .from_writer(&mut *target);
    let mut heading = Vec::new();
    for column in frame.columns() {
        heading.clear();
        write_text(&mut heading, column.name(), as_cell(column.name()));
        writer.write_field(&*heading)?;
    }
    writer.write_record(None::<&[u8]>)?;
    let mut columns: Vec<Cells> = frame.columns().iter().map(cells).collect::<Result<_, _>>()?;
    let mut cell = Vec::new();
    for _ in 0..frame.height() {
        write_row(&mut writer, &mut columns, &mut cell)?;
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(())
}

fn write_row(
    writer: &mut Writer<impl Write>,
    columns: &mut [Cells],
    cell: &mut Vec<u8>,
) -> Result<(), csv::Error> {
    for column in columns {
        cell.clear();
        column(cell);
        writer.write_field(&*cell)?;
    }
    writer.write_record(None::<&[u8]>)
}

fn cells(column: &Column) -> Result<Cells<'_>, PolarsError> {
    let series = column.as_materialized_series();
    Ok(match series.dtype() {
        DataType::Float64 => {
            let mut numbers = series.f64()?.iter();
            let mut digits = zmij::Buffer::new();
            writing(move |cell| {
                if let Some(number) = numbers.next().flatten() {
                    cell.extend_from_slice(digits.format(number).as_bytes());
                }
            })
        }
        DataType::UInt64 => {
            let mut counts = series.u64()?.iter();
            writing(move |cell| {
                if let Some(count) = counts.next().flatten() {
                    cell.extend_from_slice(count.to_string().as_bytes());
                }
            })
        }
        DataType::Boolean => {
            let mut flags = series.bool()?.iter();
            writing(move |cell| {
                if let Some(flag) = flags.next().flatten() {
                    cell.extend_from_slice(if flag { b"true" } else { b"false" });
                }
            })
        }
        _ => {
            let mut texts = series.str()?.iter();
            let is_signed_list = SIGNED_LISTS.contains(&column.name().as_str());
            writing(move |cell| {
                if let Some(text) = texts.next().flatten() {
                    let is_harmless = is_signed_list && is_signed_list_of_names(text);
                    write_text(cell, text, if is_harmless { Cow::Borrowed(text) } else { as_cell(text) });
                }
            })
        }
    })
}

fn writing<'a>(write: impl FnMut(&mut Vec<u8>) + 'a) -> Cells<'a> {
    Box::new(write)
}

fn is_signed_list_of_names(text: &str) -> bool {
    text.chars().all(|next| next.is_alphanumeric() || matches!(next, '+' | '-' | ';' | '_' | '.' | ' '))
}

/// Writes a text as its cell, in quotes where it must be.
fn write_text(target: &mut Vec<u8>, text: &str, cell: Cow<'_, str>) {
    let is_quoted = *cell != *text || cell.contains([',', '"', '\n', '\r']);
    if is_quoted {
        target.push(b'"');
        target.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        target.push(b'"');
    } else {
        target.extend_from_slice(cell.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use polars_core::prelude::IntoColumn;
    use polars_core::prelude::{NamedFrom, Series};

    use super::*;

    #[test]
    fn texts_are_no_formulas_and_numbers_stay_numbers() {
        let texts = ["=cmd|'/C calc'!A1", "-5", "@a, \"b\"", "plain", "a,b"];
        let columns = vec![
            Series::new("project".into(), texts.as_slice()).into_column(),
            Series::new("npv".into(), [-1.5, 2.0, -0.25, 1e-9, 3.0].as_slice()).into_column(),
            Series::new("displaces".into(), ["+A;-B", "-A", "+=cmd|x", "", "+A(1)"].as_slice()).into_column(),
        ];
        let frame = DataFrame::new(texts.len(), columns).unwrap();
        let mut written = Vec::new();
        write_csv(&mut written, &frame).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "project,npv,displaces\n\"'=cmd|'/C calc'!A1\",-1.5,+A;-B\n\"'-5\",2.0,-A\n\
             \"'@a, \"\"b\"\"\",-0.25,\"'+=cmd|x\"\nplain,1e-9,\n\"a,b\",3.0,\"'+A(1)\"\n"
        );
    }
}
