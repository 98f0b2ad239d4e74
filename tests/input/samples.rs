//! Samples that were made elsewhere: tables of trials and SIPmath libraries.

use cutline::domain::{Distribution, HdrSeeds, ProjectIx, Quantity, SipSource};
use cutline::input::{Files, read_portfolio};

use super::example::{BATCH, load, said, said_of, with};

fn samples(text: &str) -> Files {
    let mut files = with("samples.csv", text);
    // The drivers of the example move costs, which samples would replace.
    files.remove("exposures.csv");
    files.remove("drivers.csv");
    files
}

fn values(files: &Files, project: usize, quantity: Quantity) -> Vec<f64> {
    let portfolio = read_portfolio(files).unwrap_or_else(|found| panic!("{}", said(Err(found)))).portfolio;
    let factor = portfolio.factor(ProjectIx::new(project), quantity).unwrap();
    let Distribution::Given { values } = &factor.distribution else { panic!("{factor:?}") };
    values.to_vec()
}

#[test]
fn a_column_replaces_the_draws_of_its_quantity_in_any_order_of_rows() {
    let files = samples("trial,P2:cost,P3:benefit\n1,1.1,0.5\n3,1.3,0.7\n2,1.2,0.6\n");
    assert_eq!(said_of(&files), "accepted\n");
    assert_eq!(values(&files, 1, Quantity::Cost), [1.1, 1.2, 1.3]);
    assert_eq!(values(&files, 2, Quantity::Benefit), [0.5, 0.6, 0.7]);
    let from_zero = samples("trial,P2 : cost\n1,1.2\n0,1.1\n");
    assert_eq!(values(&from_zero, 1, Quantity::Cost), [1.1, 1.2]);
    let same = read_portfolio(&samples("trial,P2:cost\n1,1.5\n2,1.5\n")).unwrap().portfolio;
    let fixed = &same.factor(ProjectIx::new(1), Quantity::Cost).unwrap().distribution;
    assert_eq!(*fixed, Distribution::Fixed { value: 1.5 });
}

#[test]
fn faults_of_samples_are_told_with_their_place() {
    for (text, expected) in [
        ("trial,P9:cost\n1,1\n", "samples.csv, row 1, P9:cost: `P9:cost` names `P9`, which is not a project"),
        ("trial,P2:costs\n1,1\n", "names `costs`, which is not a quantity: did you mean `cost`?"),
        (
            "trial,P2\n1,1\n",
            "P2: `P2` is not a column of this table: its columns are `trial` and one per quantity",
        ),
        ("trial,P2:cost,P2: cost\n1,1,1\n", "names a quantity that has samples already: keep one of the two"),
        ("trial,P2:cost\n1,1\n4,1\n", "samples.csv, trial: lacks 2 of its trials: 2, 3: trials are"),
        ("trial,P2:cost\n1,1\n1,1\n", "samples.csv, row 3, trial: `1` stands in row 2 already"),
        ("trial,P2:cost\n1,1\n2,\n", "samples.csv, row 3, P2:cost: is blank: write a factor for every trial"),
        ("trial,P2:cost\n1,1\n2,x\n", "samples.csv, row 3, P2:cost: `x` is not a number"),
        ("trial,P2:cost\n1,1\n,1\n", "samples.csv, row 3, trial: is blank"),
        ("P2:cost\n1\n", "has no column `trial`"),
    ] {
        let said = said_of(&samples(text));
        assert!(said.starts_with("refused") && said.contains(expected), "{text}: {said}");
        assert_eq!(said.lines().count(), 2, "{text}: {said}");
    }
}

#[test]
fn what_samples_replace_and_what_are_no_factors_is_doubted() {
    let replaced = said_of(&with("samples.csv", "trial,P1:cost\n1,1.1\n2,1.2\n"));
    for expected in [
        "uncertainty.csv, row 3: has no effect: the cost of this project comes from samples",
        "exposures.csv, row 4: has no effect: the cost of this project comes from samples",
    ] {
        assert!(replaced.starts_with("accepted") && replaced.contains(expected), "{replaced}");
    }
    assert_eq!(replaced.lines().count(), 3, "{replaced}");
    let money = said_of(&samples("trial,P2:cost\n1,80\n2,90\n3,100\n"));
    assert!(
        money.contains("P2:cost: `P2:cost` holds factors on the plan, but half of them are 90 or more"),
        "{money}"
    );
}

#[test]
fn rows_that_do_not_divide_the_trials_are_doubted() {
    // The batch of the example has 500 trials.
    let of_rows = |count: usize| {
        let rows: String = (1..=count).map(|trial| format!("{trial},1.{trial}\n")).collect();
        let loaded = load(BATCH, samples(&format!("trial,P2:cost\n{rows}")));
        said(loaded.map(|loaded| loaded.warnings))
    };
    assert_eq!(of_rows(250), of_rows(500));
    let told = "samples.csv: has 300 rows, which do not divide the trials";
    assert!(of_rows(300).contains(told) && !of_rows(250).contains("divide"), "{}", of_rows(300));
}

