//! HTTP client behind `cutline submit`, `status`, `fetch` and `cancel`.

use std::io::{Cursor, Read};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::{Agent, Body, Proxy};

use crate::input::InputFile;
use crate::output::sha256;

use super::submission::submit::TABLES;
use super::submission::zip::{ZipError, write_zip};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 1 << 32;

/// Failures of a request to a server.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It could not be reached.
    #[error("{server} could not be asked: {cause}")]
    Unreachable {
        /// The server.
        server: String,
        /// The transport error.
        cause: Box<ureq::Error>,
    },
    /// It refused.
    #[error("the server refuses ({status}): {detail}")]
    Refused {
        /// The status of its answer.
        status: u16,
        /// The reason.
        detail: String,
    },
    /// The server's answer could not be parsed.
    #[error("the server answered what is not understood: {0}")]
    Unexpected(String),
    /// The batch could not be packed.
    #[error("the batch could not be packed: {0}")]
    Packing(#[from] ZipError),
}

impl ClientError {
    /// True if the server understood the request and refused it.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { status: 400..500, .. })
    }

    /// True if a later try may succeed: the server is unreachable, stopping, or has too much to do.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Refused { status: 408 | 429 | 500.., .. })
    }
}

/// The batch file and its tables as one archive.
///
/// # Errors
/// If they do not fit into an archive.
pub fn zip_batch(files: &[InputFile]) -> Result<Vec<u8>, ClientError> {
    let mut archive = Cursor::new(Vec::new());
    let names: Vec<String> = (files.iter().enumerate())
        .map(|(place, file)| if place == 0 { file.name.clone() } else { format!("{TABLES}/{}", file.name) })
        .collect();
    let entries = names.iter().map(String::as_str).zip(files.iter().map(|file| Ok(file.bytes.as_slice())));
    write_zip(&mut archive, entries)?;
    Ok(archive.into_inner())
}

/// A result file on a server.
#[derive(Clone, Debug, Deserialize)]
pub struct RemoteFile {
    /// Its name.
    pub name: String,
    /// The hash of its content.
    pub sha256: String,
}

/// A server, and the token of the user.
#[derive(Debug)]
pub struct Client {
    server: String,
    token: Option<String>,
    agent: Agent,
}

impl Client {
    /// A client of the server at an address such as `http://127.0.0.1:8787`.
    pub fn new(server: &str, token: Option<String>) -> Self {
        let server = server.trim_end_matches('/').to_owned();
        // A server on this machine is not behind a proxy.
        let is_near =
            ["http://127.", "http://localhost", "http://[::1]"].iter().any(|near| server.starts_with(near));
        let proxy = if is_near { None } else { Proxy::try_from_env() };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(proxy)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(120)))
            .build();
        Self { server, token, agent: config.into() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    fn headers<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    fn answer(&self, sent: Result<ureq::http::Response<Body>, ureq::Error>) -> Result<Vec<u8>, ClientError> {
        let unreachable =
            |cause| ClientError::Unreachable { server: self.server.clone(), cause: Box::new(cause) };
        let mut response = sent.map_err(unreachable)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        let read = response.body_mut().as_reader().take(LONGEST).read_to_end(&mut bytes);
        read.map_err(|cause| unreachable(cause.into()))?;
        if status < 400 {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(ClientError::Refused { status, detail: detail(&problem) })
    }

    fn json(&self, sent: Result<ureq::http::Response<Body>, ureq::Error>) -> Result<Value, ClientError> {
        let bytes = self.answer(sent)?;
        serde_json::from_slice(&bytes).map_err(|error| ClientError::Unexpected(error.to_string()))
    }

    fn get(&self, path: &str) -> Result<ureq::http::Response<Body>, ureq::Error> {
        self.headers(self.agent.get(self.url(path))).call()
    }

    /// Submits an archive of a batch and its tables.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses.
    pub fn submit(
        &self,
        archive: &[u8],
        shared: bool,
        priority: i64,
        key: Option<&str>,
    ) -> Result<Value, ClientError> {
        let url = self.url(&format!("/v1/batches?shared={shared}&priority={priority}"));
        let request = self.headers(self.agent.post(url)).header("content-type", "application/zip");
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        self.json(request.send(archive))
    }

    /// The current state of a batch.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses.
    pub fn batch(&self, id: &str) -> Result<Value, ClientError> {
        self.json(self.get(&format!("/v1/batches/{id}")))
    }

    /// The latest batches.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses.
    pub fn batches(&self) -> Result<Value, ClientError> {
        self.json(self.get("/v1/batches"))
    }

    /// The result files of a batch.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses.
    pub fn results(&self, id: &str) -> Result<Vec<RemoteFile>, ClientError> {
        let list = self.json(self.get(&format!("/v1/batches/{id}/results")))?;
        serde_json::from_value(list).map_err(|error| ClientError::Unexpected(error.to_string()))
    }

    /// A result file, held to its hash.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses, or sends something else.
    pub fn result(&self, id: &str, file: &RemoteFile) -> Result<Vec<u8>, ClientError> {
        let bytes = self.answer(self.get(&format!("/v1/batches/{id}/results/{}", file.name)))?;
        if sha256(&bytes) == file.sha256 {
            return Ok(bytes);
        }
        Err(ClientError::Unexpected(format!("{} does not match its hash", file.name)))
    }

    /// Cancels a batch.
    ///
    /// # Errors
    /// If the server cannot be asked or refuses.
    pub fn cancel(&self, id: &str) -> Result<Value, ClientError> {
        self.json(self.headers(self.agent.post(self.url(&format!("/v1/batches/{id}/cancel")))).send_empty())
    }
}

/// The reason of a refusal, with one fault per line.
fn detail(problem: &Value) -> String {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let faults = problem.get("faults").and_then(Value::as_array).into_iter().flatten();
    let faults: String =
        faults.map(|fault| format!("\n{}: {}", text(fault, "severity"), text(fault, "text"))).collect();
    format!("{}: {}{faults}", text(problem, "title"), text(problem, "detail"))
}
