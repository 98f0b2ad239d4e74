//! Batches to cut into shards, and what is done with all of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dice::Dice;
use crate::program::case_of;
pub use crate::program::{cutline, files_of, names};

/// A running program that is ended with the test, however the test ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts it; what it says goes to `stdout.txt` and `stderr.txt` in the folder.
    pub fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Self {
        let file = |name: &str| fs::File::create(folder.join(name)).unwrap();
        let mut command = cutline(folder, arguments);
        command.envs(environment.iter().copied()).stdin(Stdio::null());
        Self(command.stdout(file("stdout.txt")).stderr(file("stderr.txt")).spawn().unwrap())
    }

    pub fn signal(&self, signal: &str) {
        signal_to(self.0.id(), signal);
    }
}

pub fn signal_to(process: u32, signal: &str) {
    let mut kill = Command::new("kill");
    assert!(kill.arg(signal).arg(process.to_string()).status().unwrap().success());
}

/// Waits until something holds.
pub fn await_that(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < patience, "waited in vain: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs the program to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Said {
    cutline(folder, arguments).output().unwrap().into()
}

/// Runs the program, which must succeed; gives what it said on stdout.
pub fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let said = run(folder, arguments);
    assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.stderr);
    said.stdout
}

/// What a file says so far.
pub fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

/// A batch file with its portfolio in a folder of its own, as `batch.toml`.
pub struct Case {
    pub name: &'static str,
    pub scenarios: usize,
    place: TempDir,
}

impl Case {
    fn new(name: &'static str, scenarios: usize, tables: &[(&str, &str)], batch: &str) -> Self {
        Self { name, scenarios, place: case_of(tables, "batch.toml", batch) }
    }

    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// The results of one run, for comparison.
    pub fn whole(&self) -> PathBuf {
        let folder = self.path().join("whole");
        if !folder.exists() {
            run(self.path(), &["run", "batch.toml", "--quiet", "--out", "whole"]);
        }
        folder
    }

    /// Plans and runs all shards, in their order.
    pub fn shards(&self, to: &str, count: usize) {
        succeed(self.path(), &["shard", "plan", "batch.toml", "--to", to, "--shards", &count.to_string()]);
        for index in 0..count {
            succeed(self.path(), &["shard", "run", to, "--index", &index.to_string()]);
        }
    }
}

/// Six projects over two years, with a plan agreed before.
const TABLES: [(&str, &str); 9] = [
    (
        "projects.csv",
        "project,max_delay,success_probability,area\nA,1,,north\nB,1,0.8,south\nC,,,north\nD,,0.5,\nE,1,,north\n\"F, the \"\"last\"\"\",,,south\n",
    ),
    (
        "costs.csv",
        "project,line,2027,2028\nA,capex,30,5\nB,capex,40,10\nC,capex,50,\nD,opex,20,20\nE,opex,10,15\n\"F, the \"\"last\"\"\",capex,25,25\n",
    ),
    (
        "benefits.csv",
        "project,2027,2028\nA,20,60\nB,10,70\nC,40,50\nD,30,40\nE,5,30\n\"F, the \"\"last\"\"\",20,45\n",
    ),
    ("budgets.csv", "line,2027,2028\ncapex,80,40\nopex,25,30\n"),
    ("lines.csv", "line,name,group\ncapex,Works,build\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nA,3\nB,5\nC,6\nD,4\nE,2\n\"F, the \"\"last\"\"\",5\n"),
    ("uncertainty.csv", "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.8,1,1.5\n"),
    ("current_plan.csv", "project,start\nA,2027\nE,2028\n"),
];

/// All there is: an infeasible scenario in the middle, a mixed goal in one scenario alone, frontiers, decisions and
/// changes, names that need quotes.
pub fn rich() -> Case {
    let batch = r#"
[batch]
name = "rich"
portfolio = "data"
seed = 7
discount_rate = 0.05
options = 3
gap = 0.0
work_limit = 100000
[simulation]
trials = 200
[frontier]
x = "cost"
y = "strategic_value"
[report]
group_by = ["area", "line.group"]
[[scenario]]
name = "as planned"
[[scenario]]
name = "not to be had, \"all\""
force_in = ["A", "B", "C"]
[[scenario]]
name = "money and value"
maximise = { strategic_value = 0.6, npv = 0.4 }
[[scenario]]
name = "without risk"
risk = false
[[scenario]]
name = "little"
budget_scale = 0.5
"#;
    Case::new("rich", 5, &TABLES, batch)
}

/// So many scenarios that decisions are not explained, though the shards have few.
pub fn sweep() -> Case {
    let scales: Vec<String> = (0..24).map(|step| format!("{:.2}", 0.4 + 0.05 * f64::from(step))).collect();
    let batch = format!(
        "[batch]\nportfolio = \"data\"\noptions = 2\ngap = 0.0\n[simulation]\ntrials = 100\n\
         [[sweep]]\nvary = {{ budget_scale = [{}] }}\n",
        scales.join(", ")
    );
    Case::new("sweep", 24, &TABLES, &batch)
}

