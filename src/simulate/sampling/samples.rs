//! The random futures, drawn once for all options of all scenarios.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::domain::{
    ByProject, Portfolio, ProjectIx, ProjectQuantity, Quantity, Selection, SimulationSettings,
};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress, Silent, Stage};

use super::causes::SharedCause;
use super::correlated::CorrelatedScores;
use super::delays::Delay;
use super::dimensions;
use super::events::Occurrences;
use super::factors::{Extent, Factor, ProjectFactors};
use super::marginal::PertTables;
use super::plan::Design;
use super::project_draw::{ProjectDraw, World};
use super::sample_matrix::{Columns, Layout, Room};
use super::streams::Stream;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::Term;
use crate::simulate::kernel::shape::Shape;
use crate::simulate::kernel::view::View;

/// The same random futures for every option of every scenario (common random numbers).
///
/// Every uncertain quantity, driver, risk event, impact and success has a random stream of its own, keyed by the seed and its names: adding
/// or dropping a project, another number of threads or one more scenario change no other draw.
///
/// Memory: 8 bytes per trial and uncertain quantity that something depends on, at most three for a project (cost,
/// benefit, demand) and one more where it has effects on key results, and 1 for its success. 100 000 trials of 120 projects take 286 MiB at the very most.
/// A delay takes as much, and again for each quantity and each whole period that it may be long.
#[derive(Clone, Debug)]
pub struct Samples {
    design: Design,
    factors: ByProject<ProjectFactors>,
    delays: ByProject<Delay>,
    columns: Columns,
    extents: Vec<Extent>,
    /// The scores of every driver that a quantity follows; nothing for the others.
    drivers: Vec<Numbers>,
    occurrences: Occurrences,
    /// The projects whose quantities are drawn; those of others are as planned and may not be asked for.
    drawn: ByProject<bool>,
    /// Per kind of output variable that a scenario can have: about where percentiles lie, once that is known of one.
    shapes: OnceLock<Vec<OnceLock<Shape>>>,
}

impl Samples {
    /// Draws all uncertain quantities of a portfolio.
    ///
    /// # Errors
    /// If there are fewer trials than [`SimulationSettings::FEWEST_TRIALS`], or the run is cancelled.
    pub fn draw(
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        let all = ByProject::filled(true, portfolio.projects().len());
        Self::draw_where(all, portfolio, settings, progress, cancel)
    }

    /// Draws the uncertain quantities of the projects that any of these selections holds: the same numbers as
    /// [`Samples::draw`], without the time and the memory that all others take.
    ///
    /// # Errors
    /// As [`Samples::draw`].
    pub fn draw_of(
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        selections: &[&Selection],
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        let mut projects = ByProject::filled(false, portfolio.projects().len());
        let chosen = selections.iter().flat_map(|selection| selection.projects());
        chosen.for_each(|project| projects[project] = true);
        Self::draw_where(projects, portfolio, settings, progress, cancel)
    }

    fn draw_where(
        projects: ByProject<bool>,
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        if settings.trials < SimulationSettings::FEWEST_TRIALS {
            return Err(SimulateError::TooFewTrials(settings.trials));
        }
        let draw = |(project, &is_wanted): (ProjectIx, &bool)| {
            let draw = ProjectDraw::new(portfolio, project);
            if is_wanted { draw } else { draw.made_certain() }
        };
        let draws: Vec<ProjectDraw> = projects.iter_enumerated().map(draw).collect();
        progress.begin(Stage::Sample, draws.iter().map(|draw| draw.quantities() as u64).sum());
        let samples = fill(portfolio, settings, (&draws, projects, None), progress, cancel);
        progress.finish(Stage::Sample);
        samples
    }

    /// Draws those of these quantities that share a cause once more, without it: a driver at its median in all trials, an
    /// event that never occurs. All else is as it was drawn before: what follows a driver varies by itself and with the
    /// others. Projects that the cause does not touch are as planned. `settings` are those of these samples, but for the
    /// number of trials.
    ///
    /// # Errors
    /// As [`Samples::draw`].
    pub fn draw_without(
        &self,
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        cause: SharedCause,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        let settings = SimulationSettings { trials: self.trials(), ..settings.clone() };
        let draw = |(project, &is_drawn): (ProjectIx, &bool)| {
            let is_touched = SharedCause::of(portfolio, project, &Quantity::ALL).contains(&cause);
            let draw = ProjectDraw::new(portfolio, project);
            if is_drawn && is_touched { draw } else { draw.made_certain() }
        };
        let draws: Vec<ProjectDraw> = self.drawn.iter_enumerated().map(draw).collect();
        fill(portfolio, &settings, (&draws, self.drawn.clone(), Some(cause)), &Silent, cancel)
    }

    /// Whether these samples tell of these selections.
    ///
    /// # Errors
    /// If they are of a portfolio with another number of projects, or a project of a selection is not drawn.
    pub fn cover(&self, valuation: &Valuation, selections: &[&Selection]) -> Result<(), SimulateError> {
        if self.factors.len() != valuation.portfolio().projects().len() {
            return Err(SimulateError::OtherPortfolio);
        }
        let mut projects = selections.iter().flat_map(|selection| selection.projects());
        if projects.all(|project| self.drawn[project]) { Ok(()) } else { Err(SimulateError::NotDrawn) }
    }

    /// A number per trial that tells of a cause: the normal score of a driver, 1 where an event occurs; nothing if it
    /// touches no quantity.
    pub fn scores_of(&self, cause: SharedCause) -> &[f64] {
        match cause {
            SharedCause::Driver(driver) => &self.drivers[driver],
            SharedCause::Event(event) => self.occurrences.of(event),
        }
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.design.trials()
    }

