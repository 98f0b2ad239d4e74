//! Distributions from past cases and from percentiles.

use cutline::domain::{Distribution, Metalog, ProjectIx, Quantity};
use cutline::input::{Files, read_portfolio};

use super::example::{said_of, with};

/// The example with one row of uncertainty, for the cost or benefit of P1, and these past cases.
fn files(row: &str, cases: Option<&str>) -> Files {
    let text = format!("project,quantity,distribution,low,mode,high,class,min,max\nP1,{row}\n");
    let mut files = with("uncertainty.csv", text);
    files.remove("exposures.csv");
    files.remove("drivers.csv");
    if let Some(cases) = cases {
        files.insert("reference_classes.csv".to_owned(), format!("class,ratio\n{cases}").into_bytes());
    }
    files
}

fn distribution(files: &Files, quantity: Quantity) -> Distribution {
    let portfolio = read_portfolio(files).unwrap().portfolio;
    portfolio.factor(ProjectIx::new(0), quantity).unwrap().distribution.clone()
}

const ROADS: [&str; 10] = ["1.4", "1", "0.9", "1", "2.5", "1.1", "1", "1.3", "0.95", "1.2"];

fn roads() -> String {
    ROADS.iter().map(|ratio| format!("roads,{ratio}\n")).collect()
}

#[test]
fn a_quantity_draws_from_the_cases_of_its_class_in_any_order() {
    let cases = roads() + "rail,1.5\n";
    let expected = [0.9, 0.95, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 2.5];
    let read = files("cost,reference,,,,roads,,", Some(&cases));
    assert_eq!(said_of(&read), "accepted\n", "a class that nothing draws from may be small");
    let Distribution::Reference { ratios } = distribution(&read, Quantity::Cost) else { panic!() };
    assert_eq!(*ratios, expected);
    let backwards: String = cases.lines().rev().map(|line| format!("{line}\n")).collect();
    let other = files("cost,reference,,,,roads,,", Some(&backwards));
    assert_eq!(distribution(&other, Quantity::Cost), distribution(&read, Quantity::Cost));
    let same = files("cost,reference,,,,rail,,", Some("rail,1.5\nrail,1.5\n"));
    assert_eq!(distribution(&same, Quantity::Cost), Distribution::Fixed { value: 1.5 });
}

#[test]
fn faults_of_past_cases_are_told_with_their_rows() {
    let said = |row: &str, cases: Option<&str>| said_of(&files(row, cases));
    let of_roads = |cases: &str| said("cost,reference,,,,roads,,", Some(&(roads() + cases)));
    for (cases, expected) in [
        ("roads,\n", "reference_classes.csv, row 12, ratio: is blank"),
        (",1.1\n", "reference_classes.csv, row 12, class: is blank"),
        ("roads,-0.5\n", "row 12, ratio: `-0.5` is out of range: write the actual amount divided by"),
        ("roads,x\n", "row 12, ratio: `x` is not a number"),
        ("roads,0\n", "uncertainty.csv, row 2, class: `roads` has a ratio of 0 (reference_classes, row 12)"),
    ] {
        let said = of_roads(cases);
        assert!(said.contains("refused\nFault") && said.contains(expected), "{cases}: {said}");
        assert_eq!(said.lines().count(), 2, "{cases}: {said}");
    }
    let misspelt = said("cost,reference,,,,road,,", Some(&roads()));
    assert!(misspelt.contains("class: `road` is not a reference class: did you mean `roads`?"), "{misspelt}");
    let none = said("cost,reference,,,,roads,,", None);
    assert!(none.contains("needs the table reference_classes, which is not there"), "{none}");
    let blank = said("cost,reference,,,,,,", Some(&roads()));
    assert!(blank.contains("class: is blank, but the distribution `reference` needs it"), "{blank}");
    let foreign = said("cost,uniform,1,,2,roads,,", Some(&roads()));
    assert!(foreign.contains("class: `roads` is not used by the distribution `uniform`"), "{foreign}");
    let number = said("cost,reference,1,,,roads,,", Some(&roads()));
    assert!(number.contains("low: `1` is not used by the distribution `reference`"), "{number}");
}

