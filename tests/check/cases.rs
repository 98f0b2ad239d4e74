//! Portfolios as folders of tables, with every kind of rule.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::dice::Dice;
use crate::program::run;

/// A portfolio and a batch file that names it.
#[derive(Debug)]
pub struct Case {
    pub folder: TempDir,
}

impl Case {
    pub fn new(tables: &[(&str, String)], batch: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("tables")).unwrap();
        for (name, text) in tables {
            fs::write(folder.path().join("tables").join(name), text).unwrap();
        }
        fs::write(folder.path().join("plan.toml"), batch).unwrap();
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the batch; gives the folder of results.
    pub fn results(&self) -> PathBuf {
        let (code, _, stderr) = run(self.path(), &["run", "plan.toml", "--out", "out", "--quiet"]);
        assert_eq!(code, 0, "{stderr}");
        self.path().join("out")
    }
}

/// The result tables of a folder, by name.
pub fn tables_of(folder: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut tables = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap();
            let rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect());
            tables.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), rows.collect());
        }
    }
    tables
}

/// Which kinds of rules a random case has.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    pub shares: bool,
    pub risk: bool,
    pub goal: &'static str,
}

const PERIODS: [&str; 3] = ["2027", "2028", "2029"];

fn row(dice: &mut Dice, key: &str, most: usize) -> String {
    let amounts: Vec<String> = PERIODS.iter().map(|_| dice.below(most).to_string()).collect();
    format!("{key},{}\n", amounts.join(","))
}

/// A random portfolio of nine projects with delays, alternatives, dependencies, synergies, budgets that carry over and
/// may be overrun, capacity that can be bought, hard and soft limits, targets, a current plan and escalation.
pub fn random_case(seed: u64, kinds: Kinds) -> Case {
    let mut dice = Dice(seed);
    let ids: Vec<String> = (1..=9).map(|number| format!("P{number}")).collect();
    let head = format!("{}\n", PERIODS.join(","));
    let mut projects =
        "project,name,start,max_delay,alternatives,min_fraction,success_probability,value_decay,points,area,portfolio,program,tier\n"
            .to_owned();
    let mut costs = format!("project,line,{head}");
    let (mut benefits, mut demands) = (format!("project,kind,{head}"), format!("project,resource,{head}"));
    let mut scores = "project,growth,service\n".to_owned();
    for (position, id) in ids.iter().enumerate() {
        let start = PERIODS[dice.below(2)];
        let group = if position < 2 { "one of two" } else { "" };
        let share = if kinds.shares && position % 3 == 2 { "0.25" } else { "" };
        let success = if kinds.risk && position % 2 == 0 { "0.7" } else { "" };
        let (delay, points) = (dice.below(3), dice.below(40) + 1);
        let decay = ["", "0.2", "0"][position % 3];
        let area = if position % 4 == 1 { "country" } else { "2" };
        let portfolio = if position == 4 { "" } else { ["North", "South"][position % 2] };
        let (program, tier) = (["Roads", "", "Rail"][position % 3], [10, 2][position / 5]);
        write!(
            projects,
            "{id},\"Project \"\"{position}\"\", no. {position}\",{start},{delay},{group},{share}"
        )
        .unwrap();
        writeln!(projects, ",{success},{decay},{points},{area},{portfolio},{program},{tier}").unwrap();
        costs += &row(&mut dice, &format!("{id},capex"), 30);
        costs += &row(&mut dice, &format!("{id},opex"), 12);
        benefits += &row(&mut dice, &format!("{id},savings"), 40);
        benefits += &row(&mut dice, &format!("{id},revenue"), 30);
        demands += &row(&mut dice, &format!("{id},crew"), 6);
        writeln!(
            scores,
            "{id},{},{}",
            dice.below(10),
            if position == 4 { String::new() } else { dice.below(5).to_string() }
        )
        .unwrap();
    }
    let kind = |dice: &mut Dice| dice.one_of(&["requires", "excludes", "together"]).to_owned();
    let dependencies = format!(
        "project,kind,other,lag\nP3,{},P4,\nP6,after,P5,{}\nP8,{},P9,\n",
        kind(&mut dice),
        dice.below(2),
        kind(&mut dice)
    );
    let synergies = format!(
        "synergy,projects,at_least,effect,amount\nS1,P3;P5;P7,2,cost,-{}\nS2,P1;P6,,strategic_value,{}\nS3,P2;P4;P8,1,benefit,{}\n",
        dice.below(20) + 1,
        dice.below(30) + 1,
        dice.below(20) + 1
    );
    let budgets = format!(
        "line,carry_over,overrun_limit,overrun_price,{head}capex,0.5,20,0.3,50,60,70\nopex,,,,55 %,40,62.5%\n*,0.25,10,0.1,80,95,110\n"
    );
    let capacities = format!("resource,extra_limit,extra_rate,extra_line,{head}crew,4,1.5,opex,12,12,12\n");
    let objectives = "objective,parent,weight,worst,best,target,curve\nvalue,,1,,,,\ngrowth,value,3,,,8,0:5;3.5:70;10:100\nservice,value,1,5,1,,\n";
    let plan = format!("project,start\nP1,2027\nP5,{}\nP9,2029\n", PERIODS[dice.below(3)]);
    let mut tables = vec![
        ("projects.csv", projects),
        ("costs.csv", costs),
        ("benefits.csv", benefits),
        ("demands.csv", demands),
        ("scores.csv", scores),
        ("dependencies.csv", dependencies),
        ("synergies.csv", synergies),
        ("budgets.csv", budgets),
        ("capacities.csv", capacities),
        ("objectives.csv", objectives.to_owned()),
        ("current_plan.csv", plan),
        ("lines.csv", "line,name,group,kind\nopex,\"Running, costs\",,opex\ncapex,,build,capex\n".to_owned()),
    ];
    if kinds.risk {
        tables.push((
            "uncertainty.csv",
            "project,quantity,distribution,low,mode,high,mean,sd\n*,cost,triangular,0.9,1,1.4,,\nP3,cost,lognormal,,,,1.1,0.2\n*,benefit,pert,0.6,1,1.2,,\nP4,benefit,bernoulli,0.5,,1.5,0.4,\n*,demand,normal,,,,1,0.1\nP7,demand,fixed,,,,1.1,\nP2,delay,uniform,0,,2.5,,\nP4,delay,normal,,,,0.3,1\nP5,delay,fixed,,,,0.25,\nP9,delay,triangular,0,0,1,,\n"
                .to_owned(),
        ));
        tables.push(("drivers.csv", "driver,name\ninflation,Inflation\n".to_owned()));
        tables.push((
            "exposures.csv",
            "project,quantity,driver,loading\n*,cost,inflation,0.6\nP3,benefit,inflation,-0.3\nP4,delay,inflation,0.5\n".to_owned(),
        ));
        tables.push((
            "risks.csv",
            "risk,name,probability\nstrike,Strike,0.3\nflood,,0.1\nmove,Always,1\nnever,,0\n".to_owned(),
        ));
        tables.push((
            "impacts.csv",
            "risk,project,quantity,distribution,low,mode,high,mean,sd\nstrike,P1,cost,pert,1,1.2,1.6,,\nstrike,P6,cost,fixed,,,,1.3,\nstrike,P2,delay,uniform,0,,2,,\nstrike,P8,delay,fixed,,,,1,\nflood,P1,benefit,fixed,,,,0.5,\nflood,P1,cost,lognormal,,,,1.3,0.2\nflood,P7,demand,fixed,,,,1.5,\nmove,P3,cost,fixed,,,,1.1,\nmove,P3,delay,fixed,,,,1,\nnever,P9,cost,fixed,,,,5,\n"
                .to_owned(),
        ));
    }
    Case::new(&tables, &batch(kinds, seed))
}

