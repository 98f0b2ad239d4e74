//! Text of others as it is shown: no character in it acts on what stands around it, and none goes on for ever.

/// True if a character is not seen but acts: control characters, line separators, and the marks that reverse the order
/// of the text around them (Unicode Technical Report 36, bidirectional text spoofing). Marks that right-to-left scripts
/// need within a word do not.
pub fn is_hidden(next: char) -> bool {
    next.is_control()
        || matches!(next, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text with hidden characters written out (`\u{202e}`), cut after so many characters if it is longer.
pub fn shown(text: &str, longest: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(longest));
    for (place, next) in text.chars().enumerate() {
        if place == longest {
            kept.push('…');
            break;
        }
        if is_hidden(next) { kept.extend(next.escape_default()) } else { kept.push(next) }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out_and_long_texts_are_cut() {
        assert_eq!(shown("Köln, 12.5 €", 20), "Köln, 12.5 €");
        assert_eq!(shown("a\nb\u{202e}c\0", 20), "a\\nb\\u{202e}c\\u{0}");
        assert_eq!(shown(&"ä".repeat(9), 4), "ääää…");
        assert_eq!(shown("A\u{200b}\u{200f}", 4), "A\u{200b}\u{200f}", "scripts need joiners and marks");
    }
}
