//! Rank correlations between quantities of projects, pair by pair.

mod matrix;

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::PI;

use super::{ProjectIx, Quantity};

pub use matrix::{NearestMatrix, cholesky, nearest_correlation_matrix};

/// A quantity of a project.
pub type ProjectQuantity = (ProjectIx, Quantity);

/// Most quantities that correlations may join, directly or through others: the work on a matrix that has to be made valid grows with
/// the third power of its size.
pub const MOST_CORRELATED: usize = 200;

/// A distance that rounding makes: nothing was changed.
const ROUNDING: f64 = 1e-6;

/// What is told of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// The two.
    pub pair: [ProjectQuantity; 2],
    /// Spearman's rank correlation, −1 to 1.
    pub rank: f64,
}

/// Quantities that are joined by correlations, directly or through others.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelatedBlock {
    members: Vec<ProjectQuantity>,
    /// The lower Cholesky factor of the correlations of their normal scores.
    factor: Vec<Vec<f64>>,
}

impl CorrelatedBlock {
    /// The quantities, in the order of the ids of their projects.
    pub fn members(&self) -> &[ProjectQuantity] {
        &self.members
    }

    /// The weights by which the normal scores of the members up to one are added up to be its own score.
    pub fn weights(&self, member: usize) -> &[f64] {
        &self.factor[member][..=member]
    }
}

/// Correlations that were changed, as no quantities can have them all together.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeValid {
    /// Number of quantities that they join.
    pub quantities: usize,
    /// The distance of the two matrices of normal scores in the Frobenius norm.
    pub distance: f64,
    /// The pair that changed most. What was not told is 0.
    pub told: Correlation,
    /// Its rank correlation now.
    pub made: f64,
}

/// Rank correlations of quantities, as a Gaussian copula: a rank correlation r is that of normal scores with the correlation
/// 2 sin(π r / 6) (Pearson 1907). Pairs that are not told are not correlated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correlations {
    /// In the order of their first members.
    blocks: Vec<CorrelatedBlock>,
    /// Block and place in it of each quantity.
    places: BTreeMap<ProjectQuantity, (usize, usize)>,
}

/// Reasons why pairs make no correlations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrelationsError {
    /// A quantity is correlated with itself.
    #[error("a quantity is correlated with itself")]
    Itself,
    /// A pair is listed twice.
    #[error("a pair of quantities is listed twice")]
    Repeated,
    /// A correlation is below −1, above 1 or no number.
    #[error("a correlation is not from -1 to 1")]
    OutOfRange,
    /// A block is too large.
    #[error("correlations join {0} quantities, more than {MOST_CORRELATED}")]
    TooMany(usize),
}

impl Correlations {
    /// Correlations of pairs, and what had to be changed so that quantities can have them: each block that no quantities can have
    /// gets the nearest matrix that some can ([`nearest_correlation_matrix`]).
    ///
    /// # Errors
    /// The first rule that pairs break.
    pub fn new(told: &[Correlation]) -> Result<(Self, Vec<MadeValid>), CorrelationsError> {
        let mut pairs: BTreeMap<[ProjectQuantity; 2], f64> = BTreeMap::new();
        for &Correlation { mut pair, rank } in told {
            pair.sort_unstable();
            if pair[0] == pair[1] {
                return Err(CorrelationsError::Itself);
            }
            if !(-1.0..=1.0).contains(&rank) {
                return Err(CorrelationsError::OutOfRange);
            }
            if pairs.insert(pair, rank).is_some() {
                return Err(CorrelationsError::Repeated);
            }
        }
        let (mut correlations, mut changes) = (Self::default(), Vec::new());
        for members in joined(&pairs) {
            if members.len() > MOST_CORRELATED {
                return Err(CorrelationsError::TooMany(members.len()));
            }
            let (block, change) = block(members, &pairs);
            for (place, &member) in block.members.iter().enumerate() {
                correlations.places.insert(member, (correlations.blocks.len(), place));
            }
            correlations.blocks.push(block);
            changes.extend(change);
        }
        Ok((correlations, changes))
    }

    /// The blocks, each independent of the others.
    pub fn blocks(&self) -> &[CorrelatedBlock] {
        &self.blocks
    }

    /// The block of a quantity and its place in it; `None` if it is correlated with nothing.
    pub fn place(&self, project: ProjectIx, quantity: Quantity) -> Option<(usize, usize)> {
        self.places.get(&(project, quantity)).copied()
    }

    /// All quantities that are correlated.
    pub fn members(&self) -> impl Iterator<Item = ProjectQuantity> {
        self.places.keys().copied()
    }
}

/// The quantities of each block, in order.
fn joined(pairs: &BTreeMap<[ProjectQuantity; 2], f64>) -> Vec<Vec<ProjectQuantity>> {
    let mut beside: BTreeMap<ProjectQuantity, Vec<ProjectQuantity>> = BTreeMap::new();
    for (&[one, other], _) in pairs.iter().filter(|(_, rank)| **rank != 0.0) {
        beside.entry(one).or_default().push(other);
        beside.entry(other).or_default().push(one);
    }
    let (mut found, mut blocks) = (BTreeSet::new(), Vec::new());
    for &first in beside.keys() {
        let mut open = if found.insert(first) { vec![first] } else { continue };
        let mut members = Vec::new();
        while let Some(one) = open.pop() {
            members.push(one);
            open.extend(beside[&one].iter().copied().filter(|&other| found.insert(other)));
        }
        members.sort_unstable();
        blocks.push(members);
    }
    blocks
}

