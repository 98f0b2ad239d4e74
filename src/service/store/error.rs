//! Failures of the store.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Failure of the store.
#[derive(Debug, thiserror::Error)]
pub(in crate::service) enum StoreError {
    #[error("the store could not be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the disk is full")]
    Full,
    #[error("the store is of version {found}, which a newer program wrote; this one knows {known}")]
    Newer { found: i64, known: i64 },
    #[error("`{}` could not be used: {cause}", .path.display())]
    Io { path: PathBuf, cause: std::io::Error },
}

impl StoreError {
    /// Separates a full disk from other failures.
    pub(super) fn sorted(self) -> Self {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == ErrorCode::DiskFull =>
            {
                Self::Full
            }
            Self::Io { cause, .. } if cause.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            other => other,
        }
    }
}
