//! Results as Parquet: the same cells as the CSV tables, typed, and the trials that the figures of options are of.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use cutline::domain::{Distribution, ProjectIx, Quantity};
use cutline::input::{Files, read_portfolio};
use parquet::basic::Type;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use tempfile::TempDir;

use crate::program::{case_of, files_of, names, run};

const TRIALS: usize = 400;

/// Three uncertain projects under one budget, scenarios with and without simulation, and one whose name a spreadsheet would run.
fn case() -> TempDir {
    let tables = [
        ("projects.csv", "project,name,success_probability\nA,\"Alpha, the first\",0.5\nB,Beta,\nC,Gamma,\n"),
        ("costs.csv", "project,line,2027\nA,capex,30\nB,capex,40\nC,capex,50\n"),
        ("benefits.csv", "project,2027\nA,60\nB,42\nC,90\n"),
        ("budgets.csv", "line,2027\ncapex,80\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nA,3\nB,5\nC,6\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,mean,sd\n*,cost,lognormal,1.1,0.2\n*,benefit,normal,1,0.3\n",
        ),
    ];
    let batch = format!(
        "[batch]\nname = \"small\"\nportfolio = \"data\"\noptions = 3\n[simulation]\ntrials = {TRIALS}\n\
         [[scenario]]\nname = \"=as planned\"\n[[scenario]]\nname = \"certain\"\nrisk = false\n\
         [[scenario]]\nname = \"less\"\nbudget_scale = 0.9\n"
    );
    case_of(&tables, "small.toml", &batch)
}

/// Columns by name and type.
type Columns = Vec<(String, Type)>;
/// Cells by row; `None`: a null.
type Rows = Vec<Vec<Option<Field>>>;

/// The columns of a file with their types, and its rows; a null is `None`.
fn read(path: &Path) -> (Columns, Rows) {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.columns().iter().map(|column| (column.name().to_owned(), column.physical_type()));
    let columns = columns.collect();
    let cell = |field: &Field| Some(field.clone()).filter(|field| !matches!(field, Field::Null));
    let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap());
    let rows = rows.map(|row| row.get_column_iter().map(|(_, field)| cell(field)).collect()).collect();
    (columns, rows)
}

fn text(field: &Field) -> &str {
    let Field::Str(text) = field else { panic!("{field:?} is no text") };
    text
}

fn number(field: &Field) -> f64 {
    match field {
        Field::Double(number) => *number,
        Field::Long(count) => *count as f64,
        _ => panic!("{field:?} is no number"),
    }
}

/// True if a typed cell is what the cell of a CSV table says.
fn says(field: Option<&Field>, cell: &str) -> bool {
    let cell = cell.strip_prefix('\'').unwrap_or(cell);
    match field {
        None => cell.is_empty(),
        Some(Field::Str(text)) => text == cell,
        Some(Field::Bool(flag)) => flag.to_string() == cell,
        Some(field) => cell.parse() == Ok(number(field)),
    }
}

