//! Sets of weights that are the weighted mean of other sets.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest};
use crate::domain::{ObjectiveTree, WeightSet, weights_of_group};

use super::document::Entry;

/// Sets by name; one that could not be read is `None`.
pub(super) type Sets = BTreeMap<String, Option<WeightSet>>;

/// A group as it was read.
pub(super) struct Group<'a> {
    name: &'a str,
    /// Its members with their parts and places.
    members: Vec<(&'a str, f64, Entry<'a>)>,
    /// True if a part could not be read.
    is_faulty: bool,
}

/// Reads the members of a group.
pub(super) fn read<'a>(name: &'a str, stated: &Entry<'a>, found: &mut Diagnostics) -> Option<Group<'a>> {
    let expected = "a table of weight sets such as { board = 2, finance = 1 }";
    let table = stated.table(expected, found)?;
    let mut group = Group { name, members: Vec::new(), is_faulty: false };
    for (member, entry) in table.entries() {
        let part = entry.number("a number above 0", |part| part > 0.0, found);
        group.is_faulty |= part.is_none();
        group.members.push((member, part.unwrap_or(1.0), entry));
    }
    if group.members.is_empty() {
        found.push(stated.fault("names no weight set", format!("write {expected}")));
        return None;
    }
    Some(group)
}

/// Adds groups to the other sets, whatever the order in which they name each other. `by_class` are the sets that weigh by
/// class; `is_complete` is false if a section whose name is misspelt may hold more.
pub(super) fn add(
    groups: Vec<Group<'_>>,
    sets: &mut Sets,
    (by_class, is_complete): (&BTreeSet<&str>, bool),
    tree: Option<&ObjectiveTree>,
    found: &mut Diagnostics,
) {
    let names: BTreeSet<&str> = groups.iter().map(|group| group.name).collect();
    let known = Known { sets, names: &names, by_class, is_complete };
    let (mut waiting, faulty): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|group| known.are_members(group, found));
    faulty.iter().for_each(|group| drop(sets.insert(group.name.to_owned(), None)));
    let is_ready =
        |group: &Group<'_>, sets: &Sets| group.members.iter().all(|(member, ..)| sets.contains_key(*member));
    while let Some(ready) = waiting.iter().position(|group| is_ready(group, sets)) {
        let group = waiting.remove(ready);
        let set = tree.and_then(|tree| mean(&group, sets, tree));
        sets.insert(group.name.to_owned(), set);
    }
    for group in &waiting {
        found.extend(circle_fault(group, &waiting));
        sets.insert(group.name.to_owned(), None);
    }
}

/// What members may name.
struct Known<'k> {
    sets: &'k Sets,
    names: &'k BTreeSet<&'k str>,
    by_class: &'k BTreeSet<&'k str>,
    is_complete: bool,
}

impl Known<'_> {
    /// True if all members of a group can be; what is wrong with others is told.
    fn are_members(&self, group: &Group<'_>, found: &mut Diagnostics) -> bool {
        let mut is_sound = !group.is_faulty;
        for (member, _, entry) in &group.members {
            if self.by_class.contains(member) {
                let help = "name sets that give weights to objectives";
                found.push(entry.fault("weighs by class, and cannot be a member", help));
                is_sound = false;
            } else if !self.sets.contains_key(*member) && !self.names.contains(member) {
                let known = self.sets.keys().map(String::as_str).filter(|name| *name != group.name);
                if self.is_complete {
                    let problem = format!("is a part of `{member}`, which is not a weight set");
                    found.push(entry.fault(problem, suggest(member, known, "weight sets")));
                }
                is_sound = false;
            }
        }
        is_sound
    }
}

/// The fault of a group that is among its own members; `None` if it only leads to such a group.
fn circle_fault(group: &Group<'_>, waiting: &[Group<'_>]) -> Option<Diagnostic> {
    let circle = circle(group, waiting)?;
    let (.., entry) = group.members.iter().find(|(member, ..)| circle.contains(member))?;
    let by_way = circle.iter().copied().filter(|name| *name != group.name);
    let problem = match list(by_way) {
        none if none.is_empty() => "is a member of itself".to_owned(),
        others => format!("makes `{}` a member of itself, by way of {others}", group.name),
    };
    Some(entry.fault(problem, "remove one of the members"))
}

/// The weighted mean of the members; `None` if one of them could not be read.
fn mean(group: &Group<'_>, sets: &Sets, tree: &ObjectiveTree) -> Option<WeightSet> {
    let set = |(member, part, _): &(&str, f64, Entry<'_>)| Some((sets.get(*member)?.as_ref()?, *part));
    let members: Vec<(&WeightSet, f64)> = group.members.iter().map(set).collect::<Option<_>>()?;
    weights_of_group(tree, group.name.into(), &members)
}

/// The groups that lie between a group and itself; `None` if it is not among its own members, however far down.
fn circle<'g>(group: &'g Group<'_>, waiting: &'g [Group<'_>]) -> Option<BTreeSet<&'g str>> {
    let below = |name: &str| -> BTreeSet<&'g str> {
        let mut reached = BTreeSet::new();
        let mut next = vec![name.to_owned()];
        while let Some(name) = next.pop() {
            for other in waiting.iter().filter(|other| other.name == name) {
                for (member, ..) in &other.members {
                    if waiting.iter().any(|other| other.name == *member) && reached.insert(*member) {
                        next.push((*member).to_owned());
                    }
                }
            }
        }
        reached
    };
    let own = below(group.name);
    own.contains(group.name)
        .then(|| own.into_iter().filter(|other| below(other).contains(group.name)).collect())
}
