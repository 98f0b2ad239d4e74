//! The random futures, drawn once for all options of all scenarios.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::domain::{
    ByProject, Exposure, FactorModel, Portfolio, Project, ProjectIx, ProjectQuantity, Quantity, Selection,
    SimulationSettings,
};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress, Silent, Stage};
use crate::units::Share;
use crate::vector::widened;

use super::causes::SharedCause;
use super::correlated::CorrelatedScores;
use super::delays::Delay;
use super::dimensions;
use super::events::{Occurrences, Strikes, below};
use super::factors::{DelayedFactor, Extent, Factor, ProjectFactors};
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

/// Draws needed for one project.
#[derive(Clone)]
struct ProjectDraw<'a> {
    position: ProjectIx,
    project: &'a Project,
    /// The quantities of which the project has any, in the order of [`Quantity::FACTORS`], and at last its delay.
    has: [bool; 5],
    /// Models of those that vary.
    models: [Option<&'a FactorModel>; 5],
    /// What risk events may do to them.
    strikes: [Option<Strikes<'a>>; 5],
    /// All that comes in every trial: constants where there is no model, and impacts of events that always occur.
    constants: [f64; 5],
    success_varies: bool,
}

impl<'a> ProjectDraw<'a> {
    fn new(portfolio: &'a Portfolio, position: ProjectIx) -> Self {
        let project = &portfolio.projects()[position];
        let has = Quantity::ALL.map(|quantity| match quantity {
            Quantity::Cost => !project.costs.is_empty(),
            Quantity::Benefit => !project.benefits.is_empty(),
            Quantity::Demand => !project.demands.is_empty(),
            Quantity::Effect => !portfolio.key_results().effects_of(position).is_empty(),
            Quantity::Delay => portfolio.risks().may_delay(position),
        });
        let mut models = [None; 5];
        let mut strikes = [const { None }; 5];
        let mut constants = [1.0, 1.0, 1.0, 1.0, 0.0];
        for (slot, quantity) in Quantity::ALL.into_iter().enumerate().filter(|&(slot, _)| has[slot]) {
            if let Some(model) = portfolio.factor(position, quantity) {
                match certain_value(&model.distribution) {
                    Some(value) => constants[slot] = value,
                    None => models[slot] = Some(model),
                }
            }
            let struck = Strikes::new(portfolio, position, quantity);
            match quantity {
                Quantity::Delay => constants[slot] += struck.certain(),
                _ => constants[slot] *= struck.certain(),
            }
            strikes[slot] = Some(struck).filter(Strikes::vary);
        }
        let probability = project.success_probability.value();
        let success_varies = 0.0 < probability && probability < 1.0;
        Self { position, project, has, models, strikes, constants, success_varies }
    }

    /// True if a quantity varies, by its place in [`Quantity::ALL`].
    fn varies(&self, slot: usize) -> bool {
        self.models[slot].is_some() || self.strikes[slot].is_some()
    }

    /// True if a quantity is drawn by a model of its own.
    fn draws(&self, quantity: Quantity) -> bool {
        self.models[quantity as usize].is_some()
    }

    /// The same without anything that varies.
    fn made_certain(self) -> Self {
        Self {
            models: [None; 5],
            strikes: [const { None }; 5],
            constants: [1.0, 1.0, 1.0, 1.0, 0.0],
            success_varies: false,
            ..self
        }
    }

    /// The drivers that its quantities follow.
    fn exposures(&self) -> impl Iterator<Item = &Exposure> {
        self.models.iter().flatten().flat_map(|model| &model.exposures)
    }

    /// Columns of numbers and of flags of the project.
    fn counts(&self, delay: &Delay) -> [usize; 2] {
        let factors = (0..DELAY).filter(|&slot| self.varies(slot)).count();
        let parts = self.bases().len() * delay.varying_shifts().len();
        [factors + parts + usize::from(self.value_varies(delay)), usize::from(self.success_varies)]
    }

    /// Number of uncertain quantities.
    fn quantities(&self) -> usize {
        (0..=DELAY).filter(|&slot| self.varies(slot)).count() + usize::from(self.success_varies)
    }

    /// True if a delay that varies takes some of its strategic value.
    fn value_varies(&self, delay: &Delay) -> bool {
        self.project.value_decay > Share::ZERO && !delay.varying_shifts().is_empty()
    }

    /// What the factor on a quantity rests on.
    fn basis(&self, slot: usize) -> Basis {
        match self.varies(slot) {
            true => Basis::Own(slot),
            false if takes_success(Quantity::ALL[slot]) && self.success_varies => Basis::Success,
            false => Basis::Plan,
        }
    }

    /// The different bases of its quantities, of which each has its own parts where a delay varies.
    fn bases(&self) -> Vec<Basis> {
        let mut bases: Vec<Basis> = Vec::new();
        for basis in (0..DELAY).filter(|&slot| self.has[slot]).map(|slot| self.basis(slot)) {
            if !bases.contains(&basis) {
                bases.push(basis);
            }
        }
        bases
    }

    /// Draws the delay. `impact` is a work buffer.
    fn delay(&self, world: &World, longest: usize, impact: &mut Numbers) -> Delay {
        let certain = self.constants[DELAY];
        if !self.varies(DELAY) {
            return Delay::certain(certain, longest);
        }
        let id = self.project.id.as_str();
        let mut periods = Numbers::zeros(world.design.trials());
        if let Some(model) = self.models[DELAY] {
            world.draw(model, (self.position, Quantity::Delay), id, &mut periods);
        }
        // What would come early by its own does not make up for what an event does.
        periods.iter_mut().for_each(|periods| *periods = periods.max(0.0) + certain);
        world.strike(self.strikes[DELAY].as_ref(), id, &mut periods, impact);
        Delay::of_trials(periods, longest)
    }

    /// Lays out the columns of the project after those of the projects before.
    fn layout(&self, delay: &Delay, layout: &mut Layout) -> ProjectFactors {
        let [cost, benefit, demand, effect, _] = self.constants;
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
        let wholes =
            [of(0, cost), if_successful(of(1, benefit)), of(2, demand), if_successful(of(3, effect))];
        let mut parts = || delay.varying_shifts().map(|_| layout.add_numbers()).min().unwrap_or_default();
        let columns: Vec<(Basis, usize)> = self.bases().into_iter().map(|basis| (basis, parts())).collect();
        let late = |slot: usize| {
            let own = columns.iter().find(|(basis, _)| self.has[slot] && *basis == self.basis(slot));
            match own {
                Some(&(_, first)) => delay.spread(wholes[slot], first),
                None => DelayedFactor { whole: wholes[slot], shifts: Vec::new() },
            }
        };
        let [cost, benefit, demand, effect] = [0, 1, 2, 3].map(late);
        let value = match self.value_varies(delay) {
            true => Factor::new(success.scale, Some(layout.add_numbers())),
            false => success.times(delay.kept(self.project.value_decay.value())),
        };
        ProjectFactors { cost, benefit, demand, effect, success, value }
    }

    /// Draws the columns of the project into their buffers, and returns the statistics of each in the order of the
    /// layout. `success` and `impact` are work buffers.
    fn fill(
        &self,
        world: &World,
        (delay, room): (&Delay, Room),
        [success, impact]: &mut [Numbers; 2],
    ) -> Vec<Extent> {
        let id = self.project.id.as_str();
        let Room { mut numbers, mut flags } = room;
        let mut extents = Vec::with_capacity(self.quantities());
        if self.success_varies {
            success.resize(world.design.trials());
            world.design.uniforms(&Stream::of_success(world.seed, id), Grain::Coarse, success);
            below(success, self.project.success_probability.value());
            flag(success, flags.next_column());
            extents.push(Extent::of(success));
        }
        let mut own: [&[f64]; DELAY] = [&[]; DELAY];
        for (slot, quantity) in Quantity::FACTORS.iter().enumerate().filter(|&(slot, _)| self.varies(slot)) {
            let column = numbers.next_column();
            match self.models[slot] {
                Some(model) => world.draw(model, (self.position, *quantity), id, column),
                None => column.fill(1.0),
            }
            world.strike(self.strikes[slot].as_ref(), id, column, impact);
            if takes_success(*quantity) && self.success_varies {
                multiply(column, success);
            }
            extents.push(Extent::of(column));
            own[slot] = column;
        }
        let late = || numbers.next_column();
        self.fill_parts(delay, (success, own), late, &mut extents);
        extents
    }

    /// Draws the columns of what a delay makes late of each factor, given success and those factors that have columns,
    /// and of the value that is left after it.
    fn fill_parts<'c>(
        &self,
        delay: &Delay,
        (success, own): (&[f64], [&[f64]; DELAY]),
        mut next_column: impl FnMut() -> &'c mut [f64],
        extents: &mut Vec<Extent>,
    ) {
        for basis in self.bases() {
            for shift in delay.varying_shifts() {
                let column = next_column();
                delay.fill_part(shift, column);
                match basis {
                    Basis::Own(slot) => multiply(column, own[slot]),
                    Basis::Success => multiply(column, success),
                    Basis::Plan => {}
                }
                extents.push(Extent::of(column));
            }
        }
        if self.value_varies(delay) {
            let column = next_column();
            delay.fill_kept(self.project.value_decay.value(), column);
            if self.success_varies {
                multiply(column, success);
            }
            extents.push(Extent::of(column));
        }
    }
}

