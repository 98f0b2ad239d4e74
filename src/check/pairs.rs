//! Weights from judgements of pairs, once more: the powers of their matrix, each the square of the one before.

use crate::domain::{Judgement, ObjectiveTree};

/// Mean consistency indices of random judgements of 1, 2, 3, … objectives (Saaty 1980).
const RANDOM_INDEX: [f64; 15] =
    [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// So many squares make a power of more than a billion.
const SQUARES: usize = 40;

/// Weights of siblings and the consistency ratio of their judgements.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    /// Per sibling its part of their sum.
    pub weights: Vec<f64>,
    /// The consistency index over that of random judgements.
    pub ratio: f64,
}

/// Weighs siblings by the judgements that name two of them; `None` if none does, or there are too many siblings.
pub(super) fn weigh(tree: &ObjectiveTree, siblings: &[usize], judgements: &[Judgement]) -> Option<Weighed> {
    let place = |name: &str| siblings.iter().position(|&one| tree.objectives()[one].id.as_str() == name);
    let count = siblings.len();
    let mut ratios = vec![vec![None; count]; count];
    for Judgement { one, other, ratio } in judgements {
        let (Some(row), Some(column)) = (place(one), place(other)) else { continue };
        if ratios[row][column].is_none() {
            ratios[row][column] = Some(*ratio);
            ratios[column][row] = Some(1.0 / ratio);
        }
    }
    let known = ratios.iter().flatten().flatten().count() / 2;
    if known == 0 || count > RANDOM_INDEX.len() {
        return None;
    }
    // A pair without a judgement adds its row's own weight: row i then has the sum of its ratios times weights.
    let cell = |row: usize, column: usize| match row == column {
        true => (count - ratios[row].iter().flatten().count()) as f64,
        false => ratios[row][column].unwrap_or_default(),
    };
    let matrix: Vec<Vec<f64>> =
        (0..count).map(|row| (0..count).map(|column| cell(row, column)).collect()).collect();
    let mut power = matrix.clone();
    for _ in 0..SQUARES {
        power = square(&power);
    }
    let sums: Vec<f64> = power.iter().map(|row| row.iter().sum()).collect();
    let total: f64 = sums.iter().sum();
    let weights: Vec<f64> = sums.into_iter().map(|sum| sum / total).collect();
    let growth = |row: &Vec<f64>| row.iter().zip(&weights).map(|(own, weight)| own * weight).sum::<f64>();
    let eigenvalue: f64 = matrix.iter().map(growth).sum();
    let pairs = |count: usize| count * count.saturating_sub(1) / 2;
    let (missing, most) = (pairs(count) - known, pairs(count - 1));
    let ratio = match missing < most {
        true => {
            let random = RANDOM_INDEX[count - 1] * (most - missing) as f64 / most as f64;
            without_dust((eigenvalue - count as f64) / (count - 1) as f64 / random)
        }
        false => 0.0,
    };
    Some(Weighed { weights, ratio })
}

/// A ratio that rounding alone explains is 0.
fn without_dust(ratio: f64) -> f64 {
    if ratio < 1e-9 { 0.0 } else { ratio }
}

/// The square of a matrix, scaled so that its largest cell is 1.
fn square(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let places = 0..matrix.len();
    let cell = |row: usize, column: usize| {
        places.clone().map(|middle| matrix[row][middle] * matrix[middle][column]).sum::<f64>()
    };
    let cell = &cell;
    let squared: Vec<Vec<f64>> =
        places.clone().map(|row| places.clone().map(|column| cell(row, column)).collect()).collect();
    let largest = squared.iter().flatten().fold(0.0_f64, |largest, &own| largest.max(own));
    squared.into_iter().map(|row| row.into_iter().map(|own| own / largest).collect()).collect()
}
