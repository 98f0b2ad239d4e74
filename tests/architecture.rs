//! Who may know whom. A room (a folder or file of `src`) may name only the rooms that its row of [`ROOMS`] lists;
//! within some rooms, [`ORDERS`] says which part may name which; only some rooms may name a certain crate or touch
//! files; and no files name each other in a circle. Comments and texts do not count. Tests inside `src` count for rooms
//! and crates.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arrows::{Arrows, Module, arrows, circles};
use source::Source;

const VOCABULARY: [&str; 2] = ["units", "ids"];
const PLAN: [&str; 3] = ["domain", "units", "ids"];
const SEARCH: [&str; 6] = ["finance", "domain", "units", "ids", "progress", "vector"];
const JUDGE: [&str; 6] = ["optimise", "simulate", "finance", "domain", "units", "ids"];
const RUN: [&str; 8] = ["rank", "optimise", "simulate", "finance", "domain", "units", "ids", "progress"];
const WRITE: [&str; 8] = ["engine", "rank", "optimise", "simulate", "finance", "domain", "units", "ids"];
const READ: [&str; 4] = ["domain", "diagnostic", "units", "ids"];
const SPREAD: [&str; 13] = [
    "control",
    "input",
    "engine",
    "output",
    "rank",
    "optimise",
    "simulate",
    "finance",
    "domain",
    "units",
    "ids",
    "diagnostic",
    "progress",
];
const SERVE: [&str; 10] = [
    "distribute",
    "control",
    "input",
    "engine",
    "output",
    "domain",
    "units",
    "ids",
    "diagnostic",
    "progress",
];
const COMPARE: [&str; 6] = ["input", "finance", "domain", "diagnostic", "units", "ids"];
const RECOMPUTE: [&str; 5] = ["simulate", "domain", "units", "ids", "progress"];
const REPLAY: [&str; 10] = [
    "control",
    "input",
    "optimise",
    "simulate",
    "finance",
    "domain",
    "units",
    "ids",
    "diagnostic",
    "progress",
];
const COMMANDS: [&str; 19] = [
    "replay",
    "import",
    "check",
    "control",
    "template",
    "service",
    "distribute",
    "input",
    "engine",
    "output",
    "rank",
    "optimise",
    "simulate",
    "finance",
    "domain",
    "units",
    "ids",
    "diagnostic",
    "progress",
];

/// Each room, and the rooms that it may name. `main` is the program, `lib` the list of rooms.
const ROOMS: [(&str, &[&str]); 23] = [
    ("lib", &[]),
    ("units", &[]),
    ("ids", &[]),
    ("diagnostic", &[]),
    ("progress", &[]),
    ("vector", &[]),
    ("domain", &VOCABULARY),
    ("finance", &PLAN),
    ("optimise", &SEARCH),
    ("simulate", &SEARCH),
    ("rank", &JUDGE),
    ("engine", &RUN),
    ("output", &WRITE),
    ("input", &READ),
    ("control", &COMPARE),
    ("template", &["input"]),
    ("import", &["input", "diagnostic"]),
    ("check", &RECOMPUTE),
    ("replay", &REPLAY),
    ("distribute", &SPREAD),
    ("service", &SERVE),
    ("cli", &COMMANDS),
    ("main", &["cli"]),
];

