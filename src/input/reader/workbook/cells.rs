//! The part of a sheet: its cells and its layout.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::date;
use super::grid::address;
use super::sheet::{Area, Kind, Layout, MOST_COLUMNS, MOST_ROWS, Place, SheetCell, place};
use super::strings::rich_text;
use super::xml::{attribute, is_set, next, reader, text_of, unescaped};

/// Most cells that a sheet may fill.
const MOST_CELLS: usize = 10_000_000;

/// What the values of cells refer to.
struct Context<'s> {
    strings: &'s [String],
    styles: &'s [String],
    counts_from_1904: bool,
}

/// A cell as it is written.
#[derive(Default)]
struct Written {
    kind: String,
    style: usize,
    has_formula: bool,
    value: Option<String>,
    inline: Option<String>,
}

/// Reads a sheet.
pub fn read(
    text: &str,
    strings: &[String],
    styles: &[String],
    counts_from_1904: bool,
) -> Result<(BTreeMap<Place, SheetCell>, Layout), String> {
    let context = Context { strings, styles, counts_from_1904 };
    let (mut cells, mut layout) = (BTreeMap::new(), Layout::default());
    // Rows and cells need not say where they are: then they follow the last one.
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut xml = reader(text);
    loop {
        match next(&mut xml)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    row = row_number(&element, row)?;
                    column = 0;
                    if is_set(&element, "hidden") {
                        layout.hidden_rows.insert(row - 1);
                    }
                }
                "c" => {
                    let own = match attribute(&element, "r") {
                        Some(said) => place(&said).ok_or_else(|| format!("`{said}` is no cell"))?,
                        None => (row.max(1) - 1, column),
                    };
                    column = own.1 + 1;
                    let written = written(&mut xml, &element)?;
                    let cell = context.cell(&written)?;
                    if cell.is_some_and(|cell| cells.insert(own, cell).is_some()) {
                        return Err(format!("{} is there twice", address(own.0, own.1)));
                    }
                    if cells.len() > MOST_CELLS || column > MOST_COLUMNS {
                        return Err("it has more cells than any table".to_owned());
                    }
                }
                _ => read_layout(&element, &mut layout),
            },
            Event::Eof => return Ok((cells, layout)),
            _ => {}
        }
    }
}

/// The number of a row, from 1.
fn row_number(element: &BytesStart<'_>, before: u32) -> Result<u32, String> {
    let number = match attribute(element, "r") {
        Some(said) => said.parse().ok(),
        None => Some(before + 1),
    };
    number.filter(|number| (1..=MOST_ROWS).contains(number)).ok_or_else(|| "a row has no number".to_owned())
}

fn read_layout(element: &BytesStart<'_>, layout: &mut Layout) {
    let number = |name: &str| attribute(element, name).and_then(|text| text.parse::<u32>().ok());
    match element.local_name().as_ref() {
        "col" if is_set(element, "hidden") => {
            if let (Some(first), Some(last)) = (number("min"), number("max")) {
                layout.hidden_columns.push((first.max(1) - 1, last.max(1) - 1));
            }
        }
        "autoFilter" => layout.is_filtered = true,
        "mergeCell" => layout.merged.extend(attribute(element, "ref").and_then(|text| area(&text))),
        _ => {}
    }
}

fn area(reference: &str) -> Option<Area> {
    let (from, to) = reference.split_once(':')?;
    let (from, to) = (place(from)?, place(to)?);
    Some(Area { rows: (from.0, to.0), columns: (from.1, to.1) })
}

/// Reads a cell up to its end.
fn written(xml: &mut Reader<&[u8]>, element: &BytesStart<'_>) -> Result<Written, String> {
    let mut cell = Written {
        kind: attribute(element, "t").unwrap_or_default(),
        style: attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
        ..Written::default()
    };
    let mut is_value = false;
    loop {
        let event = next(xml)?;
        match &event {
            Event::Start(inner) => match inner.local_name().as_ref() {
                "f" => cell.has_formula = true,
                "is" => cell.inline = Some(rich_text(xml, "is")?),
                "v" => is_value = true,
                _ => {}
            },
            Event::End(inner) => match inner.local_name().as_ref() {
                "v" => is_value = false,
                "c" => return Ok(cell),
                _ => {}
            },
            Event::Eof => return Err("it ends within a cell".to_owned()),
            other if is_value => {
                let text = text_of(other).unwrap_or_default();
                cell.value.get_or_insert_default().push_str(&text);
            }
            _ => {}
        }
    }
}

impl Context<'_> {
    /// A cell; `None` if it holds nothing.
    fn cell(&self, written: &Written) -> Result<Option<SheetCell>, String> {
        let value = written.value.as_deref().unwrap_or_default();
        let cell = |text: &str, kind: Kind| {
            let text = text.trim().to_owned();
            (!text.is_empty()).then_some(SheetCell { text, kind })
        };
        if let Some(inline) = &written.inline {
            return Ok(cell(inline, Kind::Text));
        }
        if value.is_empty() {
            let is_lost = written.has_formula && written.kind != "str";
            return Ok(is_lost.then_some(SheetCell { text: String::new(), kind: Kind::Uncalculated }));
        }
        Ok(match written.kind.as_str() {
            "s" => {
                let text = value.trim().parse::<usize>().ok().and_then(|at| self.strings.get(at));
                cell(text.ok_or("a cell names a text that is not there")?, Kind::Text)
            }
            "str" | "inlineStr" => cell(&unescaped(value), Kind::Text),
            "b" => cell(if value.trim() == "1" { "TRUE" } else { "FALSE" }, Kind::Flag),
            "e" => cell(value, Kind::Error),
            "d" => cell(iso_day(value), Kind::Date),
            _ => Some(self.number(value, written.style)?),
        })
    }

    fn number(&self, value: &str, style: usize) -> Result<SheetCell, String> {
        let number: f64 = value.trim().parse().map_err(|_| format!("`{value}` is no number"))?;
        if !number.is_finite() {
            return Err(format!("`{value}` is no number"));
        }
        let format = self.styles.get(style).map(String::as_str).unwrap_or_default();
        if let Some(text) = date::shown(number, format, self.counts_from_1904) {
            return Ok(SheetCell { text, kind: Kind::Date });
        }
        // Nothing is added to minus nothing, so that it has no sign.
        let kind = if date::shows_per_cent(format) { Kind::PerCent } else { Kind::Number };
        Ok(SheetCell { text: format!("{}", number + 0.0), kind })
    }
}

/// A moment in ISO 8601 without a time of midnight.
fn iso_day(value: &str) -> &str {
    match value.split_once('T') {
        Some((day, time)) if time.chars().all(|next| "0:.Z".contains(next)) => day,
        _ => value,
    }
}
