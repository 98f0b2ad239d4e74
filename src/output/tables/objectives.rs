//! objectives.csv: the score of each option on each objective.

use crate::domain::{Measure, Selection, Weights, exceeds};
use crate::finance::Valuation;

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, ResultColumn, TableKind, TableRows, count, flag, number, text};
use crate::output::error::OutputError;

/// objectives.csv.
pub const TABLE: TableKind = TableKind {
    file: "objectives.csv",
    doc: "what each option does for each objective",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |_| Some(Box::new(ObjectiveRows::default())),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("objective", "id of the objective"),
    number("weight", "its weight in the whole; blank where it differs between classes of projects"),
    number(
        "score",
        "raw score; of one with children, theirs by their weights within it (for each class of projects)",
    ),
    number("target", "the score that is aimed at"),
    flag("reached", "whether the score reaches the target"),
    number("share", "the part of the option's strategic value that comes from it"),
    text("name", "name of the objective"),
];

/// Score of an option on one objective.
struct ObjectiveRow<'a> {
    view: OptionView<'a>,
    objective: &'a str,
    name: &'a str,
    weight: Option<f64>,
    score: Option<f64>,
    target: Option<f64>,
    share: Option<f64>,
}

impl ObjectiveRow<'_> {
    fn reached(&self) -> Option<bool> {
        Some(!exceeds(self.target?, self.score?))
    }
}

/// The rows of objectives.csv.
#[derive(Default)]
struct ObjectiveRows<'a> {
    rows: Vec<ObjectiveRow<'a>>,
}

impl<'a> TableRows<'a> for ObjectiveRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let valuation = finished.valuation;
        let scores = scores(view, valuation);
        let contributions = contributions(view, valuation);
        let total = valuation.total(Measure::StrategicValue, &view.option.found.selection);
        let objectives = valuation.portfolio().objectives().objectives();
        self.rows.extend(objectives.iter().enumerate().map(|(position, objective)| ObjectiveRow {
            view,
            objective: objective.id.as_str(),
            name: &objective.name,
            weight: view.scenario.weights.common(|set| set.objectives[position]),
            score: scores[position],
            target: objective.target,
            share: (total != 0.0).then(|| contributions[position] / total),
        }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("objective", |row| row.objective)
            .maybe("weight", |row| row.weight)
            .maybe("score", |row| row.score)
            .maybe("target", |row| row.target)
            .flag("reached", ObjectiveRow::reached)
            .maybe("share", |row| row.share)
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}

/// The chosen projects of an option that are weighed alike, with their weights.
fn weighed_alike(view: OptionView<'_>) -> impl Iterator<Item = (&Weights, Selection)> {
    let weights = &view.scenario.weights;
    weights.sets().iter().enumerate().map(move |(position, set)| {
        let choices = view.option.found.selection.choices().iter();
        let own = choices.filter(|choice| weights.set_of(choice.project) == position).copied();
        (&set.weights, Selection::new(own))
    })
}

/// Per objective: the total raw score; for one with children, the sum of theirs by their weights among siblings.
/// `None` where the objective weighs nothing, as its children then have no weights among themselves either.
fn scores(view: OptionView<'_>, valuation: &Valuation<'_>) -> Vec<Option<f64>> {
    let tree = valuation.portfolio().objectives();
    let mut scores = vec![None; tree.objectives().len()];
    for (weights, selection) in weighed_alike(view) {
        let weights = &weights.objectives;
        for (leaf, &position) in tree.leaves().iter().enumerate() {
            let score = valuation.total(Measure::Objective(leaf), &selection);
            *scores[position].get_or_insert(0.0) += score;
            // A leaf adds to every objective above it: local weights multiplied up the tree are a ratio of whole
            // weights.
            for above in ancestors(position, |objective| tree.parent(objective)) {
                if weights[above] > 0.0 {
                    *scores[above].get_or_insert(0.0) += score * weights[position] / weights[above];
                }
            }
        }
    }
    scores
}

/// Per objective: its part of the strategic value.
fn contributions(view: OptionView<'_>, valuation: &Valuation<'_>) -> Vec<f64> {
    let portfolio = valuation.portfolio();
    let tree = portfolio.objectives();
    let mut contributions = vec![0.0; tree.objectives().len()];
    for (weights, selection) in weighed_alike(view) {
        for (leaf, &position) in tree.leaves().iter().enumerate() {
            let rescale = tree.objectives()[position].rescale.as_ref();
            let scaled = |score: f64| rescale.map_or(score, |scale| scale.apply(score));
            let total: f64 = (selection.choices().iter())
                .map(|choice| {
                    let project = &portfolio.projects()[choice.project];
                    let kept = project.value_kept(choice.start);
                    choice.share.value() * project.scores[leaf].map_or(0.0, scaled) * kept
                })
                .sum();
            let contribution = total * weights.leaves[leaf];
            contributions[position] += contribution;
            for above in ancestors(position, |objective| tree.parent(objective)) {
                contributions[above] += contribution;
            }
        }
    }
    contributions
}

/// The objectives above one, nearest first.
fn ancestors(objective: usize, parent: impl Fn(usize) -> Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(parent(objective), move |&above| parent(above))
}
