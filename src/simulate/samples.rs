//! The random futures, drawn once for all options of all scenarios.

use rayon::prelude::*;

use crate::domain::{FactorModel, Portfolio, Project, Quantity, SimulationSettings};
use crate::progress::{CancelToken, Progress, Stage};

use super::SimulateError;
use super::design::Design;
use super::marginal::{Marginal, PertTables, certain_value};
use super::stream::Stream;

/// Trials in a block. A column's part of a block is 65 cache lines: not a multiple of 4096 bytes, so that the
/// columns of a block do not crowd into the same lines of a cache.
pub(super) const BLOCK: usize = 520;
/// Projects that are drawn before their columns are filed into blocks. It bounds what is held twice.
const PROJECTS_AT_ONCE: usize = 16;

/// A number per trial: a constant, or that constant times a column of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factor {
    pub(super) scale: f64,
    pub(super) column: Option<usize>,
}

impl Factor {
    const fn constant(scale: f64) -> Self {
        Self { scale, column: None }
    }
}

/// What multiplies the numbers of one project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ProjectFactors {
    pub(super) cost: Factor,
    /// The benefit factor where the project succeeds, 0 where it fails.
    pub(super) benefit: Factor,
    pub(super) demand: Factor,
    /// 1 where the project succeeds, 0 where it fails.
    pub(super) success: Factor,
}

/// The same random futures for every option of every scenario (common random numbers).
///
/// Every uncertain quantity, driver and success has a random stream of its own, named by the seed and its
/// names: adding or dropping a project, another number of threads or one more scenario change no other draw.
///
/// Memory: 8 bytes per trial and uncertain quantity that something depends on, at most four for a project
/// (cost, benefit, demand, success). 100 000 trials of 120 projects take 366 MiB at the very most.
#[derive(Clone, Debug)]
pub struct Samples {
    design: Design,
    factors: Vec<ProjectFactors>,
    columns: usize,
    /// Block by block; in a block, column by column; in a column, trial by trial. The last block is filled up.
    data: Vec<f64>,
}

impl Samples {
    /// Draws all uncertain quantities of a portfolio.
    ///
    /// # Errors
    /// If there are fewer trials than [`SimulationSettings::FEWEST_TRIALS`], or somebody asks to stop.
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
            (0..portfolio.projects().len()).map(|project| ProjectDraw::new(portfolio, project)).collect();
        progress.begin(Stage::Sample, draws.iter().map(|draw| draw.quantities() as u64).sum());
        let design = Design::new(settings);
        let samples = fill(portfolio, settings.seed, design, &draws, progress, cancel);
        progress.finish(Stage::Sample);
        samples
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.design.trials()
    }

    /// Per trial: the factor on a quantity of a project (position). For benefits it is 0 in trials in which the
    /// project fails. A quantity of which the project has nothing is as planned.
    pub fn factors(&self, project: usize, quantity: Quantity) -> Vec<f64> {
        let factors = &self.factors[project];
        self.column(match quantity {
            Quantity::Cost => factors.cost,
            Quantity::Benefit => factors.benefit,
            Quantity::Demand => factors.demand,
        })
    }

    /// Per trial: 1 if the project (position) succeeds, 0 if it fails.
    pub fn successes(&self, project: usize) -> Vec<f64> {
        self.column(self.factors[project].success)
    }

    fn column(&self, factor: Factor) -> Vec<f64> {
        let Some(column) = factor.column else { return vec![factor.scale; self.trials()] };
        let blocks = self.data.chunks(BLOCK * self.columns);
        let parts = blocks.flat_map(|block| &block[column * BLOCK..(column + 1) * BLOCK]);
        parts.take(self.trials()).map(|value| factor.scale * value).collect()
    }

    pub(super) fn design(&self) -> &Design {
        &self.design
    }

    pub(super) fn project_factors(&self) -> &[ProjectFactors] {
        &self.factors
    }

    /// The part of a column that lies in a block.
    pub(super) fn block_of(&self, column: usize, block: usize) -> &[f64] {
        let start = (block * self.columns + column) * BLOCK;
        &self.data[start..start + BLOCK]
    }
}

/// What has to be drawn for one project.
#[derive(Clone, Copy)]
struct ProjectDraw<'a> {
    project: &'a Project,
    /// Models of quantities that vary and of which the project has any, in the order of [`Quantity::ALL`].
    models: [Option<&'a FactorModel>; 3],
    /// Constants where there is no model.
    constants: [f64; 3],
    success_varies: bool,
}

impl<'a> ProjectDraw<'a> {
    fn new(portfolio: &'a Portfolio, position: usize) -> Self {
        let project = &portfolio.projects()[position];
        let exists = [!project.costs.is_empty(), !project.benefits.is_empty(), !project.demands.is_empty()];
        let mut models = [None; 3];
        let mut constants = [1.0; 3];
        for (slot, quantity) in Quantity::ALL.into_iter().enumerate() {
            let Some(model) = portfolio.factor(position, quantity).filter(|_| exists[slot]) else { continue };
            match certain_value(&model.distribution) {
                Some(value) => constants[slot] = value,
                None => models[slot] = Some(model),
            }
        }
        let probability = project.success_probability.value();
        Self { project, models, constants, success_varies: 0.0 < probability && probability < 1.0 }
    }

