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

/// A frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frontier {
    x: FrontierX,
    y: Measure,
    y_sense: Sense,
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
            _ => Ok(Self { x, y, y_sense }),
        }
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
