//! Numbers as people write them into spreadsheets.

/// The mark between whole and fractional part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    Point,
    Comma,
}

impl DecimalMark {
    pub const fn as_char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// A number, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenNumber {
    pub value: f64,
    /// The mark in it; `None` where it has none and reads the same either way.
    pub mark: Option<DecimalMark>,
    /// True if exactly three digits follow the mark and one to three precede it: `1.234` may have meant 1234.
    pub may_be_grouped: bool,
}

/// Reasons why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    NotANumber,
    ThousandsSeparator,
    TooLarge,
}

/// Largest number: no plan needs a larger one, and solvers take much larger ones for infinite.
pub const LARGEST: f64 = 1e15;

/// The minus of typesetters, which programs that lay out tables write.
const TYPESET_MINUS: char = '\u{2212}';

/// Reads a number with `.` or `,` as its decimal mark and no thousands separators.
pub fn parse(text: &str) -> Result<WrittenNumber, NumberError> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = mantissa.strip_prefix(['+', '-', TYPESET_MINUS]).unwrap_or(mantissa);
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
    let value: f64 =
        text.replace(',', ".").replace(TYPESET_MINUS, "-").parse().map_err(|_| NumberError::NotANumber)?;
    if value.abs() > LARGEST {
        return Err(NumberError::TooLarge);
    }
    let may_be_grouped = exponent.is_none() && looks_grouped(unsigned);
    Ok(WrittenNumber { value, mark, may_be_grouped })
}

/// A number as people write it for people: with thousands parted, a sign of currency or per cent, in brackets where it
/// is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenForPeople {
    is_negative: bool,
    whole: String,
    fraction: String,
    is_per_cent: bool,
    /// Its decimal mark, if that is certain.
    pub mark: Option<DecimalMark>,
    /// True if it has nothing but digits, marks and blanks.
    pub is_bare: bool,
    /// Its one mark may part thousands as well as whole and fraction: `1.250`.
    pub is_unclear: bool,
}

impl WrittenForPeople {
    /// The number that a text means to people; `None` if it is not a number to them either. A single mark that could
    /// also group thousands does so unless it is `decimal`, the mark of the file.
    pub fn read(text: &str, decimal: Option<DecimalMark>) -> Option<Self> {
        let (inner, is_bracketed) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => (inner, true),
            None => (text, false),
        };
        let (digits, signs) = without_signs(inner);
        let is_negative = is_bracketed || signs.is_negative;
        let marks: Vec<char> = digits.chars().filter(|&next| is_mark(next)).collect();
        let has_other_groups = digits.contains(is_group_space);
        let all_same = marks.iter().all(|&mark| mark == marks[0]);
        let last = marks.last().copied();
        let looks_grouped = marks.len() == 1 && !has_other_groups && looks_grouped(digits);
        let decimal_mark = match (last, all_same) {
            (None, _) => None,
            (Some(last), false) => (marks.iter().filter(|&&mark| mark == last).count() == 1).then_some(last),
            (Some(_), true) if marks.len() > 1 => None,
            (Some(last), true) => {
                (!looks_grouped || decimal.map(DecimalMark::as_char) == Some(last)).then_some(last)
            }
        };
        let (whole, fraction) = match decimal_mark.and_then(|mark| digits.rsplit_once(mark)) {
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let whole = without_groups(whole)?;
        let is_sound =
            fraction.chars().all(|next| next.is_ascii_digit()) && !(whole.is_empty() && fraction.is_empty());
        // A mark that only parts thousands leaves the other for the fraction.
        let other = last.map(|last| if last == '.' { DecimalMark::Comma } else { DecimalMark::Point });
        let mark = match decimal_mark {
            Some('.') => Some(DecimalMark::Point),
            Some(_) => Some(DecimalMark::Comma),
            None => other,
        };
        is_sound.then(|| Self {
            is_negative,
            whole,
            fraction: fraction.to_owned(),
            is_per_cent: signs.is_per_cent,
            mark,
            is_bare: !is_bracketed && !signs.has_others,
            is_unclear: looks_grouped,
        })
    }

    /// The number as this program reads it.
    pub fn written(&self, mark: DecimalMark) -> String {
        let (mut whole, mut fraction) = (self.whole.clone(), self.fraction.clone());
        if self.is_per_cent {
            let padded = format!("{whole:0>3}");
            let (hundreds, hundredths) = padded.split_at(padded.len() - 2);
            fraction = format!("{hundredths}{fraction}").trim_end_matches('0').to_owned();
            whole = hundreds.to_owned();
        }
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let sign = if self.is_negative { "-" } else { "" };
        match fraction.as_str() {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}{}{fraction}", mark.as_char()),
        }
    }
}

/// Text around the digits of a number.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    is_negative: bool,
    is_per_cent: bool,
    has_others: bool,
}

