//! Input that could mean something else: what is doubted in one line per kind, what is refused, what is read as it is.

use cutline::domain::{Distribution, PastHorizon, PeriodIx, ProjectIx, Quantity};
use cutline::input::{Files, read_portfolio};

use super::example::{load, said, said_of};

/// Three projects under one budget. Each case below replaces some of the tables.
const TABLES: [(&str, &str); 5] = [
    (
        "projects.csv",
        "project,name,owner,emissions\nA,Bridge,North,1250\nB,Tunnel,South,980\nC,Ferry,North,40\n",
    ),
    ("costs.csv", "project,line,2027,2028\nA,capex,1000.5,500\nB,capex,700,800.25\nC,capex,300,0\n"),
    ("budgets.csv", "line,2027,2028\ncapex,1300.5,1300\n"),
    ("objectives.csv", "objective,name\nvalue,Value\n"),
    ("scores.csv", "project,value\nA,5.5\nB,4\nC,3.25\n"),
];

fn files(replaced: &[(&str, &str)]) -> Files {
    let table = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    TABLES.iter().map(table).chain(replaced.iter().map(table)).collect()
}

fn of(replaced: &[(&str, &str)]) -> String {
    said_of(&files(replaced))
}

/// What is said of a batch over these tables.
fn of_batch(keys: &str, replaced: &[(&str, &str)]) -> String {
    said(
        load(&format!("[batch]\nportfolio = \"city\"\n{keys}\n"), files(replaced))
            .map(|loaded| loaded.warnings),
    )
}

#[track_caller]
fn warned(said: &str, expected: &[&str]) {
    assert!(said.starts_with("accepted\n"), "{said}");
    expected.iter().for_each(|part| assert!(said.contains(part), "`{part}` is not in:\n{said}"));
}

#[track_caller]
fn refused(said: &str, expected: &[&str]) {
    assert!(said.starts_with("refused\n"), "{said}");
    expected.iter().for_each(|part| assert!(said.contains(part), "`{part}` is not in:\n{said}"));
}

#[test]
fn plain_tables_are_read_without_a_word() {
    assert_eq!(of(&[]), "accepted\n");
    assert_eq!(of_batch("", &[]), "accepted\n");
}

// ---- Names ----------------------------------------------------------------------------------------------------------

#[test]
fn a_line_that_escapes_its_budget_is_told() {
    let costs = |line: &str| {
        format!("project,line,2027,2028\nA,{line},1000.5,500\nB,capex,700,800.25\nC,capex,300,0\n")
    };
    let capitals = of(&[("costs.csv", &costs("Capex"))]);
    warned(
        &capitals,
        &[
            "`Capex` is spent on (1500.5 in all), but no budget limits it: did you mean `capex` (they differ in case)?",
        ],
    );
    warned(&of(&[("costs.csv", &costs("capx"))]), &["`capx` is spent on", "did you mean `capex`?"]);
    warned(&of(&[("costs.csv", &costs("cap ex"))]), &["`cap ex` is spent on", "did you mean `capex`?"]);
    warned(&of(&[("costs.csv", &costs("capex\u{200b}"))]), &["an invisible character (U+200B)"]);
    let other = of(&[("costs.csv", &costs("grants"))]);
    warned(
        &other,
        &["`grants` is spent on (1500.5 in all), but no budget limits it: give it a row in budgets.csv"],
    );
    assert!(!other.contains("did you mean"), "{other}");
    // A cap on all lines together limits it, and so may a batch.
    let capped = ("budgets.csv", "line,2027,2028\ncapex,1300.5,1300\n*,2000,2000\n");
    assert_eq!(of(&[("costs.csv", &costs("grants")), capped]), "accepted\n");
    let grants = costs("grants");
    let by_batch = |keys: &str| of_batch(keys, &[("costs.csv", &grants)]);
    warned(&by_batch(""), &["`grants` is spent on"]);
    assert_eq!(by_batch("[base]\nbudgets = { grants = [1, 2] }"), "accepted\n");
    assert_eq!(by_batch("[[limit]]\nname = \"g\"\nmeasure = \"line.grants\"\nmax = 9"), "accepted\n");
}

