//! Weights of objectives, from the tables and the batch file.

use std::collections::BTreeMap;

use crate::domain::{Judgement, ObjectiveTree, Portfolio, ProjectIx, ProjectWeights, Scenario};

use super::pairs;
use super::vertices::{self, Vertices};

/// What a batch file states about the objectives of one weight set.
#[derive(Clone, Debug)]
enum Stated {
    /// Objective → weight.
    Numbers(BTreeMap<String, f64>),
    /// Objectives from the most to the least important; those of one inner list are tied.
    Order(Vec<Vec<String>>),
    /// Judgements of pairs.
    Pairs(Vec<Judgement>),
    /// Linear statements, as they are written.
    Statements(Vec<String>),
    /// Names of other sets with their parts.
    Members(BTreeMap<String, f64>),
    /// An attribute of projects, and the name of another set by its value.
    ByClass(String, BTreeMap<String, String>),
}

/// The weights of every project: those of its class, or the same for all.
#[derive(Clone, Debug)]
pub(super) struct Weighing {
    /// By class, per objective (position) its share of strategic value; one blank class if projects are weighed alike.
    pub classes: Vec<(String, Vec<f64>)>,
    /// Per project (position) the position of its class; none if projects are weighed alike.
    class_of: Vec<usize>,
}

impl Weighing {
    /// Per objective (position) its share of the strategic value of a project.
    pub fn of(&self, project: ProjectIx) -> &[f64] {
        let class = self.class_of.get(project.index()).copied().unwrap_or_default();
        &self.classes[class].1
    }

    /// The weight of an objective (position), if it is the same for all projects.
    pub fn common(&self, objective: usize) -> Option<f64> {
        let first = self.classes.first()?.1[objective];
        self.classes.iter().all(|(_, weights)| weights[objective] == first).then_some(first)
    }

    /// The same weights for all projects: per objective (position) its share of strategic value.
    pub fn alike(weights: Vec<f64>) -> Self {
        Self { classes: vec![(String::new(), weights)], class_of: Vec::new() }
    }

    /// As the batch was read, where its sets cannot be worked out here.
    pub fn as_read(weights: &ProjectWeights, portfolio: &Portfolio) -> Self {
        let sets = weights.sets().iter().map(|set| (set.class.clone(), set.weights.objectives.clone()));
        let class_of = portfolio.projects().positions().map(|project| weights.set_of(project));
        Self { classes: sets.collect(), class_of: class_of.collect() }
    }
}

/// The weight sets of a batch file, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct WeightSets(BTreeMap<String, Stated>);

/// The set of the objectives table itself.
const GIVEN: &str = "given";

impl WeightSets {
    /// Reads the sets of a batch file; those that are stated in another way are left out.
    pub fn read(batch_file: &str) -> Self {
        let root: toml::Table = toml::from_str(batch_file.trim_start_matches('\u{feff}')).unwrap_or_default();
        let sets = root.get("weights").and_then(|sets| sets.as_table()).into_iter().flatten();
        let stated = |set: &toml::Value| match set.get("method").and_then(toml::Value::as_str) {
            None | Some("direct") => set.get("values").and_then(numbers).map(Stated::Numbers),
            Some("rank") => set.get("order").and_then(order).map(Stated::Order),
            Some("swing") => set.get("points").and_then(numbers).map(Stated::Numbers),
            Some("pairwise") => set.get("judgements").and_then(judgements).map(Stated::Pairs),
            Some("group") => set.get("members").and_then(numbers).map(Stated::Members),
            Some("incomplete") => set.get("statements").and_then(texts).map(Stated::Statements),
            Some("by_class") => by_class(set),
            Some(_) => None,
        };
        Self(sets.filter_map(|(name, set)| Some((name.clone(), stated(set)?))).collect())
    }

    /// The weights of all projects under a scenario; `None` where its set cannot be worked out here.
    pub fn of(&self, scenario: &Scenario, portfolio: &Portfolio) -> Option<Weighing> {
        let (name, tree) = (scenario.weight_set.as_str(), portfolio.objectives());
        let Some(Stated::ByClass(attribute, sets)) = self.0.get(name) else {
            let classes = vec![(String::new(), self.of_set(name, tree)?)];
            return Some(Weighing { classes, class_of: Vec::new() });
        };
        let attribute = portfolio.attributes().iter().find(|own| own.name() == attribute)?;
        let mut classes = Vec::new();
        for (class, set) in sets {
            classes.push((class.clone(), self.of_set(set, tree)?));
        }
        let class_of = |(project, text): (ProjectIx, &String)| {
            let same_number = |class: &str| {
                attribute.numbers().is_some_and(|numbers| class.parse() == Ok(numbers[project]))
            };
            classes.iter().position(|(class, _)| class == text || same_number(class))
        };
        let class_of = attribute.texts().iter_enumerated().map(class_of).collect::<Option<_>>()?;
        Some(Weighing { classes, class_of })
    }

