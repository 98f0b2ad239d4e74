//! Refusals of requests: problem details (RFC 9457).

use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, QueryRejection};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, shown};

use super::store::StoreError;
use super::submission::UploadError;

/// Refusal of a request (RFC 9457).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Kind of problem: the address of a section of the documentation.
    #[schema(example = "/docs#invalid-input")]
    pub r#type: String,
    /// The kind in words.
    pub title: String,
    /// The status of the response.
    #[schema(example = 422)]
    pub status: u16,
    /// Description of this occurrence.
    pub detail: String,
    /// For invalid input: all faults, as `cutline validate` reports them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// A fault or a warning in the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// `fault` or `warning`.
    pub severity: String,
    /// The file, without folders.
    pub file: String,
    /// Row of a table or line of a text file, as a spreadsheet shows it: the header is row 1.
    pub row: Option<usize>,
    /// Heading of the column, or dotted key in a batch file.
    pub column: Option<String>,
    /// The value found there.
    pub value: Option<String>,
    /// The problem with it.
    pub problem: String,
    /// The expected value and the remedy.
    pub help: String,
    /// In how many places it is the case.
    #[schema(example = 1)]
    pub times: usize,
    /// The first further places of the same fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Elsewhere>,
    /// All of this in one line, as `cutline validate` writes it.
    pub text: String,
}

/// A further place in which the same is the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Elsewhere {
    /// The file, if it is another than that of the first place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row of a table or line of a text file.
    pub row: Option<usize>,
    /// Heading of the column, or dotted key in a batch file.
    pub column: Option<String>,
    /// The value found there.
    pub value: Option<String>,
}

/// Detail of a refusal because memory was refused while it was read.
pub(super) const NO_MEMORY: &str = "it needs more memory than there is";

/// Largest number of further places in an answer.
const PLACES_TOLD: usize = 100;

impl From<&Diagnostic> for Fault {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            severity: match diagnostic.severity {
                Severity::Fault => "fault",
                Severity::Warning => "warning",
            }
            .to_owned(),
            file: diagnostic.source.file.clone(),
            row: diagnostic.source.row,
            column: diagnostic.source.column.clone(),
            value: diagnostic.value.clone(),
            problem: diagnostic.problem.clone(),
            help: diagnostic.help.clone(),
            times: diagnostic.count(),
            others: (diagnostic.others.iter().take(PLACES_TOLD))
                .map(|other| Elsewhere {
                    file: other.file.clone(),
                    row: other.row,
                    column: other.column.clone(),
                    value: other.value.clone(),
                })
                .collect(),
            text: diagnostic.to_string(),
        }
    }
}

/// The kinds of problems: anchor in the documentation, status, title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Malformed,
    NoToken,
    NotAllowed,
    NotFound,
    WrongMethod,
    Conflict,
    TooLarge,
    NotSupported,
    InvalidInput,
    OverCap,
    KeyReused,
    TooMany,
    TooManyConnections,
    Internal,
    Busy,
    Stopping,
    TimedOut,
    Full,
    Range,
}

impl Kind {
    /// All of them, in the order of their statuses.
    pub const ALL: [Self; 19] = [
        Self::Malformed,
        Self::NoToken,
        Self::NotAllowed,
        Self::NotFound,
        Self::WrongMethod,
        Self::TimedOut,
        Self::Conflict,
        Self::TooLarge,
        Self::NotSupported,
        Self::Range,
        Self::InvalidInput,
        Self::OverCap,
        Self::KeyReused,
        Self::TooMany,
        Self::TooManyConnections,
        Self::Internal,
        Self::Busy,
        Self::Stopping,
        Self::Full,
    ];

