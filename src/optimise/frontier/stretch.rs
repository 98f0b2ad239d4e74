//! Fills stretches of a frontier between two of its points: by one tree each, halved where that tree would be too
//! large; point by point where no tree is tried at all.

use crate::optimise::outcome::OptimiseError;

use super::climb::{Climber, Highest, climb};
use super::measured::Measured;
use super::plane::{Part, Point, Region, STEP, Spot, Staircase};
use super::space::{Best, Space};

/// Nodes that the tree of a stretch, and the tree that halves it, may look at.
const FEWEST_NODES: u64 = 2_000;
const MOST_NODES: u64 = 1_000_000;
const PROBE_NODES: u64 = 20_000;
/// How often a stretch is halved before it is filled point by point: with trees, and without, where halves only serve
/// to have several stretches side by side.
const HALVINGS: usize = 40;
const HALVINGS_WITHOUT_TREES: usize = 3;

/// The weights of the first measure alone, and of the second.
pub const X: Point = Point { x: 1.0, y: 0.0 };
/// See [`X`].
pub const Y: Point = Point { x: 0.0, y: 1.0 };

/// A stretch whose ends are known.
#[derive(Clone, Debug)]
pub struct Stretch<S> {
    /// Where it begins, in the first measure: what is looked for lies beyond.
    pub after: f64,
    /// Where it ends.
    pub to: f64,
    /// What is no higher than this is dominated, or as good as, by what is known at the end.
    pub floor: f64,
    /// Nothing is higher than this.
    pub top: f64,
    /// Solutions that may lie in it.
    pub seeds: Vec<Spot<S>>,
}

/// How a frontier is filled.
#[derive(Debug)]
pub struct Filling<'a, M> {
    /// Where the points lie.
    pub space: Space<'a, M>,
    /// Whether trees are tried.
    pub uses_trees: bool,
    /// How far the next point must lie from the one before, in the first measure.
    pub stride: f64,
}

