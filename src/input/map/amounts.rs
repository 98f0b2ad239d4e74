//! The sections `[costs]`, `[benefits]` and `[demands]`.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::batch::document::{Entry, Section};

use super::layout::{PERIOD, check_pattern, one_line};
use super::values::{Said, factor_of, section, text, text_of, texts};

/// Source of the line, kind or resource of amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyColumn {
    /// The same for all rows.
    Fixed(String),
    /// The cell of a column.
    Column(Said<String>),
}

/// Columns of amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountColumns {
    /// Headings of a form, with the period in them.
    Pattern(Said<String>),
    /// Headings with their periods; `None`: the heading itself.
    Listed(Vec<(Said<String>, Option<String>)>),
    /// A column of amounts, and one of periods.
    Long {
        /// Heading of the amounts.
        amount: Said<String>,
        /// Heading of the periods.
        period: Said<String>,
    },
    /// A column of amounts, all of one period.
    Single {
        /// Heading of the amounts.
        amount: Said<String>,
        /// The period.
        period: Said<String>,
    },
}

/// Amounts of one line, kind or resource, or of those that a column names.
#[derive(Clone, Debug)]
pub struct AmountMap {
    /// Line, kind or resource.
    pub key: KeyColumn,
    /// Names of lines for people.
    pub line_name: Option<Said<String>>,
    /// The word of costs.csv for several lines in one cell.
    pub payers: Option<String>,
    /// Columns of amounts.
    pub columns: AmountColumns,
    /// Column with the sum of a row.
    pub total: Option<Said<String>>,
    /// Factor on the amounts, if another than that of `[numbers]`.
    pub scale: Option<f64>,
}

/// A section of amounts.
pub(super) struct AmountSection {
    name: &'static str,
    /// Key of the column that names lines, kinds or resources.
    key: &'static str,
    has_names: bool,
}

pub(super) const COSTS: AmountSection = AmountSection { name: "costs", key: "line", has_names: true };
pub(super) const BENEFITS: AmountSection = AmountSection { name: "benefits", key: "kind", has_names: false };
pub(super) const DEMANDS: AmountSection =
    AmountSection { name: "demands", key: "resource", has_names: false };

const BLOCK_KEYS: [&str; 6] = ["columns", "amount", "period", "in_period", "total", "scale"];

/// Reads a section of amounts.
pub(super) fn read(root: &Section<'_>, kind: &AmountSection, found: &mut Diagnostics) -> Vec<AmountMap> {
    let Some(own) = section(root, kind.name, found) else { return Vec::new() };
    // A line may be called like a key: what is a table is a line.
    if own.get(kind.key).is_some_and(|entry| !entry.is_table()) {
        return by_column(&own, kind, found).into_iter().collect();
    }
    let expected = format!("{}.NAME = {{ columns = \"FY{PERIOD}\" }}", kind.name);
    let blocks = own.entries().filter_map(|(name, entry)| {
        if !entry.is_table() && BLOCK_KEYS.contains(&name) {
            let help = format!(
                "put it into [{}.NAME], or add `{}`, the heading of the column that names them",
                kind.name, kind.key
            );
            found.push(Diagnostic::fault(entry.source(), "belongs to no line, kind or resource", help));
            return None;
        }
        let block = entry.table(&expected, found)?;
        block.check_keys(&BLOCK_KEYS, &[], found);
        amounts(&block, KeyColumn::Fixed(name.trim().to_owned()), found)
    });
    blocks.collect()
}

fn by_column(own: &Section<'_>, kind: &AmountSection, found: &mut Diagnostics) -> Option<AmountMap> {
    let names: &[&str] = if kind.has_names { &["line_name", "payers"] } else { &[] };
    let keys: Vec<&str> = [kind.key].iter().chain(names).chain(&BLOCK_KEYS).copied().collect();
    own.check_keys(&keys, &[], found);
    let key = text_of(own, kind.key, found);
    let payers = own
        .get("payers")
        .filter(|_| kind.has_names)
        .and_then(|entry| entry.word(&[("one", "one"), ("mix", "mix")], found).map(str::to_owned));
    let line_name = if kind.has_names { text_of(own, "line_name", found) } else { None };
    let block = amounts(own, KeyColumn::Column(key?), found)?;
    Some(AmountMap { line_name, payers, ..block })
}

fn amounts(own: &Section<'_>, key: KeyColumn, found: &mut Diagnostics) -> Option<AmountMap> {
    let columns = columns(own, found);
    let (total, scale) = (text_of(own, "total", found), factor_of(own, "scale", found));
    Some(AmountMap { key, line_name: None, payers: None, columns: columns?, total, scale })
}

fn columns(own: &Section<'_>, found: &mut Diagnostics) -> Option<AmountColumns> {
    let (columns, amount) = (own.get("columns"), own.get("amount"));
    let place = own.place.source();
    match (columns, amount) {
        (Some(columns), None) => {
            for key in ["period", "in_period"] {
                if let Some(entry) = own.get(key) {
                    let help = "remove it: `columns` says the periods; it belongs to `amount`";
                    found.push(entry.fault("stands beside `columns`", help));
                }
            }
            wide(&columns, found)
        }
        (None, Some(amount)) => long(own, &amount, found),
        (Some(_), Some(amount)) => {
            found.push(
                amount
                    .fault("stands beside `columns`", "keep `columns` for a column per period, or `amount`"),
            );
            None
        }
        (None, None) => {
            let help =
                format!("write columns = \"FY{PERIOD}\" for a column per period, or amount = \"Heading\"");
            found.push(Diagnostic::fault(place, "names no column of amounts", help));
            None
        }
    }
}

fn wide(columns: &Entry<'_>, found: &mut Diagnostics) -> Option<AmountColumns> {
    if columns.is_table() {
        let table = columns.table("", found)?;
        let one = |(heading, entry): (&str, Entry<'_>)| {
            let period = text(&entry, found)?.value;
            Some((Said { value: one_line(heading), source: entry.source() }, Some(period)))
        };
        return Some(AmountColumns::Listed(table.entries().filter_map(one).collect()));
    }
    if columns.is_list() {
        let listed = texts(columns, found);
        return Some(AmountColumns::Listed(listed.into_iter().map(|said| (said, None)).collect()));
    }
    let pattern = text(columns, found)?;
    check_pattern(&pattern, found);
    Some(AmountColumns::Pattern(pattern))
}

fn long(own: &Section<'_>, amount: &Entry<'_>, found: &mut Diagnostics) -> Option<AmountColumns> {
    let amount_said = text(amount, found);
    let (column, fixed) = (own.get("period"), own.get("in_period"));
    match (column, fixed) {
        (Some(column), None) => {
            let period = text(&column, found)?;
            Some(AmountColumns::Long { amount: amount_said?, period })
        }
        (None, Some(fixed)) => {
            let period = text(&fixed, found)?;
            Some(AmountColumns::Single { amount: amount_said?, period })
        }
        (Some(column), Some(_)) => {
            found.push(column.fault("stands beside `in_period`", "keep one of the two"));
            None
        }
        (None, None) => {
            let help = "write period = \"Heading\" for the column of periods, or in_period = \"2027\" if all are of one";
            found.push(amount.fault("has no period", help));
            None
        }
    }
}
