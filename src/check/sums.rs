//! Sums that are simulated, trial by trial: amounts of projects times their factors.

use crate::domain::{Measure, PeriodIx, Portfolio, ProjectIx, Quantity};
use crate::simulate::Samples;

use super::figure::Figure;
use super::reading::Reading;
use super::selection::Chosen;
use super::statistics::Trials;

/// A term of a simulated sum: an amount, times a factor of its project.
pub(super) struct Term {
    /// The amount by whole periods that the project is later than planned; only that of 0 where it never is.
    amounts: Vec<Figure>,
    project: ProjectIx,
    factor: Option<Quantity>,
}

impl Term {
    /// A term of a project; `amount` is that after some whole periods of delay.
    pub fn new(
        samples: &Samples,
        portfolio: &Portfolio,
        (project, factor): (ProjectIx, Option<Quantity>),
        amount: impl Fn(usize) -> Figure,
    ) -> Self {
        let latest = match portfolio.risks().may_delay(project) {
            true => samples.factors(project, Quantity::Delay).into_iter().fold(0.0, f64::max),
            false => 0.0,
        };
        Self { amounts: (0..=latest.ceil() as usize).map(amount).collect(), project, factor }
    }

    /// The amount in each trial: what falls between two whole periods of delay comes in parts from both.
    fn in_trials<'s>(&'s self, delays: &'s [f64]) -> impl Iterator<Item = f64> + 's {
        let last = self.amounts.last().map_or(0.0, |amount| amount.value);
        let after = move |late: usize| self.amounts.get(late).map_or(last, |amount| amount.value);
        delays.iter().map(move |delay| {
            let late = delay.floor() as usize;
            let part = delay - delay.floor();
            (1.0 - part) * after(late) + part * after(late + 1)
        })
    }

    /// True if delays make the amount differ between trials.
    fn is_moved(&self, delays: &[f64]) -> bool {
        let earliest = delays.iter().copied().fold(f64::INFINITY, f64::min);
        let latest = delays.iter().copied().fold(0.0, f64::max);
        let some = self.amounts.iter().take(latest.ceil() as usize + 1).skip(earliest.floor() as usize);
        let mut some = some.map(|amount| amount.value);
        let first = some.next();
        earliest < latest && some.any(|other| Some(other) != first)
    }
}

/// A sum in every trial: what is certain, and terms.
pub(super) fn sum(samples: &Samples, portfolio: &Portfolio, certain: Figure, terms: &[Term]) -> Trials {
    let mut values = vec![certain.value; samples.trials()];
    let (mut slack, mut varies) = (certain.slack, false);
    let is_some = |term: &&Term| term.amounts.iter().any(|amount| amount.value != 0.0);
    for term in terms.iter().filter(is_some) {
        let factors = match term.factor {
            Some(quantity) => samples.factors(term.project, quantity),
            None => samples.successes(term.project),
        };
        let largest = factors.iter().fold(0.0_f64, |largest, factor| largest.max(factor.abs()));
        slack += term.amounts.iter().map(|amount| amount.slack).sum::<f64>() * largest.max(1.0);
        varies |= may_vary(portfolio, term);
        if let [amount] = term.amounts.as_slice() {
            values.iter_mut().zip(&factors).for_each(|(value, factor)| *value += amount.value * factor);
            continue;
        }
        let delays = samples.factors(term.project, Quantity::Delay);
        varies |= term.is_moved(&delays);
        for ((value, amount), factor) in values.iter_mut().zip(term.in_trials(&delays)).zip(&factors) {
            *value += amount * factor;
        }
    }
    Trials { values, slack, varies }
}

/// NPV, benefit, cost or strategic value of chosen projects in every trial, beside what is certain: synergies and bought
/// capacity are as planned.
pub(super) fn total(
    samples: &Samples,
    reading: &Reading<'_>,
    (measure, certain): (Measure, Figure),
    chosen: impl Iterator<Item = Chosen>,
) -> Trials {
    let mut terms = Vec::new();
    for chosen in chosen {
        let mut add = |factor: Option<Quantity>, amount: &dyn Fn(usize) -> Figure| {
            terms.push(Term::new(samples, reading.portfolio, (chosen.project, factor), amount));
        };
        // What comes late has the periods before it.
        let within = |late: usize| reading.periods().filter_map(move |period| period.earlier(late));
        let benefit = |late: usize| within(late).map(|period| reading.benefit_of(chosen, period)).sum();
        let cost = |late: usize| {
            let rows: Vec<PeriodIx> = within(late).collect();
            reading.of_project(measure, chosen, Some(&rows)) * reading.growth(late)
        };
        match measure {
            Measure::Npv => {
                add(Some(Quantity::Benefit), &|late| reading.present_values(chosen, late).1);
                add(Some(Quantity::Cost), &|late| -reading.present_values(chosen, late).0);
            }
            Measure::Benefit => add(Some(Quantity::Benefit), &benefit),
            Measure::Cost => add(Some(Quantity::Cost), &cost),
            _ => {
                let decay = reading.portfolio.projects()[chosen.project].value_decay.value();
                add(None, &|late| reading.value_of(chosen) * (1.0 - decay).powi(late as i32));
            }
        }
    }
    sum(samples, reading.portfolio, certain, &terms)
}

/// True if a term may vary.
fn may_vary(portfolio: &Portfolio, term: &Term) -> bool {
    let success = portfolio.projects()[term.project].success_probability.value();
    let is_chancy = success > 0.0 && success < 1.0;
    let Some(quantity) = term.factor else { return is_chancy };
    let model = portfolio.factor(term.project, quantity);
    let mut impacts = portfolio.risks().impacts(term.project, quantity);
    let varies = model.is_some_and(|model| !model.distribution.is_certain())
        || impacts.any(|impact| !portfolio.risks().is_certain(impact));
    // What comes with probability 0 does not vary.
    let takes_success = matches!(quantity, Quantity::Benefit | Quantity::Effect);
    (varies && (!takes_success || success > 0.0)) || (takes_success && is_chancy)
}
