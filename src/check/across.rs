//! robustness.csv, regret.csv and regret_by_option.csv: what is told across scenarios.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Goal;

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::left_out::why_not_table;
use super::priorities;
use super::report::{LeftOut, Report};
use super::sheet::Sheet;

/// Rows up to which regret.csv tells of all options.
const MOST_ROWS: usize = 250_000;
/// A regret that is no larger a part of the objectives is written as 0.
const EQUAL: f64 = 1e-9;

/// Compares robustness.csv: in how many scenarios option 1 funds each project.
pub(super) fn compare_robustness(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("robustness.csv", sheet, &["project"]);
    let first = context.cases.iter().filter_map(|case| case.options.iter().find(|one| one.name == "1"));
    let first: Vec<&Case> = first.collect();
    let projects = context.portfolio.projects().iter_enumerated();
    let expected = projects.map(|(position, project)| (vec![project.id.to_string()], position)).collect();
    for (row, project) in table.find_rows(expected) {
        let count = first.iter().filter(|option| option.selection.has(project)).count();
        let class = match count {
            _ if first.is_empty() => "",
            0 => "exterior",
            count if count == first.len() => "core",
            _ => "borderline",
        };
        table.number(row, "frequency", Some(Figure::from(count as f64 / first.len() as f64)));
        table.text(row, "class", class);
        table.count(row, "funded_in", Some(count));
        table.count(row, "scenarios", Some(first.len()));
        table.text(row, "name", &context.portfolio.projects()[project].name);
    }
    table.finish(report);
}

/// An option in a scenario.
#[derive(Clone, Copy)]
struct Held {
    objective: Figure,
    is_feasible: bool,
    regret: Option<Figure>,
    share: Option<Figure>,
}

/// The options that are told, each in all scenarios.
struct Regrets<'a> {
    /// Scenario and option of each (positions).
    told: Vec<(usize, usize)>,
    /// Per option, per scenario.
    held: Vec<Vec<Held>>,
    context: &'a Context<'a>,
}

/// Compares regret.csv and regret_by_option.csv: every option evaluated in every scenario.
pub(super) fn compare_regrets(context: &Context<'_>, report: &mut Report) {
    let (all, by_option) = ("regret.csv", "regret_by_option.csv");
    let sheets = [all, by_option].map(|file| context.sheets.get(file));
    let mut costs = context.portfolio.projects().iter().flat_map(|project| &project.costs);
    let has_payers = costs.any(|cost| !cost.others.is_empty());
    let [Some(sheet), Some(options_sheet)] = sheets else {
        let there = [all, by_option].into_iter().zip(sheets).filter(|(_, sheet)| sheet.is_some());
        report.left_out.extend(there.map(|(file, _)| unknown(file)));
        return;
    };
    if has_payers {
        report.left_out.extend([all, by_option].map(unknown));
        return;
    }
    let found = Regrets::new(context, sheet);
    found.compare_all(sheet, report);
    found.compare_options(options_sheet, report);
}

fn unknown(file: &str) -> LeftOut {
    LeftOut { file: file.to_owned(), columns: Vec::new(), why: why_not_table(file).to_owned() }
}

impl<'a> Regrets<'a> {
    fn new(context: &'a Context<'a>, sheet: &Sheet) -> Self {
        let cases = &context.cases;
        let all = cases.iter().enumerate();
        let all = all.flat_map(|(place, case)| (0..case.options.len()).map(move |option| (place, option)));
        let mut told: Vec<(usize, usize)> = all.collect();
        if told.len() * cases.len() > MOST_ROWS {
            // A large batch tells of some of its options.
            let subject = |row| (sheet.cell(row, "of_scenario"), sheet.cell(row, "option"));
            let subjects: BTreeSet<(&str, &str)> = (0..sheet.height()).map(subject).collect();
            let name = |&(place, option): &(usize, usize)| {
                (cases[place].name(), cases[place].options[option].name.as_str())
            };
            told.retain(|one| subjects.contains(&name(one)));
        }
        let mut held = vec![Vec::with_capacity(cases.len()); told.len()];
        for (place, case) in cases.iter().enumerate() {
            let there = hold_all(context, (place, case), &told);
            held.iter_mut().zip(there).for_each(|(row, one)| row.push(one));
        }
        Self { told, held, context }
    }

    fn option(&self, (place, option): (usize, usize)) -> (&'a ScenarioCase<'a>, &'a Case) {
        let case = &self.context.cases[place];
        (case, &case.options[option])
    }

