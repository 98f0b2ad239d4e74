//! decisions.csv: why each project is in or out of the option that is ranked first, and what would change that.

use crate::domain::{DependencyKind, Goal, Measure, Portfolio, ProjectIx, RankBy, Scenario, Selection};
use crate::optimise::{Decisions, ProjectDecision, Reversal, RowKey};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, number_if, text};
use crate::output::error::OutputError;
use crate::output::names::{Names, listed};
use crate::output::number::{NumberStyle, tidy};

/// decisions.csv.
pub const TABLE: TableKind = TableKind {
    file: "decisions.csv",
    doc: "why each project is in or out of the option that is ranked first, and what would change that",
    written: "for batches of up to 20 scenarios, or as `decisions` in [batch] says",
    columns: COLUMNS,
    begin: |view| Some(Box::new(DecisionRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("project", "id of the project"),
    text("decision", "in or out"),
    number("frequency", "in which part of the options it is"),
    text("reason", "why, in words: other projects by id and name"),
    text("binding", "what decides or limits it, separated by `;`: projects by id"),
    number("cost_of_forcing", "what the objective loses if the decision is reversed"),
    text("displaces", "who then enters (+) and leaves (-): ids, separated by `;`"),
    number("break_even_cost", "factor on its cost at which the decision would change"),
    number("break_even_score", "its strategic value at which the decision would change"),
    count("option", "number of the option that is explained"),
    text("name", "name of the project"),
    number("cost_of_forcing_least", "the loss is proven to be at least this"),
    number("cost_of_forcing_most", "the loss is proven to be at most this"),
    number("break_even_cost_least", "break_even_cost is proven to be at least this"),
    number("break_even_cost_most", "break_even_cost is proven to be at most this"),
    number("break_even_score_least", "break_even_score is proven to be at least this"),
    number("break_even_score_most", "break_even_score is proven to be at most this"),
    number_if(
        "if [simulation] solve_in_futures is above 0",
        "frequency_over_trials",
        "in which part of the futures of futures.csv the best selection holds it, infeasible ones included; the standard error of \
         a share p of n futures is the root of p (1 - p) / n",
    ),
];

/// Limits named in a reason, at most; `binding` lists all of them.
const NAMED: usize = 3;

/// The decision about one project.
struct DecisionRow<'a> {
    scenario: &'a str,
    project: &'a str,
    name: &'a str,
    /// The option that is explained, by its number.
    option: usize,
    decision: &'a ProjectDecision,
    reason: String,
    binding: String,
    displaces: String,
    /// In which part of the futures the best selection holds it.
    over_trials: Option<f64>,
}

impl DecisionRow<'_> {
    /// The loss and its proven range, as far as they are known.
    fn loss(&self) -> [Option<f64>; 3] {
        match self.decision.reversal {
            Reversal::Possible { loss, least, most, .. } => [Some(loss), Some(least), Some(most)],
            Reversal::Unknown { least } => [None, Some(least), None],
            Reversal::Impossible => [None; 3],
        }
    }
}

/// The rows of decisions.csv.
struct DecisionRows<'a> {
    portfolio: &'a Portfolio,
    rank_by: RankBy,
    has_futures: bool,
    rows: Vec<DecisionRow<'a>>,
}

