//! Scenarios with incomplete weights against all their selections: the non-dominated portfolios, core indices and
//! regrets; and how far a weight may move, against the crossings of all lines.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

use common::dice::Dice;
use cutline::domain::{Choice, Measure, PaymentIx, PeriodIx, Portfolio, ProjectIx, Selection};
use cutline::engine::{BatchResult, ScenarioResult, run};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{NonDominated, SolveStatus, recheck};
use cutline::progress::{CancelToken, Silent};
use cutline::units::Share;

const NEAR: f64 = 1e-7;

fn load(tables: &[(&str, String)], batch: &str) -> LoadedBatch {
    let files: Files =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    read_batch("b.toml", batch.as_bytes(), |_| Ok(files)).unwrap_or_else(|found| {
        let faults: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"));
    })
}

fn run_all(loaded: &LoadedBatch) -> BatchResult {
    run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new())
}

fn first(result: &BatchResult) -> &ScenarioResult {
    result.scenarios[0].finished().unwrap()
}

fn portfolios(result: &ScenarioResult) -> &NonDominated {
    &result.robust.as_ref().unwrap().finished().unwrap().found
}

// ---- All selections -------------------------------------------------------------------------------------------------

/// The ways to choose a project, or not.
fn choices(portfolio: &Portfolio, project: ProjectIx) -> Vec<Option<Choice>> {
    let row = &portfolio.projects()[project];
    let periods = portfolio.horizon().periods();
    let payments: usize = row.costs.iter().map(|cost| cost.choices()).product();
    let mut all = vec![None];
    let starts = row.starts(periods.len());
    for start in periods.positions().filter(|start: &PeriodIx| starts.contains(start)) {
        for payment in (0..payments).map(PaymentIx::new) {
            all.push(Some(Choice { project, start, share: Share::ONE, payment }));
        }
    }
    all
}

