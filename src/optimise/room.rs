//! Room near the best: least and most of every measure, group and project among all selections whose objective is within
//! a part of the best (near-optimal alternatives; Brill 1979).
//!
//! Each end is a solve of its own whose program holds the objective as a row. Selections that are found seed all later
//! solves. A project needs none where two known selections differ in it, or where the cost of forcing it, proven with
//! the reasons of the decisions, is more than may be lost.

use std::time::Instant;

use crate::domain::{Choice, Decision, Grouping, Measure, ProjectIx, Selection, SelectionSettings};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::explain::decisions::{Decisions, ReasonsLimit, Reversal};
use super::k_best::{RankedSearch, after};
use super::model::decisions::Problem;
use super::model::pool::{Candidate, TieBreak, decimal_unit, rounded_to};
use super::model::program::{ByColumn, Program, Row};
use super::outcome::OptimiseError;
use super::result::ScenarioOptions;
use super::scenario_model::ScenarioModel;
use super::verify::evaluator::SelectionEvaluator;

/// Part of the objective by which a row may miss what it holds: the tolerance of solvers.
const ROW_TOLERANCE: f64 = 1e-9;
/// Part of the least objective by which rounding may miss it.
const ROUNDING: f64 = 1e-12;
/// A search for one of many ends may take so many times its even share of the time that is left.
const TIME_SHARES: f64 = 4.0;

/// One thing that selections near the best have more or less of.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomItem {
    /// A measure.
    Measure(Measure),
    /// What the projects of a group cost, or what is spent on a group of lines: position of the grouping, label of the
    /// group.
    Group(usize, String),
    /// A project: 1 if it is chosen.
    Project(ProjectIx),
}

/// Least or most of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoomEnd {
    /// The least (most) that a known selection has.
    pub value: f64,
    /// No selection has less (more); `None` where nothing is proven.
    pub bound: Option<f64>,
}

/// The room of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRoom {
    /// The item.
    pub item: RoomItem,
    /// Its least.
    pub least: RoomEnd,
    /// Its most.
    pub most: RoomEnd,
}

/// Input of the search for room.
pub struct RoomQuestion<'a> {
    /// The scenario.
    pub valuation: &'a Valuation<'a>,
    /// Its options, and other selections that are known.
    pub options: &'a ScenarioOptions,
    /// What reversing decisions costs, if that is known.
    pub decisions: Option<&'a Decisions>,
    /// The part of the best objective that may be lost.
    pub within: f64,
    /// The groupings whose groups are items.
    pub groupings: &'a [Grouping],
    /// Settings of the searches.
    pub settings: &'a SelectionSettings,
    /// Limit on all of it.
    pub limit: &'a ReasonsLimit,
}

/// Finds least and most of every item: measures, groups and projects, in this order. `None` where there is no option.
///
/// # Errors
/// If cancelled, or if the solver fails. A limit that is reached is no error: ends that are open have no bound.
pub fn find_room(
    question: &RoomQuestion,
    cancel: &CancelToken,
) -> Result<Option<Vec<ItemRoom>>, OptimiseError> {
    let Some(best) = question.options.options.first() else { return Ok(None) };
    let valuation = question.valuation;
    let mut model = ScenarioModel::new(valuation);
    model.maximise_goal(&question.options.scales);
    let model = model.with_all_payers();
    let best = valuation.scenario().goal.sense().sign() * best.objective;
    let least = best - question.within * best.abs();
    let settings = SelectionSettings { min_difference: 1, ..*question.settings };
    let evaluator = model.evaluator();
    let mut search = RoomSearch {
        question,
        problem: &model.problem(),
        model: &model,
        evaluator: &evaluator,
        least: least - ROUNDING * best.abs(),
        best,
        settings,
        cancel,
        deadline: question.limit.seconds.and_then(after),
        all: 0,
        to_do: 0,
        seeds: Vec::new(),
    };
    let options = question.options.options.iter().map(|option| &option.selection);
    options.chain(&question.options.known).for_each(|selection| search.learn(selection));
    search.run().map(Some)
}

/// An item as a linear measure.
struct Linear<'a> {
    item: RoomItem,
    /// Amount per unit of each column.
    coefficients: ByColumn<f64>,
    /// Amount of a selection.
    amount: Box<dyn Fn(&Selection) -> f64 + Sync + 'a>,
}

/// The search for the room of one scenario. Objectives are the program's: larger is better.
struct RoomSearch<'a> {
    question: &'a RoomQuestion<'a>,
    problem: &'a Problem<'a>,
    model: &'a ScenarioModel<'a>,
    evaluator: &'a SelectionEvaluator<'a>,
    /// Best objective known.
    best: f64,
    /// Least objective of selections that are near the best.
    least: f64,
    settings: SelectionSettings,
    cancel: &'a CancelToken,
    deadline: Option<Instant>,
    /// Ends that are searched for.
    all: usize,
    /// Ends that are still to be searched for.
    to_do: usize,
    /// Known selections near the best.
    seeds: Vec<Selection>,
}

