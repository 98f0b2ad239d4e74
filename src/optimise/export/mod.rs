//! The program of a scenario for other solvers: in the portfolio's own units, with a name for every row and column.

mod names;

use crate::domain::{Choice, LimitBound, LineIx, PeriodIx, Selection, Sense};
use crate::finance::Valuation;

use super::formulate::row_key::ColumnKey;
use super::model::program::{ByColumn, Column, ColumnIx, Row};
use crate::optimise::scenario_model::ScenarioModel;
use names::Names;

/// A program with names.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Sense of the objective.
    pub sense: Sense,
    /// Columns, with their gain in objective per unit. Binary columns are the integer ones.
    pub columns: ByColumn<(String, Column)>,
    /// Rows.
    pub rows: Vec<(String, Row)>,
    column_keys: ByColumn<ColumnKey>,
}

impl Model {
    /// The program of a scenario that maximises its goal: its best selection is the scenario's first option.
    ///
    /// Numbers are those of the tables: the powers of two by which the search scales rows and amounts are taken out
    /// again, which changes no digit. All payers of a project have columns, also those that the search leaves out.
    pub fn new(model: &ScenarioModel) -> Self {
        let ScenarioModel { valuation, formulation, .. } = &model.with_all_payers();
        let goal = &valuation.scenario().goal;
        let (column_keys, units): (ByColumn<ColumnKey>, ByColumn<f64>) =
            formulation.program.columns.positions().map(|column| formulation.column_key(column)).unzip();
        let mut names = Names::new(valuation);
        let sign = goal.sense().sign();
        let columns = formulation.program.columns.iter().zip(&units).zip(&column_keys);
        let columns = columns.map(|((column, unit), key)| {
            let own_units = Column {
                lower: column.lower * unit,
                upper: column.upper * unit,
                // Adding 0 turns −0 into 0.
                objective: sign * column.objective / unit + 0.0,
                ..*column
            };
            (names.of_column(*key), own_units)
        });
        let columns = columns.collect();
        let rows = formulation.program.rows.iter_enumerated().map(|(position, row)| {
            let scale = formulation.scale(position);
            let terms = row.terms.iter().map(|&(column, factor)| (column, factor / scale / units[column]));
            let terms: Vec<(ColumnIx, f64)> = terms.collect();
            let name = names.of_row(formulation.row_key(position), &terms, &column_keys);
            let (lower, upper) = (row.lower / scale + 0.0, row.upper / scale + 0.0);
            (name, Row { terms, lower, upper })
        });
        let rows = rows.collect();
        Self { sense: goal.sense(), columns, rows, column_keys }
    }

    /// Values of the columns for a selection, by the portfolio's own accounts.
    pub fn values_of(&self, valuation: &Valuation, selection: &Selection) -> Vec<f64> {
        let spends = valuation.spends(selection);
        let account = |line: Option<LineIx>| match line {
            Some(line) => valuation.line_account(line, &spends),
            None => valuation.account_of_all_lines(&spends),
        };
        let overrun =
            |line, period: PeriodIx| account(line).map_or(0.0, |account| account.overrun[period].value());
        let bought = |resource, period: PeriodIx| valuation.bought(selection, resource)[period].value();
        let switch = |amount: f64| if amount > 0.0 { 1.0 } else { 0.0 };
        let key_results = valuation.portfolio().key_results().list();
        let way = |one: usize| key_results[one].way(valuation.key_result_value(one, selection));
        let taken = |project, period, payment| {
            let choice: Option<&Choice> = selection.choice(project);
            choice.filter(|choice| choice.start == period && choice.payment == payment)
        };
        let value = |key: &ColumnKey| match *key {
            ColumnKey::Start { project, period, payment } => {
                let choice = taken(project, period, payment);
                if choice.is_some() { 1.0 } else { 0.0 }
            }
            ColumnKey::Share { project, period, payment } => {
                let choice = taken(project, period, payment);
                choice.map_or(0.0, |choice| choice.share.value())
            }
            ColumnKey::Moved { project, cost, line, period } => {
                let mut parts = selection.transfers().iter();
                let part = parts.find(|one| (one.project, one.cost, one.line) == (project, cost, line));
                part.map_or(0.0, |part| part.amounts[period].value())
            }
            ColumnKey::Synergy { synergy } => {
                let synergy = &valuation.portfolio().synergies()[synergy];
                if synergy.holds(|project| selection.contains(project)) { 1.0 } else { 0.0 }
            }
            ColumnKey::Unspent { line, period } => account(line)
                .map_or(0.0, |account| (account.available[period] - account.spend[period]).value().max(0.0)),
            ColumnKey::Overrun { line, period } => overrun(line, period),
            ColumnKey::MeanOverrun { line, period } => valuation.mean_overrun(line, period, selection),
            ColumnKey::Distance { total } => valuation.distance(total, selection),
            ColumnKey::IsOverrun { line, period } => switch(overrun(line, period)),
            ColumnKey::Bought { resource, period } => bought(resource, period),
            ColumnKey::IsBought { resource, period } => switch(bought(resource, period)),
            ColumnKey::Missed { limit, bound } => missed(valuation, selection, limit, bound),
            ColumnKey::Progress { key_result } => way(key_result).clamp(0.0, 1.0),
            ColumnKey::IsBegun { key_result } => switch(way(key_result)),
            ColumnKey::IsExceeded { key_result } => switch(way(key_result) - 1.0),
            ColumnKey::IsReached { key_result } => {
                let value = valuation.key_result_value(key_result, selection);
                if key_results[key_result].is_reached(value) { 1.0 } else { 0.0 }
            }
            ColumnKey::Always | ColumnKey::BudgetScale => 1.0,
        };
        self.column_keys.iter().map(value).collect()
    }

    /// Objective of values of the columns.
    pub fn objective(&self, values: &[f64]) -> f64 {
        self.columns.iter().zip(values).map(|((_, column), value)| column.objective * value).sum()
    }
}

/// Amount by which a selection misses a bound of a soft limit.
fn missed(valuation: &Valuation, selection: &Selection, limit: usize, bound: usize) -> f64 {
    let limit = &valuation.scenario().named_limits[limit];
    let (part, whole, _) = valuation.limited(limit, selection);
    let bound: LimitBound = limit.bounds()[bound];
    bound.violation(part, whole)
}
