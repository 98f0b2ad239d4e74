//! The parts of a workbook: which of them is which sheet.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::xml::{attribute, is_set, next, reader};

/// The list of sheets, and where the other parts are.
#[derive(Debug, Default)]
pub struct Book {
    pub sheets: Vec<SheetPlace>,
    /// Part that holds the texts of cells, if there is one.
    pub strings: Option<String>,
    /// Part that holds the number formats, if there is one.
    pub styles: Option<String>,
    /// True if days are counted from 1904, as spreadsheets of old Macintoshes did.
    pub counts_from_1904: bool,
}

/// A sheet of cells.
#[derive(Debug)]
pub struct SheetPlace {
    pub name: String,
    pub part: String,
    pub is_hidden: bool,
}

/// A relation of one part to another.
struct Relation {
    id: String,
    /// The last word of its type: `worksheet`, `styles`.
    kind: String,
    target: String,
}

/// The text of a part.
pub fn text<'p>(parts: &'p BTreeMap<String, Vec<u8>>, name: &str) -> Result<&'p str, String> {
    let bytes = parts.get(name).ok_or_else(|| format!("its part {name} is missing"))?;
    std::str::from_utf8(bytes).map_err(|_| format!("its part {name} is not UTF-8"))
}

impl Book {
    /// Reads the list of sheets.
    pub fn read(parts: &BTreeMap<String, Vec<u8>>) -> Result<Self, String> {
        let of_package = relations(parts, "")?;
        let main = of_package.into_iter().find(|relation| relation.kind == "officeDocument");
        let main = main.map(|relation| relation.target).ok_or("it has no list of sheets")?;
        if main.ends_with(".bin") {
            return Err("its parts are binary (.xlsb); save it as .xlsx".to_owned());
        }
        let relations = relations(parts, &main)?;
        let target = |kind: &str| {
            relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
        };
        let mut book = Self { strings: target("sharedStrings"), styles: target("styles"), ..Self::default() };
        let mut xml = reader(text(parts, &main)?);
        loop {
            match next(&mut xml)? {
                Event::Start(element) if element.local_name().as_ref() == "workbookPr" => {
                    book.counts_from_1904 = is_set(&element, "date1904");
                }
                Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                    let id = relation_id(&element);
                    let relation = relations.iter().find(|relation| Some(&relation.id) == id.as_ref());
                    let relation = relation.ok_or("a sheet of it leads nowhere")?;
                    if relation.kind == "worksheet" {
                        let state = attribute(&element, "state").unwrap_or_default();
                        let name = attribute(&element, "name").unwrap_or_default();
                        let (part, is_hidden) = (relation.target.clone(), state.contains("idden"));
                        book.sheets.push(SheetPlace { name, part, is_hidden });
                    }
                }
                Event::Eof => return Ok(book),
                _ => {}
            }
        }
    }
}

/// The relation that a sheet names: an attribute `id` with a prefix, beside `sheetId`.
fn relation_id(element: &quick_xml::events::BytesStart<'_>) -> Option<String> {
    attribute(element, "id")
}

/// The relations of a part (`""`: of the package), with the names of parts as the archive has them.
fn relations(parts: &BTreeMap<String, Vec<u8>>, part: &str) -> Result<Vec<Relation>, String> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut xml = reader(text(parts, &format!("{prefix}_rels/{name}.rels"))?);
    let mut relations = Vec::new();
    loop {
        match next(&mut xml)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let of = |name| attribute(&element, name).unwrap_or_default();
                let (kind, target) = (of("Type"), of("Target"));
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: of("Id"), kind, target: resolved(&prefix, &target) });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of a part in the archive: targets are relative to their folder unless they begin with `/`.
fn resolved(prefix: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{prefix}{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
