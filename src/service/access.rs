//! Access control: tokens, their secrets, and users with their roles.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::output::hex;

use super::store::{AuditEntry, NewToken, Role, Store, StoreError, now};

/// Prefix of every secret, by which scanners for leaked secrets recognise it.
const PREFIX: &str = "cutline";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// The user who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct User {
    pub name: String,
    pub role: Role,
}

impl User {
    /// The user of this machine, where no tokens are required.
    pub fn local() -> Self {
        Self { name: "local".to_owned(), role: Role::Admin }
    }

    /// True if they may see a batch.
    pub fn may_see(&self, owner: &str, shared: bool) -> bool {
        shared || self.role == Role::Admin || self.name == owner
    }

    /// The name that batches must be owned by, or be shared; `None` if they see all.
    pub fn sees_only(&self) -> Option<&str> {
        (self.role != Role::Admin).then_some(self.name.as_str())
    }

    /// True if they may submit batches.
    pub fn may_submit(&self) -> bool {
        self.role >= Role::Analyst
    }

    /// True if they may change a batch.
    pub fn may_change(&self, owner: &str) -> bool {
        self.role == Role::Admin || (self.may_submit() && self.name == owner)
    }
}

/// The one who makes a request, as authentication finds out. Logs tell of it after the answer.
#[derive(Debug, Default)]
pub(super) struct Asker {
    name: OnceLock<String>,
    has_wrong_token: AtomicBool,
}

impl Asker {
    /// A user was recognised.
    pub fn is_user(&self, name: &str) {
        // The first name stays: all are of the same token.
        let _ = self.name.set(name.to_owned());
    }

    /// A token was shown that opens nothing.
    pub fn shows_wrong_token(&self) {
        self.has_wrong_token.store(true, Ordering::Relaxed);
    }

    /// The name of the user, if one was recognised.
    pub fn user(&self) -> Option<&str> {
        self.name.get().map(String::as_str)
    }

    /// True if a token was shown that opens nothing.
    pub fn has_wrong_token(&self) -> bool {
        self.has_wrong_token.load(Ordering::Relaxed)
    }
}

/// Random bytes of the system as hexadecimal digits.
pub(super) fn random_hex<const BYTES: usize>() -> Result<String, AccessError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|cause| AccessError::NoRandomness(cause.to_string()))?;
    Ok(hex(&bytes))
}

/// Failures of token management.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(String),
    /// The name is taken.
    #[error("there is a token in use by the name `{0}`: revoke it first, or choose another name")]
    NameTaken(String),
    /// The name cannot be one.
    #[error("`{0}` cannot name a user: write 1 to 60 letters, digits, `.`, `_`, `-` or `@`")]
    BadName(String),
    /// The store failed.
    #[error("{0}")]
    Store(String),
}

impl From<StoreError> for AccessError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// Makes a token. Its secret is given back and kept nowhere.
pub(super) fn create(
    store: &Store,
    name: &str,
    role: Role,
    expires: Option<i64>,
) -> Result<String, AccessError> {
    const LONGEST: usize = 60;
    let is_plain = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
    if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(is_plain) {
        return Err(AccessError::BadName(name.to_owned()));
    }
    let (id, secret) = (random_hex::<ID_BYTES>()?, random_hex::<SECRET_BYTES>()?);
    let hash = Sha256::digest(secret.as_bytes());
    let new = NewToken { id: &id, name, role, hash: &hash, expires };
    if !store.add_token(&new)? {
        return Err(AccessError::NameTaken(name.to_owned()));
    }
    store.record(&AuditEntry::new("operator", "token create", name, role.as_str(), "command line"))?;
    Ok(format!("{PREFIX}_{id}_{secret}"))
}

/// Revokes the token in use by a name; `false` if there is none.
pub(super) fn revoke(store: &Store, name: &str) -> Result<bool, AccessError> {
    let revoked = store.revoke_token(name)?;
    if revoked {
        store.record(&AuditEntry::new("operator", "token revoke", name, "", "command line"))?;
    }
    Ok(revoked)
}

