//! What is told beside the risk of a scenario's options.

use crate::cli::terminal::figures::{estimate, number};
use crate::cli::terminal::grid::{in_list, list, words};
use crate::output::saved::{FuturesAnswer, ProjectInFutures, ScenarioAnswer, ShrinkageAnswer};

use super::words::share;

/// The lines that a scenario has.
pub fn lines(answer: &ScenarioAnswer, full: bool) -> Vec<String> {
    let futures = answer.futures.iter().flat_map(|futures| of_futures(answer, futures, full));
    let shrinkage = answer.shrinkage.iter().map(|shrinkage| of_shrinkage(answer, shrinkage));
    futures.chain(shrinkage).collect()
}

fn currency(answer: &ScenarioAnswer) -> String {
    answer.currency.as_ref().map_or(String::new(), |currency| format!(" {currency}"))
}

fn of_futures(answer: &ScenarioAnswer, told: &FuturesAnswer, full: bool) -> Vec<String> {
    let part = |count: usize| share(count as f64 / told.futures.max(1) as f64);
    let [always, mostly, seldom, never] = told.projects;
    let projects = if always == 1 { "project" } else { "projects" };
    let mut text = format!(
        "the best selection of {} futures, each known before: {always} {projects} in all, {mostly} in most, {seldom} in few, \
         {never} in none",
        told.futures
    );
    if told.infeasible > 0 {
        text.push_str(&format!("; no selection keeps the limits in {} of them", part(told.infeasible)));
    }
    if told.unfinished > 0 {
        text.push_str(&format!("; a limit of the search was met in {} of them", part(told.unfinished)));
    }
    let mut lines = vec![words("  Futures:", &text)];
    if !told.otherwise.is_empty() {
        let item = |one: &ProjectInFutures| {
            let decided = if one.is_in { "in" } else { "out" };
            format!("{} ({decided}, in {} of them)", in_list(&one.project, &one.name), share(one.frequency))
        };
        let items: Vec<String> = told.otherwise.iter().map(item).collect();
        lines.push(list("  Most futures decide otherwise:", &items, full));
    }
    if told.perfect_information.value.is_some() {
        let left = told.futures - told.compared;
        let left = match left {
            0 => String::new(),
            left => {
                format!("; {left} futures in which option 1 breaks a limit or nothing was found are left out")
            }
        };
        let worth = format!("{}{} on average{left}", estimate(told.perfect_information), currency(answer));
        lines.push(words("  To know the future would be worth:", &worth));
    }
    lines
}

fn of_shrinkage(answer: &ScenarioAnswer, told: &ShrinkageAnswer) -> String {
    let first = match told.best == told.option {
        true => "it is the best of the options then, too".to_owned(),
        false => format!("option {} is worth more then", told.best),
    };
    let kept = match told.as_planned {
        0 => String::new(),
        count => format!("; {count} of its projects stay as planned"),
    };
    words(
        "  Expected disappointment:",
        &format!(
            "{}{currency} of NPV, as favourable estimates are chosen: {}{currency} is left; {first}{kept}",
            number(Some(told.expected_disappointment)),
            number(Some(told.npv_shrunk)),
            currency = currency(answer)
        ),
    )
}