    /// Per vertex of a scenario's admissible weights the share of each objective (position); `None` where its set is no
    /// incomplete one, or cannot be worked out here.
    pub fn vertices(&self, scenario: &Scenario, portfolio: &Portfolio) -> Option<Vec<Vec<f64>>> {
        let Some(Stated::Statements(statements)) = self.0.get(scenario.weight_set.as_str()) else {
            return None;
        };
        Some(vertices_of(portfolio.objectives(), statements)?.all().to_vec())
    }

    /// Per objective (position) its share of strategic value by a set that weighs all projects alike.
    fn of_set(&self, name: &str, tree: &ObjectiveTree) -> Option<Vec<f64>> {
        let none = Stated::Numbers(BTreeMap::new());
        match self.0.get(name).or((name == GIVEN).then_some(&none))? {
            Stated::Statements(statements) => Some(vertices_of(tree, statements)?.mean()),
            Stated::Members(members) => {
                let total: f64 = members.values().sum();
                let mut mean = vec![0.0; tree.objectives().len()];
                for (member, part) in members {
                    let own = self.of_set(member, tree)?;
                    mean.iter_mut().zip(own).for_each(|(mean, own)| *mean += own * part / total);
                }
                Some(mean)
            }
            stated => {
                let local: Option<Vec<f64>> =
                    (0..tree.objectives().len()).map(|one| among_siblings(tree, stated, one)).collect();
                let local = local?;
                let shares = (0..local.len()).map(|objective| {
                    let up = std::iter::successors(Some(objective), |&below| tree.parent(below));
                    up.map(|one| local[one]).product()
                });
                Some(shares.collect())
            }
        }
    }

    /// The weights of a set with their ranges and consistency; `None` where it cannot be worked out here.
    pub fn told(&self, name: &str, portfolio: &Portfolio) -> Option<ToldWeights> {
        let tree = portfolio.objectives();
        let objectives = 0..tree.objectives().len();
        let of_others = |names: &mut dyn Iterator<Item = &String>| -> Option<Vec<Vec<f64>>> {
            names.map(|other| self.of_set(other, tree)).collect()
        };
        let all = match self.0.get(name) {
            Some(Stated::ByClass(_, sets)) => of_others(&mut sets.values())?,
            Some(Stated::Members(members)) => of_others(&mut members.keys())?,
            Some(Stated::Statements(statements)) => vertices_of(tree, statements)?.all().to_vec(),
            _ => vec![self.of_set(name, tree)?],
        };
        let range = |objective: usize| {
            let own = || all.iter().map(|weights| weights[objective]);
            (own().fold(f64::INFINITY, f64::min), own().fold(f64::NEG_INFINITY, f64::max))
        };
        let ranges: Vec<(f64, f64)> = objectives.clone().map(range).collect();
        let weights = match self.of_set(name, tree) {
            Some(own) => own.into_iter().map(Some).collect(),
            None => ranges.iter().map(|&(low, high)| (low == high).then_some(low)).collect(),
        };
        let ratio = |objective: usize| match self.0.get(name)? {
            Stated::Pairs(judgements) => {
                pairs::weigh(tree, &siblings_of(tree, objective), judgements).map(|own| own.ratio)
            }
            _ => None,
        };
        Some(ToldWeights { weights, ranges, ratios: objectives.map(ratio).collect() })
    }
}

/// What weights.csv tells of a set, per objective (position).
#[derive(Clone, Debug)]
pub(super) struct ToldWeights {
    /// Its weight; `None` where it differs between classes.
    pub weights: Vec<Option<f64>>,
    /// The least and the most weight.
    pub ranges: Vec<(f64, f64)>,
    /// The consistency ratio of the judgements of it and its siblings.
    pub ratios: Vec<Option<f64>>,
}

fn vertices_of(tree: &ObjectiveTree, statements: &[String]) -> Option<Vertices> {
    let none = Stated::Numbers(BTreeMap::new());
    vertices::of_statements(tree, statements, &|one| among_siblings(tree, &none, one))
}

fn siblings_of(tree: &ObjectiveTree, objective: usize) -> Vec<usize> {
    (0..tree.objectives().len()).filter(|&other| tree.parent(other) == tree.parent(objective)).collect()
}

fn judgements(stated: &toml::Value) -> Option<Vec<Judgement>> {
    let ratio = |value: &toml::Value| match value.as_str() {
        Some(text) => Judgement::parse_ratio(text),
        None => value.as_float().or(value.as_integer().map(|whole| whole as f64)),
    };
    let one = |judgement: &toml::Value| {
        if let Some(text) = judgement.as_str() {
            return Judgement::parse(text);
        }
        let [one, other, third] = judgement.as_array()?.as_slice() else { return None };
        let name = |value: &toml::Value| value.as_str().map(|name| name.trim().to_owned());
        Some(Judgement { one: name(one)?, other: name(other)?, ratio: ratio(third)? })
    };
    stated.as_array()?.iter().map(one).collect()
}

