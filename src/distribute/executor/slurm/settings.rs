//! Settings for shards on a Slurm cluster.

use std::path::PathBuf;

/// Runs shards on a Slurm cluster, all nodes of which see the work folder under the same path.
#[derive(Clone, Debug)]
pub struct Slurm {
    /// Path of this program, the same on all nodes.
    pub program: PathBuf,
    /// Processors per task; `None`: the default of Slurm.
    pub threads: Option<usize>,
    /// Tasks at once; `None`: as many as Slurm allows.
    pub workers: Option<usize>,
    /// The partition; `None`: the default one.
    pub partition: Option<String>,
    /// Further arguments of `sbatch`, as they are.
    pub arguments: Vec<String>,
    /// True if tasks run on when the watcher is stopped, for the next one to find.
    pub leaves_tasks: bool,
}
