//! The keys of scenarios: what one layer (batch, base, scenario, sweep) says, and how layers lie upon each other.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::input::schema::SCENARIO;

use super::document::{Entry, Section};

/// The price of any change to the current plan, and those of one kind of change each, which stand in its place.
pub(super) const CHANGE_PRICES: [&str; 4] = ["change_price", "add_price", "drop_price", "move_price"];

/// The values of one layer, by key.
#[derive(Clone, Default)]
pub(super) struct Layer<'a> {
    entries: BTreeMap<&'static str, Entry<'a>>,
}

impl<'a> Layer<'a> {
    /// Reads the scenario keys of a section; `own` are the other keys that it may have.
    pub(super) fn read(section: &Section<'a>, own: &[&'static str], found: &mut Diagnostics) -> Self {
        let keys = keys();
        let known: Vec<&str> = own.iter().copied().chain(keys.iter().copied()).collect();
        section.check_keys(&known, not_yet(), found);
        let mut layer = Self::default();
        for key in keys {
            section.get(key).into_iter().for_each(|entry| layer.insert(key, entry));
        }
        layer.check_goal(found);
        layer
    }

    /// Its value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.get(key)
    }

    /// Adds a key.
    pub(super) fn insert(&mut self, key: &'static str, entry: Entry<'a>) {
        self.entries.insert(key, entry);
    }

    /// This layer with another upon it: keys of the upper one replace those of the lower one entirely, a goal replaces
    /// a goal of either sense, and a price of any change replaces those of kinds of changes, and they it.
    pub(super) fn under(&self, upper: &Self) -> Self {
        let mut entries = self.entries.clone();
        if upper.get("maximise").or(upper.get("minimise")).is_some() {
            entries.remove("maximise");
            entries.remove("minimise");
        }
        let [any, apart @ ..] = CHANGE_PRICES;
        if apart.iter().any(|key| upper.get(key).is_some()) {
            entries.remove(any);
        }
        if upper.get(any).is_some() {
            entries.retain(|key, _| !apart.contains(key));
        }
        entries.extend(upper.entries.iter().map(|(&key, entry)| (key, entry.clone())));
        Self { entries }
    }

    /// One layer has one goal.
    pub(super) fn check_goal(&self, found: &mut Diagnostics) {
        if let (Some(_), Some(minimise)) = (self.get("maximise"), self.get("minimise")) {
            found.push(minimise.fault("stands beside `maximise`", "keep one of the two"));
        }
    }
}

/// The keys of scenarios, without their names.
pub(super) fn keys() -> Vec<&'static str> {
    SCENARIO.names().filter(|&key| key != "name").collect()
}

/// Keys of scenarios that this version refuses.
pub(super) fn not_yet() -> &'static [&'static str] {
    SCENARIO.not_yet
}
