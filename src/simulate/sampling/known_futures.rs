//! Trials as futures that are known: what becomes of each project in each of them.

use std::sync::Arc;

use crate::domain::{Portfolio, ProjectIx, Quantity};
use crate::finance::{KnownFuture, ProjectFuture};

use super::samples::Samples;

/// The first trials of samples, as many as `count` or as there are: trial t is the future of place t.
pub fn known_futures(samples: &Samples, portfolio: &Portfolio, count: usize) -> Vec<Arc<KnownFuture>> {
    let drawn = |project: ProjectIx| Drawn::new(samples, project, count);
    let drawn: Vec<Drawn> = portfolio.projects().positions().map(drawn).collect();
    let future = |trial: usize| Arc::new(drawn.iter().map(|one| one.in_trial(trial)).collect());
    (0..count.min(samples.trials())).map(future).collect()
}

/// The first draws of a project, trial by trial.
struct Drawn {
    quantities: [Vec<f64>; Quantity::ALL.len()],
    successes: Vec<f64>,
}

impl Drawn {
    fn new(samples: &Samples, project: ProjectIx, count: usize) -> Self {
        let quantities = Quantity::ALL.map(|quantity| samples.first_factors(project, quantity, count));
        Self { quantities, successes: samples.first_successes(project, count) }
    }

    fn in_trial(&self, trial: usize) -> ProjectFuture {
        let of = |quantity: Quantity| {
            let place = Quantity::ALL.iter().position(|&one| one == quantity);
            place.map_or(1.0, |place| self.quantities[place][trial])
        };
        ProjectFuture {
            cost: of(Quantity::Cost),
            benefit: of(Quantity::Benefit),
            demand: of(Quantity::Demand),
            effect: of(Quantity::Effect),
            delay: of(Quantity::Delay),
            succeeds: self.successes[trial] > 0.0,
        }
    }
}

/// The standard deviation of the benefit factor of a project over the trials in which it succeeds: the error of its estimate,
/// as a share of it. Whether it succeeds is no error: plans count with its probability. `None` if it succeeds in fewer than
/// two trials.
pub fn benefit_error(samples: &Samples, project: ProjectIx) -> Option<f64> {
    let factors = samples.factors(project, Quantity::Benefit);
    let successes = samples.successes(project);
    let successful = || factors.iter().zip(&successes).filter(|(_, success)| **success > 0.0);
    let count = successful().count();
    if count < 2 {
        return None;
    }
    let mean = successful().map(|(factor, _)| factor).sum::<f64>() / count as f64;
    let squares: f64 = successful().map(|(factor, _)| (factor - mean) * (factor - mean)).sum();
    Some((squares / count as f64).sqrt())
}
