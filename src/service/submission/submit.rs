//! From a submission to a batch that is sound, within the caps, and ready to be stored.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::control;
use crate::diagnostic::is_hidden;
use crate::domain::{Batch, Portfolio};
use crate::input::{self, Books, Files, InputFile, LONGEST_NAME, LoadedBatch};
use crate::output::hex;

use super::upload::{Upload, UploadError};
use crate::service::problem::{Kind, Problem};
use crate::service::settings::{Caps, Limits};
use crate::service::submission;

/// The batch file among the inputs of a batch; the others are its tables.
pub const BATCH_FILE: &str = "batch.toml";
/// The folder of the tables, as the stored batch file names it.
pub const TABLES: &str = "tables";

/// What the store keeps of a batch beside its inputs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchFacts {
    pub name: String,
    pub description: String,
    /// The name of the batch file, as the client knows it.
    pub file: String,
    pub trials: usize,
    pub scenarios: Vec<String>,
    pub warnings: Vec<String>,
    pub shards: usize,
}

/// A batch that can be run.
pub struct Checked {
    pub facts: BatchFacts,
    /// The batch file as [`BATCH_FILE`], and the tables.
    pub inputs: Vec<InputFile>,
    /// The portfolio.
    pub portfolio: Portfolio,
    /// The batch, resolved against it.
    pub batch: Batch,
}

/// Reads a submission as `cutline validate` would, and holds it to the caps.
pub fn check(upload: Upload, limits: &Limits) -> Result<Checked, Problem> {
    let Upload { file, batch, tables } = upload;
    let file = shown_name(&file)?;
    let books = Books::default();
    submission::check_sweeps(&input::batch_text(&books, &file, &batch), limits.caps.scenarios)?;
    // A workbook may be its own portfolio.
    let own = Files::from([(file.clone(), batch.clone())]);
    if input::is_workbook(&file) {
        submission::check_tables(&input::in_text_files(&books, own.clone()), &limits.upload)?;
    }
    let mut too_large = None;
    let loaded = control::read_batch_with(&books, &file, &batch, |portfolio| {
        let found = tables.find(portfolio)?;
        let is_book = found.keys().any(|name| input::is_workbook(name));
        let counted = if is_book { &input::in_text_files(&books, found.clone()) } else { &found };
        match submission::check_tables(counted, &limits.upload) {
            Ok(()) => Ok(found),
            Err(error) => {
                too_large = Some(error);
                Ok(Files::new())
            }
        }
    });
    if let Some(error) = too_large {
        return Err(error.into());
    }
    let loaded = loaded.map_err(|found| Problem::of_input(&found))?;
    within_caps(&loaded.batch, &limits.caps)?;
    checked(file, own, loaded, (&books, limits))
}

/// A batch that was read, as it is stored: as text, whatever it was sent as. `own` is the batch file, or the workbook.
fn checked(
    file: String,
    own: Files,
    loaded: LoadedBatch,
    (books, limits): (&Books, &Limits),
) -> Result<Checked, Problem> {
    let batch = &loaded.batch;
    let portable = portable(loaded.text.as_bytes(), batch.name())
        .ok_or_else(|| Problem::internal(&"a batch file that was read could not be stored"))?;
    let others: Files = loaded.files.into_iter().skip(1).map(|file| (file.name, file.bytes)).collect();
    let tables = if others.is_empty() { own } else { others };
    let tables = input::in_text_files(books, tables).into_iter().map(|(name, bytes)| {
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        InputFile { name: format!("{stem}.csv"), bytes }
    });
    let batch_file = InputFile { name: BATCH_FILE.to_owned(), bytes: portable };
    let facts = BatchFacts {
        name: batch.name().to_owned(),
        description: batch.description().to_owned(),
        file,
        trials: batch.simulation().trials,
        scenarios: batch.scenarios().iter().map(|scenario| scenario.name.to_string()).collect(),
        warnings: loaded.warnings.iter().map(ToString::to_string).collect(),
        shards: shards(batch.scenarios().len(), limits),
    };
    let inputs = [batch_file].into_iter().chain(tables).collect();
    Ok(Checked { facts, inputs, portfolio: loaded.portfolio, batch: loaded.batch })
}

/// Into how many shards a batch is cut: few scenarios in each, and enough shards for all workers.
fn shards(scenarios: usize, limits: &Limits) -> usize {
    let small = scenarios.div_ceil(limits.caps.shard_scenarios.max(1));
    small.max(limits.workers).clamp(1, scenarios.max(1))
}

