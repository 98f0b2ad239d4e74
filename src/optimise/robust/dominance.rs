//! Dominance between vectors of values, one value per extreme weighting.
//!
//! A portfolio dominates another if it is worth no less at every vertex of the admissible weights and more at one
//! (Liesiö, Mild and Salo 2007): values are linear in the weights, so that the vertices decide for all of them.

use std::cmp::Ordering;

use super::at_least::AtLeast;

/// True if `one` is nowhere less than `other` and somewhere more; differences of up to `rounding` are none.
pub fn dominates(one: &[f64], other: &[f64], rounding: f64) -> bool {
    let mut is_more = false;
    for (one, other) in one.iter().zip(other) {
        if *one < other - rounding {
            return false;
        }
        is_more |= *one > other + rounding;
    }
    is_more
}

/// The order in which larger sums stand first.
pub fn larger_first(one: f64, other: f64) -> Ordering {
    other.total_cmp(&one)
}

/// Vectors of known portfolios.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// All vectors, one after the other, by falling sum: those that dominate most come first.
    values: Vec<f64>,
    width: usize,
    rounding: f64,
    index: AtLeast,
}

impl Archive {
    /// An archive of vectors of `width` values.
    pub fn new(vectors: &[Vec<f64>], width: usize, rounding: f64) -> Self {
        let mut sorted: Vec<(f64, &Vec<f64>)> =
            vectors.iter().map(|vector| (vector.iter().sum(), vector)).collect();
        sorted.sort_by(|one, other| larger_first(one.0, other.0));
        let values: Vec<f64> = sorted.iter().flat_map(|one| one.1).copied().collect();
        let index = AtLeast::new(vectors.len(), width, |place, position| values[position * width + place]);
        Self { values, width, rounding, index }
    }

    fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    fn vector(&self, place: usize) -> &[f64] {
        &self.values[place * self.width..(place + 1) * self.width]
    }

    /// True if a vector of the archive dominates `upper`.
    pub fn dominates(&self, upper: &[f64]) -> bool {
        let least = |place: usize| upper[place] - self.rounding;
        self.index.any(least, self.len(), |place| dominates(self.vector(place), upper, self.rounding))
    }

    /// The least amount by which all values of some vector of the archive would have to rise to reach `upper`;
    /// infinite if it is empty.
    pub fn shortfall(&self, upper: &[f64]) -> f64 {
        let of_vector = |place: usize| {
            let short = upper.iter().zip(self.vector(place)).map(|(upper, value)| upper - value);
            short.fold(f64::NEG_INFINITY, f64::max)
        };
        (0..self.len()).map(of_vector).fold(f64::INFINITY, f64::min)
    }
}

/// Positions of the vectors that no other dominates, by falling sum. Equal vectors all stay.
pub fn non_dominated(vectors: &[&[f64]], rounding: f64) -> Vec<usize> {
    let sums: Vec<f64> = vectors.iter().map(|vector| vector.iter().sum()).collect();
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    order.sort_by(|&one, &other| larger_first(sums[one], sums[other]));
    let width = vectors.first().map_or(0, |vector| vector.len());
    let index = AtLeast::new(order.len(), width, |place, turn| vectors[order[turn]][place]);
    let mut is_kept = vec![false; order.len()];
    for (turn, &place) in order.iter().enumerate() {
        let vector = vectors[place];
        let beats = |other: usize| is_kept[other] && dominates(vectors[order[other]], vector, rounding);
        is_kept[turn] = !index.any(|number| vector[number] - rounding, turn, beats);
    }
    order.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_vectors_do_not_dominate_each_other() {
        let vectors: [&[f64]; 5] = [&[1.0, 2.0], &[2.0, 1.0], &[1.0, 2.0 + 1e-12], &[1.0, 1.0], &[0.0, 2.5]];
        let mut kept = non_dominated(&vectors, 1e-9);
        kept.sort_unstable();
        assert_eq!(kept, [0, 1, 2, 4]);
    }

    #[test]
    fn an_archive_finds_what_dominates_and_by_how_much_it_falls_short() {
        let archive = Archive::new(&[vec![1.0, 4.0], vec![3.0, 3.0]], 2, 1e-9);
        assert!(archive.dominates(&[3.0, 2.5]));
        assert!(archive.dominates(&[2.0, 2.5]));
        assert!(!archive.dominates(&[3.0, 3.0]), "an equal may be another portfolio");
        assert!(!archive.dominates(&[2.0, 3.5]));
        assert!((archive.shortfall(&[2.0, 3.5]) - 0.5).abs() < 1e-12);
        assert_eq!(Archive::new(&[], 2, 1e-9).shortfall(&[0.0, 0.0]), f64::INFINITY);
    }
}
