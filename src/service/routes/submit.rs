//! New batches: submitted, or made from another with something changed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use crate::input::Files;
use crate::service::Service;
use crate::service::access::{self, User};
use crate::service::overrides::{self, OverrideError, Overrides};
use crate::service::problem::{Kind, Problem};
use crate::service::store::{Accepted, AuditEntry, NewBatch};
use crate::service::submission::submit::{BATCH_FILE, Checked, body_hash, check};
use crate::service::submission::{Tables, Upload};

use super::batches::seen;
use super::view::{BatchView, view};
use super::{Peer, blocking};
use crate::service::submission::options::Wishes;
use crate::service::submission::receive;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The priorities that a batch may have.
const PRIORITIES: std::ops::RangeInclusive<i64> = -10..=10;

/// Who submits what, and from where.
struct Submission {
    user: User,
    peer: Peer,
    key: Option<String>,
    wishes: Wishes,
    parent: Option<String>,
}

/// Submits a batch: a zip archive of the batch file and its portfolio's folder (as it is, or as a part of a form), single
/// files in a form, or JSON tables. It is validated at once: faults are answered with 422, each with its file, row,
/// column, value and what to do, and nothing is stored. With an `Idempotency-Key`, submitting the same again answers
/// with the batch that is there.
#[utoipa::path(post, path = "/v1/batches", tag = "batches",
    params(Wishes, ("Idempotency-Key" = Option<String>, Header, description = "Up to 200 printable characters")),
    request_body(description = "The batch file and its tables", content(
        (Vec<u8> = "application/zip"),
        (Object = "multipart/form-data"),
        (Object = "application/json", example = json!({
            "batch": "[batch]\nname = \"small\"\nportfolio = \"tables\"\noptions = 2\n",
            "tables": {"projects": "project\nA\nB\n", "costs": [["project", "line", "2027"], ["A", "capex", 30]]}
        }))
    )), responses(
    (status = 202, description = "It is accepted and will run", body = BatchView,
        headers(("Location" = String, description = "The batch"))),
    (status = 200, description = "The same was submitted before under this key", body = BatchView),
    (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Faults in the input", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many unfinished batches", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "No room", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn submit(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    wishes: Result<Query<Wishes>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Query(wishes) = wishes.map_err(|error| Problem::new(Kind::Malformed, error.body_text()))?;
    admit(&service, &user)?;
    let key = key(&headers)?;
    let spooled = receive::spool(&service, &headers, body).await?;
    // The others wait on the disk.
    let turn = turn(&service).await?;
    let (upload, wishes) = receive::read(spooled, wishes, service.settings.upload).await?;
    let submission = Submission { user, peer, key, wishes, parent: None };
    let answer = blocking(&service, move |service| {
        let checked = check(upload, &service.settings)?;
        answer(service, &submission, checked, turn)
    });
    answer.await
}

/// Submits what a form of the page brings; gives the id of the batch, or why not, and the files that faults lie in.
pub(in crate::service) async fn submit_form(
    service: &Arc<Service>,
    peer: Peer,
    user: User,
    headers: &HeaderMap,
    body: Body,
) -> (Result<String, Problem>, Files) {
    let received = async {
        admit(service, &user)?;
        let spooled = receive::spool(service, headers, body).await?;
        let turn = turn(service).await?;
        Ok((receive::read(spooled, Wishes::default(), service.settings.upload).await?, turn))
    };
    let ((upload, wishes), turn) = match received.await {
        Ok(received) => received,
        Err(problem) => return (Err(problem), Files::new()),
    };
    let submission = Submission { user, peer, key: None, wishes, parent: None };
    let checked = blocking(service, move |service| {
        let files = upload.clone().into_files();
        let made = check(upload, &service.settings)
            .and_then(|checked| Ok(accept(service, &submission, checked, Some(turn))?.0));
        Ok((made, files))
    });
    checked.await.unwrap_or_else(|problem| (Err(problem), Files::new()))
}

/// Makes a new batch from one that is there, with something changed in its batch file. The tables stay the same.
#[utoipa::path(post, path = "/v1/batches/{id}/rerun", tag = "batches",
    params(
        ("id" = String, Path, description = "The batch that is run again"),
        ("Idempotency-Key" = Option<String>, Header, description = "Up to 200 printable characters"),
    ), request_body = Overrides, responses(
    (status = 202, description = "It is accepted and will run", body = BatchView),
    (status = 200, description = "The same was submitted before under this key", body = BatchView),
    (status = 422, description = "The changed batch has faults", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn rerun(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
    overrides: Result<Json<Overrides>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(overrides) = overrides.map_err(|error| Problem::new(Kind::Malformed, error.body_text()))?;
    admit(&service, &user)?;
    let key = key(&headers)?;
    let turn = turn(&service).await?;
    let answered = blocking(&service, move |service| {
        let (submission, checked) = prepared(service, user, peer, &id, &overrides, key)?;
        answer(service, &submission, checked, turn)
    });
    answered.await
}

fn prepared(
    service: &Service,
    user: User,
    peer: Peer,
    id: &str,
    overrides: &Overrides,
    key: Option<String>,
) -> Result<(Submission, Checked), Problem> {
    let parent = seen(service, &user, id)?;
    let upload = changed(service, id, &parent.file, overrides)?;
    let checked = check(upload, &service.settings)?;
    let wishes = Wishes { batch: None, shared: parent.shared, priority: parent.priority };
    Ok((Submission { user, peer, key, wishes, parent: Some(id.to_owned()) }, checked))
}

/// Makes a new batch from one that is there; gives its id.
pub(in crate::service) fn rerun_batch(
    service: &Service,
    user: User,
    peer: Peer,
    id: &str,
    overrides: &Overrides,
) -> Result<String, Problem> {
    admit(service, &user)?;
    let (submission, checked) = prepared(service, user, peer, id, overrides, None)?;
    Ok(accept(service, &submission, checked, None)?.0)
}

/// The right to hold a submission in memory.
type Turn = OwnedSemaphorePermit;

/// Only so many submissions are held in memory at a time.
async fn turn(service: &Service) -> Result<Turn, Problem> {
    service.reading.clone().acquire_owned().await.map_err(|error| Problem::internal(&error))
}

/// Lets pass who may submit, while the service takes work.
fn admit(service: &Service, user: &User) -> Result<(), Problem> {
    user.to_submit()?;
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Kind::Stopping, "the service is stopping: submit again in a minute"));
    }
    Ok(())
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const LONGEST: usize = 200;
    let Some(key) = headers.get(KEY) else { return Ok(None) };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(
            Kind::Malformed,
            format!("an Idempotency-Key has 1 to {LONGEST} printable characters"),
        )),
    }
}