const LIBRARY: &str = r#"{
    "objectType": "sipModel", "libraryType": "SIPmath_3_0", "name": "costs", "version": "1",
    "globalVariables": [{ "name": "correlations", "value": {
        "columns": ["a", "b"], "rows": ["a", "b"],
        "matrix": [
            { "row": "a", "col": "a", "value": 1 },
            { "row": "b", "col": "a", "value": 0.6 },
            { "row": "b", "col": "b", "value": 1 }
        ]
    } }],
    "U01": {
        "rng": [
            { "name": "hdr1", "function": "HDR_2_0",
              "arguments": { "counter": "PM_Index", "entity": 1, "varId": 2, "seed3": 3, "seed4": 4 } },
            { "name": "hdr2", "function": "HDR_2_0", "arguments": { "counter": "PM_Index", "entity": 1, "varId": 5 } }
        ],
        "copula": [{ "name": "Gaussian", "function": "GaussianCopula", "copulaLayer": ["c1", "c2"],
            "arguments": { "correlationMatrix": { "type": "globalVariables", "value": "correlations" },
                           "rng": ["hdr1", "hdr2"] } }]
    },
    "sips": [
        { "name": "P1:benefit", "ref": { "source": "rng", "name": "hdr2" }, "function": "Metalog_1_0",
          "arguments": { "lowerBound": 0, "aCoefficients": [0.1, 0.2, 0.05] }, "metadata": {} },
        { "name": "P2:cost", "ref": { "source": "copula", "name": "Gaussian", "copulaLayer": "c2" },
          "function": "Metalog_1_0", "arguments": { "aCoefficients": [1, 0.1] }, "metadata": {} }
    ]
}"#;

fn library(from: &str, to: &str) -> Files {
    assert!(LIBRARY.contains(from), "{from}");
    let mut files = with("costs.SIPmath", LIBRARY.replacen(from, to, 1));
    files.remove("exposures.csv");
    files.remove("drivers.csv");
    let uncertainty = "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.9,1,1.5\n";
    files.insert("uncertainty.csv".to_owned(), uncertainty.as_bytes().to_vec());
    files
}

#[test]
fn a_library_holds_seeds_and_coefficients() {
    let files = library("costs", "costs");
    assert_eq!(said_of(&files), "accepted\n");
    let portfolio = read_portfolio(&files).unwrap().portfolio;
    let variable = |project: usize, quantity| {
        let factor = portfolio.factor(ProjectIx::new(project), quantity).unwrap();
        let Distribution::Sipmath(variable) = &factor.distribution else { panic!("{factor:?}") };
        variable.clone()
    };
    let [first, second] = [[2, 1, 3, 4], [5, 1, 0, 0]].map(|[variable, entity, third, fourth]| HdrSeeds {
        variable,
        entity,
        third,
        fourth,
    });
    let benefit = variable(0, Quantity::Benefit);
    assert_eq!((&benefit.source, benefit.min, benefit.max), (&SipSource::Stream(second), Some(0.0), None));
    assert_eq!(benefit.coefficients, [0.1, 0.2, 0.05]);
    let SipSource::Copula(streams) = &variable(1, Quantity::Cost).source else { panic!() };
    assert_eq!(streams.iter().map(|(seeds, _)| *seeds).collect::<Vec<_>>(), [first, second]);
    assert!((streams[0].1 - 0.6).abs() < 1e-15 && (streams[1].1 - 0.8).abs() < 1e-15, "{streams:?}");
}

#[test]
fn faults_of_libraries_are_told() {
    for (from, to, expected) in [
        ("\"sips\": [", "\"sips\": ", "is no SIPmath library of version 3"),
        ("\"sips\"", "\"sip\"", "costs.SIPmath: has no `sips`"),
        ("P2:cost", "P7:cost", "sips.P7:cost: `P7:cost` names `P7`, which is not a project"),
        ("\"rng\", \"name\": \"hdr2\"", "\"rng\", \"name\": \"hdr9\"", "refers to the stream `hdr9`"),
        ("HDR_2_0", "MT", "refers to `hdr1`, a generator `MT`"),
        ("\"varId\": 2", "\"varId\": {}", "whose varId is no whole number"),
        ("Metalog_1_0", "Norm_1_0", "has the function `Norm_1_0`, which is not supported"),
        ("GaussianCopula", "Clayton", "a copula `Clayton`"),
        ("\"copulaLayer\": \"c2\"", "\"copulaLayer\": \"c3\"", "refers to a layer that the copula"),
        ("0.6", "1.6", "whose correlations are not positive definite"),
        (
            "\"value\": \"correlations\"",
            "\"value\": \"other\"",
            "needs the correlation matrix `other` of 2 rows",
        ),
        ("[1, 0.1]", "[]", "does not fit its arguments: there is no case, trial or coefficient"),
    ] {
        let said = said_of(&library(from, to));
        assert!(said.starts_with("refused") && said.contains(expected), "{from} -> {to}: {said}");
    }
    let mut both = library("costs", "costs");
    both.insert("samples.csv".to_owned(), b"trial,P1:cost\n1,1\n".to_vec());
    assert!(said_of(&both).contains("samples.csv: is there beside costs.SIPmath"), "{}", said_of(&both));
}

