//! Statistics of simulated numbers, straight from their definitions (docs/guide/risk.md): sorted values, plain means.

use std::ops::Range;

use crate::domain::{SamplingMethod, SimulationSettings};

use super::figure::Figure;

/// A number in every trial.
#[derive(Clone, Debug)]
pub(super) struct Trials {
    /// The number, trial by trial.
    pub values: Vec<f64>,
    /// Largest difference of the same sums, added up in another order.
    pub slack: f64,
    /// True if it varies.
    pub varies: bool,
}

/// Design of the trials.
#[derive(Clone, Debug)]
pub(super) struct Design {
    /// Number of trials.
    pub trials: usize,
    /// Number of trials in the tail.
    tail: usize,
    /// Trials that are independent of those of the other groups; one group where every trial is independent.
    groups: Vec<Range<usize>>,
}

/// Unfavourable end of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feared {
    Low,
    High,
}

/// A statistic of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    Mean,
    Sd,
    /// A percentile, as a probability.
    Percentile(f64),
    /// The mean of the worst tail.
    Cvar,
}

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Estimate {
    pub value: Figure,
    pub error: Figure,
}

impl Estimate {
    /// Statistics of a value that does not vary.
    pub fn certain(value: Figure) -> Self {
        Self { value, error: Figure::ZERO }
    }
}

impl Design {
    /// The design of a batch: a Latin hypercube has up to 20 groups of about 50 trials or more, each a hypercube of its
    /// own; the Sobol sequence has nets of a power of two, 16 to 30 of them.
    pub fn new(settings: &SimulationSettings) -> Self {
        let trials = settings.trials;
        let count = match settings.sampling {
            SamplingMethod::Random => 1,
            SamplingMethod::Latin => (trials / 50).clamp(2, 20),
            SamplingMethod::Sobol => {
                (0..).map(|bits| trials >> bits).find(|nets| *nets <= 30).unwrap_or_default()
            }
        };
        let groups = (0..count).map(|group| group * trials / count..(group + 1) * trials / count).collect();
        let tail = (settings.tail * trials as f64 - 1e-9).ceil() as usize;
        Self { trials, tail: tail.clamp(1, trials), groups }
    }

    /// The mean of a function of the trials, with its error: from the spread of single trials, or of the groups' means.
    fn mean(&self, of: impl Fn(usize) -> f64) -> (f64, f64) {
        let n = self.trials as f64;
        let mean = (0..self.trials).map(&of).sum::<f64>() / n;
        let spread = |means: Vec<f64>| {
            let count = means.len() as f64;
            let squares: f64 = means.iter().map(|one| (one - mean) * (one - mean)).sum();
            (squares / (count - 1.0) / count).sqrt()
        };
        let error = if self.groups.len() == 1 {
            spread((0..self.trials).map(&of).collect())
        } else {
            let of_group = |group: &Range<usize>| group.clone().map(&of).sum::<f64>() / group.len() as f64;
            spread(self.groups.iter().map(of_group).collect())
        };
        (mean, error)
    }

    /// A statistic of a number.
    pub fn estimate(&self, trials: &Trials, sorted: &[f64], feared: Feared, which: Statistic) -> Estimate {
        if !trials.varies {
            let value = Figure { value: trials.values[0], slack: trials.slack };
            let value = if which == Statistic::Sd { Figure::ZERO } else { value };
            return Estimate::certain(value);
        }
        match which {
            Statistic::Mean => {
                let (value, error) = self.mean(|trial| trials.values[trial]);
                Estimate { value: figure(value, trials.slack), error: figure(error, trials.slack) }
            }
            Statistic::Sd => self.deviation(trials),
            Statistic::Percentile(probability) => self.percentile(trials, sorted, probability),
            Statistic::Cvar => self.tail_mean(trials, sorted, feared),
        }
    }

    /// Squared deviations from the mean of the same trials are too small by as much as that mean varies.
    fn deviation(&self, trials: &Trials) -> Estimate {
        let (mean, error_of_mean) = self.mean(|trial| trials.values[trial]);
        let (variance, error) = self.mean(|trial| (trials.values[trial] - mean).powi(2));
        let sd = (variance + error_of_mean * error_of_mean).sqrt();
        let error = if sd > 0.0 { error / (2.0 * sd) } else { 0.0 };
        Estimate { value: figure(sd, trials.slack), error: figure(error, trials.slack) }
    }

