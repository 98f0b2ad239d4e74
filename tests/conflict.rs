//! What is said about infeasible scenarios is held to solving them again: without each member, with the excess that is
//! said to be enough, and without the projects that are said to be in the way.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::strategies::{amounts, dependency};
use common::{Give, Plain, PlainProject, exact, maximise, requires};
use cutline::domain::{
    ChangeControl, Decision, Dependency, DependencyKind, LimitBound, LineIx, Measure, NamedLimit, PeriodIx,
    Portfolio, ProjectIx, ResourceIx, Scenario, Status,
};
use cutline::finance::Valuation;
use cutline::optimise::{Conflict, RowKey, ScenarioModel, SolveStatus, explain_conflict, find_options};
use cutline::output::ConflictSummary;
use cutline::progress::CancelToken;
use proptest::prelude::*;

/// A limit that nothing reaches.
const PLENTY: f64 = 1e9;

fn scenario(plain: &Plain, portfolio: &Portfolio) -> Scenario {
    plain.scenario(portfolio, maximise(Measure::StrategicValue), 1)
}

fn is_feasible(plain: &Plain) -> bool {
    let portfolio = plain.portfolio();
    let scenario = scenario(plain, &portfolio);
    let found = find_options(
        &mut ScenarioModel::new(&Valuation::new(&portfolio, &scenario)),
        &exact(1),
        &CancelToken::new(),
    )
    .unwrap();
    found.status != SolveStatus::Infeasible
}

fn explain(plain: &Plain) -> Conflict {
    let portfolio = plain.portfolio();
    let scenario = scenario(plain, &portfolio);
    explain_conflict(
        &ScenarioModel::new(&Valuation::new(&portfolio, &scenario)),
        &exact(1),
        &CancelToken::new(),
    )
    .unwrap()
}

/// Everything that can be a member.
fn all_members(plain: &Plain) -> Vec<RowKey> {
    let mandatory = (0..plain.rows.len()).filter(|&project| plain.rows[project].status == Status::Mandatory);
    let mut members: Vec<RowKey> =
        mandatory.map(|project| RowKey::Decision { project: ProjectIx::new(project) }).collect();
    members.extend((0..plain.alternatives.len()).map(|group| RowKey::Alternatives { group }));
    members.extend((0..plain.dependencies.len()).map(|dependency| RowKey::Dependency { dependency }));
    for period in 0..plain.periods {
        let lines = (0..plain.budgets.len()).filter(|&line| plain.budgets[line].is_some());
        members.extend(
            lines.map(|line| RowKey::Budget { line: Some(LineIx::new(line)), period: PeriodIx::new(period) }),
        );
        members.extend(
            plain.all_lines.as_ref().map(|_| RowKey::Budget { line: None, period: PeriodIx::new(period) }),
        );
        let resources = (0..plain.capacities.len()).filter(|&role| plain.capacities[role].is_some());
        members.extend(resources.map(|resource| RowKey::Capacity {
            resource: ResourceIx::new(resource),
            period: PeriodIx::new(period),
        }));
    }
    members
}

/// The limit that a member stands for.
fn limit(plain: &mut Plain, meaning: RowKey) -> &mut f64 {
    match meaning {
        RowKey::Budget { line: Some(line), period } => {
            &mut plain.budgets[line.index()].as_mut().unwrap()[period.index()]
        }
        RowKey::Budget { line: None, period } => &mut plain.all_lines.as_mut().unwrap()[period.index()],
        RowKey::Capacity { resource, period } => {
            &mut plain.capacities[resource.index()].as_mut().unwrap()[period.index()]
        }
        other => panic!("{other:?} is no limit"),
    }
}