fn within_caps(batch: &Batch, caps: &Caps) -> Result<(), Problem> {
    let scenarios = batch.scenarios();
    let options = scenarios.iter().map(|scenario| scenario.options).max().unwrap_or(0);
    let all_options: usize = scenarios.iter().map(|scenario| scenario.options).sum();
    let trials =
        if scenarios.iter().any(|scenario| scenario.simulate) { batch.simulation().trials } else { 0 };
    let evaluations = (trials as u64).saturating_mul(all_options as u64);
    #[expect(clippy::cast_precision_loss, reason = "a count of options fits into 53 bits")]
    let seconds = batch.selection().time_limit.map_or(0.0, |limit| limit * all_options as f64);
    let over = |what: &str, asked: &dyn std::fmt::Display, most: &dyn std::fmt::Display| {
        Err(Problem::new(Kind::OverCap, format!("it asks for {asked} {what}; this server allows {most}")))
    };
    #[expect(clippy::cast_precision_loss, reason = "a cap in seconds fits into 53 bits")]
    let most_seconds = caps.seconds as f64;
    if batch.precision().is_some() {
        let text =
            "it asks for a `precision`, which needs all scenarios in one run: write `trials` in its place";
        return Err(Problem::new(Kind::InvalidInput, text.to_owned()));
    }
    match () {
        () if scenarios.len() > caps.scenarios => over("scenarios", &scenarios.len(), &caps.scenarios),
        () if options > caps.options => over("options per scenario", &options, &caps.options),
        () if trials > caps.trials => over("trials", &trials, &caps.trials),
        () if evaluations > caps.evaluations => {
            over("simulated options (trials × options of all scenarios)", &evaluations, &caps.evaluations)
        }
        () if seconds > most_seconds => {
            over("seconds (the time limit of all options together)", &seconds.round(), &caps.seconds)
        }
        () => Ok(()),
    }
}

/// The batch file with the portfolio where we put it and with a name; everything else stays as it was written, down to
/// comments and lines. `None` if it is no batch file.
pub fn portable(batch: &[u8], name: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(batch).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = toml::de::DeTable::parse(text).ok()?;
    let section = document.get_ref().get("batch")?.get_ref().as_table()?;
    let span = section.get("portfolio")?.span();
    let has_name = section.get("name").is_some();
    let text = format!("{}{TABLES:?}{}", &text[..span.start], &text[span.end..]);
    if has_name {
        return Some(text.into_bytes());
    }
    let mut document: toml::Table = text.parse().ok()?;
    document.get_mut("batch")?.as_table_mut()?.insert("name".to_owned(), name.into());
    toml::to_string(&document).ok().map(String::into_bytes)
}

/// The hash of a submission: the same files with the same options have the same.
pub fn body_hash(checked: &Checked, options: &str) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    add(options.as_bytes());
    for file in &checked.inputs {
        add(file.name.as_bytes());
        add(&file.bytes);
    }
    hex(&digest.finalize())
}

/// The name of the batch file in faults, made safe for display.
pub fn shown_name(name: &str) -> Result<String, UploadError> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_sound = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains(is_hidden);
    if is_sound {
        Ok(name.to_owned())
    } else {
        Err(UploadError::Malformed("a file has no usable name".to_owned()))
    }
}

/// The name of a file in a form, with the folders before it, as browsers send the files of a folder. Of a name that
/// begins at a drive or a root, or leads out of its folder, the last part is left.
pub fn name_with_folders(name: &str) -> Result<String, UploadError> {
    let mut parts: Vec<&str> = name.split(['/', '\\']).collect();
    let stays_within = parts.iter().all(|part| !matches!(*part, "" | "." | "..")) && !name.contains(':');
    if !stays_within {
        parts.drain(..parts.len() - 1);
    }
    let is_sound = |part: &&str| {
        !matches!(*part, "" | "." | "..") && part.chars().count() <= LONGEST_NAME && !part.contains(is_hidden)
    };
    if parts.iter().all(is_sound) && parts.len() <= LONGEST_NAME {
        Ok(parts.join("/"))
    } else {
        Err(UploadError::Malformed("a file has no usable name".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_batch_file_changes_in_nothing_but_the_portfolio() {
        let text = "# plan\r\n[batch]\r\nname = \"a\" # n\r\nportfolio   =   '../x'  # here\r\ngap = 0.1\r\n";
        let stored = String::from_utf8(portable(text.as_bytes(), "other").unwrap()).unwrap();
        assert_eq!(stored, text.replace("'../x'", "\"tables\""));
    }

    #[test]
    fn a_batch_without_a_name_keeps_that_of_its_file() {
        for text in
            ["[batch]\nportfolio = \"x\"\n[[scenario]]\nname = \"s\"\n", "batch = { portfolio = \"x\" }"]
        {
            let stored = String::from_utf8(portable(text.as_bytes(), "round 1").unwrap()).unwrap();
            let read: toml::Table = stored.parse().unwrap();
            assert_eq!(read["batch"]["name"].as_str(), Some("round 1"));
            assert_eq!(read["batch"]["portfolio"].as_str(), Some("tables"));
        }
    }
}
