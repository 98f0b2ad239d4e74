//! The report held to rules of accessibility.

use crate::axe::{CARD, OPEN, hold_to_rules};
use crate::carried::reported;
use crate::cases::rich;
use crate::page::sweep;

#[test]
fn a_report_breaks_no_rule_of_accessibility() {
    let cases = [reported(sweep()), reported(rich())];
    let address = |(case, script): (&tempfile::TempDir, &str)| {
        format!("file://{} {script}", case.path().join("out/report.html").display())
    };
    let faces = cases.iter().flat_map(|case| ["", OPEN, CARD].map(|script| (case, script)));
    hold_to_rules(&faces.map(address).collect::<Vec<_>>());
}
