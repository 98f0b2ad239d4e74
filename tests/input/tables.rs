//! What valid tables become.

use std::collections::BTreeSet;
use std::fs;

use cutline::domain::{DependencyKind, Distribution, LineIx, Measure, PeriodIx, ProjectIx, Quantity, Status};
use cutline::input::schema::{OtherColumns, SCHEMA};
use cutline::input::{Files, load_batch, load_portfolio, read_portfolio};
use proptest::prelude::*;

use super::example::{BATCH, TABLES, load, said, said_of, tables, valid, with, without};

#[test]
fn the_example_is_read_without_a_word() {
    assert_eq!(said_of(&tables()), "accepted\n");
    let portfolio = valid().portfolio;
    let ids: Vec<_> = portfolio.projects().iter().map(|project| project.id.as_str()).collect();
    assert_eq!(ids, ["P1", "P2", "P3"]);
    let depot = &portfolio.projects()[ProjectIx::new(0)];
    assert_eq!(depot.costs[0].profile[PeriodIx::new(1)].value(), 50.5);
    assert_eq!(depot.costs[0].profile[PeriodIx::new(2)].value(), 0.0);
    assert_eq!(depot.scores, [Some(80.0), Some(3.0), Some(20.0)]);
    assert_eq!(portfolio.projects()[ProjectIx::new(1)].status, Status::Mandatory);
    assert_eq!(portfolio.projects()[ProjectIx::new(1)].scores[2], None);
    assert_eq!(portfolio.projects()[ProjectIx::new(2)].start, PeriodIx::new(1));
    assert_eq!(portfolio.projects()[ProjectIx::new(2)].min_fraction.map(|share| share.value()), Some(0.25));
    assert_eq!(portfolio.alternatives(), [("site".to_owned(), [0, 1].map(ProjectIx::new).to_vec())]);
    assert_eq!(portfolio.dependencies()[1].kind, DependencyKind::After { lag: 1 });
    let kinds: Vec<_> = portfolio.benefit_kinds().iter().map(|kind| kind.as_str()).collect();
    assert_eq!(kinds, ["benefit", "revenue", "savings"]);
    assert!(portfolio.limits().all_lines.is_some());
    assert_eq!(portfolio.limits().lines[LineIx::new(1)], None, "opex has no budget and is not limited");
}

#[test]
fn attributes_are_numeric_if_every_cell_is_a_number() {
    let portfolio = valid().portfolio;
    let names: Vec<_> = portfolio.attributes().iter().map(|own| (own.name(), own.numbers())).collect();
    assert_eq!(names, [("category", None), ("headcount", Some(&[12.0, 3.5, 0.0].into()))]);
    assert!(Measure::all(&portfolio).iter().any(|(name, _)| name == "attribute.headcount"));
}

#[test]
fn a_row_of_its_own_overrides_the_row_for_all_projects() {
    let portfolio = valid().portfolio;
    let cost = |project| portfolio.factor(project, Quantity::Cost).unwrap();
    assert_eq!(cost(ProjectIx::new(0)).distribution, Distribution::Lognormal { mean: 1.1, sd: 0.2 });
    assert_eq!(
        cost(ProjectIx::new(1)).distribution,
        Distribution::Triangular { low: 0.9, mode: 1.0, high: 1.5 }
    );
    let loadings = |project| cost(project).exposures.iter().map(|own| own.loading).collect::<Vec<_>>();
    assert_eq!(loadings(ProjectIx::new(0)), [-0.2, 0.5]);
    assert_eq!(loadings(ProjectIx::new(1)), [0.6, 0.5]);
    assert!(portfolio.factor(ProjectIx::new(1), Quantity::Benefit).is_none());
}

