//! The sections `[list]`, `[numbers]` and `[periods]`.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::batch::document::{Entry, Section};
use crate::input::schema::{MAP_LIST, MAP_NUMBERS, MAP_PERIODS};
use crate::input::words::DUPLICATE_ROWS;
use crate::input::words::map::{
    BLANK_IDS, DATE_ORDERS, DoubtfulRow, EARLY_STARTS, NEGATIVES, NegativeSign, PER_CENTS, PerCent,
    REST_OF_LIST, TOTAL_ROWS,
};

use super::values::{Said, character_of, factor_of, section, text, text_of, texts, texts_of, word_of};

const SEPARATORS: [(&str, char); 5] = [(",", ','), (";", ';'), ("tab", '\t'), ("\t", '\t'), ("|", '|')];
const MARKS: [(&str, char); 2] = [(".", '.'), (",", ',')];
const GROUP_MARKS: [(&str, char); 5] = [(".", '.'), (",", ','), ("blank", ' '), (" ", ' '), ("'", '\'')];
/// Most rows of headings.
const MOST_HEADER_ROWS: u32 = 5;
/// Rows of the largest spreadsheet.
const MOST_ROWS: u32 = 1_048_576;

/// Texts that choose rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The heading.
    pub column: Said<String>,
    /// The texts of its cells.
    pub texts: Vec<String>,
}

/// Layout of the list.
#[derive(Clone, Debug, Default)]
pub struct ListLayout {
    /// Sheet of a workbook.
    pub sheet: Option<Said<String>>,
    /// Character between cells; found in the file if it is not said.
    pub separator: Option<char>,
    /// Rows above the headings.
    pub skip_rows: usize,
    /// Rows of headings; `None`: one.
    pub header_rows: Option<usize>,
    /// Rows that are read: those that keep to all of these.
    pub only: Vec<Filter>,
    /// Rows that are left: those that keep to one of these.
    pub leave: Vec<Filter>,
    /// Rows of totals.
    pub total_rows: DoubtfulRow,
    /// Rows without an id.
    pub blank_ids: DoubtfulRow,
    /// Amounts of one project, line and period are added up.
    pub sums_duplicates: bool,
    /// Columns that nothing names are attributes.
    pub takes_rest: bool,
}

/// Form of the numbers.
#[derive(Clone, Debug, Default)]
pub struct NumberMap {
    /// Mark before the fraction.
    pub decimal: Option<char>,
    /// Mark that parts thousands; a blank stands for all kinds of blanks.
    pub thousands: Option<char>,
    /// Signs of the currency.
    pub currency: Vec<String>,
    /// Sign of negative numbers.
    pub negative: NegativeSign,
    /// Letters behind numbers, with their factors; the longest first.
    pub suffixes: Vec<(String, f64)>,
    /// Texts that stand for a blank cell.
    pub nothing: Vec<String>,
    /// Meaning of a per cent.
    pub percent: Option<PerCent>,
    /// Factor on costs and benefits.
    pub scale: Option<f64>,
}

/// The horizon.
#[derive(Clone, Debug, Default)]
pub struct PeriodMap {
    /// The periods in order; blank: those of the list.
    pub horizon: Vec<Said<String>>,
    /// Periods by what the list calls them.
    pub names: Vec<(String, String)>,
    /// Form in which cells write periods.
    pub pattern: Option<Said<String>>,
    /// The day comes first in dates.
    pub is_day_first: Option<bool>,
    /// Projects that begin before the horizon start with it.
    pub takes_early: bool,
}

/// Reads `[list]`.
pub(super) fn read_list(root: &Section<'_>, found: &mut Diagnostics) -> ListLayout {
    let Some(own) = section(root, "list", found) else { return ListLayout::default() };
    own.check_against(&MAP_LIST, found);
    let header_rows = own.get("header_rows").and_then(|entry| entry.count(1, MOST_HEADER_ROWS, found));
    ListLayout {
        sheet: text_of(&own, "sheet", found),
        separator: character_of(&own, "separator", &SEPARATORS, found),
        skip_rows: own.get("skip_rows").and_then(|entry| entry.count(0, MOST_ROWS, found)).unwrap_or(0),
        header_rows,
        only: filters(&own, "where", found),
        leave: filters(&own, "leave", found),
        total_rows: word_of(&own, "total_rows", &TOTAL_ROWS, found).unwrap_or_default(),
        blank_ids: word_of(&own, "blank_ids", &BLANK_IDS, found).unwrap_or_default(),
        sums_duplicates: word_of(&own, "duplicate_rows", &DUPLICATE_ROWS, found).unwrap_or(false),
        takes_rest: word_of(&own, "rest", &REST_OF_LIST, found).unwrap_or(false),
    }
}

