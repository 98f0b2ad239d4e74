//! Corners of the weights of a group of siblings that satisfy linear inequalities.
//!
//! T. S. Motzkin, H. Raiffa, G. L. Thompson, R. M. Thrall (1953): The double description method. Contributions to the
//! Theory of Games II, 51-73. K. Fukuda, A. Prodon (1996): Double description method revisited. LNCS 1120, 91-111 (the
//! combinatorial test of which corners share an edge).

/// A value that is nearer to 0 than this, with coefficients of at most 1, is 0.
const TOLERANCE: f64 = 1e-9;

/// Corners that lie this near to each other in every weight are one.
pub(super) const SAME_CORNER: f64 = 1e-9;

/// Most corners on the way to the last inequality.
const MOST_ON_THE_WAY: usize = 4_000;

/// Most inequalities of the weights of siblings, that each is 0 or more among them.
pub const MOST_BOUNDS: usize = 128;

/// The search for corners would take too long: too many of them, or too many inequalities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyCorners;

/// Weights w (of siblings, summing to 1) with Σ cᵢ·wᵢ ≥ 0. A constant is a part of each coefficient, as the weights sum
/// to 1.
pub(super) type HalfSpace = Vec<f64>;

struct Corner {
    weights: Vec<f64>,
    /// The inequalities that hold with equality: bit i < siblings for wᵢ ≥ 0, then one per half-space.
    faces: u128,
}

/// All corners of the weights that lie in all half-spaces, each once, in the order of their weights; none if no weights
/// do.
pub(super) fn corners(siblings: usize, half_spaces: &[HalfSpace]) -> Result<Vec<Vec<f64>>, TooManyCorners> {
    if siblings + half_spaces.len() > MOST_BOUNDS {
        return Err(TooManyCorners);
    }
    let of_simplex = |own: usize| Corner {
        weights: (0..siblings).map(|one| f64::from(u8::from(one == own))).collect(),
        faces: (0..siblings).filter(|&one| one != own).fold(0, |faces, one| faces | 1 << one),
    };
    let mut corners: Vec<Corner> = (0..siblings).map(of_simplex).collect();
    for (place, half_space) in half_spaces.iter().enumerate() {
        corners = cut(corners, half_space, 1 << (siblings + place))?;
    }
    Ok(distinct(corners.into_iter().map(|corner| cleaned(corner.weights)).collect()))
}

/// The corners of what a half-space leaves.
fn cut(corners: Vec<Corner>, half_space: &HalfSpace, face: u128) -> Result<Vec<Corner>, TooManyCorners> {
    let size = half_space.iter().fold(0.0_f64, |size, coefficient| size.max(coefficient.abs()));
    if size == 0.0 {
        return Ok(corners);
    }
    let value = |corner: &Corner| {
        let sum: f64 = corner.weights.iter().zip(half_space).map(|(weight, own)| weight * own / size).sum();
        if sum.abs() < TOLERANCE { 0.0 } else { sum }
    };
    let values: Vec<f64> = corners.iter().map(value).collect();
    let of = |is_wanted: fn(f64) -> bool| -> Vec<usize> {
        (0..values.len()).filter(|&one| is_wanted(values[one])).collect()
    };
    let (within, beyond) = (of(|value| value > 0.0), of(|value| value < 0.0));
    let mut added = Vec::new();
    for &one in &within {
        for &other in beyond.iter().filter(|&&other| share_an_edge(&corners, one, other)) {
            let part = values[one] / (values[one] - values[other]);
            let between = |(from, to): (&f64, &f64)| from + part * (to - from);
            let (from, to) = (&corners[one], &corners[other]);
            let weights = from.weights.iter().zip(&to.weights).map(between).collect();
            added.push(Corner { weights, faces: from.faces & to.faces | face });
            if added.len() + within.len() > MOST_ON_THE_WAY {
                return Err(TooManyCorners);
            }
        }
    }
    let kept = corners.into_iter().zip(values).filter(|&(_, value)| value >= 0.0);
    let mut kept: Vec<Corner> = kept
        .map(|(corner, value)| match value {
            0.0 => Corner { faces: corner.faces | face, ..corner },
            _ => corner,
        })
        .collect();
    kept.append(&mut added);
    Ok(kept)
}

