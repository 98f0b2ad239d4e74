//! The headline numbers of a batch, for people to read and for programs to take in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{Batch, Goal, Measure, Percentile, Portfolio, ProjectIx, Sense};
use crate::engine::{BatchResult, FAILED, NOT_RUN, RankedOption, ScenarioOutcome, ScenarioResult};
use crate::finance::Valuation;
use crate::optimise::FrontierPoint;
use crate::rank::{Criterion, Lead};
use crate::simulate::{Estimate, OptionRisk, Summary};

use super::key_result_summary::{KeyResultsSummary, key_results};
use super::number::tidy;
use super::robust_summary::RobustSummary;
use super::roll_up::{RollUp, roll_ups};
use super::sure::sure;
use super::tables::frontier::x_name;
use super::tables::infeasible::{ConflictSummary, conflict_of, gave_way};
use super::unwatched::Unwatched;
use super::words::{best_objective, frontier_word, goal_text, incomplete_reasons, status_word};

/// Number of near misses that are listed.
const NEAR_MISSES: usize = 8;

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The estimate.
    pub value: Option<f64>,
    /// Its standard error.
    pub error: Option<f64>,
}

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Self {
        Self { value: tidy(estimate.value), error: tidy(estimate.error) }
    }
}

/// The headline numbers of a simulated option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskFigures {
    /// Mean NPV.
    pub npv_mean: Figure,
    /// 10th percentile of the NPV.
    pub npv_p10: Figure,
    /// 90th percentile of the NPV.
    pub npv_p90: Figure,
    /// Mean of the worst tail of the NPV.
    pub npv_cvar: Figure,
    /// Probability that the NPV is below 0.
    pub p_loss: Figure,
    /// 90th percentile of the cost.
    pub cost_p90: Figure,
    /// Probability that any budget is exceeded.
    pub p_over_budget: Option<Figure>,
    /// Probability that any capacity is exceeded.
    pub p_over_capacity: Option<Figure>,
    /// Probability that the option is the best of its scenario.
    pub p_best: Figure,
    /// Percentiles of choice by the headings of options.csv, such as `npv_p80`.
    #[serde(flatten)]
    pub percentiles: BTreeMap<String, Figure>,
}

impl From<&OptionRisk> for RiskFigures {
    fn from(risk: &OptionRisk) -> Self {
        Self {
            npv_mean: risk.npv.mean.into(),
            npv_p10: risk.npv.p10.into(),
            npv_p90: risk.npv.p90.into(),
            npv_cvar: risk.npv.cvar.into(),
            p_loss: risk.loss.into(),
            cost_p90: risk.cost.p90.into(),
            p_over_budget: risk.over_budget.map(Figure::from),
            p_over_capacity: risk.over_capacity.map(Figure::from),
            p_best: risk.best.into(),
            percentiles: chosen(risk),
        }
    }
}

impl RiskFigures {
    /// The same without net present values, where they are not told.
    fn told(mut self, has_npv: bool) -> Self {
        const BLANK: Figure = Figure { value: None, error: None };
        if !has_npv {
            let own = [
                &mut self.npv_mean,
                &mut self.npv_p10,
                &mut self.npv_p90,
                &mut self.npv_cvar,
                &mut self.p_loss,
            ];
            own.into_iter().for_each(|figure| *figure = BLANK);
            self.percentiles.retain(|heading, _| !heading.starts_with("npv_"));
        }
        self
    }
}

/// Percentiles of choice of NPV and cost.
fn chosen(risk: &OptionRisk) -> BTreeMap<String, Figure> {
    let of = |(measure, summary): (&'static str, &'_ Summary)| {
        let named = |(percentile, estimate): &(Percentile, Estimate)| {
            (format!("{measure}_{percentile}"), Figure::from(*estimate))
        };
        summary.percentiles.iter().map(named).collect::<Vec<_>>()
    };
    [("npv", &risk.npv), ("cost", &risk.cost)].into_iter().flat_map(of).collect()
}

