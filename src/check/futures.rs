//! futures.csv and perfect_information.csv: what is told of the best selections in some futures agrees with itself, with the
//! decisions taken beforehand, and with what option 1 brings in each trial.

use crate::domain::{Decision, Goal, Measure, SimulationSettings};
use crate::simulate::Samples;

use super::cases::ScenarioCase;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::Report;
use super::risk::Futures;
use super::sheet::Sheet;
use super::statistics::Design;

/// Twelve digits of two numbers, of which a difference is taken.
const DIGITS: f64 = 1e-11;
/// A gap counts as proven if it exceeds the one that was asked for by no more than this.
const GAP_ROUNDING: f64 = 1e-8;

/// Compares futures.csv. That no other selection is better in a future takes a solver.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, samples: Option<&Samples>, report: &mut Report) {
    let mut table = Comparison::new("futures.csv", sheet, &["scenario", "trial"]);
    let mut expected = Vec::new();
    for (case, samples) in context.cases.iter().filter_map(|case| Some((case, samples?))) {
        let is_told = case.reading.scenario.simulate && !case.options.is_empty();
        // A stop leaves out those of a whole scenario.
        let is_stopped = !context.is_complete && rows_of(sheet, case.name()).is_empty();
        if !is_told || is_stopped {
            continue;
        }
        let decided = as_decided(context, case, samples);
        for trial in 0..context.batch.futures().min(samples.trials()) {
            let own = decided.as_ref().map(|values| values[trial]);
            expected.push((vec![case.name().to_owned(), (trial + 1).to_string()], (case, own)));
        }
    }
    for (row, (case, decided)) in table.find_rows(expected) {
        compare_row(context, &mut table, row, case, decided);
    }
    table.finish(report);
}

/// What option 1 brings trial by trial, where that is NPV or cost alone: without prices of anything, and without capacity
/// that is bought for the future.
fn as_decided(context: &Context<'_>, case: &ScenarioCase<'_>, samples: &Samples) -> Option<Vec<Figure>> {
    let (scenario, portfolio) = (case.reading.scenario, context.portfolio);
    let total = match scenario.goal {
        Goal::Single { measure: Measure::Npv, .. } => 0,
        Goal::Single { measure: Measure::Cost, .. } => 1,
        _ => return None,
    };
    let has_prices = scenario.named_limits.iter().any(|limit| limit.price().is_some())
        || portfolio.current_plan().is_some()
        || portfolio.flexibility().bought_resources().next().is_some()
        || portfolio.flexibility().all_lines().overrun().is_some()
        || portfolio.lines().positions().any(|line| portfolio.flexibility().line(line).overrun().is_some());
    if has_prices {
        return None;
    }
    let settings = SimulationSettings { trials: samples.trials(), ..context.batch.simulation().clone() };
    let futures = Futures { samples, design: Design::new(&settings) };
    let trials = &futures.npv_and_cost(&case.reading, case.options.first()?)[total];
    let slack = trials.slack;
    Some(trials.values.iter().map(|&value| Figure { value, slack }).collect())
}

fn compare_row(
    context: &Context<'_>,
    table: &mut Comparison<'_>,
    row: usize,
    case: &ScenarioCase<'_>,
    decided: Option<Figure>,
) {
    let sheet = table.sheet();
    let number = |column: &str| sheet.cell(row, column).parse::<f64>().ok();
    let (objective, option_1) = (number("objective"), number("option_1"));
    match decided.filter(|_| option_1.is_some()) {
        Some(decided) => table.number(row, "option_1", Some(decided)),
        None => table.has_compared(row, "option_1"),
    }
    let sign = case.reading.scenario.goal.sense().sign();
    let gain = objective.zip(option_1).map(|(best, decided)| Figure {
        value: (sign * (best - decided)).max(0.0),
        slack: DIGITS * best.abs().max(decided.abs()),
    });
    table.number(row, "gain", gain);
    let chosen: Vec<&str> = sheet.cell(row, "chosen").split(';').filter(|id| !id.is_empty()).collect();
    table.count(row, "projects", Some(chosen.len()));
    let projects = context.portfolio.projects().iter().zip(&case.reading.scenario.decisions);
    let keeps = projects.into_iter().all(|(project, decision)| match decision {
        Decision::Free => true,
        Decision::In => objective.is_none() || chosen.contains(&project.id.as_str()),
        Decision::Out => !chosen.contains(&project.id.as_str()),
    });
    let is_known = chosen.iter().all(|id| context.portfolio.project_position(id).is_some());
    match keeps && is_known {
        true => table.has_compared(row, "chosen"),
        false => {
            table.refuse(row, "chosen", "projects of the portfolio, and those that are decided beforehand")
        }
    }
    compare_proof(context, table, row, objective, number("bound"));
}

