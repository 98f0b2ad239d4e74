//! A writer that hashes what it writes, so that no file is read again for its hash.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// Writer that hashes all bytes passed through.
pub struct Hashed<W> {
    /// The writer behind it.
    pub inner: W,
    /// The hash so far.
    pub hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
