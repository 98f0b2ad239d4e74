//! What whoever calls the program sees: exit codes, messages, what is on stdout and what is written.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "cli/control.rs"]
mod control;
#[path = "cli/dialect.rs"]
mod dialect;
#[path = "cli/json_schema.rs"]
mod json_schema;
#[path = "cli/parquet.rs"]
mod parquet_files;
#[path = "common/program.rs"]
mod program;
#[path = "cli/saved.rs"]
mod saved;
#[path = "cli/shells.rs"]
mod shells;

use std::fs;

use cutline::output::{RESULT_TABLES, TableKind};
use program::{PROGRAM, case_of, names, run};
use tempfile::TempDir;

/// A portfolio of three projects under one budget, and a batch of two scenarios: as planned, and infeasible.
fn small_case() -> TempDir {
    let tables = [
        ("projects.csv", "project,name\nA,Alpha\nB,Beta\nC,Gamma\n"),
        ("costs.csv", "project,line,2027\nA,capex,30\nB,capex,40\nC,capex,50\n"),
        ("benefits.csv", "project,2027\nA,60\nB,70\nC,90\n"),
        ("budgets.csv", "line,2027\ncapex,80\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nA,3\nB,5\nC,6\n"),
    ];
    let batch = "[batch]\nname = \"small\"\nportfolio = \"data\"\noptions = 3\n[simulation]\ntrials = 100\n\
        [[scenario]]\nname = \"as planned\"\n[[scenario]]\nname = \"all of them\"\nforce_in = [\"A\", \"B\", \"C\"]\n";
    case_of(&tables, "small.toml", batch)
}

