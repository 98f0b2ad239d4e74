//! Results that are shown again, within 80 columns: the answer in the first lines, the rest on request.

pub mod batch;
pub mod compared;
pub mod project;
pub mod rounds;
pub mod scenario;
mod words;
