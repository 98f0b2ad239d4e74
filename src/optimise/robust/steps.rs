//! A program as a sequence of steps: each step takes one of a few alternatives, a project's starts or the two values of
//! a switch. Rows are turned so that each bounds a sum from above; what is left of the bound is the row's slack.

use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::program::{ByColumn, ColumnIx, Row};

/// Least amount by which a row must be able to miss its side to be kept: rows are scaled to about 1.
const ROW_TOLERANCE: f64 = 1e-7;

/// One alternative of a step.
#[derive(Clone, Debug, Default)]
pub struct Alternative {
    /// The column that is 1; `None` if nothing is taken.
    pub column: Option<ColumnIx>,
    /// Gain per objective.
    pub gains: Vec<f64>,
    /// Use of rows (positions in [`Steps::rows`]).
    pub uses: Vec<(usize, f64)>,
    /// Number that stands for the project; two sets of projects differ in the exclusive or of theirs. 0: no project.
    pub mark: u128,
}

/// A decision that is made as a whole.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its alternatives, at least one.
    pub alternatives: Vec<Alternative>,
    /// For a switch: the columns after which it is decided.
    after: Option<Vec<ColumnIx>>,
}

/// A column that no step decides.
#[derive(Clone, Debug)]
struct OpenColumn {
    lower: f64,
    upper: f64,
    gains: Vec<f64>,
    uses: Vec<(usize, f64)>,
}

/// A program of several objectives, decided step by step.
#[derive(Clone, Debug)]
pub struct Steps {
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// Upper bound of each row's sum.
    pub rows: Vec<f64>,
    /// Number of objectives.
    pub objectives: usize,
    /// Sum over all columns of the largest size of a gain: differences far below it are rounding.
    pub size: f64,
    open: Vec<OpenColumn>,
    /// Positions of the rows among all sides of the program's rows.
    kept: Vec<usize>,
}

/// A column that is decided beside the projects, and the columns after which it can be.
pub struct Switch {
    /// The column: 0 or 1.
    pub column: ColumnIx,
    /// Columns on which it depends; empty if on many.
    pub after: Vec<ColumnIx>,
}

impl Steps {
    /// The steps of a problem: its groups, then the switches. `gains[objective][column]`; the program's own objective
    /// is not used.
    pub fn new(problem: &Problem, switches: &[Switch], gains: &[ByColumn<f64>]) -> Self {
        let (rows, uses) = one_sided(problem);
        let alternative = |column: ColumnIx, mark: u128| Alternative {
            column: Some(column),
            gains: gains.iter().map(|gains| gains[column]).collect(),
            uses: uses[column].clone(),
            mark,
        };
        let nothing = || Alternative { gains: vec![0.0; gains.len()], ..Alternative::default() };
        let of_group = |group: &DecisionGroup| {
            let starts = group.alternatives.iter().map(|one| alternative(one.chosen, mark(group)));
            let nothing = (!is_forced(problem, group)).then(nothing);
            Step { alternatives: nothing.into_iter().chain(starts).collect(), after: None }
        };
        let mut steps: Vec<Step> = problem.groups.iter().map(of_group).collect();
        let of_switch = |switch: &Switch| Step {
            alternatives: vec![nothing(), alternative(switch.column, 0)],
            after: Some(switch.after.clone()),
        };
        steps.extend(switches.iter().map(of_switch));
        let mut is_decided = ByColumn::filled(false, problem.program.columns.len());
        let decided = steps.iter().flat_map(|step| &step.alternatives).filter_map(|one| one.column);
        decided.for_each(|column| is_decided[column] = true);
        let open = problem.program.columns.iter_enumerated().filter(|&(column, _)| !is_decided[column]);
        let open = open.map(|(column, one)| OpenColumn {
            lower: one.lower,
            upper: one.upper,
            gains: gains.iter().map(|gains| gains[column]).collect(),
            uses: uses[column].clone(),
        });
        let open = open.collect();
        let kept = (0..rows.len()).collect();
        let mut made = Self { steps, rows, objectives: gains.len(), size: 0.0, open, kept };
        made.drop_slack_rows();
        made.size = made.size_of_gains();
        made
    }

