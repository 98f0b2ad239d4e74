//! Delays: profiles shift and spread, trial by trial.

use cutline::domain::{
    ByProject, Choice, Distribution, FactorModel, Limits, LineIx, PeriodIx, Portfolio, ProjectIx, Quantity,
    ResourceIx, RiskRegister, SamplingMethod, Selection,
};
use cutline::finance::Valuation;
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{OptionRisk, Samples, Summary, evaluate, trial_totals};
use cutline::units::Share;

use super::risks_and_impacts::{assert_within, columns, impact, register};
use super::{
    Candidate, METHODS, PERIODS, STATISTICS, correlation, draw, factor, limits, no_limits, portfolio,
    project, risks, scenario, selection, varied_candidates,
};

/// The same portfolio with a delay per project.
fn late(portfolio: Portfolio, delays: Vec<Option<FactorModel>>) -> Portfolio {
    let register = portfolio.risks().clone().with_delays(delays.into());
    portfolio.with_risks(register).unwrap()
}

fn delay(distribution: Distribution) -> Option<FactorModel> {
    factor(distribution, &[])
}

fn fixed(value: f64) -> Distribution {
    Distribution::Fixed { value }
}

/// One project with this delay: costs 100 and 50, brings 120 and 240, demands 3 and 2.
fn one(distribution: Distribution) -> Portfolio {
    late(portfolio(vec![(project("A", 1.0), [None, None, None])]), vec![delay(distribution)])
}

/// A selection in which every project starts so many periods later than planned.
fn later(projects: &[usize], periods: usize) -> Selection {
    Selection::new(projects.iter().map(|&project| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(periods),
        share: Share::ONE,
        payment: Default::default(),
    }))
}

fn spend(risk: &OptionRisk, period: usize) -> &Summary {
    &risk.lines[LineIx::new(0)][PeriodIx::new(period)].summary
}

fn demand(risk: &OptionRisk, period: usize) -> &Summary {
    &risk.resources[ResourceIx::new(0)][PeriodIx::new(period)].summary
}

#[test]
fn a_uniform_delay_spreads_what_is_spent_as_its_integral_says() {
    let portfolio = one(Distribution::Uniform { low: 0.0, high: 2.0 });
    for sampling in METHODS {
        let samples = draw(&portfolio, 4, 40_000, sampling);
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
        // A part of a quarter stays, a half comes one period later, and a quarter two: past the horizon.
        assert_within(spend(risk, 0).mean, 0.25 * 100.0);
        assert_within(spend(risk, 1).mean, 0.25 * 50.0 + 0.5 * 100.0);
        assert_within(demand(risk, 1).mean, 0.25 * 2.0 + 0.5 * 3.0);
        assert_within(risk.cost.mean, 0.75 * 100.0 + 0.25 * 50.0);
        assert_within(risk.benefit.mean, 0.75 * 120.0 + 0.25 * 240.0);
        // The part that stays is 1 − d below 1: its square is a third in half of the trials.
        assert_within(spend(risk, 0).sd, 100.0 * (0.5 / 3.0 - 0.25_f64 * 0.25).sqrt());
        // What is past the horizon counts in NPV, discounted at 25 % a period.
        let worth = 0.25 + 0.5 / 1.25 + 0.25 / 1.25_f64.powi(2);
        assert_within(risk.npv.mean, worth * (120.0 - 100.0 + (240.0 - 50.0) / 1.25));
    }
}

#[test]
fn a_fixed_delay_of_a_period_and_a_half_is_worth_what_it_is_by_hand() {
    let portfolio = one(fixed(1.5));
    let samples = draw(&portfolio, 4, 500, SamplingMethod::Latin);
    let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
    // Net 20 and 190 become 0, 10, 105 and 95, of which the last two are past the horizon.
    let npv = 10.0 / 1.25 + 105.0 / 1.25_f64.powi(2) + 95.0 / 1.25_f64.powi(3);
    assert!((risk.npv.mean.value - npv).abs() < 1e-10, "{:?}", risk.npv.mean);
    assert_eq!(risk.npv.mean.error, 0.0, "it does not vary");
    assert_eq!((spend(risk, 0).mean.value, spend(risk, 1).mean.value), (0.0, 50.0));
    assert_eq!((risk.cost.mean.value, risk.benefit.mean.value), (50.0, 60.0));
}

