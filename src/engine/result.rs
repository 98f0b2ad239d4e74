//! Results of a batch.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{Measure, ROUNDING};
use crate::optimise::{
    Baseline, Conflict, Decisions, ItemRoom, NonDominated, OptimiseError, PlaceAnswers, Priority, RowKey,
    ScenarioFrontier, SolveStatus, WeightRange,
};
use crate::rank::RankedOption;
use crate::simulate::{Attribution, Information, OptionRisk};

use super::confidence::HeldRisk;
use super::risk_answers::RiskAnswers;

/// Outcome of a part of a batch: of a scenario, or of its frontier.
#[derive(Clone, Debug, PartialEq)]
pub enum RunOutcome<T> {
    /// Its search ended.
    Finished(T),
    /// The batch was stopped before it was finished.
    NotRun,
    /// The solver failed on it.
    Failed(String),
}

impl<T> RunOutcome<T> {
    /// The result, if the search ended.
    pub fn finished(&self) -> Option<&T> {
        match self {
            Self::Finished(result) => Some(result),
            Self::NotRun | Self::Failed(_) => None,
        }
    }

    /// Word in tables and messages, by the status of a result.
    pub fn word(&self, status_of: impl Fn(&T) -> SolveStatus) -> &'static str {
        match self {
            Self::Finished(result) => status_of(result).as_str(),
            Self::NotRun => NOT_RUN,
            Self::Failed(_) => FAILED,
        }
    }
}

impl<T> From<Result<T, OptimiseError>> for RunOutcome<T> {
    fn from(ended: Result<T, OptimiseError>) -> Self {
        match ended {
            Ok(result) => Self::Finished(result),
            Err(OptimiseError::Cancelled) => Self::NotRun,
            Err(error @ OptimiseError::Solver(_)) => Self::Failed(error.to_string()),
        }
    }
}

/// Word for a part of a batch that was stopped first.
pub const NOT_RUN: &str = "not run";

/// Word for a part of a batch on which the solver failed.
pub const FAILED: &str = "failed";

/// Outcome of one scenario.
pub type ScenarioOutcome = RunOutcome<ScenarioResult>;

/// Outcome of the frontier of one scenario.
pub type FrontierOutcome = RunOutcome<FrontierResult>;

/// Outcome of the search for the non-dominated portfolios of one scenario.
pub type RobustOutcome = RunOutcome<RobustResult>;

/// The non-dominated portfolios of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct RobustResult {
    /// The portfolios, with the status of the search.
    pub found: NonDominated,
    /// Wall time of the search.
    pub time: Duration,
}

/// The result of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioResult {
    /// Status of the search.
    pub status: SolveStatus,
    /// The options, in the order of ranks.
    pub options: Vec<RankedOption>,
    /// How surely its options keep the limits that hold with a confidence, by the number of the option.
    pub held: Vec<HeldRisk>,
    /// For an objective that mixes measures: each with the best that it reaches alone.
    pub scales: Vec<(Measure, f64)>,
    /// Explanations of the options, or of their absence.
    pub reasons: Box<Reasons>,
    /// Wall time of the search.
    pub select_time: Duration,
    /// What the cut line would fund; `None` if none is asked for, or the scenario does not maximise.
    pub baseline: Option<BaselineResult>,
    /// Outcome of its frontier; `None` if none is asked for.
    pub frontier: Option<FrontierOutcome>,
    /// Its non-dominated portfolios; `None` unless its weights are incomplete and all of it is covered.
    pub robust: Option<RobustOutcome>,
    /// Per objective the interval of its weight over which option 1 stays the best; `None` unless that was asked for, and
    /// the scenario maximises strategic value.
    pub weight_ranges: Option<RunOutcome<Vec<WeightRange>>>,
    /// Where the risk of options comes from: of that which is ranked first, of all or of none, as the batch says; empty
    /// where the scenario is not simulated.
    pub attribution: Vec<OptionAttribution>,
    /// What it would be worth to know sources of risk before an option is chosen, the most valuable first; likewise.
    pub information: Vec<Information>,
    /// What is best in each of some futures, and what favourable estimates cost, as far as the batch asks for it.
    pub answers: RiskAnswers,
    /// Proofs of two engines about each option; `None` if that was not asked for, or was stopped.
    pub cross_check: Option<Vec<PlaceAnswers>>,
}