#[test]
fn a_resource_that_escapes_its_capacity_is_told() {
    let demands = "project,resource,2027,2028\nA,Welder,1,1\nB,welder,1,1\nC,welder,1,1\n";
    let said = of(&[("demands.csv", demands), ("capacities.csv", "resource,2027,2028\nwelder,2,2\n")]);
    warned(&said, &["`Welder` is demanded (2 in all), but no capacity limits it: did you mean `welder`"]);
}

#[test]
fn names_that_look_alike_are_told_with_both_rows() {
    let projects = |id: &str| format!("project,name\nA,Bridge\nB,Tunnel\nC,Ferry\n{id},Again\n");
    for (id, how) in [
        ("a", "differ only in case"),
        ("A\u{200b}", "an invisible character (U+200B)"),
        ("\u{410}", "a character that looks like another (U+0410)"),
        ("Ａ", "in how a character is encoded"),
    ] {
        let said = of(&[("projects.csv", &projects(id))]);
        warned(
            &said,
            &[&format!("projects.csv, row 5, project: `{id}` is another project than `A` in row 2"), how],
        );
    }
    let blanks = ("objectives.csv", "objective\nvalue\nnew  sites\nnew sites\n");
    let scores = ("scores.csv", "project,value,new sites,new  sites\nA,5.5,1,1\nB,4,1,1\nC,3.25,1,1\n");
    warned(
        &of(&[blanks, scores]),
        &["`new sites` is another objective than `new  sites` in row 3", "in their blanks"],
    );
    let values = ("projects.csv", "project,owner\nA,Zürich\nB,Zu\u{308}rich\nC,ZÜRICH\n");
    warned(
        &of(&[values]),
        &["is another value than `Zürich` in row 2", "in how a character is encoded", "differ only in case"],
    );
    let headings = ("projects.csv", "project,owner,Owner\nA,x,1\nB,y,1\nC,z,1\n");
    warned(&of(&[headings]), &["row 1, Owner: `Owner` is another column than `owner`"]);
    let groups = ("projects.csv", "project,alternatives\nA,site\nB,Site\nC,\n");
    warned(&of(&[groups]), &["`Site` is another group of alternatives than `site` in row 2"]);
    let drivers = ("drivers.csv", "driver\nsteel\nSteel\n");
    warned(&of(&[drivers]), &["`Steel` is another driver than `steel` in row 2"]);
    let scenarios = "[[scenario]]\nname = \"cut\"\n[[scenario]]\nname = \"Cut\"";
    warned(&of_batch(scenarios, &[]), &["`Cut` is another scenario than `cut`"]);
}

#[test]
fn one_kind_is_one_line_with_all_its_rows() {
    let rows: String = (0..30).map(|number| format!("P{number}x,b\np{number}x,b\n")).collect();
    let said =
        said_of(&Files::from([("projects.csv".to_owned(), format!("project,kind\n{rows}").into_bytes())]));
    assert_eq!(said.lines().count(), 2, "{said}");
    warned(&said, &["(30 times; also in row 5 `p1x`; row 7 `p2x`;"]);
    let rows: String = (0..1000).map(|number| format!("P{number},b\n")).collect();
    let projects = ("projects.csv".to_owned(), format!("project,kind\n{rows}").into_bytes());
    let costs: String = (0..1000).map(|number| format!("P{number},capex,x\n")).collect();
    let costs = ("costs.csv".to_owned(), format!("project,line,2027\n{costs}").into_bytes());
    let said = said_of(&Files::from([projects, costs]));
    assert_eq!(said.lines().count(), 2, "{said}");
    refused(&said, &["row 2, 2027: `x` is not a number (1000 times; also in row 3; row 4;"]);
}

#[test]
fn the_difference_to_an_unknown_id_is_told() {
    let costs = ("costs.csv", "project,line,2027,2028\nA\u{200b},capex,1,1\nB,capex,1,1\nC,capex,1,1\n");
    refused(&of(&[costs]), &["did you mean `A`? The two differ by an invisible character (U+200B)"]);
}

// ---- What is missing ------------------------------------------------------------------------------------------------

