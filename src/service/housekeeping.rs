//! Housekeeping on the disk: free space, retention, unreferenced files.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Service;
use super::kept;
use super::problem::{Kind, Problem};
use super::store::{AuditEntry, StoreError, now};

/// Interval between two searches for old batches.
const ROUND: Duration = Duration::from_secs(600);

impl Service {
    /// Folder for temporary files.
    pub fn scratch(&self) -> PathBuf {
        self.settings.data.join("scratch")
    }

    /// Refuses what exceeds the quota or the free space of the disk.
    pub fn room_for(&self, bytes: u64) -> Result<(), Problem> {
        let keep = &self.settings.keep;
        let stored = self.store.stored_bytes()?;
        if stored.saturating_add(bytes) >= keep.quota {
            let detail = format!(
                "{stored} of {} bytes are used: delete batches that are no longer needed for good \
                 (`DELETE /v1/batches/{{id}}?for_good=true`; others count until they can no longer be restored), or \
                 ask the operator",
                keep.quota
            );
            return Err(Problem::new(Kind::Full, detail));
        }
        let Ok(disk) = rustix::fs::statvfs(&self.settings.data) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < keep.free.saturating_add(bytes) {
            let detail = format!("only {free} bytes are free on the disk; {} must stay free", keep.free);
            return Err(Problem::new(Kind::Full, detail));
        }
        Ok(())
    }

    /// Removes batches beyond the retention, deleted ones that can no longer be restored, and unreferenced files.
    fn tidy(&self) -> Result<(), StoreError> {
        let keep = &self.settings.keep;
        let before = |age: Duration| now().saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        let mut gone: Vec<(String, &str)> = Vec::new();
        if let Some(retention) = keep.retention {
            gone.extend(
                self.store.over_before(before(retention))?.into_iter().map(|batch| (batch, "too old")),
            );
        }
        let deleted = self.store.deleted_before(before(keep.restorable))?;
        gone.extend(deleted.into_iter().map(|batch| (batch, "deleted")));
        for (batch, reason) in gone {
            self.store.purge(&batch, &AuditEntry::new("service", "purge", &batch, reason, "-"))?;
        }
        kept::sweep(self)?;
        let swept = self.objects.sweep(&self.store)?;
        if swept > 0 {
            tracing::info!(swept, "files that nobody refers to were deleted");
        }
        Ok(())
    }
}

/// Tidies up now and then until the service stops.
pub(super) fn run(service: &Arc<Service>) {
    let mut seen = 0;
    let mut next = std::time::Instant::now();
    while !service.stopping.load(Ordering::Relaxed) {
        if std::time::Instant::now() >= next || service.tidy_soon.swap(false, Ordering::Relaxed) {
            if let Err(error) = service.tidy() {
                tracing::error!(%error, "old files could not be deleted");
            }
            next = std::time::Instant::now() + ROUND;
        }
        if let Some(entry) = service.denials.close(std::time::Instant::now())
            && let Err(error) = service.store.record(&entry)
        {
            tracing::error!(%error, "refused attempts could not be recorded");
        }
        seen = service.notify.wait(seen, Duration::from_secs(5));
    }
}
