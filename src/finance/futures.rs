//! Simulated futures as plain numbers: the factor on each quantity of each project in each trial.

use crate::domain::{ByProject, ProjectIx, Quantity};

/// The factor on one quantity of one project, in each trial.
#[derive(Clone, Debug, PartialEq)]
pub enum TrialFactor {
    /// The same in all trials.
    Certain(f64),
    /// One number per trial.
    Varies(Vec<f64>),
}

impl TrialFactor {
    /// The factor of these trials.
    pub fn of(values: Vec<f64>) -> Self {
        match values.first() {
            Some(&first) if values.iter().all(|&value| value == first) => Self::Certain(first),
            _ => Self::Varies(values),
        }
    }

    /// The factor in one trial.
    pub fn in_trial(&self, trial: usize) -> f64 {
        match self {
            Self::Certain(factor) => *factor,
            Self::Varies(factors) => factors[trial],
        }
    }

    /// Its largest size.
    pub fn largest(&self) -> f64 {
        match self {
            Self::Certain(factor) => factor.abs(),
            Self::Varies(factors) => factors.iter().copied().map(f64::abs).fold(0.0, f64::max),
        }
    }

    /// Adds an amount times the factor to the total of each trial.
    pub fn add_to(&self, amount: f64, totals: &mut [f64]) {
        match self {
            Self::Certain(factor) => totals.iter_mut().for_each(|total| *total += amount * factor),
            Self::Varies(factors) => {
                totals.iter_mut().zip(factors).for_each(|(total, factor)| *total += amount * factor);
            }
        }
    }
}

/// The futures in which limits with a confidence are held: equally likely trials, drawn elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Futures {
    trials: usize,
    cost: ByProject<TrialFactor>,
    demand: ByProject<TrialFactor>,
}

impl Futures {
    /// Futures of a number of trials, at least one; each factor that varies has as many numbers.
    pub fn new(trials: usize, cost: ByProject<TrialFactor>, demand: ByProject<TrialFactor>) -> Self {
        Self { trials, cost, demand }
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// The factor on a quantity of a project: on its demand, or else on its cost.
    pub fn factor(&self, project: ProjectIx, quantity: Quantity) -> &TrialFactor {
        match quantity {
            Quantity::Demand => &self.demand[project],
            _ => &self.cost[project],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_that_never_vary_are_certain() {
        assert_eq!(TrialFactor::of(vec![1.5, 1.5]), TrialFactor::Certain(1.5));
        let varies = TrialFactor::of(vec![1.5, 2.0]);
        let mut totals = vec![1.0, 1.0];
        varies.add_to(2.0, &mut totals);
        TrialFactor::Certain(0.5).add_to(2.0, &mut totals);
        assert_eq!((totals, varies.in_trial(1)), (vec![5.0, 6.0], 2.0));
    }
}