/// True if two corners are the ends of an edge: no third one lies on all faces that both lie on.
fn share_an_edge(corners: &[Corner], one: usize, other: usize) -> bool {
    let common = corners[one].faces & corners[other].faces;
    // An edge lies on all but one of the dimensions' faces.
    if common.count_ones() as usize + 2 < corners[one].weights.len() {
        return false;
    }
    let mut others = corners.iter().enumerate().filter(|&(place, _)| place != one && place != other);
    !others.any(|(_, third)| third.faces & common == common)
}

/// Weights without the dust of rounding.
fn cleaned(weights: Vec<f64>) -> Vec<f64> {
    let weights: Vec<f64> =
        weights.into_iter().map(|weight| if weight < 1e-12 { 0.0 } else { weight }).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Each point once, the largest first weight first.
pub(super) fn distinct(mut points: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let is_near = |one: &[f64], other: &[f64]| {
        one.iter().zip(other).all(|(one, other)| (one - other).abs() < SAME_CORNER)
    };
    let order = |one: &Vec<f64>, other: &Vec<f64>| {
        let pairs = one.iter().zip(other);
        let mut differing = pairs.filter(|(one, other)| (*one - *other).abs() >= SAME_CORNER);
        differing.next().map_or(std::cmp::Ordering::Equal, |(one, other)| other.total_cmp(one))
    };
    let mut found: Vec<Vec<f64>> = Vec::with_capacity(points.len());
    for point in points.drain(..) {
        let place = found.partition_point(|other| order(other, &point).is_lt());
        if found.get(place).is_none_or(|other| !is_near(other, &point)) {
            found.insert(place, point);
        }
    }
    found
}

/// The fewest half-spaces that leave nothing, found by leaving out one after the other: without any of these groups of
/// half-spaces the others leave something.
pub(super) fn contradiction(siblings: usize, groups: &[Vec<HalfSpace>]) -> Vec<usize> {
    let leaves_nothing = |kept: &[usize]| {
        let half_spaces: Vec<HalfSpace> = kept.iter().flat_map(|&group| groups[group].clone()).collect();
        corners(siblings, &half_spaces).is_ok_and(|corners| corners.is_empty())
    };
    let mut kept: Vec<usize> = (0..groups.len()).collect();
    for group in 0..groups.len() {
        let without: Vec<usize> = kept.iter().copied().filter(|&other| other != group).collect();
        if leaves_nothing(&without) {
            kept = without;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from a linear congruence (Knuth's MMIX).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }

        /// A half-space with small whole coefficients, now and then an equation's half.
        fn half_space(&mut self, siblings: usize) -> HalfSpace {
            (0..siblings).map(|_| self.below(9) as f64 - 3.0).collect()
        }
    }

    fn value(half_space: &HalfSpace, weights: &[f64]) -> f64 {
        half_space.iter().zip(weights).map(|(own, weight)| own * weight).sum()
    }

    /// All weights in steps of 1/12.
    fn grid(siblings: usize) -> Vec<Vec<f64>> {
        let mut points = vec![Vec::new()];
        for _ in 1..siblings {
            let longer = |point: Vec<u32>| {
                let left = 12 - point.iter().sum::<u32>();
                (0..=left).map(move |next| [point.as_slice(), &[next]].concat())
            };
            points = points.into_iter().flat_map(longer).collect();
        }
        let whole = |mut point: Vec<u32>| {
            point.push(12 - point.iter().sum::<u32>());
            point.into_iter().map(|part| f64::from(part) / 12.0).collect()
        };
        points.into_iter().map(whole).collect()
    }

    #[test]
    fn corners_hold_to_all_half_spaces_and_enclose_every_point_that_does() {
        let mut dice = Dice(7);
        let (mut empty, mut many) = (0, 0);
        for round in 0..300 {
            let siblings = 2 + round % 4;
            let mut half_spaces: Vec<HalfSpace> =
                (0..1 + dice.below(6)).map(|_| dice.half_space(siblings)).collect();
            if round % 5 == 0 {
                half_spaces.push(half_spaces[0].iter().map(|own| -own).collect());
            }
            let found = corners(siblings, &half_spaces).unwrap();
            for corner in &found {
                assert!(
                    (corner.iter().sum::<f64>() - 1.0).abs() < 1e-12 && corner.iter().all(|&one| one >= 0.0)
                );
                assert!(
                    half_spaces.iter().all(|own| value(own, corner) > -1e-7),
                    "{half_spaces:?} {corner:?}"
                );
            }
            let points = grid(siblings);
            let within: Vec<&Vec<f64>> = (points.iter())
                .filter(|point| half_spaces.iter().all(|own| value(own, point) > -1e-12))
                .collect();
            assert!(!found.is_empty() || within.is_empty(), "{half_spaces:?}");
            empty += usize::from(found.is_empty());
            many += usize::from(found.len() > siblings);
            for _ in 0..20 {
                let direction = dice.half_space(siblings);
                let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
                let of_points = most(&mut within.iter().map(|point| value(&direction, point)));
                let of_corners = most(&mut found.iter().map(|point| value(&direction, point)));
                assert!(of_points <= of_corners + 1e-9, "{half_spaces:?} {direction:?}");
            }
            // No corner lies between two others.
            for (place, corner) in found.iter().enumerate() {
                for (other, one) in found.iter().enumerate().filter(|(other, _)| *other != place) {
                    for third in found[..other].iter().filter(|&third| third != corner) {
                        let middle: Vec<f64> =
                            one.iter().zip(third).map(|(one, third)| f64::midpoint(*one, *third)).collect();
                        assert!(middle.iter().zip(corner).any(|(one, two)| (one - two).abs() > 1e-7));
                    }
                }
            }
        }
        assert!(empty > 20 && many > 20, "{empty} empty, {many} with many corners");
    }

    /// An order of importance has the corners whose mean is the rank-order centroid.
    #[test]
    fn an_order_has_the_corners_of_its_centroid() {
        let order: Vec<HalfSpace> = vec![vec![1.0, -1.0, 0.0], vec![0.0, 1.0, -1.0]];
        let found = corners(3, &order).unwrap();
        let third = 1.0 / 3.0;
        let expected = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [third; 3]];
        for (corner, expected) in found.iter().zip(expected) {
            assert!(corner.iter().zip(expected).all(|(one, two)| (one - two).abs() < 1e-15), "{found:?}");
        }
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn contradictions_are_irreducible() {
        let mut dice = Dice(11);
        let mut found = 0;
        for round in 0..400 {
            let siblings = 2 + round % 3;
            let groups: Vec<Vec<HalfSpace>> = (0..2 + dice.below(6))
                .map(|_| (0..1 + dice.below(2)).map(|_| dice.half_space(siblings)).collect())
                .collect();
            if !corners(siblings, &groups.concat()).unwrap().is_empty() {
                continue;
            }
            found += 1;
            let kept = contradiction(siblings, &groups);
            let leaves_nothing = |kept: &[usize]| {
                let own: Vec<HalfSpace> = kept.iter().flat_map(|&group| groups[group].clone()).collect();
                corners(siblings, &own).unwrap().is_empty()
            };
            assert!(leaves_nothing(&kept));
            for group in &kept {
                let without: Vec<usize> = kept.iter().copied().filter(|other| other != group).collect();
                assert!(!leaves_nothing(&without), "{groups:?} {kept:?}");
            }
        }
        assert!(found > 50, "{found}");
    }

    #[test]
    fn too_many_corners_are_not_searched_for() {
        // Each of 14 weights between 0.05 and 0.1.
        let bound = |one: usize, sign: f64, constant: f64| -> HalfSpace {
            (0..14).map(|other| constant + if one == other { sign } else { 0.0 }).collect()
        };
        let half_spaces: Vec<HalfSpace> =
            (0..14).flat_map(|one| [bound(one, 1.0, -0.05), bound(one, -1.0, 0.1)]).collect();
        assert_eq!(corners(14, &half_spaces), Err(TooManyCorners));
    }
}
