//! The page that carries data, style and script.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest, Sha256};

use super::script::script;

const PAGE: &str = include_str!("page.html");
/// The style of the page, which charts share.
pub const STYLE: &str = concat!(include_str!("style.css"), include_str!("chart.css"));

/// The page of a batch, given its data in base64. Only its own script may run on it, and nothing is loaded.
pub fn page(batch_name: &str, data: &str) -> String {
    let script = script();
    let hash = BASE64_STANDARD.encode(Sha256::digest(&script));
    let mut page = String::with_capacity(data.len() + script.len() + PAGE.len() + STYLE.len());
    for (place, piece) in PAGE.split("{{").enumerate() {
        let (name, rest) =
            if place == 0 { ("", piece) } else { piece.split_once("}}").unwrap_or((piece, "")) };
        match name {
            "hash" => page.push_str(&hash),
            "version" => page.push_str(env!("CARGO_PKG_VERSION")),
            "title" => page.push_str(&escaped(batch_name)),
            "style" => page.push_str(STYLE),
            "data" => page.push_str(data),
            "script" => page.push_str(&script),
            _ => {}
        }
        page.push_str(rest);
    }
    page
}

/// A text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_and_nothing_is_left_open() {
        let page = page("</title><script>{{data}}", "AAAA");
        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;{{data}}</title>"));
        assert_eq!(page.matches("{{").count(), 1 + script().matches("{{").count());
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("default-src 'none'") && page.contains(">AAAA</script>"));
    }
}
