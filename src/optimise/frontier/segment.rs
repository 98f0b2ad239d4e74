//! Fills segments of a frontier between two of its points: by one tree each, bisected where that tree would be too
//! large; point by point where no tree is tried at all.

use crate::optimise::result::OptimiseError;

use super::above_staircase::{Highest, StaircaseCollector, climb};
use super::evaluator::Measured;
use super::pareto::{ParetoPoint, Part, Point, Region, STEP, Staircase};
use super::subproblem::{Best, BiobjectiveModel};

/// Node limit of the tree over the whole segment; each bisection doubles it, or halves it where trees list many
/// duplicates.
pub const NODES_PER_PROBE: u64 = 2_000;
const MIN_SEGMENT_NODES: u64 = 500;
const MAX_SEGMENT_NODES: u64 = 1_000_000;
/// Node limit of the tree that finds the point at which a segment is bisected.
const MAX_PROBE_NODES: u64 = 20_000;
/// Relative gain of a measure in a tie that counts as rounding.
const RELATIVE_TIE: f64 = 1e-7;
/// Bisections after which a segment is filled point by point: with trees, and without, where bisection only serves to
/// fill several segments side by side.
const MAX_BISECTIONS: usize = 40;
const MAX_BISECTIONS_WITHOUT_TREE: usize = 3;

/// Weights of the first measure alone.
pub const X: Point = Point { x: 1.0, y: 0.0 };
/// Weights of the second measure alone.
pub const Y: Point = Point { x: 0.0, y: 1.0 };

/// A segment between two known points.
#[derive(Clone, Debug)]
pub struct Segment<S> {
    /// Its start in the first measure; points beyond are searched for.
    pub after: f64,
    /// Its end.
    pub to: f64,
    /// Second measure of the point at the end.
    pub low: f64,
    /// Upper bound on the second measure.
    pub top: f64,
    /// Known solutions that may lie in it.
    pub seeds: Vec<ParetoPoint<S>>,
    /// Bisections before.
    pub halvings: usize,
    /// Node limit of its tree.
    pub nodes: u64,
}

/// Fills segments of one frontier.
#[derive(Debug)]
pub struct SegmentSearch<'a, M> {
    /// Programs for points of a region.
    pub space: BiobjectiveModel<'a, M>,
    /// True if trees are tried.
    pub uses_trees: bool,
    /// Least distance of successive points in the first measure.
    pub stride: f64,
}

