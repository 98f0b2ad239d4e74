//! Draws: random streams, distributions, and the sample matrix `samples[factor][trial]`.

pub mod beta;
pub mod causes;
pub mod correlated;
pub mod delays;
pub mod dimensions;
pub mod events;
pub mod factors;
pub mod for_decisions;
pub mod given;
pub mod inputs;
pub mod known_futures;
pub mod marginal;
pub mod normal;
pub mod pert;
pub mod philox;
pub mod plan;
pub mod project_draw;
pub mod recipe;
pub mod sample_matrix;
pub mod samples;
pub mod sobol;
pub mod streams;
