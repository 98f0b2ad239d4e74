//! Headings of periods: their moments, and whether together they make a horizon.
//!
//! Headings may be years, quarters, months or dates as spreadsheets write them, counted (`Phase 1`, `Y2`), or free. As
//! far as their order is known, it is checked: a total, a period left out, twice or out of order is a fault.

mod calendar;

use std::collections::BTreeMap;

use calendar::{Reading, Unit, readings};

/// An odd heading, with the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The heading.
    pub heading: String,
    /// True if it makes the periods unusable; otherwise they can be used, but are probably not what was meant.
    pub is_fault: bool,
    /// The problem.
    pub problem: String,
    /// The remedy.
    pub help: String,
}

impl Oddity {
    fn fault(heading: &str, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { heading: heading.to_owned(), is_fault: true, problem: problem.into(), help: help.into() }
    }
}

/// Words that head sums and other figures over several periods, in the languages that spreadsheets reach us in.
const TOTALS: [&str; 31] = [
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "sum",
    "sums",
    "overall",
    "cumulative",
    "cumul",
    "average",
    "avg",
    "mean",
    "median",
    "ytd",
    "summe",
    "summen",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "zwischensumme",
    "kumuliert",
    "durchschnitt",
    "mittelwert",
    "somme",
    "totale",
    "totaal",
    "suma",
    "soma",
    "razem",
    "celkem",
    "σ",
];

/// True if a heading names a total.
pub fn is_total(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    lower.contains(['∑', '\u{2211}'])
        || lower.split(|next: char| !next.is_alphabetic()).any(|word| TOTALS.contains(&word))
}

/// True if a heading can be a period: it has a digit, or is the name of a month.
pub fn may_be_period(heading: &str) -> bool {
    heading.contains(|next: char| next.is_ascii_digit()) || !readings(heading).is_empty()
}

/// True if a text is a moment of the calendar: a year, a quarter, a month, a date.
pub fn is_moment(text: &str) -> bool {
    readings(text).iter().any(|reading| !reading.unit.is_counted() && reading.unit != Unit::Later)
}

