//! Submissions from archives and loose files.

use std::io::{Read, Seek};

use crate::input::{Files, is_workbook};

use super::upload::{Tables, Upload, UploadError, UploadLimits};
use super::zip::read_zip;

/// The part by which an archive is known as a workbook.
const WORKBOOK_PART: &str = "xl/workbook.xml";
/// Name of a workbook that was sent without one.
const WORKBOOK: &str = "batch.xlsx";

/// A submission from a zip archive, or from a workbook. `wanted` names its batch file, where it holds several.
pub(in crate::service) fn from_archive(
    archive: &mut (impl Read + Seek),
    wanted: Option<&str>,
    limits: &UploadLimits,
) -> Result<Upload, UploadError> {
    let mut entries = read_zip(archive, limits.of_zip())?;
    if entries.contains_key(WORKBOOK_PART) {
        // A workbook is an archive itself.
        let mut batch = Vec::new();
        archive.rewind()?;
        archive.read_to_end(&mut batch)?;
        return Ok(Upload { file: WORKBOOK.to_owned(), batch, tables: Tables::Given(Files::new()) });
    }
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
    let ending_so = |holds: &dyn Fn(&str) -> bool| -> Vec<&String> {
        entries.keys().filter(|name| holds(name) && !is_hidden(name)).collect()
    };
    let mut found = ending_so(&|name| name.ends_with(".toml"));
    // Beside a batch file a workbook can only be its portfolio.
    if found.is_empty() || wanted.is_some_and(is_workbook) {
        found.extend(ending_so(&is_workbook));
    }
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
            "there is no batch file (.toml) and no workbook (.xlsx) in the upload: send it together with its tables".to_owned(),
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
