//! Random portfolios with room to move, lines in the sand and a current plan, each kind alone and all together.

use cutline::domain::{
    BenefitKindIx, ChangeControl, Goal, LimitBound, LineIx, Measure, NamedLimit, PeriodIx, ResourceIx,
    SMALLEST_SHARE, SelectionSettings, Sense, Solver, SynergyEffect,
};
use cutline::finance::Valuation;
use cutline::optimise::{FoundOption, ScenarioModel, SolveStatus, find_options, recheck};
use cutline::progress::CancelToken;
use cutline::units::DiscountRate;
use proptest::prelude::*;

use crate::common::trials::{Trial, all_trials, differs_enough, trial_of};
use crate::common::{Extra, Give, Plain, PlainProject, Together, exact, maximise, projects};
use crate::words::objective;

/// How many shares of a divisible project are tried.
const SHARES: u32 = 16;
/// Options that are asked for.
const OPTIONS: usize = 5;

/// Which kinds of rules a case has.
#[derive(Clone, Copy, Debug)]
struct Kinds(u32);

impl Kinds {
    const COUNT: u32 = 8;

    const fn has(self, kind: u32) -> bool {
        self.0 >> kind & 1 == 1
    }
}

fn kinds() -> impl Strategy<Value = Kinds> {
    let alone = (0..Kinds::COUNT).prop_map(|kind| Kinds(1 << kind));
    prop_oneof![3 => alone, 2 => (1..1_u32 << Kinds::COUNT).prop_map(Kinds)]
}

fn quarters(most: u32) -> impl Strategy<Value = f64> {
    (0..=most).prop_map(|quarters| f64::from(quarters) / 4.0)
}

fn give() -> impl Strategy<Value = Give> {
    let overrun = ((1..=30_u32).prop_map(f64::from), prop_oneof![Just(0.0), quarters(80)]);
    (prop_oneof![Just(0.0), quarters(4)], prop::option::weighted(0.7, overrun))
        .prop_map(|(carry_over, overrun)| Give { carry_over, overrun, ..Give::default() })
}

fn extra(lines: usize) -> impl Strategy<Value = Option<Extra>> {
    let extra = ((1..=8_u32).prop_map(f64::from), (0..=6_u32).prop_map(f64::from), 0..lines);
    prop::option::weighted(0.8, extra.prop_map(|(limit, rate, line)| Extra { limit, rate, line }))
}

fn together(projects: usize) -> impl Strategy<Value = Together> {
    let effect = prop::sample::select(&SynergyEffect::ALL[..]);
    let members = prop::collection::btree_set(0..projects, 2..=4.min(projects));
    let amount = prop_oneof![-60..=-1_i32, 1..=60_i32].prop_map(f64::from);
    (members, effect, amount, 0..4_usize).prop_map(|(members, effect, amount, least)| {
        let members: Vec<usize> = members.into_iter().collect();
        let at_least = 1 + least % members.len();
        let amount = if effect == SynergyEffect::StrategicValue { amount * 10.0 } else { amount };
        Together { members, at_least, effect, amount }
    })
}

/// A limit in shares of what there is, until the portfolio is known.
#[derive(Clone, Debug)]
struct Draft {
    measure: usize,
    members: Option<Vec<usize>>,
    periods: Option<Vec<usize>>,
    kind: usize,
    level: f64,
    width: f64,
    price: Option<f64>,
}

fn draft(projects: usize, periods: usize) -> impl Strategy<Value = Draft> {
    let members = prop::collection::btree_set(0..projects, 1..projects);
    let some = prop::collection::btree_set(0..periods, 1..=periods);
    let tenths = || (0..=10_u32).prop_map(|tenths| f64::from(tenths) / 10.0);
    (
        0..13_usize,
        prop::option::weighted(0.6, members.prop_map(|some| some.into_iter().collect())),
        prop::option::weighted(0.4, some.prop_map(|some| some.into_iter().collect())),
        0..6_usize,
        tenths(),
        tenths(),
        prop::option::weighted(0.5, quarters(40)),
    )
        .prop_map(|(measure, members, periods, kind, level, width, price)| Draft {
            measure,
            members,
            periods,
            kind,
            level,
            width,
            price,
        })
}

