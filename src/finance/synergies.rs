//! Contributions of synergies, period by period.

use crate::domain::{Measure, Portfolio, Project, Synergy, SynergyEffect};

use super::{DiscountFactors, Profiles};

/// Contribution of one synergy that holds. Amounts of money are spread in proportion to the amounts that its members
/// plan in the tables, all starting as planned: so they do not depend on which members are chosen, or when these start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynergyPlan {
    /// Strategic value.
    pub strategic_value: f64,
    /// Per budget line that it changes spend on (position, rising): the change in each period of the horizon.
    pub spend: Profiles,
    /// Per kind of benefit that it adds to (position, rising): benefit in each period of the horizon. It does not depend on
    /// the success of members.
    pub benefit: Profiles,
}

impl SynergyPlan {
    /// The contribution of a synergy of a portfolio.
    pub fn new(synergy: &Synergy, portfolio: &Portfolio) -> Self {
        let amount = synergy.amount();
        let members = || synergy.members().iter().map(|&project| &portfolio.projects()[project]);
        let periods = portfolio.horizon().len();
        match synergy.effect() {
            SynergyEffect::StrategicValue => Self { strategic_value: amount, ..Self::default() },
            SynergyEffect::Benefit => {
                let kinds = 0..portfolio.benefit_kinds().len();
                let kinds = kinds.map(|kind| (kind, planned_benefit(members(), kind, periods)));
                Self { benefit: spread(amount, kinds.collect()), ..Self::default() }
            }
            SynergyEffect::Cost => {
                let lines = 0..portfolio.lines().len();
                let lines = lines.map(|line| (line, planned_spend(members(), line, periods)));
                Self { spend: spread(amount, lines.collect()), ..Self::default() }
            }
        }
    }

    /// Contribution to a measure in some periods (positions); `None`: to the measure as it is.
    pub(super) fn adds(&self, measure: Measure, periods: Option<&[usize]>, factors: &DiscountFactors) -> f64 {
        let counted = |profile: &[f64]| match periods {
            Some(periods) => periods.iter().map(|&period| profile[period]).sum::<f64>(),
            None => profile.iter().sum(),
        };
        let discounted = |profile: &[f64]| match periods {
            Some(periods) => periods.iter().map(|&period| profile[period] * factors.of(period)).sum(),
            None => factors.present_value(profile, 0),
        };
        let present = |profile: &[f64]| factors.present_value(profile, 0);
        match measure {
            Measure::StrategicValue | Measure::ExpectedStrategicValue => self.strategic_value,
            Measure::Npv => self.benefit.sum(None, present) - self.spend.sum(None, present),
            Measure::NpvAt(rate) => {
                let present = |profile: &[f64]| factors.present_value_at(rate, profile.iter().copied());
                self.benefit.sum(None, present) - self.spend.sum(None, present)
            }
            Measure::Benefit => self.benefit.sum(None, counted),
            Measure::BenefitKind(kind) => self.benefit.sum(Some(kind), counted),
            Measure::DiscountedBenefit => self.benefit.sum(None, discounted),
            Measure::Cost => self.spend.sum(None, counted),
            Measure::DiscountedCost => self.spend.sum(None, discounted),
            Measure::Line(line) => self.spend.sum(Some(line), counted),
            Measure::Projects | Measure::Objective(_) | Measure::Resource(_) | Measure::Attribute(_) => 0.0,
        }
    }
}

/// Size of the benefits of a kind that projects plan, per period.
fn planned_benefit<'a>(projects: impl Iterator<Item = &'a Project>, kind: usize, periods: usize) -> Vec<f64> {
    let rows = projects.flat_map(|project| &project.benefits).filter(|benefit| benefit.kind == kind);
    sizes(rows.map(|benefit| benefit.profile.iter().map(|amount| amount.value())), periods)
}

/// Size of the spend on a line that projects plan, per period.
fn planned_spend<'a>(projects: impl Iterator<Item = &'a Project>, line: usize, periods: usize) -> Vec<f64> {
    let rows = projects.flat_map(|project| &project.costs).filter(|cost| cost.line == line);
    sizes(rows.map(|cost| cost.profile.iter().map(|amount| amount.value())), periods)
}

/// Adds up the sizes of amounts, so that opposite signs cannot make a part larger than the whole.
fn sizes(profiles: impl Iterator<Item = impl Iterator<Item = f64>>, periods: usize) -> Vec<f64> {
    let mut total = vec![0.0; periods];
    for profile in profiles {
        total.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.abs());
    }
    total
}

/// An amount in proportion to profiles; what gets nothing of it is left out. A portfolio has no synergy whose members plan
/// nothing at all.
fn spread(amount: f64, mut profiles: Profiles) -> Profiles {
    let total: f64 = profiles.iter().flat_map(|(_, profile)| profile).sum();
    for part in profiles.amounts_mut() {
        *part = if total > 0.0 { amount * (*part / total) } else { 0.0 };
    }
    profiles.drop_empty();
    profiles
}
