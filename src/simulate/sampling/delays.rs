//! Delays: how many periods later than planned a project comes, and how that shifts and spreads its profiles.
//!
//! A delay of k + f periods, of which k is whole and f a part, makes a part 1 − f of every amount k periods late, and the
//! rest one period more. So the part of an amount that is `shift` periods late is a hat function of the delay:
//! 1 − |delay − shift| where that is above 0.

use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::range_of;
use crate::vector::widened;

use super::factors::{DelayedFactor, Factor};

/// The delay of a project.
#[derive(Clone, Debug)]
pub enum Delay {
    /// The same in all trials; 0: it comes as planned.
    Certain(f64),
    /// Another one in each trial.
    Varying {
        /// Trial by trial.
        periods: Numbers,
        /// The fewest whole periods by which a part of an amount may be late.
        first: usize,
        /// The most of them.
        last: usize,
    },
}

impl Delay {
    /// A delay that is the same in all trials, cut at 0 and at the longest that there is.
    pub fn certain(periods: f64, longest: usize) -> Self {
        Self::Certain(periods.clamp(0.0, longest as f64))
    }

    /// The delay of each trial, cut likewise.
    pub fn of_trials(mut periods: Numbers, longest: usize) -> Self {
        cut(&mut periods, longest as f64);
        let [fewest, most] = range_of(&periods);
        match fewest == most {
            true => Self::Certain(fewest),
            false => Self::Varying { periods, first: whole(fewest.floor()), last: whole(most.ceil()) },
        }
    }

    /// A delay between these ends, cut likewise, of whose trials nothing is kept: see [`Delay::in_these`].
    pub fn within(mut ends: [f64; 2], longest: usize) -> Self {
        cut(&mut ends, longest as f64);
        let [fewest, most] = ends;
        match fewest == most {
            true => Self::Certain(fewest),
            false => {
                let periods = Numbers::default();
                Self::Varying { periods, first: whole(fewest.floor()), last: whole(most.ceil()) }
            }
        }
    }

    /// The same delay with the periods of some trials alone, which are cut likewise.
    #[must_use]
    pub fn in_these(&self, mut periods: Numbers, longest: usize) -> Self {
        match *self {
            Self::Certain(periods) => Self::Certain(periods),
            Self::Varying { first, last, .. } => {
                cut(&mut periods, longest as f64);
                Self::Varying { periods, first, last }
            }
        }
    }

    /// The whole periods by which parts of an amount may be late, if these parts vary: each takes a column.
    pub fn varying_shifts(&self) -> std::ops::Range<usize> {
        match self {
            Self::Certain(_) => 0..0,
            Self::Varying { first, last, .. } => *first..last + 1,
        }
    }

    /// A factor on a profile that comes so late; `columns` is the position of the first of the columns of the parts.
    pub fn spread(&self, whole: Factor, columns: usize) -> DelayedFactor {
        let shifts = match self {
            Self::Certain(periods) => {
                parts(*periods).into_iter().map(|(shift, part)| (shift, whole.times(part))).collect()
            }
            Self::Varying { .. } => {
                let shifts = self.varying_shifts().zip(columns..);
                shifts.map(|(shift, column)| (shift, Factor::new(whole.scale, Some(column)))).collect()
            }
        };
        DelayedFactor { whole, shifts }
    }

    /// Writes the part of an amount that is so many periods late, trial by trial. Nothing is written for a delay that
    /// does not vary.
    pub fn fill_part(&self, shift: usize, column: &mut [f64]) {
        if let Self::Varying { periods, .. } = self {
            hat(column, periods, shift as f64);
        }
    }

    /// Writes what is left of a value that loses a share in each period of delay, trial by trial, likewise.
    pub fn fill_kept(&self, lost: f64, column: &mut [f64]) {
        if let Self::Varying { periods, first, last } = self {
            column.fill(0.0);
            for shift in *first..=*last {
                add_hat(column, periods, shift as f64, kept_after(shift, lost));
            }
        }
    }

    /// What is left of a value that loses a share in each period of a delay which does not vary; 1 if it does.
    pub fn kept(&self, lost: f64) -> f64 {
        match self {
            Self::Certain(periods) if *periods > 0.0 => {
                parts(*periods).into_iter().map(|(shift, part)| part * kept_after(shift, lost)).sum()
            }
            _ => 1.0,
        }
    }

