//! Regret: what an option loses where the assumptions of another scenario hold (Savage 1951; Kouvelis and Yu 1997).

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Choice, Goal, Measure, PaymentIx, Portfolio, Scenario, Selection, Sense};
use crate::finance::{Futures, Valuation};
use crate::optimise::{RowKey, Violation, objective_of, recheck};
use crate::units::Share;

/// Regrets that are no larger a part of the objectives are rounding.
const EQUAL: f64 = 1e-9;
/// Part of a project by which a share may miss the whole and still count as it: solvers' rounding.
const SHARE_ROUNDING: f64 = 1e-9;
/// Ways to pay for a project that are tried, at most.
const MOST_PAYMENTS: usize = 64;
/// Broken rules that are named, at most.
const NAMED: usize = 3;

/// An option of a scenario of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnOption {
    /// The position of its scenario in the batch.
    pub scenario: usize,
    /// Its number in that scenario.
    pub number: usize,
    /// Its objective there.
    pub objective: f64,
    /// What it chooses.
    pub selection: Selection,
}

/// Divisors of the measures of a scenario's mixed goal; `None` where they are not known.
pub type Scales = Option<Vec<(Measure, f64)>>;

/// An option under the assumptions of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// Its objective by the scenario's goal and numbers; `None` where the scales of a mix are not known.
    pub objective: Option<f64>,
    /// What it breaks of the scenario's limits and rules; `None`: nothing.
    pub breaks: Option<String>,
    /// By how much it is worse than the best selection known for the scenario; `None` where it breaks a rule, or the
    /// scenario has no option.
    pub regret: Option<f64>,
    /// The same as a part of the size of that best one's objective; `None` also where that is 0 and the regret is not.
    pub share: Option<f64>,
}

/// The regret of an option over all scenarios that have options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverAll {
    /// In how many of them it keeps all limits and rules.
    pub feasible_in: usize,
    /// Its largest regret where it does; `None` where goals differ, as amounts of different units cannot be compared.
    pub largest: Option<f64>,
    /// The largest as a part of the best objective known.
    pub largest_share: Option<f64>,
    /// Its mean regret; `None` where goals differ.
    pub mean: Option<f64>,
    /// The position of the scenario with the largest; `None` where it is nothing.
    pub worst: Option<usize>,
}

/// Options in all scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Regrets {
    /// Per option, per scenario.
    pub held: Vec<Vec<Held>>,
    /// Per option: over all scenarios.
    pub over_all: Vec<OverAll>,
    /// The number of scenarios that have options: those over which regrets are compared.
    pub compared: usize,
    /// The position of the option that is feasible in all of them with the least largest regret, or else in most of
    /// them; `None` where there is no option.
    pub choice: Option<usize>,
}

/// Evaluates options under every scenario. `all` are all options of the batch, of which those at the positions `told`
/// are evaluated. Options of the same choices are evaluated once. The best known of a scenario is the best of its own
/// options and of the evaluated ones that are feasible in it.
///
/// Limits with a confidence hold in the futures that searches saw; without them they are not held.
///
/// An option keeps its projects, starts, shares and payers. Where lines share a cost, they share it anew; where that
/// breaks a limit, each cost is paid by the first of its payers that has room.
pub fn regrets(
    (portfolio, futures): (&Portfolio, Option<Arc<Futures>>),
    scenarios: &[Scenario],
    scales: &[Scales],
    all: &[OwnOption],
    told: &[usize],
) -> Regrets {
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    let mut distinct: Vec<&Selection> = Vec::new();
    let of_told: Vec<usize> = (told.iter())
        .map(|&position| {
            let selection = &all[position].selection;
            *places.entry(key(selection)).or_insert_with(|| {
                distinct.push(selection);
                distinct.len() - 1
            })
        })
        .collect();
    let mut held = vec![Vec::with_capacity(scenarios.len()); told.len()];
    let mut has_options = Vec::with_capacity(scenarios.len());
    for (place, valuation) in Valuation::each(portfolio, scenarios).enumerate() {
        let scales = scales.get(place).and_then(Option::as_deref);
        let valuation = match &futures {
            Some(futures) => valuation.in_futures(Arc::clone(futures)),
            None => valuation,
        };
        // Its own option 1 keeps the limits with priorities as far as can be.
        let first = all.iter().find(|option| option.scenario == place && option.number == 1);
        let valuation = match first {
            Some(first) => valuation.holding_as(&first.selection),
            None => valuation,
        };
        let mut there: Vec<Held> =
            distinct.par_iter().map(|selection| hold(&valuation, scales, selection)).collect();
        let own = || all.iter().filter(|option| option.scenario == place);
        // What a scenario says of its own options stands.
        for option in own() {
            if let Some(&same) = places.get(&key(&option.selection)) {
                there[same] = Held { objective: Some(option.objective), ..Held::default() };
            }
        }
        let sense = scenarios[place].goal.sense();
        let feasible = there.iter().filter(|one| one.breaks.is_none()).filter_map(|one| one.objective);
        let best = best(sense, own().map(|option| option.objective).chain(feasible));
        let best = best.filter(|_| own().next().is_some());
        there.iter_mut().for_each(|one| one.compare(sense, best));
        has_options.push(best.is_some());
        held.iter_mut().zip(&of_told).for_each(|(row, &same)| row.push(there[same].clone()));
    }
    summed_up(scenarios, held, &has_options)
}

