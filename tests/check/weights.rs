//! Weights by every method, found twice: as a run writes them, and by the formulas of the check.

use std::collections::BTreeMap;
use std::fmt::Write;

use cutline::check::{Question, check};
use cutline::domain::{Batch, Portfolio};
use cutline::input::{Files, read_batch};

use crate::dice::Dice;

/// Objectives at the top, some with others below them, and one set by every method.
struct Sets {
    objectives: String,
    batch: String,
}

/// Random weights that sum to 1, in hundredths.
fn shares(dice: &mut Dice, count: usize) -> Vec<f64> {
    let parts: Vec<f64> = (0..count).map(|_| dice.between(1, 9)).collect();
    let sum: f64 = parts.iter().sum();
    parts.iter().map(|part| part / sum).collect()
}

/// Statements that these weights satisfy, so that some do.
fn statements(dice: &mut Dice, names: &[String], weights: &[f64]) -> Vec<String> {
    let count = 1 + dice.below(4);
    let one = |dice: &mut Dice| {
        let (one, other) = (dice.below(names.len()), dice.below(names.len()));
        let (low, high) = (0.7 * weights[one], weights[one] * 1.2 + 0.01);
        match dice.below(4) {
            0 => format!("{low:.3} <= {} <= {high:.3}", names[one]),
            1 => format!("{} >= {:.3} * {}", names[one], 0.8 * weights[one] / weights[other], names[other]),
            2 => format!("{} + {} <= {:.3}", names[one], names[other], weights[one] + weights[other] + 0.02),
            _ => format!("1 - {} >= {:.3} / 2", names[one], (1.0 - weights[one]) * 1.5),
        }
    };
    (0..count).map(|_| format!("{:?}", one(dice))).collect()
}

/// Judgements that connect all, some more, and noise.
fn judgements(dice: &mut Dice, names: &[String], weights: &[f64]) -> Vec<String> {
    let mut found = Vec::new();
    for one in 1..names.len() {
        for other in 0..one {
            if other + 1 == one || dice.below(2) == 0 {
                let ratio = weights[one] / weights[other] * [0.6, 1.0, 1.7][dice.below(3)];
                found.push(format!("[{:?}, {:?}, {:.2}]", names[one], names[other], ratio.clamp(0.12, 9.0)));
            }
        }
    }
    found
}

fn random_sets(dice: &mut Dice) -> Sets {
    let mut objectives = "objective,parent\n".to_owned();
    let top: Vec<String> = (0..2 + dice.below(4)).map(|place| format!("o{place}")).collect();
    let mut groups = vec![top.clone()];
    for name in &top {
        writeln!(objectives, "{name},").unwrap();
        if dice.below(3) == 0 {
            let below: Vec<String> = (0..2 + dice.below(2)).map(|place| format!("{name}x{place}")).collect();
            below.iter().for_each(|child| writeln!(objectives, "{child},{name}").unwrap());
            groups.push(below);
        }
    }
    let mut batch = "[batch]\nportfolio = \"data\"\nmaximise = \"projects\"\n".to_owned();
    let (mut said, mut judged, mut direct) = (Vec::new(), Vec::new(), Vec::new());
    for names in &groups {
        let weights = shares(dice, names.len());
        said.extend(statements(dice, names, &weights));
        judged.extend(judgements(dice, names, &weights));
        direct.extend(names.iter().zip(&weights).map(|(name, weight)| format!("{name} = {weight:.2}")));
    }
    let order: Vec<String> = groups.iter().flatten().map(|name| format!("{name:?}")).collect();
    writeln!(batch, "[weights.open]\nmethod = \"incomplete\"\nstatements = [{}]", said.join(", ")).unwrap();
    writeln!(batch, "[weights.judged]\nmethod = \"pairwise\"\njudgements = [{}]", judged.join(", ")).unwrap();
    writeln!(batch, "[weights.swings]\nmethod = \"swing\"\npoints = {{ {} }}", direct.join(", ")).unwrap();
    writeln!(batch, "[weights.ranked]\nmethod = \"rank\"\norder = [{}]", order.join(", ")).unwrap();
    batch += "[weights.all]\nmethod = \"group\"\nmembers = { open = 2, judged = 0.5, some = 1 }\n\
              [weights.some]\nmethod = \"group\"\nmembers = { swings = 1, ranked = 3 }\n\
              [weights.classes]\nmethod = \"by_class\"\nattribute = \"area\"\nclasses = { a = \"open\", b = \"swings\" }\n";
    Sets { objectives, batch }
}

