//! What reversing each decision costs is compared with what trying all selections gives, for any of the options, and
//! for what was proven before a limit was met.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::common::trials::trial_of;
use super::common::{Plain, exact};
use super::ties::with_few_values;
use super::{Trial, cases, goal, is_allowed, plain, trials, worth};
use cutline::domain::{Goal, ProjectIx, SelectionSettings, Solver, Status};
use cutline::finance::Valuation;
use cutline::optimise::{
    ProjectDecision, ReasonsLimit, Reversal, ScenarioModel, explain_decisions, find_options,
};
use cutline::progress::CancelToken;

/// The best objective, turned so that more is better, among all selections with a project in or out: a decision that is
/// taken beforehand is undone.
fn best(plain: &Plain, goal: &Goal, trials: &[Trial], project: usize, is_in: bool) -> Option<f64> {
    let Goal::Single { sense, measure } = goal else { panic!("single goals only") };
    let mut undone = plain.clone();
    undone.rows[project].status = Status::Candidate;
    let has = |trial: &&Trial| trial[project].is_some() == is_in && is_allowed(&undone, trial);
    let objective = |trial: &Trial| sense.sign() * worth(plain, *measure, trial);
    trials.iter().filter(has).map(objective).max_by(f64::total_cmp)
}

fn check(
    plain: &Plain,
    goal: &Goal,
    gap: f64,
    place: usize,
    nodes: Option<u64>,
) -> Result<(), TestCaseError> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal.clone(), 4);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { gap, ..exact(1) };
    let cancel = CancelToken::new();
    let options = find_options(&mut ScenarioModel::new(&valuation), &settings, &cancel).unwrap();
    let told = place % options.options.len().max(1);
    let limit = ReasonsLimit { seconds: None, nodes };
    let decisions =
        explain_decisions(&valuation, &settings, &options, told, &limit, &|_| (), &cancel).unwrap();
    prop_assert_eq!(decisions.is_some(), !options.options.is_empty());
    let Some(decisions) = decisions else { return Ok(()) };
    let trials = trials(plain);
    let own = goal.sense().sign() * options.options[told].objective;
    for (project, decision) in decisions.projects.iter().enumerate() {
        let is_in = options.options[told].selection.contains(ProjectIx::new(project));
        prop_assert_eq!(decision.is_in, is_in);
        let reversed = best(plain, goal, &trials, project, !is_in);
        let rounding = 1e-6 * own.abs().max(1.0);
        match &decision.reversal {
            Reversal::Possible { loss, least, most, is_proven, .. } => {
                prop_assert!(reversed.is_some(), "{project}: {decision:?}");
                let expected = own - reversed.unwrap();
                prop_assert!(
                    least - rounding <= expected && expected <= most + rounding,
                    "{project}: {expected} {decision:?}"
                );
                prop_assert!(*loss >= expected - rounding, "{project}: {expected} {decision:?}");
                let is_exact = nodes.is_none() && gap == 0.0;
                prop_assert!(
                    !is_exact || (*is_proven && (loss - expected).abs() <= rounding),
                    "{project}: {expected} {decision:?}"
                );
            }
            Reversal::Unknown { least } => {
                prop_assert!(nodes.is_some(), "{project}: {decision:?}");
                prop_assert!(reversed.is_none_or(|reversed| own - reversed >= least - rounding));
            }
            Reversal::Impossible => prop_assert_eq!(reversed, None, "{}: {:?}", project, decision),
        }
    }
    Ok(())
}

/// What is told of a reversal: the project, and those that enter or leave with it.
type Told = (usize, Vec<usize>);

/// An option as a trial, and what reversing each of its decisions changes beside.
fn displaced(plain: &Plain, goal: &Goal, solver: Solver, place: usize) -> Option<(Trial, Vec<Told>)> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal.clone(), 3);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { solver, ..exact(1) };
    let cancel = CancelToken::new();
    let options = find_options(&mut ScenarioModel::new(&valuation), &settings, &cancel).unwrap();
    let option = place % options.options.len().max(1);
    let limit = ReasonsLimit { seconds: None, nodes: None };
    let told =
        explain_decisions(&valuation, &settings, &options, option, &limit, &|_| (), &cancel).unwrap()?;
    let changes = |(project, decision): (usize, &ProjectDecision)| match &decision.reversal {
        Reversal::Possible { enter, leave, .. } => {
            Some((project, enter.iter().chain(leave).map(|other| other.index()).collect()))
        }
        Reversal::Impossible | Reversal::Unknown { .. } => None,
    };
    let told = told.projects.iter().enumerate().filter_map(changes).collect();
    Some((trial_of(plain, &options.options[option].selection), told))
}

