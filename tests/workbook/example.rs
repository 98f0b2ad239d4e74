//! A small portfolio and its batch, and what is said of them.

use cutline::diagnostic::Diagnostics;
use cutline::input::{Files, LoadedBatch, LoadedPortfolio, read_batch, read_portfolio};

use crate::book::Book;

pub const TABLES: &[(&str, &str)] = &[
    (
        "projects.csv",
        "project,name,start,max_delay,category\nP1,Bridge,2027,1,growth\nP2,Depot,2028,,service\nP3,Line,,,growth\n",
    ),
    ("costs.csv", "project,line,2027,2028,2029\nP1,capex,10,20.5,\nP2,opex,1,1,1\nP3,capex,1.25,3,4\n"),
    ("budgets.csv", "line,2027,2028,2029\ncapex,12,25,30\nopex,3,3,3\n"),
    ("benefits.csv", "project,2027,2028,2029\nP1,0,15,30\nP2,1,4,4\nP3,0,0,12.125\n"),
    ("objectives.csv", "objective,weight\nvalue,3\nreach,1\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.9,1,1.4\nP1,delay,uniform,0,,1.5\n",
    ),
    ("risks.csv", "risk,name,probability\nstrike,Strike,0.25\n"),
    (
        "impacts.csv",
        "risk,project,quantity,distribution,low,high,mean\nstrike,P1,cost,fixed,,,1.5\nstrike,P3,delay,uniform,0,2,\n",
    ),
    ("scores.csv", "project,value,reach\nP1,5,1\nP2,2,9\nP3,7,4\n"),
];

pub const BATCH: &str = "\
key,value
batch.name,small
batch.seed,7
currency,k€
discount_rate,0.07
batch.rank_by,npv.mean
batch.decisions,true
simulation.trials,200
simulation.percentiles,80; 95
base.weights,mine
sweep.vary.budget_scale,0.8; 1
sweep.vary.options,2
";

pub const SCENARIOS: &str = "\
scenario,budget_scale.capex,force_in,risk,maximise.strategic_value,maximise.npv,without_limits
tight,0.7,,true,,,growth
both,,P1; P3,true,0.6,0.4,
";

pub const LIMITS: &str =
    "name,measure,where.category,min_share,max\ngrowth,cost,growth,0.1,\nat most,projects,,,3\n";

pub const WEIGHTS: &str = "objective,mine,other\nvalue,40,1\nreach,60,\n";

pub const TOML: &str = "\
[batch]
name = \"small\"
portfolio = \"data\"
seed = 7
currency = \"k€\"
discount_rate = 0.07
rank_by = \"npv.mean\"
decisions = true
[simulation]
trials = 200
percentiles = [80, 95]
[weights.mine]
method = \"direct\"
values = { value = 40, reach = 60 }
[weights.other]
method = \"direct\"
values = { value = 1, reach = 0 }
[base]
weights = \"mine\"
[[limit]]
name = \"growth\"
measure = \"cost\"
where = { category = \"growth\" }
min_share = 0.1
[[limit]]
name = \"at most\"
measure = \"projects\"
max = 3
[[scenario]]
name = \"tight\"
budget_scale = { capex = 0.7 }
risk = true
without_limits = [\"growth\"]
[[scenario]]
name = \"both\"
force_in = [\"P1\", \"P3\"]
risk = true
maximise = { strategic_value = 0.6, npv = 0.4 }
[[sweep]]
vary = { budget_scale = [0.8, 1], options = [2] }
";

/// The tables as a workbook.
pub fn tables() -> Book {
    Book::of(TABLES)
}

/// The tables and the batch as a workbook.
pub fn whole() -> Book {
    tables()
        .with("batch", BATCH)
        .with("scenarios", SCENARIOS)
        .with("limits", LIMITS)
        .with("weights", &WEIGHTS.replace("60,\n", "60,0\n"))
}

pub fn portfolio(book: &Book) -> Result<LoadedPortfolio, Diagnostics> {
    read_portfolio(&Files::from([("book.xlsx".to_owned(), book.bytes())]))
}

pub fn batch(book: &Book) -> Result<LoadedBatch, Diagnostics> {
    read_batch("book.xlsx", &book.bytes(), |path| panic!("asks for {path}"))
}

/// All that is said, a line each; `refused` first where it is.
pub fn said<T>(read: Result<T, Diagnostics>, warnings: impl FnOnce(&T) -> &Diagnostics) -> String {
    let (mut text, found) = match &read {
        Ok(loaded) => (String::new(), warnings(loaded)),
        Err(found) => ("refused\n".to_owned(), found),
    };
    for one in found.iter() {
        text.push_str(&format!("{one}\n"));
    }
    text
}

pub fn said_of_portfolio(book: &Book) -> String {
    said(portfolio(book), |loaded| &loaded.warnings)
}

pub fn said_of_batch(book: &Book) -> String {
    said(batch(book), |loaded| &loaded.warnings)
}
