//! contributions.csv: what each chosen project does for each objective and each key result.

use super::cases::Case;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// An objective that projects are scored on, or a key result, by position.
#[derive(Clone, Copy)]
enum Outcome {
    Objective(usize),
    KeyResult(usize),
}

/// A row of the table.
struct Row<'a> {
    reading: &'a Reading<'a>,
    option: &'a Case,
    chosen: Chosen,
    outcome: Outcome,
}

/// Compares contributions.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let keys = ["scenario", "option", "project", "objective", "key_result"];
    let mut table = Comparison::new("contributions.csv", sheet, &keys);
    let tree = context.portfolio.objectives();
    let mut expected = Vec::new();
    for case in &context.cases {
        let reading = &case.reading;
        let objectives = tree.leaves().iter().map(|&leaf| Outcome::Objective(leaf));
        let key_results = (0..reading.key_results().len()).map(Outcome::KeyResult);
        let outcomes: Vec<Outcome> = objectives.chain(key_results).collect();
        for option in &case.options {
            for &chosen in option.selection.chosen() {
                for &outcome in &outcomes {
                    if reading.contribution_to(outcome, chosen).value == 0.0 {
                        continue;
                    }
                    let [objective, key_result] = reading.ids_of(outcome);
                    let project = context.portfolio.projects()[chosen.project].id.as_str();
                    let key = case.key(option, &[project, objective, key_result]);
                    expected.push((key, Row { reading, option, chosen, outcome }));
                }
            }
        }
    }
    for (place, row) in table.find_rows(expected) {
        compare_row(&mut table, place, &row);
    }
    table.finish(report);
}

fn compare_row(table: &mut Comparison<'_>, place: usize, row: &Row<'_>) {
    let Row { reading, option, chosen, outcome } = *row;
    let own = reading.contribution_to(outcome, chosen);
    let all: Figure =
        option.selection.chosen().iter().map(|&one| reading.contribution_to(outcome, one)).sum();
    let portfolio = reading.portfolio;
    let (name, unit) = match outcome {
        Outcome::Objective(objective) => (portfolio.objectives().objectives()[objective].name.as_str(), ""),
        Outcome::KeyResult(one) => {
            let one = &reading.key_results()[one];
            (one.name.as_str(), one.unit.as_str())
        }
    };
    table.number(place, "contribution", Some(own));
    // Of a sum that is only rounding, shares are anything or nothing.
    if all.value.abs() > all.slack {
        table.number(place, "share", Some(own.over(all)));
    }
    table.text(place, "name", &portfolio.projects()[chosen.project].name);
    table.text(place, "outcome", name);
    table.text(place, "unit", unit);
}

impl Reading<'_> {
    /// The contribution of a chosen project to an outcome.
    fn contribution_to(&self, outcome: Outcome, chosen: Chosen) -> Figure {
        match outcome {
            Outcome::Objective(objective) => {
                let own = self.scored_value(chosen, objective);
                let leaves = self.portfolio.objectives().leaves().iter();
                let planned: f64 = leaves.map(|&leaf| self.scored_value(chosen, leaf)).sum();
                // A late start may have cost a part of the whole.
                let kept = if planned == 0.0 { 1.0 } else { self.value_of(chosen).value / planned };
                Figure::from(own * kept)
            }
            Outcome::KeyResult(one) => self.change(one, chosen, self.key_results()[one].due),
        }
    }

    /// The value of a chosen project on an objective by its score.
    fn scored_value(&self, chosen: Chosen, objective: usize) -> f64 {
        let weight = self.weights.of(chosen.project)[objective];
        chosen.share * weight * self.scaled_score(chosen.project, objective)
    }

    /// The ids of the objective and of the key result that an outcome is.
    fn ids_of(&self, outcome: Outcome) -> [&str; 2] {
        let objectives = self.portfolio.objectives().objectives();
        match outcome {
            Outcome::Objective(objective) => [objectives[objective].id.as_str(), ""],
            Outcome::KeyResult(one) => {
                let one = &self.key_results()[one];
                [objectives[one.objective].id.as_str(), one.id.as_str()]
            }
        }
    }
}
