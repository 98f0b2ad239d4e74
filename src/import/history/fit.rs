//! The fit of a class: its percentiles, and the lognormal distribution nearest to it.

use serde::Serialize;

use super::cases::Case;

/// Figures of a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassFit {
    /// Its name.
    pub class: String,
    /// Number of cases.
    pub cases: usize,
    /// Mean ratio.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 80th percentile, interpolated at p (n − 1).
    pub p80: f64,
    /// 90th percentile, likewise.
    pub p90: f64,
    /// Share of cases that came in exactly as planned.
    pub as_planned: f64,
    /// Cases with an actual amount of 0.
    pub zeros: usize,
    /// The lognormal distribution; `None` where a ratio is 0, or all are equal.
    pub lognormal: Option<LognormalFit>,
}

/// The most likely lognormal distribution of a class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LognormalFit {
    /// Its mean, as `mean` of uncertainty.csv.
    pub mean: f64,
    /// Its standard deviation, as `sd` of uncertainty.csv.
    pub sd: f64,
    /// The largest distance between its distribution function and that of the cases (Kolmogorov and Smirnov).
    pub ks: f64,
}

/// The figures of the cases of one class, of which there is at least one.
pub fn of_class(cases: &[Case]) -> ClassFit {
    let mut ratios: Vec<f64> = cases.iter().map(|case| case.ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let count = ratios.len() as f64;
    let of = |wanted: f64| ratios.iter().filter(|ratio| **ratio == wanted).count();
    ClassFit {
        class: cases.first().map_or_else(String::new, |case| case.class.clone()),
        cases: ratios.len(),
        mean: ratios.iter().sum::<f64>() / count,
        median: percentile(&ratios, 0.5),
        p80: percentile(&ratios, 0.8),
        p90: percentile(&ratios, 0.9),
        as_planned: of(1.0) as f64 / count,
        zeros: of(0.0),
        lognormal: lognormal(&ratios),
    }
}

/// The order statistic at p (n − 1), interpolated (definition 7 of Hyndman and Fan 1996).
fn percentile(rising: &[f64], probability: f64) -> f64 {
    let last = rising.len().saturating_sub(1);
    let at = probability * last as f64;
    let below = at.floor() as usize;
    let (low, high) = (rising[below], rising[(below + 1).min(last)]);
    low + (at - at.floor()) * (high - low)
}

/// The lognormal distribution under which rising ratios are most likely: that with the mean and the standard deviation of
/// their logarithms.
fn lognormal(rising: &[f64]) -> Option<LognormalFit> {
    let (first, last) = (*rising.first()?, *rising.last()?);
    if first <= 0.0 || first == last {
        return None;
    }
    let count = rising.len() as f64;
    let logarithms: Vec<f64> = rising.iter().map(|ratio| libm::log(*ratio)).collect();
    let middle = logarithms.iter().sum::<f64>() / count;
    let variance = logarithms.iter().map(|log| (log - middle) * (log - middle)).sum::<f64>() / count;
    let mean = libm::exp(middle + 0.5 * variance);
    let sd = mean * libm::sqrt(libm::expm1(variance));
    let below = |log: f64| 0.5 * libm::erfc((middle - log) / libm::sqrt(2.0 * variance));
    Some(LognormalFit { mean, sd, ks: distance(&logarithms, below) })
}

/// The largest distance between the distribution function of rising values and another, before and at each step. Values
/// that are equal are one step.
fn distance(rising: &[f64], below: impl Fn(f64) -> f64) -> f64 {
    let count = rising.len() as f64;
    let mut passed = 0;
    let steps = rising.chunk_by(|one, next| one == next).map(|equal| {
        let (before, at) = (passed as f64 / count, (passed + equal.len()) as f64 / count);
        passed += equal.len();
        let expected = below(equal[0]);
        (expected - before).abs().max((expected - at).abs())
    });
    steps.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(ratios: &[f64]) -> ClassFit {
        let case = |&ratio: &f64| Case { class: "roads".to_owned(), ratio };
        of_class(&ratios.iter().map(case).collect::<Vec<_>>())
    }

    #[test]
    fn percentiles_and_points_are_those_of_the_cases() {
        let own = fit(&[1.0, 2.0, 1.0, 0.5, 4.0, 1.0]);
        assert_eq!((own.cases, own.median, own.p80, own.p90), (6, 1.0, 2.0, 3.0));
        assert_eq!((own.as_planned, own.zeros), (0.5, 0));
        assert!((own.mean - 9.5 / 6.0).abs() < 1e-15);
        assert_eq!(fit(&[0.0, 1.0, 2.0]).lognormal, None);
        assert_eq!(fit(&[1.5]).lognormal, None);
    }

    #[test]
    fn quantiles_of_a_lognormal_distribution_are_fitted_by_it() {
        // The 2,000 midpoints of equal shares lie half a share from the distribution, and no further.
        let (middle, spread) = (0.1_f64, 0.4_f64);
        let normal = statrs::distribution::Normal::standard();
        let quantile = |step: u32| {
            let score =
                statrs::distribution::ContinuousCDF::inverse_cdf(&normal, (f64::from(step) + 0.5) / 2_000.0);
            (middle + spread * score).exp()
        };
        let fitted = fit(&(0..2_000).map(quantile).collect::<Vec<_>>()).lognormal.unwrap();
        let mean = (middle + 0.5 * spread * spread).exp();
        assert!((fitted.mean / mean - 1.0).abs() < 1e-3, "{fitted:?}");
        assert!(
            (fitted.sd / (mean * ((spread * spread).exp() - 1.0).sqrt()) - 1.0).abs() < 5e-3,
            "{fitted:?}"
        );
        assert!(fitted.ks < 1e-3, "{fitted:?}");
    }

    #[test]
    fn a_point_that_many_cases_share_is_one_step() {
        let below = |value: f64| value;
        assert!((distance(&[0.5; 10], below) - 0.5).abs() < 1e-15);
        assert!((distance(&[0.25, 0.25, 0.25, 0.5], below) - 0.5).abs() < 1e-15);
        assert!((distance(&[0.125, 0.375, 0.625, 0.875], below) - 0.125).abs() < 1e-15);
    }
}
