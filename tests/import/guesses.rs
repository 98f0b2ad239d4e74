//! First maps: certain guesses can be used as they stand, all else is asked.

use std::fs;
use std::path::Path;

use cutline::import::{Guess, guess};
use cutline::input::{ListForm, read_list};
use tempfile::TempDir;

use crate::book::Book;
use crate::program::run;
use crate::{faults, imported, portfolio};

fn guessed(file: &str, bytes: &[u8]) -> Guess {
    let list = read_list(file, bytes, ListForm::default()).unwrap();
    guess(file, &list).unwrap()
}

#[test]
fn a_certain_guess_is_a_portfolio_without_edits() {
    let list = "Projects of the board\n\nIssue key,Issue id,Summary,Status,Start date,Capex FY2027,Capex FY2028,Opex FY2027,Opex FY2028,Total,\
                Strategic fit score,Predecessors,Notes\nK-1,501,Portal,Idea,FY2027,100.5,20,3,4,127.5,7,,\nK-2,502,Data,Approved,FY2028,1,2,3,4,10,9,K-1,\n\
                Total,,,,,101.5,22,6,8,137.5,,,\n";
    let guess = guessed("board.csv", list.as_bytes());
    assert_eq!(guess.undecided, [""; 0], "{}", guess.map);
    let (tables, report) = imported("board.csv", list.as_bytes(), &guess.map);
    assert_eq!(
        tables["projects.csv"],
        "project,name,start,list_status\nK-1,Portal,FY2027,Idea\nK-2,Data,FY2028,Approved\n",
        "{}",
        guess.map
    );
    assert_eq!(
        tables["costs.csv"],
        "project,line,FY2027,FY2028\nK-1,capex,100.5,20\nK-1,opex,3,4\nK-2,capex,1,2\nK-2,opex,3,4\n"
    );
    assert_eq!(tables["scores.csv"], "project,strategic_fit_score\nK-1,7\nK-2,9\n");
    assert_eq!(tables["dependencies.csv"], "project,kind,other\nK-2,requires,K-1\n");
    assert_eq!(report.left.rows[0].reason, "it is a total");
    portfolio(&tables);
    let total = guess.columns.iter().find(|own| own.column == "Total").unwrap();
    assert!(total.taken == "left" && total.why.contains("total"), "{total:?}");
}

#[test]
fn what_could_be_something_else_is_asked() {
    let list = "ID;Project number;Name;Plan 2027;Actual 2027;Growth\n1;A;Alpha;1.250;€ 900;80 %\n2;B;Beta;2.500;$ 100;70 %\n";
    let guess = guessed("l.csv", list.as_bytes());
    for asked in [
        "project.id: \"ID\"",
        "costs.cost.columns: which columns are planned",
        "numbers.decimal: `1.250` can be read in two ways",
        "numbers.currency:",
        "numbers.percent:",
    ] {
        let asks = |said: &&String| {
            said.starts_with(asked)
                || (asked.ends_with('"') && said.starts_with("project.id") && said.contains("\"ID\""))
        };
        assert!(
            guess.undecided.iter().any(|said| asks(&said)),
            "{asked}: {:#?}\n{}",
            guess.undecided,
            guess.map
        );
    }
    let found = faults("l.csv", list.as_bytes(), &guess.map);
    assert_eq!(found.len(), guess.undecided.len(), "{found:#?}\n{}", guess.map);
    assert!(found.iter().all(|fault| fault.contains("is not decided yet")), "{found:#?}");
}

#[test]
fn a_list_by_year_asks_only_what_it_must() {
    let list =
        "Project,Title,Fund,Fiscal year,Budget\nA,Alpha,100,2027,5\nA,Alpha,100,2028,6\nB,Beta,200,2027,7\n";
    let guess = guessed("l.csv", list.as_bytes());
    assert_eq!(guess.undecided, [""; 0], "{}", guess.map);
    let (tables, _) = imported("l.csv", list.as_bytes(), &guess.map);
    assert_eq!(tables["costs.csv"], "project,line,2027,2028\nA,100,5,6\nB,200,7,\n", "{}", guess.map);
    let twice = format!("{list}B,Beta,200,2027,1\n");
    let guess = guessed("l.csv", twice.as_bytes());
    assert!(
        guess.undecided[0].starts_with("list.duplicate_rows: 1 rows are of the same project and key"),
        "{:?}",
        guess.undecided
    );
}

#[test]
fn a_german_list_shows_how_it_writes_numbers() {
    let list = "Portfolioplan;;;;;;\n;;;;;;\nNr.;Projekt;Start;Capex 2027 (T€);Custom field (Opex 2027);Summe;Risiko\n\
                1;Brücke Süd;01.03.2027;1.250;(12);1238;hoch\n2;Straße;15.09.2027;800,5;-;800,5;mittel\n;Summe;;2.050,5;-12;2.038,5;\n";
    let guess = guessed("plan.csv", list.as_bytes());
    assert_eq!(guess.undecided, [""; 0], "{}", guess.map);
    let (tables, _) = imported("plan.csv", list.as_bytes(), &guess.map);
    assert_eq!(
        tables["costs.csv"], "project,line,2027\n1,capex,1250\n1,opex,-12\n2,capex,800.5\n",
        "{}",
        guess.map
    );
    assert!(tables["projects.csv"].contains("2,Straße,2027,mittel"), "{}", tables["projects.csv"]);
}

