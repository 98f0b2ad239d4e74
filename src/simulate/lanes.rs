//! The inner loops. Sums run over a fixed order of lanes, so that vectors of any width give the same bits.

use crate::vector::widened;

const LANES: usize = 8;

widened! {
    /// The sum of a function of every value, in eight running sums that are added up in pairs.
    pub fn sum_of(values: &[f64], of: impl Fn(f64) -> f64 + Copy) -> f64 {
        let mut sums = [0.0; LANES];
        let (whole, rest) = values.as_chunks::<LANES>();
        for values in whole {
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum += of(value);
            }
        }
        for (sum, &value) in sums.iter_mut().zip(rest) {
            *sum += of(value);
        }
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    }
}

widened! {
    /// Adds coefficient × column for every term to the output, term by term. Four terms share a pass over the
    /// output; the order of additions, and so the result, is that of one term after the other.
    pub fn accumulate(output: &mut [f64], terms: &[(f64, &[f64])]) {
        let length = output.len();
        let (fours, rest) = terms.as_chunks::<4>();
        for [(ka, a), (kb, b), (kc, c), (kd, d)] in fours {
            let (a, b, c, d) = (&a[..length], &b[..length], &c[..length], &d[..length]);
            for trial in 0..length {
                output[trial] = output[trial] + ka * a[trial] + kb * b[trial] + kc * c[trial] + kd * d[trial];
            }
        }
        for (coefficient, column) in rest {
            for (sum, value) in output.iter_mut().zip(*column) {
                *sum += coefficient * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_added_once() {
        for length in [0, 1, 7, 8, 9, 500] {
            let values: Vec<f64> = (1..=length).map(f64::from).collect();
            let expected = f64::from(length) * (f64::from(length) + 1.0);
            assert_eq!(sum_of(&values, |value| 2.0 * value), expected);
        }
    }

    #[test]
    fn terms_are_added_one_after_the_other() {
        let columns: Vec<Vec<f64>> = (0..7).map(|term| vec![0.1 + f64::from(term); 5]).collect();
        let terms: Vec<(f64, &[f64])> = columns.iter().map(|column| (0.3, column.as_slice())).collect();
        let mut output = [1.7; 5];
        accumulate(&mut output, &terms);
        let expected = columns.iter().fold(1.7, |sum, column| sum + 0.3 * column[0]);
        assert_eq!(output, [expected; 5]);
    }
}
