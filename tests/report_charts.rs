//! Charts of the report: numbers, scales, colours and the titles of figures, by known answers, through Node.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write;
use std::process::{Command, Stdio};

/// The scripts that need no page, in their order; chapters register with a stub.
const SCRIPTS: [&str; 20] = [
    include_str!("../src/output/report/script/dom.js"),
    include_str!("../src/output/report/script/format.js"),
    include_str!("../src/output/report/script/chart.js"),
    include_str!("../src/output/report/script/figure.js"),
    "const chapter = () => {};\n",
    include_str!("../src/output/report/script/facts.js"),
    include_str!("../src/output/report/script/waterline.js"),
    include_str!("../src/output/report/script/missed.js"),
    include_str!("../src/output/report/script/baseline.js"),
    include_str!("../src/output/report/script/frontier.js"),
    include_str!("../src/output/report/script/roadmap.js"),
    include_str!("../src/output/report/script/fit.js"),
    include_str!("../src/output/report/script/risk.js"),
    include_str!("../src/output/report/script/attribution.js"),
    include_str!("../src/output/report/script/key-results.js"),
    include_str!("../src/output/report/script/contributions.js"),
    include_str!("../src/output/report/script/groups.js"),
    include_str!("../src/output/report/script/objectives.js"),
    include_str!("../src/output/report/script/weights.js"),
    include_str!("../src/service/web/weigh.js"),
];

/// Runs checks against the scripts. `check(got, wanted)` compares texts; what differs is printed.
fn check(checks: &str) {
    let node = Command::new("node")
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match node {
        Ok(child) => child,
        Err(cause) => {
            println!("skipped: there is no Node here ({cause}; apt-get install nodejs)");
            return;
        }
    };
    let harness = "let checked = 0;
        const check = (got, wanted) => {
            checked += 1;
            const plain = (value) => JSON.stringify(value).replace(/\\u202f/g, ' ').replace(/\\u2212/g, '-');
            if (plain(got) !== plain(wanted)) console.log(`${plain(got)} instead of ${plain(wanted)}`);
        };";
    let end = "console.log(`checked ${checked}`);";
    let script = format!("(() => {{ 'use strict';\n{}\n{harness}\n{checks}\n{end}\n}})();", SCRIPTS.concat());
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    let count = checks.matches("check(").count();
    assert_eq!(told.trim(), format!("checked {count}"), "{faults}");
}

#[test]
fn numbers_read_as_people_write_them() {
    check(include_str!("report_charts/numbers.js"));
}

#[test]
fn colours_have_contrast_in_light_and_dark() {
    let [page, chart] =
        [include_str!("../src/output/report/style.css"), include_str!("../src/output/report/chart.css")];
    let styles = format!("const [PAGE_STYLE, CHART_STYLE] = {};\n", serde_json::json!([page, chart]));
    check(&(styles + include_str!("report_charts/colours.js")));
}

#[test]
fn scales_begin_and_end_at_round_numbers() {
    check(include_str!("report_charts/scales.js"));
}

#[test]
fn titles_tell_the_message_of_the_numbers() {
    check(include_str!("report_charts/titles.js"));
}

#[test]
fn weights_are_told_and_found_from_judgements() {
    check(include_str!("report_charts/weights.js"));
}