    /// Per trial: the factor on a quantity of a project, or the periods of its delay. For benefits and effects it is 0
    /// in trials in which the project fails. A quantity of which the project has nothing is as planned. The project must be
    /// drawn.
    pub fn factors(&self, project: ProjectIx, quantity: Quantity) -> Vec<f64> {
        debug_assert!(self.drawn[project], "the project was left out when samples were drawn");
        let factors = &self.factors[project];
        let factor = match quantity {
            Quantity::Cost => &factors.cost,
            Quantity::Benefit => &factors.benefit,
            Quantity::Demand => &factors.demand,
            Quantity::Effect => &factors.effect,
            Quantity::Delay => return self.delays[project].in_trials(self.trials()),
        };
        self.column(factor.whole)
    }

    /// Per trial: 1 if the project succeeds, 0 if it fails. The project must be drawn.
    pub fn successes(&self, project: ProjectIx) -> Vec<f64> {
        debug_assert!(self.drawn[project], "the project was left out when samples were drawn");
        self.column(self.factors[project].success)
    }

    /// Per trial: a factor.
    pub(super) fn column(&self, factor: Factor) -> Vec<f64> {
        let Some(column) = factor.column else { return vec![factor.scale; self.trials()] };
        match self.column_of(column) {
            View::Numbers(numbers) => numbers.iter().map(|number| factor.scale * number).collect(),
            View::Flags(flags) => flags.iter().map(|&flag| factor.scale * f64::from(flag)).collect(),
        }
    }

    /// Per trial: the normal score of a driver (position); nothing if no quantity follows it.
    pub fn driver_scores(&self, driver: usize) -> &[f64] {
        &self.drivers[driver]
    }

    /// How trials are drawn.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The factors of each project.
    pub fn project_factors(&self) -> &ByProject<ProjectFactors> {
        &self.factors
    }

    /// The values of a column, trial by trial.
    pub fn column_of(&self, column: usize) -> View<'_> {
        self.columns.view(column)
    }

    /// The columns of terms, with their coefficients.
    pub fn columns_of(&self, terms: &[(usize, f64)]) -> Vec<Term<'_>> {
        terms.iter().map(|&(column, amount)| (amount, self.column_of(column))).collect()
    }

    /// Approximate positions of the percentiles of each kind of output variable, of `kinds` kinds in all scenarios of
    /// the portfolio.
    pub fn shapes(&self, kinds: usize) -> &[OnceLock<Shape>] {
        self.shapes.get_or_init(|| vec![OnceLock::new(); kinds])
    }

    /// The mean of a column.
    pub fn mean_of(&self, column: usize) -> f64 {
        self.extents[column].mean
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

/// Draws everything, but for one cause.
fn fill(
    portfolio: &Portfolio,
    settings: &SimulationSettings,
    (draws, drawn, without): (&[ProjectDraw], ByProject<bool>, Option<SharedCause>),
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Samples, SimulateError> {
    let (seed, design) = (settings.seed, Design::new(settings));
    let tables = PertTables::new(portfolio);
    let design = match design.has_dimensions() {
        true => design.with_dimensions(dimensions::in_order(portfolio, seed, &tables)),
        false => design,
    };
    let [at_median, never] = match without {
        Some(SharedCause::Driver(driver)) => [Some(driver), None],
        Some(SharedCause::Event(event)) => [None, Some(event)],
        None => [None, None],
    };
    let drivers = drivers(portfolio, seed, &design, (draws, at_median));
    let occurrences = Occurrences::draw(portfolio, seed, &design, never);
    let is_drawn = |(project, quantity): ProjectQuantity| draws[project.index()].draws(quantity);
    let correlated = CorrelatedScores::draw(portfolio, seed, &design, is_drawn);
    let world = World { seed, design: &design, drivers, correlated, occurrences, tables };
    // How many columns a delay takes is only known once it is drawn.
    let longest = portfolio.horizon().longest_delay();
    let delays: Vec<Delay> = (draws.par_iter())
        .map_init(Numbers::default, |buffer, draw| draw.delay(&world, longest, buffer))
        .collect();
    let mut layout = Layout::default();
    let laid_out = draws.iter().zip(&delays).map(|(draw, delay)| draw.layout(delay, &mut layout));
    let factors: Vec<ProjectFactors> = laid_out.collect();
    let mut columns = Columns::new(layout, design.trials());
    let fill = |buffers: &mut [Numbers; 2], ((draw, delay), room): ((&ProjectDraw, &Delay), Room)| {
        if cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        let extents = draw.fill(&world, (delay, room), buffers);
        progress.advance(Stage::Sample, draw.quantities() as u64);
        Ok(extents)
    };
    let rooms = columns.rooms(draws.iter().zip(&delays).map(|(draw, delay)| draw.counts(delay)));
    let extents: Vec<Vec<Extent>> = (draws.par_iter().zip(&delays).zip(rooms))
        .map_init(Default::default, fill)
        .collect::<Result<_, SimulateError>>()?;
    let extents: Vec<Extent> = extents.into_iter().flatten().collect();
    let factors = factors.into_iter().map(|factors| factors.drawn(&extents)).collect();
    let World { drivers, occurrences, .. } = world;
    let delays = delays.into();
    let shapes = OnceLock::new();
    Ok(Samples { design, factors, delays, columns, extents, drivers, occurrences, drawn, shapes })
}
