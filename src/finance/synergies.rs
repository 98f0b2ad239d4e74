//! Contributions of synergies, period by period.

use crate::domain::{
    BenefitKindIx, ByPeriod, LineIx, Measure, PeriodIx, Portfolio, Project, Synergy, SynergyEffect,
};

use crate::units::Money;

use super::{DiscountFactors, Profiles};

/// Contribution of one synergy that holds. Amounts of money are spread in proportion to the amounts that its members
/// plan in the tables, all starting as planned: so they do not depend on which members are chosen, or when these start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynergyPlan {
    /// Strategic value.
    pub strategic_value: f64,
    /// Per budget line that it changes spend on (rising): the change in each period of the horizon.
    pub spend: Profiles<LineIx, Money>,
    /// Per kind of benefit that it adds to (rising): benefit in each period of the horizon. It does not depend on
    /// the success of members.
    pub benefit: Profiles<BenefitKindIx, Money>,
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
                let kinds = portfolio.benefit_kinds().positions();
                let kinds = kinds.map(|kind| (kind, planned_benefit(members(), kind, periods)));
                Self { benefit: spread(amount, kinds.collect()), ..Self::default() }
            }
            SynergyEffect::Cost => {
                let lines = portfolio.lines().positions();
                let lines = lines.map(|line| (line, planned_spend(members(), line, periods)));
                Self { spend: spread(amount, lines.collect()), ..Self::default() }
            }
        }
    }

    /// Contribution to a measure in some periods; `None`: to the measure as it is.
    pub(super) fn adds(
        &self,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        factors: &DiscountFactors,
    ) -> f64 {
        let counted = |profile: &ByPeriod<Money>| match periods {
            Some(periods) => periods.iter().map(|&period| profile[period].value()).sum::<f64>(),
            None => profile.iter().copied().sum::<Money>().value(),
        };
        let discounted = |profile: &ByPeriod<Money>| match periods {
            Some(periods) => periods.iter().map(|&period| profile[period].value() * factors.of(period)).sum(),
            None => factors.present_value(profile, 0).value(),
        };
        let present = |profile: &ByPeriod<Money>| factors.present_value(profile, 0).value();
        match measure {
            Measure::StrategicValue | Measure::ExpectedStrategicValue => self.strategic_value,
            Measure::Npv => self.benefit.sum(None, present) - self.spend.sum(None, present),
            Measure::NpvAt(rate) => {
                let present = |profile: &ByPeriod<Money>| {
                    factors.present_value_at(rate, profile.iter().map(|amount| amount.value()))
                };
                self.benefit.sum(None, present) - self.spend.sum(None, present)
            }
            Measure::Benefit => self.benefit.sum(None, counted),
            Measure::BenefitKind(kind) => self.benefit.sum(Some(kind), counted),
            Measure::DiscountedBenefit => self.benefit.sum(None, discounted),
            Measure::Cost => self.spend.sum(None, counted),
            Measure::DiscountedCost => self.spend.sum(None, discounted),
            Measure::Line(line) => self.spend.sum(Some(line), counted),
            Measure::Projects
            | Measure::Objective(_)
            | Measure::Resource(_)
            | Measure::Attribute(_)
            | Measure::KeyResult { .. }
            | Measure::Progress
            | Measure::KeyResultsMet
            // Asked for as planned: no future changes a synergy.
            | Measure::Simulated(..) => 0.0,
        }
    }
}

/// Size of the benefits of a kind that projects plan, per period.
fn planned_benefit<'a>(
    projects: impl Iterator<Item = &'a Project>,
    kind: BenefitKindIx,
    periods: usize,
) -> ByPeriod<Money> {
    let rows = projects.flat_map(|project| &project.benefits).filter(|benefit| benefit.kind == kind);
    sizes(rows.map(|benefit| benefit.profile.iter().copied()), periods)
}

/// Size of the spend on a line that projects plan, per period.
fn planned_spend<'a>(
    projects: impl Iterator<Item = &'a Project>,
    line: LineIx,
    periods: usize,
) -> ByPeriod<Money> {
    let rows = projects.flat_map(|project| &project.costs).filter(|cost| cost.line == line);
    sizes(rows.map(|cost| cost.profile.iter().copied()), periods)
}

/// Adds up the sizes of amounts, so that opposite signs cannot make a part larger than the whole.
fn sizes(profiles: impl Iterator<Item = impl Iterator<Item = Money>>, periods: usize) -> ByPeriod<Money> {
    let mut total = ByPeriod::filled(Money::ZERO, periods);
    for profile in profiles {
        total.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.abs());
    }
    total
}

/// An amount in proportion to profiles; what gets nothing of it is left out. A portfolio has no synergy whose members
/// plan nothing at all.
fn spread<K: Copy + PartialEq>(amount: f64, mut profiles: Profiles<K, Money>) -> Profiles<K, Money> {
    let total = profiles.iter().flat_map(|(_, profile)| profile).copied().sum::<Money>().value();
    for part in profiles.amounts_mut() {
        *part = Money::new(if total > 0.0 { amount * (part.value() / total) } else { 0.0 });
    }
    profiles.drop_empty();
    profiles
}
