//! `cutline serve --executor slurm` on a real cluster. Where Slurm is not installed, or this is not root, the tests say
//! so and pass.

use std::process::Command;

use tempfile::TempDir;

use super::server::*;
use crate::cluster::Cluster;

/// A data folder, and a folder for work that a cluster could see where it does not see the other.
struct Place {
    cluster: Cluster,
    data: TempDir,
    work: TempDir,
}

impl Place {
    fn new() -> Option<Self> {
        let cluster = Cluster::start(1001)?;
        Some(Self { cluster, data: TempDir::new().unwrap(), work: TempDir::new().unwrap() })
    }

    fn serve(&self) -> Server {
        let work = format!("--work={}", self.work.path().display());
        let arguments = ["--executor", "slurm", &work, "--shard-scenarios", "2", "--drain", "300ms"];
        let configuration = self.cluster.configuration();
        Server::start_in(self.data.path(), &arguments, &[("SLURM_CONF", &configuration)])
    }

    fn is_running(&self) -> bool {
        self.cluster.queue().contains("RUNNING")
    }

    /// Waits until tasks of a batch run, and that they do is on record.
    fn await_tasks(&self, id: &str) {
        let record = self.work.path().join(id).join("plan/slurm.json");
        eventually("tasks run", || record.exists() && self.is_running());
    }

    /// The arrays that were ever submitted.
    fn jobs(&self) -> usize {
        let mut squeue = Command::new("squeue");
        squeue.args(["--noheader", "--states=all", "--format=%F"]);
        let said = squeue.env("SLURM_CONF", self.cluster.configuration()).output().unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        text.split_whitespace().collect::<std::collections::BTreeSet<_>>().len()
    }
}

#[test]
fn a_batch_on_slurm_survives_its_server() {
    const SCENARIOS: usize = 24;
    let Some(place) = Place::new() else { return };
    let mut server = place.serve();
    let id = server.submit(&small_batch("plan", SCENARIOS));
    place.await_tasks(&id);
    server.kill();
    assert!(!place.cluster.queue().is_empty(), "tasks do not need their server");
    let server = place.serve();
    let batch = server.wait(&id);
    assert_eq!((&batch["state"], &batch["complete"]), (&"done".into(), &true.into()), "{batch:#}");
    assert_eq!(server.results(&id), run_results("plan", SCENARIOS));
    assert_eq!(place.jobs(), 1, "nothing was submitted twice");
    let events = server.get(&format!("/v1/batches/{id}/events")).text();
    assert_eq!(events.matches("event: scenario").count(), SCENARIOS);
    eventually("no work is left", || !place.work.path().join(&id).exists());
}

#[test]
fn tasks_outlive_a_server_that_stops_and_not_a_batch_that_is_cancelled() {
    let Some(place) = Place::new() else { return };
    let mut server = place.serve();
    let id = server.submit(&slow_batch("slow"));
    place.await_tasks(&id);
    assert!(server.stop(), "{}", server.log.lock().unwrap());
    assert!(place.is_running(), "tasks run on");
    let server = place.serve();
    eventually("they are watched again", || {
        children(server.id()).iter().any(|(_, command)| command.contains("shard watch"))
    });
    let batch = server.batch(&id);
    assert_eq!((&batch["state"], &batch["failed_attempts"]), (&"running".into(), &serde_json::json!([])));
    assert_eq!(server.ask("POST", &format!("/v1/batches/{id}/cancel"), &[], b"").status, 200);
    eventually("the queue is empty", || place.cluster.queue().is_empty());
    assert_eq!(place.jobs(), 1, "nothing was submitted twice");
    eventually("no work is left", || !place.work.path().join(&id).exists());
}
