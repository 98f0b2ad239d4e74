//! Texts that cells share.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::parts::{Book, text};
use super::xml::{next, reader, text_of, unescaped};

/// The shared texts, in the order of their numbers.
pub fn read(parts: &BTreeMap<String, Vec<u8>>, book: &Book) -> Result<Vec<String>, String> {
    // Books without a text need no such part, though they may name it.
    let Some(name) = book.strings.as_ref().filter(|name| parts.contains_key(*name)) else {
        return Ok(Vec::new());
    };
    let mut xml = reader(text(parts, name)?);
    let mut strings = Vec::new();
    loop {
        match next(&mut xml)? {
            Event::Start(element) if element.local_name().as_ref() == "si" => {
                strings.push(rich_text(&mut xml, "si")?);
            }
            Event::Eof => return Ok(strings),
            _ => {}
        }
    }
}

/// The text of an element up to its end: all runs of it, without the reading aids that some scripts have.
pub fn rich_text(xml: &mut Reader<&[u8]>, ending: &str) -> Result<String, String> {
    let (mut words, mut is_text, mut is_aid) = (String::new(), false, false);
    loop {
        let event = next(xml)?;
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => is_text = true,
                "rPh" => is_aid = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => is_text = false,
                "rPh" => is_aid = false,
                name if name == ending => return Ok(unescaped(&words)),
                _ => {}
            },
            Event::Eof => return Err("it ends within a text".to_owned()),
            other if is_text && !is_aid => words.push_str(&text_of(other).unwrap_or_default()),
            _ => {}
        }
    }
}
