//! Process statistics of the system.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, setpriority_process};

use crate::service::store::LostProcess;

/// Statistics of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vitals {
    /// Start time, in ticks since boot; distinguishes a process from a later one with the same number.
    pub started: i64,
    /// Processor time of the process and its ended children, in ticks.
    pub used: u64,
}

/// Statistics of a process; `None` if there is none, or the system has no statistics.
pub(super) fn vitals(process: u32) -> Option<Vitals> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The program's name is in brackets and may hold anything; the numbers follow the last bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // The first of these is the third of the table in proc(5).
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(Vitals { started: i64::try_from(field(22)?).ok()?, used: (14..=17).filter_map(field).sum() })
}

/// Asks a child to stop; it keeps whole results.
pub(super) fn ask_to_stop(child: u32) {
    if let Some(pid) = pid_of(child) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// Makes the system kill a child before the service if memory runs out: the service answers while children work, and
/// outlives them.
pub(super) fn put_second(child: u32) {
    const NICE: i32 = 5;
    if let Some(pid) = pid_of(child) {
        let _ = setpriority_process(Some(pid), NICE);
    }
    let _ = fs::write(format!("/proc/{child}/oom_score_adj"), "500");
}

fn pid_of(process: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process).ok()?)
}

/// Ends a child of a server that is gone, if it is still there, and waits until it is not.
pub(super) fn end_orphan(lost: LostProcess) {
    const PATIENCE: Duration = Duration::from_secs(10);
    let Ok(number) = i32::try_from(lost.process) else { return };
    let is_it = || {
        let found = u32::try_from(number).ok().and_then(vitals);
        found.is_some_and(|vitals| vitals.started == lost.started && !is_dead(number))
    };
    let Some(pid) = Pid::from_raw(number).filter(|_| is_it()) else { return };
    let _ = kill_process(pid, Signal::KILL);
    let deadline = Instant::now() + PATIENCE;
    while is_it() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
}

/// True if a process has ended and is only waiting to be reaped.
fn is_dead(process: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn an_orphan_is_ended_and_a_later_process_of_its_number_is_not() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let found = vitals(child.id()).unwrap();
        end_orphan(LostProcess { process: child.id().into(), started: found.started - 1 });
        assert_eq!(child.try_wait().unwrap(), None, "another process is left alone");
        end_orphan(LostProcess { process: child.id().into(), started: found.started });
        assert!(!child.wait().unwrap().success());
        end_orphan(LostProcess { process: child.id().into(), started: found.started });
    }
}
