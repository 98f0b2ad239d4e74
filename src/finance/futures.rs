//! Simulated futures as plain numbers: the factors on each quantity of each project in each trial.

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

    /// Its mean over some trials, of which there is at least one.
    pub fn mean_over(&self, trials: &[usize]) -> f64 {
        match self {
            Self::Certain(factor) => *factor,
            Self::Varies(factors) => {
                trials.iter().map(|&trial| factors[trial]).sum::<f64>() / trials.len() as f64
            }
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

    fn spread(&self) -> Spread {
        match self {
            Self::Certain(factor) => Spread { mean: *factor, least: *factor, most: *factor },
            Self::Varies(factors) => Spread {
                mean: factors.iter().sum::<f64>() / factors.len() as f64,
                least: factors.iter().copied().fold(f64::INFINITY, f64::min),
                most: factors.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            },
        }
    }
}

/// Where a factor lies over all trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Its mean.
    pub mean: f64,
    /// Its least value.
    pub least: f64,
    /// Its largest value.
    pub most: f64,
}

/// A factor on a profile of amounts by period, all or parts of which come late.
#[derive(Clone, Debug, PartialEq)]
pub struct LateFactor<F> {
    /// The factor on all of it, whenever it comes.
    pub whole: F,
    /// By whole periods, rising: the factor on what comes so late. Empty where nothing does.
    pub shifts: Vec<(usize, F)>,
}

impl<F> LateFactor<F> {
    /// The factor on what comes in time.
    pub const fn in_time(whole: F) -> Self {
        Self { whole, shifts: Vec::new() }
    }

    /// Visits the amounts that make up a sum of the profile, each with its factor; `amount` gives the sum if the whole
    /// profile were so many whole periods late. One that is the same for all delays is visited once.
    pub fn each<'f>(&'f self, amount: &dyn Fn(usize) -> f64, visit: &mut dyn FnMut(f64, &'f F)) {
        let Some(&(first, _)) = self.shifts.first() else { return visit(amount(0), &self.whole) };
        let of_first = amount(first);
        if self.shifts.iter().all(|&(shift, _)| amount(shift) == of_first) {
            return visit(of_first, &self.whole);
        }
        self.shifts.iter().for_each(|(shift, factor)| visit(amount(*shift), factor));
    }

    fn map<G>(&self, of: &impl Fn(&F) -> G) -> LateFactor<G> {
        let shifts = self.shifts.iter().map(|(shift, factor)| (*shift, of(factor)));
        LateFactor { whole: of(&self.whole), shifts: shifts.collect() }
    }
}

/// Factors on the totals of a project: numbers per trial, or something that is made of these.
#[derive(Clone, Debug, PartialEq)]
pub struct TotalFactors<F> {
    /// On its cost.
    pub cost: LateFactor<F>,
    /// On its benefit: 0 where it fails.
    pub benefit: LateFactor<F>,
    /// On its strategic value: what is left of it after its delay; 0 where it fails.
    pub value: F,
}

impl<F> TotalFactors<F> {
    /// The same of what is made of each factor.
    pub fn map<G>(&self, of: impl Fn(&F) -> G) -> TotalFactors<G> {
        TotalFactors { cost: self.cost.map(&of), benefit: self.benefit.map(&of), value: of(&self.value) }
    }
}

/// The futures in which decisions are made: equally likely trials, drawn elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Futures {
    trials: usize,
    tail: usize,
    totals: ByProject<TotalFactors<TrialFactor>>,
    spreads: ByProject<TotalFactors<Spread>>,
    demand: ByProject<TrialFactor>,
}

impl Futures {
    /// Futures of a number of trials, at least one; each factor that varies has as many numbers. Worst tails have
    /// `tail` trials, at least one.
    pub fn new(
        (trials, tail): (usize, usize),
        totals: ByProject<TotalFactors<TrialFactor>>,
        demand: ByProject<TrialFactor>,
    ) -> Self {
        let spreads = totals.iter().map(|factors| factors.map(TrialFactor::spread)).collect();
        Self { trials, tail: tail.clamp(1, trials.max(1)), totals, spreads, demand }
    }

    /// Futures in which costs and demands alone vary.
    pub fn of_spending(trials: usize, cost: ByProject<TrialFactor>, demand: ByProject<TrialFactor>) -> Self {
        let as_planned = || TrialFactor::Certain(1.0);
        let totals = cost.into_iter().map(|cost| TotalFactors {
            cost: LateFactor::in_time(cost),
            benefit: LateFactor::in_time(as_planned()),
            value: as_planned(),
        });
        Self::new((trials, 1), totals.collect(), demand)
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// Number of trials in a worst tail.
    pub fn tail(&self) -> usize {
        self.tail
    }

    /// The factor on a quantity of a project: on its demand, or else on its cost.
    pub fn factor(&self, project: ProjectIx, quantity: Quantity) -> &TrialFactor {
        match quantity {
            Quantity::Demand => &self.demand[project],
            _ => &self.totals[project].cost.whole,
        }
    }

    /// The factors on the totals of a project.
    pub fn totals(&self, project: ProjectIx) -> &TotalFactors<TrialFactor> {
        &self.totals[project]
    }

    /// Where these lie over all trials.
    pub fn spreads(&self, project: ProjectIx) -> &TotalFactors<Spread> {
        &self.spreads[project]
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
        assert_eq!((varies.mean_over(&[1]), varies.mean_over(&[0, 1])), (2.0, 1.75));
        assert_eq!(varies.spread(), Spread { mean: 1.75, least: 1.5, most: 2.0 });
    }

    #[test]
    fn what_comes_late_is_visited_by_its_delay() {
        let factor = LateFactor { whole: 1.0, shifts: vec![(0, 0.25), (2, 0.75)] };
        let visited = |amount: &dyn Fn(usize) -> f64| {
            let mut all = Vec::new();
            factor.each(amount, &mut |amount, factor| all.push((amount, *factor)));
            all
        };
        assert_eq!(visited(&|late| 10.0 - late as f64), [(10.0, 0.25), (8.0, 0.75)]);
        assert_eq!(visited(&|_| 10.0), [(10.0, 1.0)]);
    }
}
