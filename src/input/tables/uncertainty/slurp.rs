//! SIPmath libraries of version 2: the trials of each variable.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::Distribution;
use crate::input::reader::slurp::{Broken, Sip, Slurp};

/// The variables of a library with their names and places; `None` after a fault, so that the name alone is checked. What cannot be
/// read is told.
pub(super) fn read(
    file: &str,
    library: &Result<Slurp, Broken>,
    found: &mut Diagnostics,
) -> Vec<(String, SourceRef, Option<Distribution>)> {
    let source = SourceRef::file(file);
    let slurp = match library {
        Ok(slurp) => slurp,
        Err(Broken { line, problem }) => {
            let problem = format!("is no SIPmath library of version 2 (XML): {problem}");
            let help = "save it as a SIPmath library, or its trials as samples.csv";
            found.push(Diagnostic::fault(source.at_row(*line), problem, help));
            return Vec::new();
        }
    };
    if slurp.sips.is_empty() {
        let help = "add a `<SIP>` for each variable";
        found.push(Diagnostic::fault(source.clone().at_row(slurp.line), "has no `<SIP>`", help));
    }
    let trials = slurp.sips.first().map_or(0, trials_of);
    check_count(slurp, trials, &source, found);
    let variable = |sip: &Sip| {
        let place = source.clone().at_row(sip.line);
        let Some(name) = &sip.name else {
            let help = "name it by a project and a quantity, such as P07:cost";
            found.push(Diagnostic::fault(place, "is a `<SIP>` without a name", help));
            return None;
        };
        let place = place.in_column(format!("SIP {name}"));
        Some((name.clone(), place.clone(), values(sip, trials, place, found)))
    };
    slurp.sips.iter().filter_map(variable).collect()
}

/// How many trials a variable has.
fn trials_of(sip: &Sip) -> usize {
    sip.values.len() + sip.wrong.as_ref().map_or(0, |(count, ..)| *count)
}

/// Holds the count of a library to its variables. Some programs write the number of trials there.
fn check_count(slurp: &Slurp, trials: usize, source: &SourceRef, found: &mut Diagnostics) {
    let (Some(text), sips) = (&slurp.count, slurp.sips.len()) else { return };
    let count: Option<usize> = text.trim().parse().ok();
    if count.is_none_or(|count| count != sips && count != trials) {
        let problem = format!("is not the number of its SIPs, which is {sips}");
        let help = "correct the count, or look whether the file is whole";
        let place = source.clone().at_row(slurp.line).in_column("SLURP count");
        found.push(Diagnostic::fault(place, problem, help).with_value(text));
    }
}

/// The trials of a variable of a library whose first has so many.
fn values(sip: &Sip, trials: usize, place: SourceRef, found: &mut Diagnostics) -> Option<Distribution> {
    let own = trials_of(sip);
    let mut is_sound = true;
    let mut fault = |value: Option<&str>, problem: String, help: &str| {
        is_sound = false;
        let fault = Diagnostic::fault(place.clone(), problem, help);
        found.push(value.into_iter().fold(fault, Diagnostic::with_value));
    };
    match sip.kind.as_deref() {
        None | Some("CSV") => {}
        Some(kind) => {
            let help = "save its trials separated by commas (type=\"CSV\"), or as samples.csv";
            fault(Some(kind), "is a type that is not supported".to_owned(), help);
            return None;
        }
    }
    if let Some((count, at, text)) = &sip.wrong {
        let problem = match count {
            1 => format!("is not a number (value {at})"),
            _ => format!("is not a number (value {at}, the first of {count} that are none)"),
        };
        fault(Some(text), problem, "write a factor for every trial, such as 1.05, separated by commas");
    }
    match sip.count.as_deref().map(|count| (count, count.trim().parse::<usize>())) {
        None => {
            fault(None, "has no count".to_owned(), "write how many trials it has, such as count=\"1000\"")
        }
        Some((text, count)) if count != Ok(own) => {
            let problem = format!("is not the number of its trials, which is {own}");
            fault(Some(text), problem, "correct the count, or look whether the file is whole");
        }
        Some(_) => {}
    }
    if own != trials {
        let problem = format!("has {own} trials, and the first SIP has {trials}");
        fault(None, problem, "trials of a library belong together: give each SIP as many");
    }
    let distribution = || Distribution::Given { values: sip.values.as_slice().into() }.checked().ok();
    is_sound.then(distribution).flatten()
}