/// No scenario can be had, so that half of the tables have no rows.
pub fn infeasible() -> Case {
    let batch = "[batch]\nname = \"none\"\nportfolio = \"data\"\n[base]\nforce_in = [\"A\", \"B\", \"C\"]\n\
        [[scenario]]\nname = \"one\"\n[[scenario]]\nname = \"two\"\nbudget_scale = 0.9\n";
    Case::new("infeasible", 2, &TABLES, batch)
}

/// 150 projects under ten limits that leave about half of them in: no solver proves the optimum of that in minutes. The
/// scenarios are one that is easy, and as many hard ones, each searched as far as the limit lets.
fn hard(name: &'static str, hard: usize, limit: &str) -> Case {
    let (projects, limits) = (150, 10);
    let mut tables = ["project\n", "project,value\n", "project,resource,2027\n"].map(str::to_owned);
    let mut dice = Dice(7);
    let mut totals = vec![0; limits];
    for project in 0..projects {
        tables[0] += &format!("P{project:03}\n");
        tables[1] += &format!("P{project:03},{}\n", 400 + dice.below(600));
        for (limit, total) in totals.iter_mut().enumerate() {
            let amount = 1 + dice.below(1000);
            tables[2] += &format!("P{project:03},R{limit},{amount}\n");
            *total += amount;
        }
    }
    let capacity = |(limit, total): (usize, &usize)| format!("R{limit},{}\n", total / 2);
    let capacities = totals.iter().enumerate().map(capacity).collect::<String>();
    let capacities = format!("resource,2027\n{capacities}");
    let tables = [
        ("projects.csv", tables[0].as_str()),
        ("scores.csv", &tables[1]),
        ("demands.csv", &tables[2]),
        ("capacities.csv", &capacities),
        ("objectives.csv", "objective\nvalue\n"),
    ];
    let mut batch = format!(
        "[batch]\nname = \"{name}\"\nportfolio = \"data\"\ngap = 0.0\noptions = 1\n{limit}\ndecisions = false\n\
         [simulation]\ntrials = 100\n[[scenario]]\nname = \"easy\"\ncapacity_scale = 0.05\n"
    );
    for number in 0..hard {
        batch += &format!("[[scenario]]\nname = \"hard {number}\"\ncapacity_scale = 0.9{number}\n");
    }
    Case::new(name, 1 + hard, &tables, &batch)
}

/// Limits are met at once.
pub fn limited() -> Case {
    hard("limited", 2, "work_limit = 20")
}

/// For what must be interrupted.
pub fn endless() -> Case {
    hard("endless", 2, "time_limit = 3600")
}

/// A second or some for each scenario but the first: there is time to interrupt it, and it ends.
pub fn long(scenarios: usize, nodes: u32) -> Case {
    hard("long", scenarios - 1, &format!("work_limit = {nodes}"))
}

/// A batch over the bundled portfolio, with some of its text replaced.
fn meridian(name: &'static str, scenarios: usize, batch: &str, changes: &[(&str, &str)]) -> Case {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = fs::read_to_string(root.join("scenarios").join(batch)).unwrap();
    for (old, new) in [("\"../data/meridian\"", "\"data\""), ("\ntime_limit = 30", "\nwork_limit = 100000")]
        .iter()
        .chain(changes)
    {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    let case = Case::new(name, scenarios, &[], &text);
    for (name, bytes) in files_of(&root.join("data/meridian")) {
        fs::write(case.path().join("data").join(name), bytes).unwrap();
    }
    case
}

/// The what-if questions about it, not proven as far.
pub fn what_if() -> Case {
    let changes = [
        ("\noptions = 3", "\noptions = 2\ndecisions = false"),
        ("\ngap = 0.005", "\ngap = 0.05"),
        ("\ntrials = 10000", "\ntrials = 200"),
    ];
    meridian("what-if", 9, "meridian-what-if.toml", &changes)
}

/// The annual round under 50 budgets in place of 5: 300 scenarios.
pub fn annual() -> Case {
    let budgets: Vec<String> = (0..50).map(|step| format!("{:.2}", 0.75 + 0.01 * f64::from(step))).collect();
    let changes = [
        ("[0.8, 0.9, 1.0, 1.1, 1.2]", &*format!("[{}]", budgets.join(", "))),
        ("\noptions = 10", "\noptions = 1"),
        ("\ngap = 0.005", "\ngap = 0.05"),
        ("\ntrials = 10000", "\ntrials = 200"),
    ];
    meridian("annual", 300, "annual-2027.toml", &changes)
}
