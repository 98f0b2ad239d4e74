//! scenarios.csv: every assumption of every scenario, resolved, and how it ended.

use crate::domain::{Assumptions, Batch, Decision, Measure, Portfolio, Scenario};
use crate::engine::{ScenarioOutcome, ScenarioResult};

use super::columns::Columns;
use super::frame::ResultTable;
use super::kind::{ALWAYS, BatchView, ResultColumn, TableKind, TableRows, count, flag, number, text};
use crate::output::error::OutputError;
use crate::output::words::{best_objective, goal_text, status_word};
use crate::units::Share;

/// scenarios.csv. Wall times are left out, so that equal runs write equal bytes.
pub const TABLE: TableKind = TableKind {
    file: "scenarios.csv",
    doc: "every assumption of every scenario, resolved, and how it ended",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |view| Some(Box::new(ScenarioRows { view: *view, rows: Vec::new() })),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("status", "optimal, feasible, infeasible, unknown, not run or failed"),
    number("objective", "the best objective among its options"),
    text("goal", "what is optimised"),
    number("scale.<measure>", "what a measure of a mix is divided by: the best that it reaches alone"),
    text("weights", "name of its set of weights"),
    number(
        "weight.<objective>",
        "weight of an objective without children in the whole; blank where it differs between classes",
    ),
    number(
        "weight.<class>.<objective>",
        "the same for the projects of a class; blank where the scenario does not weigh by this class",
    ),
    number("discount_rate", "discount rate per period"),
    count("options", "number of options asked for"),
    count("options_found", "number of options found"),
    flag("risk", "whether its options are simulated"),
    text("force_in", "ids of projects forced in, separated by `;`"),
    text("force_out", "ids of projects forced out, separated by `;`"),
    number("cost_scale.<line>", "factor on all costs of a line"),
    number("benefit_scale.<kind>", "factor on all benefits of a kind"),
    number(
        "budget.<line>.<period>",
        "budget with all factors applied; blank if there is none; line `*`: all together",
    ),
    number("capacity.<resource>.<period>", "capacity with all factors applied; blank if there is none"),
    number("escalation", "growth of a project's costs per period of delay"),
    flag("meet_targets", "whether targets of objectives must be met"),
    count("max_changes", "most changes to the current plan; blank if there is no limit"),
    number("change_price", "what each change costs the objective"),
    number(
        "changes.<key>",
        "max_drops, add_price, drop_price and move_price, where a scenario of the batch tells kinds of changes apart",
    ),
    number(
        "min_fraction.<project>",
        "smallest share of a project, where a scenario of the batch changes it; 1: all or nothing",
    ),
    text("limits", "names of its limits, separated by `;`"),
    text("discount_at", "whether periods are discounted from their start, middle or end"),
    number(
        "limit.<name>.<key>",
        "amount of a bound that is stated as min_of_plan or max_of_line, or confidence of a limit that has one; blank where the \
         scenario has no such limit",
    ),
];

/// One scenario and its outcome.
struct ScenarioRow<'a> {
    scenario: &'a Scenario,
    outcome: &'a ScenarioOutcome,
    goal: String,
    force_in: String,
    force_out: String,
    limits: String,
}

impl ScenarioRow<'_> {
    fn result(&self) -> Option<&ScenarioResult> {
        self.outcome.finished()
    }

    fn scale(&self, measure: Measure) -> Option<f64> {
        let scales = &self.result()?.scales;
        scales.iter().find(|(other, _)| *other == measure).map(|&(_, best)| best)
    }
}

/// The rows of scenarios.csv.
struct ScenarioRows<'a> {
    view: BatchView<'a>,
    rows: Vec<ScenarioRow<'a>>,
}