/// The choices of a selection, as texts are: equal ones are the same.
type Key = Vec<(usize, usize, u64, usize)>;

fn key(selection: &Selection) -> Key {
    let of = |one: &Choice| {
        (one.project.index(), one.start.index(), one.share.value().to_bits(), one.payment.index())
    };
    selection.choices().iter().map(of).collect()
}

fn best(sense: Sense, objectives: impl Iterator<Item = f64>) -> Option<f64> {
    let sign = sense.sign();
    objectives.reduce(|best, one| if sign * one > sign * best { one } else { best })
}

impl Held {
    /// Sets the regret against the best objective known.
    fn compare(&mut self, sense: Sense, best: Option<f64>) {
        let (None, Some(objective), Some(best)) = (&self.breaks, self.objective, best) else { return };
        let lost = sense.sign() * (best - objective);
        let lost = if lost <= EQUAL * best.abs().max(objective.abs()) { 0.0 } else { lost };
        self.regret = Some(lost);
        self.share =
            if lost == 0.0 { Some(0.0) } else { Some(lost / best.abs()).filter(|one| one.is_finite()) };
    }
}

/// A selection under a scenario, without regret so far.
fn hold(valuation: &Valuation, scales: Option<&[(Measure, f64)]>, selection: &Selection) -> Held {
    let (paid, broken) = paid(valuation, &with_whole_shares(selection));
    let objective = match (&valuation.scenario().goal, scales) {
        (Goal::Single { .. }, _) => Some(objective_of(valuation, &[], &paid)),
        (Goal::Mix(_), Some(scales)) => Some(objective_of(valuation, scales, &paid)),
        (Goal::Mix(_), None) => None,
    };
    let breaks = (!broken.is_empty()).then(|| words(&broken));
    Held { objective, breaks, ..Held::default() }
}

/// A selection whose shares are whole where they miss it by rounding alone: other scenarios may fund nothing less.
fn with_whole_shares(selection: &Selection) -> Selection {
    let whole = |choice: &Choice| match choice.share.value() >= 1.0 - SHARE_ROUNDING {
        true => Choice { share: Share::ONE, ..*choice },
        false => *choice,
    };
    Selection::new(selection.choices().iter().map(whole))
}

/// A selection as it is paid for under a scenario, and what it breaks.
fn paid(valuation: &Valuation, selection: &Selection) -> (Selection, Vec<Violation>) {
    let filled = valuation.with_room_filled(selection.clone());
    let broken = recheck(valuation, &filled);
    let projects = valuation.portfolio().projects();
    if broken.is_empty() || filled.projects().all(|one| projects[one].payments() == 1) {
        return (filled, broken);
    }
    let anew = paid_anew(valuation, selection);
    let is_kept = recheck(valuation, &anew).is_empty();
    if is_kept { (anew, Vec::new()) } else { (filled, broken) }
}

/// The same projects, each paid by the first of its payers with room beside those before it.
fn paid_anew(valuation: &Valuation, selection: &Selection) -> Selection {
    let projects = valuation.portfolio().projects();
    let mut chosen: Vec<Choice> = Vec::with_capacity(selection.len());
    let has_room = |chosen: &[Choice]| {
        let filled = valuation.with_room_filled(Selection::new(chosen.iter().copied()));
        let is_budget = |one: &Violation| matches!(one, Violation::Limit { key: RowKey::Budget { .. }, .. });
        !recheck(valuation, &filled).iter().any(is_budget)
    };
    for &choice in selection.choices() {
        chosen.push(choice);
        let last = chosen.len() - 1;
        for payment in (0..projects[choice.project].payments().min(MOST_PAYMENTS)).map(PaymentIx::new) {
            chosen[last].payment = payment;
            if has_room(&chosen) {
                break;
            }
        }
    }
    valuation.with_room_filled(Selection::new(chosen))
}

