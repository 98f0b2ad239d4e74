//! The batch service: the engine over HTTP, shared by a planning team, kept running for years.
//!
//! `router` puts together what clients see: `routes`, the interface for programs, and `web`, the same for people in a
//! browser. Both have `batches` do what users ask for. `submission` finds out whether what they send can be run. The
//! `store` remembers everything, `blobs` keeps inputs and results by their hash, and the `runner` has child processes
//! of this same program do the work, so that a crash in a solver costs one try at one shard.

mod access;
mod admin;
mod authentication;
mod batches;
mod blobs;
mod blocking;
mod client;
mod commitment;
mod connection;
mod denials;
mod etags;
mod figures;
#[cfg(test)]
mod fuzz;
mod guard;
mod housekeeping;
mod inputs;
mod kept;
mod made_file;
mod metrics;
mod notify;
mod open_files;
mod overrides;
mod places;
mod problem;
mod proxy;
mod refusal;
mod report;
mod router;
mod routes;
mod runner;
mod server;
mod settings;
mod store;
mod submission;
mod turns;
mod view;
mod web;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use blobs::Objects;
use denials::Denials;
use metrics::Metrics;
use notify::Notify;
use places::Places;
use store::Store;
use tokio_util::sync::CancellationToken;
use turns::Turns;

pub use access::AccessError;
pub use admin::{TokenInfo, backup, check_backup, create_token, list_tokens, revoke_token, write_log};
pub use client::{Client, ClientError, RemoteFile, zip_batch};
pub use server::{ServiceError, serve};
pub use settings::{
    Caps, ConnectionLimits, Keep, Retries, ServiceSettings, Shares, SlurmSettings, Validation,
};
pub use store::Role;
pub use submission::UploadLimits;
pub use submission::examine::examine_submission;

/// State shared by all parts of a running service.
struct Service {
    settings: ServiceSettings,
    /// This program, which children run.
    program: PathBuf,
    store: Store,
    objects: Objects,
    metrics: Metrics,
    /// Wakes the runner and the watchers of children.
    notify: Notify,
    /// The service takes no new work.
    stopping: AtomicBool,
    /// Ends all streams of events once the service stops.
    farewell: CancellationToken,
    /// Places of followers, by user.
    followers: Arc<Places<String>>,
    /// Refused attempts that the audit log tells of.
    denials: Denials,
    /// Something was deleted: its files can go.
    tidy_soon: AtomicBool,
    /// Turns at work that takes memory.
    turns: Turns,
    /// Held while a file that views read is made from the tables of a batch.
    making_kept: Mutex<()>,
    /// Time at which children that still run are stopped.
    deadline: Mutex<Option<Instant>>,
}

impl Service {
    /// Begins to stop: no new work, and children may go on for a while.
    fn stop(&self) {
        let deadline = Instant::now() + self.settings.drain;
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = Some(deadline);
        self.stopping.store(true, Ordering::SeqCst);
        self.farewell.cancel();
        self.notify.wake_all();
    }

    /// True if children must end now.
    fn must_end_now(&self) -> bool {
        let deadline = *self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}