#[test]
fn a_benefit_may_not_have_come_at_all() {
    let read = files("benefit,reference,,,,roads,,", Some(&(roads() + "roads,0\n")));
    assert_eq!(said_of(&read), "accepted\n");
    let Distribution::Reference { ratios } = distribution(&read, Quantity::Benefit) else { panic!() };
    assert_eq!(ratios[0], 0.0);
}

#[test]
fn few_cases_and_ratios_in_per_cent_are_doubted() {
    let few = said_of(&files("cost,reference,,,,roads,,", Some("roads,1\nroads,1.2\n")));
    let expected = "accepted\nWarning: reference_classes.csv, row 2, class: begins the class `roads`, which has 2 cases: \
                    fewer than 10 tell little of P10 and P90";
    assert!(few.starts_with(expected), "{few}");
    let per_cent: String = (90..110).map(|ratio| format!("roads,{ratio}\n")).collect();
    let said = said_of(&files("cost,reference,,,,roads,,", Some(&per_cent)));
    assert!(
        said.contains("row 2, ratio: begins the class `roads`, half of whose ratios are 100 or more"),
        "{said}"
    );
}

#[test]
fn a_metalog_has_bounds_where_they_are_given() {
    for (row, min, max) in [
        ("cost,metalog,0.9,1.05,1.5,,,", None, None),
        ("cost,metalog,0.9,1.05,1.5,,0.5,", Some(0.5), None),
        ("cost,metalog,0.9,1.05,1.5,,,4", None, Some(4.0)),
        ("cost,metalog,0.9,1.05,1.5,,0.5,4", Some(0.5), Some(4.0)),
    ] {
        let read = files(row, None);
        assert_eq!(said_of(&read), "accepted\n", "{row}");
        let expected = Metalog { low: 0.9, mode: 1.05, high: 1.5, min, max };
        assert_eq!(distribution(&read, Quantity::Cost), Distribution::Metalog(expected));
    }
    let fixed = files("cost,metalog,1.2,1.2,1.2,,,", None);
    assert_eq!(distribution(&fixed, Quantity::Cost), Distribution::Fixed { value: 1.2 });
}

#[test]
fn a_metalog_that_is_not_feasible_is_refused_with_what_would_be() {
    let said = |row: &str| said_of(&files(row, None));
    let skewed = said("cost,metalog,1,1.01,1.5,,,");
    let expected = "mode is P50 and must lie between 1.0833 and 1.4167 with this low (P10) and high (P90)";
    assert!(skewed.contains(expected), "{skewed}");
    for mode in ["1.0834", "1.4166"] {
        assert_eq!(said(&format!("cost,metalog,1,{mode},1.5,,,")), "accepted\n");
    }
    for (row, expected) in [
        ("cost,metalog,1,0.9,1.5,,,", "must not fall: low <= mode <= high"),
        ("cost,metalog,1,1.2,1.5,,1,", "min must be below low (P10), and max above high (P90)"),
        ("cost,metalog,1,1.2,1.5,,,1.4", "min must be below low (P10), and max above high (P90)"),
        ("cost,metalog,1,1.2,1.5,,x,", "min: `x` is not a number"),
        ("cost,metalog,1,,1.5,,,", "mode: is blank, but the distribution `metalog` needs it"),
        ("cost,triangular,1,1.2,1.5,,0.5,", "min: `0.5` is not used by the distribution `triangular`"),
    ] {
        let said = said(row);
        assert!(said.starts_with("refused") && said.contains(expected), "{row}: {said}");
        assert_eq!(said.lines().count(), 2, "{row}: {said}");
    }
    let money = said("cost,metalog,9000,10500,15000,,,");
    assert!(money.contains("mode: `10500` is a factor on the plan, far from 1"), "{money}");
}
