//! Reading and writing of zip archives, strictly: what is read was sent by strangers.
//!
//! Sizes are counted while inflating and names are looked at before anything else is; what archives rarely need and
//! attacks often do (encryption, links, more than 65,535 entries, an entry twice, data that overlap) is refused. No
//! name in an archive is ever used as a path: entries are bytes by name.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::diagnostic::is_hidden;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Limits of an archive.
#[derive(Clone, Copy, Debug)]
pub struct ZipLimits {
    /// Largest number of entries.
    pub files: usize,
    /// Largest number of bytes in all, once inflated.
    pub bytes: u64,
}

/// Reasons why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// It is no archive, or not whole.
    #[error("it is not a zip archive, or a damaged one: {0}")]
    Damaged(&'static str),
    /// It uses an unsupported feature.
    #[error("it uses {0}, which is not supported: make it again with an ordinary zip program")]
    Unsupported(&'static str),
    /// An entry has a name that could lead anywhere, is too long or holds hidden characters.
    #[error(
        "its entry `{0}` has a name that leads out of the archive, has more than {LONGEST_NAME} characters or hidden ones"
    )]
    Escaping(String),
    /// Two entries have the same name.
    #[error("it holds the entry `{0}` twice")]
    Twice(String),
    /// There are too many entries.
    #[error("it holds {found} files; at most {most} are taken")]
    TooManyFiles {
        /// Number of entries.
        found: usize,
        /// Largest number of entries.
        most: usize,
    },
    /// It inflates to too much.
    #[error("it inflates to more than {most} bytes")]
    TooLarge {
        /// Largest number of bytes.
        most: u64,
    },
    /// It could not be read or written.
    #[error("it could not be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Most characters of a name with its folders.
const LONGEST_NAME: usize = 400;

const END: u32 = 0x0605_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
const LONGEST_COMMENT: usize = 65_535;
/// The program's version of the format: 2.0, with folders and deflation.
const VERSION: u16 = 20;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const UTF8_NAMES: u16 = 1 << 11;
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// An entry of the central directory.
struct Entry {
    name: String,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// A view of the first bytes of a header.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes([self.0[at], self.0[at + 1]])
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// Reads every file of an archive, by its name with `/` between folders.
///
/// # Errors
/// If the archive is damaged, uses a refused feature, or exceeds the limits.
pub fn read_zip(
    archive: &mut (impl Read + Seek),
    limits: ZipLimits,
) -> Result<BTreeMap<String, Vec<u8>>, ZipError> {
    let length = archive.seek(SeekFrom::End(0))?;
    let (directory, count, start) = central_directory(archive, length, limits)?;
    let entries = entries(&directory, count)?;
    let declared = entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.size));
    if declared.is_none_or(|declared| declared > limits.bytes) {
        return Err(ZipError::TooLarge { most: limits.bytes });
    }
    no_overlap(&entries, start)?;
    let mut files = BTreeMap::new();
    let mut left = limits.bytes;
    for entry in entries {
        if entry.name.ends_with('/') {
            continue;
        }
        let bytes = contents(archive, &entry, left).map_err(|error| match error {
            ZipError::TooLarge { .. } => ZipError::TooLarge { most: limits.bytes },
            other => other,
        })?;
        left -= bytes.len() as u64;
        if files.insert(entry.name.clone(), bytes).is_some() {
            return Err(ZipError::Twice(entry.name));
        }
    }
    Ok(files)
}

