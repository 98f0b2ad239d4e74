//! Named sets of weights.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean, suggest};
use crate::domain::{ObjectiveError, ObjectiveTree, Portfolio, WEIGHT_METHODS, WeightMethod, Weights};
use crate::ids::WeightSetName;
use crate::input::schema::WEIGHTS;
use crate::input::words::weight_methods;

use super::document::{Entry, Section};

/// The name of the objectives table's own weights.
pub(super) const GIVEN: &str = "given";

/// Methods that the format foresees and this version refuses.
const METHODS_NOT_YET: [&str; 5] = ["pairwise", "rank", "swing", "incomplete", "group"];

/// The sets by name; a set that could not be read is `None`.
pub(super) struct WeightSets {
    sets: BTreeMap<String, Option<Weights>>,
    /// False if a section whose name is misspelt may hold more.
    is_complete: bool,
}

impl WeightSets {
    /// Reads the sections `[weights.NAME]`.
    pub(super) fn read(root: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Self {
        let tree = portfolio.map(Portfolio::objectives);
        let given = tree.and_then(|tree| tree.given_weights().ok());
        let mut sets = BTreeMap::from([(GIVEN.to_owned(), given)]);
        let section = root.get("weights").and_then(|entry| entry.table("[weights.NAME]", found));
        let entries = section.iter().flat_map(Section::entries);
        for (name, entry) in entries {
            if name == GIVEN {
                let help = "give this set another name";
                let problem = "cannot be set: it stands for the weights of objectives.csv";
                found.push(Diagnostic::fault(entry.source(), problem, help).with_value(GIVEN));
                continue;
            }
            let set = entry.table("a section such as [weights.balanced]", found);
            sets.insert(name.to_owned(), set.and_then(|set| read_set(&set, tree, found)));
        }
        let is_misspelt =
            |name: &str| name != "weights" && did_you_mean(&name.to_lowercase(), ["weights"]).is_some();
        let is_complete = !root.entries().any(|(name, _)| is_misspelt(name));
        Self { sets, is_complete }
    }

    /// The set that a scenario names; the objectives table's own if it names none.
    pub(super) fn resolve(
        &self,
        entry: Option<&Entry<'_>>,
        found: &mut Diagnostics,
    ) -> Option<(WeightSetName, Weights)> {
        let name = match entry {
            Some(entry) => entry.text(found)?,
            None => GIVEN,
        };
        let set = self.sets.get(name);
        if let (None, Some(entry), true) = (set, entry, self.is_complete) {
            let names = || self.sets.keys().map(String::as_str);
            let help = suggest(name, names(), "weight sets");
            found.push(entry.fault("is not a weight set", help));
        }
        Some((name.into(), set?.clone()?))
    }
}

fn read_set(set: &Section<'_>, tree: Option<&ObjectiveTree>, found: &mut Diagnostics) -> Option<Weights> {
    let [usual, ..] = WEIGHT_METHODS;
    let Some(entry) = set.get("method") else {
        found.extend(set.missing("method", format!("write method = \"{}\"", usual.name)));
        return None;
    };
    if METHODS_NOT_YET.contains(&entry.label().as_str()) {
        let help = format!("write method = \"{}\" and {}", usual.name, usual.key);
        found.push(entry.fault("is a method that is not supported yet", help));
        return None;
    }
    let method = entry.word(&weight_methods(), found)?;
    set.check_against(&WEIGHTS, found);
    let Some(values) = set.get(method.key) else {
        found
            .extend(set.missing(method.key, format!("write {} = {{ objective = weight, ... }}", method.key)));
        return None;
    };
    let values = values.table("a table of weights such as { growth = 40, service = 25 }", found)?;
    find_weights(method, &values, tree, found)
}

fn find_weights(
    method: WeightMethod,
    values: &Section<'_>,
    tree: Option<&ObjectiveTree>,
    found: &mut Diagnostics,
) -> Option<Weights> {
    let mut named = BTreeMap::new();
    let mut is_sound = true;
    for (objective, entry) in values.entries() {
        let weight = entry.number("a weight of 0 or more", |weight| weight >= 0.0, found);
        is_sound &= weight.is_some();
        // A faulty weight still counts as one, so that its siblings are not blamed for it.
        named.insert(objective.to_owned(), weight.unwrap_or(1.0));
    }
    let tree = tree?;
    match (method.find)(tree, &named) {
        Ok(weights) => is_sound.then_some(weights),
        Err(errors) => {
            // A misspelt objective leaves its siblings without their weight: report the cause only.
            let is_unknown = |error: &&ObjectiveError| matches!(error, ObjectiveError::Unknown(_));
            let has_unknown = errors.iter().any(|error| is_unknown(&error));
            let told = errors.iter().filter(|error| !has_unknown || is_unknown(error));
            told.for_each(|error| report(error, values, tree, found));
            None
        }
    }
}

fn report(error: &ObjectiveError, values: &Section<'_>, tree: &ObjectiveTree, found: &mut Diagnostics) {
    let ids = || tree.objectives().iter().map(|objective| objective.id.as_str());
    let place = &values.place;
    found.push(match error {
        ObjectiveError::Unknown(name) => {
            let help = match tree.is_empty() {
                true => "the portfolio has no objectives: add objectives.csv, or remove it".to_owned(),
                false => suggest(name, ids(), "objectives"),
            };
            let entry = values.get(name).unwrap_or_else(|| place.clone());
            Diagnostic::fault(entry.source(), "is not an objective", help).with_value(name.as_str())
        }
        ObjectiveError::MissingWeight { missing, weighted } => place.fault(
            format!("gives no weight to `{missing}`, but one to `{weighted}` beside it"),
            "weigh all objectives under one parent, or none of them",
        ),
        other => place.fault(format!("makes no weights: {other}"), "give one of them a weight above 0"),
    });
}
