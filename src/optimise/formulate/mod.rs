//! Formulates a scenario as rows and columns.
//!
//! A binary column `x[p,s]` represents the start of project p in period s, or, where several lines may pay a cost of p,
//! that start with one way to pay: the columns of a project, of which one is taken, are one choice. A divisible
//! project also has a share column
//! `f[p,s]` per start with `least · x ≤ f ≤ x`, where the least share is above 0. Dependencies on start periods are
//! cumulative in time (`Σ_{u ≤ s} x[p,u] ≤ Σ_{u ≤ s − lag} x[q,u]`; Christofides, Alvarez-Valdés and Tamarit 1987),
//! which is tighter than one row per pair of starts.
//!
//! For given starts and shares, every other column has the value that the portfolio's own numbers give, or may have it
//! and gains nothing by another. So the best solution of the program is best by the portfolio's own numbers, too.

mod amount;
mod budgets;
mod change_control;
mod confidence;
mod distances;
mod expected_overruns;
mod key_result_columns;
mod key_results;
mod mixed;
mod named_limits;
pub mod objective;
pub mod payers;
pub mod row_key;
mod synergies;
mod variables;

use std::collections::VecDeque;

use crate::domain::{
    ByProject, Choice, Condition, Decision, Dependency, DependencyKind, Measure, NamedLimit, PaymentIx,
    PeriodIx, ProjectIx, Total,
};
use crate::finance::Valuation;
use crate::units::Share;

use super::model::decisions::{DecisionGroup, Problem, StartOption};
use super::model::program::{ByColumn, ByRow, Column, ColumnIx, Program, Row, RowIx};
pub use amount::Moved;
use amount::{Amount, Bought};
use key_result_columns::KeyResultColumns;
use payers::Payers;
use row_key::{ColumnKey, RowKey};

/// A linear sum: columns with their coefficients, in any order.
type Terms = Vec<(ColumnIx, f64)>;

/// Columns of one start of a project, paid for in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartColumns {
    /// The project.
    pub project: ProjectIx,
    /// The period in which it starts.
    pub start: PeriodIx,
    /// The lines that pay for it.
    pub payment: PaymentIx,
    /// Binary column: 1 if the project starts then and is paid for so.
    pub chosen: ColumnIx,
    /// Column of the funded share: the binary column itself unless the project is divisible.
    pub share: ColumnIx,
}

/// A program with the keys of its rows and columns.
#[derive(Clone, Debug)]
pub struct Formulation {
    /// Rows and columns; the objective is empty until [`Formulation::set_objective`].
    pub program: Program,
    starts: Vec<StartColumns>,
    of_project: ByProject<std::ops::Range<usize>>,
    /// Per project: the one as which it counts where differences are counted.
    counted_as: ByProject<ProjectIx>,
    /// Per way to pay for a project: the way whose columns stand for it.
    stand_ins: ByProject<Vec<PaymentIx>>,
    decision_rows: ByProject<Option<RowIx>>,
    /// Rows whose upper side is a budget.
    budget_rows: Vec<RowIx>,
    /// `column_keys[column]`.
    column_keys: ByColumn<ColumnKey>,
    /// `notes[row]`: row key, and the factor by which the row's coefficients were scaled.
    notes: ByRow<(RowKey, f64)>,
    /// Per synergy: the column that is 1 if it holds; `None` where it cannot hold.
    synergies: Vec<Option<ColumnIx>>,
    key_results: KeyResultColumns,
    bought: Vec<Bought>,
    moved: Vec<Moved>,
    /// Penalties per unit of columns, in objective units, whatever is optimised.
    penalties: Vec<(ColumnIx, f64)>,
    /// Amounts by which limits with priorities are missed: priority, column, part of the shortfall per unit.
    missed: Vec<(u32, ColumnIx, f64)>,
    slackable_rows: Vec<RowIx>,
    /// Per total whose mean over the worst futures is counted: its distance from the mean over all; `None` where that
    /// could only be 0.
    distances: Vec<(Total, Option<Amount>)>,
    /// Amounts in the order in which they were added; `None` where one could only be 0.
    amounts: Vec<Option<Amount>>,
    /// Amounts of another formulation whose units and sizes are to be reused, in order.
    amounts_to_come: Option<VecDeque<Option<Amount>>>,
    /// Least factor by which budgets may be multiplied.
    least_budget_scale: f64,
    /// Cost per unit of each column.
    costs: ByColumn<f64>,
}

