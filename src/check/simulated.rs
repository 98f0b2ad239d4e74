//! Measures over the futures that decisions saw: once more, by sorting totals.

use crate::domain::{InFutures, Measure, ProjectIx, Total, measures_of_futures};
use crate::simulate::Samples;

use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::Selection;
use super::sheet::Sheet;
use super::statistics::{Design, Estimate, Feared, Statistic, Trials};
use super::sums::total;

impl Reading<'_> {
    /// A statistic of a total of the chosen projects that count, with what no future changes; `None` where the futures are
    /// not known.
    pub fn over_futures(
        &self,
        (of, statistic): (Total, InFutures),
        selection: &Selection,
        certain: Figure,
        counts: &dyn Fn(ProjectIx) -> bool,
    ) -> Option<Figure> {
        let samples = self.decided_in?;
        let planned = Measure::Simulated(of, statistic).planned();
        let chosen = selection.chosen().iter().copied().filter(|chosen| counts(chosen.project));
        let Trials { mut values, slack, .. } = total(samples, self, (planned, certain), chosen);
        if statistic == InFutures::Cvar {
            values.sort_by(f64::total_cmp);
            if of.sign_of_worst() > 0.0 {
                values.reverse();
            }
            values.truncate(samples.design().tail_trials());
        }
        let mean = Figure::from(values.iter().sum::<f64>() / values.len() as f64);
        Some(Figure { slack: mean.slack + slack, ..mean })
    }
}

/// Compares in_sample.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let mut table = Comparison::new("in_sample.csv", sheet, &["scenario", "option", "measure"]);
    let mut expected = Vec::new();
    for case in &context.cases {
        let reported = samples.filter(|_| case.reading.scenario.simulate);
        for option in &case.options {
            for measure in measures_of_futures(case.reading.scenario) {
                let own = case.reading.measure(measure, &option.selection, None);
                let out = reported.and_then(|samples| {
                    reported_of(context, &case.reading, (measure, &option.selection), samples)
                });
                expected.push((case.key(option, &[&measure.name(context.portfolio)]), (own, out)));
            }
        }
    }
    for (row, (own, out)) in table.find_rows(expected) {
        table.number(row, "in_sample", Some(own));
        table.number(row, "out_of_sample", out.map(|out| out.value));
        table.number(row, "out_of_sample_se", out.map(|out| out.error));
        table.number(row, "difference", out.map(|out| out.value - own));
    }
    table.finish(report);
}

/// The statistic of the simulation that is reported.
fn reported_of(
    context: &Context<'_>,
    reading: &Reading<'_>,
    (measure, selection): (Measure, &Selection),
    samples: &Samples,
) -> Option<Estimate> {
    let (of, statistic) = measure.simulated()?;
    let certain = reading.beside_projects(measure.planned(), selection, None);
    let planned = (measure.planned(), certain);
    let trials = total(samples, reading, planned, selection.chosen().iter().copied());
    let mut sorted = trials.values.clone();
    sorted.sort_by(f64::total_cmp);
    let feared = if of.sign_of_worst() > 0.0 { Feared::High } else { Feared::Low };
    let which = match statistic {
        InFutures::Mean => Statistic::Mean,
        InFutures::Cvar => Statistic::Cvar,
    };
    Some(Design::new(context.batch.simulation()).estimate(&trials, &sorted, feared, which))
}
