//! The child process that validates a submission: whatever a stranger's few bytes unpack to takes memory here and not
//! in the server.
//!
//! Server and child meet in a folder: the server leaves `order.json` and `request` (or, for a rerun, the inputs of the
//! batch); the child leaves `outcome.json`, the inputs of a sound batch, and excerpts of faulty files for a page.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::input::Files;
use crate::output::report_subject;
use crate::service::overrides::{self, OverrideError, Overrides, Parent};
use crate::service::problem::{Kind, NO_MEMORY, Problem};
use crate::service::settings::Limits;

use super::excerpt::{Excerpts, excerpts};
use super::options::SubmitOptions;
use super::receive::{self, REQUEST, Spooled};
use super::submit::{BATCH_FILE, BatchFacts, Checked, body_hash, check};
use super::upload::{Tables, Upload, UploadError};

const ORDER: &str = "order.json";
const OUTCOME: &str = "outcome.json";
const EXCERPTS: &str = "excerpts.json";
/// What a report tells beside the tables, in the folder of a validation.
pub(super) const SUBJECT: &str = "subject.json";

/// A submission to be validated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub source: Source,
    pub options: SubmitOptions,
    pub limits: Limits,
    /// Bytes of all files, once inflated, beyond which the child leaves the submission to another one.
    pub most: u64,
    /// Bytes of memory that the child may take.
    pub memory: u64,
    /// True if a page shows the faults.
    pub is_shown: bool,
    /// True if what a report tells of the portfolio is to be left, too.
    #[serde(default)]
    pub is_described: bool,
}

/// Source of a submission.
#[derive(Debug, Serialize, Deserialize)]
pub enum Source {
    /// What a client sent, of this type.
    Request { content_type: String },
    /// The inputs of a batch, changed.
    Rerun(Box<Rerun>),
}

/// A batch to be run again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rerun {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of its batch file, as its owner knows it.
    pub file: String,
    /// The names of its inputs; that at place `n` lies in the folder as `input-n`.
    pub inputs: Vec<String>,
    pub overrides: Overrides,
}

/// Outcome of a validation.
#[derive(Debug, Serialize, Deserialize)]
pub enum Outcome {
    Sound(Box<SoundBatch>),
    Refused(Problem),
    /// It inflates to more than this child was to take.
    TooLargeForThis,
}

/// A batch that can be run. Its inputs lie in the folder of the validation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SoundBatch {
    pub facts: BatchFacts,
    pub options: SubmitOptions,
    /// The hash of the inputs and options.
    pub body: String,
    pub inputs: Vec<SoundInput>,
}

/// An input file of a sound batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SoundInput {
    /// The name that the batch knows it by.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// The name in the folder of the input at a place of a batch that is run again.
pub fn input_file(place: usize) -> String {
    format!("input-{place}")
}

/// The name in the folder of the input at a place of a sound batch.
pub(super) fn sound_file(place: usize) -> String {
    format!("sound-{place}")
}

// ---- The server's side of the folder --------------------------------------------------------------------------------

