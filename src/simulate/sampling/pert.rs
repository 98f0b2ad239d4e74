//! PERT by table: the quantile of a beta distribution as piecewise cubics of the probability.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::vector::widened;

use super::beta::Beta;
use crate::simulate::kernel::reductions::{Term, accumulate};
use crate::simulate::kernel::view::View;

/// Cells per halving of the probability. Towards its ends the quantile is a power of the probability, which looks
/// alike in every halving. Chosen so that the interpolation is right to about 1e-9 of the range.
const DENSITY: usize = 32;
const DENSITY_BITS: u32 = DENSITY.trailing_zeros();
/// Halvings of ½ that the table covers, on either side; less than 1 in 30,000 probabilities lie further out.
const HALVINGS: usize = 15;
const LOWEST: f64 = 1.0 / (1_u64 << (HALVINGS + 1)) as f64;
const CELLS: usize = HALVINGS * DENSITY;
/// Slots for the cells of one half. A power of 2 above their number, so that the bits of a probability above the
/// fraction within a cell give the slot: cells lie in a ring.
const SIDE: usize = 512;
/// The bits of a number below its exponent, and of those the bits below the number of a cell.
const FRACTION_BITS: u32 = 52;
const CELL_BITS: u32 = FRACTION_BITS - DENSITY_BITS;

/// The quantile of a PERT distribution on 0 to 1: cubic Hermite interpolation between knots in equal steps within
/// every halving of the distance from the nearer end; beyond, the exact quantile.
#[derive(Clone, Debug)]
pub struct PertTable {
    /// The lower half, and the upper half as a function of the probability above.
    cells: Box<Cells>,
    lower: Beta,
}