/// A chosen project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectedProject {
    /// Its id.
    pub project: String,
    /// Its name for people.
    pub name: String,
    /// The period in which it starts.
    pub start: String,
    /// The share of it that is funded.
    pub fraction: f64,
    /// True if it starts later than planned.
    pub deferred: bool,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionSummary {
    /// Rank, from 1.
    pub rank: usize,
    /// The number that names it in the tables.
    pub option: usize,
    /// `optimal` or `feasible`.
    pub status: Cow<'static, str>,
    /// Objective.
    pub objective: Option<f64>,
    /// Bound on the objective of all selections that are still open.
    pub bound: Option<f64>,
    /// Relative gap between the two.
    pub gap: Option<f64>,
    /// Planned cost.
    pub cost: Option<f64>,
    /// Planned strategic value.
    pub strategic_value: Option<f64>,
    /// Planned net present value.
    pub npv: Option<f64>,
    /// Simulated figures; `None` where it was not simulated.
    pub risk: Option<RiskFigures>,
    /// Its projects.
    pub projects: Vec<SelectedProject>,
    /// Spend and demand that no limit covers; `None` if everything is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwatched: Option<Unwatched>,
}

/// A project that the first-ranked option leaves out and others take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// Its id.
    pub project: String,
    /// Its name for people.
    pub name: String,
    /// Number of other options that take it.
    pub options: usize,
}

/// Lead of the first-ranked option over the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadSummary {
    /// The criterion of the ranking.
    pub rank_by: String,
    /// The number that names the next option in the tables.
    pub next: usize,
    /// Lead of the first option; 0 if the two differ by rounding alone.
    pub amount: Option<f64>,
    /// The same in per cent of the next one's number.
    pub percent: Option<f64>,
    /// The standard error of the difference on the same trials, where the two numbers are simulated.
    pub error: Option<f64>,
    /// True if it is a tie: the numbers are equal, or the difference cannot be told from 0 at 95 %.
    pub tie: bool,
    /// Probability that the first option is better than the next, on the same trials; `None` where it is not simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_beats: Option<f64>,
}

/// What a cut line through a ranked list would fund.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineSummary {
    /// Its rule: `cut_line` or `skip`.
    pub rule: String,
    /// Number of projects.
    pub projects: usize,
    /// True if it keeps all limits and rules.
    pub feasible: bool,
    /// Its objective.
    pub objective: Option<f64>,
    /// By how much that is worse than the objective of option 1.
    pub objective_lost: Option<f64>,
    /// The same in per cent of the objective of option 1.
    pub percent_lost: Option<f64>,
    /// Money of the budgets that it leaves unspent; `None` where no budget limits.
    pub unspent: Option<f64>,
    /// The same in per cent of all that money.
    pub percent_unspent: Option<f64>,
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioSummary {
    /// Its name.
    pub scenario: String,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: Cow<'static, str>,
    /// Reason of its failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Reason of its infeasibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictSummary>,
    /// Limits with a priority that its first option does not keep, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gave_way: Vec<String>,
    /// How surely its first option keeps the limits with a confidence, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sure: Vec<String>,
    /// Its goal: `maximise npv`.
    pub goal: String,
    /// True if the goal is to maximise strategic value alone.
    #[serde(skip)]
    pub is_strategic: bool,
    /// The best objective.
    pub objective: Option<f64>,
    /// Number of options asked for.
    pub options_asked: usize,
    /// The options, by rank.
    pub options: Vec<OptionSummary>,
    /// Lead of the first option over the second; `None` if there are no two, or a number is not known.
    pub lead: Option<LeadSummary>,
    /// What a cut line would fund; `None` where none was asked for or can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineSummary>,
    /// Projects that nearly got in, most frequent first.
    pub just_missed: Vec<NearMiss>,
    /// The first option summed up by each grouping that the batch asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roll_ups: Vec<RollUp>,
    /// What the first option does for key results; `None` where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_results: Option<KeyResultsSummary>,
    /// Its frontier; `None` where none is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontier: Option<FrontierSummary>,
    /// Its non-dominated portfolios; `None` unless its weights are incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robust: Option<RobustSummary>,
    /// True if two engines agree about every option; `None` if only one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engines_agree: Option<bool>,
    /// Number of decisions reported as ranges, as a limit was met before their reversal was proven; `None` if there are
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions_unproven: Option<usize>,
}