/// A library of version 2, as a spreadsheet writes it.
const TRIALS: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <SLURP name=\"costs\" provenance=\"a &amp; b\" count=\"2\">\n\
    <SIP name=\"P1:benefit\" count=\"4\" type=\"CSV\" average=\"1\">0.8, 1.0,1.1e0 ,1.3</SIP>\n\
    <SIP name=\"P2:cost\" count=\"4\" type=\"CSV\">0.9,1,\n1.2,1.4</SIP>\n\
    </SLURP>\n";

fn trials_library(file: &str, text: &str) -> Files {
    let mut files = library("costs", "costs");
    files.remove("costs.SIPmath");
    files.insert(file.to_owned(), text.as_bytes().to_vec());
    files
}

#[test]
fn a_library_of_version_2_holds_trials() {
    for file in ["costs.SIPmath", "samples.xml"] {
        // Some programs write the number of trials as the count of the library.
        for text in [TRIALS.to_owned(), TRIALS.replacen("count=\"2\"", "count=\" 4 \"", 1)] {
            let files = trials_library(file, &text);
            assert_eq!(said_of(&files), "accepted\n");
            assert_eq!(values(&files, 0, Quantity::Benefit), [0.8, 1.0, 1.1, 1.3]);
            assert_eq!(values(&files, 1, Quantity::Cost), [0.9, 1.0, 1.2, 1.4]);
        }
    }
    let of_trials = |trials: usize| {
        let values: Vec<String> = (1..=trials).map(|trial| format!("1.{trial}")).collect();
        let sip = format!("<SIP name=\"P2:cost\" count=\"{trials}\" type=\"CSV\">{}</SIP>", values.join(","));
        let files = trials_library("costs.SIPmath", &format!("<SLURP count=\"1\">{sip}</SLURP>"));
        said(load(BATCH, files).map(|loaded| loaded.warnings))
    };
    let told = "costs.SIPmath: has 300 rows, which do not divide the trials";
    assert!(of_trials(300).contains(told) && !of_trials(250).contains("divide"), "{}", of_trials(300));
}

#[test]
fn faults_of_libraries_of_trials_are_told() {
    for (from, to, expected) in [
        ("</SLURP>", "", "is no SIPmath library of version 2 (XML): it ends within the `<SLURP>`"),
        ("SLURP name", "LIB name", "costs.SIPmath, row 2: is no SIPmath library of version 2 (XML)"),
        ("count=\"2\"", "count=\"5\"", "row 2, SLURP count: `5` is not the number of its SIPs, which is 2"),
        ("P2:cost", "P7:cost", "row 4, SIP P7:cost: `P7:cost` names `P7`, which is not a project"),
        (
            "P2:cost",
            "P1:benefit",
            "row 4, SIP P1:benefit: `P1:benefit` names a quantity that has samples already",
        ),
        ("name=\"P2:cost\" ", "", "costs.SIPmath, row 4: is a `<SIP>` without a name"),
        ("count=\"4\" type=\"CSV\">0.9", "type=\"CSV\">0.9", "row 4, SIP P2:cost: has no count"),
        (
            "count=\"4\" type=\"CSV\">0.9",
            "count=\"3\" type=\"CSV\">0.9",
            "`3` is not the number of its trials, which is 4",
        ),
        ("type=\"CSV\">0.9", "type=\"Base64\">0.9", "`Base64` is a type that is not supported"),
        ("1.2,1.4", "1.2,x", "row 4, SIP P2:cost: `x` is not a number (value 4)"),
        ("1.2,1.4", "NaN,1,4", "`NaN` is not a number (value 3)"),
        (
            "count=\"4\" type=\"CSV\">0.9,",
            "count=\"3\" type=\"CSV\">",
            "has 3 trials, and the first SIP has 4",
        ),
    ] {
        assert!(TRIALS.contains(from), "{from}");
        let said = said_of(&trials_library("costs.SIPmath", &TRIALS.replacen(from, to, 1)));
        assert!(said.starts_with("refused") && said.contains(expected), "{from} -> {to}: {said}");
    }
    let empty = said_of(&trials_library("costs.SIPmath", "<SLURP count=\"0\"></SLURP>"));
    assert!(empty.contains("costs.SIPmath, row 1: has no `<SIP>`"), "{empty}");
}
