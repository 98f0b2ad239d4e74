//! The decision of a scenario in words: what to fund, what that rests on, and what would turn it.

use std::collections::BTreeMap;

use crate::output::number::NumberStyle;

use crate::output::results::{Results, Row};

/// Limits that are named as what a decision rests on, at most.
const LIMITS: usize = 3;

/// What a scenario decides, in a sentence.
pub fn decision(results: &Results<'_>, scenario: Row<'_>, first: Option<Row<'_>>) -> String {
    let Some(option) = first else {
        return match scenario.text("status") {
            "infeasible" => "No selection keeps all limits; infeasible.csv says what would help.".to_owned(),
            "not run" => "It was not run.".to_owned(),
            status => format!("No option was found ({status})."),
        };
    };
    let amount = |from: &str| option.number(from).map_or_else(|| "-".to_owned(), short);
    let money = |from: &str| match results.batch.currency() {
        Some(currency) => format!("{} {currency}", amount(from)),
        None => amount(from),
    };
    let mut words = format!(
        "Fund {} of {} projects for {}",
        option.text("projects"),
        results.portfolio.projects().len(),
        money("cost"),
    );
    // Lists of requests have no scores.
    if !results.portfolio.objectives().objectives().is_empty() {
        words += &format!(": strategic value {}", amount("strategic_value"));
    }
    if option.number("npv").is_some() {
        words += &format!(", NPV {}", money("npv"));
    }
    if option.number("npv_p10").is_some() {
        words += &format!(" (in 80 of 100 futures between {} and {})", amount("npv_p10"), money("npv_p90"));
    }
    if let Some(over) = option.number("p_over_budget") {
        words += &format!("; a budget is exceeded in {} of 100 futures", short(100.0 * over));
    }
    if option.text("status") == "feasible" {
        words += &match option.number("gap") {
            Some(gap) => format!("; not proven best: up to {} % better may exist", short(100.0 * gap)),
            None => "; not proven best".to_owned(),
        };
    }
    words + "."
}

/// What the decision rests on: its proof, and the limits that keep most projects out.
pub fn rests_on(option: Row<'_>, decisions: &[Row<'_>]) -> String {
    let proof = match (option.text("status"), option.number("gap")) {
        ("optimal", Some(0.0)) => "It is proven best.".to_owned(),
        ("optimal", Some(gap)) => format!("It is proven best to {} %.", short(100.0 * gap)),
        _ => "It is not proven best.".to_owned(),
    };
    let mut stopped: BTreeMap<&str, usize> = BTreeMap::new();
    for row in decisions.iter().filter(|row| row.text("decision") == "out") {
        for limit in row.text("binding").split(';').filter(|limit| !limit.is_empty()) {
            *stopped.entry(limit).or_default() += 1;
        }
    }
    let mut limits: Vec<(&str, usize)> = stopped.into_iter().collect();
    limits.sort_by_key(|&(_, projects)| usize::MAX - projects);
    let told = limits.iter().take(LIMITS).map(|(limit, projects)| format!("{limit} ({projects})"));
    match told.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => proof,
        told => format!("{proof} Limits that keep most projects out (how many): {told}."),
    }
}

/// What would turn the decision: the option that comes next, and the projects whose decisions cost least to reverse.
pub fn turns(results: &Results<'_>, [option, next]: [Option<Row<'_>>; 2], decisions: &[Row<'_>]) -> String {
    let mut words = Vec::new();
    words.extend(option.zip(next).and_then(|(option, next)| lead(results, option, next)));
    let closest = |is: &str| {
        let priced = decisions.iter().filter(|row| row.text("decision") == is);
        let priced = priced.filter_map(|row| Some((row.number("cost_of_forcing")?, *row)));
        priced.min_by(|(one, _), (other, _)| one.total_cmp(other))
    };
    let factor = |row: Row<'_>| match row.number("break_even_cost") {
        Some(factor) => format!(", or at {} times its cost", short(factor)),
        None => String::new(),
    };
    if let Some((loss, row)) = closest("out") {
        words.push(format!("First to enter: {}, for {}{}.", named(row), price(loss), factor(row)));
    }
    if let Some((loss, row)) = closest("in") {
        words.push(format!("First to leave: {}, for {}{}.", named(row), price(loss), factor(row)));
    }
    words.join(" ")
}

/// The price of a reversal. One that betters the objective is no price: a search that ends within a gap leaves such.
fn price(loss: f64) -> String {
    if loss < 0.0 {
        "nothing (within the proven gap)".to_owned()
    } else {
        format!("{} of the objective", short(loss))
    }
}

/// Lead of the first option over the next in what ranks them; `None` if the options do not tell that number.
fn lead(results: &Results<'_>, option: Row<'_>, next: Row<'_>) -> Option<String> {
    let ranked_by = results.batch.rank_by().name(results.portfolio);
    let heading = ranked_by.replacen('.', "_", 1);
    let (first, second) = (option.number(&heading)?, next.number(&heading)?);
    let name = next.text("option");
    let lead = (first - second).abs();
    let size = first.abs().max(second.abs());
    Some(if lead <= 1e-9 * size {
        format!("Option {name} is as good in {ranked_by}.")
    } else if option.text("tie") == "true" {
        let percent = short(100.0 * lead / size);
        format!(
            "Option {name} is a tie: it is {percent} % behind in {ranked_by}, which the trials cannot tell from 0."
        )
    } else {
        format!("Option {name} comes next, {} % behind in {ranked_by}.", short(100.0 * lead / size))
    })
}

fn named(row: Row<'_>) -> String {
    crate::output::id_and_name(row.text("project"), row.text("name"))
}

fn short(number: f64) -> String {
    NumberStyle::of(number).write(number)
}
