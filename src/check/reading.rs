//! Costs, benefits and demands of a selection, read from the input tables in the plainest way: project by project and
//! period by period. None of this is the engine's code.

use crate::domain::{
    BenefitKindIx, Cost, DiscountTiming, LineIx, Measure, PeriodIx, Portfolio, ProjectIx, ResourceIx,
    Scenario, Synergy, SynergyEffect,
};
use crate::simulate::Samples;

use super::figure::Figure;
use super::selection::{Chosen, Selection};
use super::weights::Weighing;

/// A portfolio under one scenario.
#[derive(Clone, Debug)]
pub(super) struct Reading<'a> {
    /// The tables.
    pub portfolio: &'a Portfolio,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The weights of every project.
    pub weights: Weighing,
    /// The futures in which limits with a confidence hold; `None` where no limit has one.
    pub decided_in: Option<&'a Samples>,
}

/// Some periods; `None`: the measure as it is.
pub(super) type Periods<'p> = Option<&'p [PeriodIx]>;

impl Reading<'_> {
    /// The periods of the horizon.
    pub fn periods(&self) -> impl Iterator<Item = PeriodIx> + Clone + use<> {
        self.portfolio.horizon().periods().positions()
    }

    /// The factor on an amount of a period (counted from the first of the horizon, and beyond its end) that makes it
    /// worth what it is worth in the first.
    fn discounted(&self, amount: Figure, period: PeriodIx) -> Figure {
        self.discounted_at(self.scenario.discount_rate, amount, period)
    }

    /// The same at the given rate.
    fn discounted_at(&self, rate: f64, amount: Figure, period: PeriodIx) -> Figure {
        let due = match self.scenario.discount_at {
            DiscountTiming::Start => 0.0,
            DiscountTiming::Middle => 0.5,
            DiscountTiming::End => 1.0,
        };
        amount * (1.0 + rate).powf(-(period.index() as f64 + due))
    }

    // ---- One project ------------------------------------------------------------------------------------------------

    /// Spend of a chosen project on a line in a period, which may lie past the horizon.
    pub fn spend_of(&self, chosen: Chosen, line: LineIx, period: PeriodIx) -> Figure {
        self.spend_counted(chosen, line, period, |_| true)
    }

    /// The part of it that other lines could have paid.
    pub fn shared_spend_of(&self, chosen: Chosen, line: LineIx, period: PeriodIx) -> Figure {
        self.spend_counted(chosen, line, period, |cost| !cost.others.is_empty())
    }

    fn spend_counted(
        &self,
        chosen: Chosen,
        line: LineIx,
        period: PeriodIx,
        counts: impl Fn(&Cost) -> bool,
    ) -> Figure {
        let project = &self.portfolio.projects()[chosen.project];
        let delay = chosen.start - project.start;
        let Some(row) = period.earlier(delay) else { return Figure::ZERO };
        let costs = project.costs.iter().zip(project.payers(chosen.payment));
        let planned = costs.filter(|(cost, payer)| *payer == line && counts(cost));
        let planned = planned.filter_map(|(cost, _)| cost.profile.get(row)).map(|amount| amount.value());
        let factor = chosen.share * self.scenario.scales.costs[line] * self.growth(delay);
        planned.map(|amount| Figure::from(amount * factor)).sum()
    }

    /// Benefit of a chosen project in a period if it succeeds.
    pub fn benefit_of(&self, chosen: Chosen, period: PeriodIx) -> Figure {
        let kinds = self.portfolio.benefit_kinds().positions();
        kinds.map(|kind| self.benefit_of_kind(chosen, kind, period)).sum()
    }

    /// The part of it that is of one kind.
    fn benefit_of_kind(&self, chosen: Chosen, kind: BenefitKindIx, period: PeriodIx) -> Figure {
        let project = &self.portfolio.projects()[chosen.project];
        let Some(row) = period.earlier(chosen.start - project.start) else { return Figure::ZERO };
        let amount = |(kind, amount): (BenefitKindIx, f64)| {
            Figure::from(amount * chosen.share * self.scenario.scales.benefits[kind])
        };
        let planned = project.benefits.iter().filter(|benefit| benefit.kind == kind);
        let planned = planned.filter_map(|benefit| Some((benefit.kind, benefit.profile.get(row)?.value())));
        planned.map(amount).sum()
    }

    /// Demand of a chosen project for a resource in a period.
    pub fn demand_of(&self, chosen: Chosen, resource: ResourceIx, period: PeriodIx) -> Figure {
        let project = &self.portfolio.projects()[chosen.project];
        let Some(row) = period.earlier(chosen.start - project.start) else { return Figure::ZERO };
        let planned = project.demands.iter().filter(|demand| demand.resource == resource);
        let planned = planned.filter_map(|demand| demand.profile.get(row));
        planned.map(|amount| Figure::from(amount.value() * chosen.share)).sum()
    }

    /// The present values of a chosen project's spend, and of its benefit if it succeeds, past the horizon too, if all of
    /// it comes some periods later than chosen.
    pub fn present_values(&self, chosen: Chosen, late: usize) -> (Figure, Figure) {
        let (cost, benefit) = self.present_values_at(self.scenario.discount_rate, chosen, late);
        (cost * self.growth(late), benefit)
    }

    fn present_values_at(&self, rate: f64, chosen: Chosen, late: usize) -> (Figure, Figure) {
        let (mut cost, mut benefit) = (Figure::ZERO, Figure::ZERO);
        for period in (0..2 * self.portfolio.horizon().len()).map(PeriodIx::new) {
            for line in self.portfolio.lines().positions() {
                cost = cost + self.discounted_at(rate, self.spend_of(chosen, line, period), period + late);
            }
            benefit = benefit + self.discounted_at(rate, self.benefit_of(chosen, period), period + late);
        }
        (cost, benefit)
    }

    /// The factor by which costs have grown after some periods.
    pub fn growth(&self, periods: usize) -> f64 {
        (1.0 + self.scenario.escalation).powi(periods as i32)
    }

    /// Score of a project on an objective (position): on its scale from 0 (worst) to 100 (best), or by its curve, if it has one. A missing
    /// score counts 0.
    pub fn scaled_score(&self, project: ProjectIx, objective: usize) -> f64 {
        let tree = self.portfolio.objectives();
        let leaf = tree.leaves().iter().position(|&leaf| leaf == objective);
        let score = leaf.and_then(|leaf| self.portfolio.projects()[project].scores[leaf]);
        match (score, &tree.objectives()[objective].rescale) {
            (None, _) => 0.0,
            (Some(score), None) => score,
            (Some(score), Some(scale)) => match scale.ends() {
                Some((worst, best)) => (score - worst) / (best - worst) * 100.0,
                None => on_curve(scale.points(), score),
            },
        }
    }

    /// The part of its strategic value that a chosen project has left after its delay.
    pub fn value_left(&self, chosen: Chosen) -> f64 {
        let project = &self.portfolio.projects()[chosen.project];
        let mut left = 1.0;
        for _ in project.start.index()..chosen.start.index() {
            left -= left * project.value_decay.value();
        }
        left
    }

    /// The weighted score of a chosen project, less what its delay takes of it.
    pub fn value_of(&self, chosen: Chosen) -> Figure {
        let leaves = self.portfolio.objectives().leaves().iter();
        let weights = self.weights.of(chosen.project);
        let worth = |&leaf: &usize| {
            Figure::from(chosen.share * weights[leaf] * self.scaled_score(chosen.project, leaf))
        };
        leaves.map(worth).sum::<Figure>() * self.value_left(chosen)
    }

    /// Contribution of a chosen project to a measure.
    pub fn of_project(&self, measure: Measure, chosen: Chosen, periods: Periods<'_>) -> Figure {
        let project = &self.portfolio.projects()[chosen.project];
        let success = project.success_probability.value();
        let all: Vec<PeriodIx> = self.periods().collect();
        let within = periods.unwrap_or(&all).iter().copied();
        match measure {
            Measure::StrategicValue => self.value_of(chosen),
            Measure::ExpectedStrategicValue => self.value_of(chosen) * success,
            Measure::Npv => {
                let (cost, benefit) = self.present_values(chosen, 0);
                benefit * success - cost
            }
            Measure::NpvAt(rate) => {
                let (cost, benefit) = self.present_values_at(rate.value(), chosen, 0);
                benefit * success - cost
            }
            Measure::BenefitKind(kind) => {
                within.map(|period| self.benefit_of_kind(chosen, kind, period) * success).sum()
            }
            Measure::DiscountedBenefit => {
                let worth = |period| self.discounted(self.benefit_of(chosen, period) * success, period);
                within.map(worth).sum()
            }
            Measure::DiscountedCost => {
                let lines = self.portfolio.lines().positions();
                let on_lines = |period: PeriodIx| -> Figure {
                    let spend = lines.clone().map(|line| self.spend_of(chosen, line, period)).sum();
                    self.discounted(spend, period)
                };
                within.map(on_lines).sum()
            }
            Measure::Benefit => within.map(|period| self.benefit_of(chosen, period) * success).sum(),
            Measure::Cost => {
                let lines = self.portfolio.lines().positions();
                let on_lines =
                    |period: PeriodIx| lines.clone().map(|line| self.spend_of(chosen, line, period)).sum();
                within.map(on_lines).sum::<Figure>()
            }
            Measure::Projects => {
                let counts = periods.is_none_or(|periods| periods.contains(&chosen.start));
                Figure::from(if counts { 1.0 } else { 0.0 })
            }
            Measure::Objective(leaf) => Figure::from(chosen.share * project.scores[leaf].unwrap_or_default()),
            Measure::Line(line) => within.map(|period| self.spend_of(chosen, line, period)).sum(),
            Measure::Resource(resource) => {
                within.map(|period| self.demand_of(chosen, resource, period)).sum()
            }
            Measure::Attribute(attribute) => {
                let numbers = self.portfolio.attributes()[attribute].numbers();
                Figure::from(chosen.share * numbers.map_or(0.0, |numbers| numbers[chosen.project]))
            }
            Measure::KeyResult { key_result, .. } => {
                self.change(key_result, chosen, self.key_results()[key_result].due)
            }
            // Told of whole selections: see `Reading::measure`.
            Measure::Progress | Measure::KeyResultsMet | Measure::Simulated(..) => Figure::ZERO,
        }
    }

    // ---- Several projects together ----------------------------------------------------------------------------------

    /// The synergies of which enough projects are chosen and all satisfy `counts`.
    fn synergies(&self, selection: &Selection, counts: &dyn Fn(ProjectIx) -> bool) -> Vec<&Synergy> {
        let holds = |synergy: &&Synergy| {
            let members = synergy.members();
            let chosen = members.iter().filter(|&&member| selection.has(member)).count();
            chosen >= synergy.at_least() && members.iter().all(|&member| counts(member))
        };
        self.portfolio.synergies().iter().filter(holds).collect()
    }

    /// Contribution of a synergy of costs to a line in a period: its amount, in proportion to the size of the amounts
    /// that all members plan in the tables.
    fn synergy_spend(&self, synergy: &Synergy, line: LineIx, period: PeriodIx) -> Figure {
        if synergy.effect() != SynergyEffect::Cost {
            return Figure::ZERO;
        }
        let (mut here, mut whole) = (0.0, 0.0);
        for &member in synergy.members() {
            for cost in &self.portfolio.projects()[member].costs {
                for (row, amount) in cost.profile.iter_enumerated() {
                    whole += amount.value().abs();
                    here += if cost.line == line && row == period { amount.value().abs() } else { 0.0 };
                }
            }
        }
        Figure::from(synergy.amount() * here / whole)
    }

    /// Contribution of a synergy of benefits in a period, likewise.
    fn synergy_benefit(&self, synergy: &Synergy, period: PeriodIx) -> Figure {
        let kinds = self.portfolio.benefit_kinds().positions();
        kinds.map(|kind| self.synergy_benefit_of_kind(synergy, kind, period)).sum()
    }

    fn synergy_benefit_of_kind(&self, synergy: &Synergy, kind: BenefitKindIx, period: PeriodIx) -> Figure {
        if synergy.effect() != SynergyEffect::Benefit {
            return Figure::ZERO;
        }
        let (mut here, mut whole) = (0.0, 0.0);
        for &member in synergy.members() {
            for benefit in &self.portfolio.projects()[member].benefits {
                for (row, amount) in benefit.profile.iter_enumerated() {
                    whole += amount.value().abs();
                    here += if benefit.kind == kind && row == period { amount.value().abs() } else { 0.0 };
                }
            }
        }
        Figure::from(synergy.amount() * here / whole)
    }

    /// Contribution of a synergy that holds to a measure.
    fn of_synergy(&self, measure: Measure, synergy: &Synergy, periods: Periods<'_>) -> Figure {
        let all: Vec<PeriodIx> = self.periods().collect();
        let within = periods.unwrap_or(&all);
        let lines = || self.portfolio.lines().positions();
        let spend = |period: PeriodIx| lines().map(|line| self.synergy_spend(synergy, line, period)).sum();
        match measure {
            Measure::StrategicValue | Measure::ExpectedStrategicValue => {
                let is_of_value = synergy.effect() == SynergyEffect::StrategicValue;
                Figure::from(if is_of_value { synergy.amount() } else { 0.0 })
            }
            Measure::Npv | Measure::NpvAt(_) => {
                let rate = rate_of(measure).unwrap_or(self.scenario.discount_rate);
                let flow = |period: PeriodIx| -> Figure {
                    self.discounted_at(rate, self.synergy_benefit(synergy, period) - spend(period), period)
                };
                all.iter().map(|&period| flow(period)).sum()
            }
            Measure::BenefitKind(kind) => {
                within.iter().map(|&period| self.synergy_benefit_of_kind(synergy, kind, period)).sum()
            }
            Measure::DiscountedBenefit => {
                let worth =
                    |&period: &PeriodIx| self.discounted(self.synergy_benefit(synergy, period), period);
                within.iter().map(worth).sum()
            }
            Measure::DiscountedCost => {
                within.iter().map(|&period| self.discounted(spend(period), period)).sum()
            }
            Measure::Benefit => within.iter().map(|&period| self.synergy_benefit(synergy, period)).sum(),
            Measure::Cost => within.iter().map(|&period| -> Figure { spend(period) }).sum(),
            Measure::Line(line) => {
                within.iter().map(|&period| self.synergy_spend(synergy, line, period)).sum()
            }
            _ => Figure::ZERO,
        }
    }

    // ---- People -----------------------------------------------------------------------------------------------------

    /// Demand of a selection for a resource in a period.
    pub fn demand(&self, selection: &Selection, resource: ResourceIx, period: PeriodIx) -> Figure {
        selection.chosen().iter().map(|&one| self.demand_of(one, resource, period)).sum()
    }

    /// The capacity of a resource in a period; `None` where it is not limited.
    pub fn capacity(&self, resource: ResourceIx, period: PeriodIx) -> Option<Figure> {
        let capacity = self.scenario.limits.resources[resource].as_ref()?;
        Some(Figure::from(capacity[period].value()))
    }

    /// Units of a resource that must be bought in a period: what the demand exceeds the capacity by, where any can be
    /// bought.
    pub fn bought(&self, selection: &Selection, resource: ResourceIx, period: PeriodIx) -> Figure {
        let is_sold = self.portfolio.flexibility().resource(resource).is_some();
        match self.capacity(resource, period).filter(|_| is_sold) {
            Some(capacity) => self.demand(selection, resource, period).excess_over(capacity),
            None => Figure::ZERO,
        }
    }

    /// Payment for bought units in a period, from one line or (`None`) from all.
    fn paid_for_bought(&self, selection: &Selection, line: Option<LineIx>, period: PeriodIx) -> Figure {
        let resources = self.portfolio.resources().positions();
        let paid = |resource: ResourceIx| {
            let extra = self.portfolio.flexibility().resource(resource)?;
            let pays = line.is_none_or(|line| extra.line() == Some(line));
            pays.then(|| self.bought(selection, resource, period) * extra.rate())
        };
        resources.filter_map(paid).sum()
    }

    fn of_bought(&self, measure: Measure, selection: &Selection, periods: Periods<'_>) -> Figure {
        let all: Vec<PeriodIx> = self.periods().collect();
        let within = periods.unwrap_or(&all).iter();
        match measure {
            Measure::Cost => within.map(|&period| self.paid_for_bought(selection, None, period)).sum(),
            Measure::Line(line) => {
                within.map(|&period| self.paid_for_bought(selection, Some(line), period)).sum()
            }
            Measure::DiscountedCost => within
                .map(|&period| self.discounted(self.paid_for_bought(selection, None, period), period))
                .sum(),
            Measure::Npv | Measure::NpvAt(_) => {
                let rate = rate_of(measure).unwrap_or(self.scenario.discount_rate);
                let paid = |&period: &PeriodIx| {
                    self.discounted_at(rate, self.paid_for_bought(selection, None, period), period)
                };
                -all.iter().map(paid).sum::<Figure>()
            }
            _ => Figure::ZERO,
        }
    }

    // ---- A whole selection ------------------------------------------------------------------------------------------

    /// Contribution of synergies, bought units and baselines of key results to a measure.
    pub fn beside_projects(&self, measure: Measure, selection: &Selection, periods: Periods<'_>) -> Figure {
        let synergies = self.synergies(selection, &|_| true).into_iter();
        let synergies: Figure = synergies.map(|synergy| self.of_synergy(measure, synergy, periods)).sum();
        let key_results = self.of_key_results(measure, selection);
        synergies + self.of_bought(measure, selection, periods) + key_results
    }

    /// A measure of a selection.
    pub fn measure(&self, measure: Measure, selection: &Selection, periods: Periods<'_>) -> Figure {
        if let Some(simulated) = measure.simulated() {
            let certain = self.beside_projects(measure.planned(), selection, periods);
            return self.over_futures(simulated, selection, certain, &|_| true).unwrap_or_default();
        }
        let projects = selection.chosen().iter();
        let projects: Figure = projects.map(|&one| self.of_project(measure, one, periods)).sum();
        let moved = moved(measure, selection, periods, &|_| true);
        projects + moved + self.beside_projects(measure, selection, periods)
    }

    /// A measure over the chosen projects that count, with the synergies among them, but nothing that is bought.
    pub fn measure_of(
        &self,
        measure: Measure,
        selection: &Selection,
        periods: Periods<'_>,
        counts: &dyn Fn(ProjectIx) -> bool,
    ) -> Figure {
        if let Some(simulated) = measure.simulated() {
            let synergies = self.synergies(selection, counts).into_iter();
            let certain = synergies.map(|synergy| self.of_synergy(measure.planned(), synergy, periods)).sum();
            return self.over_futures(simulated, selection, certain, counts).unwrap_or_default();
        }
        let projects = selection.chosen().iter().filter(|one| counts(one.project));
        let projects: Figure = projects.map(|&one| self.of_project(measure, one, periods)).sum();
        let synergies = self.synergies(selection, counts).into_iter();
        let moved = moved(measure, selection, periods, counts) + self.of_key_results(measure, selection);
        projects + moved + synergies.map(|synergy| self.of_synergy(measure, synergy, periods)).sum()
    }

    /// Spend on a line in a period.
    pub fn spend(&self, selection: &Selection, line: LineIx, period: PeriodIx) -> Figure {
        self.measure(Measure::Line(line), selection, Some(&[period]))
    }
}