    fn compare_all(&self, sheet: &Sheet, report: &mut Report) {
        let mut table = Comparison::new("regret.csv", sheet, &["of_scenario", "option", "in_scenario"]);
        let mut expected = Vec::new();
        for (&subject, row) in self.told.iter().zip(&self.held) {
            let (case, option) = self.option(subject);
            let there = self.context.cases.iter().zip(row);
            expected.extend(there.map(|(other, &held)| (case.key(option, &[other.name()]), held)));
        }
        for (row, held) in table.find_rows(expected) {
            table.number(row, "objective", Some(held.objective));
            table.flag(row, "feasible", Some(held.is_feasible));
            table.number(row, "regret", held.regret);
            table.number(row, "regret_share", held.share);
        }
        table.finish(report);
    }

    fn compare_options(&self, sheet: &Sheet, report: &mut Report) {
        let mut table = Comparison::new("regret_by_option.csv", sheet, &["scenario", "option"]);
        let cases = &self.context.cases;
        let compared: Vec<usize> =
            (0..cases.len()).filter(|&place| !cases[place].options.is_empty()).collect();
        let goals: Vec<&Goal> = compared.iter().map(|&place| &cases[place].reading.scenario.goal).collect();
        let is_one_goal = goals.windows(2).all(|pair| pair[0] == pair[1]);
        let expected = self.told.iter().zip(&self.held).map(|(&subject, row)| {
            let (case, option) = self.option(subject);
            (case.key(option, &[]), row)
        });
        for (row, held) in table.find_rows(expected.collect()) {
            let kept = || compared.iter().map(|&place| held[place]).filter(|one| one.is_feasible);
            let count = kept().count();
            table.count(row, "feasible_in", Some(count));
            table.count(row, "scenarios", Some(compared.len()));
            let regrets = kept().filter_map(|one| one.regret);
            let largest = regrets.clone().reduce(larger).filter(|_| is_one_goal);
            table.number(row, "max_regret", largest);
            let has_all = kept().all(|one| one.share.is_some());
            table.number(
                row,
                "max_regret_share",
                kept().filter_map(|one| one.share).reduce(larger).filter(|_| has_all),
            );
            let mean = regrets.sum::<Figure>() * (1.0 / count as f64);
            table.number(row, "mean_regret", Some(mean).filter(|_| is_one_goal));
        }
        table.finish(report);
    }
}

fn larger(one: Figure, other: Figure) -> Figure {
    Figure { value: one.value.max(other.value), slack: one.slack.max(other.slack) }
}

/// Options under the assumptions of a scenario; those of equal projects, starts and shares are evaluated once.
fn hold_all(
    context: &Context<'_>,
    (place, case): (usize, &ScenarioCase<'_>),
    told: &[(usize, usize)],
) -> Vec<Held> {
    let sign = case.reading.scenario.goal.sense().sign();
    let mut known: BTreeMap<Vec<(usize, usize, u64)>, Held> = BTreeMap::new();
    let mut held: Vec<Held> = Vec::with_capacity(told.len());
    for &(own, option) in told {
        let option = &context.cases[own].options[option];
        let chosen = option.selection.chosen().iter();
        let key = chosen.map(|one| (one.project.index(), one.start.index(), one.share.to_bits())).collect();
        let found = known.entry(key).or_insert_with(|| Held {
            objective: context.objective(case, option),
            is_feasible: case.reading.broken_rules(&option.selection).is_empty()
                && priorities::gives_way_no_more(case, &option.selection),
            regret: None,
            share: None,
        });
        // An option keeps the rules of its own scenario: if not, that is told elsewhere.
        held.push(Held { is_feasible: found.is_feasible || own == place, ..*found });
    }
    let better = |one: Figure, other: Figure| if sign * other.value > sign * one.value { other } else { one };
    let own = case.options.iter().map(|option| context.objective(case, option));
    let feasible = held.iter().filter(|one| one.is_feasible).map(|one| one.objective);
    let best = if case.options.is_empty() { None } else { own.chain(feasible).reduce(better) };
    for one in held.iter_mut().filter(|one| one.is_feasible) {
        one.regret = best.map(|best| {
            let lost = (best - one.objective) * sign;
            let size = EQUAL * best.value.abs().max(one.objective.value.abs());
            Figure {
                value: if lost.value <= size { 0.0 } else { lost.value },
                slack: lost.slack.abs() + size,
            }
        });
        let share = best.zip(one.regret).map(|(best, lost)| lost.over(best.abs()));
        let is_nothing = one.regret.is_some_and(|lost| lost.value == 0.0);
        one.share = share.filter(|share| share.value.is_finite()).or(is_nothing.then_some(Figure::ZERO));
    }
    held
}