/// The frontier of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrontierSummary {
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: Cow<'static, str>,
    /// The measure on the first axis.
    pub x_measure: String,
    /// The measure on the second axis.
    pub y_measure: String,
    /// Number of points.
    pub points: usize,
    /// Number of levels of its grid; `None` where all points are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<usize>,
    /// The first point and the last.
    pub ends: Option<[(Option<f64>, Option<f64>); 2]>,
}

/// Frequency of projects among the first-ranked options of the scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funding {
    /// Number of scenarios that have an option.
    pub scenarios: usize,
    /// In all of them.
    pub always: Vec<String>,
    /// In some, with the number of scenarios, most frequent first.
    pub sometimes: Vec<(String, usize)>,
    /// In none.
    pub never: Vec<String>,
    /// The names of projects for people by their ids, where they have one beside it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchSummary {
    /// Its name.
    pub batch: String,
    /// The currency of all money, if it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Number of projects to choose from.
    pub projects: usize,
    /// The criterion of the ranking.
    pub rank_by: String,
    /// Simulated futures.
    pub trials: usize,
    /// True if everything was finished and proven.
    pub complete: bool,
    /// The reasons if not, scenario by scenario.
    pub reasons: Vec<String>,
    /// The scenarios, in the order of the batch.
    pub scenarios: Vec<ScenarioSummary>,
    /// Projects funded in all scenarios, in some and in none.
    pub funding: Funding,
}

impl BatchSummary {
    /// Sums up a batch.
    pub fn new(portfolio: &Portfolio, batch: &Batch, result: &BatchResult) -> Self {
        let scenarios: Vec<ScenarioSummary> = Valuation::each(portfolio, batch.scenarios())
            .zip(&result.scenarios)
            .map(|(valuation, outcome)| ScenarioSummary {
                frontier: frontier_summary(portfolio, batch, outcome),
                lead: lead(&valuation, batch, outcome),
                roll_ups: roll_ups(&valuation, batch, outcome),
                key_results: key_results(&valuation, outcome),
                ..scenario_summary(&valuation, batch, outcome)
            })
            .collect();
        Self {
            batch: batch.name().to_owned(),
            currency: batch.currency().map(str::to_owned),
            projects: portfolio.projects().len(),
            rank_by: batch.rank_by().name(portfolio),
            trials: batch.simulation().trials,
            complete: !result.is_incomplete(),
            reasons: incomplete_reasons(batch, result),
            funding: funding(portfolio, &scenarios),
            scenarios,
        }
    }

    /// Combines the summaries of a batch's parts, given in the order of its scenarios; `None` if there is no part.
    pub fn merged(
        portfolio: &Portfolio,
        batch: &Batch,
        parts: impl IntoIterator<Item = Self>,
    ) -> Option<Self> {
        let add = |mut whole: Self, part: Self| {
            whole.complete &= part.complete;
            whole.reasons.extend(part.reasons);
            whole.scenarios.extend(part.scenarios);
            whole
        };
        let mut whole = parts.into_iter().reduce(add)?;
        for (summary, scenario) in whole.scenarios.iter_mut().zip(batch.scenarios()) {
            summary.is_strategic = is_strategic(&scenario.goal);
        }
        whole.funding = funding(portfolio, &whole.scenarios);
        Some(whole)
    }

    /// True if the search for options was finished for any scenario.
    pub fn has_finished(&self) -> bool {
        self.scenarios.iter().any(|scenario| !matches!(scenario.status.as_ref(), NOT_RUN | FAILED))
    }

    /// The scenarios in which two engines were asked and contradict each other.
    pub fn contradictions(&self) -> Vec<&str> {
        let differ = self.scenarios.iter().filter(|scenario| scenario.engines_agree == Some(false));
        differ.map(|scenario| scenario.scenario.as_str()).collect()
    }

    /// True if the solver failed on any scenario.
    pub fn has_failed(&self) -> bool {
        self.scenarios.iter().any(|scenario| scenario.failure.is_some())
    }
}

