//! Periods: what the list calls them, their order, and the one in which a project starts.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list as listed};
use crate::input::map::PeriodMap;
use crate::input::{in_calendar_order, months_of, oddities};

/// The mark of a period in a pattern.
const PERIOD: &str = "{period}";

/// The part of a text that stands for the period in a pattern; `None` if the text has another form.
pub fn part_in_pattern<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let (before, behind) = pattern.split_once(PERIOD)?;
    let part = text.strip_prefix(before)?.strip_suffix(behind)?.trim();
    (!part.is_empty()).then_some(part)
}

/// The period that a text of the list stands for.
pub fn period_of(map: &PeriodMap, text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, period)) = map.names.iter().find(|(name, _)| *name == text) {
        return period.clone();
    }
    let pattern = map.pattern.as_ref();
    pattern.and_then(|pattern| part_in_pattern(&pattern.value, &text)).map_or(text.clone(), str::to_owned)
}

/// Periods of the list in the order in which they were found.
#[derive(Debug, Default)]
pub struct FoundPeriods {
    labels: Vec<(String, SourceRef)>,
    known: BTreeSet<String>,
}

impl FoundPeriods {
    /// Adds a period.
    pub fn add(&mut self, period: &str, source: impl FnOnce() -> SourceRef) {
        if self.known.insert(period.to_owned()) {
            self.labels.push((period.to_owned(), source()));
        }
    }

    /// The horizon: that of the map, or all periods in the order of the calendar.
    pub fn horizon(
        &self,
        map: &PeriodMap,
        guessed: &mut Vec<String>,
        found: &mut Diagnostics,
    ) -> Vec<String> {
        if !map.horizon.is_empty() {
            let horizon: Vec<String> = map.horizon.iter().map(|said| said.value.clone()).collect();
            let source = |period: &str| {
                let said = map.horizon.iter().find(|said| said.value == period);
                said.map(|said| said.source.clone()).unwrap_or_default()
            };
            check(&horizon, source, "", found);
            return horizon;
        }
        let labels: Vec<String> = self.labels.iter().map(|(label, _)| label.clone()).collect();
        let ordered = in_calendar_order(&labels).unwrap_or_else(|| labels.clone());
        if ordered.len() > 1 {
            let by = if in_calendar_order(&labels).is_some() {
                "of the calendar"
            } else {
                "in which the list has them"
            };
            guessed.push(format!(
                "The horizon is {}, in the order {by}",
                listed(ordered.iter().map(String::as_str))
            ));
        }
        let source = |period: &str| {
            let label = self.labels.iter().find(|(label, _)| label == period);
            label.map(|(_, source)| source.clone()).unwrap_or_default()
        };
        let hint = "; horizon = [...] in [periods] says which periods are read, in order";
        check(&ordered, source, hint, found);
        ordered
    }
}

/// Reports headings that make no horizon; `hint` says what else may help.
fn check(horizon: &[String], source: impl Fn(&str) -> SourceRef, hint: &str, found: &mut Diagnostics) {
    let texts: Vec<&str> = horizon.iter().map(String::as_str).collect();
    for odd in oddities(&texts).into_iter().filter(|odd| odd.is_fault) {
        let help = format!("{}{hint}", odd.help);
        found.push(Diagnostic::fault(source(&odd.heading), odd.problem, help).with_value(odd.heading));
    }
}

/// The period in which a project starts.
///
/// # Errors
/// The problem and the remedy, if the text is no period of the horizon, or a date that lies in none of them.
pub fn start_of(map: &PeriodMap, horizon: &[String], text: &str) -> Result<String, (String, String)> {
    let own = period_of(map, text);
    if horizon.contains(&own) {
        return Ok(own);
    }
    let periods = || listed(horizon.iter().map(String::as_str));
    let months = months_of(without_time(text), map.is_day_first);
    let spans: Option<Vec<(i64, i64)>> = horizon.iter().map(|period| span_of(period)).collect();
    let Some(spans) = spans.filter(|_| !months.is_empty()) else {
        let is_date = !months.is_empty();
        let problem =
            if is_date { "is a date, but the periods do not say when they begin" } else { "is no period" };
        return Err((
            problem.to_owned(),
            format!(
                "the periods are {}: name the period of each start in the list, or in names of [periods]",
                periods()
            ),
        ));
    };
    let period = |month: i64| spans.iter().position(|&(start, end)| (start..end).contains(&month));
    let places: BTreeSet<Option<usize>> = months.iter().map(|&(month, _)| period(month)).collect();
    let first = spans.first().map_or(0, |&(start, _)| start);
    match places.iter().copied().collect::<Vec<_>>().as_slice() {
        [Some(place)] => Ok(horizon[*place].clone()),
        [None] if months.iter().all(|&(month, _)| month < first) => early(map, horizon),
        [None] => {
            let help = format!(
                "leave its row with `leave` in [list], or lengthen the horizon, which is {}",
                periods()
            );
            Err(("lies after the horizon".to_owned(), help))
        }
        _ => {
            let help = "write dates = \"day first\" or dates = \"month first\" in [periods]";
            Err(("can be read as two dates".to_owned(), help.to_owned()))
        }
    }
}

