//! The plane of two measures, both signed so that larger is better: points, dominance, and claims.

/// Share of a measure's size on the frontier below which two points count as the same.
pub const STEP: f64 = 1e-9;

/// Share of a step that a search may count on: the rest is left to rounding.
const MOST: f64 = 0.99;

/// A point: the first measure and the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The first measure; more is better.
    pub x: f64,
    /// The second measure; more is better.
    pub y: f64,
}

/// A feasible solution and its point.
#[derive(Clone, Debug)]
pub struct ParetoPoint<S> {
    /// Its point.
    pub at: Point,
    /// The solution.
    pub solution: S,
}

/// Least differences of the measures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Steps {
    /// The least in the first measure.
    pub x: f64,
    /// The least in the second measure.
    pub y: f64,
    /// Relative gap in the second measure.
    pub gap: f64,
}

impl Steps {
    /// Steps of a frontier between two points, whose measures are multiples of `units` where these are known.
    pub fn between(one: Point, other: Point, units: [Option<f64>; 2], gap: f64) -> Self {
        let step = |one: f64, other: f64, unit: Option<f64>| {
            let rounding = STEP * one.abs().max(other.abs()).max(f64::MIN_POSITIVE);
            unit.map_or(0.0, |unit| MOST * unit).max(rounding)
        };
        Self { x: step(one.x, other.x, units[0]), y: step(one.y, other.y, units[1]), gap }
    }

    /// Level of the second measure: a point less than a step above it counts as known, given that the measure reaches
    /// `y`.
    pub fn floor(&self, y: f64) -> f64 {
        y + (self.gap * y.abs() - self.y).max(0.0)
    }

    /// Upper bound on the second measure of points that are ruled out, given that the measure reaches `y`.
    pub fn bound(&self, y: f64) -> f64 {
        y + self.gap * y.abs()
    }
}

/// The largest power of ten times a whole number of which all numbers are multiples, unless rounding hides it.
pub fn common_unit(numbers: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let largest = numbers.clone().map(f64::abs).fold(0.0, f64::max);
    let decimals = (0..=6).map(|places| 10_f64.powi(-places));
    for unit in decimals.filter(|unit| largest / unit < 1e9) {
        let is_multiple = |number: f64| (number / unit - (number / unit).round()).abs() <= 1e-6;
        if largest > 0.0 && numbers.clone().all(is_multiple) {
            let whole = numbers.map(|number| (number / unit).round().abs() as u64);
            return Some(unit * whole.fold(0, common_divisor) as f64);
        }
    }
    None
}

fn common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

/// A region of the plane: points at or beyond `from` in both measures, and before `x_to` in the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Least values; may be −∞.
    pub from: Point,
    /// The largest value of the first measure; may be ∞.
    pub x_to: f64,
}

impl Region {
    /// The whole plane.
    pub const ALL: Self =
        Self { from: Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY }, x_to: f64::INFINITY };

    /// True if a point lies in the region, give or take half a step.
    pub fn holds(&self, at: Point, steps: Steps) -> bool {
        at.x >= self.from.x - 0.5 * steps.x && at.y >= self.from.y - 0.5 * steps.y
    }
}

/// A claim: no feasible point whose first measure lies between `after` and `to` has a second one above `bound`, unless
/// a known one dominates it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// Start of its range in the first measure.
    pub after: f64,
    /// End of its range.
    pub to: f64,
    /// The bound on the second measure.
    pub bound: f64,
}

/// A part of a frontier: solutions, and claims that cover it without a gap.
#[derive(Clone, Debug)]
pub struct Part<S> {
    /// The solutions. Some may be dominated.
    pub points: Vec<ParetoPoint<S>>,
    /// The claims.
    pub claims: Vec<Claim>,
}

impl<S> Part<S> {
    /// An empty part.
    pub fn new() -> Self {
        Self { points: Vec::new(), claims: Vec::new() }
    }

    /// Adds a claim.
    pub fn claim(&mut self, after: f64, to: f64, bound: f64) {
        self.claims.push(Claim { after, to, bound });
    }