fn by_class(set: &toml::Value) -> Option<Stated> {
    let text = |value: &toml::Value| value.as_str().map(|text| text.trim().to_owned());
    let classes = set.get("classes")?.as_table()?.iter();
    let classes = classes.map(|(class, set)| Some((class.clone(), text(set)?))).collect::<Option<_>>()?;
    Some(Stated::ByClass(text(set.get("attribute")?)?, classes))
}

fn numbers(values: &toml::Value) -> Option<BTreeMap<String, f64>> {
    let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
    values.as_table()?.iter().map(|(name, value)| Some((name.clone(), number(value)?))).collect()
}

fn texts(values: &toml::Value) -> Option<Vec<String>> {
    values.as_array()?.iter().map(|value| value.as_str().map(|text| text.trim().to_owned())).collect()
}

fn order(places: &toml::Value) -> Option<Vec<Vec<String>>> {
    let text = |value: &toml::Value| value.as_str().map(|name| name.trim().to_owned());
    let tied = |place: &toml::Value| match place {
        toml::Value::Array(tied) => tied.iter().map(text).collect(),
        single => Some(vec![text(single)?]),
    };
    places.as_array()?.iter().map(tied).collect()
}

/// The part of its parent's weight that an objective has: by the set where that names any of its siblings, by the table
/// where that does, and the same for all where neither does. `None` for sets that name others, and for statements, which
/// leave weights open.
fn among_siblings(tree: &ObjectiveTree, stated: &Stated, objective: usize) -> Option<f64> {
    let siblings = siblings_of(tree, objective);
    let id = |one: usize| tree.objectives()[one].id.as_str();
    let place = |one: usize| siblings.iter().position(|&other| other == one);
    let judged = match stated {
        Stated::Pairs(judgements) => pairs::weigh(tree, &siblings, judgements),
        _ => None,
    };
    let by_set = |one: usize| match stated {
        Stated::Pairs(_) => Some(judged.as_ref()?.weights[place(one)?]),
        Stated::Numbers(numbers) => numbers.get(id(one)).copied(),
        Stated::Order(order) => {
            centroid(order, &siblings.iter().map(|&other| id(other)).collect::<Vec<_>>(), id(one))
        }
        Stated::ByClass(..) | Stated::Statements(_) | Stated::Members(_) => None,
    };
    if matches!(stated, Stated::ByClass(..) | Stated::Statements(_) | Stated::Members(_)) {
        return None;
    }
    let by_table = |one: usize| tree.objectives()[one].weight;
    let weight = |one: usize| {
        if siblings.iter().any(|&other| by_set(other).is_some()) {
            by_set(one).unwrap_or_default()
        } else if siblings.iter().any(|&other| by_table(other).is_some()) {
            by_table(one).unwrap_or_default()
        } else {
            1.0
        }
    };
    Some(weight(objective) / siblings.iter().map(|&other| weight(other)).sum::<f64>())
}

/// A coordinate of the centroid of all weights in an order: the mean of the corners `(1, 0, 0, ...)`,
/// `(1/2, 1/2, 0, ...)`,
/// `(1/3, 1/3, 1/3, ...)` and so on. A corner that cuts through a tie is shared evenly by the tied.
fn centroid(order: &[Vec<String>], siblings: &[&str], objective: &str) -> Option<f64> {
    let of_siblings =
        |tied: &Vec<String>| tied.iter().filter(|name| siblings.contains(&name.as_str())).count();
    let own = order.iter().position(|tied| tied.iter().any(|name| name == objective))?;
    let before: usize = order[..own].iter().map(of_siblings).sum();
    let tied = of_siblings(&order[own]);
    let count: usize = order.iter().map(of_siblings).sum();
    let corner = |size: usize| size.saturating_sub(before).min(tied) as f64 / tied as f64 / size as f64;
    Some((1..=count).map(corner).sum::<f64>() / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tied_share_the_corners_that_cut_through_their_tie() {
        let order = [vec!["b".to_owned()], vec!["other".to_owned(), "c".to_owned(), "a".to_owned()]];
        let weight = |objective| centroid(&order, &["a", "b", "c"], objective).unwrap();
        assert!((weight("b") - 11.0 / 18.0).abs() < 1e-15);
        assert!((weight("a") - 7.0 / 36.0).abs() < 1e-15);
        assert!((weight("c") - 7.0 / 36.0).abs() < 1e-15);
        assert_eq!(centroid(&order, &["a", "b", "c"], "d"), None);
    }
}
