//! The built program, and the folders that it reads and writes.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_cutline");

/// What a variable of whoever runs the tests would change.
const VARIABLES: [&str; 5] = [
    "CUTLINE_TOKEN",
    "CUTLINE_SERVER",
    "SLURM_ARRAY_TASK_ID",
    "JOB_COMPLETION_INDEX",
    "AWS_BATCH_JOB_ARRAY_INDEX",
];

/// The program in a folder.
pub fn cutline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(arguments);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Runs it; gives exit code, stdout and stderr.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = cutline(folder, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A folder with tables in `data`, and a batch file beside it.
pub fn case_of(tables: &[(&str, &str)], name: &str, batch: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    for (table, text) in tables {
        fs::write(folder.path().join("data").join(table), text).unwrap();
    }
    fs::write(folder.path().join(name), batch).unwrap();
    folder
}

/// Every file of a folder but `run.json`, which may differ.
pub fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries
        .filter(|path| name(path) != "run.json")
        .map(|path| (name(&path), fs::read(&path).unwrap()))
        .collect()
}

/// The names in a folder, in their order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