impl Draft {
    fn limit(self, plain: &Plain, position: usize) -> NamedLimit {
        let measure = match self.measure {
            0 => Measure::StrategicValue,
            1 => Measure::Npv,
            2 => Measure::Benefit,
            3 => Measure::Cost,
            4 => Measure::Line(LineIx::new(0)),
            5 if !plain.capacities.is_empty() => Measure::Resource(ResourceIx::new(0)),
            6 => Measure::Objective(0),
            7 => Measure::ExpectedStrategicValue,
            8 => hurdle(),
            9 => Measure::DiscountedBenefit,
            10 => Measure::DiscountedCost,
            11 => Measure::BenefitKind(BenefitKindIx::new(0)),
            _ => Measure::Projects,
        };
        let all: f64 = plain.rows.iter().map(|row| planned(row, measure)).sum();
        let amount = |share: f64| (share * all).round();
        let (low, high) = (self.level, (self.level + self.width).min(1.0));
        let bounds = match (self.kind, &self.members) {
            (0, Some(_)) => vec![LimitBound::MinShare(low)],
            (1, Some(_)) => vec![LimitBound::MaxShare(high)],
            (2, Some(_)) => vec![LimitBound::MinShare(low), LimitBound::MaxShare(high)],
            (3, _) => vec![
                LimitBound::Min(amount(low).min(amount(high))),
                LimitBound::Max(amount(high).max(amount(low))),
            ],
            (4, _) => vec![LimitBound::Min(amount(0.7 * low))],
            _ => vec![LimitBound::Max(amount(high))],
        };
        let periods = self.periods.filter(|_| measure.is_counted_by_period());
        let name = format!("limit {position}");
        let members = self.members.as_deref().map(projects);
        let periods = periods.map(|some| some.into_iter().map(PeriodIx::new).collect());
        NamedLimit::new(name.as_str().into(), measure, members, periods, bounds, self.price).unwrap()
    }
}

/// What a project adds to a measure, roughly: limits shall bite.
fn planned(row: &crate::common::PlainProject, measure: Measure) -> f64 {
    match measure {
        Measure::StrategicValue | Measure::ExpectedStrategicValue | Measure::Objective(_) => row.score,
        Measure::Benefit | Measure::BenefitKind(_) | Measure::DiscountedBenefit => row.benefit.iter().sum(),
        Measure::Npv | Measure::NpvAt(_) => {
            row.benefit.iter().sum::<f64>() - row.costs.iter().flatten().sum::<f64>()
        }
        Measure::Cost | Measure::DiscountedCost => row.costs.iter().flatten().sum(),
        Measure::Line(line) => row.costs[line.index()].iter().sum(),
        Measure::Resource(role) => row.demands[role.index()].iter().sum(),
        _ => 1.0,
    }
}

/// All that is added to a plain portfolio.
#[derive(Clone, Debug)]
struct Room {
    give: Vec<Give>,
    give_all_lines: Give,
    extra: Vec<Option<Extra>>,
    synergies: Vec<Together>,
    drafts: Vec<Draft>,
    target: f64,
    plan: Vec<Option<usize>>,
    max_changes: Option<usize>,
    change_price: f64,
    /// The most drops, and the prices of additions, drops and moves.
    apart: (Option<usize>, [f64; 3]),
}

fn room(projects: usize, periods: usize, lines: usize, roles: usize) -> impl Strategy<Value = Room> {
    (
        prop::collection::vec(give(), lines),
        give(),
        prop::collection::vec(extra(lines), roles),
        prop::collection::vec(together(projects), 1..=3),
        prop::collection::vec(draft(projects, periods), 1..=3),
        (0..=7_u32).prop_map(|tenths| f64::from(tenths) / 10.0),
        prop::collection::vec(prop::option::of(0..periods), projects),
        prop::option::weighted(0.6, 0..=projects),
        prop_oneof![Just(0.0), quarters(100)],
        (
            prop::option::weighted(0.4, 0..=2_usize),
            prop_oneof![
                Just([0.0; 3]),
                [quarters(200), quarters(200), quarters(200)].prop_map(|prices| prices),
            ],
        ),
    )
        .prop_map(
            |(
                give,
                give_all_lines,
                extra,
                synergies,
                drafts,
                target,
                plan,
                max_changes,
                change_price,
                apart,
            )| {
                Room {
                    give,
                    give_all_lines,
                    extra,
                    synergies,
                    drafts,
                    target,
                    plan,
                    max_changes,
                    change_price,
                    apart,
                }
            },
        )
}

