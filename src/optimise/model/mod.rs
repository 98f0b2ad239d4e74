//! Rows, columns and the decisions in them: mixed-integer programs that know neither a portfolio nor a solver.

pub mod cliques;
pub mod column_terms;
pub mod decisions;
pub mod knapsack;
pub mod limits;
pub mod pool;
pub mod presolve;
pub mod program;
pub mod reduced;
pub mod split_mix;
