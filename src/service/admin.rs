//! Commands of operators, which work while the server runs or not: tokens, backups, the audit log.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tracing_subscriber::EnvFilter;

use crate::output::utc;

use super::access::{self, AccessError};
use super::blobs::Objects;
use super::server::{ServiceError, make_folder};
use super::store::{Role, Store, now};

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// The user of the token.
    pub name: String,
    /// The role of the user.
    pub role: &'static str,
    /// `valid`, `expired` or `revoked`.
    pub state: &'static str,
    /// Time of creation (UTC).
    pub created: String,
    /// Time of expiry.
    pub expires: Option<String>,
    /// Time of last use, to the hour.
    pub used: Option<String>,
}

fn store(data: &Path) -> Result<Store, AccessError> {
    make_folder(data).map_err(|error| AccessError::Store(format!("`{}`: {error}", data.display())))?;
    Ok(Store::open(data)?)
}

/// Makes a token and gives its secret, which is kept nowhere.
///
/// # Errors
/// If the name is taken or cannot be one, or the store fails.
pub fn create_token(
    data: &Path,
    name: &str,
    role: Role,
    expires: Option<Duration>,
) -> Result<String, AccessError> {
    let expires =
        expires.map(|time| now().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)));
    access::create(&store(data)?, name, role, expires)
}

/// Revokes the token in use by a name, at once; `false` if there is none.
///
/// # Errors
/// If the store fails.
pub fn revoke_token(data: &Path, name: &str) -> Result<bool, AccessError> {
    access::revoke(&store(data)?, name)
}

/// All tokens, oldest first.
///
/// # Errors
/// If the store fails.
pub fn list_tokens(data: &Path) -> Result<Vec<TokenInfo>, AccessError> {
    let time = |milliseconds: i64| utc(UNIX_EPOCH + Duration::from_millis(milliseconds.unsigned_abs()));
    let rows = store(data)?.tokens()?;
    let info = |row: super::store::TokenRow| TokenInfo {
        state: match row.revoked {
            Some(_) => "revoked",
            None if row.is_valid() => "valid",
            None => "expired",
        },
        role: row.role.as_str(),
        created: time(row.created),
        expires: row.expires.map(time),
        used: row.used.map(time),
        name: row.name,
    };
    Ok(rows.into_iter().map(info).collect())
}

/// Copies a data folder to a new one while the server runs; returns the number of files beside the store.
///
/// The store is copied first, as a snapshot: every file that it refers to exists by then, and files never change. A
/// file that is deleted during the copy belonged to a batch that was deleted since.
///
/// # Errors
/// If the new folder is not empty, or files cannot be copied.
pub fn backup(data: &Path, to: &Path) -> Result<usize, ServiceError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| ServiceError::Folder { path, cause }
    };
    if !data.join("cutline.sqlite3").exists() {
        return Err(failed(data)(ErrorKind::NotFound.into()));
    }
    make_folder(to).map_err(failed(to))?;
    if fs::read_dir(to).map_err(failed(to))?.next().is_some() {
        return Err(failed(to)(ErrorKind::DirectoryNotEmpty.into()));
    }
    let target = to.join("cutline.sqlite3");
    Store::open(data)?.copy_to(&target)?;
    let objects = Objects::open(data)?;
    let copies = Objects::open(to)?;
    let mut copied = 0;
    for hash in Store::open(to)?.object_hashes()? {
        let (from, place) = (objects.path(&hash), copies.path(&hash));
        let parent = place.parent().unwrap_or(to);
        fs::create_dir_all(parent).map_err(failed(parent))?;
        match fs::copy(&from, &place) {
            Ok(_) => copied += 1,
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(&from)(cause)),
        }
    }
    Ok(copied)
}

/// Checks every file of a data folder against its hash; returns those that are damaged or missing.
///
/// # Errors
/// If the store fails.
pub fn check_backup(data: &Path) -> Result<Vec<PathBuf>, ServiceError> {
    let hashes = Store::open(data)?.object_hashes()?;
    Ok(Objects::open(data)?.damaged(&hashes))
}

/// Writes the log to stderr: JSON for programs, or text. The variable RUST_LOG says how much.
pub fn write_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only the first log of a process counts.
    let _ = if json {
        log.json().flatten_event(true).with_span_list(false).try_init()
    } else {
        log.with_ansi(false).try_init()
    };
}
