//! What is said about the decision on every project is held to solving again from scratch: with the project forced in
//! or out, and with its cost or its score a little to either side of where the decision is said to turn.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::dice::Dice;
use common::{Extra, Give, Plain, PlainProject, Together, exact, maximise, projects, requires};
use cutline::domain::{
    ChangeControl, Decision, Dependency, DependencyKind, Goal, LimitBound, LineIx, Measure, NamedLimit,
    PeriodIx, Portfolio, ProjectIx, ResourceIx, Scenario, SelectionSettings, Status, SynergyEffect,
};
use cutline::finance::Valuation;
use cutline::optimise::{
    Decisions, ReasonsLimit, Reversal, RowKey, ScenarioModel, ScenarioOptions, SolveStatus,
    explain_decisions, find_options, shadow_prices,
};
use cutline::progress::CancelToken;

/// So many projects over two years, with a budget and a role that leave about half of them in.
fn portfolio_of(count: usize) -> Plain {
    let mut dice = Dice(11);
    let mut below = |limit: usize| dice.below(limit) as f64;
    let mut row = |project: usize| {
        let (first, second) = (5.0 + below(40), 5.0 + below(40));
        PlainProject {
            status: match project {
                3 => Status::Mandatory,
                7 => Status::Excluded,
                _ => Status::Candidate,
            },
            max_delay: usize::from(project % 9 == 4),
            min_fraction: (project == 12).then_some(0.4),
            costs: vec![vec![first, second]],
            benefit: vec![below(60), 20.0 + below(80)],
            demands: vec![vec![1.0 + below(9), below(9)]],
            score: first + second + below(30),
            ..PlainProject::default()
        }
    };
    let size = count as f64;
    Plain {
        periods: 2,
        rows: (0..count).map(&mut row).collect(),
        budgets: vec![Some(vec![12.0 * size, 12.0 * size])],
        capacities: vec![Some(vec![2.5 * size, 2.5 * size])],
        alternatives: vec![vec![1, 2], vec![5, 6, 8]],
        dependencies: vec![requires(9, 10), requires(11, 7)],
        ..Plain::default()
    }
}

fn goal(measure: Measure) -> Goal {
    maximise(measure)
}

/// The best objective; `None` if there is no selection.
fn best(plain: &Plain, goal: &Goal, decide: Option<(usize, Decision)>) -> Option<f64> {
    let portfolio = plain.portfolio();
    let mut scenario = plain.scenario(&portfolio, goal.clone(), 1);
    if let Some((project, decision)) = decide {
        scenario.decisions[ProjectIx::new(project)] = decision;
    }
    let valuation = Valuation::new(&portfolio, &scenario);
    let found = find_options(&mut ScenarioModel::new(&valuation), &exact(1), &CancelToken::new()).unwrap();
    assert_ne!(found.status, SolveStatus::Unknown);
    found.options.first().map(|option| goal.sense().sign() * option.objective)
}

/// Finds options and explains their decisions, proven to a gap of 0.
fn explained(portfolio: &Portfolio, scenario: &Scenario) -> (ScenarioOptions, Decisions) {
    let valuation = Valuation::new(portfolio, scenario);
    let cancel = CancelToken::new();
    let options = find_options(&mut ScenarioModel::new(&valuation), &exact(1), &cancel).unwrap();
    let decisions = explain(&valuation, &exact(1), &options, 0, ReasonsLimit::default());
    (options, decisions)
}

/// Explains one of the options that were found.
fn explain(
    valuation: &Valuation,
    settings: &SelectionSettings,
    options: &ScenarioOptions,
    option: usize,
    limit: ReasonsLimit,
) -> Decisions {
    let explained =
        explain_decisions(valuation, settings, options, option, &limit, &|_| (), &CancelToken::new());
    explained.unwrap().unwrap()
}

fn is_close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-6 * right.abs().max(1.0)
}

/// The same portfolio, with the cost of one project multiplied by a factor.
fn dearer(plain: &Plain, project: usize, factor: f64) -> Plain {
    let mut other = plain.clone();
    other.rows[project].costs.iter_mut().flatten().for_each(|amount| *amount *= factor);
    other
}

