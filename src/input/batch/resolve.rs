//! Resolution of the layers of a scenario into one that refers to nothing else.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, SourceRef};
use crate::domain::{
    ByPeriod, ByProject, ChangeControl, Decision, DiscountTiming, Limits, LineIx, Measure, Objective,
    Portfolio, ProjectIx, ProjectWeights, Scales, Scenario, Status, not_covered_by_portfolios,
};
use crate::ids::{BenefitKindId, LineId, ResourceId, WeightSetName};
use crate::input::reader::per_cent;
use crate::input::schema::ALL_LINES;
use crate::input::words::timings;
use crate::units::{Effort, Money, Share};

use super::document::{Entry, Section};
use super::layer::Layer;
use super::limits::{BatchLimits, with_shares_of_lines};
use super::placed::PlacedLimit;
use super::scales::Scaled;
use super::settings::MOST_OPTIONS;
use super::weights::WeightSets;
use super::{change_control, confidence, filter, goal, min_fractions, simulated};

const DEFAULT_OPTIONS: usize = 10;

/// Context against which scenarios are resolved.
pub(super) struct Resolver<'p> {
    /// `None` if the portfolio could not be read: then only keys that need no portfolio are checked.
    pub(super) portfolio: Option<&'p Portfolio>,
    pub(super) weights: &'p WeightSets,
    pub(super) limits: &'p BatchLimits,
    pub(super) default_goal: SourceRef,
}

/// The values of a layer, read.
struct Resolved {
    weights: Option<(WeightSetName, ProjectWeights)>,
    goals: Option<goal::Goals>,
    discount_rate: f64,
    discount_at: DiscountTiming,
    options: usize,
    simulate: bool,
    scales: Scales,
    budgets: Vec<(usize, Vec<f64>)>,
    named_limits: Vec<PlacedLimit>,
    meet_targets: bool,
    change_control: ChangeControl,
    escalation: f64,
    min_fractions: BTreeMap<ProjectIx, Option<Share>>,
    decisions: ByProject<Decision>,
}

