//! Risks, impacts and delays: what is read, and what is said of faults.

use cutline::domain::{Distribution, Portfolio, ProjectIx, Quantity};
use cutline::input::{Files, read_portfolio};

use super::example::{cases, said, said_of, tables, with, without};

const RISKS: &str = "risk,name,probability\nstrike,Strike at the port,0.15\nflood,,0.02\n";
const IMPACTS: &str = "risk,project,quantity,distribution,low,mode,high,mean\n\
    strike,P3,benefit,fixed,,,,0.8\n\
    strike,P1,cost,pert,1.05,1.1,1.4,\n\
    flood,P1,cost,uniform,1,,2,\n\
    flood,P1,delay,triangular,0,1,3,\n";

/// The example with these two tables.
fn both(risks: &str, impacts: &str) -> Files {
    let mut files = with("risks.csv", risks);
    files.insert("impacts.csv".to_owned(), impacts.as_bytes().to_vec());
    files
}

fn portfolio(files: &Files) -> Portfolio {
    read_portfolio(files).unwrap_or_else(|found| panic!("{}", said(Err(found)))).portfolio
}

#[test]
fn risks_are_read_with_what_they_do() {
    let files = both(RISKS, IMPACTS);
    assert_eq!(said_of(&files), "accepted\n");
    let read = portfolio(&files);
    let register = read.risks();
    let events: Vec<(&str, &str, f64)> = (register.events().iter())
        .map(|event| (event.id.as_str(), event.name.as_str(), event.probability.value()))
        .collect();
    assert_eq!(events, [("flood", "flood", 0.02), ("strike", "Strike at the port", 0.15)]);
    let of = |project, quantity| {
        let impacts = register.impacts(ProjectIx::new(project), quantity);
        impacts.map(|impact| (impact.risk, impact.distribution.clone())).collect::<Vec<_>>()
    };
    let pert = Distribution::Pert { low: 1.05, mode: 1.1, high: 1.4 };
    let uniform = Distribution::Uniform { low: 1.0, high: 2.0 };
    assert_eq!(of(0, Quantity::Cost), [(0, uniform), (1, pert)]);
    assert_eq!(of(2, Quantity::Benefit), [(1, Distribution::Fixed { value: 0.8 })]);
    assert!(of(1, Quantity::Cost).is_empty());
    assert!(register.may_delay(ProjectIx::new(0)) && !register.may_delay(ProjectIx::new(1)));
}

#[test]
fn rows_of_risks_have_no_order() {
    let turned = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.join("\n")
    };
    let [one, other] =
        [both(RISKS, IMPACTS), both(&turned(RISKS), &turned(IMPACTS))].map(|files| portfolio(&files));
    assert_eq!(one.risks(), other.risks());
}

#[test]
fn faults_of_risks() {
    let risks = |from: &str, to: &str| {
        assert!(RISKS.contains(from), "{from}");
        said_of(&both(&RISKS.replacen(from, to, 1), IMPACTS))
    };
    let impacts = |from: &str, to: &str| {
        assert!(IMPACTS.contains(from), "{from}");
        said_of(&both(RISKS, &IMPACTS.replacen(from, to, 1)))
    };
    let mut alone = with("impacts.csv", IMPACTS);
    alone.remove("risks.csv");
    insta::assert_snapshot!(cases(&[
        ("probability out of range", risks("0.15", "15")),
        ("no probability", risks("0.15", "")),
        ("listed twice", risks("flood,,", "strike,,")),
        ("unknown risk", impacts("flood,P1,cost", "floods,P1,cost")),
        ("unknown project", impacts("strike,P3", "strike,P7x")),
        ("all projects", impacts("strike,P3", "strike,*")),
        ("unknown quantity", impacts("P3,benefit", "P3,gains")),
        ("repeated", impacts("flood,P1,cost", "strike,P1,cost")),
        ("no distribution", impacts("pert", "")),
        ("parameters that do not rise", impacts("1.05,1.1", "1.5,1.1")),
        ("money in place of a factor", impacts("uniform,1,,2", "uniform,90,,180")),
        ("negative delay", impacts("triangular,0,1,3", "triangular,-1,1,3")),
        ("long delay", impacts("triangular,0,1,3", "triangular,0,1,7")),
        ("no risks", said_of(&alone)),
        ("no impacts", said_of(&with("risks.csv", RISKS))),
        ("a risk that hits nothing", risks("flood,,0.02", "flood,,0.02\nquake,,0.1")),
    ]));
}

#[test]
fn delays_are_read_and_held_to_their_ends() {
    let uncertainty = |row: &str| {
        let text =
            format!("project,quantity,distribution,low,mode,high,mean,sd\n*,delay,uniform,0,,1,,\n{row}\n");
        let mut files = tables();
        files.insert("uncertainty.csv".to_owned(), text.into_bytes());
        let exposed = "project,quantity,driver,loading\n*,delay,steel,0.6\n";
        files.insert("exposures.csv".to_owned(), exposed.as_bytes().to_vec());
        files
    };
    let read = portfolio(&uncertainty("P1,delay,lognormal,,,,1.5,1"));
    let delay = |project| read.factor(ProjectIx::new(project), Quantity::Delay).unwrap();
    assert_eq!(delay(0).distribution, Distribution::Lognormal { mean: 1.5, sd: 1.0 });
    assert_eq!(delay(2).distribution, Distribution::Uniform { low: 0.0, high: 1.0 });
    assert_eq!(delay(2).exposures.len(), 1);
    let said = |row| said_of(&uncertainty(row));
    assert_eq!(said("P1,delay,normal,,,,0,1"), "accepted\n", "what has no end is cut at 0");
    insta::assert_snapshot!(cases(&[
        ("below 0", said("P1,delay,uniform,-0.5,,1,,")),
        ("fixed below 0", said("P1,delay,fixed,,,,-1,")),
        ("bernoulli below 0", said("P1,delay,bernoulli,-1,,1,0.5,")),
        ("beyond twice the horizon", said("P1,delay,uniform,0,,6.5,,")),
        ("fixed beyond it", said("P1,delay,fixed,,,,7,")),
        ("long and early", said("P1,delay,pert,-1,0,9,,")),
        ("repeated", said("*,delay,fixed,,,,1,")),
    ]));
    assert_eq!(said_of(&without(&[])), "accepted\n");
}
