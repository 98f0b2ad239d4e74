//! Costs, benefits and demands: amounts by project, key and period.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, list as listed};
use crate::input::map::{AmountColumns, AmountMap, KeyColumn, ListMap, Said};
use crate::input::{is_moment, is_total};

use super::cells::{Cell, Reading};
use super::decimal::Decimal;
use super::headings::Headings;
use super::numbers::Meaning;
use super::periods::{FoundPeriods, part_in_pattern, period_of};

/// A table of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountTable {
    /// Its name.
    pub name: &'static str,
    /// Heading of its key.
    pub key: &'static str,
    /// The noun of its keys in messages.
    pub noun: &'static str,
    /// True for money, to which the factor of `[numbers]` applies.
    pub is_money: bool,
}

/// costs.csv.
pub const COSTS: AmountTable = AmountTable { name: "costs", key: "line", noun: "line", is_money: true };
/// benefits.csv.
pub const BENEFITS: AmountTable = AmountTable { name: "benefits", key: "kind", noun: "kind", is_money: true };
/// demands.csv.
pub const DEMANDS: AmountTable =
    AmountTable { name: "demands", key: "resource", noun: "resource", is_money: false };

/// An amount and the row that it was found in first.
#[derive(Clone, Copy, Debug)]
struct Entry {
    amount: Decimal,
    row: usize,
}

/// Amounts of a table.
#[derive(Debug, Default)]
pub struct Amounts {
    entries: BTreeMap<(usize, String), BTreeMap<String, Entry>>,
    /// Names of lines for people.
    pub line_names: BTreeMap<String, String>,
    /// The word of `payers`, where cells name several lines.
    pub payers: Option<String>,
}

impl Amounts {
    /// Amounts other than 0 by project and key, and by period.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &str, BTreeMap<&str, Decimal>)> {
        self.entries.iter().filter_map(|((project, key), by_period)| {
            let filled = by_period.iter().filter(|(_, entry)| !entry.amount.is_zero());
            let filled: BTreeMap<&str, Decimal> =
                filled.map(|(period, entry)| (period.as_str(), entry.amount)).collect();
            (!filled.is_empty()).then_some((*project, key.as_str(), filled))
        })
    }

    /// Takes away the amounts of periods outside the horizon: their number and sum.
    pub fn keep_within(&mut self, horizon: &[String]) -> (usize, Decimal) {
        let (mut count, mut sum) = (0, Decimal::default());
        for by_period in self.entries.values_mut() {
            by_period.retain(|period, entry| {
                let is_inside = horizon.contains(period) || entry.amount.is_zero();
                if !is_inside {
                    count += 1;
                    sum = sum.plus(entry.amount).unwrap_or(sum);
                }
                is_inside
            });
        }
        (count, sum)
    }
}

/// A column of amounts, and its period.
#[derive(Clone, Debug)]
enum Column {
    /// The period is that of the heading.
    Of(usize, String),
    /// The period stands in another column.
    By { amount: usize, period: usize },
}

/// A block of amounts with its columns.
struct Block<'m> {
    map: &'m AmountMap,
    columns: Vec<Column>,
    key: Option<usize>,
    line_name: Option<usize>,
    total: Option<usize>,
    scale: Decimal,
}

/// Columns of all amounts of a table; marks them as used.
pub struct AmountBlocks<'m> {
    table: AmountTable,
    blocks: Vec<Block<'m>>,
}

impl<'m> AmountBlocks<'m> {
    /// Finds them.
    pub fn find(
        table: AmountTable,
        blocks: &'m [AmountMap],
        map: &ListMap,
        headings: &mut Headings,
        found: &mut Diagnostics,
    ) -> Self {
        let own = blocks.iter().map(|block| {
            let what = match &block.key {
                KeyColumn::Fixed(key) => format!("{} of {key}", table.name),
                KeyColumn::Column(_) => table.name.to_owned(),
            };
            let mut one =
                |said: &Option<Said<String>>, what: &str| headings.find_one(said.as_ref()?, what, found);
            let line_name = one(&block.line_name, "name of the line");
            let total = one(&block.total, &format!("{what}: compared with the sum"));
            let key = match &block.key {
                KeyColumn::Fixed(_) => None,
                KeyColumn::Column(said) => headings.find_one(said, table.noun, found),
            };
            let columns = columns(block, map, &what, headings, found);
            let scale = block.scale.or(map.numbers.scale.filter(|_| table.is_money)).unwrap_or(1.0);
            let scale = Decimal::of_factor(scale).unwrap_or_default();
            Block { map: block, columns, key, line_name, total, scale }
        });
        let blocks = own.collect();
        Self { table, blocks }
    }

