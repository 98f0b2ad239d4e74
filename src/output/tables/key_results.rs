//! key_results.csv: each key result of an option, period by period.

use crate::domain::{KeyResult, PeriodIx, Portfolio};
use crate::simulate::{KeyResultRisk, Summary};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, flag, number, text};
use crate::output::error::OutputError;

/// key_results.csv.
pub const TABLE: TableKind = TableKind {
    file: "key_results.csv",
    doc: "the value of each key result under an option, by period against the path to its target",
    written: "if the portfolio has key results",
    columns: COLUMNS,
    begin: |view| Some(Box::new(KeyResultRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("key_result", "id of the key result"),
    text("period", "the period"),
    number(
        "value",
        "its value at the end of the period as planned: the baseline, and all changes of chosen projects up to then, \
         times their probability of success",
    ),
    number("target", "the value to reach"),
    flag("reached", "whether the value reaches the target"),
    number("p_reached", "probability that the target is reached when due; blank in other periods"),
    number("path", "the value on a straight path from the baseline to the target when due"),
    number("baseline", "its value if nothing is funded"),
    text("name", "name of the key result"),
    text("unit", "unit of its values"),
    text("objective", "id of the objective that it measures"),
    number("weight", "its share among those of its objective, times the objective's weight down the tree"),
    text("due", "the period in which the target is due"),
    number("p_reached_se", "standard error of p_reached"),
    number("mean", "mean of its simulated value when due"),
    number("sd", "standard deviation of it"),
    number("p10", "10th percentile of it"),
    number("p50", "median of it"),
    number("p90", "90th percentile of it"),
    text(
        "without",
        "the chosen project without which, all others as they are, the target is reached in the fewest trials",
    ),
    number("p_without", "probability that the target is reached without it"),
];

/// A key result of an option in one period.
struct KeyResultRow<'a> {
    view: OptionView<'a>,
    one: &'a KeyResult,
    period: PeriodIx,
    value: f64,
    weight: f64,
    /// Where it is due in the period, and simulated.
    risk: Option<&'a KeyResultRisk>,
}

/// The rows of key_results.csv.
struct KeyResultRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<KeyResultRow<'a>>,
}

impl<'a> KeyResultRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let portfolio = view.portfolio;
        (!portfolio.key_results().is_empty()).then(|| Self { portfolio, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for KeyResultRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let valuation = finished.valuation;
        for (position, one) in self.portfolio.key_results().list().iter().enumerate() {
            let values = valuation.key_result_values(position, &view.option.found.selection);
            let risk = view.option.risk.as_ref().and_then(|risk| risk.key_results.get(position));
            self.rows.extend(values.iter_enumerated().map(|(period, &value)| KeyResultRow {
                view,
                one,
                period,
                value,
                weight: valuation.key_result_weights()[position],
                risk: risk.filter(|_| period == one.due),
            }));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let portfolio = self.portfolio;
        let label = |period: PeriodIx| portfolio.horizon().label(period).as_str();
        let objectives = portfolio.objectives().objectives();
        let of = |statistic: fn(&Summary) -> f64| {
            move |row: &KeyResultRow<'_>| row.risk.map(|risk| statistic(&risk.value))
        };
        let without = |row: &KeyResultRow<'a>| row.risk.and_then(|risk| risk.without);
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("key_result", |row| row.one.id.as_str())
            .text("period", |row| label(row.period))
            .number("value", |row| row.value)
            .number("target", |row| row.one.target)
            .flag("reached", |row| Some(row.one.is_reached(row.value)))
            .maybe("p_reached", |row| row.risk.map(|risk| risk.reached.value))
            .number("path", |row| row.one.path(row.period))
            .number("baseline", |row| row.one.baseline)
            .text("name", |row| &row.one.name)
            .text("unit", |row| &row.one.unit)
            .text("objective", |row| objectives[row.one.objective].id.as_str())
            .number("weight", |row| row.weight)
            .text("due", |row| label(row.one.due))
            .maybe("p_reached_se", |row| row.risk.map(|risk| risk.reached.error))
            .maybe("mean", of(|value| value.mean.value))
            .maybe("sd", of(|value| value.sd.value))
            .maybe("p10", of(|value| value.p10.value))
            .maybe("p50", of(|value| value.p50.value))
            .maybe("p90", of(|value| value.p90.value))
            .text("without", |row| {
                without(row).map_or("", |(project, _)| portfolio.projects()[project].id.as_str())
            })
            .maybe("p_without", |row| without(row).map(|(_, share)| share))
            .finish(&TABLE)
    }
}
