//! Colour, which says nothing that words and signs do not: for terminals alone, and not where `NO_COLOR` is set.

use std::env;
use std::io::{self, IsTerminal};

const BOLD: &str = "1";
const GREEN: &str = "32";
const RED: &str = "31";

/// The text as stdout should have it: in colour if that is a terminal of someone who wants it.
pub fn for_stdout(text: &str) -> String {
    let wants = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wants && io::stdout().is_terminal() { painted(text) } else { text.to_owned() }
}

/// Paints lines by how they begin: the first one and headings bold, what enters green, what leaves red.
fn painted(text: &str) -> String {
    let paint = |(place, line): (usize, &str)| {
        let style = match line.trim_start() {
            _ if place == 0 || (line.ends_with(':') && !line.starts_with(' ')) => BOLD,
            entering if entering.starts_with("+ ") => GREEN,
            leaving if leaving.starts_with("− ") => RED,
            _ => return line.to_owned(),
        };
        format!("\u{1b}[{style}m{line}\u{1b}[0m")
    };
    text.lines().enumerate().map(paint).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_added_and_nothing_is_taken_away() {
        let text = "plan: 2 scenarios\nOptions:\n  + Alpha (A)\n  − Beta (B)\nplain";
        let painted = painted(text);
        assert_eq!(painted.lines().filter(|line| line.starts_with('\u{1b}')).count(), 4);
        let mut plain = painted;
        for style in [BOLD, GREEN, RED, "0"] {
            plain = plain.replace(&format!("\u{1b}[{style}m"), "");
        }
        assert_eq!(plain, text);
    }
}