    /// Reads the amounts.
    pub fn read(
        &self,
        reading: Reading<'_>,
        map: &ListMap,
        periods: &mut FoundPeriods,
        found: &mut Diagnostics,
    ) -> Amounts {
        let mut amounts = Amounts::default();
        for block in &self.blocks {
            amounts.payers = amounts.payers.take().or_else(|| block.map.payers.clone());
            for &(row, project) in &reading.kept.rows {
                let cell = |position: usize| Cell { row: row.number, position, text: row.cell(position) };
                let Some(key) = self.key(block, reading, cell, &mut amounts, found) else { continue };
                let mut sum = Decimal::default();
                for column in &block.columns {
                    let read = self.amount(column, reading, map, &cell, found);
                    let Some((period, number)) = read else { continue };
                    periods.add(&period, || reading.fault(cell(column.position()), "", "").source);
                    let Some(number) = number else { continue };
                    sum = sum.plus(number).unwrap_or(sum);
                    let Some(amount) = number.times(block.scale) else {
                        found.push(reading.fault(
                            cell(column.position()),
                            "has too many digits",
                            "round it, or check scale",
                        ));
                        continue;
                    };
                    self.add(
                        &mut amounts,
                        (project, &key, period),
                        Entry { amount, row: row.number },
                        map,
                        || reading.fault(cell(column.position()), "", ""),
                        found,
                    );
                }
                if let Some(total) = block.total {
                    check_total(reading, cell(total), sum, found);
                }
            }
        }
        amounts
    }

    /// The line, kind or resource of a row. `None` where the row has no amounts of the block, or after a fault.
    fn key<'a>(
        &self,
        block: &Block<'_>,
        reading: Reading<'_>,
        cell: impl Fn(usize) -> Cell<'a>,
        amounts: &mut Amounts,
        found: &mut Diagnostics,
    ) -> Option<String> {
        let position = match (&block.map.key, block.key) {
            (KeyColumn::Fixed(key), _) => return Some(key.clone()),
            (KeyColumn::Column(_), position) => position?,
        };
        let own = cell(position);
        let key = one_line(own.text);
        let is_filled = |column: &Column| {
            let text = cell(column.position()).text;
            !text.is_empty() && text != "0"
        };
        if key.is_empty() {
            if block.columns.iter().any(is_filled) {
                let help = format!("fill in the {} of these amounts", self.table.noun);
                found.push(reading.fault(own, "is blank beside amounts", help));
            }
            return None;
        }
        if self.table == COSTS && key.contains(';') && block.map.payers.is_none() {
            let help =
                "add payers = \"one\" to [costs] if one of these lines pays all, or \"mix\" if they share";
            found.push(reading.fault(own, "names several lines", help));
            return None;
        }
        if let Some(name) = block.line_name.map(&cell).filter(|name| !name.text.is_empty()) {
            note_name(reading, &key, name, amounts, found);
        }
        Some(key)
    }

    /// The period of a cell and its number, if it has one.
    fn amount<'a>(
        &self,
        column: &Column,
        reading: Reading<'_>,
        map: &ListMap,
        cell: &impl Fn(usize) -> Cell<'a>,
        found: &mut Diagnostics,
    ) -> Option<(String, Option<Decimal>)> {
        let own = cell(column.position());
        let number = reading.number(own, Meaning::Amount, found);
        match column {
            Column::Of(_, period) => Some((period.clone(), number)),
            Column::By { period, .. } => {
                let said = cell(*period);
                if said.text.is_empty() {
                    if number.is_some_and(|number| !number.is_zero()) {
                        let help = "fill in the period of this amount, or leave the row";
                        found.push(reading.fault(said, "is blank beside an amount", help));
                    }
                    return None;
                }
                Some((period_of(&map.periods, said.text), number))
            }
        }
    }

    /// Adds an amount; a second one of the same project, key and period only where the map says so.
    fn add(
        &self,
        amounts: &mut Amounts,
        (project, key, period): (usize, &str, String),
        entry: Entry,
        map: &ListMap,
        fault: impl FnOnce() -> Diagnostic,
        found: &mut Diagnostics,
    ) {
        let by_period = amounts.entries.entry((project, key.to_owned())).or_default();
        let Some(before) = by_period.get_mut(&period) else {
            by_period.insert(period, entry);
            return;
        };
        let is_second = !entry.amount.is_zero() && !before.amount.is_zero();
        if is_second && !map.list.sums_duplicates {
            let problem = format!(
                "is a second amount of the same project for {} `{key}` in {period}; the first stands in row {}",
                self.table.noun, before.row
            );
            let help = "write duplicate_rows = \"sum\" in [list] if they are to be added up, or remove one";
            found.push(Diagnostic { problem, help: help.to_owned(), ..fault() });
            return;
        }
        match before.amount.plus(entry.amount) {
            Some(sum) => before.amount = sum,
            None => {
                let help = "round the amounts".to_owned();
                found.push(Diagnostic {
                    problem: "makes a sum of too many digits".to_owned(),
                    help,
                    ..fault()
                });
            }
        }
    }
}

