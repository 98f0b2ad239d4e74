//! Result tables as CSV after RFC 4180, but with `\n` between lines: text quoted where it must be, numbers with as many
//! digits as tell them apart.

use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};
use polars_core::prelude::{Column, DataFrame, DataType, PolarsError};

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
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(&mut *target);
    writer.write_record(frame.columns().iter().map(|column| column.name().as_str()))?;
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
            writing(move |cell| {
                if let Some(text) = texts.next().flatten() {
                    cell.extend_from_slice(text.as_bytes());
                }
            })
        }
    })
}

fn writing<'a>(write: impl FnMut(&mut Vec<u8>) + 'a) -> Cells<'a> {
    Box::new(write)
}
