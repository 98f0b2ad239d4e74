//! Runs a batch: selects, simulates, ranks and explains, with scenarios in parallel.

mod answering;
mod attribution;
mod confidence;
mod precision;
mod result;
mod risk_answers;
mod run;
mod trials;

pub use crate::rank::RankedOption;
pub use confidence::{HeldIn, HeldRisk, futures_of_decisions, in_futures};
pub use result::{
    BaselineResult, BatchResult, FAILED, FrontierOutcome, FrontierResult, NOT_RUN, OptionAttribution,
    Precision, Reasons, RobustOutcome, RobustResult, RunOutcome, ScenarioOutcome, ScenarioResult, Timings,
};
pub use risk_answers::{PerfectInformation, RiskAnswers, Shrinkage, gain_in};
pub use run::{run, run_whole};
pub use trials::{OptionTrials, each_option_in_trials};
