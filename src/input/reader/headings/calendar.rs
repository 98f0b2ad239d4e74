//! Moments of the calendar that a heading may mean.

/// Unit in which headings count. Only headings of the same unit can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    /// Years that begin within one and end within the next: `2027/28`.
    SplitYear,
    /// Several years as one period: `2027-2030`, `FY26-28`.
    Years,
    /// All that comes after the other periods: `later`, `future years`.
    Later,
    Half,
    Quarter,
    Month,
    /// A month without a year.
    NamedMonth,
    Week,
    /// The same day of each month; days and months may be written in either order.
    DayOfMonth(DateOrder, i64),
    /// The last day of each month.
    MonthEnd(DateOrder),
    Day(DateOrder),
    /// A label with one number: the text around it.
    Counted(String),
}

/// Order of day, month and year in a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateOrder {
    Year,
    Day,
    Month,
}

impl Unit {
    /// True if periods commonly lie that many units apart.
    pub(super) fn is_usual(&self, step: i64) -> bool {
        match self {
            Self::Month | Self::DayOfMonth(..) | Self::MonthEnd(_) => [1, 3, 6, 12].contains(&step),
            Self::Week => [1, 2, 4].contains(&step),
            Self::Day(_) => [1, 7, 14].contains(&step),
            _ => step == 1,
        }
    }

    /// True if it is a label with a number and no moment of the calendar.
    pub(super) fn is_counted(&self) -> bool {
        matches!(self, Self::Counted(_))
    }

    /// True unless it is a date that is read in the other order of day and month.
    pub(super) fn keeps_to(&self, is_day_first: Option<bool>) -> bool {
        match self {
            Self::DayOfMonth(order, _) | Self::MonthEnd(order) | Self::Day(order) => match order {
                DateOrder::Year => true,
                DateOrder::Day => is_day_first != Some(false),
                DateOrder::Month => is_day_first != Some(true),
            },
            _ => true,
        }
    }

    /// Its plural noun in messages.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Year | Self::SplitYear | Self::Years | Self::Later => "years",
            Self::Half => "half-years",
            Self::Quarter => "quarters",
            Self::Month | Self::NamedMonth | Self::DayOfMonth(..) | Self::MonthEnd(_) => "months",
            Self::Week => "weeks",
            Self::Day(_) => "days",
            Self::Counted(_) => "numbers",
        }
    }
}

/// One way to read a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) unit: Unit,
    /// The moment, counted in units.
    pub(super) place: i64,
    /// The months that it covers, from the first to the one after the last; `None` where it is no moment of the
    /// calendar.
    pub(super) months: Option<(i64, i64)>,
}

impl Reading {
    fn of_months(unit: Unit, place: i64, first: i64, count: i64) -> Self {
        Self { unit, place, months: Some((first, first + count)) }
    }
}

const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "jänner", "janvier", "enero", "ene", "gennaio", "gen"],
    &["feb", "february", "februar", "feber", "février", "fevrier", "fév", "febrero", "febbraio"],
    &["mar", "march", "märz", "maerz", "mär", "mrz", "mars", "marzo"],
    &["apr", "april", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "mag"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "giu"],
    &["jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug"],
    &["aug", "august", "août", "aout", "agosto", "ago"],
    &["sep", "sept", "september", "septembre", "septiembre", "settembre", "set"],
    &["oct", "october", "okt", "oktober", "octobre", "octubre", "ottobre", "ott"],
    &["nov", "november", "novembre", "noviembre"],
    &["dec", "december", "dez", "dezember", "décembre", "decembre", "déc", "diciembre", "dic", "dicembre"],
];

const YEAR_WORDS: [&str; 5] = ["fy", "cy", "gj", "fiscal", "ay"];
/// Words for all that comes after the other periods, alone or before "years".
const LATER_WORDS: [&str; 9] =
    ["later", "future", "beyond", "thereafter", "onward", "onwards", "out", "später", "folgejahre"];
const HALF_WORDS: [&str; 5] = ["h", "hj", "hy", "half", "sem"];
const QUARTER_WORDS: [&str; 4] = ["q", "qtr", "quarter", "quartal"];
const WEEK_WORDS: [&str; 4] = ["w", "wk", "week", "kw"];

/// A part of a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Number(i64, usize),
    Word(String),
}

/// All ways to read a heading, the likeliest first.
pub(super) fn readings(heading: &str) -> Vec<Reading> {
    let lower = heading.trim().to_lowercase();
    // The last period of a plan may include all later ones.
    let text = lower.strip_suffix('+').unwrap_or(&lower).trim();
    let parts = parts(text);
    let mut found = Vec::new();
    found.extend(year(&parts));
    found.extend(part_of_year(&parts));
    found.extend(month(&parts));
    found.extend(split_year(&parts, text));
    found.extend(several_years(&parts, text));
    found.extend(later(&parts));
    found.extend(dates(&parts, text));
    found.extend(counted(&parts, text));
    found
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let is_digit = next.is_ascii_digit();
        let is_same = |other: char| if is_digit { other.is_ascii_digit() } else { other.is_alphabetic() };
        let length = rest.find(|other| !is_same(other)).unwrap_or(rest.len()).max(next.len_utf8());
        let (part, below) = rest.split_at(length);
        if is_digit {
            // More digits than a date has are no moment.
            parts.push(Part::Number(part.parse().unwrap_or(i64::MAX), part.len()));
        } else if next.is_alphabetic() {
            parts.push(Part::Word(part.to_owned()));
        }
        rest = below;
    }
    parts
}