/// Checks every decision of a scenario against solves from scratch.
fn check(plain: &Plain, goal: &Goal) -> Decisions {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal.clone(), 3);
    let (options, decisions) = explained(&portfolio, &scenario);
    let objective = goal.sense().sign() * options.options[0].objective;
    for (project, decision) in decisions.projects.iter().enumerate() {
        let is_in = options.options[0].selection.contains(ProjectIx::new(project));
        assert_eq!(decision.is_in, is_in);
        let reverse = if is_in { Decision::Out } else { Decision::In };
        let reversed = best(plain, goal, Some((project, reverse)));
        match &decision.reversal {
            Reversal::Possible { loss, least, most, .. } => {
                let expected = objective - reversed.unwrap();
                assert!(is_close(*loss, expected), "P{project:03}: {loss} is not {expected}");
                assert!(*least <= loss + 1e-6 && *most >= loss - 1e-6);
            }
            other => assert_eq!((other, reversed), (&Reversal::Impossible, None)),
        }
        check_break_even_cost(plain, goal, project, &decisions);
        check_break_even_score(plain, goal, project, &decisions);
    }
    decisions
}

/// At the factor the best with the project is as good as the best without it, and a little above it is not.
fn check_break_even_cost(plain: &Plain, goal: &Goal, project: usize, decisions: &Decisions) {
    let with = |factor: f64| best(&dearer(plain, project, factor), goal, Some((project, Decision::In)));
    let without = best(plain, goal, Some((project, Decision::Out)));
    let reaches = |factor: f64| match (with(factor), without) {
        (Some(with), Some(without)) => with >= without - 1e-6,
        (with, _) => with.is_some(),
    };
    match decisions.projects[ProjectIx::new(project)].break_even_cost {
        Some(found) => {
            assert!(found.most <= 1.01 * found.factor + 1e-6, "P{project:03}: {found:?}");
            assert!(reaches(0.999 * found.factor), "P{project:03} is out below {found:?}");
            assert!(!reaches(1.001 * found.most + 1e-6), "P{project:03} is in above {found:?}");
        }
        None if plain.rows[project].min_fraction.is_some() => {}
        None => assert!(!reaches(0.0) || reaches(100.0) || without.is_none(), "P{project:03}"),
    }
}

/// With the score said, the best with the project is as good as the best without it.
fn check_break_even_score(plain: &Plain, goal: &Goal, project: usize, decisions: &Decisions) {
    let Some(turn) = decisions.projects[ProjectIx::new(project)].break_even_score else { return };
    assert!(turn.least <= turn.score && turn.score <= turn.most, "P{project:03}: {turn:?}");
    let score = turn.score;
    let mut changed = plain.clone();
    changed.rows[project].score = score;
    let with = best(&changed, goal, Some((project, Decision::In)));
    let without = best(&changed, goal, Some((project, Decision::Out)));
    assert!(is_close(with.unwrap(), without.unwrap()), "P{project:03}: {with:?} is not {without:?}");
}

#[test]
fn forty_projects_by_value() {
    let plain = portfolio_of(40);
    let decisions = check(&plain, &goal(Measure::StrategicValue));
    assert!(decisions.solves >= 40);
    let scored = decisions.projects.iter().filter(|decision| decision.break_even_score.is_some()).count();
    assert!(scored >= 35, "only {scored}");
    assert_eq!(
        decisions.projects[ProjectIx::new(11)].reversal,
        Reversal::Impossible,
        "P011 requires what is excluded"
    );
    assert!(decisions.projects[ProjectIx::new(3)].is_in && !decisions.projects[ProjectIx::new(7)].is_in);
}

#[test]
fn money_counts_twice_where_the_objective_counts_it() {
    let decisions = check(&portfolio_of(16), &goal(Measure::Npv));
    assert!(decisions.projects.iter().all(|decision| decision.break_even_score.is_none()));
    assert!(decisions.projects.iter().any(|decision| decision.break_even_cost.is_some()));
}

