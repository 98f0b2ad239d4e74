//! The built program on a real portfolio: what an analyst can rely on whatever the machine, the order of rows, a
//! Ctrl-C or a mistake in the input.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/dice.rs"]
mod dice;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use dice::Dice;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cutline");

// ---- Helpers --------------------------------------------------------------------------------------------------------

fn meridian() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(arguments).timeout(Duration::from_secs(500));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every file below a folder with its content, by its path from there.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = contents(&path).into_iter();
            found.extend(below.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The rows of a result table, each by heading.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

/// A batch over a portfolio that may stand anywhere, with what comes after `[batch]`'s name and portfolio.
fn batch(portfolio: &Path, rest: &str) -> String {
    format!("[batch]\nname = \"trial\"\nportfolio = {:?}\n{rest}", portfolio.display().to_string())
}

/// Copies the tables of Meridian, each changed by `change`.
fn copy_meridian(to: &Path, change: impl Fn(&str, String) -> String) {
    fs::create_dir(to).unwrap();
    for (name, bytes) in contents(&meridian()) {
        if name.ends_with(".csv") {
            fs::write(to.join(&name), change(&name, text(&bytes))).unwrap();
        }
    }
}

/// The table with its rows in another order, below the same heading.
fn shuffled(table: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = table.lines().collect();
    for place in (2..lines.len()).rev() {
        lines.swap(place, 1 + dice.below(place));
    }
    lines.join("\n") + "\n"
}

/// 150 projects under ten limits that leave about half of them in: no solver proves the optimum of that in minutes.
fn hard_portfolio(folder: &Path) {
    let (projects, limits, mut dice) = (150, 10, Dice(7));
    let mut tables = ["project\n", "project,value\n", "project,resource,2027\n"].map(str::to_owned);
    let mut totals = vec![0; limits];
    for project in 0..projects {
        let uses: Vec<usize> = (0..limits).map(|_| 1 + dice.below(1000)).collect();
        let value = uses.iter().sum::<usize>() / limits + dice.below(500);
        tables[0] += &format!("P{project:03}\n");
        tables[1] += &format!("P{project:03},{value}\n");
        for (limit, amount) in uses.iter().enumerate() {
            tables[2] += &format!("P{project:03},R{limit},{amount}\n");
            totals[limit] += amount;
        }
    }
    let limit = |(limit, total): (usize, &usize)| format!("R{limit},{}\n", total / 2);
    let capacities: String = totals.iter().enumerate().map(limit).collect();
    fs::create_dir(folder).unwrap();
    for (name, table) in ["projects.csv", "scores.csv", "demands.csv"].iter().zip(tables) {
        fs::write(folder.join(name), table).unwrap();
    }
    fs::write(folder.join("capacities.csv"), format!("resource,2027\n{capacities}")).unwrap();
    fs::write(folder.join("objectives.csv"), "objective\nvalue\n").unwrap();
}

/// One scenario that is quick because only eight projects are open, then five that take very long.
fn slow_batch(portfolio: &Path) -> String {
    let closed: Vec<String> = (8..150).map(|project| format!("\"P{project:03}\"")).collect();
    let quick = format!("[[scenario]]\nname = \"quick\"\nforce_out = [{}]\n", closed.join(", "));
    let slow: String = (1..=5).map(|place| format!("[[scenario]]\nname = \"slow {place}\"\n")).collect();
    batch(portfolio, &format!("options = 2\ngap = 0.0\ntime_limit = 3600\n{quick}{slow}"))
}

// ---- What can be relied on ------------------------------------------------------------------------------------------

#[test]
fn neither_the_order_of_rows_nor_threads_change_a_result() {
    let place = TempDir::new().unwrap();
    let scenarios = "options = 4\nmin_difference = 2\ngap = 0.02\nwork_limit = 200000\nseed = 5\ndecisions = false\n\
        rank_by = \"npv.p10\"\n[simulation]\ntrials = 500\n\
        [[scenario]]\nname = \"as planned\"\n[[scenario]]\nname = \"less money\"\nbudget_scale = 0.9\n\
        [[scenario]]\nname = \"for money\"\nmaximise = \"npv\"\n";
    let other = place.path().join("shuffled");
    copy_meridian(&other, |name, table| {
        let moved = shuffled(&table, &mut Dice(name.len() as u64));
        assert_ne!(moved, table, "{name}");
        moved
    });
    fs::write(place.path().join("plain.toml"), batch(&meridian(), scenarios)).unwrap();
    fs::write(place.path().join("moved.toml"), batch(&other, scenarios)).unwrap();
    let results = |file: &str, threads: &str, out: &str| {
        let output = run(place.path(), &["run", file, "--threads", threads, "--out", out, "--quiet"]);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
        let mut found = contents(&place.path().join(out));
        assert!(found.remove("run.json").is_some() && found.len() >= 6);
        found
    };
    let first = results("plain.toml", "1", "one");
    assert_eq!(table(&place.path().join("one/options.csv")).len(), 12);
    for (file, threads, out) in [("plain.toml", "2", "two"), ("moved.toml", "2", "three")] {
        let next = results(file, threads, out);
        assert!(first.keys().eq(next.keys()));
        for (name, bytes) in &first {
            assert!(*bytes == next[name], "{name} differs: {file} on {threads} threads");
        }
    }
}

#[test]
#[ignore = "takes a minute"]
fn every_decision_is_explained_whatever_the_order_of_rows() {
    let place = TempDir::new().unwrap();
    let other = place.path().join("shuffled");
    copy_meridian(&other, |name, table| shuffled(&table, &mut Dice(name.len() as u64)));
    let closed: Vec<String> = (41..=120).map(|project| format!("\"P{project:03}\"")).collect();
    let rest = format!(
        "options = 3\nwork_limit = 20000\ndecisions = true\n\
         [base]\nbudget_scale = 0.4\ncapacity_scale = 0.5\nrisk = false\nforce_out = [{}]\n\
         [[scenario]]\nname = \"some\"\n[[scenario]]\nname = \"none\"\nbudget_scale = 0\nforce_in = [\"P001\"]\n",
        closed.join(", ")
    );
    let explained = |portfolio: &Path, out: &str, threads: &str| {
        fs::write(place.path().join("trial.toml"), batch(portfolio, &rest)).unwrap();
        let output = run(place.path(), &["run", "trial.toml", "--threads", threads, "--out", out]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("P001"), "what is in conflict is told");
        let file = |name: &str| fs::read(place.path().join(out).join(name)).unwrap();
        (file("decisions.csv"), file("infeasible.csv"))
    };
    let first = explained(&meridian(), "one", "1");
    assert!(first == explained(&other, "two", "2"), "rows and threads change a reason");
    let decisions = table(&place.path().join("one/decisions.csv"));
    assert_eq!(decisions.len(), 120);
    let funded: BTreeSet<String> = (table(&place.path().join("one/selection.csv")).iter())
        .filter(|row| row["option"] == "1")
        .map(|row| row["project"].clone())
        .collect();
    for row in &decisions {
        assert_eq!(row["decision"] == "in", funded.contains(&row["project"]));
        assert!(!row["reason"].is_empty(), "{row:?}");
        let (least, most) = (number(row, "cost_of_forcing_least"), number(row, "cost_of_forcing_most"));
        if let (Some(loss), Some(least), Some(most)) = (number(row, "cost_of_forcing"), least, most) {
            assert!(least <= loss + 1e-6 && loss <= most + 1e-6, "{row:?}");
        }
    }
}

/// A cell as a number; `None` where it is blank.
fn number(row: &BTreeMap<String, String>, heading: &str) -> Option<f64> {
    row[heading].parse().ok()
}

#[test]
fn money_and_projects_add_up_across_the_tables() {
    let place = TempDir::new().unwrap();
    let rest = "options = 4\ngap = 0.02\nwork_limit = 200000\ndecisions = false\n[[scenario]]\nname = \"a\"\nrisk = false\n\
        [[scenario]]\nname = \"b\"\nrisk = false\nmaximise = \"npv\"\nbudget_scale = 0.8\n";
    fs::write(place.path().join("trial.toml"), batch(&meridian(), rest)).unwrap();
    let output = run(place.path(), &["run", "trial.toml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let rows = |name: &str| table(&place.path().join("out").join(name));
    let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    let (options, spend, selection) = (rows("options.csv"), rows("spend.csv"), rows("selection.csv"));
    assert_eq!(options.len(), 8);
    for option in &options {
        let is_of = |row: &&BTreeMap<String, String>| {
            row["scenario"] == option["scenario"] && row["option"] == option["option"]
        };
        let plan: f64 = spend.iter().filter(is_of).map(|row| number(row, "plan")).sum();
        let cost = number(option, "cost");
        assert!(cost > 1e6 && (plan - cost).abs() <= 1e-9 * cost, "{option:?}: spend adds up to {plan}");
        let chosen: BTreeSet<&str> =
            selection.iter().filter(is_of).map(|row| row["project"].as_str()).collect();
        assert_eq!(chosen.len(), number(option, "projects") as usize, "{option:?}");
        assert!(
            spend.iter().filter(is_of).all(|row| number(row, "plan") <= number(row, "limit") * (1.0 + 1e-9))
        );
    }
    let of_options = |rows: &[BTreeMap<String, String>]| -> BTreeSet<(String, String)> {
        rows.iter().map(|row| (row["scenario"].clone(), row["option"].clone())).collect()
    };
    assert_eq!(of_options(&spend), of_options(&options));
    assert_eq!(of_options(&selection), of_options(&options));
}

#[test]
fn every_fault_of_every_file_is_listed_and_nothing_is_written() {
    let place = TempDir::new().unwrap();
    copy_meridian(&place.path().join("data"), |name, table| match name {
        "budgets.csv" => table.replacen("28200000", "28 million", 1),
        "dependencies.csv" => table.replacen("P095", "P995", 1),
        "projects.csv" => table.replacen("candidate", "candidat", 1),
        _ => table,
    });
    let rest = "optoins = 3\ngap = 2.0\n[[scenario]]\nname = \"a\"\nbudget_scale = -1\n";
    fs::write(place.path().join("trial.toml"), batch(Path::new("data"), rest)).unwrap();
    let before = contents(place.path());
    let output = run(place.path(), &["run", "trial.toml"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), stdout.as_str()), (Some(2), ""), "{stderr}");
    let faults = [
        ("budgets.csv", "28 million"),
        ("dependencies.csv", "P995"),
        ("projects.csv", "candidat"),
        ("trial.toml", "optoins"),
        ("trial.toml", "gap"),
        ("trial.toml", "budget_scale"),
    ];
    for (file, value) in faults {
        let is_said = stderr.lines().any(|line| line.contains(file) && line.contains(value));
        assert!(is_said, "{file}: {value} is missing in\n{stderr}");
    }
    assert!(contents(place.path()) == before, "something was written");
}

#[test]
fn an_infeasible_scenario_is_an_answer_and_said() {
    let place = TempDir::new().unwrap();
    let rest =
        "options = 1\ngap = 0.05\n[[scenario]]\nname = \"no money\"\nbudget_scale = 0.01\nrisk = false\n";
    fs::write(place.path().join("trial.toml"), batch(&meridian(), rest)).unwrap();
    let output = run(place.path(), &["run", "trial.toml", "--out", "out"]);
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(stdout.lines().any(|line| line.contains("no money") && line.contains("infeasible")), "{stdout}");
    assert_eq!(table(&place.path().join("out/scenarios.csv"))[0]["status"], "infeasible");
    assert!(table(&place.path().join("out/options.csv")).is_empty());
}

/// The batch would take hours, so a refusal within the time of the test comes before the work.
#[test]
fn a_folder_of_someone_else_is_refused_before_any_work() {
    let place = TempDir::new().unwrap();
    hard_portfolio(&place.path().join("data"));
    fs::write(place.path().join("trial.toml"), slow_batch(Path::new("data"))).unwrap();
    fs::create_dir(place.path().join("mine")).unwrap();
    fs::write(place.path().join("mine/thesis.txt"), "years of work").unwrap();
    let before = contents(place.path());
    let mut command = Command::new(PROGRAM);
    command.current_dir(place.path()).args(["run", "trial.toml", "--out", "mine"]);
    let output = command.timeout(Duration::from_secs(60)).output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("mine"), "{stderr}");
    assert!(contents(place.path()) == before, "something was written");
}

// ---- Interrupts -----------------------------------------------------------------------------------------------------

/// A program that is ended with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let errors = fs::File::create(folder.join("errors.txt")).unwrap();
        let mut command = std::process::Command::new(PROGRAM);
        command.current_dir(folder).args(arguments).stdout(Stdio::null()).stderr(errors);
        Self(command.spawn().unwrap())
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// The exit code, if it ends in time.
    fn exit_code(&mut self, patience: Duration) -> i32 {
        let started = Instant::now();
        while !self.has_ended() {
            assert!(started.elapsed() < patience, "still running after {patience:?}");
            sleep(Duration::from_millis(20));
        }
        self.0.wait().unwrap().code().expect("an exit code, not a signal")
    }

    /// What the system says of the process under `/proc`.
    fn proc(&self, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).ok()
    }

    fn interrupt(&self) {
        let mut kill = std::process::Command::new("sh");
        let sent = kill.arg("-c").arg(format!("kill -INT {}", self.0.id())).status().unwrap();
        assert!(sent.success());
    }
}

