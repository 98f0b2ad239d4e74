//! Histories of past cases as reference classes, with all that is left out; two published ones, where they are at hand.

use std::fs;
use std::path::Path;

use cutline::import::{History, HistoryColumns, in_utf_8, read_history};
use cutline::input::{Files, ListForm, read_list, read_portfolio};

use crate::program::run;

const COLUMNS: HistoryColumns<'static> = HistoryColumns {
    actual: "Outturn",
    plan: "Budget",
    by: None,
    case: None,
    decimal: None,
    without_zeros: false,
};

fn history(text: &str, columns: &HistoryColumns<'_>) -> Result<History, String> {
    let list = read_list("past.csv", text.as_bytes(), ListForm::default()).unwrap();
    read_history(&list, columns)
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn left(history: &History) -> Vec<(String, Vec<usize>)> {
    history.left.iter().map(|one| (one.why.clone(), one.rows.clone())).collect()
}

#[test]
fn each_case_is_a_ratio_of_its_class() {
    let text = "Type,Budget,Outturn\nroads,100,150\nrail,200,200\nroads,50,50\n";
    let read = history(text, &HistoryColumns { by: Some("Type"), ..COLUMNS }).unwrap();
    assert_eq!(read.table(), "class,ratio\nrail,1\nroads,1.5\nroads,1\n");
    let roads = &read.classes[1];
    assert_eq!((roads.class.as_str(), roads.cases, roads.median, roads.as_planned), ("roads", 2, 1.25, 0.5));
    let all = history(text, &COLUMNS).unwrap();
    assert_eq!(all.table(), "class,ratio\nall,1.5\nall,1\nall,1\n");
}

#[test]
fn the_table_can_be_drawn_from() {
    let table = history("Budget;Outturn\n100;150,5\n80;80\n", &COLUMNS).unwrap().table();
    let uncertainty = "project,quantity,distribution,class\nA,cost,reference,all\n";
    let files: Files = [
        ("projects.csv", "project\nA\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\n"),
        ("uncertainty.csv", uncertainty),
        ("reference_classes.csv", &table),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into();
    assert!(read_portfolio(&files).is_ok());
    assert_eq!(table, "class,ratio\nall,1.505\nall,1\n");
}

#[test]
fn what_is_left_out_is_told_with_its_rows() {
    let text = "Type,Budget,Outturn\n\
                roads,100,150\n\
                roads,0,10\n\
                roads,,10\n\
                roads,10,\n\
                roads,ten,10\n\
                roads,10,n/a\n\
                ,10,10\n\
                roads,-10,10\n\
                roads,10,0\n\
                Total,130,210\n";
    let columns = HistoryColumns { by: Some("Type"), without_zeros: true, ..COLUMNS };
    let read = history(text, &columns).unwrap();
    assert_eq!((read.rows, read.cases()), (10, 1));
    let mut told = left(&read);
    told.sort();
    let expected = [
        ("Budget: `ten` is not a number", vec![6]),
        ("an amount is below 0", vec![9]),
        ("it is a total", vec![11]),
        ("the actual amount is 0", vec![10]),
        ("the actual amount is blank", vec![5, 7]),
        ("the class is blank", vec![8]),
        ("the plan is 0", vec![3]),
        ("the plan is blank", vec![4]),
    ];
    assert_eq!(told, expected.map(|(why, rows)| (why.to_owned(), rows)));
    let with_zeros = history(text, &HistoryColumns { without_zeros: false, ..columns }).unwrap();
    assert_eq!((with_zeros.cases(), with_zeros.classes[0].zeros), (2, 1));
}

#[test]
fn amounts_are_read_as_a_list_writes_them() {
    for (text, ratio) in [
        ("Budget,Outturn\n\"$1,000,000\",\"$1,500,000.50\"\n", 1.500_000_5),
        ("Budget;Outturn\n1.000.000 €;1.500.000,5 €\n", 1.500_000_5),
        ("Budget;Outturn\n1 000;1 500,5\n", 1.500_5),
        // Of 1.250 alone nobody knows; the other number of the list tells.
        ("Budget;Outturn\n1.000;1.250\n2000,5;2000,5\n", 1.25),
    ] {
        let read = history(text, &COLUMNS).unwrap();
        let first = read.table().lines().nth(1).unwrap().split_once(',').unwrap().1.parse::<f64>().unwrap();
        assert!((first - ratio).abs() < 1e-12 && read.left.is_empty(), "{text}: {first}, {:?}", read.left);
    }
    let unclear = "Budget;Outturn\n800;1.250\n";
    let refused = history(unclear, &COLUMNS).unwrap_err();
    assert!(refused.contains("`1.250` could be read in two ways (rows 2)"), "{refused}");
    for (mark, ratio) in [('.', "0.0015625"), (',', "1.5625")] {
        let read = history(unclear, &HistoryColumns { decimal: Some(mark), ..COLUMNS }).unwrap();
        assert!(read.table().ends_with(&format!("all,{ratio}\n")), "{mark}: {}", read.table());
    }
}

#[test]
fn rows_of_one_case_are_its_first_plan_and_its_last_actual_amount() {
    let text = "Project,Forecast\nA,100\nB,50\nA,120\nB,\nA,180\n,5\nB,60\nC,\n";
    let columns = HistoryColumns { actual: "Forecast", plan: "Forecast", case: Some("Project"), ..COLUMNS };
    let read = history(text, &columns).unwrap();
    assert_eq!(read.table(), "class,ratio\nall,1.8\nall,1.2\n");
    let expected = [("the case is blank", vec![7]), ("the plan is blank", vec![9])];
    assert_eq!(left(&read), expected.map(|(why, rows)| (why.to_owned(), rows)));
}

#[test]
fn columns_that_are_not_there_are_told_all_at_once() {
    let columns = HistoryColumns { plan: "Bugdet", by: Some("Kind"), ..COLUMNS };
    let refused = history("Type,Budget,Outturn\nroads,1,1\n", &columns).unwrap_err();
    assert!(
        refused.contains("`Bugdet` is no heading of row 1 of the list: did you mean `Budget`?"),
        "{refused}"
    );
    assert!(refused.contains("`Kind` is no heading"), "{refused}");
}

#[test]
fn the_command_prints_the_table_or_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("past.csv"), b"Type,Budget,Outturn\nStra\xdfe,100,150\nStra\xdfe,0,5\n")
        .unwrap();
    let with = |more: &[&str]| {
        let arguments = ["fit", "past.csv", "--actual", "Outturn", "--plan", "Budget", "--by", "Type"];
        run(folder.path(), &[&arguments[..], more].concat())
    };
    let (code, stdout, stderr) = with(&[]);
    assert_eq!((code, stdout.as_str()), (0, "class,ratio\nStraße,1.5\n"), "{stderr}");
    for told in
        ["read as Windows-1252", "2 rows, 1 cases", "1 row, as the plan is 0: 3", "Fewer than 10 cases"]
    {
        assert!(stderr.contains(told), "{told}: {stderr}");
    }
    let (code, stdout, _) = with(&["-o", "."]);
    assert_eq!((code, stdout.as_str()), (0, ""));
    let path = folder.path().join("reference_classes.csv");
    assert_eq!(fs::read_to_string(&path).unwrap(), "class,ratio\nStraße,1.5\n");
    let (code, _, stderr) = with(&["-o", "."]);
    assert!(code == 2 && stderr.contains("stands there already"), "{stderr}");
    let (code, stdout, _) = with(&["-o", ".", "--force", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &told["classes"][0]["median"]), (0, &serde_json::json!(1.5)));
    assert_eq!(told["left"][0], serde_json::json!({ "why": "the plan is 0", "rows": [3] }));
    let (code, stdout, stderr) =
        run(folder.path(), &["fit", "past.csv", "--actual", "Type", "--plan", "Budget"]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("heads no case that can be read"), "{stderr}");
}

