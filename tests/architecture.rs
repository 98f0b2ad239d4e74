//! Who may know whom. A room (a folder or file of `src`) may name only the rooms that its row of [`ROOMS`] lists, and
//! only some rooms may name a certain crate or touch files. Comments and texts do not count; tests inside `src` do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const VOCABULARY: [&str; 2] = ["units", "ids"];
const PLAN: [&str; 3] = ["domain", "units", "ids"];
const SEARCH: [&str; 6] = ["finance", "domain", "units", "ids", "progress", "vector"];
const JUDGE: [&str; 6] = ["optimise", "simulate", "finance", "domain", "units", "ids"];
const RUN: [&str; 8] = ["rank", "optimise", "simulate", "finance", "domain", "units", "ids", "progress"];
const WRITE: [&str; 8] = ["engine", "rank", "optimise", "simulate", "finance", "domain", "units", "ids"];
const READ: [&str; 4] = ["domain", "diagnostic", "units", "ids"];
const SPREAD: [&str; 12] = [
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
const SERVE: [&str; 9] =
    ["distribute", "input", "engine", "output", "domain", "units", "ids", "diagnostic", "progress"];
const RECOMPUTE: [&str; 5] = ["simulate", "domain", "units", "ids", "progress"];
const COMMANDS: [&str; 15] = [
    "check",
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
const ROOMS: [(&str, &[&str]); 19] = [
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
    ("check", &RECOMPUTE),
    ("distribute", &SPREAD),
    ("service", &SERVE),
    ("cli", &COMMANDS),
    ("main", &["cli"]),
];

/// Crates (and parts of the standard library) that only these rooms may name.
const CRATES: [(&str, &[&str]); 18] = [
    ("good_lp", &["optimise"]),
    ("highs", &["optimise"]),
    ("highs_sys", &["optimise"]),
    ("polars", &["output"]),
    ("csv", &["input", "output", "check", "distribute", "service"]),
    ("toml", &["input", "check", "cli", "distribute", "service"]),
    ("serde", &["input", "output", "check", "distribute", "service", "cli"]),
    ("serde_json", &["input", "output", "distribute", "service", "cli"]),
    ("rand", &["simulate"]),
    ("rand_chacha", &["simulate"]),
    ("clap", &["cli", "main"]),
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

// ---- Reading Rust ---------------------------------------------------------------------------------------------------

/// A word, `::`, or a single mark, with its line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    }
}

/// The tokens of a source text without comments, texts, letters and lifetimes.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(letter) = source[at..].chars().next() {
        let rest = &source[at..];
        let length = skipped(rest).unwrap_or_else(|| {
            let word = rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(letter.len_utf8()) };
            if !letter.is_whitespace() {
                found.push(Token { text: &rest[..length], line });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        at += length;
    }
    found
}

/// The length of the comment, text, letter or lifetime that the source begins with.
fn skipped(source: &str) -> Option<usize> {
    let until = |start: usize, end: &str| {
        source[start..].find(end).map_or(source.len(), |length| start + length + end.len())
    };
    if source.starts_with("//") {
        return Some(source.find('\n').unwrap_or(source.len()));
    }
    if source.starts_with("/*") {
        return Some(nested_comment(source));
    }
    let unprefixed = source.trim_start_matches(['b', 'c']);
    let prefix = source.len() - unprefixed.len();
    if prefix <= 1 && unprefixed.starts_with('r') {
        let marks = unprefixed[1..].len() - unprefixed[1..].trim_start_matches('#').len();
        if unprefixed[1 + marks..].starts_with('"') {
            return Some(until(prefix + marks + 2, &format!("\"{}", "#".repeat(marks))));
        }
    }
    if prefix <= 1 && unprefixed.starts_with('"') {
        return Some(quoted(source, prefix + 1, '"'));
    }
    if prefix <= 1 && unprefixed.starts_with('\'') {
        let inner = &unprefixed[1..];
        let is_letter = inner.starts_with('\\') || inner.chars().nth(1).is_some_and(|second| second == '\'');
        return Some(if is_letter { quoted(source, prefix + 1, '\'') } else { prefix + 1 });
    }
    None
}

fn nested_comment(source: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < source.len() {
        match source.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    source.len()
}

fn quoted(source: &str, start: usize, mark: char) -> usize {
    let mut escaped = false;
    for (offset, letter) in source[start..].char_indices() {
        if letter == mark && !escaped {
            return start + offset + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    source.len()
}

// ---- Who names whom -------------------------------------------------------------------------------------------------

/// The modules that lead to a file: `src/simulate/lanes.rs` is `["simulate", "lanes"]`; `main` and `lib` are the root.
fn modules(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// What a path begins with at `at`: one name, or the first names of a group in braces.
fn first_names<'a>(tokens: &[Token<'a>], at: usize) -> Vec<&'a str> {
    let Some(first) = tokens.get(at) else { return Vec::new() };
    if first.text != "{" {
        return vec![first.text];
    }
    let (mut depth, mut names, mut starts) = (0, Vec::new(), false);
    for token in &tokens[at..] {
        match token.text {
            "{" => (depth, starts) = (depth + 1, depth == 0),
            "}" => depth -= 1,
            "," => starts = depth == 1,
            name if starts => {
                names.push(name);
                starts = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Every name that a file takes from the root of the crate, with its line.
fn named_rooms<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<(&'a str, usize)> {
    let (mut found, mut braces) = (Vec::new(), Vec::new());
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut at = 0;
    while at < tokens.len() {
        let (line, before) = (tokens[at].line, if at == 0 { "" } else { text(at - 1) });
        let mut path = None;
        match text(at) {
            "{" => braces.push(at >= 2 && text(at - 2) == "mod"),
            "}" => drop(braces.pop()),
            "crate" | "cutline" if text(at + 1) == "::" && before != "::" => path = Some(at + 2),
            "crate" if text(at + 1) == "as" => found.push(("crate", line)),
            "cutline" if before == "use" => found.push(("cutline", line)),
            "super" if text(at + 1) == "::" || before == "use" => {
                let mut up = 1;
                while text(at + 1) == "::" && text(at + 2) == "super" {
                    (at, up) = (at + 2, up + 1);
                }
                let inner = braces.iter().filter(|&&is_module| is_module).count();
                if up >= depth + inner {
                    path = Some(if text(at + 1) == "::" { at + 2 } else { at });
                }
            }
            _ => {}
        }
        if let Some(start) = path {
            found.extend(first_names(tokens, start).into_iter().map(|name| (name, line)));
        }
        at += 1;
    }
    found
}

/// Whether the path `wanted` (`csv`, `std::fs`) begins at `at`.
fn begins_path(tokens: &[Token<'_>], at: usize, wanted: &str) -> bool {
    let before = if at == 0 { "" } else { tokens[at - 1].text };
    let after = |distance: usize| tokens.get(at + distance).map_or("", |token| token.text);
    let is_leading =
        at < 2 || tokens[at - 2].text == "use" || !(tokens[at - 2].is_word() || tokens[at - 2].text == ">");
    if before == "::" && !is_leading {
        return false;
    }
    match wanted.split_once("::") {
        None => after(0) == wanted && (after(1) == "::" || matches!(before, "use" | "::" | "crate")),
        Some((first, second)) => {
            after(0) == first && after(1) == "::" && first_names(tokens, at + 2).contains(&second)
        }
    }
}

/// What a file does that the rules forbid, as `line: what`.
fn faults(path: &Path, source: &str) -> Vec<String> {
    let modules = modules(path);
    let room = modules[0].as_str();
    let Some((_, may_name)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("1: `{room}` is a new room: say in ROOMS what it may know")];
    };
    let tokens = tokens(source);
    let is_root = matches!(room, "main" | "lib");
    let mut found = Vec::new();
    for (name, line) in named_rooms(&tokens, if is_root { 0 } else { modules.len() }) {
        let own = name == room || (is_root && name == "self");
        if !own && !may_name.contains(&name) {
            found.push(format!("{line}: `{room}` must not know `{name}`"));
        }
    }
    for at in 0..tokens.len() {
        for (wanted, rooms) in CRATES {
            if !rooms.contains(&room) && begins_path(&tokens, at, wanted) {
                found.push(format!("{}: `{room}` must not use `{wanted}`", tokens[at].line));
            }
        }
    }
    found
}

/// What a room takes from another whose every use is listed: a check must not share the formulas that it checks.
const SAMPLES_ONLY: (&str, &str, &[&str]) = ("check", "simulate", &["Samples"]);

/// The names that a file of a room takes from another room beyond those that it may.
fn more_than_allowed(path: &Path, source: &str) -> Vec<String> {
    let (room, other, allowed) = SAMPLES_ONLY;
    if modules(path)[0] != room {
        return Vec::new();
    }
    let tokens = tokens(source);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let begins = |&at: &usize| text(at) == other && text(at + 1) == "::";
    let names = (0..tokens.len()).filter(begins).flat_map(|at| first_names(&tokens, at + 2));
    names.filter(|name| !allowed.contains(name)).map(str::to_owned).collect()
}

#[test]
fn a_check_takes_nothing_but_samples_from_the_simulation() {
    for (path, source) in sources() {
        assert_eq!(more_than_allowed(&path, &source), [""; 0], "src/{}", path.display());
    }
    let planted = "use crate::simulate::{Samples, evaluate};";
    assert_eq!(more_than_allowed(Path::new("check/risk.rs"), planted), ["evaluate"]);
}

/// Every Rust file below `src`, by its path from there.
fn sources() -> BTreeMap<PathBuf, String> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    collect(&root, &root, &mut found);
    found
}

#[test]
fn no_room_knows_what_it_must_not() {
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(path, source)| {
            faults(path, source).into_iter().map(move |fault| format!("src/{}:{fault}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_scan_sees_the_imports_that_are_there() {
    let sources = sources();
    let named = |path: &str, name: &str| {
        named_rooms(&tokens(&sources[Path::new(path)]), 2).iter().any(|(found, _)| *found == name)
    };
    assert!(named("engine/run.rs", "optimise") && named("engine/run.rs", "simulate"));
    assert!(named("cli/run.rs", "input") && !named("engine/run.rs", "input"));
}

#[test]
fn no_file_is_too_long_to_read() {
    let too_long: Vec<String> = sources()
        .iter()
        .map(|(path, source)| (path, source.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("src/{}: {lines} lines, more than {LONGEST}", path.display()))
        .collect();
    assert!(too_long.is_empty(), "\n{}\n", too_long.join("\n"));
}

#[test]
fn planted_imports_are_found() {
    let planted = [
        ("optimise/solver/highs.rs", "use crate::simulate::Samples;", "`optimise` must not know `simulate`"),
        (
            "simulate/lanes.rs",
            "fn f() { crate::optimise::find_options(); }",
            "`simulate` must not know `optimise`",
        ),
        ("simulate/lanes.rs", "use super::super::optimise::Proof;", "must not know `optimise`"),
        ("simulate/mod.rs", "use super::optimise::Proof;", "must not know `optimise`"),
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
        ("optimise/solver/highs.rs", "use polars::prelude::*;", "must not use `polars`"),
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
        let found = faults(Path::new(path), source);
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
        ("simulate/mod.rs", "/// [`crate::optimise::Proof`]\nfn f<'a>(a: &'a str) -> char { '\"' }"),
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
        assert_eq!(faults(Path::new(path), source), [""; 0], "{path}: {source}");
    }
}