#[test]
fn forgotten_rows_are_told() {
    let costs = ("costs.csv", "project,line,2027,2028\nA,capex,1000.5,500\nC,capex,300,0\n");
    warned(&of(&[costs]), &["projects.csv, row 3, project: `B` has no costs, though other projects have"]);
    let blank = ("costs.csv", "project,line,2027,2028\nA,capex,1000.5,500\nB,capex,,\nC,capex,300,0\n");
    warned(&of(&[blank]), &["`B` has no costs"]);
    let free = ("costs.csv", "project,line,2027,2028\nA,capex,1000.5,500\nB,capex,0,\nC,capex,300,0\n");
    assert_eq!(of(&[free]), "accepted\n");
    let excluded = ("projects.csv", "project,status\nA,\nB,excluded\nC,\n");
    assert_eq!(of(&[costs, excluded]), "accepted\n");
    let scores = ("scores.csv", "project,value\nA,5.5\nC,3.25\n");
    warned(&of_batch("", &[scores]), &["scores.csv: has no score of 1 of the projects: `B`"]);
    assert_eq!(of_batch("minimise = \"cost\"", &[scores]), "accepted\n");
    let benefits = ("benefits.csv", "project,2027,2028\nA,5,5\nC,3,5\n");
    warned(
        &of_batch("maximise = \"npv\"", &[benefits]),
        &["benefits.csv: has no benefit of 1 of the projects: `B`"],
    );
    let demands = ("demands.csv", "project,resource,2027,2028\nA,welder,1,1\nC,welder,1,1\n");
    assert_eq!(of(&[demands]), "accepted\n", "two of three are not most");
    let four = ("projects.csv", "project\nA\nB\nC\nD\n");
    let costs = ("costs.csv", "project,line,2027,2028\nA,capex,1,1\nB,capex,1,1\nC,capex,1,1\nD,capex,1,1\n");
    let most = ("demands.csv", "project,resource,2027,2028\nA,welder,1,1\nC,welder,1,1\nD,welder,1,1\n");
    warned(&of(&[four, costs, most]), &["`B` has no demands, though other projects have"]);
    let few = ("demands.csv", "project,resource,2027,2028\nA,welder,1,1\n");
    assert_eq!(of(&[few]), "accepted\n");
}

// ---- Numbers --------------------------------------------------------------------------------------------------------

#[test]
fn thousands_in_attributes_are_never_read_as_fractions() {
    let emissions = |cells: [&str; 3]| {
        let [a, b, c] = cells;
        of(&[("projects.csv", &format!("project;emissions\nA;{a}\nB;{b}\nC;{c}\n"))])
    };
    refused(
        &emissions(["1.250", "1.980", "1.040"]),
        &["`1.250` is unclear", "write 1250 if it does, or 1.25 if it does not", "`1.040` is unclear"],
    );
    refused(
        &emissions(["1.250", "980,5", "40"]),
        &["`1.250` uses `.` as its decimal mark", "1250, or 1,250 if that is"],
    );
    refused(&emissions(["1.250,5", "980", "40"]), &["`1.250,5` has a thousands separator", "such as 1250,5"]);
    assert_eq!(emissions(["1.250", "0.98", "40"]), "accepted\n", "0.98 shows that points part fractions");
    let commas = ("projects.csv", "project,emissions\nA,\"1,250\"\nB,980\nC,40\n");
    refused(&of(&[commas]), &["`1,250` has a thousands separator", "such as 1250"]);
    let points = ("projects.csv", "project,emissions\nA,1.250\nB,1.980\nC,1.040\n");
    warned(&of(&[points]), &["(3 times; also in row 3 `1.980`; row 4 `1.040`)"]);
    let codes = ("projects.csv", "project,code,areas\nA,1.2.3,\"1,2\"\nB,1.2.4,3\nC,1.10.2,\"3,4\"\n");
    assert_eq!(of(&[codes]), "accepted\n", "codes and lists are texts");
}

#[test]
fn a_column_that_is_nearly_numeric_is_told() {
    let nearly = ("projects.csv", "project,emissions\nA,1250\nB,n/a\nC,40\n");
    warned(&of(&[nearly]), &["row 3, emissions: `n/a` is read as text: 1 of its 3 cells is no number"]);
    let blank = ("projects.csv", "project,emissions\nA,1250\nB,\nC,40\n");
    warned(&of(&[blank]), &["row 3, emissions: is read as text: 1 of its 3 cells"]);
    let text = ("projects.csv", "project,emissions\nA,1250\nB,high\nC,low\n");
    assert_eq!(of(&[text]), "accepted\n");
}

