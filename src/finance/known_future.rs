//! A future that is known before projects are chosen: what becomes of each project in it.

use crate::domain::ByProject;

/// What becomes of a project in one future.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProjectFuture {
    /// Factor on its costs.
    pub cost: f64,
    /// Factor on its benefits; 0 where it fails.
    pub benefit: f64,
    /// Factor on its demands.
    pub demand: f64,
    /// Factor on its effects on key results; 0 where it fails.
    pub effect: f64,
    /// Periods by which it comes later than it starts; at least 0.
    pub delay: f64,
    /// True if it succeeds.
    pub succeeds: bool,
}

impl ProjectFuture {
    /// It succeeds, and all comes as planned.
    pub const AS_PLANNED: Self =
        Self { cost: 1.0, benefit: 1.0, demand: 1.0, effect: 1.0, delay: 0.0, succeeds: true };

    /// The parts of its amounts by the whole periods that they are late: two where the delay is not whole.
    pub fn parts(&self) -> Vec<(usize, f64)> {
        let first = whole(self.delay.max(0.0));
        let part = |late: usize| (late, (1.0 - (self.delay.max(0.0) - late as f64).abs()).max(0.0));
        [first, first + 1].map(part).into_iter().filter(|&(_, part)| part > 0.0).collect()
    }

    /// Its numbers: two that are equal to the bit are the same future.
    pub fn bits(&self) -> [u64; 6] {
        let succeeds = f64::from(u8::from(self.succeeds));
        [self.cost, self.benefit, self.demand, self.effect, self.delay, succeeds].map(f64::to_bits)
    }
}

/// A whole number of periods: the delay rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "delays are cut at both ends")]
fn whole(periods: f64) -> usize {
    periods.floor() as usize
}

/// A future of all projects.
pub type KnownFuture = ByProject<ProjectFuture>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_has_parts_that_add_up_to_all() {
        let of = |delay: f64| ProjectFuture { delay, ..ProjectFuture::AS_PLANNED }.parts();
        assert_eq!(of(0.0), [(0, 1.0)]);
        assert_eq!(of(2.0), [(2, 1.0)]);
        assert_eq!(of(1.25), [(1, 0.75), (2, 0.25)]);
        assert_eq!(of(-1.0), [(0, 1.0)]);
    }
}
