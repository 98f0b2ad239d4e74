//! in_sample.csv: what options are decided by in the futures that the search saw, beside the simulation that is reported.

use crate::domain::{InFutures, Measure, Total, measures_of_futures};
use crate::simulate::{Estimate, OptionRisk};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// in_sample.csv.
pub const TABLE: TableKind = TableKind {
    file: "in_sample.csv",
    doc: "what goals and limits over simulated futures count of each option in the futures that the search saw, and in the \
          simulation that is reported, which it did not see",
    written: "if a goal or limit of any scenario is of simulated futures, such as npv.cvar",
    columns: COLUMNS,
    begin: |view| {
        // Parts of a batch know the assumptions of the whole.
        view.batch.assumptions().measures_futures.then(|| Box::new(InSampleRows::default()) as _)
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("measure", "the measure, such as npv.cvar"),
    number("in_sample", "its value over the futures that the search saw (decision_trials)"),
    number(
        "out_of_sample",
        "the same of the simulation that is reported (trials), which the search did not see; blank where nothing is simulated",
    ),
    number("out_of_sample_se", "its standard error"),
    number(
        "difference",
        "out_of_sample less in_sample: what the choice among many selections by the same futures promised too much, but for \
         the errors of both",
    ),
];

struct Row<'a> {
    scenario: &'a str,
    option: usize,
    measure: String,
    in_sample: f64,
    reported: Option<Estimate>,
}

/// The rows of in_sample.csv.
#[derive(Default)]
struct InSampleRows<'a> {
    rows: Vec<Row<'a>>,
}

impl<'a> TableRows<'a> for InSampleRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let (scenario, valuation) = (finished.scenario, finished.valuation);
        let measures = measures_of_futures(scenario);
        for option in &finished.result.options {
            for &measure in &measures {
                self.rows.push(Row {
                    scenario: scenario.name.as_str(),
                    option: option.number,
                    measure: measure.name(valuation.portfolio()),
                    in_sample: valuation.total(measure, &option.found.selection),
                    reported: option.risk.as_ref().and_then(|risk| reported(risk, measure)),
                });
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("option", |row| row.option)
            .text("measure", |row| &row.measure)
            .number("in_sample", |row| row.in_sample)
            .maybe("out_of_sample", |row| Some(row.reported?.value))
            .maybe("out_of_sample_se", |row| Some(row.reported?.error))
            .maybe("difference", |row| Some(row.reported?.value - row.in_sample))
            .finish(&TABLE)
    }
}

/// The statistic of the simulation that is reported.
fn reported(risk: &OptionRisk, measure: Measure) -> Option<Estimate> {
    let (total, statistic) = measure.simulated()?;
    let summary = match total {
        Total::StrategicValue => &risk.strategic_value,
        Total::Npv => &risk.npv,
        Total::Benefit => &risk.benefit,
        Total::Cost => &risk.cost,
    };
    Some(match statistic {
        InFutures::Mean => summary.mean,
        InFutures::Cvar => summary.cvar,
    })
}
