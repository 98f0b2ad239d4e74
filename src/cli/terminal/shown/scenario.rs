//! The answer of one scenario.

use crate::cli::terminal::figures::{estimate, gap, number, percent, range};
use crate::cli::terminal::grid::{Label, grid, left_out, list, words};
use crate::output::Figure;
use crate::output::saved::{LineRisk, MissedProject, SavedOption, SavedRisk, ScenarioAnswer};

use super::parts;
use super::risk_answers;
use super::words::{assumption, change_items, chosen, share, status, with_currency};

/// Options of which the difference to the first is told, unless all are asked for.
const DIFFERENCES: usize = 3;

/// Projects that just missed and are listed, unless all are asked for.
const MISSED: usize = 8;

/// Lines and resources that are listed, unless all are asked for.
const OVER: usize = 5;

/// The answer of a scenario; with all of it if `full`.
pub fn text(answer: &ScenarioAnswer, full: bool) -> String {
    let mut blocks = vec![head(answer, full)];
    if !answer.options.is_empty() {
        blocks.push(format!("Options:\n{}", options(answer)));
        blocks.extend(differences(answer, full));
        blocks.extend(missed(&answer.missed, full));
        blocks.extend(
            answer.options.first().and_then(|first| first.risk).map(|risk| risk_block(answer, risk, full)),
        );
    }
    blocks.extend(parts::blocks(&answer.parts, full));
    blocks.join("\n\n")
}

/// The answer itself, in a few lines.
fn head(answer: &ScenarioAnswer, full: bool) -> String {
    let found = answer.options.len();
    let fewer = if found < answer.options_asked && found > 0 {
        format!(", {found} of {} options", answer.options_asked)
    } else {
        String::new()
    };
    let first = answer.options.first();
    let state = status(&answer.status, first);
    let objective = first.map_or(String::new(), |first| format!(": {}", number(first.objective)));
    let mut lines =
        vec![words(&format!("{}:", answer.scenario), &format!("{state}{fewer}; {}{objective}", answer.goal))];
    lines.extend(answer.conflict.as_ref().map(|conflict| words("Why:", conflict)));
    if let Some(first) = first {
        lines.push(decision(answer, first));
        lines.push(list(
            &format!("Funded ({} of {}):", answer.funded.len(), answer.projects),
            &answer.funded.iter().map(chosen).collect::<Vec<_>>(),
            full,
        ));
    }
    if let Some(against) = &answer.against {
        let items: Vec<String> = answer.assumptions.iter().map(assumption).collect();
        lines.push(match items.is_empty() {
            true => format!("It assumes what `{against}` does."),
            false => list(&format!("Other than in `{against}`:"), &items, full),
        });
    }
    lines.extend(answer.baseline.as_ref().map(|baseline| {
        let lost = match baseline.objective_lost {
            Some(0.0) => ", as good as the best option".to_owned(),
            Some(lost) => format!(", {} less than the best option", number(Some(lost))),
            None => String::new(),
        };
        let unspent =
            baseline.unspent.map_or(String::new(), |left| format!("; {} unspent", number(Some(left))));
        let objective = number(baseline.objective);
        words(
            "A ranked list funds",
            &format!("{} projects: objective {objective}{lost}{unspent}", baseline.projects),
        )
    }));
    lines.join("\n")
}

/// What to fund, and what it buys, in a sentence.
fn decision(answer: &ScenarioAnswer, first: &SavedOption) -> String {
    let currency = answer.currency.as_ref().map_or(String::new(), |currency| format!(" {currency}"));
    let mut text = format!("{} projects for {}{currency}", first.projects, number(first.cost));
    // Lists of requests have no scores.
    if first.strategic_value.is_some_and(|value| value != 0.0) || answer.goal.ends_with("strategic_value") {
        text.push_str(&format!(": strategic value {}", number(first.strategic_value)));
    }
    match first.risk {
        Some(risk) if risk.npv_mean.value.is_some() => {
            let (mean, spread) = (estimate(risk.npv_mean), range(risk.npv_p10, risk.npv_p90));
            text.push_str(&format!(", NPV {mean}{currency} (P10 … P90: {spread})"));
        }
        _ => text.push_str(
            &first.npv.map_or(String::new(), |npv| format!(", NPV {} as planned", number(Some(npv)))),
        ),
    }
    words("Fund", &text)
}

fn options(answer: &ScenarioAnswer) -> String {
    let currency = answer.currency.as_deref();
    let is_strategic = answer.goal == "maximise strategic_value";
    let (cost, npv) = (with_currency("Cost", currency), with_currency("NPV", currency));
    let has_npv = answer.options.iter().any(|option| option.npv.is_some());
    let has_risk = answer.options.iter().any(|option| option.risk.is_some());
    let has_gap = answer.options.iter().any(|option| option.status != "optimal");
    let mut headings = vec!["Option", "Rank", "Funded", cost.as_str()];
    headings.push(if is_strategic { "Strategic\nvalue" } else { "Objective" });
    headings.extend(has_npv.then_some(npv.as_str()));
    headings.extend(has_risk.then_some("P(over\nbudget)"));
    headings.extend(has_risk.then_some("P(best)"));
    headings.extend(has_gap.then_some("Proof"));
    let row = |option: &SavedOption| {
        let value = if is_strategic { option.strategic_value } else { option.objective };
        let mut cells =
            vec![option.rank.to_string(), option.projects.to_string(), number(option.cost), number(value)];
        let mean = |risk: SavedRisk| estimate(risk.npv_mean);
        cells.extend(has_npv.then(|| option.risk.map_or_else(|| number(option.npv), mean)));
        let of_risk = |figure: fn(SavedRisk) -> Figure| percent(option.risk.map(figure));
        cells.extend(has_risk.then(|| of_risk(|risk| risk.p_over_budget)));
        cells.extend(has_risk.then(|| of_risk(|risk| risk.p_best)));
        cells.extend(
            has_gap.then(|| if option.status == "optimal" { "proven".to_owned() } else { gap(option.gap) }),
        );
        (Label::Text(option.option.to_string()), cells)
    };
    grid(&headings, &[], &answer.options.iter().map(row).collect::<Vec<_>>())
}