fn four_digits(part: &Part) -> Option<i64> {
    match part {
        Part::Number(year, 4) if YEARS.contains(year) => Some(*year),
        _ => None,
    }
}

/// A year of four digits, or of two.
fn any_year(part: &Part) -> Option<i64> {
    match part {
        Part::Number(year, 2) => Some(if *year < 80 { 2000 + year } else { 1900 + year }),
        part => four_digits(part),
    }
}

fn number_up_to(part: &Part, most: i64) -> Option<i64> {
    match part {
        Part::Number(number, 1 | 2) if (1..=most).contains(number) => Some(*number),
        _ => None,
    }
}

fn is_word(part: &Part, words: &[&str]) -> bool {
    matches!(part, Part::Word(word) if words.contains(&word.as_str()))
}

fn named_month(part: &Part) -> Option<i64> {
    let Part::Word(word) = part else { return None };
    MONTHS
        .iter()
        .position(|names| names.contains(&word.as_str()))
        .and_then(|month| i64::try_from(month + 1).ok())
}

fn year(parts: &[Part]) -> Option<Reading> {
    let year = match parts {
        [year] => four_digits(year)?,
        [word, year] if is_word(word, &YEAR_WORDS) => any_year(year)?,
        _ => return None,
    };
    Some(Reading::of_months(Unit::Year, year, year * 12, 12))
}

/// `2027/28`, `FY 2027-2028`.
fn split_year(parts: &[Part], text: &str) -> Option<Reading> {
    let (from, to) = pair_of_years(parts, text)?;
    // Beside plain years it is the sum of two of them.
    (to == from + 1).then(|| Reading::of_months(Unit::SplitYear, from, from * 12, 24))
}

/// `2027-2030`, `FY26-28`, `FY26 to FY28`: a last column of plans that go on by single years before.
fn several_years(parts: &[Part], text: &str) -> Option<Reading> {
    let (from, to) = pair_of_years(parts, text)?;
    (to > from + 1).then(|| Reading::of_months(Unit::Years, from, from * 12, (to - from + 1) * 12))
}

/// Two years with a sign or `to` between them; of two digits each only behind a word for years.
fn pair_of_years(parts: &[Part], text: &str) -> Option<(i64, i64)> {
    let is_named = parts.first().is_some_and(|word| is_word(word, &YEAR_WORDS));
    let between = |part: &&Part| !is_word(part, &YEAR_WORDS) && !is_word(part, &["to", "bis"]);
    let years: Vec<&Part> = parts.iter().filter(between).collect();
    let [from, to] = years.as_slice() else { return None };
    let from = if is_named { any_year(from)? } else { four_digits(from)? };
    let joins = text.contains(['/', '-', '–']) || parts.iter().any(|part| is_word(part, &["to", "bis"]));
    joins.then_some((from, any_year(to)?))
}

/// `later`, `future`, `future years`.
fn later(parts: &[Part]) -> Option<Reading> {
    let is_later = match parts {
        [word] => is_word(word, &LATER_WORDS) && !is_word(word, &["out"]),
        [word, years] => is_word(word, &LATER_WORDS) && is_word(years, &["years", "year", "fys"]),
        _ => false,
    };
    is_later.then_some(Reading { unit: Unit::Later, place: i64::MAX, months: None })
}

/// Half-years, quarters and weeks, with the year before or behind.
fn part_of_year(parts: &[Part]) -> Option<Reading> {
    let (year, word, number) = match parts {
        [year, word @ Part::Word(_), number] if four_digits(year).is_some() => (year, word, number),
        [number, word @ Part::Word(_), year] | [word @ Part::Word(_), number, year] => (year, word, number),
        _ => return None,
    };
    let year = any_year(year)?;
    let of = |unit, per_year: i64| {
        let number = number_up_to(number, per_year)?;
        let months = 12 / per_year;
        let first = year * 12 + (number - 1) * months;
        Some(Reading::of_months(unit, year * per_year + number - 1, first, months))
    };
    match word {
        word if is_word(word, &HALF_WORDS) => of(Unit::Half, 2),
        word if is_word(word, &QUARTER_WORDS) => of(Unit::Quarter, 4),
        word if is_word(word, &["m"]) => of(Unit::Month, 12),
        word if is_word(word, &WEEK_WORDS) => {
            let monday = monday_of_week(year, number_up_to(number, 53)?);
            let first = year * 12;
            Some(Reading::of_months(Unit::Week, monday.div_euclid(7), first, 1))
        }
        _ => None,
    }
}