/// The bytes of the central directory, the number of its entries, and where it begins.
fn central_directory(
    archive: &mut (impl Read + Seek),
    length: u64,
    limits: ZipLimits,
) -> Result<(Vec<u8>, usize, u64), ZipError> {
    let tail = length.min((END_LENGTH + LONGEST_COMMENT) as u64);
    archive.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    archive.take(tail).read_to_end(&mut bytes)?;
    let is_end = |&at: &usize| {
        let fields = Fields(&bytes[at..]);
        fields.u32(0) == END && at + END_LENGTH + usize::from(fields.u16(20)) == bytes.len()
    };
    let last = bytes.len().checked_sub(END_LENGTH).ok_or(ZipError::Damaged("it is too short"))?;
    let at = (0..=last).rev().find(is_end).ok_or(ZipError::Damaged("its end is missing"))?;
    let end = Fields(&bytes[at..]);
    let (count, size, start) = (end.u16(10), end.u32(12), end.u32(16));
    if count == u16::MAX || size == u32::MAX || start == u32::MAX {
        return Err(ZipError::Unsupported("the format for very large archives"));
    }
    if end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != count {
        return Err(ZipError::Unsupported("several volumes"));
    }
    let count = usize::from(count);
    if count > limits.files {
        return Err(ZipError::TooManyFiles { found: count, most: limits.files });
    }
    let (size, start) = (u64::from(size), u64::from(start));
    if start + size != length - tail + at as u64 {
        return Err(ZipError::Damaged("its directory is not where it should be"));
    }
    archive.seek(SeekFrom::Start(start))?;
    let mut directory = Vec::new();
    archive.take(size).read_to_end(&mut directory)?;
    Ok((directory, count, start))
}

fn entries(directory: &[u8], count: usize) -> Result<Vec<Entry>, ZipError> {
    let damaged = ZipError::Damaged("its directory is cut off");
    let mut entries = Vec::with_capacity(count);
    let mut rest = directory;
    for _ in 0..count {
        let Some((header, after)) = rest.split_at_checked(CENTRAL_LENGTH) else { return Err(damaged) };
        let fields = Fields(header);
        if fields.u32(0) != CENTRAL {
            return Err(ZipError::Damaged("its directory holds something else"));
        }
        let lengths = [28, 30, 32].map(|at| usize::from(fields.u16(at)));
        let Some((name, _)) = after.split_at_checked(lengths[0]) else { return Err(damaged) };
        let Some((_, next)) = after.split_at_checked(lengths.iter().sum()) else { return Err(damaged) };
        rest = next;
        entries.push(entry(&fields, name)?);
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(ZipError::Damaged("its directory holds more than it says"))
    }
}

fn entry(fields: &Fields<'_>, name: &[u8]) -> Result<Entry, ZipError> {
    const SYMLINK: u32 = 0o120_000;
    const KIND: u32 = 0o170_000;
    const UNIX: u16 = 3;
    let name = entry_name(name)?;
    if fields.u16(8) & ENCRYPTED != 0 {
        return Err(ZipError::Unsupported("encryption"));
    }
    let kind = fields.u32(38) >> 16 & KIND;
    if fields.u16(4) >> 8 == UNIX && kind == SYMLINK {
        return Err(ZipError::Unsupported("symbolic links"));
    }
    let method = fields.u16(10);
    if method != STORED && method != DEFLATED {
        return Err(ZipError::Unsupported("a compression other than deflation"));
    }
    let sizes = [fields.u32(20), fields.u32(24), fields.u32(42)];
    if sizes.contains(&u32::MAX) {
        return Err(ZipError::Unsupported("the format for very large archives"));
    }
    let [packed, size, offset] = sizes.map(u64::from);
    Ok(Entry { name, method, crc: fields.u32(16), packed, size, offset })
}

/// A name that stays in the archive, with `/` between folders.
fn entry_name(name: &[u8]) -> Result<String, ZipError> {
    let shown = String::from_utf8_lossy(name).into_owned();
    let name = std::str::from_utf8(name).map_err(|_| ZipError::Damaged("a name in it is not UTF-8"))?;
    let name = name.replace('\\', "/");
    let is_drive = name.as_bytes().get(1) == Some(&b':');
    let mut parts = name.strip_suffix('/').unwrap_or(&name).split('/');
    let leads_out = name.starts_with('/') || is_drive || parts.any(|part| matches!(part, "" | "." | ".."));
    let is_hard_to_read = name.contains(is_hidden) || name.chars().count() > LONGEST_NAME;
    if leads_out || is_hard_to_read { Err(ZipError::Escaping(shown)) } else { Ok(name) }
}

/// Two entries must not share bytes: that is how small archives inflate to very much.
fn no_overlap(entries: &[Entry], end: u64) -> Result<(), ZipError> {
    let mut spans: Vec<(u64, u64)> = (entries.iter())
        .map(|entry| (entry.offset, entry.offset + LOCAL_LENGTH as u64 + entry.packed))
        .collect();
    spans.sort_unstable();
    let starts = spans.iter().skip(1).map(|span| span.0).chain([end]);
    if spans.iter().zip(starts).any(|(span, next)| span.1 > next) {
        return Err(ZipError::Damaged("its entries overlap"));
    }
    Ok(())
}

