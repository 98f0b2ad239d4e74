//! Number format of a file: its decimal mark, found from all numbers of the file.

use crate::diagnostic::{Diagnostic, Place, SourceRef};

use super::numbers::{self, DecimalMark, NumberError, WrittenForPeople, WrittenNumber};
use super::records::Separator;

/// A number and its place.
#[derive(Clone, Debug)]
pub struct Sample<'t> {
    pub source: SourceRef,
    pub text: &'t str,
}

/// Problem of a number, and the remedy.
pub type Refusal = (String, String);

/// Number format of a file.
#[derive(Debug)]
pub struct Dialect {
    separator: Separator,
    /// The decimal mark, and a number that shows it; none where no number has a mark, or none shows which it is.
    shown: Option<(DecimalMark, SourceRef, String)>,
    /// Numbers whose only mark may part thousands as well, where no number of the file shows that it does not.
    unclear: Vec<(SourceRef, String)>,
}

impl Dialect {
    /// The dialect of a file with these numbers (and perhaps other texts).
    pub fn of<'t>(separator: Separator, samples: impl IntoIterator<Item = Sample<'t>>) -> Self {
        let mut clear: Option<(DecimalMark, SourceRef, String)> = None;
        // A number with parted thousands shows the mark too, but plain numbers come first.
        let mut by_thousands = None;
        let mut unclear = Vec::new();
        for sample in samples {
            let shows = |mark| (mark, sample.source.clone(), sample.text.to_owned());
            match numbers::parse(sample.text) {
                Ok(WrittenNumber { mark: Some(mark), may_be_grouped: true, .. }) => unclear.push(shows(mark)),
                Ok(WrittenNumber { mark: Some(mark), .. }) => drop(clear.get_or_insert_with(|| shows(mark))),
                Err(NumberError::ThousandsSeparator) => {
                    let mark = WrittenForPeople::read(sample.text, None).and_then(|number| number.mark);
                    by_thousands = by_thousands.or_else(|| mark.map(shows));
                }
                _ => {}
            }
        }
        // In such files a comma is what parts the fraction, unless something says otherwise; a point need not be.
        let usual = unclear.iter().find(|(mark, ..)| *mark == DecimalMark::Comma).cloned();
        if separator == Separator::Cells {
            // Each number says what it is.
            return Self { separator, shown: None, unclear: Vec::new() };
        }
        let clear = clear.or(by_thousands);
        let is_clear = clear.is_some();
        let shown = clear.or(usual.filter(|_| separator == Separator::Semicolon));
        let unclear = unclear.into_iter().filter(|_| !is_clear).map(|(_, source, text)| (source, text));
        Self { separator, shown, unclear: unclear.collect() }
    }

    /// The decimal mark; `None` if the numbers do not decide it.
    pub fn mark(&self) -> Option<DecimalMark> {
        match self.separator {
            Separator::Comma | Separator::Cells => Some(DecimalMark::Point),
            Separator::Semicolon => self.shown.as_ref().map(|(mark, ..)| *mark),
        }
    }

    /// Reads a number.
    ///
    /// # Errors
    /// The problem and the remedy, with the number that was probably meant.
    pub fn read(&self, text: &str) -> Result<f64, Refusal> {
        let number = numbers::parse(text).map_err(|error| self.refusal(error, text))?;
        self.check(text, number)?;
        Ok(number.value)
    }

    /// Checks that the file keeps to one decimal mark.
    fn check(&self, text: &str, number: WrittenNumber) -> Result<(), Refusal> {
        let Some(mark) = number.mark else { return Ok(()) };
        if self.separator == Separator::Cells {
            return check_cell(text, mark, number.may_be_grouped);
        }
        if self.separator == Separator::Comma {
            return match mark {
                DecimalMark::Point => Ok(()),
                DecimalMark::Comma if number.may_be_grouped => Err(self.thousands(text)),
                DecimalMark::Comma => Err((
                    "has a decimal comma, but `,` separates the cells of this file".to_owned(),
                    format!("write {}, or separate the cells by `;`", text.replace(',', ".")),
                )),
            };
        }
        let Some((shown, source, value)) = &self.shown else {
            let (thousands, fraction) = both_ways(text, mark);
            let problem = format!(
                "is unclear: nothing in this file shows whether `{}` parts thousands",
                mark.as_char()
            );
            return Err((problem, format!("write {thousands} if it does, or {fraction} if it does not")));
        };
        if *shown == mark {
            return Ok(());
        }
        let problem = format!(
            "uses `{}` as its decimal mark, but {source} uses `{}` (`{value}`)",
            mark.as_char(),
            shown.as_char()
        );
        let help = "use one decimal mark in the whole file and no thousands separators".to_owned();
        let fraction = text.replace(mark.as_char(), &shown.as_char().to_string());
        let advice = if number.may_be_grouped {
            let (thousands, _) = both_ways(text, mark);
            format!("{help}: {thousands}, or {fraction} if that is meant")
        } else {
            format!("{help}: {fraction}")
        };
        Err((problem, advice))
    }

    fn refusal(&self, error: NumberError, text: &str) -> Refusal {
        match error {
            NumberError::ThousandsSeparator => self.thousands(text),
            NumberError::TooLarge => (
                "is too large".to_owned(),
                "write numbers of at most 1e15, in a larger unit if need be".to_owned(),
            ),
            NumberError::NotANumber => {
                let help = match self.advice(text) {
                    Some(number) => format!("write {number}, without units or signs"),
                    None => "write digits such as 1234.5, without units or signs".to_owned(),
                };
                ("is not a number".to_owned(), help)
            }
        }
    }

    fn thousands(&self, text: &str) -> Refusal {
        let example = self.advice(text).unwrap_or_else(|| "1234.5".to_owned());
        ("has a thousands separator".to_owned(), format!("write the number without it, such as {example}"))
    }

    /// The number that a text means, as this file would write it.
    fn advice(&self, text: &str) -> Option<String> {
        let number = WrittenForPeople::read(text, self.mark())?;
        Some(number.written(self.mark().or(number.mark).unwrap_or(DecimalMark::Point)))
    }

    /// Warns where the only marks of a file's numbers might as well part thousands.
    pub fn doubt(&self) -> Option<Diagnostic> {
        // One such number in a file with commas is likelier a fraction than not.
        let few = if self.separator == Separator::Comma { 1 } else { 0 };
        let (mark, (source, text)) = (self.mark()?, self.unclear.first()?);
        if self.unclear.len() <= few || !text.contains(mark.as_char()) {
            return None;
        }
        let problem = format!("is read as a fraction: `{}` is taken for the decimal mark", mark.as_char());
        let help = "if it parts thousands, write the numbers of this file without it";
        let others = self.unclear[1..]
            .iter()
            .map(|(source, text)| Place::new(source.row, source.column.as_deref(), Some(text)));
        Some(Diagnostic::warning(source.clone(), problem, help).with_value(text.as_str()).with_others(others))
    }
}

