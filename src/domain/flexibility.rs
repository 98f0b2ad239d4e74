//! Flexibility of budgets and capacities: carry-over, overruns, extra capacity.

use std::collections::BTreeMap;

use crate::units::{Effort, Money};

use super::{LineIx, ResourceIx};

/// Reasons why numbers make no flexibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlexibilityError {
    /// The share that is carried over lies outside 0 and 1.
    #[error("carry-over is not a share from 0 to 1")]
    CarryOver,
    /// A limit is negative or not finite.
    #[error("a limit is not a number of 0 or more")]
    Limit,
    /// A price or rate is negative or not finite.
    #[error("a price is not a number of 0 or more")]
    Price,
    /// Extra capacity costs something, but no budget line pays for it.
    #[error("extra capacity that costs something needs a budget line that pays for it")]
    Unpaid,
}

/// Largest overrun of a budget in each period, and its price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overrun {
    limit: Money,
    price: f64,
    is_expected: bool,
}

impl Overrun {
    /// An overrun of at most `limit` in each period, at `price` objective units per unit of money.
    ///
    /// # Errors
    /// If one of them is negative or not finite.
    pub fn new(limit: Money, price: f64) -> Result<Self, FlexibilityError> {
        ensure(is_amount(limit.value()), FlexibilityError::Limit)?;
        ensure(is_amount(price), FlexibilityError::Price)?;
        Ok(Self { limit, price, is_expected: false })
    }

    /// The most that may be spent beyond the budget in one period.
    pub fn limit(self) -> Money {
        self.limit
    }

    /// The same overrun, priced on its mean over simulated futures: its limit holds on the plan all the same.
    #[must_use]
    pub fn expected(self) -> Self {
        Self { is_expected: true, ..self }
    }

    /// True if it has a price, which is charged on the mean over simulated futures.
    pub fn is_priced_in_futures(self) -> bool {
        self.is_expected && self.price > 0.0
    }

    /// True if the price is charged on the mean over simulated futures, false if on the plan.
    pub fn is_expected(self) -> bool {
        self.is_expected
    }

    /// Objective units per unit of money spent beyond the budget; 0 is free.
    pub fn price(self) -> f64 {
        self.price
    }
}

/// Flexibility of one budget. By default none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BudgetFlexibility {
    carry_over: f64,
    overrun: Option<Overrun>,
}

impl BudgetFlexibility {
    /// A budget of which at most the share `carry_over` of what is unspent in a period moves to the next.
    ///
    /// # Errors
    /// If `carry_over` does not lie between 0 and 1.
    pub fn new(carry_over: f64, overrun: Option<Overrun>) -> Result<Self, FlexibilityError> {
        ensure((0.0..=1.0).contains(&carry_over), FlexibilityError::CarryOver)?;
        // A limit of 0 is no overrun: the budget is as rigid as without it. But futures overrun what plans keep to.
        let is_there = |overrun: &Overrun| overrun.limit > Money::ZERO || overrun.is_priced_in_futures();
        Ok(Self { carry_over, overrun: overrun.filter(is_there) })
    }

    /// The largest share, from 0 to 1, of what is unspent in a period that moves to the next period.
    pub fn carry_over(self) -> f64 {
        self.carry_over
    }

    /// Its allowed overrun; `None`: none.
    pub fn overrun(self) -> Option<Overrun> {
        self.overrun
    }

    /// True if it has no flexibility at all.
    pub fn is_rigid(self) -> bool {
        self == Self::default()
    }
}

/// Capacity that can be bought beyond what there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExtraCapacity {
    limit: Effort,
    rate: f64,
    line: Option<LineIx>,
}

impl ExtraCapacity {
    /// At most `limit` units in each period, at `rate` units of money each, paid from a budget line in the
    /// period in which they are used.
    ///
    /// # Errors
    /// If a number is negative or not finite, or they cost something and no line pays.
    pub fn new(limit: Effort, rate: f64, line: Option<LineIx>) -> Result<Self, FlexibilityError> {
        ensure(is_amount(limit.value()), FlexibilityError::Limit)?;
        ensure(is_amount(rate), FlexibilityError::Price)?;
        let is_paid = line.is_some() || limit == Effort::ZERO || rate == 0.0;
        ensure(is_paid, FlexibilityError::Unpaid)?;
        Ok(Self { limit, rate, line })
    }

    /// The most units that can be bought in one period.
    pub fn limit(self) -> Effort {
        self.limit
    }

    /// Money per unit; 0 is free.
    pub fn rate(self) -> f64 {
        self.rate
    }

