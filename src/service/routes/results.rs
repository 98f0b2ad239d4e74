//! Result files: listed, read whole or in part, and all in one archive.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use crate::output::{ADDED_FILES, sha256};
use crate::service::Service;
use crate::service::access::User;
use crate::service::batches::seen;
use crate::service::blocking::{blocking, blocking_in_turn};
use crate::service::connection::Peer;
use crate::service::etags;
use crate::service::made_file::make_file;
use crate::service::problem::{Kind, Problem};
use crate::service::store::{AuditEntry, BatchRow, ObjectRef, StoreError};
use crate::service::submission::body::Archive;
use crate::service::submission::zip::write_zip;
use crate::service::turns::Work;
use crate::service::view::ResultView;

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("csv") => "text/csv; charset=utf-8; header=present",
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        Some("parquet") => "application/vnd.apache.parquet",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// The results of a batch that is done, or of the part that it had finished.
fn results(
    service: &Service,
    user: &User,
    id: &str,
) -> Result<(BatchRow, Vec<(String, ObjectRef)>), Problem> {
    let batch = seen(service, user, id)?;
    if !batch.has_results {
        let state = batch.state;
        let detail = if batch.is_over() {
            format!(
                "the batch is {state}; of no scenario is there a result, or it is still being put together"
            )
        } else {
            format!("the batch is {state}; results are there once it is done")
        };
        return Err(Problem::new(Kind::Conflict, detail));
    }
    let files = service.store.results(id)?;
    Ok((batch, files))
}

