//! One cause draws one fault, and texts that nobody would write are refused where they stand.

use cutline::diagnostic::Severity;
use cutline::input::{Files, read_portfolio};

use super::example::{patched, said_of, said_of_batch, said_of_patch, tables, with};

/// The lines that tell of faults.
fn faults(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.starts_with("Fault")).collect()
}

/// What is said of a table in which every occurrence of a text is replaced.
fn replaced(file: &str, from: &str, to: &str) -> Files {
    let mut files = tables();
    let text = String::from_utf8(files[file].clone()).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    files.insert(file.to_owned(), text.replace(from, to).into_bytes());
    files
}

#[test]
fn one_cause_in_the_tables_draws_one_fault_and_no_warning() {
    for (name, files, about) in [
        ("repeated project", patched("projects.csv", "P2,Bridge", "P1,Bridge"), "projects.csv, row 3"),
        ("star as a project", patched("projects.csv", "P3,Portal", "*,Portal"), "projects.csv, row 4"),
        ("blank project", patched("projects.csv", "P2,Bridge", ",Bridge"), "projects.csv, row 3"),
        (
            "project of another name",
            patched("projects.csv", "P2,Bridge", "P99,Bridge"),
            "`P2` is not a project",
        ),
        ("project named elsewhere only", patched("costs.csv", "P3,opex", "P33,opex"), "costs.csv, row 5"),
        ("heading of the ids", patched("projects.csv", "project,name", "projct,name"), "projects.csv, row 1"),
        (
            "repeated objective",
            patched("objectives.csv", "growth,Growth", "service,Growth"),
            "objectives.csv, row 3",
        ),
        ("blank objective", patched("objectives.csv", "growth,Growth", ",Growth"), "objectives.csv, row 2"),
        ("parent that is none", replaced("objectives.csv", ",growth,", ",grwth,"), "`grwth`"),
        (
            "weight that is no number",
            patched("objectives.csv", "Growth,,3", "Growth,,3x"),
            "objectives.csv, row 2",
        ),
        ("heading of scores", patched("scores.csv", "markets", "merkets"), "scores.csv, row 1"),
        ("repeated driver", patched("drivers.csv", "wages", "steel"), "drivers.csv, row 3"),
        ("driver that is none", replaced("exposures.csv", "steel", "steal"), "`steal` is not a driver"),
        ("total in the first table", patched("costs.csv", "2028,2029", "2028,total"), "costs.csv, row 1"),
        ("note in the first table", patched("costs.csv", "2028,2029", "2028,note"), "costs.csv, row 1"),
        (
            "period left out of the first table",
            patched("costs.csv", "2028,2029", "2028,2030"),
            "costs.csv, row 1",
        ),
        (
            "fewer periods in the first table",
            with("costs.csv", "project,line,2027,2028\nP1,capex,1,1\nP2,capex,1,1\nP3,opex,1,1\n"),
            "costs.csv, row 1",
        ),
    ] {
        let said = said_of(&files);
        let faults = faults(&said);
        assert_eq!(faults.len(), 1, "{name}: {said}");
        assert!(faults[0].contains(about), "{name}: {said}");
        assert!(!said.contains("Warning") || name == "project of another name", "{name}: {said}");
    }
}

#[test]
fn one_cause_in_the_batch_file_draws_one_fault() {
    for (from, to) in [
        ("portfolio = ", "portfolo = "),
        ("[weights.balanced]", "[wieghts.balanced]"),
        ("method = \"direct\"", "methud = \"direct\""),
        ("name = \"as planned\"", "nane = \"as planned\""),
    ] {
        let said = said_of_patch(from, to);
        assert_eq!(faults(&said).len(), 1, "{to}: {said}");
        assert!(said.contains("did you mean"), "{to}: {said}");
    }
}

#[test]
fn a_name_that_is_to_blame_is_told_with_all_its_places() {
    let found = read_portfolio(&patched("projects.csv", "P2,Bridge", "P99,Bridge")).unwrap_err();
    let fault = found.iter().find(|entry| entry.severity == Severity::Fault).unwrap();
    let places = [
        "benefits.csv",
        "costs.csv",
        "current_plan.csv",
        "dependencies.csv",
        "dependencies.csv",
        "scores.csv",
        "synergies.csv",
    ];
    let others = fault.others.iter().map(|other| other.file.as_deref().unwrap_or("benefits.csv"));
    assert_eq!(std::iter::once(fault.source.file.as_str()).chain(others).collect::<Vec<_>>(), places);
    assert_eq!(found.fault_count(), places.len());
}

