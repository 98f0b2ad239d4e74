//! A submission as bytes: the batch file and its tables, how much of them is taken, and why they are refused.

use serde::{Deserialize, Serialize};

use crate::input::{Files, PathFault, is_workbook};

use super::folders;
use super::zip::{ZipError, ZipLimits};

/// Limits of one submission.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct UploadLimits {
    /// Bytes of the request.
    pub body: u64,
    /// Files, in the request and in the archive.
    pub files: usize,
    /// Bytes of all files, once inflated.
    pub unzipped: u64,
    /// Rows of a table.
    pub rows: usize,
    /// Columns of a table.
    pub columns: usize,
}

impl UploadLimits {
    pub(super) const fn of_zip(&self) -> ZipLimits {
        ZipLimits { files: self.files, bytes: self.unzipped }
    }
}

/// A submission: the batch file, and the source of its portfolio.
#[derive(Clone, Debug)]
pub(in crate::service) struct Upload {
    /// The name of the batch file, without folders.
    pub file: String,
    /// Its content.
    pub batch: Vec<u8>,
    pub tables: Tables,
}

impl Upload {
    /// Every file by its name without folders, to show faults in; where two have the same name, one of them.
    pub fn into_files(self) -> Files {
        let tables = match self.tables {
            Tables::Given(files) => files,
            Tables::Archived { entries, .. } => entries,
        };
        let last = |name: String| name.rsplit('/').next().unwrap_or_default().to_owned();
        let tables = tables.into_iter().map(|(name, bytes)| (last(name), bytes));
        tables.chain([(self.file, self.batch)]).collect()
    }
}

/// Source of a batch's portfolio.
#[derive(Clone, Debug)]
pub(in crate::service) enum Tables {
    /// These tables, whatever folder the batch file names.
    Given(Files),
    /// The files of an archive by their full names, and the folder in it that the batch file lies in.
    Archived { entries: Files, beside: String },
}

impl Tables {
    /// The tables of the portfolio that a batch file names. If it names a folder that is not in the archive, the one
    /// folder that holds a `projects.csv` will do.
    pub fn find(self, portfolio: &str) -> Result<Files, PathFault> {
        let (mut entries, beside) = match self {
            Self::Given(files) => return Ok(files),
            Self::Archived { entries, beside } => (entries, beside),
        };
        if is_workbook(portfolio) {
            return take_workbook(&mut entries, &beside, portfolio);
        }
        let holds_projects = |folder: &str| entries.contains_key(&folders::joined(folder, "projects.csv"));
        let named = folders::resolved(&beside, portfolio).filter(|folder| holds_projects(folder));
        let folder = named.or_else(|| folders::only_folder_with(&entries, "projects.csv"));
        let Some(folder) = folder else {
            return Err(PathFault {
                problem: "is not in the archive".to_owned(),
                help: "put the folder that holds projects.csv into the archive, where the batch file says"
                    .to_owned(),
            });
        };
        Ok(folders::files_in(entries, &folder))
    }
}

/// The workbook that a batch file names, or the only one of that name: the command line puts it elsewhere.
fn take_workbook(entries: &mut Files, beside: &str, portfolio: &str) -> Result<Files, PathFault> {
    let name = portfolio.rsplit(['/', '\\']).next().unwrap_or(portfolio);
    let named = folders::resolved(beside, portfolio).filter(|path| entries.contains_key(path));
    let only = || folders::only_folder_with(entries, name).map(|folder| folders::joined(&folder, name));
    let bytes = named.or_else(only).and_then(|path| entries.remove(&path));
    bytes.map(|bytes| Files::from([(name.to_owned(), bytes)])).ok_or_else(|| PathFault {
        problem: "is not in the archive".to_owned(),
        help: "put the workbook into the archive, where the batch file says".to_owned(),
    })
}

/// Reasons why a submission is refused before its content is read.
#[derive(Debug, thiserror::Error)]
pub(in crate::service) enum UploadError {
    /// Too many or too large.
    #[error("{0}")]
    TooMuch(String),
    /// It is malformed.
    #[error("{0}")]
    Malformed(String),
    /// It could not be read.
    #[error("the upload could not be read: {0}")]
    Io(#[from] std::io::Error),
}

impl From<ZipError> for UploadError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::TooManyFiles { .. } | ZipError::TooLarge { .. } => {
                Self::TooMuch(format!("the archive is too large: {error}"))
            }
            ZipError::Io(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
                Self::Malformed("the archive is refused: it is cut off".to_owned())
            }
            ZipError::Io(cause)
                if cause.kind() != std::io::ErrorKind::InvalidInput
                    && cause.kind() != std::io::ErrorKind::InvalidData =>
            {
                Self::Io(cause)
            }
            other => Self::Malformed(format!("the archive is refused: {other}")),
        }
    }
}
