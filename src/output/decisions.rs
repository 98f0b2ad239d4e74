//! decisions.csv: why each project is in or out of the best option, and what would change that.

use crate::domain::{Batch, Decision, DependencyKind, Portfolio, Scenario, Selection, Status};
use crate::engine::{BatchResult, ScenarioOutcome};
use crate::optimise::{Meaning, ProjectDecision, Reversal};

use super::columns::Columns;
use super::error::OutputError;
use super::names::{Names, listed};
use super::number::{NumberStyle, tidy};
use super::tables::ResultTable;

/// Up to so many limits are named in a reason; all of them stand in `binding`.
const NAMED: usize = 3;

/// The decision about one project.
struct DecisionRow<'a> {
    scenario: &'a str,
    project: &'a str,
    decision: &'a ProjectDecision,
    reason: String,
    binding: String,
    displaces: String,
}

impl DecisionRow<'_> {
    /// Loss, and between what it is proven to lie.
    fn loss(&self) -> Option<(f64, f64, f64)> {
        match self.decision.reversal {
            Reversal::Possible { loss, least, most, .. } => Some((loss, least, most)),
            Reversal::Impossible | Reversal::Unknown => None,
        }
    }
}

/// decisions.csv; `None` if no decision was explained.
pub(super) fn decision_table(
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
) -> Result<Option<ResultTable>, OutputError> {
    let mut rows: Vec<DecisionRow<'_>> = Vec::new();
    for (scenario, outcome) in batch.scenarios().iter().zip(&result.scenarios) {
        let ScenarioOutcome::Finished(finished) = outcome else { continue };
        let best = finished.options.iter().find(|option| option.number == 1);
        let (Some(decisions), Some(best)) = (&finished.reasons.decisions, best) else { continue };
        let told = Told { names: Names { portfolio, scenario }, best: &best.found.selection };
        rows.extend(
            decisions.projects.iter().enumerate().map(|(project, decision)| told.row(project, decision)),
        );
    }
    if !batch.explains_decisions() {
        return Ok(None);
    }
    Columns::of(&rows)
        .text("scenario", |row| row.scenario)
        .text("project", |row| row.project)
        .text("decision", |row| if row.decision.is_in { "in" } else { "out" })
        .number("frequency", |row| row.decision.frequency)
        .text("reason", |row| &row.reason)
        .text("binding", |row| &row.binding)
        .maybe("cost_of_forcing", |row| row.loss().map(|(loss, ..)| loss))
        .text("displaces", |row| &row.displaces)
        .maybe("break_even_cost", |row| row.decision.break_even_cost.map(|found| found.factor))
        .maybe("break_even_score", |row| row.decision.break_even_score)
        .maybe("cost_of_forcing_least", |row| row.loss().map(|(_, least, _)| least))
        .maybe("cost_of_forcing_most", |row| row.loss().map(|(.., most)| most))
        .maybe("break_even_cost_most", |row| row.decision.break_even_cost.map(|found| found.most))
        .finish("decisions.csv")
        .map(Some)
}

/// What decisions of one scenario are told with.
struct Told<'a> {
    names: Names<'a>,
    best: &'a Selection,
}

