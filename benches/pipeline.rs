//! The stages of a batch on the bundled cases, from reading the tables to the whole run.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use cutline::domain::{Scenario, Selection, SelectionSettings};
use cutline::engine::{self, ScenarioOutcome};
use cutline::finance::Valuation;
use cutline::input::{LoadedBatch, load_batch};
use cutline::optimise::{ScenarioModel, ScenarioOptions, find_options};
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Samples, evaluate};

/// The gap of the Meridian solve: wide, so that one iteration takes a moment and not an evening.
const GAP: f64 = 0.02;

fn batch_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn load(name: &str) -> LoadedBatch {
    load_batch(&batch_file(name)).unwrap_or_else(|found| panic!("{name}: {found:?}"))
}

/// The middle scenario of the annual round, for one option.
fn meridian_scenario(loaded: &LoadedBatch) -> Scenario {
    let scenarios = loaded.batch.scenarios();
    Scenario { options: 1, ..scenarios[scenarios.len() / 2].clone() }
}

fn options_of(valuation: &Valuation, settings: &SelectionSettings) -> ScenarioOptions {
    let found = find_options(&mut ScenarioModel::new(valuation), settings, &CancelToken::new());
    let found = found.unwrap_or_else(|error| panic!("{error}"));
    assert!(!found.options.is_empty(), "no option was found: {:?}", found.status);
    found
}

fn read(criterion: &mut Criterion) {
    criterion.bench_function("read/annual-2027", |bencher| bencher.iter(|| load("annual-2027.toml")));
}

fn value(criterion: &mut Criterion) {
    let loaded = load("annual-2027.toml");
    let scenario = meridian_scenario(&loaded);
    criterion.bench_function("value/annual-2027", |bencher| {
        bencher.iter(|| black_box(Valuation::new(&loaded.portfolio, &scenario)));
    });
}

fn select(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("select");
    group.sample_size(10);
    let petersen = load("petersen-7.toml");
    let valuation = Valuation::new(&petersen.portfolio, &petersen.batch.scenarios()[0]);
    group.bench_function("petersen-7", |bencher| {
        bencher.iter(|| options_of(&valuation, petersen.batch.selection()));
    });
    let annual = load("annual-2027.toml");
    let scenario = meridian_scenario(&annual);
    let valuation = Valuation::new(&annual.portfolio, &scenario);
    let settings = SelectionSettings { gap: GAP, ..*annual.batch.selection() };
    group.bench_function("annual-2027, one option", |bencher| {
        bencher.iter(|| options_of(&valuation, &settings));
    });
    group.finish();
}

fn draw(loaded: &LoadedBatch) -> Samples {
    let settings = loaded.batch.simulation();
    Samples::draw(&loaded.portfolio, settings, &Silent, &CancelToken::new())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn simulate(criterion: &mut Criterion) {
    let loaded = load("annual-2027.toml");
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    group.bench_function("draw/annual-2027", |bencher| bencher.iter(|| draw(&loaded)));

    let samples = draw(&loaded);
    let scenario = meridian_scenario(&loaded);
    let valuation = Valuation::new(&loaded.portfolio, &scenario);
    let settings = SelectionSettings { gap: GAP, ..*loaded.batch.selection() };
    let found = options_of(&valuation, &settings);
    // How fast options are evaluated depends on their size and not on how good they are: one, ten times.
    let selections: Vec<&Selection> = vec![&found.options[0].selection; 10];
    group.bench_function("evaluate/annual-2027, ten options", |bencher| {
        bencher.iter(|| {
            evaluate(&samples, &valuation, &selections, &Silent, &CancelToken::new())
                .unwrap_or_else(|error| panic!("{error}"))
        });
    });
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let loaded = load("petersen-7.toml");
    let mut group = criterion.benchmark_group("batch");
    group.sample_size(10);
    group.bench_function("petersen-7", |bencher| {
        bencher.iter(|| {
            let result = engine::run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
            let is_finished = |outcome: &ScenarioOutcome| matches!(outcome, ScenarioOutcome::Finished(_));
            assert!(result.scenarios.iter().all(is_finished), "a scenario failed");
            result
        });
    });
    group.finish();
}

criterion_group!(benches, read, value, select, simulate, whole);
criterion_main!(benches);
