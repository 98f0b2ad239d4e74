//! weights.csv: the weights of every set, and how far what was stated pins them down.

use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::{LeftOut, Report};
use super::sheet::Sheet;
use super::weights::WeightSets;

/// A consistency ratio is a difference of numbers that are nearly equal: it may be off by this much.
const RATIO_SLACK: f64 = 1e-9;

/// Compares weights.csv.
pub(super) fn compare(context: &Context<'_>, sets: &WeightSets, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("weights.csv", sheet, &["weights", "objective"]);
    let objectives = context.portfolio.objectives().objectives();
    let mut expected = Vec::new();
    let mut unknown = Vec::new();
    for set in context.batch.weight_sets() {
        let name = set.name().as_str();
        let told = sets.told(name, context.portfolio);
        if told.is_none() {
            unknown.push(name);
        }
        for (position, objective) in objectives.iter().enumerate() {
            let key = vec![name.to_owned(), objective.id.as_str().to_owned()];
            expected.push((key, (told.clone(), position)));
        }
    }
    for (row, (told, objective)) in table.find_rows(expected) {
        table.text(row, "name", &objectives[objective].name);
        let Some(told) = told else { continue };
        table.number(row, "weight", told.weights[objective].map(Figure::from));
        table.number(row, "low", Some(Figure::from(told.ranges[objective].0)));
        table.number(row, "high", Some(Figure::from(told.ranges[objective].1)));
        table.number(row, "consistency_ratio", ratio(told.ratios[objective]));
    }
    table.finish(report);
    if !unknown.is_empty() {
        let why = format!(
            "the weights of {} are not worked out here: they were taken as the batch was read",
            unknown.join(", ")
        );
        let columns = ["weight", "low", "high", "consistency_ratio"].map(str::to_owned).to_vec();
        report.left_out.push(LeftOut { file: "weights.csv".to_owned(), columns, why });
    }
}

fn ratio(value: Option<f64>) -> Option<Figure> {
    value.map(|value| Figure { value, slack: RATIO_SLACK })
}