/// One thread takes the scenarios in their order, so the quick one is finished some time after the start. How long
/// that takes nobody knows on a busy machine: if the interrupt came too early, it is tried again with twice the wait.
#[test]
#[cfg(unix)]
fn an_interrupt_keeps_what_is_finished_and_marks_the_rest() {
    let place = TempDir::new().unwrap();
    hard_portfolio(&place.path().join("data"));
    fs::write(place.path().join("trial.toml"), slow_batch(Path::new("data"))).unwrap();
    let said = |expected: &str| {
        let stderr = fs::read_to_string(place.path().join("errors.txt")).unwrap();
        assert!(stderr.contains(expected), "{expected} is missing in\n{stderr}");
    };
    for wait in [1, 2, 4, 8, 16, 32, 64].map(Duration::from_secs) {
        let mut program =
            Running::start(place.path(), &["run", "trial.toml", "--out", "out", "--threads", "1"]);
        sleep(wait);
        assert!(!program.has_ended(), "the batch must be too long to finish");
        program.interrupt();
        let code = program.exit_code(Duration::from_secs(120));
        assert_eq!(code, 3);
        if !place.path().join("out").exists() {
            said("No scenario was finished, so nothing was written");
            continue;
        }
        said("was not run");
        let scenarios = table(&place.path().join("out/scenarios.csv"));
        let statuses: Vec<&str> = scenarios.iter().map(|row| row["status"].as_str()).collect();
        assert_eq!(statuses, ["optimal", "not run", "not run", "not run", "not run", "not run"]);
        let options = table(&place.path().join("out/options.csv"));
        assert_eq!(options.len(), 2);
        assert!(options.iter().all(|row| row["scenario"] == "quick" && row["status"] == "optimal"));
        return;
    }
    panic!("not even the quick scenario was finished within a minute");
}

