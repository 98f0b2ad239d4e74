//! PERT by table: the quantile of a beta distribution as piecewise cubics of the probability.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::vector::widened;

use super::beta::Beta;
use super::column::View;
use super::lanes::{Term, accumulate};

/// Cells per halving of the probability. Towards its ends the quantile is a power of the probability, which looks
/// alike in every halving. Chosen so that the interpolation is right to about 1e-9 of the range.
const DENSITY: usize = 32;
const DENSITY_BITS: u32 = DENSITY.trailing_zeros();
/// Halvings of ½ that the table covers, on either side; less than 1 in 30,000 probabilities lie further out.
const HALVINGS: usize = 15;
const LOWEST: f64 = 1.0 / (1_u64 << (HALVINGS + 1)) as f64;
const BELOW_HALF: f64 = 0.5 - f64::EPSILON / 4.0;
const CELLS: usize = HALVINGS * DENSITY;
/// Where the cells of the upper side begin. A power of 2, so that no index can leave the table.
const SIDE: usize = 512;
/// The bits of a number below its exponent, and of those the bits below the number of a cell.
const FRACTION_BITS: u32 = 52;
const CELL_BITS: u32 = FRACTION_BITS - DENSITY_BITS;

/// The quantile of a PERT distribution on 0 to 1: cubic Hermite interpolation between knots in equal steps within
/// every halving of the distance from the nearer end; beyond, the exact quantile.
#[derive(Clone, Debug)]
pub struct PertTable {
    /// The coefficients of every cell, constant term first: for the lower half, and for the upper half as a function
    /// of the probability above.
    cells: Box<[[f64; 4]; 2 * SIDE]>,
    lower: Beta,
}

impl PertTable {
    /// The table of one pair of shapes.
    pub fn new((alpha, beta): (f64, f64)) -> Self {
        let mut cells = Box::new([[0.0; 4]; 2 * SIDE]);
        let lower = half((alpha - 1.0) / 4.0);
        // The upper half is the lower half of the mirror image: nothing is ever subtracted from almost 1.
        let upper = half((beta - 1.0) / 4.0);
        for cell in 0..CELLS {
            cells[cell] = cubic(&lower, cell);
            let [constant, linear, square, cube] = cubic(&upper, cell);
            cells[SIDE + cell] = [1.0 - constant, -linear, -square, -cube];
        }
        Self { cells, lower: Beta::new(alpha, beta) }
    }

    /// The shapes of PERT with this mode (Malcolm, Roseboom, Clark and Fazar 1959).
    pub fn shapes(low: f64, mode: f64, high: f64) -> (f64, f64) {
        let range = high - low;
        (1.0 + 4.0 * ((mode - low) / range), 1.0 + 4.0 * ((high - mode) / range))
    }

    /// Turns probabilities into values between `low` and `low` + `range`.
    pub fn look_up(&self, values: &mut [f64], low: f64, range: f64) {
        look_up(values, &self.cells, low, range, &|uniform| low + range * self.far_quantile(uniform));
    }

    /// The quantile near an end.
    #[cold]
    fn far_quantile(&self, uniform: f64) -> f64 {
        let quantile = |beta: Beta, probability: f64| {
            libm::exp(beta.log_quantile(probability.max(f64::MIN_POSITIVE), FIRST_GUESS))
        };
        if uniform < 0.5 {
            quantile(self.lower, uniform)
        } else {
            1.0 - quantile(self.lower.mirrored(), 1.0 - uniform)
        }
    }
}

/// Logarithm of a value from where the exact quantile can be searched for any shapes.
const FIRST_GUESS: f64 = -1.0;

