//! The results of a batch as its page shows them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::service::Service;
use crate::service::problem::Problem;

use super::chart::{self, Point};
use super::table::{Row, cell, number, percent, rows, shown};

/// Scenarios side by side in the table of selections.
const SIDE_BY_SIDE: usize = 40;

/// Template values of the results of a batch, with the options of one scenario.
pub(super) fn of_batch(service: &Service, id: &str, wanted: Option<&str>) -> Result<Value, Problem> {
    let files = service.store.results(id)?;
    let table = |name: &str| rows(service, &files, name);
    let (scenarios, options) = (table("scenarios.csv")?, table("options.csv")?);
    let names: Vec<&str> = scenarios.iter().map(|row| cell(row, "scenario")).collect();
    let scenario =
        wanted.filter(|wanted| names.contains(wanted)).or(names.first().copied()).unwrap_or_default();
    let status = scenarios.iter().find(|row| cell(row, "scenario") == scenario);
    let of_scenario: Vec<&Row> = options.iter().filter(|row| cell(row, "scenario") == scenario).collect();
    let first = of_scenario.first().map_or("", |row| cell(row, "option"));
    let shown_names = &names[..names.len().min(SIDE_BY_SIDE)];
    let is_simulated = of_scenario.iter().any(|row| number(row, "npv_mean").is_some());
    let selection = table("selection.csv")?;
    Ok(json!({
        "scenarios": names,
        "scenario": scenario,
        "status": status.map(|row| cell(row, "status")),
        "headings": headings(is_simulated),
        "options": of_scenario.iter().map(|row| option(row, is_simulated)).collect::<Vec<_>>(),
        "chart": chart(&of_scenario),
        "spend": spend(&table("spend.csv")?, scenario, first),
        "selection": selections(&selection, &options, shown_names),
        "shown": shown_names,
        "hidden": names.len() - shown_names.len(),
        "files": files.iter().map(|(name, object)| json!({ "name": name, "bytes": object.bytes })).collect::<Vec<_>>(),
    }))
}

fn headings(is_simulated: bool) -> Vec<&'static str> {
    let mut headings =
        vec!["Rank", "Status", "Gap", "Projects", "Objective", "Strategic value", "Cost", "NPV as planned"];
    if is_simulated {
        headings.extend(["NPV mean", "NPV P10", "NPV P90", "P(over budget)", "P(over capacity)", "P(best)"]);
    }
    headings
}

fn option(row: &Row, is_simulated: bool) -> Vec<String> {
    let figure = |heading: &str| shown(number(row, heading));
    let mut cells = vec![cell(row, "rank").to_owned(), cell(row, "status").to_owned()];
    cells
        .push(number(row, "gap").map_or_else(|| "unknown".to_owned(), |gap| format!("{:.2} %", 100.0 * gap)));
    cells.push(cell(row, "projects").to_owned());
    cells.extend(["objective", "strategic_value", "cost", "npv"].map(figure));
    if is_simulated {
        cells.extend(["npv_mean", "npv_p10", "npv_p90"].map(figure));
        cells.extend(["p_over_budget", "p_over_capacity", "p_best"].map(|name| percent(number(row, name))));
    }
    cells
}

/// Value against cost, as full as the risk is high.
fn chart(options: &[&Row]) -> String {
    let has_value =
        options.iter().any(|row| number(row, "strategic_value").is_some_and(|value| value != 0.0));
    let (heading, label) =
        if has_value { ("strategic_value", "Strategic value") } else { ("objective", "Objective") };
    let point = |row: &&Row| {
        Some(Point {
            x: number(row, "cost")?,
            y: number(row, heading)?,
            risk: number(row, "p_over_budget"),
            label: cell(row, "rank").to_owned(),
        })
    };
    chart::scatter(&options.iter().filter_map(point).collect::<Vec<_>>(), "Cost", label)
}

fn spend(rows: &[Row], scenario: &str, option: &str) -> Vec<Value> {
    let is_of = |row: &&Row| cell(row, "scenario") == scenario && cell(row, "option") == option;
    let line = |row: &Row| {
        let (plan, limit) = (number(row, "plan"), number(row, "limit"));
        let share = plan.zip(limit).filter(|(_, limit)| *limit > 0.0).map(|(plan, limit)| plan / limit);
        json!({
            "line": cell(row, "line"),
            "period": cell(row, "period"),
            "plan": shown(plan),
            "limit": shown(limit),
            "share": share,
            "percent": percent(share),
            "over": percent(number(row, "p_over")),
        })
    };
    rows.iter().filter(is_of).map(line).collect()
}

/// Per project: in which of the scenarios the first-ranked option funds it.
fn selections(selection: &[Row], options: &[Row], scenarios: &[&str]) -> Vec<Value> {
    let firsts: BTreeMap<&str, &str> = (options.iter())
        .filter(|row| cell(row, "rank") == "1")
        .map(|row| (cell(row, "scenario"), cell(row, "option")))
        .collect();
    let mut funded: BTreeMap<&str, BTreeMap<&str, &'static str>> = BTreeMap::new();
    for row in selection {
        let scenario = cell(row, "scenario");
        if firsts.get(scenario) == Some(&cell(row, "option")) {
            let mark = if number(row, "fraction").is_some_and(|share| share < 1.0) { "◐" } else { "●" };
            funded.entry(cell(row, "project")).or_default().insert(scenario, mark);
        }
    }
    let row = |(project, marks): (&str, BTreeMap<&str, &'static str>)| {
        let cells: Vec<&str> = scenarios.iter().map(|name| marks.get(name).copied().unwrap_or("")).collect();
        json!({ "project": project, "count": marks.len(), "marks": cells })
    };
    funded.into_iter().map(row).collect()
}