/// Leaves an order, in place of a former one and of what was left for that.
pub(super) fn write_order(folder: &Path, order: &Order) -> io::Result<()> {
    for former in [OUTCOME, EXCERPTS] {
        match fs::remove_file(folder.join(former)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    write(&folder.join(ORDER), order)
}

/// The outcome that a child left; `None` if it left none.
pub(super) fn read_outcome(folder: &Path) -> Option<Outcome> {
    read(&folder.join(OUTCOME)).ok()
}

/// The excerpts that a child left; none if it was not asked, or could not make them.
pub(super) fn read_excerpts(folder: &Path) -> Excerpts {
    read(&folder.join(EXCERPTS)).unwrap_or_default()
}

/// Writes a file that is there whole or not at all.
fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut target = BufWriter::new(File::create(&partial)?);
    serde_json::to_writer(&mut target, value)?;
    target.flush()?;
    fs::rename(partial, path)
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
}

// ---- The child's side -----------------------------------------------------------------------------------------------

/// Validates the submission in a folder, in this process, which then takes no more memory than its order grants.
///
/// # Errors
/// If the folder cannot be read or written, or the memory does not do (`OutOfMemory`).
pub fn examine_submission(folder: &Path) -> io::Result<()> {
    let order: Order = read(&folder.join(ORDER))?;
    limit_memory(order.memory);
    let outcome = outcome(folder, &order)?;
    // The refusal stands even if the excerpts take too much.
    write(&folder.join(OUTCOME), &outcome)?;
    leave_excerpts(folder, &order, &outcome)
}

/// Validates the submission in a folder in the server's own process, which keeps no limit of memory.
///
/// # Errors
/// If the folder cannot be read or written.
pub(super) fn examine_here(folder: &Path, order: &Order) -> io::Result<Outcome> {
    let outcome = outcome(folder, order)?;
    leave_excerpts(folder, order, &outcome)?;
    Ok(outcome)
}

/// Leaves the excerpts of a refusal that a page shows.
fn leave_excerpts(folder: &Path, order: &Order, outcome: &Outcome) -> io::Result<()> {
    match outcome {
        Outcome::Refused(problem) if order.is_shown && !problem.faults.is_empty() => {
            let (upload, _) = received(folder, order).map_err(|problem| io::Error::other(problem.detail))?;
            write(&folder.join(EXCERPTS), &excerpts(&problem.faults, &upload.into_files()))
        }
        _ => Ok(()),
    }
}

/// Limits the memory of this process where the system can, and has the system take it before others if memory runs out.
fn limit_memory(bytes: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    // Elsewhere than on Linux, this limit knows nothing of memory that is mapped.
    let kind = if cfg!(target_os = "linux") { Resource::Data } else { Resource::As };
    let _ = setrlimit(kind, limit);
    let _ = fs::write("/proc/self/oom_score_adj", "800");
}

fn outcome(folder: &Path, order: &Order) -> io::Result<Outcome> {
    let is_bounded = order.most < order.limits.upload.unzipped;
    let (upload, options) = match received(folder, order) {
        Ok(received) => received,
        Err(problem) if problem.detail == NO_MEMORY => return Err(io::ErrorKind::OutOfMemory.into()),
        Err(problem) if is_bounded && problem.is_of(Kind::TooLarge) => return Ok(Outcome::TooLargeForThis),
        Err(problem) => return Ok(Outcome::Refused(problem)),
    };
    match check(upload, &order.limits) {
        Ok(checked) => Ok(Outcome::Sound(Box::new(kept(folder, order, checked, options)?))),
        Err(problem) => Ok(Outcome::Refused(problem)),
    }
}

/// Reads the submission.
fn received(folder: &Path, order: &Order) -> Result<(Upload, SubmitOptions), Problem> {
    match &order.source {
        Source::Request { content_type } => {
            let file = File::open(folder.join(REQUEST)).map_err(UploadError::Io)?;
            let mut limits = order.limits.upload;
            limits.unzipped = limits.unzipped.min(order.most);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Problem::internal(&error))?;
            let spooled = Spooled { file, content_type: content_type.clone() };
            runtime.block_on(receive::read(spooled, order.options.clone(), limits))
        }
        Source::Rerun(rerun) => Ok((changed(folder, rerun)?, order.options.clone())),
    }
}

/// The inputs of a batch with another batch file.
fn changed(folder: &Path, rerun: &Rerun) -> Result<Upload, Problem> {
    let mut files = Files::new();
    for (place, name) in rerun.inputs.iter().enumerate() {
        let bytes = fs::read(folder.join(input_file(place))).map_err(UploadError::Io)?;
        files.insert(name.clone(), bytes);
    }
    let batch = files.remove(BATCH_FILE).unwrap_or_default();
    let parent = Parent { id: &rerun.id, name: &rerun.name, tables: &files };
    let batch = overrides::apply(&batch, &rerun.overrides, &parent).map_err(|error| {
        let kind = match error {
            OverrideError::NotToml(_) => Kind::Malformed,
            _ => Kind::InvalidInput,
        };
        Problem::new(kind, error.to_string())
    })?;
    Ok(Upload { file: rerun.file.clone(), batch, tables: Tables::Given(files) })
}

/// Leaves the inputs of a sound batch in the folder.
fn kept(folder: &Path, order: &Order, checked: Checked, options: SubmitOptions) -> io::Result<SoundBatch> {
    let parent = match &order.source {
        Source::Rerun(rerun) => rerun.id.as_str(),
        Source::Request { .. } => "",
    };
    let body = body_hash(&checked, &format!("{} {} {parent}", options.shared, options.priority));
    if order.is_described {
        write(&folder.join(SUBJECT), &report_subject((&checked.portfolio, &checked.batch)))?;
    }
    let mut inputs = Vec::new();
    for (place, file) in checked.inputs.into_iter().enumerate() {
        fs::write(folder.join(sound_file(place)), &file.bytes)?;
        inputs.push(SoundInput { name: file.name, bytes: file.bytes.len() as u64 });
    }
    Ok(SoundBatch { facts: checked.facts, options, body, inputs })
}
