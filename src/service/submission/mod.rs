//! Submissions: a batch file and the tables of its portfolio, as an archive, as files or as JSON. Everything is bytes
//! by name; no name from a client ever becomes a path of ours.

mod archive;
pub mod body;
pub mod examine;
pub mod excerpt;
mod folders;
mod json;
pub mod options;
pub mod receive;
mod size;
pub mod submit;
mod upload;
pub mod validation;

pub use crate::input::zip;

pub(super) use archive::{from_archive, from_files};
pub(super) use json::from_json;
pub(super) use size::{check_sweeps, check_tables};
pub(super) use upload::UploadError;
pub use upload::UploadLimits;
#[cfg(test)]
pub(super) use upload::{Tables, Upload};

#[cfg(test)]
mod tests;
