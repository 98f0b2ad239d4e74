//! Value functions of objectives: from scores to values between 0 and 100.

/// The value of the scores of an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescale(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// A line from 0 at `worst` to 100 at `best`.
    Ends { worst: f64, best: f64 },
    /// Scores and values, joined by lines.
    Curve(Vec<(f64, f64)>),
}

impl Rescale {
    /// A line from 0 at `worst` to 100 at `best`, which may be the smaller number. `None` if both are the same or not
    /// finite.
    pub fn new(worst: f64, best: f64) -> Option<Self> {
        (worst.is_finite() && best.is_finite() && worst != best).then_some(Self(Kind::Ends { worst, best }))
    }

    /// A piecewise linear value function through points of score and value (R. L. Keeney, H. Raiffa 1976: Decisions with
    /// Multiple Objectives). `None` unless there are two or more, with finite numbers and scores that rise.
    pub fn curve(points: Vec<(f64, f64)>) -> Option<Self> {
        let is_finite = points.iter().all(|(score, value)| score.is_finite() && value.is_finite());
        let rises = points.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (points.len() >= 2 && is_finite && rises).then_some(Self(Kind::Curve(points)))
    }

    /// The scores that become 0 and 100; `None` for a curve.
    pub fn ends(&self) -> Option<(f64, f64)> {
        match &self.0 {
            Kind::Ends { worst, best } => Some((*worst, *best)),
            Kind::Curve(_) => None,
        }
    }

    /// The points of a curve, by rising score; none of a line.
    pub fn points(&self) -> &[(f64, f64)] {
        match &self.0 {
            Kind::Ends { .. } => &[],
            Kind::Curve(points) => points,
        }
    }

    /// The value of a score. Beyond the ends of a curve it is that of the nearest end; a line goes on.
    pub fn apply(&self, score: f64) -> f64 {
        let points = match &self.0 {
            Kind::Ends { worst, best } => return 100.0 * (score - worst) / (best - worst),
            Kind::Curve(points) => points,
        };
        let above = points.partition_point(|&(own, _)| own < score);
        match (above.checked_sub(1).map(|below| points[below]), points.get(above)) {
            (Some((from, low)), Some(&(to, high))) => low + (high - low) * (score - from) / (to - from),
            (None, Some(&(_, value))) | (Some((_, value)), None) => value,
            (None, None) => score,
        }
    }

    /// True if a score lies between the ends.
    pub fn contains(&self, score: f64) -> bool {
        let (one, other) = match &self.0 {
            Kind::Ends { worst, best } => (*worst, *best),
            Kind::Curve(points) => (points[0].0, points[points.len() - 1].0),
        };
        (one.min(other)..=one.max(other)).contains(&score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_may_run_downwards() {
        let scale = Rescale::new(5.0, 1.0).unwrap();
        assert_eq!(scale.apply(5.0), 0.0);
        assert_eq!(scale.apply(2.0), 75.0);
        assert!(Rescale::new(1.0, 1.0).is_none());
    }

    #[test]
    fn a_curve_joins_its_points() {
        let curve = Rescale::curve(vec![(0.0, 0.0), (10.0, 60.0), (40.0, 100.0)]).unwrap();
        let values = [0.0, 5.0, 10.0, 25.0, 40.0].map(|score| curve.apply(score));
        assert_eq!(values, [0.0, 30.0, 60.0, 80.0, 100.0]);
        assert_eq!(
            [-1.0, 41.0].map(|score| (curve.apply(score), curve.contains(score))),
            [(0.0, false), (100.0, false)]
        );
        assert!(curve.contains(40.0) && curve.ends().is_none() && curve.points().len() == 3);
        assert!(Rescale::curve(vec![(0.0, 0.0), (0.0, 60.0)]).is_none());
        assert!(Rescale::curve(vec![(0.0, 0.0)]).is_none());
    }
}
