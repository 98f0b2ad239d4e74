//! Files that are hashed while they are written.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

/// Writer that hashes all bytes passed through.
pub(super) struct Hashed<W> {
    pub inner: W,
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
