//! The results of a batch as its page brings them, for browsers without scripts and until the report is there: scenarios, and
//! the options of one of them.

use humansize::{DECIMAL, format_size};
use serde_json::{Value, json};

use crate::output::{BaselineFigures, OptionFigures, ScenarioFigures, SpendFigures, id_and_name};
use crate::service::Service;
use crate::service::figures::figures;
use crate::service::problem::Problem;

use super::figure::{percent, shown};
use super::pager::Pager;

/// Scenarios of a page.
const SCENARIOS: u64 = 40;
/// Budget lines that the form for the next run names.
const LINES: usize = 60;

/// What a visitor asks to see.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// A scenario by its name.
    pub scenario: Option<String>,
    /// A page of scenarios, from 1; that of the scenario if none is named.
    pub page: Option<u64>,
}

/// Template values of the results of a batch, with the options of one scenario; and the page of scenarios that it is
/// on.
pub(super) fn of_batch(service: &Service, id: &str, wanted: &Wanted) -> Result<(Value, Pager), Problem> {
    let files = service.store.results(id)?;
    let figures = figures(service, id, &files)?;
    let named = match &wanted.scenario {
        Some(name) => service.store.position_of(id, name)?.filter(|place| *place < figures.scenarios()),
        None => None,
    };
    let page = named.map(|place| place / SCENARIOS + 1).or(wanted.page);
    let pager = Pager::new(figures.scenarios(), SCENARIOS, page);
    let failed = |error| Problem::internal(&error);
    let scenarios: Vec<ScenarioFigures> =
        pager.places().map(|place| figures.scenario(place)).collect::<Result<_, _>>().map_err(failed)?;
    let place = named.unwrap_or(pager.places().start);
    let chosen = scenarios.get(usize::try_from(place - pager.places().start).unwrap_or(usize::MAX));
    let (options, spend, baseline) = match chosen {
        Some(_) => (
            figures.options(place).map_err(failed)?,
            figures.spend(place).map_err(failed)?,
            figures.baseline(place).map_err(failed)?,
        ),
        None => (Vec::new(), Vec::new(), None),
    };
    let shape = Shape::of(&options);
    let values = json!({
        "scenarios": scenarios.iter().map(short).collect::<Vec<_>>(),
        "pager": pager,
        "asked": wanted.scenario.as_deref().filter(|_| named.is_some()).unwrap_or_default(),
        "unknown": wanted.scenario.as_ref().filter(|_| named.is_none()),
        "scenario": chosen.map_or("", |one| one.scenario.as_str()),
        "status": chosen.map(|one| &one.status),
        "headings": headings(shape),
        "options": options.iter().map(|one| option(one, shape)).collect::<Vec<_>>(),
        "baseline": baseline.as_ref().filter(|_| !options.is_empty()).map(|one| cut_line(one, shape)),
        "lines": lines(&spend),
        "files": files.iter().map(|(name, object)| json!({ "name": name, "size": format_size(object.bytes, DECIMAL) })).collect::<Vec<_>>(),
    });
    Ok((values, pager))
}

/// Columns of the table of options.
#[derive(Clone, Copy)]
struct Shape {
    is_simulated: bool,
    /// False for a portfolio without benefits, whose NPV would say no more than its cost.
    has_npv: bool,
}

impl Shape {
    fn of(options: &[OptionFigures]) -> Self {
        Self {
            is_simulated: options.iter().any(|option| {
                let told = [option.npv_mean, option.p_best, option.p_over_budget, option.p_over_capacity];
                told.iter().any(Option::is_some)
            }),
            has_npv: options.iter().any(|option| option.npv.is_some()),
        }
    }
}

fn headings(shape: Shape) -> Vec<&'static str> {
    let mut headings = vec!["Rank", "Status", "Gap", "Projects", "Objective", "Strategic value", "Cost"];
    if shape.has_npv {
        headings.push("NPV as planned");
    }
    if shape.is_simulated && shape.has_npv {
        headings.extend(["NPV mean", "NPV P10", "NPV P90"]);
    }
    if shape.is_simulated {
        headings.extend(["P(over budget)", "P(over capacity)", "P(best)"]);
    }
    headings
}

fn option(option: &OptionFigures, shape: Shape) -> Vec<String> {
    let gap = option.gap.map_or_else(|| "unknown".to_owned(), |gap| format!("{:.2} %", 100.0 * gap));
    let mut cells = vec![option.rank.to_string(), option.status.clone(), gap, option.projects.to_string()];
    cells.extend([option.objective, option.strategic_value, option.cost].map(shown));
    if shape.has_npv {
        cells.push(shown(option.npv));
    }
    if shape.is_simulated && shape.has_npv {
        cells.extend([option.npv_mean, option.npv_p10, option.npv_p90].map(shown));
    }
    if shape.is_simulated {
        cells.extend([option.p_over_budget, option.p_over_capacity, option.p_best].map(percent));
    }
    cells
}

