//! Problems from the literature and from a real vote, solved to the values that others have published.
//!
//! Collections that are not part of this folder are looked for in `../shared/data`; where they are absent, the test
//! says so and passes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{Plain, PlainProject, exact, maximise};
use cutline::domain::{Goal, Measure, Portfolio, ProjectIx, Scenario, SelectionSettings, Status};
use cutline::finance::Valuation;
use cutline::input::{LoadedBatch, load_batch};
use cutline::optimise::{ScenarioModel, ScenarioOptions, SolveStatus, find_options, recheck};
use cutline::progress::CancelToken;
use rayon::prelude::*;

// ---- Helpers --------------------------------------------------------------------------------------------------------

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text from the collections beside the project; `None`, with the reason on stderr, where they are absent.
fn shared(file: &str) -> Option<String> {
    let path = root().join("../shared/data").join(file);
    let text = fs::read_to_string(&path);
    if let Err(cause) = &text {
        eprintln!("skipped: ../shared/data/{file}: {cause}");
    }
    text.ok()
}

/// All numbers in a text, whatever stands between them.
fn numbers(text: &str) -> Vec<f64> {
    text.split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';')
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().unwrap_or_else(|_| panic!("`{word}` is no number")))
        .collect()
}

/// No clock: how busy a machine is must not decide whether an answer is known.
fn exact_however_long() -> SelectionSettings {
    SelectionSettings { time_limit: None, ..exact(1) }
}

/// The options, after checking that they are proven and within the limits.
fn solve(
    name: &str,
    portfolio: &Portfolio,
    scenario: &Scenario,
    settings: &SelectionSettings,
) -> ScenarioOptions {
    let valuation = Valuation::new(portfolio, scenario);
    let found = find_options(&mut ScenarioModel::new(&valuation), settings, &CancelToken::new()).unwrap();
    assert_eq!(found.status, SolveStatus::Optimal, "{name}");
    for option in &found.options {
        assert_eq!(option.status, SolveStatus::Optimal, "{name}");
        assert_eq!(recheck(&valuation, &option.selection), [], "{name}");
    }
    found
}

fn assert_close(name: &str, found: f64, published: f64) {
    assert!((found - published).abs() <= 1e-9 * published.abs(), "{name}: {found} is not {published}");
}

/// The best objective of a portfolio in plain numbers.
fn best(name: &str, plain: &Plain, goal: Goal, discount_rate: f64) -> f64 {
    let portfolio = plain.portfolio();
    let scenario = Scenario { discount_rate, ..plain.scenario(&portfolio, goal, 1) };
    solve(name, &portfolio, &scenario, &exact_however_long()).options[0].objective
}

// ---- Beasley's OR-Library -------------------------------------------------------------------------------------------

/// Projects with a profit, limits in a single period, and the best profit.
struct Knapsack {
    name: String,
    plain: Plain,
    optimum: f64,
}

impl Knapsack {
    /// `uses` holds the limits' rows one after the other: what each project takes of the first limit, of the second …
    fn new(name: String, profits: &[f64], uses: &[f64], limits: &[f64], optimum: f64) -> Self {
        let row = |(project, &profit): (usize, &f64)| PlainProject {
            score: profit,
            benefit: vec![0.0],
            demands: uses.iter().skip(project).step_by(profits.len()).map(|&amount| vec![amount]).collect(),
            ..PlainProject::default()
        };
        let plain = Plain {
            periods: 1,
            rows: profits.iter().enumerate().map(row).collect(),
            capacities: limits.iter().map(|&limit| Some(vec![limit])).collect(),
            ..Plain::default()
        };
        Self { name, plain, optimum }
    }

    fn check(&self) {
        let found = best(&self.name, &self.plain, maximise(Measure::StrategicValue), 0.0);
        assert_close(&self.name, found, self.optimum);
    }
}

/// `mknap1`: the number of problems; for each: projects, limits, optimum; profits; uses, limit by limit; limits.
fn petersen(text: &str) -> Vec<Knapsack> {
    let mut numbers = numbers(text).into_iter();
    let mut take = |count: usize| -> Vec<f64> { numbers.by_ref().take(count).collect() };
    let problems = take(1)[0] as usize;
    let problem = |place: usize| {
        let [projects, limits, optimum] = take(3)[..] else { panic!("the file ends early") };
        let (profits, uses) = (take(projects as usize), take((projects * limits) as usize));
        Knapsack::new(format!("mknap1, {}", place + 1), &profits, &uses, &take(limits as usize), optimum)
    };
    (0..problems).map(problem).collect()
}

/// `mknap2`: after `problem NAME`: limits, projects; profits; limits; uses, limit by limit; the optimum.
fn collected(text: &str) -> Vec<Knapsack> {
    let problem = |section: &str| {
        let (name, body) = section.split_once('\n').unwrap();
        let body: String = body.lines().filter(|line| !line.contains("++++")).collect::<Vec<_>>().join("\n");
        let numbers = numbers(&body);
        let (limits, projects) = (numbers[0] as usize, numbers[1] as usize);
        let (profits, rest) = numbers[2..].split_at(projects);
        let (capacities, rest) = rest.split_at(limits);
        let (uses, rest) = rest.split_at(limits * projects);
        assert_eq!(rest.len(), 1, "{name}: one number, the optimum, ends a problem");
        Knapsack::new(format!("mknap2, {}", name.trim()), profits, uses, capacities, rest[0])
    };
    text.split("\n problem ").skip(1).map(problem).collect()
}

