//! The inner loops of the tableau. Nothing is reordered and no product fused, so that vectors of any width give the
//! same bits.

use crate::vector::widened;

/// Coefficients smaller than this are rounding.
pub const ZERO_TOLERANCE: f64 = 1e-9;

const LANES: usize = 8;

widened! {
    /// Subtracts `factors[i] × pivot row` from every row `i` of a block; rows of factor 0 are left alone.
    pub fn eliminate(block: &mut [f64], pivot_row: &[f64], factors: &[f64]) {
        for (entries, &factor) in block.chunks_exact_mut(pivot_row.len()).zip(factors) {
            if factor != 0.0 {
                for (entry, other) in entries.iter_mut().zip(pivot_row) {
                    *entry -= factor * other;
                }
            }
        }
    }
}

widened! {
    /// Writes to `ratios` the dual ratio of each column: how far its reduced cost lasts per unit of violation that its
    /// variable removes from the row by moving to the other bound; infinite for columns that cannot help. Returns the
    /// violation that all helpful columns remove together.
    pub fn ratios_of(
        ratios: &mut [f64],
        entries: &[f64],
        costs: &[f64],
        moves: &[f64],
        sign: f64,
    ) -> f64 {
        let mut sums = [0.0; LANES];
        let (ratios, _) = ratios.as_chunks_mut::<LANES>();
        let ((entries, _), (costs, _), (moves, _)) =
            (entries.as_chunks::<LANES>(), costs.as_chunks::<LANES>(), moves.as_chunks::<LANES>());
        for (((ratios, entries), costs), moves) in ratios.iter_mut().zip(entries).zip(costs).zip(moves) {
            for lane in 0..LANES {
                let helps = sign * entries[lane] * moves[lane];
                let size = entries[lane].abs();
                let can = (helps > 0.0) & (size > ZERO_TOLERANCE);
                let ratio = costs[lane].abs() / size;
                ratios[lane] = if can { ratio } else { f64::INFINITY };
                sums[lane] += if can { helps } else { 0.0 };
            }
        }
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    }
}

widened! {
    /// The smallest of the values.
    pub fn smallest(values: &[f64]) -> f64 {
        let mut least = [f64::INFINITY; LANES];
        let (values, _) = values.as_chunks::<LANES>();
        for values in values {
            for lane in 0..LANES {
                least[lane] = if values[lane] < least[lane] { values[lane] } else { least[lane] };
            }
        }
        least.into_iter().fold(f64::INFINITY, f64::min)
    }
}

widened! {
    /// The largest entry, by size, among those whose ratio is within the limit.
    pub fn largest_within(ratios: &[f64], entries: &[f64], limit: f64) -> f64 {
        let mut largest = [0.0; LANES];
        let ((ratios, _), (entries, _)) = (ratios.as_chunks::<LANES>(), entries.as_chunks::<LANES>());
        for (ratios, entries) in ratios.iter().zip(entries) {
            for lane in 0..LANES {
                let size = if ratios[lane] <= limit { entries[lane].abs() } else { 0.0 };
                largest[lane] = if size > largest[lane] { size } else { largest[lane] };
            }
        }
        largest.into_iter().fold(0.0, f64::max)
    }
}

widened! {
    /// Sum of squares of the entries whose variables can move.
    pub fn square_of(entries: &[f64], moves: &[f64]) -> f64 {
        let mut sums = [0.0; LANES];
        let ((entries, _), (moves, _)) = (entries.as_chunks::<LANES>(), moves.as_chunks::<LANES>());
        for (entries, moves) in entries.iter().zip(moves) {
            for lane in 0..LANES {
                let square = entries[lane] * entries[lane];
                sums[lane] += if moves[lane] == 0.0 { 0.0 } else { square };
            }
        }
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    }
}

widened! {
    /// Penalties: least loss in objective when the basic variable of a row is pushed down (first) or up by the given
    /// distances. A column of an integer variable moves by 1 at least if it moves at all.
    pub fn penalties_of(
        entries: &[f64],
        costs: &[f64],
        moves: &[f64],
        whole: &[f64],
        down: f64,
        up: f64,
    ) -> (f64, f64) {
        let mut least_down = [f64::INFINITY; LANES];
        let mut least_up = [f64::INFINITY; LANES];
        let ((entries, _), (costs, _), (moves, _), (whole, _)) = (
            entries.as_chunks::<LANES>(),
            costs.as_chunks::<LANES>(),
            moves.as_chunks::<LANES>(),
            whole.as_chunks::<LANES>(),
        );
        for (((entries, costs), moves), whole) in entries.iter().zip(costs).zip(moves).zip(whole) {
            for lane in 0..LANES {
                let size = entries[lane].abs();
                let helps = entries[lane] * moves[lane];
                let cost = costs[lane].abs();
                let ratio = cost / size;
                let least = cost * whole[lane];
                let matters = size > ZERO_TOLERANCE;
                let loss_down = ratio * down;
                let loss_down = if loss_down > least { loss_down } else { least };
                let loss_down = if matters & (helps > 0.0) { loss_down } else { f64::INFINITY };
                let loss_up = ratio * up;
                let loss_up = if loss_up > least { loss_up } else { least };
                let loss_up = if matters & (helps < 0.0) { loss_up } else { f64::INFINITY };
                least_down[lane] = if loss_down < least_down[lane] { loss_down } else { least_down[lane] };
                least_up[lane] = if loss_up < least_up[lane] { loss_up } else { least_up[lane] };
            }
        }
        let least = |pseudocosts: [f64; LANES]| pseudocosts.into_iter().fold(f64::INFINITY, f64::min);
        (least(least_down), least(least_up))
    }
}
