//! Levels of the budgets for which one list of priorities is asked for.

/// Evenly spaced factors on all budgets of a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorityLevels {
    from: f64,
    to: f64,
    steps: usize,
}

impl PriorityLevels {
    /// So many factors from one to another, both included; `None` if there are fewer than two, or they do not rise from
    /// 0 or more.
    pub fn new(from: f64, to: f64, steps: usize) -> Option<Self> {
        (from >= 0.0 && from < to && to.is_finite() && steps >= 2).then_some(Self { from, to, steps })
    }

    /// The factors, rising.
    pub fn all(self) -> impl Iterator<Item = f64> {
        let last = (self.steps - 1) as f64;
        // Twelve digits, so that 0.5 and five steps of 0.1 are 1.
        let digits = |factor: f64| (factor * 1e12).round() / 1e12;
        (0..self.steps).map(move |step| digits(self.from + (self.to - self.from) * step as f64 / last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_evenly_spaced_with_both_ends() {
        let levels: Vec<f64> =
            PriorityLevels::new(0.5, 1.5, 11).map(|levels| levels.all().collect()).unwrap_or_default();
        assert_eq!(levels, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5]);
        assert!(PriorityLevels::new(1.0, 1.0, 3).is_none() && PriorityLevels::new(0.5, 1.0, 1).is_none());
    }
}
