//! Control figures: columns held against measures, and totals of the tables.

use cutline::control::{Asked, ControlTotals, read_batch};
use cutline::input::{Files, read_portfolio};

use super::example::{said, said_of_batch, tables, with};

/// The example's projects with a column more: text of its cells for P1, P2 and P3.
fn with_column(heading: &str, cells: [&str; 3]) -> Files {
    let [one, two, three] = cells;
    let text = format!(
        "project,start,max_delay,min_fraction,success_probability,{heading}\n\
         P2,,,,,{two}\nP1,2027,1,,0.9,{one}\nP3,2028,,0.25,1,{three}\n"
    );
    with("projects.csv", text)
}

fn said_with(files: Files, sections: &str) -> String {
    let text = format!("[batch]\nportfolio = \"city\"\nmaximise = \"npv\"\n{sections}");
    said(read_batch("annual.toml", text.as_bytes(), |_| Ok(files)).map(|loaded| loaded.warnings))
}

const FIXED: &str = "[check]\ncost = \"attribute.total\"\n";

#[test]
fn figures_that_agree_are_accepted() {
    // P1: 100 + 50.5 + 1 + 2, P2: 80, P3: 10 + 10.
    assert_eq!(said_with(with_column("total", ["153.5", "80", "20.00001"]), FIXED), "accepted\n");
    let both = "[check]\n\"line.capex\" = \"attribute.total\"\n";
    assert_eq!(said_with(with_column("total", ["150.5", "80", "0"]), both), "accepted\n");
    let nested = "[check]\nline.capex = \"attribute.total\"\n";
    assert_eq!(said_with(with_column("total", ["150.5", "80", "0"]), nested), "accepted\n");
    // Benefits times the probability of success: 0.9 of 180.
    let benefit = "[check]\nbenefit = \"attribute.total\"\n";
    assert_eq!(said_with(with_column("total", ["162", "90", "15"]), benefit), "accepted\n");
}

#[test]
fn rounded_figures_may_differ_by_what_the_batch_allows() {
    let rounded = |tolerance: &str| {
        said_with(with_column("total", ["153", "80", "20.4"]), &format!("{FIXED}tolerance = {tolerance}\n"))
    };
    assert_eq!(rounded("0.5"), "accepted\n");
    assert_eq!(rounded("0.45").matches("Fault:").count(), 1);
    assert_eq!(rounded("0").matches("Fault:").count(), 2);
    assert!(rounded("-1").contains("check.tolerance: `-1` is out of range"), "{}", rounded("-1"));
}

#[test]
fn differences_are_faults_the_largest_first() {
    let found = said_with(with_column("total", ["153.4", "8", "20.00003"]), FIXED);
    let lines: Vec<&str> = found.lines().filter(|line| line.starts_with("Fault")).collect();
    assert_eq!(lines.len(), 3, "{found}");
    let told = [
        "projects.csv, row 2, total: `8` is not the cost of project P2, which is 80 by the tables: they differ by 72: ",
        "projects.csv, row 3, total: `153.4` is not the cost of project P1, which is 153.5 by the tables: they differ by 0.1: ",
        "projects.csv, row 4, total: `20.00003` is not the cost of project P3, which is 20 by the tables: they differ by 0.00003: ",
    ];
    for (line, told) in lines.iter().zip(told) {
        assert!(line.contains(told), "{line}");
    }
}

#[test]
fn measures_are_those_of_the_base() {
    let column = || with_column("total", ["307", "160", "40"]);
    let scaled = format!("{FIXED}[base]\ncost_scale = 2\n[[scenario]]\nname = \"cheap\"\ncost_scale = 0.1\n");
    assert_eq!(said_with(column(), &scaled), "accepted\n");
    let faults = |sections: &str| said_with(column(), sections).matches("Fault:").count();
    assert_eq!(faults(FIXED), 3);
    // The base alone decides: a scenario of its own changes nothing.
    let scenario = format!("{FIXED}[[scenario]]\nname = \"dear\"\ncost_scale = 2\n");
    assert_eq!(faults(&scenario), 3);
}

#[test]
fn blank_cells_are_skipped_and_told() {
    let found = said_with(with_column("total", ["", "80", ""]), FIXED);
    assert!(
        found.contains("projects.csv, row 3, total: 2 of its 3 cells are blank and not compared with `cost`"),
        "{found}"
    );
    assert!(found.contains("also in row 4") && !found.contains("is not the cost"), "{found}");
    let wrong = said_with(with_column("total", ["", "81", ""]), FIXED);
    assert!(wrong.contains("they differ by 1:") && wrong.contains("2 of its 3 cells"), "{wrong}");
    let text = said_with(with_column("total", ["153.5", "80 k", "20"]), FIXED);
    assert!(text.contains("Fault: projects.csv, row 2, total: `80 k` is not a number"), "{text}");
}