widened! {
    /// Looks values up in the cells; `far` gives those which lie in none.
    fn look_up(
        values: &mut [f64],
        cells: &[[f64; 4]; 2 * SIDE],
        low: f64,
        range: f64,
        far: &dyn Fn(f64) -> f64,
    ) {
        const CHUNK: usize = 64;
        for values in values.chunks_mut(CHUNK) {
            let mut uniforms = [0.5; CHUNK];
            uniforms[..values.len()].copy_from_slice(values);
            let mut any_far = false;
            for (value, &uniform) in values.iter_mut().zip(&uniforms) {
                let above = 1.0 - uniform;
                let (end, side) = if uniform < 0.5 { (uniform, 0) } else { (above, SIDE as u64) };
                any_far |= end < LOWEST;
                let end = if end < BELOW_HALF { end } else { BELOW_HALF };
                let end = if end > LOWEST { end } else { LOWEST };
                let bits = end.to_bits();
                let cell = (bits >> CELL_BITS) - (LOWEST.to_bits() >> CELL_BITS) + side;
                let [constant, linear, square, cube] = cells[cell as usize % (2 * SIDE)];
                // What the bits below the number of the cell add to 1: the place in the cell, in steps of one cell.
                let place = f64::from_bits((bits << DENSITY_BITS & FRACTION) | 1.0_f64.to_bits()) - 1.0;
                let share = constant + place * (linear + place * (square + place * cube));
                *value = low + range * share;
            }
            if any_far {
                for (value, &uniform) in values.iter_mut().zip(&uniforms) {
                    if uniform.min(1.0 - uniform) < LOWEST {
                        *value = far(uniform);
                    }
                }
            }
        }
    }
}

const FRACTION: u64 = (1 << FRACTION_BITS) - 1;

/// The cubic of a cell, as a function of the place in it from 0 to 1.
fn cubic(knots: &Knots, cell: usize) -> [f64; 4] {
    let width = (1_u64 << (cell / DENSITY)) as f64 * (LOWEST / DENSITY as f64);
    let [(x0, x1), (s0, s1)] = knots.each_ref().map(|of| (of[cell], of[cell + 1]));
    let (rise, s0, s1) = (x1 - x0, s0 * width, s1 * width);
    [x0, s0, 3.0 * rise - 2.0 * s0 - s1, s0 + s1 - 2.0 * rise]
}

/// Quantiles of the knots of a lower half, and slopes there.
pub type Knots = [Vec<f64>; 2];

/// The probability of a knot.
fn knot(position: usize) -> f64 {
    let halving = (1_u64 << (position / DENSITY)) as f64 * LOWEST;
    halving * (1.0 + (position % DENSITY) as f64 / DENSITY as f64)
}

/// The knots of the lower half of the PERT distribution whose mode lies at `mode` between 0 and 1.
///
/// PERT has one shape more than it shows: its two add up to 6. So quantiles and slopes are smooth functions of the
/// mode alone, and those of any mode follow from those of a few by a polynomial. Made once, that costs a hundredth
/// of searching the quantile of every knot.
fn half(mode: f64) -> Knots {
    let weights = node_weights(mode);
    [0, 1].map(|which| {
        let knots = knots_of_nodes().iter().map(|knots| View::Numbers(&knots[which]));
        let terms: Vec<Term> = weights.into_iter().zip(knots).collect();
        let mut sum = vec![0.0; CELLS + 1];
        accumulate(&mut sum, &terms, 0);
        sum
    })
}

/// The knots of all nodes, made once. Threads that make tables side by side should find them made: one would make them
/// while the others wait.
pub fn knots_of_nodes() -> &'static [Knots] {
    static OF_NODES: OnceLock<Vec<Knots>> = OnceLock::new();
    OF_NODES.get_or_init(|| nodes().par_iter().map(|&node| exact_half(node)).collect())
}

/// Modes whose knots are exact. The quantile's nearest singularity is the mode −¼, where a shape is 0: every node
/// halves the error and more.
const NODES: usize = 24;

/// Chebyshev points of the first kind between 0 and 1.
fn nodes() -> [f64; NODES] {
    std::array::from_fn(|node| 0.5 - 0.5 * libm::cos(angle(node)))
}

fn angle(node: usize) -> f64 {
    (2 * node + 1) as f64 * std::f64::consts::PI / (2 * NODES) as f64
}

