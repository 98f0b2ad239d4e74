//! Depth-first branch and bound (Land and Doig 1960) within one subtree.
//!
//! The search does not stop at the best selection: below a node whose relaxation is already integral it goes on with
//! every other set of projects whose bound is above the cutoff. Selections that differ in starts or shares alone are
//! one option, so that only the best of those is searched for.

use std::sync::Arc;

use super::incumbents::Incumbents;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::DiveLimits;
use crate::optimise::model::program::{ByColumn, ByRow, Program};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};

use super::open_nodes::OpenNode;
use super::pseudocosts::Pseudocosts;
use super::tableau::{DualEnd, Tableau};

/// Largest distance of an integral value from a whole number.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Part of an objective by which a solution may miss the bound that it gave rise to: costs are raised a little.
const OBJECTIVE_TOLERANCE: f64 = 1e-6;
/// Nodes between two checks of the stop signal.
const NODES_PER_STOP_CHECK: u64 = 64;
/// Branchings on either side of a variable from which on its pseudocosts replace strong branching.
const RELIABILITY_THRESHOLD: u32 = 4;
/// Variables per node that strong branching tries, at most, and pivots for each side.
const MAX_STRONG_BRANCHING_CANDIDATES: usize = 8;
const STRONG_BRANCHING_PIVOTS: usize = 20;
/// Share of the objective: smaller losses count as this much in the product score.
const MIN_BRANCHING_SCORE: f64 = 1e-9;

/// End of a dive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiveEnd {
    /// Every solution above the cutoff was offered.
    Complete,
    /// A limit is reached, or the stop signal came: open subtrees are left over.
    Open,
    /// The simplex method stalled: nothing is proven about the subtree.
    Stuck,
}

/// A branching whose other side is still open.
#[derive(Clone, Debug)]
struct Frame {
    /// Length of the trail before the branching.
    trail: usize,
    variable: usize,
    /// The value on the other side.
    other: f64,
    /// Upper bound on the objective on the other side.
    bound: f64,
    /// Tableau before the branching.
    tableau: Tableau,
}

/// The branching that leads to a node; the node's relaxation shows its loss, for the pseudocosts.
#[derive(Clone, Copy, Debug)]
struct Branching {
    variable: usize,
    up: bool,
    distance: f64,
    from: f64,
}

/// A fractional variable with its expected losses when pushed down and up.
#[derive(Clone, Copy, Debug)]
struct Fraction {
    variable: usize,
    value: f64,
    down: f64,
    up: f64,
}

/// The next step at a node.
enum Step {
    Prune,
    /// A variable was fixed: solve the relaxation again.
    Again,
    Branch {
        variable: usize,
        first: f64,
        other_bound: f64,
        branching: Option<Branching>,
    },
    GiveUp,
}

/// Branch and bound over a reduced program.
#[derive(Clone, Debug)]
pub struct Tree {
    tableau: Tableau,
    reduced_program: Arc<ReducedProgram>,
    /// Integer variables.
    whole: Vec<usize>,
    /// Per decision group: the variable that shows if any start is taken.
    indicators: Vec<usize>,
    /// Fixings on the path to the present node, with their values.
    trail: Vec<(usize, f64)>,
    frames: Vec<Frame>,
    /// Tableaus that no frame uses any more.
    idle: Vec<Tableau>,
    fractions: Vec<Fraction>,
    /// The program may rate a solution higher than its evaluator does.
    overrates: bool,
    /// Buffers: variables and their values.
    basics: Vec<(usize, f64)>,
    fixable: Vec<(usize, f64)>,
    arrived: Option<Branching>,
    /// Pseudocosts, by variables of the whole problem.
    pub pseudocosts: Pseudocosts,
    nodes: u64,
    ticks: u64,
    /// Largest bound among the pruned subtrees.
    cut: f64,
}

impl Tree {
    /// A tree over a reduced program of `problem`.
    pub fn new(problem: &Problem, reduced_program: Arc<ReducedProgram>) -> Self {
        let left = reduced_program.problem(problem);
        let columns = left.program.columns.len();
        let whole = left.whole_variables();
        let indicators = (left.groups.iter())
            .map(|group| group.row.map_or(group.alternatives[0].chosen.index(), |row| columns + row.index()))
            .collect();
        let tableau = Tableau::new(left.program, left.constant, &whole);
        let variables = problem.program.columns.len() + problem.program.rows.len();
        Self {
            tableau,
            whole,
            indicators,
            trail: Vec::new(),
            frames: Vec::new(),
            idle: Vec::new(),
            fractions: Vec::new(),
            basics: Vec::new(),
            fixable: Vec::new(),
            arrived: None,
            pseudocosts: Pseudocosts::new(variables),
            nodes: 0,
            ticks: 0,
            cut: f64::NEG_INFINITY,
            overrates: problem.overrates,
            reduced_program,
        }
    }

