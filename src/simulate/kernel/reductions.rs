//! The inner loops. Sums run over a fixed order of lanes, so that vectors of any width give the same bits.

use crate::vector::widened;

use super::view::View;

/// Running sums side by side. With fewer the compiler unrolls the loop over them, and then finds no vectors in it.
const LANES: usize = 32;

widened! {
    /// The sums of `K` functions of every value, each in running sums that are added up in pairs.
    pub fn sums_of<const K: usize>(values: &[f64], of: impl Fn(f64) -> [f64; K] + Copy) -> [f64; K] {
        let mut sums = [[0.0; LANES]; K];
        let (whole, rest) = values.as_chunks::<LANES>();
        for values in whole {
            for lane in 0..LANES {
                let terms = of(values[lane]);
                for (sums, term) in sums.iter_mut().zip(terms) {
                    sums[lane] += term;
                }
            }
        }
        for (lane, &value) in rest.iter().enumerate() {
            for (sums, term) in sums.iter_mut().zip(of(value)) {
                sums[lane] += term;
            }
        }
        sums.map(in_pairs)
    }
}

widened! {
    /// The sum of the products of two rows, each less a number of its own, added up as in [`sums_of`].
    pub fn sum_of_products(one: &[f64], other: &[f64], middles: [f64; 2]) -> f64 {
        let [middle_of_one, middle_of_other] = middles;
        let product = |one: f64, other: f64| (one - middle_of_one) * (other - middle_of_other);
        let mut sums = [0.0; LANES];
        let ((whole, rest), (others, rest_of_others)) = (one.as_chunks::<LANES>(), other.as_chunks::<LANES>());
        for (values, others) in whole.iter().zip(others) {
            for lane in 0..LANES {
                sums[lane] += product(values[lane], others[lane]);
            }
        }
        for ((sum, &value), &other) in sums.iter_mut().zip(rest).zip(rest_of_others) {
            *sum += product(value, other);
        }
        in_pairs(sums)
    }
}

/// The sum of running sums, of which the first half takes in the second until one is left.
#[inline(always)]
fn in_pairs(mut sums: [f64; LANES]) -> f64 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

widened! {
    /// The smallest and the largest value.
    pub fn range_of(values: &[f64]) -> [f64; 2] {
        let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        for values in values.chunks(LANES) {
            for ((&value, low), high) in values.iter().zip(&mut low).zip(&mut high) {
                *low = if value < *low { value } else { *low };
                *high = if value > *high { value } else { *high };
            }
        }
        [low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max)]
    }
}

widened! {
    /// The sum of values, as [`sums_of`] has it, and the largest size of one: in one pass.
    pub fn sum_and_largest(values: &[f64]) -> [f64; 2] {
        let (mut sums, mut largest) = ([0.0; LANES], [0.0; LANES]);
        for values in values.chunks(LANES) {
            for ((&value, sum), largest) in values.iter().zip(&mut sums).zip(&mut largest) {
                *sum += value;
                let size = value.abs();
                *largest = if size > *largest { size } else { *largest };
            }
        }
        [in_pairs(sums), largest.into_iter().fold(0.0, f64::max)]
    }
}

/// A coefficient and the column that it multiplies.
pub type Term<'a> = (f64, View<'a>);

/// Trials whose sums stay in registers while all terms are added.
const TILE: usize = 32;

/// The sums of a tile with coefficient × column added for every term, term by term.
#[inline(always)]
fn with_terms(mut sums: [f64; TILE], terms: &[Term], first: usize) -> [f64; TILE] {
    for &(coefficient, column) in terms {
        match column {
            View::Numbers(numbers) => {
                let numbers = &numbers[first..first + TILE];
                for lane in 0..TILE {
                    sums[lane] += coefficient * numbers[lane];
                }
            }
            View::Flags(flags) => {
                let flags = &flags[first..first + TILE];
                for lane in 0..TILE {
                    sums[lane] += coefficient * f64::from(flags[lane]);
                }
            }
        }
    }
    sums
}

/// As [`with_terms`], for less than a tile.
#[inline(always)]
fn add_terms(sums: &mut [f64], terms: &[Term], first: usize) {
    for &(coefficient, column) in terms {
        match column {
            View::Numbers(numbers) => {
                for (sum, &number) in sums.iter_mut().zip(&numbers[first..]) {
                    *sum += coefficient * number;
                }
            }
            View::Flags(flags) => {
                for (sum, &flag) in sums.iter_mut().zip(&flags[first..]) {
                    *sum += coefficient * f64::from(flag);
                }
            }
        }
    }
}

