//! Small workbooks, written part by part as spreadsheets write them.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Cursor;

use cutline::input::zip::{ZipLimits, read_zip, write_zip};

/// A workbook in the making.
#[derive(Clone, Debug, Default)]
pub struct Book {
    sheets: Vec<SheetXml>,
    /// Texts that cells share.
    strings: Vec<String>,
    counts_since_1904: bool,
}

#[derive(Clone, Debug, Default)]
struct SheetXml {
    name: String,
    state: &'static str,
    /// Before and behind the cells.
    columns: String,
    behind: String,
    rows: BTreeMap<u32, (String, String)>,
}

/// Number formats of the styles that cells may have: style 1 is the first.
pub const FORMATS: [&str; 5] = ["yyyy", "mmm\\-yy", "dd\\.mm\\.yyyy", "yyyy\\-mm\\-dd", "0.00%"];

impl Book {
    /// A workbook of tables in CSV with `,`: what is a number there is a number here, too.
    pub fn of(tables: &[(&str, &str)]) -> Self {
        let mut book = Self::default();
        for (name, text) in tables {
            book.add(name.trim_end_matches(".csv"), text);
        }
        book
    }

    /// The same with another sheet, of CSV.
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.add(name, text);
        self
    }

    fn add(&mut self, name: &str, text: &str) {
        let own = SheetXml { name: name.to_owned(), ..SheetXml::default() };
        self.sheets.push(own);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        for (row, record) in reader.records().enumerate() {
            for (column, cell) in record.unwrap().iter().enumerate() {
                let xml = self.xml_of(cell, &reference(row, column));
                self.push(name, u32::try_from(row).unwrap() + 1, &xml);
            }
        }
    }

    fn xml_of(&mut self, text: &str, reference: &str) -> String {
        if text.is_empty() {
            // A blank cell that has a format.
            return format!("<c r=\"{reference}\" s=\"0\"/>");
        }
        let is_plain = text.parse::<f64>().is_ok()
            && !(text.len() > 1 && text.starts_with('0') && !text.starts_with("0."));
        if is_plain {
            return format!("<c r=\"{reference}\"><v>{text}</v></c>");
        }
        if text == "true" || text == "false" {
            return format!("<c r=\"{reference}\" t=\"b\"><v>{}</v></c>", u8::from(text == "true"));
        }
        let number = self.strings.iter().position(|own| own == text).unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        });
        format!("<c r=\"{reference}\" t=\"s\"><v>{number}</v></c>")
    }

    fn sheet(&mut self, name: &str) -> &mut SheetXml {
        self.sheets.iter_mut().find(|sheet| sheet.name == name).unwrap()
    }

    fn push(&mut self, name: &str, row: u32, xml: &str) {
        self.sheet(name).rows.entry(row).or_default().1.push_str(xml);
    }

    /// The same with a cell replaced by XML: `<c r="B2"><v>1</v></c>`.
    pub fn patch(mut self, name: &str, reference: &str, xml: &str) -> Self {
        let digits = reference.find(|next: char| next.is_ascii_digit()).unwrap();
        let row: u32 = reference[digits..].parse().unwrap();
        let cells = &mut self.sheet(name).rows.entry(row).or_default().1;
        if let Some(start) = cells.find(&format!("<c r=\"{reference}\"")) {
            let rest = &cells[start..];
            let end = match (rest.find("/>"), rest.find("</c>")) {
                (Some(empty), Some(full)) if empty < full && rest[..empty].matches('<').count() == 1 => {
                    empty + 2
                }
                (Some(empty), None) => empty + 2,
                (_, Some(full)) => full + 4,
                _ => panic!("{rest}"),
            };
            cells.replace_range(start..start + end, xml);
        } else {
            cells.push_str(xml);
        }
        self
    }

    /// The same with attributes of a row: `hidden="1"`.
    pub fn row(mut self, name: &str, row: u32, attributes: &str) -> Self {
        self.sheet(name).rows.entry(row).or_default().0 = attributes.to_owned();
        self
    }

    /// The same with `<col …/>` elements.
    pub fn columns(mut self, name: &str, xml: &str) -> Self {
        xml.clone_into(&mut self.sheet(name).columns);
        self
    }

    /// The same with XML behind the cells: merged cells, a filter.
    pub fn behind(mut self, name: &str, xml: &str) -> Self {
        self.sheet(name).behind.push_str(xml);
        self
    }

    /// The same with a sheet that is not shown.
    pub fn hidden(mut self, name: &str) -> Self {
        self.sheet(name).state = " state=\"hidden\"";
        self
    }

    /// The same with days counted from 1904.
    pub fn since_1904(mut self) -> Self {
        self.counts_since_1904 = true;
        self
    }

    /// Its parts by name.
    pub fn parts(&self) -> Vec<(String, String)> {
        let mut parts = vec![("[Content_Types].xml".to_owned(), "<Types/>".to_owned())];
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let main = format!(
            "<Relationships><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        parts.push(("_rels/.rels".to_owned(), main));
        let (mut list, mut relations) = (String::new(), String::new());
        for (number, sheet) in self.sheets.iter().enumerate() {
            let id = number + 1;
            let name = escaped(&sheet.name);
            write!(list, "<sheet name=\"{name}\" sheetId=\"{id}\"{} r:id=\"rId{id}\"/>", sheet.state)
                .unwrap();
            let target = format!("Target=\"/xl/worksheets/sheet{id}.xml\"");
            write!(relations, "<Relationship Id=\"rId{id}\" Type=\"{office}/worksheet\" {target}/>").unwrap();
            parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet.xml()));
        }
        for (id, kind, target) in [("s", "styles", "styles.xml"), ("t", "sharedStrings", "sharedStrings.xml")]
        {
            write!(relations, "<Relationship Id=\"{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>")
                .unwrap();
        }
        let epoch = u8::from(self.counts_since_1904);
        let book = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook><workbookPr date1904=\"{epoch}\"/><sheets>{list}</sheets></workbook>"
        );
        parts.push(("xl/workbook.xml".to_owned(), book));
        parts.push((
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{relations}</Relationships>"),
        ));
        let texts: String =
            self.strings.iter().map(|text| format!("<si><t>{}</t></si>", escaped(text))).collect();
        parts.push(("xl/sharedStrings.xml".to_owned(), format!("<sst>{texts}</sst>")));
        parts.push(("xl/styles.xml".to_owned(), styles()));
        parts
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        zipped(&self.parts())
    }
}

