//! Order of the random quantities among the dimensions of the Sobol sequence, the first of which fill space best.

use std::cmp::Ordering;

use crate::domain::{Correlations, Distribution, Impact, Portfolio, Project, ProjectIx, Quantity};

use super::correlated::stream_of;
use super::marginal::{Marginal, PertTables, certain_value};
use super::normal;
use super::streams::Stream;

/// Probabilities at which a factor is looked at.
const LOOKS: usize = 64;

/// A random quantity with its part in the spread of a portfolio's NPV.
struct Ranked<'a> {
    variance: f64,
    id: &'a str,
    name: &'a str,
    /// The event whose impact it is; none of what is no impact.
    event: &'a str,
    stream: Stream,
}

impl Ranked<'_> {
    /// Most variance first; names decide between equals, never the order of rows.
    fn compare(&self, other: &Self) -> Ordering {
        (other.variance.total_cmp(&self.variance))
            .then_with(|| self.id.cmp(other.id))
            .then_with(|| self.name.cmp(other.name))
            .then_with(|| self.event.cmp(other.event))
    }
}

/// The streams of all random quantities: the drivers and then the risk events, which many quantities share, then all
/// others, each sort by its part in the variance of the NPV of all projects together, undiscounted, to first order. What
/// has no part in it (demand, effects, delays) comes last, by ids. An impact has the part that it has where its event
/// occurs, times the probability of that.
pub fn in_order(portfolio: &Portfolio, seed: u64, tables: &PertTables) -> Vec<Stream> {
    let mut by_driver = vec![None; portfolio.drivers().len()];
    let mut by_event = vec![0.0; portfolio.risks().events().len()];
    let (mut own, mut correlated) = (Vec::new(), Spreads::new(portfolio.correlations()));
    for project in portfolio.projects().positions() {
        add_project((portfolio, project), seed, tables, (&mut by_driver, &mut correlated), &mut own);
        add_impacts((portfolio, project), seed, tables, &mut by_event, &mut own);
    }
    own.extend(correlated.ranked(portfolio, seed));
    // Drivers that nothing follows are not drawn.
    let drivers =
        portfolio.drivers().iter().zip(by_driver).filter_map(|(driver, loading): (_, Option<f64>)| {
            let (id, loading) = (driver.id.as_str(), loading?);
            let stream = Stream::of_driver(seed, id);
            Some(Ranked { variance: loading * loading, id, name: "", event: "", stream })
        });
    let mut drivers: Vec<Ranked> = drivers.collect();
    let mut events = occurrences(portfolio, seed, &by_event);
    drivers.sort_by(Ranked::compare);
    events.sort_by(Ranked::compare);
    own.sort_by(Ranked::compare);
    drivers.into_iter().chain(events).chain(own).map(|ranked| ranked.stream).collect()
}

/// The events that may occur or not, and hit something. `shifts` are their effects on the NPV of all projects.
fn occurrences<'a>(portfolio: &'a Portfolio, seed: u64, shifts: &[f64]) -> Vec<Ranked<'a>> {
    let risks = portfolio.risks();
    let mut hits = vec![false; risks.events().len()];
    risks.all_impacts().for_each(|impact| hits[impact.risk] = true);
    let events = risks.events().iter().zip(hits.into_iter().zip(shifts));
    let ranked = events.filter(|(_, (hits, _))| *hits).filter_map(|(event, (_, shift))| {
        let (id, probability) = (event.id.as_str(), event.probability.value());
        if probability <= 0.0 || probability >= 1.0 {
            return None;
        }
        let variance = probability * (1.0 - probability) * shift * shift;
        Some(Ranked { variance, id, name: "", event: "", stream: Stream::of_event(seed, id) })
    });
    ranked.collect()
}

/// Adds what events do to a project: to the NPV, and the impacts that are not always the same.
fn add_impacts<'a>(
    (portfolio, position): (&'a Portfolio, ProjectIx),
    seed: u64,
    tables: &PertTables,
    by_event: &mut [f64],
    own: &mut Vec<Ranked<'a>>,
) {
    let (project, risks) = (&portfolio.projects()[position], portfolio.risks());
    let (id, success) = (project.id.as_str(), project.success_probability.value());
    for quantity in Quantity::ALL {
        // The benefit comes where the project succeeds.
        let [amount, spread] = match quantity {
            Quantity::Benefit => [success, success.sqrt()].map(|part| part * amount_of(project, quantity)),
            quantity => [amount_of(project, quantity); 2],
        };
        for impact in risks.impacts(position, quantity) {
            let Impact { risk, distribution, .. } = impact;
            let (mean, sd) = moments(distribution, tables);
            by_event[*risk] += (mean - 1.0) * amount;
            if certain_value(distribution).is_none() {
                let (event, name) = (risks.events()[*risk].id.as_str(), quantity.as_str());
                let variance = risks.probability(impact) * (sd * spread) * (sd * spread);
                let stream = Stream::of_impact(seed, event, id, name);
                own.push(Ranked { variance, id, name, event, stream });
            }
        }
    }
}

