//! Numbers as the map says that the list writes them. What could mean something else is refused.

use crate::input::map::{NegativeSign, NumberMap, PerCent};

use super::decimal::Decimal;

/// Problem of a number, and the remedy.
pub type Refusal = (String, String);

/// A cell with a number in it.
#[derive(Clone, Copy, Debug)]
pub struct NumberCell<'a> {
    /// Its text.
    pub text: &'a str,
    /// A spreadsheet holds it as a number: digits with a point, whatever it shows.
    pub is_number: bool,
    /// A spreadsheet shows a hundred times it.
    pub is_per_cent: bool,
}

/// Meaning of a number, on which that of a per cent depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Money or effort: no per cent.
    Amount,
    /// A probability or share.
    Share,
    /// A score or an attribute.
    Figure,
}

/// The largest number that the tables take.
const LARGEST: f64 = 1e15;

/// Reads a number; nothing if the cell is blank.
///
/// # Errors
/// If it is none, or could mean something else as far as the map says.
pub fn read(map: &NumberMap, cell: NumberCell<'_>, meaning: Meaning) -> Result<Option<Decimal>, Refusal> {
    let text = cell.text.trim();
    if text.is_empty() || map.nothing.iter().any(|nothing| nothing == text) {
        return Ok(None);
    }
    let number = if cell.is_number {
        let number = Decimal::parse(text).ok_or_else(not_a_number)?;
        if cell.is_per_cent { of_per_cent(map, number, meaning, true)? } else { number }
    } else {
        written(map, text, meaning)?
    };
    if number.to_f64().abs() > LARGEST {
        return Err((
            "is too large".to_owned(),
            "numbers are at most 1e15: set scale for a larger unit".to_owned(),
        ));
    }
    Ok(Some(number))
}

fn refusal<T>(problem: impl Into<String>, help: impl Into<String>) -> Result<T, Refusal> {
    Err((problem.into(), help.into()))
}

fn not_a_number() -> Refusal {
    let help = "write digits, or add the text to `nothing` in [numbers] if it stands for a blank cell";
    ("is not a number".to_owned(), help.to_owned())
}

/// A per cent: its hundredth, or its points. A spreadsheet holds the hundredth already.
fn of_per_cent(
    map: &NumberMap,
    number: Decimal,
    meaning: Meaning,
    is_hundredth: bool,
) -> Result<Decimal, Refusal> {
    let hundred = Decimal::parse("100").unwrap_or_default();
    let share = if is_hundredth { number } else { number.hundredth() };
    match (meaning, map.percent) {
        (Meaning::Share, _) | (Meaning::Figure, Some(PerCent::Share)) => Ok(share),
        (Meaning::Figure, Some(PerCent::Points)) => share.times(hundred).ok_or_else(not_a_number),
        (Meaning::Figure, None) => refusal(
            "is a per cent",
            "add percent = \"share\" to [numbers] if 80 % is 0.8, or percent = \"points\" if it is 80",
        ),
        (Meaning::Amount, _) => {
            refusal("is a per cent and no amount", "write the amount, or take the column out of the map")
        }
    }
}

