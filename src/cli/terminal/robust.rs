//! The non-dominated portfolios of a scenario with incomplete weights, for people.

use crate::output::RobustSummary;

use super::figures::{number, wrapped};

/// Projects named, at most; core_index.csv has all.
const LISTED: usize = 12;

/// What holds whatever the admissible weights, in a few lines.
pub fn lines(summary: &RobustSummary) -> String {
    let RobustSummary { portfolios, core, borderline, exterior, .. } = summary;
    if *portfolios == 0 {
        return told("Open weights:", &format!("no non-dominated portfolio found ({})", summary.status));
    }
    let missing = if summary.status == "optimal" { "" } else { ", others may be missing" };
    let portfolios = match portfolios {
        1 => "one portfolio is the best".to_owned(),
        several => format!("{} portfolios are not dominated", number(Some(*several as f64))),
    };
    let exterior =
        format!("{}, {} in some of them, {} in none", listed(core), borderline.len(), exterior.len());
    let regret = summary.max_regrets.first().and_then(|&(option, regret)| Some((option, regret?)));
    let regret = match regret {
        Some((option, regret)) if regret > 0.0 => {
            format!("; option {option} is worth at most {} less than the best", number(Some(regret)))
        }
        Some((option, _)) => format!("; option {option} is the best for all of them"),
        None => String::new(),
    };
    let text = format!(
        "whatever the admissible weights, {portfolios}{missing}: {exterior}{regret} (core_index.csv)"
    );
    told("Open weights:", &text)
}

/// Projects that are in all portfolios.
fn listed(core: &[String]) -> String {
    let named = core.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(" ");
    match core.len() {
        0 => "no project in all of them".to_owned(),
        1 => format!("1 project ({named}) in all of them"),
        count if count > LISTED => format!("{count} projects ({named} …) in all of them"),
        count => format!("{count} projects ({named}) in all of them"),
    }
}

fn told(label: &str, text: &str) -> String {
    wrapped(label, &text.split(' ').map(str::to_owned).collect::<Vec<_>>(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_holds_whatever_the_weights() {
        let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        let mut summary = RobustSummary {
            status: "optimal".into(),
            portfolios: 246,
            core: ids(&["P01", "P02"]),
            borderline: vec![("P03".to_owned(), Some(0.5))],
            exterior: ids(&["P04"]),
            max_regrets: vec![(2, Some(3.25)), (1, Some(4.0))],
        };
        insta::assert_snapshot!(lines(&summary), @r"
        Open weights: whatever the admissible weights, 246 portfolios are not dominated: 2 projects (P01
          P02) in all of them, 1 in some of them, 1 in none; option 2 is worth at most 3.25 less than the
          best (core_index.csv)
        ");
        summary.status = "feasible".into();
        summary.core.clear();
        summary.max_regrets = vec![(1, Some(0.0))];
        insta::assert_snapshot!(lines(&summary), @r"
        Open weights: whatever the admissible weights, 246 portfolios are not dominated, others may be
          missing: no project in all of them, 1 in some of them, 1 in none; option 1 is the best for all of
          them (core_index.csv)
        ");
    }
}
