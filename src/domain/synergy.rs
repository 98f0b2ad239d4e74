//! Synergies: the value of several projects together, beyond that of each alone.

use crate::ids::SynergyId;

use super::ProjectIx;

/// The quantity that a synergy adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynergyEffect {
    /// Strategic value.
    StrategicValue,
    /// Benefit, as an undiscounted total that is spread as the members' own benefits are.
    Benefit,
    /// Cost, as an undiscounted total that is spread as the members' own costs are.
    Cost,
}

impl SynergyEffect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::StrategicValue, Self::Benefit, Self::Cost];

    /// The word that the tables use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StrategicValue => "strategic_value",
            Self::Benefit => "benefit",
            Self::Cost => "cost",
        }
    }
}

/// An amount that is added when enough of several projects are chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Synergy {
    id: SynergyId,
    members: Vec<ProjectIx>,
    at_least: usize,
    effect: SynergyEffect,
    amount: f64,
}

/// Reasons why parts make no synergy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SynergyError {
    /// There are fewer than two members.
    #[error("a synergy needs at least two projects")]
    TooFew,
    /// A member is repeated.
    #[error("a project of a synergy is listed twice")]
    Repeated,
    /// It would hold with no member, or needs more than there are.
    #[error("a synergy must need between one and all of its projects")]
    AtLeast,
    /// It adds nothing, or not a number.
    #[error("the amount of a synergy is 0 or not a finite number")]
    Amount,
}

impl Synergy {
    /// A synergy of members (projects in any order), of which `at_least` must be chosen. The amount may
    /// be negative; it is in units of strategic value or of money.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn new(
        id: SynergyId,
        mut members: Vec<ProjectIx>,
        at_least: usize,
        effect: SynergyEffect,
        amount: f64,
    ) -> Result<Self, SynergyError> {
        members.sort_unstable();
        if members.len() < 2 {
            return Err(SynergyError::TooFew);
        }
        if members.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(SynergyError::Repeated);
        }
        if !(1..=members.len()).contains(&at_least) {
            return Err(SynergyError::AtLeast);
        }
        if !amount.is_finite() || amount == 0.0 {
            return Err(SynergyError::Amount);
        }
        Ok(Self { id, members, at_least, effect, amount })
    }

    /// Unique id.
    pub fn id(&self) -> &SynergyId {
        &self.id
    }

    /// Its projects, rising; at least two.
    pub fn members(&self) -> &[ProjectIx] {
        &self.members
    }

    /// Number of its members that must be chosen for it to hold: from 1 to all.
    pub fn at_least(&self) -> usize {
        self.at_least
    }

    /// The quantity that it adds to.
    pub fn effect(&self) -> SynergyEffect {
        self.effect
    }

    /// The amount that it adds if it holds, in units of strategic value or of money (undiscounted); never 0.
    pub fn amount(&self) -> f64 {
        self.amount
    }

    /// True if it holds, given the chosen projects.
    pub fn holds(&self, is_chosen: impl Fn(ProjectIx) -> bool) -> bool {
        self.members.iter().filter(|&&project| is_chosen(project)).count() >= self.at_least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synergy(members: &[usize], at_least: usize, amount: f64) -> Result<Synergy, SynergyError> {
        let members = members.iter().copied().map(ProjectIx::new).collect();
        Synergy::new("s".into(), members, at_least, SynergyEffect::Cost, amount)
    }

    #[test]
    fn parts_are_checked() {
        assert_eq!(synergy(&[1], 1, 5.0), Err(SynergyError::TooFew));
        assert_eq!(synergy(&[1, 2, 1], 2, 5.0), Err(SynergyError::Repeated));
        assert_eq!(synergy(&[1, 2], 3, 5.0), Err(SynergyError::AtLeast));
        assert_eq!(synergy(&[1, 2], 0, 5.0), Err(SynergyError::AtLeast));
        assert_eq!(synergy(&[1, 2], 2, 0.0), Err(SynergyError::Amount));
        assert_eq!(synergy(&[1, 2], 2, f64::INFINITY), Err(SynergyError::Amount));
        assert_eq!(synergy(&[2, 1], 2, -5.0).unwrap().members(), [1, 2].map(ProjectIx::new));
    }

    #[test]
    fn it_holds_from_the_number_asked_for() {
        let two_of_three = synergy(&[0, 3, 5], 2, 1.0).unwrap();
        assert!(!two_of_three.holds(|project| project.index() == 3));
        assert!(two_of_three.holds(|project| project.index() >= 3));
    }
}
