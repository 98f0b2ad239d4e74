//! All options of a scenario from one tree.
//!
//! Option k is the best selection that differs by at least d projects from each better option. A selection can rule
//! out (by lying nearer than d) at most one of several selections that differ from each other by 2d − 1 or more. So
//! once K selections that far apart are known, all K options are at least as good as the worst of them: that is where
//! the tree may cut, and the options among the selections above the cut are the options among all.

use std::time::{Duration, Instant};

use crate::domain::{Measure, Selection, SelectionSettings};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::decode::{decode, recheck};
use super::formulate::Formulation;
use super::pool::{Candidate, Pool};
use super::random::Chance;
use super::tree::{Incumbents, Tree, TreeEnd, TreeLimits};

/// Relative difference of objectives below which the tree does not look.
const TOLERANCE: f64 = 1e-9;

/// Multiplications that a tree may spend before the problem is handed on: some ten seconds.
const WORK: u64 = 10_000_000_000;

/// Neighbourhoods that are searched, and nodes in each.
const ROUNDS: usize = 80;
const ROUND_NODES: u64 = 256;
/// Projects decided anew in each: so many of the nearest ties, and so many of all.
const NEAR_TIES: usize = 50;
const FREE_NEAR: usize = 24;
const FREE_ANY: usize = 8;

/// Judges selections by the portfolio's own numbers and keeps those that hold.
pub struct Judge<'a> {
    /// The scenario's numbers.
    pub valuation: &'a Valuation<'a>,
    /// What is maximised: `Σ weight × measure`.
    pub terms: Vec<(Measure, f64)>,
    /// The selections known so far.
    pub pool: Pool,
}

impl Judge<'_> {
    /// Adds a selection to the pool if it passes the recheck.
    pub fn keep(&mut self, selection: Selection) -> bool {
        let is_valid = recheck(self.valuation, &selection).is_empty();
        if is_valid {
            self.pool.add(Candidate::new(self.objective(&selection), selection));
        }
        is_valid
    }

    /// The objective of a selection.
    pub fn objective(&self, selection: &Selection) -> f64 {
        self.terms.iter().map(|&(measure, weight)| weight * self.valuation.total(measure, selection)).sum()
    }
}

/// How the enumeration ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Enumeration {
    /// No selection that is not in the pool has a larger objective than this.
    Complete {
        /// −∞ if the pool holds all there are.
        ceiling: f64,
    },
    /// A limit was met first.
    Limit,
    /// It was asked to stop.
    Cancelled,
}