impl<'a> Told<'a> {
    fn row(&self, project: usize, decision: &'a ProjectDecision) -> DecisionRow<'a> {
        let (portfolio, scenario): (&'a Portfolio, &'a Scenario) =
            (self.names.portfolio, self.names.scenario);
        DecisionRow {
            scenario: scenario.name.as_str(),
            project: portfolio.projects()[project].id.as_str(),
            decision,
            reason: self.reason(project, decision),
            binding: self.limits(&decision.binding).join(";"),
            displaces: self.displaced(&decision.reversal),
        }
    }

    fn limits(&self, limits: &[Meaning]) -> Vec<String> {
        let name = |&limit: &Meaning| Some(self.names.limit(limit)?.which());
        limits.iter().filter_map(name).collect()
    }

    /// `+P07;-P11`: who enters and who leaves if the decision is reversed.
    fn displaced(&self, reversal: &Reversal) -> String {
        let Reversal::Possible { enter, leave, .. } = reversal else { return String::new() };
        let signed = |sign: char, projects: &[usize]| -> Vec<String> {
            projects.iter().map(|&project| format!("{sign}{}", self.names.id(project))).collect()
        };
        [signed('+', enter), signed('-', leave)].concat().join(";")
    }

    fn reason(&self, project: usize, decision: &ProjectDecision) -> String {
        let status = self.names.portfolio.projects()[project].status;
        match (self.names.scenario.decisions[project], status) {
            (Decision::In, Status::Mandatory) => "mandatory".to_owned(),
            (Decision::In, _) => "forced in".to_owned(),
            (Decision::Out, Status::Excluded) => "excluded".to_owned(),
            (Decision::Out, _) => "forced out".to_owned(),
            (Decision::Free, _) if decision.is_in => self.why_in(decision),
            (Decision::Free, _) => self.why_out(project, decision),
        }
    }

    fn why_in(&self, decision: &ProjectDecision) -> String {
        let chosen = match decision.reversal {
            Reversal::Impossible => "chosen: no selection without it satisfies the scenario".to_owned(),
            Reversal::Unknown => "chosen".to_owned(),
            Reversal::Possible { loss, .. } => format!("chosen: {}", worse("without", loss)),
        };
        let lines: Vec<Meaning> =
            decision.binding.iter().copied().filter(|limit| !limit.is_supply()).collect();
        match self.limits(&lines).as_slice() {
            [] => chosen,
            lines => format!("{chosen}; without it alone, {} would be missed", listed(lines)),
        }
    }

    /// What stands in the way, then what it would cost to have it all the same.
    fn why_out(&self, project: usize, decision: &ProjectDecision) -> String {
        let mut why = self.links(project);
        let limits = self.limits(&decision.binding);
        if limits.len() > NAMED {
            let named = limits[..NAMED].join(", ");
            why.push(format!("does not fit {named} and {} more limits", limits.len() - NAMED));
        } else if !limits.is_empty() {
            why.push(format!("does not fit {}", listed(&limits)));
        }
        if !decision.is_worth_adding {
            why.push("adds nothing to the objective".to_owned());
        }
        why.push(match decision.reversal {
            Reversal::Impossible => "no selection with it satisfies the scenario".to_owned(),
            Reversal::Unknown => "whether any selection has it is not known".to_owned(),
            Reversal::Possible { loss, .. } => worse("with", loss),
        });
        why.join("; ")
    }

    /// Links to other projects that the best option's choice of these does not allow.
    fn links(&self, project: usize) -> Vec<String> {
        let mut links = Vec::new();
        for dependency in self.names.portfolio.dependencies() {
            let (this, other) = (dependency.project, dependency.other);
            let partner = if this == project { other } else { this };
            let (is_own, is_chosen) = (this == project, self.best.contains(partner));
            match dependency.kind {
                _ if this != project && other != project => {}
                DependencyKind::Excludes if is_chosen => {
                    links.push(format!("excludes {}, which is chosen", self.names.id(partner)));
                }
                DependencyKind::Together if !is_chosen => {
                    links.push(format!("needs {}", self.names.id_if_out(partner)));
                }
                DependencyKind::Requires | DependencyKind::After { .. } if is_own && !is_chosen => {
                    links.push(format!("needs {}", self.names.id_if_out(partner)));
                }
                _ => {}
            }
        }
        let with_it = |other: usize| other == project || self.best.contains(other);
        for condition in self.names.portfolio.conditions() {
            if condition.if_all().contains(&project) && !condition.holds(with_it) {
                links.push(self.names.condition(condition).1);
            }
        }
        for (group, members) in self.names.portfolio.alternatives() {
            let chosen = members.iter().find(|&&other| other != project && self.best.contains(other));
            if let Some(&chosen) = chosen.filter(|_| members.contains(&project)) {
                links.push(format!("{} of the alternatives {group} is chosen", self.names.id(chosen)));
            }
        }
        links
    }
}

/// How the objective compares if a decision is reversed.
fn worse(with: &str, loss: f64) -> String {
    match tidy(loss) {
        Some(loss) if loss > 0.0 => {
            format!("{with} it the objective is {} worse", NumberStyle::of(loss).write(loss))
        }
        Some(loss) if loss < 0.0 => {
            format!("{with} it the objective is {} better", NumberStyle::of(loss).write(-loss))
        }
        _ => format!("{with} it the objective is the same"),
    }
}
