//! What is drawn for one project: its factors, its delay and its success.

use crate::domain::{
    Correlations, Exposure, FactorModel, Portfolio, Project, ProjectIx, ProjectQuantity, Quantity,
};
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::{accumulate, range_of};
use crate::simulate::kernel::view::View;
use crate::units::Share;
use crate::vector::widened;

use super::correlated::CorrelatedScores;
use super::delays::Delay;
use super::events::{Occurrences, Strikes, below};
use super::factors::{DelayedFactor, Factor, ProjectFactors};
use super::marginal::{Marginal, PertTables, certain_value};
use super::plan::Stretch;
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

    /// Columns of numbers and of flags of the project, of those that are wanted.
    pub fn counts(&self, wanted: Wanted, delay: &Delay) -> [usize; 2] {
        let factors = (0..DELAY).filter(|&slot| self.varies(slot) && wanted.factors[slot]).count();
        let late = if wanted.late { self.late_columns(delay) } else { 0 };
        [factors + late, usize::from(self.success_varies && wanted.success)]
    }

    /// Columns of what comes late by a delay that varies.
    fn late_columns(&self, delay: &Delay) -> usize {
        self.bases().len() * delay.varying_shifts().len() + usize::from(self.value_varies(delay))
    }

    /// What is to be drawn for those of its columns that are asked for, by their places among the columns of the project.
    pub fn wanted(&self, delay: &Delay, is_asked: impl Fn(usize) -> bool) -> Wanted {
        let mut places = 0..;
        let mut next = || places.next().is_some_and(&is_asked);
        let success = self.success_varies && next();
        let mut factors = [false; DELAY];
        (0..DELAY).filter(|&slot| self.varies(slot)).for_each(|slot| factors[slot] = next());
        // What comes late rests on all else.
        match (0..self.late_columns(delay)).filter(|_| next()).count() {
            0 => Wanted { success, factors, late: false },
            _ => Wanted::ALL,
        }
    }

    /// Lays out the columns that are wanted, at their places among all columns of the project.
    pub fn lay_out(&self, wanted: Wanted, delay: &Delay, layout: &mut Layout) {
        let numbers = |is_wanted: bool, layout: &mut Layout| match is_wanted {
            true => layout.add_numbers(),
            false => layout.leave_out(),
        };
        match wanted.success {
            _ if !self.success_varies => 0,
            true => layout.add_flags(),
            false => layout.leave_out(),
        };
        for slot in (0..DELAY).filter(|&slot| self.varies(slot)) {
            numbers(wanted.factors[slot], layout);
        }
        (0..self.late_columns(delay)).for_each(|_| {
            numbers(wanted.late, layout);
        });
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
        match self.periods_late(world, impact) {
            Some(periods) => Delay::of_trials(periods, longest),
            None => Delay::certain(self.constants[DELAY], longest),
        }
    }

    /// The delay without its periods in trials, which are drawn some at a time: those of `worlds`.
    pub fn delay_alone<'w>(
        &self,
        worlds: impl Iterator<Item = World<'w>>,
        longest: usize,
        impact: &mut Numbers,
    ) -> Delay {
        let mut ends = [f64::INFINITY, f64::NEG_INFINITY];
        for world in worlds {
            let Some(periods) = self.periods_late(&world, impact) else { break };
            let [low, high] = range_of(&periods);
            ends = [ends[0].min(low), ends[1].max(high)];
        }
        match self.varies(DELAY) {
            true => Delay::within(ends, longest),
            false => Delay::certain(self.constants[DELAY], longest),
        }
    }

    /// The delay with its periods in some trials. `impact` is a work buffer.
    pub fn delay_in(&self, world: &World, (delay, longest): (&Delay, usize), impact: &mut Numbers) -> Delay {
        delay.in_these(self.periods_late(world, impact).unwrap_or_default(), longest)
    }

    /// How late the project comes in each trial, in periods; `None` if that does not vary. `impact` is a work buffer.
    pub fn periods_late(&self, world: &World, impact: &mut Numbers) -> Option<Numbers> {
        if !self.varies(DELAY) {
            return None;
        }
        let certain = self.constants[DELAY];
        let id = self.project.id.as_str();
        let mut periods = Numbers::zeros(world.trials.count());
        if let Some(model) = self.models[DELAY] {
            world.draw(model, (self.position, Quantity::Delay), id, &mut periods);
        }
        // What would come early by its own does not make up for what an event does.
        periods.iter_mut().for_each(|periods| *periods = periods.max(0.0) + certain);
        world.strike(self.strikes[DELAY].as_ref(), id, &mut periods, impact);
        Some(periods)
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

    /// Draws the columns of the project that are wanted into their buffers, and shows each once it is done, in the order of
    /// the layout. `success` and `impact` are work buffers.
    pub fn fill(
        &self,
        world: &World,
        wanted: Wanted,
        (delay, room): (&Delay, Room),
        [success, impact]: &mut [Numbers; 2],
        mut show: impl FnMut(&[f64]),
    ) {
        let id = self.project.id.as_str();
        let Room { mut numbers, mut flags } = room;
        let is_drawn = |slot: usize| self.varies(slot) && wanted.factors[slot];
        let takes = |(slot, quantity): (usize, &Quantity)| is_drawn(slot) && takes_success(*quantity);
        if self.success_varies && (wanted.success || Quantity::FACTORS.iter().enumerate().any(takes)) {
            success.resize(world.trials.count());
            world.trials.uniforms(&Stream::of_success(world.seed, id), Grain::Coarse, success);
            below(success, self.project.success_probability.value());
            if wanted.success {
                flag(success, flags.next_column());
                show(success);
            }
        }
        let mut own: [&[f64]; DELAY] = [&[]; DELAY];
        for (slot, quantity) in Quantity::FACTORS.iter().enumerate().filter(|&(slot, _)| is_drawn(slot)) {
            let column = numbers.next_column();
            match self.models[slot] {
                Some(model) => world.draw(model, (self.position, *quantity), id, column),
                None => column.fill(1.0),
            }
            world.strike(self.strikes[slot].as_ref(), id, column, impact);
            if takes_success(*quantity) && self.success_varies {
                multiply(column, success);
            }
            show(column);
            own[slot] = column;
        }
        if wanted.late {
            self.fill_parts(delay, (success, own), || numbers.next_column(), show);
        }
    }

    /// Draws the columns of what a delay makes late of each factor, given success and those factors that have columns,
    /// and of the value that is left after it.
    fn fill_parts<'c>(
        &self,
        delay: &Delay,
        (success, own): (&[f64], [&[f64]; DELAY]),
        mut next_column: impl FnMut() -> &'c mut [f64],
        mut show: impl FnMut(&[f64]),
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
                show(column);
            }
        }
        if self.value_varies(delay) {
            let column = next_column();
            delay.fill_kept(self.project.value_decay.value(), column);
            if self.success_varies {
                multiply(column, success);
            }
            show(column);
        }
    }
}

