//! Two measures of which every non-dominated point is asked for.

use super::{Measure, Sense};

/// The quantity on the first axis of a frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontierX {
    /// A measure, and whether more or less of it is better.
    Measure(Measure, Sense),
    /// A factor on all budgets: what each level of funding buys. No sense is asked for: funding is given, not chosen.
    BudgetScale,
}

/// Evenly spaced levels of the first quantity, in place of all non-dominated points: at each level the best of the
/// second measure is asked for among selections that are as good in the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Number of levels, the ends included: 2 or more.
    pub points: usize,
    /// The lowest level; by default the least that any non-dominated selection has.
    pub from: Option<f64>,
    /// The highest level; by default the most that any non-dominated selection has, and 1 for a factor on all budgets.
    pub to: Option<f64>,
}

/// A frontier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frontier {
    x: FrontierX,
    y: Measure,
    y_sense: Sense,
    grid: Option<Grid>,
    time_limit: Option<f64>,
}

/// Both axes carry the same measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frontier needs two different measures")]
pub struct SameMeasure;

impl Frontier {
    /// A frontier of two measures.
    ///
    /// # Errors
    /// If they are the same.
    pub fn new(x: FrontierX, y: Measure, y_sense: Sense) -> Result<Self, SameMeasure> {
        match x {
            FrontierX::Measure(measure, _) if measure == y => Err(SameMeasure),
            _ => Ok(Self { x, y, y_sense, grid: None, time_limit: None }),
        }
    }

    /// The same frontier at the levels of a grid only.
    #[must_use]
    pub fn on_grid(self, grid: Grid) -> Self {
        Self { grid: Some(grid), ..self }
    }

    /// The same frontier, which ends after so many seconds in each scenario, with what is known by then.
    #[must_use]
    pub fn within(self, seconds: f64) -> Self {
        Self { time_limit: Some(seconds), ..self }
    }

    /// The grid, if not all points are asked for.
    pub fn grid(self) -> Option<Grid> {
        self.grid
    }

    /// Seconds for the frontier of one scenario, if they are limited.
    pub fn time_limit(self) -> Option<f64> {
        self.time_limit
    }

    /// The first axis.
    pub fn x(self) -> FrontierX {
        self.x
    }

    /// The measure on the second axis.
    pub fn y(self) -> Measure {
        self.y
    }

    /// The sense of the second measure.
    pub fn y_sense(self) -> Sense {
        self.y_sense
    }

    /// The measures on its axes over simulated futures, each with its sense.
    pub fn measures_of_futures(self) -> Vec<(Measure, Sense)> {
        let x = match self.x {
            FrontierX::Measure(measure, sense) => Some((measure, sense)),
            FrontierX::BudgetScale => None,
        };
        let axes = x.into_iter().chain([(self.y, self.y_sense)]);
        axes.filter(|(measure, _)| measure.simulated().is_some()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::LineIx;
    use super::*;

    #[test]
    fn a_measure_cannot_be_traded_for_itself() {
        let x = FrontierX::Measure(Measure::Cost, Sense::Minimise);
        assert_eq!(Frontier::new(x, Measure::Cost, Sense::Maximise), Err(SameMeasure));
        assert!(Frontier::new(x, Measure::Line(LineIx::new(0)), Sense::Minimise).is_ok());
        assert!(Frontier::new(FrontierX::BudgetScale, Measure::Cost, Sense::Minimise).is_ok());
    }
}
