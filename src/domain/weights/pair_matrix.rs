//! Judgements of pairs of siblings: their matrix, the weights that it makes, and how consistent it is.
//!
//! T. L. Saaty (1977): A scaling method for priorities in hierarchical structures. Journal of Mathematical Psychology
//! 15(3), 234-281. P. T. Harker (1987): Incomplete pairwise comparisons in the analytic hierarchy process. Mathematical
//! Modelling 9(11), 837-848.

/// Random indices of T. L. Saaty (1980): The Analytic Hierarchy Process, for matrices of 1, 2, 3, … objectives; larger
/// ones have the last. The mean consistency index of random reciprocal matrices on the scale 1/9 … 9.
pub(super) const RANDOM_INDEX: [f64; 15] =
    [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// Weights that change by less from one step to the next are found.
const STEP: f64 = 1e-13;

/// Most steps of the power iteration; a matrix of 15 objectives takes some hundred.
const MOST_STEPS: usize = 100_000;

/// A judgement of two siblings (positions among them): the first matters so many times as much as the second.
pub(super) type Pair = (usize, usize, f64);

/// Weights of siblings by judgements of pairs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judged {
    /// Per sibling; they sum to 1.
    pub(super) weights: Vec<f64>,
    /// The consistency index over that of random judgements; 0 for judgements that never contradict each other.
    pub(super) consistency_ratio: f64,
}

/// The principal eigenvector of the matrix of judgements, normalised, and its consistency ratio. A pair that is not judged
/// counts as the ratio of its weights (Harker): 0 in the matrix, and 1 more in the diagonal of both rows. The random index
/// falls with the number of such pairs (K. C. Ágoston, L. Csató 2022: Inconsistency thresholds for incomplete pairwise
/// comparison matrices. Omega 108, 102576).
pub(super) fn judged(siblings: usize, pairs: &[Pair]) -> Judged {
    let mut matrix = vec![vec![0.0; siblings]; siblings];
    for &(one, other, ratio) in pairs {
        matrix[one][other] = ratio;
        matrix[other][one] = 1.0 / ratio;
    }
    for (place, row) in matrix.iter_mut().enumerate() {
        let missing = row.iter().filter(|&&ratio| ratio == 0.0).count() - 1;
        row[place] = 1.0 + missing as f64;
    }
    let (weights, eigenvalue) = principal(&matrix);
    let ratio = random_index(siblings, siblings * (siblings - 1) / 2 - pairs.len())
        .map_or(0.0, |random| (eigenvalue - siblings as f64) / (siblings as f64 - 1.0) / random);
    // Rounding leaves dust of either sign on a consistent matrix.
    let consistency_ratio = if ratio < 1e-9 { 0.0 } else { ratio };
    Judged { weights, consistency_ratio }
}

/// The mean consistency index of random judgements of so many siblings, of which some pairs are missing. `None` where
/// judgements cannot contradict each other.
fn random_index(siblings: usize, missing: usize) -> Option<f64> {
    let complete = RANDOM_INDEX[siblings.clamp(1, RANDOM_INDEX.len()) - 1];
    let most = siblings.saturating_sub(1) * siblings.saturating_sub(2) / 2;
    (missing < most).then(|| complete * (1.0 - missing as f64 / most as f64))
}

/// The principal eigenvector (summing to 1) and the eigenvalue of a matrix of judgements, by power iteration.
fn principal(matrix: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let count = matrix.len();
    let (mut weights, mut eigenvalue) = (vec![1.0 / count as f64; count], count as f64);
    for _ in 0..MOST_STEPS {
        let times = |row: &Vec<f64>| row.iter().zip(&weights).map(|(own, weight)| own * weight).sum::<f64>();
        let next: Vec<f64> = matrix.iter().map(times).collect();
        eigenvalue = next.iter().sum();
        let next: Vec<f64> = next.into_iter().map(|weight| weight / eigenvalue).collect();
        let step = weights.iter().zip(&next).fold(0.0_f64, |step, (old, new)| step.max((old - new).abs()));
        weights = next;
        if step < STEP {
            break;
        }
    }
    (weights, eigenvalue)
}

/// A sibling that judgements do not join to the first one, over any number of others; `None` if all are joined.
pub(super) fn unconnected(siblings: usize, pairs: &[Pair]) -> Option<usize> {
    let mut is_joined = vec![false; siblings];
    is_joined[0] = true;
    for _ in 1..siblings {
        for &(one, other, _) in pairs {
            let either = is_joined[one] || is_joined[other];
            (is_joined[one], is_joined[other]) = (either, either);
        }
    }
    is_joined.iter().position(|&joined| !joined)
}

/// The judgement that contradicts the others most, and its mend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mend {
    /// The position of the judgement.
    pub(super) pair: usize,
    /// The ratio that the other judgements imply, to two digits and on the scale.
    pub(super) ratio: f64,
    /// The consistency ratio with it.
    pub(super) consistency_ratio: f64,
}

/// Of all judgements the one whose mend makes them most consistent: each in turn is left out, and takes the ratio of the
/// weights without it. `None` if none of them can be told from the others.
pub(super) fn mend(siblings: usize, pairs: &[Pair]) -> Option<Mend> {
    let mut best: Option<Mend> = None;
    for (pair, &(one, other, _)) in pairs.iter().enumerate() {
        let mut others = pairs.to_vec();
        others.remove(pair);
        if unconnected(siblings, &others).is_some() {
            continue;
        }
        let weights = judged(siblings, &others).weights;
        let ratio = on_scale(weights[one] / weights[other]);
        others.push((one, other, ratio));
        let consistency_ratio = judged(siblings, &others).consistency_ratio;
        if best.is_none_or(|best| consistency_ratio < best.consistency_ratio) {
            best = Some(Mend { pair, ratio, consistency_ratio });
        }
    }
    best
}

/// A ratio within 1/9 … 9, of which the larger of the two directions is rounded to two digits.
fn on_scale(ratio: f64) -> f64 {
    let larger = (ratio.max(1.0 / ratio).min(9.0) * 10.0).round() / 10.0;
    if ratio >= 1.0 { larger } else { 1.0 / larger }
}
