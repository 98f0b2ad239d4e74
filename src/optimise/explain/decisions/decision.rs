//! Decisions about projects, with what reversing each would mean.

use crate::optimise::formulate::row_key::RowKey;

/// What happens if one decision is reversed.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversal {
    /// The best selection then.
    Possible {
        /// By how much its objective is worse than that of the option that is explained. Negative where the best selection
        /// with the decision reversed is better by the objective: the option is then first by something else, or is
        /// proven only to a gap.
        loss: f64,
        /// It is proven that the loss is at least this, whatever selections are not known yet.
        least: f64,
        /// It is proven that the loss is at most this. Of the option that is best by the objective: also against the best
        /// selection there may be, which is better by the option's gap at most.
        most: f64,
        /// Whether the best selection then is proven to the gap asked for.
        is_proven: bool,
        /// Other projects that are chosen then and not now.
        enter: Vec<usize>,
        /// Other projects that are chosen now and not then.
        leave: Vec<usize>,
    },
    /// It is proven that no selection satisfies the scenario then.
    Impossible,
    /// A limit was met before any selection was found.
    Unknown {
        /// It is proven that the loss is at least this; infinite below zero where nothing is proven.
        least: f64,
    },
}

/// The factor on the cost of a project at which the decision about it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// Up to here a selection with the project is known that is as good as the best known without it.
    pub factor: f64,
    /// Up to here one is known that is as good as any without it can be.
    pub least: f64,
    /// Beyond this, it is proven, there is none as good as the best known without it.
    pub most: f64,
}

/// The strategic value of a project at which the decision about it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEvenScore {
    /// By what is known.
    pub score: f64,
    /// It is proven that it turns at no less.
    pub least: f64,
    /// It is proven that it turns at no more.
    pub most: f64,
}

/// The decision about one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectDecision {
    /// Whether the option chooses it.
    pub is_in: bool,
    /// The share of the options that choose it.
    pub frequency: f64,
    /// What is decided about it beforehand. Of a project that is out: all constraints that it alone would break if it were
    /// added, at the start at which these are fewest, and the synergies that it would complete to a loss. Of one that is
    /// in: the budgets and capacities that it uses under which no project that is out and needs them would fit or its own
    /// share could not grow, all constraints that would be broken if it alone were taken out, and the synergies that
    /// would be lost.
    pub binding: Vec<RowKey>,
    /// Whether the objective, penalties included, would rise if it alone were added, hard limits aside.
    pub is_worth_adding: bool,
    /// What reversing the decision means.
    pub reversal: Reversal,
    /// The factor on its own cost at which the best selection with it is as good as the best without it; `None` where no
    /// factor from 0 to 100 does it, or none was found.
    pub break_even_cost: Option<BreakEven>,
    /// Its strategic value at which that is so; `None` where the objective does not count it, or a limit that the batch
    /// file names does.
    pub break_even_score: Option<BreakEvenScore>,
}

/// The decisions of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// The option that they are about: its position in the order of the objective.
    pub option: usize,
    /// Whether no other option has a better objective.
    pub is_best: bool,
    /// Per project, in the order of the portfolio.
    pub projects: Vec<ProjectDecision>,
    /// How many programs were solved for them.
    pub solves: usize,
    /// How many of the reversals are not proven to the gap, as a limit was met first.
    pub unproven: usize,
}