#[test]
fn the_seven_problems_of_petersen() {
    let Some(text) = shared("mkp/mknap1.txt") else { return };
    let problems = petersen(&text);
    assert_eq!(problems.len(), 7);
    problems.par_iter().for_each(Knapsack::check);
}

#[test]
fn forty_eight_problems_of_capital_budgeting() {
    let Some(text) = shared("mkp/mknap2.txt") else { return };
    let problems = collected(&text);
    assert_eq!(problems.len(), 48);
    problems.par_iter().for_each(Knapsack::check);
}

/// Problems of Chu and Beasley (1998) of 100 projects and 5 limits, and the best profits known: by now all are proven.
fn chu_beasley(places: impl IntoIterator<Item = usize>) {
    let (Some(text), Some(values)) = (shared("mkp/mknapcb1.txt"), shared("mkp/chu-beasley-values.csv"))
    else {
        return;
    };
    let mut problems = petersen(&text);
    assert_eq!(problems.len(), 30);
    for (problem, line) in problems.iter_mut().zip(values.lines().skip(1)) {
        let fields: Vec<&str> = line.split(',').collect();
        problem.name = fields[0].to_owned();
        problem.optimum = fields[7].parse().unwrap();
    }
    let wanted: Vec<usize> = places.into_iter().collect();
    wanted.par_iter().for_each(|&place| problems[place].check());
}

#[test]
fn three_problems_of_chu_and_beasley() {
    chu_beasley([0, 10, 20]);
}

#[test]
#[ignore = "takes minutes"]
fn thirty_problems_of_chu_and_beasley() {
    chu_beasley(0..30);
}

// ---- Bundled cases --------------------------------------------------------------------------------------------------

fn bundled(name: &str) -> LoadedBatch {
    load_batch(&root().join(format!("scenarios/{name}.toml"))).unwrap()
}

/// Solves one scenario of a bundled batch for as many options as asked for, or as the batch says.
fn solve_bundled(loaded: &LoadedBatch, scenario: &str, options: Option<usize>) -> ScenarioOptions {
    let mut scenario =
        loaded.batch.scenarios().iter().find(|other| other.name.as_str() == scenario).unwrap().clone();
    scenario.options = options.unwrap_or(scenario.options);
    assert_eq!(loaded.batch.selection().gap, 0.0);
    solve(loaded.batch.name(), &loaded.portfolio, &scenario, &exact_however_long())
}

/// The bundled tables give the optimum and the next best four that their README states.
#[test]
fn the_bundled_problems_of_petersen() {
    let readme = fs::read_to_string(root().join("data/petersen/README.md")).unwrap();
    for problem in 1..=7 {
        let row = readme.lines().find(|line| line.starts_with(&format!("| p{problem} |"))).unwrap();
        let cells: Vec<&str> = row.split('|').collect();
        let stated = numbers(&format!("{}, {}", cells[4].replace("**", ""), cells[5]));
        let name = format!("petersen-{problem}");
        let found = solve_bundled(&bundled(&name), "as published", None).options;
        assert_eq!((found.len(), stated.len()), (5, 5), "{name}");
        for (option, value) in found.iter().zip(stated) {
            assert_close(&name, option.objective, value);
        }
    }
}

#[test]
fn the_most_votes_in_warsaw_wawer() {
    let found = solve_bundled(&bundled("warsaw-wawer"), "most votes within the budget", Some(1)).options;
    assert_eq!((found[0].objective, found[0].selection.len()), (31_231.0, 98));
}

#[test]
fn what_the_city_funded_in_warsaw_wawer() {
    let loaded = bundled("warsaw-wawer");
    let found = solve_bundled(&loaded, "what the city funded", Some(1)).options;
    let chosen: Vec<usize> = found[0].selection.projects().map(ProjectIx::index).collect();
    let city = loaded.portfolio.attributes().iter().find(|column| column.name() == "city_funded").unwrap();
    let funded: Vec<usize> =
        city.texts().iter().enumerate().filter(|(_, text)| *text == "yes").map(|(place, _)| place).collect();
    assert_eq!((found[0].objective, chosen), (12_889.0, funded));
}

#[test]
fn the_most_projects_in_warsaw_wawer() {
    let found = solve_bundled(&bundled("warsaw-wawer"), "most projects", Some(1)).options;
    assert_eq!((found[0].objective, found[0].selection.len()), (103.0, 103));
}

// ---- Capital budgeting of nuclear plants ----------------------------------------------------------------------------
// Cases of LOGOS, Idaho National Laboratory. Left out: `test_p16` asks for exactly one of several plans per
// investment, whereas ours are at most one; `test_cvar_mckp_scenario` chooses by CVaR over given futures.

