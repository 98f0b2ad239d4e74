//! The correlations table.

use cutline::domain::{ProjectIx, Quantity};
use cutline::input::{Files, read_portfolio};

use super::example::{said, said_of, tables};

/// The example with uncertain costs and benefits of all projects, without drivers.
fn with_uncertainty(correlations: &str) -> Files {
    let mut files = tables();
    files.remove("exposures.csv");
    files.remove("drivers.csv");
    let uncertainty = "project,quantity,distribution,low,mode,high,mean,sd\n\
                       *,cost,triangular,0.9,1,1.5,,\n\
                       P1,cost,lognormal,,,,1.1,0.2\n\
                       *,benefit,normal,,,,1,0.1\n\
                       P2,delay,uniform,0,,1,,\n\
                       P3,demand,fixed,,,,1,\n";
    files.insert("uncertainty.csv".to_owned(), uncertainty.as_bytes().to_vec());
    files.insert("correlations.csv".to_owned(), correlations.as_bytes().to_vec());
    files
}

const HEADINGS: &str = "project,quantity,other,other_quantity,correlation\n";

#[test]
fn pairs_are_read_with_a_blank_quantity_as_the_first_one() {
    let rows = "P1,cost,P2,,0.5\nP2,cost,P1,,0.5\nP1,cost,P2,delay,-0.25\nP3,cost,P3,benefit,0.3\n";
    let files = with_uncertainty(&format!("{HEADINGS}{rows}"));
    assert_eq!(said_of(&files), "accepted\n");
    let portfolio = read_portfolio(&files).unwrap_or_else(|found| panic!("{}", said(Err(found)))).portfolio;
    let of = |project, quantity| (ProjectIx::new(project), quantity);
    let blocks: Vec<_> = portfolio.correlations().blocks().iter().map(|block| block.members()).collect();
    assert_eq!(
        blocks,
        [
            &[of(0, Quantity::Cost), of(1, Quantity::Cost), of(1, Quantity::Delay)][..],
            &[of(2, Quantity::Cost), of(2, Quantity::Benefit)]
        ]
    );
    let without = with_uncertainty("project,quantity,other,correlation\nP1,cost,P2,0\nP3,cost,P2,0.2\n");
    assert_eq!(said_of(&without), "accepted\n");
}

#[test]
fn faults_are_told_with_their_place() {
    for (row, expected) in [
        ("P9,cost,P2,,0.5", "correlations.csv, row 2, project: `P9` is not a project"),
        ("P1,cost,P9,,0.5", "correlations.csv, row 2, other: `P9` is not a project"),
        ("P1,costs,P2,,0.5", "row 2, quantity: `costs` is not a quantity: did you mean `cost`?"),
        (
            "P1,cost,P2,costs,0.5",
            "row 2, other_quantity: `costs` is not an other_quantity: did you mean `cost`?",
        ),
        ("P1,cost,P2,,1.5", "row 2, correlation: `1.5` is out of range: write a correlation from -1 to 1"),
        (
            "P1,cost,P2,,",
            "row 2, correlation: is blank: fill in the rank correlation, after Spearman (number from -1 to 1)",
        ),
        ("P1,cost,P2,,x", "row 2, correlation: `x` is not a number"),
        ("P1,cost,P1,,1", "row 2, other: `P1` is the quantity itself: name another project or quantity"),
        ("P1,demand,P2,cost,0.5", "row 2, project: `P1` has a demand that is certain"),
        ("P1,cost,P3,demand,0.5", "row 2, other: `P3` has a demand that is certain"),
        (
            "P1,cost,P2,,0.5\nP2,cost,P1,,0.4",
            "row 3, correlation: `0.4` differs from row 2, which tells of the same pair: keep one of the two rows",
        ),
    ] {
        let said = said_of(&with_uncertainty(&format!("{HEADINGS}{row}\n")));
        assert!(said.starts_with("refused") && said.contains(expected), "{row}: {said}");
        assert_eq!(said.lines().count(), 2, "{row}: {said}");
    }
}

#[test]
fn a_quantity_that_is_joined_otherwise_has_to_choose() {
    let rows = "P1,cost,P2,,0.5\nP1,cost,P3,,0.2\n";
    let mut files = tables();
    files.insert("correlations.csv".to_owned(), format!("{HEADINGS}{rows}").into_bytes());
    let exposed = said_of(&files);
    // Each quantity is told once, and those of one kind together.
    for expected in ["`P1` has a cost that follows drivers (exposures.csv)", "choose one of the two"] {
        assert!(exposed.starts_with("refused") && exposed.contains(expected), "{exposed}");
    }
    let none = "project,quantity,driver,loading\n*,cost,steel,0\n*,benefit,steel,0.5\n";
    files.insert("exposures.csv".to_owned(), none.as_bytes().to_vec());
    assert_eq!(said_of(&files), "accepted\n", "a loading of 0 follows no driver");
    let mut files = with_uncertainty(&format!("{HEADINGS}{rows}"));
    files.insert("samples.csv".to_owned(), b"trial,P2:cost\n1,0.9\n2,1.1\n".to_vec());
    let given = said_of(&files);
    assert!(given.contains("row 2, other: `P2` has a cost that comes from samples"), "{given}");
}

#[test]
fn what_no_quantities_can_have_together_is_changed_and_told() {
    let files = with_uncertainty(&format!("{HEADINGS}P1,cost,P2,,1\nP2,cost,P3,,1\n"));
    let said = said_of(&files);
    // Higham 2002: 0.7607 in place of 1 between normal scores, 0.1573 in place of 0.
    let expected = "Warning: correlations.csv: holds correlations of 3 quantities that contradict each other: the nearest that \
                    do not are taken, at a distance of 0.5278; most changed is that of `P1:cost` and `P2:cost`, from 1 to 0.745";
    assert!(said.starts_with("accepted") && said.contains(expected), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}
