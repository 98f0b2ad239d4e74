//! The portfolio of Virginia's SMART SCALE round, with one row a project in place of one for each pool that may pay it.

use std::collections::BTreeMap;
use std::path::Path;

use cutline::input::Files;

/// Rows of a table by the cell of a column, in order; the headings come first.
fn rows(folder: &Path, file: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let headings = cells(reader.headers().unwrap());
    (headings, reader.records().map(|record| cells(&record.unwrap())).collect())
}

fn written(headings: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// The tables with each application as one project, which the pool of its district pays or that of the state.
pub fn one_row_a_project(folder: &Path) -> Files {
    let (headings, projects) = rows(folder, "projects.csv");
    let place = |heading: &str| headings.iter().position(|other| other == heading).unwrap();
    // `1414-D` and `1414-S` are one application: the district's row comes first.
    let mut applications: BTreeMap<String, Vec<&Vec<String>>> = BTreeMap::new();
    for row in &projects {
        applications.entry(row[place("application")].clone()).or_default().push(row);
    }
    let by_project = |file: &str| {
        let (headings, rows) = rows(folder, file);
        let rows = rows.into_iter().map(|row| (row[0].clone(), row)).collect::<BTreeMap<_, _>>();
        (headings, rows)
    };
    let ((_, costs), (score_headings, scores)) = (by_project("costs.csv"), by_project("scores.csv"));
    let (mut own, mut paid, mut scored) = (Vec::new(), Vec::new(), Vec::new());
    for (application, rows) in &applications {
        own.push(vec![application.clone(), rows[0][place("status")].clone()]);
        let costs: Vec<_> = rows.iter().filter_map(|row| costs.get(&row[0])).collect();
        let lines: Vec<&str> = costs.iter().map(|cost| cost[1].as_str()).collect();
        paid.push(vec![application.clone(), lines.join(";"), costs[0][2].clone()]);
        let mut scores = scores[&rows[0][0]].clone();
        scores[0].clone_from(application);
        scored.push(scores);
    }
    let score_headings: Vec<&str> = score_headings.iter().map(String::as_str).collect();
    let made = [
        ("projects.csv", written(&["project", "status"], &own)),
        ("costs.csv", written(&["project", "line", "2018"], &paid)),
        ("scores.csv", written(&score_headings, &scored)),
    ];
    let kept =
        ["budgets.csv", "objectives.csv"].map(|file| (file, std::fs::read(folder.join(file)).unwrap()));
    made.into_iter().chain(kept).map(|(file, bytes)| (file.to_owned(), bytes)).collect()
}