/// The parts of a room, the lowest first: a part may name those that stand in tiers before its own.
type Order = &'static [&'static [&'static str]];

/// Rooms whose parts stand in an order. A part is a file or folder, or a file of a folder where it stands elsewhere
/// than the folder's others; `mod` is the room's own file.
const ORDERS: [(&str, Order); 5] = [
    (
        "optimise",
        &[
            &["outcome"],
            &["model", "result"],
            &["formulate", "solver", "bnb"],
            &["verify", "heuristics"],
            &["baseline", "scenario_model"],
            &["k_best"],
            &["lexicographic"],
            &["options", "frontier", "explain", "export", "priorities", "robust", "weight_ranges"],
            &["chance", "nested_list", "room"],
            &["confidence"],
            &["frontier_in_futures", "known_future"],
        ],
    ),
    (
        "service",
        &[
            &["store", "submission", "etags", "notify", "overrides", "places", "proxy", "turns"],
            &["access", "blobs", "denials", "metrics", "problem", "settings", "view"],
            &["mod", "submission/excerpt", "submission/submit", "commitment", "connection"],
            &["kept"],
            &["figures", "inputs", "report"],
            &["blocking", "client", "housekeeping", "open_files", "runner"],
            &["authentication", "guard", "submission/receive", "made_file"],
            &["submission/examine"],
            &["submission/validation"],
            &["batches"],
            &["routes", "web"],
            &["refusal"],
            &["router"],
            &["server"],
            &["admin"],
        ],
    ),
    (
        "cli",
        &[
            &["terminal"],
            &["error"],
            &["process", "options"],
            &["commands/run"],
            // These two hold their own arguments.
            &["commands/serve", "commands/remote"],
            &["args"],
            &["commands"],
            &["mod"],
        ],
    ),
    ("simulate", &[&["error"], &["kernel"], &["sampling"], &["outputs"]]),
    (
        "input",
        &[
            &["words", "toml_text"],
            &["schema"],
            &["reader"],
            &["doubts", "control"],
            &["batch", "tables"],
            &["load", "text_files", "map"],
        ],
    ),
];

/// Crates (and parts of the standard library) that only these rooms may name, or only this part of a room.
const CRATES: [(&str, &[&str]); 25] = [
    ("good_lp", &["optimise/solver"]),
    ("highs", &["optimise/solver"]),
    ("highs_sys", &["optimise/solver"]),
    ("polars", &["output"]),
    ("polars_core", &["output"]),
    ("parquet", &["output/parquet_files"]),
    ("quick_xml", &["input/reader"]),
    ("base64", &["output/report"]),
    ("rust_xlsxwriter", &["output/workbook", "template"]),
    ("csv", &["input", "output", "check", "distribute", "service", "template", "import", "replay"]),
    ("toml", &["input", "check", "cli", "distribute", "service", "replay"]),
    ("serde", &["control", "input", "output", "check", "distribute", "service", "cli", "import", "replay"]),
    ("serde_json", &["input", "output", "distribute", "service", "cli"]),
    ("rand", &["simulate"]),
    ("rand_chacha", &["simulate"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("axum", &["service"]),
    ("rusqlite", &["service"]),
    ("rustix", &["service"]),
    ("tokio", &["service"]),
    ("ureq", &["service"]),
    ("std::fs", &["input", "output", "distribute", "service", "cli"]),
];

/// The longest a file may be, in lines.
const LONGEST: usize = 600;

/// What a room takes from another whose every use is listed: a check must not share the formulas that it checks.
const SAMPLES_ONLY: (&str, &str, &[&str]) = ("check", "simulate", &["Samples", "SharedCause"]);

// ---- The rules ------------------------------------------------------------------------------------------------------

/// The modules that lead to a file: `src/simulate/plan.rs` is `["simulate", "plan"]`. `main` keeps its name and `lib`,
/// the root, has none.
fn modules(path: &Path) -> Module {
    let mut parts: Module =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    if parts == ["lib"] { Vec::new() } else { parts }
}

fn read(path: &str, text: &str) -> Source {
    Source::read(&modules(Path::new(path)), text)
}

/// What a file names of other rooms and of crates though it must not, as `line: what`.
fn faults(source: &Source) -> Vec<String> {
    let room = source.module.first().map_or("lib", String::as_str);
    let Some((_, may_name)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("1: `{room}` is a new room: say in ROOMS what it may know")];
    };
    let mut found = Vec::new();
    for one in &source.named {
        let (first, second) = (one.path[0].as_str(), one.path.get(1).map_or("crate", String::as_str));
        if first == "crate" {
            if second != room && !may_name.contains(&second) {
                found.push(format!("{}: `{room}` must not know `{second}`", one.line));
            }
            continue;
        }
        for (wanted, places) in CRATES {
            let is_wanted =
                wanted.split("::").enumerate().all(|(at, part)| one.path.get(at).is_some_and(|p| p == part));
            if is_wanted && !places.iter().any(|place| stands_in(&source.module, place)) {
                found.push(format!("{}: `{}` must not use `{wanted}`", one.line, source.module.join("/")));
            }
        }
    }
    found
}

/// Whether a file is that of a place (`optimise/solver`) or below it.
fn stands_in(module: &[String], place: &str) -> bool {
    let mut parts = module.iter();
    place.split('/').all(|part| parts.next().is_some_and(|own| own == part))
}

/// The names that a check takes from the simulation beyond those that it may.
fn more_than_allowed(source: &Source) -> Vec<String> {
    let (room, other, allowed) = SAMPLES_ONLY;
    let is_other = |path: &[String]| path[0] == "crate" && path.get(1).is_some_and(|name| name == other);
    let name = |path: &[String]| path.get(2).map_or(other, String::as_str).to_owned();
    let named = source.named.iter().filter(|one| stands_in(&source.module, room) && is_other(&one.path));
    named.map(|one| name(&one.path)).filter(|name| !allowed.contains(&name.as_str())).collect()
}

/// Calls that load a batch without comparing the columns of its `[check]`: only this room may.
const UNCHECKED: (&str, [&str; 3]) = ("control", ["load_batch", "read_batch", "read_batch_with"]);

/// What a file loads past the room that compares columns. A call through an imported room shows in its text alone.
fn unchecked(path: &str, text: &str) -> Vec<String> {
    let (room, calls) = UNCHECKED;
    let source = read(path, text);
    if source.module.first().is_none_or(|own| own == room || own == "input") {
        return Vec::new();
    }
    let is_imported = |call: &str| source.named.iter().any(|one| one.path == ["crate", "input", call]);
    let is_called = |call: &str| text.contains(&format!("input::{call}"));
    let found = calls.into_iter().filter(|call| is_imported(call) || is_called(call));
    found.map(|call| format!("src/{path}: use `{room}::{call}`")).collect()
}

/// The tier and the part of a room that a file belongs to, if any. The longest name decides.
fn place(order: Order, module: &[String]) -> Option<(usize, &'static str)> {
    let inner = if module.len() == 1 { &["mod".to_owned()] } else { &module[1..] };
    let parts =
        order.iter().enumerate().flat_map(|(tier, parts)| parts.iter().map(move |part| (tier, *part)));
    parts.filter(|(_, part)| stands_in(inner, part)).max_by_key(|(_, part)| part.len())
}

/// What a part of a room names of another in its own tier or above.
fn upward(room: &str, order: Order, arrows: &Arrows) -> Vec<String> {
    let mut found = Vec::new();
    for (from, ends) in arrows.iter().filter(|(from, _)| from[0] == room) {
        for (to, names) in ends.iter().filter(|(to, _)| to[0] == room) {
            let fault = match (place(order, from), place(order, to)) {
                (Some((tier, part)), Some((other_tier, other))) if other_tier < tier || other == part => {
                    continue;
                }
                (Some((_, part)), Some((_, other))) => format!("`{part}` must not know `{other}`"),
                _ => "say in ORDERS where each of the two stands".to_owned(),
            };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            found.push(format!("{} names {} of {}: {fault}", from.join("/"), names.join(", "), to.join("/")));
        }
    }
    found
}

fn is_too_long(text: &str) -> bool {
    text.lines().count() > LONGEST
}

// ---- The sources ----------------------------------------------------------------------------------------------------

/// Every Rust file below `src`, by its path from there.
fn texts() -> Vec<(PathBuf, String)> {
    fn collect(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort();
    found
}

/// All of them as they are read.
static SOURCES: LazyLock<Vec<Source>> =
    LazyLock::new(|| texts().iter().map(|(path, text)| Source::read(&modules(path), text)).collect());

/// Each fault with the file that it is in.
fn in_all_sources(find: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    let found = |source: &Source| {
        let file = source.module.join("/");
        find(source).into_iter().map(move |fault| format!("src/{file}:{fault}")).collect::<Vec<_>>()
    };
    SOURCES.iter().flat_map(found).collect()
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

// ---- The rules hold -------------------------------------------------------------------------------------------------

#[test]
fn no_room_knows_what_it_must_not() {
    assert_none(&in_all_sources(faults));
}

#[test]
fn a_check_takes_nothing_but_samples_from_the_simulation() {
    assert_none(&in_all_sources(more_than_allowed));
}

#[test]
fn no_batch_is_loaded_past_its_control_figures() {
    let texts = texts();
    let found = texts.iter().flat_map(|(path, text)| unchecked(&path.to_string_lossy(), text));
    assert_none(&found.collect::<Vec<_>>());
    for text in
        ["use crate::input;\nfn f() { input::load_batch(p); }", "use crate::input::{Files, load_batch};"]
    {
        assert_eq!(unchecked("cli/run.rs", text), ["src/cli/run.rs: use `control::load_batch`"], "{text}");
        assert!(unchecked("control/load.rs", text).is_empty());
    }
}

#[test]
fn no_part_of_a_room_knows_one_above_it() {
    let arrows = arrows(&SOURCES);
    let found: Vec<String> = ORDERS.iter().flat_map(|(room, order)| upward(room, order, &arrows)).collect();
    assert_none(&found);
}

#[test]
fn every_part_of_an_ordered_room_is_there() {
    let modules: Vec<Module> = texts().iter().map(|(path, _)| modules(path)).collect();
    for (room, order) in ORDERS {
        for &part in order.iter().copied().flatten() {
            let place = if part == "mod" { room.to_owned() } else { format!("{room}/{part}") };
            assert!(modules.iter().any(|module| stands_in(module, &place)), "there is no src/{place}");
        }
    }
}

#[test]
fn no_files_stand_in_a_circle() {
    assert_none(&circles(&arrows(&SOURCES)));
}

#[test]
fn no_file_is_too_long_to_read() {
    let too_long: Vec<String> = (texts().iter().filter(|(_, text)| is_too_long(text)))
        .map(|(path, text)| {
            format!("src/{}: {} lines, more than {LONGEST}", path.display(), text.lines().count())
        })
        .collect();
    assert_none(&too_long);
}

#[test]
fn imports_that_are_there_are_seen() {
    let arrows = arrows(&SOURCES);
    let names = |from: &[&str], to: &[&str]| {
        let module = |path: &[&str]| path.iter().map(|&part| part.to_owned()).collect::<Module>();
        arrows[&module(from)].contains_key(&module(to))
    };
    assert!(names(&["engine", "run"], &["optimise", "options"]), "`pub use` is followed to the definition");
    assert!(
        names(&["cli", "commands", "run"], &["input", "load"])
            && !names(&["engine", "run"], &["input", "load"])
    );
}

// ---- The rules see what breaks them ---------------------------------------------------------------------------------

#[test]
fn planted_imports_are_found() {
    let planted = [
        ("optimise/solve.rs", "use crate::simulate::Samples;", "`optimise` must not know `simulate`"),
        (
            "simulate/lanes.rs",
            "fn f() { crate::optimise::find_options(); }",
            "`simulate` must not know `optimise`",
        ),
        ("simulate/lanes.rs", "use super::super::optimise::SolveStatus;", "must not know `optimise`"),
        ("simulate/mod.rs", "use super::optimise::SolveStatus;", "must not know `optimise`"),
        ("simulate/lanes.rs", "mod tests { use super::super::super::rank::rank; }", "must not know `rank`"),
        ("check/reading.rs", "use crate::finance::Valuation;", "`check` must not know `finance`"),
        ("check/tables.rs", "use crate::optimise::recheck;", "`check` must not know `optimise`"),
        ("ids.rs", "use super::domain::Portfolio;", "`ids` must not know `domain`"),
        (
            "engine/run.rs",
            "use crate::{\n    domain::{Batch, input},\n    input::load_batch,\n};",
            "must not know `input`",
        ),
        ("input/load.rs", "pub(in crate::engine) fn f() {}", "must not know `engine`"),
        ("engine.rs", "use crate::output;", "`engine` must not know `output`"),
        ("domain/portfolio.rs", "use crate::*;", "`domain` must not know `*`"),
        ("domain/portfolio.rs", "use crate as all;", "`domain` must not know `crate`"),
        ("main.rs", "use cutline::engine;", "`main` must not know `engine`"),
        ("main.rs", "use cutline::{cli, input};", "`main` must not know `input`"),
        ("output/write.rs", "use crate::cli::console;", "`output` must not know `cli`"),
        ("cellar/mod.rs", "", "new room"),
        ("optimise/solve.rs", "use polars::prelude::*;", "must not use `polars`"),
        ("optimise/bnb/dive.rs", "use highs::Model;", "`optimise/bnb/dive` must not use `highs`"),
        ("rank/mod.rs", "fn f() { assert!(g(crate::output::write)); }", "must not know `output`"),
        ("rank/mod.rs", "#[arg(value_parser = crate::cli::parse)]\nfn f() {}", "must not know `cli`"),
        ("cli/run.rs", "fn f() { highs_sys::Highs_create(); }", "must not use `highs_sys`"),
        ("service/submit.rs", "use crate::optimise::solve;", "`service` must not know `optimise`"),
        ("distribute/plan.rs", "use crate::service::Store;", "`distribute` must not know `service`"),
        ("cli/remote.rs", "use axum::Router;", "must not use `axum`"),
        ("rank/mod.rs", "use good_lp;", "must not use `good_lp`"),
        ("domain/batch.rs", "#[derive(serde::Serialize)]\nstruct S;", "must not use `serde`"),
        ("domain/batch.rs", "use ::toml::Table;", "must not use `toml`"),
        ("engine/run.rs", "use std::{fmt, fs::File};", "must not use `std::fs`"),
        (
            "simulate/mod.rs",
            "// fine\nfn f() { std::fs::read(\"a\"); }",
            "2: `simulate` must not use `std::fs`",
        ),
        (
            "simulate/mod.rs",
            "const QUOTE: char = '\"'; use crate::rank::rank; const T: &str = \"\";",
            "`rank`",
        ),
    ];
    for (path, source, expected) in planted {
        let found = faults(&read(path, source));
        assert!(found.len() == 1 && found[0].contains(expected), "{path}: {source}: {found:?}");
    }
}

#[test]
fn what_is_allowed_passes() {
    let allowed = [
        (
            "optimise/solver/highs.rs",
            "use good_lp::highs; use highs::Model; use crate::progress::CancelToken;",
        ),
        (
            "simulate/lanes.rs",
            "use super::stream::Stream; mod tests { use super::super::design; use super::*; }",
        ),
        (
            "simulate/mod.rs",
            "// use crate::optimise;\n/* crate::rank /* crate::engine */ crate::cli */ mod lanes;",
        ),
        ("simulate/mod.rs", "/// [`crate::optimise::SolveStatus`]\nfn f<'a>(a: &'a str) -> char { '\"' }"),
        (
            "domain/batch.rs",
            "const T: &str = \"crate::cli::x \\\" csv::Reader\"; const R: &str = r#\"crate::\"cli\"#;",
        ),
        ("domain/mod.rs", "pub(crate) mod csv; pub(super) fn f(csv: f64, highs: f64) {}"),
        ("rank/mod.rs", "use crate::{optimise::{FoundOption, engine}, simulate::OptionRisk};"),
        ("engine/run.rs", "use crate::engine::result::BatchResult; use super::result;"),
        ("lib.rs", "pub mod cli; pub mod domain;"),
        ("main.rs", "use cutline::cli::{self, Arguments}; use clap::Parser;"),
    ];
    for (path, source) in allowed {
        assert_eq!(faults(&read(path, source)), [""; 0], "{path}: {source}");
    }
}

#[test]
fn formulas_that_a_check_takes_are_found() {
    let planted = read("check/risk.rs", "use crate::simulate::{Samples, evaluate};");
    assert_eq!(more_than_allowed(&planted), ["evaluate"]);
    let allowed = read("rank/mod.rs", "use crate::simulate::{Samples, evaluate};");
    assert_eq!(more_than_allowed(&allowed), [""; 0]);
}

#[test]
fn too_long_a_file_is_found() {
    assert!(
        is_too_long(&"// A line.\n".repeat(LONGEST + 1)) && !is_too_long(&"// A line.\n".repeat(LONGEST))
    );
}

/// A room of three files: `low` defines `Item`, which `house/mod.rs` hands on; `middle` and `high` are given.
fn house(root: &str, middle: &str, high: &str) -> Arrows {
    arrows(&[
        read("lib.rs", "pub mod house;"),
        read("house/mod.rs", &format!("mod low; mod middle; mod high; pub use low::Item; {root}")),
        read("house/low.rs", "pub struct Item;"),
        read("house/middle.rs", middle),
        read("house/high.rs", high),
    ])
}

#[test]
fn a_name_from_a_part_above_is_found() {
    const ORDER: Order = &[&["mod"], &["low"], &["middle"], &["high"]];
    let sound = house("", "use super::Item;", "use super::{Item, middle}; use crate::house::low;");
    assert_eq!(upward("house", ORDER, &sound), [""; 0]);
    assert_eq!(upward("another", ORDER, &sound), [""; 0]);
    let unsound = [
        (house("", "use super::high::Roof;", "pub struct Roof;"), "`middle` must not know `high`"),
        (
            house("pub use high::Roof;", "fn f() { crate::house::Roof::new(); }", "pub struct Roof;"),
            "`middle` must not know `high`",
        ),
        (house("fn f() -> Item { Item }", "", ""), "`mod` must not know `low`"),
    ];
    for (arrows, expected) in &unsound {
        let found = upward("house", ORDER, arrows);
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
    }
    const SHORT: Order = &[&["low"], &["high"]];
    let found = upward("house", SHORT, &house("", "use super::Item;", ""));
    assert!(found.len() == 1 && found[0].contains("say in ORDERS"), "{found:?}");
    const ALIKE: Order = &[&["low", "middle"]];
    assert_eq!(
        upward("house", ALIKE, &house("", "use super::Item;", "")).len(),
        1,
        "a tier's parts do not know each other"
    );
}

#[test]
fn circles_of_files_are_found() {
    let found = circles(&house("", "use super::high::Roof;", "use super::middle::Floor; pub struct Roof;"));
    assert_eq!(
        found,
        ["a circle of 2 files:\n  \
          house/high needs house::middle::Floor of house/middle\n  \
          house/middle needs house::high::Roof of house/high"]
    );
    let round_about = house(
        "use middle::Floor; pub struct Door;",
        "use super::high::Roof;",
        "use super::Door; pub struct Roof;",
    );
    assert!(circles(&round_about)[0].starts_with("a circle of 3 files"));
    let handed_on_and_used = house(
        "pub use high::Roof; fn f(_: Roof) {} pub struct Door;",
        "",
        "use super::Door; pub struct Roof;",
    );
    assert_eq!(circles(&handed_on_and_used).len(), 1);
    let in_a_macro =
        house("", "fn f() { assert!(super::high::g()); }", "use super::middle::f; pub fn g() {}");
    assert_eq!(circles(&in_a_macro).len(), 1);
}

#[test]
fn what_only_looks_like_a_circle_passes() {
    let sound = [
        house("pub use high::Roof;", "", "use super::Item; pub struct Roof;"),
        house("", "pub(in crate::house::high) fn f() {}", "use super::middle::f;"),
        house(
            "",
            "pub fn f() {} #[cfg(test)] mod tests { use crate::house::high::Roof; }",
            "use super::middle::f;",
        ),
        house("", "#[cfg(test)] use super::high::Roof; pub fn f() {}", "use super::middle::f;"),
        house(
            "",
            "/// [`super::high::Roof`]\npub fn f() -> &'static str { \"super::high::Roof\" }",
            "use super::middle::f;",
        ),
        house("pub fn f() {}", "use super::f;", "use super::middle;"),
    ];
    for arrows in &sound {
        assert_eq!(circles(arrows), [""; 0]);
    }
    let for_tests = [
        read("house/mod.rs", "#[cfg(test)] mod tests; mod middle; pub fn g() {}"),
        read("house/tests.rs", "use super::{g, middle::f};"),
        read("house/middle.rs", "use super::tests::h; pub fn f() {}"),
    ];
    assert_eq!(circles(&arrows(&for_tests)), [""; 0]);
}
