//! Dominance between vectors of values, one value per extreme weighting.
//!
//! A portfolio dominates another if it is worth no less at every vertex of the admissible weights and more at one
//! (Liesiö, Mild and Salo 2007): values are linear in the weights, so that the vertices decide for all of them.

use std::cmp::Ordering;

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

/// Vectors of known portfolios, by falling sum: what dominates a vector stands before all with a smaller sum.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    sums: Vec<f64>,
    /// All vectors, one after the other.
    values: Vec<f64>,
    width: usize,
    rounding: f64,
}

impl Archive {
    /// An archive of vectors of `width` values.
    pub fn new(vectors: &[Vec<f64>], width: usize, rounding: f64) -> Self {
        let mut sorted: Vec<(f64, &Vec<f64>)> =
            vectors.iter().map(|vector| (vector.iter().sum(), vector)).collect();
        sorted.sort_by(|one, other| larger_first(one.0, other.0));
        let sums = sorted.iter().map(|one| one.0).collect();
        let values = sorted.iter().flat_map(|one| one.1).copied().collect();
        Self { sums, values, width, rounding }
    }

    fn vector(&self, place: usize) -> &[f64] {
        &self.values[place * self.width..(place + 1) * self.width]
    }

    /// True if a vector of the archive dominates `upper`. `recent` holds places that lately did, and is updated.
    pub fn dominates(&self, upper: &[f64], recent: &mut Recent) -> bool {
        for turn in 0..recent.0.len() {
            if dominates(self.vector(recent.0[turn]), upper, self.rounding) {
                recent.0.swap(turn, turn / 2);
                return true;
            }
        }
        let least = upper.iter().sum::<f64>() - self.rounding * self.width as f64;
        let candidates = self.sums.partition_point(|&sum| sum >= least);
        let found = (0..candidates).find(|&place| dominates(self.vector(place), upper, self.rounding));
        found.into_iter().for_each(|place| recent.add(place));
        found.is_some()
    }

    /// The least amount by which all values of some vector of the archive would have to rise to reach `upper`;
    /// infinite if it is empty.
    pub fn shortfall(&self, upper: &[f64]) -> f64 {
        let of_vector = |place: usize| {
            let short = upper.iter().zip(self.vector(place)).map(|(upper, value)| upper - value);
            short.fold(f64::NEG_INFINITY, f64::max)
        };
        (0..self.sums.len()).map(of_vector).fold(f64::INFINITY, f64::min)
    }
}

/// Places in an archive that dominated the last vectors asked for: neighbours are often dominated by the same.
#[derive(Clone, Debug, Default)]
pub struct Recent(Vec<usize>);

impl Recent {
    const MOST: usize = 32;

    fn add(&mut self, place: usize) {
        if self.0.len() == Self::MOST {
            self.0.pop();
        }
        self.0.push(place);
    }
}

/// Positions of the vectors that no other dominates, by falling sum. Equal vectors all stay.
pub fn non_dominated(vectors: &[&[f64]], rounding: f64) -> Vec<usize> {
    let sums: Vec<f64> = vectors.iter().map(|vector| vector.iter().sum()).collect();
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    order.sort_by(|&one, &other| larger_first(sums[one], sums[other]));
    let mut kept: Vec<usize> = Vec::new();
    for place in order {
        if !kept.iter().rev().any(|&other| dominates(vectors[other], vectors[place], rounding)) {
            kept.push(place);
        }
    }
    kept
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
        let mut recent = Recent::default();
        assert!(archive.dominates(&[3.0, 2.5], &mut recent));
        assert!(archive.dominates(&[2.0, 2.5], &mut recent));
        assert!(!archive.dominates(&[3.0, 3.0], &mut recent), "an equal may be another portfolio");
        assert!(!archive.dominates(&[2.0, 3.5], &mut recent));
        assert!((archive.shortfall(&[2.0, 3.5]) - 0.5).abs() < 1e-12);
        assert_eq!(Archive::new(&[], 2, 1e-9).shortfall(&[0.0, 0.0]), f64::INFINITY);
    }
}
