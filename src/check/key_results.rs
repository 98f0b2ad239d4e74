//! Key results of a selection, read from the input tables in the plainest way, and key_results.csv.

use crate::domain::{KeyResult, Measure, PeriodIx, ProjectIx, WAY_ROUNDING};
use crate::simulate::Samples;

use super::cases::Case;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::risk::Futures;
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;
use super::statistics::{Design, Estimate, Feared, Statistic, Trials};

impl Reading<'_> {
    /// The key results of the portfolio.
    pub fn key_results(&self) -> &[KeyResult] {
        self.portfolio.key_results().list()
    }

    /// Change of a key result by a chosen project up to the end of a period if it succeeds.
    pub fn change_if_successful(&self, key_result: usize, chosen: Chosen, until: PeriodIx) -> Figure {
        let project = &self.portfolio.projects()[chosen.project];
        let delay = chosen.start - project.start;
        let effects = self.portfolio.key_results().effects_of(chosen.project).iter();
        let own = effects.filter(|effect| effect.key_result == key_result);
        let until = self.periods().take_while(|period| *period <= until);
        let rows: Vec<PeriodIx> = until.filter_map(|period| period.earlier(delay)).collect();
        let changes = own.flat_map(|effect| rows.iter().map(|&row| effect.profile[row]));
        changes.map(|change| Figure::from(change * chosen.share)).sum()
    }

    /// The same as planned: times the probability that the project succeeds.
    pub fn change(&self, key_result: usize, chosen: Chosen, until: PeriodIx) -> Figure {
        let success = self.portfolio.projects()[chosen.project].success_probability.value();
        self.change_if_successful(key_result, chosen, until) * success
    }

    /// Value of a key result at the end of a period.
    pub fn value_at(&self, key_result: usize, selection: &Selection, period: PeriodIx) -> Figure {
        let changes: Figure =
            selection.chosen().iter().map(|&one| self.change(key_result, one, period)).sum();
        Figure::from(self.key_results()[key_result].baseline) + changes
    }

    /// The share of the way from baseline to target that a key result has come when due.
    fn way(&self, key_result: usize, selection: &Selection) -> Figure {
        let one = &self.key_results()[key_result];
        let come = self.value_at(key_result, selection, one.due) - Figure::from(one.baseline);
        come * (1.0 / (one.target - one.baseline))
    }

    /// Weight of a key result: its share among those of its objective, times that of the objective.
    pub fn key_result_weight(&self, key_result: usize) -> f64 {
        let one = &self.key_results()[key_result];
        let same = self.key_results().iter().filter(|other| other.objective == one.objective);
        let all: f64 = same.map(|other| other.weight).sum();
        let projects = self.portfolio.projects().positions();
        let count = projects.len() as f64;
        let of_objective = self.weights.common(one.objective).unwrap_or_else(|| {
            let of = |project: ProjectIx| self.weights.of(project)[one.objective];
            projects.map(of).sum::<f64>() / count
        });
        if all > 0.0 { of_objective * one.weight / all } else { 0.0 }
    }

    /// The part of a measure of key results that belongs to no project.
    pub fn of_key_results(&self, measure: Measure, selection: &Selection) -> Figure {
        let all = 0..self.key_results().len();
        let weighted = |key_result: usize, part: Figure| part * self.key_result_weight(key_result);
        match measure {
            Measure::KeyResult { key_result, .. } => Figure::from(self.key_results()[key_result].baseline),
            Measure::Progress => {
                let part = |key_result: usize| {
                    let way = self.way(key_result, selection);
                    weighted(key_result, Figure { value: way.value.clamp(0.0, 1.0), slack: way.slack })
                };
                all.map(part).sum()
            }
            Measure::KeyResultsMet => {
                let part = |key_result: usize| {
                    let is_reached = self.way(key_result, selection).value >= 1.0 - WAY_ROUNDING;
                    weighted(key_result, Figure::from(if is_reached { 1.0 } else { 0.0 }))
                };
                all.map(part).sum()
            }
            _ => Figure::ZERO,
        }
    }
}

/// A row of key_results.csv.
struct Row<'a> {
    reading: &'a Reading<'a>,
    option: &'a Case,
    key_result: usize,
    period: PeriodIx,
}

/// Compares key_results.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let keys = ["scenario", "option", "key_result", "period"];
    let mut table = Comparison::new("key_results.csv", sheet, &keys);
    let futures = samples.map(|samples| Futures { samples, design: Design::new(context.batch.simulation()) });
    let mut expected = Vec::new();
    for case in &context.cases {
        for option in &case.options {
            for (key_result, one) in case.reading.key_results().iter().enumerate() {
                for period in case.reading.periods() {
                    let label = context.portfolio.horizon().label(period).as_str();
                    let row = Row { reading: &case.reading, option, key_result, period };
                    expected.push((case.key(option, &[one.id.as_str(), label]), row));
                }
            }
        }
    }
    for (place, row) in table.find_rows(expected) {
        compare_planned(&mut table, place, &row);
        let is_due = row.reading.key_results()[row.key_result].due == row.period;
        let simulated = futures.as_ref().filter(|_| is_due && row.reading.scenario.simulate);
        compare_simulated(&mut table, place, simulated.map(|futures| Simulated::new(futures, &row)));
    }
    table.finish(report);
}