    /// The budget line that pays; `None` only where nothing is to be paid.
    pub fn line(self) -> Option<LineIx> {
        self.line
    }
}

/// Flexibility of the budgets and capacities of a portfolio. By default none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flexibility {
    lines: BTreeMap<LineIx, BudgetFlexibility>,
    all_lines: BudgetFlexibility,
    resources: BTreeMap<ResourceIx, ExtraCapacity>,
}

impl Flexibility {
    /// Budgets by line, the cap on all lines together, and capacities by resource. Those not
    /// named do not give way.
    pub fn new(
        mut lines: BTreeMap<LineIx, BudgetFlexibility>,
        all_lines: BudgetFlexibility,
        mut resources: BTreeMap<ResourceIx, ExtraCapacity>,
    ) -> Self {
        lines.retain(|_, budget| !budget.is_rigid());
        resources.retain(|_, extra| extra.limit > Effort::ZERO);
        Self { lines, all_lines, resources }
    }

    /// Flexibility of the budget of a line.
    pub fn line(&self, line: LineIx) -> BudgetFlexibility {
        self.lines.get(&line).copied().unwrap_or_default()
    }

    /// Flexibility of the cap on all lines together.
    pub fn all_lines(&self) -> BudgetFlexibility {
        self.all_lines
    }

    /// Extra capacity of a resource that can be bought; `None`: none.
    pub fn resource(&self, resource: ResourceIx) -> Option<ExtraCapacity> {
        self.resources.get(&resource).copied()
    }

    /// The resources (rising) of which some can be bought.
    pub fn bought_resources(&self) -> impl Iterator<Item = ResourceIx> + '_ {
        self.resources.keys().copied()
    }

    /// True if the overrun of any budget is priced on its mean over simulated futures.
    pub fn has_expected_overruns(&self) -> bool {
        let mut budgets = self.lines.values().chain([&self.all_lines]);
        budgets.any(|budget| budget.overrun.is_some_and(Overrun::is_priced_in_futures))
    }

    /// True if nothing has any flexibility.
    pub fn is_rigid(&self) -> bool {
        *self == Self::default()
    }

    /// True if every position lies below these counts.
    pub(super) fn fits(&self, lines: usize, resources: usize) -> bool {
        let payers = self.resources.values().filter_map(|extra| extra.line);
        self.lines.keys().copied().chain(payers).all(|line| line.index() < lines)
            && self.resources.keys().all(|resource| resource.index() < resources)
    }
}

fn is_amount(amount: f64) -> bool {
    amount.is_finite() && amount >= 0.0
}

fn ensure(holds: bool, error: FlexibilityError) -> Result<(), FlexibilityError> {
    if holds { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked() {
        assert_eq!(Overrun::new(Money::new(-1.0), 0.0), Err(FlexibilityError::Limit));
        assert_eq!(Overrun::new(Money::new(1.0), f64::NAN), Err(FlexibilityError::Price));
        assert_eq!(BudgetFlexibility::new(1.1, None), Err(FlexibilityError::CarryOver));
        assert_eq!(ExtraCapacity::new(Effort::new(1.0), 2.0, None), Err(FlexibilityError::Unpaid));
        assert!(ExtraCapacity::new(Effort::new(1.0), 0.0, None).is_ok());
        assert!(ExtraCapacity::new(Effort::ZERO, 2.0, None).is_ok());
    }

    #[test]
    fn what_does_not_give_way_is_not_kept() {
        let none = BudgetFlexibility::new(0.0, Some(Overrun::new(Money::ZERO, 3.0).unwrap())).unwrap();
        let nothing = ExtraCapacity::new(Effort::ZERO, 2.0, Some(LineIx::new(0))).unwrap();
        let flexibility =
            Flexibility::new([(LineIx::new(0), none)].into(), none, [(ResourceIx::new(1), nothing)].into());
        assert!(none.is_rigid() && flexibility.is_rigid());
        assert_eq!(flexibility.resource(ResourceIx::new(1)), None);
    }

    #[test]
    fn positions_must_exist() {
        let half = BudgetFlexibility::new(0.5, None).unwrap();
        let extra = ExtraCapacity::new(Effort::new(1.0), 2.0, Some(LineIx::new(2))).unwrap();
        let flexibility =
            Flexibility::new([(LineIx::new(1), half)].into(), half, [(ResourceIx::new(0), extra)].into());
        assert!(flexibility.fits(3, 1));
        assert!(!flexibility.fits(2, 1), "the line that pays");
        assert!(!flexibility.fits(3, 0), "the resource");
    }
}
