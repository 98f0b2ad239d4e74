//! Options of goals in order are compared with what trying all selections gives: one to three goals, one to five
//! options.

use cutline::domain::{Goal, Measure, ProjectIx, Scenario, SelectionSettings, Sense, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, ScenarioOptions, SolveStatus, find_options, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::trials::{Trial, differs_enough, trial_of};
use crate::common::{Plain, exact};
use crate::ties::{feasible, with_few_values};
use crate::{cases, plain, worth};

/// The measures of goals, first to last, and their sense.
type Goals = (Sense, Vec<Measure>);

fn goals() -> impl Strategy<Value = Goals> {
    let measures = vec![Measure::Projects, Measure::Cost, Measure::StrategicValue, Measure::Npv];
    let sense = prop_oneof![3 => Just(Sense::Maximise), 1 => Just(Sense::Minimise)];
    (sense, Just(measures).prop_shuffle(), 1..=3usize)
        .prop_map(|(sense, measures, count)| (sense, measures.into_iter().take(count).collect()))
}

fn found(plain: &Plain, goals: &Goals, options: usize, settings: &SelectionSettings) -> ScenarioOptions {
    let portfolio = plain.portfolio();
    let (sense, measures) = goals;
    let goal = Goal::Single { sense: *sense, measure: measures[0] };
    let scenario =
        Scenario { next_goals: measures[1..].to_vec(), ..plain.scenario(&portfolio, goal, options) };
    let valuation = Valuation::new(&portfolio, &scenario);
    let found = find_options(&mut ScenarioModel::new(&valuation), settings, &CancelToken::new()).unwrap();
    for option in &found.options {
        assert!(recheck(&valuation, &option.selection).is_empty());
    }
    found
}

/// What decides which of two trials comes first: each goal, the cost, the number of projects and their ids.
fn order(plain: &Plain, (sense, measures): &Goals, trial: &Trial) -> (Vec<i64>, i64, usize, Vec<usize>) {
    let rounded = |number: f64| (number * 1e7).round() as i64;
    let projects: Vec<usize> = (0..trial.len()).filter(|&project| trial[project].is_some()).collect();
    let goals = measures.iter().map(|&measure| rounded(-sense.sign() * worth(plain, measure, trial)));
    (goals.collect(), rounded(worth(plain, Measure::Cost, trial)), projects.len(), projects)
}

fn check(
    plain: &Plain,
    goals: &Goals,
    (count, difference): (usize, usize),
    solver: Solver,
    feasible: &[Trial],
) -> Result<(), TestCaseError> {
    let found = found(plain, goals, count, &SelectionSettings { solver, ..exact(difference) });
    let expected = if feasible.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    prop_assert_eq!(found.status, expected, "{:?}: {:?}", solver, found);
    let mut better: Vec<Trial> = Vec::new();
    for place in 0..count {
        let first = feasible
            .iter()
            .filter(|trial| differs_enough(plain, trial, &better, difference))
            .min_by_key(|trial| order(plain, goals, trial));
        let option = found.options.get(place);
        prop_assert_eq!(option.is_some(), first.is_some(), "option {} by {:?}", place + 1, solver);
        let (Some(option), Some(first)) = (option, first) else { break };
        let own = trial_of(plain, &option.selection);
        for &measure in &goals.1 {
            let (best, value) = (worth(plain, measure, first), worth(plain, measure, &own));
            // Shares are moved by no more than a solver's tolerance.
            prop_assert!(
                (value - best).abs() <= 1e-7 * best.abs().max(1.0),
                "option {} by {solver:?}: {measure:?} is {value}, not {best}",
                place + 1
            );
        }
        let chosen: Vec<usize> = option.selection.projects().map(ProjectIx::index).collect();
        prop_assert_eq!(chosen, order(plain, goals, first).3, "option {} by {:?}", place + 1, solver);
        prop_assert!(goals.0.sign() * (option.bound - option.objective) >= 0.0);
        better.push(own);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 2, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn goals_in_order_are_those_of_brute_force(
        plain in plain(4..=9, 0).prop_map(with_few_values),
        goals in goals(),
        difference in 1..=3usize,
        count in 1..=5usize,
    ) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check(&plain, &goals, (count, difference), solver, &feasible)?;
        }
    }

    #[test]
    fn goals_in_order_with_starts_to_choose_are_those_of_brute_force(
        plain in plain(3..=5, 2),
        goals in goals(),
        difference in 1..=2usize,
        count in 1..=4usize,
    ) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check(&plain, &goals, (count, difference), solver, &feasible)?;
        }
    }

    #[test]
    fn with_a_gap_every_option_keeps_its_bound_and_stands_in_order(
        plain in plain(4..=8, 0).prop_map(with_few_values),
        goals in goals(),
        count in 1..=5usize,
    ) {
        let feasible = feasible(&plain);
        let found = found(&plain, &goals, count, &SelectionSettings { gap: 0.1, ..exact(1) });
        prop_assert_eq!(found.options.len(), count.min(different(&plain, &feasible)));
        let trials: Vec<Trial> = found.options.iter().map(|option| trial_of(&plain, &option.selection)).collect();
        for (place, option) in found.options.iter().enumerate() {
            let open = feasible.iter().filter(|trial| differs_enough(&plain, trial, &trials[..place], 1));
            let sign = goals.0.sign();
            let best = open.map(|trial| sign * worth(&plain, goals.1[0], trial)).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(best <= sign * option.bound + 1e-7, "{best}: {option:?}");
            prop_assert!(option.gap <= 0.1 + 1e-7 || option.status == SolveStatus::Feasible);
        }
        prop_assert!(trials.is_sorted_by_key(|trial| order(&plain, &goals, trial).0));
    }
}

/// How many sets of projects there are.
fn different(plain: &Plain, feasible: &[Trial]) -> usize {
    let mut found: Vec<Trial> = Vec::new();
    for trial in feasible {
        if differs_enough(plain, trial, &found, 1) {
            found.push(trial.clone());
        }
    }
    found.len()
}
