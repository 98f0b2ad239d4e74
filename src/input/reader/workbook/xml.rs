//! XML as the parts of a workbook use it: elements without their prefixes, attributes, and texts.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// A reader of a part; an element without content is a start and an end.
pub fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// The next event.
pub fn next<'t>(reader: &mut Reader<&'t [u8]>) -> Result<Event<'t>, String> {
    reader.read_event().map_err(|error| format!("its XML is broken ({error})"))
}

/// The value of an attribute, whatever its prefix; `None` if it is not there.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes().flatten();
    let own = all.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    own.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// True if an attribute is there and says yes.
pub fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| value == "1" || value == "true")
}

/// The text that an event within an element adds, if any.
pub fn text_of(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Text(text) => Some(text.xml10_content().into_owned()),
        Event::CData(text) => Some(text.xml10_content().into_owned()),
        Event::GeneralRef(reference) => Some(meaning(reference)),
        _ => None,
    }
}

fn meaning(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return letter.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(reference).unwrap_or_default().to_owned()
}

/// A text in which `_x000D_` stands for the character of that number, as spreadsheets write those that XML cannot hold.
pub fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let letter = code
            .filter(|code| code.bytes().all(|next| next.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match letter {
            Some(letter) => {
                plain.push(letter);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}
