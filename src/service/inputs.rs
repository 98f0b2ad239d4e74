//! The input of a batch as files: the batch file, and its tables beside it.

use std::fs;
use std::io;
use std::path::Path;

use super::Service;
use super::store::StoreError;
use super::submission::submit::{BATCH_FILE, TABLES};

/// Writes the input of a batch into a folder, which is made.
///
/// # Errors
/// If the store or the disk fails.
pub(super) fn put_inputs(service: &Service, batch: &str, source: &Path) -> Result<(), StoreError> {
    let tables = source.join(TABLES);
    let io = |cause: io::Error| StoreError::Io { path: source.to_owned(), cause };
    fs::create_dir_all(&tables).map_err(io)?;
    for (name, object) in service.store.inputs(batch)? {
        let from = service.objects.path(&object.hash);
        if name == BATCH_FILE {
            fs::copy(from, source.join(BATCH_FILE)).map_err(io)?;
        } else if is_table_name(&name) {
            fs::copy(from, tables.join(&name)).map_err(io)?;
        }
    }
    Ok(())
}

/// Tables are called by the names of the schema; nothing else is ever written to the disk by its name.
fn is_table_name(name: &str) -> bool {
    name.strip_suffix(".csv").is_some_and(|stem| {
        !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_tables_reach_the_disk() {
        for name in ["projects.csv", "current_plan.csv"] {
            assert!(is_table_name(name), "{name}");
        }
        for name in ["../projects.csv", "a/b.csv", ".csv", "x.CSV", "projects", "a\0.csv", "C:a.csv"] {
            assert!(!is_table_name(name), "{name}");
        }
    }
}
