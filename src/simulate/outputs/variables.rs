//! Output variables of an option as affine functions of the sample columns: sums of projects' amounts times their
//! random factors.

use crate::domain::{ByProject, Choice, LineIx, Measure, PeriodIx, Position, Selection};
use crate::finance::{DelayedTotals, Profiles, StartPlan, Valuation};
use crate::units::Amount;

use super::cell::Cell;
use crate::simulate::sampling::factors::{DelayedFactor, ProjectFactors};

/// The chosen projects of an option with their factors.
pub struct OptionCells<'a> {
    valuation: &'a Valuation<'a>,
    factors: &'a ByProject<ProjectFactors>,
    selection: &'a Selection,
}

impl<'a> OptionCells<'a> {
    /// The cells of a selection.
    pub fn new(
        valuation: &'a Valuation<'a>,
        factors: &'a ByProject<ProjectFactors>,
        selection: &'a Selection,
    ) -> Self {
        Self { valuation, factors, selection }
    }

    /// The cells of all [`kinds`](super::kinds::kinds).
    pub fn all(&self) -> Vec<Cell> {
        let limits = &self.valuation.scenario().limits;
        let mut cells = self.totals();
        cells.extend(self.lines(limits.lines.len()));
        if limits.all_lines.is_some() {
            cells.extend(self.all_lines());
        }
        cells.extend(self.resources(limits.resources.len()));
        cells.extend(self.key_results());
        cells.into_iter().map(Cell::in_order).collect()
    }

    /// Net present value, benefit, cost and strategic value realised.
    pub fn totals(&self) -> Vec<Cell> {
        let mut cells = [2, 1, 1, 1].map(|terms| Cell::with_room(terms * self.selection.choices().len()));
        for (choice, plan, factors) in self.chosen() {
            let share = choice.share.value();
            let after = |late: usize| self.valuation.totals_after(plan, late);
            let size = |totals: &DelayedTotals| share * totals.discounted_size.value();
            cells[0].add_delayed(&factors.benefit, |late| {
                let totals = after(late);
                (share * totals.discounted_benefit_if_successful.value(), size(&totals))
            });
            cells[0].add_delayed(&factors.cost, |late| {
                let totals = after(late);
                (-share * totals.discounted_cost.value(), size(&totals))
            });
            let benefit = |late: usize| sized(share * after(late).benefit_if_successful.value());
            cells[1].add_delayed(&factors.benefit, benefit);
            cells[2].add_delayed(&factors.cost, |late| sized(share * after(late).cost.value()));
            let value = self.valuation.strategic_value_from(choice.project, choice.start);
            cells[3].add(share * value, factors.value);
        }
        let measures = [Measure::Npv, Measure::Benefit, Measure::Cost, Measure::StrategicValue];
        self.with_certain(cells.into(), |position| (measures[position], None))
    }

    /// Spend on each line in each period.
    fn lines(&self, lines: usize) -> Vec<Cell> {
        let periods = self.valuation.portfolio().horizon().len();
        let growth = |late: usize| self.valuation.growth_after(late);
        let mut cells = self.by_key_and_period(lines, |factors| &factors.cost, |plan| &plan.spend, growth);
        for transfer in self.selection.transfers() {
            let first = self.valuation.first_payer(transfer);
            let factor = &self.factors[transfer.project].cost;
            for (line, sign) in [(first, -1.0), (transfer.line, 1.0)] {
                let own = &mut cells[line.index() * periods..];
                add_profile(own, &transfer.amounts, factor, |late| sign * growth(late));
            }
        }
        let line = |place| Measure::Line(LineIx::new(place / periods));
        self.with_certain(cells, |place| (line(place), Some(PeriodIx::new(place % periods))))
    }