/// Lists the result files of a batch.
#[utoipa::path(get, path = "/v1/batches/{id}/results", operation_id = "list_results", tag = "results",
    params(("id" = String, Path, description = "The batch")), responses(
    (status = 200, body = Vec<ResultView>),
    (status = 409, description = "It is not done", body = Problem, content_type = "application/problem+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<Vec<ResultView>>, Problem> {
    let listed = blocking(&service, move |service| {
        let (_, files) = results(service, &user, &id)?;
        let shown = files.into_iter().map(|(name, object)| ResultView {
            media_type: media_type(&name).to_owned(),
            href: format!("/v1/batches/{id}/results/{name}"),
            bytes: object.bytes,
            sha256: object.hash,
            name,
        });
        Ok(shown.collect())
    });
    Ok(Json(listed.await?))
}

/// Content of an answer: an open file and its headers.
struct Content {
    file: File,
    bytes: u64,
    etag: String,
    media_type: &'static str,
    file_name: String,
}

/// A result file, or `workbook.xlsx` or `report.html`, which are made when they are asked for. Understands `If-None-Match`, `Range` (one range) and `If-Range`.
#[utoipa::path(get, path = "/v1/batches/{id}/results/{file}", tag = "results",
    params(
        ("id" = String, Path, description = "The batch"),
        ("file" = String, Path, description = "The name of the file"),
    ), responses(
    (status = 200, description = "The file", content_type = "text/csv", body = String),
    (status = 206, description = "The part of it that was asked for"),
    (status = 304, description = "It is the one that the client has"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if ADDED_FILES.contains(&name.as_str()) {
        let content = blocking_in_turn(&service, Work::Packing, move |service| {
            let (_, files) = results(service, &user, &id)?;
            let content = added(service, &id, &files, &name)?;
            service.store.record(&AuditEntry::new(
                &user.name,
                "download",
                &id,
                &name,
                &peer.0.to_string(),
            ))?;
            Ok(content)
        });
        return send(content.await?, &headers).await;
    }
    let content = blocking(&service, move |service| {
        let (_, files) = results(service, &user, &id)?;
        let found = files.into_iter().find(|(file, _)| *file == name);
        let (name, object) = found.ok_or_else(|| Problem::not_found("result file"))?;
        let file = service.objects.file(&object)?;
        service.store.record(&AuditEntry::new(&user.name, "download", &id, &name, &peer.0.to_string()))?;
        let etag = format!("\"{}\"", object.hash);
        Ok(Content { file, bytes: object.bytes, etag, media_type: media_type(&name), file_name: name })
    });
    send(content.await?, &headers).await
}

/// The workbook or the report of a batch, made from its results.
fn added(
    service: &Service,
    batch: &str,
    files: &[(String, ObjectRef)],
    name: &str,
) -> Result<Content, Problem> {
    let io = |cause| StoreError::Io { path: service.settings.data.clone(), cause };
    let mut file = make_file(service, batch, files, name)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut content = Vec::new();
    let bytes = file.read_to_end(&mut content).map_err(io)? as u64;
    let etag = format!("\"{}\"", sha256(&content));
    let (media_type, file_name) = (media_type(name), name.to_owned());
    Ok(Content { file, bytes, etag, media_type, file_name })
}

/// All result files of a batch in one zip archive.
#[utoipa::path(get, path = "/v1/batches/{id}/results.zip", tag = "results",
    params(("id" = String, Path, description = "The batch")), responses(
    (status = 200, description = "The archive", content_type = "application/zip", body = Archive),
    (status = 206, description = "The part of it that was asked for"),
    (status = 304, description = "It is the one that the client has"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")
))]
pub(super) async fn archive(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = blocking_in_turn(&service, Work::Packing, move |service| {
        let (batch, files) = results(service, &user, &id)?;
        let content = zipped(service, &batch, &files)?;
        service.store.record(&AuditEntry::new(
            &user.name,
            "download",
            &id,
            "results.zip",
            &peer.0.to_string(),
        ))?;
        Ok(content)
    });
    send(content.await?, &headers).await
}

/// The archive as a file that has no name and vanishes when it is closed.
fn zipped(service: &Service, batch: &BatchRow, files: &[(String, ObjectRef)]) -> Result<Content, Problem> {
    let io = |cause| StoreError::Io { path: service.settings.data.clone(), cause };
    let file = tempfile::tempfile_in(service.scratch()).map_err(io)?;
    let contents =
        files.iter().map(|(name, object)| (name.as_str(), File::open(service.objects.path(&object.hash))));
    let mut target = BufWriter::new(file);
    write_zip(&mut target, contents).map_err(|error| Problem::internal(&error))?;
    target.flush().map_err(io)?;
    let mut file = target.into_inner().map_err(|error| io(error.into_error()))?;
    let bytes = file.stream_position().map_err(io)?;
    let hashes: Vec<&str> = files.iter().map(|(_, object)| object.hash.as_str()).collect();
    let etag = format!("\"{}\"", sha256(hashes.concat().as_bytes()));
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let stem: String = batch.name.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    Ok(Content { file, bytes, etag, media_type: "application/zip", file_name: format!("{stem}.zip") })
}

async fn send(content: Content, headers: &HeaderMap) -> Result<Response, Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Content { file, bytes, etag, media_type, file_name } = content;
    if etags::is_known(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let is_same = text(IF_RANGE).is_none_or(|tag| tag == etag);
    let range = match text(RANGE).filter(|_| is_same).map(|range| one_range(range, bytes)) {
        Some(Asked::Part(first, last)) => Some((first, last)),
        Some(Asked::Nothing) => {
            let problem = Problem::new(Kind::Range, format!("the file has {bytes} bytes"));
            return Ok(([(CONTENT_RANGE, format!("bytes */{bytes}"))], problem).into_response());
        }
        Some(Asked::Whole) | None => None,
    };
    let (first, last) = range.unwrap_or((0, bytes.saturating_sub(1)));
    let length = if bytes == 0 { 0 } else { last - first + 1 };
    let mut file = tokio::fs::File::from_std(file);
    let sought = tokio::io::AsyncSeekExt::seek(&mut file, SeekFrom::Start(first)).await;
    sought.map_err(|error| Problem::internal(&error))?;
    let body = Body::from_stream(ReaderStream::new(file.take(length)));
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (ETAG, etag),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
    ];
    Ok(match range {
        None => (headers, body).into_response(),
        Some(_) => {
            let part = [(CONTENT_RANGE, format!("bytes {first}-{last}/{bytes}"))];
            (StatusCode::PARTIAL_CONTENT, headers, part, body).into_response()
        }
    })
}

/// The range that a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// These bytes, first to last.
    Part(u64, u64),
    /// No byte of the file.
    Nothing,
    /// Several ranges, or an unreadable one: the whole file is a right answer.
    Whole,
}

fn one_range(range: &str, bytes: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Asked::Whole,
        (Ok(first), _) if first >= bytes => Asked::Nothing,
        (Ok(first), Ok(last)) => Asked::Part(first, last.min(bytes - 1)),
        (Ok(first), Err(_)) if last.is_empty() => Asked::Part(first, bytes - 1),
        (Err(_), Ok(length)) if first.is_empty() => match length.min(bytes) {
            0 => Asked::Nothing,
            length => Asked::Part(bytes - length, bytes - 1),
        },
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let cases = [
            ("bytes=0-9", Asked::Part(0, 9)),
            ("bytes=90-", Asked::Part(90, 99)),
            ("bytes=-10", Asked::Part(90, 99)),
            ("bytes=-1000", Asked::Part(0, 99)),
            ("bytes=50-1000", Asked::Part(50, 99)),
            ("bytes=100-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=9-5", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
        ];
        for (range, asked) in cases {
            assert_eq!(one_range(range, 100), asked, "{range}");
        }
        assert_eq!(one_range("bytes=0-", 0), Asked::Nothing);
    }
}