    /// Number of cells in the tableau of a program.
    pub fn size(program: &Program) -> usize {
        Tableau::size(program)
    }

    /// Number of cells in the tableau of its own program.
    pub fn cells(&self) -> usize {
        Tableau::size(&self.reduced_program.program)
    }

    /// Solves the relaxation.
    pub fn relax(&mut self) -> DualEnd {
        let end = self.tableau.dual_simplex(f64::NEG_INFINITY, usize::MAX);
        self.ticks += self.tableau.take_ticks();
        end
    }

    /// Fixes variables for good; `false` if a fixing contradicts the reduced program.
    pub fn hold(&mut self, problem: &Problem, fixings: &[Fixing]) -> bool {
        let is_possible = self.enter(problem, &OpenNode { fixings: fixings.to_vec(), bound: f64::INFINITY });
        self.trail.clear();
        is_possible
    }

    /// The tableau in its present basis.
    pub fn tableau(&self) -> &Tableau {
        &self.tableau
    }

    /// Values of all columns of the whole problem.
    pub fn values(&self) -> ByColumn<f64> {
        self.reduced_program.expand(&self.tableau.values())
    }

    /// Price of each row, by rows of the whole problem: gain in objective per unit of right-hand side.
    pub fn prices(&self, program: &Program) -> ByRow<f64> {
        let mut prices = ByRow::filled(0.0, program.rows.len());
        let here = self.tableau.prices(&self.reduced_program.program);
        self.reduced_program.rows.iter().zip(here).for_each(|(&row, price)| prices[row] = price);
        prices
    }

    /// Number of integer variables.
    pub fn whole_count(&self) -> usize {
        self.whole.len()
    }

    /// Returns to the tableau of another tree of the same reduced program, between two dives.
    pub fn return_to(&mut self, other: &Self) {
        self.trail.clear();
        self.tableau.copy_from(&other.tableau);
    }

    /// Takes over pseudocosts, and forgets the subtrees pruned so far.
    pub fn start_afresh(&mut self, pseudocosts: &Pseudocosts) {
        self.pseudocosts.clone_from(pseudocosts);
        self.cut = f64::NEG_INFINITY;
    }

    /// Largest bound among the subtrees pruned since the tree [started afresh](Self::start_afresh): no solution in these
    /// has a larger objective. −∞ if none was pruned.
    pub fn cut(&self) -> f64 {
        self.cut
    }

    /// Records the bound of a pruned subtree.
    fn note_cut(&mut self, bound: f64) {
        self.cut = self.cut.max(bound);
    }

    /// Nodes and ticks so far.
    pub fn effort(&self) -> (u64, u64) {
        (self.nodes, self.ticks)
    }

    /// Reduced-cost fixings (Dantzig, Fulkerson and Johnson 1954): values of variables of the whole problem that every
    /// solution above `cutoff` shares.
    pub fn reduced_cost_fixings(&self, cutoff: f64) -> Vec<Fixing> {
        let fixing = |variable: usize| {
            Fixing::new(self.reduced_program.whole_variable(variable), self.tableau.value(variable).round())
        };
        self.fixable(cutoff).map(fixing).collect()
    }