#[test]
fn merged_headings_of_a_sheet_are_found() {
    let sheet = "Plan,,,,,\n,,Capex,,Opex,\nId,Name,2027,2028,2027,2028\nA,Alpha,1.5,2,3,4\nB,Beta,,4,5,6\n";
    let merged = "<mergeCells count=\"2\"><mergeCell ref=\"C2:D2\"/><mergeCell ref=\"E2:F2\"/></mergeCells>";
    let book = Book::of(&[("Plan", sheet)]).behind("Plan", merged).bytes();
    let guess = guessed("plan.xlsx", &book);
    assert_eq!(guess.undecided, [""; 0], "{}", guess.map);
    let (tables, _) = imported("plan.xlsx", &book, &guess.map);
    assert!(tables["costs.csv"].contains("A,capex,1.5,2\nA,opex,3,4\n"), "{}", guess.map);
}

#[test]
fn the_program_writes_a_map_and_never_over_another() {
    let place = TempDir::new().unwrap();
    fs::write(place.path().join("l.csv"), "Id,Name,2027\nA,Alpha,1\n").unwrap();
    let arguments = ["import", "l.csv", "--map", "m.toml", "--guess"];
    let (code, stdout, stderr) = run(place.path(), &arguments);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("Taken for") && stderr.contains("cutline import l.csv --map m.toml"),
        "{stdout}{stderr}"
    );
    let (code, _, stderr) = run(place.path(), &["import", "l.csv", "--map", "m.toml", "--to", "plan"]);
    assert_eq!(code, 0, "{stderr}");
    let (code, _, stderr) = run(place.path(), &arguments);
    assert!(code == 2 && stderr.contains("`m.toml` stands there already"), "{stderr}");
}

/// The published lists, where they are there: what is asked is little, and once it is decided the totals are right.
#[test]
fn published_lists_need_few_decisions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(bytes) = fs::read(folder.join("baltimore-cip/six-year-plan.csv")) else {
        eprintln!("skipped: ../shared/data/baltimore-cip/six-year-plan.csv is not there");
        return;
    };
    let guess = guessed("six-year-plan.csv", &bytes);
    assert_eq!(guess.undecided.len(), 1, "{:#?}\n{}", guess.undecided, guess.map);
    assert!(guess.undecided[0].starts_with("list.duplicate_rows"), "{:#?}", guess.undecided);
    let decided = guess.map.replace("duplicate_rows = \"?\"", "duplicate_rows = \"sum\"");
    let (tables, report) = imported("six-year-plan.csv", &bytes, &decided);
    let of_2024: f64 = report.taken.costs.iter().map(|line| line.amounts[0]).sum();
    assert_eq!((report.taken.projects, of_2024), (520, 831_747.0));
    portfolio(&tables);
}

const SCRAPS: [&str; 24] = [
    "\"",
    ",",
    ";",
    "\n",
    "Total",
    "FY27",
    "2027",
    "%",
    "(5)",
    "1.250",
    "€",
    "\t",
    "?",
    "[2]",
    "{period}",
    "Custom field (",
    "\u{202e}",
    "k",
    "-",
    "01/02/2027",
    "Id",
    "é",
    "\0",
    "=",
];

/// Whatever a list holds, nothing breaks, and a guessed map can be read but for what it asks.
#[test]
fn a_guess_of_any_list_is_a_map() {
    let seeds = [
        "Issue key,Summary,Status,Capex 2027,Capex 2028,Total,Chance\nK-1,Portal,Idea,100.5,20,120.5,80 %\nK-2,Data,Go,1,2,3,70 %\n",
        "Plan;;;\nId;Name;Fund;Year;Budget;Needs\n1;A;x;2027;1.250,5;\n1;A;y;2028;(3);\n2;B;x;2027;5 k;1\n;Summe;;;4;\n",
    ];
    for case in 0..400 {
        let mut dice = crate::dice::Dice(case);
        let mut letters: Vec<String> = seeds[dice.below(2)].chars().map(String::from).collect();
        for _ in 0..dice.below(12) {
            let at = dice.below(letters.len());
            let scrap = dice.one_of(&SCRAPS).to_owned();
            match dice.below(3) {
                0 => letters[at] = scrap,
                1 => letters.insert(at, scrap),
                _ => drop(letters.remove(at)),
            }
        }
        let text = letters.concat();
        let Ok(list) = read_list("l.csv", text.as_bytes(), ListForm::default()) else { continue };
        let Ok(guess) = guess("l.csv", &list) else { continue };
        let decided = guess.map.replace("{ \"k\" = \"?\" }", "{ k = 1 }");
        match cutline::input::map::read_map("m.toml", decided.as_bytes()) {
            // Letters behind numbers ask for a number.
            Err(found) => {
                let is_open =
                    |fault: &str| fault.contains("is not decided yet") || fault.contains("numbers.suffixes.");
                assert!(
                    found.iter().all(|fault| is_open(&fault.to_string())),
                    "case {case}: {found:?}\n{text}\n{decided}"
                );
                assert!(!guess.undecided.is_empty(), "case {case}");
            }
            Ok(map) => drop(cutline::import::import(&list, &map)),
        }
    }
}