fn written(map: &NumberMap, text: &str, meaning: Meaning) -> Result<Decimal, Refusal> {
    let (text, is_bracketed) = without_brackets(map, text)?;
    let text = without_currency(map, text);
    let (text, is_per_cent) = match text.strip_suffix('%') {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    let (text, is_below) = without_minus(map, text)?;
    let text = without_currency(map, text);
    // A sign may stand between the minus and the digits, or before both.
    let (text, factor) = without_suffix(map, text)?;
    let text = without_currency(map, text);
    if let Some(sign) = text.chars().find(|next| !is_of_number(*next)) {
        return refuse_sign(text, sign);
    }
    let mut number = plain(map, text)?;
    if let Some(factor) = factor {
        number =
            Decimal::of_factor(factor).and_then(|factor| number.times(factor)).ok_or_else(not_a_number)?;
    }
    if is_per_cent {
        number = of_per_cent(map, number, meaning, false)?;
    }
    Ok(if is_bracketed || is_below { number.negated() } else { number })
}

fn is_of_number(next: char) -> bool {
    next.is_ascii_digit() || is_mark(next) || matches!(next, 'e' | 'E' | '+' | '-')
}

fn is_mark(next: char) -> bool {
    matches!(next, '.' | ',') || is_blank(next) || is_apostrophe(next)
}

fn is_blank(next: char) -> bool {
    matches!(next, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

fn is_apostrophe(next: char) -> bool {
    matches!(next, '\'' | '\u{2019}')
}

fn refuse_sign(text: &str, sign: char) -> Result<Decimal, Refusal> {
    let has_digits = text.contains(|next: char| next.is_ascii_digit());
    let letters: String = text
        .chars()
        .skip_while(|&next| is_of_number(next) && !next.is_alphabetic())
        .take_while(|next| next.is_alphabetic())
        .collect();
    if !has_digits {
        return Err(not_a_number());
    }
    let ends_with_letters =
        !letters.is_empty() && text.ends_with(letters.as_str()) && letters.chars().count() <= 3;
    if ends_with_letters {
        let help = format!(
            "say in [numbers] what it is: suffixes = {{ {letters} = 1000 }}, or currency = \"{letters}\" if it is a currency"
        );
        return refusal(format!("ends with `{letters}`, which the map does not name"), help);
    }
    let sign = if letters.is_empty() { sign.to_string() } else { letters };
    let help = format!(
        "add currency = \"{sign}\" to [numbers] if all amounts are in it; amounts of other currencies must be converted"
    );
    refusal(format!("bears `{sign}`, which the map does not name"), help)
}

fn without_brackets<'a>(map: &NumberMap, text: &'a str) -> Result<(&'a str, bool), Refusal> {
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else {
        return Ok((text, false));
    };
    match map.negative {
        NegativeSign::Brackets => Ok((inner.trim(), true)),
        NegativeSign::Minus | NegativeSign::Trailing => {
            refusal("stands in brackets", "add negative = \"brackets\" to [numbers] if that means below zero")
        }
    }
}

fn without_minus<'a>(map: &NumberMap, text: &'a str) -> Result<(&'a str, bool), Refusal> {
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return Ok((rest.trim_start(), true));
    }
    match text.strip_suffix(['-', '\u{2212}']) {
        Some(rest) if map.negative == NegativeSign::Trailing => Ok((rest.trim_end(), true)),
        Some(rest) if rest.ends_with(|next: char| next.is_ascii_digit()) => refusal(
            "ends with a minus",
            "add negative = \"trailing minus\" to [numbers] if that means below zero",
        ),
        _ => Ok((text.strip_prefix('+').unwrap_or(text), false)),
    }
}

fn without_currency<'a>(map: &NumberMap, text: &'a str) -> &'a str {
    let mut rest = text.trim();
    for sign in &map.currency {
        rest = rest
            .strip_prefix(sign.as_str())
            .or_else(|| rest.strip_suffix(sign.as_str()))
            .unwrap_or(rest)
            .trim();
    }
    rest
}

fn without_suffix<'a>(map: &NumberMap, text: &'a str) -> Result<(&'a str, Option<f64>), Refusal> {
    let named = map
        .suffixes
        .iter()
        .find_map(|(letters, factor)| Some((text.strip_suffix(letters.as_str())?, *factor)));
    Ok(match named {
        Some((rest, factor)) => (rest.trim_end(), Some(factor)),
        None => (text, None),
    })
}

/// Digits with marks and perhaps an exponent.
fn plain(map: &NumberMap, text: &str) -> Result<Decimal, Refusal> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let digits = marked(map, mantissa)?;
    Decimal::parse(&format!("{digits}{exponent}")).ok_or_else(not_a_number)
}