    /// Adds another part.
    pub fn take(&mut self, other: Self) {
        self.points.extend(other.points);
        self.claims.extend(other.claims);
    }
}

/// Non-dominated solutions, by rising first measure. Of equal ones the first is kept.
pub fn non_dominated<S>(mut points: Vec<ParetoPoint<S>>, steps: Steps) -> Vec<ParetoPoint<S>> {
    // A stable sort keeps equal ones in the order in which they were found, which threads do not change.
    points.sort_by(|one, other| other.at.x.total_cmp(&one.at.x).then(other.at.y.total_cmp(&one.at.y)));
    let mut kept: Vec<ParetoPoint<S>> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last().is_some_and(|last| point.at.y <= last.at.y + 0.5 * steps.y) {
            continue;
        }
        // A lower point that is farther by no more than rounding is dominated.
        while kept.last().is_some_and(|last| last.at.x <= point.at.x + 0.5 * steps.x) {
            kept.pop();
        }
        kept.push(point);
    }
    kept.reverse();
    kept
}

/// Bound on the second measure per point (by rising first measure), valid back to the point before.
pub fn bounds(points: &[Point], claims: &[Claim], steps: Steps) -> Vec<f64> {
    let mut bounds: Vec<f64> = points.iter().map(|point| point.y).collect();
    for claim in claims {
        // Points whose ranges the claim overlaps by more than rounding.
        let first = points.partition_point(|point| point.x <= claim.after + 0.5 * steps.x);
        for (position, bound) in bounds.iter_mut().enumerate().skip(first) {
            if position > 0 && points[position - 1].x >= claim.to - 0.5 * steps.x {
                break;
            }
            *bound = bound.max(claim.bound);
        }
    }
    bounds
}

/// Staircase of the known points in a region, with the cutoff below its corners.
#[derive(Clone, Debug)]
pub struct Staircase<S> {
    region: Region,
    low: f64,
    weights: Point,
    steps: Steps,
    points: Vec<ParetoPoint<S>>,
    cutoff: f64,
}

impl<S> Staircase<S> {
    /// An empty staircase of a region in which `weights` are maximised. `low` is the second measure of the point known
    /// beyond the region.
    pub fn new(region: Region, low: f64, weights: Point, steps: Steps) -> Self {
        let mut stairs = Self { region, low, weights, steps, points: Vec::new(), cutoff: f64::NEG_INFINITY };
        stairs.raise();
        stairs
    }

    /// Adds a solution; `false` if it lies outside the region or is dominated.
    pub fn add(&mut self, point: ParetoPoint<S>) -> bool {
        if !self.region.holds(point.at, self.steps) {
            return false;
        }
        let Point { x, y } = point.at;
        let next = self.points.partition_point(|other| other.at.x < x - 0.5 * self.steps.x);
        if self.points.get(next).is_some_and(|other| other.at.y >= y - 0.5 * self.steps.y) {
            return false;
        }
        let first = self.points.partition_point(|other| other.at.y > y + 0.5 * self.steps.y);
        let after = self.points.partition_point(|other| other.at.x <= x + 0.5 * self.steps.x);
        self.points.splice(first.min(after)..after, [point]);
        self.raise();
        true
    }

    /// Weighted sum at or below which solutions need not be found. Never falls.
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// Weights of the sum that is maximised.
    pub fn weights(&self) -> Point {
        self.weights
    }

    /// The solutions, by rising first measure.
    pub fn into_points(self) -> Vec<ParetoPoint<S>> {
        self.points
    }

    /// The solutions, and the claims that hold once everything above the cutoff is searched.
    pub fn into_part(self) -> Part<S> {
        let mut part = Part::new();
        for position in 0..=self.points.len() {
            let (after, bound) = (self.left_of(position), self.steps.bound(self.height(position)));
            let to = self.points.get(position).map_or(self.region.x_to, |point| point.at.x);
            let below_cut = (self.cutoff - self.weights.x * after) / self.weights.y;
            part.claim(after, to, bound.min(below_cut));
        }
        part.points = self.points;
        part
    }

