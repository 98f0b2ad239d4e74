//! Files as named bytes: the one place of this room that touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::source::is_table;
use super::workbook::{is_other_workbook, is_workbook};

/// The files of a folder by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The workbooks among files. Beside tables in text files they are no input.
pub fn workbooks(files: &Files) -> impl Iterator<Item = (&String, &Vec<u8>)> {
    let has_tables = files.keys().any(|name| is_table(name));
    files.iter().filter(move |(name, _)| !has_tables && is_workbook(name))
}

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

/// Largest workbook in bytes, as it lies on the disk.
const LARGEST_WORKBOOK: u64 = 200_000_000;

/// Advice on a workbook of another kind.
pub const SAVE_AS_XLSX: &str = "open it in a spreadsheet and save it as .xlsx (Excel workbook)";

/// The bytes of a workbook.
fn read_workbook(path: &Path) -> Result<Vec<u8>, PathFault> {
    if !path.exists() {
        return Err(PathFault::new(
            "is not there",
            "name a workbook (.xlsx), or the folder that holds projects.csv",
        ));
    }
    let size = fs::metadata(path).map_or(0, |facts| facts.len());
    if size > LARGEST_WORKBOOK {
        return Err(PathFault::new("is larger than any workbook of tables", "keep the tables alone in it"));
    }
    read_file(path)
}

/// Reads one file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, PathFault> {
    if path.is_dir() {
        return Err(PathFault::new("is a folder", "name the batch file in it"));
    }
    fs::read(path).map_err(|error| PathFault::new(format!("cannot be read ({error})"), "check the path"))
}

/// Reads the tables of a portfolio: those of a folder, or a workbook. Files beginning with `.` and files of other
/// kinds are not input.
pub fn read_folder(folder: &Path) -> Result<Files, PathFault> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if is_workbook(&name) && !folder.is_dir() {
        return Ok(Files::from([(name, read_workbook(folder)?)]));
    }
    if folder.is_file() {
        return Err(match is_other_workbook(&name) {
            true => PathFault::new("is a workbook of a kind that is not read", SAVE_AS_XLSX),
            false => {
                PathFault::new("is a file", "name the folder that holds projects.csv, or a workbook (.xlsx)")
            }
        });
    }
    let unreadable = |error: std::io::Error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "is not there".to_owned(),
            _ => format!("cannot be read ({error})"),
        };
        PathFault::new(problem, "name the folder that holds projects.csv, or a workbook (.xlsx)")
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