/// The trial with these projects as they are not.
fn changed(trial: &Trial, projects: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut chosen: Vec<bool> = trial.iter().map(Option::is_some).collect();
    projects.into_iter().for_each(|project| chosen[project] = !chosen[project]);
    chosen
}

/// The best objectives of all sets of projects with one decision undone, free of rounding.
fn by_set(plain: &Plain, goal: &Goal, trials: &[Trial], project: usize) -> BTreeMap<Vec<bool>, i64> {
    let Goal::Single { sense, measure } = goal else { panic!("single goals only") };
    let mut undone = plain.clone();
    undone.rows[project].status = Status::Candidate;
    let mut best = BTreeMap::new();
    for trial in trials.iter().filter(|trial| is_allowed(&undone, trial)) {
        let worth = (sense.sign() * worth(plain, *measure, trial) * 1e7).round() as i64;
        let known = best.entry(changed(trial, [])).or_insert(worth);
        *known = worth.max(*known);
    }
    best
}

/// Of the selections as good as the best with a decision reversed, that with the fewest changes is told.
fn check_fewest_changes(plain: &Plain, goal: &Goal, place: usize) -> Result<(), TestCaseError> {
    let Some((option, told)) = displaced(plain, goal, Solver::Auto, place) else { return Ok(()) };
    let trials = trials(plain);
    for (project, changes) in told {
        let all = by_set(plain, goal, &trials, project);
        let reversed = all.iter().filter(|(set, _)| set[project] != option[project].is_some());
        let best = reversed.clone().map(|(_, &worth)| worth).max().unwrap();
        let beside = |set: &[bool]| {
            let differs = |&other: &usize| other != project && set[other] != option[other].is_some();
            (0..set.len()).filter(differs).count()
        };
        let fewest = reversed.filter(|(_, worth)| **worth == best).map(|(set, _)| beside(set)).min();
        prop_assert_eq!(Some(changes.len()), fewest, "P{:03}: {:?} {:?}", project, changes, option);
        prop_assert_eq!(all[&changed(&option, changes.iter().copied().chain([project]))], best);
    }
    Ok(())
}

/// Nothing that is told to enter or leave can be put back, alone or with another, without loss.
fn check_nothing_needless(plain: &Plain, goal: &Goal) -> Result<(), TestCaseError> {
    let Some((option, told)) = displaced(plain, goal, Solver::Highs, 0) else { return Ok(()) };
    let trials = trials(plain);
    for (project, changes) in told {
        let all = by_set(plain, goal, &trials, project);
        let worth = |put_back: [usize; 2]| {
            let left = changes.iter().copied().filter(|other| !put_back.contains(other));
            all.get(&changed(&option, left.chain([project]))).copied()
        };
        let own = worth([project, project]);
        for (place, &one) in changes.iter().enumerate() {
            for &other in &changes[place..] {
                prop_assert!(
                    worth([one, other]) < own,
                    "P{project:03}: {changes:?} needs neither {one} nor {other}"
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 2, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reversals_are_those_of_brute_force(plain in plain(4..=10, 0), goal in goal(), place in 0..4_usize) {
        check(&plain, &goal, 0.0, place, None)?;
    }

    #[test]
    fn reversals_with_starts_to_choose_are_those_of_brute_force(plain in plain(3..=5, 2), goal in goal(), place in 0..4_usize) {
        check(&plain, &goal, 0.0, place, None)?;
    }

    #[test]
    fn what_is_proven_of_a_reversal_holds(plain in plain(6..=11, 0), goal in goal(), nodes in prop::option::of(1..30_u64)) {
        check(&plain, &goal, 0.03, 0, nodes)?;
    }

    #[test]
    fn reversals_have_the_fewest_changes(
        plain in plain(4..=10, 0).prop_map(with_few_values),
        goal in goal(),
        place in 0..3_usize,
    ) {
        check_fewest_changes(&whole(plain), &goal, place)?;
    }

    #[test]
    fn reversals_with_starts_to_choose_have_the_fewest_changes(
        plain in plain(3..=5, 2).prop_map(with_few_values),
        goal in goal(),
    ) {
        check_fewest_changes(&whole(plain), &goal, 0)?;
    }

    #[test]
    fn without_a_tree_nothing_needless_is_displaced(plain in plain(6..=10, 0).prop_map(with_few_values), goal in goal()) {
        check_nothing_needless(&whole(plain), &goal)?;
    }
}

/// The same projects, none of them divisible.
fn whole(mut plain: Plain) -> Plain {
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    plain
}