fn compare_planned(table: &mut Comparison<'_>, place: usize, row: &Row<'_>) {
    let Row { reading, option, key_result, period } = *row;
    let one = &reading.key_results()[key_result];
    let value = reading.value_at(key_result, &option.selection, period);
    let way = (value.value - one.baseline) / (one.target - one.baseline);
    // A straight line that is at the baseline before the first period.
    let part = (period.index() + 1) as f64 / (one.due.index() + 1) as f64;
    let path = one.baseline + part.min(1.0) * (one.target - one.baseline);
    let tree = reading.portfolio.objectives();
    table.number(place, "value", Some(value));
    table.number(place, "target", Some(Figure::from(one.target)));
    table.flag(place, "reached", Some(way >= 1.0 - WAY_ROUNDING));
    table.number(place, "path", Some(Figure::from(path)));
    table.number(place, "baseline", Some(Figure::from(one.baseline)));
    table.text(place, "name", &one.name);
    table.text(place, "unit", &one.unit);
    table.text(place, "objective", tree.objectives()[one.objective].id.as_str());
    table.number(place, "weight", Some(Figure::from(reading.key_result_weight(key_result))));
    table.text(place, "due", reading.portfolio.horizon().label(one.due).as_str());
}

/// Statistics of a simulated value, by heading.
const STATISTICS: [(&str, Statistic); 5] = [
    ("mean", Statistic::Mean),
    ("sd", Statistic::Sd),
    ("p10", Statistic::Percentile(0.1)),
    ("p50", Statistic::Percentile(0.5)),
    ("p90", Statistic::Percentile(0.9)),
];

/// The simulated figures of a row.
struct Simulated {
    reached: Estimate,
    statistics: [Estimate; 5],
    without: Option<(String, f64)>,
}

impl Simulated {
    fn new(futures: &Futures<'_>, row: &Row<'_>) -> Self {
        let one = &row.reading.key_results()[row.key_result];
        let of =
            |without: Option<ProjectIx>| futures.key_result(row.reading, row.option, row.key_result, without);
        let values = of(None);
        let mut sorted = values.values.clone();
        sorted.sort_by(f64::total_cmp);
        let estimate = |which| futures.design.estimate(&values, &sorted, Feared::Low, which);
        let statistics = STATISTICS.map(|(_, which)| estimate(which));
        let reached = share_reached(one, &values, &futures.design);
        let mut fewest = reached.value.value;
        let mut without = None;
        for chosen in row.option.selection.chosen() {
            let share = share_reached(one, &of(Some(chosen.project)), &futures.design).value.value;
            if share < fewest {
                fewest = share;
                without = Some((row.reading.portfolio.projects()[chosen.project].id.to_string(), share));
            }
        }
        Self { reached, statistics, without }
    }
}

/// Share of the trials in which a key result is reached.
fn share_reached(one: &KeyResult, trials: &Trials, design: &Design) -> Estimate {
    let slack = trials.slack / (one.target - one.baseline).abs();
    let count = |edge: f64| {
        let reached = |value: &&f64| (**value - one.baseline) / (one.target - one.baseline) >= edge;
        trials.values.iter().filter(reached).count() as f64
    };
    let edge = 1.0 - WAY_ROUNDING;
    let (sure, perhaps) = (count(edge + slack), count(edge - slack));
    let n = design.trials as f64;
    match trials.varies {
        true => design.probability(sure, perhaps),
        false => Estimate::certain(Figure::between(sure / n, perhaps / n)),
    }
}

fn compare_simulated(table: &mut Comparison<'_>, place: usize, simulated: Option<Simulated>) {
    let simulated = simulated.as_ref();
    let reached = simulated.map(|simulated| simulated.reached);
    table.number(place, "p_reached", reached.map(|reached| reached.value));
    table.number(place, "p_reached_se", reached.map(|reached| reached.error));
    for (at, (heading, _)) in STATISTICS.into_iter().enumerate() {
        table.number(place, heading, simulated.map(|simulated| simulated.statistics[at].value));
    }
    let without = simulated.and_then(|simulated| simulated.without.as_ref());
    table.text(place, "without", without.map_or("", |(project, _)| project));
    table.number(place, "p_without", without.map(|&(_, share)| Figure::from(share)));
}
