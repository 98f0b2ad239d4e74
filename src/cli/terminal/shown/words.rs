//! Words that several of these views share.

use crate::cli::terminal::figures::{gap, number};
use crate::cli::terminal::grid::in_list;
use crate::output::saved::{AssumptionChange, Chosen, SavedOption, SelectionChange};

/// A heading with the currency, if it is told.
pub fn with_currency(heading: &str, currency: Option<&str>) -> String {
    currency.map_or_else(|| heading.to_owned(), |currency| format!("{heading},\n{currency}"))
}

/// The status of a scenario; if it is not proven, how far it is.
pub fn status(status: &str, first: Option<&SavedOption>) -> String {
    match (status, first) {
        ("feasible", Some(first)) => format!("feasible, {}", gap(first.gap)),
        _ => status.to_owned(),
    }
}

/// A share in per cent; a small one is not shown as 0.
pub fn share(fraction: f64) -> String {
    if fraction < 0.005 { "below 1 %".to_owned() } else { format!("{:.0} %", 100.0 * fraction) }
}

/// A project of an option, with its share if it is not whole.
pub fn chosen(one: &Chosen) -> String {
    let who = in_list(&one.project, &one.name);
    if one.fraction < 1.0 { format!("{who} {}", share(one.fraction)) } else { who }
}

/// When a project starts, and its share if it is not whole.
pub fn start_and_share(start: &str, fraction: f64) -> String {
    if fraction < 1.0 { format!("{start} ({})", share(fraction)) } else { start.to_owned() }
}

/// Lines that say who enters, who leaves and who moves.
pub fn change_lines(change: &SelectionChange) -> Vec<String> {
    let started = |one: &Chosen| start_and_share(&one.start, one.fraction);
    let enter = change.enter.iter().map(|one| format!("  + {} from {}", chosen_name(one), started(one)));
    let leave = change.leave.iter().map(|one| format!("  − {}", chosen_name(one)));
    let moved = change
        .moved
        .iter()
        .map(|one| format!("  ~ {} {} → {}", chosen_name(&one.to), started(&one.from), started(&one.to)));
    enter.chain(leave).chain(moved).collect()
}

fn chosen_name(one: &Chosen) -> String {
    in_list(&one.project, &one.name)
}

/// Who enters, leaves and moves, as items of a list.
pub fn change_items(change: &SelectionChange) -> Vec<String> {
    change_lines(change).iter().map(|line| line.trim().to_owned()).collect()
}

/// An assumption that differs: `budget.capex, budget.opex × 0.9`, `discount_rate: 0.05 → 0.07`. Of lists what they gain and
/// lose: `force_in: + P07; − P11`.
pub fn assumption(change: &AssumptionChange) -> String {
    let what = change.assumptions.join(", ");
    if let Some(factor) = change.factor {
        return format!("{what} × {factor}");
    }
    let is_list = |cell: &Option<String>| cell.as_deref().is_some_and(|text| text.contains(';'));
    if is_list(&change.before) || is_list(&change.after) {
        return format!("{what}: {}", changes_of_list(change));
    }
    let cell = |cell: &Option<String>| match cell.as_deref() {
        None | Some("") => "none".to_owned(),
        Some(text) => text.parse().map_or_else(|_| text.to_owned(), |value| number(Some(value))),
    };
    format!("{what}: {} → {}", cell(&change.before), cell(&change.after))
}

fn changes_of_list(change: &AssumptionChange) -> String {
    let items = |cell: &'_ Option<String>| -> Vec<String> {
        let items = cell.as_deref().unwrap_or_default().split(';').filter(|item| !item.is_empty());
        items.map(str::to_owned).collect()
    };
    let (before, after) = (items(&change.before), items(&change.after));
    let only_in = |here: &[String], there: &[String], sign: &str| -> Vec<String> {
        here.iter().filter(|item| !there.contains(item)).map(|item| format!("{sign} {item}")).collect()
    };
    [only_in(&after, &before, "+"), only_in(&before, &after, "−")].concat().join("; ")
}
