//! How much work each engine gets before it hands on to the next, counted so that it is the same on every machine; and the
//! time at which all must end.

use std::time::{Duration, Instant};

/// Tick limit per option of the tree search before HiGHS on programs that nearly fall apart: about a tenth of a second.
pub const SHORT_TREE_TICKS: u64 = 150_000_000;
/// Node limit per option of the same: on a small tableau the evaluation of equals takes longer than ticks tell.
pub const SHORT_TREE_NODES: u64 = 5_000;
/// Ticks of its first turns.
pub const SHORT_TURN_TICKS: u64 = 10_000_000;

/// Nodes that stand for a second of a time limit. One core does 20 to 70 thousand.
const NODES_PER_SECOND: f64 = 2e5;

/// Work of one engine before it hands on to the next, in place of a part of the time: a search that changes its way by the
/// clock would tell other options on another machine, though all were proven and none had met the limit.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Share of ticks and nodes that are allowed.
    share: f64,
    /// Ticks that stand for a second of a time limit; where a machine does fewer, the limit comes first.
    ticks_per_second: f64,
}

impl Work {
    /// The tree search before HiGHS takes over. One core does 0.6 to 0.9 × 10⁹ ticks of it per second.
    pub const TREE: Self = Self { share: 0.8, ticks_per_second: 1.5e9 };

    /// The tree search of a problem of some size before that is reduced: a proof that is missing by then needs better
    /// solutions more than nodes.
    pub const FIRST_TREE: Self = Self { share: 0.3, ..Self::TREE };

    /// LNS and tree on a reduced problem before HiGHS takes over, which seldom finds more. One core does 1 to 1.7 × 10⁹
    /// ticks of LNS per second.
    pub const REDUCTION: Self = Self { share: 0.9, ticks_per_second: 4e9 };

    /// The part of a dive in which it settles many projects at once. One core does about 10⁹ ticks of the simplex method per
    /// second.
    pub const DIVE: Self = Self { share: 0.5, ticks_per_second: 1e9 };

    /// The tree search for one option, as long as that may take.
    pub const ONE_OPTION: Self = Self { share: 1.0, ..Self::TREE };

    /// The ticks that `seconds` of a time limit stand for, of at most so many; a share of these without a limit.
    pub fn ticks(self, seconds: Option<f64>, most: u64) -> u64 {
        let in_time = seconds.map_or(f64::INFINITY, |seconds| self.ticks_per_second * seconds);
        (self.share * in_time.min(most as f64)) as u64
    }

    /// The nodes that they stand for.
    pub fn nodes(self, seconds: Option<f64>) -> u64 {
        seconds.map_or(u64::MAX, |seconds| (self.share * NODES_PER_SECOND * seconds) as u64)
    }
}

/// Deadline in `seconds` from now; `None` if the clock cannot represent it.
pub fn after(seconds: f64) -> Option<Instant> {
    let allowed = Duration::try_from_secs_f64(seconds).ok()?;
    Instant::now().checked_add(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_hand_on_after_the_work_that_stands_for_the_time() {
        let half = Work { share: 0.5, ticks_per_second: 1.5e9 };
        let within = |seconds| (half.ticks(seconds, 100_000_000_000), half.nodes(seconds));
        assert_eq!(within(Some(6.0)), (4_500_000_000, 600_000));
        assert_eq!(within(Some(3e6)), (50_000_000_000, 300_000_000_000), "a long time has an end");
        assert_eq!(within(None), (50_000_000_000, u64::MAX));
    }
}