/// Every selection that keeps the rules, with its value at each vertex.
fn everything(loaded: &LoadedBatch) -> Vec<(Vec<ProjectIx>, Vec<f64>)> {
    let (portfolio, scenario) = (&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let valuation = Valuation::new(portfolio, scenario);
    let polytope = scenario.weights.polytope().unwrap();
    let ways: Vec<Vec<Option<Choice>>> =
        portfolio.projects().positions().map(|project| choices(portfolio, project)).collect();
    let mut all = Vec::new();
    let mut turn = vec![0; ways.len()];
    loop {
        let chosen = ways.iter().zip(&turn).filter_map(|(ways, &place)| ways[place]);
        let selection = Selection::new(chosen);
        if recheck(&valuation, &selection).is_empty() {
            let leaves = 0..portfolio.objectives().leaves().len();
            let scores: Vec<f64> =
                leaves.map(|leaf| valuation.total(Measure::Objective(leaf), &selection)).collect();
            let weighed = |weights: &[f64]| {
                weights.iter().zip(&scores).map(|(weight, score)| weight * score).sum::<f64>()
            };
            // What synergies add is the same for all weights.
            let beside = valuation.total(Measure::StrategicValue, &selection)
                - weighed(&polytope.mean().leaves)
                - valuation.penalty(&selection);
            let values = polytope.vertices().iter().map(|weights| weighed(weights) + beside).collect();
            all.push((selection.projects().collect(), values));
        }
        let Some(place) = (0..ways.len()).find(|&place| turn[place] + 1 < ways[place].len()) else {
            return all;
        };
        turn[..place].fill(0);
        turn[place] += 1;
    }
}

fn dominates(one: &[f64], other: &[f64]) -> bool {
    let pairs = || one.iter().zip(other);
    pairs().all(|(one, other)| *one >= other - NEAR) && pairs().any(|(one, other)| *one > other + NEAR)
}

/// The sets of projects of the non-dominated selections, with their least regret.
fn expected(all: &[(Vec<ProjectIx>, Vec<f64>)]) -> BTreeMap<Vec<ProjectIx>, f64> {
    let mut found = BTreeMap::new();
    for (projects, values) in all {
        if !all.iter().any(|(_, other)| dominates(other, values)) {
            let best = |vertex: usize| all.iter().map(|one| one.1[vertex]).fold(f64::MIN, f64::max);
            let regret = (0..values.len()).map(|vertex| best(vertex) - values[vertex]).fold(0.0, f64::max);
            found.insert(projects.clone(), regret);
        }
    }
    found
}

// ---- Random cases ---------------------------------------------------------------------------------------------------

const STATEMENTS: [&str; 4] = [
    "\"o1 >= o2\", \"o2 >= o3\"",
    "\"0.2 <= o1 <= 0.5\", \"0.2 <= o2 <= 0.5\", \"0.1 <= o3 <= 0.4\"",
    "\"o1 >= 1.5 * o3\", \"o2 <= 0.6\"",
    "\"o1 + o2 >= o3\"",
];

/// A random portfolio with every kind of rule that a search for portfolios covers.
fn case(dice: &mut Dice, seed: usize) -> LoadedBatch {
    let count = 7 + seed % 3;
    let mut projects = "project,status,max_delay,alternatives\n".to_owned();
    let (mut costs, mut demands) =
        ("project,line,2027,2028\n".to_owned(), "project,resource,2027,2028\n".to_owned());
    let mut scores = "project,o1,o2,o3\n".to_owned();
    // Few levels make many equal values.
    let levels = if seed.is_multiple_of(4) { 3 } else { 40 };
    for number in 1..=count {
        let status = if number == 5 && seed.is_multiple_of(5) { "mandatory" } else { "candidate" };
        let group = if number > count - 2 && seed % 3 == 1 { "either" } else { "" };
        writeln!(projects, "P{number},{status},{},{group}", usize::from(number <= 2)).unwrap();
        let line = match number {
            3 if seed % 3 == 2 => "capex;opex",
            number if number % 3 == 0 => "opex",
            _ => "capex",
        };
        writeln!(costs, "P{number},{line},{},{}", 1 + dice.below(20), dice.below(12)).unwrap();
        writeln!(demands, "P{number},crew,{},{}", dice.below(4), dice.below(3)).unwrap();
        let score: Vec<String> = (0..3).map(|_| dice.below(levels + 1).to_string()).collect();
        writeln!(scores, "P{number},{}", score.join(",")).unwrap();
    }
    let overrun = if seed.is_multiple_of(2) { "5,0.7" } else { "0,0" };
    let tables = [
        ("projects.csv", projects),
        ("costs.csv", costs),
        ("demands.csv", demands),
        ("scores.csv", scores),
        ("objectives.csv", "objective\no1\no2\no3\n".to_owned()),
        (
            "budgets.csv",
            format!(
                "line,carry_over,overrun_limit,overrun_price,2027,2028\ncapex,0.5,{overrun},{},12\nopex,0,0,0,16,9\n",
                22 + dice.below(14)
            ),
        ),
        (
            "capacities.csv",
            "resource,extra_limit,extra_rate,extra_line,2027,2028\ncrew,2,1,opex,9,7\n".to_owned(),
        ),
        (
            "dependencies.csv",
            "project,kind,other,lag\nP1,requires,P4,\nP2,after,P1,1\nP6,excludes,P7,\n".to_owned(),
        ),
        (
            "synergies.csv",
            "synergy,projects,at_least,effect,amount\ns,P1;P4,,strategic_value,3\nt,P3;P5;P6,2,cost,-4\n"
                .to_owned(),
        ),
    ];
    let soft = if seed % 4 == 3 { "price = 1.5\n" } else { "" };
    let batch = format!(
        "[batch]\nportfolio = \"p\"\ngap = 0\noptions = 2\ndecisions = false\n[weights.open]\nmethod = \"incomplete\"\n\
         statements = [{}]\n[[limit]]\nname = \"few\"\nmeasure = \"projects\"\nmax = 5\n{soft}\
         [[scenario]]\nname = \"base\"\nrisk = false\nweights = \"open\"\n",
        STATEMENTS[seed % 4]
    );
    load(&tables, &batch)
}

#[test]
fn portfolios_are_exactly_those_that_no_selection_dominates() {
    let (mut dice, mut several, mut borderline) = (Dice(77), 0, 0);
    for seed in 0..24 {
        let loaded = case(&mut dice, seed);
        let result = run_all(&loaded);
        let found = portfolios(first(&result));
        let expected = expected(&everything(&loaded));
        let sets: BTreeSet<Vec<ProjectIx>> =
            found.portfolios.iter().map(|one| one.selection.projects().collect()).collect();
        assert_eq!(sets, expected.keys().cloned().collect(), "case {seed}");
        assert_eq!(found.status, SolveStatus::of_found(true), "case {seed}");
        for one in &found.portfolios {
            let regret = expected[&one.selection.projects().collect::<Vec<_>>()];
            assert!(
                (one.max_regret - regret).abs() < 1e-6,
                "case {seed}: {} is not {regret}",
                one.max_regret
            );
        }
        let indices = found.core_indices(loaded.portfolio.projects().len());
        for (project, &index) in indices.iter_enumerated() {
            let holds = sets.iter().filter(|set| set.contains(&project)).count();
            assert!((index - holds as f64 / sets.len() as f64).abs() < 1e-12);
            borderline += usize::from(index > 0.0 && index < 1.0);
        }
        several += usize::from(sets.len() > 1);
    }
    assert!(
        several > 12 && borderline > 20,
        "{several} cases have several portfolios, {borderline} borderline"
    );
}

/// Statements about four objectives.
const STATEMENTS_OF_FOUR: [&str; 3] = [
    "\"o1 >= o2\", \"o2 >= o3\", \"o4 <= 0.3\"",
    "\"0.1 <= o1 <= 0.5\", \"o2 >= 0.8 * o3\", \"o4 >= 0.05\"",
    "\"o1 + o2 >= o3 + o4\", \"o3 <= 0.45\"",
];

/// Projects of a large case: the cost in each of two years, and the scores.
type Rows = Vec<([u64; 2], [u64; 4])>;

/// A random portfolio of many projects under a budget of two years: P1 needs P2, P3 and P4 exclude each other.
fn large_case(dice: &mut Dice, seed: usize, count: usize) -> (LoadedBatch, Rows, [u64; 2]) {
    let rows: Rows = (0..count)
        .map(|_| {
            let costs = [1 + dice.below(30), dice.below(20)].map(|one| one as u64);
            (costs, std::array::from_fn(|_| dice.below(60) as u64))
        })
        .collect();
    let budget = [0, 1].map(|year| rows.iter().map(|row| row.0[year]).sum::<u64>() * 2 / 5);
    let (mut costs, mut scores) = ("project,line,2027,2028\n".to_owned(), "project,o1,o2,o3,o4\n".to_owned());
    let mut projects = "project\n".to_owned();
    for (number, (own, score)) in rows.iter().enumerate() {
        writeln!(projects, "P{:02}", number + 1).unwrap();
        writeln!(costs, "P{:02},m,{},{}", number + 1, own[0], own[1]).unwrap();
        let score = score.map(|one| one.to_string());
        writeln!(scores, "P{:02},{}", number + 1, score.join(",")).unwrap();
    }
    let tables = [
        ("projects.csv", projects),
        ("costs.csv", costs),
        ("scores.csv", scores),
        ("objectives.csv", "objective\no1\no2\no3\no4\n".to_owned()),
        ("budgets.csv", format!("line,2027,2028\nm,{},{}\n", budget[0], budget[1])),
        ("dependencies.csv", "project,kind,other\nP01,requires,P02\nP03,excludes,P04\n".to_owned()),
    ];
    let batch = format!(
        "[batch]\nportfolio = \"p\"\ngap = 0\noptions = 1\ndecisions = false\n[weights.open]\n\
         method = \"incomplete\"\nstatements = [{}]\n[[scenario]]\nname = \"base\"\nrisk = false\nweights = \"open\"\n",
        STATEMENTS_OF_FOUR[seed % 3]
    );
    (load(&tables, &batch), rows, budget)
}

/// The non-dominated sets of a large case among all subsets of its projects, as bits, by sums of whole numbers.
fn non_dominated_subsets(rows: &Rows, budget: [u64; 2], vertices: &[Vec<f64>]) -> BTreeSet<u32> {
    let is_kept = |subset: u32| {
        let holds = |project: u32| subset >> project & 1 == 1;
        let chosen = || rows.iter().enumerate().filter(|(place, _)| holds(*place as u32));
        let fits =
            [0, 1].iter().all(|&year| chosen().map(|(_, row)| row.0[year]).sum::<u64>() <= budget[year]);
        fits && (!holds(0) || holds(1)) && !(holds(2) && holds(3))
    };
    let values = |subset: u32| -> Vec<f64> {
        let chosen = || rows.iter().enumerate().filter(|(place, _)| subset >> place & 1 == 1);
        let scores: [u64; 4] = std::array::from_fn(|one| chosen().map(|(_, row)| row.1[one]).sum());
        let at = |weights: &Vec<f64>| {
            weights.iter().zip(scores).map(|(weight, score)| weight * score as f64).sum()
        };
        vertices.iter().map(at).collect()
    };
    let all = (0..1_u32 << rows.len()).filter(|&subset| is_kept(subset));
    let mut all: Vec<(u32, Vec<f64>)> = all.map(|subset| (subset, values(subset))).collect();
    // A subset is dominated only by those with a larger sum, and by one that is not dominated itself.
    all.sort_by(|one, other| other.1.iter().sum::<f64>().total_cmp(&one.1.iter().sum::<f64>()));
    let mut kept: Vec<(u32, Vec<f64>)> = Vec::new();
    for (subset, values) in all {
        if !kept.iter().any(|(_, other)| dominates(other, &values)) {
            kept.push((subset, values));
        }
    }
    kept.into_iter().map(|(subset, _)| subset).collect()
}

#[test]
fn portfolios_of_up_to_18_projects_under_4_objectives_are_those_of_all_subsets() {
    let (mut dice, mut most) = (Dice(1_807), 0);
    for (seed, count) in [12, 14, 15, 16, 17, 18].into_iter().enumerate() {
        let (loaded, rows, budget) = large_case(&mut dice, seed, count);
        let result = run_all(&loaded);
        let found = portfolios(first(&result));
        let polytope = loaded.batch.scenarios()[0].weights.polytope().unwrap();
        let expected = non_dominated_subsets(&rows, budget, polytope.vertices());
        let bits = |one: &cutline::optimise::RobustPortfolio| {
            one.selection.projects().fold(0, |bits, project| bits | 1_u32 << project.index())
        };
        let sets: BTreeSet<u32> = found.portfolios.iter().map(bits).collect();
        assert_eq!(sets, expected, "{count} projects");
        assert_eq!(found.status, SolveStatus::of_found(true), "{count} projects");
        most = most.max(expected.len());
    }
    assert!(most > 20, "at most {most} portfolios: the cases show little");
}

/// A portfolio in which the answer is plain: A is the best in everything, B and C are each the best in one, D is worse
/// than B.
const PLAIN: [(&str, &str); 5] = [
    ("projects.csv", "project,name\nA,Best\nB,First\nC,Second\nD,Worse\n"),
    ("costs.csv", "project,line,2027\nA,m,10\nB,m,10\nC,m,10\nD,m,10\n"),
    ("budgets.csv", "line,2027\nm,20\n"),
    ("objectives.csv", "objective,weight\no1,0.6\no2,0.4\n"),
    ("scores.csv", "project,o1,o2\nA,9,9\nB,8,2\nC,1,7\nD,7,1\n"),
];

const OPEN: &str = "[batch]\nname = \"plain\"\nportfolio = \"p\"\ngap = 0\noptions = 2\n[simulation]\ntrials = 100\n\
                    [report]\nweight_ranges = true\n\
                    [weights.open]\nmethod = \"incomplete\"\nstatements = [\"0.2 <= o1 <= 0.7\"]\n\
                    [[scenario]]\nname = \"open\"\nrisk = false\nweights = \"open\"\n\
                    [[scenario]]\nname = \"known\"\nrisk = false\n";

/// Runs the program in a folder; gives its exit code, output and messages.
fn cutline(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("cutline").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn written(batch: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("p")).unwrap();
    for (name, text) in PLAIN {
        fs::write(folder.path().join("p").join(name), text).unwrap();
    }
    fs::write(folder.path().join("b.toml"), batch).unwrap();
    folder
}

#[test]
fn the_program_tells_what_is_core_and_its_check_finds_what_was_changed() {
    let folder = written(OPEN);
    let (code, stdout, stderr) =
        cutline(folder.path(), &["run", "b.toml", "--out", "out", "--format", "html,xlsx"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("2 portfolios are not dominated: 1 project (A)"), "{stdout}");
    let out = folder.path().join("out");
    let read = |file: &str| fs::read_to_string(out.join(file)).unwrap();
    // A and B are worth 17 in o1 and 11 in o2, A and C 10 and 16: at o1 = 0.2 that is 12.2 and 14.8, at 0.7 15.2 and
    // 11.8.
    insta::assert_snapshot!(read("portfolios.csv"), @r"
    scenario,portfolio,projects,starts,cost,strategic_value,max_regret
    open,1,A;B,2027;2027,20.0,13.7,2.6
    open,2,A;C,2027;2027,20.0,13.3,3.4
    ");
    insta::assert_snapshot!(read("core_index.csv"), @r"
    scenario,project,core_index,class,name,portfolios,status,shortfall
    open,A,1.0,core,Best,2,optimal,0.0
    open,B,0.5,borderline,First,2,optimal,0.0
    open,C,0.5,borderline,Second,2,optimal,0.0
    open,D,0.0,exterior,Worse,2,optimal,0.0
    ");
    // Both are worth as much where 17 t + 11 (1 - t) = 10 t + 16 (1 - t): at 5/12.
    insta::assert_snapshot!(read("weight_ranges.csv"), @r"
    scenario,objective,weight,low,high,enters_low,leaves_low,enters_high,leaves_high,status,name
    open,o1,0.45,0.416666666667,1.0,C,B,,,optimal,o1
    open,o2,0.55,0.0,0.583333333333,,,C,B,optimal,o2
    known,o1,0.6,0.416666666667,1.0,C,B,,,optimal,o1
    known,o2,0.4,0.0,0.583333333333,,,C,B,optimal,o2
    ");
    let (code, stdout, stderr) = cutline(folder.path(), &["check", "out"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let changes = [
        ("portfolios.csv", "A;C,2027;2027", "A;D,2027;2027", "it is dominated by portfolio 1"),
        ("portfolios.csv", "2.6", "2.7", "max_regret"),
        ("core_index.csv", "0.5,borderline,First", "1.0,core,First", "core_index"),
    ];
    for (file, from, to, named) in changes {
        let text = read(file);
        fs::write(out.join(file), text.replace(from, to)).unwrap();
        let (code, stdout, _) = cutline(folder.path(), &["check", "out"]);
        assert_eq!(code, 2, "{file}: {from} is {to}");
        assert!(stdout.contains(named), "{named}: {stdout}");
        fs::write(out.join(file), text).unwrap();
    }
    assert!(read("report.html").contains("core_index"));
}

#[test]
fn what_is_not_covered_is_a_warning_and_no_answer() {
    let partly = OPEN.replace("weights = \"open\"\n", "weights = \"open\"\nmin_fraction = { B = 0.5 }\n");
    let folder = written(&partly);
    let (code, _, stderr) = cutline(folder.path(), &["run", "b.toml", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    let record = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    assert!(record.contains("funded in part") && record.contains("core_index.csv"), "{record}");
    let table = fs::read_to_string(folder.path().join("out/core_index.csv")).unwrap();
    assert_eq!(table.lines().count(), 1, "no row about it: {table}");
    let (code, stdout, _) = cutline(folder.path(), &["check", "out"]);
    assert_eq!(code, 0, "{stdout}");
}

// ---- Ranges of weights ----------------------------------------------------------------------------------------------

/// The interval in which the first line is the highest, from crossings with all others.
fn interval(own: [f64; 2], others: &[[f64; 2]], now: f64) -> (f64, f64) {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for other in others {
        // Lead at 0 and at 1.
        let (at_0, at_1) = (own[0] - other[0], own[1] - other[1]);
        if (at_1 - at_0).abs() < 1e-12 {
            continue;
        }
        let crossing = at_0 / (at_0 - at_1);
        if at_1 < at_0 && crossing >= now - 1e-9 {
            high = high.min(crossing.max(now));
        } else if at_1 > at_0 && crossing <= now + 1e-9 {
            low = low.max(crossing.min(now));
        }
    }
    (low, high)
}

/// Eight projects, money for a few of them, and a tree of objectives.
fn tree_case(dice: &mut Dice) -> LoadedBatch {
    let mut projects = "project\n".to_owned();
    let mut costs = "project,line,2027\n".to_owned();
    let mut scores = "project,o1,p1,p2\n".to_owned();
    for number in 1..=8 {
        writeln!(projects, "P{number}").unwrap();
        writeln!(costs, "P{number},m,{}", 5 + dice.below(20)).unwrap();
        let score: Vec<String> = (0..3).map(|_| dice.below(50).to_string()).collect();
        writeln!(scores, "P{number},{}", score.join(",")).unwrap();
    }
    let tables = [
        ("projects.csv", projects),
        ("costs.csv", costs),
        ("scores.csv", scores),
        ("budgets.csv", "line,2027\nm,50\n".to_owned()),
        ("objectives.csv", "objective,parent,weight\no1,,0.4\no2,,0.6\np1,o2,0.3\np2,o2,0.7\n".to_owned()),
    ];
    load(
        &tables,
        "[batch]\nportfolio = \"p\"\ngap = 0\noptions = 3\ndecisions = false\n[report]\nweight_ranges = true\n\
         [[scenario]]\nname = \"base\"\nrisk = false\n",
    )
}

/// The weights of the leaves o1, p1 and p2 of that tree at no and at all weight of an objective.
fn leaves_at_ends(id: &str) -> [[f64; 3]; 2] {
    match id {
        "o1" => [[0.0, 0.3, 0.7], [1.0, 0.0, 0.0]],
        "o2" => [[1.0, 0.0, 0.0], [0.0, 0.3, 0.7]],
        "p1" => [[0.4 / 0.82, 0.0, 0.42 / 0.82], [0.0, 1.0, 0.0]],
        _ => [[0.4 / 0.58, 0.18 / 0.58, 0.0], [0.0, 0.0, 1.0]],
    }
}

/// The projects of a set that start at once.
fn chosen(set: u32) -> Selection {
    let projects = (0..8).filter(|&project| set >> project & 1 == 1).map(ProjectIx::new);
    Selection::new(projects.map(|project| Choice {
        project,
        start: PeriodIx::new(0),
        share: Share::ONE,
        payment: PaymentIx::default(),
    }))
}

#[test]
fn a_weight_may_move_until_another_selection_is_as_good() {
    let (mut dice, mut inner) = (Dice(5), 0);
    for seed in 0..8 {
        let loaded = tree_case(&mut dice);
        let result = run_all(&loaded);
        let own = &first(&result).options.iter().find(|option| option.number == 1).unwrap().found.selection;
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let all: Vec<Selection> =
            (0..1 << 8).map(chosen).filter(|selection| recheck(&valuation, selection).is_empty()).collect();
        let ranges = first(&result).weight_ranges.as_ref().unwrap().finished().unwrap();
        assert_eq!(ranges.len(), 4);
        for range in ranges {
            let id = loaded.portfolio.objectives().objectives()[range.objective].id.to_string();
            let line = |selection: &Selection| {
                let score = |leaf: usize| valuation.total(Measure::Objective(leaf), selection);
                leaves_at_ends(&id).map(|weights| (0..3).map(|leaf| weights[leaf] * score(leaf)).sum::<f64>())
            };
            let others: Vec<[f64; 2]> = all.iter().map(line).collect();
            let (low, high) = interval(line(own), &others, range.weight);
            let (found_low, found_high) = (range.low.weight, range.high.weight);
            assert!((found_low - low).abs() < 1e-6, "case {seed}, {id}: {found_low} is not {low}");
            assert!((found_high - high).abs() < 1e-6, "case {seed}, {id}: {found_high} is not {high}");
            for end in
                [&range.low, &range.high].into_iter().filter(|end| end.weight > 0.0 && end.weight < 1.0)
            {
                inner += 1;
                assert_eq!(end.status, SolveStatus::of_found(true));
                let stays = own.projects().filter(|project| !end.leaves.contains(project));
                let set = stays.chain(end.enters.iter().copied()).map(|project| 1 << project.index()).sum();
                let other = chosen(set);
                assert!(recheck(&valuation, &other).is_empty(), "case {seed}, {id}");
                let at = |[none, whole]: [f64; 2]| end.weight * whole + (1.0 - end.weight) * none;
                assert!(
                    (at(line(own)) - at(line(&other))).abs() < 1e-6,
                    "case {seed}, {id}: a tie at the end"
                );
            }
        }
    }
    assert!(inner > 10, "{inner} ends lie inside");
}
