//! Breaks texts as people, programs and enemies do: a bit, a token, a cell, a line at a time.

use proptest::prelude::*;
use proptest::sample::Index;

/// One thing that is done to some bytes. Places are shares of what is there.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// One bit is flipped.
    Flip(Index, u8),
    /// Some bytes are lost.
    Delete(Index, usize),
    /// A token is put in.
    Insert(Index, &'static str),
    /// Something is put in many times over.
    Nest(Index, &'static str, usize),
    /// What stands between two separators is replaced by a token.
    Cell(Index, &'static str),
    /// What stands between two separators is replaced by what stands between two others.
    Copy(Index, Index),
    /// A line is repeated elsewhere.
    Repeat(Index, Index),
    /// A line is lost.
    Lose(Index),
    /// All that follows is lost.
    Cut(Index),
}

/// What trips readers: numbers at the edge of what there is, quotes, separators, ids and words that mean something.
const TOKENS: [&str; 76] = [
    "",
    "0",
    "-0",
    "1",
    "-1",
    "0.1",
    "1e308",
    "-1e308",
    "1e309",
    "1e-320",
    "1e999999999",
    "9007199254740993",
    "18446744073709551616",
    "99999999999999999999999999999",
    "0x7fffffff",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "+1",
    "1_000",
    "1.5.2",
    "1,5",
    "1 234,56",
    "1.234.567,89",
    "12%",
    "\"",
    "\"\"",
    "'",
    "'''",
    "\"\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "\u{200b}",
    "é",
    "e\u{301}",
    "🦀",
    "\\",
    "\\u0000",
    "\\ud800",
    "#",
    "=",
    ".",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "{}",
    "[]",
    "true",
    "null",
    "*",
    "P1",
    "2027",
    "2027-13-45",
    "07:32:00",
    "capex",
    "project",
    "line",
    "scenario",
    "sep=;",
    "name = \"x\"",
    "[batch]",
    "[[scenario]]",
    "vary = { budget_scale = [0.1, 0.2] }",
    "periods",
];

/// What is put in many times over.
const NESTED: [&str; 9] = ["[", "{a=", "(", "\"", "a.", "[[", ",", "\n", "{\"a\":"];

/// A few mutations.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let at = any::<Index>;
    let token = || prop::sample::select(TOKENS.to_vec());
    let one = prop_oneof![
        2 => (at(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        2 => (at(), 1..20_usize).prop_map(|(at, length)| Mutation::Delete(at, length)),
        4 => (at(), token()).prop_map(|(at, token)| Mutation::Insert(at, token)),
        1 => (at(), prop::sample::select(NESTED.to_vec()), 1..3_000_usize)
            .prop_map(|(at, what, times)| Mutation::Nest(at, what, times)),
        6 => (at(), token()).prop_map(|(at, token)| Mutation::Cell(at, token)),
        4 => (at(), at()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        2 => (at(), at()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
        2 => at().prop_map(Mutation::Lose),
        1 => at().prop_map(Mutation::Cut),
    ];
    prop::collection::vec(one, 1..8)
}

/// The bytes after all mutations.
pub fn mutated(bytes: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    mutations.iter().fold(bytes.to_vec(), |bytes, mutation| mutation.apply(bytes))
}

impl Mutation {
    fn apply(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match self {
            Self::Flip(at, bit) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Self::Flip(..) => {}
            Self::Delete(at, length) => {
                let from = place(at);
                let to = (from + length).min(bytes.len());
                bytes.drain(from..to);
            }
            Self::Insert(at, token) => {
                let at = place(at);
                bytes.splice(at..at, token.bytes());
            }
            Self::Nest(at, what, times) => {
                let at = place(at);
                bytes.splice(at..at, what.repeat(*times).into_bytes());
            }
            Self::Cell(at, token) => {
                let cell = around(&bytes, at, is_separator);
                bytes.splice(cell, token.bytes());
            }
            Self::Copy(from, to) => {
                let cell = bytes[around(&bytes, from, is_separator)].to_vec();
                let place = around(&bytes, to, is_separator);
                bytes.splice(place, cell);
            }
            Self::Repeat(from, to) => {
                let mut line = bytes[around(&bytes, from, |byte| byte == b'\n')].to_vec();
                line.push(b'\n');
                let at = around(&bytes, to, |byte| byte == b'\n').start;
                bytes.splice(at..at, line);
            }
            Self::Lose(at) => {
                let line = around(&bytes, at, |byte| byte == b'\n');
                let end = (line.end + 1).min(bytes.len());
                bytes.drain(line.start..end);
            }
            Self::Cut(at) => {
                let at = place(at);
                bytes.truncate(at);
            }
        }
        bytes
    }
}

fn is_separator(byte: u8) -> bool {
    b",;\n\r=[]{}\":.".contains(&byte)
}

/// What stands between two separators.
fn around(bytes: &[u8], at: &Index, separates: impl Fn(u8) -> bool) -> std::ops::Range<usize> {
    let at = at.index(bytes.len() + 1);
    let start = bytes[..at].iter().rposition(|&byte| separates(byte)).map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|&byte| separates(byte)).map_or(bytes.len(), |after| at + after);
    start..end
}