fn early(map: &PeriodMap, horizon: &[String]) -> Result<String, (String, String)> {
    match horizon.first() {
        Some(first) if map.takes_early => Ok(first.clone()),
        _ => {
            let help = "write early = \"first\" in [periods] if such projects start in the first period, or leave their rows";
            Err(("lies before the horizon".to_owned(), help.to_owned()))
        }
    }
}

/// The months of a period; `None` if it has no certain ones, as fiscal years, which may begin in any month.
fn span_of(period: &str) -> Option<(i64, i64)> {
    const FISCAL: [&str; 4] = ["fy", "fiscal", "gj", "ay"];
    let lower = period.to_lowercase();
    let is_fiscal = lower.split(|next: char| !next.is_alphabetic()).any(|word| FISCAL.contains(&word));
    let spans = months_of(period, None);
    match spans.as_slice() {
        // Two years are a fiscal one, and so may be what has two readings.
        [(start, end)] if !is_fiscal && end - start <= 12 => Some((*start, *end)),
        _ => None,
    }
}

/// A date without the time behind it.
fn without_time(text: &str) -> &str {
    let text = text.trim();
    let is_time = |rest: &str| rest.contains(':') && rest.starts_with(|next: char| next.is_ascii_digit());
    match text.find([' ', 'T', '\u{a0}', '\u{202f}']) {
        Some(at) if is_time(text[at..].trim_start_matches([' ', 'T', '\u{a0}', '\u{202f}'])) => {
            text[..at].trim_end()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(horizon: &[&str], text: &str, map: &PeriodMap) -> Result<String, String> {
        let horizon: Vec<String> = horizon.iter().map(|&period| period.to_owned()).collect();
        start_of(map, &horizon, text).map_err(|(problem, _)| problem)
    }

    #[test]
    fn a_date_lies_in_the_period_that_holds_its_month() {
        let map = PeriodMap::default();
        let years = ["2027", "2028"];
        for (text, period) in [
            ("2028", "2028"),
            ("15/Mar/27 9:00 AM", "2027"),
            ("2028-03-15T00:00:00", "2028"),
            ("3/26/2027 8:00:00 AM", "2027"),
            ("01/02/2028", "2028"),
            ("31.12.2027", "2027"),
            ("2027-Q3", "2027"),
        ] {
            assert_eq!(start(&years, text, &map).as_deref(), Ok(period), "{text}");
        }
        let quarters = ["2027-Q1", "2027-Q2"];
        assert_eq!(start(&quarters, "15.05.2027", &map).as_deref(), Ok("2027-Q2"));
        assert_eq!(start(&quarters, "03/05/2027", &map), Err("can be read as two dates".to_owned()));
        let day_first = PeriodMap { is_day_first: Some(true), ..PeriodMap::default() };
        assert_eq!(start(&quarters, "03/05/2027", &day_first).as_deref(), Ok("2027-Q2"));
    }

    #[test]
    fn what_lies_in_no_period_is_told() {
        let map = PeriodMap::default();
        assert_eq!(start(&["2027"], "2026-12-31", &map), Err("lies before the horizon".to_owned()));
        assert_eq!(start(&["2027"], "2028-01-01", &map), Err("lies after the horizon".to_owned()));
        assert_eq!(start(&["2027"], "soon", &map), Err("is no period".to_owned()));
        let fiscal = "is a date, but the periods do not say when they begin";
        assert_eq!(start(&["FY27", "FY28"], "2027-03-01", &map), Err(fiscal.to_owned()));
        assert_eq!(start(&["2027/28"], "2027-03-01", &map), Err(fiscal.to_owned()));
        let early = PeriodMap { takes_early: true, ..PeriodMap::default() };
        assert_eq!(start(&["2027"], "2026-12-31", &early).as_deref(), Ok("2027"));
    }

    #[test]
    fn a_pattern_finds_the_period() {
        assert_eq!(part_in_pattern("Capex FY{period} (kEUR)", "Capex FY27 (kEUR)"), Some("27"));
        assert_eq!(part_in_pattern("{period}", "2027"), Some("2027"));
        assert_eq!(part_in_pattern("FY{period}", "2027"), None);
    }
}