/// A published history; nothing where it is absent.
fn published(file: &str, columns: &HistoryColumns<'_>) -> Option<History> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/reference-class").join(file);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) => {
            eprintln!("skipped: ../shared/data/reference-class/{file}: {cause}");
            return None;
        }
    };
    let list = read_list(file, &in_utf_8(&bytes), ListForm::default()).unwrap();
    Some(read_history(&list, columns).unwrap())
}

#[test]
fn tasks_of_a_software_house_took_80_per_cent_longer() {
    let columns =
        HistoryColumns { actual: "HoursActual", plan: "HoursEstimate", by: Some("Category"), ..COLUMNS };
    let Some(read) = published("Sip-task-info.csv", &columns) else { return };
    assert_eq!((read.rows, read.cases(), read.left.len()), (12_299, 12_299, 0));
    let sizes: Vec<(&str, usize)> = read.classes.iter().map(|fit| (fit.class.as_str(), fit.cases)).collect();
    assert_eq!(sizes, [("Development", 8_220), ("Management", 2_105), ("Operational", 1_974)]);
    let mean: f64 = read.classes.iter().map(|fit| fit.mean * fit.cases as f64).sum::<f64>() / 12_299.0;
    assert!((mean - 1.804_101_062).abs() < 1e-8, "{mean}");
}

#[test]
fn forecasts_of_a_city_grew_where_they_grew() {
    let columns =
        HistoryColumns { actual: "Budget Forecast", plan: "Budget Forecast", case: Some("PID"), ..COLUMNS };
    let Some(read) = published("NYC_capital_projects_20190901.csv", &columns) else { return };
    // Computed apart: the last filled forecast of each project by its first.
    let fit = &read.classes[0];
    assert_eq!((read.rows, fit.cases), (2_259, 365));
    assert!((fit.median - 1.003).abs() < 5e-4 && (fit.p90 - 1.800).abs() < 5e-4, "{fit:?}");
    assert!(fit.as_planned > 0.2, "{fit:?}");
    let blank: usize = read.left.iter().map(|one| one.rows.len()).sum();
    assert_eq!(blank, 378 - 365, "{:?}", read.left);
}