/// The portfolio with these members only. What is left out stays in place and says nothing.
fn only(plain: &Plain, kept: &[RowKey]) -> Plain {
    let mut rest = plain.clone();
    for meaning in all_members(plain).into_iter().filter(|meaning| !kept.contains(meaning)) {
        match meaning {
            RowKey::Decision { project } => rest.rows[project.index()].status = Status::Candidate,
            RowKey::Alternatives { group } => rest.alternatives[group].truncate(1),
            RowKey::Dependency { .. } => {}
            limit_meaning => *limit(&mut rest, limit_meaning) = PLENTY,
        }
    }
    let is_kept = |dependency: usize| kept.contains(&RowKey::Dependency { dependency });
    let mut position = 0;
    rest.dependencies.retain(|_| {
        position += 1;
        is_kept(position - 1)
    });
    rest
}

/// All that a conflict says, checked by solving again.
fn check(plain: &Plain) {
    let conflict = explain(plain);
    assert!(conflict.is_irreducible);
    assert!(!is_feasible(&only(plain, &conflict.members)), "{conflict:?} is no conflict");
    for (position, member) in conflict.members.iter().enumerate() {
        let mut others = conflict.members.clone();
        others.remove(position);
        assert!(is_feasible(&only(plain, &others)), "{member:?} is not needed in {conflict:?}");
    }
    if let Some(way) = &conflict.relaxation {
        let mut relaxed = plain.clone();
        for excess in &way.changes {
            assert!(excess.amount > 0.0 && way.is_least);
            *limit(&mut relaxed, excess.limit) += excess.amount;
        }
        assert!(is_feasible(&relaxed), "{way:?} is not enough");
    }
    if let Some(way) = &conflict.or_drop {
        let mut dropped = plain.clone();
        way.changes.iter().for_each(|&project| dropped.rows[project.index()].status = Status::Candidate);
        assert!(is_feasible(&dropped), "{way:?} is not enough");
    }
}

/// Three mandatory projects that need more money in the second year than there is, one of them only with a fourth.
fn overspent() -> Plain {
    let row = |status, first: f64, second: f64| PlainProject {
        status,
        costs: vec![vec![first, second]],
        benefit: vec![0.0, 0.0],
        demands: vec![vec![1.0, 1.0]],
        score: first,
        ..PlainProject::default()
    };
    Plain {
        periods: 2,
        rows: vec![
            row(Status::Mandatory, 1.0e6, 4.0e6),
            row(Status::Mandatory, 2.0e6, 3.0e6),
            row(Status::Candidate, 3.0e6, 1.0e6),
            row(Status::Mandatory, 0.5e6, 0.2e6),
        ],
        budgets: vec![Some(vec![9.0e6, 6.766e6])],
        capacities: vec![Some(vec![5.0, 5.0])],
        dependencies: vec![requires(1, 2)],
        ..Plain::default()
    }
}