impl<'a> TableRows<'a> for ScenarioRows<'a> {
    fn scenario(&mut self, scenario: &'a Scenario, outcome: &'a ScenarioOutcome) {
        let portfolio = self.view.portfolio;
        self.rows.push(ScenarioRow {
            scenario,
            outcome,
            goal: goal_text(scenario, portfolio),
            force_in: decided(portfolio, scenario, Decision::In),
            force_out: decided(portfolio, scenario, Decision::Out),
            limits: limit_names(scenario),
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let BatchView { portfolio, batch } = self.view;
        let columns = outcome_columns(Columns::of(&self.rows), batch, portfolio);
        let columns = weight_columns(columns, batch, portfolio);
        let columns = assumption_columns(columns, portfolio);
        let columns = room_columns(limit_columns(columns, portfolio), batch, portfolio);
        let columns = columns.text("discount_at", |row| row.scenario.discount_at.as_str());
        share_columns(columns, batch).finish(&TABLE)
    }
}

type ScenarioColumns<'r, 'a> = Columns<'r, ScenarioRow<'a>>;

/// Columns with the outcomes and goals of scenarios.
fn outcome_columns<'r, 'a>(
    columns: ScenarioColumns<'r, 'a>,
    batch: &Batch,
    portfolio: &Portfolio,
) -> ScenarioColumns<'r, 'a> {
    let columns = columns
        .text("scenario", |row| row.scenario.name.as_str())
        .text("status", |row| status_word(row.outcome))
        .maybe("objective", |row| best_objective(row.result()?, &row.scenario.goal))
        .text("goal", |row| &row.goal);
    batch.mixed_measures().iter().fold(columns, |columns, &measure| {
        columns.maybe(&format!("scale.{}", measure.name(portfolio)), |row| row.scale(measure))
    })
}

/// Weights: of all projects, and of each class that any scenario of the batch weighs apart.
fn weight_columns<'r, 'a>(
    columns: ScenarioColumns<'r, 'a>,
    batch: &Batch,
    portfolio: &Portfolio,
) -> ScenarioColumns<'r, 'a> {
    let mut columns = columns.text("weights", |row| row.scenario.weight_set.as_str());
    let tree = portfolio.objectives();
    let leaves = || tree.leaves().iter().map(|&leaf| &tree.objectives()[leaf].id).enumerate();
    for (leaf, id) in leaves() {
        let heading = format!("weight.{id}");
        columns = columns.maybe(&heading, |row| row.scenario.weights.common(|set| set.leaves[leaf]));
    }
    for class in &batch.assumptions().weight_classes {
        for (leaf, id) in leaves() {
            columns = columns.maybe(&format!("weight.{class}.{id}"), |row| {
                let set = row.scenario.weights.classes().iter().find(|set| set.class == *class);
                set.map(|set| set.weights.leaves[leaf])
            });
        }
    }
    columns
}

/// Decisions and factors.
fn assumption_columns<'r, 'a>(
    columns: ScenarioColumns<'r, 'a>,
    portfolio: &Portfolio,
) -> ScenarioColumns<'r, 'a> {
    let mut columns = columns
        .number("discount_rate", |row| row.scenario.discount_rate)
        .count("options", |row| row.scenario.options)
        .count("options_found", |row| row.result().map_or(0, |result| result.options.len()))
        .flag("risk", |row| Some(row.scenario.simulate))
        .text("force_in", |row| &row.force_in)
        .text("force_out", |row| &row.force_out);
    for (line, id) in portfolio.lines().iter_enumerated() {
        columns = columns.number(&format!("cost_scale.{id}"), |row| row.scenario.scales.costs[line]);
    }
    for (kind, id) in portfolio.benefit_kinds().iter_enumerated() {
        columns = columns.number(&format!("benefit_scale.{id}"), |row| row.scenario.scales.benefits[kind]);
    }
    columns
}

/// Budgets and capacities with all factors applied; blank where there is no limit.
fn limit_columns<'r, 'a>(
    mut columns: ScenarioColumns<'r, 'a>,
    portfolio: &Portfolio,
) -> ScenarioColumns<'r, 'a> {
    for (line, id) in portfolio.lines().iter_enumerated() {
        for (period, label) in portfolio.horizon().periods().iter_enumerated() {
            columns = columns.maybe(&format!("budget.{id}.{label}"), |row| {
                Some(row.scenario.limits.lines[line].as_ref()?[period].value())
            });
        }
    }
    for (period, label) in portfolio.horizon().periods().iter_enumerated() {
        columns = columns.maybe(&format!("budget.*.{label}"), |row| {
            Some(row.scenario.limits.all_lines.as_ref()?[period].value())
        });
    }
    for (resource, id) in portfolio.resources().iter_enumerated() {
        for (period, label) in portfolio.horizon().periods().iter_enumerated() {
            columns = columns.maybe(&format!("capacity.{id}.{label}"), |row| {
                Some(row.scenario.limits.resources[resource].as_ref()?[period].value())
            });
        }
    }
    columns
}

/// Named limits, targets and change control.
fn room_columns<'r, 'a>(
    columns: ScenarioColumns<'r, 'a>,
    batch: &Batch,
    portfolio: &Portfolio,
) -> ScenarioColumns<'r, 'a> {
    let mut columns = columns
        .number("escalation", |row| row.scenario.escalation)
        .flag("meet_targets", |row| Some(row.scenario.meet_targets))
        .maybe_count("max_changes", |row| row.scenario.change_control.max_changes)
        .number("change_price", |row| row.scenario.change_control.price);
    if batch.assumptions().tells_changes_apart {
        columns = columns
            .maybe_count("changes.max_drops", |row| row.scenario.change_control.max_drops)
            .number("changes.add_price", |row| row.scenario.change_control.add_price)
            .number("changes.drop_price", |row| row.scenario.change_control.drop_price)
            .number("changes.move_price", |row| row.scenario.change_control.move_price);
    }
    for &project in &batch.assumptions().trimmed {
        let heading = format!("min_fraction.{}", portfolio.projects()[project].id);
        columns = columns.number(&heading, |row| {
            let own = portfolio.projects()[project].min_fraction;
            let share = row.scenario.min_fractions.get(&project).copied().unwrap_or(own);
            share.unwrap_or(Share::ONE).value()
        });
    }
    columns.text("limits", |row| &row.limits)
}

/// Amounts of the bounds that are stated as shares.
fn share_columns<'r, 'a>(columns: ScenarioColumns<'r, 'a>, batch: &Batch) -> ScenarioColumns<'r, 'a> {
    batch.assumptions().relative_limits.iter().fold(columns, |columns, (name, key)| {
        columns.maybe(&format!("limit.{name}.{key}"), move |row| {
            let limit = row.scenario.named_limits.iter().find(|limit| limit.name() == name)?;
            if *key == Assumptions::CONFIDENCE {
                return limit.held().map(|held| held.confidence.level());
            }
            let relative = limit.relative().iter().find(|bound| bound.key() == *key)?;
            let kind = relative.with_amount(0.0).key();
            limit.bounds().iter().find(|bound| bound.key() == kind).map(|bound| bound.value())
        })
    })
}

/// The names of the limits, in their order.
fn limit_names(scenario: &Scenario) -> String {
    let names: Vec<&str> = scenario.named_limits.iter().map(|limit| limit.name().as_str()).collect();
    names.join(";")
}

/// The ids of the projects with a decision, whether the table or the scenario made it.
fn decided(portfolio: &Portfolio, scenario: &Scenario, decision: Decision) -> String {
    let ids: Vec<&str> = (portfolio.projects().iter().zip(&scenario.decisions))
        .filter(|(_, made)| **made == decision)
        .map(|(project, _)| project.id.as_str())
        .collect();
    ids.join(";")
}
