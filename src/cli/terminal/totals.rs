//! Control totals as tables.

use crate::control::{
    Asked, AttributeTotals, BenefitTotals, ControlTotals, KeyResultTotals, LineGroupTotals, LineTotals,
    PeriodAmount, PeriodAsked, PeriodTotals, ResourceTotals,
};
use crate::diagnostic::shown;
use crate::output::{Figure, NumberStyle, id_and_name};

use super::figures::percent;
use super::report::table;

/// Rows of one table up to which each period has its own.
const FEW_ROWS: usize = 60;

/// Longest name or value in a table, in characters.
const LONGEST_NAME: usize = 40;

/// The word for all periods together.
const ALL: &str = "all";

/// All totals, a table each.
pub fn text(totals: &ControlTotals) -> String {
    let parts = [
        Some(periods(&totals.periods, totals.money)),
        lines(&totals.lines),
        line_groups(&totals.line_groups),
        resources(&totals.resources),
        benefits(&totals.benefits),
        Some(statuses(totals)),
        attributes(&totals.attributes, totals.money.asked),
        key_results(&totals.key_results),
    ];
    let about = "Control totals: sums of the tables over all projects, as planned and undiscounted.";
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{about}\n\n{}", parts.join("\n\n"))
}

fn full(number: f64) -> String {
    NumberStyle::in_full(number)
}

fn limit(limit: Option<f64>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), full)
}

/// A share of what is asked for.
fn share(value: Option<f64>) -> String {
    percent(Some(Figure { value, error: None }))
}

fn name(text: &str) -> String {
    if text.is_empty() { "(blank)".to_owned() } else { shown(text, LONGEST_NAME) }
}

fn amounts(asked: Asked) -> [String; 3] {
    [full(asked.asked), limit(asked.limit), share(asked.share)]
}

fn periods(periods: &[PeriodTotals], money: Asked) -> String {
    let row = |period: &str, money: Asked, benefit: String| {
        let [asked, limit, share] = amounts(money);
        vec![period.to_owned(), asked, limit, share, benefit]
    };
    // The kinds of benefit have their own totals.
    let all = row(ALL, money, String::new());
    let rows = periods.iter().map(|one| row(&one.period, one.money, full(one.benefit)));
    let headings = ["Period", "Asked, all lines", "Budget", "Covered", "Benefit"];
    table(&headings, rows.chain([all]), 1)
}

/// A line or resource: a row for all periods, then one for each where all tables stay short.
fn account(id: &str, asked: Asked, periods: &[PeriodAsked], with_periods: bool) -> Vec<Vec<String>> {
    let row = |id: String, period: &str, asked: Asked| {
        let [asked, limit, share] = amounts(asked);
        vec![id, period.to_owned(), asked, limit, share]
    };
    let all = row(name(id), ALL, asked);
    let each = periods.iter().filter(|_| with_periods).map(|one| row(String::new(), &one.period, one.asked));
    [all].into_iter().chain(each).collect()
}

/// True if each period of each of so many things can have its own row; a single period says what all do.
fn has_period_rows(things: usize, periods: usize) -> bool {
    periods > 1 && things * (periods + 1) <= FEW_ROWS
}

fn lines(lines: &[LineTotals]) -> Option<String> {
    let with_periods = has_period_rows(lines.len(), lines.first()?.periods.len());
    let who = |one: &LineTotals| id_and_name(&one.line, one.name.as_deref().unwrap_or_default());
    let rows = lines.iter().flat_map(|one| account(&who(one), one.asked, &one.periods, with_periods));
    Some(table(&["Budget line", "Period", "Asked", "Budget", "Covered"], rows, 2))
}

fn line_groups(groups: &[LineGroupTotals]) -> Option<String> {
    if groups.is_empty() {
        return None;
    }
    let row = |one: &LineGroupTotals| {
        let [asked, limit, share] = amounts(one.asked);
        vec![one.by.to_owned(), name(&one.value), one.lines.to_string(), asked, limit, share]
    };
    Some(table(&["Lines by", "Value", "Lines", "Asked", "Budget", "Covered"], groups.iter().map(row), 2))
}

fn resources(resources: &[ResourceTotals]) -> Option<String> {
    let with_periods = has_period_rows(resources.len(), resources.first()?.periods.len());
    let rows = resources.iter().flat_map(|one| account(&one.resource, one.asked, &one.periods, with_periods));
    Some(table(&["Resource", "Period", "Asked", "Capacity", "Covered"], rows, 2))
}

fn benefits(kinds: &[BenefitTotals]) -> Option<String> {
    let with_periods = has_period_rows(kinds.len(), kinds.first()?.periods.len());
    let row = |kind: String, period: &str, amount: f64| vec![kind, period.to_owned(), full(amount)];
    let rows = kinds.iter().flat_map(|kind| {
        let each = |one: &PeriodAmount| row(String::new(), &one.period, one.amount);
        let periods = kind.periods.iter().filter(|_| with_periods).map(each);
        [row(name(&kind.kind), ALL, kind.benefit)].into_iter().chain(periods).collect::<Vec<_>>()
    });
    Some(table(&["Kind of benefit", "Period", "If all succeed"], rows, 2))
}

fn statuses(totals: &ControlTotals) -> String {
    let row = |status: &str, projects: usize, asked: f64| {
        vec![status.to_owned(), projects.to_string(), full(asked)]
    };
    let rows = totals.statuses.iter().map(|one| row(one.status, one.projects, one.asked));
    let all = row(ALL, totals.projects, totals.money.asked);
    table(&["Status", "Projects", "Asked"], rows.chain([all]), 1)
}

fn attributes(attributes: &[AttributeTotals], all: f64) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let rows = attributes.iter().flat_map(|attribute| {
        attribute.values.iter().enumerate().map(|(position, value)| {
            let heading = if position == 0 { name(&attribute.attribute) } else { String::new() };
            let part = (all > 0.0).then(|| value.asked / all);
            vec![heading, name(&value.value), value.projects.to_string(), full(value.asked), share(part)]
        })
    });
    Some(table(&["Attribute", "Value", "Projects", "Asked", "Of all"], rows, 2))
}

fn key_results(key_results: &[KeyResultTotals]) -> Option<String> {
    if key_results.is_empty() {
        return None;
    }
    let row = |one: &KeyResultTotals| {
        let who = id_and_name(&one.key_result, one.name.as_deref().unwrap_or_default());
        let numbers = [one.baseline, one.baseline + one.change, one.target].map(full);
        let [baseline, all, target] = numbers;
        vec![name(&who), one.unit.clone(), one.due.clone(), one.projects.to_string(), baseline, all, target]
    };
    let headings = ["Key result", "Unit", "Due", "Projects", "Baseline", "With all projects", "Target"];
    Some(table(&headings, key_results.iter().map(row), 3))
}
