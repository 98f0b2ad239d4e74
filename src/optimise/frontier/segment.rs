//! Fills segments of a frontier between two of its points: by one tree each, bisected where that tree would be too
//! large; point by point where no tree is tried at all.

use crate::optimise::bnb::TreeEnd;
use crate::optimise::outcome::{OptimiseError, Outcome};

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
    pub bisections: usize,
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
    pub fn fill(&self, mut segment: Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let steps = self.space.steps;
        let width = segment.to - segment.after;
        if width < steps.x || segment.top < steps.floor(segment.low) + steps.y {
            let mut part = Part::new();
            part.claim(segment.after, segment.to, steps.bound(segment.low));
            return Ok(part);
        }
        if !self.uses_trees {
            let is_short = segment.bisections >= MAX_BISECTIONS_WITHOUT_TREE || width <= 4.0 * self.stride;
            return if is_short { self.sweep(&segment) } else { self.bisect(segment) };
        }
        let stairs = self.stairs(&segment);
        let program = self.space.program(&self.region(&segment), stairs.weights());
        let mut climber = StaircaseCollector { measured: &self.space.measured, stairs, count: (0, 0) };
        match climb(&program, &mut climber, segment.nodes, self.space.cancel) {
            Ok(TreeEnd::Complete) => return Ok(climber.stairs.into_part()),
            Ok(TreeEnd::Limit | TreeEnd::Cancelled) => {}
            Err(error) => {
                segment.seeds = climber.stairs.into_points();
                return segment.cut_short(error);
            }
        }
        if segment.bisections >= MAX_BISECTIONS {
            return self.sweep(&segment);
        }
        let nodes = if climber.is_mostly_duplicates() { segment.nodes / 2 } else { 2 * segment.nodes };
        segment.nodes = nodes.clamp(MIN_SEGMENT_NODES, MAX_SEGMENT_NODES);
        segment.seeds = climber.stairs.into_points();
        self.bisect(segment)
    }

    fn region(&self, segment: &Segment<M::Solution>) -> Region {
        let steps = self.space.steps;
        let from = Point { x: segment.after + steps.x, y: steps.floor(segment.low) + steps.y };
        Region { from, x_to: segment.to }
    }

    /// Staircase of the known points in a segment, weighted by the line between its ends.
    fn stairs(&self, segment: &Segment<M::Solution>) -> Staircase<M::Solution> {
        let (steps, width) = (self.space.steps, segment.to - segment.after);
        let weights = Point { x: 1.0 / width, y: 1.0 / (segment.top - steps.floor(segment.low)) };
        let mut stairs = Staircase::new(self.region(segment), segment.low, weights, steps);
        for point in &segment.seeds {
            stairs.add(point.clone());
        }
        stairs
    }

    /// Finds the highest point beyond the middle, and fills the segments on either side of it.
    fn bisect(&self, segment: Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let bisections = segment.bisections + 1;
        let middle = 0.5 * (segment.after + segment.to);
        let mut part = Part::new();
        let (point, bound) = match self.highest(&segment, middle) {
            Err(error) => return segment.cut_short(error),
            Ok(Outcome::Unknown) => return self.sweep(&segment),
            Ok(Outcome::Infeasible) => {
                part.claim(middle, segment.to, self.space.steps.bound(segment.low));
                part.take(self.fill(Segment { to: middle, bisections, ..segment })?);
                return Ok(part);
            }
            Ok(Outcome::Found(found)) => found,
        };
        let (left, right) = segment.split(middle, &point, bound);
        part.claim(middle, point.at.x, bound);
        part.points.push(point);
        let (left, right) = rayon::join(|| self.fill(left), || self.fill(right));
        part.take(left?);
        part.take(right?);
        Ok(part)
    }

    /// The highest point of a segment from `from` on.
    fn highest(&self, segment: &Segment<M::Solution>, from: f64) -> Result<Best<M::Solution>, OptimiseError> {
        let mut region = self.region(segment);
        region.from.x = region.from.x.max(from);
        if self.uses_trees {
            let mut highest = Highest {
                measured: &self.space.measured,
                from: region.from.x,
                low: segment.low,
                steps: self.space.steps,
                best: None,
            };
            segment.seeds.iter().for_each(|point| highest.add(point));
            let program = self.space.program(&region, Y);
            if climb(&program, &mut highest, MAX_PROBE_NODES, self.space.cancel)? == TreeEnd::Complete {
                let bound = highest.bound();
                return Ok(highest.best.map_or(Outcome::Infeasible, |point| Outcome::Found((point, bound))));
            }
        }
        self.lexicographic(&region, Y, &segment.seeds)
    }

    /// Lexicographic end: the best of one measure in a region, and the best of the other among those that have it.
    pub fn lexicographic(
        &self,
        region: &Region,
        first: Point,
        known: &[ParetoPoint<M::Solution>],
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let (point, bound) = match self.space.best(region, first, known)? {
            Outcome::Found(found) => found,
            other => return Ok(other),
        };
        let mut tied = *region;
        let at_least = |value: f64| value - 0.25 * STEP * value.abs();
        let second = if first == Y {
            tied.from.y = tied.from.y.max(at_least(point.at.y));
            X
        } else {
            tied.from.x = tied.from.x.max(at_least(point.at.x));
            Y
        };
        let of = |at: Point| if second == X { at.x } else { at.y };
        match self.space.best(&tied, second, std::slice::from_ref(&point))? {
            Outcome::Found((better, _))
                if of(better.at) > of(point.at) + RELATIVE_TIE * of(point.at).abs() =>
            {
                Ok(Outcome::Found((better, bound)))
            }
            _ => Ok(Outcome::Found((point, bound))),
        }
    }

    /// Fills a segment from point to point (the ε-constraint method, Haimes et al. 1971).
    fn sweep(&self, segment: &Segment<M::Solution>) -> Result<Part<M::Solution>, OptimiseError> {
        let (steps, stride, mut part) = (self.space.steps, self.stride, Part::new());
        let (mut after, mut top) = (segment.after, segment.top);
        // The last point on a line of shares keeps its distance from the end.
        let last = if stride > steps.x { segment.to - 0.5 * stride } else { segment.to };
        while after + stride <= last {
            let mut region = self.region(segment);
            region.from.x = after + stride;
            let (point, bound) = match self.next(segment, &region, top) {
                Ok(Outcome::Found(found)) => found,
                Err(OptimiseError::Cancelled) => {
                    part.claim(after, segment.to, top);
                    part.points.extend(segment.seeds.iter().cloned());
                    return Ok(part);
                }
                Err(error) => return Err(error),
                Ok(Outcome::Infeasible) => {
                    part.claim(after, segment.to, steps.bound(segment.low));
                    return Ok(part);
                }
                Ok(Outcome::Unknown) => {
                    part.claim(after, segment.to, top);
                    return Ok(part);
                }
            };
            part.claim(after + stride - steps.x, point.at.x, bound);
            (after, top) = (point.at.x.max(after + stride), bound.min(top));
            part.points.push(point);
        }
        part.claim(after, segment.to, steps.bound(segment.low));
        Ok(part)
    }

    /// The highest point of a region, of which `top` is a bound: a known one, if that proves it already.
    fn next(
        &self,
        segment: &Segment<M::Solution>,
        region: &Region,
        top: f64,
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let steps = self.space.steps;
        let known = segment.seeds.iter().filter(|point| region.holds(point.at, steps));
        let best =
            known.max_by(|one, other| one.at.y.total_cmp(&other.at.y).then(one.at.x.total_cmp(&other.at.x)));
        match best {
            Some(point) if top < steps.floor(point.at.y) + steps.y => {
                Ok(Outcome::Found((point.clone(), top)))
            }
            _ => self.lexicographic(region, Y, &segment.seeds),
        }
    }
}

impl<S: Clone> Segment<S> {
    /// What is known of a segment that a stop leaves open: its solutions, and its bound.
    ///
    /// # Errors
    /// If it was no stop that ended the search.
    fn cut_short(self, error: OptimiseError) -> Result<Part<S>, OptimiseError> {
        if error != OptimiseError::Cancelled {
            return Err(error);
        }
        let mut part = Part::new();
        part.claim(self.after, self.to, self.top);
        part.points = self.seeds;
        Ok(part)
    }

    /// The segments on either side of the highest point beyond the middle.
    fn split(self, middle: f64, point: &ParetoPoint<S>, bound: f64) -> (Self, Self) {
        let (right, left): (Vec<ParetoPoint<S>>, _) =
            self.seeds.into_iter().partition(|seed| seed.at.x > point.at.x);
        let (bisections, nodes) = (self.bisections + 1, self.nodes);
        let (after, to, top) = (point.at.x, self.to, bound.min(self.top));
        (
            Self {
                after: self.after,
                to: middle,
                low: point.at.y,
                top: self.top,
                seeds: left,
                bisections,
                nodes,
            },
            Self { after, to, low: self.low, top, seeds: right, bisections, nodes },
        )
    }
}
