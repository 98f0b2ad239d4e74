//! Statistics of simulated values, with standard errors.
//!
//! Every statistic here is, to first order, a mean over trials: the sd of squared deviations, a percentile of
//! the trials below it, CVaR of the excess past the tail's edge. So one error formula serves all: where trials
//! are independent, sd / √n of what is averaged; where a Latin hypercube makes them dependent, the spread of
//! the means of its independent replicates / √replicates, about the estimate over all trials (sectioning:
//! Asmussen and Glynn 2007, III.5a; for percentiles under Latin hypercube sampling Nakayama 2011, 2014).

use std::ops::Range;

use crate::domain::Percentile;

use super::percentiles::{OrderStatistics, Quantile, Shapes, usual};
use super::risk::{Estimate, Summary};
use super::tail::Worst;
use crate::simulate::kernel::quantile_select::Selector;
use crate::simulate::kernel::reductions::sums_of;
use crate::simulate::kernel::shape::Shape;
use crate::simulate::sampling::plan::Design;

/// Summary of a value that never varies.
pub fn certain(value: f64, design: &Design) -> Summary {
    let value = known(value);
    Summary {
        mean: value,
        sd: Estimate::default(),
        p10: value,
        p50: value,
        p90: value,
        cvar: value,
        percentiles: design.percentiles().iter().map(|&percentile| (percentile, value)).collect(),
    }
}

/// An estimate without error.
pub fn known(value: f64) -> Estimate {
    Estimate { value, error: 0.0 }
}

