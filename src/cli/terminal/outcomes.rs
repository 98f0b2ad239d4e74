//! What options bring about, and how they hold: key results, and the choice over all scenarios.

use crate::output::{KeyResultsSummary, RobustChoice};

use super::figures::{number, words, wrapped};

/// Projects named in a list, at most.
const NAMED: usize = 30;

/// Key results of the first option in a sentence each, and what serves nothing.
pub fn key_results(told: &KeyResultsSummary) -> Vec<String> {
    let mut lines: Vec<String> =
        told.key_results.iter().map(|one| words("Key result:", &one.words)).collect();
    let lists = [
        ("Funded, and serves no objective or key result:", &told.serve_nothing),
        ("Served by no funded project:", &told.unserved),
    ];
    lines.extend(lists.iter().filter(|(_, names)| !names.is_empty()).map(|(label, names)| {
        let more = names.len().saturating_sub(NAMED);
        let mut named: Vec<String> = names.iter().take(NAMED).cloned().collect();
        named.extend((more > 0).then(|| format!("and {more} more")));
        wrapped(label, &named, ",")
    }));
    lines
}

/// The option that holds best over all scenarios.
pub fn robust_choice(choice: &RobustChoice) -> String {
    let (scenario, all) = (&choice.scenario, choice.scenarios);
    let option = format!("option {} of `{scenario}`", choice.option);
    let share = choice.max_regret_share.map(|share| format!("{:.1} %", 100.0 * share));
    let amount = choice.max_regret.map(|amount| number(Some(amount)));
    let lost = match (amount, share) {
        (Some(amount), Some(share)) => format!("{amount} ({share})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "an unknown amount".to_owned(),
    };
    let worst = choice.worst_scenario.as_ref().map_or_else(String::new, |worst| format!(", in `{worst}`"));
    let loses = match choice.max_regret_share {
        Some(0.0) => "loses nothing against the best known (regret_by_option.csv)".to_owned(),
        _ => format!("loses at most {lost} against the best known{worst} (regret_by_option.csv)"),
    };
    let text = if choice.feasible_in == all {
        format!("{option} keeps the limits of all {all} scenarios and {loses}")
    } else {
        let most = choice.feasible_in;
        format!(
            "no option keeps the limits of all {all} scenarios; {option} keeps those of {most} and there {loses}"
        )
    };
    format!("\n{}\n", words("Holds best:", &text))
}