impl Resolver<'_> {
    /// Reports the faults of a layer, whether or not a scenario uses it.
    pub(super) fn check(&self, layer: &Layer<'_>, found: &mut Diagnostics) {
        self.resolve(layer, found);
    }

    /// Makes a scenario of its merged layers. `None` after a fault, which has been reported.
    pub(super) fn scenario(
        &self,
        name: &str,
        layer: &Layer<'_>,
        found: &mut Diagnostics,
    ) -> Option<Scenario> {
        let resolved = self.resolve(layer, found);
        let (portfolio, goals) = (self.portfolio?, resolved.goals?);
        goal::check_numbers(&goals, layer, &self.default_goal, portfolio, found);
        let (weight_set, weights) = resolved.weights?;
        let limits = limits(portfolio, &resolved.budgets, &resolved.scales);
        warn_of_unlimited(layer, portfolio, &limits, found);
        confidence::check(
            &self.default_goal,
            &resolved.named_limits,
            &limits,
            &resolved.min_fractions,
            portfolio,
            found,
        );
        self.check_simulated(layer, (&goals, &resolved.named_limits), &resolved.min_fractions, found);
        let named_limits = with_shares_of_lines(resolved.named_limits, &limits, portfolio, found);
        let scenario = Scenario {
            name: name.into(),
            weight_set,
            weights,
            goal: goals.first,
            next_goals: goals.next,
            discount_rate: resolved.discount_rate,
            discount_at: resolved.discount_at,
            limits,
            scales: resolved.scales,
            named_limits,
            meet_targets: resolved.meet_targets,
            change_control: resolved.change_control,
            escalation: resolved.escalation,
            min_fractions: resolved.min_fractions,
            decisions: resolved.decisions,
            options: resolved.options,
            simulate: resolved.simulate,
        };
        warn_of_no_portfolios(layer, portfolio, &scenario, found);
        Some(scenario)
    }

    /// Reports what goals and limits of simulated futures cannot be decided beside.
    fn check_simulated(
        &self,
        layer: &Layer<'_>,
        (goals, named): (&goal::Goals, &[PlacedLimit]),
        min_fractions: &BTreeMap<ProjectIx, Option<Share>>,
        found: &mut Diagnostics,
    ) {
        let Some(portfolio) = self.portfolio else { return };
        let entry = layer.get("maximise").or(layer.get("minimise"));
        let source = entry.map_or_else(|| self.default_goal.clone(), Entry::source);
        let of_goals = (source, [goals.first.measures(), goals.next.clone()].concat());
        let limited = named.iter().map(|(source, limit)| (source.clone(), vec![limit.measure()]));
        for (source, measures) in std::iter::once(of_goals).chain(limited) {
            let own: Vec<Measure> = measures.into_iter().filter(|one| one.simulated().is_some()).collect();
            simulated::check(&source, &own, min_fractions, portfolio, found);
        }
    }

    fn resolve(&self, layer: &Layer<'_>, found: &mut Diagnostics) -> Resolved {
        let rate = rate(layer.get("discount_rate"), "a rate above -1, such as 0.07", found);
        let timing = layer.get("discount_at").and_then(|entry| entry.word(&timings(), found));
        let escalation = self::rate(layer.get("escalation"), "a rate above -1, such as 0.03", found);
        let options = layer.get("options").and_then(|entry| entry.count(1, MOST_OPTIONS, found));
        let simulate = layer.get("risk").and_then(|entry| entry.flag(found));
        let (scales, budgets) = self.scales(layer, found);
        Resolved {
            weights: self.weights.resolve(layer.get("weights"), found),
            goals: goal::goals(layer, self.portfolio, found),
            discount_rate: rate.unwrap_or(0.0),
            discount_at: timing.unwrap_or_default(),
            options: options.unwrap_or(DEFAULT_OPTIONS),
            simulate: simulate.unwrap_or(true),
            scales,
            budgets,
            named_limits: confidence::with_level(
                self.limits.resolve(layer, self.portfolio, found),
                layer.get("confidence"),
                found,
            ),
            meet_targets: self.meet_targets(layer, found),
            change_control: change_control::read(layer, self.portfolio, found),
            min_fractions: min_fractions::read(layer.get("min_fraction"), self.portfolio, found),
            escalation: escalation.unwrap_or(0.0),
            decisions: self.decisions(layer, found),
        }
    }

    fn meet_targets(&self, layer: &Layer<'_>, found: &mut Diagnostics) -> bool {
        let Some(entry) = layer.get("meet_targets") else { return false };
        let meet_targets = entry.flag(found).unwrap_or(false);
        let objectives = self.portfolio.map(|portfolio| portfolio.objectives().objectives());
        let has_none = |own: &[Objective]| own.iter().all(|objective| objective.target.is_none());
        if meet_targets && objectives.is_some_and(has_none) {
            let help = "give an objective a target in objectives.csv, or remove the key";
            found.push(entry.warning("changes nothing: no objective has a target", help));
        }
        meet_targets
    }

    fn scales(&self, layer: &Layer<'_>, found: &mut Diagnostics) -> (Scales, Vec<(usize, Vec<f64>)>) {
        let lines = self.portfolio.map(|own| own.lines().iter().map(LineId::as_str).collect());
        let resources = self.portfolio.map(|own| own.resources().iter().map(ResourceId::as_str).collect());
        let kinds = self.portfolio.map(|own| own.benefit_kinds().iter().map(BenefitKindId::as_str).collect());
        let of = |noun, names, takes_all| Scaled { noun, names, takes_all };
        let budget_lines: Scaled<'_> = of("budget line", lines.clone(), true);
        let mut budgets = budget_lines.factors(layer.get("budget_scale"), found);
        let mut capacities = of("resource", resources, false).factors(layer.get("capacity_scale"), found);
        let mut costs = of("budget line", lines, false).factors(layer.get("cost_scale"), found);
        let mut benefits = of("kind of benefit", kinds, false).factors(layer.get("benefit_scale"), found);
        // The factor after the last name is for `*`, which only budgets have.
        let all_lines = budgets.pop().unwrap_or(1.0);
        [&mut capacities, &mut costs, &mut benefits].into_iter().for_each(|factors| {
            factors.pop();
        });
        let periods = self.portfolio.map(|portfolio| portfolio.horizon().len());
        let rows = budget_lines.rows(layer.get("budgets"), periods, found);
        let scales = Scales {
            budgets: budgets.into(),
            all_lines,
            capacities: capacities.into(),
            costs: costs.into(),
            benefits: benefits.into(),
        };
        (scales, rows)
    }

    /// The decision about each project: forced by the scenario, or else taken from the projects table.
    fn decisions(&self, layer: &Layer<'_>, found: &mut Diagnostics) -> ByProject<Decision> {
        let forced_in = self.projects(layer.get("force_in"), found);
        let forced_out = self.projects(layer.get("force_out"), found);
        let Some(portfolio) = self.portfolio else { return ByProject::default() };
        let own = portfolio.projects().iter().map(|project| match project.status {
            Status::Candidate => Decision::Free,
            Status::Mandatory => Decision::In,
            Status::Excluded => Decision::Out,
        });
        let mut decisions: ByProject<Decision> = own.collect();
        forced_in.iter().for_each(|&(project, _)| decisions[project] = Decision::In);
        for (project, entry) in &forced_out {
            if let Some((_, other)) = forced_in.iter().find(|(forced, _)| forced == project) {
                let problem = format!("is forced out here and forced in in row {}", other.row);
                found.push(entry.fault(problem, "remove it from force_in or from force_out"));
            }
            decisions[*project] = Decision::Out;
        }
        decisions
    }

    fn projects<'a>(
        &self,
        entry: Option<&Entry<'a>>,
        found: &mut Diagnostics,
    ) -> Vec<(ProjectIx, Entry<'a>)> {
        let listed = entry.and_then(|entry| entry.list("a list of projects, such as [\"P07\"]", found));
        let mut projects = Vec::new();
        for entry in listed.into_iter().flatten() {
            let position = match self.portfolio {
                Some(portfolio) => filter::project(&entry, portfolio, found),
                // Without a portfolio no id is known, but a value that is not a text is a fault all the same.
                None => entry.text(found).and(None),
            };
            projects.extend(position.map(|position| (position, entry)));
        }
        projects
    }
}

