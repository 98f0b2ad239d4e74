//! The problem of a search: a program and the decision groups in it.

use std::collections::BTreeSet;

use super::pool::ProjectSet;
use super::program::{ByColumn, ColumnIx, Program, Row, RowIx};
use crate::domain::ProjectIx;

/// One start of a project, as a value of its decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartOption {
    /// Binary column: 1 if the start is taken.
    pub chosen: ColumnIx,
    /// Column of the funded share; the binary column itself unless the project is divisible.
    pub share: ColumnIx,
}

/// Decision about one project: at most one of its start options is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionGroup {
    /// The project, by which project sets know the decision.
    pub project: ProjectIx,
    /// The project as which it counts where differences are counted: alternatives count as one.
    pub counted: ProjectIx,
    /// Start options.
    pub alternatives: Vec<StartOption>,
    /// Row that sums the binaries of the start options; `None` for a single binary.
    pub row: Option<RowIx>,
}

/// A program and its decisions.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// Rows and columns.
    pub program: &'a Program,
    /// Decision groups. Solutions that take a start option in the same groups are the same option.
    pub groups: Vec<DecisionGroup>,
    /// Rows (rising) that other columns can make hold, whatever is taken: a search over decisions alone skips them.
    pub slackable_rows: Vec<RowIx>,
    /// Constant of the objective.
    pub constant: f64,
    /// Cost per unit of each column, to break ties between equal objectives; empty if nothing has a cost.
    pub costs: ByColumn<f64>,
    /// The program may rate a solution higher than an evaluator does.
    pub overrates: bool,
}

impl<'a> Problem<'a> {
    /// A problem in which every binary column is a decision group of its own.
    pub fn of_program(program: &'a Program) -> Self {
        let binaries = program.columns.positions().filter(|&column| program.columns[column].is_integer);
        let group = |column: ColumnIx| DecisionGroup {
            project: ProjectIx::new(column.index()),
            counted: ProjectIx::new(column.index()),
            alternatives: vec![StartOption { chosen: column, share: column }],
            row: None,
        };
        Self {
            program,
            groups: binaries.map(group).collect(),
            slackable_rows: Vec::new(),
            constant: 0.0,
            costs: ByColumn::default(),
            overrates: false,
        }
    }

    /// Cost per unit of a column.
    pub fn cost(&self, column: ColumnIx) -> f64 {
        self.costs.get(column).copied().unwrap_or(0.0)
    }

    /// True if solutions with the same projects can differ in cost: by start, share, or bought units.
    pub fn has_variants(&self) -> bool {
        let mut of_decisions = ByColumn::filled(false, self.program.columns.len());
        let mut has_choice = false;
        for group in &self.groups {
            let first = group.alternatives.first().map_or(0.0, |one| self.cost(one.share));
            for one in &group.alternatives {
                (of_decisions[one.chosen], of_decisions[one.share]) = (true, true);
                if one.share != one.chosen || self.cost(one.share) != first {
                    return true;
                }
            }
            has_choice |= group.alternatives.len() > 1;
        }
        let costs_beside =
            of_decisions.iter_enumerated().any(|(column, is_own)| !is_own && self.cost(column) != 0.0);
        has_choice && costs_beside
    }

    /// Per column: the position of the group that decides about it.
    pub fn group_of_column(&self) -> ByColumn<Option<usize>> {
        let mut group_of = ByColumn::filled(None, self.program.columns.len());
        for (position, group) in self.groups.iter().enumerate() {
            for one in &group.alternatives {
                group_of[one.chosen] = Some(position);
                group_of[one.share] = Some(position);
            }
        }
        group_of
    }

    /// Projects of the groups of which `values` take a start option.
    pub fn taken(&self, values: &ByColumn<f64>) -> ProjectSet {
        let is_taken = |group: &&DecisionGroup| group.alternatives.iter().any(|one| values[one.chosen] > 0.5);
        let taken = self.groups.iter().filter(is_taken);
        ProjectSet::counting(taken.map(|group| (group.project, group.counted)))
    }

    /// Difference row: at least `difference` groups are taken in the solution and not in `taken`, or the other way
    /// round. Groups that count as one are of alternatives, of which at most one is taken.
    pub fn difference_row(&self, taken: &ProjectSet, difference: usize) -> Row {
        // Σ_{taken} (1 − y) + Σ_{not taken} y ≥ difference
        let mut terms = Vec::new();
        let mut counted = BTreeSet::new();
        for group in &self.groups {
            let is_taken = taken.counts(group.counted);
            if is_taken {
                counted.insert(group.counted);
            }
            let sign = if is_taken { -1.0 } else { 1.0 };
            terms.extend(group.alternatives.iter().map(|one| (one.chosen, sign)));
        }
        Row::new(terms, difference as f64 - counted.len() as f64, f64::INFINITY)
    }

    /// Row that rules out one set of projects and no other, alternatives one by one.
    pub fn other_projects_row(&self, taken: &ProjectSet) -> Row {
        let mut terms = Vec::new();
        let mut count = 0.0;
        for group in &self.groups {
            let sign = if taken.contains(group.project) { -1.0 } else { 1.0 };
            count += f64::from(u8::from(sign < 0.0));
            terms.extend(group.alternatives.iter().map(|one| (one.chosen, sign)));
        }
        Row::new(terms, 1.0 - count, f64::INFINITY)
    }

    /// True if some projects count as one where differences are counted.
    pub fn has_alternatives(&self) -> bool {
        self.groups.iter().any(|group| group.counted != group.project)
    }

    /// Exclusion row: forbids exactly the binaries of `values`, and no other combination.
    pub fn exclusion_row(&self, values: &ByColumn<f64>) -> Row {
        let chosen = self.groups.iter().flat_map(|group| &group.alternatives).map(|one| one.chosen);
        let terms: Vec<_> =
            chosen.map(|column| (column, if values[column] > 0.5 { -1.0 } else { 1.0 })).collect();
        let taken = terms.iter().filter(|&&(_, sign)| sign < 0.0).count();
        Row::new(terms, 1.0 - taken as f64, f64::INFINITY)
    }

    /// Integer variables (numbers: columns, then the slacks of rows): binary columns, and the slacks of rows that allow
    /// at most one of several of them.
    pub fn whole_variables(&self) -> Vec<usize> {
        let columns = &self.program.columns;
        let is_whole = columns.iter_enumerated().filter(|(_, column)| column.is_integer);
        let mut whole: Vec<usize> = is_whole.map(|(column, _)| column.index()).collect();
        for (position, row) in self.program.rows.iter_enumerated() {
            let is_unit = |&(column, factor): &(ColumnIx, f64)| factor == 1.0 && columns[column].is_integer;
            if row.upper == 1.0 && row.terms.len() > 1 && row.terms.iter().all(is_unit) {
                whole.push(columns.len() + position.index());
            }
        }
        whole
    }
}
