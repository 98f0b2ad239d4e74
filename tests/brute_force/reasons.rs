//! What reversing each decision costs is compared with what trying all selections gives, for any of the options, and for
//! what was proven before a limit was met.

use proptest::prelude::*;

use super::common::{Plain, exact};
use super::{Trial, cases, goal, is_allowed, plain, trials, worth};
use cutline::domain::{Goal, ProjectIx, SelectionSettings, Status};
use cutline::finance::Valuation;
use cutline::optimise::{ReasonsLimit, Reversal, ScenarioModel, explain_decisions, find_options};
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
}