#[test]
fn what_gives_way_at_a_price_counts_in_every_decision() {
    let mut plain = portfolio_of(14);
    plain.give = vec![Give { carry_over: 0.5, overrun: Some((20.0, 0.7)), is_expected: false }];
    plain.extra = vec![Some(Extra { limit: 4.0, rate: 3.0, line: 0 })];
    let growth = vec![0, 1, 4, 6, 9];
    let limit = |bound, price| {
        NamedLimit::new("growth".into(), Measure::Cost, Some(projects(&growth)), None, vec![bound], price)
    };
    plain.named_limits = vec![limit(LimitBound::Max(60.0), Some(0.4)).unwrap()];
    plain.synergies = vec![Together {
        members: vec![0, 2, 13],
        at_least: 2,
        effect: SynergyEffect::StrategicValue,
        amount: 25.0,
    }];
    let goal = goal(Measure::StrategicValue);
    let decisions = check(&plain, &goal);
    assert!(decisions.projects.iter().any(|decision| decision.break_even_cost.is_some()));
    // Something is overrun or missed, and paid for.
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal, 1);
    let (options, _) = explained(&portfolio, &scenario);
    assert!(Valuation::new(&portfolio, &scenario).penalty(&options.options[0].selection) > 0.0);
}

#[test]
fn limits_that_bind_are_those_that_one_project_more_would_exceed() {
    let plain = portfolio_of(40);
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal(Measure::StrategicValue), 1);
    let (options, decisions) = explained(&portfolio, &scenario);
    let valuation = Valuation::new(&portfolio, &scenario);
    let spend = &valuation.spends(&options.options[0].selection)[LineIx::new(0)];
    for (project, decision) in decisions.projects.iter().enumerate() {
        // Only a project with one start and no share is as easy to check as to tell.
        let row = &plain.rows[project];
        if decision.is_in || row.max_delay > 0 || row.min_fraction.is_some() {
            continue;
        }
        for (period, spent) in spend.iter().enumerate() {
            let is_over =
                spent.value() + row.costs[0][period] > plain.budgets[0].as_ref().unwrap()[period] + 1e-6;
            let is_told = decision
                .binding
                .contains(&RowKey::Budget { line: Some(LineIx::new(0)), period: PeriodIx::new(period) });
            assert_eq!(is_over, is_told, "P{project:03} in period {period}");
        }
    }
}

#[test]
fn named_limits_bind_whoever_would_break_them() {
    let mut plain = portfolio_of(20);
    plain.dependencies.clear();
    plain.alternatives.clear();
    let (capped, wanted) = (vec![0, 1, 2, 4, 5, 6], vec![8, 9, 10, 11]);
    let limit = |name: &str, members: &[usize], bound| {
        NamedLimit::new(name.into(), Measure::Projects, Some(projects(members)), None, vec![bound], None)
    };
    plain.named_limits = vec![
        limit("at most two", &capped, LimitBound::Max(2.0)).unwrap(),
        limit("at least three", &wanted, LimitBound::Min(3.0)).unwrap(),
    ];
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal(Measure::StrategicValue), 1);
    let (options, decisions) = explained(&portfolio, &scenario);
    let best = &options.options[0].selection;
    let count =
        |members: &[usize]| members.iter().filter(|&&member| best.contains(ProjectIx::new(member))).count();
    assert_eq!((count(&capped), count(&wanted)), (2, 3), "the limits decide something");
    for (project, decision) in decisions.projects.iter().enumerate() {
        let is_capped = !decision.is_in && capped.contains(&project);
        let is_needed = decision.is_in && wanted.contains(&project);
        let binds = |limit: usize| decision.binding.contains(&RowKey::Limit { limit, bound: 0 });
        assert_eq!((binds(0), binds(1)), (is_capped, is_needed), "P{project:03}");
    }
}

