//! A TOML document whose values know their line and dotted key.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean, list, suggest};
use crate::input::reader::numbers::LARGEST;
use crate::input::reader::per_cent;
use crate::input::reader::text::LineStarts;
use crate::input::schema::BatchSection;

/// A batch file and its lines.
pub(in crate::input) struct Source<'a> {
    pub(in crate::input) file: &'a str,
    pub(in crate::input) lines: LineStarts,
    /// The cells that its lines come from, where it is the sheets of a workbook.
    pub(in crate::input) cells: Option<&'a [Option<SourceRef>]>,
}

impl Source<'_> {
    /// The place of a line.
    pub(in crate::input) fn line(&self, row: usize) -> SourceRef {
        let Some(cells) = self.cells else { return SourceRef::file(self.file).at_row(row) };
        let cell = row.checked_sub(1).and_then(|line| cells.get(line)).cloned().flatten();
        cell.unwrap_or_else(|| SourceRef::file(self.file))
    }
}

/// A value with its place.
#[derive(Clone)]
pub(in crate::input) struct Entry<'a> {
    document: &'a Source<'a>,
    /// The dotted key.
    pub(in crate::input) key: String,
    /// The line.
    pub(in crate::input) row: usize,
    value: &'a DeValue<'a>,
}

/// A table with its place.
#[derive(Clone)]
pub(in crate::input) struct Section<'a> {
    pub(in crate::input) place: Entry<'a>,
    table: &'a DeTable<'a>,
}

impl<'a> Entry<'a> {
    pub(in crate::input) fn new(
        document: &'a Source<'a>,
        key: String,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Self {
        let row = document.lines.line_of(value.span().start);
        Self { document, key, row, value: value.get_ref() }
    }

    /// Its place in the file.
    pub(in crate::input) fn source(&self) -> SourceRef {
        let line = self.document.line(self.row);
        // The document as a whole has no key.
        if self.key.is_empty() { line } else { line.in_column(self.key.as_str()) }
    }

    /// A fault with its value.
    pub(in crate::input) fn fault(&self, problem: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic::fault(self.source(), problem, help).with_value(shown(self.value))
    }

    /// A warning with its value.
    pub(in crate::input) fn warning(
        &self,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::warning(self.source(), problem, help).with_value(shown(self.value))
    }

    /// Its value as a name for a scenario of a sweep.
    pub(in crate::input) fn label(&self) -> String {
        label(self.value)
    }

    pub(in crate::input) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub(in crate::input) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(in crate::input) fn is_number(&self) -> bool {
        matches!(self.value, DeValue::Integer(_) | DeValue::Float(_))
    }

    /// The text that it is, blank or not.
    pub(in crate::input) fn as_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A text that is not blank.
    pub(in crate::input) fn text(&self, found: &mut Diagnostics) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.trim()),
            DeValue::String(_) => {
                found.push(Diagnostic::fault(self.source(), "is blank", "write a text, or remove the key"));
                None
            }
            _ => {
                found.push(self.fault("is not a text", "put it in quotes"));
                None
            }
        }
    }

    /// Any finite number that holds to a rule, which `expected` puts into words.
    pub(in crate::input) fn number(
        &self,
        expected: &str,
        holds: impl Fn(f64) -> bool,
        found: &mut Diagnostics,
    ) -> Option<f64> {
        let number = match self.value {
            DeValue::Integer(integer) =>
            {
                #[expect(clippy::cast_precision_loss, reason = "amounts of money fit into 53 bits")]
                i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|integer| integer as f64)
            }
            DeValue::Float(float) => float.as_str().parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        };
        let Some(number) = number else {
            let help = match self.as_text().and_then(per_cent::of_text) {
                Some(number) if self.document.cells.is_some() => format!("write the number {number}"),
                Some(number) => format!("write {number} without quotes"),
                None => format!("write {expected}"),
            };
            found.push(self.fault("is not a number", help));
            return None;
        };
        if !holds(number) || number.abs() > LARGEST {
            let help = format!("write {expected}{}", per_cent::hint(number, holds));
            found.push(self.fault("is out of range", help));
            return None;
        }
        Some(number)
    }

    /// A whole number in a range.
    pub(in crate::input) fn whole(&self, least: u64, most: u64, found: &mut Diagnostics) -> Option<u64> {
        let expected = match most {
            u64::MAX => format!("write a whole number of {least} or more"),
            _ => format!("write a whole number from {least} to {most}"),
        };
        let DeValue::Integer(integer) = self.value else {
            found.push(self.fault("is not a whole number", expected));
            return None;
        };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            found.push(self.fault("is out of range", expected));
        }
        number
    }

    /// A whole number in a range, to count with.
    pub(in crate::input) fn count(&self, least: u32, most: u32, found: &mut Diagnostics) -> Option<usize> {
        self.whole(least.into(), most.into(), found).and_then(|number| usize::try_from(number).ok())
    }

    /// True or false.
    pub(in crate::input) fn flag(&self, found: &mut Diagnostics) -> Option<bool> {
        if !self.value.is_bool() {
            let help = match self.document.cells {
                Some(_) => "write true or false",
                None => "write true or false, without quotes",
            };
            found.push(self.fault("is neither true nor false", help));
        }
        self.value.as_bool()
    }

    /// The values of a list.
    pub(in crate::input) fn list(&self, expected: &str, found: &mut Diagnostics) -> Option<Vec<Entry<'a>>> {
        let DeValue::Array(values) = self.value else {
            found.push(self.fault("is not a list", format!("write {expected}")));
            return None;
        };
        Some(values.iter().map(|value| Self::new(self.document, self.key.clone(), value)).collect())
    }

    /// The values of a list that is not empty.
    pub(in crate::input) fn filled_list(
        &self,
        expected: &str,
        found: &mut Diagnostics,
    ) -> Option<Vec<Entry<'a>>> {
        let values = self.list(expected, found)?;
        if values.is_empty() {
            found.push(Diagnostic::fault(self.source(), "is an empty list", format!("write {expected}")));
            return None;
        }
        Some(values)
    }

    /// The table that it is.
    pub(in crate::input) fn table(&self, expected: &str, found: &mut Diagnostics) -> Option<Section<'a>> {
        let DeValue::Table(table) = self.value else {
            found.push(self.fault("is not a table", format!("write {expected}")));
            return None;
        };
        Some(Section { place: self.clone(), table })
    }

    /// One of a few words.
    pub(in crate::input) fn word<T: Copy>(&self, words: &[(&str, T)], found: &mut Diagnostics) -> Option<T> {
        let text = self.text(found)?;
        let word = words.iter().find(|(word, _)| *word == text).map(|&(_, meaning)| meaning);
        if word.is_none() {
            let known = || words.iter().map(|&(word, _)| word);
            let help = match did_you_mean(&text.to_lowercase(), known()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write one of {}", list(known())),
            };
            found.push(self.fault("is not known here", help));
        }
        word
    }
}