/// Codes and abbreviations of currencies, before or after amounts.
const CURRENCIES: [&str; 30] = [
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "AUD",
    "CAD", "NZD", "INR", "BRL", "ZAR", "TRY", "UAH", "MXN", "SGD", "HKD", "kr", "Fr.", "Ft", "zł", "R$",
];

/// Strips signs of number, currency and per cent off both ends.
fn without_signs(text: &str) -> (&str, Signs) {
    const MINUS: [char; 4] = ['-', TYPESET_MINUS, '–', '\u{fe63}'];
    const CURRENCY: [char; 12] = ['€', '$', '£', '¥', '₹', '₽', '₺', '₩', '₴', '¢', '₪', '฿'];
    let (mut rest, mut signs) = (text, Signs::default());
    loop {
        let before = rest;
        rest = rest.trim_matches(|next: char| next.is_whitespace());
        if let Some(inner) = rest.strip_prefix(MINUS).or_else(|| rest.strip_suffix(MINUS)) {
            (rest, signs.is_negative) = (inner, true);
        } else if let Some(inner) = rest.strip_prefix('+') {
            rest = inner;
        } else if let Some(inner) = rest.strip_suffix('%') {
            (rest, signs.is_per_cent, signs.has_others) = (inner, true, true);
        } else if let Some(inner) = rest.strip_prefix(CURRENCY).or_else(|| rest.strip_suffix(CURRENCY)) {
            (rest, signs.has_others) = (inner, true);
        } else if let Some(inner) =
            CURRENCIES.iter().find_map(|code| rest.strip_prefix(code).or_else(|| rest.strip_suffix(code)))
        {
            (rest, signs.has_others) = (inner, true);
        }
        if rest == before {
            return (rest, signs);
        }
    }
}

/// The digits of a whole number whose groups of three are parted by one kind of mark; `None` if it is none.
fn without_groups(text: &str) -> Option<String> {
    let mut groups = text.split(|next: char| !next.is_ascii_digit());
    let marks: Vec<char> = text.chars().filter(|next| !next.is_ascii_digit()).collect();
    let are_alike = marks.iter().all(|&mark| mark == marks[0] && (is_mark(mark) || is_group_space(mark)));
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_last_whole = rest.last().is_none_or(|last| last.len() == 3);
    // Thousands part the last three digits; above them some part by two (lakh and crore).
    let are_groups =
        rest.iter().all(|group| group.len() == 3) || rest.iter().rev().skip(1).all(|group| group.len() == 2);
    let is_sound = rest.is_empty() || ((1..=3).contains(&first.len()) && is_last_whole && are_groups);
    (are_alike && is_sound).then(|| text.chars().filter(char::is_ascii_digit).collect())
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
        assert_eq!(value("\u{2212}2,5"), Ok(-2.5));
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
    fn numbers_for_people_keep_their_value() {
        let of = |text: &str, decimal| {
            let read = WrittenForPeople::read(text, decimal).unwrap_or_else(|| panic!("{text}"));
            read.written(DecimalMark::Point)
        };
        for (text, value) in [
            ("1 234,56", "1234.56"),
            ("1\u{a0}234,56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1,234,567", "1234567"),
            ("1.234.567,8", "1234567.8"),
            ("12,34,567.50", "1234567.50"),
            ("1'234.50", "1234.50"),
            ("1’234", "1234"),
            ("€ 1 234", "1234"),
            ("1.234,00 €", "1234.00"),
            ("EUR 12,5", "12.5"),
            ("-$5", "-5"),
            ("$-5.25", "-5.25"),
            ("(1,234)", "-1234"),
            ("(1 234,5)", "-1234.5"),
            ("1234-", "-1234"),
            ("–5", "-5"),
            ("12 %", "0.12"),
            ("7,5%", "0.075"),
            ("150%", "1.5"),
            ("0,5 %", "0.005"),
            ("100 %", "1"),
            ("007", "7"),
            (",5", "0.5"),
        ] {
            assert_eq!(of(text, None), value, "{text}");
        }
        assert_eq!(of("1.250", None), "1250");
        assert_eq!(of("1.250", Some(DecimalMark::Point)), "1.250");
        assert_eq!(of("1.250", Some(DecimalMark::Comma)), "1250");
        assert_eq!(of("1,250", Some(DecimalMark::Comma)), "1.250");
        for text in [
            "",
            "-",
            "%",
            "€",
            "1.2.3",
            "01.02.2027",
            "12 34",
            "5k",
            "1,5 Mio",
            "3.5x",
            "1,23,4",
            "A1",
            "()",
            "1 2 3",
        ] {
            assert_eq!(WrittenForPeople::read(text, None), None, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_thousand_is_noticed() {
        let grouped = |text| parse(text).unwrap().may_be_grouped;
        assert!(grouped("1.234") && grouped("12,000"));
        assert!(!grouped("0.125") && !grouped("1.25") && !grouped("1234.567"));
    }
}