/// A rate per period. One of 1 or more is likelier a per cent.
fn rate(entry: Option<&Entry<'_>>, expected: &str, found: &mut Diagnostics) -> Option<f64> {
    let entry = entry?;
    let rate = entry.number(expected, |rate| rate > -1.0, found)?;
    if rate >= 1.0 {
        let help = format!("write a share such as 0.07: {}", per_cent::equation(rate));
        found.push(entry.warning("is a rate per period of 100 % or more", help));
    }
    Some(rate)
}

/// Incomplete weights leave open which portfolios are good; not for every scenario are all of them found.
fn warn_of_no_portfolios(
    layer: &Layer<'_>,
    portfolio: &Portfolio,
    scenario: &Scenario,
    found: &mut Diagnostics,
) {
    if scenario.weights.polytope().is_none() {
        return;
    }
    let (Some(reason), Some(entry)) = (not_covered_by_portfolios(portfolio, scenario), layer.get("weights"))
    else {
        return;
    };
    let problem = format!(
        "leaves weights open, but core_index.csv and portfolios.csv will tell nothing of scenario `{}`: {reason}",
        scenario.name
    );
    let help = "its options are found for the mean of the vertices of its weights all the same";
    found.push(entry.warning(problem, help));
}

/// A factor on a limit that is not there changes nothing.
fn warn_of_unlimited(layer: &Layer<'_>, portfolio: &Portfolio, limits: &Limits, found: &mut Diagnostics) {
    let line = |name: &str| portfolio.lines().find_position(|line| line.as_str() == name);
    let resource = |name: &str| portfolio.resources().find_position(|resource| resource.as_str() == name);
    let has_budget = |name: &str| match name {
        ALL_LINES => limits.all_lines.is_some(),
        _ => line(name).is_none_or(|line| limits.lines[line].is_some()),
    };
    let has_capacity =
        |name: &str| resource(name).is_none_or(|resource| limits.resources[resource].is_some());
    let named = |key: &str| {
        let entry = layer.get(key).filter(|entry| entry.is_table());
        let table = entry.and_then(|entry| entry.table("", &mut Diagnostics::new()));
        table.iter().flat_map(Section::entries).collect::<Vec<_>>()
    };
    let budgets = named("budget_scale").into_iter().filter(|(name, _)| !has_budget(name));
    let capacities = named("capacity_scale").into_iter().filter(|(name, _)| !has_capacity(name));
    for (name, entry) in budgets.chain(capacities) {
        let problem = format!("changes nothing: `{name}` is not limited");
        found.push(entry.warning(problem, "give it a row in budgets.csv or capacities.csv, or remove it"));
    }
}

/// Budgets and capacities of a scenario: its own rows instead of the table's, all multiplied by its factors. Shares of
/// what is asked for are of what costs with the scenario's factors come to.
fn limits(portfolio: &Portfolio, budgets: &[(usize, Vec<f64>)], scales: &Scales) -> Limits {
    let mut limits = portfolio.limits_at(&scales.costs);
    for (line, row) in budgets {
        let row: ByPeriod<Money> = row.iter().copied().map(Money::new).collect();
        match limits.lines.get_mut(*line) {
            Some(budget) => *budget = Some(row),
            None => limits.all_lines = Some(row),
        }
        let own = (*line < limits.lines.len()).then(|| LineIx::new(*line));
        limits.asked.retain(|share| share.line != own);
    }
    let scale_money = |row: &mut [Money], factor: f64| row.iter_mut().for_each(|sum| *sum *= factor);
    let scale_effort = |row: &mut [Effort], factor: f64| row.iter_mut().for_each(|sum| *sum *= factor);
    for (budget, &factor) in limits.lines.iter_mut().zip(&scales.budgets) {
        budget.iter_mut().for_each(|row| scale_money(row, factor));
    }
    limits.all_lines.iter_mut().for_each(|row| scale_money(row, scales.all_lines));
    for (capacity, &factor) in limits.resources.iter_mut().zip(&scales.capacities) {
        capacity.iter_mut().for_each(|row| scale_effort(row, factor));
    }
    limits
}
