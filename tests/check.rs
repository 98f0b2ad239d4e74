//! `cutline check` recomputes what `cutline run` wrote, and `cutline model` writes programs whose optimum is the first
//! option.

#[path = "check/cases.rs"]
mod cases;
#[path = "check/models.rs"]
mod models;
#[path = "check/results.rs"]
mod results;