impl<M: Measured> Filling<'_, M> {
    /// All points of a stretch.
    pub fn fill(
        &self,
        stretch: Stretch<M::Solution>,
        halvings: usize,
    ) -> Result<Part<M::Solution>, OptimiseError> {
        let (width, height) = (stretch.to - stretch.after, stretch.top - stretch.floor);
        if width <= 1.5 * self.space.steps.x || height <= 0.5 * self.space.steps.y {
            let mut part = Part::new();
            part.claim(stretch.after, stretch.to, stretch.floor);
            return Ok(part);
        }
        if !self.uses_trees {
            let is_short = halvings >= HALVINGS_WITHOUT_TREES || width <= 4.0 * self.stride;
            return if is_short { self.sweep(&stretch) } else { self.halve(stretch, halvings) };
        }
        let stairs = self.stairs(&stretch);
        let program = self.space.program(&self.region(&stretch), stairs.weights());
        let nodes = MOST_NODES.min(FEWEST_NODES << halvings.min(40));
        let mut climber = Climber { measured: &self.space.measured, stairs };
        if climb(&program, &mut climber, nodes, self.space.cancel)? {
            return Ok(climber.stairs.into_part());
        }
        if halvings >= HALVINGS {
            return self.sweep(&stretch);
        }
        let seeds = climber.stairs.into_spots();
        self.halve(Stretch { seeds, ..stretch }, halvings)
    }

    fn region(&self, stretch: &Stretch<M::Solution>) -> Region {
        let steps = self.space.steps;
        Region { from: Point { x: stretch.after + steps.x, y: stretch.floor + steps.y }, x_to: stretch.to }
    }

    /// The staircase of what is known in a stretch, seen along the line between its ends.
    fn stairs(&self, stretch: &Stretch<M::Solution>) -> Staircase<M::Solution> {
        let weights = Point { x: 1.0 / (stretch.to - stretch.after), y: 1.0 / (stretch.top - stretch.floor) };
        let (gap, steps) = (self.space.settings.gap, self.space.steps);
        let mut stairs = Staircase::new(self.region(stretch), stretch.floor, weights, gap, steps);
        stretch.seeds.iter().for_each(|spot| stairs.add(spot.clone()));
        stairs
    }

    /// Finds the highest point beyond the middle, and fills what lies on either side of it.
    fn halve(
        &self,
        stretch: Stretch<M::Solution>,
        halvings: usize,
    ) -> Result<Part<M::Solution>, OptimiseError> {
        let middle = 0.5 * (stretch.after + stretch.to);
        let mut part = Part::new();
        let (spot, bound) = match self.highest(&stretch, middle)? {
            Best::Unknown => return self.sweep(&stretch),
            Best::None => {
                part.claim(middle, stretch.to, stretch.floor);
                part.take(self.fill(Stretch { to: middle, ..stretch }, halvings + 1)?);
                return Ok(part);
            }
            Best::Found(spot, bound) => (spot, bound),
        };
        let (left, right) = stretch.split(middle, &spot, bound, self.space.settings.gap);
        part.claim(middle, spot.at.x, bound);
        part.spots.push(spot);
        let (left, right) = rayon::join(|| self.fill(left, halvings + 1), || self.fill(right, halvings + 1));
        part.take(left?);
        part.take(right?);
        Ok(part)
    }

    /// The highest point of a stretch from a place on.
    fn highest(&self, stretch: &Stretch<M::Solution>, from: f64) -> Result<Best<M::Solution>, OptimiseError> {
        let mut region = self.region(stretch);
        region.from.x = region.from.x.max(from);
        if self.uses_trees {
            let mut highest = Highest {
                measured: &self.space.measured,
                from: region.from.x,
                floor: stretch.floor,
                gap: self.space.settings.gap,
                steps: self.space.steps,
                best: None,
            };
            stretch.seeds.iter().for_each(|spot| highest.add(spot));
            let program = self.space.program(&region, Y);
            if climb(&program, &mut highest, PROBE_NODES, self.space.cancel)? {
                let bound = highest.bound();
                return Ok(highest.best.map_or(Best::None, |spot| Best::Found(spot, bound)));
            }
        }
        self.lexicographic(&region, Y, &stretch.seeds)
    }

    /// Finds the largest of one measure in a region, and of all that have it the one with the largest other measure.
    pub fn lexicographic(
        &self,
        region: &Region,
        first: Point,
        known: &[Spot<M::Solution>],
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let (spot, bound) = match self.space.best(region, first, known)? {
            Best::Found(spot, bound) => (spot, bound),
            other => return Ok(other),
        };
        let mut tied = *region;
        let at_least = |value: f64| value - 0.25 * STEP * value.abs();
        let second = if first == Y {
            tied.from.y = tied.from.y.max(at_least(spot.at.y));
            X
        } else {
            tied.from.x = tied.from.x.max(at_least(spot.at.x));
            Y
        };
        match self.space.best(&tied, second, std::slice::from_ref(&spot))? {
            Best::Found(better, _) => Ok(Best::Found(better, bound)),
            Best::None | Best::Unknown => Ok(Best::Found(spot, bound)),
        }
    }

    /// Goes along a stretch from point to point (the ε-constraint method, Haimes et al. 1971).
    fn sweep(&self, stretch: &Stretch<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let (steps, mut part) = (self.space.steps, Part::new());
        let (mut after, mut top, mut stride) = (stretch.after, stretch.top, self.space.steps.x);
        while after + stride < stretch.to {
            let mut region = self.region(stretch);
            region.from.x = after + stride;
            let (spot, bound) = match self.next(stretch, &region, top)? {
                Best::Found(spot, bound) => (spot, bound),
                Best::None => {
                    part.claim(after, stretch.to, stretch.floor);
                    return Ok(part);
                }
                Best::Unknown => {
                    part.claim(after, stretch.to, top);
                    return Ok(part);
                }
            };
            part.claim(after + stride - steps.x, spot.at.x, bound);
            (after, top, stride) = (spot.at.x.max(after + stride), bound.min(top), self.stride);
            part.spots.push(spot);
        }
        part.claim(after.max(stretch.to - steps.x), stretch.to, stretch.floor);
        Ok(part)
    }

    /// The highest point of a region, of which `top` is a bound: a known one, if that is as good as proven already.
    fn next(
        &self,
        stretch: &Stretch<M::Solution>,
        region: &Region,
        top: f64,
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let steps = self.space.steps;
        let known = stretch.seeds.iter().filter(|spot| region.holds(spot.at, steps));
        let best =
            known.max_by(|one, other| one.at.y.total_cmp(&other.at.y).then(one.at.x.total_cmp(&other.at.x)));
        match best {
            Some(spot) if top <= spot.at.y + self.space.settings.gap * spot.at.y.abs() => {
                Ok(Best::Found(spot.clone(), top))
            }
            _ => self.lexicographic(region, Y, &stretch.seeds),
        }
    }
}

impl<S: Clone> Stretch<S> {
    /// What is left on either side once the highest point beyond the middle is known.
    fn split(self, middle: f64, spot: &Spot<S>, bound: f64, gap: f64) -> (Self, Self) {
        let floor = spot.at.y + gap * spot.at.y.abs();
        let (right, left): (Vec<Spot<S>>, _) = self.seeds.into_iter().partition(|seed| seed.at.x > spot.at.x);
        (
            Self { after: self.after, to: middle, floor, top: self.top, seeds: left },
            Self { after: spot.at.x, to: self.to, floor: self.floor, top: bound.min(self.top), seeds: right },
        )
    }
}
