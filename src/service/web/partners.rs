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

/// The positions of scenarios of two batches that stand in the same place of the same section, which may have other values:
/// what a batch and its rerun have in common.
pub(super) fn same_places(a: &[Part], b: &[Part]) -> Vec<[usize; 2]> {
    let (a, b) = (starts(a), starts(b));
    let mut is_taken = vec![false; b.len()];
    let mut pairs = Vec::new();
    for (part, start) in &a {
        let same = b.iter().zip(&is_taken).position(|((other, _), taken)| !taken && other == part);
        let Some(same) = same else { continue };
        is_taken[same] = true;
        pairs.extend((0..scenarios_of(part)).map(|place| [start + place, b[same].1 + place]));
    }
    pairs
}

/// Sections, each with the position of its first scenario. A batch without any has the base.
fn starts(parts: &[Part]) -> Vec<(Part, usize)> {
    let base = [Part::One(Some("base".to_owned()))];
    let parts = if parts.is_empty() { &base[..] } else { parts };
    let mut next = 0;
    let start = |part: &Part| {
        let start = next;
        next += scenarios_of(part);
        (part.clone(), start)
    };
    parts.iter().map(start).collect()
}

/// Number of scenarios of a section.
fn scenarios_of(part: &Part) -> usize {
    match part {
        Part::One(_) => 1,
        Part::Sweep(_, axes) => axes.iter().map(|(_, values)| values).product(),
    }
}

/// For each scenario of the first batch, its partner (position) in the second, if it has one.
///
/// Scenarios that are paired beforehand are partners. Of the others, those with the same assumptions and name are, then
/// those with the same assumptions, then those with the same name. No scenario is the partner of two.
pub(super) fn partners(
    a: &[KnownScenario],
    b: &[KnownScenario],
    paired: &[[usize; 2]],
) -> Vec<Option<usize>> {
    let mut partners = vec![None; a.len()];
    let mut is_taken = vec![false; b.len()];
    for &[own, other] in paired.iter().filter(|[own, other]| *own < a.len() && *other < b.len()) {
        partners[own] = Some(other);
        is_taken[other] = true;
    }
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
        assert_eq!(partners(&a, &b, &[]), [Some(0), Some(1), Some(2), None]);
        let twins = [known("x", "10"), known("base", "10")];
        assert_eq!(partners(&a[..1], &twins, &[]), [Some(1)], "of equals the one with the name");
    }

    #[test]
    fn the_same_sections_with_other_values_are_matched_by_place() {
        let a = [known("budget_scale=0.9", "9"), known("budget_scale=1", "10")];
        let b = [known("budget_scale=0.81", "8.1"), known("budget_scale=0.9", "9")];
        let sweep = [Part::Sweep(None, vec![("budget_scale".to_owned(), 2)])];
        assert_eq!(partners(&a, &b, &same_places(&sweep, &sweep)), [Some(0), Some(1)]);
        assert_eq!(partners(&a, &b, &[]), [Some(1), None]);
    }

    #[test]
    fn a_scenario_that_is_added_moves_no_partner() {
        let sweep = || Part::Sweep(None, vec![("budget_scale".to_owned(), 3), ("weights".to_owned(), 2)]);
        let one = |name: &str| Part::One(Some(name.to_owned()));
        let pairs = same_places(&[one("cut"), sweep()], &[one("cut"), one("less"), sweep()]);
        let expected: Vec<[usize; 2]> =
            [[0, 0]].into_iter().chain((1..7).map(|place| [place, place + 1])).collect();
        assert_eq!(pairs, expected);
        assert_eq!(same_places(&[], &[one("base"), one("less")]), [[0, 0]]);
        assert_eq!(same_places(&[sweep()], &[one("cut")]), [[0; 2]; 0]);
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