    /// Upper bound on the objective of solutions that [reduced-cost fixings](Self::reduced_cost_fixings) at this cutoff
    /// rule out.
    pub fn bound_of_fixings(&self, cutoff: f64) -> f64 {
        let free = self.fixable(cutoff).filter(|&variable| !self.tableau.is_fixed(variable));
        let bounds = free.map(|variable| self.tableau.objective() - self.tableau.reduced_cost(variable));
        bounds.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Integer variables that have the same value in every solution above a cutoff.
    fn fixable(&self, cutoff: f64) -> impl Iterator<Item = usize> {
        let left = self.tableau.objective() - cutoff;
        self.whole.iter().copied().filter(move |&variable| {
            self.tableau.is_fixed(variable) || self.tableau.reduced_cost(variable) >= left
        })
    }

    /// Searches a subtree for every solution above the cutoff, within limits on nodes and ticks. Open subtrees that remain
    /// are added to `open`. The tree must [return](Self::return_to) to a root before its next use.
    pub fn dive(
        &mut self,
        problem: &Problem,
        node: &OpenNode,
        limits: DiveLimits,
        incumbents: &mut dyn Incumbents,
        stop: &dyn Fn() -> bool,
        open: &mut Vec<OpenNode>,
    ) -> DiveEnd {
        let end = if self.enter(problem, node) {
            self.tableau.compact();
            self.run(node.bound, limits, incumbents, stop, open)
        } else {
            DiveEnd::Complete
        };
        self.idle.extend(self.frames.drain(..).map(|frame| frame.tableau));
        end
    }

    /// Applies the fixings of a subtree; `false` if they contradict the reduced program.
    fn enter(&mut self, problem: &Problem, node: &OpenNode) -> bool {
        self.arrived = None;
        let reduced_program = Arc::clone(&self.reduced_program);
        let mut here = Vec::new();
        for &fixing in &node.fixings {
            here.clear();
            if !reduced_program.translate(fixing, problem.program, &mut here) {
                return false;
            }
            for &(variable, value) in &here {
                let (lower, upper) = self.tableau.bounds(variable);
                if value < lower || value > upper {
                    return false;
                }
                self.fix(variable, value);
            }
        }
        true
    }

    fn run(
        &mut self,
        mut bound: f64,
        limits: DiveLimits,
        incumbents: &mut dyn Incumbents,
        stop: &dyn Fn() -> bool,
        open: &mut Vec<OpenNode>,
    ) -> DiveEnd {
        let last_tick = self.ticks.saturating_add(limits.ticks);
        for count in 0.. {
            let is_spent = count >= limits.nodes || self.ticks >= last_tick;
            if is_spent || (count % NODES_PER_STOP_CHECK == 0 && stop()) {
                self.hand_over(bound, incumbents.cutoff(), open);
                return DiveEnd::Open;
            }
            self.nodes += 1;
            let step = loop {
                match self.process_node(incumbents) {
                    Step::Again => {}
                    step => break step,
                }
            };
            match step {
                Step::Again => {}
                Step::GiveUp => return DiveEnd::Stuck,
                Step::Prune => match self.backtrack(incumbents.cutoff()) {
                    Some(next) => bound = next,
                    None => return DiveEnd::Complete,
                },
                Step::Branch { variable, first, other_bound, branching } => {
                    bound = self.tableau.objective();
                    self.tableau.compact();
                    if other_bound > incumbents.cutoff() {
                        self.push_frame(variable, 1.0 - first, other_bound);
                    } else {
                        self.note_cut(other_bound);
                    }
                    self.arrived = branching;
                    self.fix(variable, first);
                }
            }
        }
        DiveEnd::Complete
    }

    /// Keeps the other side of a branching for later.
    fn push_frame(&mut self, variable: usize, other: f64, bound: f64) {
        let (trail, tableau) = (self.trail.len(), self.copy());
        self.frames.push(Frame { trail, variable, other, bound, tableau });
    }

    /// A copy of the tableau.
    fn copy(&mut self) -> Tableau {
        match self.idle.pop() {
            None => self.tableau.copied(),
            Some(mut tableau) => {
                tableau.copy_from(&self.tableau);
                tableau
            }
        }
    }

    /// Hands over the open subtrees.
    fn hand_over(&mut self, bound: f64, cutoff: f64, open: &mut Vec<OpenNode>) {
        let fixing =
            |variable: usize, value: f64| Fixing::new(self.reduced_program.whole_variable(variable), value);
        let path: Vec<Fixing> =
            (self.trail.iter()).map(|&(variable, value)| fixing(variable, value)).collect();
        for frame in self.frames.iter().filter(|frame| frame.bound > cutoff) {
            let mut fixings = path[..frame.trail].to_vec();
            fixings.push(fixing(frame.variable, frame.other));
            open.push(OpenNode { fixings, bound: frame.bound });
        }
        if bound > cutoff {
            open.push(OpenNode { fixings: path, bound });
        }
        let all = self.frames.iter().map(|frame| frame.bound).chain([bound]);
        self.cut = all.filter(|bound| *bound <= cutoff).fold(self.cut, f64::max);
    }

    /// Solves the relaxation of the present node and chooses the next step.
    fn process_node(&mut self, incumbents: &mut dyn Incumbents) -> Step {
        let cutoff = incumbents.cutoff();
        let end = self.tableau.dual_simplex(cutoff, usize::MAX);
        self.ticks += self.tableau.take_ticks();
        if let Some(branching) = self.arrived.take().filter(|_| end != DualEnd::Infeasible) {
            self.note(branching, branching.from - self.tableau.objective());
        }
        match end {
            DualEnd::Cutoff => {
                self.note_cut(self.tableau.objective());
                return Step::Prune;
            }
            DualEnd::Infeasible => return Step::Prune,
            DualEnd::Stalled | DualEnd::Spent => return Step::GiveUp,
            DualEnd::Optimal => {}
        }
        self.fix_by_reduced_cost(cutoff);
        if let Some(step) = self.branch_on_fraction(cutoff) {
            return step;
        }
        let offered = incumbents.offer(&self.reduced_program.expand(&self.tableau.values()));
        // Where the program rates a solution too high, another with the same projects may be better than it.
        let is_met =
            |objective: f64| !self.overrates || objective >= self.tableau.objective() - self.tolerance();
        self.branch_on_undecided(offered.is_some_and(is_met))
    }

    /// What an objective may lose to the tolerance of the tableau.
    fn tolerance(&self) -> f64 {
        OBJECTIVE_TOLERANCE * self.tableau.objective().abs().max(1.0)
    }

    fn note(&mut self, branching: Branching, loss: f64) {
        let variable = self.reduced_program.whole_variable(branching.variable);
        self.pseudocosts.note(variable, branching.up, loss.max(0.0) / branching.distance);
    }

    /// Fixes nonbasic variables whose reduced cost exceeds the distance to the cutoff.
    fn fix_by_reduced_cost(&mut self, cutoff: f64) {
        if cutoff == f64::NEG_INFINITY {
            return;
        }
        let left = self.tableau.objective() - cutoff;
        let mut fixable = std::mem::take(&mut self.fixable);
        fixable.extend(self.tableau.whole_nonbasics_above(left));
        for (variable, value) in fixable.drain(..) {
            self.note_cut(self.tableau.objective() - self.tableau.reduced_cost(variable));
            self.fix(variable, value);
        }
        self.fixable = fixable;
    }

    /// Branches on the fractional variable with the largest product of losses; `None` if all are integral.
    fn branch_on_fraction(&mut self, cutoff: f64) -> Option<Step> {
        let left = self.tableau.objective() - cutoff;
        if let Some(step) = self.collect_fractions(left) {
            return Some(step);
        }
        let small = MIN_BRANCHING_SCORE * self.tableau.objective().abs().max(MIN_BRANCHING_SCORE);
        let score = |fraction: &Fraction| fraction.down.max(small) * fraction.up.max(small);
        let mut fractions = std::mem::take(&mut self.fractions);
        fractions.sort_by(|one, other| {
            score(other).total_cmp(&score(one)).then(one.variable.cmp(&other.variable))
        });
        let best = self.select_fraction(&fractions, cutoff, &score);
        self.fractions = fractions;
        match best? {
            Err(step) => Some(step),
            Ok(best) => Some(self.branch_on(best)),
        }
    }

    fn branch_on(&self, fraction: Fraction) -> Step {
        let Fraction { variable, value, down, up } = fraction;
        let first_up = down > up;
        // Losses from strong branching are estimates; penalties alone are proven.
        let (proven_down, proven_up) = self.tableau.penalties(variable, value, 1.0 - value);
        let from = self.tableau.objective();
        let (first, distance, other_loss) =
            if first_up { (1.0, 1.0 - value, proven_down) } else { (0.0, value, proven_up) };
        let branching = Some(Branching { variable, up: first_up, distance, from });
        Step::Branch { variable, first, other_bound: from - other_loss, branching }
    }

    /// Lists the fractional variables. A variable with a side at or below the cutoff is fixed to the other side, after
    /// which the relaxation is solved again.
    fn collect_fractions(&mut self, left: f64) -> Option<Step> {
        self.fractions.clear();
        let mut has_fixed = false;
        let is_fraction = |&(_, value): &(usize, f64)| {
            (INTEGRALITY_TOLERANCE..=1.0 - INTEGRALITY_TOLERANCE).contains(&value)
        };
        let mut basics = std::mem::take(&mut self.basics);
        basics.clear();
        basics.extend(self.tableau.whole_basics().filter(is_fraction));
        for &(variable, value) in &basics {
            let (down, up) = self.tableau.penalties(variable, value, 1.0 - value);
            match (down >= left, up >= left) {
                (true, true) => {
                    self.note_cut(self.tableau.objective() - down.min(up));
                    self.basics = basics;
                    return Some(Step::Prune);
                }
                // Fixing a basic variable leaves the tableau as it is, so that penalties read from it stay valid.
                (false, false) if has_fixed => {}
                (false, false) => {
                    let name = self.reduced_program.whole_variable(variable);
                    let down = down.max(self.pseudocosts.expected(name, false) * value);
                    let up = up.max(self.pseudocosts.expected(name, true) * (1.0 - value));
                    self.fractions.push(Fraction { variable, value, down, up });
                }
                (is_up, _) => {
                    self.note_cut(self.tableau.objective() - down.max(up));
                    self.fix(variable, f64::from(u8::from(is_up)));
                    has_fixed = true;
                }
            }
        }
        self.basics = basics;
        has_fixed.then_some(Step::Again)
    }

    /// The best fractional variable, after strong branching on those with few observations (reliability branching:
    /// Achterberg, Koch and Martin 2005). A side that falls to the cutoff fixes its variable: the step is then `Again`,
    /// or `Prune` if both do.
    fn select_fraction(
        &mut self,
        fractions: &[Fraction],
        cutoff: f64,
        score: &dyn Fn(&Fraction) -> f64,
    ) -> Option<Result<Fraction, Step>> {
        let left = self.tableau.objective() - cutoff;
        let mut best: Option<Fraction> = None;
        let mut looks = 0;
        for &(mut fraction) in fractions {
            let known = self.pseudocosts.tries(self.reduced_program.whole_variable(fraction.variable))
                >= RELIABILITY_THRESHOLD;
            if !known && looks < MAX_STRONG_BRANCHING_CANDIDATES {
                looks += 1;
                fraction.down = self.strong_branch(fraction.variable, false, fraction.value, cutoff);
                fraction.up = self.strong_branch(fraction.variable, true, 1.0 - fraction.value, cutoff);
                match (fraction.down >= left, fraction.up >= left) {
                    (true, true) => {
                        self.note_cut(self.tableau.objective() - fraction.down.min(fraction.up));
                        return Some(Err(Step::Prune));
                    }
                    (false, false) => {}
                    (is_up, _) => {
                        self.note_cut(self.tableau.objective() - fraction.down.max(fraction.up));
                        self.fix(fraction.variable, f64::from(u8::from(is_up)));
                        return Some(Err(Step::Again));
                    }
                }
            }
            if best.as_ref().is_none_or(|best| score(&fraction) > score(best)) {
                best = Some(fraction);
            }
            if looks == MAX_STRONG_BRANCHING_CANDIDATES {
                break;
            }
        }
        best.map(Ok)
    }

    /// Loss in objective when the variable is pushed to one side, from a few pivots on a copy of the tableau.
    fn strong_branch(&mut self, variable: usize, up: bool, distance: f64, cutoff: f64) -> f64 {
        let from = self.tableau.objective();
        let mut pushed = self.copy();
        let value = f64::from(u8::from(up));
        pushed.set_bounds(variable, value, value);
        let end = pushed.dual_simplex(cutoff, STRONG_BRANCHING_PIVOTS);
        self.ticks += pushed.take_ticks();
        let objective = pushed.objective();
        self.idle.push(pushed);
        if end == DualEnd::Infeasible {
            return f64::INFINITY;
        }
        let loss = (from - objective).max(0.0);
        self.note(Branching { variable, up, distance, from }, loss);
        loss
    }

    /// Branching at an integral solution: keeps one of its decisions on one side and reverses it on the other. After a
    /// valid solution only the choice of projects is branched on; after an invalid one every integer variable is.
    fn branch_on_undecided(&self, is_valid: bool) -> Step {
        let variables = if is_valid { &self.indicators } else { &self.whole };
        match variables.iter().copied().find(|&variable| !self.tableau.is_fixed(variable)) {
            None => Step::Prune,
            Some(variable) => {
                let value = self.tableau.value(variable).round();
                let (down, up) = self.tableau.penalties(variable, 1.0, 1.0);
                let pushed = if value > 0.5 { down } else { up };
                let loss = self.tableau.reduced_cost(variable).max(pushed);
                let other_bound = self.tableau.objective() - loss;
                Step::Branch { variable, first: value, other_bound, branching: None }
            }
        }
    }

    fn fix(&mut self, variable: usize, value: f64) {
        self.trail.push((variable, value));
        self.tableau.set_bounds(variable, value, value);
    }

    /// Returns to the last branching whose other side has a bound above the cutoff, and returns that bound; `None` if
    /// there is none.
    fn backtrack(&mut self, cutoff: f64) -> Option<f64> {
        while let Some(Frame { trail, variable, other, bound, mut tableau }) = self.frames.pop() {
            std::mem::swap(&mut self.tableau, &mut tableau);
            self.idle.push(tableau);
            if bound > cutoff {
                self.trail.truncate(trail);
                self.fix(variable, other);
                return Some(bound);
            }
            self.note_cut(bound);
        }
        None
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.idle.drain(..).for_each(Tableau::recycle);
    }
}
