//! scenarios.csv: the assumptions of every scenario, and how it ended.

use std::collections::BTreeSet;

use crate::domain::{AskedShare, Assumptions, Decision, Goal, LineIx, PaymentIx, Scenario, Sense, Status};
use crate::units::Share;

use super::cases::ScenarioCase;
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// Compares scenarios.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("scenarios.csv", sheet, &["scenario"]);
    let expected = context.cases.iter().map(|case| (vec![case.name().to_owned()], case)).collect();
    for (row, case) in table.find_rows(expected) {
        compare_outcome(context, &mut table, row, case);
        compare_assumptions(context, &mut table, row, case);
        compare_room(context, &mut table, row, case);
        compare_limits(context, &mut table, row, case);
    }
    table.finish(report);
}

fn compare_outcome(context: &Context<'_>, table: &mut Comparison<'_>, row: usize, case: &ScenarioCase<'_>) {
    let found = case.options.len();
    table.count(row, "options_found", Some(found));
    let goal = &case.reading.scenario.goal;
    let objectives = case.options.iter().map(|option| context.objective(case, option));
    let best = objectives.reduce(|one, other| {
        let is_better = goal.sense().sign() * (other.value - one.value) > 0.0;
        if is_better { other } else { one }
    });
    table.number(row, "objective", best);
    let status = table.sheet().cell(row, "status");
    let fits = match status {
        "optimal" | "feasible" => found > 0,
        "infeasible" | "unknown" | "not run" | "failed" => found == 0,
        _ => false,
    };
    if fits {
        table.has_compared(row, "status");
    } else {
        table.refuse(
            row,
            "status",
            if found == 0 { "infeasible, unknown, not run or failed" } else { "optimal or feasible" },
        );
    }
}

/// A heading that two names may share: the second then has a number.
#[derive(Default)]
struct Headings(BTreeSet<String>);

impl Headings {
    fn next(&mut self, heading: String) -> String {
        let copies = (2..).map(|copy| format!("{heading} ({copy})"));
        let names = std::iter::once(heading.clone()).chain(copies);
        names.into_iter().find(|name| self.0.insert(name.clone())).unwrap_or(heading)
    }
}

fn compare_assumptions(
    context: &Context<'_>,
    table: &mut Comparison<'_>,
    row: usize,
    case: &ScenarioCase<'_>,
) {
    let (scenario, portfolio) = (case.reading.scenario, context.portfolio);
    let number = |value: f64| Some(Figure::from(value));
    table.text(row, "goal", &goal_text(context, scenario));
    table.text(row, "weights", scenario.weight_set.as_str());
    let mut headings = Headings::default();
    compare_weights(context, table, row, case, &mut headings);
    table.number(row, "discount_rate", number(scenario.discount_rate));
    table.count(row, "options", Some(scenario.options));
    table.flag(row, "risk", Some(scenario.simulate));
    let decided = |decision: Decision| {
        let projects = portfolio.projects().iter().zip(&scenario.decisions);
        let ids = projects.filter(|(_, made)| **made == decision).map(|(project, _)| project.id.as_str());
        ids.collect::<Vec<_>>().join(";")
    };
    table.text(row, "force_in", &decided(Decision::In));
    table.text(row, "force_out", &decided(Decision::Out));
    for (line, id) in portfolio.lines().iter_enumerated() {
        let heading = headings.next(format!("cost_scale.{id}"));
        table.number(row, &heading, number(scenario.scales.costs[line]));
    }
    for (kind, id) in portfolio.benefit_kinds().iter_enumerated() {
        let heading = headings.next(format!("benefit_scale.{id}"));
        table.number(row, &heading, number(scenario.scales.benefits[kind]));
    }
}

/// Weights of all projects, and of each class that any scenario weighs apart.
fn compare_weights(
    context: &Context<'_>,
    table: &mut Comparison<'_>,
    row: usize,
    case: &ScenarioCase<'_>,
    headings: &mut Headings,
) {
    let weights = &case.reading.weights;
    let tree = context.portfolio.objectives();
    for &leaf in tree.leaves() {
        let heading = headings.next(format!("weight.{}", tree.objectives()[leaf].id));
        table.number(row, &heading, weights.common(leaf).map(Figure::from));
    }
    for class in &context.batch.assumptions().weight_classes {
        let own = weights.classes.iter().find(|(own, _)| own == class);
        for &leaf in tree.leaves() {
            let heading = headings.next(format!("weight.{class}.{}", tree.objectives()[leaf].id));
            table.number(row, &heading, own.map(|(_, weights)| Figure::from(weights[leaf])));
        }
    }
}

