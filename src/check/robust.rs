//! core_index.csv and portfolios.csv: each portfolio keeps the rules, none dominates another at the vertices of the
//! admissible weights, and the core indices and regrets follow from them. That no portfolio is missing is not checked:
//! it takes a search.

use std::collections::BTreeSet;

use crate::domain::{Measure, PaymentIx};

use super::cases::ScenarioCase;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::{BrokenRule, Report};
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;
use super::weights::Weighing;

/// Values are told apart from this part of the largest on.
const APART: f64 = 1e-7;

/// A portfolio of a scenario, with its row (position) in portfolios.csv.
struct Portfolio {
    row: usize,
    selection: Selection,
    /// Strategic value less penalties at each vertex.
    values: Vec<Figure>,
}

/// Compares portfolios.csv.
pub(super) fn compare_portfolios(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("portfolios.csv", sheet, &["scenario", "portfolio"]);
    let expected = context.cases.iter().flat_map(|case| {
        let rows = 1..=rows_of(sheet, case).len();
        rows.map(move |number| (vec![case.name().to_owned(), number.to_string()], case))
    });
    let mut found: Vec<Vec<Portfolio>> = context.cases.iter().map(|_| Vec::new()).collect();
    for (row, case) in table.find_rows(expected.collect()) {
        let place = context.cases.iter().position(|other| std::ptr::eq(other, case));
        let selection = read_selection(&mut table, row, case);
        let (Some(place), Some(selection)) = (place, selection) else { continue };
        found[place].push(Portfolio { row, selection, values: Vec::new() });
    }
    let mut costs = context.portfolio.projects().iter().flat_map(|project| &project.costs);
    let has_payers = costs.any(|cost| !cost.others.is_empty());
    for (case, portfolios) in context.cases.iter().zip(&mut found) {
        let readings = at_vertices(context, case);
        for one in &mut *portfolios {
            let penalty = case.reading.penalty(&one.selection);
            let value = |reading: &Reading<'_>| {
                reading.measure(Measure::StrategicValue, &one.selection, None) - penalty
            };
            one.values = readings.iter().map(value).collect();
        }
        // Who pays is not told: where several lines may, figures and rules are not held against the selections.
        if !has_payers {
            let is_whole = portfolios.len() == rows_of(sheet, case).len();
            compare_figures(&mut table, case, portfolios, is_whole);
            report.selections += portfolios.len();
            report.broken_rules.extend(broken_rules(case, portfolios));
        }
    }
    table.finish(report);
}

/// Compares core_index.csv with portfolios.csv.
pub(super) fn compare_core_index(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("core_index.csv", sheet, &["scenario", "project"]);
    let Some(portfolios) = context.sheets.get("portfolios.csv") else { return table.finish(report) };
    let mut expected = Vec::new();
    for case in &context.cases {
        let sets: Vec<BTreeSet<&str>> = (rows_of(portfolios, case).into_iter())
            .map(|row| portfolios.cell(row, "projects").split(';').collect())
            .collect();
        if sets.is_empty() {
            continue;
        }
        for project in context.portfolio.projects() {
            let count = sets.iter().filter(|set| set.contains(project.id.as_str())).count();
            let key = vec![case.name().to_owned(), project.id.to_string()];
            expected.push((key, (project.name.as_str(), count, sets.len())));
        }
    }
    for (row, (name, count, all)) in table.find_rows(expected) {
        let class = match count {
            0 => "exterior",
            count if count == all => "core",
            _ => "borderline",
        };
        table.number(row, "core_index", Some(Figure::from(count as f64 / all as f64)));
        table.text(row, "class", class);
        table.text(row, "name", name);
        table.count(row, "portfolios", Some(all));
    }
    table.finish(report);
}

/// Rows (positions) about a scenario.
fn rows_of(sheet: &Sheet, case: &ScenarioCase<'_>) -> Vec<usize> {
    (0..sheet.height()).filter(|&row| sheet.cell(row, "scenario") == case.name()).collect()
}

/// The scenario at each vertex of its admissible weights.
fn at_vertices<'a>(context: &Context<'a>, case: &ScenarioCase<'a>) -> Vec<Reading<'a>> {
    let reading = &case.reading;
    let own = context.weights.vertices(reading.scenario, reading.portfolio);
    let vertices = own.unwrap_or_else(|| {
        let polytope = reading.scenario.weights.polytope();
        let tree = reading.portfolio.objectives();
        let of_all = |leaves: &Vec<f64>| {
            let mut weights = vec![0.0; tree.objectives().len()];
            tree.leaves().iter().zip(leaves).for_each(|(&leaf, &weight)| weights[leaf] = weight);
            weights
        };
        polytope.map_or_else(Vec::new, |polytope| polytope.vertices().iter().map(of_all).collect())
    });
    vertices
        .into_iter()
        .map(|weights| Reading { weights: Weighing::alike(weights), ..reading.clone() })
        .collect()
}