/// True if a goal is to maximise strategic value alone.
fn is_strategic(goal: &Goal) -> bool {
    *goal == Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue }
}

fn scenario_summary(valuation: &Valuation<'_>, batch: &Batch, outcome: &ScenarioOutcome) -> ScenarioSummary {
    let (portfolio, scenario) = (valuation.portfolio(), valuation.scenario());
    let mut summary = ScenarioSummary {
        scenario: scenario.name.to_string(),
        status: status_word(outcome).into(),
        failure: None,
        conflict: conflict_of(portfolio, scenario, outcome),
        gave_way: Vec::new(),
        sure: Vec::new(),
        goal: goal_text(scenario, portfolio),
        is_strategic: is_strategic(&scenario.goal),
        objective: None,
        options_asked: scenario.options,
        options: Vec::new(),
        lead: None,
        baseline: None,
        just_missed: Vec::new(),
        roll_ups: Vec::new(),
        key_results: None,
        frontier: None,
        robust: None,
        engines_agree: None,
        decisions_unproven: None,
    };
    match outcome {
        ScenarioOutcome::NotRun => {}
        ScenarioOutcome::Failed(message) => summary.failure = Some(message.clone()),
        ScenarioOutcome::Finished(result) => {
            summary.objective = best_objective(result, &scenario.goal).and_then(tidy);
            summary.options = result.options.iter().map(|option| option_summary(option, valuation)).collect();
            summary.gave_way = gave_way(valuation, result).into_iter().map(|item| item.words).collect();
            summary.sure = sure(valuation, result);
            summary.baseline = baseline_summary(result, valuation, batch);
            summary.robust = RobustSummary::of(result, portfolio);
            summary.just_missed = just_missed(portfolio, result);
            summary.engines_agree = result.cross_check.is_some().then(|| !result.has_contradictions());
            let decisions = result.reasons.decisions.as_ref();
            summary.decisions_unproven =
                decisions.map(|decisions| decisions.unproven).filter(|&unproven| unproven > 0);
        }
    }
    summary
}

fn baseline_summary(
    result: &ScenarioResult,
    valuation: &Valuation<'_>,
    batch: &Batch,
) -> Option<BaselineSummary> {
    let found = &result.baseline.as_ref()?.found;
    let lost = result.lost_by_baseline();
    let percent = |part: f64, whole: f64| if whole > 0.0 { tidy(100.0 * part / whole) } else { None };
    let unspent = valuation.unspent(&found.selection);
    Some(BaselineSummary {
        rule: batch.baseline()?.rule.as_str().to_owned(),
        projects: found.selection.len(),
        feasible: found.is_feasible,
        objective: tidy(found.objective),
        objective_lost: lost.and_then(tidy),
        percent_lost: lost.and_then(|lost| percent(lost, found.objective + lost)),
        unspent: unspent.and_then(|(left, _)| tidy(left.value())),
        percent_unspent: unspent.and_then(|(left, all)| percent(left.value(), all.value())),
    })
}

fn lead(valuation: &Valuation<'_>, batch: &Batch, outcome: &ScenarioOutcome) -> Option<LeadSummary> {
    let ScenarioOutcome::Finished(result) = outcome else { return None };
    let [first, second, ..] = result.options.as_slice() else { return None };
    let criterion = |option| Criterion::of(valuation, batch.rank_by(), option);
    let lead = Lead::of(criterion(first), criterion(second), first.beside_next)?;
    Some(LeadSummary {
        rank_by: batch.rank_by().name(valuation.portfolio()),
        next: second.number,
        amount: tidy(lead.amount),
        percent: lead.share.and_then(|share| tidy(100.0 * share)),
        error: lead.error.and_then(tidy),
        tie: lead.is_tie,
        p_beats: first.beside_next.and_then(|beside| tidy(beside.beats.value)),
    })
}

