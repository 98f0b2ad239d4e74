//! trials.xml: NPV and cost of every option in every trial, as a SIPmath library of version 2, which spreadsheets take as it is.
//!
//! A `SIP` per scenario, option and measure. Trials stand in the order in which they were drawn, the same futures in all, so that
//! the library is coherent: value 17 of any two of them belongs to the same future.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::{Batch, Portfolio};
use crate::engine::{BatchResult, each_option_in_trials};

use super::error::OutputError;
use super::hashed::Hashed;
use super::run_record::{OutputRecord, hex};

/// The name of the file.
pub const LIBRARY_FILE: &str = "trials.xml";

/// The measures of an option that have a `SIP`.
const MEASURES: [&str; 2] = ["npv", "cost"];

/// Writes the library. One option is in memory at a time.
///
/// # Errors
/// If the file cannot be written.
pub fn write_trials_library(
    folder: &Path,
    (portfolio, batch): (&Portfolio, &Batch),
    result: &BatchResult,
) -> Result<OutputRecord, OutputError> {
    let path = folder.join(LIBRARY_FILE);
    let file = File::create(&path).map_err(OutputError::io(&path))?;
    let mut target = BufWriter::new(Hashed { inner: file, hash: Sha256::new() });
    let finished = result.scenarios.iter().filter_map(|outcome| outcome.finished());
    let options = finished.flat_map(|finished| &finished.options).filter(|option| option.risk.is_some());
    let count = options.count() * MEASURES.len();
    begin(&mut target, batch.name(), count).map_err(OutputError::io(&path))?;
    let scenarios = || batch.scenarios().iter().map(|scenario| scenario.name.as_str());
    let plain = plain_names(scenarios());
    each_option_in_trials(portfolio, batch, result, |trials| {
        let scenario = trials.scenario.name.as_str();
        let place = scenarios().position(|name| name == scenario);
        let number = trials.option.number;
        for (measure, values) in MEASURES.into_iter().zip([&trials.totals.npv, &trials.totals.cost]) {
            let name = format!("{measure}_{}_{number}", place.map_or(scenario, |place| &plain[place]));
            let about = [("scenario", scenario), ("option", &number.to_string()), ("measure", measure)];
            write_sip(&mut target, &name, &about, values).map_err(OutputError::io(&path))?;
        }
        Ok::<(), OutputError>(())
    })?;
    let end = |mut target: BufWriter<Hashed<File>>| -> io::Result<Sha256> {
        target.write_all(b"</SLURP>\n")?;
        Ok(target.into_inner().map_err(io::IntoInnerError::into_error)?.hash)
    };
    let hash = end(target).map_err(OutputError::io(&path))?;
    Ok(OutputRecord { name: LIBRARY_FILE.to_owned(), sha256: hex(&hash.finalize()), rows: 0 })
}

fn begin(target: &mut impl Write, batch: &str, count: usize) -> io::Result<()> {
    writeln!(target, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let origin = concat!("cutline ", env!("CARGO_PKG_VERSION"));
    writeln!(target, r#"<SLURP name="{}" provenance="{origin}" count="{count}">"#, quoted(batch))
}

/// Writes the trials of a measure of an option; one that is not finite is a blank.
fn write_sip(target: &mut impl Write, name: &str, about: &[(&str, &str)], values: &[f64]) -> io::Result<()> {
    write!(target, r#"<SIP name="{}" count="{}" type="CSV""#, quoted(name), values.len())?;
    for (attribute, value) in about {
        write!(target, r#" {attribute}="{}""#, quoted(value))?;
    }
    for (place, value) in values.iter().enumerate() {
        target.write_all(if place == 0 { b">" } else { b"," })?;
        if value.is_finite() {
            // Adding zero turns -0 into 0.
            write!(target, "{}", value + 0.0)?;
        }
    }
    target.write_all(b"</SIP>\n")
}

/// Names of letters, digits and `_` for scenarios, as spreadsheets allow for the name of a range; no two of them differ by case alone.
fn plain_names<'a>(scenarios: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let plain = |scenario: &str| {
        let letters = scenario.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' });
        let plain: String = letters.collect();
        let further = (2..).map(|number| format!("{plain}_{number}"));
        let mut free = std::iter::once(plain.clone()).chain(further);
        free.find(|name| taken.insert(name.to_lowercase())).unwrap_or(plain)
    };
    scenarios.map(plain).collect()
}

/// A text between quotes. Letters that XML cannot hold are blanks.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => quoted.push_str("&amp;"),
            '<' => quoted.push_str("&lt;"),
            '>' => quoted.push_str("&gt;"),
            '"' => quoted.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => quoted.push(' '),
            letter if letter.is_control() => quoted.push(' '),
            letter => quoted.push(letter),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart_in_a_spreadsheet() {
        let names = plain_names(["base", "Base", "a b", "a-b", "a_b_2", "größer"].into_iter());
        assert_eq!(names, ["base", "Base_2", "a_b", "a_b_2", "a_b_2_2", "größer"]);
    }

    #[test]
    fn trials_have_all_their_digits_and_names_are_texts() {
        let mut target = Vec::new();
        write_sip(
            &mut target,
            "npv_base_1",
            &[("scenario", "a \"<b>\" & c\u{1}")],
            &[0.1 + 0.2, -0.0, f64::NAN],
        )
        .unwrap();
        let expected = "<SIP name=\"npv_base_1\" count=\"3\" type=\"CSV\" scenario=\"a &quot;&lt;b&gt;&quot; &amp; c \">\
                        0.30000000000000004,0,</SIP>\n";
        assert_eq!(String::from_utf8(target).unwrap(), expected);
    }
}