/// The example with the rows of every table in any order.
fn shuffled() -> impl Strategy<Value = Files> {
    let table = |(name, text): &(&'static str, &'static str)| {
        let (name, mut lines) = (*name, text.lines());
        let header = lines.next().unwrap();
        let rows: Vec<&str> = lines.collect();
        let text = move |rows: Vec<&str>| format!("{header}\n{}\n", rows.join("\n")).into_bytes();
        Just(rows).prop_shuffle().prop_map(move |rows| (name.to_owned(), text(rows)))
    };
    TABLES.iter().map(table).collect::<Vec<_>>().prop_map(|tables| tables.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_rows_says_the_same(files in shuffled()) {
        let portfolio = read_portfolio(&files).unwrap().portfolio;
        assert_eq!(format!("{portfolio:?}"), format!("{:?}", valid().portfolio));
    }
}

#[test]
fn semicolons_and_decimal_commas_say_the_same() {
    let german = |text: &str| text.replace(',', ";").replace('.', ",").replace('\n', "\r\n");
    let with_bom = |text: &str| format!("\u{feff}{}", german(text)).into_bytes();
    let files: Files = TABLES.iter().map(|(name, text)| ((*name).to_owned(), with_bom(text))).collect();
    let found = read_portfolio(&files);
    let texts_aside = |debug: String| debug.replace("3,5", "3.5");
    let read = found.unwrap_or_else(|found| panic!("{}", said(Err(found))));
    assert_eq!(texts_aside(format!("{:?}", read.portfolio)), format!("{:?}", valid().portfolio));
    let points = |text: &str| text.replace(',', ";").into_bytes();
    let files: Files = TABLES.iter().map(|(name, text)| ((*name).to_owned(), points(text))).collect();
    assert_eq!(
        format!("{:?}", read_portfolio(&files).unwrap().portfolio),
        format!("{:?}", valid().portfolio)
    );
}

#[test]
fn projects_alone_are_a_portfolio_of_one_period() {
    let files = Files::from([("projects.csv".to_owned(), b"project\nA\nB\n".to_vec())]);
    let portfolio = read_portfolio(&files).unwrap().portfolio;
    assert_eq!(portfolio.horizon().len(), 1);
    assert_eq!(portfolio.horizon().label(PeriodIx::new(0)).as_str(), "1");
}

#[test]
fn blank_rows_empty_columns_and_other_files_are_no_matter() {
    let ragged = "project,line,2027,2028,2029,,\nP1,capex,1,2,,,\n\n,,,,,,\nP2,capex,1,2,3,,\nP3,capex,1,2,3,,\n,,,,,,\n";
    assert_eq!(said_of(&with("costs.csv", ragged)), "accepted\n");
    for name in ["README.md", ".hidden.csv", "notes.txt"] {
        assert_eq!(said_of(&with(name, [0xff, 0x00])), "accepted\n");
    }
}

/// The example with the tables and columns that it has no use for.
fn complete() -> Files {
    let mut files = tables();
    let projects = "project,name,status,start,max_delay,alternatives,min_fraction,success_probability,latest,value_decay,category\n\
                    P1,Depot,candidate,2027,1,site,,0.9,2028,0.1,growth\n\
                    P2,Bridge,mandatory,,0,site,,,,,service\n\
                    P3,Portal,,2028,,,0.25,1,,,growth\n";
    let key_results =
        "key_result,objective,name,unit,baseline,target,due,weight\nchurn,service,Leavers,%,8,4,2028,2\n";
    let effects = "project,key_result,2027,2028,2029\nP1,churn,,-1.5,-1\n";
    let uncertainty = "project,quantity,distribution,low,mode,high,mean,sd,class,min,max\n\
                       *,cost,reference,,,,,,roads,,\nP1,cost,metalog,0.9,1,1.5,,,,0.5,3\n\
                       *,benefit,normal,,,,1,0.1,,,\n";
    let correlations = "project,quantity,other,other_quantity,correlation\nP1,benefit,P2,benefit,0.5\n";
    let classes = "class,ratio\nroads,1.2\nroads,1\n";
    let risks = "risk,name,probability\nstrike,Strike,0.15\n";
    let impacts = "risk,project,quantity,distribution,low,mode,high,mean,sd,class,min,max\n\
                   strike,P1,cost,metalog,1,1.1,1.5,,,,0.9,3\nstrike,P2,cost,reference,,,,,,roads,,\n";
    for (file, text) in [
        ("projects.csv", projects),
        ("key_results.csv", key_results),
        ("effects.csv", effects),
        ("uncertainty.csv", uncertainty),
        ("correlations.csv", correlations),
        ("reference_classes.csv", classes),
        ("risks.csv", risks),
        ("impacts.csv", impacts),
        ("samples.csv", "trial,P3:demand\n1,1\n2,1.1\n"),
    ] {
        files.insert(file.to_owned(), text.as_bytes().to_vec());
    }
    files
}

/// The complete example with one table replaced.
fn complete_with(file: &str, text: impl Into<Vec<u8>>) -> Files {
    let mut files = complete();
    files.insert(file.to_owned(), text.into());
    files
}

#[test]
fn the_readers_know_exactly_the_published_columns() {
    let names: BTreeSet<_> = SCHEMA.tables.iter().map(|table| format!("{}.csv", table.table)).collect();
    assert_eq!(names, complete().into_keys().collect(), "the example has every table");
    for table in SCHEMA.tables {
        let file = format!("{}.csv", table.table);
        let text = String::from_utf8(complete()[&file].clone()).unwrap();
        let header = text.lines().next().unwrap();
        let published: Vec<_> = table.columns.iter().map(|column| column.column).collect();
        let named: Vec<_> = header.split(',').filter(|heading| published.contains(heading)).collect();
        assert_eq!(named, published, "the example has every column of {file}");
        if table.other_columns != OtherColumns::Attributes {
            let unknown: String = text
                .lines()
                .map(|line| match line == header {
                    true => format!("{line},zzzzzz\n"),
                    false => format!("{line},\n"),
                })
                .collect();
            assert!(said_of(&complete_with(&file, unknown)).contains("`zzzzzz` is not"), "{file}");
        }
        for column in table.columns {
            let gone = text.replacen(column.column, "", 1);
            let said = said_of(&complete_with(&file, gone));
            let is_missed = said.contains(&format!("{file}, row 1: has no column `{}`", column.column));
            assert_eq!(is_missed, column.required, "{file}, {}: {said}", column.column);
        }
    }
    assert!(serde_json::to_string(&SCHEMA).unwrap().contains("\"type\":\"whole number, 0 or more\""));
}

/// A table of the example with one cell replaced.
fn with_cell(file: &str, column: &str, row: usize, value: &str) -> Files {
    let text = String::from_utf8(complete()[file].clone()).unwrap();
    let mut rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let position = rows[0].iter().position(|heading| heading == column).unwrap();
    rows[row][position] = value.to_owned();
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    complete_with(file, writer.into_inner().unwrap())
}

#[test]
fn what_is_published_as_a_default_is_the_default() {
    const TOLD: [&str; 5] = ["the id", "the first period", "the last period", "all", "the quantity"];
    let read = |files: &Files| read_portfolio(files).ok().map(|loaded| format!("{:?}", loaded.portfolio));
    for table in SCHEMA.tables {
        let file = format!("{}.csv", table.table);
        let rows = String::from_utf8(complete()[&file].clone()).unwrap().lines().count();
        for column in table.columns {
            let Some(default) = column.default.filter(|default| !TOLD.contains(default)) else { continue };
            let mut tried = 0;
            for row in 1..rows {
                // A blank cell may not fit the others of its row.
                let Some(blank) = read(&with_cell(&file, column.column, row, "")) else { continue };
                let filled = read(&with_cell(&file, column.column, row, default));
                let fits =
                    filled.is_some() || column.column.starts_with("overrun_") || column.column == "lag";
                assert!(fits, "{file}, {}, row {}", column.column, row + 1);
                if let Some(filled) = filled {
                    assert_eq!(filled, blank, "{file}, {}, row {}", column.column, row + 1);
                    tried += 1;
                }
            }
            // The only capacity has a rate, which a blank limit does not allow.
            assert!(tried > 0 || column.column == "extra_limit", "{file}, {}", column.column);
        }
    }
}

#[test]
fn folders_and_batch_files_are_read_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("city");
    fs::create_dir(&city).unwrap();
    let files = tables();
    for (name, text) in &files {
        fs::write(city.join(name), text).unwrap();
    }
    fs::write(city.join("README.md"), "not a table").unwrap();
    let batch = folder.path().join("annual.toml");
    fs::write(&batch, BATCH).unwrap();
    let loaded = load_batch(&batch).unwrap_or_else(|found| panic!("{}", said(Err(found))));
    let names: Vec<_> = loaded.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names.len(), files.len() + 1);
    assert_eq!(names[..3], ["annual.toml", "benefits.csv", "budgets.csv"]);
    assert_eq!(load_portfolio(&city).unwrap().files.len(), files.len());
    let workbook = folder.path().join("book.toml");
    fs::write(&workbook, BATCH.replace("\"city\"", "\"city.xlsx\"").replace("\"annual\"", "\".\"")).unwrap();
    let refused = said(load_batch(&workbook).map(|loaded| loaded.warnings));
    assert_eq!(
        refused,
        "refused\n\
         Fault: book.toml, row 2, batch.name: `.` cannot name a batch: write a name without /, \\ and a leading dot: \
         it also names the output folder\n\
         Fault: book.toml, row 4, batch.portfolio: `city.xlsx` is not there: \
         name a workbook (.xlsx), or the folder that holds projects.csv\n"
    );
    let nowhere = said(load_portfolio(&folder.path().join("nowhere")).map(|loaded| loaded.warnings));
    assert!(nowhere.contains("is not there: name the folder that holds projects.csv"), "{nowhere}");
    let nowhere = said(load_batch(&folder.path().join("nowhere.toml")).map(|loaded| loaded.warnings));
    assert!(nowhere.contains("nowhere.toml: cannot be read"), "{nowhere}");
    assert!(load_batch(folder.path()).is_err());
}

