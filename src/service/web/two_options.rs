//! Two options beside each other, of one batch or of two: figures with their differences, and projects that enter, leave or
//! move.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::output::{FiguresFile, OptionFigures};
use crate::service::Service;
use crate::service::kept::ResultFiles;
use crate::service::problem::Problem;
use crate::service::report::{self, TextRow};

use super::figure::{percent, shown};

/// Projects of a list.
const PROJECTS: usize = 500;
/// Scenarios that a list to choose from names.
const CHOICES: u64 = 300;

/// A batch with its results.
pub(super) struct Side<'a> {
    pub id: &'a str,
    pub files: &'a ResultFiles,
    pub figures: &'a FiguresFile,
}

/// What is asked for of a side.
pub(super) struct Asked<'a> {
    /// Position of the scenario in the batch.
    pub scenario: u64,
    /// Number of the option; that of the first rank if there is none of it.
    pub option: Option<usize>,
    /// Names of the fields of the form.
    pub fields: [&'a str; 2],
}

/// A project of an option.
struct Taken {
    name: String,
    start: String,
    fraction: f64,
    cost: Option<f64>,
    value: Option<f64>,
}

/// An option with its projects.
struct Chosen {
    figures: Option<OptionFigures>,
    projects: BTreeMap<String, Taken>,
}

/// Template values of the comparison of two options.
pub(super) fn values(service: &Service, sides: [(&Side<'_>, &Asked<'_>); 2]) -> Result<Value, Problem> {
    let mut chosen = Vec::new();
    let mut pickers = Vec::new();
    for (side, asked) in sides {
        let options = side.figures.options(asked.scenario).map_err(|error| Problem::internal(&error))?;
        let option = options.iter().find(|one| Some(one.option) == asked.option).or(options.first()).cloned();
        pickers.push(picker(side, asked, &options, option.as_ref())?);
        chosen.push(Chosen {
            projects: taken(service, side, asked.scenario, option.as_ref())?,
            figures: option,
        });
    }
    let [a, b] = [&chosen[0], &chosen[1]];
    Ok(json!({ "pickers": pickers, "measures": measures(a, b), "projects": projects(a, b) }))
}

/// What the form lets choose on a side.
fn picker(
    side: &Side<'_>,
    asked: &Asked<'_>,
    options: &[OptionFigures],
    option: Option<&OptionFigures>,
) -> Result<Value, Problem> {
    let failed = |error| Problem::internal(&error);
    let name = side.figures.scenario(asked.scenario).map_err(failed)?.scenario;
    let few = side.figures.scenarios() <= CHOICES;
    let scenarios = (0..side.figures.scenarios()).filter(|_| few);
    let scenarios: Vec<String> = scenarios
        .map(|place| side.figures.scenario(place).map(|one| one.scenario))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    let words = |one: &OptionFigures| json!({ "option": one.option, "words": format!("rank {}: {}", one.rank, shown(one.objective)) });
    Ok(json!({
        "scenario_field": asked.fields[0],
        "option_field": asked.fields[1],
        "scenario": name,
        "scenarios": scenarios,
        "option": option.map(|one| one.option),
        "options": options.iter().map(words).collect::<Vec<_>>(),
    }))
}

/// The projects of an option, with what each costs and brings on its own.
fn taken(
    service: &Service,
    side: &Side<'_>,
    scenario: u64,
    option: Option<&OptionFigures>,
) -> Result<BTreeMap<String, Taken>, Problem> {
    let Some(option) = option else { return Ok(BTreeMap::new()) };
    let number = option.option.to_string();
    let batch = (side.id, side.files);
    let is_own = |row: &TextRow| row.get("option") == Some(&number);
    let selection = report::rows(service, batch, ("selection.csv", scenario), is_own)?;
    let cases = report::rows(service, batch, ("business_cases.csv", scenario), |_| true)?;
    let cases: BTreeMap<&str, &TextRow> = cases.iter().map(|row| (text(row, "project"), row)).collect();
    let taken = selection.iter().map(|row| {
        let case = cases.get(text(row, "project"));
        let project = Taken {
            name: text(row, "name").to_owned(),
            start: text(row, "start").to_owned(),
            fraction: number_in(row, "fraction").unwrap_or(1.0),
            cost: case.and_then(|case| number_in(case, "cost")),
            value: case.and_then(|case| number_in(case, "strategic_value")),
        };
        (text(row, "project").to_owned(), project)
    });
    Ok(taken.collect())
}

fn text<'r>(row: &'r TextRow, heading: &str) -> &'r str {
    row.get(heading).map_or("", String::as_str)
}

fn number_in(row: &TextRow, heading: &str) -> Option<f64> {
    text(row, heading).parse().ok().filter(|number: &f64| number.is_finite())
}