/// A case: the text of its XML file, and the best net present value of its gold file.
fn logos(case: &str) -> Option<(String, f64)> {
    let gold = shared(&format!("logos/gold/{case}.csv"))?;
    let mut lines = gold.lines();
    let place = lines.next().unwrap().split(',').position(|heading| heading == "MaxNPV").unwrap();
    let best = lines.next().unwrap().split(',').nth(place).unwrap().parse().unwrap();
    Some((shared(&format!("logos/{case}.xml"))?, best))
}

/// What stands in the last element of this name (the first ones may be settings of the same name).
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inside = &xml[xml.rfind(&format!("<{name}")).unwrap()..];
    let start = inside.find('>').unwrap() + 1;
    &inside[start..inside.find(&format!("</{name}>")).unwrap()]
}

/// Investments with a value and what they cost per period, under one yearly budget. Costs are demands here, for these
/// values are net of them already.
fn investments(xml: &str, periods: usize) -> Plain {
    let values = numbers(element(xml, "net_present_values"));
    let costs = numbers(element(xml, "costs"));
    let row = |(value, cost): (&f64, &[f64])| PlainProject {
        score: *value,
        benefit: vec![0.0; periods],
        demands: vec![cost.to_vec()],
        ..PlainProject::default()
    };
    let rows: Vec<PlainProject> = values.iter().zip(costs.chunks_exact(periods)).map(row).collect();
    assert_eq!((rows.len(), rows.len() * periods), (values.len(), costs.len()));
    let capitals = numbers(element(xml, "available_capitals"));
    assert_eq!(capitals.len(), periods);
    Plain { periods, rows, capacities: vec![Some(capitals)], ..Plain::default() }
}

#[test]
fn logos_one_budget() {
    let Some((xml, published)) = logos("test_skp") else { return };
    let found = best("test_skp", &investments(&xml, 1), maximise(Measure::StrategicValue), 0.0);
    assert_close("test_skp", found, published);
}

#[test]
fn logos_mandated_investments() {
    let Some((xml, published)) = logos("test_mandated") else { return };
    let mut plain = investments(&xml, 5);
    for place in numbers(element(&xml, "mandatory")) {
        plain.rows[place as usize - 1].status = Status::Mandatory;
    }
    let found = best("test_mandated", &plain, maximise(Measure::StrategicValue), 0.0);
    assert_close("test_mandated", found, published);
}

#[test]
fn logos_plans_of_which_one_is_chosen() {
    let Some((xml, published)) = logos("test_mckp") else { return };
    let mut plain = investments(&xml, 1);
    let mut next = 0;
    for plans in element(&xml, "options").split(';') {
        let count = numbers(plans).len();
        plain.alternatives.push((next..next + count).collect());
        next += count;
    }
    assert_eq!(next, plain.rows.len());
    let found = best("test_mckp", &plain, maximise(Measure::StrategicValue), 0.0);
    assert_close("test_mckp", found, published);
}

/// Several budgets, of which one pays for an investment: one alternative for each.
#[test]
fn logos_one_of_two_budgets_pays() {
    for case in ["test_mkp", "test_mkp_1"] {
        let Some((xml, published)) = logos(case) else { return };
        let values = numbers(element(&xml, "net_present_values"));
        let costs = numbers(element(&xml, "costs"));
        let capitals = numbers(element(&xml, "available_capitals"));
        let paid_by = |place: usize, payer: usize| PlainProject {
            score: values[place],
            benefit: vec![0.0],
            demands: (0..capitals.len())
                .map(|other| vec![if other == payer { costs[place] } else { 0.0 }])
                .collect(),
            ..PlainProject::default()
        };
        let payers = capitals.len();
        let plain = Plain {
            periods: 1,
            rows: (0..values.len() * payers).map(|row| paid_by(row / payers, row % payers)).collect(),
            capacities: capitals.iter().map(|&capital| Some(vec![capital])).collect(),
            alternatives: (0..values.len())
                .map(|place| (place * payers..(place + 1) * payers).collect())
                .collect(),
            ..Plain::default()
        };
        assert_close(case, best(case, &plain, maximise(Measure::StrategicValue), 0.0), published);
    }
}

/// The value is not given but discounted from cash flows after tax, the first of which is paid at once.
#[test]
fn logos_discounted_cash_flows() {
    let Some((xml, published)) = logos("test_npv") else { return };
    let mut plain = investments(&xml, 5);
    let flows = numbers(element(&xml, "CashFlow"));
    assert_eq!(flows.len(), 6 * plain.rows.len());
    let kept = 1.0 - numbers(element(&xml, "tax"))[0];
    plain.periods = 6;
    for (row, flow) in plain.rows.iter_mut().zip(flows.chunks_exact(6)) {
        row.benefit = flow.iter().map(|amount| kept * amount).collect();
        row.demands[0].push(0.0);
    }
    plain.capacities[0].as_mut().unwrap().push(0.0);
    let rate = numbers(element(&xml, "DiscountRate"))[0];
    assert_close("test_npv", best("test_npv", &plain, maximise(Measure::Npv), rate), published);
}