fn frontier_summary(
    portfolio: &Portfolio,
    batch: &Batch,
    outcome: &ScenarioOutcome,
) -> Option<FrontierSummary> {
    let ScenarioOutcome::Finished(result) = outcome else { return None };
    let (asked, outcome) = (batch.frontier()?, result.frontier.as_ref()?);
    let points = outcome.finished().map_or(&[][..], |result| &result.found.points);
    let end = |point: &FrontierPoint| (tidy(point.x), tidy(point.y));
    Some(FrontierSummary {
        status: frontier_word(outcome).into(),
        x_measure: x_name(asked, portfolio),
        y_measure: asked.y().name(portfolio),
        points: points.len(),
        levels: asked.grid().map(|grid| grid.points),
        ends: points.first().zip(points.last()).map(|(first, last)| [end(first), end(last)]),
    })
}

fn option_summary(option: &RankedOption, valuation: &Valuation<'_>) -> OptionSummary {
    let selection = &option.found.selection;
    let has_npv = valuation.portfolio().has_benefits();
    let planned = |measure| tidy(valuation.total(measure, selection));
    OptionSummary {
        rank: option.rank,
        option: option.number,
        status: option.found.status.as_str().into(),
        objective: tidy(option.found.objective),
        bound: tidy(option.found.bound),
        gap: tidy(option.found.gap),
        cost: planned(Measure::Cost),
        strategic_value: planned(Measure::StrategicValue),
        npv: planned(Measure::Npv).filter(|_| has_npv),
        risk: option.risk.as_ref().map(RiskFigures::from).map(|risk| risk.told(has_npv)),
        projects: selected(option, valuation.portfolio()),
        unwatched: Unwatched::of(selection, valuation),
    }
}

fn selected(option: &RankedOption, portfolio: &Portfolio) -> Vec<SelectedProject> {
    (option.found.selection.choices().iter())
        .map(|choice| {
            let project = &portfolio.projects()[choice.project];
            SelectedProject {
                project: project.id.to_string(),
                name: project.name.clone(),
                start: portfolio.horizon().label(choice.start).to_string(),
                fraction: tidy(choice.share.value()).unwrap_or_default(),
                deferred: choice.start > project.start,
            }
        })
        .collect()
}

/// Projects that the first-ranked option leaves out, by how many other options take them; ties by id.
fn just_missed(portfolio: &Portfolio, result: &ScenarioResult) -> Vec<NearMiss> {
    let Some((first, others)) = result.options.split_first() else { return Vec::new() };
    let mut counts: BTreeMap<ProjectIx, usize> = BTreeMap::new();
    for project in others.iter().flat_map(|option| option.found.selection.projects()) {
        if !first.found.selection.contains(project) {
            *counts.entry(project).or_default() += 1;
        }
    }
    most_frequent_first(counts)
        .into_iter()
        .take(NEAR_MISSES)
        .map(|(project, options)| {
            let project = &portfolio.projects()[project];
            NearMiss { project: project.id.to_string(), name: project.name.clone(), options }
        })
        .collect()
}

/// Projects are in the order of ids, so a stable sort keeps ties by id.
fn most_frequent_first(counts: BTreeMap<ProjectIx, usize>) -> Vec<(ProjectIx, usize)> {
    let mut counts: Vec<(ProjectIx, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

fn funding(portfolio: &Portfolio, scenarios: &[ScenarioSummary]) -> Funding {
    let firsts: Vec<BTreeSet<&str>> = (scenarios.iter())
        .filter_map(|scenario| scenario.options.first())
        .map(|option| option.projects.iter().map(|chosen| chosen.project.as_str()).collect())
        .collect();
    let mut funding = Funding { scenarios: firsts.len(), ..Funding::default() };
    if firsts.is_empty() {
        return funding;
    }
    let mut some = BTreeMap::new();
    for (position, project) in portfolio.projects().iter_enumerated() {
        if project.name != project.id.as_str() {
            funding.names.insert(project.id.to_string(), project.name.clone());
        }
        let count = firsts.iter().filter(|chosen| chosen.contains(project.id.as_str())).count();
        match count {
            0 => funding.never.push(project.id.to_string()),
            count if count == firsts.len() => funding.always.push(project.id.to_string()),
            count => drop(some.insert(position, count)),
        }
    }
    let name = |(project, count): (ProjectIx, usize)| (portfolio.projects()[project].id.to_string(), count);
    funding.sometimes = most_frequent_first(some).into_iter().map(name).collect();
    funding
}