/// The user of a token; `None` if the token is invalid.
pub(super) fn user_of(store: &Store, token: &str) -> Result<Option<User>, StoreError> {
    let mut parts = token.split('_');
    let (Some(PREFIX), Some(id), Some(secret), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Ok(None);
    };
    let found = store.token(id)?;
    // The comparison is made even if there is no such token, so that its duration reveals nothing.
    let given = Sha256::digest(secret.as_bytes());
    let kept = found.as_ref().map_or(&[0; SECRET_BYTES][..], |row| &row.hash);
    let is_equal = bool::from(given.as_slice().ct_eq(kept));
    let Some(row) = found.filter(|row| is_equal && row.is_valid()) else { return Ok(None) };
    store.token_used(&row)?;
    Ok(Some(User { name: row.name, role: row.role }))
}

/// True if a user still has a valid token of their role: for what goes on long after it was shown.
pub(super) fn is_still_user(store: &Store, user: &User) -> Result<bool, StoreError> {
    Ok(store.token_of(&user.name)?.is_some_and(|token| token.is_valid() && token.role == user.role))
}

/// A new id for a batch: 48 bits of time and 80 random ones in base 32, so that ids sort by age.
pub(super) fn batch_id() -> Result<String, AccessError> {
    /// Digits and letters that are not mistaken for each other (Crockford).
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    const LENGTH: u32 = 26;
    let mut random = [0; 16];
    getrandom::fill(&mut random[6..]).map_err(|cause| AccessError::NoRandomness(cause.to_string()))?;
    let bits = u128::from_be_bytes(random) | u128::from(now().unsigned_abs()) << 80;
    let digit = |place: u32| char::from(DIGITS[(bits >> (5 * place)) as usize % 32]);
    Ok((0..LENGTH).rev().map(digit).collect())
}

/// True if a text could be the id of a batch.
pub(super) fn is_batch_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_token_opens_until_it_is_revoked_or_expires() {
        let place = TempDir::new().unwrap();
        let store = Store::open(place.path()).unwrap();
        let secret = create(&store, "ana", Role::Analyst, None).unwrap();
        assert!(matches!(create(&store, "ana", Role::Admin, None), Err(AccessError::NameTaken(_))));
        assert!(matches!(create(&store, "a b", Role::Admin, None), Err(AccessError::BadName(_))));
        let ana = User { name: "ana".to_owned(), role: Role::Analyst };
        assert_eq!(user_of(&store, &secret).unwrap(), Some(ana));
        let mut wrong = secret.clone();
        wrong.replace_range(secret.len() - 1.., if secret.ends_with('0') { "1" } else { "0" });
        for token in [wrong.as_str(), "", "cutline__", &secret[..30], &format!("{secret}_")] {
            assert_eq!(user_of(&store, token).unwrap(), None, "{token}");
        }
        let ana = User { name: "ana".to_owned(), role: Role::Analyst };
        assert!(is_still_user(&store, &ana).unwrap());
        assert!(!is_still_user(&store, &User { role: Role::Admin, ..ana.clone() }).unwrap());
        assert!(revoke(&store, "ana").unwrap() && !revoke(&store, "ana").unwrap());
        assert_eq!(user_of(&store, &secret).unwrap(), None);
        assert!(!is_still_user(&store, &ana).unwrap());
        let expired = create(&store, "ana", Role::Admin, Some(now() - 1)).unwrap();
        assert_eq!(user_of(&store, &expired).unwrap(), None);
        assert!(create(&store, "ana", Role::Admin, None).is_ok(), "an expired token makes room");
        assert_eq!(store.audit(10).unwrap().len(), 4);
    }

    #[test]
    fn no_secret_is_stored() {
        let place = TempDir::new().unwrap();
        let store = Store::open(place.path()).unwrap();
        let token = create(&store, "ana", Role::Admin, None).unwrap();
        let secret = token.rsplit('_').next().unwrap().to_owned();
        let files = std::fs::read_dir(place.path()).unwrap();
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }

    #[test]
    fn users_see_their_own_and_what_is_shared() {
        let user = |name: &str, role| User { name: name.to_owned(), role };
        let (ana, boss, guest) =
            (user("ana", Role::Analyst), user("boss", Role::Admin), user("ana", Role::Viewer));
        assert!(ana.may_see("ana", false) && !ana.may_see("bob", false) && ana.may_see("bob", true));
        assert!(ana.may_change("ana") && !ana.may_change("bob") && boss.may_change("bob"));
        assert!(!guest.may_submit() && !guest.may_change("ana") && boss.may_see("bob", false));
    }

    #[test]
    fn ids_sort_by_age() {
        let first = batch_id().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let second = batch_id().unwrap();
        assert!(first < second && is_batch_id(&first) && !is_batch_id("../../etc/passwd/aaaaaaaaaaa"));
    }
}