impl<'a> Section<'a> {
    /// The document itself.
    pub(in crate::input) fn root(document: &'a Source<'a>, table: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        let place = Entry::new(document, String::new(), table);
        table.get_ref().as_table().map(|table| Self { place, table })
    }

    /// Its values by name, in the order of the file.
    pub(in crate::input) fn entries(&self) -> impl Iterator<Item = (&'a str, Entry<'a>)> + '_ {
        self.table.iter().map(|(name, value)| {
            let name: &str = name.get_ref();
            let key = match self.place.key.as_str() {
                "" => name.to_owned(),
                section => format!("{section}.{name}"),
            };
            (name, Entry::new(self.place.document, key, value))
        })
    }

    /// One of its values.
    pub(in crate::input) fn get(&self, name: &str) -> Option<Entry<'a>> {
        self.entries().find(|(own, _)| *own == name).map(|(_, entry)| entry)
    }

    /// The sections of a repeated header.
    pub(in crate::input) fn repeated(&self, name: &str, found: &mut Diagnostics) -> Vec<Self> {
        let expected = format!("sections that begin with [[{name}]]");
        let Some(entry) = self.get(name) else { return Vec::new() };
        if entry.is_table() {
            let help = format!("write [[{name}]]");
            found.push(Diagnostic::fault(entry.source(), "is a single section", help));
            return Vec::new();
        }
        let Some(listed) = entry.list(&expected, found) else { return Vec::new() };
        if listed.is_empty() {
            found.push(Diagnostic::fault(entry.source(), "is an empty list", format!("write {expected}")));
        }
        listed.iter().filter_map(|entry| entry.table(&expected, found)).collect()
    }

    /// Refuses keys that are none of a section as it is published.
    pub(in crate::input) fn check_against(&self, schema: &BatchSection, found: &mut Diagnostics) {
        self.check_keys(&schema.names().collect::<Vec<_>>(), schema.not_yet, found);
    }

    /// Refuses keys that are not known.
    pub(in crate::input) fn check_keys(&self, known: &[&str], not_yet: &[&str], found: &mut Diagnostics) {
        for (name, entry) in self.entries().filter(|(name, _)| !known.contains(name)) {
            let source = entry.source();
            if not_yet.contains(&name) {
                let problem = format!("`{name}` is not supported yet");
                found.push(Diagnostic::fault(source, problem, "remove it"));
                continue;
            }
            let help = suggest(&name.to_lowercase(), known.iter().copied(), "keys here");
            found.push(Diagnostic::fault(source, "is not a key of this section", help).with_value(name));
        }
    }

    /// A fault for a key that must be there. `None` if a misspelt one is, which is reported as unknown.
    pub(in crate::input) fn missing(&self, name: &str, help: impl Into<String>) -> Option<Diagnostic> {
        let is_meant = |(key, _): &(&str, _)| did_you_mean(&key.to_lowercase(), [name]).is_some();
        if self.entries().any(|entry| is_meant(&entry)) {
            return None;
        }
        let source = self.place.source().in_column(format!("{}.{name}", self.place.key));
        Some(Diagnostic::fault(source, "is missing", help))
    }
}

/// A value as written in the file, cut if it is long.
fn shown(value: &DeValue<'_>) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        DeValue::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| shown(value.get_ref())).collect();
            format!("[{}]", values.join(", "))
        }
        DeValue::Table(table) if table.is_empty() => "{}".to_owned(),
        DeValue::Table(table) => {
            let pair = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                format!("{key} = {}", shown(value.get_ref()))
            };
            format!("{{ {} }}", table.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        other => label(other),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// A value as people write it: texts bare, lists joined by `;`, tables in braces.
fn label(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(integer) => integer.to_string(),
        // As Rust prints it, so that 0.90 and 0.9 are the same value.
        DeValue::Float(float) => float
            .as_str()
            .parse::<f64>()
            .map_or_else(|_| float.as_str().to_owned(), |float| float.to_string()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(values) => {
            values.iter().map(|value| label(value.get_ref())).collect::<Vec<_>>().join(";")
        }
        DeValue::Table(table) => {
            let pair = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                format!("{key}={}", label(value.get_ref()))
            };
            format!("{{{}}}", table.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}
