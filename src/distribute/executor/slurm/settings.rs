//! How shards are handed to a Slurm cluster.

use std::path::PathBuf;

/// Runs shards on a Slurm cluster, all nodes of which see the work folder under the same path.
#[derive(Clone, Debug)]
pub struct Slurm {
    /// This program; it must stand under the same path on all nodes.
    pub program: PathBuf,
    /// How many processors each task gets; `None`: what Slurm gives.
    pub threads: Option<usize>,
    /// How many tasks may run at once; `None`: as many as Slurm lets.
    pub workers: Option<usize>,
    /// The partition; `None`: the default one.
    pub partition: Option<String>,
    /// Further arguments of `sbatch`, as they are.
    pub arguments: Vec<String>,
    /// Whether tasks run on when the watcher is stopped, for the next one to find.
    pub leaves_tasks: bool,
}