impl Formulation {
    /// Formulates the limits and decisions of a scenario.
    pub fn new(valuation: &Valuation) -> Self {
        Self::with_amounts(valuation, None, 1.0, (Payers::OfScenario, &[]))
    }

    /// The same, for further measures than those of the scenario's goals and limits.
    pub fn measuring(valuation: &Valuation, measures: &[Measure]) -> Self {
        Self::with_amounts(valuation, None, 1.0, (Payers::OfScenario, measures))
    }

    /// The same, with some or all payers told apart.
    pub fn with_payers(valuation: &Valuation, payers: Payers, measures: &[Measure]) -> Self {
        Self::with_amounts(valuation, None, 1.0, (payers, measures))
    }

    /// Formulates them with one common factor between 0 and 1 on all budgets; also returns the column of that factor.
    pub fn with_budget_scale(
        valuation: &Valuation,
        payers: Payers,
        measures: &[Measure],
    ) -> (Self, ColumnIx) {
        let mut formulation = Self::with_amounts(valuation, None, 0.0, (payers, measures));
        let scale = formulation.add_budget_scale();
        (formulation, scale)
    }

    /// Formulates them in the columns of another formulation, of the same portfolio with other costs: amounts have its
    /// units and upper bounds.
    pub fn in_columns_of(other: &Self, valuation: &Valuation) -> Self {
        let amounts = other.amounts.iter().copied().collect();
        Self::with_amounts(valuation, Some(amounts), 1.0, (Payers::OfScenario, &[]))
    }

    fn with_amounts(
        valuation: &Valuation,
        amounts_to_come: Option<VecDeque<Option<Amount>>>,
        least_budget_scale: f64,
        (payers, measures): (Payers, &[Measure]),
    ) -> Self {
        let mut formulation = Self {
            program: Program::default(),
            starts: Vec::new(),
            of_project: ByProject::default(),
            counted_as: (valuation.portfolio().projects().positions())
                .map(|project| valuation.portfolio().counted_as(project))
                .collect(),
            stand_ins: (valuation.portfolio().projects().positions())
                .map(|project| payers.columns(valuation, project))
                .collect(),
            decision_rows: ByProject::default(),
            budget_rows: Vec::new(),
            column_keys: ByColumn::default(),
            notes: ByRow::default(),
            synergies: Vec::new(),
            key_results: KeyResultColumns::default(),
            bought: Vec::new(),
            moved: Vec::new(),
            penalties: Vec::new(),
            missed: Vec::new(),
            slackable_rows: Vec::new(),
            distances: Vec::new(),
            amounts: Vec::new(),
            amounts_to_come,
            least_budget_scale,
            costs: ByColumn::default(),
        };
        formulation.add_columns(valuation);
        formulation.add_decisions(valuation);
        formulation.add_alternatives(valuation);
        for (position, dependency) in valuation.portfolio().dependencies().iter().enumerate() {
            formulation.add_dependency(position, dependency, valuation);
        }
        for (position, condition) in valuation.portfolio().conditions().iter().enumerate() {
            formulation.add_condition(position, condition);
        }
        formulation.add_synergies(valuation);
        let measures = [measures, &measures_of(valuation)].concat();
        formulation.add_key_results(valuation, &measures);
        formulation.add_distances(valuation, &measures);
        formulation.add_mixed(valuation, payers);
        formulation.add_capacities(valuation);
        formulation.add_budgets(valuation);
        formulation.add_expected_overruns(valuation);
        formulation.add_named_limits(valuation);
        formulation.add_cuts(valuation);
        formulation.ease_limits_on_key_results();
        formulation.add_targets(valuation);
        formulation.add_changes(valuation);
        formulation.costs = formulation.coefficients(&[(Measure::Cost, 1.0)], valuation);
        formulation
    }

    /// The starts of all projects, in the order of projects and periods, and then of payments.
    pub fn starts(&self) -> &[StartColumns] {
        &self.starts
    }

    /// The starts of one project.
    pub fn starts_of(&self, project: ProjectIx) -> &[StartColumns] {
        &self.starts[self.of_project[project].clone()]
    }

    /// The columns of a choice; `None` if the project cannot start then.
    pub fn columns_of(&self, choice: &Choice) -> Option<&StartColumns> {
        let payment = self.stand_ins[choice.project].get(choice.payment.index()).copied()?;
        let starts = self.starts_of(choice.project).iter();
        starts.clone().find(|start| start.start == choice.start && start.payment == payment)
    }

