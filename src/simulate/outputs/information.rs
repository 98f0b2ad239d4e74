//! The value of information: what it would be worth to know a source of risk before an option is chosen (the expected value
//! of partial perfect information: Raiffa and Schlaifer 1961).

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::domain::{Measure, ProjectIx, Quantity, ROUNDING, Selection, Sense};
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::reductions::range_of;
use crate::simulate::sampling::causes::SharedCause;
use crate::simulate::sampling::samples::Samples;

use super::attribution::{RiskSource, Series, covariance, slope};
use super::kinds::total_of;
use super::risk::Estimate;
use super::statistics::{mean_of, probability};
use super::trials::{TOGETHER, totals_of_each};

/// What it would be worth to know a source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Information {
    /// The source.
    pub source: RiskSource,
    /// By how much the mean of what is chosen by then would rise.
    pub value: Estimate,
    /// Probability that another option would then be chosen.
    pub another: Estimate,
    /// Place of the option, among those given, that would then most often be chosen instead.
    pub instead: usize,
}

/// What it would be worth to know each project of the options, and each driver and event that they share, if the option with the best
/// mean is chosen then: of options that were found, by the measure that says which is best. What an option is worth once a
/// source is known is its regression on the source. Sources that would not change the choice are left out; the most
/// valuable come first.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn value_of_information(
    (best_by, better): (Measure, Sense),
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
) -> Result<Vec<Information>, SimulateError> {
    let signed = |selections: &[&Selection]| -> Result<Vec<Series>, SimulateError> {
        let of = |[mut values]: [Vec<f64>; 1]| {
            if better == Sense::Minimise {
                values.iter_mut().for_each(|value| *value = -*value);
            }
            Series::new(values)
        };
        let values = totals_of_each(samples, valuation, selections, [total_of(best_by)])?;
        Ok(values.into_par_iter().map(of).collect())
    };
    let options = signed(selections)?;
    let portfolio = valuation.portfolio();
    let projects: BTreeSet<ProjectIx> = selections.iter().flat_map(|one| one.projects()).collect();
    let question = Question { samples, options: &options };
    let mut found = Vec::new();
    let alone = |&project: &ProjectIx| {
        let choice = selections.iter().find_map(|one| one.choice(project));
        (project, Selection::new(choice.copied()))
    };
    let alone: Vec<(ProjectIx, Selection)> = projects.iter().map(alone).collect();
    for alone in alone.chunks(TOGETHER) {
        let known = signed(&alone.iter().map(|(_, selection)| selection).collect::<Vec<_>>())?;
        let answer = |((project, _), known): (&(ProjectIx, Selection), &Series)| {
            question.answer(RiskSource::Project(*project), known)
        };
        found.extend(alone.par_iter().zip(&known).filter_map(answer).collect::<Vec<_>>());
    }
    let causes = projects.iter().flat_map(|&project| SharedCause::of(portfolio, project, &Quantity::ALL));
    for cause in causes.collect::<BTreeSet<_>>() {
        let scores = Series::new(samples.scores_of(cause).to_vec());
        found.extend(question.answer(RiskSource::Shared(cause), &scores));
    }
    found.sort_by(|one, other| {
        other.value.value.total_cmp(&one.value.value).then_with(|| one.source.cmp(&other.source))
    });
    Ok(found)
}

/// The options, trial by trial, the higher the better.
struct Question<'a> {
    samples: &'a Samples,
    options: &'a [Series],
}

impl Question<'_> {
    /// What it would be worth to know a source; `None` if that would not change the choice.
    fn answer(&self, source: RiskSource, known: &Series) -> Option<Information> {
        let variance = covariance(known, known);
        let line = |option: &Series| (option.mean(), slope(option, known, variance));
        let lines: Vec<(f64, f64)> = self.options.iter().map(line).collect();
        if lines.is_empty() {
            return None;
        }
        let (usual, _) = chosen_at(&lines, 0, 0.0);
        // The line that is the highest at both ends is so between them.
        let ends = range_of(known.values()).map(|end| chosen_at(&lines, usual, end - known.mean()));
        if ends.iter().all(|&(chosen, _)| chosen == usual) {
            return None;
        }
        let mut chosen = vec![0_usize; lines.len()];
        let mut gains = Vec::with_capacity(known.values().len());
        for value in known.values() {
            let (best, gain) = chosen_at(&lines, usual, value - known.mean());
            chosen[best] += 1;
            gains.push(gain);
        }
        let others: usize = chosen.iter().sum::<usize>() - chosen[usual];
        if others == 0 {
            return None;
        }
        let instead = (0..lines.len()).filter(|&one| one != usual).rev().max_by_key(|&one| chosen[one])?;
        let another = probability(others as f64, gains.len());
        Some(Information {
            source,
            value: mean_of(&gains, self.samples.design(), |gain| gain),
            another,
            instead,
        })
    }
}

/// What an option is worth on average where a source is so far from its mean, by its line: mean and slope.
fn worth_at((mean, slope): (f64, f64), from_middle: f64) -> f64 {
    mean + slope * from_middle
}

/// The line to choose in place of the usual one where a source is so far from its mean, and by how much it is higher: the
/// highest, of equals the first, which is ranked higher. A line that is higher by rounding alone is no reason to change.
fn chosen_at(lines: &[(f64, f64)], usual: usize, from_middle: f64) -> (usize, f64) {
    let worth_of_usual = worth_at(lines[usual], from_middle);
    let mut best = (usual, worth_of_usual);
    for (place, &line) in lines.iter().enumerate() {
        let worth = worth_at(line, from_middle);
        if worth > best.1 {
            best = (place, worth);
        }
    }
    let gain = best.1 - worth_of_usual;
    if gain <= ROUNDING * (best.1.abs() + worth_of_usual.abs()) { (usual, 0.0) } else { (best.0, gain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_option_is_chosen_only_if_it_is_better_by_more_than_rounding() {
        let lines = [(700.0, 2.0), (700.0 + 1e-11, 2.0), (699.0, 4.0), (699.0, 4.0)];
        assert_eq!(chosen_at(&lines, 0, 0.0), (0, 0.0), "as good but for rounding");
        assert_eq!(chosen_at(&lines, 0, 0.5), (0, 0.0), "where lines cross");
        assert_eq!(chosen_at(&lines, 0, 1.0), (2, 1.0), "of equals the first");
        assert_eq!(chosen_at(&lines, 2, -1.0).0, 1, "the highest");
    }
}
