//! The random futures, drawn once for all options of all scenarios.

use std::convert::Infallible;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::domain::{ByProject, Portfolio, ProjectIx, Quantity, Selection, SimulationSettings};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress, Silent, Stage};

use super::causes::SharedCause;
use super::delays::Delay;
use super::dimensions;
use super::factors::{Extent, Factor, ProjectFactors};
use super::inputs::Inputs;
use super::marginal::PertTables;
use super::plan::Design;
use super::project_draw::{ProjectDraw, Wanted, World};
use super::recipe::{Block, DrawnFrom, LaidOut, Recipe, first_stretch};
use super::sample_matrix::{Columns, Layout, Room};
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::shape::Shape;
use crate::simulate::kernel::view::View;

/// The same random futures for every option of every scenario (common random numbers).
///
/// Every uncertain quantity, driver, risk event, impact and success has a random stream of its own, keyed by the seed and its names: adding
/// or dropping a project, another number of threads or one more scenario change no other draw.
///
/// Memory: 8 bytes per trial and uncertain quantity that something depends on, at most three for a project (cost,
/// benefit, demand) and one more where it has effects on key results, and 1 for its success. 100 000 trials of 120 projects take 286 MiB at the very most.
/// A delay takes as much, and again for each quantity and each whole period that it may be long. Columns that would take
/// more than 512 MiB together are not held, but drawn again, block by block, wherever they are needed: the same numbers,
/// bit by bit. Then a block takes memory: 8 bytes per column that is needed and trial of it, of which a block has about
/// 32 000, or one replicate of the design if that is more. Scores of drivers, occurrences of events and what is correlated pair by pair are held in any case.
#[derive(Clone, Debug)]
pub struct Samples {
    design: Design,
    factors: ByProject<ProjectFactors>,
    delays: ByProject<Delay>,
    store: Store,
    extents: Vec<Extent>,
    inputs: Inputs,
    /// The projects whose quantities are drawn; those of others are as planned and may not be asked for.
    drawn: ByProject<bool>,
    /// Per kind of output variable that a scenario can have: about where percentiles lie, once that is known of one.
    shapes: OnceLock<Vec<OnceLock<Shape>>>,
}

/// The columns.
#[derive(Clone, Debug)]
enum Store {
    /// In memory.
    Held(Columns),
    /// Drawn again wherever they are needed.
    DrawnAgain(Box<Recipe>),
}