/// Contribution to a measure of a line of what lines that share costs pay for each other, as the table has it.
fn moved(
    measure: Measure,
    selection: &Selection,
    periods: Periods<'_>,
    counts: &dyn Fn(ProjectIx) -> bool,
) -> Figure {
    let is_counted = |project: ProjectIx, line: LineIx, period: PeriodIx| {
        measure == Measure::Line(line)
            && counts(project)
            && periods.is_none_or(|periods| periods.contains(&period))
    };
    let own =
        selection.moved.iter().filter(|(project, line, period, _)| is_counted(*project, *line, *period));
    own.map(|(.., amount)| *amount).sum()
}

/// The rate of an NPV that names its own rate.
fn rate_of(measure: Measure) -> Option<f64> {
    match measure {
        Measure::NpvAt(rate) => Some(rate.value()),
        _ => None,
    }
}

/// The value of a score by points of score and value: that of the first, and of each piece after it as much as the score
/// reaches into it.
fn on_curve(points: &[(f64, f64)], score: f64) -> f64 {
    let first = points.first().map_or(0.0, |&(_, value)| value);
    let pieces = points.windows(2).map(|ends| {
        let reached = (score.clamp(ends[0].0, ends[1].0) - ends[0].0) / (ends[1].0 - ends[0].0);
        reached * (ends[1].1 - ends[0].1)
    });
    first + pieces.sum::<f64>()
}