#[test]
fn the_cells_that_make_a_text_of_a_column_are_told_with_their_cause() {
    let column = |others: &[&str], numbers: usize| {
        let cells = others.iter().map(|text| (*text).to_owned()).chain((0..numbers).map(|n| n.to_string()));
        let cells: Vec<String> = cells.collect();
        let table = |header: &str, row: &dyn Fn(&str) -> String| {
            let rows = cells.iter().enumerate().map(|(number, cell)| format!("Q{number},{}\n", row(cell)));
            format!("{header}\n{}", rows.collect::<String>())
        };
        of(&[
            ("projects.csv", &table("project,size,class", &|cell| format!("{cell},a"))),
            ("costs.csv", &table("project,line,2027,2028", &|_| "capex,1,1".to_owned())),
            ("scores.csv", &table("project,value", &|_| "1".to_owned())),
        ])
    };
    let told = column(&["n/a", "-", "12 km"], 27);
    warned(
        &told,
        &[
            "row 2, size: `n/a` is read as text: 3 of its 30 cells are no numbers",
            "row 3 `-`; row 4 `12 km`",
            "nothing is written as 0, not as `-` or `n/a`, a number has no unit; write a number",
        ],
    );
    warned(&column(&["€ 5", "1 2"], 18), &["sign of currency or per cent", "no spaces in it"]);
    assert_eq!(column(&["n/a", "-", "none"], 9), "accepted\n", "as many as one in four may be meant");
    // Blank cells hide neither the numbers nor the few texts among them.
    let blanks = vec![""; 20];
    let sparse = column(&[&["tbd"], &blanks[..]].concat(), 10);
    warned(&sparse, &["row 2, size: `tbd` is read as text: 1 of its 11 cells is no number"]);
    assert_eq!(column(&[&["tbd"], &blanks[..]].concat(), 8), "accepted\n");
    assert_eq!(column(&blanks, 10), "accepted\n");
    let two = ("projects.csv", "project,size,weight\nA,1,x\nB,n/a,2\nC,3,3\n");
    assert_eq!(of(&[two]).lines().filter(|line| line.contains("is read as text")).count(), 2);
}

#[test]
fn advice_keeps_the_value() {
    let costs = |cell: &str| {
        of(&[(
            "costs.csv",
            &format!("project;line;2027;2028\nA;capex;{cell};0,5\nB;capex;1;1\nC;capex;1;1\n"),
        )])
    };
    for (cell, advice) in [
        ("1 234,56", "such as 1234,56"),
        ("1.234,56", "such as 1234,56"),
        ("1,234.56", "such as 1234,56"),
        ("1'234,50", "such as 1234,50"),
        ("1\u{a0}234,56", "such as 1234,56"),
        ("€ 1 234", "write 1234, without"),
        ("12 %", "write 0,12, without"),
        ("(1.234)", "write -1234, without"),
    ] {
        refused(&costs(cell), &[&format!("`{cell}`"), advice]);
    }
    let english =
        ("costs.csv", "project,line,2027,2028\nA,capex,\"1,234.56\",1\nB,capex,1,1\nC,capex,$5,1\n");
    refused(&of(&[english]), &["such as 1234.56", "write 5, without units or signs"]);
    let minus = ("costs.csv", "project,line,2027,2028\nA,capex,\u{2212}5,9\nB,capex,1,1\nC,capex,1,1\n");
    warned(&of(&[minus]), &["`-5` is a negative cost"]);
}

#[test]
fn per_cents_are_told_as_shares() {
    let batch = |keys: &str| of_batch(keys, &[]);
    for (keys, told) in [
        ("[base]\nbudget_scale = 90", "90 % is 0.9"),
        ("[base]\nbudget_scale = { capex = 110 }", "110 % is 1.1"),
        ("[base]\ncost_scale = 95", "95 % is 0.95"),
        ("[[sweep]]\nvary = { budget_scale = [80, 90, 1] }", "80 % is 0.8"),
        ("discount_rate = 8", "8 % is 0.08"),
        ("[base]\ndiscount_rate = 7", "7 % is 0.07"),
        ("discount_rate = 1", "1 % is 0.01"),
        ("escalation = 3", "3 % is 0.03"),
        ("gap = 0.5", "0.5 % is 0.005"),
        ("[simulation]\ntail = 0.95", "0.95 % is 0.0095"),
        (
            "[[limit]]\nname = \"x\"\nmeasure = \"cost\"\nwhere = { owner = \"North\" }\nmax = 0.3",
            "write max_share = 0.3",
        ),
    ] {
        warned(&batch(keys), &[told]);
    }
    for (keys, told) in [
        ("gap = 5", "5 % is 0.05"),
        ("[simulation]\ntail = 5", "5 % is 0.05"),
        (
            "[[limit]]\nname = \"x\"\nmeasure = \"cost\"\nwhere = { owner = \"North\" }\nmax_share = 30",
            "30 % is 0.3",
        ),
        ("[base]\nbudget_scale = \"90 %\"", "write 0.9 without quotes"),
    ] {
        refused(&batch(keys), &[told]);
    }
    for keys in ["[base]\nbudget_scale = 2", "discount_rate = 0.12", "gap = 0.05", "[base]\ncost_scale = 0"] {
        assert_eq!(batch(keys), "accepted\n");
    }
    let carried = ("budgets.csv", "line,carry_over,2027,2028\ncapex,25,1300.5,1300\n");
    refused(&of(&[carried]), &["carry_over: `25` is out of range", "25 % is 0.25"]);
    let projects = ("projects.csv", "project,min_fraction,success_probability\nA,25,90\nB,,\nC,,\n");
    refused(&of(&[projects]), &["25 % is 0.25", "90 % is 0.9"]);
}

