//! Two published lists: their imports equal the bundled portfolios and the figures that are known of them. The lists are no
//! part of this folder; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cutline::domain::Portfolio;
use cutline::input::load_portfolio_with;

use crate::{imported, portfolio};

fn published(file: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(cause) => {
            eprintln!("skipped: ../shared/data/{file}: {cause}");
            None
        }
    }
}

fn bundled(name: &str) -> Portfolio {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    load_portfolio_with(&path, true).unwrap().portfolio
}

/// Costs of each project, by line and period.
fn costs(portfolio: &Portfolio) -> BTreeMap<String, String> {
    let lines = |project: &cutline::domain::Project| {
        let mut costs: Vec<String> = project
            .costs
            .iter()
            .map(|own| format!("{}: {:?}", portfolio.lines()[own.line], own.profile))
            .collect();
        costs.sort();
        costs.join(" ")
    };
    portfolio.projects().iter().map(|project| (project.id.to_string(), lines(project))).collect()
}

const PROGRAM: &str = r#"
[list]
duplicate_rows = "sum"
[project]
id = "cip_number"
name = "title"
[attribute]
agency = "agency"
[costs]
line = "fund"
line_name = "fund_name"
columns = "{period}"
scale = 1000
"#;

#[test]
fn the_program_of_a_city_keeps_its_totals() {
    let Some(bytes) = published("baltimore-cip/six-year-plan.csv") else { return };
    let (tables, report) = imported("six-year-plan.csv", &bytes, PROGRAM);
    assert_eq!((report.taken.rows, report.taken.projects), (846, 520));
    let of_year =
        |year: usize| report.taken.costs.iter().map(|line| line.amounts[year]).sum::<f64>() / 1000.0;
    let totals: Vec<f64> = (0..6).map(of_year).collect();
    assert_eq!(totals, [831_747.0, 761_736.0, 734_697.0, 780_283.0, 489_084.0, 419_356.0]);
    let own = portfolio(&tables).portfolio;
    let known = bundled("baltimore-six-year");
    // The bundled portfolio holds the projects with money alone.
    let with_money: BTreeMap<_, _> = costs(&own).into_iter().filter(|(_, costs)| !costs.is_empty()).collect();
    assert_eq!(with_money.len(), 456);
    assert_eq!(with_money, costs(&known));
}

#[test]
fn the_requests_of_a_city_keep_their_totals() {
    let Some(bytes) = published("baltimore-cip/requests.csv") else { return };
    let map = r#"
[list]
duplicate_rows = "sum"
rest = "attributes"
[project]
id = "cip_number"
name = "title"
[costs]
line = "fund"
period = "fiscal_year"
amount = "agency_request"
"#;
    let (tables, report) = imported("requests.csv", &bytes, map);
    assert_eq!((report.taken.rows, report.taken.projects, report.taken.costs.len() <= 25), (473, 345, true));
    let asked: f64 = report.taken.costs.iter().map(|line| line.total).sum();
    assert!((asked / 1e6 - 1119.8).abs() < 0.05, "{asked}");
    let left: Vec<&str> = report.left.columns.iter().map(|own| own.said.as_str()).collect();
    assert!(left.iter().all(|said| said.contains("differ between the rows")), "{:?}", report.left.columns);
    let own = costs(&portfolio(&tables).portfolio);
    let known = costs(&bundled("baltimore-fy2024"));
    assert!(
        known.iter().all(|(id, costs)| own.get(id) == Some(costs)),
        "all 326 requests above 0 are those of the bundled portfolio"
    );
}

#[test]
fn the_requests_of_a_state_keep_their_scores() {
    let Some(bytes) = published("smart-scale/projects-raw.csv") else { return };
    let measures = [
        "throughput",
        "delay",
        "crash_frequency",
        "crash_rate",
        "jobs_access",
        "jobs_access_disadvantaged",
        "multimodal_access",
        "air_quality",
        "environmental_impact",
        "development_support",
        "intermodal_access",
        "travel_time_reliability",
        "land_use",
    ];
    let scores: String = measures.iter().map(|own| format!("{own} = \"{own}\"\n")).collect();
    let map = format!(
        "[project]\nid = \"app_id\"\nname = \"title\"\n[numbers]\ndecimal = \".\"\n[attribute]\ndistrict = \"district\"\n\
         total_cost = {{ column = \"total_cost\", number = true }}\nbenefit = {{ column = \"benefit\", number = true }}\n\
         [costs]\nline = \"district\"\namount = \"request\"\nin_period = \"2018\"\n[scores]\n{scores}"
    );
    let (tables, report) = imported("projects-raw.csv", &bytes, &map);
    assert_eq!((report.taken.rows, report.taken.projects), (404, 404));
    let own = portfolio(&tables).portfolio;
    let known = bundled("virginia-smart-scale");
    let attribute = |portfolio: &Portfolio, name: &str| {
        portfolio.attributes().iter().find(|own| own.name() == name).unwrap().numbers().unwrap().to_vec()
    };
    for name in ["benefit", "total_cost"] {
        assert_eq!(attribute(&own, name), attribute(&known, name), "{name}");
    }
    // Each score of each project, whatever the order of the columns.
    let by_project = |text: &str| -> BTreeMap<(String, String), f64> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let rows = reader.records().map(Result::unwrap);
        let cells = rows.flat_map(|row| {
            let id = row[0].to_owned();
            let cells = headings.iter().zip(row.iter()).skip(1).filter(|(_, text)| !text.is_empty());
            cells
                .map(|(heading, text)| ((id.clone(), heading.to_owned()), text.parse().unwrap()))
                .collect::<Vec<_>>()
        });
        cells.collect()
    };
    let bundled_scores = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/virginia-smart-scale/scores.csv"),
    );
    assert_eq!(by_project(&tables["scores.csv"]), by_project(&bundled_scores.unwrap()));
    // 12 % of all eligible requests are 1,027 million; one project is eligible for no pool.
    let without = format!("{map}[list]\nleave = {{ app_id = \"1492\" }}\n");
    let (_, report) = imported("projects-raw.csv", &bytes, &without);
    let asked: f64 = report.taken.costs.iter().map(|line| line.total).sum();
    assert!((0.12 * asked / 1e6 - 1027.0).abs() < 1.0, "{asked}");
}