impl<'a> RoomSearch<'a> {
    /// Keeps a selection if it is near the best.
    fn learn(&mut self, selection: &Selection) {
        let candidate = self.evaluator.evaluate(&self.evaluator.values_of(selection));
        if candidate.is_some_and(|candidate| candidate.objective >= self.least)
            && !self.seeds.contains(selection)
        {
            self.seeds.push(selection.clone());
        }
    }

    fn run(mut self) -> Result<Vec<ItemRoom>, OptimiseError> {
        let linear: Vec<Linear<'a>> = self.measures().into_iter().chain(self.groups()).collect();
        let projects: Vec<ProjectIx> = self.question.valuation.portfolio().projects().positions().collect();
        self.all = 2 * linear.len() + projects.len();
        self.to_do = self.all;
        // Projects first: what is found there lies near the best in many ways.
        let mut of_projects = Vec::with_capacity(projects.len());
        for project in projects {
            of_projects.push(self.project(project)?);
            self.to_do -= 1;
        }
        let mut rooms = Vec::with_capacity(linear.len() + of_projects.len());
        for one in linear {
            let least = self.end(&one, -1.0)?;
            let most = self.end(&one, 1.0)?;
            rooms.push(ItemRoom { item: one.item, least, most });
        }
        // Later searches may have met selections that settle a project.
        for room in &mut of_projects {
            self.see_known(room);
        }
        rooms.extend(of_projects);
        Ok(rooms)
    }

