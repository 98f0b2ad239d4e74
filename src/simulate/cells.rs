//! What is simulated of an option: numbers that are sums of projects' amounts times their random factors.

use crate::domain::{Choice, Measure, Selection};
use crate::finance::{StartPlan, Valuation};

use super::samples::{Factor, ProjectFactors};

/// One simulated number: what is certain of it, and coefficients on columns of the samples in the order of projects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The certain part.
    pub certain: f64,
    /// Column and coefficient of every uncertain part.
    pub terms: Vec<(usize, f64)>,
}

impl Cell {
    fn add(&mut self, amount: f64, factor: Factor) {
        let amount = amount * factor.scale;
        match factor.column {
            Some(column) if amount != 0.0 => self.terms.push((column, amount)),
            Some(_) => {}
            None => self.certain += amount,
        }
    }
}

/// The chosen projects of an option with all that multiplies them.
pub struct OptionCells<'a> {
    valuation: &'a Valuation<'a>,
    factors: &'a [ProjectFactors],
    selection: &'a Selection,
}

impl<'a> OptionCells<'a> {
    /// The cells of a selection.
    pub fn new(
        valuation: &'a Valuation<'a>,
        factors: &'a [ProjectFactors],
        selection: &'a Selection,
    ) -> Self {
        Self { valuation, factors, selection }
    }

    /// Net present value, benefit, cost and strategic value realised.
    pub fn totals(&self) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); 4];
        for (choice, plan, factors) in self.chosen() {
            let share = choice.share.value();
            cells[0].add(share * plan.discounted_benefit_if_successful, factors.benefit);
            cells[0].add(-share * plan.discounted_cost, factors.cost);
            cells[1].add(share * plan.benefit_if_successful, factors.benefit);
            cells[2].add(share * plan.cost, factors.cost);
            cells[3].add(share * self.valuation.strategic_value(choice.project), factors.success);
        }
        let measures = [Measure::Npv, Measure::Benefit, Measure::Cost, Measure::StrategicValue];
        self.with_certain(cells, |position| (measures[position], None))
    }

    /// Spend on a line (position) in each period.
    pub fn line(&self, line: usize) -> Vec<Cell> {
        let cells = self.by_period(|factors| factors.cost, move |plan, add| of_key(&plan.spend, line, add));
        self.with_certain(cells, |period| (Measure::Line(line), Some(period)))
    }

    /// Spend on all lines together in each period.
    pub fn all_lines(&self) -> Vec<Cell> {
        let cells = self.by_period(
            |factors| factors.cost,
            |plan, add| plan.spend.iter().for_each(|(_, profile)| add(profile)),
        );
        self.with_certain(cells, |period| (Measure::Cost, Some(period)))
    }

    /// Demand for a resource (position) in each period.
    pub fn resource(&self, resource: usize) -> Vec<Cell> {
        self.by_period(|factors| factors.demand, move |plan, add| of_key(&plan.demand, resource, add))
    }

    /// Adds what does not vary: synergies, and capacity bought for the plan. `counted` tells the measure of each cell, and
    /// its period if it has one.
    fn with_certain(
        &self,
        mut cells: Vec<Cell>,
        counted: impl Fn(usize) -> (Measure, Option<usize>),
    ) -> Vec<Cell> {
        for (position, cell) in cells.iter_mut().enumerate() {
            let (measure, period) = counted(position);
            cell.certain += self.valuation.beside_projects(self.selection, measure, period.as_slice());
        }
        cells
    }

    /// Cells per period of what `profiles` hands over of each plan.
    fn by_period(
        &self,
        factor: impl Fn(&ProjectFactors) -> Factor,
        profiles: impl Fn(&StartPlan, &mut dyn FnMut(&[f64])),
    ) -> Vec<Cell> {
        let periods = self.valuation.portfolio().horizon().len();
        let mut cells = vec![Cell::default(); periods];
        let mut amounts = vec![0.0; periods];
        for (choice, plan, factors) in self.chosen() {
            amounts.fill(0.0);
            profiles(plan, &mut |profile| {
                amounts.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount);
            });
            for (cell, amount) in cells.iter_mut().zip(&amounts) {
                cell.add(choice.share.value() * amount, factor(factors));
            }
        }
        cells
    }

    fn chosen(&self) -> impl Iterator<Item = (&Choice, &StartPlan, &ProjectFactors)> {
        self.selection.choices().iter().map(|choice| {
            (choice, self.valuation.plan(choice.project, choice.start), &self.factors[choice.project])
        })
    }
}

fn of_key(profiles: &[(usize, Vec<f64>)], key: usize, add: &mut dyn FnMut(&[f64])) {
    profiles.iter().filter(|(other, _)| *other == key).for_each(|(_, profile)| add(profile));
}
