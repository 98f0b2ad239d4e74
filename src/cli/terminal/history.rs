//! The fit of a history for people.

use crate::diagnostic::shown;
use crate::import::{ClassFit, History, LeftCases, in_ranges};

use super::grid::{Label, grid, words};

/// Fewer cases than this tell little of P10 and P90.
const FEW_CASES: usize = 10;
/// Longest reason, in characters.
const LONGEST: usize = 120;

/// Each class with its percentiles and the lognormal distribution nearest to it, and what was left out.
pub fn text(history: &History) -> String {
    let summary = format!(
        "Read from {}: {} rows, {} cases. Ratios are actual / plan; 1 is as planned.",
        shown(&history.list, LONGEST),
        history.rows,
        history.cases()
    );
    let rows: Vec<(Label, Vec<String>)> = history.classes.iter().map(row).collect();
    let headings =
        ["Class", "Cases", "Mean", "Median", "P80", "P90", "On plan", "Lognormal\nmean, sd", "KS\ndistance"];
    let parts =
        [Some(summary), Some(grid(&headings, &[], &rows)), notes(&history.classes), left(&history.left)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn row(fit: &ClassFit) -> (Label, Vec<String>) {
    let two = |number: f64| format!("{number:.2}");
    let mut cells = vec![fit.cases.to_string()];
    cells.extend([fit.mean, fit.median, fit.p80, fit.p90].map(two));
    cells.push(format!("{:.0} %", 100.0 * fit.as_planned));
    cells.extend(match &fit.lognormal {
        Some(own) => [format!("{:.2}, {:.2}", own.mean, own.sd), format!("{:.3}", own.ks)],
        None => ["-".to_owned(), "-".to_owned()],
    });
    (Label::Text(fit.class.clone()), cells)
}

/// Doubts that the figures do not show by themselves.
fn notes(classes: &[ClassFit]) -> Option<String> {
    let names = |holds: &dyn Fn(&ClassFit) -> bool| {
        let named = classes.iter().filter(|fit| holds(fit)).map(|fit| format!("`{}`", fit.class));
        named.collect::<Vec<_>>().join(", ")
    };
    let few = names(&|fit| fit.cases < FEW_CASES);
    let zero = names(&|fit| fit.zeros > 0);
    let mut notes = Vec::new();
    if !few.is_empty() {
        let told = format!("Fewer than {FEW_CASES} cases, which tell little of P80 and P90: {few}.");
        notes.push(words("", &told).trim_start().to_owned());
    }
    if !zero.is_empty() {
        let told = format!(
            "Actual amounts of 0, of which costs and demands cannot draw (--without-zeros leaves them out): {zero}."
        );
        notes.push(words("", &told).trim_start().to_owned());
    }
    (!notes.is_empty()).then(|| notes.join("\n"))
}

/// Every row that was left out, by the reason.
fn left(left: &[LeftCases]) -> Option<String> {
    let line = |one: &LeftCases| {
        let count = one.rows.len();
        let rows = if count == 1 { "row" } else { "rows" };
        words("  ", &format!("{count} {rows}, as {}: {}", shown(&one.why, LONGEST), in_ranges(&one.rows)))
    };
    let lines: Vec<String> = left.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("Left out:\n{}", lines.join("\n")))
}
