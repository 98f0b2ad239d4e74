//! A program with what the search must know of it beyond rows and columns: which decisions it is about.

use super::pool::ProjectSet;
use super::program::{Program, Row};

/// One value that a decision can take: a start of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartOption {
    /// The binary column that is 1 if it is taken.
    pub chosen: usize,
    /// The column that carries the funded share: the binary itself where there is none.
    pub share: usize,
}

/// A decision: at most one of its alternatives is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionGroup {
    /// Its number in sets of projects.
    pub project: usize,
    /// What can be taken.
    pub alternatives: Vec<StartOption>,
    /// The row that says how many are; `None` where the one binary says it.
    pub row: Option<usize>,
}

/// A program and its decisions.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// Rows and columns.
    pub program: &'a Program,
    /// The decisions. Solutions that take something in the same groups are the same option.
    pub groups: Vec<DecisionGroup>,
    /// Rows (rising) that other columns can make hold, whatever is taken: a search that only knows the decisions need
    /// not look at them.
    pub slackable_rows: Vec<usize>,
    /// What is added to the program's objective.
    pub constant: f64,
    /// What one unit of each column costs, to decide between equal objectives; empty where nothing has a cost.
    pub costs: Vec<f64>,
}

impl<'a> Problem<'a> {
    /// A program in which every binary column is a decision of its own.
    pub fn of_program(program: &'a Program) -> Self {
        let binaries = (0..program.columns.len()).filter(|&column| program.columns[column].is_integer);
        let group = |column| DecisionGroup {
            project: column,
            alternatives: vec![StartOption { chosen: column, share: column }],
            row: None,
        };
        Self {
            program,
            groups: binaries.map(group).collect(),
            slackable_rows: Vec::new(),
            constant: 0.0,
            costs: Vec::new(),
        }
    }

    /// What one unit of a column costs.
    pub fn cost(&self, column: usize) -> f64 {
        self.costs.get(column).copied().unwrap_or(0.0)
    }

    /// Whether solutions with the same projects may cost differently: by a later start, another share, or what is
    /// bought beside them.
    pub fn has_variants(&self) -> bool {
        let mut of_decisions = vec![false; self.program.columns.len()];
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
            of_decisions.iter().enumerate().any(|(column, is_own)| !is_own && self.cost(column) != 0.0);
        has_choice && costs_beside
    }

    /// The projects of the groups in which values take something.
    pub fn taken(&self, values: &[f64]) -> ProjectSet {
        let is_taken = |group: &&DecisionGroup| group.alternatives.iter().any(|one| values[one.chosen] > 0.5);
        ProjectSet::of(self.groups.iter().filter(is_taken).map(|group| group.project))
    }

    /// Demands that at least `difference` groups are taken in a solution and not in `taken`, or the other way round.
    pub fn difference_row(&self, taken: &ProjectSet, difference: usize) -> Row {
        // Σ_{taken} (1 − y) + Σ_{not taken} y ≥ difference
        let mut terms = Vec::new();
        let mut count = 0.0;
        for group in &self.groups {
            let sign = if taken.contains(group.project) { -1.0 } else { 1.0 };
            count += f64::from(u8::from(sign < 0.0));
            terms.extend(group.alternatives.iter().map(|one| (one.chosen, sign)));
        }
        Row::new(terms, difference as f64 - count, f64::INFINITY)
    }

    /// Forbids exactly what values take, leaving every other combination open.
    pub fn exclusion_row(&self, values: &[f64]) -> Row {
        let chosen = self.groups.iter().flat_map(|group| &group.alternatives).map(|one| one.chosen);
        let terms: Vec<_> =
            chosen.map(|column| (column, if values[column] > 0.5 { -1.0 } else { 1.0 })).collect();
        let taken = terms.iter().filter(|&&(_, sign)| sign < 0.0).count();
        Row::new(terms, 1.0 - taken as f64, f64::INFINITY)
    }

    /// The variables (columns, then the slacks of rows) that must be whole: binary columns, and the slacks of rows
    /// that allow at most one of several of them.
    pub fn whole_variables(&self) -> Vec<usize> {
        let columns = &self.program.columns;
        let mut whole: Vec<usize> = (0..columns.len()).filter(|&column| columns[column].is_integer).collect();
        for (position, row) in self.program.rows.iter().enumerate() {
            let is_unit = |&(column, factor): &(usize, f64)| factor == 1.0 && columns[column].is_integer;
            if row.upper == 1.0 && row.terms.len() > 1 && row.terms.iter().all(is_unit) {
                whole.push(columns.len() + position);
            }
        }
        whole
    }
}