#[test]
fn factors_typed_in_money_are_told() {
    let uncertainty = |row: &str| {
        of(&[("uncertainty.csv", &format!("project,quantity,distribution,low,mode,high,mean,sd\n{row}\n"))])
    };
    warned(
        &uncertainty("C,cost,triangular,270,300,450,,"),
        &["mode: `300` is a factor on the plan, far from 1", "270, 300, 450 of 300 planned are 0.9, 1, 1.5"],
    );
    warned(&uncertainty("C,cost,pert,270,310,450,,"), &["of 300 planned"]);
    warned(&uncertainty("*,cost,lognormal,,,,120,10"), &["write value / planned amount: 1 is as planned"]);
    warned(&uncertainty("C,cost,normal,,,,0.1,0.02"), &["far from 1"]);
    warned(&uncertainty("C,cost,bernoulli,0,,300,0.5,"), &["far from 1"]);
    for usual in [
        "C,cost,triangular,0.9,1,1.5,,",
        "C,cost,uniform,0.2,4,4,,",
        "C,cost,bernoulli,0,,1,0.1,",
        "C,cost,p10p90,0.8,,1.6,,",
        "C,cost,fixed,,,,0,",
    ] {
        let usual = usual.replace("0.2,4,4", "0.2,,4");
        assert_eq!(uncertainty(&usual), "accepted\n", "{usual}");
    }
    // In millions a planned amount may look like a factor.
    let millions = ("costs.csv", "project,line,2027,2028\nA,capex,1,1\nB,capex,1,1\nC,capex,2.5,0\n");
    let row = "project,quantity,distribution,low,mode,high,mean,sd\nC,cost,triangular,2,2.5,4,,\n";
    warned(&of(&[millions, ("uncertainty.csv", row)]), &["is the planned amount itself", "are 0.8, 1, 1.6"]);
}

#[test]
fn a_distribution_without_spread_is_fixed() {
    for row in [
        "pert,1,1,1,,",
        "triangular,1,1,1,,",
        "uniform,1,,1,,",
        "normal,,,,1,0",
        "lognormal,,,,1,0",
        "p10p90,1,,1,,",
    ] {
        let table = format!("project,quantity,distribution,low,mode,high,mean,sd\nA,cost,{row}\n");
        let files = files(&[("uncertainty.csv", &table)]);
        assert_eq!(said_of(&files), "accepted\n", "{row}");
        let portfolio = read_portfolio(&files).unwrap().portfolio;
        let model = portfolio.factor(ProjectIx::new(0), Quantity::Cost).unwrap();
        assert_eq!(model.distribution, Distribution::Fixed { value: 1.0 }, "{row}");
    }
}

#[test]
fn inflows_are_told_once_and_nothing_is_said_of_benefits() {
    let costs = "project,line,2027,2028\nA,capex,5,-16\nB,capex,9,-6.1\nC,capex,12,-25\n";
    let said = of_batch("maximise = \"npv\"", &[("costs.csv", costs)]);
    assert_eq!(said.lines().count(), 2, "{said}");
    warned(
        &said,
        &[
            "row 2, 2028: `-16` is a negative cost and frees budget (3 times; also in row 3 `-6.1`; row 4 `-25`)",
        ],
    );
    let spends_only = of_batch("maximise = \"npv\"", &[]);
    warned(&spends_only, &["counts benefits, but no project has any"]);
}

