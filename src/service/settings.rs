//! What the operator decides.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::submission::UploadLimits;

/// How the service runs.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Where it listens. An address that other machines can reach demands tokens.
    pub address: SocketAddr,
    /// The folder of everything it keeps.
    pub data: PathBuf,
    /// Where work goes on that is not over; in the data folder if `None`.
    pub work: Option<PathBuf>,
    /// The Slurm cluster that runs shards; if `None`, child processes do.
    pub slurm: Option<SlurmSettings>,
    /// How many child processes work at a time.
    pub workers: usize,
    /// How many threads each of them has.
    pub threads: usize,
    /// Whether tokens are demanded on a loopback address too.
    pub demands_tokens: bool,
    /// Names that browsers may know it by, beside those of the machine itself (behind a proxy).
    pub hosts: Vec<String>,
    /// Pages of other origins that may call it.
    pub origins: Vec<String>,
    /// How much one submission may bring.
    pub upload: UploadLimits,
    /// How much one batch may ask for.
    pub caps: Caps,
    /// How the work of users is shared out.
    pub shares: Shares,
    /// When and how often a task is tried again.
    pub retries: Retries,
    /// How much may be kept, and how long.
    pub keep: Keep,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long running tasks may go on once the service is asked to stop.
    pub drain: Duration,
}

/// How shards are handed to a Slurm cluster.
#[derive(Clone, Debug, Default)]
pub struct SlurmSettings {
    /// The partition; `None`: the default one.
    pub partition: Option<String>,
    /// Further arguments of `sbatch`, as they are.
    pub arguments: Vec<String>,
}

/// How much one batch may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Scenarios.
    pub scenarios: usize,
    /// Options of a scenario.
    pub options: usize,
    /// Trials.
    pub trials: usize,
    /// Simulated options: trials times options, over all scenarios.
    pub evaluations: u64,
    /// Seconds that the time limits of all options may add up to.
    pub seconds: u64,
    /// Seconds after which a shard is given up.
    pub shard_seconds: u64,
    /// Scenarios in a shard.
    pub shard_scenarios: usize,
}

/// How the work of users is shared out.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Tasks of one user at a time.
    pub running: usize,
    /// Unfinished batches of one user.
    pub unfinished: usize,
}

/// When and how often a task is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// How many tries may fail.
    pub attempts: u32,
    /// The pause before the second try; each further one is twice as long.
    pub pause: Duration,
    /// After this long without a word and without using the processor, a child process is killed.
    pub silence: Duration,
}

/// How much may be kept, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Bytes of all inputs and results; new work is refused beyond that.
    pub quota: u64,
    /// Bytes that stay free on the disk.
    pub free: u64,
    /// How long a batch that is over is kept; for ever if `None`.
    pub retention: Option<Duration>,
}

impl ServiceSettings {
    /// Whether requests must bring a token.
    pub fn needs_tokens(&self) -> bool {
        self.demands_tokens || !self.address.ip().is_loopback()
    }
}
