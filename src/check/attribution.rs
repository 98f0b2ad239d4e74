//! attribution.csv: where the risk of an option comes from, recomputed project by project.

use std::collections::BTreeMap;

use crate::domain::{Measure, Portfolio, ProjectIx, Quantity, SimulationSettings};
use crate::progress::CancelToken;
use crate::simulate::{Samples, SharedCause};

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::contingency::is_told;
use super::figure::Figure;
use super::report::Report;
use super::risk::Futures;
use super::selection::Selection;
use super::sheet::Sheet;
use super::statistics::{Design, Feared, Statistic, Trials};

/// Shares and changes are told to this part of the whole: below lies rounding.
const CLOSE: f64 = 1e-9;

/// The cells of a row.
type Cells = Vec<(&'static str, Option<Figure>)>;

/// Compares attribution.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let mut table = Comparison::new("attribution.csv", sheet, &["scenario", "option", "source"]);
    let mut expected = Vec::new();
    let settings = context.batch.simulation();
    let mut drawn = BTreeMap::new();
    for (case, samples) in context.cases.iter().filter_map(|case| Some((case, samples?))) {
        let settings = SimulationSettings { trials: samples.trials(), ..settings.clone() };
        let futures = Futures { samples, design: Design::new(&settings) };
        let told = case.options.iter().filter(|option| is_told(context, case, option));
        for option in told.filter(|_| case.reading.scenario.simulate) {
            let parted = Parted::new(case, option, &futures);
            for (name, kind, cells) in parted.rows(&settings, &mut drawn) {
                expected.push((case.key(option, &[&name]), (kind, cells)));
            }
        }
    }
    for (row, (kind, cells)) in table.find_rows(expected) {
        table.text(row, "kind", kind);
        for (column, figure) in cells {
            table.number(row, column, figure);
        }
    }
    table.finish(report);
}

/// Samples without a cause, drawn once for all options.
type Drawn = BTreeMap<SharedCause, Option<Samples>>;

/// An option with its parts.
struct Parted<'a, 'c> {
    case: &'a ScenarioCase<'c>,
    option: &'a Case,
    futures: &'a Futures<'a>,
    /// NPV and cost.
    totals: [Trials; 2],
}

impl<'a, 'c> Parted<'a, 'c> {
    fn new(case: &'a ScenarioCase<'c>, option: &'a Case, futures: &'a Futures<'a>) -> Self {
        let totals = futures.npv_and_cost(&case.reading, option);
        Self { case, option, futures, totals }
    }

    /// Name, kind and cells of each source: projects of which something varies, and then what they share.
    fn rows(&self, settings: &SimulationSettings, drawn: &mut Drawn) -> Vec<(String, &'static str, Cells)> {
        let portfolio = self.case.reading.portfolio;
        let mut rows = Vec::new();
        let mut shared: BTreeMap<SharedCause, [f64; 2]> = BTreeMap::new();
        for &chosen in self.option.selection.chosen() {
            let alone = self.of(vec![chosen]);
            let part = self.futures.npv_and_cost(&self.case.reading, &alone);
            if part.iter().all(|total| !total.varies) {
                continue;
            }
            let mut own = [0, 1].map(|total| covariance(&part[total].values, &self.totals[total].values));
            for cause in causes(portfolio, chosen.project) {
                let scores = self.futures.samples.scores_of(cause);
                let all = shared.entry(cause).or_default();
                for total in 0..2 {
                    let spread = covariance(scores, scores);
                    // An event that always occurs tells nothing.
                    let slope =
                        if spread > 0.0 { covariance(&part[total].values, scores) / spread } else { 0.0 };
                    let owed = slope * covariance(scores, &self.totals[total].values);
                    own[total] -= owed;
                    all[total] += owed;
                }
            }
            let planned = [Measure::Npv, Measure::Cost]
                .map(|measure| self.case.reading.measure(measure, &alone.selection, None).value);
            let without = [0, 1].map(|total| {
                let values = self.totals[total].values.iter().zip(&part[total].values);
                values.map(|(value, part)| value - part + planned[total]).collect()
            });
            let id = portfolio.projects()[chosen.project].id.to_string();
            rows.push((id, "project", self.cells(own, Some(without))));
        }
        for (cause, owed) in shared {
            let (id, kind) = match cause {
                SharedCause::Driver(driver) => (portfolio.drivers()[driver].id.to_string(), "driver"),
                SharedCause::Event(event) => (portfolio.risks().events()[event].id.to_string(), "risk"),
            };
            let draw =
                || self.futures.samples.draw_without(portfolio, settings, cause, &CancelToken::new()).ok();
            let other = drawn.entry(cause).or_insert_with(draw).as_ref();
            let without = other.map(|samples| self.without(cause, samples));
            rows.push((id, kind, self.cells(owed, without)));
        }
        rows
    }