impl PertTable {
    /// The table of one pair of shapes.
    pub fn new((alpha, beta): (f64, f64)) -> Self {
        let mut cells = Box::new(Cells::NONE);
        let lower = half((alpha - 1.0) / 4.0);
        // The upper half is the lower half of the mirror image: nothing is ever subtracted from almost 1.
        let upper = half((beta - 1.0) / 4.0);
        for cell in 0..=CELLS {
            let place = place_of(knot(cell).to_bits());
            cells.set(place, cubic(&lower, cell));
            let [constant, linear, square, cube] = cubic(&upper, cell);
            cells.set(SIDE + place, [1.0 - constant, -linear, -square, -cube]);
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

/// Numbers that are looked at together for one that is rare.
const CHUNK: usize = 64;

widened! {
    /// Looks values up in the cells; `far` gives those which lie in none.
    fn look_up(values: &mut [f64], cells: &Cells, low: f64, range: f64, far: &dyn Fn(f64) -> f64) {
        let (whole, rest) = values.as_chunks_mut::<CHUNK>();
        for values in whole {
            look_up_chunk(values, cells, low, range, far);
        }
        if !rest.is_empty() {
            let mut last = [0.5; CHUNK];
            last[..rest.len()].copy_from_slice(rest);
            look_up_chunk(&mut last, cells, low, range, far);
            rest.copy_from_slice(&last[..rest.len()]);
        }
    }
}

#[inline(always)]
fn look_up_chunk(values: &mut [f64; CHUNK], cells: &Cells, low: f64, range: f64, far: &dyn Fn(f64) -> f64) {
    let uniforms = *values;
    // Positive numbers are in the order of their bits: the highest of these is set if an end is nearer than the table.
    let mut nearer = 0;
    for (value, &uniform) in values.iter_mut().zip(&uniforms) {
        let above = 1.0 - uniform;
        let end = if uniform < above { uniform } else { above };
        let side = if uniform < above { 0 } else { SIDE };
        let bits = end.to_bits();
        nearer |= bits.wrapping_sub(LOWEST.to_bits());
        let share = cells.at(place_of(bits) | side, one_and_rest(bits));
        *value = low + range * share;
    }
    if nearer >> 63 != 0 {
        for (value, &uniform) in values.iter_mut().zip(&uniforms) {
            if uniform.min(1.0 - uniform) < LOWEST {
                *value = far(uniform);
            }
        }
    }
}

/// The place of a cell within a half, from the bits of a probability in it.
#[inline(always)]
fn place_of(bits: u64) -> usize {
    (bits >> CELL_BITS) as usize & (SIDE - 1)
}

/// 1 plus where in its cell a probability of these bits lies, in steps of one cell.
#[inline(always)]
fn one_and_rest(bits: u64) -> f64 {
    f64::from_bits((bits << DENSITY_BITS & FRACTION) | 1.0_f64.to_bits())
}

const FRACTION: u64 = (1 << FRACTION_BITS) - 1;

/// Cubics of cells in two words each, since fetching coefficients is what a look-up waits for. The lowest bits of the
/// constant hold the cube's coefficient, and those of the linear coefficient the square's: they are small, and need no
/// exponent. The constant and the linear coefficient are read with those bits, and are right to 1e-10 of the range.
#[derive(Clone, Debug)]
struct Cells {
    constants_and_cubes: [u64; 2 * SIDE],
    linears_and_squares: [u64; 2 * SIDE],
}

impl Cells {
    const NONE: Self = Self { constants_and_cubes: [0; 2 * SIDE], linears_and_squares: [0; 2 * SIDE] };

    /// From the coefficients of a cubic in the place from 0 to 1, constant term first.
    fn set(&mut self, cell: usize, [constant, linear, square, cube]: [f64; 4]) {
        // In 1 + place, which bits give without a subtraction.
        let moved = [
            constant - linear + square - cube,
            linear - 2.0 * square + 3.0 * cube,
            square - 3.0 * cube,
            cube,
        ];
        let [constant, linear, square, cube] = moved;
        self.constants_and_cubes[cell] = CUBE.pack(constant, cube);
        self.linears_and_squares[cell] = SQUARE.pack(linear, square);
    }

    #[inline(always)]
    fn at(&self, cell: usize, x: f64) -> f64 {
        let (constant, linear) = (self.constants_and_cubes[cell], self.linears_and_squares[cell]);
        let (square, cube) = (SQUARE.unpack(linear), CUBE.unpack(constant));
        f64::from_bits(constant) + x * (f64::from_bits(linear) + x * (square + x * cube))
    }
}

/// Packing of one number, the guest, into the lowest bits of another, the host: as a count of steps above the least.
struct Packing {
    bits: u32,
    /// A power of 2.
    step: f64,
}

/// Coefficients of cubes are below 1.1e-6, those of squares below 6.3e-5.
const CUBE: Packing = Packing { bits: 20, step: 1.0 / (1_u64 << 37) as f64 };
const SQUARE: Packing = Packing { bits: 24, step: 1.0 / (1_u64 << 36) as f64 };

impl Packing {
    const fn mask(&self) -> u64 {
        (1 << self.bits) - 1
    }

    /// Number of steps from the least to zero.
    const fn middle(&self) -> u64 {
        1 << (self.bits - 1)
    }

    /// A number of which the last bit is worth a step.
    const fn unit(&self) -> f64 {
        self.step * (1_u64 << FRACTION_BITS) as f64
    }

    /// The bits nearest to those of the host whose lowest are the guest.
    fn pack(&self, host: f64, guest: f64) -> u64 {
        let steps = (guest / self.step).round() as i64 + self.middle() as i64;
        debug_assert!((0..=self.mask() as i64).contains(&steps), "{guest} is too large to be packed");
        let low = steps as u64 & self.mask();
        let nearest = host.to_bits().wrapping_sub(low).wrapping_add(self.middle());
        (nearest & !self.mask()) | low
    }

    /// The guest.
    #[inline(always)]
    fn unpack(&self, packed: u64) -> f64 {
        let above_least = f64::from_bits((packed & self.mask()) | self.unit().to_bits());
        above_least - (self.unit() + self.middle() as f64 * self.step)
    }
}

/// The cubic of a cell, as a function of the place in it from 0 to 1. Of the last, which holds no probability but ½,
/// the constant counts alone.
fn cubic(knots: &Knots, cell: usize) -> [f64; 4] {
    if cell == CELLS {
        return [knots[0][cell], 0.0, 0.0, 0.0];
    }
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

/// Weight of each node in the interpolating polynomial at a mode: the barycentric formula (Berrut and Trefethen 2004).
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
    use crate::simulate::sampling::normal;
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
    fn what_is_packed_comes_out_again() {
        for packing in [CUBE, SQUARE] {
            let most = packing.step * (packing.middle() - 1) as f64;
            for host in [3e-6, 0.75, 1.0, -0.02, -3e-9] {
                for guest in [0.0, most, -most, 0.3 * most, -0.01 * most] {
                    let packed = packing.pack(host, guest);
                    let error = (f64::from_bits(packed) / host - 1.0).abs();
                    assert!(error <= packing.middle() as f64 * f64::EPSILON, "{host} {guest}: {error}");
                    assert!((packing.unpack(packed) - guest).abs() <= 0.5 * packing.step, "{host} {guest}");
                }
            }
        }
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
