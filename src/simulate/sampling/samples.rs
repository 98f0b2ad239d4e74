//! The random futures, drawn once for all options of all scenarios.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::domain::{
    ByProject, Exposure, FactorModel, Portfolio, Project, ProjectIx, Quantity, SimulationSettings,
};
use crate::progress::{CancelToken, Progress, Silent, Stage};
use crate::vector::widened;

use super::events::{Occurrences, Strikes, below};
use super::factors::{Extent, Factor, ProjectFactors};
use super::marginal::{Marginal, PertTables, certain_value};
use super::plan::Design;
use super::sample_matrix::{Columns, Layout, Room};
use super::streams::{Grain, Stream};
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::{Term, accumulate};
use crate::simulate::kernel::shape::Shape;
use crate::simulate::kernel::view::View;

/// The same random futures for every option of every scenario (common random numbers).
///
/// Every uncertain quantity, driver, risk event, impact and success has a random stream of its own, keyed by the seed and its names: adding
/// or dropping a project, another number of threads or one more scenario change no other draw.
///
/// Memory: 8 bytes per trial and uncertain quantity that something depends on, at most three for a project (cost,
/// benefit, demand) and one more where it has effects on key results, and 1 for its success. 100 000 trials of 120 projects take 286 MiB at the very most.
#[derive(Clone, Debug)]
pub struct Samples {
    design: Design,
    factors: ByProject<ProjectFactors>,
    columns: Columns,
    extents: Vec<Extent>,
    /// The scores of every driver that a quantity follows; nothing for the others.
    drivers: Vec<Numbers>,
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
        if settings.trials < SimulationSettings::FEWEST_TRIALS {
            return Err(SimulateError::TooFewTrials(settings.trials));
        }
        let draws: Vec<ProjectDraw> =
            portfolio.projects().positions().map(|project| ProjectDraw::new(portfolio, project)).collect();
        progress.begin(Stage::Sample, draws.iter().map(|draw| draw.quantities() as u64).sum());
        let samples = fill(portfolio, settings, (&draws, None), progress, cancel);
        progress.finish(Stage::Sample);
        samples
    }

    /// Draws the quantities that follow a driver (position), with the driver at its median in all trials and all else as
    /// [`Samples::draw`] draws it: what follows the driver varies by itself and with the others. Projects that do not
    /// follow it are as planned.
    ///
    /// # Errors
    /// As [`Samples::draw`].
    pub fn draw_without_driver(
        portfolio: &Portfolio,
        settings: &SimulationSettings,
        driver: usize,
        cancel: &CancelToken,
    ) -> Result<Self, SimulateError> {
        let draw = |project| {
            let draw = ProjectDraw::new(portfolio, project);
            if draw.exposures().any(|exposure| exposure.driver == driver) { draw } else { draw.as_planned() }
        };
        let draws: Vec<ProjectDraw> = portfolio.projects().positions().map(draw).collect();
        fill(portfolio, settings, (&draws, Some(driver)), &Silent, cancel)
    }

    /// The normal score of a driver (position), trial by trial; nothing if no quantity follows it.
    pub fn driver_scores(&self, driver: usize) -> &[f64] {
        &self.drivers[driver]
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.design.trials()
    }

    /// Per trial: the factor on a quantity of a project. For benefits and effects it is 0 in trials in which the
    /// project fails. A quantity of which the project has nothing is as planned.
    pub fn factors(&self, project: ProjectIx, quantity: Quantity) -> Vec<f64> {
        let factors = &self.factors[project];
        self.column(match quantity {
            Quantity::Cost => factors.cost,
            Quantity::Benefit => factors.benefit,
            Quantity::Demand => factors.demand,
            Quantity::Effect => factors.effect,
        })
    }

    /// Per trial: 1 if the project succeeds, 0 if it fails.
    pub fn successes(&self, project: ProjectIx) -> Vec<f64> {
        self.column(self.factors[project].success)
    }

    fn column(&self, factor: Factor) -> Vec<f64> {
        let Some(column) = factor.column else { return vec![factor.scale; self.trials()] };
        match self.column_of(column) {
            View::Numbers(numbers) => numbers.iter().map(|number| factor.scale * number).collect(),
            View::Flags(flags) => flags.iter().map(|&flag| factor.scale * f64::from(flag)).collect(),
        }
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

/// Draws needed for one project.
#[derive(Clone)]
struct ProjectDraw<'a> {
    project: &'a Project,
    /// Models of quantities that vary and of which the project has any, in the order of [`Quantity::ALL`].
    models: [Option<&'a FactorModel>; 4],
    /// What risk events may do to quantities of which the project has any.
    strikes: [Option<Strikes<'a>>; 4],
    /// All that comes in every trial: constants where there is no model, and impacts of events that always occur.
    constants: [f64; 4],
    success_varies: bool,
}

impl<'a> ProjectDraw<'a> {
    fn new(portfolio: &'a Portfolio, position: ProjectIx) -> Self {
        let project = &portfolio.projects()[position];
        let exists = Quantity::ALL.map(|quantity| match quantity {
            Quantity::Cost => !project.costs.is_empty(),
            Quantity::Benefit => !project.benefits.is_empty(),
            Quantity::Demand => !project.demands.is_empty(),
            Quantity::Effect => !portfolio.key_results().effects_of(position).is_empty(),
        });
        let mut models = [None; 4];
        let mut strikes = [const { None }; 4];
        let mut constants = [1.0; 4];
        for (slot, quantity) in Quantity::ALL.into_iter().enumerate().filter(|&(slot, _)| exists[slot]) {
            if let Some(model) = portfolio.factor(position, quantity) {
                match certain_value(&model.distribution) {
                    Some(value) => constants[slot] = value,
                    None => models[slot] = Some(model),
                }
            }
            let struck = Strikes::new(portfolio, position, quantity);
            constants[slot] *= struck.certain();
            strikes[slot] = Some(struck).filter(Strikes::vary);
        }
        let probability = project.success_probability.value();
        Self { project, models, strikes, constants, success_varies: 0.0 < probability && probability < 1.0 }
    }

    /// True if a quantity varies, by its place in [`Quantity::ALL`].
    fn varies(&self, slot: usize) -> bool {
        self.models[slot].is_some() || self.strikes[slot].is_some()
    }

    /// The same without anything that varies.
    fn as_planned(self) -> Self {
        Self {
            models: [None; 4],
            strikes: [const { None }; 4],
            constants: [1.0; 4],
            success_varies: false,
            ..self
        }
    }

    /// The drivers that its quantities follow.
    fn exposures(&self) -> impl Iterator<Item = &Exposure> {
        self.models.iter().flatten().flat_map(|model| &model.exposures)
    }

    /// Columns of numbers and of flags of the project.
    fn counts(&self) -> [usize; 2] {
        [(0..4).filter(|&slot| self.varies(slot)).count(), usize::from(self.success_varies)]
    }

    /// Number of uncertain quantities.
    fn quantities(&self) -> usize {
        self.counts().iter().sum()
    }

    /// Lays out the columns of the project after those of the projects before.
    fn layout(&self, layout: &mut Layout) -> ProjectFactors {
        let [cost, benefit, demand, effect] = self.constants;
        let success_scale = if self.success_varies { 1.0 } else { self.project.success_probability.value() };
        let success = Factor::new(success_scale, self.success_varies.then(|| layout.add_flags()));
        let mut of = |slot: usize, constant: f64| match self.varies(slot) {
            true => Factor::new(constant, Some(layout.add_numbers())),
            false => Factor::constant(constant),
        };
        // What is fixed comes and goes with success alone.
        let if_successful = |factor: Factor| match factor {
            Factor { scale, column: None, .. } => Factor::new(scale * success.scale, success.column),
            varies => Factor::new(varies.scale * success.scale, varies.column),
        };
        ProjectFactors {
            cost: of(0, cost),
            benefit: if_successful(of(1, benefit)),
            demand: of(2, demand),
            effect: if_successful(of(3, effect)),
            success,
        }
    }

    /// Draws the columns of the project into their buffers, and returns the statistics of each in the order of the
    /// layout. `success` and `impact` are work buffers.
    fn fill(&self, world: &World, room: Room, [success, impact]: &mut [Numbers; 2]) -> Vec<Extent> {
        let id = self.project.id.as_str();
        let Room { mut numbers, mut flags } = room;
        let mut extents = Vec::with_capacity(self.quantities());
        if self.success_varies {
            success.resize(world.design.trials());
            world.design.uniforms(&Stream::new(world.seed, "success", &[id]), Grain::Coarse, success);
            below(success, self.project.success_probability.value());
            flag(success, flags.next_column());
            extents.push(Extent::of(success));
        }
        for (slot, quantity) in Quantity::ALL.iter().enumerate().filter(|&(slot, _)| self.varies(slot)) {
            let column = numbers.next_column();
            match self.models[slot] {
                Some(model) => {
                    let stream = Stream::new(world.seed, "factor", &[id, quantity.as_str()]);
                    world.draw(model, &stream, column);
                }
                None => column.fill(1.0),
            }
            if let Some(strikes) = &self.strikes[slot] {
                let drawn_as = (world.design, &world.tables);
                strikes.apply((world.seed, id), drawn_as, &world.occurrences, column, impact);
            }
            if matches!(quantity, Quantity::Benefit | Quantity::Effect) && self.success_varies {
                multiply(column, success);
            }
            extents.push(Extent::of(column));
        }
        extents
    }
}

/// Inputs shared by all draws.
struct World<'a> {
    seed: u64,
    design: &'a Design,
    /// The scores of every driver that a quantity follows; nothing for the others.
    drivers: Vec<Numbers>,
    occurrences: Occurrences,
    tables: PertTables,
}

impl World<'_> {
    /// Draws one factor: its own part alone, or joined with the drivers it follows by a Gaussian copula (Li 2000).
    fn draw(&self, model: &FactorModel, stream: &Stream, column: &mut [f64]) {
        let marginal = Marginal::new(&model.distribution, &self.tables);
        if model.exposures.is_empty() {
            return marginal.draw(self.design, stream, column);
        }
        let own = (1.0 - model.explained()).max(0.0).sqrt();
        self.design.scores(stream, column);
        scale(column, own);
        for exposure in &model.exposures {
            let scores = View::Numbers(&self.drivers[exposure.driver]);
            accumulate(column, &[(exposure.loading, scores)], 0);
        }
        marginal.apply_to_scores(column);
    }
}

