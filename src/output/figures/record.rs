//! Records of scenarios, as views show them.

use serde::{Deserialize, Serialize};

/// A scenario in short: its outcome and its first-ranked option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioFigures {
    /// Its name.
    pub scenario: String,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: String,
    /// The first-ranked option; `None` if there is no option.
    pub first: Option<FirstOption>,
}

/// The first-ranked option of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstOption {
    /// Its number in the tables.
    pub option: usize,
    /// Objective.
    pub objective: Option<f64>,
    /// Planned cost.
    pub cost: Option<f64>,
    /// The projects that it funds, in the portfolio's order.
    pub projects: Vec<TakenProject>,
}

/// A project of an option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakenProject {
    /// Its id.
    pub project: String,
    /// Its name for people; blank where it has none beside its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The share of it that is funded.
    pub fraction: f64,
}

/// An option without its projects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionFigures {
    /// Rank, from 1.
    pub rank: usize,
    /// Its number in the tables.
    pub option: usize,
    /// `optimal` or `feasible`.
    pub status: String,
    /// Relative gap between objective and bound.
    pub gap: Option<f64>,
    /// Number of projects.
    pub projects: usize,
    /// Objective.
    pub objective: Option<f64>,
    /// Planned strategic value.
    pub strategic_value: Option<f64>,
    /// Planned cost.
    pub cost: Option<f64>,
    /// Planned net present value.
    pub npv: Option<f64>,
    /// Mean NPV; like all below, `None` where nothing is simulated.
    pub npv_mean: Option<f64>,
    /// 10th percentile of the NPV.
    pub npv_p10: Option<f64>,
    /// 90th percentile of the NPV.
    pub npv_p90: Option<f64>,
    /// Probability that any budget is exceeded.
    pub p_over_budget: Option<f64>,
    /// Probability that any capacity is exceeded.
    pub p_over_capacity: Option<f64>,
    /// Probability that the option is the best of its scenario.
    pub p_best: Option<f64>,
}

/// What a cut line through a ranked list funds, beside option 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineFigures {
    /// Its figures. It has no rank and no number (both 0), and nothing is proven about it.
    #[serde(flatten)]
    pub option: OptionFigures,
    /// By how much its objective is worse than that of option 1; `None` where there is no option.
    pub objective_lost: Option<f64>,
    /// Money of the budgets that it leaves unspent; `None` where no budget limits.
    pub unspent: Option<f64>,
    /// All money of these budgets.
    pub budget: Option<f64>,
}

/// Spend of the first-ranked option on a budget line in a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendFigures {
    /// The line; `*` for all lines together.
    pub line: String,
    /// Its name for people; blank where it has none beside its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The period.
    pub period: String,
    /// Planned spend.
    pub plan: Option<f64>,
    /// The budget; `None` if there is none.
    pub limit: Option<f64>,
    /// Probability of more than there is; `None` where nothing is simulated.
    pub p_over: Option<f64>,
}

/// A scenario by its name and by what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownScenario {
    /// Its name.
    pub name: String,
    /// Hash of its assumptions: equal assumptions have equal ones, in whichever batch.
    pub settings: String,
}

/// Everything that is recorded of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioRecord {
    /// Hash of its assumptions.
    pub settings: String,
    /// The scenario in short.
    pub scenario: ScenarioFigures,
    /// Its options, by rank.
    pub options: Vec<OptionFigures>,
    /// Spend of the first of them.
    pub spend: Vec<SpendFigures>,
    /// What a cut line funds; `None` where there is none.
    pub baseline: Option<BaselineFigures>,
}
