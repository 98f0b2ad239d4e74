//! The group of changes at which each project goes in, out or moves.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::solve::{Choice, Found, State};

/// Two rounds, from one to the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// The groups of changes, in the order in which they were applied; those that do not fit without each other are one.
    pub order: Vec<String>,
    /// The scenarios, in the order in which they were asked for.
    pub scenarios: Vec<ReplayedScenario>,
}

/// One scenario, from one round to the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayedScenario {
    /// Its name in the second round.
    pub scenario: String,
    /// Its first option before any change, by its objective and status.
    pub before: ReplayedStep,
    /// After each group.
    pub steps: Vec<ReplayedStep>,
    /// Projects that are chosen in one of the two rounds only, or otherwise in one than in the other.
    pub projects: Vec<Flip>,
}

/// The first option of a scenario after a group of changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayedStep {
    /// The group; blank before any change.
    pub group: String,
    /// Status of the search; blank where there is no such scenario.
    pub status: String,
    /// The objective; none without an option.
    pub objective: Option<f64>,
    /// Projects that went in, by id.
    pub enter: Vec<String>,
    /// Projects that went out.
    pub leave: Vec<String>,
    /// Projects that start at another time or to another share.
    pub moved: Vec<String>,
}

/// A project that flips.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flip {
    /// Its id.
    pub project: String,
    /// Its name.
    pub name: String,
    /// What comes of it: in, out or moved.
    pub change: Move,
    /// The group at which it comes to what it is in the second round.
    pub group: String,
    /// Every step of it, in order: there may be others before, as it goes back and forth.
    pub steps: Vec<(Move, String)>,
}

/// What a project does from one option to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Move {
    /// It goes in.
    In,
    /// It goes out.
    Out,
    /// It starts at another time, or to another share.
    Moved,
}

impl Move {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Moved => "moved",
        }
    }

    fn between(before: Option<&Choice>, after: Option<&Choice>) -> Option<Self> {
        match (before, after) {
            (None, Some(_)) => Some(Self::In),
            (Some(_), None) => Some(Self::Out),
            (Some(one), Some(other)) if (&one.start, one.share) != (&other.start, other.share) => {
                Some(Self::Moved)
            }
            _ => None,
        }
    }
}

/// Items of a group that its name lists, at most.
const LISTED: usize = 4;

/// `costs (P03, P07 and 3 more)`, joined by `with`.
fn named(groups: &[(String, Vec<String>)]) -> String {
    let one = |(name, items): &(String, Vec<String>)| {
        let shown = items.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match items.len() {
            0 => name.clone(),
            count if count > LISTED => format!("{name} ({shown} and {} more)", count - LISTED),
            _ => format!("{name} ({shown})"),
        }
    };
    groups.iter().map(one).collect::<Vec<_>>().join(" with ")
}

/// What the options tell.
pub fn told(states: &[State], pairs: &[(String, String)]) -> Replay {
    let order: Vec<String> = states.iter().skip(1).map(|state| named(&state.groups)).collect();
    let scenario = |(place, (_, name)): (usize, &(String, String))| {
        let found: Vec<Option<&Found>> = states.iter().map(|state| state.found[place].as_ref()).collect();
        scenario(name, &found, &order)
    };
    Replay { scenarios: pairs.iter().enumerate().map(scenario).collect(), order }
}

fn scenario(name: &str, found: &[Option<&Found>], order: &[String]) -> ReplayedScenario {
    let none = BTreeMap::new();
    let chosen: Vec<&BTreeMap<String, Choice>> =
        found.iter().map(|found| found.map_or(&none, |found| &found.chosen)).collect();
    let ids: BTreeSet<&String> = chosen.iter().flat_map(|own| own.keys()).collect();
    let steps = order.iter().enumerate().map(|(place, group)| {
        let moves = |wanted: Move| -> Vec<String> {
            let own = ids.iter().filter(|id| {
                Move::between(chosen[place].get(**id), chosen[place + 1].get(**id)) == Some(wanted)
            });
            own.map(|id| (*id).clone()).collect()
        };
        let (enter, leave, moved) = (moves(Move::In), moves(Move::Out), moves(Move::Moved));
        ReplayedStep { enter, leave, moved, ..step(group, found[place + 1]) }
    });
    ReplayedScenario {
        scenario: name.to_owned(),
        before: step("", found.first().copied().flatten()),
        steps: steps.collect(),
        projects: ids.iter().filter_map(|id| flip(id, &chosen, order)).collect(),
    }
}

fn step(group: &str, found: Option<&Found>) -> ReplayedStep {
    ReplayedStep {
        group: group.to_owned(),
        status: found.map_or("", |found| found.status).to_owned(),
        objective: found.and_then(|found| found.objective),
        enter: Vec::new(),
        leave: Vec::new(),
        moved: Vec::new(),
    }
}

/// The steps of a project; `None` where it is the same in the end as in the beginning.
fn flip(id: &str, chosen: &[&BTreeMap<String, Choice>], order: &[String]) -> Option<Flip> {
    let (first, last) = (chosen.first()?.get(id), chosen.last()?.get(id));
    let change = Move::between(first, last)?;
    let pairs = chosen.windows(2).zip(order);
    let steps = pairs
        .filter_map(|(pair, group)| Some((Move::between(pair[0].get(id), pair[1].get(id))?, group.clone())));
    let steps: Vec<(Move, String)> = steps.collect();
    let name = chosen.iter().rev().find_map(|own| own.get(id)).map_or(id, |own| &own.name).to_owned();
    let group = steps.last().map(|(_, group)| group.clone())?;
    Some(Flip { project: id.to_owned(), name, change, group, steps })
}
