//! Named sets of weights.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean, suggest};
use crate::domain::{
    FindWeights, ObjectiveError, ObjectiveTree, Portfolio, ProjectWeights, WEIGHT_METHODS, WeightMethod,
    WeightSet, Weights,
};
use crate::ids::WeightSetName;
use crate::input::schema::WEIGHTS;
use crate::input::words::weight_methods;

use super::class_weights::{self, Known};
use super::document::{Entry, Section};
use super::group_weights::{self, Sets};
use super::{judgements, statements};

/// The name of the objectives table's own weights.
pub(super) const GIVEN: &str = "given";

/// Further keys of methods, beside the one under which they state weights: the method, and the key.
const KEYS_BESIDE: [(&str, &str); 1] = [("by_class", "attribute")];

/// All sets.
pub(super) struct WeightSets {
    sets: Sets,
    /// False if a section whose name is misspelt may hold more.
    is_complete: bool,
}

impl WeightSets {
    /// Reads the sections `[weights.NAME]`.
    pub(super) fn read(root: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Self {
        let tree = portfolio.map(Portfolio::objectives);
        let given = tree.and_then(|tree| tree.given_weights().ok());
        let given = given.map(|weights| WeightSet::new(GIVEN.into(), weights));
        let mut sets = Sets::from([(GIVEN.to_owned(), given)]);
        let section = root.get("weights").and_then(|entry| entry.table("[weights.NAME]", found));
        // Sets that name others wait until those are known, wherever they stand in the file.
        let (mut by_class, mut groups) = (Vec::new(), Vec::new());
        for (name, entry) in section.iter().flat_map(Section::entries) {
            if name == GIVEN {
                let help = "give this set another name";
                let problem = "cannot be set: it stands for the weights of objectives.csv";
                found.push(Diagnostic::fault(entry.source(), problem, help).with_value(GIVEN));
                continue;
            }
            let set = entry.table("a section such as [weights.balanced]", found);
            let find = set.as_ref().and_then(find_of);
            match (set, find) {
                (Some(set), Some(FindWeights::ByClass)) => by_class.push((name, set)),
                (Some(set), Some(FindWeights::Members)) => {
                    let stated = method_and_stated(&set, found);
                    match stated.and_then(|(_, stated)| group_weights::read(name, &stated, found)) {
                        Some(group) => groups.push(group),
                        None => drop(sets.insert(name.to_owned(), None)),
                    }
                }
                (set, _) => {
                    let weights = set.and_then(|set| read_set(name, &set, tree, found));
                    sets.insert(name.to_owned(), weights);
                }
            }
        }
        let is_misspelt =
            |name: &str| name != "weights" && did_you_mean(&name.to_lowercase(), ["weights"]).is_some();
        let is_complete = !root.entries().any(|(name, _)| is_misspelt(name));
        let names: BTreeSet<&str> = by_class.iter().map(|&(name, _)| name).collect();
        group_weights::add(groups, &mut sets, (&names, is_complete), tree, found);
        for (name, set) in &by_class {
            let known = Known { sets: &sets, by_class: &names, is_complete };
            let weights = read_set_by_class(set, &known, portfolio, found);
            sets.insert((*name).to_owned(), weights.map(|weights| WeightSet::new((*name).into(), weights)));
        }
        Self { sets, is_complete }
    }

    /// All that could be read, in the order of their names.
    pub(super) fn into_sets(self) -> Vec<WeightSet> {
        self.sets.into_values().flatten().collect()
    }

    /// The set that a scenario names; the objectives table's own if it names none.
    pub(super) fn resolve(
        &self,
        entry: Option<&Entry<'_>>,
        found: &mut Diagnostics,
    ) -> Option<(WeightSetName, ProjectWeights)> {
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
        Some((name.into(), set?.as_ref()?.weights().clone()))
    }
}

/// The shape of what a set states; `None` if its method is not known.
fn find_of(set: &Section<'_>) -> Option<FindWeights> {
    let method = set.get("method")?.label();
    WEIGHT_METHODS.iter().find(|own| own.name == method).map(|own| own.find)
}

fn read_set_by_class(
    set: &Section<'_>,
    known: &Known<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<ProjectWeights> {
    method_and_stated(set, found)?;
    class_weights::read(set, known, portfolio, found)
}

fn read_set(
    name: &str,
    set: &Section<'_>,
    tree: Option<&ObjectiveTree>,
    found: &mut Diagnostics,
) -> Option<WeightSet> {
    let (method, stated) = method_and_stated(set, found)?;
    let weights = match method.find {
        FindWeights::Numbers(find) => {
            let (named, numbers) = read_numbers(&stated, found)?;
            named.weights(tree, |tree| find(tree, &numbers), found)?
        }
        FindWeights::Order(find) => {
            let (named, order) = read_order(&stated, found)?;
            named.weights(tree, |tree| find(tree, &order), found)?
        }
        FindWeights::Pairs(find) => {
            let judged = judgements::read(&stated, tree, find, found)?;
            return Some(WeightSet::new(name.into(), judged.weights).with_consistency(judged.consistency));
        }
        FindWeights::Statements(find) => {
            let polytope = statements::read(&stated, tree, find, found)?;
            return Some(WeightSet::new(name.into(), polytope));
        }
        // These name other sets, and are read when all of those are.
        FindWeights::Members | FindWeights::ByClass => return None,
    };
    Some(WeightSet::new(name.into(), weights))
}

/// The method of a set, and what stands under its key.
fn method_and_stated<'a>(set: &Section<'a>, found: &mut Diagnostics) -> Option<(WeightMethod, Entry<'a>)> {
    let [usual, ..] = WEIGHT_METHODS;
    let Some(entry) = set.get("method") else {
        set.check_against(&WEIGHTS, found);
        found.extend(set.missing("method", format!("write method = \"{}\"", usual.name)));
        return None;
    };
    let method = entry.word(&weight_methods(), found)?;
    set.check_against(&WEIGHTS, found);
    refuse_other_keys(set, method, found);
    let Some(stated) = set.get(method.key) else {
        let shape = match method.find {
            FindWeights::Numbers(_) => "{ objective = weight, ... }",
            FindWeights::Order(_) => "[\"most important\", [\"next\", \"as important\"], ...]",
            FindWeights::Statements(_) => "[\"growth >= 2 * service\", ...]",
            FindWeights::Pairs(_) => "[[\"growth\", \"service\", 3], ...]",
            FindWeights::Members => "{ name of a weight set = its part, ... }",
            FindWeights::ByClass => "{ A = \"name of a weight set\", ... }",
        };
        found.extend(set.missing(method.key, format!("write {} = {shape}", method.key)));
        return None;
    };
    Some((method, stated))
}

/// Refuses the keys of methods other than the one that the set names.
fn refuse_other_keys(set: &Section<'_>, method: WeightMethod, found: &mut Diagnostics) {
    let keys = WEIGHT_METHODS.iter().map(|other| (other.name, other.key)).chain(KEYS_BESIDE);
    for (other, key) in keys.filter(|&(other, _)| other != method.name) {
        if let Some(entry) = set.get(key) {
            let problem = format!("is a key of method = \"{other}\"");
            let help = format!("remove it, or write method = \"{other}\"");
            found.push(Diagnostic::fault(entry.source(), problem, help).with_value(key));
        }
    }
}

/// The objectives that a set names, with their places.
struct Named<'a> {
    /// All that the set states.
    place: Entry<'a>,
    /// The objectives by name, in the order of the file, with the place to blame.
    entries: Vec<(String, Entry<'a>)>,
    /// True if a number or a name could not be read.
    is_faulty: bool,
    /// True if a name could not be read, which may be that of any objective.
    lost_name: bool,
    /// What the method gives to an objective, and the verb for giving it.
    words: (&'static str, &'static str),
}

/// A number per objective.
fn read_numbers<'a>(
    stated: &Entry<'a>,
    found: &mut Diagnostics,
) -> Option<(Named<'a>, BTreeMap<String, f64>)> {
    let table = stated.table("a table of weights such as { growth = 40, service = 25 }", found)?;
    let mut named = Named::at(stated, ("weight", "weigh"));
    let mut numbers = BTreeMap::new();
    for (objective, entry) in table.entries() {
        let weight = entry.number("a weight of 0 or more", |weight| weight >= 0.0, found);
        named.is_faulty |= weight.is_none();
        // A faulty weight still counts as one, so that its siblings are not blamed for it.
        numbers.insert(objective.to_owned(), weight.unwrap_or(1.0));
        named.entries.push((objective.to_owned(), entry));
    }
    Some((named, numbers))
}

