//! Moments, which spreadsheets hold as a number of days and show by a number format.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A part of a number format.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Year(usize),
    Month(usize),
    Day(usize),
    /// Hours, minutes, seconds, or a mark for noon.
    Time,
    Literal(String),
}

/// True if a number format shows a hundred times the number.
pub fn shows_per_cent(format: &str) -> bool {
    let mut letters = format.chars();
    while let Some(next) = letters.next() {
        match next {
            '%' => return true,
            // Other sections are for negative numbers, nothing and texts.
            ';' => return false,
            '"' => letters.by_ref().take_while(|&other| other != '"').for_each(drop),
            '[' => letters.by_ref().take_while(|&other| other != ']').for_each(drop),
            '\\' | '_' | '*' => drop(letters.next()),
            _ => {}
        }
    }
    false
}

/// A moment in words, as a number format shows it; `None` if the format shows no moment or the number is none.
///
/// Whole days are written by the format, in English (`Jan-27`, `2027`, `01.02.2027`). A format that shows times gives
/// the day as ISO 8601 has it, and the time behind it where it is not midnight.
pub fn shown(serial: f64, format: &str, counts_from_1904: bool) -> Option<String> {
    let tokens = tokens(format);
    let is_moment = tokens.iter().any(|token| !matches!(token, Token::Literal(_)));
    if !is_moment || !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let has_day = |token: &Token| matches!(token, Token::Year(_) | Token::Month(_) | Token::Day(_));
    if !tokens.iter().any(has_day) {
        return None;
    }
    let (year, month, day) = calendar_day(serial.floor(), counts_from_1904)?;
    let seconds = (serial.fract() * 86_400.0).round();
    let shows_time = tokens.contains(&Token::Time);
    if shows_time || seconds > 0.0 {
        let date = format!("{year:04}-{month:02}-{day:02}");
        return Some(if seconds > 0.0 { format!("{date}T{}", clock(seconds)) } else { date });
    }
    let name = MONTHS.get(usize::try_from(month - 1).ok()?)?;
    let word = |token: &Token| match token {
        Token::Year(1 | 2) => format!("{:02}", year % 100),
        Token::Year(_) => format!("{year:04}"),
        Token::Month(1) => month.to_string(),
        Token::Month(2) => format!("{month:02}"),
        Token::Month(3) => name[..3].to_owned(),
        Token::Month(5) => name[..1].to_owned(),
        Token::Month(_) => (*name).to_owned(),
        Token::Day(1) => day.to_string(),
        Token::Day(2) => format!("{day:02}"),
        // The name of a weekday says nothing that the date does not.
        Token::Day(_) | Token::Time => String::new(),
        Token::Literal(text) => text.clone(),
    };
    Some(tokens.iter().map(word).collect::<String>().trim().to_owned())
}

