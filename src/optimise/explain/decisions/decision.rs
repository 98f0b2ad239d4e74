//! Decisions about projects, with the effect of reversing each.

use crate::domain::{ByProject, ProjectIx};
use crate::optimise::formulate::row_key::RowKey;

/// Effect of reversing one decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversal {
    /// The best selection with the decision reversed exists.
    Possible {
        /// Loss of its objective against that of the explained option. Negative where it is better by the objective:
        /// the option is then first by a tie-break, or is proven only to a gap.
        loss: f64,
        /// Proven lower bound on the loss, over unknown selections, too.
        least: f64,
        /// Proven upper bound on the loss. For the option that is best by the objective, also against the best
        /// selection possible, which is better by the option's gap at most.
        most: f64,
        /// True if the best selection with the decision reversed is proven to the gap asked for.
        is_proven: bool,
        /// Other projects in that selection and not in the option.
        enter: Vec<ProjectIx>,
        /// Other projects in the option and not in that selection.
        leave: Vec<ProjectIx>,
    },
    /// Proven: no selection with the decision reversed satisfies the scenario.
    Impossible,
    /// A limit was reached before any such selection was found.
    Unknown {
        /// Proven lower bound on the loss; −∞ where nothing is proven.
        least: f64,
    },
}

/// The factor on the cost of a project at which the decision about it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// Largest factor known to allow a selection with the project as good as the best known without it.
    pub factor: f64,
    /// Largest factor known to allow one as good as any without it can be.
    pub least: f64,
    /// Proven upper bound: beyond it no selection with the project is as good as the best known without it.
    pub most: f64,
}

/// The strategic value of a project at which the decision about it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEvenScore {
    /// From the known selections.
    pub score: f64,
    /// Proven lower bound on the score.
    pub least: f64,
    /// Proven upper bound on the score.
    pub most: f64,
}

/// The decision about one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectDecision {
    /// True if the option chooses it.
    pub is_in: bool,
    /// Share of the options that choose it.
    pub frequency: f64,
    /// Constraints that bind the decision, with the decision that the scenario prescribes, if any. For an unchosen
    /// project: all constraints that it alone would violate if added, at the start with the fewest of them, and the
    /// synergies that it would complete to a loss. For a chosen one: the budgets and capacities that it uses under
    /// which no unchosen project that needs them fits or its own share cannot grow, all constraints violated if it
    /// alone were removed, and the synergies that would be lost.
    pub binding: Vec<RowKey>,
    /// True if the objective, penalties included, would rise if it alone were added, without regard to hard limits.
    pub is_worth_adding: bool,
    /// Effect of reversing the decision.
    pub reversal: Reversal,
    /// Factor on its own cost at which the best selection with it is as good as the best without it; `None` if no
    /// factor from 0 to 100 achieves that, or none was found.
    pub break_even_cost: Option<BreakEven>,
    /// Its strategic value at which the two are equal; `None` where the objective does not count strategic value, or a
    /// named limit does.
    pub break_even_score: Option<BreakEvenScore>,
}

/// The decisions of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// The explained option, by its position in the order of the objective.
    pub option: usize,
    /// True if no other option has a better objective.
    pub is_best: bool,
    /// Per project, in the order of the portfolio.
    pub projects: ByProject<ProjectDecision>,
    /// Number of programs solved.
    pub solves: usize,
    /// Number of reversals not proven to the gap, since a limit was reached first.
    pub unproven: usize,
}
