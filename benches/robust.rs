//! All non-dominated portfolios under incomplete weights: projects, objectives and budgets of several sizes. Each case
//! prints how many there are, and if they are proven to be all.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{NonDominated, ScenarioModel, find_non_dominated};
use cutline::progress::CancelToken;

const OBJECTIVES: usize = 6;

/// The order of the objectives is known.
const RANKED: &str = "\"o1 >= o2\", \"o2 >= o3\", \"o3 >= o4\", \"o4 >= o5\", \"o5 >= o6\"";
/// Each weighs about the same.
const NEAR: &str =
    "\"0.12 <= o1 <= 0.22\", \"0.12 <= o2 <= 0.22\", \"0.12 <= o3 <= 0.22\", \"0.12 <= o4 <= 0.22\"";

/// Projects, budgets (periods of one line), statements.
const CASES: [(&str, usize, usize, &str); 5] = [
    ("ranked_30x1", 30, 1, RANKED),
    ("ranked_46x1", 46, 1, RANKED),
    ("near_46x1", 46, 1, NEAR),
    ("ranked_50x1", 50, 1, RANKED),
    ("ranked_40x3", 40, 3, RANKED),
];

/// A number below `below` that looks random: benches need no quality.
fn number(of: usize, below: usize) -> usize {
    ((of as f64 * 0.618_033_988_749_894_9).fract() * below as f64) as usize
}

fn case(projects: usize, periods: usize, statements: &str) -> Result<LoadedBatch, String> {
    let headings: Vec<String> = (0..periods).map(|period| (2027 + period).to_string()).collect();
    let objectives: Vec<String> = (1..=OBJECTIVES).map(|objective| format!("o{objective}")).collect();
    let mut rows = "project\n".to_owned();
    let mut costs = format!("project,line,{}\n", headings.join(","));
    let mut scores = format!("project,{}\n", objectives.join(","));
    let mut totals = vec![0; periods];
    for project in 0..projects {
        let spend: Vec<usize> =
            (0..periods).map(|period| 10 + number(project * 31 + period * 7 + 3, 90)).collect();
        totals.iter_mut().zip(&spend).for_each(|(total, spend)| *total += spend);
        let score =
            (0..OBJECTIVES).map(|objective| (1 + number(project * 17 + objective * 131 + 5, 99)).to_string());
        let spend: Vec<String> = spend.iter().map(ToString::to_string).collect();
        let added = writeln!(rows, "P{project:02}")
            .and_then(|()| writeln!(costs, "P{project:02},m,{}", spend.join(",")))
            .and_then(|()| writeln!(scores, "P{project:02},{}", score.collect::<Vec<_>>().join(",")));
        added.map_err(|error| error.to_string())?;
    }
    let budgets: Vec<String> = totals.iter().map(|total| (total * 2 / 5).to_string()).collect();
    let tables = [
        ("projects.csv", rows),
        ("costs.csv", costs),
        ("scores.csv", scores),
        ("objectives.csv", format!("objective\n{}\n", objectives.join("\n"))),
        ("budgets.csv", format!("line,{}\nm,{}\n", headings.join(","), budgets.join(","))),
    ];
    let files: Files = tables.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    let batch = format!(
        "[batch]\nportfolio = \"p\"\ntime_limit = 600\n[weights.open]\nmethod = \"incomplete\"\nstatements = [{statements}]\n\
         [[scenario]]\nname = \"base\"\nweights = \"open\"\n"
    );
    read_batch("b.toml", batch.as_bytes(), |_| Ok(files))
        .map_err(|found| found.iter().map(|one| format!("{one}\n")).collect())
}

fn find(loaded: &LoadedBatch) -> Option<NonDominated> {
    let scenario = loaded.batch.scenarios().first()?;
    let valuation = Valuation::new(&loaded.portfolio, scenario);
    let model = ScenarioModel::new(&valuation);
    let vertices = scenario.weights.polytope()?.vertices();
    find_non_dominated(&model, vertices, &[], loaded.batch.selection(), &CancelToken::new()).ok()
}

fn portfolios(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("non-dominated portfolios");
    group.sample_size(10);
    for (name, projects, periods, statements) in CASES {
        let loaded = match case(projects, periods, statements) {
            Ok(loaded) => loaded,
            Err(faults) => {
                eprintln!("{name}: {faults}");
                continue;
            }
        };
        if let Some(found) = find(&loaded) {
            eprintln!("{name}: {} portfolios, {}", found.portfolios.len(), found.status.as_str());
        }
        group.bench_with_input(BenchmarkId::from_parameter(name), &loaded, |bencher, loaded| {
            bencher.iter(|| black_box(find(loaded)));
        });
    }
    group.finish();
}

criterion_group!(benches, portfolios);
criterion_main!(benches);
