//! Files as named bytes: the one place of this room that touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::source::is_table;

/// The files of a folder by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A file that was read, for the record of inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Its name without folder.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// Problem of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathFault {
    /// The problem.
    pub problem: String,
    /// The remedy.
    pub help: String,
}

impl PathFault {
    fn new(problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { problem: problem.into(), help: help.into() }
    }
}

/// Reads one file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, PathFault> {
    if path.is_dir() {
        return Err(PathFault::new("is a folder", "name the batch file in it"));
    }
    fs::read(path).map_err(|error| PathFault::new(format!("cannot be read ({error})"), "check the path"))
}

/// Reads the tables of a portfolio folder. Files beginning with `.` and files of other kinds are not input.
pub fn read_folder(folder: &Path) -> Result<Files, PathFault> {
    let is_workbook = folder.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    if is_workbook && !folder.is_dir() {
        return Err(PathFault::new(
            "is a workbook, which is not supported yet",
            "save each sheet as CSV in one folder and name the folder",
        ));
    }
    if folder.is_file() {
        return Err(PathFault::new("is a file", "name the folder that holds projects.csv"));
    }
    let unreadable = |error: std::io::Error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "is not there".to_owned(),
            _ => format!("cannot be read ({error})"),
        };
        PathFault::new(problem, "name the folder that holds projects.csv")
    };
    let mut files = Files::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_table(&name) && !entry.path().is_dir() {
            let bytes = fs::read(entry.path()).map_err(|error| {
                PathFault::new(format!("holds {name}, which cannot be read ({error})"), "check the file")
            })?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}
