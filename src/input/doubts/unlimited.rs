//! Lines that are spent on, and resources that are demanded, which nothing limits while others are limited.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Place, did_you_mean, difference, likeness};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::schema::ALL_LINES;

use super::doubt::{Doubt, Subject};

/// Columns in which a name is used, and in which it is limited.
struct Use {
    used: &'static str,
    limited: &'static str,
    column: &'static str,
    verb: &'static str,
    limit: &'static str,
    subject: fn(String) -> Subject,
}

const USES: [Use; 2] = [
    Use {
        used: "costs",
        limited: "budgets",
        column: "line",
        verb: "is spent on",
        limit: "budget",
        subject: Subject::Line,
    },
    Use {
        used: "demands",
        limited: "capacities",
        column: "resource",
        verb: "is demanded",
        limit: "capacity",
        subject: Subject::Resource,
    },
];

/// Finds them.
pub(super) fn find(tables: &Tables) -> Vec<Doubt> {
    USES.iter().flat_map(|one| find_in(one, tables)).collect()
}

fn find_in(one: &Use, tables: &Tables) -> Vec<Doubt> {
    let (Some(used), Some(limited)) = (tables.get(one.used), tables.get(one.limited)) else {
        return Vec::new();
    };
    let limits: BTreeSet<&str> = limited.rows().filter_map(|cells| cells.text(one.column)).collect();
    // A cap on all lines together limits each of them. Names that resemble another's have been reported.
    let limits_none = limits.is_empty() || limits.contains(ALL_LINES);
    if limits_none || !limited.is_complete || limited.position(one.column).is_none() {
        return Vec::new();
    }
    let mut rows: BTreeMap<&str, Vec<Cells<'_>>> = BTreeMap::new();
    for cells in used.rows() {
        // Only lines are listed, and one with a limit may hold what separates them elsewhere.
        let is_name = |text: &str| one.used != "costs" || limits.contains(text);
        for name in cells.names(one.column, is_name) {
            if name != ALL_LINES && !name.is_empty() {
                rows.entry(name).or_default().push(cells);
            }
        }
    }
    let unlimited = rows.iter().filter(|(name, _)| !limits.contains(*name));
    unlimited
        .filter_map(|(name, own)| {
            let total: f64 = own.iter().map(|cells| total(used, *cells)).sum();
            let (first, others) = own.split_first().filter(|_| total != 0.0)?;
            let problem = format!(
                "{} ({} in all), but no {} limits it",
                one.verb,
                (total * 1e6).round() / 1e6,
                one.limit
            );
            let used_names: BTreeSet<&str> = rows.keys().copied().collect();
            let help = help(name, &limits, &used_names, one);
            let places = others
                .iter()
                .map(|cells| Place::new(Some(cells.number_of_row()), Some(one.column), Some(name)));
            let told = Diagnostic::warning(first.at(one.column), problem, help);
            let told = told.with_value(*name).with_others(places);
            Some(Doubt { subject: (one.subject)((*name).to_owned()), told })
        })
        .collect()
}

/// Planned total of a row; faulty cells have been reported.
fn total(table: &Table, cells: Cells<'_>) -> f64 {
    let mut unheard = Diagnostics::new();
    let amounts =
        table.others.iter().map(|(heading, position)| cells.number_at(heading, *position, &mut unheard));
    amounts.flatten().map(f64::abs).sum()
}

/// Suggestion: a limit that looks alike, one that nothing uses, or one that is a letter off.
fn help(name: &str, limits: &BTreeSet<&str>, used: &BTreeSet<&str>, one: &Use) -> String {
    let like = likeness(name);
    let alike = limits.iter().copied().find(|limit| likeness(limit) == like);
    let unused = || did_you_mean(name, limits.iter().copied().filter(|limit| !used.contains(limit)));
    let near =
        || limits.iter().copied().find(|limit| strsim::osa_distance(limit, name) == 1 && name.len() > 3);
    let otherwise = format!("give it a row in {}.csv if it is limited", one.limited);
    match alike.or_else(unused).or_else(near) {
        Some(near) => {
            let how = difference(name, near).map(|how| format!(" (they differ {how})")).unwrap_or_default();
            format!("did you mean `{near}`{how}? If not, {otherwise}")
        }
        None => otherwise,
    }
}
