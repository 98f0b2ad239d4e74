//! shrinkage.csv, and the columns of options.csv about it: benefits drawn towards the common mean of all candidates.

use crate::domain::{Measure, PaymentIx, ProjectIx, Quantity, Status};
use crate::simulate::Samples;

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// An estimate of a project.
#[derive(Clone, Copy)]
struct Estimate {
    per_cost: Figure,
    weight: Figure,
    shrunk: Figure,
}

/// The estimates of a scenario.
pub(super) struct Estimates {
    mean: Figure,
    of: Vec<Option<Estimate>>,
}

impl Estimates {
    /// The estimates; `None` where nothing is simulated, or no prior is given.
    pub fn new(context: &Context<'_>, case: &ScenarioCase<'_>, samples: Option<&Samples>) -> Option<Self> {
        let (prior_sd, samples) = (context.batch.prior_sd()?, samples?);
        if !case.reading.scenario.simulate {
            return None;
        }
        let projects = context.portfolio.projects();
        let planned: Vec<[Figure; 2]> = (projects.iter_enumerated())
            .map(|(project, row)| {
                let whole = Chosen { project, start: row.start, share: 1.0, payment: PaymentIx::default() };
                [Measure::Benefit, Measure::Cost].map(|one| case.reading.of_project(one, whole, None))
            })
            .collect();
        let candidates = || {
            let rows = projects.iter().zip(&planned);
            rows.filter(|(row, [_, cost])| row.status != Status::Excluded && cost.value > 0.0)
        };
        let sum = |which: usize| candidates().map(|(_, planned)| planned[which]).sum::<Figure>();
        let mean = sum(0).over(sum(1));
        let estimate = |(project, [benefit, cost]): (ProjectIx, [Figure; 2])| {
            let error = error(samples, project)?;
            let is_known = benefit.value > 0.0 && cost.value > 0.0;
            let per_cost = is_known.then(|| benefit.over(cost))?;
            let (prior, noise) = ((prior_sd * mean.value).powi(2), (error * per_cost.value).powi(2));
            let weight = if noise > 0.0 { prior / (prior + noise) } else { 1.0 };
            let weight = Figure { value: weight, slack: 1e-9 };
            let shrunk = per_cost * weight.value + mean * (1.0 - weight.value);
            Some(Estimate { per_cost, weight, shrunk })
        };
        let of = (0..planned.len()).map(|place| estimate((ProjectIx::new(place), planned[place]))).collect();
        Some(Self { mean, of })
    }

    /// What a chosen project loses of its planned net present value.
    fn lost(&self, case: &ScenarioCase<'_>, chosen: Chosen) -> Figure {
        let Some(estimate) = self.of[chosen.project.index()] else { return Figure::ZERO };
        let success = case.reading.portfolio.projects()[chosen.project].success_probability.value();
        let benefit = case.reading.present_values(chosen, 0).1 * success;
        let factor = estimate.shrunk.value / estimate.per_cost.value;
        let lost = benefit * (1.0 - factor);
        Figure { slack: lost.slack + 1e-9 * benefit.value.abs(), ..lost }
    }

    /// What an option loses of its planned net present value.
    pub fn disappointment(&self, case: &ScenarioCase<'_>, option: &Case) -> Figure {
        option.selection.chosen().iter().map(|&chosen| self.lost(case, chosen)).sum()
    }
}

/// The standard deviation of the benefit factor where the project succeeds; `None` if it does in fewer than two trials.
fn error(samples: &Samples, project: ProjectIx) -> Option<f64> {
    let (factors, successes) = (samples.factors(project, Quantity::Benefit), samples.successes(project));
    let own: Vec<f64> = factors
        .into_iter()
        .zip(successes)
        .filter(|(_, success)| *success > 0.0)
        .map(|(factor, _)| factor)
        .collect();
    let count = own.len() as f64;
    let mean = own.iter().sum::<f64>() / count;
    let squares: f64 = own.iter().map(|factor| (factor - mean).powi(2)).sum();
    (own.len() > 1).then(|| (squares / count).sqrt())
}

/// Compares shrinkage.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let mut table = Comparison::new("shrinkage.csv", sheet, &["scenario", "option", "project"]);
    let mut expected = Vec::new();
    let all: Vec<Option<Estimates>> =
        context.cases.iter().map(|case| Estimates::new(context, case, samples)).collect();
    for (case, estimates) in context.cases.iter().zip(&all) {
        let Some(estimates) = estimates else { continue };
        for option in &case.options {
            for &chosen in option.selection.chosen() {
                let id = context.portfolio.projects()[chosen.project].id.as_str();
                expected.push((case.key(option, &[id]), (case, estimates, chosen)));
            }
        }
    }
    for (row, (case, estimates, chosen)) in table.find_rows(expected) {
        let estimate = estimates.of[chosen.project.index()];
        let npv = case.reading.of_project(Measure::Npv, chosen, None);
        table.number(row, "benefit_per_cost", estimate.map(|one| one.per_cost));
        table.number(row, "weight", estimate.map(|one| one.weight));
        table.number(row, "shrunk", estimate.map(|one| one.shrunk));
        table.number(row, "npv", Some(npv));
        table.number(row, "npv_shrunk", Some(npv - estimates.lost(case, chosen)));
        table.number(row, "mean", Some(estimates.mean));
        table.text(row, "name", &context.portfolio.projects()[chosen.project].name);
    }
    table.finish(report);
}
