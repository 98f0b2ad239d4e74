//! `cutline shard watch`: has Slurm run the shards of a batch for `cutline serve`, and reports finished ones.
//!
//! Tasks run on after any end of the watcher: the next one of the same folder finds them. To abandon a batch, cancel
//! its tasks in the queue.

use crate::distribute::executor::{ExecuteError, Executor, Phase, Slurm, Watcher};
use crate::distribute::{ShardState, WorkFolder};
use crate::progress::CancelToken;

use crate::cli::args::ShardWatchArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::process::child::{program, stop_when_stdin_ends};
use crate::cli::process::events::tell_scenario;
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::terminal::console::note;

/// Watches until all shards are there, or some of them cannot be had.
pub fn execute(arguments: &ShardWatchArguments) -> Result<Finish, CliError> {
    let work = WorkFolder::open(&arguments.dir)?;
    let slurm = Slurm {
        program: program()?,
        threads: Some(arguments.threads.into()),
        workers: None,
        partition: arguments.partition.clone(),
        arguments: arguments.sbatch_arg.clone(),
        leaves_tasks: true,
    };
    let cancel = CancelToken::new();
    stop_on_interrupt(&cancel, || note("Leaving; tasks run on."))?;
    stop_when_stdin_ends(cancel.clone());
    let shards = Shards(&work);
    let missing = work.missing()?;
    (0..work.plan().shards.len())
        .filter(|index| !missing.contains(index))
        .for_each(|index| shards.tell(index));
    match slurm.execute(&work, &missing, &shards, &cancel) {
        Ok(()) => Ok(Finish::Done),
        Err(ExecuteError::Stopped) => Ok(Finish::Stopped),
        Err(ExecuteError::Failed(failures)) => {
            for failure in &failures {
                note(&failure.stderr_tail);
            }
            // The last line has all failures: some readers keep no more.
            let how = failures.iter().map(|failure| format!("shard {}: {}", failure.index, failure.how));
            note(&how.collect::<Vec<_>>().join("; "));
            Ok(Finish::Failed)
        }
        Err(ExecuteError::Unusable(why)) => Err(CliError::Scheduler(why)),
        Err(ExecuteError::Work(error)) => Err(error.into()),
    }
}

/// Reports finished shards.
struct Shards<'a>(&'a WorkFolder);

impl Shards<'_> {
    fn tell(&self, index: usize) {
        let (Ok(shard), Ok(ShardState::Whole(record))) = (self.0.shard(index), self.0.state(index)) else {
            return;
        };
        shard
            .scenarios
            .iter()
            .zip(record.outcomes())
            .for_each(|(scenario, (status, best))| tell_scenario(scenario, status, best));
    }
}

impl Watcher for Shards<'_> {
    fn phase(&self, index: usize, phase: Phase) {
        if phase == Phase::Done {
            self.tell(index);
        }
    }

    fn searched(&self, _index: usize, _scenarios: usize) {}

    fn note(&self, text: &str) {
        note(text);
    }
}