// ---- Slow studies ---------------------------------------------------------------------------------------------------

/// The annual batch with ten times its trials, under 1 GiB. The kernel keeps the peak itself, so that looking twenty
/// times a second misses nothing but what is allocated at the very end.
#[test]
#[cfg(target_os = "linux")]
#[ignore = "slow: 300 options, 100,000 trials"]
fn a_hundred_thousand_trials_fit_into_a_gibibyte() {
    let place = TempDir::new().unwrap();
    let annual = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/annual-2027.toml");
    let mut text = fs::read_to_string(annual).unwrap();
    let changes = [
        ("\"../data/meridian\"", format!("{:?}", meridian().display().to_string())),
        ("\ngap = 0.005", "\ngap = 0.05".to_owned()),
        ("\ntrials = 10000", "\ntrials = 100000".to_owned()),
    ];
    for (old, new) in changes {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, &new);
    }
    fs::write(place.path().join("trial.toml"), text).unwrap();
    let mut program = Running::start(place.path(), &["run", "trial.toml", "--out", "out", "--quiet"]);
    let mut peak = 0;
    while !program.has_ended() {
        let status = program.proc("status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes =
            line.and_then(|line| line.trim().strip_suffix("kB")).map(|size| size.trim().parse::<u64>());
        peak = kibibytes.map_or(peak, |size| size.unwrap().max(peak));
        sleep(Duration::from_millis(50));
    }
    assert_eq!(program.exit_code(Duration::from_secs(1)), 0);
    let options = table(&place.path().join("out/options.csv"));
    assert!(options.len() == 300 && options.iter().all(|row| !row["npv_p10"].is_empty()));
    eprintln!("peak memory: {} MiB", peak / 1024);
    assert!((1..1024 * 1024).contains(&peak), "peak memory: {} MiB", peak / 1024);
}