fn contents(archive: &mut (impl Read + Seek), entry: &Entry, most: u64) -> Result<Vec<u8>, ZipError> {
    archive.seek(SeekFrom::Start(entry.offset))?;
    let mut header = [0; LOCAL_LENGTH];
    archive.read_exact(&mut header)?;
    let fields = Fields(&header);
    if fields.u32(0) != LOCAL {
        return Err(ZipError::Damaged("an entry is not where it should be"));
    }
    let extra = i64::from(fields.u16(26)) + i64::from(fields.u16(28));
    archive.seek(SeekFrom::Current(extra))?;
    let packed = archive.take(entry.packed);
    let mut bytes = Vec::new();
    // Reading one byte beyond the limit shows that it is exceeded.
    let most = most.min(entry.size);
    match entry.method {
        STORED => packed.take(most + 1).read_to_end(&mut bytes)?,
        _ => DeflateDecoder::new(packed).take(most + 1).read_to_end(&mut bytes)?,
    };
    if bytes.len() as u64 > most {
        return Err(ZipError::TooLarge { most });
    }
    let mut crc = Crc::new();
    crc.update(&bytes);
    if crc.sum() != entry.crc || bytes.len() as u64 != entry.size {
        return Err(ZipError::Damaged("an entry does not match its checksum"));
    }
    Ok(bytes)
}

// ---- Writing --------------------------------------------------------------------------------------------------------

/// Writes an archive of files by name, one after the other and piece by piece. Equal files make equal archives: no time
/// is recorded.
///
/// # Errors
/// If reading or writing fails, or the files need the format for very large archives.
pub fn write_zip<'a, R: Read>(
    target: &mut (impl Write + Seek),
    files: impl IntoIterator<Item = (&'a str, io::Result<R>)>,
) -> Result<(), ZipError> {
    let (mut directory, mut count) = (Vec::new(), 0_u16);
    for (name, content) in files {
        let offset = small(target.stream_position()?)?;
        let packed = write_entry(target, name, content?)?;
        let shared = shared_fields(name, packed)?;
        let end = target.stream_position()?;
        target.seek(SeekFrom::Start(u64::from(offset) + 4))?;
        target.write_all(&shared)?;
        target.seek(SeekFrom::Start(end))?;
        directory.extend(CENTRAL.to_le_bytes());
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&shared);
        // No comment, first volume, a text or not, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        count = count.checked_add(1).ok_or(ZipError::TooManyFiles { found: 65_536, most: 65_535 })?;
    }
    let start = small(target.stream_position()?)?;
    target.write_all(&directory)?;
    target.write_all(&END.to_le_bytes())?;
    target.write_all(&[0; 4])?;
    target.write_all(&[count.to_le_bytes(), count.to_le_bytes()].concat())?;
    target.write_all(&small(directory.len() as u64)?.to_le_bytes())?;
    target.write_all(&start.to_le_bytes())?;
    target.write_all(&[0; 2])?;
    Ok(())
}

/// A length or place that the format holds.
fn small(number: u64) -> Result<u32, ZipError> {
    u32::try_from(number).map_err(|_| ZipError::TooLarge { most: u64::from(u32::MAX) })
}

/// Facts about a packed entry, which are known once it is written.
#[derive(Clone, Copy, Default)]
struct Packed {
    crc: u32,
    packed: u32,
    size: u32,
}

/// Writes the header of an entry, with room for the facts about it, and its packed content.
fn write_entry(
    target: &mut (impl Write + Seek),
    name: &str,
    mut content: impl Read,
) -> Result<Packed, ZipError> {
    target.write_all(&LOCAL.to_le_bytes())?;
    target.write_all(&shared_fields(name, Packed::default())?)?;
    target.write_all(name.as_bytes())?;
    let start = target.stream_position()?;
    let (mut crc, mut chunk) = (Crc::new(), vec![0; 1 << 16]);
    let mut deflated = DeflateEncoder::new(&mut *target, Compression::default());
    let mut size = 0;
    loop {
        let length = content.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        crc.update(&chunk[..length]);
        deflated.write_all(&chunk[..length])?;
        size += length as u64;
    }
    deflated.finish()?;
    let packed = target.stream_position()? - start;
    Ok(Packed { crc: crc.sum(), packed: small(packed)?, size: small(size)? })
}

