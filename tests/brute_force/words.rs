//! The rules of selection once more, written from their description and sharing no code with the library: what a
//! selection takes and brings, whether it is allowed, and what it is worth.

use cutline::domain::{Goal, LimitBound, Measure, NamedLimit, PeriodIx, ProjectIx, SynergyEffect};

use crate::common::trials::{Trial, deferred, is_as_decided};
use crate::common::{Give, Plain, PlainProject, Together};

/// Amounts may exceed limits by what rounding of shares to nine digits explains.
const ROUNDING: f64 = 1e-6;

/// What a selection takes, period by period.
struct Books<'a> {
    plain: &'a Plain,
    trial: &'a Trial,
    /// Per role: units bought in each period.
    bought: Vec<Vec<f64>>,
}

/// The rate that the scenario discounts by.
const RATE: f64 = 0.07;

fn discount(rate: f64, period: usize) -> f64 {
    (1.0 + rate).powi(period as i32)
}

impl<'a> Books<'a> {
    fn new(plain: &'a Plain, trial: &'a Trial) -> Self {
        let mut books = Self { plain, trial, bought: Vec::new() };
        books.bought = (0..plain.capacities.len())
            .map(|role| match (&plain.capacities[role], plain.extra.get(role).copied().flatten()) {
                (Some(capacity), Some(_)) => {
                    let missing = |period: usize| (books.demand(role, period) - capacity[period]).max(0.0);
                    (0..plain.periods).map(missing).collect()
                }
                _ => vec![0.0; plain.periods],
            })
            .collect();
        books
    }

    /// Adds up what chosen projects take in a period.
    fn taken(
        &self,
        period: usize,
        counts: &dyn Fn(usize) -> bool,
        profile: &dyn Fn(&PlainProject) -> &[f64],
    ) -> f64 {
        let mut sum = 0.0;
        for (position, (row, choice)) in self.plain.rows.iter().zip(self.trial).enumerate() {
            if let Some((start, share)) = choice.filter(|_| counts(position)) {
                sum += share * deferred(profile(row), start - row.start, period);
            }
        }
        sum
    }

    fn demand(&self, role: usize, period: usize) -> f64 {
        self.taken(period, &|_| true, &|row| &row.demands[role])
    }

