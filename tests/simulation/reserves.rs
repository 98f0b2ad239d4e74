//! Reserves: closed forms, and counts of the trials in which they hold.

use cutline::simulate::{LineReserves, reserves};

use super::*;

fn reserves_of(portfolio: &Portfolio, limits: Limits, samples: &Samples) -> LineReserves {
    let scenario = scenario(portfolio, limits);
    let valuation = Valuation::new(portfolio, &scenario);
    let found = reserves(samples, &valuation, &selection(&[0])).unwrap();
    found.lines.iter().next().unwrap().clone()
}

fn near(found: [f64; 3], expected: [f64; 3]) {
    let is_near = |(one, other): (&f64, &f64)| (one - other).abs() < 0.05;
    assert!(found.iter().zip(&expected).all(is_near), "{found:?} is not {expected:?}");
}

#[test]
fn a_reserve_covers_what_exceeds_the_budget_in_so_many_futures() {
    let uniform = factor(Distribution::Uniform { low: 0.5, high: 1.5 }, &[]);
    let portfolio = portfolio(vec![(project("A", 1.0), [uniform, None, None])]);
    let samples = draw(&portfolio, 9, 10_000, SamplingMethod::Latin);
    // Spend is 100 f, then 50 f.
    let found = reserves_of(&portfolio, limits([130.0, 60.0], [1e9; 2], [1e9; 2]), &samples);
    let periods: Vec<_> = found.periods.iter().collect();
    let [first, second] = periods[..] else { panic!("two periods") };
    near(first.spend, [100.0, 130.0, 140.0]);
    near(first.beyond.unwrap(), [0.0, 0.0, 10.0]);
    near(second.beyond.unwrap(), [0.0, 5.0, 10.0]);
    // One factor: all overruns of a future grow together.
    near(found.pot.beyond.unwrap(), [0.0, 5.0, 20.0]);
    near(found.pot.spend, [150.0, 195.0, 210.0]);
    near([first.profile, second.profile, found.pot.profile], [130.0, 65.0, 195.0]);
    let unlimited = reserves_of(&portfolio, no_limits(), &samples);
    assert_eq!((unlimited.pot.beyond, unlimited.pot.spend), (None, found.pot.spend));
}

#[test]
fn a_pot_holds_all_periods_in_so_many_futures_with_what_each_carries_over() {
    let normal = factor(Distribution::Normal { mean: 1.05, sd: 0.3 }, &[]);
    let carries = BudgetFlexibility::new(0.5, None).unwrap();
    let flexibility = Flexibility::new([(LineIx::new(0), carries)].into(), carries, [].into());
    let portfolio = portfolio_that_gives_way(vec![(project("A", 1.0), [normal, None, None])], flexibility);
    for sampling in METHODS {
        let samples = draw(&portfolio, 4, 2_000, sampling);
        let found = reserves_of(&portfolio, limits([100.0, 45.0], [1e9; 2], [1e9; 2]), &samples);
        let (mut pots, mut seconds) = (Vec::new(), Vec::new());
        for factor in samples.factors(ProjectIx::new(0), Quantity::Cost) {
            let left = 100.0 - 100.0 * factor;
            let need = 50.0 * factor - 45.0 - 0.5 * left.max(0.0);
            pots.push((-left).max(0.0) + need.max(0.0));
            seconds.push(need);
        }
        let held = |needs: &[f64], reserve: f64| {
            needs.iter().filter(|&&need| need <= reserve + 1e-9).count() as f64 / needs.len() as f64
        };
        for (place, share) in [0.5, 0.8, 0.9].into_iter().enumerate() {
            let pot = found.pot.beyond.unwrap()[place];
            assert!(
                held(&pots, pot) >= share - 0.001 && held(&pots, pot - 0.1) < share,
                "{sampling:?} {pot}"
            );
            let own = found.periods[PeriodIx::new(1)].beyond.unwrap()[place];
            assert!(held(&seconds, own) >= share - 0.001, "{sampling:?} {own}");
            assert!(own == 0.0 || held(&seconds, own - 0.1) < share);
        }
    }
}

#[test]
fn what_is_certain_needs_its_overrun_and_no_more() {
    let portfolio = portfolio(vec![(project("A", 1.0), [None, None, None])]);
    let samples = draw(&portfolio, 9, 200, SamplingMethod::Random);
    let found = reserves_of(&portfolio, limits([99.0, 60.0], [1e9; 2], [1e9; 2]), &samples);
    assert_eq!(found.pot.beyond, Some([1.0; 3]));
    assert_eq!(found.periods[PeriodIx::new(1)].beyond, Some([0.0; 3]));
    assert_eq!(found.pot.spend, [150.0; 3]);
}
