//! `cutline submit`, `status`, `fetch` and `cancel`: batches on a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::control;
use crate::output::{self, RUN_FILE};
use crate::service::{Client, ClientError, zip_batch};

use super::run::default_folder;
use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::terminal::console::{note, print};

/// The server, and the token of the user.
#[derive(Debug, Args)]
pub struct ServerArguments {
    /// The server [default: the variable CUTLINE_SERVER, or http://127.0.0.1:8787]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// A file that holds the token [default: the variable CUTLINE_TOKEN holds the token itself]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl ServerArguments {
    fn client(&self) -> Result<Client, CliError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let server = self.server.clone().or_else(|| variable("CUTLINE_SERVER"));
        let token = match &self.token_file {
            None => variable("CUTLINE_TOKEN"),
            Some(path) => {
                let read = fs::read_to_string(path);
                let token =
                    read.map_err(|cause| CliError::Usage(format!("`{}`: {cause}", path.display())))?;
                Some(token.trim().to_owned())
            }
        };
        Ok(Client::new(server.as_deref().unwrap_or("http://127.0.0.1:8787"), token))
    }
}

#[derive(Debug, Args)]
pub struct SubmitArguments {
    /// The batch (TOML or .xlsx); it is sent with the tables of its portfolio
    #[arg(value_name = "BATCH.toml")]
    batch: PathBuf,
    #[command(flatten)]
    server: ServerArguments,
    /// Let all users of the server see it
    #[arg(long)]
    shared: bool,
    /// From -10 to 10: among your batches, higher ones go first
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    priority: i64,
    /// Submitting twice with the same key gives one batch
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Wait until it is over; the exit code then says how it went
    #[arg(long)]
    wait: bool,
    /// Wait, and write the results to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print what the server answers (JSON)
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct StatusArguments {
    /// The batch; the latest ones are listed if left out
    id: Option<String>,
    #[command(flatten)]
    server: ServerArguments,
    /// Print what the server answers (JSON)
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct FetchArguments {
    /// The batch
    id: String,
    #[command(flatten)]
    server: ServerArguments,
    /// Folder for the results; it must be new, empty, or hold results of an earlier run, which are replaced
    /// [default: out/ and the name of the batch]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CancelArguments {
    /// The batch
    id: String,
    #[command(flatten)]
    server: ServerArguments,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Sends a batch.
pub fn submit(arguments: &SubmitArguments) -> Result<Finish, CliError> {
    let client = arguments.server.client()?;
    // Faults are reported here already; the server checks again.
    let loaded = control::load_batch(&arguments.batch).map_err(CliError::Input)?;
    note_diagnostics(&loaded.warnings);
    if let Some(out) = &arguments.out {
        output::check_destination(out).map_err(CliError::Destination)?;
    }
    let archive = zip_batch(&loaded.files)?;
    let key = arguments.idempotency_key.as_deref();
    let batch = client.submit(&archive, arguments.shared, arguments.priority, key)?;
    let id = text(&batch, "id").to_owned();
    if !arguments.wait && arguments.out.is_none() {
        print(&if arguments.json { pretty(&batch) } else { id })?;
        return Ok(Finish::Done);
    }
    note(&format!("Submitted as {id}."));
    let batch = wait(&client, &id)?;
    if let Some(out) = arguments.out.as_deref().filter(|_| text(&batch, "state") == "done") {
        get_results(&client, &id, out)?;
        note(&format!("Results: {}", out.display()));
    }
    print(&if arguments.json { pretty(&batch) } else { line(&batch) })?;
    Ok(finish(&batch))
}

/// Waits until a batch is over; a server that is away for a while is waited for too.
fn wait(client: &Client, id: &str) -> Result<Value, CliError> {
    const PATIENCE: u32 = 60;
    let (mut pause, mut told, mut silent) = (Duration::from_millis(100), String::new(), 0);
    loop {
        match client.batch(id) {
            Ok(batch) => {
                silent = 0;
                if matches!(text(&batch, "state"), "done" | "failed" | "cancelled") {
                    return Ok(batch);
                }
                let line = line(&batch);
                if line != told {
                    note(&line);
                    told = line;
                }
            }
            Err(error) if error.may_pass() && silent < PATIENCE => silent += 1,
            Err(error) => return Err(error.into()),
        }
        sleep(pause);
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

fn finish(batch: &Value) -> Finish {
    match text(batch, "state") {
        "failed" => Finish::Failed,
        "done" if batch.get("complete").and_then(Value::as_bool) == Some(false) => Finish::Stopped,
        "cancelled" => Finish::Stopped,
        _ => Finish::Done,
    }
}

/// A batch in one line.
fn line(batch: &Value) -> String {
    let count = |key: &str| batch.pointer(&format!("/progress/{key}")).and_then(Value::as_i64);
    let mut line = format!("{}  {}  {}", text(batch, "id"), text(batch, "state"), text(batch, "name"));
    if let (Some(done), Some(all)) = (count("scenarios_done"), count("scenarios")) {
        line.push_str(&format!("  {done} of {all} scenarios"));
    }
    if let Some(left) = count("seconds_left") {
        line.push_str(&format!(", about {left} s left"));
    }
    if batch.get("complete").and_then(Value::as_bool) == Some(false) {
        line.push_str("  (not complete: a limit was met)");
    }
    if let Some(failure) = batch.get("failure").and_then(Value::as_str) {
        line.push_str(&format!("  {failure}"));
    }
    line
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Prints the progress of a batch.
pub fn status(arguments: &StatusArguments) -> Result<Finish, CliError> {
    let client = arguments.server.client()?;
    let answer = match &arguments.id {
        Some(id) => client.batch(id)?,
        None => client.batches()?,
    };
    let shown = match answer.get("batches").and_then(Value::as_array) {
        _ if arguments.json => pretty(&answer),
        None => line(&answer),
        Some(batches) => batches.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    print(&shown)?;
    Ok(Finish::Done)
}

/// Gets the results of a batch.
pub fn fetch(arguments: &FetchArguments) -> Result<Finish, CliError> {
    let client = arguments.server.client()?;
    let batch = client.batch(&arguments.id)?;
    let out = arguments.out.clone().unwrap_or_else(|| default_folder(text(&batch, "name")));
    output::check_destination(&out).map_err(CliError::Destination)?;
    let count = get_results(&client, &arguments.id, &out)?;
    print(&format!("Results: {} ({count} files)", out.display()))?;
    Ok(finish(&batch))
}

/// Writes the results of a batch to a folder, the record last: a folder without one is not whole.
fn get_results(client: &Client, id: &str, out: &Path) -> Result<usize, CliError> {
    let mut files = client.results(id)?;
    files.sort_by_key(|file| file.name == RUN_FILE);
    let failed = |path: &Path, cause| CliError::File { path: path.to_owned(), cause };
    fs::create_dir_all(out).map_err(|cause| failed(out, cause))?;
    for file in &files {
        // A server does not choose where we write.
        if Path::new(&file.name).file_name() != Some(file.name.as_ref()) {
            return Err(ClientError::Unexpected(format!("a result called `{}`", file.name)).into());
        }
        let path = out.join(&file.name);
        let bytes = client.result(id, file)?;
        let partial = out.join(format!(".{}.partial", file.name));
        fs::write(&partial, bytes).map_err(|cause| failed(&partial, cause))?;
        fs::rename(&partial, &path).map_err(|cause| failed(&path, cause))?;
    }
    Ok(files.len())
}

/// Cancels a batch.
pub fn cancel(arguments: &CancelArguments) -> Result<Finish, CliError> {
    let batch = arguments.server.client()?.cancel(&arguments.id)?;
    print(&line(&batch))?;
    Ok(Finish::Done)
}