// ---- Periods and starts ---------------------------------------------------------------------------------------------

/// The tables with other headings of their two periods, or more.
fn with_periods(headings: &str) -> String {
    let count = headings.split(',').count();
    let rows = |rows: &[&str]| -> String {
        rows.iter().map(|row| format!("{row}{}\n", ",1".repeat(count))).collect()
    };
    let costs = format!("project,line,{headings}\n{}", rows(&["A,capex", "B,capex", "C,capex"]));
    let budgets = format!("line,{headings}\n{}", rows(&["capex"]));
    of(&[("costs.csv", &costs), ("budgets.csv", &budgets)])
}

#[test]
fn periods_must_rise_without_gaps_and_totals_are_none() {
    refused(
        &with_periods("2027,2028,Total 2027-28"),
        &[
            "budgets.csv, row 1, Total 2027-28: `Total 2027-28` is a total and no period: remove the column",
            "costs.csv, row 1, Total",
        ],
    );
    for total in ["Sum", "Gesamt", "2027 total", "2027-2028"] {
        refused(&with_periods(&format!("2027,2028,{total}")), &[&format!("`{total}`")]);
    }
    refused(&with_periods("2028,2027"), &["`2027` stands after `2028`, but is earlier"]);
    refused(
        &with_periods("2027,2029"),
        &["`2029` does not follow `2027`: a period between them is left out"],
    );
    refused(&with_periods("2027-Q1,2027-Q3"), &["is left out"]);
    refused(&with_periods("FY27,FY2027"), &["`FY2027` is the same period as `FY27`"]);
    refused(&with_periods("2027,Phase 1"), &["`Phase 1` is no moment of the calendar"]);
    refused(&with_periods("31.01.2027,31.03.2027"), &["is left out"]);
    for headings in
        ["Phase 1,Phase 2", "Y1,Y2", "Jan-27,Feb-27", "2027/28,2028/29", "01.01.2027,01.01.2028", "t7 a,u9 b"]
    {
        assert_eq!(with_periods(headings), "accepted\n", "{headings}");
    }
    warned(&with_periods("2025,2030,2035"), &["lie 5 years apart"]);
}

#[test]
fn tables_are_not_blamed_for_the_odd_periods_of_another() {
    let costs = "project,line,2027,2028,Total\nA,capex,1,1,2\nB,capex,1,1,2\nC,capex,1,1,2\n";
    let said = of(&[("costs.csv", costs)]);
    assert_eq!(said.lines().count(), 2, "{said}");
    let costs = "project,line,2028,2027\nA,capex,1,1\nB,capex,1,1\nC,capex,1,1\n";
    let said = of(&[("costs.csv", costs)]);
    assert_eq!(said.lines().count(), 2, "{said}");
    refused(&said, &["costs.csv, row 1, 2027: `2027` stands after `2028`"]);
}

#[test]
fn starts_past_the_horizon_are_told_left_out_or_meant() {
    let projects = ("projects.csv", "project,max_delay\nA,1\nB,0\nC,1\n");
    let told = of(&[projects]);
    warned(
        &told,
        &[
            "row 2, max_delay: `A` may start so late that up to 500 of its 1500.5 of spend falls past `2028`",
            "past_horizon = \"forbid\"",
        ],
    );
    assert!(!told.contains("`C`"), "C spends nothing in its last period: {told}");
    warned(&of_batch("", &[projects]), &["`A` may start so late"]);
    warned(&of_batch("past_horizon = \"warn\"", &[projects]), &["`A` may start so late"]);
    assert_eq!(of_batch("past_horizon = \"allow\"", &[projects]), "accepted\n");
    let forbidden =
        load("[batch]\nportfolio = \"city\"\npast_horizon = \"forbid\"\n", files(&[projects])).unwrap();
    assert_eq!(said(Ok(forbidden.warnings)), "accepted\n");
    assert_eq!(forbidden.batch.past_horizon(), PastHorizon::Forbid);
    let starts: Vec<_> = forbidden.portfolio.projects().iter().map(|project| project.starts(2)).collect();
    assert_eq!(starts, [0, 0, 1].map(|last| PeriodIx::new(0)..=PeriodIx::new(last)));
    let demands = ("demands.csv", "project,resource,2027,2028\nA,welder,1,1\nB,welder,1,1\nC,welder,1,3\n");
    warned(
        &of(&[projects, demands]),
        &["row 4, max_delay: `C` may start so late that up to 3 of its 4 of demand falls"],
    );
    refused(&of_batch("past_horizon = \"forbidd\"", &[projects]), &["did you mean \"forbid\"?"]);
}