/// Change control, trimming and named limits.
fn compare_room(context: &Context<'_>, table: &mut Comparison<'_>, row: usize, case: &ScenarioCase<'_>) {
    let (scenario, portfolio) = (case.reading.scenario, context.portfolio);
    let number = |value: f64| Some(Figure::from(value));
    let assumptions = context.batch.assumptions();
    table.number(row, "escalation", number(scenario.escalation));
    table.flag(row, "meet_targets", Some(scenario.meet_targets));
    table.count(row, "max_changes", scenario.change_control.max_changes);
    table.number(row, "change_price", number(scenario.change_control.price));
    if assumptions.tells_changes_apart {
        let control = scenario.change_control;
        table.count(row, "changes.max_drops", control.max_drops);
        table.number(row, "changes.add_price", number(control.add_price));
        table.number(row, "changes.drop_price", number(control.drop_price));
        table.number(row, "changes.move_price", number(control.move_price));
    }
    for project in &assumptions.trimmed {
        let row_of_table = &portfolio.projects()[*project];
        let share = scenario.min_fractions.get(project).unwrap_or(&row_of_table.min_fraction);
        let heading = format!("min_fraction.{}", row_of_table.id);
        table.number(row, &heading, number(share.map_or(1.0, Share::value)));
    }
    let limits: Vec<&str> = scenario.named_limits.iter().map(|limit| limit.name().as_str()).collect();
    table.text(row, "limits", &limits.join(";"));
    for (name, key) in &assumptions.relative_limits {
        let limit = scenario.named_limits.iter().find(|limit| limit.name() == name);
        let amount = limit.and_then(|limit| {
            if *key == Assumptions::CONFIDENCE {
                return limit.held().map(|held| Figure::from(held.confidence.level()));
            }
            let bound = limit.relative().iter().find(|bound| bound.key() == *key)?;
            case.reading.stated_share(limit, bound)
        });
        table.number(row, &format!("limit.{name}.{key}"), amount);
    }
}

fn compare_limits(context: &Context<'_>, table: &mut Comparison<'_>, row: usize, case: &ScenarioCase<'_>) {
    let (limits, portfolio) = (&case.reading.scenario.limits, context.portfolio);
    let periods = || portfolio.horizon().periods().iter_enumerated();
    let mut headings = Headings::default();
    let mut told: Vec<(String, Option<f64>)> = Vec::new();
    for (line, id) in portfolio.lines().iter_enumerated() {
        let budget = limits.lines[line].as_ref();
        told.extend(periods().map(|(period, label)| {
            (format!("budget.{id}.{label}"), budget.map(|budget| budget[period].value()))
        }));
    }
    let cap = limits.all_lines.as_ref();
    told.extend(
        periods().map(|(period, label)| (format!("budget.*.{label}"), cap.map(|cap| cap[period].value()))),
    );
    for (resource, id) in portfolio.resources().iter_enumerated() {
        let capacity = limits.resources[resource].as_ref();
        told.extend(periods().map(|(period, label)| {
            (format!("capacity.{id}.{label}"), capacity.map(|capacity| capacity[period].value()))
        }));
    }
    let shares = asked_shares(case);
    for (heading, amount) in told {
        let share = shares.iter().find(|(own, _)| *own == heading).map(|&(_, amount)| amount);
        table.number(row, &headings.next(heading), share.or(amount.map(Figure::from)));
    }
}

/// Budgets that are shares of what is asked for, by their headings: of what all projects that the table does not
/// exclude would spend, whole and as planned, with the factors of the scenario.
fn asked_shares(case: &ScenarioCase<'_>) -> Vec<(String, Figure)> {
    let (reading, portfolio) = (&case.reading, case.reading.portfolio);
    let scales = &reading.scenario.scales;
    let candidates = portfolio.projects().iter_enumerated();
    let candidates: Vec<Chosen> = candidates
        .filter(|(_, project)| project.status != Status::Excluded)
        .map(|(project, row)| Chosen { project, start: row.start, share: 1.0, payment: PaymentIx::default() })
        .collect();
    let budget = |share: &AskedShare| {
        let lines: Vec<LineIx> =
            share.line.map_or_else(|| portfolio.lines().positions().collect(), |line| vec![line]);
        let spend = |one: &Chosen| -> Figure {
            lines.iter().map(|&line| reading.spend_of(*one, line, share.period)).sum()
        };
        let asked: Figure = candidates.iter().map(spend).sum();
        let scale = share.line.map_or(scales.all_lines, |line| scales.budgets[line]);
        let name = share.line.map_or("*", |line| portfolio.lines()[line].as_str());
        let heading = format!("budget.{name}.{}", portfolio.horizon().label(share.period));
        (heading, (asked * share.share).at_least_zero() * scale)
    };
    reading.scenario.limits.asked.iter().map(budget).collect()
}

fn goal_text(context: &Context<'_>, scenario: &Scenario) -> String {
    let name = |measure: &crate::domain::Measure| measure.name(context.portfolio);
    let mut text = match &scenario.goal {
        Goal::Single { sense: Sense::Maximise, measure } => format!("maximise {}", name(measure)),
        Goal::Single { sense: Sense::Minimise, measure } => format!("minimise {}", name(measure)),
        Goal::Mix(terms) => {
            let terms = terms.iter().map(|(measure, weight)| format!("{weight} {}", name(measure)));
            format!("maximise {}", terms.collect::<Vec<_>>().join(" + "))
        }
    };
    for next in &scenario.next_goals {
        text.push_str(", then ");
        text.push_str(&name(next));
    }
    text
}