impl Room {
    /// Adds the kinds that are asked for.
    fn add_to(self, mut plain: Plain, kinds: Kinds) -> Plain {
        let only = |give: Give| Give {
            carry_over: if kinds.has(0) { give.carry_over } else { 0.0 },
            overrun: give.overrun.filter(|_| kinds.has(1)),
            ..give
        };
        plain.give = self.give.into_iter().map(only).collect();
        plain.give_all_lines = only(self.give_all_lines);
        plain.extra = self.extra.into_iter().map(|extra| extra.filter(|_| kinds.has(2))).collect();
        if kinds.has(3) {
            plain.synergies = self.synergies.into_iter().map(|one| sound(&plain, one)).collect();
        }
        let drafts = self.drafts.into_iter().enumerate();
        let limits = drafts.map(|(position, draft)| draft.limit(&plain, position));
        plain.named_limits =
            limits.filter(|limit| kinds.has(if limit.price().is_some() { 5 } else { 4 })).collect();
        if kinds.has(6) {
            let scores: f64 = plain.rows.iter().map(|row| row.score).sum();
            plain.target = Some((self.target * scores).round());
        }
        if kinds.has(7) {
            plain.current_plan = Some(self.plan);
            plain.change_control = {
                let (max_drops, [add_price, drop_price, move_price]) = self.apart;
                let (max_changes, price) = (self.max_changes, self.change_price);
                ChangeControl { max_changes, max_drops, price, add_price, drop_price, move_price }
            };
        }
        plain
    }
}

/// A synergy of money whose members plan no such money is no synergy: it becomes one of value.
fn sound(plain: &Plain, synergy: Together) -> Together {
    let rows = || synergy.members.iter().map(|&member| &plain.rows[member]);
    let planned: f64 = match synergy.effect {
        SynergyEffect::StrategicValue => 1.0,
        SynergyEffect::Benefit => rows().flat_map(|row| &row.benefit).sum(),
        SynergyEffect::Cost => rows().flat_map(|row| row.costs.iter().flatten()).sum(),
    };
    if planned > 0.0 { synergy } else { Together { effect: SynergyEffect::StrategicValue, ..synergy } }
}

fn roomy(projects: std::ops::RangeInclusive<usize>, delays: usize) -> impl Strategy<Value = Plain> {
    (crate::plain(projects, delays), kinds()).prop_flat_map(|(plain, kinds)| {
        let (lines, roles) = (plain.budgets.len(), plain.capacities.len());
        room(plain.rows.len(), plain.periods, lines, roles)
            .prop_map(move |room| room.add_to(plain.clone(), kinds))
    })
}

/// NPV at a rate that is not the scenario's.
fn hurdle() -> Measure {
    Measure::NpvAt(DiscountRate::new(0.25).unwrap())
}

/// Among them goals that reward spending: then nothing may be bought that is not needed.
fn goal() -> impl Strategy<Value = Goal> {
    prop_oneof![
        3 => Just(maximise(Measure::StrategicValue)),
        3 => Just(maximise(Measure::Npv)),
        1 => Just(maximise(Measure::Benefit)),
        1 => Just(maximise(Measure::Projects)),
        1 => Just(maximise(Measure::Cost)),
        2 => Just(Goal::Single { sense: Sense::Minimise, measure: Measure::Cost }),
        1 => Just(Goal::Single { sense: Sense::Minimise, measure: Measure::Npv }),
        1 => Just(maximise(Measure::ExpectedStrategicValue)),
        1 => Just(maximise(hurdle())),
        1 => Just(maximise(Measure::DiscountedBenefit)),
        1 => Just(maximise(Measure::DiscountedCost)),
    ]
}

