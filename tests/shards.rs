//! A batch in shards, through the built program: merged results are those of one run to the byte, however the shards
//! were run, and nothing half done is ever taken for done.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "shards/cases.rs"]
mod cases;
#[cfg(target_os = "linux")]
#[path = "common/slurm.rs"]
mod cluster;
#[path = "common/dice.rs"]
mod dice;
#[path = "shards/kubernetes.rs"]
mod kubernetes;
#[path = "shards/local.rs"]
mod local;
#[path = "shards/merging.rs"]
mod merging;
#[path = "shards/one_shard.rs"]
mod one_shard;
#[path = "shards/planning.rs"]
mod planning;
#[path = "common/program.rs"]
mod program;
#[path = "shards/running.rs"]
mod running;
#[path = "shards/slurm.rs"]
mod slurm;