widened! {
    /// Writes 1 where a number is not 0.
    fn flag(numbers: &[f64], flags: &mut [u8]) {
        for (flag, &number) in flags.iter_mut().zip(numbers) {
            *flag = u8::from(number != 0.0);
        }
    }
}

widened! {
    fn multiply(column: &mut [f64], by: &[f64]) {
        for (value, factor) in column.iter_mut().zip(by) {
            *value *= factor;
        }
    }
}

widened! {
    fn scale(column: &mut [f64], by: f64) {
        for value in column {
            *value *= by;
        }
    }
}

/// Draws everything; a driver may be at its median in all trials.
fn fill(
    portfolio: &Portfolio,
    settings: &SimulationSettings,
    (draws, at_median): (&[ProjectDraw], Option<usize>),
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Samples, SimulateError> {
    let (seed, design) = (settings.seed, Design::new(settings));
    let mut layout = Layout::default();
    let factors: Vec<ProjectFactors> = draws.iter().map(|draw| draw.layout(&mut layout)).collect();
    let mut columns = Columns::new(layout, design.trials());
    let mut is_followed = vec![false; portfolio.drivers().len()];
    draws.iter().flat_map(ProjectDraw::exposures).for_each(|exposure| is_followed[exposure.driver] = true);
    let drivers = (portfolio.drivers().par_iter().zip(is_followed).enumerate())
        .map(|(place, (driver, is_followed))| {
            if !is_followed {
                return Numbers::default();
            }
            let mut scores = Numbers::zeros(design.trials());
            if at_median == Some(place) {
                return scores;
            }
            design.scores(&Stream::new(seed, "driver", &[driver.id.as_str()]), &mut scores);
            scores
        })
        .collect();
    let occurrences = Occurrences::draw(portfolio, seed, &design);
    let world = World { seed, design: &design, drivers, occurrences, tables: PertTables::new(portfolio) };
    let fill = |buffers: &mut [Numbers; 2], (draw, room): (&ProjectDraw, Room)| {
        if cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        let extents = draw.fill(&world, room, buffers);
        progress.advance(Stage::Sample, extents.len() as u64);
        Ok(extents)
    };
    let rooms = columns.rooms(draws.iter().map(ProjectDraw::counts));
    let extents: Vec<Vec<Extent>> = (draws.par_iter().zip(rooms))
        .map_init(Default::default, fill)
        .collect::<Result<_, SimulateError>>()?;
    let extents: Vec<Extent> = extents.into_iter().flatten().collect();
    let factors = factors.into_iter().map(|factors| factors.drawn(&extents)).collect();
    let drivers = world.drivers;
    Ok(Samples { design, factors, columns, extents, drivers, shapes: OnceLock::new() })
}