fn assert_same(left: &Summary, right: &Summary, name: &str) {
    for (statistic, of) in STATISTICS {
        let (left, right) = (of(left), of(right));
        let size = right.value.abs().max(100.0);
        assert!((left.value - right.value).abs() < 1e-11 * size, "{name} {statistic}: {left:?} {right:?}");
        assert!((left.error - right.error).abs() < 1e-9 * size, "{name} {statistic}: {left:?} {right:?}");
    }
}

/// Costs, benefits and demands that vary, a success that may fail, and value that decays.
fn decaying_candidates() -> Vec<Candidate> {
    let mut all = varied_candidates();
    all.iter_mut().for_each(|(project, _)| project.value_decay = Share::new(0.3).unwrap());
    all
}

fn risk_under(
    portfolio: &Portfolio,
    (escalation, limits): (f64, Limits),
    samples: &Samples,
    selection: &Selection,
) -> OptionRisk {
    let mut scenario = scenario(portfolio, limits);
    scenario.escalation = escalation;
    let valuation = Valuation::new(portfolio, &scenario);
    evaluate(samples, &valuation, &[selection], &Silent, &CancelToken::new()).unwrap().remove(0)
}

#[test]
fn a_delay_of_one_period_is_a_start_one_period_later() {
    let planned = portfolio(decaying_candidates());
    let delays = (0..18).map(|_| delay(fixed(1.0))).collect();
    let delayed = late(planned.clone(), delays);
    let all: Vec<usize> = (0..18).collect();
    let limits = limits([1_700.0, 900.0], [1_750.0, 905.0], [55.0, 40.0]);
    for sampling in METHODS {
        let samples = [&planned, &delayed].map(|portfolio| draw(portfolio, 3, 1_003, sampling));
        for escalation in [0.0, 0.03] {
            let how = || (escalation, limits.clone());
            let right = risk_under(&planned, how(), &samples[0], &later(&all, 1));
            let left = risk_under(&delayed, how(), &samples[1], &selection(&all));
            assert_same(&left.npv, &right.npv, "npv");
            assert_same(&left.benefit, &right.benefit, "benefit");
            assert_same(&left.cost, &right.cost, "cost");
            assert_same(&left.strategic_value, &right.strategic_value, "strategic value");
            for period in 0..PERIODS {
                assert_same(spend(&left, period), spend(&right, period), "spend");
                assert_same(demand(&left, period), demand(&right, period), "demand");
            }
            assert_eq!((left.over_budget, left.loss), (right.over_budget, right.loss));
            assert_eq!((left.over_capacity, left.best), (right.over_capacity, right.best));
        }
    }
}

/// Projects with delays of many kinds, some of which an event makes longer.
fn many_delays() -> Portfolio {
    let portfolio = portfolio(decaying_candidates());
    let kinds = [
        delay(Distribution::Uniform { low: 0.0, high: 2.5 }),
        delay(Distribution::Lognormal { mean: 0.5, sd: 0.7 }),
        None,
        delay(fixed(0.4)),
        delay(Distribution::Normal { mean: 0.2, sd: 0.6 }),
        delay(Distribution::Bernoulli { probability: 0.3, low: 0.0, high: 1.0 }),
    ];
    let delays = (0..18).map(|project| kinds[project % 6].clone()).collect();
    let hits = [
        (2, impact(0, Quantity::Delay, fixed(1.0))),
        (4, impact(0, Quantity::Cost, fixed(1.5))),
        (4, impact(0, Quantity::Delay, Distribution::Uniform { low: 0.5, high: 3.0 })),
        (9, impact(0, Quantity::Delay, Distribution::Normal { mean: 0.5, sd: 1.0 })),
    ];
    let register = register(&portfolio, &[("strike", 0.3)], &hits);
    late(portfolio.with_risks(register).unwrap(), delays)
}

