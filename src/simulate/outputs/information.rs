//! The value of information: what it would be worth to know a source of risk before an option is chosen (the expected value
//! of partial perfect information: Raiffa and Schlaifer 1961).

use std::collections::BTreeSet;

use crate::domain::{Measure, ProjectIx, Quantity, Selection, Sense};
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::sampling::causes::SharedCause;
use crate::simulate::sampling::samples::Samples;

use super::attribution::{RiskSource, slope};
use super::risk::Estimate;
use super::statistics::{mean_of, probability};
use super::trials::{TrialTotals, trial_totals};

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
/// If the samples are of a portfolio with another number of projects.
pub fn value_of_information(
    (best_by, better): (Measure, Sense),
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
) -> Result<Vec<Information>, SimulateError> {
    let of = |totals: TrialTotals| match best_by {
        Measure::Benefit => totals.benefit,
        Measure::Cost => totals.cost,
        Measure::StrategicValue => totals.strategic_value,
        _ => totals.npv,
    };
    let signed = |selection: &Selection| -> Result<Vec<f64>, SimulateError> {
        let values = of(trial_totals(samples, valuation, selection)?);
        Ok(values.into_iter().map(|value| better.sign() * value).collect())
    };
    let options: Vec<Vec<f64>> = selections.iter().map(|one| signed(one)).collect::<Result<_, _>>()?;
    let portfolio = valuation.portfolio();
    let projects: BTreeSet<ProjectIx> = selections.iter().flat_map(|one| one.projects()).collect();
    let question = Question { samples, options: &options };
    let mut found = Vec::new();
    for &project in &projects {
        let choice = selections.iter().find_map(|one| one.choice(project));
        let alone = Selection::new(choice.copied());
        found.extend(question.answer(RiskSource::Project(project), &signed(&alone)?));
    }
    let causes = projects.iter().flat_map(|&project| SharedCause::of(portfolio, project, &Quantity::ALL));
    for cause in causes.collect::<BTreeSet<_>>() {
        found.extend(question.answer(RiskSource::Shared(cause), samples.scores_of(cause)));
    }
    found.sort_by(|one, other| {
        other.value.value.total_cmp(&one.value.value).then_with(|| one.source.cmp(&other.source))
    });
    Ok(found)
}

/// The options, trial by trial, the higher the better.
struct Question<'a> {
    samples: &'a Samples,
    options: &'a [Vec<f64>],
}

impl Question<'_> {
    /// What it would be worth to know a source; `None` if that would not change the choice.
    fn answer(&self, source: RiskSource, known: &[f64]) -> Option<Information> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let middle = mean(known);
        let lines: Vec<(f64, f64)> =
            self.options.iter().map(|values| (mean(values), slope(values, known))).collect();
        // The first of equals, which is ranked higher.
        let first = |at: &dyn Fn(&(f64, f64)) -> f64| {
            (0..lines.len()).rev().max_by(|&one, &other| at(&lines[one]).total_cmp(&at(&lines[other])))
        };
        let usual = first(&|line| line.0)?;
        let mut chosen = vec![0_usize; lines.len()];
        let gains: Vec<f64> = known
            .iter()
            .map(|value| {
                let at = |line: &(f64, f64)| line.0 + line.1 * (value - middle);
                let best = first(&at).unwrap_or(usual);
                chosen[best] += 1;
                at(&lines[best]) - at(&lines[usual])
            })
            .collect();
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