/// A figure of an option, and whether it is a share.
type Measure = (&'static str, fn(&OptionFigures) -> Option<f64>, bool);

/// Figures that both options or one of them have: each with the difference, B less A.
fn measures(a: &Chosen, b: &Chosen) -> Vec<Value> {
    let all: [Measure; 11] = [
        ("Objective", |one| one.objective, false),
        ("Strategic value", |one| one.strategic_value, false),
        ("Cost", |one| one.cost, false),
        ("NPV as planned", |one| one.npv, false),
        ("NPV, mean", |one| one.npv_mean, false),
        ("NPV, P10", |one| one.npv_p10, false),
        ("NPV, P90", |one| one.npv_p90, false),
        ("P(over budget)", |one| one.p_over_budget, true),
        ("P(over capacity)", |one| one.p_over_capacity, true),
        ("Gap", |one| one.gap, true),
        ("Projects", |one| u32::try_from(one.projects).ok().map(f64::from), false),
    ];
    let row = |(name, of, is_share): &Measure| {
        let [own, other] = [a, b].map(|side| side.figures.as_ref().and_then(of));
        own.or(other)?;
        let difference = own.zip(other).map(|(own, other)| other - own);
        let write = |value| if *is_share { percent(value) } else { shown(value) };
        let part = own.zip(difference).filter(|(own, _)| *own != 0.0 && !is_share);
        let part = part.map(|(own, difference)| signed(&percent(Some(difference / own.abs())), difference));
        let points = |words: String| if *is_share { words.replace(" %", " points") } else { words };
        Some(json!({
            "name": name,
            "sides": [write(own), write(other)],
            "difference": difference.map_or_else(String::new, |by| points(signed(&write(Some(by)), by))),
            "part": part.unwrap_or_default(),
        }))
    };
    all.iter().filter_map(row).collect()
}

/// The difference of a figure from that before it, with its sign.
pub(super) fn difference(before: f64, after: f64) -> String {
    signed(&shown(Some(after - before)), after - before)
}

/// A difference with its sign.
fn signed(words: &str, difference: f64) -> String {
    if difference > 0.0 { format!("+{words}") } else { words.to_owned() }
}

/// The projects that one option has alone, and those that both have in other periods or shares.
fn projects(a: &Chosen, b: &Chosen) -> Value {
    let alone = |own: &Chosen, other: &Chosen| {
        let lone: Vec<_> = own.projects.iter().filter(|(id, _)| !other.projects.contains_key(*id)).collect();
        let sum = |of: fn(&Taken) -> Option<f64>| {
            let known: Vec<f64> = lone.iter().filter_map(|(_, one)| Some(of(one)? * one.fraction)).collect();
            shown((!known.is_empty()).then(|| known.iter().sum()))
        };
        let row = |(id, one): &(&String, &Taken)| json!({ "id": id, "name": one.name, "when": when(one), "cost": shown(one.cost), "value": shown(one.value) });
        json!({
            "count": lone.len(),
            "cost": sum(|one| one.cost),
            "value": sum(|one| one.value),
            "rows": lone.iter().take(PROJECTS).map(row).collect::<Vec<_>>(),
        })
    };
    let both = a.projects.iter().filter_map(|(id, own)| Some((id, own, b.projects.get(id)?)));
    let moved = both.clone().filter(|(_, own, other)| when(own) != when(other));
    let moved: Vec<Value> = moved
        .take(PROJECTS)
        .map(|(id, own, other)| json!({ "id": id, "name": own.name, "from": when(own), "to": when(other) }))
        .collect();
    json!({ "alone": [alone(a, b), alone(b, a)], "moved": moved, "both": both.count() })
}

/// The start of a project, and its share where it is not whole.
fn when(project: &Taken) -> String {
    if project.fraction < 1.0 {
        return format!("{}, {}", project.start, percent(Some(project.fraction)));
    }
    project.start.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(start: &str, fraction: f64) -> Taken {
        Taken { name: String::new(), start: start.to_owned(), fraction, cost: Some(10.0), value: None }
    }

    fn chosen(objective: f64, over: f64, projects: &[(&str, &str, f64)]) -> Chosen {
        let figures = OptionFigures {
            rank: 1,
            option: 1,
            status: "optimal".to_owned(),
            gap: None,
            projects: projects.len(),
            objective: Some(objective),
            strategic_value: None,
            cost: None,
            npv: None,
            npv_mean: None,
            npv_p10: None,
            npv_p90: None,
            p_over_budget: Some(over),
            p_over_capacity: None,
            p_best: None,
        };
        let projects =
            projects.iter().map(|(id, start, share)| ((*id).to_owned(), taken(start, *share))).collect();
        Chosen { figures: Some(figures), projects }
    }

    #[test]
    fn differences_are_those_of_the_second_from_the_first() {
        let a = chosen(-200.0, 0.25, &[("A", "2027", 1.0), ("B", "2027", 0.5), ("C", "2027", 1.0)]);
        let b = chosen(-150.0, 0.2, &[("B", "2028", 0.5), ("C", "2027", 1.0), ("D", "2029", 1.0)]);
        let told = measures(&a, &b);
        let row = |name: &str| told.iter().find(|row| row["name"] == name).unwrap();
        assert_eq!(row("Objective")["difference"], "+50");
        assert_eq!(row("Objective")["part"], "+25.0 %");
        assert_eq!(row("P(over budget)")["difference"], "-5.0 points");
        assert_eq!(row("Projects")["difference"], "0");
        assert!(told.iter().all(|row| row["name"] != "Cost"), "what no side has is left out");

        let told = projects(&a, &b);
        assert_eq!(told["alone"][0]["rows"][0]["id"], "A");
        assert_eq!(
            (&told["alone"][1]["rows"][0]["id"], &told["alone"][1]["cost"]),
            (&json!("D"), &json!("10"))
        );
        assert_eq!(told["alone"][0]["value"], "–");
        let moved = json!([{ "id": "B", "name": "", "from": "2027, 50.0 %", "to": "2028, 50.0 %" }]);
        assert_eq!((&told["moved"], &told["both"]), (&moved, &json!(2)));
    }
}
