//! What is said of faulty tables: one patch each.

use cutline::input::Files;

use super::example::{cases, patched, said_of, with, without};

/// What is said of patches `(name, from, to)` to one table.
fn patches(file: &str, patches: &[(&str, &str, &str)]) -> String {
    let said: Vec<_> =
        patches.iter().map(|(name, from, to)| (*name, said_of(&patched(file, from, to)))).collect();
    cases(&said)
}

#[test]
fn projects() {
    insta::assert_snapshot!(patches(
        "projects.csv",
        &[
            ("misspelt column", "max_delay", "max_dealy"),
            ("column in capitals", "status", "STATUS"),
            ("repeated column", "headcount", "category"),
            ("column without heading", "category", ""),
            ("repeated project", "P2,Bridge", "P1,Bridge"),
            ("blank id", "P3,Portal", ",Portal"),
            ("star as id", "P3,Portal", "*,Portal"),
            ("unknown status", "mandatory", "Mandatroy"),
            ("unknown period", "candidate,2027", "candidate,2026"),
            ("fractional delay", "2027,1,", "2027,1.5,"),
            ("negative delay", "2027,1,", "2027,-1,"),
            ("huge delay", "2027,1,", "2027,1e12,"),
            ("fraction below nothing", "0.25", "-0.25"),
            ("probability above one", "0.9", "1.2"),
            ("probability in percent", "0.9", "90 %"),
            ("lone alternative", "mandatory,,0,site", "mandatory,,0,sites"),
        ]
    ));
}

#[test]
fn period_tables() {
    insta::assert_snapshot!(patches(
        "costs.csv",
        &[
            ("not a number", "50.5", "5o.5"),
            ("thousands", "50.5", "\"1,234,567\""),
            ("thousands and decimals", "50.5", "\"1.234,5\""),
            ("thousands with a space", "50.5", "1 234"),
            ("thousands with a comma", "50.5", "\"1,234\""),
            ("decimal comma", "50.5", "\"50,5\""),
            ("infinite", "50.5", "1e999"),
            ("not finite", "50.5", "inf"),
            ("negative cost", "50.5", "-50.5"),
            ("unknown project", "P3,opex", "P33,opex"),
            ("blank line", "P3,opex", "P3,"),
            ("repeated row", "P1,opex", "P1,capex"),
            ("star as line", "P3,opex", "P3,*"),
            ("misspelt key column", "project,line", "project,lines"),
            ("unknown column", "project,line", "project,line,note"),
            ("ragged row", "P3,opex,,10,10", "P3,opex,,10"),
            ("missing key column", "project,line", "project,9999"),
        ]
    ));
}

