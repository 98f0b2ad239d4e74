//! Actions on batches, shared by routes and pages: look up, submit, rerun, cancel, share, delete.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::HeaderMap;
use tokio::sync::OwnedSemaphorePermit;

use crate::input::Files;

use super::Service;
use super::access::{self, User, is_batch_id};
use super::commitment::commit;
use super::connection::Peer;
use super::overrides::{self, OverrideError, Overrides, Parent};
use super::problem::{Kind, Problem};
use super::store::{Accepted, AuditEntry, BatchRow, BatchState, NewBatch};
use super::submission::options::SubmitOptions;
use super::submission::receive;
use super::submission::submit::{BATCH_FILE, Checked, body_hash, check};
use super::submission::{Tables, Upload};

/// The priorities that a batch may have.
const PRIORITIES: std::ops::RangeInclusive<i64> = -10..=10;

/// The user who submits, and the address of the client.
pub struct Submission {
    pub user: User,
    pub peer: Peer,
    /// The client's key for this submission.
    pub key: Option<String>,
    pub options: SubmitOptions,
    /// The batch that it reruns.
    pub parent: Option<String>,
}

/// The state of a word in a query.
pub fn state_of(word: &str) -> Result<BatchState, Problem> {
    let known = || BatchState::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
    BatchState::of(word).ok_or_else(|| {
        Problem::new(Kind::Malformed, format!("`{word}` is no state of a batch; the states are {}", known()))
    })
}

/// The batch that a page of a list begins after.
pub fn place_in_list(id: String) -> Result<String, Problem> {
    if is_batch_id(&id) {
        return Ok(id);
    }
    Err(Problem::new(
        Kind::Malformed,
        format!("`{id}` is no id of a batch: `before` takes the `next` of a page"),
    ))
}

/// The batch with an id, if the user may see it.
pub fn seen(service: &Service, user: &User, id: &str) -> Result<BatchRow, Problem> {
    let found = if is_batch_id(id) { service.store.batch(id)? } else { None };
    let found = found.filter(|batch| user.may_see(&batch.owner, batch.shared));
    found.ok_or_else(|| Problem::not_found("batch"))
}

/// The batch with an id, if the user may change it.
fn own(service: &Service, user: &User, id: &str) -> Result<BatchRow, Problem> {
    let batch = seen(service, user, id)?;
    if user.may_change(&batch.owner) {
        return Ok(batch);
    }
    Err(Problem::new(Kind::NotAllowed, "only its owner and admins may change a batch"))
}

/// Cancels a batch and returns its new state; cancelling a cancelled batch changes nothing.
pub fn cancel(service: &Service, user: &User, peer: Peer, id: &str) -> Result<BatchRow, Problem> {
    let batch = own(service, user, id)?;
    let entry = AuditEntry::new(&user.name, "cancel", id, &batch.name, &peer.0.to_string());
    commit()?;
    if service.store.cancel(id, &entry)? {
        service.notify.wake_all();
    } else if batch.state != BatchState::Cancelled {
        let detail = format!("the batch is over ({}); there is nothing to cancel", batch.state);
        return Err(Problem::new(Kind::Conflict, detail));
    }
    seen(service, user, id)
}

/// Shows a batch to all users, or to its owner only.
pub fn share(
    service: &Service,
    user: &User,
    peer: Peer,
    id: &str,
    shared: bool,
) -> Result<BatchRow, Problem> {
    own(service, user, id)?;
    let detail = if shared { "with all" } else { "with nobody" };
    let entry = AuditEntry::new(&user.name, "share", id, detail, &peer.0.to_string());
    commit()?;
    service.store.share(id, shared, &entry)?;
    seen(service, user, id)
}

/// Deletes a batch that is over: it can be restored for a while, unless it is to go for good.
pub fn delete(service: &Service, user: &User, peer: Peer, id: &str, for_good: bool) -> Result<(), Problem> {
    let batch = match deleted(service, user, id)? {
        Some(batch) if for_good => batch,
        _ => own(service, user, id)?,
    };
    let entry = |action: &str| AuditEntry::new(&user.name, action, id, &batch.name, &peer.0.to_string());
    let for_good = for_good || service.settings.keep.restorable.is_zero();
    commit()?;
    let is_deleted = if for_good {
        service.store.purge(id, &entry("purge"))?
    } else {
        service.store.delete(id, &entry("delete"))?
    };
    if !is_deleted {
        let detail = if batch.is_over() {
            "its last work is still being put away: try again in a moment"
        } else {
            "the batch is not over yet: cancel it first"
        };
        return Err(Problem::new(Kind::Conflict, detail));
    }
    if for_good {
        service.tidy_soon.store(true, Ordering::Relaxed);
        service.notify.wake_all();
    }
    Ok(())
}

/// Restores a deleted batch.
pub fn restore(service: &Service, user: &User, peer: Peer, id: &str) -> Result<BatchRow, Problem> {
    if let Some(batch) = deleted(service, user, id)? {
        let entry = AuditEntry::new(&user.name, "restore", id, &batch.name, &peer.0.to_string());
        commit()?;
        service.store.restore(id, &entry)?;
    }
    // Restoring what is there changes nothing.
    own(service, user, id)
}

/// The deleted batch with an id, if the user may restore it.
pub fn deleted(service: &Service, user: &User, id: &str) -> Result<Option<BatchRow>, Problem> {
    let found = if is_batch_id(id) { service.store.deleted(id)? } else { None };
    Ok(found.filter(|batch| user.may_change(&batch.owner)))
}

/// The right to hold a submission in memory.
pub type Turn = OwnedSemaphorePermit;

