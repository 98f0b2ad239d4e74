//! Settings of the operator.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::submission::UploadLimits;

/// Settings of the service.
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Address to listen on. An address that other machines can reach requires tokens.
    pub address: SocketAddr,
    /// The folder of everything it keeps.
    pub data: PathBuf,
    /// Folder for the work on unfinished batches; in the data folder if `None`.
    pub work: Option<PathBuf>,
    /// The Slurm cluster that runs shards; if `None`, child processes do.
    pub slurm: Option<SlurmSettings>,
    /// Child processes at a time.
    pub workers: usize,
    /// Threads of each child process.
    pub threads: usize,
    /// True if tokens are required on loopback addresses, too.
    pub demands_tokens: bool,
    /// Further names by which browsers may reach it (behind a proxy).
    pub hosts: Vec<String>,
    /// Pages of other origins that may call it.
    pub origins: Vec<String>,
    /// Proxies whose word on the client of a request is taken: its address, and that it came over TLS.
    pub proxies: Vec<IpAddr>,
    /// Limits of connections and of followers.
    pub connections: ConnectionLimits,
    /// Limits of one submission.
    pub upload: UploadLimits,
    /// Limits of the validation of one submission.
    pub validation: Validation,
    /// Limits of one batch.
    pub caps: Caps,
    /// Limits of each user.
    pub shares: Shares,
    /// Policy of further attempts at a task.
    pub retries: Retries,
    /// Limits of storage: size and retention.
    pub keep: Keep,
    /// Time limit of a request.
    pub request_timeout: Duration,
    /// Time that running tasks have left once the service is asked to stop.
    pub drain: Duration,
}

/// Settings of shards on a Slurm cluster.
#[derive(Clone, Debug, Default)]
pub struct SlurmSettings {
    /// The partition; `None`: the default one.
    pub partition: Option<String>,
    /// Further arguments of `sbatch`, as they are.
    pub arguments: Vec<String>,
}

/// Limits of connections, and of followers: connections over which events are streamed.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Connections at a time.
    pub all: usize,
    /// Connections of one address.
    pub of_address: usize,
    /// Followers at a time.
    pub followers: usize,
    /// Followers of one user.
    pub of_user: usize,
}

/// Limits of the validation of one submission, by a child process.
#[derive(Clone, Copy, Debug)]
pub struct Validation {
    /// Bytes of memory.
    pub memory: u64,
    /// Wall time.
    pub time: Duration,
}

/// Limits that a submission is held to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Limits of what is sent.
    pub upload: UploadLimits,
    /// Limits of the batch.
    pub caps: Caps,
    /// Child processes that may run its shards at a time.
    pub workers: usize,
}

/// Limits of one batch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
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
    /// Time limit of a shard, in seconds.
    pub shard_seconds: u64,
    /// Scenarios in a shard.
    pub shard_scenarios: usize,
}

/// Limits of each user.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Tasks of one user at a time.
    pub running: usize,
    /// Unfinished batches of one user.
    pub unfinished: usize,
}

/// Policy of further attempts at a task.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// Failed attempts after which a task fails.
    pub attempts: u32,
    /// The pause before the second try; each further one is twice as long.
    pub pause: Duration,
    /// After this long without a word and without using the processor, a child process is killed.
    pub silence: Duration,
}

/// Limits of storage: size and retention.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Bytes of all inputs and results; new work is refused beyond that.
    pub quota: u64,
    /// Bytes that stay free on the disk.
    pub free: u64,
    /// Time for which a deleted batch can be restored.
    pub restorable: Duration,
    /// Retention of a finished batch; `None`: for ever.
    pub retention: Option<Duration>,
}

impl ServiceSettings {
    /// The limits that a submission is held to.
    pub fn limits(&self) -> Limits {
        Limits { upload: self.upload, caps: self.caps, workers: self.workers }
    }

    /// True if requests must bring a token.
    pub fn needs_tokens(&self) -> bool {
        self.demands_tokens || !self.address.ip().is_loopback()
    }
}
