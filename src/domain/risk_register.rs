//! What may happen to a plan beside its factors: delays, and risk events with what each does to the projects that it
//! hits.

use crate::ids::RiskId;
use crate::units::Probability;

use super::{ByProject, Distribution, FactorModel, ProjectIx, Quantity};

/// A risk event: it occurs in a trial or not, for all projects that it hits alike.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskEvent {
    /// Unique id.
    pub id: RiskId,
    /// Name for people.
    pub name: String,
    /// Probability that it occurs.
    pub probability: Probability,
}

/// What a risk event does to a quantity of a project if it occurs.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// Position of the event in [`RiskRegister::events`].
    pub risk: usize,
    /// The quantity.
    pub quantity: Quantity,
    /// The factor that its own factor is multiplied by; of a delay, the periods that are added.
    pub distribution: Distribution,
}

/// The risk events of a portfolio with their impacts, and how late projects may be without any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskRegister {
    events: Vec<RiskEvent>,
    impacts: ByProject<Vec<Impact>>,
    delays: ByProject<Option<FactorModel>>,
}

/// Reasons why parts make no risk register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskRegisterError {
    /// Events are not in the order of their ids, or an id is repeated.
    #[error("the risks are not in the order of their ids, or one is listed twice")]
    NotOrdered,
    /// An impact is of a risk that is not there, or a risk hits a quantity of a project twice.
    #[error("impacts do not fit the risks")]
    Misfit,
}

impl RiskRegister {
    /// Events (ordered by id), and per project what they do to it, rising by quantity and then by risk.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn new(events: Vec<RiskEvent>, impacts: ByProject<Vec<Impact>>) -> Result<Self, RiskRegisterError> {
        if !events.is_sorted_by(|one, next| one.id < next.id) {
            return Err(RiskRegisterError::NotOrdered);
        }
        let key = |impact: &Impact| (impact.quantity, impact.risk);
        let rises = |own: &Vec<Impact>| own.is_sorted_by(|one, next| key(one) < key(next));
        let is_there = |impact: &Impact| impact.risk < events.len();
        match impacts.iter().all(|own| rises(own) && own.iter().all(is_there)) {
            true => Ok(Self { events, impacts, delays: ByProject::default() }),
            false => Err(RiskRegisterError::Misfit),
        }
    }

    /// The same with a delay per project, in periods; `None`: it comes as planned unless an event hits it. What a
    /// distribution has below 0 or beyond [`Horizon::longest_delay`](super::Horizon::longest_delay) counts as that end.
    #[must_use]
    pub fn with_delays(self, delays: ByProject<Option<FactorModel>>) -> Self {
        Self { delays, ..self }
    }

    /// The events, ordered by id.
    pub fn events(&self) -> &[RiskEvent] {
        &self.events
    }

    /// What events may do to a quantity of a project, in their order. Events that never occur do nothing.
    pub fn impacts(&self, project: ProjectIx, quantity: Quantity) -> impl Iterator<Item = &Impact> {
        let own = self.impacts.get(project).map_or(&[][..], Vec::as_slice);
        own.iter().filter(move |impact| impact.quantity == quantity && self.probability(impact) > 0.0)
    }

    /// The delay of a project where no event hits it; `None`: it comes as planned.
    pub fn delay(&self, project: ProjectIx) -> Option<&FactorModel> {
        self.delays.get(project)?.as_ref()
    }

    /// True if a project may come later than planned, or always does.
    pub fn may_delay(&self, project: ProjectIx) -> bool {
        self.delay(project).is_some() || self.impacts(project, Quantity::Delay).next().is_some()
    }

    /// What events may do to any quantity of any project.
    pub fn all_impacts(&self) -> impl Iterator<Item = &Impact> {
        self.impacts.iter().flatten()
    }

    /// Probability that an impact comes.
    pub fn probability(&self, impact: &Impact) -> f64 {
        self.events[impact.risk].probability.value()
    }

    /// True if an impact comes in every trial, and is always the same.
    pub fn is_certain(&self, impact: &Impact) -> bool {
        self.probability(impact) == 1.0 && impact.distribution.is_certain()
    }

    /// True if it is of so many projects, or empty.
    pub(super) fn fits(&self, projects: usize) -> bool {
        [self.impacts.len(), self.delays.len()].iter().all(|&count| count == 0 || count == projects)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> RiskEvent {
        RiskEvent { id: id.into(), name: id.to_owned(), probability: Probability::ONE }
    }

    #[test]
    fn parts_are_checked() {
        let impact =
            |risk, quantity| Impact { risk, quantity, distribution: Distribution::Fixed { value: 1.2 } };
        let new = |events: &[&str], impacts: Vec<Impact>| {
            RiskRegister::new(events.iter().map(|id| event(id)).collect(), vec![impacts].into())
        };
        let (cost, benefit) = (Quantity::Cost, Quantity::Benefit);
        assert!(new(&["a", "b"], vec![impact(0, cost), impact(1, cost), impact(0, benefit)]).is_ok());
        assert_eq!(new(&["b", "a"], vec![]), Err(RiskRegisterError::NotOrdered));
        assert_eq!(new(&["a"], vec![impact(1, cost)]), Err(RiskRegisterError::Misfit));
        assert_eq!(new(&["a"], vec![impact(0, cost), impact(0, cost)]), Err(RiskRegisterError::Misfit));
    }
}