impl ScenarioResult {
    /// By how much the objective of the cut line is worse than that of option 1; `None` if either is missing.
    pub fn lost_by_baseline(&self) -> Option<f64> {
        let first = self.options.iter().find(|option| option.number == 1)?;
        let lost = first.found.objective - self.baseline.as_ref()?.found.objective;
        // Sums of the same numbers in another order may differ by rounding.
        let size = ROUNDING * first.found.objective.abs();
        Some(if lost.abs() <= size { 0.0 } else { lost })
    }

    /// True if two engines were asked, and contradict each other about an option.
    pub fn has_contradictions(&self) -> bool {
        self.cross_check.iter().flatten().any(|place| !place.agree)
    }
}

/// The sources of the risk of an option.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionAttribution {
    /// Number of the option.
    pub option: usize,
    /// Its projects, and then the drivers and events that they share.
    pub sources: Vec<Attribution>,
}

/// The cut line of a scenario, with its risk.
#[derive(Clone, Debug, PartialEq)]
pub struct BaselineResult {
    /// What it funds.
    pub found: Baseline,
    /// Its risk; `None` where the scenario is not simulated or simulation was stopped.
    pub risk: Option<OptionRisk>,
}

/// The frontier of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierResult {
    /// The points, with the status of the search.
    pub found: ScenarioFrontier,
    /// Wall time of the search.
    pub time: Duration,
}

/// Explanations of the options of a scenario, or of their absence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// For an infeasible scenario: the conflict; `None` also if it was not determined.
    pub conflict: Option<Conflict>,
    /// The decisions on each project with their reasons; `None` if they were not asked for, or there is no option.
    pub decisions: Option<Decisions>,
    /// Shadow prices of the relaxation, per limit; empty where there is no option.
    pub prices: BTreeMap<RowKey, f64>,
    /// Least and most of measures, groups and projects near the best; `None` if they were not asked for, there is no
    /// option, or the search was stopped.
    pub room: Option<Vec<ItemRoom>>,
    /// The list of priorities; `None` likewise.
    pub priorities: Option<Vec<Priority>>,
    /// Wall time of explaining.
    pub time: Duration,
}

/// Wall time of the stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Finding options.
    pub select: Duration,
    /// Drawing samples.
    pub sample: Duration,
    /// Evaluating options.
    pub simulate: Duration,
    /// Finding the best selection in each of some futures.
    pub futures: Duration,
    /// Explaining decisions.
    pub reasons: Duration,
}

/// The precision that was reached, where one was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// Number of trials that were drawn.
    pub trials: usize,
    /// The largest standard error of the mean NPV of an option that is ranked first, as a part of its size; infinite
    /// where a mean is 0.
    pub reached: f64,
}

/// The result of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchResult {
    /// One per scenario of the batch, in its order.
    pub scenarios: Vec<ScenarioOutcome>,
    /// The precision that was reached; `None` where none was asked for, or nothing was drawn.
    pub precision: Option<Precision>,
    /// The batch was asked to stop before everything was done.
    pub stopped: bool,
    /// Wall time of the stages.
    pub timings: Timings,
}

impl BatchResult {
    /// True if two engines were asked, and contradict each other somewhere.
    pub fn has_contradictions(&self) -> bool {
        self.scenarios.iter().filter_map(ScenarioOutcome::finished).any(ScenarioResult::has_contradictions)
    }

    /// True if some option or frontier or set of portfolios is not proven, or some scenario not finished, because of a limit or a stop.
    pub fn is_incomplete(&self) -> bool {
        let is_open = |result: &FrontierResult| result.found.status.is_open();
        let is_missing = |frontier: &FrontierOutcome| frontier.finished().is_none_or(is_open);
        let is_incomplete = |result: &ScenarioResult| {
            let has_open_set = result
                .robust
                .as_ref()
                .is_some_and(|robust| robust.finished().is_none_or(|robust| robust.found.status.is_open()));
            result.status.is_open() || has_open_set || result.frontier.as_ref().is_some_and(is_missing)
        };
        self.stopped || self.scenarios.iter().any(|outcome| outcome.finished().is_none_or(is_incomplete))
    }
}
