//! The results of a batch as its page shows them: one scenario, and the selections of a page of scenarios.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use humansize::{DECIMAL, format_size};
use serde_json::{Value, json};

use crate::output::{
    BaselineFigures, OptionFigures, ScenarioFigures, SpendFigures, id_and_name, id_and_short_name,
};
use crate::service::Service;
use crate::service::figures::figures;
use crate::service::problem::Problem;

use super::chart::{self, Point};
use super::figure::{percent, shown};
use super::pager::Pager;

/// Scenarios of a page, side by side in the table of selections.
const SIDE_BY_SIDE: u64 = 40;
/// Projects in the table of selections.
const PROJECTS: usize = 300;
/// Letters of a project's name in the table of selections, at most.
const LETTERS: usize = 40;

/// What a visitor asks to see.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// A scenario by its name.
    pub scenario: Option<String>,
    /// A page of scenarios, from 1; that of the scenario if none is named.
    pub page: Option<u64>,
}

/// Template values of the results of a batch, with the options of one scenario; and the page of scenarios that it is on.
pub(super) fn of_batch(service: &Service, id: &str, wanted: &Wanted) -> Result<(Value, Pager), Problem> {
    let files = service.store.results(id)?;
    let figures = figures(service, id, &files)?;
    let named = match &wanted.scenario {
        Some(name) => service.store.position_of(id, name)?.filter(|place| *place < figures.scenarios()),
        None => None,
    };
    let page = named.map(|place| place / SIDE_BY_SIDE + 1).or(wanted.page);
    let pager = Pager::new(figures.scenarios(), SIDE_BY_SIDE, page);
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
    let matrix = selections(&scenarios, &figures.funded().map_err(failed)?);
    let values = json!({
        "scenarios": scenarios.iter().map(|one| &one.scenario).collect::<Vec<_>>(),
        "pager": pager,
        "unknown": wanted.scenario.as_ref().filter(|_| named.is_none()),
        "scenario": chosen.map_or("", |one| one.scenario.as_str()),
        "status": chosen.map(|one| &one.status),
        "headings": headings(shape),
        "options": options.iter().map(|one| option(one, shape)).collect::<Vec<_>>(),
        "baseline": baseline.as_ref().filter(|_| !options.is_empty()).map(|one| cut_line(one, shape)),
        "chart": chart(&options),
        "spend": spend.iter().map(line).collect::<Vec<_>>(),
        "hidden_projects": matrix.hidden,
        "selection": matrix.rows,
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

/// Value against cost, as full as the risk is high.
fn chart(options: &[OptionFigures]) -> String {
    let has_value = options.iter().any(|option| option.strategic_value.is_some_and(|value| value != 0.0));
    let label = if has_value { "Strategic value" } else { "Objective" };
    let point = |option: &OptionFigures| {
        Some(Point {
            x: option.cost?,
            y: if has_value { option.strategic_value? } else { option.objective? },
            risk: option.p_over_budget,
            label: option.rank.to_string(),
        })
    };
    chart::scatter(&options.iter().filter_map(point).collect::<Vec<_>>(), "Cost", label)
}

fn line(spend: &SpendFigures) -> Value {
    let (plan, limit) = (spend.plan, spend.limit);
    let share = plan.zip(limit).filter(|(_, limit)| *limit > 0.0).map(|(plan, limit)| plan / limit);
    json!({
        "line": id_and_name(&spend.line, &spend.name),
        "period": spend.period,
        "plan": shown(plan),
        "limit": shown(limit),
        "share": share,
        "percent": percent(share),
        "over": percent(spend.p_over),
    })
}

/// Per project: in which of the scenarios the first-ranked option funds it.
struct Matrix {
    rows: Vec<Value>,
    /// Number of projects that are left out, as too many are funded.
    hidden: usize,
}

/// The projects that some of the scenarios fund; of very many, those that most scenarios of the batch fund.
fn selections(scenarios: &[ScenarioFigures], funded: &BTreeMap<String, usize>) -> Matrix {
    let mut marks: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for (place, first) in
        scenarios.iter().enumerate().filter_map(|(place, one)| Some((place, one.first.as_ref()?)))
    {
        for taken in &first.projects {
            let row = marks.entry(&taken.project).or_insert_with(|| vec![""; scenarios.len()]);
            titles.insert(&taken.project, &taken.name);
            row[place] = if taken.fraction < 1.0 { "◐" } else { "●" };
        }
    }
    let count = |project: &str| funded.get(project).copied().unwrap_or_default();
    let mut names: Vec<&str> = marks.keys().copied().collect();
    // A stable sort: of equals, the first by id.
    names.sort_by_key(|name| Reverse(count(name)));
    let hidden = names.len().saturating_sub(PROJECTS);
    names.truncate(PROJECTS);
    names.sort_unstable();
    let title = |id: &str| id_and_short_name(id, titles.get(id).copied().unwrap_or_default(), LETTERS);
    let row = |id: &str| json!({ "project": title(id), "count": count(id), "marks": marks.get(id) });
    Matrix { rows: names.into_iter().map(row).collect(), hidden }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{FirstOption, TakenProject};

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
    fn of_very_many_projects_the_most_frequent_are_shown() {
        let taken = |place: usize| TakenProject {
            project: format!("P{place:04}"),
            name: if place == 0 { "Bridge".to_owned() } else { String::new() },
            fraction: 1.0,
        };
        let scenario = |projects: Vec<TakenProject>| ScenarioFigures {
            scenario: String::new(),
            status: "optimal".to_owned(),
            first: Some(FirstOption { option: 1, objective: None, cost: None, projects }),
        };
        let scenarios = [scenario((0..400).map(taken).collect()), scenario(vec![taken(399)])];
        let mut funded: BTreeMap<String, usize> = (0..400).map(|place| (taken(place).project, 1)).collect();
        funded.insert("P0399".to_owned(), 2);
        let Matrix { rows, hidden } = selections(&scenarios, &funded);
        assert_eq!((rows.len(), hidden), (PROJECTS, 100));
        assert_eq!(rows[0], json!({ "project": "P0000 (Bridge)", "count": 1, "marks": ["●", ""] }));
        assert_eq!(rows[PROJECTS - 1], json!({ "project": "P0399", "count": 2, "marks": ["●", "●"] }));
    }
}
