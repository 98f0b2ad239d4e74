//! A portfolio folder becomes a workbook and is read back: the same portfolio, however its numbers are written.

use std::fs;

use cutline::domain::{Attribute, Portfolio, Quantity};
use cutline::input::{Files, read_portfolio};
use cutline::template::{tables_of, workbook};

use crate::book::Book;
use crate::dice::Dice;
use crate::program::run;

/// A table as lines of cells.
struct Lines {
    separator: &'static str,
    text: String,
}

impl Lines {
    fn new(separator: &'static str, headings: &[&str]) -> Self {
        Self { separator, text: headings.join(separator) + "\n" }
    }

    fn add(&mut self, cells: &[String]) {
        self.text += &(cells.join(self.separator) + "\n");
    }
}

/// A number between 0 and 2,000, in one of the ways in which people and programs write it.
fn number(dice: &mut Dice, mark: &str) -> String {
    let whole = dice.below(2000);
    let text = match dice.below(8) {
        0 => whole.to_string(),
        1 => format!("{whole}.{}", dice.below(10)),
        2 => format!("{whole}.{:03}", dice.below(1000)),
        3 => format!("{whole}.50"),
        4 => format!("+{whole}"),
        5 => format!("00{whole}"),
        6 => format!("{}e2", dice.below(10)),
        _ => format!("0.{}{}", dice.below(1_000_000_000), dice.below(1_000_000_000)),
    };
    text.replace('.', mark)
}

/// A text that looks like a number, or does not.
fn text(dice: &mut Dice) -> String {
    dice.one_of(&[
        "1.50",
        "007",
        "=1+2",
        "1e3",
        "+5",
        "plain",
        "2027",
        "12 %",
        "-",
        "Ärger & <Co>",
        "'quoted",
        "",
    ])
    .to_owned()
}

/// The same in a column that may be one of numbers: of those a file has one decimal mark.
fn written(dice: &mut Dice, mark: &str) -> String {
    text(dice).replace('.', mark)
}