    pub const fn facts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Malformed => ("malformed", StatusCode::BAD_REQUEST, "The request cannot be read"),
            Self::NoToken => ("no-token", StatusCode::UNAUTHORIZED, "A valid token is needed"),
            Self::NotAllowed => ("not-allowed", StatusCode::FORBIDDEN, "This is not allowed"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is nothing here"),
            Self::WrongMethod => {
                ("wrong-method", StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method")
            }
            Self::Conflict => ("conflict", StatusCode::CONFLICT, "This cannot be done now"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The upload is too large"),
            Self::NotSupported => {
                ("not-supported", StatusCode::UNSUPPORTED_MEDIA_TYPE, "This type of content is not taken")
            }
            Self::InvalidInput => (
                "invalid-input",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The input has faults; nothing was stored",
            ),
            Self::OverCap => (
                "over-cap",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The batch asks for more than this server allows",
            ),
            Self::KeyReused => (
                "key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was used for something else",
            ),
            Self::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS, "Too many unfinished batches"),
            Self::TooManyConnections => {
                ("too-many-connections", StatusCode::TOO_MANY_REQUESTS, "Too many connections")
            }
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE, "The service is busy"),
            Self::Internal => {
                ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something failed that should not")
            }
            Self::Stopping => ("stopping", StatusCode::SERVICE_UNAVAILABLE, "The service is stopping"),
            Self::TimedOut => ("timed-out", StatusCode::REQUEST_TIMEOUT, "The request took too long"),
            Self::Full => ("full", StatusCode::INSUFFICIENT_STORAGE, "There is no room for more"),
            Self::Range => ("range", StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such range"),
        }
    }

    /// The kind that a status stands for, where nothing else is known.
    fn of(status: StatusCode) -> Self {
        let usual = if status.is_server_error() { Self::Internal } else { Self::Malformed };
        Self::ALL.into_iter().find(|kind| kind.facts().1 == status && status.as_u16() != 422).unwrap_or(usual)
    }
}

impl Problem {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        /// A detail may repeat what a stranger sent.
        const LONGEST: usize = 1_000;
        let (anchor, status, title) = kind.facts();
        Self {
            r#type: format!("/docs#{anchor}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: shown(&detail.into(), LONGEST),
            faults: Vec::new(),
        }
    }

    /// The input has these faults.
    pub(super) fn of_input(found: &Diagnostics) -> Self {
        let count = found.fault_count();
        let faults = if count == 1 { "fault was" } else { "faults were" };
        let problem = Self::new(Kind::InvalidInput, format!("{count} {faults} found"));
        Self { faults: found.iter().map(Fault::from).collect(), ..problem }
    }

    /// A refusal of which only the status and a text are known.
    pub(super) fn of_status(status: StatusCode, text: &str) -> Self {
        let kind = Kind::of(status);
        let detail = if text.trim().is_empty() { kind.facts().2 } else { text.trim() };
        Self::new(kind, detail)
    }

    /// The thing does not exist or is hidden from the user; the answer does not say which of the two.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("{what} not found (or you have no access to it)"))
    }

    /// Something failed; the cause goes to the log and not to the client.
    pub(super) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Kind::Internal, "the failure is in the server's log, under the id of this request")
    }

    /// True if it is of this kind.
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        self.r#type.strip_prefix("/docs#") == Some(kind.facts().0)
    }

    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
        const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"cutline\"");
        const SECONDS: HeaderValue = HeaderValue::from_static("30");
        let status = self.status();
        let mut response = (status, Json(&self)).into_response();
        // For those who would rather have it as a page.
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        match status {
            StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, BEARER)),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                drop(headers.insert(RETRY_AFTER, SECONDS));
            }
            _ => {}
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::new(Kind::Full, "the disk is full; nothing was stored"),
            StoreError::Io { cause, .. } if cause.kind() == std::io::ErrorKind::StorageFull => {
                Self::new(Kind::Full, "the disk is full; nothing was stored")
            }
            other => Self::internal(&other),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(error: QueryRejection) -> Self {
        Self::new(Kind::Malformed, error.body_text())
    }
}

impl From<FormRejection> for Problem {
    fn from(error: FormRejection) -> Self {
        match error {
            FormRejection::InvalidFormContentType(_) => {
                Self::new(Kind::NotSupported, "send a form (`application/x-www-form-urlencoded`)")
            }
            error => Self::new(Kind::Malformed, error.body_text()),
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(error: JsonRejection) -> Self {
        match error {
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(Kind::NotSupported, "send JSON, with the header `Content-Type: application/json`")
            }
            error if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(Kind::TooLarge, error.body_text())
            }
            error => Self::new(Kind::Malformed, error.body_text()),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::TooMuch(detail) => Self::new(Kind::TooLarge, detail),
            UploadError::Malformed(detail) => Self::new(Kind::Malformed, detail),
            UploadError::Io(cause) if cause.kind() == std::io::ErrorKind::StorageFull => {
                Self::new(Kind::Full, "the disk is full; nothing was stored")
            }
            UploadError::Io(cause) if cause.kind() == std::io::ErrorKind::OutOfMemory => {
                Self::new(Kind::TooLarge, NO_MEMORY)
            }
            UploadError::Io(cause) => Self::internal(&cause),
        }
    }
}