#[test]
fn every_table_is_written_as_parquet_cell_by_cell() {
    let folder = case();
    let (code, _, stderr) =
        run(folder.path(), &["run", "small.toml", "--quiet", "--format", "parquet,html", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    let out = folder.path().join("out");
    let tables: Vec<String> = names(&out).into_iter().filter(|name| name.ends_with(".csv")).collect();
    assert!(tables.len() > 8, "{tables:?}");
    for table in &tables {
        let (columns, rows) = read(&out.join(table.replace(".csv", ".parquet")));
        let mut csv = csv::Reader::from_path(out.join(table)).unwrap();
        let headings: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), headings, "{table}");
        let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), records.len(), "{table}");
        for (row, record) in rows.iter().zip(&records) {
            for ((field, cell), heading) in row.iter().zip(record).zip(&headings) {
                assert!(says(field.as_ref(), cell), "{table}, {heading}: {field:?} is not `{cell}`");
            }
        }
    }
    let (columns, _) = read(&out.join("options.parquet"));
    let types: BTreeMap<String, Type> = columns.into_iter().collect();
    assert_eq!(types["scenario"], Type::BYTE_ARRAY);
    assert_eq!(types["option"], Type::INT64);
    assert_eq!(types["npv_mean"], Type::DOUBLE);

    let (code, stdout, stderr) = run(folder.path(), &["check", "out"]);
    assert!(code == 0 && stdout.contains("options.parquet"), "{stdout}{stderr}");
    assert!(!out.join("trials.parquet").exists(), "nobody asked for it");
    let spread = [
        "run",
        "small.toml",
        "--quiet",
        "--format",
        "html,parquet",
        "--executor",
        "local",
        "--out",
        "merged",
    ];
    let (code, _, stderr) = run(folder.path(), &spread);
    assert_eq!(code, 0, "{stderr}");
    assert!(files_of(&out) == files_of(&folder.path().join("merged")), "a merge writes the same bytes");
    let (code, _, stderr) = run(folder.path(), &["run", "small.toml", "--quiet", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(names(&out).iter().all(|name| !name.ends_with(".parquet")), "former files go");
}

/// The trials of each option: rows of trial, NPV, cost, benefit and strategic value.
fn trials_of(path: &Path) -> BTreeMap<(String, u64), Vec<[f64; 5]>> {
    let (columns, rows) = read(path);
    let headings: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(headings, ["scenario", "option", "trial", "npv", "cost", "benefit", "strategic_value"]);
    let mut trials: BTreeMap<(String, u64), Vec<[f64; 5]>> = BTreeMap::new();
    for row in rows {
        let row: Vec<Field> = row.into_iter().map(Option::unwrap).collect();
        let numbers: Vec<f64> = row[2..].iter().map(number).collect();
        let option = (text(&row[0]).to_owned(), number(&row[1]) as u64);
        trials.entry(option).or_default().push(numbers.try_into().unwrap());
    }
    trials
}

#[test]
fn the_figures_of_options_are_those_of_their_trials() {
    let folder = case();
    let asked = ["run", "small.toml", "--quiet", "--trials", "--out", "out"];
    let (code, _, stderr) = run(folder.path(), &asked);
    assert_eq!(code, 0, "{stderr}");
    let trials = trials_of(&folder.path().join("out/trials.parquet"));
    let mut options = csv::Reader::from_path(folder.path().join("out/options.csv")).unwrap();
    let mut simulated = 0;
    for row in options.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        let scenario = row["scenario"].trim_start_matches('\'').to_owned();
        let own = trials.get(&(scenario, row["option"].parse().unwrap()));
        let Some(own) = own else {
            assert!(row["scenario"] == "certain" && row["npv_mean"].is_empty(), "{row:?}");
            continue;
        };
        simulated += 1;
        assert_eq!(own.len(), TRIALS);
        assert!(own.iter().zip(1..).all(|(values, trial)| values[0] == f64::from(trial)));
        let is = |told: &str, value: f64| {
            let told: f64 = row[told].parse().unwrap();
            assert!((told - value).abs() <= 1e-9 * (1.0 + value.abs()), "{told} is not {value}");
        };
        let mean = |place: usize| own.iter().map(|values| values[place]).sum::<f64>() / TRIALS as f64;
        is("npv_mean", mean(1));
        is("cost_mean", mean(2));
        is("benefit_mean", mean(3));
        is("strategic_value_mean", mean(4));
        is("p_loss", own.iter().filter(|values| values[1] < 0.0).count() as f64 / TRIALS as f64);
        assert!(own.iter().all(|values| (values[3] - values[2] - values[1]).abs() < 1e-9), "one period");
    }
    assert_eq!(simulated, trials.len());
    let (code, stdout, stderr) = run(folder.path(), &["check", "out"]);
    assert!(code == 0 && stdout.contains("trials.parquet"), "{stdout}{stderr}");
    let first = fs::read(folder.path().join("out/trials.parquet")).unwrap();
    fs::write(folder.path().join("out/trials.parquet"), &first[1..]).unwrap();
    let (code, stdout, _) = run(folder.path(), &["check", "out"]);
    assert!(code == 2 && stdout.contains("trials.parquet"), "{stdout}");
    let (code, _, _) = run(folder.path(), &[&asked[..], &["--threads", "1"]].concat());
    assert!(code == 0 && fs::read(folder.path().join("out/trials.parquet")).unwrap() == first);
}