/// The cut line as a row below the options, and in words beside option 1.
fn cut_line(baseline: &BaselineFigures, shape: Shape) -> Value {
    let mut cells = option(&baseline.option, shape);
    "Cut line".clone_into(&mut cells[0]);
    if baseline.option.status == "infeasible" {
        "breaks a limit or rule".clone_into(&mut cells[1]);
    }
    shown(None).clone_into(&mut cells[2]);
    let best = baseline.option.objective.zip(baseline.objective_lost).map(|(own, lost)| own + lost);
    let share = |part: f64, whole: Option<f64>| {
        let share = whole.filter(|whole| *whole > 0.0).map(|whole| part / whole);
        share.map_or_else(String::new, |share| format!(" ({})", percent(Some(share))))
    };
    let lost = match baseline.objective_lost {
        Some(0.0) => "its objective is as good as that of option 1".to_owned(),
        Some(lost) => {
            format!("its objective is {}{} worse than that of option 1", shown(Some(lost)), share(lost, best))
        }
        None => "there is no option to hold it against".to_owned(),
    };
    let unspent = baseline.unspent.map_or_else(String::new, |left| {
        format!(
            ", and it leaves {}{} of the budgets unspent",
            shown(Some(left)),
            share(left, baseline.budget)
        )
    });
    json!({ "cells": cells, "words": format!("{lost}{unspent}.") })
}

/// A scenario with its first-ranked option.
fn short(scenario: &ScenarioFigures) -> Value {
    let first = scenario.first.as_ref();
    json!({
        "scenario": scenario.scenario,
        "status": scenario.status,
        "objective": shown(first.and_then(|first| first.objective)),
        "cost": shown(first.and_then(|first| first.cost)),
        "projects": first.map_or_else(|| "–".to_owned(), |first| first.projects.len().to_string()),
    })
}

/// The budget lines that have a budget, in the order of the tables.
fn lines(spend: &[SpendFigures]) -> Vec<Value> {
    let mut lines: Vec<&SpendFigures> = Vec::new();
    for row in spend.iter().filter(|row| row.limit.is_some()) {
        if lines.iter().all(|known| known.line != row.line) {
            lines.push(row);
        }
    }
    lines.truncate(LINES);
    let title = |row: &SpendFigures| match row.line.as_str() {
        "*" => "All lines together".to_owned(),
        line => id_and_name(line, &row.name),
    };
    lines.into_iter().map(|row| json!({ "id": row.line, "title": title(row) })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_line_stands_below_the_options_and_is_told_beside_the_first() {
        let option = OptionFigures {
            rank: 0,
            option: 0,
            status: "feasible".to_owned(),
            gap: None,
            projects: 3,
            objective: Some(90.0),
            strategic_value: Some(90.0),
            cost: Some(40.0),
            npv: None,
            npv_mean: None,
            npv_p10: None,
            npv_p90: None,
            p_over_budget: None,
            p_over_capacity: None,
            p_best: None,
        };
        let baseline =
            BaselineFigures { option, objective_lost: Some(10.0), unspent: Some(5.0), budget: Some(50.0) };
        let shape = Shape { is_simulated: false, has_npv: false };
        let told = cut_line(&baseline, shape);
        assert_eq!(told["cells"], json!(["Cut line", "feasible", "–", "3", "90", "90", "40"]));
        assert_eq!(headings(shape).len(), told["cells"].as_array().unwrap().len());
        assert_eq!(
            told["words"],
            "its objective is 10 (10.0 %) worse than that of option 1, and it leaves 5 (10.0 %) of the budgets unspent."
        );
        let as_good = BaselineFigures { objective_lost: Some(0.0), unspent: None, ..baseline };
        assert_eq!(cut_line(&as_good, shape)["words"], "its objective is as good as that of option 1.");
    }

    #[test]
    fn the_form_names_each_line_with_a_budget_once() {
        let row = |line: &str, name: &str, limit: Option<f64>| SpendFigures {
            line: line.to_owned(),
            name: name.to_owned(),
            period: "2027".to_owned(),
            plan: None,
            limit,
            p_over: None,
        };
        let spend = [
            row("capex", "Building", None),
            row("capex", "Building", Some(1.0)),
            row("capex", "Building", Some(2.0)),
            row("free", "", None),
            row("*", "", Some(3.0)),
        ];
        let expected = json!([
            { "id": "capex", "title": "capex (Building)" },
            { "id": "*", "title": "All lines together" },
        ]);
        assert_eq!(json!(lines(&spend)), expected);
    }
}
