//! Ways to pay for a project that need a column.
//!
//! Where several lines may pay a cost, each way to pay has a column of its own, as each start has. A line that nothing
//! limits and nothing measures can pay for any number of projects: then the columns of the other payers could only make
//! the program larger and full of equals, so that they are left out. The first payers as written are put in their place
//! once options are found ([`crate::optimise::verify::first_payers`]).

use crate::domain::{Cost, Goal, LineIx, Measure, PaymentIx, Project, ProjectIx};
use crate::finance::Valuation;

/// Payers that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payers {
    /// Those that make a difference to the scenario's limits and its goal.
    OfScenario,
    /// All: for other measures than those of the scenario.
    All,
}

impl Payers {
    /// Per way to pay for a project: the way whose column stands for it.
    pub fn columns(self, valuation: &Valuation, project: ProjectIx) -> Vec<PaymentIx> {
        let project = &valuation.portfolio().projects()[project];
        let payments = (0..project.payments()).map(PaymentIx::new);
        match self {
            Self::All => payments.collect(),
            Self::OfScenario => payments.map(|payment| stand_in(valuation, project, payment)).collect(),
        }
    }
}

/// The way to pay in which every cost that an unlimited line may pay is paid by that line.
fn stand_in(valuation: &Valuation, project: &Project, payment: PaymentIx) -> PaymentIx {
    let payers: Vec<LineIx> = (project.costs.iter().zip(project.payers(payment)))
        .map(|(cost, payer)| match cost.shares {
            true => payer,
            false => unlimited_payer(valuation, cost).unwrap_or(payer),
        })
        .collect();
    project.payment(&payers)
}

/// The first line that may pay a cost and could pay any number of costs: nothing limits it and nothing measures any
/// of the payers. `None` as well where a cost frees money, or is not the same for all payers.
pub fn unlimited_payer(valuation: &Valuation, cost: &Cost) -> Option<LineIx> {
    let scenario = valuation.scenario();
    let scale = scenario.scales.costs[cost.line];
    let is_plain = cost.profile.iter().all(|amount| amount.value() >= 0.0)
        && scale >= 0.0
        && !valuation.has_costs_that_free_money()
        // What lines share has the factor of the first.
        && cost.payers().all(|line| {
            (cost.shares || scenario.scales.costs[line] == scale) && !is_measured(valuation, line)
        });
    cost.payers().find(|&line| is_plain && !cost.others.is_empty() && scenario.limits.lines[line].is_none())
}

/// True if a goal or a limit of the scenario measures a line.
fn is_measured(valuation: &Valuation, line: LineIx) -> bool {
    let scenario = valuation.scenario();
    let by_goal = match &scenario.goal {
        Goal::Single { measure, .. } => *measure == Measure::Line(line),
        Goal::Mix(parts) => parts.iter().any(|(measure, _)| *measure == Measure::Line(line)),
    };
    let by_next = scenario.next_goals.contains(&Measure::Line(line));
    by_goal || by_next || scenario.named_limits.iter().any(|limit| limit.measure() == Measure::Line(line))
}
