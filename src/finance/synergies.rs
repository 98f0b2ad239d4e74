//! What synergies add, period by period.

use crate::domain::{Measure, Portfolio, Project, Synergy, SynergyEffect};

use super::DiscountFactors;

/// What one synergy adds when it holds. Amounts of money are spread in proportion to the amounts that its members plan
/// in the tables, all starting as planned: so they do not depend on which members are chosen, or when these start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynergyPlan {
    /// Strategic value.
    pub strategic_value: f64,
    /// Per budget line that it changes spend on (position, rising): the change in each period of the horizon.
    pub spend: Vec<(usize, Vec<f64>)>,
    /// Benefit in each period of the horizon; empty where it adds none. It does not depend on the success of members.
    pub benefit: Vec<f64>,
    /// Present value of all benefit less that of all spend.
    pub npv: f64,
}

impl SynergyPlan {
    /// What a synergy of a portfolio adds.
    pub fn new(synergy: &Synergy, portfolio: &Portfolio, factors: &DiscountFactors) -> Self {
        let amount = synergy.amount();
        let members = || synergy.members().iter().map(|&project| &portfolio.projects()[project]);
        let periods = portfolio.horizon().len();
        match synergy.effect() {
            SynergyEffect::StrategicValue => Self { strategic_value: amount, ..Self::default() },
            SynergyEffect::Benefit => {
                let benefit = spread(amount, vec![((), planned_benefit(members(), periods))]);
                let benefit = benefit.into_iter().next().map_or_else(Vec::new, |((), profile)| profile);
                let npv = factors.present_value(&benefit, 0);
                Self { benefit, npv, ..Self::default() }
            }
            SynergyEffect::Cost => {
                let lines = (0..portfolio.lines().len())
                    .map(|line| (line, planned_spend(members(), line, periods)))
                    .collect();
                let mut spend = spread(amount, lines);
                spend.retain(|(_, profile)| profile.iter().any(|&amount| amount != 0.0));
                let npv = -spend.iter().map(|(_, profile)| factors.present_value(profile, 0)).sum::<f64>();
                Self { spend, npv, ..Self::default() }
            }
        }
    }

    /// What it adds to a measure in some periods (positions); `None`: to the measure as it is.
    pub fn adds(&self, measure: Measure, periods: Option<&[usize]>) -> f64 {
        let counted = |profile: &Vec<f64>| match periods {
            _ if profile.is_empty() => 0.0,
            Some(periods) => periods.iter().map(|&period| profile[period]).sum::<f64>(),
            None => profile.iter().sum(),
        };
        match measure {
            Measure::StrategicValue => self.strategic_value,
            Measure::Npv => self.npv,
            Measure::Benefit => counted(&self.benefit),
            Measure::Cost => self.spend.iter().map(|(_, profile)| counted(profile)).sum(),
            Measure::Line(line) => {
                let own = self.spend.iter().filter(|(other, _)| *other == line);
                own.map(|(_, profile)| counted(profile)).sum()
            }
            Measure::Projects | Measure::Objective(_) | Measure::Resource(_) | Measure::Attribute(_) => 0.0,
        }
    }
}

/// The size of what projects plan to bring in each period.
fn planned_benefit<'a>(projects: impl Iterator<Item = &'a Project>, periods: usize) -> Vec<f64> {
    let rows = projects.flat_map(|project| &project.benefits).map(|benefit| &benefit.profile);
    sizes(rows.map(|profile| profile.iter().map(|amount| amount.value())), periods)
}

/// The size of what projects plan to spend on a line in each period.
fn planned_spend<'a>(projects: impl Iterator<Item = &'a Project>, line: usize, periods: usize) -> Vec<f64> {
    let rows = projects.flat_map(|project| &project.costs).filter(|cost| cost.line == line);
    sizes(rows.map(|cost| cost.profile.iter().map(|amount| amount.value())), periods)
}

/// Adds up the sizes of amounts, so that opposite signs cannot make a spread larger than what is spread.
fn sizes(profiles: impl Iterator<Item = impl Iterator<Item = f64>>, periods: usize) -> Vec<f64> {
    let mut total = vec![0.0; periods];
    for profile in profiles {
        total.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.abs());
    }
    total
}

/// An amount in proportion to profiles. A portfolio has no synergy whose members plan nothing at all.
fn spread<K>(amount: f64, mut profiles: Vec<(K, Vec<f64>)>) -> Vec<(K, Vec<f64>)> {
    let total: f64 = profiles.iter().flat_map(|(_, profile)| profile).sum();
    for part in profiles.iter_mut().flat_map(|(_, profile)| profile) {
        *part = if total > 0.0 { amount * (*part / total) } else { 0.0 };
    }
    profiles
}
