//! Ends of commands: success, failure, and their exit codes.

use std::io;
use std::path::PathBuf;
use std::process;

use crate::diagnostic::{Diagnostics, Severity};
use crate::distribute::{DistributeError, ExitCode, Remedy};
use crate::output::OutputError;
use crate::output::saved::FolderFault;

use super::terminal::console::{StdoutError, note};

/// End of a command that could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Everything was done.
    Done,
    /// A limit or a signal came first.
    Stopped,
    /// The solver failed on some scenario; the others are written.
    Failed,
    /// A check found differences.
    Differs,
}

impl From<Finish> for process::ExitCode {
    fn from(finish: Finish) -> Self {
        let code = match finish {
            Finish::Done => ExitCode::Done,
            Finish::Failed => ExitCode::Failed,
            Finish::Differs => ExitCode::Refused,
            Finish::Stopped => ExitCode::Stopped,
        };
        Self::from(code.number())
    }
}

/// Reasons why a command could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The input has faults.
    #[error("the input has faults")]
    Input(Diagnostics),
    /// The command line names something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// The results cannot be written where they should be.
    #[error(transparent)]
    Destination(OutputError),
    /// Writing the results failed.
    #[error(transparent)]
    Write(OutputError),
    /// Results that are to be read again cannot be.
    #[error(transparent)]
    Results(#[from] FolderFault),
    /// A shard could not be planned, run or merged.
    #[error(transparent)]
    Shard(DistributeError),
    /// A scheduler cannot be used now.
    #[error("{0}")]
    Scheduler(String),
    /// A file could not be written.
    #[error("`{}` could not be written: {cause}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// Stdout could not be written to.
    #[error(transparent)]
    Stdout(#[from] StdoutError),
    /// The service cannot be run.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Service(#[from] crate::service::ServiceError),
    /// Tokens cannot be managed.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Access(#[from] crate::service::AccessError),
    /// A server cannot be asked, or refuses.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Remote(#[from] crate::service::ClientError),
    /// Something failed that should not.
    #[error("internal failure: {0}")]
    Internal(String),
}

impl From<DistributeError> for CliError {
    fn from(error: DistributeError) -> Self {
        match error {
            DistributeError::Input(diagnostics) => Self::Input(diagnostics),
            other => Self::Shard(other),
        }
    }
}

impl CliError {
    /// Prints the error to stderr.
    pub fn report(&self) {
        match self {
            Self::Input(diagnostics) => {
                note_diagnostics(diagnostics);
                let count = diagnostics.fault_count();
                let faults = if count == 1 { "fault" } else { "faults" };
                note(&format!("{count} {faults} found; nothing was run or written."));
            }
            other => note(&format!("error: {other}")),
        }
    }

    /// Its exit code.
    pub fn exit_code(&self) -> process::ExitCode {
        let code = match self {
            Self::Input(_) | Self::Usage(_) | Self::Destination(_) | Self::Results(_) => ExitCode::Refused,
            Self::Shard(error) => match error.remedy() {
                Remedy::Mend => ExitCode::Refused,
                Remedy::Retry => ExitCode::TryAgain,
                Remedy::Report => ExitCode::Failed,
            },
            Self::Scheduler(_) => ExitCode::TryAgain,
            #[cfg(feature = "serve")]
            Self::Service(_) | Self::Access(_) => ExitCode::Refused,
            #[cfg(feature = "serve")]
            Self::Remote(error) if error.is_refusal() => ExitCode::Refused,
            #[cfg(feature = "serve")]
            Self::Remote(_) => ExitCode::Failed,
            Self::Write(_) | Self::File { .. } | Self::Stdout(_) | Self::Internal(_) => ExitCode::Failed,
        };
        process::ExitCode::from(code.number())
    }
}

/// Lists faults and warnings on stderr, one per line.
pub(super) fn note_diagnostics(diagnostics: &Diagnostics) {
    for diagnostic in diagnostics.iter() {
        let word = match diagnostic.severity {
            Severity::Fault => "fault",
            Severity::Warning => "warning",
        };
        note(&format!("{word}: {diagnostic}"));
    }
}