impl<'a> DecisionRows<'a> {
    /// `None` where decisions are not explained.
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let is_asked = view.batch.explains_decisions();
        let has_futures = view.batch.futures() > 0;
        let (portfolio, rank_by) = (view.portfolio, view.batch.rank_by());
        is_asked.then(|| Self { portfolio, rank_by, has_futures, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for DecisionRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let (portfolio, scenario) = (self.portfolio, finished.scenario);
        let Some(decisions) = &finished.result.reasons.decisions else { return };
        let option = finished.result.options.iter().find(|option| option.number == decisions.option + 1);
        let Some(option) = option else { return };
        let names = Names { portfolio, scenario };
        let criterion = criterion(portfolio, scenario, self.rank_by);
        let explained = ExplainedOption { names, decisions, selection: &option.found.selection, criterion };
        let rows = decisions.projects.iter_enumerated();
        let answers = &finished.result.answers;
        self.rows.extend(rows.map(|(project, decision)| DecisionRow {
            over_trials: answers.frequency(project),
            ..explained.row(project, decision)
        }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let columns = Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("project", |row| row.project)
            .text("decision", |row| if row.decision.is_in { "in" } else { "out" })
            .number("frequency", |row| row.decision.frequency)
            .text("reason", |row| &row.reason)
            .text("binding", |row| &row.binding)
            .maybe("cost_of_forcing", |row| row.loss()[0])
            .text("displaces", |row| &row.displaces)
            .maybe("break_even_cost", |row| row.decision.break_even_cost.map(|found| found.factor))
            .maybe("break_even_score", |row| row.decision.break_even_score.map(|found| found.score))
            .count("option", |row| row.option)
            .text("name", |row| row.name)
            .maybe("cost_of_forcing_least", |row| row.loss()[1])
            .maybe("cost_of_forcing_most", |row| row.loss()[2])
            .maybe("break_even_cost_least", |row| row.decision.break_even_cost.map(|found| found.least))
            .maybe("break_even_cost_most", |row| row.decision.break_even_cost.map(|found| found.most))
            .maybe("break_even_score_least", |row| row.decision.break_even_score.map(|found| found.least))
            .maybe("break_even_score_most", |row| row.decision.break_even_score.map(|found| found.most));
        if !self.has_futures {
            return columns.finish(&TABLE);
        }
        columns.maybe("frequency_over_trials", |row| row.over_trials).finish(&TABLE)
    }
}

/// The criterion of the ranking, if it is not the objective itself.
fn criterion(portfolio: &Portfolio, scenario: &Scenario, rank_by: RankBy) -> Option<String> {
    let is_objective = match (rank_by, &scenario.goal) {
        (RankBy::Objective, _) => true,
        (RankBy::Plan(ranked), Goal::Single { measure, .. }) => ranked == *measure,
        (RankBy::Plan(_) | RankBy::Simulated(..), _) => false,
    };
    (!is_objective).then(|| rank_by.name(portfolio))
}

/// The option of a scenario whose decisions are explained.
struct ExplainedOption<'a> {
    names: Names<'a>,
    decisions: &'a Decisions,
    /// Its selection.
    selection: &'a Selection,
    /// The criterion of the ranking, if it is not the objective.
    criterion: Option<String>,
}

impl<'a> ExplainedOption<'a> {
    fn row(&self, project: ProjectIx, decision: &'a ProjectDecision) -> DecisionRow<'a> {
        let (portfolio, scenario): (&'a Portfolio, &'a Scenario) =
            (self.names.portfolio, self.names.scenario);
        let binding = decision.binding.iter().filter_map(|&row_key| self.names.constraint(row_key));
        DecisionRow {
            scenario: scenario.name.as_str(),
            project: portfolio.projects()[project].id.as_str(),
            name: &portfolio.projects()[project].name,
            option: self.number(),
            decision,
            reason: self.reason(project, decision),
            binding: binding.collect::<Vec<_>>().join(";"),
            displaces: self.displaced(&decision.reversal),
            over_trials: None,
        }
    }

    /// True if no option has a better objective: a reversal may still better it, by the gap that was asked for at most.
    fn is_best_found(&self) -> bool {
        self.criterion.is_none() && self.number() == 1
    }

    /// The number of the option that is explained.
    fn number(&self) -> usize {
        self.decisions.option + 1
    }

    /// `+P07;-P11`: projects that enter and leave if the decision is reversed.
    fn displaced(&self, reversal: &Reversal) -> String {
        let Reversal::Possible { enter, leave, .. } = reversal else { return String::new() };
        let signed = |sign: char, projects: &[ProjectIx]| -> Vec<String> {
            projects.iter().map(|&project| format!("{sign}{}", self.names.id(project))).collect()
        };
        [signed('+', enter), signed('-', leave)].concat().join(";")
    }

    /// The decision if it was taken beforehand, or its cause, then the effect of reversing it.
    fn reason(&self, project: ProjectIx, decision: &ProjectDecision) -> String {
        if let Some(decided) = self.names.decision_word(project) {
            return [Some(decided.to_owned()), self.waiting(project)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("; ");
        }
        let mut why = Vec::new();
        if !decision.is_in {
            why.extend(self.barred(project, decision));
            if !decision.is_worth_adding {
                why.push("adds nothing to the objective".to_owned());
            }
        }
        why.push(self.if_reversed(decision));
        if decision.is_in {
            why.extend(self.held(project, decision));
            why.extend(self.waiting(project));
        }
        why.join("; ")
    }

    /// The start of a chosen project that loses strategic value with each period that it waits; `None` where the goal
    /// does not count that value.
    fn waiting(&self, project: ProjectIx) -> Option<String> {
        let choice = self.selection.choice(project)?;
        let horizon = self.names.portfolio.horizon();
        let row = &self.names.portfolio.projects()[project];
        let is_counted = self.names.scenario.goal.measures().into_iter().any(Measure::counts_scores);
        if !is_counted || !row.loses_value(horizon.len()) {
            return None;
        }
        let (start, percent) =
            (horizon.label(choice.start), |share: f64| amount((share * 1e12).round() / 1e10));
        Some(match choice.start - row.start {
            0 => {
                let decay = percent(row.value_decay.value());
                format!(
                    "starts in {start}, since each period of waiting costs {decay} % of its strategic value"
                )
            }
            late => {
                let (lost, s) =
                    (percent(1.0 - row.value_kept(choice.start)), if late == 1 { "" } else { "s" });
                format!(
                    "starts in {start}, {late} period{s} late, which costs {lost} % of its strategic value"
                )
            }
        })
    }

    /// Constraints in the way of a project that is out.
    fn barred(&self, project: ProjectIx, decision: &ProjectDecision) -> Vec<String> {
        let (mut why, mut limits) = (Vec::new(), Vec::new());
        let (mut misses_smallest, mut synergies) = (false, Vec::new());
        for &row_key in &decision.binding {
            match row_key {
                RowKey::Dependency { dependency } => why.extend(self.link(project, dependency)),
                RowKey::Condition { condition } => why.push(self.condition(condition)),
                RowKey::Alternatives { group } => why.extend(self.rival(project, group)),
                RowKey::Budget { .. }
                | RowKey::Capacity { .. }
                | RowKey::Limit { .. }
                | RowKey::Confidence { .. }
                | RowKey::Priority { .. }
                | RowKey::Target { .. } => limits.extend(self.names.constraint(row_key)),
                RowKey::Changes => why.push(format!("would be {}", self.change_too_many())),
                RowKey::Share { .. } => misses_smallest = true,
                RowKey::Synergy { .. } => synergies.extend(self.names.constraint(row_key)),
                // A prior decision needs no other reason, and choosing a project drops none.
                RowKey::Decision { .. } | RowKey::Account | RowKey::Drops => {}
            }
        }
        let not_fit = if misses_smallest { "even its smallest share does not fit" } else { "does not fit" };
        if limits.len() > NAMED {
            let named = limits[..NAMED].join(", ");
            why.push(format!("{not_fit} {named} and {} more limits", limits.len() - NAMED));
        } else if !limits.is_empty() {
            why.push(format!("{not_fit} {}", listed(&limits)));
        }
        if !synergies.is_empty() {
            why.push(format!("would bring the losses of {}", listed(&synergies)));
        }
        why
    }

    /// Constraints that would be broken, and synergies lost, without a project that is in.
    fn held(&self, project: ProjectIx, decision: &ProjectDecision) -> Vec<String> {
        let (mut why, mut missed, mut synergies) = (Vec::new(), Vec::new(), Vec::new());
        for &row_key in &decision.binding {
            match row_key {
                RowKey::Dependency { dependency } => why.extend(self.link(project, dependency)),
                RowKey::Condition { condition } => why.push(self.condition(condition)),
                RowKey::Limit { .. }
                | RowKey::Confidence { .. }
                | RowKey::Priority { .. }
                | RowKey::Target { .. } => {
                    missed.extend(self.names.constraint(row_key));
                }
                RowKey::Changes => why.push(format!("to leave it out would be {}", self.change_too_many())),
                RowKey::Drops => {
                    let most = self.names.scenario.change_control.max_drops.unwrap_or_default();
                    why.push(format!("to leave it out would drop one project of the current plan too many (max_drops is {most})"));
                }
                RowKey::Share { .. } => why.push("funded at its smallest share".to_owned()),
                RowKey::Synergy { .. } => synergies.extend(self.names.constraint(row_key)),
                // Its use of budgets and capacities is no reason to have it, and no group of alternatives is broken by
                // less.
                RowKey::Budget { .. }
                | RowKey::Capacity { .. }
                | RowKey::Alternatives { .. }
                | RowKey::Decision { .. }
                | RowKey::Account => {}
            }
        }
        if !missed.is_empty() {
            why.push(format!("without it alone, {} would be missed", listed(&missed)));
        }
        if !synergies.is_empty() {
            why.push(format!("without it alone, {} would be lost", listed(&synergies)));
        }
        why
    }

    /// `one change too many to the current plan (max_changes is 3)`.
    fn change_too_many(&self) -> String {
        let most = self.names.scenario.change_control.max_changes.unwrap_or_default();
        format!("one change too many to the current plan (max_changes is {most})")
    }

    /// A dependency, seen from one of its two projects.
    fn link(&self, project: ProjectIx, dependency: usize) -> Option<String> {
        let dependency = self.names.portfolio.dependencies()[dependency];
        let is_own = dependency.project == project;
        let partner = if is_own { dependency.other } else { dependency.project };
        let is_chosen = self.selection.contains(partner);
        let other = self.names.named(partner);
        Some(match (dependency.kind, is_own) {
            (DependencyKind::Excludes, _) => format!("excludes {other}, which is chosen"),
            (DependencyKind::Together, _) if is_chosen => format!("goes together with {other}"),
            (DependencyKind::Requires | DependencyKind::After { .. }, false) => {
                format!("{other} requires it")
            }
            (DependencyKind::After { lag }, true) if is_chosen => {
                format!("cannot start {lag} periods after {other}")
            }
            (DependencyKind::Together | DependencyKind::Requires | DependencyKind::After { .. }, _) => {
                format!("needs {}", self.names.named_if_out(partner))
            }
        })
    }

    /// The chosen alternative that takes a project's place.
    fn rival(&self, project: ProjectIx, group: usize) -> Option<String> {
        let (name, members) = &self.names.portfolio.alternatives()[group];
        let chosen = members.iter().find(|&&other| other != project && self.selection.contains(other))?;
        Some(format!("{} of the alternatives {name} is chosen", self.names.named(*chosen)))
    }

    fn condition(&self, condition: usize) -> String {
        self.names.condition_by_name(&self.names.portfolio.conditions()[condition])
    }

    /// The effect of reversing a decision.
    fn if_reversed(&self, decision: &ProjectDecision) -> String {
        let with = if decision.is_in { "without" } else { "with" };
        let text = match decision.reversal {
            Reversal::Impossible => format!("no selection {with} it satisfies the scenario"),
            Reversal::Unknown { .. } => format!("no selection {with} it is known, and none is ruled out"),
            Reversal::Possible { loss, least, most, is_proven, .. } => {
                let range = if is_proven { String::new() } else { proven_range(least, most) };
                format!("{with} it the objective is {}{range}", self.compared(loss))
            }
        };
        if decision.is_in { format!("chosen: {text}") } else { text }
    }

    /// An objective compared with that of the option, by its loss.
    fn compared(&self, loss: f64) -> String {
        let of_option = |than: &str| {
            let ranked = |criterion: &String| {
                let number = self.number();
                format!(" {than} that of option {number}, which is ranked first by {criterion}")
            };
            self.criterion.as_ref().map(ranked).unwrap_or_default()
        };
        match tidy(loss) {
            Some(loss) if loss > 0.0 => format!("{} worse{}", amount(loss), of_option("than")),
            Some(loss) if loss < 0.0 => {
                let within =
                    if self.is_best_found() { ", within the gap to which option 1 is proven" } else { "" };
                format!("{} better{}{within}", amount(-loss), of_option("than"))
            }
            _ => format!("the same{}", of_option("as")),
        }
    }
}

/// The proven range of a loss that is not settled: ` (not proven: from 1.20 better to 3.40 worse)`.
fn proven_range(least: f64, most: f64) -> String {
    let side = |loss: f64| {
        if loss < 0.0 { format!("{} better", amount(-loss)) } else { format!("{} worse", amount(loss)) }
    };
    format!(" (not proven: from {} to {})", side(least), side(most))
}

fn amount(number: f64) -> String {
    NumberStyle::of(number).write(number)
}