/// What is broken, in short: lines and resources with their periods, limits by name, projects by id.
fn words(broken: &[Violation]) -> String {
    let word = |one: &Violation| match one {
        Violation::Decision(project) => format!("decision about {project}"),
        Violation::Start(project) => format!("start of {project}"),
        Violation::Share(project) => format!("share of {project}"),
        Violation::Payers(project) => format!("payers of {project}"),
        Violation::Alternatives(group) => format!("alternatives {group}"),
        Violation::Dependency { project, other } => format!("{project} needs {other}"),
        Violation::Condition { projects, .. } => {
            projects.first().map_or_else(String::new, |project| format!("{project} needs others"))
        }
        Violation::Limit { name, period, .. } => format!("{name} in {period}"),
        Violation::NamedLimit { name, .. } | Violation::Confidence { name, .. } => name.clone(),
        Violation::Priority { priority, .. } => format!("limits of priority {priority}"),
        Violation::Target { objective, .. } => format!("target of {objective}"),
        Violation::Changes { .. } => "max_changes".to_owned(),
        Violation::Drops { .. } => "max_drops".to_owned(),
    };
    let mut named: Vec<String> = broken.iter().take(NAMED).map(word).collect();
    if broken.len() > NAMED {
        named.push(format!("{} more", broken.len() - NAMED));
    }
    named.join("; ")
}

fn summed_up(scenarios: &[Scenario], held: Vec<Vec<Held>>, has_options: &[bool]) -> Regrets {
    let compared: Vec<usize> = (0..scenarios.len()).filter(|&place| has_options[place]).collect();
    let mut goals = compared.iter().map(|&place| &scenarios[place].goal);
    let is_one_goal = goals.next().is_none_or(|first| goals.all(|goal| goal == first));
    let over_all: Vec<OverAll> = held.iter().map(|row| OverAll::of(row, &compared, is_one_goal)).collect();
    let choice = choice(&over_all, is_one_goal);
    Regrets { held, over_all, compared: compared.len(), choice }
}

/// The option that is feasible in most scenarios, all if there is one; of several that with the least largest regret,
/// then the least mean, then the first.
fn choice(over_all: &[OverAll], is_one_goal: bool) -> Option<usize> {
    let size = |one: &OverAll| {
        let largest = if is_one_goal { one.largest } else { one.largest_share };
        largest.unwrap_or(f64::INFINITY)
    };
    let order = |one: &&OverAll, other: &&OverAll| {
        let mean = |one: &OverAll| one.mean.unwrap_or(f64::INFINITY);
        (other.feasible_in.cmp(&one.feasible_in))
            .then_with(|| size(one).total_cmp(&size(other)))
            .then_with(|| mean(one).total_cmp(&mean(other)))
    };
    // Of equals, `min_by` takes the first.
    let numbered = over_all.iter().enumerate();
    numbered.min_by(|(_, one), (_, other)| order(one, other)).map(|(place, _)| place)
}

impl OverAll {
    /// Sums up an option over the scenarios that are compared.
    fn of(held: &[Held], compared: &[usize], is_one_goal: bool) -> Self {
        let kept = || compared.iter().filter(|&&place| held[place].breaks.is_none());
        let sizes = |of: fn(&Held) -> Option<f64>| {
            kept().map(|&place| (place, of(&held[place]).unwrap_or(f64::INFINITY))).collect::<Vec<_>>()
        };
        let largest = |all: &[(usize, f64)]| {
            let larger = |best: (usize, f64), one: (usize, f64)| if one.1 > best.1 { one } else { best };
            all.iter().copied().reduce(larger)
        };
        let (amounts, shares) = (sizes(|one| one.regret), sizes(|one| one.share));
        let by_amount = largest(&amounts).filter(|_| is_one_goal);
        let by_share = largest(&shares);
        let count = amounts.len();
        let mean = amounts.iter().map(|&(_, amount)| amount).sum::<f64>() / count as f64;
        Self {
            feasible_in: count,
            largest: by_amount.map(|(_, amount)| amount),
            largest_share: by_share.map(|(_, share)| share).filter(|share| share.is_finite()),
            mean: Some(mean).filter(|mean| is_one_goal && mean.is_finite()),
            worst: by_amount.or(by_share).filter(|&(_, size)| size > 0.0).map(|(place, _)| place),
        }
    }
}