/// Checks a number of a spreadsheet: one with a comma is a text.
fn check_cell(text: &str, mark: DecimalMark, may_be_grouped: bool) -> Result<(), Refusal> {
    match mark {
        DecimalMark::Point => Ok(()),
        DecimalMark::Comma if may_be_grouped => Err(unclear_text(text)),
        DecimalMark::Comma => Err((
            "is a text and no number: it has a decimal comma".to_owned(),
            format!("turn the cell into the number {}", text.replace(',', ".")),
        )),
    }
}

/// Refuses the text of a cell whose only mark may part thousands as well.
pub fn unclear_text(text: &str) -> Refusal {
    let problem = "is a text and no number, and may mean two: its mark may part thousands or a fraction";
    (problem.to_owned(), format!("turn the cell into a number (it holds the text {text})"))
}

/// A number with one mark, as it is if the mark parts thousands, and if it does not (so that it is clear).
fn both_ways(text: &str, mark: DecimalMark) -> (String, String) {
    let thousands: String = text.chars().filter(|&next| next != mark.as_char()).collect();
    let shorter = text.trim_end_matches('0');
    let fraction = match shorter.strip_suffix(mark.as_char()) {
        Some(whole) => whole.to_owned(),
        None if shorter == text => format!("{text}0"),
        None => shorter.to_owned(),
    };
    (thousands, fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(separator: Separator, texts: &[&'static str]) -> Dialect {
        let sample = |text: &&'static str| Sample { source: SourceRef::file("t.csv"), text };
        Dialect::of(separator, texts.iter().map(sample))
    }

    #[test]
    fn one_number_shows_how_the_others_are_read() {
        let semicolon = |texts: &[&'static str]| dialect(Separator::Semicolon, texts);
        assert_eq!(semicolon(&["1.250", "2.5"]).read("1.250"), Ok(1.25));
        assert_eq!(semicolon(&["1.250", "0.125"]).read("1.250"), Ok(1.25));
        let german = semicolon(&["1.250", "2,5"]).read("1.250").unwrap_err();
        assert!(german.1.ends_with(": 1250, or 1,250 if that is meant"), "{}", german.1);
        let unclear = semicolon(&["1.250", "980"]).read("1.250").unwrap_err();
        assert_eq!(unclear.1, "write 1250 if it does, or 1.25 if it does not");
        assert_eq!(semicolon(&["1,234"]).read("1,234"), Ok(1.234));
        assert_eq!(dialect(Separator::Comma, &["1.250", "2.000"]).read("1.250"), Ok(1.25));
    }

    #[test]
    fn advice_keeps_the_value() {
        let advice = |separator, texts: &[&'static str], text| {
            dialect(separator, texts)
                .read(text)
                .unwrap_err()
                .1
                .replace("write the number without it, such as ", "")
        };
        let (comma, semicolon) = (Separator::Comma, Separator::Semicolon);
        assert_eq!(advice(comma, &[], "1 234,56"), "1234.56");
        assert_eq!(advice(semicolon, &["2.5"], "1 234,56"), "1234.56");
        assert_eq!(advice(semicolon, &["1 234,56"], "1 234,56"), "1234,56");
        assert_eq!(advice(semicolon, &["2,5"], "1.234,56"), "1234,56");
        assert_eq!(advice(semicolon, &["2,5"], "1,234.56"), "1234,56");
        assert_eq!(advice(comma, &[], "€ 1 234"), "write 1234, without units or signs");
        assert_eq!(advice(comma, &[], "12 %"), "write 0.12, without units or signs");
        assert_eq!(advice(comma, &[], "(1,234)"), "write -1234, without units or signs");
        assert_eq!(advice(comma, &[], "about 5"), "write digits such as 1234.5, without units or signs");
    }

    #[test]
    fn what_may_be_a_thousand_everywhere_is_doubted() {
        let doubt = |separator, texts: &[&'static str]| {
            dialect(separator, texts)
                .doubt()
                .map(|doubt| (doubt.value.unwrap_or_default(), doubt.others.len() + 1))
        };
        assert_eq!(doubt(Separator::Semicolon, &["1,234", "5"]), Some(("1,234".to_owned(), 1)));
        assert_eq!(doubt(Separator::Semicolon, &["1,234", "0,5"]), None);
        assert_eq!(doubt(Separator::Comma, &["1.234", "12.500"]), Some(("1.234".to_owned(), 2)));
        assert_eq!(doubt(Separator::Comma, &["1.234", "12.5"]), None);
        assert_eq!(doubt(Separator::Comma, &["1.234"]), None);
        assert_eq!(both_ways("12.000", DecimalMark::Point), ("12000".to_owned(), "12".to_owned()));
        assert_eq!(both_ways("1.234", DecimalMark::Point), ("1234".to_owned(), "1.2340".to_owned()));
    }
}