fn batch(kinds: Kinds, seed: u64) -> String {
    let sampling = if seed.is_multiple_of(2) { "latin" } else { "random" };
    let frontier = if kinds.shares { "" } else { "[frontier]\nx = \"cost\"\ny = \"strategic_value\"\n" };
    format!(
        r#"[batch]
name = "plan"
portfolio = "tables"
seed = {seed}
discount_rate = 0.07
options = 4
min_difference = 2
gap = 0.0
escalation = 0.03
change_price = 0.25
{goal}
[simulation]
trials = 300
sampling = "{sampling}"
tail = 0.07
{frontier}
[report]
group_by = ["portfolio/program", "tier", "line.group", "line.group/line.kind"]
weight_ranges = true
[weights.service]
method = "direct"
values = {{ growth = 1, service = 2.5 }}
[weights.ranked]
method = "rank"
order = ["service", "growth"]
[weights.open]
method = "incomplete"
statements = ["growth >= 1.5 * service", "0.15 <= service <= 0.35"]
[weights.judged]
method = "pairwise"
judgements = [["growth", "service", 4]]
[weights.swings]
method = "swing"
points = {{ growth = 100, service = 35 }}
[weights.all]
method = "group"
members = {{ judged = 1, open = 2, half = 1.5 }}
[weights.half]
method = "group"
members = {{ ranked = 1, given = 3 }}
[weights.by_area]
method = "by_class"
attribute = "area"
classes = {{ country = "service", 2 = "given" }}
[[limit]]
name = "no more than six, in all"
measure = "projects"
max = 6
[[limit]]
name = "some go first"
measure = "projects"
periods = ["2027", "2028"]
where = {{ project = ["P2", "P4", "P6", "P8"] }}
min_share = 0.4
price = 3.5
[[limit]]
name = "capex of a few"
measure = "line.capex"
where = {{ project = ["P1", "P2", "P3"] }}
max_share = 0.6
[[limit]]
name = "worth it"
measure = "npv"
min = -40
max = 500
price = 0.5
[[limit]]
name = "a part of the budgets"
by = "area"
measure = "cost"
periods = ["2027", "2028"]
max_of_line = {{ capex = 0.3, opex = 0.2 }}
price = 0.2
[[limit]]
name = "most of the plan"
measure = "strategic_value"
where = {{ area = "2" }}
min_of_plan = 0.9
price = 0.3
[[scenario]]
name = "base"
risk = {risk}
[[scenario]]
name = "less, and \"later\""
budget_scale = {{ capex = 0.8, "*" = 0.9 }}
cost_scale = 1.05
benefit_scale = {{ savings = 0.9 }}
capacity_scale = 1.2
weights = "service"
force_in = ["P7"]
max_changes = 8
risk = {risk}
[[scenario]]
name = "targets"
meet_targets = true
maximise = "npv"
weights = "ranked"
without_limits = ["worth it"]
risk = {risk}
[[scenario]]
name = "by area"
weights = "by_area"
options = 1
budget_scale = 1.1
min_fraction = {{ P1 = 0.5, P3 = 1 }}
add_price = 1
drop_price = 2.5
move_price = 0.5
max_drops = 2
risk = {risk}
[[scenario]]
name = "weights left open"
weights = "open"
options = 1
risk = {risk}
[[scenario]]
name = "a group's weights"
weights = "all"
options = 1
risk = {risk}
[[scenario]]
name = "nothing fits"
force_in = ["P1", "P2"]
"#,
        goal = kinds.goal,
        risk = kinds.risk,
    )
}