    /// How many uncertain quantities there are.
    fn quantities(&self) -> usize {
        self.models.iter().flatten().count() + usize::from(self.success_varies)
    }

    /// Numbers the columns of the project from `next` on.
    fn layout(&self, next: &mut usize) -> ProjectFactors {
        let mut column = || {
            *next += 1;
            Some(*next - 1)
        };
        let [cost, benefit, demand] = self.constants;
        let success_scale = if self.success_varies { 1.0 } else { self.project.success_probability.value() };
        let success =
            Factor { scale: success_scale, column: self.success_varies.then(&mut column).flatten() };
        let mut of = |slot: usize, constant: f64| match self.models[slot] {
            Some(_) => Factor { scale: 1.0, column: column() },
            None => Factor::constant(constant),
        };
        ProjectFactors {
            cost: of(0, cost),
            benefit: match of(1, benefit) {
                // Fixed benefits come and go with success alone.
                Factor { scale, column: None } => {
                    Factor { scale: scale * success.scale, column: success.column }
                }
                varies => Factor { scale: varies.scale * success.scale, ..varies },
            },
            demand: of(2, demand),
            success,
        }
    }

    /// Draws the columns of the project, in the order in which they are numbered.
    fn columns(
        &self,
        seed: u64,
        design: &Design,
        drivers: &[Vec<f64>],
        tables: &PertTables,
    ) -> Vec<Vec<f64>> {
        let id = self.project.id.as_str();
        let mut columns = Vec::with_capacity(self.quantities());
        if self.success_varies {
            let probability = self.project.success_probability.value();
            let mut column = design.uniforms(&Stream::new(seed, "success", &[id]));
            column.iter_mut().for_each(|value| *value = f64::from(u8::from(*value < probability)));
            columns.push(column);
        }
        for (quantity, model) in Quantity::ALL.iter().zip(self.models) {
            let Some(model) = model else { continue };
            let stream = Stream::new(seed, "factor", &[id, quantity.as_str()]);
            let mut column = draw_factor(model, design, &stream, drivers, tables);
            if *quantity == Quantity::Benefit && self.success_varies {
                column.iter_mut().zip(&columns[0]).for_each(|(value, success)| *value *= success);
            }
            columns.push(column);
        }
        columns
    }
}

/// Draws one factor: its own part alone, or joined with the drivers it follows by a Gaussian copula (Li 2000).
fn draw_factor(
    model: &FactorModel,
    design: &Design,
    stream: &Stream,
    drivers: &[Vec<f64>],
    tables: &PertTables,
) -> Vec<f64> {
    let marginal = Marginal::new(&model.distribution, tables);
    if model.exposures.is_empty() {
        let mut column = design.uniforms(stream);
        marginal.apply_to_uniforms(&mut column);
        return column;
    }
    let own = (1.0 - model.explained()).max(0.0).sqrt();
    let mut column = design.scores(stream);
    column.iter_mut().for_each(|score| *score *= own);
    for exposure in &model.exposures {
        let driver = &drivers[exposure.driver];
        column.iter_mut().zip(driver).for_each(|(score, driver)| *score += exposure.loading * driver);
    }
    marginal.apply_to_scores(&mut column);
    column
}

/// Draws everything and files it into blocks.
fn fill(
    portfolio: &Portfolio,
    seed: u64,
    design: Design,
    draws: &[ProjectDraw],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Samples, SimulateError> {
    let mut columns = 0;
    let factors: Vec<ProjectFactors> = draws.iter().map(|draw| draw.layout(&mut columns)).collect();
    let drivers: Vec<Vec<f64>> = (portfolio.drivers().par_iter())
        .map(|driver| design.scores(&Stream::new(seed, "driver", &[driver.id.as_str()])))
        .collect();
    let tables = PertTables::new(portfolio);
    let mut data = vec![0.0; columns * design.trials().next_multiple_of(BLOCK)];
    let mut filed = 0;
    for group in draws.chunks(PROJECTS_AT_ONCE) {
        let draw = |draw: &ProjectDraw| {
            if cancel.is_cancelled() {
                return Err(SimulateError::Cancelled);
            }
            let columns = draw.columns(seed, &design, &drivers, &tables);
            progress.advance(Stage::Sample, columns.len() as u64);
            Ok(columns)
        };
        let drawn: Vec<Vec<f64>> =
            group.par_iter().map(draw).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        file(&drawn, filed, columns, &mut data);
        filed += drawn.len();
    }
    Ok(Samples { design, factors, columns, data })
}

/// Copies drawn columns into the blocks, as columns `first` and on.
fn file(drawn: &[Vec<f64>], first: usize, columns: usize, data: &mut [f64]) {
    if drawn.is_empty() {
        return;
    }
    data.par_chunks_mut(columns * BLOCK).enumerate().for_each(|(number, block)| {
        for (column, values) in (first..).zip(drawn) {
            let trials = number * BLOCK..values.len().min((number + 1) * BLOCK);
            let values = &values[trials];
            block[column * BLOCK..][..values.len()].copy_from_slice(values);
        }
    });
}
