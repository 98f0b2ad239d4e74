//! Taking in what a client sends: first to the disk, counted, then into the memory of the child process that validates
//! it. However many clients send however much, the memory of the server stays bounded.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use futures_util::{StreamExt, TryStreamExt};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::submit::name_with_folders;
use super::upload::{Upload, UploadError, UploadLimits};
use crate::input::Files;
use crate::service::Service;
use crate::service::blocking::blocking;
use crate::service::problem::{Kind, Problem};
use crate::service::submission;

use super::options::SubmitOptions;

/// The body of a request on the disk.
pub struct Spooled {
    pub file: std::fs::File,
    pub content_type: String,
}

/// The folder of a request's validation, with its body in it; it is deleted once this is dropped.
pub struct Received {
    pub folder: TempDir,
    pub content_type: String,
    /// Length of the body.
    pub bytes: u64,
}

/// Writes the body of a request to the disk, unless it is too long.
pub async fn spool(service: &Arc<Service>, headers: &HeaderMap, body: Body) -> Result<Received, Problem> {
    let most = service.settings.upload.body;
    let content_type =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let declared: Option<u64> =
        headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let too_long = || Problem::new(Kind::TooLarge, format!("the request is longer than {most} bytes"));
    let mut chunks = body.into_data_stream();
    if declared.is_some_and(|declared| declared > most) {
        if !headers.contains_key(EXPECT) {
            discard(&mut chunks).await;
        }
        return Err(too_long());
    }
    let open = blocking(service, |service| {
        service.room_for(0)?;
        let folder = tempfile::tempdir_in(service.scratch()).map_err(UploadError::Io)?;
        let file = std::fs::File::create(folder.path().join(REQUEST)).map_err(UploadError::Io)?;
        Ok((folder, file))
    });
    let (folder, file) = open.await?;
    let mut file = tokio::fs::File::from_std(file);
    let mut received = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk
            .map_err(|error| Problem::new(Kind::Malformed, format!("the request broke off: {error}")))?;
        received += chunk.len() as u64;
        if received > most {
            discard(&mut chunks).await;
            return Err(too_long());
        }
        file.write_all(&chunk).await.map_err(UploadError::Io)?;
    }
    file.flush().await.map_err(UploadError::Io)?;
    Ok(Received { folder, content_type, bytes: received })
}

/// The file of a request in the folder of its validation.
pub const REQUEST: &str = "request";

/// Reads on for a moment: a client that is still sending would otherwise never see the answer.
async fn discard(chunks: &mut axum::body::BodyDataStream) {
    const MOST: usize = 1 << 28;
    const PATIENCE: Duration = Duration::from_secs(2);
    let reading = async {
        let mut read = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            read += chunk.len();
            if read > MOST {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}

/// Type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Makes a submission of what was received: an archive, a form or JSON, as its type says.
pub async fn read(
    spooled: Spooled,
    mut options: SubmitOptions,
    limits: UploadLimits,
) -> Result<(Upload, SubmitOptions), Problem> {
    let Spooled { mut file, content_type } = spooled;
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/form-data" => {
            let form = form(file, &content_type, &limits).await?;
            in_background(move || form.upload(options, &limits)).await
        }
        "application/json" => {
            in_background(move || {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                let (upload, shared, priority) = submission::from_json(&bytes, &limits)?;
                options.shared |= shared;
                options.priority = if priority == 0 { options.priority } else { priority };
                Ok((upload, options))
            })
            .await
        }
        // A workbook is an archive, and known by what is in it.
        "application/zip" | "application/x-zip-compressed" | XLSX => {
            in_background(move || {
                Ok((submission::from_archive(&mut file, options.batch.as_deref(), &limits)?, options))
            })
            .await
        }
        _ => {
            let detail = "send application/zip, multipart/form-data or application/json";
            Err(Problem::new(Kind::NotSupported, detail))
        }
    }
}

async fn in_background<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, UploadError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(act).await;
    done.map_err(|error| Problem::internal(&error))?.map_err(Problem::from)
}

/// The parts of a form.
#[derive(Default)]
struct Form {
    archive: Option<Vec<u8>>,
    files: Files,
    batch: Option<String>,
    shared: Option<bool>,
    priority: Option<i64>,
}

async fn form(file: std::fs::File, content_type: &str, limits: &UploadLimits) -> Result<Form, Problem> {
    let malformed =
        |error: multer::Error| Problem::new(Kind::Malformed, format!("the form cannot be read: {error}"));
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    let stream = ReaderStream::new(tokio::fs::File::from_std(file)).map_err(std::io::Error::other);
    let mut parts = multer::Multipart::new(stream, boundary);
    let mut form = Form::default();
    let mut count = 0;
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        count += 1;
        if count > limits.files {
            return Err(Problem::new(
                Kind::TooLarge,
                format!("the form has more than {} parts", limits.files),
            ));
        }
        let (name, file_name) =
            (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await.map_err(malformed)?;
        form.add(&name, file_name.as_deref(), bytes.to_vec())?;
    }
    Ok(form)
}

impl Form {
    fn add(&mut self, name: &str, file_name: Option<&str>, bytes: Vec<u8>) -> Result<(), UploadError> {
        let Some(file_name) = file_name else { return self.set(name, &bytes) };
        if file_name.is_empty() && bytes.is_empty() {
            // Browsers send this for a field that was left empty.
            return Ok(());
        }
        let file_name = name_with_folders(file_name)?;
        let lower = file_name.to_ascii_lowercase();
        if lower.ends_with(".zip") {
            return match self.archive.replace(bytes) {
                None => Ok(()),
                Some(_) => Err(UploadError::Malformed("the form holds two archives".to_owned())),
            };
        }
        if lower.ends_with(".xlsx") {
            let problem =
                format!("`{file_name}` is a workbook, which is not supported yet: save its sheets as CSV");
            return Err(UploadError::Malformed(problem));
        }
        match self.files.insert(file_name.clone(), bytes) {
            None => Ok(()),
            Some(_) => Err(UploadError::Malformed(format!("the form holds `{file_name}` twice"))),
        }
    }

    fn set(&mut self, name: &str, bytes: &[u8]) -> Result<(), UploadError> {
        let wrong = |expected: &str| UploadError::Malformed(format!("the field `{name}` is not {expected}"));
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("UTF-8"))?.trim();
        match name {
            "batch" => self.batch = (!text.is_empty()).then(|| text.to_owned()),
            "shared" => self.shared = Some(matches!(text, "on" | "true" | "1")),
            "priority" => self.priority = Some(text.parse().map_err(|_| wrong("a whole number"))?),
            _ => {
                return Err(UploadError::Malformed(format!(
                    "unknown form field `{name}`; known: batch, shared, priority"
                )));
            }
        }
        Ok(())
    }

    fn upload(
        self,
        options: SubmitOptions,
        limits: &UploadLimits,
    ) -> Result<(Upload, SubmitOptions), UploadError> {
        let options = SubmitOptions {
            batch: self.batch.or(options.batch),
            shared: self.shared.unwrap_or(options.shared),
            priority: self.priority.unwrap_or(options.priority),
        };
        let upload = match self.archive {
            Some(_) if !self.files.is_empty() => {
                return Err(UploadError::Malformed("send an archive or single files, not both".to_owned()));
            }
            Some(bytes) => {
                submission::from_archive(&mut std::io::Cursor::new(bytes), options.batch.as_deref(), limits)?
            }
            None => submission::from_files(self.files, options.batch.as_deref())?,
        };
        Ok((upload, options))
    }
}