/// The spreads of correlated quantities in the NPV, by block and member.
struct Spreads<'a> {
    correlations: &'a Correlations,
    by_member: Vec<Vec<f64>>,
}

impl<'a> Spreads<'a> {
    fn new(correlations: &'a Correlations) -> Self {
        let by_member = correlations.blocks().iter().map(|block| vec![0.0; block.members().len()]).collect();
        Self { correlations, by_member }
    }

    /// Takes note of a quantity; false if it is correlated with nothing.
    fn add(&mut self, project: ProjectIx, quantity: Quantity, spread: f64) -> bool {
        let place = self.correlations.place(project, quantity);
        if let Some((block, member)) = place {
            self.by_member[block][member] = spread;
        }
        place.is_some()
    }

    /// The streams of all members. That of one moves all after it in its block, too.
    fn ranked(&self, portfolio: &'a Portfolio, seed: u64) -> Vec<Ranked<'a>> {
        let mut ranked = Vec::new();
        for (block, spreads) in self.correlations.blocks().iter().zip(&self.by_member) {
            for (place, &(project, quantity)) in block.members().iter().enumerate() {
                let later = spreads.iter().enumerate().skip(place);
                let moved: f64 = later.map(|(other, spread)| block.weights(other)[place] * spread).sum();
                ranked.push(Ranked {
                    variance: moved * moved,
                    id: portfolio.projects()[project].id.as_str(),
                    name: quantity.as_str(),
                    event: "",
                    stream: stream_of(portfolio, seed, (project, quantity)),
                });
            }
        }
        ranked
    }
}

/// Adds the quantities of a project, and what it loads on each driver that it follows and what it is correlated with.
fn add_project<'a>(
    (portfolio, position): (&'a Portfolio, ProjectIx),
    seed: u64,
    tables: &PertTables,
    (by_driver, correlated): (&mut [Option<f64>], &mut Spreads<'a>),
    own: &mut Vec<Ranked<'a>>,
) {
    let project = &portfolio.projects()[position];
    let (id, probability) = (project.id.as_str(), project.success_probability.value());
    let mut benefit = amount_of(project, Quantity::Benefit);
    for quantity in Quantity::ALL {
        let Some(model) = portfolio.factor(position, quantity) else { continue };
        if let Some(value) = certain_value(&model.distribution) {
            benefit *= if quantity == Quantity::Benefit { value } else { 1.0 };
            continue;
        }
        let (mean, sd) = moments(&model.distribution, tables);
        // The benefit comes where the project succeeds.
        let spread = match quantity {
            Quantity::Benefit => sd * benefit * probability.sqrt(),
            quantity => sd * amount_of(project, quantity),
        };
        benefit *= if quantity == Quantity::Benefit { mean } else { 1.0 };
        if correlated.add(position, quantity, spread) {
            continue;
        }
        for exposure in &model.exposures {
            *by_driver[exposure.driver].get_or_insert(0.0) += exposure.loading * spread;
        }
        let name = quantity.as_str();
        let variance = spread * spread * (1.0 - model.explained()).max(0.0);
        let stream = Stream::of_factor(seed, id, name);
        own.push(Ranked { variance, id, name, event: "", stream });
    }
    if 0.0 < probability && probability < 1.0 {
        let variance = benefit * benefit * probability * (1.0 - probability);
        let stream = Stream::of_success(seed, id);
        own.push(Ranked { variance, id, name: "success", event: "", stream });
    }
}

/// What a factor on a quantity multiplies in the undiscounted NPV.
fn amount_of(project: &Project, quantity: Quantity) -> f64 {
    let costs = || project.costs.iter().flat_map(|cost| &cost.profile).map(|amount| -amount.value()).sum();
    let benefits = || project.benefits.iter().flat_map(|one| &one.profile).map(|amount| amount.value()).sum();
    match quantity {
        Quantity::Cost => costs(),
        Quantity::Benefit => benefits(),
        _ => 0.0,
    }
}

/// About the mean and the standard deviation of a factor: from its values at the middles of equal probabilities.
fn moments(distribution: &Distribution, tables: &PertTables) -> (f64, f64) {
    let mut values: [f64; LOOKS] = std::array::from_fn(|look| (look as f64 + 0.5) / LOOKS as f64);
    normal::scores(&mut values);
    Marginal::new(distribution, tables).apply_to_scores(0, &mut values);
    let mean = values.iter().sum::<f64>() / LOOKS as f64;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / LOOKS as f64;
    (mean, variance.sqrt())
}
