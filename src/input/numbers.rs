//! Numbers as people write them into spreadsheets.

/// The mark between whole and fractional part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

impl DecimalMark {
    pub(super) const fn as_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// A number, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WrittenNumber {
    pub(super) value: f64,
    /// The mark in it; `None` where it has none and reads the same either way.
    pub(super) mark: Option<DecimalMark>,
    /// Exactly three digits follow the mark and one to three stand before it: `1.234` may have meant 1234.
    pub(super) may_be_grouped: bool,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    NotANumber,
    ThousandsSeparator,
    TooLarge,
}

/// No plan needs a larger number, and solvers take much larger ones for infinite.
pub(super) const LARGEST: f64 = 1e15;

/// Reads a number with `.` or `,` as its decimal mark and no thousands separators.
pub(super) fn parse(text: &str) -> Result<WrittenNumber, NumberError> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || is_mark(first)) {
        return Err(NumberError::NotANumber);
    }
    if !unsigned.chars().all(|next| next.is_ascii_digit() || is_mark(next) || is_group_space(next)) {
        return Err(NumberError::NotANumber);
    }
    if unsigned.chars().any(is_group_space) || unsigned.chars().filter(|&next| is_mark(next)).count() > 1 {
        return Err(NumberError::ThousandsSeparator);
    }
    if !unsigned.contains(|next: char| next.is_ascii_digit()) || !exponent.is_none_or(is_exponent) {
        return Err(NumberError::NotANumber);
    }
    let mark = unsigned.chars().find_map(|next| match next {
        '.' => Some(DecimalMark::Point),
        ',' => Some(DecimalMark::Comma),
        _ => None,
    });
    let value: f64 = text.replace(',', ".").parse().map_err(|_| NumberError::NotANumber)?;
    if value.abs() > LARGEST {
        return Err(NumberError::TooLarge);
    }
    let may_be_grouped = exponent.is_none() && looks_grouped(unsigned);
    Ok(WrittenNumber { value, mark, may_be_grouped })
}

fn is_mark(next: char) -> bool {
    next == '.' || next == ','
}

/// Spaces (also the narrow and no-break kinds that spreadsheets write) and apostrophes that part thousands.
fn is_group_space(next: char) -> bool {
    matches!(next, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’')
}

fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|next| next.is_ascii_digit())
}

fn looks_grouped(unsigned: &str) -> bool {
    match unsigned.split_once(is_mark) {
        Some((whole, rest)) => rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<f64, NumberError> {
        parse(text).map(|number| number.value)
    }

    #[test]
    fn either_decimal_mark_is_read() {
        assert_eq!(value("1234.5"), Ok(1234.5));
        assert_eq!(value("-1234,5"), Ok(-1234.5));
        assert_eq!(value("+1e-3"), Ok(0.001));
        assert_eq!(value(".5"), Ok(0.5));
    }

    #[test]
    fn thousands_separators_are_told_from_nonsense() {
        for text in ["1.234,5", "1,234,567", "1 234", "1'234", "1\u{202f}234,00", "1.234.567"] {
            assert_eq!(value(text), Err(NumberError::ThousandsSeparator), "{text}");
        }
        for text in ["", "-", ".", "12o", "NaN", "inf", "0x10", "1e", "1e5.0", "5 %", "--1", "1_000", "e5"] {
            assert_eq!(value(text), Err(NumberError::NotANumber), "{text}");
        }
        assert_eq!(value("1e999"), Err(NumberError::TooLarge));
    }

    #[test]
    fn what_may_be_a_thousand_is_noticed() {
        let grouped = |text| parse(text).unwrap().may_be_grouped;
        assert!(grouped("1.234") && grouped("12,000"));
        assert!(!grouped("0.125") && !grouped("1.25") && !grouped("1234.567"));
    }
}
