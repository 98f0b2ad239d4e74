//! How much freedom there is near the best.

/// Selections whose objective is within a part of the best: their least and most of measures, groups and projects are
/// asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    within: f64,
    time_limit: Option<f64>,
}

impl Room {
    /// The room within a part of the best objective, above 0 and at most 1; `None` if it lies outside.
    pub fn new(within: f64) -> Option<Self> {
        (within > 0.0 && within <= 1.0).then_some(Self { within, time_limit: None })
    }

    /// The same, searched for during so many seconds in each scenario at most.
    #[must_use]
    pub fn for_seconds(self, seconds: f64) -> Self {
        Self { time_limit: Some(seconds), ..self }
    }

    /// The part of the best objective that may be lost.
    pub fn within(self) -> f64 {
        self.within
    }

    /// Seconds for all searches of a scenario, if they are limited.
    pub fn time_limit(self) -> Option<f64> {
        self.time_limit
    }
}
