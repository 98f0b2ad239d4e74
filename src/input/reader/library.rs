//! SIPmath libraries, which stand in place of the table of samples.

use super::slurp::{self, Broken, Slurp};

/// A library.
pub struct Library {
    /// Its file.
    pub file: String,
    /// What it holds.
    pub content: Content,
}

/// What a library holds, by its version.
pub enum Content {
    /// Version 2: trials, as XML.
    Trials(Result<Slurp, Broken>),
    /// Version 3: what trials follow from, as JSON.
    Generators(Vec<u8>),
}

impl Library {
    /// Reads a file: XML begins with `<`.
    pub fn read(file: &str, bytes: &[u8]) -> Self {
        let begins = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
        let content = match begins.first() {
            Some(b'<') => Content::Trials(slurp::read(bytes)),
            _ => Content::Generators(bytes.to_vec()),
        };
        Self { file: file.to_owned(), content }
    }
}
