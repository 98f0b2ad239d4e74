//! What is drawn before the columns of projects, and shared by them.

use rayon::prelude::*;

use crate::domain::Portfolio;
use crate::simulate::kernel::aligned_buffer::Numbers;

use super::causes::SharedCause;
use super::correlated::CorrelatedScores;
use super::events::Occurrences;
use super::marginal::PertTables;
use super::plan::{Design, Stretch};
use super::project_draw::{ProjectDraw, World};
use super::streams::Stream;

/// Inputs of all draws of a portfolio.
#[derive(Clone, Debug)]
pub struct Inputs {
    seed: u64,
    /// The scores of every driver that a quantity follows; nothing for the others.
    pub drivers: Vec<Numbers>,
    /// The trials in which risk events occur.
    pub occurrences: Occurrences,
    correlated: CorrelatedScores,
    tables: PertTables,
}

impl Inputs {
    /// Draws them, but for one cause. `draws` are those of all projects.
    pub fn draw(
        (portfolio, seed): (&Portfolio, u64),
        design: &Design,
        tables: PertTables,
        (draws, without): (&[ProjectDraw], Option<SharedCause>),
    ) -> Self {
        let [at_median, never] = match without {
            Some(SharedCause::Driver(driver)) => [Some(driver), None],
            Some(SharedCause::Event(event)) => [None, Some(event)],
            None => [None, None],
        };
        let drivers = drivers(portfolio, seed, design, (draws, at_median));
        let occurrences = Occurrences::draw(portfolio, seed, design, never);
        let correlated = CorrelatedScores::draw(portfolio, seed, design, |(project, quantity)| {
            draws[project.index()].draws(quantity)
        });
        Self { seed, drivers, occurrences, correlated, tables }
    }

    /// What some trials of the portfolio are drawn from.
    pub fn world<'a>(&'a self, portfolio: &'a Portfolio, trials: Stretch<'a>) -> World<'a> {
        World {
            seed: self.seed,
            trials,
            drivers: &self.drivers,
            correlated: &self.correlated,
            correlations: portfolio.correlations(),
            occurrences: &self.occurrences,
            tables: &self.tables,
        }
    }

    /// The same without what is of no use once all columns are drawn.
    #[must_use]
    pub fn used_up(self) -> Self {
        Self { correlated: CorrelatedScores::default(), tables: PertTables::default(), ..self }
    }
}

/// The scores of every driver that a quantity follows; one may be at its median in all trials.
fn drivers(
    portfolio: &Portfolio,
    seed: u64,
    design: &Design,
    (draws, at_median): (&[ProjectDraw], Option<usize>),
) -> Vec<Numbers> {
    let mut is_followed = vec![false; portfolio.drivers().len()];
    draws.iter().flat_map(ProjectDraw::exposures).for_each(|exposure| is_followed[exposure.driver] = true);
    (portfolio.drivers().par_iter().zip(is_followed).enumerate())
        .map(|(place, (driver, is_followed))| {
            if !is_followed {
                return Numbers::default();
            }
            let mut scores = Numbers::zeros(design.trials());
            if at_median == Some(place) {
                return scores;
            }
            design.scores(&Stream::of_driver(seed, driver.id.as_str()), &mut scores);
            scores
        })
        .collect()
}