impl Column {
    fn position(&self) -> usize {
        match self {
            Self::Of(position, _) | Self::By { amount: position, .. } => *position,
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keeps the name of a line; another one is a fault.
fn note_name(
    reading: Reading<'_>,
    key: &str,
    name: Cell<'_>,
    amounts: &mut Amounts,
    found: &mut Diagnostics,
) {
    let told = one_line(name.text);
    let known = amounts.line_names.entry(key.to_owned()).or_insert_with(|| told.clone());
    if *known != told {
        let problem = format!("is another name of `{key}` than `{known}` above");
        found.push(reading.fault(name, problem, "write one name for each line, or leave line_name out"));
    }
}

/// The columns of a block. Headings of a pattern that hold no period are left, a total among them.
fn columns(
    block: &AmountMap,
    map: &ListMap,
    what: &str,
    headings: &mut Headings,
    found: &mut Diagnostics,
) -> Vec<Column> {
    match &block.columns {
        AmountColumns::Pattern(pattern) => in_pattern(pattern, map, what, headings, found),
        AmountColumns::Listed(columns) => {
            let one = |(said, period): &(Said<String>, Option<String>)| {
                let position = headings.find_one(said, what, found)?;
                let period = period.clone().unwrap_or_else(|| period_of(&map.periods, &said.value));
                Some(Column::Of(position, period))
            };
            columns.iter().filter_map(one).collect()
        }
        AmountColumns::Long { amount, period } => {
            let amount = headings.find_one(amount, what, found);
            let period = headings.find_one(period, &format!("period of {what}"), found);
            amount.zip(period).map(|(amount, period)| Column::By { amount, period }).into_iter().collect()
        }
        AmountColumns::Single { amount, period } => {
            let position = headings.find_one(amount, what, found);
            position.map(|position| Column::Of(position, period.value.clone())).into_iter().collect()
        }
    }
}

fn in_pattern(
    pattern: &Said<String>,
    map: &ListMap,
    what: &str,
    headings: &mut Headings,
    found: &mut Diagnostics,
) -> Vec<Column> {
    let part = |name: &str| part_in_pattern(&pattern.value, name).map(str::to_owned);
    let is_period = |part: &str| {
        let is_named = map.periods.names.iter().any(|(name, _)| name == part);
        let is_known = map.periods.horizon.iter().any(|said| said.value == part);
        is_named
            || is_known
            || (!is_total(part) && (is_moment(part) || part.bytes().all(|next| next.is_ascii_digit())))
    };
    let mut columns: Vec<(String, usize)> = Vec::new();
    for position in 0..headings.names.len() {
        let Some(part) = part(&headings.names[position]).filter(|part| is_period(part)) else { continue };
        let period = period_of(&map.periods, &part);
        if let Some((_, first)) = columns.iter().find(|(other, _)| *other == period) {
            let problem = format!(
                "fits `{}` and `{}`, which are of the same period {period}",
                headings.names[*first], headings.names[position]
            );
            let help = "list the columns with their periods: columns = { \"Heading\" = \"2027\" }";
            found.push(
                Diagnostic::fault(pattern.source.clone(), problem, help).with_value(pattern.value.as_str()),
            );
            continue;
        }
        headings.mark(position, what);
        columns.push((period, position));
    }
    if columns.is_empty() {
        let names = headings.names.iter().map(String::as_str).filter(|name| !name.is_empty()).take(30);
        let help = format!("the headings are {}", listed(names));
        let fault = Diagnostic::fault(pattern.source.clone(), "fits no heading of the list", help);
        found.push(fault.with_value(pattern.value.as_str()));
    }
    columns.into_iter().map(|(period, position)| Column::Of(position, period)).collect()
}

/// Compares the sum of a row with that of the list: equal but for what binary numbers lose.
fn check_total(reading: Reading<'_>, cell: Cell<'_>, sum: Decimal, found: &mut Diagnostics) {
    const TOLERANCE: f64 = 1e-9;
    let Some(total) = reading.number(cell, Meaning::Amount, found) else { return };
    let (total, added) = (total.to_f64(), sum.to_f64());
    if (total - added).abs() > TOLERANCE * total.abs().max(added.abs()) {
        let problem = format!("is not the sum of the row, which is {sum}");
        let help = "check which columns the total counts, or take `total` out of the map";
        found.push(reading.fault(cell, problem, help));
    }
}
