//! Columns of so many trials that they are not held: they are drawn again, some trials at a time, wherever they are needed.
//!
//! To draw a number takes a few nanoseconds, which is less than to wait for memory that the system clears, and each number
//! is the same whenever it is drawn.

use std::ops::Range;

use rayon::prelude::*;

use crate::domain::{ByProject, Portfolio, ProjectIx};
use crate::progress::CancelToken;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::Term;
use crate::simulate::kernel::view::View;

use super::delays::Delay;
use super::factors::{Extent, ProjectFactors};
use super::inputs::Inputs;
use super::plan::{Design, Stretch};
use super::project_draw::{ProjectDraw, Wanted, World};
use super::sample_matrix::{Columns, Layout, Room};

/// Trials that are drawn at a time, at least: the columns of a project then stay in the nearer caches while they are made.
const AT_ONCE: usize = 1 << 15;

/// The number of trials of the first stretch, which tells where the numbers of columns lie, whether all are held or not.
pub fn first_stretch(design: &Design) -> usize {
    design.stretches(AT_ONCE).first().map_or(0, Stretch::count)
}

/// Columns in some trials that follow each other.
pub struct Block<'a> {
    columns: &'a Columns,
    trials: Range<usize>,
}

impl<'a> Block<'a> {
    /// These trials of columns.
    pub fn new(columns: &'a Columns, trials: Range<usize>) -> Self {
        Self { columns, trials }
    }

    /// Its trials.
    pub fn trials(&self) -> Range<usize> {
        self.trials.clone()
    }

    /// The values of a column in these trials.
    pub fn view(&self, column: usize) -> View<'a> {
        self.columns.view(column)
    }

    /// The columns of terms, with their coefficients.
    pub fn columns_of(&self, terms: &[(usize, f64)]) -> Vec<Term<'a>> {
        terms.iter().map(|&(column, amount)| (amount, self.view(column))).collect()
    }
}

/// How to draw columns again.
#[derive(Clone, Debug)]
pub struct Recipe {
    portfolio: Portfolio,
    /// The first column of each project, and at last the number of all columns.
    firsts: Vec<usize>,
}

/// What columns rest on.
#[derive(Clone, Copy)]
pub struct DrawnFrom<'a> {
    /// How trials are drawn.
    pub design: &'a Design,
    /// What is drawn already.
    pub inputs: &'a Inputs,
}

impl DrawnFrom<'_> {
    /// What each stretch of trials is drawn from, one after the other.
    fn worlds<'a>(&'a self, portfolio: &'a Portfolio) -> Vec<World<'a>> {
        let stretches = self.design.stretches(AT_ONCE);
        stretches.into_iter().map(|trials| self.inputs.world(portfolio, trials)).collect()
    }
}

/// Columns that are laid out.
pub struct LaidOut {
    /// The factors of each project.
    pub factors: Vec<ProjectFactors>,
    /// The delay of each project.
    pub delays: Vec<Delay>,
    /// About where the numbers of each column lie.
    pub extents: Vec<Extent>,
}

impl Recipe {
    /// Lays out all columns, and draws their first stretch to learn where their numbers lie; keeps none. `done` is told of
    /// each project.
    ///
    /// # Errors
    /// If the run is cancelled.
    pub fn new(
        portfolio: &Portfolio,
        draws: &[ProjectDraw],
        from: DrawnFrom,
        (done, cancel): (&(dyn Fn(&ProjectDraw) + Sync), &CancelToken),
    ) -> Result<(Self, LaidOut), SimulateError> {
        let (worlds, longest) = (from.worlds(portfolio), portfolio.horizon().longest_delay());
        let delay = |buffer: &mut Numbers, draw: &ProjectDraw| {
            draw.delay_alone(worlds.iter().copied(), longest, buffer)
        };
        let delays: Vec<Delay> = draws.par_iter().map_init(Numbers::default, delay).collect();
        let (mut layout, mut firsts, mut factors) = (Layout::default(), Vec::new(), Vec::new());
        for (draw, delay) in draws.iter().zip(&delays) {
            firsts.push(layout.columns());
            factors.push(draw.layout(delay, &mut layout));
        }
        firsts.push(layout.columns());
        let extents = |(draw, delay): (&ProjectDraw, &Delay)| {
            if cancel.is_cancelled() {
                return Err(SimulateError::Cancelled);
            }
            let extents = extents_of(draw, (delay, longest), &worlds[0]);
            done(draw);
            Ok(extents)
        };
        let extents: Vec<Vec<Extent>> =
            draws.par_iter().zip(&delays).map(extents).collect::<Result<_, SimulateError>>()?;
        let extents = extents.into_iter().flatten().collect();
        Ok((Self { portfolio: portfolio.clone(), firsts }, LaidOut { factors, delays, extents }))
    }

