//! Solvers: the interface to HiGHS, and the bounds that its prices prove. No other files name a solver.

pub mod highs;
pub mod improve;
pub mod lagrangian_bound;
pub mod lp_session;
mod watch;