#[test]
fn shadow_prices_are_what_a_little_more_of_a_limit_brings_in_the_relaxation() {
    // Shares make the relaxation the problem itself: a unit of money buys the value of the project at the margin.
    let row = |cost: f64, score: f64| PlainProject {
        min_fraction: Some(0.0),
        costs: vec![vec![cost]],
        benefit: vec![0.0],
        demands: vec![vec![1.0]],
        score,
        ..PlainProject::default()
    };
    let plain = Plain {
        periods: 1,
        rows: vec![row(1000.0, 500.0), row(1000.0, 300.0), row(1000.0, 100.0)],
        budgets: vec![Some(vec![1500.0])],
        capacities: vec![Some(vec![100.0])],
        ..Plain::default()
    };
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal(Measure::StrategicValue), 1);
    let prices =
        shadow_prices(&ScenarioModel::new(&Valuation::new(&portfolio, &scenario)), None, &CancelToken::new())
            .unwrap();
    assert!(
        is_close(prices[&RowKey::Budget { line: Some(LineIx::new(0)), period: PeriodIx::new(0) }], 0.3),
        "{prices:?}"
    );
    assert!(
        is_close(prices[&RowKey::Capacity { resource: ResourceIx::new(0), period: PeriodIx::new(0) }], 0.0),
        "{prices:?}"
    );
}

/// Eight projects of cost 10 under a budget that binds nobody, each worth its number.
fn free_projects() -> Plain {
    let row = |project: usize| PlainProject {
        costs: vec![vec![10.0]],
        benefit: vec![20.0],
        demands: vec![vec![1.0]],
        score: 10.0 + project as f64,
        ..PlainProject::default()
    };
    Plain {
        periods: 1,
        rows: (0..8).map(row).collect(),
        budgets: vec![Some(vec![1000.0])],
        capacities: vec![Some(vec![100.0])],
        ..Plain::default()
    }
}

/// What binds each project in the best selection.
fn binding(plain: &Plain) -> Vec<Vec<RowKey>> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal(Measure::StrategicValue), 1);
    let (_, decisions) = explained(&portfolio, &scenario);
    decisions.projects.into_iter().map(|decision| decision.binding).collect()
}

/// The projects that a constraint binds.
fn bound_by(plain: &Plain, constraint: impl Fn(usize) -> RowKey) -> Vec<usize> {
    let binding = binding(plain);
    (0..binding.len()).filter(|&project| binding[project].contains(&constraint(project))).collect()
}

#[test]
fn change_control_binds_who_would_be_one_change_too_many() {
    let mut plain = free_projects();
    plain.current_plan = Some([Some(0), Some(0)].into_iter().chain([None; 6]).collect());
    plain.change_control = ChangeControl { max_changes: Some(3), ..Default::default() };
    // Three of the six others may be added; then nobody else may come, and nobody who is agreed may leave.
    assert_eq!(bound_by(&plain, |_| RowKey::Changes), [0, 1, 2, 3, 4]);
    plain.change_control.max_changes = Some(6);
    assert_eq!(bound_by(&plain, |_| RowKey::Changes), [0, 1]);
}

#[test]
fn links_between_projects_bind_both_ends() {
    let link = |project, kind, other| Dependency { project, kind, other };
    let mut plain = free_projects();
    plain.rows[0].status = Status::Excluded;
    plain.dependencies = vec![
        requires(1, 0),
        requires(3, 2),
        link(ProjectIx::new(5), DependencyKind::Excludes, ProjectIx::new(4)),
        link(ProjectIx::new(6), DependencyKind::Together, ProjectIx::new(7)),
    ];
    let of = |dependency| bound_by(&plain, |_| RowKey::Dependency { dependency });
    assert_eq!(of(0), [1], "needs what is excluded; that one may well come alone");
    assert_eq!(of(1), [2], "who is required may not leave");
    assert_eq!(of(2), [4], "5 is worth more than 4");
    assert_eq!(of(3), [6, 7]);
}

