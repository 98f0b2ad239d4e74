//! Scenarios of two batches that are compared with each other: by what they are, and only then by their names.

use std::collections::{BTreeMap, VecDeque};

use crate::output::KnownScenario;

/// A section of a batch file that makes scenarios.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A `[[scenario]]` with its name.
    One(Option<String>),
    /// A `[[sweep]]` with its name, and the keys that it varies with the number of values of each.
    Sweep(Option<String>, Vec<(String, usize)>),
}

/// The sections of a batch file that make scenarios, in the order of the scenarios; `None` if it is no batch file.
pub(super) fn parts(batch: &[u8]) -> Option<Vec<Part>> {
    let document: toml::Table = std::str::from_utf8(batch).ok()?.parse().ok()?;
    let of = |kind: &str| document.get(kind).and_then(toml::Value::as_array).into_iter().flatten();
    let name = |part: &toml::Value| part.get("name").and_then(toml::Value::as_str).map(str::to_owned);
    let length = |values: &toml::Value| values.as_array().map_or(1, Vec::len);
    let sweep = |part: &toml::Value| {
        let axes = part.get("vary").and_then(toml::Value::as_table).into_iter().flatten();
        Part::Sweep(name(part), axes.map(|(key, values)| (key.clone(), length(values))).collect())
    };
    Some(of("scenario").map(|part| Part::One(name(part))).chain(of("sweep").map(sweep)).collect())
}

/// For each scenario of the first batch, its partner (position) in the second, if it has one.
///
/// Where the second batch is the first with other values in the same sections (`is_same_plan`), the scenario in the same
/// place is the partner. Otherwise scenarios with the same assumptions and name are, then those with the same assumptions,
/// then those with the same name. No scenario is the partner of two.
pub(super) fn partners(a: &[KnownScenario], b: &[KnownScenario], is_same_plan: bool) -> Vec<Option<usize>> {
    if is_same_plan && a.len() == b.len() {
        return (0..a.len()).map(Some).collect();
    }
    let mut partners = vec![None; a.len()];
    let mut is_taken = vec![false; b.len()];
    let rules: [fn(&KnownScenario) -> [&str; 2]; 3] = [
        |one| [one.settings.as_str(), one.name.as_str()],
        |one| [one.settings.as_str(), ""],
        |one| [one.name.as_str(), ""],
    ];
    for key in rules {
        let mut free: BTreeMap<[&str; 2], VecDeque<usize>> = BTreeMap::new();
        for (place, known) in b.iter().enumerate().filter(|(place, _)| !is_taken[*place]) {
            free.entry(key(known)).or_default().push_back(place);
        }
        for (known, partner) in a.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            *partner = free.get_mut(&key(known)).and_then(VecDeque::pop_front);
            if let Some(place) = *partner {
                is_taken[place] = true;
            }
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, budget: &str) -> KnownScenario {
        KnownScenario { name: name.to_owned(), settings: budget.to_owned() }
    }

    #[test]
    fn what_a_scenario_is_counts_more_than_its_name() {
        let a = [known("base", "10"), known("cut", "9"), known("wide", "12"), known("gone", "1")];
        let b = [known("cut", "10"), known("base", "9"), known("wide", "13"), known("new", "2")];
        assert_eq!(partners(&a, &b, false), [Some(0), Some(1), Some(2), None]);
        let twins = [known("x", "10"), known("base", "10")];
        assert_eq!(partners(&a[..1], &twins, false), [Some(1)], "of equals the one with the name");
    }

    #[test]
    fn the_same_sections_with_other_values_are_matched_by_place() {
        let a = [known("budget_scale=0.9", "9"), known("budget_scale=1", "10")];
        let b = [known("budget_scale=0.81", "8.1"), known("budget_scale=0.9", "9")];
        assert_eq!(partners(&a, &b, true), [Some(0), Some(1)]);
        assert_eq!(partners(&a, &b, false), [Some(1), None]);
    }

    #[test]
    fn parts_tell_keys_and_counts() {
        let batch =
            "[batch]\nname = \"x\"\n[[scenario]]\nname = \"s\"\n[[sweep]]\nvary = { b = [1, 2], a = [3] }\n";
        let axes = vec![("b".to_owned(), 2), ("a".to_owned(), 1)];
        let expected = vec![Part::One(Some("s".to_owned())), Part::Sweep(None, axes)];
        assert_eq!(parts(batch.as_bytes()), Some(expected));
        assert_eq!(parts(b"[[scenario]"), None);
    }
}
