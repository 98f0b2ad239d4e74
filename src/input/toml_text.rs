//! Texts and keys as TOML has them, on one line each.

use std::fmt::Write;

/// A text in quotes, on one line.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for next in text.chars() {
        match next {
            '"' | '\\' => quoted.extend(['\\', next]),
            next if next.is_control() => {
                // Writing to a text never fails.
                let _ = write!(quoted, "\\u{:04X}", u32::from(next));
            }
            next => quoted.push(next),
        }
    }
    quoted.push('"');
    quoted
}

/// A part of a dotted key, in quotes where it needs them.
pub fn key(part: &str) -> String {
    let is_bare = |next: char| next.is_ascii_alphanumeric() || next == '_' || next == '-';
    if !part.is_empty() && part.chars().all(is_bare) { part.to_owned() } else { quoted(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_characters() {
        for text in ["plain", "a \"b\" \\ c", "two\nlines\r\n\tand a tab", "\u{7f}\u{0}\u{85}", "Zoë 项目"]
        {
            let line = format!("{} = {}", key(text), quoted(text));
            assert_eq!(line.lines().count(), 1, "{line}");
            let table: toml::Table = toml::from_str(&line).unwrap();
            assert_eq!(table.get(text).and_then(toml::Value::as_str), Some(text), "{line}");
        }
    }
}
