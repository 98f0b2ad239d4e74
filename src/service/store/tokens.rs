//! Access tokens. Of a secret only the hash is kept.

use rusqlite::{OptionalExtension, Row};

use super::{Store, StoreError, now};

/// Role of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads shared batches.
    Viewer,
    /// Submits batches, and reads, cancels, shares and deletes their own.
    Analyst,
    /// The same for the batches of all users, and the audit log.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Analyst, Self::Admin];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A token that is to be kept.
pub(in crate::service) struct NewToken<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub role: Role,
    pub hash: &'a [u8],
    pub expires: Option<i64>,
}

/// A token that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) struct TokenRow {
    pub id: String,
    /// The user of the token.
    pub name: String,
    pub role: Role,
    pub hash: Vec<u8>,
    pub created: i64,
    pub expires: Option<i64>,
    pub revoked: Option<i64>,
    pub used: Option<i64>,
}

impl TokenRow {
    /// True if it is valid now.
    pub fn is_valid(&self) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now() < expires)
    }
}

const COLUMNS: &str = "id, name, role, hash, created, expires, revoked, used";

fn token(row: &Row<'_>) -> Result<TokenRow, rusqlite::Error> {
    let role: String = row.get(2)?;
    Ok(TokenRow {
        id: row.get(0)?,
        name: row.get(1)?,
        // The table's own check leaves no other word.
        role: Role::of(&role).unwrap_or(Role::Viewer),
        hash: row.get(3)?,
        created: row.get(4)?,
        expires: row.get(5)?,
        revoked: row.get(6)?,
        used: row.get(7)?,
    })
}

impl Store {
    /// Keeps a token; `false` if there is one in use by that name. An expired one makes room.
    pub fn add_token(&self, new: &NewToken<'_>) -> Result<bool, StoreError> {
        self.write(|store| {
            let time = now();
            store.execute(
                "UPDATE tokens SET revoked = ?2 WHERE name = ?1 AND revoked IS NULL AND expires <= ?2",
                (new.name, time),
            )?;
            let added = store.execute(
                "INSERT OR IGNORE INTO tokens (id, name, role, hash, created, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (new.id, new.name, new.role.as_str(), new.hash, time, new.expires),
            )?;
            Ok(added == 1)
        })
    }

    /// The token with this id.
    pub fn token(&self, id: &str) -> Result<Option<TokenRow>, StoreError> {
        self.read(|store| {
            let mut statement =
                store.prepare_cached(&format!("SELECT {COLUMNS} FROM tokens WHERE id = ?1"))?;
            Ok(statement.query_row([id], token).optional()?)
        })
    }

    /// The token in use by this name, which may have expired.
    pub fn token_of(&self, name: &str) -> Result<Option<TokenRow>, StoreError> {
        self.read(|store| {
            let query = format!("SELECT {COLUMNS} FROM tokens WHERE name = ?1 AND revoked IS NULL");
            Ok(store.prepare_cached(&query)?.query_row([name], token).optional()?)
        })
    }

    /// All tokens, oldest first.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.read(|store| {
            let mut statement =
                store.prepare(&format!("SELECT {COLUMNS} FROM tokens ORDER BY created, id"))?;
            Ok(statement.query_map([], token)?.collect::<Result<_, _>>()?)
        })
    }

    /// True if any token is valid now.
    pub fn has_tokens(&self) -> Result<bool, StoreError> {
        Ok(self.tokens()?.iter().any(TokenRow::is_valid))
    }

    /// Revokes the token in use by this name; `false` if there is none.
    pub fn revoke_token(&self, name: &str) -> Result<bool, StoreError> {
        self.write(|store| {
            let revoked = store.execute(
                "UPDATE tokens SET revoked = ?2 WHERE name = ?1 AND revoked IS NULL",
                (name, now()),
            )?;
            Ok(revoked == 1)
        })
    }

    /// Notes that a token was used, to the hour.
    pub fn token_used(&self, token: &TokenRow) -> Result<(), StoreError> {
        const HOUR: i64 = 3_600_000;
        let time = now();
        if token.used.is_some_and(|used| time - used < HOUR) {
            return Ok(());
        }
        self.write(|store| {
            store.execute("UPDATE tokens SET used = ?2 WHERE id = ?1", (&token.id, time))?;
            Ok(())
        })
    }
}