#[test]
fn beyond_ten_differences_the_others_are_one_line() {
    let rows: String = (1..=30).map(|number| format!("Q{number:02},{}\n", 100 + number)).collect();
    let costs: String = (1..=30).map(|number| format!("Q{number:02},capex,100\n")).collect();
    let files = [
        ("projects.csv", format!("project,total\n{rows}")),
        ("costs.csv", format!("project,line,2027\n{costs}")),
        ("budgets.csv", "line,2027\ncapex,500\n".to_owned()),
        ("benefits.csv", format!("project,2027\n{}", costs.replace("capex,", ""))),
    ];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    let found = said_with(files, FIXED);
    let lines: Vec<&str> = found.lines().filter(|line| line.starts_with("Fault")).collect();
    assert_eq!(lines.len(), 11, "{found}");
    assert!(lines[0].contains("project Q30") && lines[9].contains("project Q21"), "{found}");
    let last = lines[10];
    assert!(last.contains("20 more rows differ from the cost, by 20 or less"), "{last}");
    assert!(last.contains("(20 times; also in row 20"), "{last}");
}

#[test]
fn what_the_section_names_must_be_there() {
    let said = |section: &str| said_of_batch(&format!("[batch]\nportfolio = \"city\"\n[check]\n{section}\n"));
    let cases = [
        (
            "coost = \"attribute.headcount\"",
            "check.coost: `coost` is not a measure of this portfolio: did you mean",
        ),
        ("cost = \"attribute.headcuont\"", "did you mean `attribute.headcount`?"),
        ("cost = \"headcount\"", "does not say that it is an attribute: write \"attribute.headcount\""),
        ("cost = \"budget\"", "is not an attribute: write \"attribute.NAME\""),
        ("cost = 7", "is not a text"),
        ("cost = \"attribute.category\"", "row 2, category: `growth` is not a number"),
    ];
    for (section, told) in cases {
        let found = said(section);
        assert!(found.contains(told), "{section}: {found}");
    }
    let misplaced = said_of_batch("check = 1\n[batch]\nportfolio = \"city\"\n");
    assert!(misplaced.contains("check: `1` is not a table"), "{misplaced}");
    let misspelt = said_of_batch("[batch]\nportfolio = \"city\"\n[chekc]\ncost = \"attribute.headcount\"\n");
    assert!(misspelt.contains("did you mean `check`?"), "{misspelt}");
}

#[test]
fn totals_are_the_sums_of_the_tables() {
    let totals = ControlTotals::new(&read_portfolio(&tables()).unwrap().portfolio);
    let asked = |asked: f64, limit: Option<f64>, share: Option<f64>| Asked { asked, limit, share };
    assert_eq!(totals.projects, 3);
    assert_eq!(totals.money, asked(253.5, Some(350.0), Some(1.0)));
    let periods: Vec<(f64, f64)> = totals.periods.iter().map(|one| (one.money.asked, one.benefit)).collect();
    assert_eq!(periods, [(181.0, 5.0), (62.5, 65.0), (10.0, 215.0)]);
    assert_eq!(totals.periods[0].money, asked(181.0, Some(200.0), Some(1.0)));
    let [capex, opex] = &totals.lines[..] else { panic!("{:?}", totals.lines) };
    assert_eq!((capex.line.as_str(), capex.asked), ("capex", asked(230.5, Some(220.0), Some(220.0 / 230.5))));
    assert_eq!(capex.periods[0].asked, asked(180.0, Some(150.0), Some(150.0 / 180.0)));
    assert_eq!(capex.periods[2].asked, asked(0.0, Some(10.0), None), "nothing is asked for");
    assert_eq!((opex.line.as_str(), opex.asked), ("opex", asked(23.0, None, None)));
    assert_eq!(totals.resources[0].asked, asked(6.0, Some(9.0), Some(1.0)));
    let kinds: f64 = totals.benefits.iter().map(|kind| kind.benefit).sum();
    assert_eq!((totals.benefits.len(), kinds), (3, 285.0));
    let statuses: Vec<_> = totals.statuses.iter().map(|one| (one.status, one.projects, one.asked)).collect();
    assert_eq!(statuses, [("candidate", 2, 173.5), ("mandatory", 1, 80.0)]);
    let [category] = &totals.attributes[..] else { panic!("{:?}", totals.attributes) };
    let values: Vec<_> =
        category.values.iter().map(|one| (one.value.as_str(), one.projects, one.asked)).collect();
    assert_eq!(values, [("growth", 2, 173.5), ("service", 1, 80.0)]);
}

#[test]
fn money_adds_up_to_the_last_digit() {
    let costs: String = (0..2000).map(|number| format!("R{number:04},capex,0.1,1000000.01\n")).collect();
    let projects: String = (0..2000).map(|number| format!("R{number:04},v{}\n", number % 25)).collect();
    let files = Files::from([
        ("projects.csv".to_owned(), format!("project,class\n{projects}").into_bytes()),
        ("costs.csv".to_owned(), format!("project,line,2027,2028\n{costs}").into_bytes()),
    ]);
    let totals = ControlTotals::new(&read_portfolio(&files).unwrap().portfolio);
    assert_eq!(totals.money, Asked { asked: 2_000_000_220.0, limit: None, share: None });
    assert_eq!(totals.periods[0].money.asked, 200.0);
    assert!(totals.attributes.is_empty(), "25 values are not few");
}
