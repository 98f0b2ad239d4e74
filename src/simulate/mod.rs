//! Monte Carlo simulation: the same random futures for every option of every scenario (common random numbers).
//!
//! [`Samples::draw`] draws all uncertain quantities of a portfolio once, each from a random stream of its own;
//! [`evaluate()`] turns them into the risk of a scenario's options. Both give the same bits on any machine and
//! for any number of threads and any width of vector: elementary functions are our own or those of the `libm` crate,
//! and sums have a fixed order.

mod error;
mod kernel;
mod outputs;
mod sampling;

pub use error::SimulateError;
pub use outputs::attribution::{Attribution, Difference, RiskSource, attribute, without_cause};
pub use outputs::evaluate::{evaluate, evaluate_by};
pub use outputs::information::{Information, value_of_information};
pub use outputs::paired::compare_with_next;
pub use outputs::reserves::{LineReserves, Reserve, Reserves, reserves};
pub use outputs::risk::{Estimate, KeyResultRisk, OptionRisk, Paired, PeriodRisk, Summary};
pub use outputs::trials::{TrialTotals, trial_totals};
pub use sampling::causes::SharedCause;
pub use sampling::for_decisions::futures_for_decisions;
pub use sampling::known_futures::{benefit_error, known_futures};
pub use sampling::samples::Samples;