impl SheetXml {
    fn xml(&self) -> String {
        let rows = self
            .rows
            .iter()
            .map(|(number, (attributes, cells))| format!("<row r=\"{number}\" {attributes}>{cells}</row>"));
        let columns =
            if self.columns.is_empty() { String::new() } else { format!("<cols>{}</cols>", self.columns) };
        format!(
            "<?xml version=\"1.0\"?><worksheet>{columns}<sheetData>{}</sheetData>{}</worksheet>",
            rows.collect::<String>(),
            self.behind
        )
    }
}

fn styles() -> String {
    let formats = FORMATS.iter().enumerate();
    let formats: String = formats
        .map(|(at, code)| format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 164 + at, escaped(code)))
        .collect();
    let uses: String = (0..FORMATS.len()).map(|at| format!("<xf numFmtId=\"{}\"/>", 164 + at)).collect();
    format!(
        "<styleSheet><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
         <cellXfs><xf numFmtId=\"0\"/>{uses}<xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    )
}

/// An archive of parts.
pub fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut target = Cursor::new(Vec::new());
    write_zip(&mut target, parts.iter().map(|(name, text)| (name.as_str(), Ok(text.as_bytes())))).unwrap();
    target.into_inner()
}

/// The parts of an archive.
pub fn unzipped(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    read_zip(&mut Cursor::new(bytes), ZipLimits { files: 1000, bytes: 100_000_000 }).unwrap()
}

fn reference(row: usize, column: usize) -> String {
    assert!(column < 26 * 26, "too wide");
    let letter = |at: usize| char::from(b'A' + u8::try_from(at).unwrap());
    let high = if column >= 26 { letter(column / 26 - 1).to_string() } else { String::new() };
    format!("{high}{}{}", letter(column % 26), row + 1)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
