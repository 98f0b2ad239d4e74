//! Failures of writing results.

use std::io;
use std::path::{Path, PathBuf};

use crate::simulate::SimulateError;

/// Reasons why results cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The path cannot be a folder of results.
    #[error("`{}` is not a folder: name another one with --out", .0.display())]
    NotAFolder(PathBuf),
    /// The folder holds something else, which would be lost.
    #[error(
        "`{}` holds files that are not results of Cutline (it has no run.json of ours); \
         nothing was changed: name another folder with --out, or empty this one",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// The folder's place is not writable.
    #[error("no results can be written to `{}`: {cause}", .path.display())]
    NotWritable {
        /// The folder of results.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A file could not be written; nothing of the results was left.
    #[error("`{}` could not be written: {cause}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// Results that are to be put together with others cannot be read.
    #[error("`{}` could not be read: {problem}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The problem with it.
        problem: String,
    },
    /// The new results could not be put in place and the former ones not put back.
    #[error(
        "the new results could not be put in place of `{}` ({cause}); the former ones are kept in `{}`",
        .path.display(),
        .kept.display()
    )]
    NotRestored {
        /// The folder of results.
        path: PathBuf,
        /// The folder of the former results.
        kept: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The trials of the options could not be drawn once more: an internal failure.
    #[error("the trials of the options could not be drawn once more: {0}")]
    Trials(#[from] SimulateError),
    /// A table could not be made or turned into text: an internal failure.
    #[error("the table {table} could not be made: {cause}")]
    Table {
        /// The file name of the table.
        table: String,
        /// The cause.
        cause: String,
    },
}

impl OutputError {
    /// A file of former results is damaged.
    pub(super) fn unreadable(path: &Path, problem: impl ToString) -> Self {
        Self::Unreadable { path: path.to_owned(), problem: problem.to_string() }
    }

    /// Wraps the system's error about a file or folder.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { path, cause }
    }
}