/// The tables of a random portfolio, some with commas between their cells and some with semicolons.
fn tables(dice: &mut Dice) -> Files {
    let mut files = Files::new();
    let ids: Vec<String> = (0..2 + dice.below(6))
        .map(|one| dice.one_of(&["P", "00", "1.25", "-", "=A"]).to_owned() + &(10 + one).to_string())
        .collect();
    let periods = ["2027", "2028", "2029"];
    let mut add = |name: &str,
                   headings: &[&str],
                   row: &mut dyn FnMut(usize, &str) -> Option<Vec<String>>,
                   dice: &mut Dice| {
        let (separator, mark) = if dice.below(2) == 0 { (",", ".") } else { (";", ",") };
        let mut lines = Lines::new(separator, headings);
        // One number shows the mark of the file; rows end with `None`.
        for one in 0.. {
            let Some(cells) = row(one, mark) else { break };
            lines.add(&cells);
        }
        files.insert(format!("{name}.csv"), lines.text.into_bytes());
    };
    let mut drawn = Dice(dice.bits());
    let draw = &mut drawn;
    let by_period =
        |first: &[&'static str]| -> Vec<&'static str> { first.iter().copied().chain(periods).collect() };
    let is_numeric = dice.below(2) == 0;
    add(
        "projects",
        &["project", "name", "start", "max_delay", "success_probability", "size", "code"],
        &mut |one, mark| {
            let id = ids.get(one)?.clone();
            let size = if is_numeric { number(draw, mark) } else { written(draw, mark) };
            let odds = format!("0{mark}{}", 100 + draw.below(900));
            let start = draw.one_of(&periods).to_owned();
            let name = if draw.below(3) == 0 { "1.250".to_owned() } else { written(draw, mark) };
            Some(vec![id, name, start, draw.below(3).to_string(), odds, size, written(draw, mark)])
        },
        dice,
    );
    for (name, key) in [("costs", "line"), ("demands", "resource"), ("benefits", "kind")] {
        add(
            name,
            &by_period(&["project", key]),
            &mut |one, mark| {
                let id = ids.get(one)?.clone();
                let key = draw.one_of(&["a", "1.5", "b"]).to_owned();
                let shows = format!("1{mark}5");
                Some(vec![id, key, shows, number(draw, mark), number(draw, mark)])
            },
            dice,
        );
    }
    add(
        "budgets",
        &by_period(&["line", "carry_over", "overrun_limit"]),
        &mut |one, mark| {
            let id = (*["a", "1.5"].get(one)?).to_owned();
            let share = format!("{}{mark}125 %", draw.below(90));
            Some(vec![
                id,
                format!("0{mark}500"),
                number(draw, mark),
                share,
                format!("7{mark}5"),
                number(draw, mark),
            ])
        },
        dice,
    );
    add(
        "objectives",
        &["objective", "name", "weight"],
        &mut |one, mark| {
            let id = (*["growth", "2.50"].get(one)?).to_owned();
            Some(vec![id, text(draw), format!("{}{mark}5", 1 + draw.below(9))])
        },
        dice,
    );
    add(
        "scores",
        &["project", "growth", "2.50"],
        &mut |one, mark| {
            let id = ids.get(one)?.clone();
            Some(vec![id, format!("0{mark}5"), number(draw, mark)])
        },
        dice,
    );
    files
}

/// All that a portfolio says, but how the numbers of its attributes were written.
fn said(portfolio: &Portfolio) -> String {
    let attribute = |one: &Attribute| match one.numbers() {
        Some(numbers) => format!("{}: {numbers:?}", one.name()),
        None => format!("{}: {:?}", one.name(), one.texts()),
    };
    let attributes: Vec<String> = portfolio.attributes().iter().map(attribute).collect();
    let factors: Vec<String> = (portfolio.projects().iter_enumerated())
        .map(|(project, _)| {
            format!("{:?}", Quantity::ALL.map(|quantity| portfolio.factor(project, quantity).cloned()))
        })
        .collect();
    [
        format!("{:?}", portfolio.horizon()),
        format!("{:?}", portfolio.projects()),
        format!("{:?} {:?} {:?}", portfolio.lines(), portfolio.resources(), portfolio.benefit_kinds()),
        format!("{:?}", portfolio.objectives()),
        format!("{:?} {:?}", portfolio.limits(), portfolio.flexibility()),
        format!("{:?} {:?}", portfolio.dependencies(), portfolio.synergies()),
        attributes.join("\n"),
        factors.join("\n"),
    ]
    .join("\n")
}

#[test]
fn a_portfolio_comes_back_as_it_was() {
    let mut numeric = 0;
    for seed in 0..150 {
        let files = tables(&mut Dice(seed));
        let shown = || {
            let text =
                |(name, bytes): (&String, &Vec<u8>)| format!("{name}\n{}", String::from_utf8_lossy(bytes));
            files.iter().map(text).collect::<Vec<_>>().join("\n")
        };
        let there = read_portfolio(&files).unwrap_or_else(|found| panic!("{seed}: {found:?}\n{}", shown()));
        let bytes = workbook(&tables_of(&there.files)).unwrap();
        let book = Files::from([("book.xlsx".to_owned(), bytes)]);
        let back = read_portfolio(&book).unwrap_or_else(|found| panic!("{seed}: {found:?}\n{}", shown()));
        assert_eq!(said(&back.portfolio), said(&there.portfolio), "{seed}\n{}", shown());
        numeric += there.portfolio.attributes().iter().filter(|one| one.numbers().is_some()).count();
    }
    assert!((20..280).contains(&numeric), "{numeric}");
}

#[test]
fn numbers_become_numbers_however_they_are_written() {
    let place = tempfile::TempDir::new().unwrap();
    fs::create_dir(place.path().join("data")).unwrap();
    fs::write(
        place.path().join("data/projects.csv"),
        "project,name,size,code\n8,1.250,1.250,1.250\n007,B,2,n/a\n9,C,3,2\n",
    )
    .unwrap();
    fs::write(
        place.path().join("data/costs.csv"),
        "project;line;2027;2028\n8;a;1,250;0,30000000000000004\n007;a;+5;1e3\n",
    )
    .unwrap();
    fs::write(place.path().join("data/budgets.csv"), "line;2027;2028\na;12,50 %;9,5\n").unwrap();
    let (code, _, stderr) = run(place.path(), &["template", "--from", "data", "--out", "book.xlsx"]);
    assert_eq!(code, 0, "{stderr}");
    let book = Book::open(&place.path().join("book.xlsx"));
    let numbers = |sheet: &str, row: u32| [2, 3].map(|column| book.number(sheet, row, column));
    assert_eq!(numbers("costs", 1), [Some(1.25), Some(0.300_000_000_000_000_04)]);
    assert_eq!(numbers("costs", 2), [Some(5.0), Some(1000.0)]);
    assert_eq!(numbers("projects", 1), [Some(1.25), Some(1.25)]);
    assert_eq!(book.rows("projects", 0)[1][1], "1.250", "a name is a text");
    assert_eq!(book.rows("budgets", 0)[1][1], "12.5 %");
    for path in ["data", "book.xlsx"] {
        let (code, stdout, stderr) = run(place.path(), &["validate", path]);
        assert_eq!(code, 0, "{path}: {stdout}{stderr}");
        assert!(!stderr.contains("stored as text"), "{stderr}");
    }
}
