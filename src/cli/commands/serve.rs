//! `cutline serve` and `cutline token`: commands for operators.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};

use crate::control;
use crate::distribute::child::Event;
use crate::output;
use crate::service::{
    self, Caps, ConnectionLimits, Keep, Retries, Role, ServiceSettings, Shares, SlurmSettings, TokenInfo,
    UploadLimits, Validation, backup, check_backup,
};

use crate::cli::error::{CliError, Finish};
use crate::cli::options::ExecutorName;
use crate::cli::process::child::end_when_stdin_ends;
use crate::cli::terminal::console::{note, print};

const KIB: u64 = 1 << 10;

/// Arguments of `cutline serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on; one that other machines can reach requires tokens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// The folder of everything that is kept: submissions, results, tokens, the audit log
    #[arg(long, value_name = "DIR", default_value = "cutline-data")]
    data: PathBuf,
    /// Child processes at a time [default: one per processor; with Slurm, 16, one of which watches over each batch]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    workers: Option<u16>,
    /// Threads of each child process, or task of Slurm
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Demand tokens on a loopback address too
    #[arg(long)]
    require_tokens: bool,
    /// A name that browsers know the server by, behind a proxy; may be repeated
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// An origin whose pages may call the server (CORS), such as `https://plan.example`; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Address of a proxy whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<IpAddr>,
    /// Bytes that inputs, results and the rows of the store may take in all; beyond that new work is refused
    #[arg(long, value_name = "SIZE", default_value = "20G", value_parser = size)]
    quota: u64,
    /// Bytes that stay free on the disk
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = size)]
    keep_free: u64,
    /// Time for which a deleted batch can be restored; it counts against the quota until then
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time)]
    restorable: Duration,
    /// Time that batches are kept after they are over, such as `90d` [default: for ever]
    #[arg(long, value_name = "TIME", value_parser = time)]
    retention: Option<Duration>,
    /// Time limit of a request
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    request_timeout: Duration,
    /// Time that running work has left once the server is asked to stop
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = time)]
    drain: Duration,
    /// Format of the log, on stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Json)]
    log: LogFormat,
    #[command(flatten, next_help_heading = "Running shards on a cluster")]
    cluster: ClusterArguments,
    #[command(flatten, next_help_heading = "How many may connect")]
    connections: ConnectionArguments,
    #[command(flatten, next_help_heading = "What one submission may bring")]
    upload: UploadArguments,
    #[command(flatten, next_help_heading = "What one batch and one user may ask for")]
    caps: CapArguments,
    #[command(flatten, next_help_heading = "When work goes wrong")]
    retries: RetryArguments,
}

#[derive(Debug, Args)]
struct ClusterArguments {
    /// Executor of the shards of batches: child processes (local), or tasks of a Slurm cluster (slurm)
    #[arg(long, value_enum, value_name = "WHERE", default_value = "local")]
    executor: ExecutorName,
    /// The folder of work that is not over [default: in the data folder]; all machines of a cluster must see it under
    /// this path, and no two servers may share it
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// slurm: the partition [default: that of the cluster]
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// slurm: a further argument of `sbatch`, such as --sbatch-arg=--mem=4G; may be repeated
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    sbatch_arg: Vec<String>,
}

impl ClusterArguments {
    fn slurm(&self) -> Result<Option<SlurmSettings>, CliError> {
        let settings =
            SlurmSettings { partition: self.partition.clone(), arguments: self.sbatch_arg.clone() };
        match self.executor {
            ExecutorName::Slurm => Ok(Some(settings)),
            ExecutorName::Local if self.partition.is_none() && self.sbatch_arg.is_empty() => Ok(None),
            ExecutorName::Local => {
                Err(CliError::Usage("--partition and --sbatch-arg need --executor slurm".to_owned()))
            }
        }
    }
}

