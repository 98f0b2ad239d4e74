//! Risk events: they hit all their projects in the same trials.

use cutline::domain::{
    ByProject, Distribution, Impact, Portfolio, ProjectIx, Quantity, RiskEvent, RiskRegister, SamplingMethod,
};
use cutline::simulate::{Estimate, Samples};
use cutline::units::Probability;

use super::{
    METHODS, assert_near, draw, factor, no_limits, portfolio, project, risks, selection, varied_candidates,
};

/// The risk events, each with its probability.
pub fn events(all: &[(&str, f64)]) -> Vec<RiskEvent> {
    let event = |&(id, probability): &(&str, f64)| RiskEvent {
        id: id.into(),
        name: id.to_owned(),
        probability: Probability::new(probability).unwrap(),
    };
    all.iter().map(event).collect()
}

/// The register of events that hit projects (positions), the impacts of each rising by quantity and event.
pub fn register(portfolio: &Portfolio, all: &[(&str, f64)], hits: &[(usize, Impact)]) -> RiskRegister {
    let mut impacts: ByProject<Vec<Impact>> = portfolio.projects().iter().map(|_| Vec::new()).collect();
    hits.iter().for_each(|(project, impact)| impacts[ProjectIx::new(*project)].push(impact.clone()));
    RiskRegister::new(events(all), impacts).unwrap()
}

pub fn impact(risk: usize, quantity: Quantity, distribution: Distribution) -> Impact {
    Impact { risk, quantity, distribution: distribution.checked().unwrap() }
}

fn fixed(value: f64) -> Distribution {
    Distribution::Fixed { value }
}

/// Two projects, the first with an uncertain cost, hit by a strike (30 %) and a flood (10 %).
fn struck() -> Portfolio {
    let uniform = factor(Distribution::Uniform { low: 0.8, high: 1.4 }, &[]);
    let two =
        portfolio(vec![(project("A", 1.0), [uniform, None, None]), (project("B", 0.8), [None, None, None])]);
    let (cost, benefit) = (Quantity::Cost, Quantity::Benefit);
    let hits = [
        (0, impact(1, cost, Distribution::Uniform { low: 1.0, high: 2.0 })),
        (0, impact(1, benefit, fixed(0.5))),
        (1, impact(0, cost, fixed(3.0))),
        (1, impact(1, cost, fixed(1.4))),
    ];
    let register = register(&two, &[("flood", 0.1), ("strike", 0.3)], &hits);
    two.with_risks(register).unwrap()
}

/// The same for what a Latin hypercube may know exactly: how often an event occurs.
#[track_caller]
pub fn assert_within(estimate: Estimate, expected: f64) {
    let off = (estimate.value - expected).abs();
    assert!(off <= 4.0 * estimate.error + 1e-9 * expected.abs(), "{estimate:?}, not {expected}");
}

#[test]
fn an_event_that_may_occur_multiplies_the_factor_of_its_own() {
    let portfolio = struck();
    for sampling in METHODS {
        let samples = draw(&portfolio, 11, 40_000, sampling);
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0]), selection(&[1])]);
        // A: 150 × uniform (0.8, 1.4) × (1 or, with 30 %, uniform (1, 2)).
        let (p, own, own_square) = (0.3, 1.1, 1.1 * 1.1 + 0.6 * 0.6 / 12.0);
        let (hit, hit_square) = (1.5, 1.5 * 1.5 + 1.0 / 12.0);
        let mean: f64 = own * (1.0 + p * (hit - 1.0));
        let square = own_square * (1.0 + p * (hit_square - 1.0));
        assert_near(risk[0].cost.mean, 150.0 * mean, 4.0);
        assert_near(risk[0].cost.sd, 150.0 * (square - mean * mean).sqrt(), 4.0);
        // Its benefit halves in the same trials.
        assert_within(risk[0].benefit.mean, 360.0 * (1.0 + 0.3 * (0.5 - 1.0)));
        // B: a product of two events that know nothing of each other.
        let [flood, strike] = [(0.1, 3.0), (0.3, 1.4)];
        let factor_mean = |(p, m): (f64, f64)| 1.0 + p * (m - 1.0);
        let factor_square = |(p, m): (f64, f64)| 1.0 + p * (m * m - 1.0);
        let mean = factor_mean(flood) * factor_mean(strike);
        let square = factor_square(flood) * factor_square(strike);
        assert_within(risk[1].cost.mean, 150.0 * mean);
        assert_within(risk[1].cost.sd, 150.0 * (square - mean * mean).sqrt());
        // What no event hits stays as it was.
        assert_within(risk[1].benefit.mean, 0.8 * 360.0);
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn one_occurrence_hits_all_its_projects_in_the_same_trial() {
    let two =
        portfolio(vec![(project("A", 1.0), [None, None, None]), (project("B", 1.0), [None, None, None])]);
    let hits = [(0, impact(0, Quantity::Cost, fixed(1.5))), (1, impact(0, Quantity::Demand, fixed(0.6)))];
    let register = register(&two, &[("strike", 0.25)], &hits);
    let portfolio = two.with_risks(register).unwrap();
    let trials = 40_000;
    for sampling in METHODS {
        let samples = draw(&portfolio, 5, trials, sampling);
        let cost = samples.factors(ProjectIx::new(0), Quantity::Cost);
        let demand = samples.factors(ProjectIx::new(1), Quantity::Demand);
        assert!(cost.iter().zip(&demand).all(|(&cost, &demand)| (cost == 1.5) == (demand == 0.6)));
        assert!(cost.iter().all(|&cost| cost == 1.0 || cost == 1.5));
        let (left, right) = (mean(&cost), mean(&demand));
        let products: Vec<f64> =
            cost.iter().zip(&demand).map(|(cost, demand)| (cost - left) * (demand - right)).collect();
        let expected = 0.25 * 0.75 * (1.5 - 1.0) * (0.6 - 1.0);
        let spread = mean(&products.iter().map(|one| one * one).collect::<Vec<_>>()) - expected * expected;
        let error = (spread / trials as f64).sqrt();
        assert!((mean(&products) - expected).abs() < 4.0 * error, "{} {expected}", mean(&products));
        // Each of the 20 hypercubes has the event as often as it should be, but for one trial.
        let occurs = cost.iter().filter(|&&cost| cost == 1.5).count() as f64;
        let allowed = if sampling == SamplingMethod::Latin { 20.0 } else { 4.0 * 86.7 };
        assert!((occurs - 0.25 * trials as f64).abs() <= allowed, "{occurs}");
    }
}

