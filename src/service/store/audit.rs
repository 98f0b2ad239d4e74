//! The audit log: every submission, cancellation, deletion, download and change of a token, and every kind of refused
//! attempt, with its user.

use rusqlite::Transaction;

use super::{Store, StoreError, now};

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) struct AuditEntry {
    pub at: i64,
    pub user: String,
    /// `submit`, `rerun`, `cancel`, `delete`, `restore`, `purge`, `share`, `download`, `token create`, `token revoke`,
    /// `denied`.
    pub action: String,
    /// The id of the batch, the name of the token, or what was asked for in vain.
    pub subject: String,
    pub detail: String,
    /// Address of the client.
    pub address: String,
}

impl AuditEntry {
    pub fn new(user: &str, action: &str, subject: &str, detail: &str, address: &str) -> Self {
        let [user, action, subject, detail, address] =
            [user, action, subject, detail, address].map(str::to_owned);
        Self { at: now(), user, action, subject, detail, address }
    }
}

/// Adds an entry, in the transaction of the action that it records.
pub(super) fn add(store: &Transaction<'_>, entry: &AuditEntry) -> Result<(), StoreError> {
    store
        .prepare_cached(
            "INSERT INTO audit (at, user, action, subject, detail, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((entry.at, &entry.user, &entry.action, &entry.subject, &entry.detail, &entry.address))?;
    Ok(())
}

impl Store {
    /// Adds an entry.
    pub fn record(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.write(|store| add(store, entry))
    }

    /// The latest entries, newest first.
    pub fn audit(&self, most: usize) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(
                "SELECT at, user, action, subject, detail, address FROM audit ORDER BY id DESC LIMIT ?1",
            )?;
            let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
                Ok(AuditEntry {
                    at: row.get(0)?,
                    user: row.get(1)?,
                    action: row.get(2)?,
                    subject: row.get(3)?,
                    detail: row.get(4)?,
                    address: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