/// The totals of a selection in one trial, from the drawn factors and delays alone: NPV, benefit, cost, value.
fn by_hand(portfolio: &Portfolio, draws: &[[Vec<f64>; 4]], chosen: &[usize], trial: usize) -> [f64; 4] {
    let mut totals = [0.0; 4];
    for &position in chosen {
        let project = &portfolio.projects()[ProjectIx::new(position)];
        let [cost, benefit, delay, success] = draws[position].each_ref().map(|column| column[trial]);
        let (whole, part) = (delay.floor() as usize, delay - delay.floor());
        for (late, share) in [(whole, 1.0 - part), (whole + 1, part)] {
            for period in 0..PERIODS {
                let at = PeriodIx::new(period);
                let spent = share * cost * project.costs[0].profile[at].value();
                let brought = share * benefit * project.benefits[0].profile[at].value();
                totals[0] += (brought - spent) / 1.25_f64.powi((period + late) as i32);
                if period + late < PERIODS {
                    totals[1] += brought;
                    totals[2] += spent;
                }
            }
            totals[3] += share * success * 10.0 * 0.7_f64.powi(late as i32);
        }
    }
    totals
}

#[test]
fn every_trial_is_what_its_own_delays_make_of_it() {
    let portfolio = many_delays();
    let chosen: Vec<usize> = (0..14).collect();
    let scenario = scenario(&portfolio, no_limits());
    let valuation = Valuation::new(&portfolio, &scenario);
    for sampling in METHODS {
        let samples = draw(&portfolio, 21, 400, sampling);
        let draws: Vec<[Vec<f64>; 4]> = (portfolio.projects().positions())
            .map(|project| {
                let [cost, benefit, delay] = [Quantity::Cost, Quantity::Benefit, Quantity::Delay]
                    .map(|quantity| samples.factors(project, quantity));
                [cost, benefit, delay, samples.successes(project)]
            })
            .collect();
        let delays: Vec<f64> = draws.iter().flat_map(|[_, _, delay, _]| delay.clone()).collect();
        assert!(delays.iter().all(|delay| (0.0..=4.0).contains(delay)));
        assert!(delays.iter().any(|&delay| delay > 2.5) && delays.contains(&0.0));
        let totals = trial_totals(&samples, &valuation, &selection(&chosen)).unwrap();
        for trial in 0..samples.trials() {
            let expected = by_hand(&portfolio, &draws, &chosen, trial);
            let found = [&totals.npv, &totals.benefit, &totals.cost, &totals.strategic_value];
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found[trial] - expected).abs() < 1e-9, "{trial}: {} {expected}", found[trial]);
            }
        }
    }
}

#[test]
fn delays_change_no_other_draw() {
    let (with, without) = (many_delays(), portfolio(decaying_candidates()));
    // A delay takes a dimension of the Sobol sequence, and others then get other ones.
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        let [with, without] = [&with, &without].map(|portfolio| {
            let samples = draw(portfolio, 3, 1_234, sampling);
            columns(portfolio, &samples)
        });
        let changed: Vec<&str> = (with.iter().zip(&without))
            .filter(|(before, after)| before != after)
            .map(|(before, _)| before.0.as_str())
            .filter(|name| !name.ends_with(":delay"))
            .collect();
        // But for the one cost that the event hits.
        assert_eq!(changed.len(), 1, "{changed:?}");
    }
}

