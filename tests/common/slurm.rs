//! A Slurm cluster for tests: one controller and three nodes on this machine (`scripts/slurm_cluster.sh`).

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A cluster that ends with the test.
pub struct Cluster {
    place: TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.script("stop", &[]);
    }
}

impl Cluster {
    /// A cluster whose arrays may have so many tasks; `None`, said why, where there can be none.
    pub fn start(most_tasks: usize) -> Option<Self> {
        let needed = ["munged", "slurmctld", "slurmd", "sbatch"];
        let is_there = |program: &&&str| {
            let found = Command::new("sh").arg("-c").arg(format!("command -v {program}")).output();
            found.is_ok_and(|found| found.status.success())
        };
        if let Some(missing) = needed.iter().find(|program| !is_there(program)) {
            eprintln!("skipped: there is no `{missing}` here (`make setup-test` installs it)");
            return None;
        }
        let user = Command::new("id").arg("-u").output().unwrap();
        if user.stdout != b"0\n" {
            eprintln!("skipped: only root can start a Slurm cluster");
            return None;
        }
        let cluster = Self { place: TempDir::new().unwrap() };
        let mut script = script();
        script.env("MAX_ARRAY_SIZE", most_tasks.to_string()).env("SLURMD_TIMEOUT", "3");
        let said = script.arg("start").arg(cluster.folder()).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        Some(cluster)
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("cluster")
    }

    pub fn configuration(&self) -> PathBuf {
        self.folder().join("slurm.conf")
    }

    pub fn script(&self, command: &str, arguments: &[&str]) {
        let status = script().arg(command).arg(self.folder()).args(arguments).status();
        assert!(status.is_ok_and(|status| status.success()) || std::thread::panicking());
    }

    /// What is in the queue: task, state and node.
    pub fn queue(&self) -> String {
        let mut squeue = Command::new("squeue");
        squeue
            .args(["--noheader", "--array", "--format=%F_%K %T %N"])
            .env("SLURM_CONF", self.configuration());
        String::from_utf8(squeue.output().unwrap().stdout).unwrap()
    }
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/slurm_cluster.sh"))
}
