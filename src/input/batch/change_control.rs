//! Limits and prices of departures from the current plan.

use crate::diagnostic::Diagnostics;
use crate::domain::{ChangeControl, Portfolio};

use super::document::Entry;
use super::layer::{CHANGE_PRICES, Layer};

/// The limits on changes.
const MOST: [&str; 2] = ["max_changes", "max_drops"];

/// Reads what a layer says of changes to the current plan.
pub(super) fn read(
    layer: &Layer<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> ChangeControl {
    let has_no_plan = portfolio.is_some_and(|portfolio| portfolio.current_plan().is_none());
    let [max_changes, max_drops] = MOST.map(|key| layer.get(key));
    let [any, apart @ ..] = CHANGE_PRICES.map(|key| layer.get(key));
    let all = [max_changes, any, max_drops].into_iter().chain(apart).flatten();
    for entry in all.filter(|_| has_no_plan) {
        let problem = "counts changes to the current plan, but the portfolio has none";
        let help = "add current_plan.csv with the columns project and start, or remove the key";
        found.push(entry.fault(problem, help));
    }
    for entry in apart.into_iter().flatten().filter(|_| any.is_some()) {
        let problem = "stands beside `change_price`, which is the price of any change";
        let help = "keep `change_price`, or the prices of additions, drops and moves";
        found.push(entry.fault(problem, help));
    }
    let [add_price, drop_price, move_price] = apart.map(|entry| price(entry, found));
    ChangeControl {
        max_changes: count(max_changes, found),
        max_drops: count(max_drops, found),
        price: price(any, found),
        add_price,
        drop_price,
        move_price,
    }
}

fn count(entry: Option<&Entry<'_>>, found: &mut Diagnostics) -> Option<usize> {
    entry?.whole(0, u64::MAX, found).and_then(|count| usize::try_from(count).ok())
}

fn price(entry: Option<&Entry<'_>>, found: &mut Diagnostics) -> f64 {
    let price = entry.and_then(|entry| {
        entry.number("a price of 0 or more, in objective units", |price| price >= 0.0, found)
    });
    price.unwrap_or(0.0)
}
