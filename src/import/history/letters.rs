//! Letters of old files: a history is read for its numbers, which are the same in all encodings that spreadsheets write.

use std::borrow::Cow;

/// The letters of Windows-1252 from 0x80 to 0x9f; a blank where it has none.
const FROM_0X80: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// The text of a file in UTF-8: a file that is not in UTF-8 is taken for Windows-1252. Workbooks, and texts with bytes of 0
/// (UTF-16), stay as they are.
pub fn in_utf_8(bytes: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(bytes).is_ok() || bytes.contains(&0) || bytes.starts_with(b"PK") {
        return Cow::Borrowed(bytes);
    }
    let letter = |&byte: &u8| match byte {
        0x80..=0x9f => FROM_0X80[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    Cow::Owned(bytes.iter().map(letter).collect::<String>().into_bytes())
}