// ---- Files ----------------------------------------------------------------------------------------------------------

#[test]
fn headings_near_a_named_column_are_attributes_unless_they_can_only_be_a_slip() {
    for heading in
        ["stage", "state", "date", "rate", "wave", "base", "lane", "product", "status quo", "stat", "label"]
    {
        let said = of(&[("projects.csv", &format!("project,{heading}\nA,x\nB,y\nC,z\n"))]);
        assert!(said.starts_with("accepted\n"), "{heading}: {said}");
    }
    assert_eq!(of(&[("projects.csv", "project,stage\nA,x\nB,y\nC,z\n")]), "accepted\n");
    for (heading, column) in [
        ("max_dealy", "max_delay"),
        ("max delay", "max_delay"),
        ("Max_Delay", "max_delay"),
        ("strat", "start"),
        ("STATUS", "status"),
        ("min_fracton", "min_fraction"),
    ] {
        let said = of(&[("projects.csv", &format!("project,{heading}\nA,x\nB,y\nC,z\n"))]);
        refused(&said, &[&format!("`{heading}` is not a column of this table: did you mean `{column}`?")]);
    }
    let beside = of(&[("projects.csv", "project,max_delay,max_delays\nA,0,x\nB,0,y\nC,0,z\n")]);
    assert_eq!(beside, "accepted\n", "the column itself is there");
    refused(
        &of(&[("projects.csv", "product,owner\nA,x\nB,y\nC,z\n")]),
        &["has no column `project`", "`product`?"],
    );
    warned(&of(&[("projects.csv", "project,statu\nA,x\nB,y\nC,z\n")]), &["did you mean `status`?"]);
    refused(
        &of(&[("scores.csv", "project,value,stage\nA,1,2\nB,1,2\nC,1,2\n")]),
        &["`stage` is not an objective"],
    );
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let projects = ("projects.csv", "project,name,max_delay\nA,\"two\nlines\",0\nB,y,x\nC,z,0\n");
    refused(&of(&[projects]), &["projects.csv, row 3, max_delay: `x`"]);
    let blank = ("projects.csv", "project,name,max_delay\n\nA,\"two\r\nlines\",0\n\nB,y,x\nC,z,0\n");
    refused(&of(&[blank]), &["projects.csv, row 5, max_delay: `x`"]);
}

#[test]
fn a_line_that_says_the_separator_is_read() {
    let costs = "project;line;2027;2028\nA;capex;1000,5;500\nB;capex;700;800,25\nC;capex;300;0\n";
    for first in ["sep=;\n", "\u{feff}sep=;\r\n", "SEP=;\n", "\"sep=;\"\n"] {
        assert_eq!(of(&[("costs.csv", &format!("{first}{costs}"))]), "accepted\n", "{first}");
    }
    refused(&of(&[("costs.csv", &costs.replace(';', "\t"))]), &["costs.csv: separates its cells by tabs"]);
}

#[test]
fn names_of_files_may_be_written_in_capitals() {
    let mut files = files(&[]);
    let costs = files.remove("costs.csv").unwrap();
    files.insert("COSTS.CSV".to_owned(), costs.clone());
    assert_eq!(said_of(&files), "accepted\n");
    assert_eq!(read_portfolio(&files).unwrap().portfolio.lines().len(), 1);
    files.insert("Costs.csv".to_owned(), costs);
    refused(&said_of(&files), &["Costs.csv: is there twice: COSTS.CSV holds the same table"]);
}

#[test]
fn other_encodings_are_told() {
    let mut latin = files(&[]);
    latin.insert("projects.csv".to_owned(), b"project,name\nA,Stra\xdfe\nB,x\nC,y\n".to_vec());
    refused(&said_of(&latin), &["row 2: is not UTF-8", "`ß` in Latin-1", "save it as CSV UTF-8"]);
    let wide: Vec<u8> = "project\nA\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    latin.insert("projects.csv".to_owned(), wide);
    refused(&said_of(&latin), &["is encoded in UTF-16"]);
}