#[test]
fn a_library_for_spreadsheets_holds_the_same_trials_and_is_read_again() {
    let folder = case();
    let asked = ["run", "small.toml", "--quiet", "--trials=parquet,sipmath", "--out", "out"];
    let (code, _, stderr) = run(folder.path(), &asked);
    assert_eq!(code, 0, "{stderr}");
    let trials = trials_of(&folder.path().join("out/trials.parquet"));
    let library = fs::read_to_string(folder.path().join("out/trials.xml")).unwrap();
    assert_eq!(library.matches("<SIP ").count(), 2 * trials.len(), "npv and cost of every option");
    // The option that is read again as factors on the costs and benefits of two projects.
    let named = [("npv__as_planned_1", "A:cost"), ("cost__as_planned_1", "B:benefit")];
    let kept =
        library.lines().filter(|line| named.iter().any(|(name, _)| line.contains(&format!("\"{name}\""))));
    let sips: Vec<String> = kept
        .map(|line| named.iter().fold(line.to_owned(), |line, (name, own)| line.replace(name, own)))
        .collect();
    assert_eq!(sips.len(), 2);
    assert!(sips[0].contains("scenario=\"=as planned\" option=\"1\" measure=\"npv\""), "{}", &sips[0][..99]);
    let mut files: Files = ["projects.csv", "costs.csv", "benefits.csv"]
        .map(|name| (name.to_owned(), fs::read(folder.path().join("data").join(name)).unwrap()))
        .into();
    let again = format!("<SLURP count=\"2\">{}</SLURP>", sips.join("\n"));
    files.insert("samples.xml".to_owned(), again.into_bytes());
    let portfolio = read_portfolio(&files).unwrap().portfolio;
    let own = &trials[&("=as planned".to_owned(), 1)];
    for (project, quantity, place) in [(0, Quantity::Cost, 1), (1, Quantity::Benefit, 2)] {
        let model = portfolio.factor(ProjectIx::new(project), quantity).unwrap();
        let Distribution::Given { values } = &model.distribution else { panic!("{model:?}") };
        assert!(values.len() == TRIALS && values.iter().zip(own).all(|(value, row)| *value == row[place]));
    }
    let (code, stdout, stderr) = run(folder.path(), &["check", "out"]);
    assert!(code == 0 && stdout.contains("trials.xml"), "{stdout}{stderr}");
    let alone = ["run", "small.toml", "--quiet", "--trials=sipmath", "--threads", "1", "--out", "out"];
    let (code, _, _) = run(folder.path(), &alone);
    assert!(code == 0 && !folder.path().join("out/trials.parquet").exists());
    assert_eq!(fs::read_to_string(folder.path().join("out/trials.xml")).unwrap(), library);
}

#[test]
fn trials_of_shards_are_refused() {
    let folder = case();
    let (code, _, stderr) = run(folder.path(), &["run", "small.toml", "--trials", "--executor", "local"]);
    assert!(code == 2 && stderr.contains("--trials cannot be used with --executor"), "{stderr}");
    let (code, stdout, _) = run(folder.path(), &["schema", "trials"]);
    assert!(code == 0 && stdout.contains("trials.parquet") && stdout.contains("strategic_value"), "{stdout}");
}

/// Files that the reader of another project makes nothing else of.
#[test]
fn pyarrow_reads_the_same() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pyarrow.parquet"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        println!("Skipped: `{python}` has no pyarrow to read Parquet with; name one that has in PYTHON");
        return;
    }
    let folder = case();
    let asked = ["run", "small.toml", "--quiet", "--format", "parquet", "--trials", "--out", "out"];
    let (code, _, stderr) = run(folder.path(), &asked);
    assert_eq!(code, 0, "{stderr}");
    let script = "import pyarrow.parquet as p\n\
        t = p.read_table('out/trials.parquet'); o = p.read_table('out/options.parquet')\n\
        print(t.num_rows, *[str(f.type) for f in t.schema])\n\
        print(o.num_rows, o['npv_mean'].null_count, o.schema.field('rank').type, o['scenario'][0])\n";
    let read = Command::new(&python).current_dir(folder.path()).args(["-c", script]).output().unwrap();
    let said = String::from_utf8(read.stdout).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let options = fs::read_to_string(folder.path().join("out/options.csv")).unwrap();
    let certain = options.lines().filter(|line| line.starts_with("certain,")).count();
    let all = options.lines().count() - 1;
    let types = "string int64 int64 double double double double";
    let expected = format!("{} {types}\n{all} {certain} int64 =as planned\n", (all - certain) * TRIALS);
    assert_eq!(said, expected);
}