    /// Spend on all lines together in each period.
    fn all_lines(&self) -> Vec<Cell> {
        let mut cells = self.cells(1, |factors| &factors.cost);
        let mut amounts = vec![0.0; cells.len()];
        let mut sizes = amounts.clone();
        for (choice, plan, factors) in self.chosen() {
            amounts.fill(0.0);
            sizes.fill(0.0);
            for (_, profile) in plan.spend.iter() {
                amounts.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.value());
                sizes.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.value().abs());
            }
            let share = choice.share.value();
            for (period, cell) in cells.iter_mut().enumerate() {
                cell.add_delayed(&factors.cost, |late| match period.checked_sub(late) {
                    Some(row) => {
                        let scale = share * self.valuation.growth_after(late);
                        (scale * amounts[row], scale * sizes[row])
                    }
                    None => (0.0, 0.0),
                });
            }
        }
        self.with_certain(cells, |period| (Measure::Cost, Some(PeriodIx::new(period))))
    }

    /// Demand for each resource in each period.
    fn resources(&self, resources: usize) -> Vec<Cell> {
        self.by_key_and_period(resources, |factors| &factors.demand, |plan| &plan.demand, |_| 1.0)
    }

    /// Change of each key result when due.
    fn key_results(&self) -> Vec<Cell> {
        let change = |key_result: usize| {
            let mut cell = Cell::default();
            for (choice, plan, factors) in self.chosen() {
                let own = |late: usize| {
                    self.valuation.key_result_change_after(key_result, (choice.project, plan), late)
                };
                cell.add_delayed(&factors.effect, |late| sized(choice.share.value() * own(late)));
            }
            cell
        };
        (0..self.valuation.portfolio().key_results().list().len()).map(change).collect()
    }

    /// Adds the certain amounts: synergies, and capacity bought for the plan. `counted` gives the measure of each cell,
    /// and its period if it has one.
    fn with_certain(
        &self,
        mut cells: Vec<Cell>,
        counted: impl Fn(usize) -> (Measure, Option<PeriodIx>),
    ) -> Vec<Cell> {
        for (position, cell) in cells.iter_mut().enumerate() {
            let (measure, period) = counted(position);
            let periods = period.as_slice();
            cell.certain += self.valuation.beside_projects(self.selection, measure, periods);
            cell.size += self.valuation.size_beside_projects(self.selection, measure, periods);
        }
        cells
    }

    /// Cells per key, and of each key per period, from the profiles of each plan; `growth` is that of amounts after some
    /// periods of delay.
    fn by_key_and_period<K: Position, A: Amount>(
        &self,
        keys: usize,
        factor: impl Fn(&ProjectFactors) -> &DelayedFactor,
        profiles: impl Fn(&StartPlan) -> &Profiles<K, A>,
        growth: impl Fn(usize) -> f64,
    ) -> Vec<Cell> {
        let periods = self.valuation.portfolio().horizon().len();
        let mut cells = self.cells(keys, &factor);
        for (choice, plan, factors) in self.chosen() {
            let (share, factor) = (choice.share.value(), factor(factors));
            for (key, profile) in profiles(plan).iter() {
                let own = &mut cells[key.index() * periods..];
                add_profile(own, profile, factor, |late| share * growth(late));
            }
        }
        cells
    }

    /// Empty cells for each key and period, with room for all projects whose factor varies.
    fn cells(&self, keys: usize, factor: impl Fn(&ProjectFactors) -> &DelayedFactor) -> Vec<Cell> {
        let varying = self.chosen().filter(|(_, _, factors)| factor(factors).whole.column.is_some()).count();
        let cells = keys * self.valuation.portfolio().horizon().len();
        (0..cells).map(|_| Cell::with_room(varying)).collect()
    }

    fn chosen(&self) -> impl Iterator<Item = (&Choice, &StartPlan, &ProjectFactors)> {
        self.selection
            .choices()
            .iter()
            .map(|choice| (choice, self.valuation.plan_of(choice), &self.factors[choice.project]))
    }
}

/// An amount with its size.
fn sized(amount: f64) -> (f64, f64) {
    (amount, amount.abs())
}

/// Adds the amounts of a profile to cells, one per period, as they come after a delay; `scale` is that of amounts after
/// some periods of it.
fn add_profile<A: Amount>(
    cells: &mut [Cell],
    profile: &[A],
    factor: &DelayedFactor,
    scale: impl Fn(usize) -> f64,
) {
    for (period, cell) in cells.iter_mut().take(profile.len()).enumerate() {
        let row =
            |late: usize| period.checked_sub(late).map_or(0.0, |row| scale(late) * profile[row].value());
        cell.add_delayed(factor, |late| sized(row(late)));
    }
}
