//! The tables of the job store, and how a store of an earlier version becomes one of this.

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// Migrations from each version of the store to the next. Only append: stores in use have run the first ones.
const MIGRATIONS: [&str; 3] = [VERSION_1, VERSION_2, VERSION_3];

/// Times are milliseconds since 1970, in UTC.
///
/// A task is one thing that a child process does for a batch: plan its shards, run one of them, or merge them. An
/// attempt is one try at a task; `owners` says when each user last got one. A lease says which process is at it; a task
/// that runs has exactly one.
const VERSION_1: &str = "
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    owner TEXT NOT NULL,
    shared INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    parent TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    step TEXT NOT NULL CHECK (step IN ('plan', 'run', 'merge')),
    file TEXT NOT NULL,
    trials INTEGER NOT NULL,
    shards INTEGER NOT NULL,
    wall_limit INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    complete INTEGER,
    failure TEXT
) STRICT;
CREATE INDEX batches_by_state ON batches (state, id);
CREATE INDEX batches_by_owner ON batches (owner, id);

CREATE TABLE objects (hash TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE inputs (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    object TEXT NOT NULL REFERENCES objects (hash),
    PRIMARY KEY (batch, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_object ON inputs (object);

CREATE TABLE results (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    object TEXT NOT NULL REFERENCES objects (hash),
    PRIMARY KEY (batch, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX results_by_object ON results (object);

CREATE TABLE scenarios (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    seconds REAL,
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX scenarios_by_name ON scenarios (batch, name);

CREATE TABLE tasks (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    step TEXT NOT NULL CHECK (step IN ('plan', 'run', 'merge')),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    failures INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, step, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_by_state ON tasks (state, batch);

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,
    step TEXT NOT NULL,
    number INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT,
    code INTEGER,
    last_words TEXT,
    FOREIGN KEY (batch, step, number) REFERENCES tasks (batch, step, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX attempts_by_task ON attempts (batch, step, number);

CREATE TABLE leases (
    attempt INTEGER PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
    process INTEGER,
    process_started INTEGER,
    renewed INTEGER NOT NULL
) STRICT;

CREATE TABLE owners (name TEXT PRIMARY KEY, served INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_batch ON events (batch, id);

CREATE TABLE idempotency (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_batch ON idempotency (batch);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'admin')),
    hash BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    used INTEGER
) STRICT;
CREATE UNIQUE INDEX tokens_in_use ON tokens (name) WHERE revoked IS NULL;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;
";

/// A batch that was deleted is hidden at once, and can be restored until it is purged.
const VERSION_2: &str = "
ALTER TABLE batches ADD COLUMN deleted INTEGER;
CREATE INDEX batches_by_deletion ON batches (deleted) WHERE deleted IS NOT NULL;
";

/// What is known of the best option of a scenario before the batch is done.
const VERSION_3: &str = "
ALTER TABLE scenarios ADD COLUMN objective REAL;
ALTER TABLE scenarios ADD COLUMN projects INTEGER;
";

/// The version that this program writes.
const VERSION: i64 = MIGRATIONS.len() as i64;

/// Brings a store to the version of this program, each step whole or not at all.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError::Newer { found, known: VERSION });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}
