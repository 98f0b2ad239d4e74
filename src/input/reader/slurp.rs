//! SIPmath libraries of version 2 (XML): a `SLURP` (stochastic library unit with relationships preserved) of `SIP`s (stochastic
//! information packets), each with its trials separated by commas.
//!
//! `<SLURP name="…" count="2"><SIP name="…" count="3" type="CSV">0.9, 1, 1.2</SIP>…</SLURP>`

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::workbook::xml::{attribute, next, reader, text_of};

/// A library as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slurp {
    /// Its line.
    pub line: usize,
    /// What it says of the number of its SIPs.
    pub count: Option<String>,
    /// Its SIPs, in order.
    pub sips: Vec<Sip>,
}

/// A variable with its trials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sip {
    /// Its line.
    pub line: usize,
    /// Its name.
    pub name: Option<String>,
    /// What it says of the number of its trials.
    pub count: Option<String>,
    /// How trials are written.
    pub kind: Option<String>,
    /// The trials, but for those that are no numbers.
    pub values: Vec<f64>,
    /// How many are no numbers, with the place (from 1) and the text of the first.
    pub wrong: Option<(usize, usize, String)>,
}

/// Why a file is no library, with the line up to which it was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line.
    pub line: usize,
    /// The problem.
    pub problem: String,
}

/// Reads a library.
///
/// # Errors
/// If it is no XML, or no `SLURP` begins it.
pub fn read(bytes: &[u8]) -> Result<Slurp, Broken> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Broken { line: 1, problem: "it is not written in UTF-8".to_owned() })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut xml = Lines { text, reader: reader(text), seen: 0, line: 1 };
    let (mut slurp, mut is_whole) = (Slurp::default(), false);
    loop {
        match xml.next()? {
            Event::Start(element) if is_named(&element, "SLURP") && slurp.line == 0 => {
                slurp = Slurp { line: xml.line(), count: attribute(&element, "count"), sips: Vec::new() };
            }
            Event::Start(_) if slurp.line == 0 => return Err(xml.broken("it does not begin with `<SLURP>`")),
            Event::Start(element) if is_named(&element, "SIP") => slurp.sips.push(sip(&element, &mut xml)?),
            Event::End(end) => is_whole |= end.local_name().as_ref().eq_ignore_ascii_case("SLURP"),
            Event::Eof if slurp.line == 0 => return Err(xml.broken("it has no `<SLURP>`")),
            Event::Eof if !is_whole => return Err(xml.broken("it ends within the `<SLURP>`")),
            Event::Eof => return Ok(slurp),
            _ => {}
        }
    }
}

fn sip(element: &BytesStart<'_>, xml: &mut Lines<'_>) -> Result<Sip, Broken> {
    let mut sip = Sip {
        line: xml.line(),
        name: attribute(element, "name").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        count: attribute(element, "count"),
        kind: attribute(element, "type"),
        ..Sip::default()
    };
    let mut text = String::new();
    loop {
        match xml.next()? {
            Event::End(end) if end.local_name().as_ref().eq_ignore_ascii_case("SIP") => break,
            Event::Eof => return Err(xml.broken("it ends within a `<SIP>`")),
            event => text.push_str(&text_of(&event).unwrap_or_default()),
        }
    }
    let cells = || text.split(',').map(str::trim);
    for (place, cell) in (1..).zip(cells()) {
        match cell.parse::<f64>().ok().filter(|value| value.is_finite()) {
            Some(value) => sip.values.push(value),
            None => {
                let (count, place, first) = sip.wrong.take().unwrap_or((0, place, cell.to_owned()));
                sip.wrong = Some((count + 1, place, first));
            }
        }
    }
    Ok(sip)
}

fn is_named(element: &BytesStart<'_>, name: &str) -> bool {
    element.local_name().as_ref().eq_ignore_ascii_case(name)
}

/// Events of a text with their lines.
struct Lines<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    /// Bytes whose lines are counted.
    seen: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> Result<Event<'t>, Broken> {
        next(&mut self.reader).map_err(|problem| self.broken(&problem))
    }

    /// The line at which the last event ends.
    fn line(&mut self) -> usize {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len());
        let position = position.clamp(self.seen, self.text.len());
        self.line += self.text.as_bytes()[self.seen..position].iter().filter(|byte| **byte == b'\n').count();
        self.seen = position;
        self.line
    }

    fn broken(&mut self, problem: &str) -> Broken {
        Broken { line: self.line(), problem: problem.to_owned() }
    }
}
