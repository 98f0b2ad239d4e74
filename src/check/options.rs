//! options.csv: objectives, gaps and totals of options, and their ranks.

use std::cmp::Ordering;

use crate::domain::{Goal, Measure, RankBy, Sense, Statistic};
use crate::simulate::Samples;

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::{Context, Risks};
use super::figure::Figure;
use super::reading::Reading;
use super::report::{BrokenRule, Report};
use super::selection::Selection;
use super::sheet::Sheet;
use super::shrinkage::Estimates;

/// A bound may be worse than an objective by this part of it: a search cuts where that is all it could gain.
const BOUND_ROUNDING: f64 = 1e-6;
/// A gap counts as proven if it exceeds the one that was asked for by no more than this.
const GAP_ROUNDING: f64 = 1e-8;
/// Criteria that agree to this part of them are equal: tables keep twelve digits.
const SAME: f64 = 1e-12;

/// Compares options.csv.
pub(super) fn compare(
    context: &Context<'_>,
    sheet: &Sheet,
    (risks, samples): (&Risks, Option<&Samples>),
    report: &mut Report,
) {
    let mut table = Comparison::new("options.csv", sheet, &["scenario", "option"]);
    let mut expected = Vec::new();
    for (place, case) in context.cases.iter().enumerate() {
        let facts = facts_of(context, place, case, risks);
        let ranks = ranks(context, case, &facts);
        for (position, (option, facts)) in case.options.iter().zip(facts).enumerate() {
            expected.push((case.key(option, &[]), (case, position, facts, ranks[position])));
        }
    }
    let mut proven: Vec<Proven<'_>> = Vec::new();
    let estimates: Vec<Option<Estimates>> =
        context.cases.iter().map(|case| Estimates::new(context, case, samples)).collect();
    for (row, (case, position, facts, rank)) in table.find_rows(expected) {
        compare_row(&mut table, row, case, &case.options[position], &facts, rank);
        let has_next = !case.reading.scenario.next_goals.is_empty();
        compare_proof(context, &mut table, row, facts.objective, has_next);
        let risk = risks.of((facts.place, position)).map(|risk| risk.option.as_slice());
        table.simulated(context, row, "npv_mean", &risks.headings.option, risk);
        if context.batch.prior_sd().is_some() {
            compare_shrunk(&mut table, row, case, &case.options[position], estimates[facts.place].as_ref());
        }
        let bound = sheet.cell(row, "bound").parse().ok();
        proven.push(Proven { case, position, bound, objective: facts.objective });
    }
    for one in &proven {
        report.broken_rules.extend(proven.iter().filter_map(|other| one.is_passed_by(other)));
    }
    table.finish(report);
}

/// Compares what an option is worth with benefits as expected.
fn compare_shrunk(
    table: &mut Comparison<'_>,
    row: usize,
    case: &ScenarioCase<'_>,
    option: &Case,
    estimates: Option<&Estimates>,
) {
    let less = estimates.map(|estimates| estimates.disappointment(case, option));
    let npv = case.reading.measure(Measure::Npv, &option.selection, None);
    table.number(row, "npv_shrunk", less.map(|less| npv - less));
    table.number(row, "expected_disappointment", less);
}

/// The bound of an option, and its objective.
struct Proven<'a> {
    case: &'a ScenarioCase<'a>,
    position: usize,
    bound: Option<f64>,
    objective: Figure,
}

impl Proven<'_> {
    /// No option that was still open when this one was chosen, itself and all later ones, is better than its bound.
    fn is_passed_by(&self, other: &Self) -> Option<BrokenRule> {
        let bound = self.bound?;
        if self.case.name() != other.case.name() || other.position < self.position {
            return None;
        }
        let sign = self.case.reading.scenario.goal.sense().sign();
        let (beyond, objective) = (sign * (other.objective.value - bound), other.objective);
        let is_rounding = BOUND_ROUNDING * bound.abs().max(objective.value.abs()) + objective.slack;
        (beyond > is_rounding).then(|| BrokenRule {
            scenario: self.case.name().to_owned(),
            option: self.case.options[self.position].name.clone(),
            words: format!(
                "its bound {bound} is worse than the objective {} of option {}",
                objective.value, other.case.options[other.position].name
            ),
        })
    }
}