/// What each node adds to the interpolating polynomial at a mode: the barycentric formula (Berrut and Trefethen 2004).
fn node_weights(mode: f64) -> [f64; NODES] {
    let nodes = nodes();
    if let Some(exact) = nodes.iter().position(|&node| node == mode) {
        return std::array::from_fn(|node| if node == exact { 1.0 } else { 0.0 });
    }
    let mut weights = std::array::from_fn(|node| {
        let sign = if node % 2 == 0 { 1.0 } else { -1.0 };
        sign * libm::sin(angle(node)) / (mode - nodes[node])
    });
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

/// Knots from the probability ½ downwards: the first is searched, each other one follows from the one before.
fn exact_half(mode: f64) -> Knots {
    let beta = Beta::new(1.0 + 4.0 * mode, 5.0 - 4.0 * mode);
    let mut knots = [vec![0.0; CELLS + 1], vec![0.0; CELLS + 1]];
    let mut x = libm::exp(beta.log_quantile(knot(CELLS), FIRST_GUESS));
    for position in (0..=CELLS).rev() {
        let slope = beta.quantile_slope(x);
        (knots[0][position], knots[1][position]) = (x, slope);
        if position > 0 {
            x = beta.quantile_beside(x, slope, knot(position - 1) - knot(position));
        }
    }
    knots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::normal;
    use crate::vector::assert_same_at_every_width;
    use statrs::distribution::{Beta as Reference, ContinuousCDF};

    fn at(table: &PertTable, uniform: f64) -> f64 {
        let mut value = [uniform];
        table.look_up(&mut value, 0.0, 1.0);
        value[0]
    }

    #[test]
    fn agrees_with_an_independent_quantile_out_to_the_far_tails() {
        let mut worst: f64 = 0.0;
        for share in [0.0, 1e-6, 0.01, 0.1, 0.2, 0.25, 0.333, 0.5, 0.61, 0.75, 0.9, 0.999, 1.0, nodes()[3]] {
            let shapes = PertTable::shapes(0.0, share, 1.0);
            let table = PertTable::new(shapes);
            let reference = Reference::new(shapes.0, shapes.1).unwrap();
            let uniforms = (1..400).map(|step| f64::from(step) / 400.0);
            let far = [1e-12, 1e-9, 1e-6, 1.4e-5, 1.6e-5, 1e-4, 1.0 - 1e-6, 1.0 - 1e-12];
            for uniform in uniforms.chain(far) {
                let (got, expected) = (at(&table, uniform), reference.inverse_cdf(uniform));
                worst = worst.max((got - expected).abs());
                assert!((got - expected).abs() < 1e-8, "{share} {uniform}: {got} {expected}");
            }
        }
        assert!(worst < 1e-8, "{worst:e}");
    }

    #[test]
    fn the_last_knot_is_as_exact_as_the_first() {
        for mode in [0.0, 0.1, 0.5, 0.97, 1.0] {
            let (beta, knots) = (Beta::new(1.0 + 4.0 * mode, 5.0 - 4.0 * mode), exact_half(mode));
            for position in [0, 1, CELLS / 2, CELLS] {
                let expected = libm::exp(beta.log_quantile(knot(position), FIRST_GUESS));
                let got = knots[0][position];
                assert!((got / expected - 1.0).abs() < 1e-10, "{mode} {position}: {got} {expected}");
            }
        }
    }

    #[test]
    fn never_falls_and_stays_within_the_range() {
        for share in [0.0, 0.3, 1.0] {
            let table = PertTable::new(PertTable::shapes(0.0, share, 1.0));
            let scores = (-3_000..=3_000).map(|step| f64::from(step) * 0.003);
            let values: Vec<f64> = scores.map(|score| at(&table, normal::cdf(score))).collect();
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
            assert!(values[0] >= 0.0 && values[values.len() - 1] <= 1.0);
            assert!((0.0..1e-3).contains(&at(&table, 0.0)) && (0.999..=1.0).contains(&at(&table, 1.0)));
        }
    }

    #[test]
    fn every_width_of_vector_looks_up_the_same() {
        let table = PertTable::new(PertTable::shapes(0.8, 0.95, 1.6));
        assert_same_at_every_width(|| {
            let mut values: Vec<f64> = (0..=2_000).map(|step| f64::from(step) / 2_000.0).collect();
            values.push(1e-7);
            table.look_up(&mut values, 0.8, 0.8);
            values
        });
    }
}