    fn percentile(&self, trials: &Trials, sorted: &[f64], probability: f64) -> Estimate {
        let (count, n) = (self.trials, self.trials as f64);
        let position = probability * (n - 1.0);
        let below = position.floor() as usize;
        let above = (below + 1).min(count - 1);
        let value = sorted[below] + (position - below as f64) * (sorted[above] - sorted[below]);
        // Slope of the percentiles near here, over two standard errors of the share of trials below.
        let reach = ((n * probability * (1.0 - probability)).sqrt().round() as usize).max(1);
        let (first, last) = (below.saturating_sub(reach), (below + reach).min(count - 1));
        let slope = (sorted[last] - sorted[first]) / ((last - first) as f64 / n);
        let share_error = |edge: f64| {
            let error = if self.groups.len() == 1 {
                (probability * (1.0 - probability) / n).sqrt()
            } else {
                self.mean(|trial| if trials.values[trial] <= edge { 1.0 } else { 0.0 }).1
            };
            error.max(1.0 / n)
        };
        // Which values equal the percentile may hang by their last digit.
        let errors = [value - trials.slack, value, value + trials.slack].map(share_error);
        let low = errors.into_iter().fold(f64::INFINITY, f64::min);
        let high = errors.into_iter().fold(0.0, f64::max);
        let slack_of_slope = 2.0 * trials.slack * n / (last - first) as f64;
        let error = Figure::between(slope * low, slope * high);
        Estimate {
            value: figure(value, trials.slack),
            error: Figure { slack: error.slack + slack_of_slope * high, ..error },
        }
    }

    fn tail_mean(&self, trials: &Trials, sorted: &[f64], feared: Feared) -> Estimate {
        let (edge, sign) = match feared {
            Feared::Low => (sorted[self.tail - 1], -1.0),
            Feared::High => (sorted[self.trials - self.tail], 1.0),
        };
        let share = self.tail as f64 / self.trials as f64;
        let (beyond, error) = self.mean(|trial| (sign * (trials.values[trial] - edge)).max(0.0));
        let slack = trials.slack / share;
        Estimate { value: figure(edge + sign * beyond / share, slack), error: figure(error / share, slack) }
    }

    /// The probability of what happens in some trials for sure, and in others perhaps (it hangs by rounding).
    pub fn probability(&self, sure: f64, perhaps: f64) -> Estimate {
        let n = self.trials as f64;
        let error = |hits: f64| {
            let q = (hits + 1.0) / (n + 2.0);
            (q * (1.0 - q) / n).sqrt()
        };
        Estimate {
            value: with_rounding(Figure::between(sure / n, perhaps / n)),
            error: with_rounding(Figure::between(error(sure), error(perhaps))),
        }
    }

    /// The mean of amounts of 0 or more.
    pub fn mean_of(&self, amounts: &[f64], slack: f64) -> Estimate {
        let (value, error) = self.mean(|trial| amounts[trial]);
        Estimate { value: figure(value, slack), error: figure(error, slack) }
    }
}

fn figure(value: f64, slack: f64) -> Figure {
    Figure { value, slack: slack + Figure::from(value).slack }
}

fn with_rounding(figure: Figure) -> Figure {
    Figure { slack: figure.slack + Figure::from(figure.value).slack, ..figure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(sampling: SamplingMethod) -> Design {
        Design::new(&SimulationSettings {
            seed: 1,
            trials: 100,
            sampling,
            tail: 0.05,
            percentiles: Vec::new(),
            decision_trials: 100,
        })
    }

    #[test]
    fn statistics_of_the_first_hundred_numbers() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let trials = Trials { values: values.clone(), slack: 0.0, varies: true };
        let design = design(SamplingMethod::Random);
        let of = |feared, which| design.estimate(&trials, &values, feared, which).value.value;
        assert_eq!(of(Feared::Low, Statistic::Mean), 50.5);
        assert!((of(Feared::Low, Statistic::Sd) - (9999.0_f64 / 12.0 * 100.0 / 99.0).sqrt()).abs() < 1e-12);
        assert!((of(Feared::Low, Statistic::Percentile(0.1)) - 10.9).abs() < 1e-12);
        assert_eq!(of(Feared::Low, Statistic::Cvar), 3.0);
        assert_eq!(of(Feared::High, Statistic::Cvar), 98.0);
    }

    #[test]
    fn what_was_never_seen_has_an_error() {
        let never = design(SamplingMethod::Latin).probability(0.0, 0.0);
        assert!(never.value.agrees_with(0.0) && never.error.value > 0.009);
    }
}