fn filters(own: &Section<'_>, key: &str, found: &mut Diagnostics) -> Vec<Filter> {
    let expected = format!("{key} = {{ \"Heading\" = [\"text\"] }}");
    let Some(table) = own.get(key).and_then(|entry| entry.table(&expected, found)) else { return Vec::new() };
    let filter = |(heading, entry): (&str, Entry<'_>)| {
        let source = entry.source();
        // A blank text means blank cells, which no other key could want.
        let texts = match entry.as_text() {
            Some(text) if text.trim().is_empty() => vec![String::new()],
            _ => blank_or_texts(&entry, found),
        };
        Filter { column: Said { value: one_line(heading), source }, texts }
    };
    table.entries().map(filter).collect()
}

fn blank_or_texts(entry: &Entry<'_>, found: &mut Diagnostics) -> Vec<String> {
    if !entry.is_list() {
        return texts(entry, found).into_iter().map(|said| said.value).collect();
    }
    let listed = entry.list("a text or a list of texts", found).unwrap_or_default();
    let one = |entry: &Entry<'_>| match entry.as_text() {
        Some(text) if text.trim().is_empty() => Some(String::new()),
        _ => text(entry, found).map(|said| said.value),
    };
    listed.iter().filter_map(one).collect()
}

/// A heading with single blanks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads `[numbers]`.
pub(super) fn read_numbers(root: &Section<'_>, found: &mut Diagnostics) -> NumberMap {
    let Some(own) = section(root, "numbers", found) else { return NumberMap::default() };
    own.check_against(&MAP_NUMBERS, found);
    let decimal = character_of(&own, "decimal", &MARKS, found);
    let thousands = character_of(&own, "thousands", &GROUP_MARKS, found);
    if let (Some(entry), true) = (own.get("thousands"), decimal.is_some() && decimal == thousands) {
        found.push(entry.fault("is the decimal mark as well", "name two different marks"));
    }
    let texts = |key: &str, found: &mut Diagnostics| {
        texts_of(&own, key, found).into_iter().map(|said| said.value).collect()
    };
    NumberMap {
        decimal,
        thousands,
        currency: texts("currency", found),
        negative: word_of(&own, "negative", &NEGATIVES, found).unwrap_or_default(),
        suffixes: suffixes(&own, found),
        nothing: texts("nothing", found),
        percent: word_of(&own, "percent", &PER_CENTS, found),
        scale: factor_of(&own, "scale", found),
    }
}

fn suffixes(own: &Section<'_>, found: &mut Diagnostics) -> Vec<(String, f64)> {
    let expected = "suffixes = { k = 1000, M = 1000000 }";
    let Some(table) = own.get("suffixes").and_then(|entry| entry.table(expected, found)) else {
        return Vec::new();
    };
    let mut suffixes: Vec<(String, f64)> = table
        .entries()
        .filter_map(|(letters, entry)| {
            let factor = entry.number("a number above 0, such as 1000", |factor| factor > 0.0, found)?;
            Some((letters.to_owned(), factor))
        })
        .collect();
    suffixes.sort_by_key(|(letters, _)| std::cmp::Reverse(letters.len()));
    suffixes
}

/// Reads `[periods]`.
pub(super) fn read_periods(root: &Section<'_>, found: &mut Diagnostics) -> PeriodMap {
    let Some(own) = section(root, "periods", found) else { return PeriodMap::default() };
    own.check_against(&MAP_PERIODS, found);
    let names = own.get("names").and_then(|entry| entry.table("names = { \"FY27\" = \"2027\" }", found));
    let names = names.map(|table| {
        let name = |(of, entry): (&str, Entry<'_>)| Some((one_line(of), text(&entry, found)?.value));
        table.entries().filter_map(name).collect()
    });
    let pattern = text_of(&own, "pattern", found);
    if let Some(said) = &pattern {
        check_pattern(said, found);
    }
    PeriodMap {
        horizon: texts_of(&own, "horizon", found),
        names: names.unwrap_or_default(),
        pattern,
        is_day_first: word_of(&own, "dates", &DATE_ORDERS, found),
        takes_early: word_of(&own, "early", &EARLY_STARTS, found).unwrap_or(false),
    }
}

/// The mark of a period in a pattern.
pub(super) const PERIOD: &str = "{period}";

/// Refuses a pattern without exactly one place for the period.
pub(super) fn check_pattern(said: &Said<String>, found: &mut Diagnostics) {
    if said.value.matches(PERIOD).count() != 1 {
        let help = format!("write {PERIOD} once, where the period stands, such as FY{PERIOD}");
        let fault = Diagnostic::fault(said.source.clone(), "is no pattern of periods", help);
        found.push(fault.with_value(said.value.as_str()));
    }
}