/// Digits and a point, from digits with the marks of the map.
fn marked(map: &NumberMap, text: &str) -> Result<String, Refusal> {
    let marks: Vec<char> = text.chars().filter(|&next| is_mark(next)).map(kind_of_mark).collect();
    if marks.is_empty() {
        return Ok(text.to_owned());
    }
    let decimal = decimal_mark(map);
    check_marks(map, text, &marks, decimal)?;
    let (whole, fraction) = match decimal.and_then(|mark| text.rsplit_once(mark)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_sound = fraction.is_none_or(|fraction| fraction.bytes().all(|next| next.is_ascii_digit()));
    match without_groups(whole).filter(|_| is_sound) {
        Some(whole) => Ok(fraction.map_or_else(|| whole.clone(), |fraction| format!("{whole}.{fraction}"))),
        None => refusal(
            "is not parted into thousands as the map says",
            "check `decimal` and `thousands` in [numbers]",
        ),
    }
}

/// All blanks are one mark, and so are apostrophes.
fn kind_of_mark(mark: char) -> char {
    match mark {
        mark if is_blank(mark) => ' ',
        mark if is_apostrophe(mark) => '\'',
        mark => mark,
    }
}

/// The mark before the fraction: the one that is said, or that which does not part thousands.
fn decimal_mark(map: &NumberMap) -> Option<char> {
    map.decimal.or(match map.thousands {
        Some('.') => Some(','),
        Some(',') | None => Some('.'),
        Some(_) => Some('.'),
    })
}

/// Refuses marks that the map does not name, and one that may part thousands where it says nothing of either.
fn check_marks(map: &NumberMap, text: &str, marks: &[char], decimal: Option<char>) -> Result<(), Refusal> {
    let is_said = map.decimal.is_some() || matches!(map.thousands, Some('.' | ','));
    if let [mark @ ('.' | ',')] = marks
        && !is_said
        && may_be_grouped(text)
    {
        let other = if *mark == '.' { ',' } else { '.' };
        let (thousand, fraction): (String, String) = (
            text.chars().filter(|next| next != mark).collect(),
            text.chars().map(|next| if next == *mark { '.' } else { next }).collect(),
        );
        let help = format!(
            "add thousands = \"{mark}\" to [numbers] if it is {thousand} (with decimal = \"{other}\"), or decimal = \"{mark}\" if it is {fraction}"
        );
        return refusal("could be read in two ways", help);
    }
    let unknown = marks.iter().find(|&&mark| Some(mark) != decimal && Some(mark) != map.thousands);
    let Some(mark) = unknown else { return Ok(()) };
    let name = if *mark == ' ' { "blank".to_owned() } else { mark.to_string() };
    let help = match mark {
        '.' | ',' => format!("add decimal = \"{name}\" or thousands = \"{name}\" to [numbers]"),
        _ => format!("add thousands = \"{name}\" to [numbers]"),
    };
    refusal(format!("has a mark that the map does not name: `{mark}`"), help)
}

/// True if one to three digits stand before the mark and three behind it: `1.250`.
pub fn may_be_grouped(text: &str) -> bool {
    text.split_once(['.', ',']).is_some_and(|(whole, rest)| {
        rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    })
}

/// The digits of a whole number; `None` unless its groups are of three, or of two before the last three.
fn without_groups(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(is_mark).collect();
    let (first, rest) = groups.split_first()?;
    let is_last_whole = rest.last().is_none_or(|last| last.len() == 3);
    let are_thousands = rest.iter().all(|group| group.len() == 3);
    let are_lakhs = rest.iter().rev().skip(1).all(|group| group.len() == 2);
    let is_sound =
        rest.is_empty() || ((1..=3).contains(&first.len()) && is_last_whole && (are_thousands || are_lakhs));
    is_sound.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(map: &NumberMap, text: &str) -> Result<String, String> {
        let cell = NumberCell { text, is_number: false, is_per_cent: false };
        let number = read(map, cell, Meaning::Amount).map_err(|(problem, _)| problem)?;
        Ok(number.map_or_else(|| "blank".to_owned(), |number| number.to_string()))
    }

    #[test]
    fn without_a_word_of_the_map_only_what_is_certain_is_read() {
        let map = NumberMap::default();
        for (text, value) in [
            ("1234", "1234"),
            ("-0.5", "-0.5"),
            ("1234.567", "1234.567"),
            ("1.5E+06", "1500000"),
            ("", "blank"),
        ] {
            assert_eq!(of(&map, text).as_deref(), Ok(value), "{text}");
        }
        for text in ["1.250", "1,250", "1,5", "1 250", "(5)", "5-", "$5", "5k", "12 %", "n/a", "1'250", "-"] {
            assert!(of(&map, text).is_err(), "{text}");
        }
        assert_eq!(of(&map, "1.250"), Err("could be read in two ways".to_owned()));
    }

    #[test]
    fn the_map_says_what_marks_and_signs_mean() {
        let german = NumberMap {
            decimal: Some(','),
            thousands: Some('.'),
            currency: vec!["€".to_owned(), "EUR".to_owned()],
            negative: NegativeSign::Brackets,
            suffixes: vec![("Mio".to_owned(), 1e6), ("k".to_owned(), 1e3)],
            nothing: vec!["-".to_owned(), "k. A.".to_owned()],
            ..NumberMap::default()
        };
        for (text, value) in [
            ("1.250", "1250"),
            ("1.234.567,89 €", "1234567.89"),
            ("EUR 12,5", "12.5"),
            ("(1.250,5)", "-1250.5"),
            ("-€ 7", "-7"),
            ("€ -7", "-7"),
            ("1,5 Mio", "1500000"),
            ("1,5k €", "1500"),
            ("-", "blank"),
            ("k. A.", "blank"),
        ] {
            assert_eq!(of(&german, text).as_deref(), Ok(value), "{text}");
        }
        for text in ["1.25", "12.34,5", "1 250", "$ 5", "1.250.00", "5 Mrd", "1,2,3"] {
            assert!(of(&german, text).is_err(), "{text}");
        }
        let swiss = NumberMap { thousands: Some('\''), decimal: Some('.'), ..NumberMap::default() };
        assert_eq!(of(&swiss, "1’234.50").as_deref(), Ok("1234.5"));
        let french = NumberMap { thousands: Some(' '), decimal: Some(','), ..NumberMap::default() };
        assert_eq!(of(&french, "1\u{202f}234,5").as_deref(), Ok("1234.5"));
        let indian = NumberMap { thousands: Some(','), ..NumberMap::default() };
        assert_eq!(of(&indian, "12,34,567.5").as_deref(), Ok("1234567.5"));
        assert_eq!(of(&indian, "1,250").as_deref(), Ok("1250"));
        let back = NumberMap { negative: NegativeSign::Trailing, ..NumberMap::default() };
        assert_eq!(of(&back, "12.5-").as_deref(), Ok("-12.5"));
    }

    #[test]
    fn a_per_cent_is_what_its_column_makes_it() {
        let read = |percent, meaning, text, is_number| {
            let map = NumberMap { percent, ..NumberMap::default() };
            super::read(&map, NumberCell { text, is_number, is_per_cent: true }, meaning)
                .ok()
                .flatten()
                .map(|number| number.to_string())
        };
        assert_eq!(read(None, Meaning::Share, "80 %", false).as_deref(), Some("0.8"));
        assert_eq!(read(None, Meaning::Share, "0.8", true).as_deref(), Some("0.8"));
        assert_eq!(read(None, Meaning::Figure, "80 %", false), None);
        assert_eq!(read(Some(PerCent::Points), Meaning::Figure, "0.8", true).as_deref(), Some("80"));
        assert_eq!(read(Some(PerCent::Share), Meaning::Figure, "80%", false).as_deref(), Some("0.8"));
        assert_eq!(read(Some(PerCent::Share), Meaning::Amount, "80%", false), None);
    }
}
