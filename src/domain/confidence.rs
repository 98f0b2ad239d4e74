//! Limits that hold with a confidence: in the simulated futures, and not only on the plan.

/// The risk measure by which a limit holds in the futures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RiskMeasure {
    /// On average over the worst futures, of which the confidence leaves 1 − level, the amount is within the limit
    /// (conditional value at risk, Rockafellar and Uryasev 2000). Then it is so in a share of at least `level` of all
    /// futures, too: the tightest convex approximation of [`Self::Chance`] (Nemirovski and Shapiro 2006).
    #[default]
    Cvar,
    /// In a share of at least `level` of the futures the amount is within the limit (chance constraint, Charnes and
    /// Cooper 1959).
    Chance,
}

impl RiskMeasure {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cvar, Self::Chance];

    /// The word that batch files and tables use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cvar => "cvar",
            Self::Chance => "chance",
        }
    }
}

/// The confidence with which a limit holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    level: f64,
    risk: RiskMeasure,
    is_joint: bool,
}

impl Confidence {
    /// A confidence above 0 and below 1; `is_joint` if the limit holds in all periods of the same future. `None` for
    /// any other level.
    pub fn new(level: f64, risk: RiskMeasure, is_joint: bool) -> Option<Self> {
        (level > 0.0 && level < 1.0).then_some(Self { level, risk, is_joint })
    }

    /// The share of futures.
    pub const fn level(self) -> f64 {
        self.level
    }

    /// The risk measure.
    pub const fn risk(self) -> RiskMeasure {
        self.risk
    }

    /// True if the limit holds in all its periods of the same future; false if in each of them for itself.
    pub const fn is_joint(self) -> bool {
        self.is_joint
    }

    /// Number of futures in the tail, of so many equally likely ones: perhaps a part of one more, and 1 at least.
    pub fn tail(self, trials: usize) -> f64 {
        let tail = (1.0 - self.level) * trials as f64;
        // 10 % of 1,000 trials are 100, whatever 1 − 0.9 is in binary.
        let whole = tail.round();
        (if (tail - whole).abs() < TAIL_ROUNDING * trials as f64 { whole } else { tail }).max(1.0)
    }

    /// The most futures, of so many, in which the limit may be exceeded.
    pub fn most_exceeded(self, trials: usize) -> usize {
        ((1.0 - self.level) * trials as f64 + TAIL_ROUNDING * trials as f64).floor() as usize
    }
}

/// Part of all trials by which a number of them may be rounded.
const TAIL_ROUNDING: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_counted_as_on_paper() {
        let at = |level: f64| Confidence::new(level, RiskMeasure::Chance, false).unwrap();
        assert_eq!((at(0.9).tail(1_000), at(0.9).most_exceeded(1_000)), (100.0, 100));
        assert!((at(0.9).tail(15) - 1.5).abs() < 1e-12 && at(0.9).most_exceeded(15) == 1);
        assert_eq!((at(0.99).tail(20), at(0.99).most_exceeded(20)), (1.0, 0), "one at least is averaged");
        assert_eq!((at(0.7).tail(10), at(0.7).most_exceeded(10)), (3.0, 3));
        assert!(
            [0.0, 1.0, -0.5, f64::NAN]
                .iter()
                .all(|&level| { Confidence::new(level, RiskMeasure::Cvar, true).is_none() })
        );
    }
}
