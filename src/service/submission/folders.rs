//! Folders within an archive, which are parts of names and never folders of ours.

use std::collections::BTreeSet;

use crate::input::Files;

/// A name in a folder.
pub(super) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder that a path leads to from another, within the archive; `None` if it leads out of it.
pub(super) fn resolved(beside: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = beside.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The one folder that holds a file of this name.
pub(super) fn only_folder_with(entries: &Files, name: &str) -> Option<String> {
    let folders: BTreeSet<&str> = (entries.keys())
        .map(|path| path.rsplit_once('/').unwrap_or(("", path)))
        .filter(|(_, file)| *file == name)
        .map(|(folder, _)| folder)
        .collect();
    let mut folders = folders.into_iter();
    folders.next().filter(|_| folders.next().is_none()).map(str::to_owned)
}

/// The files that lie in a folder, by their names without it.
pub(super) fn files_in(entries: Files, folder: &str) -> Files {
    let of_folder = |path: String| {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
        (parent == folder).then(|| name.to_owned())
    };
    entries.into_iter().filter_map(|(path, bytes)| Some((of_folder(path)?, bytes))).collect()
}