#[test]
fn other_periods() {
    let said = cases(&[
        ("other order", said_of(&patched("budgets.csv", "2028,2029", "2029,2028"))),
        ("one fewer", said_of(&with("capacities.csv", "resource,2027,2028\nengineer,1,2\n"))),
        ("none", said_of(&with("capacities.csv", "resource\nengineer\n"))),
        (
            "none at all",
            said_of(&Files::from([
                ("projects.csv".to_owned(), b"project,start\nA,2027\n".to_vec()),
                ("costs.csv".to_owned(), b"project,line\nA,capex\n".to_vec()),
            ])),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn semicolon_tables() {
    let costs = |rows: &str| said_of(&with("costs.csv", format!("project;line;2027;2028;2029\n{rows}\n")));
    let said = cases(&[
        ("both marks", costs("P1;capex;1,5;2.5;3\nP2;capex;1;1;1")),
        ("thousands", costs("P1;capex;1.234,5;2.500.000;3\nP2;capex;1;1;1")),
        ("maybe thousands", costs("P1;capex;1.234;2;3\nP2;capex;1;1;1")),
        ("surely decimals", costs("P1;capex;1.234;2.5;3\nP2;capex;1;1;1")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn limits() {
    let said = cases(&[
        ("negative budget", said_of(&patched("budgets.csv", "150", "-150"))),
        ("budget in per cent", said_of(&patched("budgets.csv", "150", "12.5 %"))),
        ("negative per cent", said_of(&patched("budgets.csv", "150", "-12 %"))),
        ("no per cent", said_of(&patched("budgets.csv", "150", "x %"))),
        ("capacity in per cent", said_of(&patched("capacities.csv", "3,3,3", "3,12 %,3"))),
        ("repeated budget", said_of(&patched("budgets.csv", "*,", "capex,"))),
        ("unused budget", said_of(&patched("budgets.csv", "capex,", "capx,"))),
        ("negative capacity", said_of(&patched("capacities.csv", "3,3,3", "3,-3,3"))),
        ("unused capacity", said_of(&patched("capacities.csv", "engineer", "welder"))),
        ("star as resource", said_of(&patched("capacities.csv", "engineer", "*"))),
        ("negative demand", said_of(&patched("demands.csv", "2,2,", "2,-2,"))),
        ("repeated benefit", said_of(&patched("benefits.csv", "P3,revenue", "P1,savings"))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn budgets_that_give_way() {
    let budgets = |from, to| said_of(&patched("budgets.csv", from, to));
    let said = cases(&[
        ("misspelt column", budgets("carry_over", "carry_ovr")),
        ("share above one", budgets("capex,0.25", "capex,1.25")),
        ("negative limit and price", budgets("5,2.5", "-5,-2.5")),
        ("price without a limit", budgets("*,,,,", "*,,,1,")),
        ("limit without a price", budgets("*,,,,", "*,,1,,")),
        ("several at once", budgets("0.25,5,2.5,plan", "a,,1e16,plann")),
        ("expected overrun", budgets("plan", "expected")),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn extra_capacity() {
    let capacities = |from, to| said_of(&patched("capacities.csv", from, to));
    let header = "resource,extra_limit,extra_rate,extra_line,2027,2028,2029";
    let said = cases(&[
        ("misspelt column", capacities("extra_line", "extra_lin")),
        ("negative limit and rate", capacities("1.5,0.5", "-1.5,-0.5")),
        ("misspelt line", capacities("capex", "capx")),
        ("star as line", capacities("capex", "*")),
        ("nobody pays", capacities("capex", "")),
        ("nothing to pay", capacities("0.5,capex", "0,")),
        ("no limit", capacities("1.5,0.5,capex", ",0.5,capex")),
        ("nothing to buy", capacities("1.5,0.5,capex", "0,0.5,")),
        (
            "no lines",
            said_of(&Files::from([
                ("projects.csv".to_owned(), b"project\nA\n".to_vec()),
                ("demands.csv".to_owned(), b"project,resource,2027,2028,2029\nA,crew,1,1,1\n".to_vec()),
                ("capacities.csv".to_owned(), format!("{header}\ncrew,1,1,capex,1,1,1\n").into_bytes()),
            ])),
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn lines_that_could_not_be_read_are_not_missed() {
    let mut files = patched("capacities.csv", "capex", "fund");
    files.insert("costs.csv".to_owned(), b"project,line,2027,2028,2029\nP1,fund,1,1\n".to_vec());
    let ragged = said_of(&files);
    assert!(ragged.contains("costs.csv, row 2") && !ragged.contains("capacities.csv"), "{ragged}");
    files.insert("costs.csv".to_owned(), b"project,line,2027,2028,2029\nP9,fund,1,1,1\n".to_vec());
    let stranger = said_of(&files);
    assert!(stranger.contains("costs.csv, row 2") && !stranger.contains("capacities.csv"), "{stranger}");
}

#[test]
fn synergies() {
    insta::assert_snapshot!(patches(
        "synergies.csv",
        &[
            ("misspelt column", "at_least", "at_leats"),
            ("blank id", "shared,", ","),
            ("repeated", "brand", "shared"),
            ("unknown project", "P3;P1", "P33;P1"),
            ("two unknown projects", "P3;P1", "bridge;P11"),
            ("project twice", "P3;P1", "P3;P1;P3"),
            ("one project", "P3;P1", "P3"),
            ("no project", "\"P3;P1\"", ""),
            ("other separator", "P3;P1", "P3,P1"),
            ("more than there are", "2,cost", "4,cost"),
            ("none needed", "2,cost", "0,cost"),
            ("fraction needed", "2,cost", "1.5,cost"),
            ("misspelt effect", "strategic_value", "strategic value"),
            ("unknown effect", "strategic_value", "npv"),
            ("blank effect", "strategic_value", ""),
            ("adds nothing", "-4.5", "0"),
            ("blank amount", "-4.5", ""),
            ("not a number", "-4.5", "much"),
            ("several at once", "\"P1;P2;P3\",2,cost,-4.5", "\"P1;P9\",3,costs,0"),
        ]
    ));
}

#[test]
fn current_plan() {
    insta::assert_snapshot!(patches(
        "current_plan.csv",
        &[
            ("unknown column", "start", "starts"),
            ("unknown project", "P2", "P22"),
            ("blank project", "P2", ""),
            ("repeated", "P2", "P1"),
            ("unknown period", "2029", "2030"),
            ("blank start", "2029", ""),
            ("several at once", "P1,2027\nP2,2029", "P9,\n*,soon"),
        ]
    ));
}

#[test]
fn lines() {
    insta::assert_snapshot!(patches(
        "lines.csv",
        &[
            ("unknown column", "group", "grouping"),
            ("unknown line", "capex", "capxe"),
            ("line of no other table", "capex", "facilities"),
            ("in capitals", "capex", "CAPEX"),
            ("blank line", "capex", ""),
            ("repeated", "investment", "investment\ncapex,,,"),
            ("star", "capex", "*"),
            ("groups that look alike", "investment", "investment\nopex,,Growth,"),
        ]
    ));
}

#[test]
fn curves() {
    let curve = |curve: &str, worst: &str| {
        said_of(&with(
            "objectives.csv",
            format!(
                "objective,parent,weight,worst,best,target,curve\ngrowth,,3,,,,\nservice,,1,{worst},8,{curve}\n\
                 markets,growth,1,,,,\nshare,growth,4,,,,\n"
            ),
        ))
    };
    insta::assert_snapshot!(cases(&[
        ("a curve", curve("0:0; 10:60; 40:100", ",")),
        ("decimal commas", curve("\"0,5:0; 10:60,5\"", ",")),
        ("a score beyond it", curve("3:0; 10:60", ",")),
        ("beside worst and best", curve("0:0; 10:60", "1,5")),
        ("no values", curve("0; 10", ",")),
        ("words", curve("low:0; 10:60", ",")),
        ("one point", curve("0:0", ",")),
        ("falling scores", curve("10:60; 0:0", ",")),
    ]));
}

#[test]
fn objectives() {
    insta::assert_snapshot!(patches(
        "objectives.csv",
        &[
            ("repeated", "share,Market share", "markets,Market share"),
            ("unknown parent", "New markets,growth", "New markets,grwoth"),
            ("circle", "growth,Growth,", "growth,Growth,share"),
            ("negative weight", "share,growth,4", "share,growth,-4"),
            ("missing weight", "share,growth,4", "share,growth,"),
            (
                "weights of zero",
                "growth,1,,,,\nshare,Market share,growth,4",
                "growth,0,,,,\nshare,Market share,growth,0"
            ),
            ("half a scale", "service,Service,,1,1,5,8", "service,Service,,1,1,,8"),
            ("flat scale", "service,Service,,1,1,5,8", "service,Service,,1,5,5,8"),
            ("target above leaves", "growth,Growth,,3,,,", "growth,Growth,,3,,,9"),
            ("target in words", "5,8", "5,high"),
            ("unknown column", "name", "title"),
        ]
    ));
}

#[test]
fn scores() {
    let said = cases(&[
        ("no objectives", said_of(&without(&["objectives.csv"]))),
        ("misspelt objective", said_of(&patched("scores.csv", "service", "servic"))),
        ("not a leaf", said_of(&patched("scores.csv", "service", "growth"))),
        ("off the scale", said_of(&patched("scores.csv", "P2,10,,5", "P2,10,,6"))),
        ("not a number", said_of(&patched("scores.csv", "P2,10,,5", "P2,high,,5"))),
        ("repeated", said_of(&patched("scores.csv", "P2,", "P1,"))),
        ("unknown project", said_of(&patched("scores.csv", "P2,", "bridge,"))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn dependencies() {
    insta::assert_snapshot!(patches(
        "dependencies.csv",
        &[
            ("unknown kind", "after", "afterwards"),
            ("misspelt kind", "after", "afer"),
            ("unknown other", "after,P2", "after,P22"),
            ("itself", "after,P2", "after,P3"),
            ("lag where none is", "P1,excludes,P2,", "P1,excludes,P2,2"),
            ("fractional lag", "P2,1", "P2,0.5"),
            ("repeated", "P1,excludes,P2,", "P3,after,P2,1"),
        ]
    ));
}

#[test]
fn uncertainty() {
    insta::assert_snapshot!(patches(
        "uncertainty.csv",
        &[
            ("unknown project", "P3,demand", "P4x,demand"),
            ("unknown quantity", "P3,demand", "P3,demands"),
            ("delay", "P3,demand", "P3,delay"),
            ("unknown distribution", "lognormal", "gauss"),
            ("reference", "lognormal", "reference"),
            ("missing parameter", "1.1,0.2", "1.1,"),
            ("foreign parameter", "lognormal,,", "lognormal,1,"),
            ("parameters that do not rise", "0.9,1,1.5", "0.9,2,1.5"),
            ("no spread", "1.1,0.2", "1.1,0"),
            ("not a number", "1.1,0.2", "1.1,x"),
            ("repeated", "P1,benefit,bernoulli", "*,cost,bernoulli"),
            ("class", "mode", "class"),
        ]
    ));
}

#[test]
fn exposures() {
    let exposures = |from, to| said_of(&patched("exposures.csv", from, to));
    let said = cases(&[
        ("unknown driver", exposures("P1,cost,steel", "P1,cost,stele")),
        ("loading out of range", exposures("-0.2", "-1.2")),
        ("blank loading", exposures("-0.2", "")),
        ("sum for all", exposures("*,cost,steel,0.6", "*,cost,steel,0.9")),
        ("sum for one", exposures("-0.2", "-0.9")),
        ("certain quantity", exposures("P1,cost,steel", "P2,benefit,steel")),
        ("repeated", exposures("P1,cost,steel", "*,cost,steel")),
        ("no drivers", said_of(&without(&["drivers.csv"]))),
        ("repeated driver", said_of(&patched("drivers.csv", "wages", "steel"))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn files() {
    let said = cases(&[
        ("no projects table", said_of(&without(&["projects.csv"]))),
        ("unclosed quote", said_of(&with("drivers.csv", "driver,name\nsteel,\"Price\nwages,Wages\n"))),
        ("header only", said_of(&with("projects.csv", "project,name\n"))),
        ("empty", said_of(&with("costs.csv", ""))),
        ("blank lines", said_of(&with("costs.csv", "\n\n  \n"))),
        ("workbook", said_of(&with("costs.csv", b"PK\x03\x04rest"))),
        ("utf-16", said_of(&with("costs.csv", b"\xff\xfep\x00"))),
        ("not utf-8", said_of(&with("projects.csv", b"project,name\nP1,ok\nP2,M\xfcnchen\n"))),
        ("misspelt table", said_of(&with("cost.csv", "project\n"))),
        ("unknown table", said_of(&with("payroll.csv", "project\n"))),
        ("twice", said_of(&with("costs.CSV", "project\n"))),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn all_faults_of_all_tables_at_once() {
    let mut files = patched("projects.csv", "max_delay", "max_dealy");
    for (file, from, to) in [
        ("costs.csv", "50.5", "12,5o"),
        ("scores.csv", "P2,", "PP2,"),
        ("dependencies.csv", "after", "before"),
        ("budgets.csv", "2029", "2030"),
    ] {
        let text = String::from_utf8(files[file].clone()).unwrap();
        let to = if to.contains(',') { format!("\"{to}\"") } else { to.to_owned() };
        files.insert(file.to_owned(), text.replacen(from, &to, 1).into_bytes());
    }
    insta::assert_snapshot!(said_of(&files));
}