    /// The row that allows a project one start at most; `None` if it has one start option, whose binary suffices.
    pub fn decision_row(&self, project: ProjectIx) -> Option<RowIx> {
        self.decision_rows[project]
    }

    /// True for a column of a start or share, false for one of an amount or a switch.
    pub fn is_of_start(&self, column: ColumnIx) -> bool {
        self.starts.last().is_some_and(|last| column <= last.chosen.max(last.share))
    }

    /// True if lines can share a cost in any parts.
    pub fn has_moved(&self) -> bool {
        !self.moved.is_empty()
    }

    /// True if some project can be funded in part. Other amounts follow from the starts and shares.
    pub fn has_shares(&self) -> bool {
        self.starts.iter().any(|start| start.share != start.chosen)
    }

    /// True if the program can count a measure.
    pub fn counts(&self, measure: Measure) -> bool {
        self.key_results.count(measure) && self.has_distance_of(measure)
    }

    /// True if there are amount columns, whose sizes depend on costs.
    pub fn has_amounts(&self) -> bool {
        !self.amounts.is_empty()
    }

    /// Adds one common factor between 0 and 1 on all budgets, and returns its column.
    fn add_budget_scale(&mut self) -> ColumnIx {
        let scale = Column { lower: 0.0, upper: 1.0, is_integer: false, objective: 0.0 };
        let scale = self.add_column(ColumnKey::BudgetScale, scale);
        for &position in &self.budget_rows {
            let row = &mut self.program.rows[position];
            let budget = std::mem::take(&mut row.upper);
            let scaled = Row::new(row.terms.iter().copied().chain([(scale, -budget)]), row.lower, 0.0);
            self.notes[position].1 *= scaled.scale();
            *row = scaled.scaled();
        }
        scale
    }

    /// Key of a column, and its amount per unit of the column: amounts lie between 0 and 1 as columns.
    pub fn column_key(&self, column: ColumnIx) -> (ColumnKey, f64) {
        let amount = self.amounts.iter().flatten().find(|amount| amount.column == column);
        (self.column_keys[column], amount.map_or(1.0, |amount| amount.unit))
    }

    /// Key of a row.
    pub fn row_key(&self, row: RowIx) -> RowKey {
        self.notes[row].0
    }

    /// Scaling factor of a row: an amount of the limit, multiplied by it, is the amount in the row.
    pub fn scale(&self, row: RowIx) -> f64 {
        self.notes[row].1
    }

    /// Sets the objective to `Σ weight × measure`, less penalties if `is_penalised`.
    pub fn set_objective(&mut self, terms: &[(Measure, f64)], is_penalised: bool, valuation: &Valuation) {
        let coefficients = self.coefficients(terms, valuation);
        for (column, coefficient) in self.program.columns.iter_mut().zip(coefficients) {
            column.objective = coefficient;
        }
        for &(column, price) in self.penalties.iter().filter(|_| is_penalised) {
            self.program.columns[column].objective -= price;
        }
    }

    /// Gain in `Σ weight × measure` per unit of each column, without penalties.
    pub fn coefficients(&self, terms: &[(Measure, f64)], valuation: &Valuation) -> ByColumn<f64> {
        let mut coefficients = ByColumn::filled(0.0, self.program.columns.len());
        for &(measure, weight) in terms {
            let projects = self.measure(valuation, measure, None, &|_| true);
            let bought = self.bought_terms(valuation, measure, None);
            for (column, amount) in projects.into_iter().chain(bought) {
                coefficients[column] += weight * amount;
            }
        }
        coefficients
    }

    /// Contribution of the counted projects, and of synergies among them, to a measure in some periods;
    /// `None`: to the measure as a whole.
    fn measure(
        &self,
        valuation: &Valuation,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        counts: &dyn Fn(ProjectIx) -> bool,
    ) -> Terms {
        let of_start = |start: &StartColumns| {
            // A part of a project counts as one project; everything else is proportional to the share.
            let column = if measure == Measure::Projects { start.chosen } else { start.share };
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (column, valuation.measure_in(measure, periods, start.project, plan))
        };
        let mut terms: Terms =
            self.starts.iter().filter(|start| counts(start.project)).map(of_start).collect();
        terms.extend(self.synergy_terms(valuation, measure, periods, counts));
        terms.extend(self.moved_terms(measure, periods, counts));
        terms.extend(self.key_result_terms(valuation, measure));
        terms.extend(self.distance_terms(measure));
        terms
    }