#[derive(Debug, Args)]
struct ConnectionArguments {
    /// Connections at a time; a few more are kept for /healthz, /readyz and /metrics
    #[arg(long, value_name = "N", default_value = "1024", value_parser = clap::value_parser!(u16).range(1..))]
    max_connections: u16,
    /// Connections of one address (of a network of 64 bits with IPv6); trusted proxies may have more
    #[arg(long, value_name = "N", default_value = "256", value_parser = clap::value_parser!(u16).range(1..))]
    max_connections_per_address: u16,
    /// Streams of events at a time
    #[arg(long, value_name = "N", default_value = "512", value_parser = clap::value_parser!(u16).range(1..))]
    max_followers: u16,
    /// Streams of events of one user; a browser needs one for all its tabs
    #[arg(long, value_name = "N", default_value = "64", value_parser = clap::value_parser!(u16).range(1..))]
    max_followers_per_user: u16,
}

impl ConnectionArguments {
    fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            all: self.max_connections.into(),
            of_address: self.max_connections_per_address.into(),
            followers: self.max_followers.into(),
            of_user: self.max_followers_per_user.into(),
        }
    }
}

#[derive(Debug, Args)]
struct UploadArguments {
    /// Bytes of a request
    #[arg(long, value_name = "SIZE", default_value = "32M", value_parser = size)]
    max_upload: u64,
    /// Bytes of all its files, once unzipped
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size)]
    max_unzipped: u64,
    /// Files
    #[arg(long, value_name = "N", default_value = "200")]
    max_files: usize,
    /// Rows of a table
    #[arg(long, value_name = "N", default_value = "200000")]
    max_rows: usize,
    /// Columns of a table
    #[arg(long, value_name = "N", default_value = "1000")]
    max_columns: usize,
    /// Memory that the validation of one may take, in a child process of its own
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = size)]
    validation_memory: u64,
    /// Time that it may take
    #[arg(long, value_name = "TIME", default_value = "25s", value_parser = time)]
    validation_time: Duration,
}

impl UploadArguments {
    fn limits(&self) -> UploadLimits {
        UploadLimits {
            body: self.max_upload,
            files: self.max_files,
            unzipped: self.max_unzipped,
            rows: self.max_rows,
            columns: self.max_columns,
        }
    }
}

#[derive(Debug, Args)]
struct CapArguments {
    /// Scenarios of a batch
    #[arg(long, value_name = "N", default_value = "2000")]
    max_scenarios: usize,
    /// Options of a scenario
    #[arg(long, value_name = "N", default_value = "200")]
    max_options: usize,
    /// Trials of a batch
    #[arg(long, value_name = "N", default_value = "1000000")]
    max_trials: usize,
    /// Trials times options, over all scenarios of a batch
    #[arg(long, value_name = "N", default_value = "10000000000")]
    max_evaluations: u64,
    /// Largest sum of the time limits of all options of a batch
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = time)]
    max_time: Duration,
    /// Time after which a shard is stopped
    #[arg(long, value_name = "TIME", default_value = "6h", value_parser = time)]
    max_shard_time: Duration,
    /// Scenarios that one child process runs
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..))]
    shard_scenarios: u16,
    /// Child processes of one user at a time [default: no other limit than the workers]
    #[arg(long, value_name = "N")]
    max_running_per_user: Option<usize>,
    /// Unfinished batches of one user
    #[arg(long, value_name = "N", default_value = "1000")]
    max_unfinished_per_user: usize,
}

impl CapArguments {
    fn caps(&self) -> Caps {
        Caps {
            scenarios: self.max_scenarios,
            options: self.max_options,
            trials: self.max_trials,
            evaluations: self.max_evaluations,
            seconds: self.max_time.as_secs(),
            shard_seconds: self.max_shard_time.as_secs(),
            shard_scenarios: self.shard_scenarios.into(),
        }
    }
}

#[derive(Debug, Args)]
struct RetryArguments {
    /// Attempts at a task that is killed or runs out of disk
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
    /// The pause before the second try; each further one is twice as long
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = time)]
    retry_pause: Duration,
    /// Time without output or use of a processor after which a child process is stopped as stuck
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time)]
    silence: Duration,
}

