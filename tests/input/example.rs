//! The small valid portfolio and batch that the tests patch.

use std::collections::BTreeMap;

use cutline::diagnostic::Diagnostics;
use cutline::input::{Files, LoadedBatch, LoadedPortfolio, PathFault, read_batch, read_portfolio};

pub const TABLES: [(&str, &str); 15] = [
    (
        "projects.csv",
        "project,name,status,start,max_delay,alternatives,min_fraction,success_probability,category,headcount\n\
         P1,Depot,candidate,2027,1,site,,0.9,growth,12\n\
         P2,Bridge,mandatory,,0,site,,,service,3.5\n\
         P3,Portal,,2028,,,0.25,1,growth,0\n",
    ),
    (
        "costs.csv",
        "project,line,2027,2028,2029,payers\n\
         P1,capex,100,50.5,,\n\
         P1,opex,1,2,,\n\
         P2,capex,80,,,\n\
         P3,opex,,10,10,\n",
    ),
    ("benefits.csv", "project,kind,2027,2028,2029\nP1,savings,,60,120\nP2,,,,90\nP3,revenue,5,5,5\n"),
    ("demands.csv", "project,resource,2027,2028,2029\nP1,engineer,2,2,\nP3,engineer,,1,1\n"),
    (
        "budgets.csv",
        "line,carry_over,overrun_limit,overrun_price,overrun_basis,2027,2028,2029\n\
         capex,0.25,5,2.5,plan,150,60,10\n\
         *,,,,,200,100,50\n",
    ),
    (
        "capacities.csv",
        "resource,extra_limit,extra_rate,extra_line,2027,2028,2029\nengineer,1.5,0.5,capex,3,3,3\n",
    ),
    ("lines.csv", "line,name,group,kind\ncapex,Building works,growth,investment\n"),
    (
        "objectives.csv",
        "objective,name,parent,weight,worst,best,target,curve\n\
         growth,Growth,,3,,,,\n\
         service,Service,,1,1,5,8,\n\
         markets,New markets,growth,1,,,,\n\
         share,Market share,growth,4,,,,\n",
    ),
    ("scores.csv", "project,markets,share,service\nP1,80,20,3\nP2,10,,5\nP3,40,60,1\n"),
    ("dependencies.csv", "project,kind,other,lag\nP3,after,P2,1\nP1,excludes,P2,\n"),
    (
        "synergies.csv",
        "synergy,projects,at_least,effect,amount\n\
         shared,\"P1;P2;P3\",2,cost,-4.5\n\
         brand,\"P3;P1\",,strategic_value,3\n",
    ),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high,mean,sd\n\
         *,cost,triangular,0.9,1,1.5,,\n\
         P1,cost,lognormal,,,,1.1,0.2\n\
         P1,benefit,bernoulli,0,,1,0.7,\n\
         P3,demand,fixed,,,,1,\n",
    ),
    ("drivers.csv", "driver,name\nsteel,Price of steel\nwages,\n"),
    (
        "exposures.csv",
        "project,quantity,driver,loading\n\
         *,cost,steel,0.6\n\
         *,cost,wages,0.5\n\
         P1,cost,steel,-0.2\n",
    ),
    ("current_plan.csv", "project,start\nP1,2027\nP2,2029\n"),
];

pub const BATCH: &str = r#"[batch]
name = "annual"
description = "The yearly plan"
portfolio = "city"
seed = 7
discount_rate = 0.05
options = 4
min_difference = 2
gap = 0.002
time_limit = 30
maximise = "strategic_value"
rank_by = "npv.p10"

[simulation]
trials = 500
sampling = "random"
tail = 0.1

[weights.balanced]
method = "direct"
values = { growth = 40, service = 60 }

[base]
weights = "balanced"
force_in = ["P3"]

[[scenario]]
name = "as planned"

[[scenario]]
name = "cut"
budget_scale = { capex = 0.5, "*" = 0.8 }
force_in = []
maximise = { npv = 0.4, strategic_value = 0.6 }

[[sweep]]
vary = { budget_scale = [0.9, 1.0], weights = ["given", "balanced"] }
options = 1
"#;

/// A batch with limits, a frontier and change control.
pub const LIMITS: &str = r#"[batch]
portfolio = "city"
meet_targets = true
escalation = 0.03
max_changes = 2
change_price = 0.5

[[limit]]
name = "growth"
measure = "cost"
where = { category = ["growth", "service"], headcount = [12, "3.5"] }
min_share = 0.3
max_share = 0.9
periods = ["2027", "2029"]
price = 0.25

[frontier]
x = "budget_scale"
y = "npv"
y_sense = "max"

[base]
limits = [{ name = "few", measure = "projects", where = { project = "P1" }, min = 0, max = 1 }]

[[scenario]]
name = "free"
without_limits = ["growth"]

[[scenario.limits]]
name = "growth"
measure = "attribute.headcount"
max = 20

[[sweep]]
vary = { without_limits = [[], ["growth"]], max_changes = [0, 1] }
"#;

pub fn tables() -> Files {
    TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

/// The example with one text replaced in one table.
pub fn patched(file: &str, from: &str, to: &str) -> Files {
    let mut files = tables();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

/// The example with one table more, or another in its stead.
pub fn with(file: &str, bytes: impl AsRef<[u8]>) -> Files {
    let mut files = tables();
    files.insert(file.to_owned(), bytes.as_ref().to_vec());
    files
}

/// The example without some tables.
pub fn without(names: &[&str]) -> Files {
    tables().into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect()
}

/// All that is said of a portfolio, one line each.
pub fn said_of(files: &Files) -> String {
    said(read_portfolio(files).map(|loaded| loaded.warnings))
}

/// All that is said of a batch with the example's portfolio, one line each.
pub fn said_of_batch(batch: &str) -> String {
    said(load(batch, tables()).map(|loaded| loaded.warnings))
}

/// All that is said of the example batch with one text replaced.
pub fn said_of_patch(from: &str, to: &str) -> String {
    assert!(BATCH.contains(from), "the batch does not contain {from:?}");
    said_of_batch(&BATCH.replacen(from, to, 1))
}

pub fn load(batch: &str, files: Files) -> Result<LoadedBatch, Diagnostics> {
    read_batch("annual.toml", batch.as_bytes(), |folder| match folder {
        "city" => Ok(files),
        _ => Err(PathFault { problem: "is not there".to_owned(), help: "name a folder".to_owned() }),
    })
}

pub fn valid() -> LoadedPortfolio {
    read_portfolio(&tables()).unwrap_or_else(|found| panic!("{}", said(Err(found))))
}

pub fn said(result: Result<Diagnostics, Diagnostics>) -> String {
    let (verdict, found) = match result {
        Ok(found) => ("accepted", found),
        Err(found) => ("refused", found),
    };
    let lines = found.iter().map(|entry| format!("{:?}: {entry}\n", entry.severity));
    std::iter::once(format!("{verdict}\n")).chain(lines).collect()
}

/// Several cases with what is said of each, for one snapshot.
pub fn cases(cases: &[(&str, String)]) -> String {
    let names: BTreeMap<&str, usize> = cases.iter().map(|(name, _)| (*name, 0)).collect();
    assert_eq!(names.len(), cases.len(), "each case has its own name");
    cases.iter().map(|(name, said)| format!("# {name}\n{said}\n")).collect()
}
