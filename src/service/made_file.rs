//! The workbook and the report of a batch that is done, made when somebody asks for one: by a child process, as every reading of a batch is,
//! from the results and the input in the store. Equal results make equal bytes, so that nothing of it is kept.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::distribute::child::{End, Supervisor};
use crate::output::RUN_FILE;

use super::Service;
use super::inputs::put_inputs;
use super::problem::{Kind, Problem};
use super::store::{ObjectRef, StoreError};
use super::submission::submit::BATCH_FILE;

/// The folders of input and results in that of the work on a file.
const SOURCE: &str = "source";
const RESULTS: &str = "results";
/// Polling intervals of a child, and of one that has closed its output.
const TICK: Duration = Duration::from_millis(50);
const QUICK_TICK: Duration = Duration::from_millis(1);

/// Makes a workbook or a report of a batch with these results, by the name of the file, as a file that has no name and vanishes when it is closed.
///
/// # Errors
/// If it takes longer than the service grants, or the store or the disk fails.
pub(super) fn make_file(
    service: &Service,
    batch: &str,
    files: &[(String, ObjectRef)],
    name: &str,
) -> Result<File, Problem> {
    let failed = |cause: io::Error| StoreError::Io { path: service.scratch(), cause };
    let folder = TempDir::new_in(service.scratch()).map_err(failed)?;
    put_inputs(service, batch, &folder.path().join(SOURCE))?;
    let results = folder.path().join(RESULTS);
    put_results(service, files, &results).map_err(failed)?;
    let (end, said) = run(service, folder.path(), name).map_err(failed)?;
    match end {
        Some(End::Code(0)) => {}
        Some(end) => return Err(Problem::internal(&format!("{name} was not made: {end:?}: {said}"))),
        None => {
            let seconds = service.settings.validation.time.as_secs_f64();
            let form = name.rsplit('.').next().unwrap_or_default();
            let detail = format!(
                "{name} takes longer than the {seconds} seconds that the service grants: make it with `cutline run \
                 --format {form}`, or ask the operator to raise --validation-time"
            );
            return Err(Problem::new(Kind::TooLarge, detail));
        }
    }
    let mut made = tempfile::tempfile_in(service.scratch()).map_err(failed)?;
    let mut from = File::open(results.join(name)).map_err(failed)?;
    io::copy(&mut from, &mut made).map_err(failed)?;
    Ok(made)
}

/// Puts the tables of results, and their record, into a folder under their own names.
fn put_results(service: &Service, files: &[(String, ObjectRef)], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, object) in files.iter().filter(|(name, _)| name.ends_with(".csv") || name == RUN_FILE) {
        let (from, to) = (service.objects.path(&object.hash), folder.join(name));
        fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop))?;
    }
    Ok(())
}

/// Runs the child to its end; `None` if its time is over.
fn run(service: &Service, folder: &Path, name: &str) -> io::Result<(Option<End>, String)> {
    let mut command = Command::new(&service.program);
    command.args(["make-file", name]).arg(folder.join(SOURCE).join(BATCH_FILE)).arg("--results");
    command.arg(folder.join(RESULTS)).current_dir(folder).env_remove("RUST_LOG");
    let until = Instant::now() + service.settings.validation.time;
    thread::scope(|scope| {
        let (tell, heard) = mpsc::channel();
        let mut child = Supervisor::start(scope, &mut command, Duration::ZERO, move |heard| {
            let _ = tell.send(heard);
        })?;
        let end = loop {
            match child.poll() {
                Ok(None) if Instant::now() < until => {}
                Ok(None) => break Ok(None),
                ended => break ended,
            }
            if heard.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                thread::sleep(QUICK_TICK);
            }
        };
        if !matches!(end, Ok(Some(_))) {
            child.kill();
        }
        let said = child.last_heard().last_lines(20);
        Ok((end?, said))
    })
}