/// 1 if something holds, 0 if not.
#[inline(always)]
pub fn one_if(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// The distribution of the values of all trials. `centre` is about their mean; the selector lends buffers.
///
/// Percentiles interpolate between order statistics at p × (n − 1) (definition 7 of Hyndman and Fan 1996).
/// CVaR is the mean of the worst trials, as many as the design's tail has (Rockafellar and Uryasev 2002). Under
/// independent trials its error is √((variance in the tail + (1 − p)(CVaR − VaR)²) / (n p)), and that of the sd
/// follows from the fourth moment.
pub fn summarise(
    values: &[f64],
    centre: f64,
    worst: Worst,
    design: &Design,
    shapes: Shapes,
    selector: &mut Selector,
) -> Summary {
    let moments = Moments::new(values, centre, design);
    let (mean, sd) = (moments.mean, moments.standard_deviation());
    let guess = shapes.brackets(mean.value, sd.value);
    let order = OrderStatistics::new(values.len(), worst, design, |group, wanted| {
        selector.select(values, guess.as_ref().map(|groups| groups[group]), wanted)
    });
    if sd.value > 0.0 {
        shapes.note(|| Shape::new(order.windows(worst), mean.value, sd.value));
    }
    let [p10, p50, p90] = order.usual.each_ref().map(|percentile| percentile.value);
    let (sign, edge) = match worst {
        Worst::Lowest => (-1.0, order.tail_edge),
        Worst::Highest => (1.0, order.tail_edge),
    };
    let beyond = move |value: f64| {
        let beyond = sign * (value - edge);
        if beyond > 0.0 { beyond } else { 0.0 }
    };
    let (beyond, shares) = if design.trials_are_independent() {
        (mean_of(values, design, beyond), usual().map(|p| error_of_share(p, values.len())))
    } else {
        let [beyond, a, b, c] = of_sections(values, design, move |value| {
            [beyond(value), one_if(value <= p10), one_if(value <= p50), one_if(value <= p90)]
        });
        (beyond, [a.error, b.error, c.error])
    };
    let share = design.tail_trials() as f64 / values.len() as f64;
    let percentile = |which: usize| order.usual[which].estimate(shares[which], values.len());
    Summary {
        mean,
        sd,
        p10: percentile(0),
        p50: percentile(1),
        p90: percentile(2),
        cvar: Estimate { value: edge + sign * beyond.value / share, error: beyond.error / share },
        percentiles: chosen(values, &order, design),
    }
}

/// The percentiles of choice.
fn chosen(values: &[f64], order: &OrderStatistics, design: &Design) -> Vec<(Percentile, Estimate)> {
    let estimate = |(&percentile, found): (&Percentile, &Quantile)| {
        let error_of_share = if design.trials_are_independent() {
            error_of_share(percentile.probability(), values.len())
        } else {
            let value = found.value;
            let [share] = of_sections(values, design, move |other| [one_if(other <= value)]);
            share.error
        };
        (percentile, found.estimate(error_of_share, values.len()))
    };
    design.percentiles().iter().zip(&order.chosen).map(estimate).collect()
}

/// The error of the share of independent trials that lie below a percentile.
fn error_of_share(probability: f64, trials: usize) -> f64 {
    (probability * (1.0 - probability) / trials as f64).sqrt()
}

/// The mean of a function of the values that is not negative, with its error.
pub fn mean_of(values: &[f64], design: &Design, of: impl Fn(f64) -> f64 + Copy) -> Estimate {
    if design.trials_are_independent() {
        let [sum, squares] = sums_of(
            values,
            #[inline(always)]
            move |value| {
                let term = of(value);
                [term, term * term]
            },
        );
        return independent(sum, squares, values.len());
    }
    let [mean] = of_sections(values, design, move |value| [of(value)]);
    mean
}

/// The standard error of the mean of values of any size.
pub fn error_of_mean(values: &[f64], design: &Design) -> f64 {
    let [sum] = sums_of(values, |value| [value]);
    Moments::new(values, sum / values.len() as f64, design).mean.error
}

/// The mean of independent trials, of their sum and the sum of their squares. Not for what lies far from 0 and close
/// together: of the squares nothing would be left.
fn independent(sum: f64, squares: f64, count: usize) -> Estimate {
    let count = count as f64;
    let mean = sum / count;
    let deviations = (squares - sum * mean).max(0.0);
    Estimate { value: mean, error: (deviations / (count - 1.0) / count).sqrt() }
}

/// The means over all trials, with errors from their spread between sections.
fn of_sections<const K: usize>(
    values: &[f64],
    design: &Design,
    of: impl Fn(f64) -> [f64; K] + Copy,
) -> [Estimate; K] {
    let sums: Vec<[f64; K]> =
        (design.sections().iter()).map(|trials| sums_of(&values[trials.clone()], of)).collect();
    std::array::from_fn(|which| {
        let mean = sums.iter().map(|sums| sums[which]).sum::<f64>() / values.len() as f64;
        let deviation = |(sums, trials): (&[f64; K], &Range<usize>)| sums[which] / trials.len() as f64 - mean;
        let squares: f64 = sums.iter().zip(design.sections()).map(deviation).map(|d| d * d).sum();
        let sections = sums.len() as f64;
        Estimate { value: mean, error: (squares / (sections - 1.0) / sections).sqrt() }
    })
}

/// Mean and variance.
struct Moments {
    mean: Estimate,
    /// The mean of squared deviations from the mean.
    variance: Estimate,
}

impl Moments {
    /// Deviations from a number near the mean are summed in one pass: hardly a digit cancels, and it is too near to show in
    /// higher powers than the square.
    fn new(values: &[f64], centre: f64, design: &Design) -> Self {
        if design.trials_are_independent() {
            let [sum, squares, fourths] = sums_of(values, |value| {
                let deviation = value - centre;
                let square = deviation * deviation;
                [deviation, square, square * square]
            });
            let (mean, square) =
                (independent(sum, squares, values.len()), independent(squares, fourths, values.len()));
            return Self::around(centre, mean, square);
        }
        let [mean, square] = of_sections(values, design, |value| {
            let deviation = value - centre;
            [deviation, deviation * deviation]
        });
        Self::around(centre, mean, square)
    }

    /// The moments of values of whose deviations from a number near their mean these are the mean and the mean square.
    fn around(centre: f64, mean: Estimate, square: Estimate) -> Self {
        let variance = (square.value - mean.value * mean.value).max(0.0);
        Self {
            mean: Estimate { value: centre + mean.value, ..mean },
            variance: Estimate { value: variance, ..square },
        }
    }

    /// Deviations from a mean of the same values are too small by as much as that mean varies. Under independent
    /// trials this is the usual n − 1; a Latin hypercube, whose mean hardly varies, needs less.
    fn standard_deviation(&self) -> Estimate {
        let sd = (self.variance.value + self.mean.error * self.mean.error).sqrt();
        let error = if sd > 0.0 { self.variance.error / (2.0 * sd) } else { 0.0 };
        Estimate { value: sd, error }
    }
}

/// The share of trials that `hits` counts, which may be a sum of fractions of trials.
///
/// The error adds a hit and a miss (Laplace 1774; Agresti and Coull 1998 for its use in intervals), so that what
/// was never seen is not reported as impossible. Under a Latin hypercube it is an upper bound, mostly.
pub fn probability(hits: f64, trials: usize) -> Estimate {
    let count = trials as f64;
    let share = (hits + 1.0) / (count + 2.0);
    Estimate { value: hits / count, error: (share * (1.0 - share) / count).sqrt() }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;
    use crate::domain::{SamplingMethod, SimulationSettings};
    use crate::simulate::sampling::streams::{Grain, Stream};

    fn design(trials: usize, sampling: SamplingMethod) -> Design {
        let percentiles = [80.0, 2.5, 99.9, 33.0, 50.0].map(|percent| Percentile::new(percent).unwrap());
        let percentiles = percentiles.to_vec();
        Design::new(&SimulationSettings {
            seed: 1,
            trials,
            sampling,
            tail: 0.05,
            percentiles,
            decision_trials: 1_000,
        })
    }

    fn summary_of(values: &[f64], worst: Worst, design: &Design) -> Summary {
        let [sum] = sums_of(values, |value| [value]);
        let centre = sum / values.len() as f64;
        let ([near, far], mut selector) = ([OnceLock::new(), OnceLock::new()], Selector::default());
        let mut summary =
            |near| summarise(values, centre, worst, design, Shapes { near, far: Some(&far) }, &mut selector);
        let unguided = summary(&near);
        assert_eq!([summary(&near), summary(&OnceLock::new())], [unguided.clone(), unguided.clone()]);
        unguided
    }

    #[test]
    fn percentiles_and_tail_agree_with_sorting() {
        for trials in [100, 101, 997] {
            let design = design(trials, SamplingMethod::Random);
            let mut values = vec![0.0; trials];
            design.uniforms(&Stream::new(3, "test", &[]), Grain::Coarse, &mut values);
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let at = |p: f64| {
                let position = p * (trials - 1) as f64;
                let below = position.floor() as usize;
                sorted[below] + position.fract() * (sorted[below + 1] - sorted[below])
            };
            let tail = (trials as f64 * 0.05).ceil() as usize;
            for (worst, tail_values) in
                [(Worst::Lowest, &sorted[..tail]), (Worst::Highest, &sorted[trials - tail..])]
            {
                let summary = summary_of(&values, worst, &design);
                assert_eq!(
                    [summary.p10.value, summary.p50.value, summary.p90.value],
                    [at(0.1), at(0.5), at(0.9)]
                );
                let chosen: Vec<f64> = summary.percentiles.iter().map(|(_, one)| one.value).collect();
                assert_eq!(chosen, [0.8, 0.025, 0.999, 0.33, 0.5].map(at));
                let expected = tail_values.iter().sum::<f64>() / tail as f64;
                assert!((summary.cvar.value - expected).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn moments_are_the_same_around_any_number_near_the_mean() {
        for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
            let design = design(40_000, sampling);
            let mut values = vec![0.0; 40_000];
            design.scores(&Stream::new(5, "test", &[]), &mut values);
            values.iter_mut().for_each(|value| *value = 7.0 + 2.0 * *value);
            let around = |centre: f64| Moments::new(&values, centre, &design);
            let [sum] = sums_of(&values, |value| [value]);
            let (exact, near) = (around(sum / 40_000.0), around(7.03));
            let is_close = |one: f64, other: f64, within: f64| (one / other - 1.0).abs() < within;
            let sds = [&exact, &near].map(Moments::standard_deviation);
            assert!(is_close(near.mean.value, exact.mean.value, 1e-13), "{sampling:?}");
            assert!(is_close(near.mean.error, exact.mean.error, 1e-9), "{sampling:?}");
            assert!(is_close(sds[1].value, sds[0].value, 1e-9), "{sampling:?}");
            assert!(is_close(sds[1].error, sds[0].error, 0.02), "{sampling:?}");
        }
    }

    #[test]
    fn errors_of_independent_trials_have_their_closed_forms() {
        let design = design(40_000, SamplingMethod::Random);
        let mut values = vec![0.0; 40_000];
        design.scores(&Stream::new(5, "test", &[]), &mut values);
        let summary = summary_of(&values, Worst::Lowest, &design);
        let root = 40_000_f64.sqrt();
        // Normal: the sd's error is sd / √(2n), a percentile's √(p (1 − p)) / (density √n).
        let close = |got: f64, expected: f64, within: f64| {
            assert!((got / expected - 1.0).abs() < within, "{got} {expected}");
        };
        close(summary.mean.error, 1.0 / root, 0.02);
        close(summary.sd.error, 0.5_f64.sqrt() / root, 0.05);
        close(summary.p50.error, 0.5 / 0.398_942 / root, 0.25);
        close(summary.p90.error, 0.3 / 0.175_498 / root, 0.25);
        close(summary.percentiles[0].1.error, 0.4 / 0.279_962 / root, 0.25);
        // Normal tail of 5 %: VaR −1.644854, CVaR −2.062713, variance in the tail 1 + 1.644854 × 2.062713 − 2.062713².
        let variance = 1.0 + 1.644_854 * 2.062_713 - 2.062_713 * 2.062_713;
        let beyond = 2.062_713 - 1.644_854_f64;
        close(summary.cvar.error, ((variance + 0.95 * beyond * beyond) / 0.05).sqrt() / root, 0.05);
    }

    #[test]
    fn what_was_never_seen_has_an_error() {
        let never = probability(0.0, 1_000);
        assert_eq!(never.value, 0.0);
        assert!((0.000_9..0.001_1).contains(&never.error));
    }
}