/// The spans of months that a text may mean, each from its first month to the one after its last; months are counted
/// from the year 0. `is_day_first` decides what dates such as `01/02/2027` mean; otherwise they may mean either.
pub fn months_of(text: &str, is_day_first: Option<bool>) -> Vec<(i64, i64)> {
    let is_meant = |reading: &&Reading| !reading.unit.is_counted() && reading.unit.keeps_to(is_day_first);
    let mut spans: Vec<(i64, i64)> =
        readings(text).iter().filter(is_meant).filter_map(|reading| reading.months).collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// The headings in the order of the calendar, or of their numbers; `None` if they have no common order.
pub fn in_calendar_order(headings: &[String]) -> Option<Vec<String>> {
    let all: Vec<Vec<Reading>> = headings.iter().map(|heading| readings(heading)).collect();
    let units = all.first()?.iter().map(|reading| &reading.unit);
    let of_unit = |unit: &Unit| {
        let place = |own: &Vec<Reading>| {
            own.iter().find(|reading| reading.unit == *unit).map(|reading| reading.place)
        };
        all.iter().map(place).collect::<Option<Vec<i64>>>()
    };
    let places =
        units.into_iter().find_map(of_unit).or_else(|| all.iter().map(|own| first_month(own)).collect())?;
    let mut placed: Vec<(i64, &String)> = places.into_iter().zip(headings).collect();
    placed.sort();
    Some(placed.into_iter().map(|(_, heading)| heading.clone()).collect())
}

/// The first month that a heading covers; what comes after all others lies behind every month.
fn first_month(readings: &[Reading]) -> Option<i64> {
    let month = readings.iter().find_map(|reading| reading.months).map(|(first, _)| first);
    month.or_else(|| is_later(readings).then_some(i64::MAX))
}

/// Oddities of the headings of periods, given in their order.
pub fn oddities(headings: &[&str]) -> Vec<Oddity> {
    let all: Vec<Vec<Reading>> = headings.iter().map(|heading| readings(heading)).collect();
    // Of the ways in which all of them can be read, that in which they follow each other is meant, or else the first.
    let units: Vec<&Unit> = all.first().into_iter().flatten().map(|reading| &reading.unit).collect();
    let sequences = units.into_iter().filter_map(|unit| {
        let of_unit = |own: &Vec<Reading>| own.iter().find(|reading| reading.unit == *unit).cloned();
        all.iter().map(of_unit).collect::<Option<Vec<Reading>>>()
    });
    let mut found: Vec<Vec<Oddity>> = sequences.map(|sequence| of_sequence(headings, &sequence)).collect();
    if !found.is_empty() {
        let best = (0..found.len()).min_by_key(|&position| found[position].iter().any(|odd| odd.is_fault));
        return found.swap_remove(best.unwrap_or(0));
    }
    of_mixture(headings, &all)
}

/// Checks the order of headings of one unit.
fn of_sequence(headings: &[&str], sequence: &[Reading]) -> Vec<Oddity> {
    let unit = match sequence.first() {
        Some(first) => &first.unit,
        None => return Vec::new(),
    };
    // Months without a year may go on with January.
    let step = |pair: &[Reading]| match pair[1].place - pair[0].place {
        step if *unit == Unit::NamedMonth => step.rem_euclid(12),
        step => step,
    };
    let steps: Vec<i64> = sequence.windows(2).map(step).collect();
    let is_even = steps.iter().all(|&step| step == steps[0] && step > 0);
    let step = steps.first().copied().unwrap_or(1);
    if is_even && unit.is_usual(step) {
        return Vec::new();
    }
    if is_even && steps.len() > 1 {
        let problem = format!("is followed by periods that lie {step} {} apart", unit.noun());
        let help =
            "discount rate and delays count periods: check that this is meant, or give each its own column";
        let doubt = Oddity { is_fault: false, ..Oddity::fault(headings[0], problem, help) };
        return if unit.is_counted() { Vec::new() } else { vec![doubt] };
    }
    let usual = usual_step(&steps, unit);
    let mut odd = Vec::new();
    for (position, step) in steps.iter().enumerate() {
        let (before, heading) = (headings[position], headings[position + 1]);
        let help = "write the periods in their order, each once, in every table";
        if *step == 0 {
            odd.push(Oddity::fault(heading, format!("is the same period as `{before}`"), help));
        } else if *step < 0 {
            let earlier = sequence[..=position]
                .iter()
                .position(|reading| reading.place == sequence[position + 1].place);
            odd.push(match earlier {
                Some(earlier) => {
                    Oddity::fault(heading, format!("is the same period as `{}`", headings[earlier]), help)
                }
                None => Oddity::fault(heading, format!("stands after `{before}`, but is earlier"), help),
            });
        } else if *step != usual {
            let (from, to) = (sequence[position].place, sequence[position + 1].place);
            // A period that is elsewhere is not left out; it is reported there.
            if sequence.iter().any(|reading| (from + 1..to).contains(&reading.place)) {
                continue;
            }
            let problem = format!("does not follow `{before}`: a period between them is left out");
            let help = "add a column for it to every table, with blank cells where nothing is planned";
            odd.push(Oddity::fault(heading, problem, help));
        }
    }
    odd
}

/// The step by which neighbours should lie apart: a usual one that some do, or that of most, or one unit.
fn usual_step(steps: &[i64], unit: &Unit) -> i64 {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    steps.iter().filter(|&&step| step > 0).for_each(|&step| *counts.entry(step).or_default() += 1);
    let most_frequent = |is_meant: &dyn Fn(i64, usize) -> bool| {
        let meant = counts.iter().filter(|&(&step, &count)| is_meant(step, count));
        meant.max_by_key(|&(&step, &count)| (count, -step)).map(|(&step, _)| step)
    };
    most_frequent(&|step, _| unit.is_usual(step))
        .or_else(|| most_frequent(&|_, count| steps.len() > 2 && 2 * count > steps.len()))
        .unwrap_or(1)
}

/// Headings of no common unit. Free labels have no order; labels beside moments of the calendar are odd, and moments of
/// several units must follow each other without a gap.
fn of_mixture(headings: &[&str], all: &[Vec<Reading>]) -> Vec<Oddity> {
    let spans: Vec<Option<(i64, i64)>> =
        all.iter().map(|own| own.iter().find_map(|reading| reading.months)).collect();
    let Some(first) = spans.iter().position(Option::is_some) else { return Vec::new() };
    let mut odd = Vec::new();
    let mut before: Option<(usize, i64)> = None;
    for (position, span) in spans.iter().enumerate() {
        let heading = headings[position];
        if span.is_none() && position + 1 == headings.len() && position > 0 && is_later(&all[position]) {
            let problem = format!("is taken as one period after `{}`", headings[position - 1]);
            odd.push(Oddity { is_fault: false, ..Oddity::fault(heading, problem, UNEVEN) });
            continue;
        }
        let Some((start, end)) = *span else {
            let problem = format!("is no moment of the calendar, as `{}` is", headings[first]);
            odd.push(Oddity::fault(
                heading,
                problem,
                "remove the column, or give all periods headings of one kind",
            ));
            continue;
        };
        if let Some((other, until)) = before {
            let help =
                "write the periods in their order, without gaps, in every table; totals are no periods";
            if start < until {
                let problem = format!("does not lie after `{}`", headings[other]);
                odd.push(Oddity::fault(heading, problem, help));
                continue;
            }
            if start > until {
                let problem =
                    format!("does not follow `{}`: a period between them is left out", headings[other]);
                odd.push(Oddity::fault(heading, problem, help));
            }
        }
        before = Some((position, end));
    }
    let is_uneven = |&span: &Option<(i64, i64)>| length(span) != length(spans[first]);
    if let (true, Some(uneven)) = (odd.is_empty(), spans.iter().position(is_uneven)) {
        let heading = headings[uneven];
        let problem = format!("is longer or shorter than `{}`", headings[first]);
        odd.push(Oddity { is_fault: false, ..Oddity::fault(heading, problem, UNEVEN) });
    }
    odd
}

/// Advice on periods of different lengths.
const UNEVEN: &str =
    "discount rate, delays and carry-over count periods: make all of one length, if they are to be exact";

/// True if a heading may mean all that comes after the others.
fn is_later(readings: &[Reading]) -> bool {
    readings.iter().any(|reading| reading.unit == Unit::Later)
}

fn length(span: Option<(i64, i64)>) -> Option<i64> {
    span.map(|(start, end)| end - start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(headings: &[&str]) -> Vec<String> {
        let told =
            |odd: Oddity| format!("{}{} {}", if odd.is_fault { "" } else { "? " }, odd.heading, odd.problem);
        oddities(headings).into_iter().map(told).collect()
    }

    #[test]
    fn periods_that_follow_each_other_are_a_horizon() {
        for headings in [
            &["2027"][..],
            &["2027", "2028", "2029"],
            &["FY27", "FY28"],
            &["FY 2027", "FY 2028"],
            &["2027/28", "2028/29"],
            &["2027-28", "2028-29", "2029-30"],
            &["2010-11", "2011-12", "2012-13"],
            &["2011-12", "2012-13"],
            &["2027/2028", "2028/2029"],
            &["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2028-Q1"],
            &["Q3 2027", "Q4 2027", "Q1 2028"],
            &["Q4/27", "Q1/28"],
            &["4Q27", "1Q28"],
            &["2027H1", "2027H2", "2028H1"],
            &["2027-11", "2027-12", "2028-01"],
            &["11/2027", "12/2027", "01/2028"],
            &["Nov 2027", "Dec 2027", "Jan 2028"],
            &["Nov-27", "Dez-27", "Jan-28"],
            &["März 2027", "April 2027", "Mai 2027"],
            &["Jan", "Feb", "Mar"],
            &["Nov", "Dec", "Jan"],
            &["2027-01-01", "2028-01-01"],
            &["31.01.2027", "28.02.2027", "31.03.2027"],
            &["01/02/2027", "01/03/2027"],
            &["1/1/2027", "2/1/2027", "3/1/2027"],
            &["01.01.2027", "01.04.2027", "01.07.2027"],
            &["2027-01-01 00:00:00", "2028-01-01 00:00:00"],
            &["2027-01", "2027-04", "2027-07"],
            &["2026-W52", "2026-W53", "2027-W01"],
            &["04.01.2027", "11.01.2027", "18.01.2027"],
            &["1", "2", "3"],
            &["Y1", "Y2", "Y3"],
            &["Phase 1", "Phase 2"],
            &["Year 0", "Year 5", "Year 10"],
            &["t000", "t001"],
            &["Plan 2027", "Plan 2028"],
            &["2027 budget", "2028 budget"],
            &["2027", "2028", "2029+"],
            &["phase 1a", "phase 2b", "rollout 7 x 3"],
            &["Design 1", "Build 2", "Test 3"],
        ] {
            assert_eq!(said(headings), Vec::<String>::new(), "{headings:?}");
        }
    }

    #[test]
    fn totals_are_no_periods() {
        for total in
            ["Total 2027-28", "2027 total", "Sum", "Gesamt", "GESAMT 2027-2029", "Σ 2027", "Total (3 years)"]
        {
            assert!(is_total(total), "{total}");
        }
        assert_eq!(
            said(&["2027", "2028", "2027-28"]),
            ["2027-28 does not lie after `2028`"],
            "a total that does not say so"
        );
        assert_eq!(said(&["2027-2028", "2027", "2028"]).len(), 2);
        assert!(!is_total("Sumatra 1") && !is_total("2027"));
    }

    #[test]
    fn what_is_out_of_order_left_out_or_twice_is_told() {
        assert_eq!(said(&["2028", "2027"]), ["2027 stands after `2028`, but is earlier"]);
        assert_eq!(
            said(&["2027", "2029"]),
            ["2029 does not follow `2027`: a period between them is left out"]
        );
        assert_eq!(
            said(&["2027", "2028", "2030", "2031"]),
            ["2030 does not follow `2028`: a period between them is left out"]
        );
        assert_eq!(said(&["2027", "2028", "2027"]), ["2027 is the same period as `2027`"]);
        assert_eq!(said(&["2027", "2029", "2028"]), ["2028 stands after `2029`, but is earlier"]);
        assert_eq!(said(&["2027-Q1", "2027-Q3"]).len(), 1);
        assert_eq!(said(&["2027-Q1", "2027-Q2", "2027-Q4"]).len(), 1);
        assert_eq!(said(&["Q1 2027", "Q1 2028", "Q2 2027"]).len(), 1);
        assert_eq!(said(&["Jan 2027", "Mar 2027"]).len(), 1);
        assert_eq!(said(&["Jan 2027", "Feb 2027", "Apr 2027"]).len(), 1);
        assert_eq!(said(&["31.01.2027", "28.02.2027", "30.04.2027"]).len(), 1);
        assert_eq!(said(&["Y2", "Y1"]).len(), 1);
        assert_eq!(said(&["Y1", "Y2", "Y4"]).len(), 1);
        assert_eq!(said(&["9999", "2027", "2028"]).len(), 1);
        assert_eq!(said(&["FY27", "FY2027"]), ["FY2027 is the same period as `FY27`"]);
    }

    #[test]
    fn mixtures_are_told() {
        assert_eq!(
            said(&["2027", "2028", "Phase 1"]),
            ["Phase 1 is no moment of the calendar, as `2027` is"]
        );
        assert_eq!(said(&["2027-Q4", "2027", "2028"]).len(), 1);
        assert_eq!(
            said(&["2027-Q1", "2027-Q2", "2027-H2", "2028"]),
            ["? 2027-H2 is longer or shorter than `2027-Q1`"]
        );
        assert_eq!(said(&["FY24", "FY25", "FY26-28"]), ["? FY26-28 is longer or shorter than `FY24`"]);
        assert_eq!(said(&["2024", "2025", "2026-2030"]), ["? 2026-2030 is longer or shorter than `2024`"]);
        assert_eq!(said(&["2024", "2025", "2024-2026"]), ["2024-2026 does not lie after `2025`"]);
        assert_eq!(said(&["2024", "2025", "Later"]), ["? Later is taken as one period after `2025`"]);
        assert_eq!(said(&["Later", "2025", "2026"]), ["Later is no moment of the calendar, as `2025` is"]);
        assert_eq!(said(&["2025", "2030", "2035"]), ["? 2025 is followed by periods that lie 5 years apart"]);
        assert_eq!(said(&["Plan 2027", "Actual 2027"]).len(), 1);
    }
}