/// Fills the judge's pool with all selections that may be among the best `options`.
pub fn enumerate(
    formulation: &Formulation,
    judge: &mut Judge,
    options: usize,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Enumeration {
    let limits = limits(settings, options);
    let mut tree = Tree::new(formulation);
    let mut gathering = Gathering::new(formulation, judge, options, settings);
    explore(&mut tree, &mut gathering, &limits, cancel);
    gathering.raise();
    let end = tree.run(&mut gathering, &limits, cancel);
    let ceiling = gathering.ceiling.max(gathering.judge.pool.forgotten());
    match end {
        TreeEnd::Complete => Enumeration::Complete { ceiling },
        TreeEnd::Limit => Enumeration::Limit,
        TreeEnd::Cancelled => Enumeration::Cancelled,
    }
}

fn limits(settings: &SelectionSettings, options: usize) -> TreeLimits {
    let seconds = settings.time_limit.map(|seconds| seconds * options as f64);
    TreeLimits {
        work: WORK,
        nodes: settings.work_limit.map(|nodes| u64::from(nodes).saturating_mul(options as u64)),
        deadline: seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .and_then(|allowed| Instant::now().checked_add(allowed)),
    }
}

/// Improves the pool by searching, again and again, the neighbourhood of a good selection: most projects are left as
/// they are there, and the tree decides about the rest (large neighbourhood search, Shaw 1998). Projects whose
/// decision is nearly a tie in the relaxation are the likeliest to be reconsidered.
fn explore(tree: &mut Tree, gathering: &mut Gathering, limits: &TreeLimits, cancel: &CancelToken) {
    if !tree.relax() {
        return;
    }
    let formulation = gathering.formulation;
    let bound = tree.relaxed_objective();
    let by_tie = projects_by_tie(tree, formulation);
    let round_limits = TreeLimits { work: u64::MAX, nodes: Some(ROUND_NODES), ..*limits };
    let mut chance = Chance::default();
    for round in 0..ROUNDS {
        gathering.raise();
        let pool = &gathering.judge.pool;
        let base = if round % 3 == 0 { chance.below(gathering.options) } else { 0 };
        let spread = pool.spread(base + 1, 1);
        let Some(base) = spread.last() else { break };
        if gathering.ceiling >= bound {
            break;
        }
        let free = free_projects(&by_tie, &mut chance);
        let fixed = fixings(formulation, &base.selection, &free);
        let wanted = if round % 2 == 0 { 1 } else { gathering.options };
        let mut improving = Improving::on(gathering, wanted);
        if tree.run_within(&fixed, &mut improving, &round_limits, cancel) == TreeEnd::Cancelled {
            break;
        }
    }
}

/// Projects, the nearest to a tie in the relaxation first.
fn projects_by_tie(tree: &Tree, formulation: &Formulation) -> Vec<usize> {
    let columns = formulation.program.columns.len();
    let tie = |project: usize| {
        let starts = formulation.starts_of(project).iter().map(|start| start.chosen);
        let variables = starts.chain(formulation.decision_row(project).map(|row| columns + row));
        variables.map(|variable| tree.reduced_cost(variable)).fold(f64::INFINITY, f64::min)
    };
    let mut projects: Vec<(f64, usize)> = (0..formulation.project_count())
        .filter(|&project| !formulation.starts_of(project).is_empty())
        .map(|project| (tie(project), project))
        .collect();
    projects.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
    projects.into_iter().map(|(_, project)| project).collect()
}

/// The projects to decide anew: most of them from the near ties.
fn free_projects(by_tie: &[usize], chance: &mut Chance) -> Vec<usize> {
    let near = by_tie.len().min(NEAR_TIES);
    let mut free = Vec::with_capacity(FREE_NEAR + FREE_ANY);
    for _ in 0..FREE_NEAR {
        free.push(by_tie[chance.below(near)]);
    }
    for _ in 0..FREE_ANY {
        free.push(by_tie[chance.below(by_tie.len())]);
    }
    free
}

/// The values that keep all but the free projects as they are in a selection.
fn fixings(formulation: &Formulation, selection: &Selection, free: &[usize]) -> Vec<(usize, f64)> {
    let columns = formulation.program.columns.len();
    let mut fixed = Vec::new();
    for project in (0..formulation.project_count()).filter(|project| !free.contains(project)) {
        let choice = selection.choice(project);
        for start in formulation.starts_of(project) {
            let is_on = choice.is_some_and(|choice| choice.start == start.start);
            fixed.push((start.chosen, if is_on { 1.0 } else { 0.0 }));
        }
        if let Some(row) = formulation.decision_row(project) {
            fixed.push((columns + row, if choice.is_some() { 0.0 } else { 1.0 }));
        }
    }
    fixed
}

/// Gathers what the tree finds and tells it where to cut.
struct Gathering<'a, 'b> {
    formulation: &'a Formulation,
    judge: &'a mut Judge<'b>,
    options: usize,
    apart: usize,
    gap: f64,
    cutoff: f64,
    ceiling: f64,
}

impl<'a, 'b> Gathering<'a, 'b> {
    fn new(
        formulation: &'a Formulation,
        judge: &'a mut Judge<'b>,
        options: usize,
        settings: &SelectionSettings,
    ) -> Self {
        Self {
            formulation,
            judge,
            options,
            apart: 2 * settings.min_difference - 1,
            gap: settings.gap,
            cutoff: f64::NEG_INFINITY,
            ceiling: f64::NEG_INFINITY,
        }
    }

    /// The objective of the last of `count` selections that are far enough apart; `None` if so many are not known.
    fn last_of(&self, count: usize) -> Option<f64> {
        self.judge.pool.spread(count, self.apart).get(count - 1).map(|last| last.objective)
    }

    /// Raises the cutoff to what the pool allows.
    fn raise(&mut self) {
        if let Some(last) = self.last_of(self.options) {
            self.ceiling = self.ceiling.max(last + self.gap * last.abs());
            self.cutoff = self.cutoff.max(self.ceiling + TOLERANCE * last.abs());
        }
    }
}

impl Incumbents for Gathering<'_, '_> {
    fn offer(&mut self, values: &[f64]) -> bool {
        let is_valid = self.judge.keep(decode(self.formulation, values));
        if is_valid {
            self.raise();
        }
        is_valid
    }

    fn cutoff(&self) -> f64 {
        self.cutoff
    }
}

/// Asks for nothing but improvements, whatever the gap: of the best selection, or of the last of the options.
struct Improving<'g, 'a, 'b> {
    gathering: &'g mut Gathering<'a, 'b>,
    wanted: usize,
    above: f64,
}

impl<'g, 'a, 'b> Improving<'g, 'a, 'b> {
    fn on(gathering: &'g mut Gathering<'a, 'b>, wanted: usize) -> Self {
        let mut improving = Self { gathering, wanted, above: f64::NEG_INFINITY };
        improving.raise();
        improving
    }

    fn raise(&mut self) {
        if let Some(last) = self.gathering.last_of(self.wanted) {
            self.above = self.above.max(last + TOLERANCE * last.abs());
        }
    }
}

impl Incumbents for Improving<'_, '_, '_> {
    fn offer(&mut self, values: &[f64]) -> bool {
        let is_valid = self.gathering.judge.keep(decode(self.gathering.formulation, values));
        if is_valid {
            self.raise();
        }
        is_valid
    }

    fn cutoff(&self) -> f64 {
        self.above
    }
}
