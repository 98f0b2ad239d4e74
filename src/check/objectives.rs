//! objectives.csv: scores of options on each objective.

use crate::domain::Measure;

use super::cases::Case;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// Compares objectives.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("objectives.csv", sheet, &["scenario", "option", "objective"]);
    let objectives = context.portfolio.objectives().objectives();
    let mut expected = Vec::new();
    for case in &context.cases {
        for option in &case.options {
            for (position, objective) in objectives.iter().enumerate() {
                let key = case.key(option, &[objective.id.as_str()]);
                expected.push((key, (&case.reading, option, position)));
            }
        }
    }
    for (row, (reading, option, objective)) in table.find_rows(expected) {
        compare_row(&mut table, row, reading, option, objective);
    }
    table.finish(report);
}

fn compare_row(
    table: &mut Comparison<'_>,
    row: usize,
    reading: &Reading<'_>,
    option: &Case,
    objective: usize,
) {
    let score = reading.score(option, objective);
    let target = reading.portfolio.objectives().objectives()[objective].target.map(Figure::from);
    let reached = target.zip(score).map(|(target, score)| !target.exceeds(score));
    let whole = reading.measure(Measure::StrategicValue, &option.selection, None);
    let share =
        (whole.value.abs() > whole.slack).then(|| reading.contribution(option, objective).over(whole));
    table.number(row, "weight", reading.weights.common(objective).map(Figure::from));
    table.number(row, "score", score);
    table.number(row, "target", target);
    table.flag(row, "reached", reached);
    // Of a value that is only rounding, shares are anything or nothing.
    if share.is_some() || whole.slack == 0.0 {
        table.number(row, "share", share);
    }
}

impl Reading<'_> {
    /// The leaves (by position among objectives and among leaves) at or below an objective.
    fn leaves_of(&self, objective: usize) -> Vec<(usize, usize)> {
        let tree = self.portfolio.objectives();
        let is_below = |leaf: usize| {
            std::iter::successors(Some(leaf), |&one| tree.parent(one)).any(|above| above == objective)
        };
        let leaves = tree.leaves().iter().enumerate().map(|(place, &leaf)| (leaf, place));
        leaves.filter(|&(leaf, _)| is_below(leaf)).collect()
    }

    /// The raw score of an option on an objective; on one with children, theirs by their weights within it. `None`
    /// where it weighs nothing, so that its children have no weights within it.
    fn score(&self, option: &Case, objective: usize) -> Option<Figure> {
        let of_leaf = |place| self.measure(Measure::Objective(place), &option.selection, None);
        let leaves = self.leaves_of(objective);
        if let [(leaf, place)] = leaves[..]
            && leaf == objective
        {
            return Some(of_leaf(place));
        }
        let weighs = self.weights.classes.iter().any(|(_, weights)| weights[objective] > 0.0);
        let of_project = |one: &Chosen| {
            let (project, weights) = (&self.portfolio.projects()[one.project], self.weights.of(one.project));
            let (whole, share) = (weights[objective], one.share);
            let part = |&(leaf, place): &(usize, usize)| {
                let score = share * project.scores[place].unwrap_or_default();
                Figure::from(score * (weights[leaf] / whole))
            };
            if whole > 0.0 { leaves.iter().map(part).sum() } else { Figure::ZERO }
        };
        weighs.then(|| option.selection.chosen().iter().map(of_project).sum())
    }

    /// Contribution of an objective to the strategic value of an option.
    fn contribution(&self, option: &Case, objective: usize) -> Figure {
        let of_leaf = |leaf: usize| -> Figure {
            let worth = |one: &Chosen| {
                let weight = self.weights.of(one.project)[leaf] * self.value_left(*one);
                Figure::from(one.share * self.scaled_score(one.project, leaf) * weight)
            };
            option.selection.chosen().iter().map(worth).sum()
        };
        self.leaves_of(objective).into_iter().map(|(leaf, _)| of_leaf(leaf)).sum()
    }
}