/// Which columns of a project are to be drawn, of those that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    success: bool,
    factors: [bool; DELAY],
    /// What comes late by a delay that varies, for which all else is drawn.
    late: bool,
}

impl Wanted {
    /// All columns.
    pub const ALL: Self = Self { success: true, factors: [true; DELAY], late: true };
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
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The seed.
    pub seed: u64,
    /// The trials that are drawn.
    pub trials: Stretch<'a>,
    /// The scores of every driver that a quantity follows, in all trials; nothing for the others.
    pub drivers: &'a [Numbers],
    /// The scores of quantities that are correlated pair by pair, likewise.
    pub correlated: &'a CorrelatedScores,
    /// Their correlations.
    pub correlations: &'a Correlations,
    /// The trials in which risk events occur.
    pub occurrences: &'a Occurrences,
    /// Tables of PERT distributions.
    pub tables: &'a PertTables,
}

impl World<'_> {
    /// Adds what risk events do to a quantity of a project. `drawn` is a work buffer.
    fn strike(&self, strikes: Option<&Strikes>, project: &str, column: &mut [f64], drawn: &mut Numbers) {
        if let Some(strikes) = strikes {
            let how = (self.trials, self.tables);
            strikes.apply((self.seed, project), how, self.occurrences, column, drawn);
        }
    }

    /// Draws one factor, given the id of its project: its own part alone, or joined by a Gaussian copula with the drivers that it
    /// follows (Li 2000), or with what it is correlated with.
    fn draw(&self, model: &FactorModel, of: ProjectQuantity, id: &str, column: &mut [f64]) {
        let (marginal, first) = (Marginal::new(&model.distribution, self.tables), self.trials.first());
        if self.correlated.write(self.correlations, of, first, column) {
            return marginal.apply_to_scores(first, column);
        }
        let stream = Stream::of_factor(self.seed, id, of.1.as_str());
        if model.exposures.is_empty() {
            return marginal.draw(self.trials, &stream, column);
        }
        let own = (1.0 - model.explained()).max(0.0).sqrt();
        self.trials.scores(&stream, column);
        scale(column, own);
        for exposure in &model.exposures {
            let scores = View::Numbers(&self.drivers[exposure.driver]);
            accumulate(column, &[(exposure.loading, scores)], first);
        }
        marginal.apply_to_scores(first, column);
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
