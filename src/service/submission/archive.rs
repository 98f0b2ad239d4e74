//! From an archive or from loose files to a submission.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use crate::input::Files;

use super::zip::read_zip;
use super::{Tables, Upload, UploadError, UploadLimits};

/// A submission from a zip archive. `wanted` names its batch file, where it holds several.
pub(in crate::service) fn from_archive(
    archive: &mut (impl Read + Seek),
    wanted: Option<&str>,
    limits: &UploadLimits,
) -> Result<Upload, UploadError> {
    let mut entries = read_zip(archive, limits.of_zip())?;
    let batch_file = batch_file(&entries, wanted)?;
    // It was found among them.
    let batch = entries.remove(&batch_file).unwrap_or_default();
    let (beside, file) = batch_file.rsplit_once('/').unwrap_or(("", &batch_file));
    let (beside, file) = (beside.to_owned(), file.to_owned());
    Ok(Upload { file, batch, tables: Tables::Archived { entries, beside } })
}

/// A submission from files that were sent one by one: one batch file and tables.
pub(in crate::service) fn from_files(mut files: Files) -> Result<Upload, UploadError> {
    let file = batch_file(&files, None)?;
    let batch = files.remove(&file).unwrap_or_default();
    Ok(Upload { file, batch, tables: Tables::Given(files) })
}

fn batch_file(entries: &Files, wanted: Option<&str>) -> Result<String, UploadError> {
    let is_hidden = |name: &str| name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
    let found: Vec<&String> =
        entries.keys().filter(|name| name.ends_with(".toml") && !is_hidden(name)).collect();
    if let Some(wanted) = wanted {
        let ends_so = |name: &&&String| {
            name.strip_suffix(wanted).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let named: Vec<&&String> = found.iter().filter(ends_so).collect();
        return match named[..] {
            [one] => Ok((*one).clone()),
            [] => Err(UploadError::Malformed(format!("there is no batch file `{wanted}` in the upload"))),
            _ => Err(UploadError::Malformed(format!("several files of the upload are called `{wanted}`"))),
        };
    }
    match found[..] {
        [one] => Ok(one.clone()),
        [] => Err(UploadError::Malformed(
            "there is no batch file (.toml) in the upload: send it together with its tables".to_owned(),
        )),
        _ => {
            let names: Vec<&str> = found.iter().take(5).map(|name| name.as_str()).collect();
            Err(UploadError::Malformed(format!(
                "there are {} batch files in the upload ({}, …): name one in the field `batch`",
                found.len(),
                names.join(", ")
            )))
        }
    }
}

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