    /// The measures whose room is told: those of the goals, then what plans are talked about in.
    fn measures(&self) -> Vec<Linear<'a>> {
        let (valuation, model) = (self.question.valuation, self.model);
        let portfolio = valuation.portfolio();
        let scenario = valuation.scenario();
        let mut told = scenario.goal.measures();
        told.extend(&scenario.next_goals);
        told.extend([Measure::Cost, Measure::Projects]);
        if !portfolio.objectives().is_empty() {
            told.push(Measure::StrategicValue);
        }
        if portfolio.has_benefits() {
            told.extend([Measure::Npv, Measure::Benefit]);
        }
        told.extend(portfolio.lines().positions().map(Measure::Line));
        told.extend(portfolio.resources().positions().map(Measure::Resource));
        let mut seen: Vec<Measure> = Vec::new();
        told.retain(|measure| {
            let is_new = !seen.contains(measure);
            seen.push(*measure);
            is_new
        });
        let of = |measure: Measure| Linear {
            item: RoomItem::Measure(measure),
            coefficients: model.formulation.coefficients(&[(measure, 1.0)], valuation),
            amount: Box::new(move |selection| valuation.total(measure, selection)),
        };
        told.into_iter().map(of).collect()
    }

    /// The groups of each grouping: what their projects cost, or what is spent on their lines.
    fn groups(&self) -> Vec<Linear<'a>> {
        let (valuation, portfolio) = (self.question.valuation, self.question.valuation.portfolio());
        let mut linear = Vec::new();
        for (position, grouping) in self.question.groupings.iter().enumerate() {
            let groups = grouping.groups(portfolio);
            for path in groups.all() {
                let item = RoomItem::Group(position, groups.label(path));
                if grouping.is_of_lines() {
                    let lines = portfolio.lines().positions().filter(|&line| groups.of_line(line) == path);
                    let terms: Vec<(Measure, f64)> = lines.map(|line| (Measure::Line(line), 1.0)).collect();
                    linear.extend((!terms.is_empty()).then(|| self.of_lines(item, terms)));
                } else {
                    let projects = portfolio.projects().positions();
                    let members: Vec<ProjectIx> =
                        projects.filter(|&project| groups.of_project(project) == path).collect();
                    linear.extend((!members.is_empty()).then(|| self.of_members(item, members, valuation)));
                }
            }
        }
        linear
    }

    fn of_lines(&self, item: RoomItem, terms: Vec<(Measure, f64)>) -> Linear<'a> {
        let valuation = self.question.valuation;
        let coefficients = self.model.formulation.coefficients(&terms, valuation);
        let amount = move |selection: &Selection| -> f64 {
            terms.iter().map(|&(measure, weight)| weight * valuation.total(measure, selection)).sum()
        };
        Linear { item, coefficients, amount: Box::new(amount) }
    }

    /// What some projects cost themselves: synergies and bought capacity belong to none of them.
    fn of_members(
        &self,
        item: RoomItem,
        members: Vec<ProjectIx>,
        valuation: &'a Valuation<'a>,
    ) -> Linear<'a> {
        let mut coefficients = ByColumn::filled(0.0, self.problem.program.columns.len());
        for start in self.model.formulation.starts().iter().filter(|start| members.contains(&start.project)) {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            coefficients[start.share] += valuation.measure(Measure::Cost, start.project, plan);
        }
        let amount = move |selection: &Selection| -> f64 {
            let own = selection.choices().iter().filter(|one| members.contains(&one.project));
            let cost = |one: &Choice| {
                one.share.value() * valuation.measure(Measure::Cost, one.project, valuation.plan_of(one))
            };
            own.map(cost).sum()
        };
        Linear { item, coefficients, amount: Box::new(amount) }
    }

    /// The most (`sign` 1) or least (−1) of an item near the best.
    fn end(&mut self, linear: &Linear<'a>, sign: f64) -> Result<RoomEnd, OptimiseError> {
        let settings = self.settings_for_one();
        self.to_do = self.to_do.saturating_sub(1);
        let amounts = self.seeds.iter().map(|selection| sign * (linear.amount)(selection));
        let known = amounts.fold(f64::NEG_INFINITY, f64::max);
        if linear.coefficients.iter().all(|&coefficient| coefficient == 0.0) {
            return Ok(RoomEnd { value: sign * known + 0.0, bound: Some(sign * known + 0.0) });
        }
        let Some(settings) = settings else { return Ok(RoomEnd { value: sign * known + 0.0, bound: None }) };
        let mut program = self.near_the_best();
        let (mut size, columns) = (0.0, program.columns.iter_mut().zip(&linear.coefficients));
        for (column, coefficient) in columns {
            column.objective = sign * coefficient;
            size += coefficient.abs() * column.lower.abs().max(column.upper.abs());
        }
        let problem = Problem { program: &program, ..self.problem.clone() };
        let evaluator = NearBest { search: self, linear, sign, unit: decimal_unit(size) };
        let seeds = self.seeds.iter();
        let seeds: Vec<Candidate<Selection>> =
            seeds.filter_map(|selection| evaluator.evaluate(&evaluator.values_of(selection))).collect();
        let mut search = self.search_of(&problem, &evaluator, &settings).with_known(seeds);
        search.run(1)?;
        let found = search.into_ranked().into_iter().next();
        let Some(found) = found else { return Ok(RoomEnd { value: sign * known + 0.0, bound: None }) };
        let value = found.candidate.objective.max(known);
        let bound = Some(found.bound.max(value)).filter(|bound| bound.is_finite());
        self.learn(&found.candidate.solution);
        Ok(RoomEnd { value: sign * value + 0.0, bound: bound.map(|bound| sign * bound + 0.0) })
    }

    /// The program that holds the objective near the best.
    fn near_the_best(&self) -> Program {
        let mut program = self.problem.program.clone();
        let terms: Vec<_> =
            program.columns.iter_enumerated().map(|(column, one)| (column, one.objective)).collect();
        let least = self.least - self.problem.constant - ROW_TOLERANCE * self.best.abs();
        program.rows.push(Row::new(terms, least, f64::INFINITY).scaled());
        program
    }

    /// Settings of the next search; `None` if no time is left.
    fn settings_for_one(&self) -> Option<SelectionSettings> {
        let Some(deadline) = self.deadline else { return Some(self.settings) };
        let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
        let share = (TIME_SHARES * left / self.to_do.max(1) as f64).min(left);
        let own = self.settings.time_limit.map_or(share, |seconds| seconds.min(share));
        (left > 0.0).then_some(SelectionSettings { time_limit: Some(own), ..self.settings })
    }

    /// A search within settings of [`Self::settings_for_one`], which hands on as if its share were that of the first.
    fn search_of<'s, E: Evaluator>(
        &'s self,
        problem: &'s Problem<'s>,
        evaluator: E,
        settings: &'s SelectionSettings,
    ) -> RankedSearch<'s, E> {
        let even = self.question.limit.seconds.map(|all| all.min(TIME_SHARES * all / self.all.max(1) as f64));
        let seconds = even.into_iter().chain(self.settings.time_limit).reduce(f64::min);
        RankedSearch::new(problem, evaluator, settings, self.cancel).handing_on_within(seconds).without_ties()
    }

    /// True if a known selection near the best has a project in (or out).
    fn is_known(&self, project: ProjectIx, is_in: bool) -> bool {
        self.seeds.iter().any(|selection| selection.contains(project) == is_in)
    }

    fn project(&mut self, project: ProjectIx) -> Result<ItemRoom, OptimiseError> {
        let mut ends = [RoomEnd { value: 0.0, bound: Some(0.0) }, RoomEnd { value: 1.0, bound: Some(1.0) }];
        for is_in in [false, true] {
            if self.is_known(project, is_in) {
                continue;
            }
            let is_possible = self.is_possible(project, is_in)?;
            let end = &mut ends[usize::from(is_in)];
            if is_possible != Some(true) {
                let other = f64::from(u8::from(!is_in));
                *end = RoomEnd { value: other, bound: (is_possible == Some(false)).then_some(other) };
            }
        }
        let [least, most] = ends;
        Ok(ItemRoom { item: RoomItem::Project(project), least, most })
    }

    /// Settles ends of a project that a known selection has.
    fn see_known(&self, room: &mut ItemRoom) {
        let RoomItem::Project(project) = room.item else { return };
        if self.is_known(project, false) {
            room.least = RoomEnd { value: 0.0, bound: Some(0.0) };
        }
        if self.is_known(project, true) {
            room.most = RoomEnd { value: 1.0, bound: Some(1.0) };
        }
    }

    /// True if a selection near the best has a project in (or out); `None` if that is not known.
    fn is_possible(&mut self, project: ProjectIx, is_in: bool) -> Result<Option<bool>, OptimiseError> {
        let decided = self.question.valuation.scenario().decisions[project];
        let is_forbidden = match decided {
            Decision::Free => false,
            Decision::In => !is_in,
            Decision::Out => is_in,
        };
        if is_forbidden || self.is_too_dear(project, is_in) {
            return Ok(Some(false));
        }
        let Some(settings) = self.settings_for_one() else { return Ok(None) };
        let mut program = self.problem.program.clone();
        let starts = self.model.formulation.starts_of(project);
        if is_in {
            let terms = starts.iter().map(|start| (start.chosen, 1.0));
            program.rows.push(Row::new(terms, 1.0, f64::INFINITY));
        } else {
            starts.iter().for_each(|start| program.columns[start.chosen].upper = 0.0);
        }
        let problem = Problem { program: &program, ..self.problem.clone() };
        let evaluator = OneSide { evaluator: self.evaluator, project, is_in };
        let known = self.question.options.known.iter();
        let known: Vec<Candidate<Selection>> =
            known.filter_map(|selection| evaluator.evaluate(&evaluator.values_of(selection))).collect();
        let mut search = self.search_of(&problem, &evaluator, &settings).with_known(known);
        let status = search.run(1)?;
        let found = search.into_ranked().into_iter().next();
        Ok(match found {
            Some(found) if found.candidate.objective >= self.least => {
                self.learn(&found.candidate.solution);
                Some(true)
            }
            Some(found) => (found.bound < self.least).then_some(false),
            None => (status == super::outcome::SolveStatus::Infeasible).then_some(false),
        })
    }

    /// True if the reasons prove that this side of a project's decision costs more than may be lost.
    fn is_too_dear(&self, project: ProjectIx, is_in: bool) -> bool {
        let Some(decisions) = self.question.decisions else { return false };
        let Some(explained) = self.question.options.options.get(decisions.option) else { return false };
        let decision = &decisions.projects[project];
        let objective = self.question.valuation.scenario().goal.sense().sign() * explained.objective;
        decision.is_in != is_in
            && match decision.reversal {
                Reversal::Impossible => true,
                Reversal::Possible { least, .. } | Reversal::Unknown { least } => {
                    objective - least < self.least
                }
            }
    }
}

