//! Project lists of others as portfolios: exports of tools, several rows of headings, a row per project and year, workbooks
//! with merged headings; what is doubtful is refused with its cell, and what is left is told.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/book.rs"]
mod book;
#[path = "common/dice.rs"]
mod dice;
#[path = "import/equal.rs"]
mod equal;
#[path = "import/guesses.rs"]
mod guesses;
#[path = "import/history.rs"]
mod history;
#[path = "common/program.rs"]
mod program;
#[path = "import/real.rs"]
mod real;
#[path = "import/refusals.rs"]
mod refusals;
#[path = "import/shapes.rs"]
mod shapes;

use std::collections::BTreeMap;

use cutline::import::{ImportReport, import};
use cutline::input::map::read_map;
use cutline::input::{Files, ListForm, LoadedPortfolio, read_list, read_portfolio};

/// The tables of a list and the report.
fn imported(file: &str, bytes: &[u8], map: &str) -> (BTreeMap<String, String>, ImportReport) {
    let map = read_map("map.toml", map.as_bytes()).unwrap_or_else(|found| panic!("{}", told(&found)));
    let sheet = map.list.sheet.as_ref().map(|said| said.value.as_str());
    let form = ListForm { sheet, separator: map.list.separator };
    let list = read_list(file, bytes, form).unwrap();
    let imported = import(&list, &map).unwrap_or_else(|found| panic!("{}", told(&found)));
    (imported.files.into_iter().collect(), imported.report)
}

/// The faults of a list, or of its map.
fn faults(file: &str, bytes: &[u8], map: &str) -> Vec<String> {
    let map = match read_map("map.toml", map.as_bytes()) {
        Ok(map) => map,
        Err(found) => return found.iter().map(ToString::to_string).collect(),
    };
    let list = read_list(file, bytes, ListForm { separator: map.list.separator, ..ListForm::default() });
    let list = match list {
        Ok(list) => list,
        Err(fault) => return vec![fault.to_string()],
    };
    import(&list, &map).err().into_iter().flatten().map(|fault| fault.to_string()).collect()
}

fn told(found: &cutline::diagnostic::Diagnostics) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The portfolio of tables, which must be one.
fn portfolio(tables: &BTreeMap<String, String>) -> LoadedPortfolio {
    let files: Files = tables.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    read_portfolio(&files).unwrap_or_else(|found| panic!("{}\n{tables:#?}", told(&found)))
}