/// A block, and what had to be changed in it.
fn block(
    members: Vec<ProjectQuantity>,
    pairs: &BTreeMap<[ProjectQuantity; 2], f64>,
) -> (CorrelatedBlock, Option<MadeValid>) {
    let told = |pair: [ProjectQuantity; 2]| pairs.get(&pair).copied().unwrap_or(0.0);
    let size = members.len();
    let entry = |row: usize, column: usize| match row == column {
        true => 1.0,
        false => score_of(told([members[row.min(column)], members[row.max(column)]])),
    };
    let scores: Vec<Vec<f64>> =
        (0..size).map(|row| (0..size).map(|column| entry(row, column)).collect()).collect();
    if let Some(factor) = cholesky(&scores) {
        return (CorrelatedBlock { members, factor }, None);
    }
    let NearestMatrix { matrix: nearest, factor } = nearest_correlation_matrix(&scores);
    let places = (0..size).flat_map(|row| (0..row).map(move |column| (column, row)));
    let (mut most, mut squares) = (None, 0.0);
    for (one, other) in places {
        let moved = nearest[one][other] - scores[one][other];
        squares += 2.0 * moved * moved;
        let pair = [members[one], members[other]];
        let (told, made) = (told(pair), rank_of(nearest[one][other]));
        let change =
            MadeValid { quantities: size, distance: 0.0, told: Correlation { pair, rank: told }, made };
        let is_more = |most: &MadeValid| (made - told).abs() > (most.made - most.told.rank).abs() + ROUNDING;
        if most.as_ref().is_none_or(is_more) {
            most = Some(change);
        }
    }
    let change = most.map(|most| MadeValid { distance: squares.sqrt(), ..most });
    (CorrelatedBlock { members, factor }, change.filter(|change| change.distance > ROUNDING))
}

/// The correlation of the normal scores of two quantities with a rank correlation.
fn score_of(rank: f64) -> f64 {
    if rank.abs() == 1.0 { rank } else { 2.0 * libm::sin(rank * PI / 6.0) }
}

/// The rank correlation of two quantities whose normal scores have a correlation.
fn rank_of(score: f64) -> f64 {
    libm::asin(0.5 * score.clamp(-1.0, 1.0)) * 6.0 / PI
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(project: usize) -> ProjectQuantity {
        (ProjectIx::new(project), Quantity::Cost)
    }

    fn told(pairs: &[(usize, usize, f64)]) -> Vec<Correlation> {
        pairs.iter().map(|&(one, other, rank)| Correlation { pair: [cost(one), cost(other)], rank }).collect()
    }

    #[test]
    fn pairs_that_share_a_quantity_are_one_block_in_any_order() {
        let pairs = [(7, 2, 0.5), (4, 3, -0.2), (2, 9, 0.1), (5, 6, 0.0), (9, 4, 0.0)];
        let (one, changes) = Correlations::new(&told(&pairs)).unwrap();
        let mut turned: Vec<(usize, usize, f64)> =
            pairs.map(|(one, other, rank)| (other, one, rank)).to_vec();
        turned.reverse();
        assert_eq!((Ok((one.clone(), Vec::new())), Vec::new()), (Correlations::new(&told(&turned)), changes));
        let members: Vec<&[ProjectQuantity]> = one.blocks().iter().map(CorrelatedBlock::members).collect();
        assert_eq!(members, [&[cost(2), cost(7), cost(9)][..], &[cost(3), cost(4)]]);
        assert_eq!(one.place(ProjectIx::new(9), Quantity::Cost), Some((0, 2)));
        assert_eq!(one.place(ProjectIx::new(5), Quantity::Cost), None, "a correlation of 0 joins nothing");
        assert_eq!(one.place(ProjectIx::new(9), Quantity::Benefit), None);
    }

    #[test]
    fn rules_are_kept() {
        let refused = |pairs: &[(usize, usize, f64)]| Correlations::new(&told(pairs)).unwrap_err();
        assert_eq!(refused(&[(1, 1, 0.5)]), CorrelationsError::Itself);
        assert_eq!(refused(&[(1, 2, 1.5)]), CorrelationsError::OutOfRange);
        assert_eq!(refused(&[(1, 2, f64::NAN)]), CorrelationsError::OutOfRange);
        assert_eq!(refused(&[(1, 2, 0.5), (2, 1, 0.5)]), CorrelationsError::Repeated);
        let chain: Vec<(usize, usize, f64)> = (0..MOST_CORRELATED).map(|one| (one, one + 1, 0.3)).collect();
        assert_eq!(refused(&chain), CorrelationsError::TooMany(MOST_CORRELATED + 1));
        assert_eq!(Correlations::new(&told(&chain[1..])).unwrap().1, []);
    }

    #[test]
    fn what_no_quantities_can_have_is_changed_and_told() {
        let (made, changes) = Correlations::new(&told(&[(1, 2, 1.0), (2, 3, 1.0)])).unwrap();
        let [change] = &changes[..] else { panic!("{changes:?}") };
        // The same matrix as in Higham 2002: scores of 0.7607 and 0.1573, told as ranks.
        assert_eq!(change.told, Correlation { pair: [cost(1), cost(2)], rank: 1.0 });
        assert!((score_of(change.made) - 0.7607).abs() < 5e-5, "{change:?}");
        assert!((change.distance - 0.5278).abs() < 5e-5, "{change:?}");
        let block = &made.blocks()[0];
        let product: f64 = block.weights(0)[0] * block.weights(2)[0];
        assert!((product - 0.1573).abs() < 5e-5, "{product}");
    }
}
