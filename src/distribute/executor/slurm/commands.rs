//! Slurm's programs: their arguments, and the meaning of their output.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use crate::distribute::child::End;
use crate::distribute::executor::{ExecuteError, Phase};

/// A task of a job array.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Task {
    /// The id of the array.
    pub job: String,
    /// Its number in the array.
    pub number: usize,
}

/// Runs one of Slurm's programs; returns its stdout.
pub(super) fn call(program: &str, arguments: &[String], input: &str) -> Result<String, ExecuteError> {
    let failed = |why: String| ExecuteError::Unusable(format!("`{program}` {why}"));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => failed("is not there: is Slurm installed on this machine?".to_owned()),
        _ => failed(format!("could not be started: {cause}.")),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read to the end has something to say about it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(|cause| failed(format!("was lost: {cause}.")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        Err(failed(format!("failed: {}", if said.is_empty() { "it does not say why" } else { &said })))
    }
}

/// Largest array, which is also the lowest number that no task can have.
pub(super) fn most_tasks() -> Result<usize, ExecuteError> {
    let text = call("scontrol", &words(&["show", "config"]), "")?;
    most_tasks_of(&text).filter(|&most| most > 0).ok_or_else(|| {
        ExecuteError::Unusable("this Slurm allows no job arrays (MaxArraySize is 0 or unknown)".to_owned())
    })
}

fn most_tasks_of(config: &str) -> Option<usize> {
    let line = config.lines().find_map(|line| line.trim().strip_prefix("MaxArraySize"))?;
    line.trim().strip_prefix('=')?.trim().parse().ok()
}

/// The tasks in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Queue {
    /// State and reason of each task; `None` if the queue could not be read.
    tasks: Option<BTreeMap<Task, (String, String)>>,
}

impl Queue {
    /// A queue that could not be looked at.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// True if the queue could not be read.
    pub fn is_unknown(&self) -> bool {
        self.tasks.is_none()
    }

    /// Phase of a task, and the reason if it cannot start until somebody acts; `None` if it is not in the queue.
    pub fn state(&self, task: &Task) -> Option<(Phase, Option<&str>)> {
        let (state, reason) = self.tasks.as_ref()?.get(task)?;
        let waits = matches!(
            state.as_str(),
            "PENDING" | "CONFIGURING" | "REQUEUED" | "REQUEUE_HOLD" | "SPECIAL_EXIT" | "RESV_DEL_HOLD"
        );
        let needs_help =
            ["Held", "held", "NeverSatisfied", "PartitionConfig", "PartitionTimeLimit", "BadConstraints"];
        let is_stuck = waits && needs_help.iter().any(|word| reason.contains(word));
        let phase = if waits { Phase::Waiting } else { Phase::Running };
        Some((phase, is_stuck.then_some(reason.as_str())))
    }
}

/// Reads the queue for tasks of these jobs.
pub(super) fn queue(jobs: &[String]) -> Result<Queue, ExecuteError> {
    let arguments = ["--noheader", "--array", "--format=%F|%K|%T|%r"].map(str::to_owned);
    let arguments: Vec<String> =
        arguments.into_iter().chain([format!("--jobs={}", jobs.join(","))]).collect();
    match call("squeue", &arguments, "") {
        Ok(text) => Ok(queue_of(&text)),
        // That is what it says of a single job that has long ended.
        Err(ExecuteError::Unusable(why)) if why.contains("Invalid job id") => Ok(queue_of("")),
        Err(error) => Err(error),
    }
}

fn queue_of(text: &str) -> Queue {
    let task = |line: &str| {
        let mut cells = line.trim().splitn(4, '|');
        let task = Task { job: cells.next()?.to_owned(), number: cells.next()?.parse().ok()? };
        Some((task, (cells.next()?.to_owned(), cells.next()?.to_owned())))
    };
    Queue { tasks: Some(text.lines().filter_map(task).collect()) }
}

/// Fate of a task that is no longer in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It ended.
    Ended(End),
    /// Slurm or a person ended it, and would again.
    Hopeless(String),
    /// Unknown, or not known yet.
    Unknown,
}

