//! Normal scores of quantities that are correlated pair by pair.
//!
//! Each quantity of a block has its own stream of scores, and is the sum of those of the members up to it, weighted by its row of the
//! lower Cholesky factor of their correlations (a Gaussian copula). So nothing outside a block changes its draws.

use rayon::prelude::*;

use crate::domain::{CorrelatedBlock, Correlations, Portfolio, ProjectIx, ProjectQuantity, Quantity};
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::{Term, accumulate};
use crate::simulate::kernel::view::View;

use super::plan::Design;
use super::streams::Stream;

/// The scores of the members of all blocks.
#[derive(Clone, Debug, Default)]
pub struct CorrelatedScores {
    /// Per block and member: its own scores; nothing in blocks of which nothing is drawn.
    own: Vec<Vec<Numbers>>,
}

impl CorrelatedScores {
    /// Draws the own scores of the members of each block of which something is drawn.
    pub fn draw(
        portfolio: &Portfolio,
        seed: u64,
        design: &Design,
        is_drawn: impl Fn(ProjectQuantity) -> bool + Sync,
    ) -> Self {
        let scores = |&(project, quantity): &ProjectQuantity| {
            let mut scores = Numbers::zeros(design.trials());
            design.scores(&stream_of(portfolio, seed, (project, quantity)), &mut scores);
            scores
        };
        let of_block = |block: &CorrelatedBlock| match block.members().iter().any(|&member| is_drawn(member))
        {
            true => block.members().par_iter().map(scores).collect(),
            false => Vec::new(),
        };
        Self { own: portfolio.correlations().blocks().iter().map(of_block).collect() }
    }

    /// Writes the scores of a quantity, trial by trial from trial `first` on; false if it is correlated with nothing.
    /// `correlations` are those of the portfolio.
    pub fn write(
        &self,
        correlations: &Correlations,
        (project, quantity): ProjectQuantity,
        first: usize,
        column: &mut [f64],
    ) -> bool {
        let Some((block, member)) = correlations.place(project, quantity) else { return false };
        let weights = correlations.blocks()[block].weights(member);
        let parts = weights.iter().zip(&self.own[block]).filter(|(weight, _)| **weight != 0.0);
        let terms: Vec<Term> = parts.map(|(&weight, scores)| (weight, View::Numbers(scores))).collect();
        column.fill(0.0);
        accumulate(column, &terms, first);
        true
    }
}

/// The stream of a quantity of a project.
pub fn stream_of(portfolio: &Portfolio, seed: u64, (project, quantity): (ProjectIx, Quantity)) -> Stream {
    Stream::of_factor(seed, portfolio.projects()[project].id.as_str(), quantity.as_str())
}