/// Objective and criterion of an option.
#[derive(Clone, Debug)]
struct Facts {
    /// The place of the scenario.
    place: usize,
    objective: Figure,
    /// Goals behind the first.
    next: Vec<Figure>,
    cost: Figure,
    /// Criterion of the ranking; `None` if it is not known.
    criterion: Option<(Sense, Figure)>,
}

fn facts_of(context: &Context<'_>, place: usize, case: &ScenarioCase<'_>, risks: &Risks) -> Vec<Facts> {
    let facts = |(position, option): (usize, &Case)| {
        let objective = context.objective(case, option);
        let planned = |measure: Measure| {
            (measure.natural_sense(), case.reading.measure(measure, &option.selection, None))
        };
        let criterion = match context.batch.rank_by() {
            RankBy::Objective => Some((case.reading.scenario.goal.sense(), objective)),
            RankBy::Plan(measure) => Some(planned(measure)),
            RankBy::Simulated(measure, _) if !case.reading.scenario.simulate => Some(planned(measure)),
            RankBy::Simulated(measure, statistic) => {
                let heading = heading_of(context, measure, statistic);
                let sense =
                    if statistic == Statistic::Sd { Sense::Minimise } else { measure.natural_sense() };
                risks.figure((place, position), &heading).map(|figure| (sense, figure))
            }
        };
        let cost = case.reading.measure(Measure::Cost, &option.selection, None);
        let next = case.reading.scenario.next_goals.iter();
        let next = next.map(|&measure| case.reading.measure(measure, &option.selection, None)).collect();
        Facts { place, objective, next, cost, criterion }
    };
    case.options.iter().enumerate().map(facts).collect()
}

fn heading_of(context: &Context<'_>, measure: Measure, statistic: Statistic) -> String {
    format!("{}_{}", measure.name(context.portfolio), statistic.name())
}

/// The rank of each option; `None` where it hangs by rounding, or the criterion is not known.
fn ranks(context: &Context<'_>, case: &ScenarioCase<'_>, facts: &[Facts]) -> Vec<Option<usize>> {
    let goal = case.reading.scenario.goal.sense();
    let ids = |position: usize| {
        let projects = case.options[position].selection.chosen().iter();
        projects.map(|one| context.portfolio.projects()[one.project].id.as_str()).collect::<Vec<_>>()
    };
    let compare = |left: usize, right: usize| -> Ordering {
        let (one, other) = (&facts[left], &facts[right]);
        let by = |sense: Sense, a: Figure, b: Figure| match sense {
            Sense::Maximise => order(b, a),
            Sense::Minimise => order(a, b),
        };
        let criterion = match (one.criterion, other.criterion) {
            (Some((sense, a)), Some((_, b))) => by(sense, a, b),
            _ => Ordering::Equal,
        };
        criterion
            .then_with(|| by(goal, one.objective, other.objective))
            .then_with(|| {
                let orders = one.next.iter().zip(&other.next).map(|(&a, &b)| by(goal, a, b));
                orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            })
            .then_with(|| order(one.cost, other.cost))
            .then_with(|| ids(left).len().cmp(&ids(right).len()))
            .then_with(|| ids(left).cmp(&ids(right)))
            .then_with(|| left.cmp(&right))
    };
    let ahead = |position: usize| {
        let others = (0..facts.len()).filter(|&other| other != position);
        others.filter(|&other| compare(other, position).is_lt()).count()
    };
    let is_known = facts.iter().all(|one| one.criterion.is_some());
    (0..facts.len()).map(|position| is_known.then(|| ahead(position) + 1)).collect()
}

/// Order of two numbers; equal if they agree but for rounding.
fn order(left: Figure, right: Figure) -> Ordering {
    let close = SAME * left.value.abs().max(right.value.abs());
    if (left.value - right.value).abs() <= close {
        Ordering::Equal
    } else {
        left.value.total_cmp(&right.value)
    }
}

fn compare_row(
    table: &mut Comparison<'_>,
    row: usize,
    case: &ScenarioCase<'_>,
    option: &Case,
    facts: &Facts,
    rank: Option<usize>,
) {
    if let Some(rank) = rank {
        table.count(row, "rank", Some(rank));
    }
    compare_plan(table, row, &case.reading, &option.selection, facts.objective);
}