fn differences(answer: &ScenarioAnswer, full: bool) -> Option<String> {
    let first = answer.options.first()?.option;
    let shown = if full { answer.others.len() } else { answer.others.len().min(DIFFERENCES) };
    let line = |other: &crate::output::saved::OtherOption| {
        let items = change_items(&other.change);
        list(&format!("  option {}:", other.option), &items, full)
    };
    let mut lines: Vec<String> = answer.others[..shown].iter().map(line).collect();
    if lines.is_empty() {
        return None;
    }
    lines.extend(left_out(shown, answer.others.len(), "options"));
    Some(format!("What differs from option {first} (+ in, − out, ~ moved):\n{}", lines.join("\n")))
}

fn missed(missed: &[MissedProject], full: bool) -> Option<String> {
    if missed.is_empty() {
        return None;
    }
    let shown = if full { missed.len() } else { missed.len().min(MISSED) };
    let has_costs = missed.iter().any(|one| one.cost_of_forcing.is_some());
    let mut headings = vec!["Just missed", "In other\noptions"];
    if has_costs {
        headings.extend(["Loss if\nforced in", "In at this\ncost"]);
    }
    let row = |one: &MissedProject| {
        let label = Label::Project { id: one.project.clone(), name: one.name.clone() };
        let mut cells = vec![one.options.to_string()];
        if has_costs {
            cells.push(number(one.cost_of_forcing));
            cells.push(one.break_even_cost.map_or_else(|| "-".to_owned(), share));
        }
        (label, cells)
    };
    let rows: Vec<_> = missed[..shown].iter().map(row).collect();
    let table = grid(&headings, &[], &rows);
    Some(
        [Some(table), left_out(shown, missed.len(), "projects")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

/// What can go wrong with the first option.
fn risk_block(answer: &ScenarioAnswer, risk: SavedRisk, full: bool) -> String {
    let mut lines =
        vec![format!("Risk of the first option, over {} futures:", number(Some(answer.trials as f64)))];
    if risk.npv_mean.value.is_some() {
        let tail = share(answer.tail);
        lines.push(words(
            "  NPV:",
            &format!(
                "mean {}, below 0 in {}, mean of the worst {tail} {}",
                estimate(risk.npv_mean),
                percent(Some(risk.p_loss)),
                estimate(risk.npv_cvar)
            ),
        ));
    }
    lines.push(words(
        "  Cost:",
        &format!("mean {}, P90 {}", estimate(risk.cost_mean), estimate(risk.cost_p90)),
    ));
    let over =
        |what: &str, figure: Figure| figure.value.map(|_| format!("{what} in {}", percent(Some(figure))));
    let chances = [over("a budget", risk.p_over_budget), over("a capacity", risk.p_over_capacity)];
    let chances: Vec<String> = chances.into_iter().flatten().collect();
    if !chances.is_empty() {
        lines.push(words("  Exceeded:", &format!("{} of the futures", chances.join(", "))));
    }
    lines.extend(beside_next(answer, risk));
    lines.extend(risk_answers::lines(answer, full));
    let shown = if full { answer.over.len() } else { answer.over.len().min(OVER) };
    if shown > 0 {
        lines.push(over_table(&answer.over[..shown]));
        lines.extend(left_out(shown, answer.over.len(), "lines and periods"));
    }
    lines.join("\n")
}

/// The first option beside the next in rank.
fn beside_next(answer: &ScenarioAnswer, risk: SavedRisk) -> Option<String> {
    let [first, next, ..] = answer.options.as_slice() else { return None };
    risk.p_beats_next.value?;
    let tie = match first.tie {
        Some(true) => "; a tie: what ranks the two cannot be told apart",
        _ => "",
    };
    let share = percent(Some(risk.p_beats_next));
    Some(words("  Beside:", &format!("better than option {} in {share} of the futures{tie}", next.option)))
}

fn over_table(over: &[LineRisk]) -> String {
    let row = |one: &LineRisk| {
        let label = Label::Project { id: one.line.clone(), name: one.name.clone() };
        let percent = percent(Some(Figure { value: Some(one.p_over), error: None }));
        (label, vec![one.period.clone(), number(one.limit), number(one.plan), number(one.p90), percent])
    };
    let headings = ["Line or resource", "Period", "Limit", "Plan", "P90", "P(over)"];
    grid(&headings, &[1], &over.iter().map(row).collect::<Vec<_>>())
}
