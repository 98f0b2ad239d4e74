//! Nodes and ticks of the tree on a few small problems: equal on every machine, so that a change of the search shows,
//! intended or not.

use std::sync::Arc;

use super::incumbents::CutoffTracker;
use super::{DualEnd, NodeQueue, Tree, TreeEnd};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::program::{Column, Program, Row};
use crate::optimise::model::reduced::ReducedProgram;
use crate::optimise::model::split_mix::SplitMix64;
use crate::optimise::verify::evaluator::ProgramEvaluator;
use crate::progress::CancelToken;

/// A problem: columns whose gain is about proportional to their use of a few budgets, which hold half of the columns.
pub struct Case {
    pub name: &'static str,
    pub columns: usize,
    pub budgets: usize,
    /// Number of columns that need the one before.
    pub dependencies: usize,
    /// Number of sets of three columns, of which at most one is chosen.
    pub alternatives: usize,
    pub options: usize,
    pub difference: usize,
    pub gap: f64,
}

const SIMPLE: Case = Case {
    name: "one budget",
    columns: 40,
    budgets: 1,
    dependencies: 0,
    alternatives: 0,
    options: 1,
    difference: 1,
    gap: 0.0,
};

pub const CASES: [Case; 8] = [
    SIMPLE,
    Case { name: "three budgets", columns: 30, budgets: 3, ..SIMPLE },
    Case { name: "eight budgets", columns: 25, budgets: 8, ..SIMPLE },
    Case { name: "dependencies", columns: 30, budgets: 3, dependencies: 12, ..SIMPLE },
    Case { name: "alternatives", columns: 36, budgets: 3, alternatives: 8, ..SIMPLE },
    Case { name: "ten options", columns: 25, budgets: 2, options: 10, ..SIMPLE },
    Case { name: "options that differ", columns: 20, budgets: 2, options: 3, difference: 3, ..SIMPLE },
    Case { name: "a gap of 1 %", columns: 40, budgets: 5, gap: 0.01, ..SIMPLE },
];

/// Nodes and ticks per case. To renew, run the test and paste its output here.
const KNOWN: &str = "
one budget: 93 nodes, 6560 ticks
three budgets: 1424 nodes, 203424 ticks
eight budgets: 1620 nodes, 927296 ticks
dependencies: 637 nodes, 477568 ticks
alternatives: 173 nodes, 374200 ticks
ten options: 3310 nodes, 176416 ticks
options that differ: 1977 nodes, 72168 ticks
a gap of 1 %: 50 nodes, 121040 ticks
";

pub fn program(case: &Case, random: &mut SplitMix64) -> Program {
    let mut number = |low: usize, high: usize| (low + random.below(high - low)) as f64;
    let uses: Vec<Vec<f64>> =
        (0..case.budgets).map(|_| (0..case.columns).map(|_| number(10, 100)).collect()).collect();
    let objective = |column: usize, own: f64| {
        uses.iter().map(|budget| budget[column]).sum::<f64>() / case.budgets as f64 + own
    };
    let columns = (0..case.columns)
        .map(|column| Column {
            lower: 0.0,
            upper: 1.0,
            is_integer: true,
            objective: objective(column, number(5, 25)),
        })
        .collect();
    let upto = |terms: Vec<(usize, f64)>, most: f64| Row::numbered(terms, f64::NEG_INFINITY, most);
    let budgets = uses.iter().map(|budget| {
        let half = (budget.iter().sum::<f64>() / 2.0).floor();
        upto(budget.iter().copied().enumerate().collect(), half)
    });
    let dependencies = (0..case.dependencies).map(|at| upto(vec![(2 * at + 1, 1.0), (2 * at, -1.0)], 0.0));
    let alternatives =
        (0..case.alternatives).map(|at| upto((3 * at..3 * at + 3).map(|one| (one, 1.0)).collect(), 1.0));
    Program { columns, rows: budgets.chain(dependencies).chain(alternatives).collect() }
}

/// Nodes and ticks of the tree alone, without a warm start.
fn spent(case: &Case, program: &Program) -> (u64, u64) {
    let problem = Problem::of_program(program);
    let everything = ReducedProgram::new(program, &[]).unwrap();
    let mut root = Tree::new(&problem, Arc::new(everything));
    assert_eq!(root.relax(), DualEnd::Optimal);
    let mut queue = NodeQueue::new(&problem, root);
    let mut tracker = CutoffTracker::new(case.options, case.difference, case.gap);
    let limits = SearchLimits { ticks: u64::MAX, nodes: u64::MAX, deadline: None };
    let evaluator = ProgramEvaluator { problem: &problem };
    let end = queue.run(&evaluator, &mut Pool::default(), &mut tracker, &limits, &CancelToken::new());
    assert_eq!(end, TreeEnd::Complete, "{}", case.name);
    (queue.nodes(), queue.ticks())
}

#[test]
fn nodes_and_ticks_are_those_known() {
    let mut random = SplitMix64::default();
    let mut lines = String::new();
    for case in &CASES {
        let (nodes, ticks) = spent(case, &program(case, &mut random));
        lines += &format!("{}: {nodes} nodes, {ticks} ticks\n", case.name);
    }
    assert!(
        lines.trim() == KNOWN.trim(),
        "The search spends something else than before. If it was meant to, this is the new KNOWN of {}:\n\n{lines}",
        file!()
    );
}
