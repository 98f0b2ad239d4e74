//! A batch in shards: blocks of scenarios that run anywhere, in any order and more than once, and are merged into what
//! [`engine::run`](crate::engine::run) would have given in one go.
//!
//! A work folder holds everything a shard needs. [`plan()`] copies the input into it and says which scenarios each
//! shard runs; [`run_shard`] puts the results of one shard into place by renaming a folder, so that a shard is there
//! whole or not at all and running it twice does no harm; [`merge()`] puts the tables of all shards together.
//! [`OneShard`] is a batch that one process plans and runs, and that needs no merge.

pub mod child;
mod error;
pub mod executor;
pub mod kubernetes;
mod merge;
mod one_shard;
mod plan;
mod result;
mod run;
mod staging;
mod work;

pub use child::ExitCode;
pub use error::{DistributeError, Remedy};
pub use merge::{Merged, merge, merge_part};
pub use one_shard::OneShard;
pub use plan::{Plan, Planned, PlannedScenario, ShardPlan, plan, ranges};
pub use result::{RECORD_FILE, ShardState};
pub use run::{ShardEnd, WhenStopped, run_shard};
pub use work::WorkFolder;