/// Waits for one of the places for submissions in memory.
pub async fn turn(service: &Service) -> Result<Turn, Problem> {
    service.reading.clone().acquire_owned().await.map_err(|error| Problem::internal(&error))
}

/// Requires the right to submit, and that the service takes work.
pub fn admit(service: &Service, user: &User) -> Result<(), Problem> {
    user.to_submit()?;
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Kind::Stopping, "the service is stopping: submit again in a minute"));
    }
    Ok(())
}

/// Receives a submission: on the disk first, and in memory once it is its turn.
pub async fn receive(
    service: &Arc<Service>,
    headers: &HeaderMap,
    body: Body,
    options: SubmitOptions,
) -> Result<(Upload, SubmitOptions, Turn), Problem> {
    let spooled = receive::spool(service, headers, body).await?;
    // The others wait on the disk.
    let turn = turn(service).await?;
    let (upload, options) = receive::read(spooled, options, service.settings.upload).await?;
    Ok((upload, options, turn))
}

/// Makes a new batch from one that is there; gives its id.
pub fn rerun(
    service: &Service,
    user: User,
    peer: Peer,
    id: &str,
    overrides: &Overrides,
) -> Result<String, Problem> {
    admit(service, &user)?;
    let (submission, checked) = prepare_rerun(service, user, peer, id, overrides, None)?;
    Ok(accept(service, &submission, checked, None)?.0)
}

/// A new batch made from one that is there, checked but not stored.
pub fn prepare_rerun(
    service: &Service,
    user: User,
    peer: Peer,
    id: &str,
    overrides: &Overrides,
    key: Option<String>,
) -> Result<(Submission, Checked), Problem> {
    let parent = seen(service, &user, id)?;
    let upload = changed(service, &parent, overrides)?;
    let checked = check(upload, &service.settings)?;
    let options = SubmitOptions { batch: None, shared: parent.shared, priority: parent.priority };
    Ok((Submission { user, peer, key, options, parent: Some(id.to_owned()) }, checked))
}

/// The inputs of a batch with another batch file.
fn changed(service: &Service, parent: &BatchRow, overrides: &Overrides) -> Result<Upload, Problem> {
    let mut files = Files::new();
    for (name, object) in service.store.inputs(&parent.id)? {
        files.insert(name, service.objects.read(&object)?);
    }
    let batch = files.remove(BATCH_FILE).unwrap_or_default();
    let of = Parent { id: &parent.id, name: &parent.name, tables: &files };
    let batch = overrides::apply(&batch, overrides, &of).map_err(|error| {
        let kind = match error {
            OverrideError::NotToml(_) => Kind::Malformed,
            _ => Kind::InvalidInput,
        };
        Problem::new(kind, error.to_string())
    })?;
    Ok(Upload { file: parent.file.clone(), batch, tables: Tables::Given(files) })
}

/// Stores a sound batch; gives its id, and whether it was not there before.
pub fn accept(
    service: &Service,
    submission: &Submission,
    mut checked: Checked,
    turn: Option<Turn>,
) -> Result<(String, bool), Problem> {
    let Submission { options, parent, .. } = submission;
    if !PRIORITIES.contains(&options.priority) {
        return Err(Problem::new(Kind::Malformed, "priority is from -10 to 10"));
    }
    let said = format!("{} {} {}", options.shared, options.priority, parent.as_deref().unwrap_or_default());
    let body = body_hash(&checked, &said);
    let id = access::batch_id().map_err(|error| Problem::internal(&error))?;
    service.room_for(checked.inputs.iter().map(|file| file.bytes.len() as u64).sum())?;
    match store(service, submission, &mut checked, (&id, &body), turn)? {
        Accepted::New => {}
        Accepted::Before(id) => return Ok((id, false)),
        Accepted::KeyTaken => {
            return Err(Problem::new(Kind::KeyReused, "what was submitted under it before is not the same"));
        }
        Accepted::TooMany => {
            let most = service.settings.shares.unfinished;
            return Err(Problem::new(
                Kind::TooMany,
                format!("a user may have {most}; wait until some are done"),
            ));
        }
    }
    service.notify.wake_all();
    tracing::info!(
        batch = id,
        name = checked.name,
        scenarios = checked.scenarios.len(),
        "a batch was accepted"
    );
    Ok((id, true))
}

fn store(
    service: &Service,
    submission: &Submission,
    checked: &mut Checked,
    (id, body): (&str, &str),
    turn: Option<Turn>,
) -> Result<Accepted, Problem> {
    let Submission { user, key, options, parent, .. } = submission;
    let action = if parent.is_some() { "rerun" } else { "submit" };
    let entry = AuditEntry::new(&user.name, action, id, &checked.name, &submission.peer.0.to_string());
    commit()?;
    let _adding = service.objects.adding();
    let mut inputs = Vec::new();
    for file in std::mem::take(&mut checked.inputs) {
        inputs.push((file.name, service.objects.put(&file.bytes)?));
    }
    // It takes no memory any more: the next may come in, and both may wait for the same sync of the store.
    drop(turn);
    Ok(service.store.accept(&NewBatch {
        id,
        name: &checked.name,
        description: &checked.description,
        owner: &user.name,
        shared: options.shared,
        priority: options.priority,
        parent: parent.as_deref(),
        file: &checked.file,
        trials: checked.trials,
        shards: checked.shards,
        wall_limit: service.settings.caps.shard_seconds,
        warnings: &checked.warnings,
        scenarios: &checked.scenarios,
        inputs: &inputs,
        idempotency: key.as_deref().map(|key| (key, body)),
        audit: &entry,
        most_unfinished: service.settings.shares.unfinished,
    })?)
}