#[test]
fn texts_longer_than_people_write_are_refused_with_their_cells() {
    let long = "x".repeat(5_000);
    for (files, place) in [
        (replaced("projects.csv", "P1,", &format!("{long},")), "projects.csv, row 2, project"),
        (patched("projects.csv", "Depot", &long), "projects.csv, row 2, name"),
        (patched("projects.csv", "growth", &long), "projects.csv, row 2, category"),
        (patched("projects.csv", "headcount", &long), "projects.csv, row 1"),
        (patched("costs.csv", "50.5", &"1".repeat(300)), "costs.csv, row 2, 2028"),
        (patched("objectives.csv", "Market share", &long), "objectives.csv, row 5, name"),
        (patched("drivers.csv", "Price of steel", &long), "drivers.csv, row 2, name"),
    ] {
        let said = said_of(&files);
        assert!(said.starts_with("refused") && said.contains(place), "{place}: {said}");
        assert!(said.contains("characters: write at most"), "{place}: {said}");
        assert!(said.lines().all(|line| line.len() < 4_500), "messages repeat no long value: {place}");
    }
    let sound = patched("projects.csv", "growth", &"n".repeat(4_000));
    assert!(said_of(&sound).starts_with("accepted"), "an attribute may be a note");
}

#[test]
fn characters_that_are_not_seen_but_act_are_refused_and_written_out() {
    for hidden in ['\u{202e}', '\u{2066}', '\u{7}', '\u{1b}', '\u{85}'] {
        for (file, from) in [
            ("projects.csv", "Depot"),
            ("projects.csv", "growth"),
            ("costs.csv", "opex"),
            ("drivers.csv", "wages"),
        ] {
            // Within the text, as cells are trimmed.
            let (first, rest) = from.split_at(1);
            let said = said_of(&patched(file, from, &format!("{first}{hidden}{rest}")));
            assert!(said.starts_with("refused") && said.contains("holds the hidden character"), "{said}");
            assert!(!said.contains(hidden), "it is written out: {said:?}");
        }
    }
    for fine in ["A\u{200d}B", "\u{5d0}\u{200f}1", "項目", "\"two\nlines\""] {
        let said = said_of(&patched("projects.csv", "Depot", fine));
        assert!(said.starts_with("accepted"), "{said}");
    }
}

#[test]
fn texts_of_the_batch_file_are_as_short_as_people_write_them() {
    let long = |count: usize| "x".repeat(count);
    for (from, to, key) in [
        ("name = \"annual\"", format!("name = \"{}\"", long(201)), "batch.name"),
        ("The yearly plan", long(2_001), "batch.description"),
        ("name = \"as planned\"", format!("name = \"{}\"", long(201)), "scenario.name"),
        ("city", long(5_000), "batch.portfolio"),
        ("[weights.balanced]", format!("[weights.{}]", long(201)), "weights"),
        ("force_in = [\"P3\"]", format!("force_in = [\"{}\"]", long(5_000)), "base.force_in"),
        ("name = \"annual\"", "name = \"an\\u202enual\"".to_owned(), "batch.name"),
        ("The yearly plan", "a\\u0007b".to_owned(), "batch.description"),
    ] {
        let said = said_of_patch(from, &to);
        let faults = faults(&said);
        assert_eq!(faults.len(), 1, "{key}: {said}");
        assert!(faults[0].contains(key) && faults[0].len() < 2_500, "{key}: {said}");
        assert!(faults[0].contains("row "), "{key}: {said}");
    }
    let many = format!("vary = {{ force_in = [[\"P1\", {}]] }}", "\"P1\", ".repeat(400));
    let said = said_of_batch(&format!("[batch]\nportfolio = \"city\"\n[[sweep]]\n{many}\n"));
    assert!(said.contains("makes names of scenarios of"), "{said}");
}
