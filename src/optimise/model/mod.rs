//! Rows, columns and the decisions in them: mixed-integer programs that know neither a portfolio nor a solver.

pub mod cliques;
pub mod decisions;
pub mod limits;
pub mod pool;
pub mod program;
pub mod reduced;
pub mod split_mix;