/// Bytes that columns may take together to be held.
const MOST_HELD: usize = 512 << 20;

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
        Self::draw_within(portfolio, settings, MOST_HELD, progress, cancel)
    }

    /// As [`Samples::draw`], but with columns that are held only if they take at most so many bytes together. Nothing that is
    /// told of them depends on it.
    ///
    /// # Errors
    /// As [`Samples::draw`].
    pub fn draw_within(
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        most_held: usize,
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        let all = ByProject::filled(true, portfolio.projects().len());
        Self::draw_where((all, most_held), portfolio, settings, progress, cancel)
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
        Self::draw_where((projects, MOST_HELD), portfolio, settings, progress, cancel)
    }

    /// The quantities of these projects; columns of at most so many bytes are held.
    fn draw_where(
        (projects, most_held): (ByProject<bool>, usize),
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
        let samples = fill((portfolio, settings), (&draws, projects, None), most_held, progress, cancel);
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
        let draws = (&draws[..], self.drawn.clone(), Some(cause));
        fill((portfolio, &settings), draws, MOST_HELD, &Silent, cancel)
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
            SharedCause::Driver(driver) => &self.inputs.drivers[driver],
            SharedCause::Event(event) => self.inputs.occurrences.of(event),
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
        self.first_factors(project, quantity, self.trials())
    }

    /// As [`Samples::factors`], of this number of trials.
    pub fn first_factors(&self, project: ProjectIx, quantity: Quantity, count: usize) -> Vec<f64> {
        debug_assert!(self.drawn[project], "the project was left out when samples were drawn");
        let factors = &self.factors[project];
        let factor = match quantity {
            Quantity::Cost => &factors.cost,
            Quantity::Benefit => &factors.benefit,
            Quantity::Demand => &factors.demand,
            Quantity::Effect => &factors.effect,
            Quantity::Delay => return self.delays_of(project, count),
        };
        self.first_of(factor.whole, count)
    }

    /// Per trial: 1 if the project succeeds, 0 if it fails. The project must be drawn.
    pub fn successes(&self, project: ProjectIx) -> Vec<f64> {
        self.first_successes(project, self.trials())
    }

    /// As [`Samples::successes`], of this number of trials.
    pub fn first_successes(&self, project: ProjectIx, count: usize) -> Vec<f64> {
        debug_assert!(self.drawn[project], "the project was left out when samples were drawn");
        self.first_of(self.factors[project].success, count)
    }

    /// Per trial: a factor.
    pub(super) fn column(&self, factor: Factor) -> Vec<f64> {
        self.first_of(factor, self.trials())
    }

    /// Of each of this number of trials: a factor.
    fn first_of(&self, factor: Factor, count: usize) -> Vec<f64> {
        let Some(column) = factor.column else { return vec![factor.scale; count.min(self.trials())] };
        let mut values = Vec::with_capacity(count.min(self.trials()));
        let add = |block: &Block| {
            let rest = count - values.len();
            match block.view(column) {
                View::Numbers(numbers) => {
                    values.extend(numbers.iter().take(rest).map(|number| factor.scale * number))
                }
                View::Flags(flags) => {
                    values.extend(flags.iter().take(rest).map(|&flag| factor.scale * f64::from(flag)))
                }
            }
            // That there are enough ends it as an error would.
            if values.len() == count { Err(()) } else { Ok(()) }
        };
        let (Ok(()) | Err(())) = self.try_each_block([column], add);
        values
    }

    /// Of each of this number of trials: the periods of a delay.
    fn delays_of(&self, project: ProjectIx, count: usize) -> Vec<f64> {
        let mut delays = vec![0.0; count.min(self.trials())];
        let Store::DrawnAgain(recipe) = &self.store else {
            self.delays[project].fill(&mut delays);
            return delays;
        };
        let from = self.drawn_from();
        for (trials, delay) in recipe.delays_of(&from, (project, &self.delays[project])) {
            let Some(rest) = delays.get_mut(trials.first()..).filter(|rest| !rest.is_empty()) else { break };
            let count = trials.count().min(rest.len());
            delay.fill(&mut rest[..count]);
        }
        delays
    }

    /// Per trial: the normal score of a driver (position); nothing if no quantity follows it.
    pub fn driver_scores(&self, driver: usize) -> &[f64] {
        &self.inputs.drivers[driver]
    }

    /// How trials are drawn.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The factors of each project.
    pub fn project_factors(&self) -> &ByProject<ProjectFactors> {
        &self.factors
    }

    /// All trials of all columns, if they are held.
    pub fn held(&self) -> Option<Block<'_>> {
        match &self.store {
            Store::Held(columns) => Some(Block::new(columns, 0..self.trials())),
            Store::DrawnAgain(_) => None,
        }
    }

    /// Visits all trials in order, block by block, with these columns (positions): in one block if they are held, else in
    /// blocks of tens of thousands of trials that are drawn for it.
    pub fn each_block(&self, columns: impl IntoIterator<Item = usize>, mut visit: impl FnMut(&Block)) {
        let Ok(()) = self.try_each_block(columns, |block| {
            visit(block);
            Ok::<(), Infallible>(())
        });
    }

    /// The same until a visit returns an error.
    ///
    /// # Errors
    /// What a visit returns.
    pub fn try_each_block<E>(
        &self,
        columns: impl IntoIterator<Item = usize>,
        mut visit: impl FnMut(&Block) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.store {
            Store::Held(held) => visit(&Block::new(held, 0..self.trials())),
            Store::DrawnAgain(recipe) => recipe.each_block(self.drawn_from(), &self.delays, columns, visit),
        }
    }

    fn drawn_from(&self) -> DrawnFrom<'_> {
        DrawnFrom { design: &self.design, inputs: &self.inputs }
    }

    /// Approximate positions of the percentiles of each kind of output variable, of `kinds` kinds in all scenarios of
    /// the portfolio.
    pub fn shapes(&self, kinds: usize) -> &[OnceLock<Shape>] {
        self.shapes.get_or_init(|| vec![OnceLock::new(); kinds])
    }

    /// About the mean of a column.
    pub fn mean_of(&self, column: usize) -> f64 {
        self.extents[column].mean
    }
}