#[test]
fn a_start_that_must_wait_binds_who_cannot_wait() {
    let mut plain = free_projects();
    plain.periods = 2;
    for row in &mut plain.rows {
        (row.costs, row.benefit, row.demands) =
            (vec![vec![10.0, 0.0]], vec![20.0, 0.0], vec![vec![1.0, 0.0]]);
    }
    (plain.budgets, plain.capacities) = (vec![Some(vec![1000.0; 2])], vec![Some(vec![100.0; 2])]);
    plain.dependencies = vec![Dependency {
        project: ProjectIx::new(1),
        kind: DependencyKind::After { lag: 1 },
        other: ProjectIx::new(0),
    }];
    // 1 is worth more than 0, but needs 0 and cannot start a period after it.
    assert_eq!(bound_by(&plain, |_| RowKey::Dependency { dependency: 0 }), [1]);
}

#[test]
fn alternatives_bind_those_that_are_not_chosen() {
    let mut plain = free_projects();
    plain.alternatives = vec![vec![0, 3, 5], vec![1, 2]];
    assert_eq!(bound_by(&plain, |_| RowKey::Alternatives { group: 0 }), [0, 3]);
    assert_eq!(bound_by(&plain, |_| RowKey::Alternatives { group: 1 }), [1]);
}

#[test]
fn what_is_decided_beforehand_binds() {
    let mut plain = free_projects();
    (plain.rows[2].status, plain.rows[6].status) = (Status::Mandatory, Status::Excluded);
    assert_eq!(bound_by(&plain, |project| RowKey::Decision { project: ProjectIx::new(project) }), [2, 6]);
}

