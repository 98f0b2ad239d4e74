//! What is drawn for one project: its factors, its delay and its success.

use crate::domain::{Exposure, FactorModel, Portfolio, Project, ProjectIx, ProjectQuantity, Quantity};
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::accumulate;
use crate::simulate::kernel::view::View;
use crate::units::Share;
use crate::vector::widened;

use super::correlated::CorrelatedScores;
use super::delays::Delay;
use super::events::{Occurrences, Strikes, below};
use super::factors::{DelayedFactor, Extent, Factor, ProjectFactors};
use super::marginal::{Marginal, PertTables, certain_value};
use super::plan::Design;
use super::sample_matrix::{Layout, Room};
use super::streams::{Grain, Stream};

/// Draws needed for one project.
#[derive(Clone)]
pub struct ProjectDraw<'a> {
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
    /// The draws of a project.
    pub fn new(portfolio: &'a Portfolio, position: ProjectIx) -> Self {
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
    pub fn draws(&self, quantity: Quantity) -> bool {
        self.models[quantity as usize].is_some()
    }

    /// The same without anything that varies.
    pub fn made_certain(self) -> Self {
        Self {
            models: [None; 5],
            strikes: [const { None }; 5],
            constants: [1.0, 1.0, 1.0, 1.0, 0.0],
            success_varies: false,
            ..self
        }
    }

    /// The drivers that its quantities follow.
    pub fn exposures(&self) -> impl Iterator<Item = &Exposure> {
        self.models.iter().flatten().flat_map(|model| &model.exposures)
    }

    /// Columns of numbers and of flags of the project.
    pub fn counts(&self, delay: &Delay) -> [usize; 2] {
        let factors = (0..DELAY).filter(|&slot| self.varies(slot)).count();
        let parts = self.bases().len() * delay.varying_shifts().len();
        [factors + parts + usize::from(self.value_varies(delay)), usize::from(self.success_varies)]
    }

    /// Number of uncertain quantities.
    pub fn quantities(&self) -> usize {
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
    pub fn delay(&self, world: &World, longest: usize, impact: &mut Numbers) -> Delay {
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
    pub fn layout(&self, delay: &Delay, layout: &mut Layout) -> ProjectFactors {
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
    pub fn fill(
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
pub struct World<'a> {
    /// The seed.
    pub seed: u64,
    /// How trials are drawn.
    pub design: &'a Design,
    /// The scores of every driver that a quantity follows; nothing for the others.
    pub drivers: Vec<Numbers>,
    /// The scores of quantities that are correlated pair by pair.
    pub correlated: CorrelatedScores<'a>,
    /// The trials in which risk events occur.
    pub occurrences: Occurrences,
    /// Tables of PERT distributions.
    pub tables: PertTables,
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