    fn of(&self, chosen: Vec<super::selection::Chosen>) -> Case {
        Case { name: self.option.name.clone(), selection: Selection::new(chosen) }
    }

    /// NPV and cost if a cause is switched off for the projects that it touches.
    fn without(&self, cause: SharedCause, samples: &Samples) -> [Vec<f64>; 2] {
        let portfolio = self.case.reading.portfolio;
        let chosen = self.option.selection.chosen().iter().copied();
        let touched = self.of(chosen.filter(|one| causes(portfolio, one.project).contains(&cause)).collect());
        let before = self.futures.npv_and_cost(&self.case.reading, &touched);
        let other = Futures { samples, design: self.futures.design.clone() };
        let after = other.npv_and_cost(&self.case.reading, &touched);
        [0, 1].map(|total| {
            let parts = before[total].values.iter().zip(&after[total].values);
            let values = self.totals[total].values.iter().zip(parts);
            values.map(|(value, (before, after))| value - before + after).collect()
        })
    }

    fn cells(&self, covariances: [f64; 2], without: Option<[Vec<f64>; 2]>) -> Cells {
        let share = |total: usize| {
            let values = &self.totals[total].values;
            let value = covariances[total] / covariance(values, values);
            self.totals[total].varies.then_some(Figure { value, slack: CLOSE })
        };
        let mut cells = vec![("variance_share_npv", share(0)), ("variance_share_cost", share(1))];
        let Some([npv, cost]) = without else { return cells };
        let change = |total: usize, without: &Vec<f64>, which: Statistic| {
            let told = |values: &Vec<f64>| {
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let trials = Trials { values: values.clone(), slack: self.totals[total].slack, varies: true };
                self.futures.design.estimate(&trials, &sorted, Feared::Low, which).value.value
            };
            let before = &self.totals[total].values;
            let size = before.iter().chain(without).fold(0.0_f64, |most, value| most.max(value.abs()));
            Some(Figure { value: told(without) - told(before), slack: CLOSE * size })
        };
        cells.extend([
            ("delta_mean_npv", change(0, &npv, Statistic::Mean)),
            ("delta_p80_cost", change(1, &cost, Statistic::Percentile(0.8))),
            ("delta_cvar_npv", change(0, &npv, Statistic::Cvar)),
        ]);
        cells
    }
}

/// The drivers and events that move NPV or cost of a project.
fn causes(portfolio: &Portfolio, project: ProjectIx) -> Vec<SharedCause> {
    let mut causes = Vec::new();
    for quantity in [Quantity::Cost, Quantity::Benefit, Quantity::Delay] {
        let exposures = portfolio.factor(project, quantity).map_or(&[][..], |model| &model.exposures);
        causes.extend(exposures.iter().map(|exposure| SharedCause::Driver(exposure.driver)));
        let impacts = portfolio.risks().impacts(project, quantity);
        causes.extend(impacts.map(|impact| SharedCause::Event(impact.risk)));
    }
    causes.sort_unstable();
    causes.dedup();
    causes
}

fn covariance(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let means = [mean(one), mean(other)];
    let products = one.iter().zip(other).map(|(one, other)| (one - means[0]) * (other - means[1]));
    products.sum::<f64>() / one.len() as f64
}