    /// Visits all trials in order, block by block, with these columns (positions). What a visit returns as an error ends it.
    ///
    /// # Errors
    /// What a visit returns.
    pub fn each_block<E>(
        &self,
        from: DrawnFrom,
        delays: &ByProject<Delay>,
        columns: impl IntoIterator<Item = usize>,
        mut visit: impl FnMut(&Block) -> Result<(), E>,
    ) -> Result<(), E> {
        let (worlds, longest) = (from.worlds(&self.portfolio), self.portfolio.horizon().longest_delay());
        let (draws, layout) = self.draws_of(delays, columns);
        let counts = || draws.iter().map(|(draw, delay, wanted)| draw.counts(*wanted, delay));
        let most = worlds.iter().map(|world| world.trials.count()).max().unwrap_or_default();
        let mut columns = Columns::new(layout, most);
        for world in &worlds {
            columns.shorten(world.trials.count());
            let rooms = columns.rooms(counts());
            (draws.par_iter().zip(rooms)).for_each_init(Default::default, |buffers, (one, room)| {
                let (draw, delay, wanted) = one;
                fill(draw, *wanted, (delay, longest), (world, room), buffers, |_| ());
            });
            visit(&Block::new(&columns, world.trials.trials()))?;
        }
        Ok(())
    }

    /// How late a project comes in the trials of each stretch.
    pub fn delays_of<'a>(
        &'a self,
        from: &'a DrawnFrom,
        (project, delay): (ProjectIx, &'a Delay),
    ) -> impl Iterator<Item = (Stretch<'a>, Delay)> {
        let (draw, longest) =
            (ProjectDraw::new(&self.portfolio, project), self.portfolio.horizon().longest_delay());
        let mut buffer = Numbers::default();
        let worlds = from.worlds(&self.portfolio).into_iter();
        worlds.map(move |world| (world.trials, draw.delay_in(&world, (delay, longest), &mut buffer)))
    }

    /// The draws of the projects that have any of these columns, and the layout of the columns.
    fn draws_of<'a>(
        &'a self,
        delays: &'a ByProject<Delay>,
        columns: impl IntoIterator<Item = usize>,
    ) -> (Vec<(ProjectDraw<'a>, &'a Delay, Wanted)>, Layout) {
        let mut is_asked = vec![false; self.firsts.last().copied().unwrap_or_default()];
        columns.into_iter().for_each(|column| is_asked[column] = true);
        let mut layout = Layout::default();
        let mut draws = Vec::new();
        for ((project, delay), ends) in delays.iter_enumerated().zip(self.firsts.windows(2)) {
            let own = &is_asked[ends[0]..ends[1]];
            if !own.contains(&true) {
                own.iter().for_each(|_| _ = layout.leave_out());
                continue;
            }
            let draw = ProjectDraw::new(&self.portfolio, project);
            let wanted = draw.wanted(delay, |place| own[place]);
            draw.lay_out(wanted, delay, &mut layout);
            draws.push((draw, delay, wanted));
        }
        (draws, layout)
    }
}

/// Where the numbers of the columns of a project lie in the first stretch.
fn extents_of(draw: &ProjectDraw, (delay, longest): (&Delay, usize), world: &World) -> Vec<Extent> {
    let mut layout = Layout::default();
    draw.layout(delay, &mut layout);
    let mut extents = Vec::with_capacity(layout.columns());
    if layout.columns() > 0 {
        let mut columns = Columns::new(layout, world.trials.count());
        let room = columns.room(draw.counts(Wanted::ALL, delay));
        let read_off = |column: &[f64]| extents.push(Extent::of(column));
        fill(draw, Wanted::ALL, (delay, longest), (world, room), &mut Default::default(), read_off);
    }
    extents
}

/// Draws the columns of a project in some trials.
fn fill(
    draw: &ProjectDraw,
    wanted: Wanted,
    (delay, longest): (&Delay, usize),
    (world, room): (&World, Room),
    buffers: &mut [Numbers; 2],
    show: impl FnMut(&[f64]),
) {
    let delay = draw.delay_in(world, (delay, longest), &mut buffers[1]);
    draw.fill(world, wanted, (&delay, room), buffers, show);
}