/// Place of the delay in [`Quantity::ALL`], after all factors.
const DELAY: usize = Quantity::FACTORS.len();

/// What the factor on a quantity rests on: quantities that rest on the same come late in the same parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    /// The plan alone.
    Plan,
    /// The success of the project.
    Success,
    /// The column of the quantity (its place in [`Quantity::FACTORS`]).
    Own(usize),
}

/// True if a quantity only comes where the project succeeds.
fn takes_success(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::Benefit | Quantity::Effect)
}

/// Inputs shared by all draws.
struct World<'a> {
    seed: u64,
    design: &'a Design,
    /// The scores of every driver that a quantity follows; nothing for the others.
    drivers: Vec<Numbers>,
    correlated: CorrelatedScores<'a>,
    occurrences: Occurrences,
    tables: PertTables,
}

impl World<'_> {
    /// Adds what risk events do to a quantity of a project. `drawn` is a work buffer.
    fn strike(&self, strikes: Option<&Strikes>, project: &str, column: &mut [f64], drawn: &mut Numbers) {
        if let Some(strikes) = strikes {
            let how = (self.design, &self.tables);
            strikes.apply((self.seed, project), how, &self.occurrences, column, drawn);
        }
    }

    /// Draws one factor, given the id of its project: its own part alone, or joined by a Gaussian copula with the drivers that it
    /// follows (Li 2000), or with what it is correlated with.
    fn draw(&self, model: &FactorModel, of: ProjectQuantity, id: &str, column: &mut [f64]) {
        let marginal = Marginal::new(&model.distribution, &self.tables);
        if self.correlated.write(of, column) {
            return marginal.apply_to_scores(column);
        }
        let stream = Stream::of_factor(self.seed, id, of.1.as_str());
        if model.exposures.is_empty() {
            return marginal.draw(self.design, &stream, column);
        }
        let own = (1.0 - model.explained()).max(0.0).sqrt();
        self.design.scores(&stream, column);
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
