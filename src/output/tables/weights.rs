//! weights.csv: the weights of every set, used or not.

use crate::domain::{Objective, WeightSet};

use super::columns::Columns;
use super::frame::ResultTable;
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;

/// weights.csv.
pub const TABLE: TableKind = TableKind {
    file: "weights.csv",
    doc: "the weight of each objective by each set of weights, used or not, and how far what was stated pins it down",
    written: "if the portfolio has objectives",
    columns: COLUMNS,
    begin: |view| Some(Box::new(WeightRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("weights", "name of the set; `given` is that of objectives.csv"),
    text("objective", "id of the objective"),
    number("weight", "its weight in the whole; blank where it differs between classes of projects"),
    number(
        "low",
        "the least weight that what was stated leaves it: by statements, by the members of a group, by the classes of a \
         set; else the weight itself",
    ),
    number("high", "the most weight"),
    number(
        "consistency_ratio",
        "of the judgements of it and its siblings in pairs: above 0.1 they contradict each other too much (Saaty 1980)",
    ),
    text("name", "name of the objective"),
];

/// An objective under a set.
struct WeightRow<'a> {
    set: &'a WeightSet,
    position: usize,
    objective: &'a Objective,
}

/// The rows of weights.csv, which no scenario adds to.
struct WeightRows<'a> {
    rows: Vec<WeightRow<'a>>,
}

impl<'a> WeightRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let objectives = view.portfolio.objectives().objectives();
        let of = |set: &'a WeightSet| {
            let rows = objectives.iter().enumerate();
            rows.map(move |(position, objective)| WeightRow { set, position, objective })
        };
        let rows: Vec<_> = view.batch.weight_sets().iter().flat_map(of).collect();
        (!rows.is_empty()).then_some(Self { rows })
    }
}

impl<'a> TableRows<'a> for WeightRows<'a> {
    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("weights", |row| row.set.name().as_str())
            .text("objective", |row| row.objective.id.as_str())
            .maybe("weight", |row| row.set.weights().common(|set| set.objectives[row.position]))
            .maybe("low", |row| Some(row.set.range(row.position).0))
            .maybe("high", |row| Some(row.set.range(row.position).1))
            .maybe("consistency_ratio", |row| row.set.consistency_ratio(row.position))
            .text("name", |row| row.objective.name.as_str())
            .finish(&TABLE)
    }
}