impl<M: Measured> SegmentSearch<'_, M> {
    /// All points of a segment.
    pub fn fill(&self, mut stretch: Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let steps = self.space.steps;
        let width = stretch.to - stretch.after;
        if width < steps.x || stretch.top < steps.floor(stretch.low) + steps.y {
            let mut part = Part::new();
            part.claim(stretch.after, stretch.to, steps.bound(stretch.low));
            return Ok(part);
        }
        if !self.uses_trees {
            let is_short = stretch.halvings >= MAX_BISECTIONS_WITHOUT_TREE || width <= 4.0 * self.stride;
            return if is_short { self.sweep(&stretch) } else { self.halve(stretch) };
        }
        let stairs = self.stairs(&stretch);
        let program = self.space.program(&self.region(&stretch), stairs.weights());
        let mut climber = StaircaseCollector { measured: &self.space.measured, stairs, count: (0, 0) };
        if climb(&program, &mut climber, stretch.nodes, self.space.cancel)? {
            return Ok(climber.stairs.into_part());
        }
        if stretch.halvings >= MAX_BISECTIONS {
            return self.sweep(&stretch);
        }
        let nodes = if climber.meets_the_same() { stretch.nodes / 2 } else { 2 * stretch.nodes };
        stretch.nodes = nodes.clamp(MIN_SEGMENT_NODES, MAX_SEGMENT_NODES);
        stretch.seeds = climber.stairs.into_spots();
        self.halve(stretch)
    }

    fn region(&self, stretch: &Segment<M::Solution>) -> Region {
        let steps = self.space.steps;
        let from = Point { x: stretch.after + steps.x, y: steps.floor(stretch.low) + steps.y };
        Region { from, x_to: stretch.to }
    }

    /// Staircase of the known points in a segment, weighted by the line between its ends.
    fn stairs(&self, stretch: &Segment<M::Solution>) -> Staircase<M::Solution> {
        let (steps, width) = (self.space.steps, stretch.to - stretch.after);
        let weights = Point { x: 1.0 / width, y: 1.0 / (stretch.top - steps.floor(stretch.low)) };
        let mut stairs = Staircase::new(self.region(stretch), stretch.low, weights, steps);
        for spot in &stretch.seeds {
            stairs.add(spot.clone());
        }
        stairs
    }

    /// Finds the highest point beyond the middle, and fills the segments on either side of it.
    fn halve(&self, stretch: Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let halvings = stretch.halvings + 1;
        let middle = 0.5 * (stretch.after + stretch.to);
        let mut part = Part::new();
        let (spot, bound) = match self.highest(&stretch, middle)? {
            Best::Unknown => return self.sweep(&stretch),
            Best::None => {
                part.claim(middle, stretch.to, self.space.steps.bound(stretch.low));
                part.take(self.fill(Segment { to: middle, halvings, ..stretch })?);
                return Ok(part);
            }
            Best::Found(spot, bound) => (spot, bound),
        };
        let (left, right) = stretch.split(middle, &spot, bound);
        part.claim(middle, spot.at.x, bound);
        part.spots.push(spot);
        let (left, right) = rayon::join(|| self.fill(left), || self.fill(right));
        part.take(left?);
        part.take(right?);
        Ok(part)
    }

    /// The highest point of a segment from `from` on.
    fn highest(&self, stretch: &Segment<M::Solution>, from: f64) -> Result<Best<M::Solution>, OptimiseError> {
        let mut region = self.region(stretch);
        region.from.x = region.from.x.max(from);
        if self.uses_trees {
            let mut highest = Highest {
                measured: &self.space.measured,
                from: region.from.x,
                low: stretch.low,
                steps: self.space.steps,
                best: None,
            };
            stretch.seeds.iter().for_each(|spot| highest.add(spot));
            let program = self.space.program(&region, Y);
            if climb(&program, &mut highest, MAX_PROBE_NODES, self.space.cancel)? {
                let bound = highest.bound();
                return Ok(highest.best.map_or(Best::None, |spot| Best::Found(spot, bound)));
            }
        }
        self.lexicographic(&region, Y, &stretch.seeds)
    }

    /// Lexicographic end: the best of one measure in a region, and the best of the other among those that have it.
    pub fn lexicographic(
        &self,
        region: &Region,
        first: Point,
        known: &[ParetoPoint<M::Solution>],
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
        let of = |at: Point| if second == X { at.x } else { at.y };
        match self.space.best(&tied, second, std::slice::from_ref(&spot))? {
            Best::Found(better, _) if of(better.at) > of(spot.at) + RELATIVE_TIE * of(spot.at).abs() => {
                Ok(Best::Found(better, bound))
            }
            _ => Ok(Best::Found(spot, bound)),
        }
    }

    /// Fills a segment from point to point (the ε-constraint method, Haimes et al. 1971).
    fn sweep(&self, stretch: &Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let (steps, stride, mut part) = (self.space.steps, self.stride, Part::new());
        let (mut after, mut top) = (stretch.after, stretch.top);
        // The last point on a line of shares keeps its distance from the end.
        let last = if stride > steps.x { stretch.to - 0.5 * stride } else { stretch.to };
        while after + stride <= last {
            let mut region = self.region(stretch);
            region.from.x = after + stride;
            let (spot, bound) = match self.next(stretch, &region, top)? {
                Best::Found(spot, bound) => (spot, bound),
                Best::None => {
                    part.claim(after, stretch.to, steps.bound(stretch.low));
                    return Ok(part);
                }
                Best::Unknown => {
                    part.claim(after, stretch.to, top);
                    return Ok(part);
                }
            };
            part.claim(after + stride - steps.x, spot.at.x, bound);
            (after, top) = (spot.at.x.max(after + stride), bound.min(top));
            part.spots.push(spot);
        }
        part.claim(after, stretch.to, steps.bound(stretch.low));
        Ok(part)
    }

    /// The highest point of a region, of which `top` is a bound: a known one, if that proves it already.
    fn next(
        &self,
        stretch: &Segment<M::Solution>,
        region: &Region,
        top: f64,
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let steps = self.space.steps;
        let known = stretch.seeds.iter().filter(|spot| region.holds(spot.at, steps));
        let best =
            known.max_by(|one, other| one.at.y.total_cmp(&other.at.y).then(one.at.x.total_cmp(&other.at.x)));
        match best {
            Some(spot) if top < steps.floor(spot.at.y) + steps.y => Ok(Best::Found(spot.clone(), top)),
            _ => self.lexicographic(region, Y, &stretch.seeds),
        }
    }
}

impl<S: Clone> Segment<S> {
    /// The segments on either side of the highest point beyond the middle.
    fn split(self, middle: f64, spot: &ParetoPoint<S>, bound: f64) -> (Self, Self) {
        let (right, left): (Vec<ParetoPoint<S>>, _) =
            self.seeds.into_iter().partition(|seed| seed.at.x > spot.at.x);
        let (halvings, nodes) = (self.halvings + 1, self.nodes);
        let (after, to, top) = (spot.at.x, self.to, bound.min(self.top));
        (
            Self {
                after: self.after,
                to: middle,
                low: spot.at.y,
                top: self.top,
                seeds: left,
                halvings,
                nodes,
            },
            Self { after, to, low: self.low, top, seeds: right, halvings, nodes },
        )
    }
}