    fn raise(&mut self) {
        let lowest = (0..=self.points.len()).map(|position| self.corner(position));
        self.cutoff = self.cutoff.max(lowest.fold(f64::INFINITY, f64::min));
    }

    /// Weighted sum at the corner between two neighbours: every new point has more.
    fn corner(&self, position: usize) -> f64 {
        let (x, y) = (self.left_of(position), self.steps.floor(self.height(position)));
        self.weights.x * (x + MOST * self.steps.x) + self.weights.y * (y + MOST * self.steps.y)
    }

    fn left_of(&self, position: usize) -> f64 {
        match position.checked_sub(1) {
            None => self.region.from.x - self.steps.x,
            Some(before) => self.points[before].at.x,
        }
    }

    fn height(&self, position: usize) -> f64 {
        self.points.get(position).map_or(self.low, |point| point.at.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: Steps = Steps { x: 1e-9, y: 1e-9, gap: 0.0 };

    fn point(x: f64, y: f64) -> ParetoPoint<()> {
        ParetoPoint { at: Point { x, y }, solution: () }
    }

    fn points<S>(points: &[ParetoPoint<S>]) -> Vec<(f64, f64)> {
        points.iter().map(|point| (point.at.x, point.at.y)).collect()
    }

    #[test]
    fn weakly_dominated_points_are_dropped() {
        let all = [(1.0, 5.0), (2.0, 5.0), (3.0, 1.0), (3.0, 2.0), (3.0, 2.0), (0.0, 4.0)];
        let kept = non_dominated(all.map(|(x, y)| point(x, y)).to_vec(), STEPS);
        assert_eq!(points(&kept), [(2.0, 5.0), (3.0, 2.0)]);
        let nearly = [(1.0, 5.0), (1.0 + 1e-12, 4.0), (0.5, 5.0 + 1e-12)];
        assert_eq!(points(&non_dominated(nearly.map(|(x, y)| point(x, y)).to_vec(), STEPS)), [(1.0, 5.0)]);
    }

    #[test]
    fn a_staircase_is_the_same_as_what_is_not_dominated() {
        let region = Region { from: Point { x: 0.0, y: 0.0 }, x_to: 10.0 };
        let mut chance = 1_u64;
        for _ in 0..200 {
            let mut stairs = Staircase::new(region, 0.0, Point { x: 1.0, y: 1.0 }, STEPS);
            let mut all = Vec::new();
            let mut cutoff = stairs.cutoff();
            for _ in 0..12 {
                chance =
                    chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let one = point(((chance >> 33) % 9) as f64 + 0.5, ((chance >> 43) % 9) as f64 + 0.5);
                all.push(one.clone());
                stairs.add(one);
                assert!(stairs.cutoff() >= cutoff);
                cutoff = stairs.cutoff();
            }
            assert_eq!(points(&stairs.into_points()), points(&non_dominated(all, STEPS)));
        }
    }

    #[test]
    fn bounds_hold_back_to_the_point_before() {
        let points = [Point { x: 1.0, y: 9.0 }, Point { x: 2.0, y: 5.0 }, Point { x: 3.0, y: 1.0 }];
        let claims = [
            Claim { after: f64::NEG_INFINITY, to: 1.0, bound: 9.0 },
            Claim { after: 1.0, to: 1.5, bound: 5.0 },
            Claim { after: 1.5, to: 2.5, bound: 5.5 },
            Claim { after: 2.5, to: 3.0, bound: 0.5 },
        ];
        assert_eq!(bounds(&points, &claims, STEPS), [9.0, 5.5, 5.5]);
    }

    #[test]
    fn units_are_found_where_there_are_any() {
        let unit = |numbers: &[f64]| common_unit(numbers.iter().copied());
        assert_eq!(unit(&[150.0, -100.0, 0.0]), Some(50.0));
        assert_eq!(unit(&[0.1 + 0.2, 0.7]), Some(0.1));
        assert_eq!(unit(&[1.0 / 3.0, 1.0]), None);
        assert_eq!(unit(&[0.0]), None);
        assert_eq!(unit(&[1e12, 1.0]), None);
    }
}