/// The fields that both headers of an entry share, from the version needed to the length of extra fields.
fn shared_fields(name: &str, entry: Packed) -> Result<Vec<u8>, ZipError> {
    /// 1 January 1980, the first day that the format knows.
    const DAY: u16 = 1 << 5 | 1;
    let length = u16::try_from(name.len()).map_err(|_| ZipError::Escaping(name.to_owned()))?;
    let mut fields = Vec::with_capacity(26);
    for field in [VERSION, UTF8_NAMES, DEFLATED, 0, DAY] {
        fields.extend(field.to_le_bytes());
    }
    for field in [entry.crc, entry.packed, entry.size] {
        fields.extend(field.to_le_bytes());
    }
    fields.extend(length.to_le_bytes());
    fields.extend([0; 2]);
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const LIMITS: ZipLimits = ZipLimits { files: 10, bytes: 1000 };

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut target = Cursor::new(Vec::new());
        write_zip(&mut target, files.iter().map(|(name, bytes)| (*name, Ok(*bytes)))).unwrap();
        target.into_inner()
    }

    fn read(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, ZipError> {
        read_zip(&mut Cursor::new(bytes), LIMITS)
    }

    #[test]
    fn what_is_written_is_read() {
        let files: [(&str, &[u8]); 3] =
            [("batch.toml", b"[batch]"), ("a/é.csv", b"project\nA\n"), ("empty", b"")];
        let found = read(&archive(&files)).unwrap();
        assert_eq!(found, files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into());
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../a", "/etc/passwd", "a/../../b", "C:\\a", "..\\a", "a//b", "./a", "a\0b"] {
            assert!(matches!(read(&archive(&[(name, b"x")])), Err(ZipError::Escaping(_))), "{name}");
        }
    }

    #[test]
    fn what_inflates_to_too_much_is_refused_whatever_it_declares() {
        let bomb = archive(&[("a", &[0; 100_000])]);
        assert!(bomb.len() < 500, "it is small");
        assert!(matches!(read(&bomb), Err(ZipError::TooLarge { most: 1000 })));
        // The same with a directory that declares 10 bytes.
        let mut lying = bomb;
        let directory = lying.len() - END_LENGTH - CENTRAL_LENGTH - 1;
        lying[directory + 24..directory + 28].copy_from_slice(&10_u32.to_le_bytes());
        assert!(matches!(read(&lying), Err(ZipError::TooLarge { .. })));
        let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(read(&archive(&many)), Err(ZipError::TooManyFiles { found: 11, most: 10 })));
    }

    #[test]
    fn entries_twice_links_and_encryption_are_refused() {
        assert!(matches!(read(&archive(&[("a", b"x"), ("a", b"y")])), Err(ZipError::Twice(_))));
        let plain = archive(&[("a", b"x")]);
        let directory = plain.len() - END_LENGTH - CENTRAL_LENGTH - 1;
        let changed = |at: usize, bytes: &[u8]| {
            let mut changed = plain.clone();
            changed[directory + at..directory + at + bytes.len()].copy_from_slice(bytes);
            read(&changed)
        };
        assert!(changed(8, &[0, 8]).is_ok(), "the same bytes again");
        assert!(matches!(changed(8, &[1, 8]), Err(ZipError::Unsupported("encryption"))));
        let mut link = plain.clone();
        link[directory + 5] = 3;
        link[directory + 38..directory + 42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
        assert!(matches!(read(&link), Err(ZipError::Unsupported("symbolic links"))));
    }

    #[test]
    fn damage_is_an_error_wherever_it_strikes() {
        let whole = archive(&[("a.csv", b"project\nA\n"), ("b.csv", b"project\nB\n")]);
        let expected = read(&whole).unwrap();
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "cut off after {length}");
        }
        for at in 0..whole.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= flip;
                // Some bytes (times, attributes, local copies of what the directory says) change nothing.
                if let Ok(found) = read(&damaged) {
                    let sound: Vec<_> = found.values().collect();
                    assert!(sound.iter().all(|bytes| expected.values().any(|one| *one == **bytes)), "{at}");
                }
            }
        }
    }
}