fn month(parts: &[Part]) -> Option<Reading> {
    let (year, month) = match parts {
        [month] => {
            let place = named_month(month)?;
            return Some(Reading { unit: Unit::NamedMonth, place, months: None });
        }
        [word, year] if named_month(word).is_some() => (any_year(year)?, named_month(word)?),
        [year, word] if named_month(word).is_some() => (four_digits(year)?, named_month(word)?),
        [year, month] if four_digits(year).is_some() => (four_digits(year)?, number_up_to(month, 12)?),
        [month, year] => (four_digits(year)?, number_up_to(month, 12)?),
        _ => return None,
    };
    let place = year * 12 + month - 1;
    Some(Reading::of_months(Unit::Month, place, place, 1))
}

fn dates(parts: &[Part], text: &str) -> Vec<Reading> {
    // Spreadsheets add a time of 0 to dates.
    let is_midnight = |part: &Part| matches!(part, Part::Number(0, _)) || is_word(part, &["t"]);
    let (date, time) = parts.split_at(parts.len().min(3));
    let [first, second, third] = date else { return Vec::new() };
    if !time.iter().all(is_midnight) {
        return Vec::new();
    }
    let day = |part: &Part| number_up_to(part, 31);
    let month = |part: &Part| number_up_to(part, 12).or_else(|| named_month(part));
    let is_swappable = !text.contains('.');
    let orders = [
        (DateOrder::Year, four_digits(first), month(second), day(third)),
        (DateOrder::Day, any_year(third), month(second), day(first)),
        (DateOrder::Month, any_year(third).filter(|_| is_swappable), month(first), day(second)),
    ];
    let mut found = Vec::new();
    for (order, year, month, day) in orders {
        let (Some(year), Some(month), Some(day)) = (year, month, day) else { continue };
        if day > days_in(year, month) {
            continue;
        }
        let place = year * 12 + month - 1;
        let of = |unit, place_in_unit| Reading::of_months(unit, place_in_unit, place, 1);
        found.push(of(Unit::DayOfMonth(order, day), place));
        if day == days_in(year, month) {
            found.push(of(Unit::MonthEnd(order), place));
        }
        found.push(of(Unit::Day(order), day_number(year, month, day)));
    }
    found
}

/// A label with a single number.
fn counted(parts: &[Part], text: &str) -> Option<Reading> {
    let numbers: Vec<&Part> = parts.iter().filter(|part| matches!(part, Part::Number(..))).collect();
    let [number @ Part::Number(place, _)] = numbers.as_slice() else { return None };
    let around: Vec<&str> =
        text.split(|next: char| next.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let unit = Unit::Counted(around.join("#"));
    let months = four_digits(number).map(|year| (year * 12, year * 12 + 12));
    Some(Reading { unit, place: *place, months })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the first of January of the year 1, which was a Monday, in the Gregorian calendar.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let of_years = before * 365 + before / 4 - before / 100 + before / 400;
    let of_months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    of_years + of_months + day - 1
}

/// The first day of a week (ISO 8601: the week of the fourth of January is the first).
fn monday_of_week(year: i64, week: i64) -> i64 {
    let fourth = day_number(year, 1, 4);
    fourth - fourth.rem_euclid(7) + (week - 1) * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_the_gregorian_calendar() {
        assert_eq!(day_number(1, 1, 1), 0);
        assert_eq!(day_number(1970, 1, 1), 719_162);
        assert_eq!(day_number(2028, 3, 1) - day_number(2028, 2, 28), 2);
        // The fourth of January 2027 is a Monday, and 2026 has 53 weeks.
        assert_eq!(day_number(2027, 1, 4) % 7, 0);
        assert_eq!(monday_of_week(2026, 53) + 7, monday_of_week(2027, 1));
    }

    #[test]
    fn a_heading_may_be_read_in_several_ways() {
        let units = |heading| readings(heading).into_iter().map(|reading| reading.unit).collect::<Vec<_>>();
        assert_eq!(units("2010-11"), [Unit::Month, Unit::SplitYear]);
        assert_eq!(units("2027"), [Unit::Year, Unit::Counted(String::new())]);
        assert_eq!(units("Jan"), [Unit::NamedMonth]);
        let orders = units("01/02/2027");
        assert!(orders.contains(&Unit::DayOfMonth(DateOrder::Day, 1)));
        assert!(orders.contains(&Unit::DayOfMonth(DateOrder::Month, 2)));
        assert_eq!(units("FY26-28"), [Unit::Years]);
        assert_eq!(units("2026-2030"), [Unit::Years]);
        assert_eq!(units("FY26 to FY28"), [Unit::Years]);
        assert_eq!(units("Future years"), [Unit::Later]);
        assert!(units("26-28").is_empty() && units("out").is_empty() && units("outcome").is_empty());
        assert!(units("31.02.2027").is_empty() && units("phase x").is_empty());
    }
}