fn clock(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a day")]
    let seconds = seconds as u32;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The parts of the first section of a number format.
fn tokens(format: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut letters = format.chars().peekable();
    let literal = |tokens: &mut Vec<Token>, text: &str| match tokens.last_mut() {
        Some(Token::Literal(last)) => last.push_str(text),
        _ => tokens.push(Token::Literal(text.to_owned())),
    };
    while let Some(next) = letters.next() {
        match next {
            ';' => break,
            '"' => {
                let quoted: String = letters.by_ref().take_while(|&other| other != '"').collect();
                literal(&mut tokens, &quoted);
            }
            '\\' => literal(&mut tokens, &letters.next().map(String::from).unwrap_or_default()),
            // Room as wide as the next character, or as much of it as fills the cell.
            '_' | '*' => drop(letters.next()),
            '[' => {
                let inner: String = letters.by_ref().take_while(|&other| other != ']').collect();
                // Hours beyond a day are a duration; all else is a colour, a condition or a language.
                if !inner.is_empty() && inner.to_lowercase().chars().all(|next| "hms".contains(next)) {
                    tokens.push(Token::Time);
                }
            }
            'y' | 'Y' | 'e' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => {
                let mut count = 1;
                while letters.next_if(|other| other.eq_ignore_ascii_case(&next)).is_some() {
                    count += 1;
                }
                tokens.push(of_letters(next, count));
            }
            // Placeholders of numbers: `General`, `0.00`, `#,##0`, `0.00E+00`.
            '0' | '#' | '?' | 'G' | 'E' | '@' | '%' => return Vec::new(),
            'A' | 'a' | 'P' | 'p' => {}
            other => literal(&mut tokens, &other.to_string()),
        }
    }
    minutes(&mut tokens);
    tokens
}

/// The part that a letter stands for, so many times in a row.
fn of_letters(letter: char, count: usize) -> Token {
    match letter.to_ascii_lowercase() {
        'y' => Token::Year(count),
        'e' => Token::Year(4),
        'd' => Token::Day(count),
        'm' => Token::Month(count),
        _ => Token::Time,
    }
}

/// Letters `m` beside hours or seconds are minutes.
fn minutes(tokens: &mut [Token]) {
    let is_word = |token: &Token| !matches!(token, Token::Literal(_));
    let words: Vec<usize> = (0..tokens.len()).filter(|&at| is_word(&tokens[at])).collect();
    for (order, &at) in words.iter().enumerate() {
        let is_time = |order: usize| words.get(order).is_some_and(|&at| tokens[at] == Token::Time);
        let is_beside = (order > 0 && is_time(order - 1)) || is_time(order + 1);
        if is_beside && matches!(tokens[at], Token::Month(1 | 2)) {
            tokens[at] = Token::Time;
        }
    }
}

/// Year, month and day of a number of days.
fn calendar_day(days: f64, counts_from_1904: bool) -> Option<(i64, i64, i64)> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within the calendar")]
    let days = days as i64;
    // Day 60 is the 29th of February 1900, which was none: spreadsheets count it since Lotus did.
    let since_1900 = if counts_from_1904 { days + 1462 } else { days };
    let of_march = if since_1900 > 60 { since_1900 - 1 } else { since_1900 };
    if since_1900 == 60 {
        return None;
    }
    Some(civil(of_march - 25_568))
}

/// The date of a day counted from 1 January 1970 (H. Hinnant, chrono-compatible low-level date algorithms).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_their_format_shows_them() {
        // 1 January 2027 is day 46388.
        for (format, text) in [
            ("yyyy", "2027"),
            ("mmm-yy", "Jan-27"),
            ("mmmm\\ yyyy", "January 2027"),
            ("dd\\.mm\\.yyyy", "01.01.2027"),
            ("[$-407]mmm yyyy;@", "Jan 2027"),
            ("d/m/yy", "1/1/27"),
            ("yyyy\\-mm\\-dd", "2027-01-01"),
            ("\"FY\"yy", "FY27"),
            ("yyyy-mm-dd hh:mm:ss", "2027-01-01"),
            ("m/d/yyyy h:mm AM/PM", "2027-01-01"),
        ] {
            assert_eq!(shown(46_388.0, format, false).as_deref(), Some(text), "{format}");
        }
        assert_eq!(shown(46_388.25, "yyyy", false).as_deref(), Some("2027-01-01T06:00:00"));
        assert_eq!(shown(46_388.0 - 1462.0, "yyyy-mm-dd", true).as_deref(), Some("2027-01-01"));
        for format in ["General", "0.00", "#,##0 \"days\"", "[Red]0;0", "h:mm", "[h]:mm", "@", ""] {
            assert_eq!(shown(46_388.0, format, false), None, "{format}");
        }
    }

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        let iso = |serial: f64| shown(serial, "yyyy-mm-dd", false);
        assert_eq!(iso(1.0).as_deref(), Some("1900-01-01"));
        assert_eq!(iso(59.0).as_deref(), Some("1900-02-28"));
        assert_eq!(iso(60.0), None, "the 29th of February 1900 was no day");
        assert_eq!(iso(61.0).as_deref(), Some("1900-03-01"));
        assert_eq!(iso(36_585.0).as_deref(), Some("2000-02-29"));
        assert_eq!(iso(2_958_465.0).as_deref(), Some("9999-12-31"));
        assert_eq!(iso(2_958_466.0), None);
        assert_eq!(iso(-1.0), None);
    }
}