#[test]
fn delays_do_not_depend_on_the_number_of_threads() {
    let portfolio = many_delays();
    let options: Vec<Selection> =
        (2..9).map(|step| selection(&(0..18).filter(|p| p % step != 1).collect::<Vec<_>>())).collect();
    let limits = limits([1_700.0, 900.0], [1_700.0, 900.0], [55.0, 40.0]);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let samples = draw(&portfolio, 3, 1_234, SamplingMethod::Latin);
            format!("{:?}", risks(&portfolio, limits.clone(), &samples, &options))
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn delays_that_push_nothing_out_leave_totals_as_they_were() {
    // All is spent in the first period of two, and comes in the second at the latest.
    let mut early = project("A", 1.0);
    early.costs[0].profile[PeriodIx::new(1)] = Default::default();
    let uniform = factor(Distribution::Uniform { low: 0.8, high: 1.4 }, &[]);
    let planned = portfolio(vec![(early, [uniform, None, None])]);
    let delayed = late(planned.clone(), vec![delay(Distribution::Uniform { low: 0.0, high: 1.0 })]);
    let [before, after] = [&planned, &delayed].map(|portfolio| {
        let samples = draw(portfolio, 9, 2_000, SamplingMethod::Latin);
        risks(portfolio, no_limits(), &samples, &[selection(&[0])]).remove(0)
    });
    assert_eq!(before.cost, after.cost, "to the last digit");
    assert_eq!(before.strategic_value, after.strategic_value);
    assert!(after.npv.mean.value < before.npv.mean.value);
}

#[test]
fn delays_follow_drivers_and_are_never_below_0() {
    let two = portfolio(vec![
        (project("A", 1.0), [factor(Distribution::Normal { mean: 1.0, sd: 0.1 }, &[(0, 0.9)]), None, None]),
        (project("B", 1.0), [None, None, None]),
    ]);
    let normal = factor(Distribution::Normal { mean: 0.0, sd: 1.0 }, &[(0, 0.8)]);
    let long = factor(Distribution::Lognormal { mean: 3.0, sd: 2.0 }, &[(0, 0.8)]);
    let portfolio = late(two, vec![normal, long]);
    let samples = draw(&portfolio, 6, 20_000, SamplingMethod::Random);
    let of = |project: usize, quantity| samples.factors(ProjectIx::new(project), quantity);
    let (cost, cut, long) = (of(0, Quantity::Cost), of(0, Quantity::Delay), of(1, Quantity::Delay));
    let share = |hits: usize| hits as f64 / 20_000.0;
    let at_zero = share(cut.iter().filter(|&&delay| delay == 0.0).count());
    assert!((at_zero - 0.5).abs() < 0.02, "{at_zero}");
    let at_most = share(long.iter().filter(|&&delay| delay == 4.0).count());
    assert!(at_most > 0.1 && long.iter().all(|&delay| delay <= 4.0), "{at_most}");
    assert!(correlation(&cost, &long) > 0.4, "both follow one driver");
}

#[test]
fn an_event_that_makes_late_does_so_in_its_trials() {
    let one = portfolio(vec![(project("A", 1.0), [None, None, None])]);
    let hits = [(0, impact(0, Quantity::Delay, fixed(1.0)))];
    let with =
        |probability: f64| one.clone().with_risks(register(&one, &[("strike", probability)], &hits)).unwrap();
    let portfolio = with(0.25);
    let samples = draw(&portfolio, 6, 20_000, SamplingMethod::Latin);
    let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
    assert_within(spend(risk, 0).mean, 75.0);
    assert_within(spend(risk, 0).sd, 100.0 * (0.25_f64 * 0.75).sqrt());
    assert_within(risk.cost.mean, 150.0 - 0.25 * 50.0);
    // One that always occurs is a delay like any other.
    let portfolio = with(1.0);
    let samples = draw(&portfolio, 6, 500, SamplingMethod::Latin);
    let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
    assert_eq!((risk.cost.mean.value, risk.cost.mean.error), (100.0, 0.0));
}

#[test]
fn a_register_of_other_projects_is_refused() {
    let one = portfolio(vec![(project("A", 1.0), [None, None, None])]);
    let delays: ByProject<Option<FactorModel>> = vec![None, None].into();
    assert!(one.clone().with_risks(RiskRegister::default().with_delays(delays)).is_err());
    let unknown = factor(fixed(1.0), &[(7, 0.5)]);
    assert!(one.with_risks(RiskRegister::default().with_delays(vec![unknown].into())).is_err());
}