widened! {
    /// Adds coefficient × column for every term to the output, term by term. The output's first trial is trial `first`
    /// of the columns.
    pub fn accumulate(output: &mut [f64], terms: &[Term], first: usize) {
        let (tiles, rest) = output.as_chunks_mut::<TILE>();
        let mut trial = first;
        for sums in tiles {
            *sums = with_terms(*sums, terms, trial);
            trial += TILE;
        }
        add_terms(rest, terms, trial);
    }
}

widened! {
    /// As [`accumulate`], but begins with a constant plus a number for each of the output.
    pub fn accumulate_from(constant: f64, numbers: &[f64], output: &mut [f64], terms: &[Term], first: usize) {
        let (tiles, rest) = output.as_chunks_mut::<TILE>();
        let (starts, last_starts) = numbers[..tiles.len() * TILE + rest.len()].as_chunks::<TILE>();
        let mut trial = first;
        for (sums, start) in tiles.iter_mut().zip(starts) {
            let mut moved = *start;
            for number in &mut moved {
                *number += constant;
            }
            *sums = with_terms(moved, terms, trial);
            trial += TILE;
        }
        for (sum, number) in rest.iter_mut().zip(last_starts) {
            *sum = constant + number;
        }
        add_terms(rest, terms, trial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    #[test]
    fn every_width_of_vector_gives_the_same_sums() {
        let values: Vec<f64> = (1..=517).map(|step| libm::log(f64::from(step))).collect();
        assert_same_at_every_width(|| {
            let mut output = values.clone();
            accumulate(
                &mut output,
                &[
                    (0.3, View::Numbers(&values)),
                    (0.7, View::Flags(&[1; 517])),
                    (1.1, View::Numbers(&values)),
                ],
                0,
            );
            (
                sums_of(&output, |value| [value, value * value]),
                (range_of(&output), sum_and_largest(&output), sum_of_products(&output, &values, [0.5, 2.0])),
                output,
            )
        });
    }

    #[test]
    fn every_value_is_added_once() {
        for length in [0, 1, 31, 32, 33, 500] {
            let values: Vec<f64> = (1..=length).map(f64::from).collect();
            let expected = f64::from(length) * (f64::from(length) + 1.0);
            assert_eq!(sums_of(&values, |value| [2.0 * value, 1.0]), [expected, f64::from(length)]);
            let range =
                if length == 0 { [f64::INFINITY, f64::NEG_INFINITY] } else { [1.0, f64::from(length)] };
            assert_eq!(range_of(&values), range);
            let falling: Vec<f64> = values.iter().map(|value| -value).collect();
            assert_eq!(sum_and_largest(&values), [0.5 * expected, f64::from(length)]);
            assert_eq!(sum_and_largest(&falling), [-0.5 * expected, f64::from(length)]);
            let products: f64 = (1..=length).map(|value| f64::from((value - 1) * (3 - value))).sum();
            assert_eq!(sum_of_products(&values, &falling, [1.0, -3.0]), products);
        }
    }

    #[test]
    fn a_sum_beside_the_largest_is_the_sum_bit_by_bit() {
        let values: Vec<f64> = (1..=517).map(|step| libm::sin(f64::from(step))).collect();
        let [expected] = sums_of(&values, |value| [value]);
        assert_eq!(sum_and_largest(&values)[0].to_bits(), expected.to_bits());
    }

    #[test]
    fn terms_are_added_one_after_the_other_from_the_first_trial_on() {
        let columns: Vec<Vec<f64>> =
            (0..7).map(|term| (0..90).map(|trial| 0.1 + f64::from(term * trial)).collect()).collect();
        let flags: Vec<u8> = (0..90).map(|trial| u8::from(trial % 3 == 0)).collect();
        let numbers = columns.iter().map(|column| (0.3, View::Numbers(column)));
        let terms: Vec<Term> = numbers.chain([(0.6, View::Flags(&flags))]).collect();
        for (first, length) in [(0, 90), (3, 5), (7, 64), (40, 50), (90, 0)] {
            let numbers: Vec<f64> = (0..length).map(|trial| 0.7 * trial as f64).collect();
            let of_terms = |start: f64, trial: usize| {
                let sum = columns.iter().fold(start, |sum, column| sum + 0.3 * column[first + trial]);
                if (first + trial).is_multiple_of(3) { sum + 0.6 } else { sum }
            };
            let mut output = vec![1.7; length];
            accumulate(&mut output, &terms, first);
            let expected = |trial: usize| of_terms(1.7, trial);
            assert_eq!(output, (0..length).map(expected).collect::<Vec<f64>>());
            accumulate_from(0.4, &numbers, &mut output, &terms, first);
            let expected = |trial: usize| of_terms(0.4 + numbers[trial], trial);
            assert_eq!(output, (0..length).map(expected).collect::<Vec<f64>>());
        }
    }
}