/// Objectives from the most to the least important, ties as inner lists.
fn read_order<'a>(stated: &Entry<'a>, found: &mut Diagnostics) -> Option<(Named<'a>, Vec<Vec<String>>)> {
    const SHAPE: &str =
        "objectives from the most to the least important, such as [\"growth\", [\"service\", \"safety\"]]";
    let places = stated.filled_list(SHAPE, found)?;
    let mut named = Named::at(stated, ("place", "rank"));
    let mut order = Vec::with_capacity(places.len());
    for place in places {
        let tied = match place.is_list() {
            true => place.filled_list("the objectives that are tied", found).unwrap_or_default(),
            false => vec![place],
        };
        let mut names = Vec::with_capacity(tied.len());
        for entry in &tied {
            if entry.is_list() {
                found.push(entry.fault("is a tie within a tie", "write one inner list of all that are tied"));
            } else if let Some(name) = entry.text(found) {
                names.push(name.to_owned());
                named.entries.push((name.to_owned(), entry.clone()));
            }
        }
        named.lost_name |= names.is_empty() || names.len() < tied.len();
        order.push(names);
    }
    named.is_faulty = named.lost_name;
    Some((named, order))
}

impl<'a> Named<'a> {
    fn at(place: &Entry<'a>, words: (&'static str, &'static str)) -> Self {
        Self { place: place.clone(), entries: Vec::new(), is_faulty: false, lost_name: false, words }
    }

