//! Submissions from archives and loose files.

use std::io::{Read, Seek};

use crate::input::Files;

use super::upload::{Tables, Upload, UploadError, UploadLimits};
use super::zip::read_zip;

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

/// A submission from files that were sent one by one: one batch file and tables. Where names have folders before them,
/// tables are looked up as in an archive; `wanted` names the batch file, where there are several.
pub(in crate::service) fn from_files(mut files: Files, wanted: Option<&str>) -> Result<Upload, UploadError> {
    let batch_file = batch_file(&files, wanted)?;
    let batch = files.remove(&batch_file).unwrap_or_default();
    let has_folders = files.keys().any(|name| name.contains('/'));
    let (beside, file) = batch_file.rsplit_once('/').unwrap_or(("", &batch_file));
    let (beside, file) = (beside.to_owned(), file.to_owned());
    let tables = if has_folders { Tables::Archived { entries: files, beside } } else { Tables::Given(files) };
    Ok(Upload { file, batch, tables })
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