/// Compares the planned figures of a selection.
pub(super) fn compare_plan(
    table: &mut Comparison<'_>,
    row: usize,
    reading: &Reading<'_>,
    selection: &Selection,
    objective: Figure,
) {
    let total = |measure| Some(reading.measure(measure, selection, None));
    table.number(row, "objective", Some(objective));
    table.count(row, "projects", Some(selection.chosen().len()));
    table.number(row, "cost", total(Measure::Cost));
    table.number(row, "strategic_value", total(Measure::StrategicValue));
    table.number(row, "npv", total(Measure::Npv));
    table.number(row, "benefit", total(Measure::Benefit));
    table.number(row, "expected_strategic_value", total(Measure::ExpectedStrategicValue));
    table.number(row, "discounted_benefit", total(Measure::DiscountedBenefit));
    table.number(row, "discounted_cost", total(Measure::DiscountedCost));
    let has_plan = reading.portfolio.current_plan().is_some();
    table.count(row, "changes", has_plan.then(|| reading.changes(selection)));
    table.number(row, "penalty", Some(reading.penalty(selection)));
}

/// The gap follows from bound and objective, and the status from the gap.
fn compare_proof(
    context: &Context<'_>,
    table: &mut Comparison<'_>,
    row: usize,
    objective: Figure,
    has_next: bool,
) {
    let Ok(bound) = table.sheet().cell(row, "bound").parse::<f64>() else {
        // Nothing was proven: an infinite bound is written as a blank.
        table.text(row, "gap", "");
        table.text(row, "status", "feasible");
        return;
    };
    let bound = Figure { value: bound, slack: 1e-11 * bound.abs() };
    let gap = (bound - objective).abs().over(objective.abs());
    let is_reached = (bound - objective).value.abs() <= bound.slack + objective.slack;
    let asked = context.batch.selection().gap + GAP_ROUNDING;
    if is_reached {
        // The gap is zero within twelve digits.
        let slack = if objective.value == 0.0 { f64::INFINITY } else { gap.slack };
        if !table.sheet().cell(row, "gap").is_empty() {
            table.number(row, "gap", Some(Figure { value: 0.0, slack }));
        }
    } else {
        table.number(row, "gap", Some(gap));
    }
    if (gap.value - asked).abs() > gap.slack + 1e-9 || is_reached {
        let is_proven = is_reached || gap.value <= asked;
        // Where goals follow the first, one of them may be what is not proven: no table tells their bounds.
        if is_proven && has_next && table.sheet().cell(row, "status") == "feasible" {
            table.has_compared(row, "status");
        } else {
            table.text(row, "status", if is_proven { "optimal" } else { "feasible" });
        }
    }
}

impl Context<'_> {
    /// The objective of an option: its goal, made worse by the penalties of overruns, missed limits and changes.
    pub fn objective(&self, case: &ScenarioCase<'_>, option: &Case) -> Figure {
        let (reading, selection) = (&case.reading, &option.selection);
        let measured = |measure| reading.measure(measure, selection, None);
        let penalty = reading.penalty(selection);
        match &reading.scenario.goal {
            Goal::Single { sense: Sense::Maximise, measure } => measured(*measure) - penalty,
            Goal::Single { sense: Sense::Minimise, measure } => measured(*measure) + penalty,
            Goal::Mix(terms) => {
                let term = |&(measure, weight): &(Measure, f64)| {
                    (measured(measure) * weight).over(self.scale(case.name(), measure))
                };
                terms.iter().map(term).sum::<Figure>() - penalty
            }
        }
    }

    /// Scale of a measure of a mix, as scenarios.csv gives it.
    fn scale(&self, scenario: &str, measure: Measure) -> Figure {
        let Some(sheet) = self.sheets.get("scenarios.csv") else { return Figure::from(f64::NAN) };
        let heading = format!("scale.{}", measure.name(self.portfolio));
        let row = (0..sheet.height()).find(|&row| sheet.cell(row, "scenario") == scenario);
        let scale = row.and_then(|row| sheet.cell(row, &heading).parse().ok()).unwrap_or(f64::NAN);
        Figure { value: scale, slack: 1e-11 * scale.abs() }
    }
}