/// The gap follows from bound and objective, and the status from the gap.
fn compare_proof(
    context: &Context<'_>,
    table: &mut Comparison<'_>,
    row: usize,
    objective: Option<f64>,
    bound: Option<f64>,
) {
    table.has_compared(row, "objective");
    table.has_compared(row, "bound");
    let status = table.sheet().cell(row, "status");
    let Some(objective) = objective else {
        table.number(row, "gap", None);
        return match status {
            "infeasible" | "unknown" => table.has_compared(row, "status"),
            _ => table.refuse(row, "status", "infeasible or unknown"),
        };
    };
    let gap = bound.map(|bound| Figure {
        value: if bound == objective { 0.0 } else { (bound - objective).abs() / objective.abs() },
        slack: DIGITS * (1.0 + bound.abs() / objective.abs()),
    });
    match gap.filter(|gap| gap.slack.is_finite()) {
        Some(gap) => table.number(row, "gap", Some(gap)),
        None => table.has_compared(row, "gap"),
    }
    let is_open = gap.is_none_or(|gap| gap.value - gap.slack > context.batch.selection().gap + GAP_ROUNDING);
    match status {
        // A limit with a priority that might be missed by less, or a goal that follows, may be what is not proven.
        "feasible" => table.has_compared(row, "status"),
        "optimal" if !is_open => table.has_compared(row, "status"),
        _ => table.refuse(row, "status", "feasible, or optimal within the gap"),
    }
}

/// The rows (positions) of a scenario.
fn rows_of(sheet: &Sheet, scenario: &str) -> Vec<usize> {
    (0..sheet.height()).filter(|&row| sheet.cell(row, "scenario") == scenario).collect()
}

/// In which part of the futures of futures.csv a project is chosen; `None` where the table tells of none.
pub(super) fn frequency(context: &Context<'_>, scenario: &str, project: &str) -> Option<Figure> {
    let sheet = context.sheets.get("futures.csv")?;
    let rows = rows_of(sheet, scenario);
    let answered: Vec<usize> =
        rows.into_iter().filter(|&row| sheet.cell(row, "status") != "unknown").collect();
    let holds = |row: &&usize| sheet.cell(**row, "chosen").split(';').any(|id| id == project);
    let count = answered.iter().filter(holds).count();
    (!answered.is_empty()).then(|| Figure::from(count as f64 / answered.len() as f64))
}

/// Compares perfect_information.csv with the rows of futures.csv.
pub(super) fn compare_information(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("perfect_information.csv", sheet, &["scenario"]);
    let Some(futures) = context.sheets.get("futures.csv") else { return table.finish(report) };
    let told = context.cases.iter().map(|case| (case, rows_of(futures, case.name())));
    let expected = told.filter(|(_, rows)| !rows.is_empty());
    let expected = expected.map(|(case, rows)| (vec![case.name().to_owned()], (case, rows))).collect();
    for (row, (case, rows)) in table.find_rows(expected) {
        let of =
            |words: &[&str]| rows.iter().filter(|&&row| words.contains(&futures.cell(row, "status"))).count();
        table.count(row, "futures", Some(rows.len()));
        table.count(row, "infeasible", Some(of(&["infeasible"])));
        table.count(row, "unfinished", Some(of(&["feasible", "unknown"])));
        let gains: Vec<f64> = rows.iter().filter_map(|&row| futures.cell(row, "gain").parse().ok()).collect();
        table.count(row, "compared", Some(gains.len()));
        let is_money =
            matches!(case.reading.scenario.goal, Goal::Single { measure, .. } if measure.is_money());
        let [mean, error] =
            mean_and_error(&gains).filter(|_| is_money).map_or([None; 2], |both| both.map(Some));
        table.number(row, "perfect_information", mean);
        table.number(row, "perfect_information_se", error);
    }
    table.finish(report);
}

/// The mean of numbers with twelve digits, and its standard error; `None` of fewer than two.
fn mean_and_error(numbers: &[f64]) -> Option<[Figure; 2]> {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    let slack = DIGITS * numbers.iter().fold(0.0_f64, |most, number| most.max(number.abs()));
    let told = |value| Figure { value, slack };
    (numbers.len() > 1).then(|| [told(mean), told((squares / (count - 1.0) / count).sqrt())])
}