/// Queries the accounting, which not every cluster has, and then the controller, which soon forgets.
pub(super) fn fate(task: &Task) -> Fate {
    let id = format!("{}_{}", task.job, task.number);
    let arguments = ["--noheader", "--parsable2", "--allocations", "--format=State,ExitCode"];
    let mut arguments = words(&arguments);
    arguments.push(format!("--jobs={id}"));
    let accounted = call("sacct", &arguments, "").ok().and_then(|text| {
        let (state, code) = text.lines().next_back()?.trim().split_once('|')?;
        Some(fate_of(state, code))
    });
    accounted.filter(|fate| *fate != Fate::Unknown).unwrap_or_else(|| {
        let text = call("scontrol", &words(&["show", "job", "--oneliner", &id]), "").unwrap_or_default();
        let value = |key: &str| text.split_whitespace().find_map(|word| word.strip_prefix(key));
        match (value("JobState="), value("ExitCode=")) {
            (Some(state), Some(code)) => fate_of(state, code),
            _ => Fate::Unknown,
        }
    })
}

/// The fate by state (`FAILED`, `CANCELLED by 1000`) and exit code (`75:0`, `0:9`).
fn fate_of(state: &str, code: &str) -> Fate {
    let ended = || {
        let (code, signal) = code.split_once(':').unwrap_or((code, "0"));
        match (code.parse(), signal.parse()) {
            (Ok(code), Ok(0)) => Fate::Ended(End::Code(code)),
            (_, Ok(signal)) => Fate::Ended(End::Signal(signal)),
            _ => Fate::Unknown,
        }
    };
    match state.split([' ', '+']).next().unwrap_or_default() {
        "COMPLETED" => Fate::Ended(End::Code(0)),
        "FAILED" => ended(),
        "TIMEOUT" | "DEADLINE" => {
            Fate::Hopeless("it met Slurm's time limit; give it more with --sbatch-arg=--time=…".to_owned())
        }
        "OUT_OF_MEMORY" => {
            Fate::Hopeless("it ran out of memory; give it more with --sbatch-arg=--mem=…".to_owned())
        }
        "CANCELLED" => Fate::Hopeless("somebody cancelled it".to_owned()),
        state @ ("NODE_FAIL" | "BOOT_FAIL" | "PREEMPTED" | "REVOKED") => {
            Fate::Ended(End::Lost(format!("Slurm says {state}")))
        }
        _ => Fate::Unknown,
    }
}

/// Cancels jobs. Those that have ended already are no failure.
pub(super) fn cancel(jobs: &[String]) -> Result<(), ExecuteError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let arguments: Vec<String> = words(&["--quiet"]).into_iter().chain(jobs.iter().cloned()).collect();
    call("scancel", &arguments, "").map(drop)
}

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The output of Slurm 22.05 and 23.11.
    #[test]
    fn the_length_of_arrays_is_read_from_the_configuration() {
        let config = "Configuration data as of 2026-11-22T22:18:24\nMaxArraySize            = 1001\nMaxBatchRequeue = 5\n";
        assert_eq!(most_tasks_of(config), Some(1001));
        assert_eq!(most_tasks_of("MaxJobCount = 1"), None);
    }

    #[test]
    fn tasks_are_read_from_the_queue() {
        let queue = queue_of(
            "1|3|PENDING|Resources|\n1|0|RUNNING|None\n7|12|PENDING|launch failed requeued held\n\
             9|N/A|PENDING|Dependency\n7|1|COMPLETING|None\n",
        );
        let task = |job: &str, number| Task { job: job.to_owned(), number };
        assert_eq!(queue.state(&task("1", 3)), Some((Phase::Waiting, None)));
        assert_eq!(queue.state(&task("1", 0)), Some((Phase::Running, None)));
        assert_eq!(queue.state(&task("7", 1)), Some((Phase::Running, None)));
        assert_eq!(queue.state(&task("7", 12)), Some((Phase::Waiting, Some("launch failed requeued held"))));
        assert_eq!(queue.state(&task("1", 1)), None);
        assert!(Queue::unknown().is_unknown() && !queue.is_unknown());
    }

    #[test]
    fn what_may_succeed_again_is_told_from_what_will_not() {
        assert_eq!(fate_of("COMPLETED", "0:0"), Fate::Ended(End::Code(0)));
        assert_eq!(fate_of("FAILED", "75:0"), Fate::Ended(End::Code(75)));
        assert_eq!(fate_of("FAILED", "0:9"), Fate::Ended(End::Signal(9)));
        assert!(matches!(fate_of("NODE_FAIL", "0:0"), Fate::Ended(End::Lost(_))));
        assert!(matches!(fate_of("CANCELLED by 1000", "0:15"), Fate::Hopeless(_)));
        assert!(matches!(fate_of("TIMEOUT", "0:1"), Fate::Hopeless(_)));
        assert_eq!(fate_of("RUNNING", "0:0"), Fate::Unknown);
    }
}