/// Evaluates selections near the best by the amount of an item.
struct NearBest<'s, 'a> {
    search: &'s RoomSearch<'a>,
    linear: &'s Linear<'a>,
    sign: f64,
    /// Unit in which amounts are compared.
    unit: f64,
}

impl Evaluator for NearBest<'_, '_> {
    type Solution = Selection;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        let candidate = self.search.evaluator.evaluate(values)?;
        if candidate.objective < self.search.least {
            return None;
        }
        let objective = self.sign * (self.linear.amount)(&candidate.solution) + 0.0;
        Some(Candidate {
            objective,
            tie: TieBreak::by_objective(rounded_to(objective, self.unit)),
            ..candidate
        })
    }

    fn values_of(&self, selection: &Selection) -> ByColumn<f64> {
        self.search.evaluator.values_of(selection)
    }
}

/// Evaluates selections with one side of a project's decision by the objective.
struct OneSide<'a> {
    evaluator: &'a SelectionEvaluator<'a>,
    project: ProjectIx,
    is_in: bool,
}

impl Evaluator for OneSide<'_> {
    type Solution = Selection;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        let candidate = self.evaluator.evaluate(values)?;
        (candidate.solution.contains(self.project) == self.is_in).then_some(candidate)
    }

    fn values_of(&self, selection: &Selection) -> ByColumn<f64> {
        self.evaluator.values_of(selection)
    }
}