impl RetryArguments {
    fn retries(&self) -> Retries {
        Retries { attempts: self.attempts, pause: self.retry_pause, silence: self.silence }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    Json,
    Text,
}

impl ServeArguments {
    fn settings(&self) -> Result<ServiceSettings, CliError> {
        // A process that watches a cluster uses next to nothing of this machine.
        const WATCHERS: usize = 16;
        let slurm = self.cluster.slurm()?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let usual = if slurm.is_some() { WATCHERS } else { processors };
        let workers = self.workers.map_or(usual, usize::from);
        Ok(ServiceSettings {
            address: self.listen,
            data: self.data.clone(),
            work: self.cluster.work.clone(),
            slurm,
            workers,
            threads: self.threads.into(),
            demands_tokens: self.require_tokens,
            hosts: self.host.clone(),
            origins: self.allow_origin.clone(),
            proxies: self.trusted_proxy.clone(),
            connections: self.connections.limits(),
            upload: self.upload.limits(),
            validation: Validation {
                memory: self.upload.validation_memory,
                time: self.upload.validation_time,
            },
            caps: self.caps.caps(),
            shares: Shares {
                running: self.caps.max_running_per_user.unwrap_or(workers),
                unfinished: self.caps.max_unfinished_per_user,
            },
            retries: self.retries.retries(),
            keep: Keep {
                quota: self.quota,
                free: self.keep_free,
                restorable: self.restorable,
                retention: self.retention,
            },
            request_timeout: self.request_timeout,
            drain: self.drain,
        })
    }
}

/// Serves until a signal stops it.
pub fn serve(arguments: &ServeArguments) -> Result<Finish, CliError> {
    service::write_log(matches!(arguments.log, LogFormat::Json));
    let settings = arguments.settings()?;
    let needs_tokens = settings.needs_tokens();
    service::serve(settings, |address| {
        let access = if needs_tokens { "with a token" } else { "from this machine only, without a token" };
        note(&format!("Serving on http://{address} ({access}). Stop with Ctrl-C."));
    })?;
    Ok(Finish::Done)
}

/// Arguments of `cutline examine-submission`.
#[derive(Debug, Args)]
pub struct ExamineArguments {
    /// The folder in which the server left the submission
    dir: PathBuf,
}

/// Arguments of `cutline make-file`.
#[derive(Debug, Args)]
pub struct FileArguments {
    /// The file: workbook.xlsx or report.html
    #[arg(value_parser = PossibleValuesParser::new(output::ADDED_FILES))]
    file: String,
    /// The batch file (TOML)
    batch: PathBuf,
    /// The folder of its results, into which the file is written
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
}

/// Makes a file of results that are there, as a child of a server.
pub fn make_file(arguments: &FileArguments) -> Result<Finish, CliError> {
    // Without its server, nobody reads the file.
    end_when_stdin_ends();
    let loaded = control::load_batch(&arguments.batch).map_err(CliError::Input)?;
    let batch = (&loaded.portfolio, &loaded.batch);
    output::add_file(&arguments.results, &arguments.file, batch).map_err(CliError::Write)?;
    Ok(Finish::Done)
}

/// Validates a submission as a child of a server, and says that it is done.
pub fn examine(arguments: &ExamineArguments) -> Result<Finish, CliError> {
    service::write_log(true);
    // Without its server, nobody reads the outcome.
    end_when_stdin_ends();
    match service::examine_submission(&arguments.dir) {
        Ok(()) => {}
        Err(cause) if cause.kind() == std::io::ErrorKind::OutOfMemory => {
            return Err(CliError::Scheduler("the submission needs more memory".to_owned()));
        }
        Err(cause) => return Err(CliError::File { path: arguments.dir.clone(), cause }),
    }
    let done = serde_json::to_string(&Event::Done {});
    print(&done.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
    Ok(Finish::Done)
}

/// Tokens and backups of a server.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, once: it is stored nowhere
    Create {
        /// The user of the token
        #[arg(long)]
        name: String,
        /// The role of the user
        #[arg(long, value_enum, default_value_t = RoleWord::Analyst)]
        role: RoleWord,
        /// Validity, such as `90d` [default: until it is revoked]
        #[arg(long, value_name = "TIME", value_parser = time)]
        expires: Option<Duration>,
        #[command(flatten)]
        place: DataFolder,
    },
    /// List all tokens, without their secrets
    List {
        #[command(flatten)]
        place: DataFolder,
    },
    /// Revoke the token of a user, at once
    Revoke {
        /// The user
        #[arg(long)]
        name: String,
        #[command(flatten)]
        place: DataFolder,
    },
}

/// Which server is meant.
#[derive(Debug, Args)]
pub struct DataFolder {
    /// The folder of everything that the server keeps
    #[arg(long, value_name = "DIR", default_value = "cutline-data")]
    data: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleWord {
    /// Reads what is shared
    Viewer,
    /// Submits batches, and manages their own
    Analyst,
    /// Manages everything
    Admin,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Analyst => Self::Analyst,
            RoleWord::Admin => Self::Admin,
        }
    }
}