#[test]
fn budgets_for_all_lines_and_capacities_and_targets_bind() {
    let mut plain = free_projects();
    plain.all_lines = Some(vec![55.0]);
    // Of 55 five can be paid; for a sixth nothing is left.
    assert_eq!(
        bound_by(&plain, |_| RowKey::Budget { line: None, period: PeriodIx::new(0) }),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    let mut plain = free_projects();
    plain.capacities = vec![Some(vec![5.0])];
    assert_eq!(
        bound_by(&plain, |_| RowKey::Capacity { resource: ResourceIx::new(0), period: PeriodIx::new(0) }),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    let mut plain = free_projects();
    // All are worth 108 together, and 100 must be reached: only small ones could leave.
    plain.target = Some(100.0);
    assert_eq!(bound_by(&plain, |_| RowKey::Target { leaf: 0 }), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn synergies_bind_those_without_whom_they_are_lost() {
    let mut plain = free_projects();
    let synergy = |members: Vec<usize>, at_least, amount| Together {
        members,
        at_least,
        effect: SynergyEffect::StrategicValue,
        amount,
    };
    plain.synergies =
        vec![synergy(vec![0, 1], 2, 5.0), synergy(vec![2, 3, 4], 2, 5.0), synergy(vec![6, 7], 2, -30.0)];
    assert_eq!(bound_by(&plain, |_| RowKey::Synergy { synergy: 0 }), [0, 1]);
    assert_eq!(bound_by(&plain, |_| RowKey::Synergy { synergy: 1 }), [0_usize; 0], "two of three are left");
    assert_eq!(bound_by(&plain, |_| RowKey::Synergy { synergy: 2 }), [6], "with 6 beside 7 there is a loss");
}

#[test]
fn shares_are_bound_by_what_they_cannot_grow_beyond() {
    let mut plain = free_projects();
    plain.budgets = vec![Some(vec![74.0])];
    plain.rows[0].min_fraction = Some(0.25);
    let budget = RowKey::Budget { line: Some(LineIx::new(0)), period: PeriodIx::new(0) };
    // 0 is funded to 40 %, and no more of it can be paid.
    assert!(binding(&plain)[0].contains(&budget));
    assert!(!bound_by(&plain, |project| RowKey::Share { project: ProjectIx::new(project) }).contains(&0));
    plain.budgets = vec![Some(vec![72.5])];
    assert_eq!(
        bound_by(&plain, |project| RowKey::Share { project: ProjectIx::new(project) }),
        [0],
        "funded at its smallest share"
    );
    plain.budgets = vec![Some(vec![72.0])];
    let out = binding(&plain);
    assert!(
        out[0].contains(&RowKey::Share { project: ProjectIx::new(0) }) && out[0].contains(&budget),
        "{:?}",
        out[0]
    );
}

#[test]
fn an_option_that_is_not_the_best_is_explained_against_its_own_objective() {
    let plain = portfolio_of(16);
    let portfolio = plain.portfolio();
    let goal = goal(Measure::StrategicValue);
    let scenario = plain.scenario(&portfolio, goal.clone(), 4);
    let valuation = Valuation::new(&portfolio, &scenario);
    let options = find_options(&mut ScenarioModel::new(&valuation), &exact(2), &CancelToken::new()).unwrap();
    let last = options.options.len() - 1;
    let own = options.options[last].clone();
    assert!(own.objective < options.options[0].objective, "the last option is worse");
    let decisions = explain(&valuation, &exact(2), &options, last, ReasonsLimit::default());
    assert!(decisions.option == last && !decisions.is_best);
    let mut better = 0;
    for (project, decision) in decisions.projects.iter().enumerate() {
        let is_in = own.selection.contains(ProjectIx::new(project));
        assert_eq!(decision.is_in, is_in);
        let reverse = if is_in { Decision::Out } else { Decision::In };
        match (&decision.reversal, best(&plain, &goal, Some((project, reverse)))) {
            (Reversal::Possible { loss, least, most, is_proven, .. }, Some(reversed)) => {
                let expected = own.objective - reversed;
                assert!(is_close(*loss, expected), "P{project:03}: {loss} is not {expected}");
                assert!(is_close(*least, *loss) && is_close(*most, *loss) && *is_proven);
                better += usize::from(*loss < -1e-6);
            }
            (reversal, reversed) => assert_eq!((reversal, reversed), (&Reversal::Impossible, None)),
        }
    }
    assert!(better > 0, "with what the best option has it is better");
}

/// Whatever is allowed, what is told as proven is true.
fn check_ranges(limit: ReasonsLimit, gap: f64) -> Decisions {
    let plain = portfolio_of(30);
    let portfolio = plain.portfolio();
    let goal = goal(Measure::StrategicValue);
    let scenario = plain.scenario(&portfolio, goal.clone(), 3);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { gap, ..exact(1) };
    let options = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
    let decisions = explain(&valuation, &settings, &options, 0, limit);
    let objective = options.options[0].objective;
    for (project, decision) in decisions.projects.iter().enumerate() {
        let reverse = if decision.is_in { Decision::Out } else { Decision::In };
        let reversed = best(&plain, &goal, Some((project, reverse)));
        let rounding = 1e-6 * objective;
        match &decision.reversal {
            Reversal::Possible { loss, least, most, is_proven, .. } => {
                let expected = objective - reversed.unwrap();
                let range = least - rounding..=most + rounding;
                assert!(range.contains(&expected), "P{project:03}: {expected} is not in {range:?}");
                assert!(*loss >= expected - rounding, "better than can be");
                if *is_proven {
                    assert!(loss - least <= gap * objective + rounding, "P{project:03}: {loss} {least}");
                }
            }
            Reversal::Unknown { least } => {
                assert!(reversed.is_none_or(|reversed| objective - reversed >= least - rounding));
            }
            Reversal::Impossible => assert_eq!(reversed, None),
        }
    }
    decisions
}

#[test]
fn ranges_hold_whatever_is_allowed() {
    let none = ReasonsLimit { seconds: Some(1e-9), nodes: None };
    let decisions = check_ranges(none, 0.0);
    assert!(decisions.unproven > 0, "nothing was proven in no time");
    let few = ReasonsLimit { seconds: None, nodes: Some(20) };
    check_ranges(few, 0.0);
    check_ranges(few, 0.002);
    assert_eq!(check_ranges(ReasonsLimit::default(), 0.01).unproven, 0);
    assert_eq!(check_ranges(ReasonsLimit::default(), 0.0).unproven, 0);
}