    /// Synergies of an effect that hold, among projects that count.
    fn holding(&self, effect: SynergyEffect, counts: &dyn Fn(usize) -> bool) -> Vec<&'a Together> {
        let holds = |one: &&Together| {
            let chosen = one.members.iter().filter(|&&member| self.trial[member].is_some()).count();
            one.effect == effect && chosen >= one.at_least && one.members.iter().all(|&member| counts(member))
        };
        self.plain.synergies.iter().filter(holds).collect()
    }

    /// The part of a cost synergy that falls on a line in a period: in proportion to what the members plan.
    fn saved(&self, synergy: &Together, line: usize, period: usize) -> f64 {
        let members = || synergy.members.iter().map(|&member| &self.plain.rows[member]);
        let all: f64 = members().flat_map(|row| row.costs.iter().flatten()).sum();
        synergy.amount * members().map(|row| row.costs[line][period]).sum::<f64>() / all
    }

    fn gained(&self, synergy: &Together, period: usize) -> f64 {
        let members = || synergy.members.iter().map(|&member| &self.plain.rows[member]);
        let all: f64 = members().flat_map(|row| &row.benefit).sum();
        synergy.amount * members().map(|row| row.benefit[period]).sum::<f64>() / all
    }

    /// What bought capacity costs on a line in a period.
    fn hired(&self, line: usize, period: usize) -> f64 {
        let roles = self.bought.iter().zip(&self.plain.extra);
        let cost = |(bought, extra): (&Vec<f64>, &Option<crate::common::Extra>)| match extra {
            Some(extra) if extra.line == line => extra.rate * bought[period],
            _ => 0.0,
        };
        roles.map(cost).sum()
    }

    /// Spend of the projects that count on a line in a period.
    fn spend(&self, line: usize, period: usize, counts: &dyn Fn(usize) -> bool) -> f64 {
        let synergies = self.holding(SynergyEffect::Cost, counts);
        self.taken(period, counts, &|row| &row.costs[line])
            + synergies.into_iter().map(|synergy| self.saved(synergy, line, period)).sum::<f64>()
    }

    fn benefit(&self, period: usize, counts: &dyn Fn(usize) -> bool) -> f64 {
        let rows = self.plain.rows.iter().enumerate();
        let expected = |(position, row): (usize, &PlainProject)| {
            let only = |other: usize| other == position && counts(other);
            row.success_probability.unwrap_or(1.0) * self.taken(period, &only, &|row| &row.benefit)
        };
        let synergies = self.holding(SynergyEffect::Benefit, counts);
        rows.map(expected).sum::<f64>()
            + synergies.into_iter().map(|synergy| self.gained(synergy, period)).sum::<f64>()
    }

    /// A measure over the projects that count, in some periods; `hires`: with bought capacity.
    fn measure(
        &self,
        measure: Measure,
        counts: &dyn Fn(usize) -> bool,
        periods: Option<&[PeriodIx]>,
        hires: bool,
    ) -> f64 {
        let all: Vec<PeriodIx> = (0..self.plain.periods).map(PeriodIx::new).collect();
        let within = periods.unwrap_or(&all);
        let hired = |line: usize, period: usize| if hires { self.hired(line, period) } else { 0.0 };
        let on_line = |line: usize| {
            within.iter().map(|&t| self.spend(line, t.index(), counts) + hired(line, t.index())).sum::<f64>()
        };
        let chosen = || {
            let rows = self.plain.rows.iter().zip(self.trial).enumerate();
            rows.filter_map(|(position, (row, choice))| Some((position, row, (*choice)?)))
                .filter(|(position, ..)| counts(*position))
        };
        match measure {
            Measure::Objective(0) => chosen().map(|(_, row, (_, share))| share * row.score).sum(),
            Measure::StrategicValue | Measure::ExpectedStrategicValue => {
                let is_expected = measure == Measure::ExpectedStrategicValue;
                let worth = |(_, row, (start, share)): (usize, &PlainProject, (usize, f64))| {
                    let success = if is_expected { row.success_probability.unwrap_or(1.0) } else { 1.0 };
                    let kept = (1.0 - row.value_decay).powi((start - row.start) as i32);
                    share * row.score * success * kept
                };
                let synergies = self.holding(SynergyEffect::StrategicValue, counts);
                let together: f64 = synergies.into_iter().map(|synergy| synergy.amount).sum();
                chosen().map(worth).sum::<f64>() + together
            }
            Measure::Npv => self.npv(RATE, counts, hires),
            Measure::NpvAt(rate) => self.npv(rate.value(), counts, hires),
            Measure::Benefit | Measure::BenefitKind(_) => {
                within.iter().map(|&t| self.benefit(t.index(), counts)).sum()
            }
            Measure::DiscountedBenefit => {
                within.iter().map(|&t| self.benefit(t.index(), counts) / discount(RATE, t.index())).sum()
            }
            Measure::DiscountedCost => {
                let lines = 0..self.plain.budgets.len();
                let on = |line: usize, t: usize| self.spend(line, t, counts) + hired(line, t);
                lines
                    .flat_map(|line| {
                        within.iter().map(move |&t| on(line, t.index()) / discount(RATE, t.index()))
                    })
                    .sum()
            }
            Measure::Cost => (0..self.plain.budgets.len()).map(on_line).sum(),
            Measure::Line(line) => on_line(line.index()),
            Measure::Projects => {
                chosen().filter(|(_, _, (start, _))| within.contains(&PeriodIx::new(*start))).count() as f64
            }
            Measure::Resource(role) => {
                within.iter().map(|&t| self.taken(t.index(), counts, &|row| &row.demands[role.index()])).sum()
            }
            other => panic!("{other:?} is not tried here"),
        }
    }

    fn npv(&self, rate: f64, counts: &dyn Fn(usize) -> bool, hires: bool) -> f64 {
        let lines = self.plain.budgets.len();
        let mut npv = 0.0;
        // What is deferred past the horizon counts in the net present value.
        for (position, (row, choice)) in self.plain.rows.iter().zip(self.trial).enumerate() {
            let Some((start, share)) = choice.filter(|_| counts(position)) else { continue };
            for period in 0..self.plain.periods {
                let cost: f64 = row.costs.iter().map(|line| line[period]).sum();
                let flow = row.success_probability.unwrap_or(1.0) * row.benefit[period] - cost;
                npv += share * flow / discount(rate, period + start - row.start);
            }
        }
        for period in 0..self.plain.periods {
            let gained = self.holding(SynergyEffect::Benefit, counts).into_iter();
            npv += gained.map(|synergy| self.gained(synergy, period)).sum::<f64>() / discount(rate, period);
            for line in 0..lines {
                let saved = self.holding(SynergyEffect::Cost, counts).into_iter();
                let saved: f64 = saved.map(|synergy| self.saved(synergy, line, period)).sum();
                let hired = if hires { self.hired(line, period) } else { 0.0 };
                npv -= (saved + hired) / discount(rate, period);
            }
        }
        npv
    }

    /// Overruns of a budget, or `None` if one is larger than allowed: what is not spent is carried over in part.
    fn overruns(&self, budget: &[f64], give: Give, spend: &dyn Fn(usize) -> f64) -> Option<f64> {
        let (mut carried, mut total) = (0.0, 0.0);
        let (limit, _) = give.overrun.unwrap_or_default();
        for (period, budget) in budget.iter().enumerate() {
            let left = budget + carried - spend(period);
            if -left > limit + ROUNDING {
                return None;
            }
            total += (-left).max(0.0);
            carried = give.carry_over * left.max(0.0);
        }
        Some(total)
    }

    /// What overruns cost; `None` if there is not enough money.
    fn money(&self) -> Option<f64> {
        let plain = self.plain;
        let on = |line: usize, period: usize| self.spend(line, period, &|_| true) + self.hired(line, period);
        let mut price = 0.0;
        for (line, budget) in plain.budgets.iter().enumerate() {
            let Some(budget) = budget else { continue };
            let give = plain.give.get(line).copied().unwrap_or_default();
            let overruns = self.overruns(budget, give, &|period| on(line, period))?;
            price += overruns * give.overrun.map_or(0.0, |(_, price)| price);
        }
        if let Some(budget) = &plain.all_lines {
            let all = |period: usize| (0..plain.budgets.len()).map(|line| on(line, period)).sum();
            let overruns = self.overruns(budget, plain.give_all_lines, &all)?;
            price += overruns * plain.give_all_lines.overrun.map_or(0.0, |(_, price)| price);
        }
        Some(price)
    }

    /// Whether there are enough people, with all that can be bought.
    fn has_people(&self) -> bool {
        (0..self.plain.capacities.len()).all(|role| {
            let extra = self.plain.extra.get(role).copied().flatten().map_or(0.0, |extra| extra.limit);
            let enough = |limit: &Vec<f64>| {
                (0..self.plain.periods).all(|t| self.demand(role, t) <= limit[t] + extra + ROUNDING)
            };
            self.plain.capacities[role].as_ref().is_none_or(enough)
        })
    }

    /// By how much each bound of a limit is missed.
    fn missed(&self, limit: &NamedLimit) -> f64 {
        let counts = |project: usize| limit.applies_to(ProjectIx::new(project));
        let part = self.measure(limit.measure(), &counts, limit.periods(), limit.projects().is_none());
        let whole = self.measure(limit.measure(), &|_| true, limit.periods(), false);
        let missed = |bound: &LimitBound| match *bound {
            LimitBound::Min(least) => least - part,
            LimitBound::Max(most) => part - most,
            LimitBound::MinShare(share) => share * whole - part,
            LimitBound::MaxShare(share) => part - share * whole,
        };
        limit.bounds().iter().map(|bound| missed(bound).max(0.0)).sum()
    }

    /// What missing soft limits costs; `None` if one that is not soft is missed.
    fn lines_in_the_sand(&self) -> Option<f64> {
        let mut price = 0.0;
        for limit in &self.plain.named_limits {
            let missed = self.missed(limit);
            match limit.price() {
                Some(each) => price += each * missed,
                None if missed > ROUNDING => return None,
                None => {}
            }
        }
        let score = self.measure(Measure::Objective(0), &|_| true, None, false);
        let is_reached = self.plain.target.is_none_or(|target| score >= target - ROUNDING);
        is_reached.then_some(price)
    }

    /// What changes cost; `None` if there are too many.
    fn changes(&self) -> Option<f64> {
        let Some(plan) = &self.plain.current_plan else { return Some(0.0) };
        let is_change = |(agreed, choice): (&Option<usize>, &Option<(usize, f64)>)| match (agreed, choice) {
            (None, None) => false,
            (Some(agreed), Some((start, _))) => agreed != start,
            _ => true,
        };
        let changes =
            plan.iter().zip(self.trial).filter(|&(agreed, choice)| is_change((agreed, choice))).count();
        let control = self.plain.change_control;
        let (mut added, mut dropped, mut moved) = (0, 0, 0);
        for (agreed, choice) in plan.iter().zip(self.trial) {
            match (agreed, choice) {
                (None, Some(_)) => added += 1,
                (Some(_), None) => dropped += 1,
                (Some(agreed), Some((start, _))) if agreed != start => moved += 1,
                _ => {}
            }
        }
        let is_allowed = control.max_changes.is_none_or(|most| changes <= most)
            && control.max_drops.is_none_or(|most| dropped <= most);
        let apart = control.add_price * f64::from(added)
            + control.drop_price * dropped as f64
            + control.move_price * f64::from(moved);
        is_allowed.then_some(control.price * changes as f64 + apart)
    }
}

/// The objective of a selection, larger is better; `None` if it is not allowed.
pub fn objective(plain: &Plain, trial: &Trial, goal: &Goal) -> Option<f64> {
    if !is_as_decided(plain, trial) {
        return None;
    }
    let books = Books::new(plain, trial);
    if !books.has_people() {
        return None;
    }
    let price = books.changes()? + books.money()? + books.lines_in_the_sand()?;
    let Goal::Single { sense, measure } = goal else { panic!("single goals only") };
    Some(sense.sign() * books.measure(*measure, &|_| true, None, true) - price)
}