/// The inputs of a batch with another batch file.
fn changed(service: &Service, id: &str, file: &str, overrides: &Overrides) -> Result<Upload, Problem> {
    let mut files = Files::new();
    for (name, object) in service.store.inputs(id)? {
        files.insert(name, service.objects.read(&object)?);
    }
    let batch = files.remove(BATCH_FILE).unwrap_or_default();
    let batch = overrides::apply(&batch, overrides).map_err(|error| {
        let kind = match error {
            OverrideError::NoScenario(_) => Kind::InvalidInput,
            OverrideError::NotToml(_) => Kind::Malformed,
        };
        Problem::new(kind, error.to_string())
    })?;
    Ok(Upload { file: file.to_owned(), batch, tables: Tables::Given(files) })
}

/// Stores a sound batch and answers with it.
fn answer(
    service: &Service,
    submission: &Submission,
    checked: Checked,
    turn: Turn,
) -> Result<Response, Problem> {
    let (id, is_new) = accept(service, submission, checked, Some(turn))?;
    let batch = view(&seen(service, &submission.user, &id)?);
    let location = [(LOCATION, format!("/v1/batches/{id}"))];
    Ok(if is_new {
        (StatusCode::ACCEPTED, location, Json(batch)).into_response()
    } else {
        (StatusCode::OK, location, [(REPLAYED, "true")], Json(batch)).into_response()
    })
}

/// Stores a sound batch; gives its id, and whether it was not there before.
fn accept(
    service: &Service,
    submission: &Submission,
    mut checked: Checked,
    turn: Option<Turn>,
) -> Result<(String, bool), Problem> {
    let Submission { wishes, parent, .. } = submission;
    if !PRIORITIES.contains(&wishes.priority) {
        return Err(Problem::new(Kind::Malformed, "priority is from -10 to 10"));
    }
    let said = format!("{} {} {}", wishes.shared, wishes.priority, parent.as_deref().unwrap_or_default());
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
    service.bell.ring();
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
    let Submission { user, key, wishes, parent, .. } = submission;
    let action = if parent.is_some() { "rerun" } else { "submit" };
    let entry = AuditEntry::new(&user.name, action, id, &checked.name, &submission.peer.0.to_string());
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
        shared: wishes.shared,
        priority: wishes.priority,
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
