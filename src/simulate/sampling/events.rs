//! Risk events: the trials in which they occur, and what they do to quantities there.

use rayon::prelude::*;

use crate::domain::{Impact, Portfolio, ProjectIx, Quantity, RiskEvent};
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::vector::widened;

use super::marginal::{Marginal, PertTables, certain_value};
use super::plan::{Design, Stretch};
use super::streams::{Grain, Stream};

/// The trials in which each event occurs, by its position: 1 there and 0 elsewhere. Nothing for events that never
/// occur, or that hit nothing.
#[derive(Clone, Debug, Default)]
pub struct Occurrences(Vec<Numbers>);

impl Occurrences {
    /// Draws the events of a portfolio, each from a stream of its own; one of them (position) may never occur.
    pub fn draw(portfolio: &Portfolio, seed: u64, design: &Design, never: Option<usize>) -> Self {
        let risks = portfolio.risks();
        let mut hits = vec![false; risks.events().len()];
        risks.all_impacts().for_each(|impact| hits[impact.risk] = true);
        let draw = |(place, (event, hits)): (usize, (&RiskEvent, bool))| {
            let mut trials = Numbers::default();
            if never == Some(place) {
                trials.resize(design.trials());
                trials.fill(0.0);
            } else if hits && event.probability.value() > 0.0 {
                trials.resize(design.trials());
                let stream = Stream::of_event(seed, event.id.as_str());
                design.uniforms(&stream, Grain::Coarse, &mut trials);
                below(&mut trials, event.probability.value());
            }
            trials
        };
        Self(risks.events().par_iter().zip(hits).enumerate().map(draw).collect())
    }
}

impl Occurrences {
    /// Of an event (position): 1 in the trials in which it occurs, 0 elsewhere; nothing if it never does.
    pub fn of(&self, event: usize) -> &[f64] {
        &self.0[event]
    }
}

/// What events may do to one quantity of a project.
#[derive(Clone, Debug)]
pub struct Strikes<'a> {
    quantity: Quantity,
    /// All that comes in every trial, together.
    certain: f64,
    /// What varies, with the id of its event.
    impacts: Vec<(&'a str, &'a Impact)>,
}

impl<'a> Strikes<'a> {
    /// What the events of a portfolio may do.
    pub fn new(portfolio: &'a Portfolio, project: ProjectIx, quantity: Quantity) -> Self {
        let risks = portfolio.risks();
        let certain = if quantity == Quantity::Delay { 0.0 } else { 1.0 };
        let mut strikes = Self { quantity, certain, impacts: Vec::new() };
        for impact in risks.impacts(project, quantity) {
            match certain_value(&impact.distribution).filter(|_| risks.is_certain(impact)) {
                Some(value) if quantity == Quantity::Delay => strikes.certain += value,
                Some(value) => strikes.certain *= value,
                None => strikes.impacts.push((risks.events()[impact.risk].id.as_str(), impact)),
            }
        }
        strikes
    }

    /// All that comes in every trial, together: a factor, or periods of delay.
    pub fn certain(&self) -> f64 {
        self.certain
    }

    /// True if any of it varies.
    pub fn vary(&self) -> bool {
        !self.impacts.is_empty()
    }

    /// Adds what varies to the values of a project's quantity. `drawn` is a work buffer.
    pub fn apply(
        &self,
        (seed, project): (u64, &str),
        (trials, tables): (Stretch, &PertTables),
        occurrences: &Occurrences,
        values: &mut [f64],
        drawn: &mut Numbers,
    ) {
        for &(risk, impact) in &self.impacts {
            let occurs = occurrences.0[impact.risk].get(trials.trials()).unwrap_or_default();
            drawn.resize(values.len());
            match certain_value(&impact.distribution) {
                Some(value) => drawn.fill(value),
                None => {
                    let stream = Stream::of_impact(seed, risk, project, self.quantity.as_str());
                    Marginal::new(&impact.distribution, tables).draw(trials, &stream, drawn);
                }
            }
            match self.quantity {
                Quantity::Delay => add_where(values, drawn, occurs),
                _ => multiply_where(values, drawn, occurs),
            }
        }
    }
}

widened! {
    /// Turns uniforms into 1 below the bound, and 0 elsewhere.
    pub fn below(uniforms: &mut [f64], bound: f64) {
        for uniform in uniforms {
            *uniform = if *uniform < bound { 1.0 } else { 0.0 };
        }
    }
}

widened! {
    fn multiply_where(values: &mut [f64], factors: &[f64], occurs: &[f64]) {
        for ((value, &factor), &occurs) in values.iter_mut().zip(factors).zip(occurs) {
            *value *= if occurs != 0.0 { factor } else { 1.0 };
        }
    }
}

widened! {
    /// Adds periods of delay, of which those below 0 count as 0.
    fn add_where(values: &mut [f64], periods: &[f64], occurs: &[f64]) {
        for ((value, &periods), &occurs) in values.iter_mut().zip(periods).zip(occurs) {
            *value += if (occurs != 0.0) & (periods > 0.0) { periods } else { 0.0 };
        }
    }
}
