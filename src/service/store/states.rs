//! States of batches, tasks, attempts, scenarios and events, with their words in the database and the interface.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};

/// An enum with a distinct word per variant, in which it is stored, sent and shown.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$about_one:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::service) enum $name {
            $($(#[$about_one])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one of a word.
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                Self::of(word).ok_or_else(|| FromSqlError::Other(format!("`{word}` is unknown").into()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// State of a batch.
    BatchState {
        /// It has not begun.
        Queued = "queued",
        /// It has begun.
        Running = "running",
        /// Its results are there.
        Done = "done",
        /// It failed.
        Failed = "failed",
        /// A user wanted no more of it.
        Cancelled = "cancelled",
    }
}

impl BatchState {
    /// True if the batch is over for good.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// The states of a batch that is not over, as a list in SQL.
macro_rules! unfinished {
    () => {
        "('queued', 'running')"
    };
}
pub(super) use unfinished;

/// The condition that what a batch had finished, which was given up, is still to be merged.
macro_rules! winding_up {
    ($id:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM tasks WHERE batch = ",
            $id,
            " AND step = 'merge' AND number = -2 AND state IN ('waiting', 'running'))"
        )
    };
}
pub(super) use winding_up;

words! {
    /// State of a task.
    TaskState {
        /// It is waiting for its first or another attempt.
        Waiting = "waiting",
        /// An attempt is running.
        Running = "running",
        /// It succeeded.
        Done = "done",
        /// It failed.
        Failed = "failed",
    }
}

words! {
    /// The step of a batch that a task does.
    Step {
        /// Cuts the batch into shards.
        Plan = "plan",
        /// Runs one shard, or has [`ALL_SHARDS`](super::ALL_SHARDS) run.
        Run = "run",
        /// Merges the results of the shards.
        Merge = "merge",
    }
}

words! {
    /// Outcome of an attempt at a task.
    Outcome {
        /// Well.
        Done = "done",
        /// We stopped it, which does not count against it.
        Interrupted = "interrupted",
        /// The shards that it should merge are not there.
        ShardsMissing = "shards missing",
        /// No process could be started.
        NotStarted = "not started",
        /// It exceeded its time limit.
        OverTime = "over time",
        /// It produced no output and used no processor.
        Silent = "silent",
        /// It failed in a way that may pass.
        ToBeTriedAgain = "to be tried again",
        /// It was stopped from outside: it exited as on a signal, which the service did not send.
        Stopped = "stopped",
        /// It cannot use its input.
        Refused = "refused",
        /// It failed.
        Failed = "failed",
        /// A signal ended it.
        Killed = "killed",
        /// Its results could not be stored.
        NotStored = "not stored",
        /// Its server is gone.
        Lost = "lost",
    }
}

impl Outcome {
    /// True if users should be shown the attempt as failed.
    pub const fn went_wrong(self) -> bool {
        !matches!(self, Self::Done | Self::Interrupted)
    }
}

words! {
    /// State of a scenario.
    ScenarioState {
        /// It has not been searched yet.
        Waiting = "waiting",
        /// It is being searched.
        Running = "running",
        /// Every option asked for was found and proven.
        Optimal = "optimal",
        /// A limit was met: some option is not proven or missing.
        Feasible = "feasible",
        /// No selection satisfies it.
        Infeasible = "infeasible",
        /// A limit was met before any selection was found.
        Unknown = "unknown",
        /// The batch was given up before its options were found.
        NotRun = "not run",
        /// The solver failed on it.
        Failed = "failed",
    }
}

words! {
    /// Kind of an event.
    EventKind {
        /// A batch came to another state.
        State = "state",
        /// The search of a scenario has begun.
        Begun = "begun",
        /// A scenario was searched.
        Scenario = "scenario",
        /// A shard was run.
        Shard = "shard",
        /// A try did not go well.
        Attempt = "attempt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_that_of_its_state() {
        for state in BatchState::ALL {
            assert_eq!(BatchState::of(state.as_str()), Some(*state));
            let is_listed = unfinished!().contains(&format!("'{state}'"));
            assert_eq!(is_listed, !state.is_over(), "{state}");
        }
        assert_eq!(ScenarioState::of("optimal"), Some(ScenarioState::Optimal));
        assert_eq!(Outcome::of("Done"), None);
        assert_eq!(serde_json::to_string(&EventKind::Shard).unwrap(), "\"shard\"");
    }
}