#[test]
fn what_never_or_always_occurs_does_not_vary() {
    let of = |probability: f64| {
        let one = portfolio(vec![(project("A", 1.0), [None, None, None])]);
        let hit = [(0, impact(0, Quantity::Cost, fixed(1.2)))];
        let register = register(&one, &[("strike", probability)], &hit);
        let portfolio = one.with_risks(register).unwrap();
        let samples = draw(&portfolio, 1, 500, SamplingMethod::Latin);
        risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0].cost.mean
    };
    assert_eq!(of(0.0), Estimate { value: 150.0, error: 0.0 });
    assert_eq!(of(1.0), Estimate { value: 180.0, error: 0.0 });
    let one = portfolio(vec![(project("A", 1.0), [None, None, None])]);
    let hit = [(0, impact(0, Quantity::Cost, Distribution::Uniform { low: 1.0, high: 2.0 }))];
    let register = register(&one, &[("strike", 1.0)], &hit);
    let portfolio = one.with_risks(register).unwrap();
    let samples = draw(&portfolio, 1, 20_000, SamplingMethod::Random);
    assert_near(risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0].cost.mean, 225.0, 4.0);
}

/// Every column of the samples.
pub fn columns(portfolio: &Portfolio, samples: &Samples) -> Vec<(String, Vec<f64>)> {
    let mut columns = Vec::new();
    for (position, project) in portfolio.projects().iter_enumerated() {
        for quantity in Quantity::ALL {
            columns
                .push((format!("{}:{}", project.id, quantity.as_str()), samples.factors(position, quantity)));
        }
        columns.push((format!("{}:success", project.id), samples.successes(position)));
    }
    columns
}

#[test]
fn events_change_no_other_draw() {
    let without = portfolio(varied_candidates());
    let hits = [
        (2, impact(0, Quantity::Cost, fixed(1.5))),
        (7, impact(0, Quantity::Cost, Distribution::Uniform { low: 1.0, high: 2.0 })),
    ];
    let one = without.clone().with_risks(register(&without, &[("strike", 0.3)], &hits)).unwrap();
    let later = [
        (2, impact(1, Quantity::Cost, fixed(1.5))),
        (7, impact(1, hits[1].1.quantity, hits[1].1.distribution.clone())),
    ];
    let more = register(&without, &[("flood", 0.5), ("strike", 0.3)], &later);
    let two = without.clone().with_risks(more).unwrap();
    // An event takes a dimension of the Sobol sequence, and others then get other ones.
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        let [plain, one, two] = [&without, &one, &two].map(|portfolio| {
            let samples = draw(portfolio, 3, 1_234, sampling);
            columns(portfolio, &samples)
        });
        assert_eq!(one, two, "another event changes nothing");
        let changed: Vec<&str> = (plain.iter().zip(&one))
            .filter(|(before, after)| before != after)
            .map(|(before, _)| before.0.as_str())
            .collect();
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert!(changed.iter().all(|name| name.ends_with(":cost")), "{changed:?}");
    }
    // But one that hits nothing takes none.
    let [one, two] =
        [&one, &two].map(|portfolio| columns(portfolio, &draw(portfolio, 3, 1_024, SamplingMethod::Sobol)));
    assert_eq!(one, two);
}

#[test]
fn events_do_not_depend_on_the_number_of_threads() {
    let portfolio = struck();
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| columns(&portfolio, &draw(&portfolio, 3, 1_234, SamplingMethod::Latin)))
    };
    assert_eq!(of(1), of(4));
}