/// What a run of a few scenarios writes if one of them is infeasible and nothing more is asked for.
fn results() -> Vec<&'static str> {
    let on_condition = [
        "baseline.csv",
        "baseline_selection.csv",
        "decisions.csv",
        "infeasible.csv",
        "weights.csv",
        "contributions.csv",
        "contingency.csv",
    ];
    let across = ["robustness.csv", "regret.csv", "regret_by_option.csv"];
    let is_written = |kind: &&TableKind| {
        kind.written == "always" || on_condition.contains(&kind.file) || across.contains(&kind.file)
    };
    let tables = RESULT_TABLES.iter().filter(is_written).map(|kind| kind.file);
    let mut names: Vec<&str> = tables.chain(["run.json"]).collect();
    names.sort_unstable();
    names
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_right() {
    let folder = TempDir::new().unwrap();
    let cases: [(&[&str], &str); 7] = [
        (&[], "Usage: cutline"),
        (&["rum"], "run"),
        (&["run"], "BATCH.toml"),
        (&["run", "a.toml", "--threads", "0"], "--threads"),
        (&["run", "a.toml", "--json", "--full"], "cannot be used with"),
        (&["schema", "capacitis"], "did you mean `capacities`?"),
        (&["example", "run", "no-such-case"], "there is no example `no-such-case`"),
    ];
    for (arguments, said) in cases {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_missing_batch_file_exits_with_2_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    for command in ["run", "validate"] {
        let (code, stdout, stderr) = run(folder.path(), &[command, "nowhere.toml"]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("nowhere.toml"), "{stderr}");
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn help_tells_of_commands_and_exit_codes() {
    let folder = TempDir::new().unwrap();
    let (code, stdout, _) = run(folder.path(), &["--help"]);
    assert_eq!(code, 0);
    for word in ["run ", "validate ", "example ", "shard ", "schema ", "Exit codes:", "Examples:"] {
        assert!(stdout.contains(word), "{word}");
    }
    assert!(stdout.lines().all(|line| line.chars().count() <= 100));
    let (code, stdout, _) = run(folder.path(), &["run", "--help"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(stdout, @r#"
    Run a batch: find, simulate and rank the options of every scenario, and write the tables

    Usage: cutline run [OPTIONS] <BATCH.toml>

    Arguments:
      <BATCH.toml>  The batch (TOML or .xlsx); a portfolio that it names is looked up from there

    Options:
          --out <DIR>          Folder for the results; it must be new, empty, or hold results of an
                               earlier run, which are replaced [default: out/<name of the batch>]
          --format <FORM>      Write the results in this form too: html adds report.html, the answer in
                               figures and words for any browser; xlsx adds workbook.xlsx, a workbook of
                               all tables for people; parquet adds each table as a typed file for
                               programs. The CSV tables are always written [possible values: csv, xlsx,
                               html, parquet]
          --dialect <DIALECT>  Write the CSV tables in another form: excel-eu (semicolons, decimal
                               commas and a byte order mark), or of "separator=;", "decimal=," and "bom"
                               some, in one argument
          --json               Print a summary for programs (JSON) in place of the one for people
          --full               Print every scenario in full, however many there are
          --quiet              Print no progress, no warnings and no summary for people; what went wrong
                               is still said
          --strict             Take warnings for faults: list them, run nothing, exit with 2
          --threads <N>        Number of threads; results do not depend on it [default: one per
                               processor]
          --trials[=<FORM>]    Write trials.parquet: NPV, cost, benefit and strategic value of every
                               option in every trial; `=sipmath` writes trials.xml, NPV and cost as a
                               SIPmath library for spreadsheets, and `=parquet,sipmath` both; not with
                               --executor [possible values: parquet, sipmath]
      -h, --help               Print help

    Running in shards:
          --executor <WHERE>  Cut the batch into shards, and run them in child processes (local) or as
                              tasks of a Slurm cluster (slurm); results are the same, to the byte
                              [possible values: local, slurm]
          --shards <N>        Number of shards; there are never more than scenarios [default: one per
                              scenario, up to 1000]
          --workers <N>       Number of shards at once, each with `--threads` threads [default: local:
                              one per processor; slurm: as many as Slurm lets]
          --work <DIR>        The folder that shards work in; all machines must see it under this path.
                              If the run is stopped, the same command goes on from there [default:
                              beside the results, and deleted once they are written]
          --partition <NAME>  slurm: the partition [default: that of the cluster]
          --sbatch-arg <ARG>  slurm: a further argument of `sbatch`, such as --sbatch-arg=--mem=4G; may
                              be repeated
          --detach            slurm: submit the shards and the merge, and leave; Slurm writes the
                              results

    Exit codes:
      0  done; an infeasible scenario is an answer, and said
      1  a bug, or results that could not be written
      2  bad input or usage: every fault is listed, nothing is written
      3  a limit or an interrupt came first: what was finished is written and marked
    "#);
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let folder = TempDir::new().unwrap();
    let pipe = format!("{{ '{PROGRAM}' schema; echo $? >code; }} | head -1");
    let output = std::process::Command::new("sh").arg("-c").arg(pipe).current_dir(&folder).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap().trim(), "0");
}

#[test]
fn schemas_are_printed_for_people_and_programs() {
    let folder = TempDir::new().unwrap();
    let (code, stdout, _) = run(folder.path(), &["schema", "budgets"]);
    assert!(code == 0 && stdout.contains("budgets.csv") && stdout.contains("line"));
    for arguments in
        [&["schema", "--json"][..], &["schema", "batch", "--json"], &["schema", "costs", "--json"]]
    {
        let (code, stdout, _) = run(folder.path(), arguments);
        assert_eq!(code, 0);
        serde_json::from_str::<serde_json::Value>(&stdout).unwrap();
    }
    let (_, everything, _) = run(folder.path(), &["schema", "--json"]);
    let everything: serde_json::Value = serde_json::from_str(&everything).unwrap();
    // One more is Parquet only.
    assert_eq!(everything["results"].as_array().unwrap().len(), RESULT_TABLES.len() + 1);
    let (_, all, _) = run(folder.path(), &["schema", "results"]);
    for kind in RESULT_TABLES {
        assert!(all.contains(kind.file) && all.contains(kind.columns[1].column), "{}", kind.file);
    }
    let (_, options, _) = run(folder.path(), &["schema", "options.csv"]);
    assert!(options.contains("npv_cvar") && !options.contains("carried"));
}

#[test]
fn an_example_is_extracted_once_and_never_over_other_files() {
    let folder = TempDir::new().unwrap();
    let (_, listed, _) = run(folder.path(), &["example", "list"]);
    let name = listed.split_whitespace().next().unwrap();
    for _ in 0..2 {
        let (code, _, stderr) = run(folder.path(), &["example", "extract", name, "case"]);
        assert_eq!(code, 0, "{stderr}");
    }
    let batch = folder.path().join(format!("case/scenarios/{name}.toml"));
    assert!(batch.is_file() && folder.path().join("case/data").is_dir());
    fs::write(&batch, "# changed by the analyst\n").unwrap();
    let (code, _, stderr) = run(folder.path(), &["example", "extract", name, "case"]);
    assert!(code == 2 && stderr.contains("stands there already"), "{stderr}");
    assert_eq!(fs::read_to_string(&batch).unwrap(), "# changed by the analyst\n");
}

#[test]
fn validation_says_what_was_read() {
    let folder = small_case();
    let (code, stdout, stderr) = run(folder.path(), &["validate", "small.toml"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Projects: 3") && stdout.contains("Scenarios: 2"), "{stdout}");
    let (code, stdout, _) = run(folder.path(), &["validate", "data"]);
    assert!(code == 0 && stdout.contains("Budget lines: 1"), "{stdout}");
}

#[test]
fn every_fault_is_listed_and_nothing_is_written() {
    let folder = small_case();
    let costs = "project,line,2027\nA,capex,3o\nB,capex,forty\nC,capex,50\n";
    fs::write(folder.path().join("data/costs.csv"), costs).unwrap();
    for arguments in [&["validate", "small.toml"][..], &["validate", "data"], &["run", "small.toml"]] {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("`3o`") && stderr.contains("`forty`"), "{stderr}");
    }
    assert_eq!(names(folder.path()), ["data", "small.toml"]);
}

#[test]
fn a_run_writes_every_table_and_says_what_is_funded() {
    let folder = small_case();
    let (code, stdout, stderr) = run(folder.path(), &["run", "small.toml"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(names(&folder.path().join("out/small")), results());
    assert_eq!(names(&folder.path().join("out")), ["small"]);
    assert!(stdout.contains("Funded (2 of 3): A (Alpha), C (Gamma)"), "{stdout}");
    assert!(stdout.contains("all of them: infeasible"), "{stdout}");
    let selection = fs::read_to_string(folder.path().join("out/small/selection.csv")).unwrap();
    assert!(
        selection.starts_with("scenario,option,project,start,fraction,end,name\nas planned,1,A,2027,1.0,")
    );
}

#[test]
fn equal_runs_write_equal_tables_on_any_number_of_threads() {
    let folder = small_case();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let (code, stdout, _) =
            run(folder.path(), &["run", "small.toml", "--quiet", "--out", out, "--threads", threads]);
        assert_eq!((code, stdout.as_str()), (0, ""));
    }
    for name in results().iter().filter(|name| **name != "run.json") {
        let read = |out: &str| fs::read(folder.path().join(out).join(name)).unwrap();
        assert!(read("one") == read("two"), "{name}");
    }
}

/// Colleagues and other machines read results: they are as open as the user's own files, not as private as the
/// temporary folder that they are written to first.
#[test]
#[cfg(unix)]
fn results_are_as_open_as_other_files_of_the_user() {
    use std::os::unix::fs::PermissionsExt;
    let folder = small_case();
    for umask in ["022", "077"] {
        let script =
            format!("umask {umask}; mkdir new-{umask}; '{PROGRAM}' run small.toml --quiet --out out-{umask}");
        let status =
            std::process::Command::new("sh").arg("-c").arg(script).current_dir(&folder).status().unwrap();
        assert!(status.success());
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&format!("out-{umask}")), mode(&format!("new-{umask}")), "umask {umask}");
    }
}

#[test]
fn a_run_replaces_former_results_and_nothing_else() {
    let folder = small_case();
    for _ in 0..2 {
        assert_eq!(run(folder.path(), &["run", "small.toml", "--out", "here"]).0, 0);
    }
    assert_eq!(names(&folder.path().join("here")), results());
    let (code, _, stderr) = run(folder.path(), &["run", "small.toml", "--out", "data"]);
    assert!(code == 2 && stderr.contains("not results of Cutline"), "{stderr}");
    let (code, _, stderr) = run(folder.path(), &["run", "small.toml", "--out", "small.toml"]);
    assert!(code == 2 && stderr.contains("not a folder"), "{stderr}");
}

#[test]
fn programs_get_json() {
    let folder = small_case();
    let (code, stdout, _) = run(folder.path(), &["run", "small.toml", "--json"]);
    assert_eq!(code, 0);
    let summary: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(summary["complete"], true);
    assert_eq!(summary["scenarios"][0]["options"][0]["rank"], 1);
    assert_eq!(summary["scenarios"][1]["status"], "infeasible");
    let run = fs::read_to_string(folder.path().join("out/small/run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    assert_eq!(
        (run["program"].as_str(), run["outputs"].as_array().map(Vec::len)),
        (Some("cutline"), Some(17))
    );
}

/// A portfolio in which a project can be started too late to end within the horizon, and a line has no budget.
fn doubtful_case(past_horizon: &str) -> TempDir {
    let tables = [
        ("projects.csv", "project,max_delay\nLONG,2\nSHORT,0\nEXTRA,0\n"),
        (
            "costs.csv",
            "project,line,2027,2028,2029\nLONG,capex,10,90,90\nSHORT,capex,10,10,10\nEXTRA,Capex,7.5,0,0\n",
        ),
        ("budgets.csv", "line,2027,2028,2029\ncapex,20,20,20\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nLONG,5\nSHORT,1\nEXTRA,1\n"),
    ];
    let batch = format!(
        "[batch]\nname = \"doubtful\"\nportfolio = \"data\"\noptions = 1\ngap = 0.0\n{past_horizon}\n[simulation]\n\
         trials = 100\n"
    );
    case_of(&tables, "doubtful.toml", &batch)
}

#[test]
fn what_no_limit_looks_at_is_in_the_report_and_in_the_tables() {
    let folder = doubtful_case("");
    let (code, report, stderr) = run(folder.path(), &["run", "doubtful.toml", "--quiet"]);
    assert_eq!((code, report.as_str(), stderr.as_str()), (0, "", ""));
    let (code, report, _) = run(folder.path(), &["run", "doubtful.toml"]);
    assert_eq!(code, 0);
    for told in [
        "Spent where no budget limits, of 47.50: 7.50 on Capex",
        "Spent past the last period, where no budget looks: 180 on capex",
        "Warnings (3), which may change what the numbers say:",
        "`LONG` may start so late",
        "did you mean `capex` (they differ in case)?",
    ] {
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(report.contains(told), "`{told}` is not in:\n{report}");
    }
    let options = fs::read_to_string(folder.path().join("out/doubtful/options.csv")).unwrap();
    let mut lines = options.lines();
    let column = lines.next().unwrap().split(',').position(|heading| heading == "cost_past_horizon").unwrap();
    assert_eq!(lines.next().unwrap().split(',').nth(column), Some("180.0"));
    let record = fs::read_to_string(folder.path().join("out/doubtful/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["warnings"].as_array().unwrap().len(), 3);
    let unwatched = &record["scenarios"][0]["unwatched"];
    assert_eq!(unwatched["unlimited_spend"][0]["name"], "Capex");
    assert_eq!(unwatched["unlimited_spend"][0]["amount"], 7.5);
    assert_eq!(unwatched["spend_past_horizon"][0]["amount"], 180.0);
}

#[test]
fn starts_past_the_horizon_can_be_forbidden() {
    let folder = doubtful_case("past_horizon = \"forbid\"");
    let (code, report, _) = run(folder.path(), &["run", "doubtful.toml"]);
    assert_eq!(code, 0, "{report}");
    let selection = fs::read_to_string(folder.path().join("out/doubtful/selection.csv")).unwrap();
    assert!(!selection.contains("LONG") && selection.contains("SHORT"), "{selection}");
    assert!(!report.contains("past the last period"), "{report}");
}

#[test]
fn warnings_are_faults_where_the_analyst_is_strict() {
    let folder = doubtful_case("");
    for arguments in [
        &["validate", "doubtful.toml", "--strict"][..],
        &["validate", "data", "--strict"],
        &["run", "doubtful.toml", "--strict"],
        &["run", "doubtful.toml", "--strict", "--executor", "local"],
    ] {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
        assert!(
            stderr.contains("fault: projects.csv, row 2, max_delay: `LONG` may start so late"),
            "{stderr}"
        );
        assert!(stderr.contains("3 faults found; nothing was run or written."), "{stderr}");
    }
    assert!(!folder.path().join("out").exists());
    let sound = small_case();
    assert_eq!(run(sound.path(), &["validate", "small.toml", "--strict"]).0, 0);
}
