//! Causes of risk that several projects may share.

use crate::domain::{Portfolio, ProjectIx, Quantity};

/// A cause that quantities of several projects may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedCause {
    /// A risk driver (position in [`Portfolio::drivers`]).
    Driver(usize),
    /// A risk event (position in [`crate::domain::RiskRegister::events`]).
    Event(usize),
}

impl SharedCause {
    /// The causes of some quantities of a project, each once, in order.
    pub fn of(portfolio: &Portfolio, project: ProjectIx, quantities: &[Quantity]) -> Vec<Self> {
        let models = quantities.iter().filter_map(|&quantity| portfolio.factor(project, quantity));
        let drivers = models.flat_map(|model| &model.exposures).map(|exposure| Self::Driver(exposure.driver));
        let impacts = quantities.iter().flat_map(|&quantity| portfolio.risks().impacts(project, quantity));
        let mut causes: Vec<Self> = drivers.chain(impacts.map(|impact| Self::Event(impact.risk))).collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }
}