    /// The weights that a method finds, or `None` and the faults of what is stated.
    fn weights(
        &self,
        tree: Option<&ObjectiveTree>,
        find: impl Fn(&ObjectiveTree) -> Result<Weights, Vec<ObjectiveError>>,
        found: &mut Diagnostics,
    ) -> Option<Weights> {
        let tree = tree?;
        let errors = match find(tree) {
            Ok(weights) => return (!self.is_faulty).then_some(weights),
            Err(errors) => errors,
        };
        // A name that is misspelt or cannot be read leaves its siblings alone: report the cause only.
        let is_unknown = |error: &ObjectiveError| matches!(error, ObjectiveError::Unknown(_));
        let has_cause = errors.iter().any(is_unknown);
        let is_told = |error: &&ObjectiveError| match error {
            ObjectiveError::Unknown(_) | ObjectiveError::Repeated(_) => true,
            ObjectiveError::MissingWeight { .. } => !has_cause && !self.lost_name,
            _ => !has_cause,
        };
        errors.iter().filter(is_told).for_each(|error| self.report(error, tree, found));
        None
    }

    fn report(&self, error: &ObjectiveError, tree: &ObjectiveTree, found: &mut Diagnostics) {
        let ids = || tree.objectives().iter().map(|objective| objective.id.as_str());
        let (noun, verb) = self.words;
        found.push(match error {
            ObjectiveError::Unknown(name) => {
                let help = match tree.is_empty() {
                    true => "the portfolio has no objectives: add objectives.csv, or remove it".to_owned(),
                    false => suggest(name, ids(), "objectives"),
                };
                self.fault_at(self.places_of(name).next(), name, "is not an objective", help)
            }
            ObjectiveError::Repeated(id) => {
                let help = "name each objective once".to_owned();
                self.fault_at(self.places_of(id.as_str()).nth(1), id.as_str(), "is listed twice", help)
            }
            ObjectiveError::MissingWeight { missing, weighted } => self.place.fault(
                format!("gives no {noun} to `{missing}`, but one to `{weighted}` beside it"),
                format!("{verb} all objectives under one parent, or none of them"),
            ),
            other => {
                let help = "give one of them a weight above 0";
                self.place.fault(format!("makes no weights: {other}"), help)
            }
        });
    }

    fn places_of<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Entry<'n>> {
        self.entries.iter().filter(move |(other, _)| other == name).map(|(_, entry)| entry)
    }

    fn fault_at(&self, entry: Option<&Entry<'_>>, value: &str, problem: &str, help: String) -> Diagnostic {
        Diagnostic::fault(entry.unwrap_or(&self.place).source(), problem, help).with_value(value)
    }
}
