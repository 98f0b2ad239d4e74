//! Results that are shown again, within 80 columns: the answer in the first lines, the rest on request.

pub mod batch;
pub mod compared;
mod parts;
pub mod project;
mod risk_answers;
pub mod rounds;
pub mod scenario;
pub mod why;
mod words;