#[test]
fn a_conflict_is_told_in_words() {
    let plain = overspent();
    check(&plain);
    let portfolio = plain.portfolio();
    let mut scenario = scenario(&plain, &portfolio);
    let words = |scenario: &Scenario| {
        let valuation = Valuation::new(&portfolio, scenario);
        let conflict =
            explain_conflict(&ScenarioModel::new(&valuation), &exact(1), &CancelToken::new()).unwrap();
        ConflictSummary::new(&portfolio, scenario, &conflict)
    };
    insta::assert_snapshot!(words(&scenario).words, @"mandatory P000 and P001 do not fit line000 in t001 (6.77 M); the scenario is feasible with 1.44 M more line000 in t001, or without P000");
    let items: Vec<String> = (words(&scenario).items.iter())
        .map(|item| {
            let period = item.period.as_deref().unwrap_or_default();
            format!("{} | {} | {period} | {:?} | {}", item.kind, item.item, item.amount, item.words)
        })
        .collect();
    insta::assert_snapshot!(items.join("\n"), @"
    conflict | P000 |  | None | mandatory P000
    conflict | P001 |  | None | mandatory P001
    conflict | line.line000 | t001 | Some(6766000.0) | line000 in t001 (6.77 M)
    relax | line.line000 | t001 | Some(1434000.0) | 1.44 M more line000 in t001
    drop | P000 |  | None | drop P000
    ");
    scenario.decisions[ProjectIx::new(2)] = Decision::Out;
    insta::assert_snapshot!(words(&scenario).words, @"mandatory P001 cannot be in, as P001 requires P002, which is forced out; the scenario is feasible without P001");
    scenario.decisions = vec![Decision::Free, Decision::Free, Decision::In, Decision::Free].into();
    scenario.limits.lines[LineIx::new(0)].as_mut().unwrap()[PeriodIx::new(1)] =
        cutline::units::Money::new(0.0);
    insta::assert_snapshot!(words(&scenario).words, @"forced-in P002 does not fit line000 in t001 (0); the scenario is feasible with 1.00 M more line000 in t001, or without P002");
}

#[test]
fn decisions_alone_can_be_in_conflict() {
    let mut plain = overspent();
    plain.budgets = vec![None];
    plain.dependencies.push(Dependency {
        project: ProjectIx::new(0),
        kind: DependencyKind::Excludes,
        other: ProjectIx::new(1),
    });
    plain.alternatives = vec![vec![2, 3]];
    check(&plain);
    let conflict = explain(&plain);
    assert_eq!(conflict.relaxation, None);
    assert_eq!(conflict.or_drop.map(|way| way.changes), Some(vec![ProjectIx::new(1)]), "P001 is in both");
}

/// A limit with a name.
fn named(
    measure: Measure,
    projects: Option<Vec<usize>>,
    bound: LimitBound,
    price: Option<f64>,
) -> NamedLimit {
    let projects = projects.map(|some| common::projects(&some));
    NamedLimit::new("line in the sand".into(), measure, projects, None, vec![bound], price).unwrap()
}

#[test]
fn named_limits_targets_and_changes_can_be_in_conflict() {
    let why = |plain: &Plain| {
        let portfolio = plain.portfolio();
        let scenario = scenario(plain, &portfolio);
        let conflict = explain(plain);
        (ConflictSummary::new(&portfolio, &scenario, &conflict).words, conflict)
    };
    let mut plain = overspent();
    plain.budgets = vec![Some(vec![9.0e6, 12.0e6])];
    assert!(is_feasible(&plain));

    // P000 is mandatory and takes 5 M; a soft limit beside it says nothing.
    let soft = named(Measure::Cost, None, LimitBound::Max(1.0e6), Some(1e-6));
    plain.named_limits = vec![soft, named(Measure::Cost, Some(vec![0, 2]), LimitBound::Max(4.5e6), None)];
    assert!(!is_feasible(&plain));
    let (words, conflict) = why(&plain);
    assert!(conflict.is_irreducible);
    let limit = RowKey::Limit { limit: 1, bound: 0 };
    assert_eq!(conflict.members, [RowKey::Decision { project: ProjectIx::new(0) }, limit]);
    // P001 is mandatory and requires P002, which takes 4 M more.
    let way = conflict.relaxation.unwrap();
    assert_eq!((way.changes.len(), way.changes[0].limit), (1, limit));
    assert!((way.changes[0].amount - 4.5e6).abs() < 1.0, "{way:?}");
    assert_eq!(conflict.or_drop.unwrap().changes, [ProjectIx::new(0)]);
    insta::assert_snapshot!(words, @"mandatory P000 does not fit limit `line in the sand` (at most 4.50 M); the scenario is feasible with limit `line in the sand` raised by 4.50 M, or without P000");
    plain.named_limits[1] = named(Measure::Cost, Some(vec![0, 2]), LimitBound::Max(9.0e6), None);
    assert!(is_feasible(&plain));

    plain.named_limits = vec![named(Measure::Projects, Some(vec![2, 3]), LimitBound::MinShare(0.8), None)];
    let share = why(&plain).0;
    assert!(share.contains("limit `line in the sand` (at least 80 %)"), "{share}");
    assert!(share.contains("limit `line in the sand` missed by "), "{share}");

    plain.named_limits.clear();
    plain.target = Some(7.0e6);
    assert!(!is_feasible(&plain));
    let (words, conflict) = why(&plain);
    assert_eq!(conflict.members, [RowKey::Target { leaf: 0 }]);
    insta::assert_snapshot!(words, @"nothing fits the target of value (7.00 M); the scenario is feasible with the target of value lowered by 500,000");

    plain.target = None;
    plain.current_plan = Some(vec![Some(0), None, None, None]);
    plain.change_control = ChangeControl { max_changes: Some(2), ..Default::default() };
    assert!(!is_feasible(&plain));
    let (words, conflict) = why(&plain);
    assert_eq!(conflict.members.last(), Some(&RowKey::Changes));
    insta::assert_snapshot!(words, @"mandatory P001 and P003 cannot both be in, as P001 requires P002 and at most 2 changes to the current plan may be made; the scenario is feasible without P003");
}

#[test]
fn budgets_give_way_before_they_are_in_conflict() {
    // 6.766 M in the second year; 8.2 M are needed, 3.5 M of 9 M in the first year are left over.
    let mut plain = overspent();
    plain.rows[2].costs = vec![vec![2.0e6, 1.0e6]];
    plain.give = vec![Give { carry_over: 0.2, overrun: Some((0.1e6, 1.0)), ..Give::default() }];
    let missing = 8.2e6 - 6.766e6 - 0.1e6 - 0.2 * 3.5e6;
    let conflict = explain(&plain);
    assert!(conflict.is_irreducible && !is_feasible(&plain));
    let budget = RowKey::Budget { line: Some(LineIx::new(0)), period: PeriodIx::new(1) };
    assert!(conflict.members.contains(&budget), "{conflict:?}");
    let way = conflict.relaxation.unwrap();
    assert_eq!((way.changes.len(), way.changes[0].limit), (1, budget));
    assert!((way.changes[0].amount - missing).abs() < 1.0, "{way:?} is not {missing}");
    plain.budgets[0].as_mut().unwrap()[1] += way.changes[0].amount + 1.0;
    assert!(is_feasible(&plain));
    plain.budgets[0].as_mut().unwrap()[1] -= 100.0;
    assert!(!is_feasible(&plain));
}

// ---- Random portfolios ----------------------------------------------------------------------------------------------

fn row(periods: usize) -> impl Strategy<Value = PlainProject> {
    let status = prop_oneof![
        2 => Just(Status::Candidate),
        3 => Just(Status::Mandatory),
        1 => Just(Status::Excluded)
    ];
    (status, amounts(periods, 20), amounts(periods, 5), (1..100u32).prop_map(f64::from)).prop_map(
        move |(status, cost, demand, score)| PlainProject {
            status,
            costs: vec![cost],
            benefit: vec![0.0; periods],
            demands: vec![demand],
            score,
            ..PlainProject::default()
        },
    )
}

fn tight() -> impl Strategy<Value = Plain> {
    (3..=7usize, 1..=2usize).prop_flat_map(|(count, periods)| {
        (
            prop::collection::vec(row(periods), count),
            amounts(periods, 5 * count as u32),
            prop::option::weighted(0.3, amounts(periods, 6 * count as u32)),
            amounts(periods, 2 * count as u32),
            prop::collection::vec(prop::collection::btree_set(0..count, 2..=3), 0..=1),
            prop::collection::vec(dependency(count, 0..1), 0..=3),
        )
            .prop_map(move |(rows, budget, all_lines, capacity, groups, dependencies)| Plain {
                periods,
                rows,
                budgets: vec![Some(budget)],
                all_lines,
                capacities: vec![Some(capacity)],
                alternatives: groups.into_iter().map(|group| group.into_iter().collect()).collect(),
                dependencies,
                ..Plain::default()
            })
    })
}

/// Every set of projects that satisfies all but limits and, if `may_drop`, the mandatory status.
fn sets(plain: &Plain, may_drop: bool) -> Vec<Vec<bool>> {
    let count = plain.rows.len();
    let set = |bits: usize| (0..count).map(|project| bits >> project & 1 == 1).collect::<Vec<bool>>();
    let allowed = |set: &Vec<bool>| {
        let decided = plain.rows.iter().zip(set).all(|(row, &is_in)| match row.status {
            Status::Candidate => true,
            Status::Mandatory => is_in || may_drop,
            Status::Excluded => !is_in,
        });
        let linked = plain.dependencies.iter().all(|&Dependency { project, kind, other }| match kind {
            DependencyKind::Requires => !set[project.index()] || set[other.index()],
            DependencyKind::Excludes => !(set[project.index()] && set[other.index()]),
            DependencyKind::Together => set[project.index()] == set[other.index()],
            DependencyKind::After { .. } => !set[project.index()] || set[other.index()],
        });
        let one = |group: &Vec<usize>| group.iter().filter(|&&project| set[project]).count() <= 1;
        decided && linked && plain.alternatives.iter().all(one)
    };
    (0..1 << count).map(set).filter(allowed).collect()
}

/// The amounts of a project.
type Profile = fn(&PlainProject) -> &Vec<f64>;

/// The excess of a set over each limit, as shares of the mean limit of its line or resource.
fn excess(plain: &Plain, set: &[bool]) -> f64 {
    let over = |limit: Option<&Vec<f64>>, profile: Profile| {
        let Some(limit) = limit else { return 0.0 };
        let used = |period: usize| {
            let chosen = plain.rows.iter().zip(set).filter(|(_, is_in)| **is_in);
            chosen.map(|(row, _)| profile(row)[period]).sum::<f64>()
        };
        // A limit that no project can touch is none.
        let touched: Vec<usize> = (0..plain.periods)
            .filter(|&period| {
                let usable = plain.rows.iter().filter(|row| row.status != Status::Excluded);
                usable.into_iter().any(|row| profile(row)[period] > 0.0)
            })
            .collect();
        let largest = plain.rows.iter().filter(|row| row.status != Status::Excluded);
        let largest = largest.flat_map(|row| profile(row).iter().copied()).fold(0.0, f64::max);
        let mean = touched.iter().map(|&period| limit[period]).sum::<f64>() / touched.len().max(1) as f64;
        let size = if mean > 0.0 { mean } else { largest.max(f64::MIN_POSITIVE) };
        touched.iter().map(|&period| (used(period) - limit[period]).max(0.0) / size).sum()
    };
    let (cost, demand): (Profile, Profile) = (|row| &row.costs[0], |row| &row.demands[0]);
    over(plain.budgets[0].as_ref(), cost)
        + over(plain.all_lines.as_ref(), cost)
        + over(plain.capacities[0].as_ref(), demand)
}

fn is_close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-5 * right.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conflicts_are_irreducible_and_ways_out_are_the_least(plain in tight()) {
        let within = |set: &&Vec<bool>| excess(&plain, set) == 0.0;
        let kept = sets(&plain, false);
        prop_assume!(kept.iter().find(within).is_none());
        check(&plain);
        let conflict = explain(&plain);
        let least = kept.iter().map(|set| excess(&plain, set)).min_by(f64::total_cmp);
        prop_assert_eq!(conflict.relaxation.is_some(), least.is_some());
        if let (Some(way), Some(least)) = (&conflict.relaxation, least) {
            let mut relaxed = plain.clone();
            way.changes.iter().for_each(|excess| *limit(&mut relaxed, excess.limit) += excess.amount);
            let best = kept.iter().filter(|set| excess(&relaxed, set) <= 1e-6);
            let best = best.map(|set| excess(&plain, set)).min_by(f64::total_cmp);
            prop_assert!(best.is_some_and(|best| is_close(best, least)), "{best:?} is not {least}: {way:?}");
        }
        let dropped = |set: &Vec<bool>| {
            plain.rows.iter().zip(set).filter(|(row, is_in)| row.status == Status::Mandatory && !**is_in).count()
        };
        let all = sets(&plain, true);
        let fewest = all.iter().filter(within).map(dropped).min();
        prop_assert_eq!(conflict.or_drop.as_ref().map(|way| way.changes.len()), fewest);
    }
}