fn read(sets: &Sets) -> (Portfolio, Batch) {
    let files = [
        ("projects.csv", "project,area\nP,a\nQ,b\n"),
        ("objectives.csv", sets.objectives.as_str()),
        ("costs.csv", "project,line,2027\nP,capex,1\nQ,capex,1\n"),
    ];
    let files: Files =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect();
    let loaded = read_batch("batch.toml", sets.batch.as_bytes(), |_| Ok(files))
        .unwrap_or_else(|found| panic!("{}{}{found:?}", sets.objectives, sets.batch));
    (loaded.portfolio, loaded.batch)
}

/// weights.csv as a run writes it.
fn written(portfolio: &Portfolio, batch: &Batch) -> String {
    let mut text = "weights,objective,weight,low,high,consistency_ratio,name\n".to_owned();
    let cell = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    for set in batch.weight_sets() {
        for (place, objective) in portfolio.objectives().objectives().iter().enumerate() {
            let weight = set.weights().common(|weights| weights.objectives[place]);
            let ((low, high), ratio) = (set.range(place), set.consistency_ratio(place));
            let (weight, ratio) = (cell(weight), cell(ratio));
            writeln!(
                text,
                "{},{},{weight},{low},{high},{ratio},{}",
                set.name(),
                objective.id,
                objective.name
            )
            .unwrap();
        }
    }
    text
}

/// What the check says of a table of weights.
fn said(sets: &Sets, (portfolio, batch): (&Portfolio, &Batch), text: &str) -> Vec<String> {
    let tables = BTreeMap::from([("weights.csv".to_owned(), text.as_bytes().to_vec())]);
    let question = Question { portfolio, batch, batch_file: &sets.batch, is_complete: true, tables: &tables };
    let report = check(&question);
    let differences = report.differences.iter().filter(|one| one.file == "weights.csv");
    let left_out = report.left_out.iter().filter(|one| one.file == "weights.csv");
    differences.map(ToString::to_string).chain(left_out.map(|one| one.why.clone())).collect()
}

#[test]
fn every_method_is_recomputed_by_another_formula() {
    let mut dice = Dice(5);
    let (mut open, mut inconsistent) = (0, 0);
    for _ in 0..200 {
        let sets = random_sets(&mut dice);
        let (portfolio, batch) = read(&sets);
        let text = written(&portfolio, &batch);
        let found = said(&sets, (&portfolio, &batch), &text);
        assert!(found.is_empty(), "{}{}{text}{found:#?}", sets.objectives, sets.batch);
        let of = |name: &str| batch.weight_sets().iter().find(|set| set.name().as_str() == name).unwrap();
        open += usize::from(of("open").weights().polytope().is_some_and(|own| own.vertices().len() > 3));
        inconsistent += usize::from(of("judged").consistency_ratio(0).is_some_and(|ratio| ratio > 0.0));
    }
    assert!(open > 100 && inconsistent > 50, "{open} {inconsistent}");
}

#[test]
fn a_weight_that_was_changed_is_found() {
    let sets = random_sets(&mut Dice(3));
    let (portfolio, batch) = read(&sets);
    let text = written(&portfolio, &batch);
    let at = text.find("\njudged,").unwrap() + 1;
    let row = text[at..].lines().next().unwrap();
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    cells[2] = "0.123456".to_owned();
    let changed = text.replacen(row, &cells.join(","), 1);
    let found = said(&sets, (&portfolio, &batch), &changed);
    assert!(found.len() == 1 && found[0].contains("weight"), "{found:?}");
}
