//! Results of a batch.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::Measure;
use crate::optimise::{Conflict, Decisions, PlaceAnswers, RowKey, ScenarioFrontier, ScenarioStatus};
use crate::rank::RankedOption;

/// Outcome of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum ScenarioOutcome {
    /// Its options were searched for.
    Finished(ScenarioResult),
    /// The batch was stopped before it was finished.
    NotRun,
    /// The solver failed on it.
    Failed(String),
}

/// The result of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioResult {
    /// Status of the search.
    pub status: ScenarioStatus,
    /// The options, in the order of ranks.
    pub options: Vec<RankedOption>,
    /// For an objective that mixes measures: each with the best that it reaches alone.
    pub scales: Vec<(Measure, f64)>,
    /// Explanations of the options, or of their absence.
    pub reasons: Box<Reasons>,
    /// Wall time of the search.
    pub select_time: Duration,
    /// Outcome of its frontier; `None` if none is asked for.
    pub frontier: Option<FrontierOutcome>,
    /// Proofs of two engines about each option; `None` if that was not asked for, or was stopped.
    pub cross_check: Option<Vec<PlaceAnswers>>,
}

impl ScenarioResult {
    /// True if two engines were asked, and contradict each other about an option.
    pub fn has_contradictions(&self) -> bool {
        self.cross_check.iter().flatten().any(|place| !place.agree)
    }
}

/// Outcome of the frontier of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum FrontierOutcome {
    /// The frontier, and the duration of the search.
    Finished(ScenarioFrontier, Duration),
    /// The batch was stopped before it was finished.
    NotRun,
    /// The solver failed on it.
    Failed(String),
}

impl FrontierOutcome {
    /// The frontier, if one was found.
    pub fn found(&self) -> Option<&ScenarioFrontier> {
        match self {
            Self::Finished(frontier, _) => Some(frontier),
            Self::NotRun | Self::Failed(_) => None,
        }
    }

    /// True if it is missing or not proven.
    pub fn is_incomplete(&self) -> bool {
        let is_open = |status| matches!(status, ScenarioStatus::Feasible | ScenarioStatus::Unknown);
        self.found().is_none_or(|frontier| is_open(frontier.status))
    }
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
    /// Explaining decisions.
    pub reasons: Duration,
}

/// The result of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchResult {
    /// One per scenario of the batch, in its order.
    pub scenarios: Vec<ScenarioOutcome>,
    /// The batch was asked to stop before everything was done.
    pub stopped: bool,
    /// Wall time of the stages.
    pub timings: Timings,
}

impl BatchResult {
    /// True if two engines were asked, and contradict each other somewhere.
    pub fn has_contradictions(&self) -> bool {
        self.scenarios.iter().any(|outcome| match outcome {
            ScenarioOutcome::Finished(result) => result.has_contradictions(),
            ScenarioOutcome::NotRun | ScenarioOutcome::Failed(_) => false,
        })
    }

    /// True if some option or frontier is not proven, or some scenario not finished, because of a limit or a stop.
    pub fn is_incomplete(&self) -> bool {
        let incomplete = |outcome: &ScenarioOutcome| match outcome {
            ScenarioOutcome::Finished(result) => {
                matches!(result.status, ScenarioStatus::Feasible | ScenarioStatus::Unknown)
                    || result.frontier.as_ref().is_some_and(FrontierOutcome::is_incomplete)
            }
            ScenarioOutcome::NotRun | ScenarioOutcome::Failed(_) => true,
        };
        self.stopped || self.scenarios.iter().any(incomplete)
    }
}