    /// The prices of the rows, from those of the program's rows in a relaxation. Any prices that are no less than 0 give
    /// a bound.
    pub fn prices<'a>(&self, rows: impl Iterator<Item = (&'a Row, f64)>) -> Vec<f64> {
        let mut prices = Vec::new();
        for (row, price) in rows {
            prices.extend((row.upper < f64::INFINITY).then_some(price.max(0.0)));
            prices.extend((row.lower > f64::NEG_INFINITY).then_some((-price).max(0.0)));
        }
        self.kept.iter().map(|&row| prices[row]).collect()
    }

    /// Puts the steps into another order: `order` lists their positions.
    pub fn reorder(&mut self, order: &[usize]) {
        self.steps = order.iter().map(|&step| self.steps[step].clone()).collect();
    }

    /// An order of the steps in which each switch follows the last of its columns; those with none come last.
    pub fn with_switches_after(&self, order: &[usize]) -> Vec<usize> {
        let (mut placed, mut waiting) = (Vec::new(), Vec::new());
        for &step in order {
            let list = if self.steps[step].after.is_some() { &mut waiting } else { &mut placed };
            list.push(step);
        }
        for switch in waiting {
            let after = self.steps[switch].after.as_deref().unwrap_or_default();
            let decides = |&step: &usize| {
                let mut columns = self.steps[step].alternatives.iter().filter_map(|one| one.column);
                columns.any(|column| after.contains(&column))
            };
            let place = placed.iter().rposition(decides).map_or(placed.len(), |place| place + 1);
            placed.insert(place, switch);
        }
        placed
    }

    /// Least and most that the steps from each on, and the open columns, can add to the rows: `[step][row]`.
    pub fn ranges(&self) -> Vec<Vec<(f64, f64)>> {
        let mut range = vec![(0.0, 0.0); self.rows.len()];
        for column in &self.open {
            for &(row, factor) in &column.uses {
                let (one, other) = (factor * column.lower, factor * column.upper);
                range[row].0 += one.min(other);
                range[row].1 += one.max(other);
            }
        }
        let mut ranges = vec![range];
        for step in self.steps.iter().rev() {
            let mut range = ranges.last().cloned().unwrap_or_default();
            for (row, (least, most)) in extremes(step) {
                range[row].0 += least;
                range[row].1 += most;
            }
            ranges.push(range);
        }
        ranges.reverse();
        ranges
    }

    /// Most that open columns can add to an objective if the rows have these prices.
    pub fn open_gain(&self, objective: usize, prices: &[f64]) -> f64 {
        let of_column = |column: &OpenColumn| {
            let reduced = column.gains[objective] - price_of(&column.uses, prices);
            (reduced * column.lower).max(reduced * column.upper)
        };
        self.open.iter().map(of_column).sum()
    }

    /// Leaves out rows that hold whatever is taken.
    fn drop_slack_rows(&mut self) {
        let ranges = self.ranges();
        let is_needed = |row: usize| ranges[0][row].1 > self.rows[row] + ROW_TOLERANCE * 1e-3;
        let mut places = vec![None; self.rows.len()];
        let mut kept = Vec::new();
        for (row, place) in places.iter_mut().enumerate() {
            if is_needed(row) {
                *place = Some(kept.len());
                kept.push(self.rows[row]);
            }
        }
        self.kept.retain(|&row| places[row].is_some());
        self.rows = kept;
        let renumber = |uses: &mut Vec<(usize, f64)>| {
            *uses = uses.iter().filter_map(|&(row, factor)| Some((places[row]?, factor))).collect();
        };
        let alternatives = self.steps.iter_mut().flat_map(|step| &mut step.alternatives);
        alternatives.for_each(|one| renumber(&mut one.uses));
        self.open.iter_mut().for_each(|column| renumber(&mut column.uses));
    }

    fn size_of_gains(&self) -> f64 {
        let largest = |gains: &[f64]| gains.iter().fold(0.0_f64, |most, gain| most.max(gain.abs()));
        let of_step =
            |step: &Step| step.alternatives.iter().map(|one| largest(&one.gains)).fold(0.0, f64::max);
        let of_open =
            |column: &OpenColumn| largest(&column.gains) * column.lower.abs().max(column.upper.abs());
        self.steps.iter().map(of_step).sum::<f64>() + self.open.iter().map(of_open).sum::<f64>()
    }
}

/// True if a group's project is decided in.
fn is_forced(problem: &Problem, group: &DecisionGroup) -> bool {
    let only = |column: ColumnIx| problem.program.columns[column].lower > 0.5;
    group.row.is_some_and(|row| problem.program.rows[row].lower > 0.5)
        || group.alternatives.iter().any(|one| only(one.chosen))
}

/// The price of what is used.
pub fn price_of(uses: &[(usize, f64)], prices: &[f64]) -> f64 {
    uses.iter().map(|&(row, factor)| factor * prices[row]).sum()
}

/// A number for a group's project. (The constants are those of SplitMix64 and of the golden ratio in 128 bits.)
fn mark(group: &DecisionGroup) -> u128 {
    let mut mixed =
        (group.project.index() as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    mixed ^= mixed >> 61;
    mixed = mixed.wrapping_mul(0x94D0_49BB_1331_11EB_BF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 67)
}

/// Least and most that a step uses of each row that it touches.
fn extremes(step: &Step) -> Vec<(usize, (f64, f64))> {
    let mut rows: Vec<usize> =
        step.alternatives.iter().flat_map(|one| one.uses.iter().map(|&(row, _)| row)).collect();
    rows.sort_unstable();
    rows.dedup();
    let of_row = |row: usize| {
        let uses = step
            .alternatives
            .iter()
            .map(|one| one.uses.iter().find(|&&(other, _)| other == row).map_or(0.0, |&(_, factor)| factor));
        let (least, most) = uses.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), factor| {
            (least.min(factor), most.max(factor))
        });
        (row, (least, most))
    };
    rows.into_iter().map(of_row).collect()
}

/// The rows of a program with one side each, and the use of them by every column.
fn one_sided(problem: &Problem) -> (Vec<f64>, ByColumn<Vec<(usize, f64)>>) {
    let mut bounds = Vec::new();
    let mut uses = ByColumn::filled(Vec::new(), problem.program.columns.len());
    let mut add = |row: &Row, sign: f64, bound: f64| {
        if bound < f64::INFINITY {
            for &(column, factor) in &row.terms {
                let column: &mut Vec<(usize, f64)> = &mut uses[column];
                column.push((bounds.len(), sign * factor));
            }
            bounds.push(bound);
        }
    };
    for row in &problem.program.rows {
        add(row, 1.0, row.upper);
        add(row, -1.0, -row.lower);
    }
    (bounds, uses)
}