/// Some of the shares that a project may have.
fn shares(row: &PlainProject) -> Vec<f64> {
    let Some(least) = row.min_fraction else { return vec![1.0] };
    let least = least.max(SMALLEST_SHARE);
    let step = |step: u32| least + (1.0 - least) * f64::from(step) / f64::from(SHARES);
    (0..=SHARES).map(step).collect()
}

/// Whatever is found is allowed and worth what is said, and no trial is worth more.
fn check(plain: &Plain, goal: &Goal, min_difference: usize) -> Result<(), TestCaseError> {
    let worth = |trial: Trial| objective(plain, &trial, goal).map(|worth| (worth, trial));
    let mut trials: Vec<(f64, Trial)> = all_trials(plain, shares).into_iter().filter_map(worth).collect();
    trials.sort_by(|one, other| other.0.total_cmp(&one.0));
    Solver::ALL.iter().try_for_each(|&solver| check_solver(plain, goal, min_difference, solver, &trials))
}

fn check_solver(
    plain: &Plain,
    goal: &Goal,
    min_difference: usize,
    solver: Solver,
    trials: &[(f64, Trial)],
) -> Result<(), TestCaseError> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, goal.clone(), OPTIONS);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { solver, ..exact(min_difference) };
    let found = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
    let expected = if found.options.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    // Where a share must hit the very edge of a soft limit, rounding it to nine digits costs more than rounding
    // excuses.
    let is_rounding = |option: &FoundOption| option.gap <= 1e-6;
    let is_rounded = plain.rows.iter().any(|row| row.min_fraction.is_some());
    let is_proven = found.status == expected || is_rounded && found.options.iter().all(is_rounding);
    prop_assert!(is_proven, "{:?}: {:?}", solver, found);
    let sign = goal.sense().sign();
    let mut better: Vec<Trial> = Vec::new();
    for place in 0..OPTIONS {
        let best = trials.iter().find(|(_, trial)| differs_enough(plain, trial, &better, min_difference));
        let Some(option) = found.options.get(place) else {
            prop_assert!(best.is_none(), "{:?}: option {} is {:?}", solver, place + 1, best);
            break;
        };
        let trial = trial_of(plain, &option.selection);
        let worth = objective(plain, &trial, goal);
        prop_assert!(worth.is_some(), "{:?}: {:?} is not allowed", solver, trial);
        let (worth, said) = (worth.unwrap(), sign * option.objective);
        let tolerance = 1e-7 * worth.abs().max(10.0);
        prop_assert!((worth - said).abs() <= tolerance, "{solver:?}: {trial:?} is worth {worth}, not {said}");
        if let Some((best, other)) = best {
            prop_assert!(said >= best - tolerance, "{solver:?}: {trial:?} {said}, but {other:?} {best}");
        }
        prop_assert!(recheck(&valuation, &option.selection).is_empty());
        prop_assert!(sign * option.bound >= said);
        prop_assert!(differs_enough(plain, &trial, &better, min_difference));
        better.push(trial);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn options_with_room_and_delays_are_those_of_brute_force(plain in roomy(3..=5, 2), goal in goal(), difference in 1..=3_usize) {
        check(&plain, &goal, difference)?;
    }

    #[test]
    fn options_with_room_of_many_projects_are_those_of_brute_force(plain in roomy(6..=9, 0), goal in goal(), difference in 1..=3_usize) {
        check(&plain, &goal, difference)?;
    }
}

/// Without a switch the program would overrun the first budget to carry over money that there never was, and every
/// share that it offers would fail the recheck.
#[test]
fn money_is_not_overrun_to_be_carried_over() {
    let divisible = crate::common::PlainProject {
        min_fraction: Some(0.1),
        costs: vec![vec![10.0, 20.0]],
        benefit: vec![0.0; 2],
        score: 100.0,
        ..Default::default()
    };
    let plain = Plain {
        periods: 2,
        rows: vec![divisible],
        budgets: vec![Some(vec![5.0, 0.0])],
        give: vec![Give { carry_over: 1.0, overrun: Some((5.0, 0.0)), ..Give::default() }],
        ..Plain::default()
    };
    check(&plain, &maximise(Measure::StrategicValue), 1).unwrap();
}
