//! The objective of a goal, as weights of measures.

use crate::domain::{Goal, Measure};

/// Objective of a goal, `Σ weight × measure`, which is maximised; the measures of a mix are divided by their scales (by
/// 1 where none is given).
pub fn objective_terms(goal: &Goal, scales: &[(Measure, f64)]) -> Vec<(Measure, f64)> {
    match goal {
        Goal::Single { sense, measure } => vec![(*measure, sense.sign())],
        Goal::Mix(parts) => {
            let scale = |measure: Measure| {
                scales.iter().find(|(other, _)| *other == measure).map_or(1.0, |&(_, best)| best)
            };
            parts.iter().map(|&(measure, weight)| (measure, weight / scale(measure))).collect()
        }
    }
}
