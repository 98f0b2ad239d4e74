//! References from the store to artefacts, and the bytes that these take.

use rusqlite::Transaction;

use super::{Store, StoreError};

/// An artefact: its hash, which is its name, and its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) struct ObjectRef {
    pub hash: String,
    pub bytes: u64,
}

impl Store {
    /// The bytes of all artefacts that the store refers to, and of its own rows: names, descriptions, warnings, events
    /// and the like. Rows are counted in pages, without those that an empty store has and those that deleted rows have
    /// left for the next.
    pub fn stored_bytes(&self) -> Result<u64, StoreError> {
        /// Pages of the description of the tables, with some to spare.
        const OF_SCHEMA: i64 = 8;
        self.read(|store| {
            let artefacts: i64 =
                store.query_row("SELECT coalesce(sum(bytes), 0) FROM objects", [], |row| row.get(0))?;
            let of = |pragma| store.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            let roots: i64 =
                store.query_row("SELECT count(*) FROM sqlite_schema WHERE rootpage > 0", [], |row| {
                    row.get(0)
                })?;
            let pages = of("page_count")? - of("freelist_count")? - roots - OF_SCHEMA;
            let rows = pages.max(0).saturating_mul(of("page_size")?);
            Ok(artefacts.saturating_add(rows).unsigned_abs())
        })
    }

    /// The hashes of all artefacts that the store refers to.
    pub fn object_hashes(&self) -> Result<std::collections::BTreeSet<String>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare("SELECT hash FROM objects")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets artefacts that no batch refers to any more; gives the hashes of all that are left.
    pub fn forget_unused_objects(&self) -> Result<std::collections::BTreeSet<String>, StoreError> {
        self.write(|store| {
            store.execute(
                "DELETE FROM objects WHERE NOT EXISTS (SELECT 1 FROM inputs WHERE object = hash)
                 AND NOT EXISTS (SELECT 1 FROM results WHERE object = hash)",
                [],
            )?;
            let mut statement = store.prepare("SELECT hash FROM objects")?;
            let hashes = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(hashes)
        })
    }
}

/// Role of an artefact in its batch.
#[derive(Clone, Copy)]
pub(super) enum ArtifactKind {
    /// The batch file or a table of its portfolio.
    Inputs,
    /// A result file.
    Results,
}

/// Adds artefacts to a batch.
pub(super) fn add(
    store: &Transaction<'_>,
    batch: &str,
    kind: ArtifactKind,
    files: &[(String, ObjectRef)],
) -> Result<(), StoreError> {
    let mut object = store.prepare_cached("INSERT OR IGNORE INTO objects (hash, bytes) VALUES (?1, ?2)")?;
    let mut file = store.prepare_cached(match kind {
        ArtifactKind::Inputs => "INSERT INTO inputs (batch, name, object) VALUES (?1, ?2, ?3)",
        ArtifactKind::Results => "INSERT INTO results (batch, name, object) VALUES (?1, ?2, ?3)",
    })?;
    for (name, reference) in files {
        object.execute((&reference.hash, i64::try_from(reference.bytes).unwrap_or(i64::MAX)))?;
        file.execute((batch, name, &reference.hash))?;
    }
    Ok(())
}

/// The artefacts of a batch, by name.
pub(super) fn of_batch(
    store: &Transaction<'_>,
    batch: &str,
    kind: ArtifactKind,
) -> Result<Vec<(String, ObjectRef)>, StoreError> {
    let mut statement = store.prepare(match kind {
        ArtifactKind::Inputs => {
            "SELECT name, hash, bytes FROM inputs JOIN objects ON hash = object WHERE batch = ?1 ORDER BY name"
        }
        ArtifactKind::Results => {
            "SELECT name, hash, bytes FROM results JOIN objects ON hash = object WHERE batch = ?1 ORDER BY name"
        }
    })?;
    let files = statement.query_map([batch], |row| {
        let bytes: i64 = row.get(2)?;
        Ok((row.get(0)?, ObjectRef { hash: row.get(1)?, bytes: bytes.unsigned_abs() }))
    })?;
    Ok(files.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::service::store::AuditEntry;

    #[test]
    fn rows_count_as_stored_bytes() {
        let place = TempDir::new().unwrap();
        let store = Store::open(place.path()).unwrap();
        assert_eq!(store.stored_bytes().unwrap(), 0);
        let text = "x".repeat(1_000);
        for _ in 0..1_000 {
            store.record(&AuditEntry::new("ana", "submit", "1", &text, "-")).unwrap();
        }
        let bytes = store.stored_bytes().unwrap();
        assert!((900_000..2_000_000).contains(&bytes), "{bytes}");
    }
}