/// Draws everything, but for one cause. Columns of at most so many bytes are held.
fn fill(
    (portfolio, settings): (&Portfolio, &SimulationSettings),
    (draws, drawn, without): (&[ProjectDraw], ByProject<bool>, Option<SharedCause>),
    most_held: usize,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Samples, SimulateError> {
    let (seed, design) = (settings.seed, Design::new(settings));
    let tables = PertTables::new(portfolio);
    let design = match design.has_dimensions() {
        true => design.with_dimensions(dimensions::in_order(portfolio, seed, &tables)),
        false => design,
    };
    let inputs = Inputs::draw((portfolio, seed), &design, tables, (draws, without));
    let done = |draw: &ProjectDraw| progress.advance(Stage::Sample, draw.quantities() as u64);
    let quantities: usize = draws.iter().map(ProjectDraw::quantities).sum();
    let (store, inputs, laid_out) = if quantities * design.trials() * size_of::<f64>() > most_held {
        let from = DrawnFrom { design: &design, inputs: &inputs };
        let (recipe, laid_out) = Recipe::new(portfolio, draws, from, (&done, cancel))?;
        (Store::DrawnAgain(Box::new(recipe)), inputs, laid_out)
    } else {
        let limits = (portfolio.horizon().longest_delay(), first_stretch(&design));
        let (columns, laid_out) =
            hold(draws, &inputs.world(portfolio, design.all()), limits, (&done, cancel))?;
        (Store::Held(columns), inputs.used_up(), laid_out)
    };
    let LaidOut { factors, delays, extents } = laid_out;
    let factors = factors.into_iter().map(|factors| factors.drawn(&extents)).collect();
    let (delays, shapes) = (delays.into(), OnceLock::new());
    Ok(Samples { design, factors, delays, store, extents, inputs, drawn, shapes })
}

/// Draws all columns, and keeps them; where their numbers lie is read off the first `telling` trials. `done` is told of
/// each project.
fn hold(
    draws: &[ProjectDraw],
    world: &World,
    (longest, telling): (usize, usize),
    (done, cancel): (&(dyn Fn(&ProjectDraw) + Sync), &CancelToken),
) -> Result<(Columns, LaidOut), SimulateError> {
    // How many columns a delay takes is only known once it is drawn.
    let delays: Vec<Delay> = (draws.par_iter())
        .map_init(Numbers::default, |buffer, draw| draw.delay(world, longest, buffer))
        .collect();
    let mut layout = Layout::default();
    let laid_out = draws.iter().zip(&delays).map(|(draw, delay)| draw.layout(delay, &mut layout));
    let factors: Vec<ProjectFactors> = laid_out.collect();
    let mut columns = Columns::new(layout, world.trials.count());
    let fill = |buffers: &mut [Numbers; 2], ((draw, delay), room): ((&ProjectDraw, &Delay), Room)| {
        if cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        let mut extents = Vec::with_capacity(draw.quantities());
        draw.fill(world, Wanted::ALL, (delay, room), buffers, |column| {
            extents.push(Extent::of(&column[..telling]))
        });
        done(draw);
        Ok(extents)
    };
    let counts = draws.iter().zip(&delays).map(|(draw, delay)| draw.counts(Wanted::ALL, delay));
    let rooms = columns.rooms(counts);
    let extents: Vec<Vec<Extent>> = (draws.par_iter().zip(&delays).zip(rooms))
        .map_init(Default::default, fill)
        .collect::<Result<_, SimulateError>>()?;
    let extents = extents.into_iter().flatten().collect();
    Ok((columns, LaidOut { factors, delays, extents }))
}