#[test]
fn a_portfolio_without_strategy_is_read() {
    let files = without(&["objectives.csv", "scores.csv", "uncertainty.csv", "drivers.csv", "exposures.csv"]);
    assert_eq!(said_of(&files), "accepted\n");
}

#[test]
fn rows_of_one_project_and_line_are_added_up_where_that_is_asked_for() {
    let batch = |keys: &str| {
        format!("[batch]\nportfolio = \"city\"\nmaximise = \"npv\"\n{keys}\n[[scenario]]\nname = \"s\"\n")
    };
    let twice = |rows: [&str; 3]| {
        let mut files =
            with("costs.csv", format!("project,line,2027,2028,2029\n{}P3,opex,,,4\n", rows.concat()));
        let demands = "project,resource,2027,2028,2029\nP1,engineer,1,,\nP1,engineer,1,2,\n";
        files.insert("demands.csv".to_owned(), demands.as_bytes().to_vec());
        let benefits = "project,2027,2028,2029\nP1,1,2,3\nP1,4,5,6\n";
        files.insert("benefits.csv".to_owned(), benefits.as_bytes().to_vec());
        files
    };
    let rows = ["P1,capex,0.1,5,1\n", "P1,capex,0.2,,1\n", "P1,capex,0.3,,1\n"];
    let refused = said(load(&batch(""), twice(rows)).map(|loaded| loaded.warnings));
    assert_eq!(refused.matches("write duplicate_rows = \"sum\" in [batch]").count(), 4, "{refused}");
    let summed = |rows| load(&batch("duplicate_rows = \"sum\""), twice(rows)).unwrap().portfolio;
    let portfolio = summed(rows);
    let project = &portfolio.projects()[portfolio.project_position("P1").unwrap()];
    let amounts =
        |profile: &[cutline::units::Money]| profile.iter().map(|sum| sum.value()).collect::<Vec<_>>();
    assert_eq!(amounts(&project.costs[0].profile), [0.1 + 0.2 + 0.3, 5.0, 3.0]);
    assert_eq!(amounts(&project.benefits[0].profile), [5.0, 7.0, 9.0]);
    let units: Vec<f64> = project.demands[0].profile.iter().map(|units| units.value()).collect();
    assert_eq!((project.costs.len(), units), (1, vec![2.0, 2.0, 0.0]));
    for order in [[2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let other = summed(order.map(|place| rows[place]));
        assert_eq!(format!("{portfolio:?}"), format!("{other:?}"), "whatever the order of rows");
    }
    let wrong = said(load(&batch("duplicate_rows = \"add\""), tables()).map(|loaded| loaded.warnings));
    assert!(
        wrong.contains("batch.duplicate_rows: `add` is not known here: write one of `fault`, `sum`"),
        "{wrong}"
    );
}

#[test]
fn any_word_may_head_a_single_period() {
    let files = |tables: &[(&str, &str)]| -> Files {
        let all = [("projects.csv", "project\nA\nB\n")].iter().chain(tables);
        all.map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    };
    for word in ["amount", "total", "Betrag", "value"] {
        let costs = format!("project,line,{word}\nA,capex,5\nB,capex,7\n");
        let budgets = format!("line,carry_over,{word}\ncapex,,10\n");
        let benefits = format!("project,kind,{word}\nA,,5\nB,,5\n");
        let read = files(&[("costs.csv", &costs), ("budgets.csv", &budgets), ("benefits.csv", &benefits)]);
        assert_eq!(said_of(&read), "accepted\n", "{word}");
        let horizon = read_portfolio(&read).unwrap().portfolio.horizon().clone();
        assert_eq!((horizon.len(), horizon.label(PeriodIx::new(0)).as_str()), (1, word));
    }
    let refused = |tables: &[(&str, &str)], wanted: &str| {
        let said = said_of(&files(tables));
        assert!(said.contains(wanted), "{wanted}: {said}");
    };
    let budgets = ("budgets.csv", "line,amount\ncapex,10\n");
    let two = ("costs.csv", "project,line,2027,2028\nA,capex,5,6\nB,capex,7,8\n");
    refused(&[two, budgets], "budgets.csv, row 1, amount: `amount` is not a column of this table");
    let costs = ("costs.csv", "project,line,cost\nA,capex,5\nB,capex,7\n");
    refused(&[costs, budgets], "give all tables the same periods in the same order");
    let slip = ("budgets.csv", "line,carry_ovr\ncapex,1\n");
    refused(&[slip], "`carry_ovr` is not a column of this table: did you mean `carry_over`?");
    let slip = ("costs.csv", "project,lines\nA,capex\nB,capex\n");
    refused(&[slip], "did you mean `line`?");
    let none = ("costs.csv", "project,amount\nA,5\nB,7\n");
    refused(&[none], "`amount` is not a column of this table");
    let texts = ("costs.csv", "project,line,note\nA,capex,dear\nB,capex,cheap\n");
    refused(&[texts], "`dear` is not a number");
}

/// What is said of a start of 2028 with these cells for `max_delay` and `latest`, and how far it may be deferred.
fn window(cells: &str) -> (String, Option<usize>) {
    let table = format!("project,start,max_delay,latest,value_decay\nP1,2028,{cells},0.25\nP2,,,,\nP3,,,,\n");
    let files = with("projects.csv", table.into_bytes());
    let delay = |own: &cutline::domain::Project| own.max_delay;
    let read = read_portfolio(&files).ok();
    (said_of(&files), read.map(|loaded| delay(&loaded.portfolio.projects()[ProjectIx::new(0)])))
}

#[test]
fn the_earlier_of_latest_and_max_delay_counts() {
    for (cells, delay) in [("5,2029", 1), ("5,2028", 0), ("1,", 1), ("0,2029", 0), ("1,2029", 1)] {
        let (said, found) = window(cells);
        assert_eq!(found, Some(delay), "{cells}: {said}");
        assert!(!said.contains("latest"), "{cells}: {said}");
    }
    let (said, found) = window("1,2027");
    assert!(
        found.is_none() && said.contains("row 2, latest: `2027` is before its planned start, 2028"),
        "{said}"
    );
    let (said, _) = window("1,2031");
    assert!(said.contains("row 2, latest: `2031` is not a period"), "{said}");
    let (said, found) = window(",2029");
    assert_eq!(found, Some(0));
    assert!(said.contains("write max_delay = 1 if it may start until then"), "{said}");
}