/// Makes, lists and revokes tokens.
pub fn token(command: &TokenCommand) -> Result<Finish, CliError> {
    match command {
        TokenCommand::Create { name, role, expires, place } => {
            let token = service::create_token(&place.data, name, (*role).into(), *expires)?;
            note("Keep it well: it cannot be shown again.");
            print(&token)?;
        }
        TokenCommand::List { place } => {
            let tokens = service::list_tokens(&place.data)?;
            let lines: Vec<String> = tokens.iter().map(line).collect();
            print(&lines.join("\n"))?;
        }
        TokenCommand::Revoke { name, place } => {
            if !service::revoke_token(&place.data, name)? {
                return Err(CliError::Usage(format!("there is no token in use by the name `{name}`")));
            }
            note(&format!("The token of `{name}` opens nothing any more."));
        }
    }
    Ok(Finish::Done)
}

fn line(token: &TokenInfo) -> String {
    let TokenInfo { name, role, created, expires, used, state } = token;
    let expires = expires.as_deref().unwrap_or("never");
    let used = used.as_deref().unwrap_or("never");
    format!("{name}  {role}  {state}  created {created}  expires {expires}  last used {used}")
}

// ---- Backups --------------------------------------------------------------------------------------------------------

/// Backups of a server's data.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Copy everything to a new folder, while the server runs; the copy is itself a data folder
    Create {
        /// The new folder
        to: PathBuf,
        #[command(flatten)]
        place: DataFolder,
    },
    /// Hold every file of a data folder to its hash
    Check {
        #[command(flatten)]
        place: DataFolder,
    },
}

/// Makes and checks backups.
pub fn backup_command(command: &BackupCommand) -> Result<Finish, CliError> {
    match command {
        BackupCommand::Create { to, place } => {
            let copied = backup(&place.data, to)?;
            note(&format!("{copied} files and the store were copied to {}.", to.display()));
            Ok(Finish::Done)
        }
        BackupCommand::Check { place } => {
            let damaged = check_backup(&place.data)?;
            if damaged.is_empty() {
                note("Every file is whole.");
                return Ok(Finish::Done);
            }
            damaged.iter().for_each(|path| note(&format!("damaged or missing: {}", path.display())));
            Ok(Finish::Failed)
        }
    }
}

// ---- Sizes and times ------------------------------------------------------------------------------------------------

/// `512M`, `20G`, `1000` bytes.
fn size(text: &str) -> Result<u64, String> {
    let units = [("T", KIB.pow(4)), ("G", KIB.pow(3)), ("M", KIB.pow(2)), ("K", KIB), ("", 1)];
    with_unit(text, &units).ok_or_else(|| "write a size such as 512M or 20G".to_owned())
}

/// `30s`, `15m`, `6h`, `90d`.
fn time(text: &str) -> Result<Duration, String> {
    let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let time = with_unit(text, &units).map(Duration::from_millis);
    time.ok_or_else(|| "write a time such as 30s, 15m, 6h or 90d".to_owned())
}

fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(["1000", "3K", "2G"].map(size), [Ok(1000), Ok(3072), Ok(2 << 30)]);
        assert_eq!(time("90d"), Ok(Duration::from_secs(90 * 86_400)));
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "m", "-1s", "5", "3 h", "99999999999999999999s", "99999999999999999d"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert!(size("12X").is_err() && size("1.5G").is_err());
    }
}