    /// The program with its decision groups: one per project, with a start option per period.
    pub fn problem(&self) -> Problem<'_> {
        let group = |project: ProjectIx| {
            let alternatives = self.starts_of(project).iter();
            let alternatives =
                alternatives.map(|start| StartOption { chosen: start.chosen, share: start.share });
            DecisionGroup {
                project,
                counted: self.counted_as[project],
                alternatives: alternatives.collect(),
                row: self.decision_rows[project],
            }
        };
        let groups = self.of_project.positions().filter(|&project| !self.starts_of(project).is_empty());
        Problem {
            program: &self.program,
            groups: groups.map(group).collect(),
            slackable_rows: self.slackable_rows.clone(),
            constant: 0.0,
            costs: self.costs.clone(),
            overrates: self.distances.iter().any(|(_, distance)| distance.is_some()),
        }
    }

    fn add_columns(&mut self, valuation: &Valuation) {
        let portfolio = valuation.portfolio();
        let binary = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
        for (position, project) in portfolio.projects().iter_enumerated() {
            let first = self.starts.len();
            if valuation.scenario().decisions[position] != Decision::Out {
                let stand_ins = &self.stand_ins[position];
                let payments: Vec<PaymentIx> = (stand_ins.iter().enumerate())
                    .filter(|(payment, stand_in)| *payment == stand_in.index())
                    .map(|(_, &stand_in)| stand_in)
                    .collect();
                let starts = PeriodIx::each(project.starts(portfolio.horizon().len()));
                for (start, payment) in starts.flat_map(|start| payments.iter().map(move |&one| (start, one)))
                {
                    let key = ColumnKey::Start { project: position, period: start, payment };
                    let chosen = self.add_column(key, binary);
                    let place = (position, start, payment);
                    let share = self.add_share_column(place, valuation.least_share(position), chosen);
                    self.starts.push(StartColumns { project: position, start, payment, chosen, share });
                }
            }
            self.of_project.push(first..self.starts.len());
        }
    }

    fn add_column(&mut self, key: ColumnKey, column: Column) -> ColumnIx {
        let position = self.program.columns.next_position();
        self.column_keys.push(key);
        self.program.columns.push(column);
        position
    }

    /// Adds the column and rows of a divisible project's share, if it is one.
    fn add_share_column(
        &mut self,
        (position, period, payment): (ProjectIx, PeriodIx, PaymentIx),
        least: Share,
        chosen: ColumnIx,
    ) -> ColumnIx {
        let least = least.value();
        if least >= 1.0 {
            return chosen;
        }
        let share = Column { lower: 0.0, upper: 1.0, is_integer: false, objective: 0.0 };
        let share = self.add_column(ColumnKey::Share { project: position, period, payment }, share);
        let key = RowKey::Share { project: position };
        self.add_at_most(key, [(share, 1.0), (chosen, -1.0)], 0.0);
        self.add_at_most(key, [(chosen, least), (share, -1.0)], 0.0);
        share
    }

    fn add_row(&mut self, key: RowKey, row: Row, scale: f64) {
        self.program.rows.push(row);
        self.notes.push((key, scale));
    }

    fn add_at_most(&mut self, key: RowKey, terms: impl IntoIterator<Item = (ColumnIx, f64)>, upper: f64) {
        let row = Row::new(terms, f64::NEG_INFINITY, upper);
        // A row without terms still matters where it cannot hold: a mandatory amount over a limit of 0, say.
        if !row.terms.is_empty() || upper < 0.0 {
            let scale = row.scale();
            self.add_row(key, row.scaled(), scale);
        }
    }

    /// The same for a slackable row.
    fn add_slackable_at_most(
        &mut self,
        key: RowKey,
        terms: impl IntoIterator<Item = (ColumnIx, f64)>,
        upper: f64,
    ) {
        let rows = self.program.rows.len();
        self.add_at_most(key, terms, upper);
        self.slackable_rows.extend((rows..self.program.rows.len()).map(RowIx::new));
    }

    /// At most one start for each project; exactly one where it is decided that the project is in.
    fn add_decisions(&mut self, valuation: &Valuation) {
        for (project, decision) in valuation.scenario().decisions.iter_enumerated() {
            let terms: Vec<_> = self.chosen(project).collect();
            let lower = if *decision == Decision::In { 1.0 } else { f64::NEG_INFINITY };
            let has_row = terms.len() > 1 || *decision == Decision::In;
            self.decision_rows.push(has_row.then_some(self.program.rows.next_position()));
            if has_row {
                self.add_row(RowKey::Decision { project }, Row::new(terms, lower, 1.0), 1.0);
            }
        }
    }

    /// Terms that sum to 1 if a project is chosen and to 0 if not.
    fn chosen(&self, project: ProjectIx) -> impl Iterator<Item = (ColumnIx, f64)> + '_ {
        self.starts_of(project).iter().map(|start| (start.chosen, 1.0))
    }

    fn add_alternatives(&mut self, valuation: &Valuation) {
        for (group, (_, members)) in valuation.portfolio().alternatives().iter().enumerate() {
            let terms: Vec<_> = members.iter().flat_map(|&project| self.chosen(project)).collect();
            if terms.len() > 1 {
                self.add_at_most(RowKey::Alternatives { group }, terms, 1.0);
            }
        }
    }

    fn add_dependency(&mut self, position: usize, dependency: &Dependency, valuation: &Valuation) {
        let key = RowKey::Dependency { dependency: position };
        let this: Vec<_> = self.chosen(dependency.project).collect();
        let other: Vec<_> = self.chosen(dependency.other).collect();
        let less_other: Vec<_> = other.iter().map(|&(column, _)| (column, -1.0)).collect();
        match dependency.kind {
            DependencyKind::Requires => self.add_at_most(key, this.into_iter().chain(less_other), 0.0),
            DependencyKind::Excludes => self.add_at_most(key, this.into_iter().chain(other), 1.0),
            DependencyKind::Together => {
                let row = Row::new(this.into_iter().chain(less_other), 0.0, 0.0);
                if !row.terms.is_empty() {
                    self.add_row(key, row, 1.0);
                }
            }
            DependencyKind::After { lag } => self.add_after(key, dependency, lag, valuation),
        }
    }

    /// Starts of a project by a period ≤ starts of the other so many periods before. Where the row of the period before or
    /// after implies that of a period, there is none: where the project has no further start, or the other none before
    /// the next start of the project.
    fn add_after(&mut self, key: RowKey, dependency: &Dependency, lag: usize, valuation: &Valuation) {
        let side = |period: PeriodIx| {
            let started = self.started_by(dependency.project, Some(period), 1.0);
            (started, self.started_by(dependency.other, period.earlier(lag), -1.0))
        };
        let periods = valuation.portfolio().horizon().periods().positions();
        let sides: Vec<(Terms, Terms)> = periods.map(side).collect();
        for (place, (started, other)) in sides.iter().enumerate() {
            let before = place.checked_sub(1).map_or(0, |before| sides[before].0.len());
            let is_implied = sides.get(place + 1).is_some_and(|(next, next_other)| {
                next.len() > started.len() && next_other.len() == other.len()
            });
            if started.len() > before && !is_implied {
                self.add_at_most(key, started.iter().chain(other).copied(), 0.0);
            }
        }
    }

    /// Of n projects, Σ chosen ≤ n − 1 + Σ chosen of those that they require together.
    fn add_condition(&mut self, position: usize, condition: &Condition) {
        let all: Vec<Terms> =
            condition.if_all().iter().map(|&project| self.chosen(project).collect()).collect();
        if all.iter().any(Terms::is_empty) {
            // One of them cannot be chosen, so that the condition never applies.
            return;
        }
        let any = condition.then_any().iter().flat_map(|&project| self.chosen(project));
        let less_any: Terms = any.map(|(column, _)| (column, -1.0)).collect();
        let most = all.len() as f64 - 1.0;
        self.add_at_most(
            RowKey::Condition { condition: position },
            all.concat().into_iter().chain(less_any),
            most,
        );
    }

    /// Terms that sum to `sign` if a project has started by a period; none if that period lies before the horizon.
    fn started_by(&self, project: ProjectIx, period: Option<PeriodIx>, sign: f64) -> Terms {
        let by = |start: &&StartColumns| period.is_some_and(|period| start.start <= period);
        self.starts_of(project).iter().filter(by).map(|start| (start.chosen, sign)).collect()
    }
}

/// The measures of a scenario's goals and limits.
fn measures_of(valuation: &Valuation) -> Vec<Measure> {
    let scenario = valuation.scenario();
    let limited = scenario.named_limits.iter().map(NamedLimit::measure);
    scenario.goal.measures().into_iter().chain(scenario.next_goals.iter().copied()).chain(limited).collect()
}
