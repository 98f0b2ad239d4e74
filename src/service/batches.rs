//! Actions on batches, shared by routes and pages: look up, submit, rerun, cancel, share, delete.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::HeaderMap;

use super::Service;
use super::access::{self, User, is_batch_id};
use super::blocking::blocking;
use super::commitment::commit;
use super::connection::Peer;
use super::overrides::Overrides;
use super::problem::{Kind, Problem};
use super::store::{Accepted, AuditEntry, BatchRow, BatchState, NewBatch};
use super::submission::UploadError;
use super::submission::examine::{Order, Rerun, Source, input_file};
use super::submission::options::SubmitOptions;
use super::submission::receive;
use super::submission::validation::{Refusal, Validated, validate};

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

/// Requires the right to submit, and that the service takes work.
pub fn admit(service: &Service, user: &User) -> Result<(), Problem> {
    user.to_submit()?;
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Kind::Stopping, "the service is stopping: submit again in a minute"));
    }
    Ok(())
}

/// Receives a submission and has it validated; `is_shown` says whether a page shows its faults.
pub async fn receive(
    service: &Arc<Service>,
    headers: &HeaderMap,
    body: Body,
    options: SubmitOptions,
    is_shown: bool,
) -> Result<Validated, Refusal> {
    let received = receive::spool(service, headers, body).await?;
    let source = Source::Request { content_type: received.content_type };
    let order = order(service, source, options, is_shown);
    validate(service, received.folder, order, received.bytes).await
}

fn order(service: &Service, source: Source, options: SubmitOptions, is_shown: bool) -> Order {
    let (limits, memory) = (service.settings.limits(), service.settings.validation.memory);
    Order { source, options, limits, most: u64::MAX, memory, is_shown, is_described: false }
}

/// A new batch made from one that is there, validated but not stored.
pub async fn prepare_rerun(
    service: &Arc<Service>,
    user: User,
    peer: Peer,
    id: &str,
    overrides: Overrides,
    key: Option<String>,
) -> Result<(Submission, Validated), Problem> {
    let validated = validate_again(service, user.clone(), id, overrides, false).await?;
    let options = validated.batch.options.clone();
    Ok((Submission { user, peer, key, options, parent: Some(id.to_owned()) }, validated))
}

/// What a report tells of the portfolio of a batch, left in a file of the folder of the validation.
pub async fn describe(service: &Arc<Service>, user: User, id: &str) -> Result<Validated, Problem> {
    validate_again(service, user, id, Overrides::default(), true).await
}

/// Validates the inputs of a batch with changes.
async fn validate_again(
    service: &Arc<Service>,
    user: User,
    id: &str,
    overrides: Overrides,
    is_described: bool,
) -> Result<Validated, Problem> {
    let parent = id.to_owned();
    let (order, folder, bytes) = blocking(service, move |service| {
        let parent = seen(service, &user, &parent)?;
        let folder = tempfile::tempdir_in(service.scratch()).map_err(UploadError::Io)?;
        let (inputs, bytes) = lend_inputs(service, &parent.id, folder.path())?;
        let options = SubmitOptions { batch: None, shared: parent.shared, priority: parent.priority };
        let rerun = Rerun { id: parent.id, name: parent.name, file: parent.file, inputs, overrides };
        let order = order(service, Source::Rerun(Box::new(rerun)), options, false);
        Ok((Order { is_described, ..order }, folder, bytes))
    })
    .await?;
    Ok(validate(service, folder, order, bytes).await?)
}

/// Puts the inputs of a batch into a folder; gives their names, and how long they are together.
fn lend_inputs(service: &Service, id: &str, folder: &Path) -> Result<(Vec<String>, u64), Problem> {
    let (mut names, mut bytes) = (Vec::new(), 0);
    for (place, (name, object)) in service.store.inputs(id)?.into_iter().enumerate() {
        let (from, to) = (service.objects.path(&object.hash), folder.join(input_file(place)));
        // A second name costs nothing, and outlives the first.
        if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to).map_err(UploadError::Io)?;
        }
        names.push(name);
        bytes += object.bytes;
    }
    Ok((names, bytes))
}

/// Stores a sound batch; gives its id, and whether it was not there before.
pub fn accept(
    service: &Service,
    submission: &Submission,
    validated: Validated,
) -> Result<(String, bool), Problem> {
    let Submission { options, .. } = submission;
    let batch = &validated.batch;
    if !PRIORITIES.contains(&options.priority) {
        return Err(Problem::new(Kind::Malformed, "priority is from -10 to 10"));
    }
    let id = access::batch_id().map_err(|error| Problem::internal(&error))?;
    service.room_for(batch.inputs.iter().map(|file| file.bytes).sum())?;
    match store(service, submission, &validated, &id)? {
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
    let facts = &batch.facts;
    tracing::info!(batch = id, name = facts.name, scenarios = facts.scenarios.len(), "a batch was accepted");
    Ok((id, true))
}

fn store(
    service: &Service,
    submission: &Submission,
    validated: &Validated,
    id: &str,
) -> Result<Accepted, Problem> {
    let batch = &validated.batch;
    let facts = &batch.facts;
    let Submission { user, key, options, parent, .. } = submission;
    let action = if parent.is_some() { "rerun" } else { "submit" };
    let entry = AuditEntry::new(&user.name, action, id, &facts.name, &submission.peer.0.to_string());
    commit()?;
    let _adding = service.objects.adding();
    let mut inputs = Vec::new();
    for (place, file) in batch.inputs.iter().enumerate() {
        inputs.push((file.name.clone(), service.objects.put_file(&validated.path(place))?));
    }
    Ok(service.store.accept(&NewBatch {
        id,
        name: &facts.name,
        description: &facts.description,
        owner: &user.name,
        shared: options.shared,
        priority: options.priority,
        parent: parent.as_deref(),
        file: &facts.file,
        trials: facts.trials,
        shards: facts.shards,
        wall_limit: service.settings.caps.shard_seconds,
        warnings: &facts.warnings,
        scenarios: &facts.scenarios,
        inputs: &inputs,
        idempotency: key.as_deref().map(|key| (key, batch.body.as_str())),
        audit: &entry,
        most_unfinished: service.settings.shares.unfinished,
    })?)
}