/// The selection that a row tells; `None`, and a difference, where it cannot be.
fn read_selection(table: &mut Comparison<'_>, row: usize, case: &ScenarioCase<'_>) -> Option<Selection> {
    let portfolio = case.reading.portfolio;
    let (sheet, horizon) = (table.sheet(), portfolio.horizon());
    let cells = |column: &str| -> Vec<&str> {
        let cell = sheet.cell(row, column);
        if cell.is_empty() { Vec::new() } else { cell.split(';').collect() }
    };
    let (ids, starts) = (cells("projects"), cells("starts"));
    let positions: Option<Vec<_>> = ids.iter().map(|id| portfolio.project_position(id)).collect();
    let Some(positions) = positions.filter(|all| all.is_sorted_by(|one, other| one < other)) else {
        table.refuse(row, "projects", "projects of the portfolio, each once and in order");
        return None;
    };
    let chosen = positions.into_iter().zip(&starts).map(|(project, start)| {
        let start = horizon.position(start).filter(|&start| start >= portfolio.projects()[project].start)?;
        Some(Chosen { project, start, share: 1.0, payment: PaymentIx::default() })
    });
    let chosen: Option<Vec<Chosen>> = chosen.collect();
    let Some(chosen) = chosen.filter(|all| all.len() == ids.len() && all.len() == starts.len()) else {
        table.refuse(row, "starts", "a period for each project in which it may start");
        return None;
    };
    table.has_compared(row, "projects");
    table.has_compared(row, "starts");
    Some(Selection::new(chosen))
}

/// Compares cost, strategic value and regret of the portfolios of a scenario. Regrets follow from all of them.
fn compare_figures(
    table: &mut Comparison<'_>,
    case: &ScenarioCase<'_>,
    portfolios: &[Portfolio],
    is_whole: bool,
) {
    let vertices = portfolios.first().map_or(0, |one| one.values.len());
    let best: Vec<Figure> = (0..vertices)
        .filter_map(|vertex| portfolios.iter().map(|one| one.values[vertex]).max_by(by_value))
        .collect();
    for one in portfolios {
        let measure = |measure| Some(case.reading.measure(measure, &one.selection, None));
        table.number(one.row, "cost", measure(Measure::Cost));
        table.number(one.row, "strategic_value", measure(Measure::StrategicValue));
        if !is_whole {
            continue;
        }
        let regrets = best.iter().zip(&one.values).map(|(&best, &value)| best - value);
        let regret = regrets.max_by(by_value).map(Figure::at_least_zero);
        table.number(one.row, "max_regret", regret);
    }
}

fn by_value(one: &Figure, other: &Figure) -> std::cmp::Ordering {
    one.value.total_cmp(&other.value)
}

/// Rules that portfolios break, and portfolios that others dominate.
fn broken_rules(case: &ScenarioCase<'_>, portfolios: &[Portfolio]) -> Vec<BrokenRule> {
    let named = |one: &Portfolio, words: String| BrokenRule {
        scenario: case.name().to_owned(),
        option: format!("portfolio {}", case_number(portfolios, one)),
        words,
    };
    let mut broken = Vec::new();
    for one in portfolios {
        let rules = case.reading.broken_rules(&one.selection).into_iter();
        broken.extend(rules.map(|words| named(one, words)));
    }
    let largest = portfolios
        .iter()
        .flat_map(|one| &one.values)
        .fold(0.0_f64, |most, value| most.max(value.value.abs()));
    let beats = |one: &Portfolio, other: &Portfolio| {
        let pairs = || one.values.iter().zip(&other.values).map(|(one, other)| one.value - other.value);
        pairs().all(|difference| difference >= 0.0) && pairs().any(|difference| difference > APART * largest)
    };
    for one in portfolios {
        if let Some(winner) = portfolios.iter().find(|other| beats(other, one)) {
            let words = format!("it is dominated by portfolio {}", case_number(portfolios, winner));
            broken.push(named(one, words));
        }
    }
    broken
}

/// The number of a portfolio: they stand in the order of their numbers.
fn case_number(portfolios: &[Portfolio], one: &Portfolio) -> usize {
    portfolios.iter().position(|other| other.row == one.row).map_or(0, |place| place + 1)
}