    /// Writes the delay of each of the first trials.
    pub fn fill(&self, delays: &mut [f64]) {
        match self {
            Self::Certain(periods) => delays.fill(*periods),
            Self::Varying { periods, .. } => {
                delays.iter_mut().zip(periods.iter()).for_each(|(delay, periods)| *delay = *periods);
            }
        }
    }
}

/// The parts of an amount by the whole periods that they are late; none where it comes as planned.
fn parts(periods: f64) -> Vec<(usize, f64)> {
    if periods == 0.0 {
        return Vec::new();
    }
    let first = whole(periods.floor());
    let part = |shift: usize| (shift, (1.0 - (periods - shift as f64).abs()).max(0.0));
    [first, first + 1].map(part).into_iter().filter(|&(_, part)| part > 0.0).collect()
}

/// The part of a value that is left after some whole periods.
fn kept_after(periods: usize, lost: f64) -> f64 {
    std::iter::repeat_n(1.0 - lost, periods).product()
}

/// A whole number of periods, which a delay has few of.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "delays are cut at both ends")]
fn whole(periods: f64) -> usize {
    periods as usize
}

widened! {
    fn cut(periods: &mut [f64], longest: f64) {
        for periods in periods {
            let above = if *periods > 0.0 { *periods } else { 0.0 };
            *periods = if above < longest { above } else { longest };
        }
    }
}

widened! {
    fn hat(column: &mut [f64], periods: &[f64], shift: f64) {
        for (part, &periods) in column.iter_mut().zip(periods) {
            let near = 1.0 - (periods - shift).abs();
            *part = if near > 0.0 { near } else { 0.0 };
        }
    }
}

widened! {
    fn add_hat(column: &mut [f64], periods: &[f64], shift: f64, scale: f64) {
        for (sum, &periods) in column.iter_mut().zip(periods) {
            let near = 1.0 - (periods - shift).abs();
            *sum += scale * if near > 0.0 { near } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    fn varying(periods: &[f64]) -> Delay {
        let mut numbers = Numbers::zeros(periods.len());
        numbers.copy_from_slice(periods);
        Delay::of_trials(numbers, 6)
    }

    #[test]
    fn parts_are_whole_periods_late_and_add_up_to_all() {
        let periods = [0.5, 1.0, 1.25, 3.75, -2.0, 9.0];
        assert_same_at_every_width(|| {
            let delay = varying(&periods);
            assert_eq!(delay.varying_shifts(), 0..7);
            let parts: Vec<Vec<f64>> = delay
                .varying_shifts()
                .map(|shift| {
                    let mut column = vec![f64::NAN; periods.len()];
                    delay.fill_part(shift, &mut column);
                    column
                })
                .collect();
            let of_trial = |trial: usize| parts.iter().map(|part| part[trial]).collect::<Vec<f64>>();
            assert_eq!(of_trial(0), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
            assert_eq!(of_trial(1), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
            assert_eq!(of_trial(3), [0.0, 0.0, 0.0, 0.25, 0.75, 0.0, 0.0]);
            assert_eq!(of_trial(4)[0], 1.0, "nothing comes early");
            assert_eq!(of_trial(5)[6], 1.0, "and nothing later than the longest delay");
            let mut kept = vec![0.0; periods.len()];
            delay.fill_kept(0.5, &mut kept);
            assert_eq!(kept, [0.75, 0.5, 0.4375, 0.078125, 1.0, 0.015625]);
            [parts.concat(), kept].concat()
        });
    }

    #[test]
    fn what_does_not_vary_takes_no_column() {
        let whole = Factor::new(2.0, Some(5));
        for delay in [Delay::certain(1.5, 6), varying(&[1.5, 1.5])] {
            assert!(delay.varying_shifts().is_empty());
            let shifts = delay.spread(whole, 9).shifts;
            assert_eq!(shifts, [(1, whole.times(0.5)), (2, whole.times(0.5))]);
            assert_eq!(delay.kept(0.5), 0.375);
        }
        assert_eq!(Delay::certain(2.0, 6).spread(whole, 9).shifts, [(2, whole)]);
        for none in [0.0, -1.0] {
            assert!(Delay::certain(none, 6).spread(whole, 9).shifts.is_empty());
        }
    }
}
