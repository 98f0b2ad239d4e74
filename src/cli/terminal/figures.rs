//! Numbers and lists as people read them.

use crate::output::{Figure, NumberStyle};

/// The width that everything fits into.
pub const WIDTH: usize = 100;

/// A number; a dash where there is none.
pub fn number(number: Option<f64>) -> String {
    let Some(number) = number else { return "-".to_owned() };
    NumberStyle::of(number).write(number)
}

/// An amount of money, with the currency behind it where it is known: `12.3 M EUR`.
pub fn money(amount: Option<f64>, currency: Option<&str>) -> String {
    match currency.filter(|_| amount.is_some()) {
        Some(currency) => format!("{} {currency}", number(amount)),
        None => number(amount),
    }
}

/// The heading of a column of options; of one of money with the currency below it.
pub fn with_unit(heading: &str, currency: Option<&str>) -> String {
    match currency.filter(|_| heading == "Cost" || heading.starts_with("NPV")) {
        Some(currency) => format!("{heading}\n{currency}"),
        None => heading.to_owned(),
    }
}

/// An estimate with its standard error: `12.3 ± 0.1 M`. An error that is smaller than the last digit shown never reads as
/// none: `12.3 ± < 0.1 M`.
pub fn estimate(figure: Figure) -> String {
    match (figure.value, figure.error) {
        (Some(value), Some(error)) => {
            let style = NumberStyle::of(value.abs().max(error.abs()));
            let least = style.least();
            let error = match error {
                0.0 => "0".to_owned(),
                error if error < least / 2.0 => format!("< {}", style.digits(least)),
                error => style.digits(error),
            };
            format!("{} ± {error}{}", style.digits(value), style.suffix())
        }
        (value, _) => number(value),
    }
}

/// A range: `8.1 … 16.2 M`.
pub fn range(low: Figure, high: Figure) -> String {
    match (low.value, high.value) {
        (Some(low), Some(high)) => {
            let style = NumberStyle::of(low.abs().max(high.abs()));
            format!("{} … {}{}", style.digits(low), style.digits(high), style.suffix())
        }
        _ => "-".to_owned(),
    }
}

/// A probability in per cent; one that is not quite 0 or 1 never reads as 0 or 100.
pub fn percent(figure: Option<Figure>) -> String {
    match figure.and_then(|figure| figure.value) {
        None => "-".to_owned(),
        Some(0.0) => "0 %".to_owned(),
        Some(1.0) => "100 %".to_owned(),
        Some(value) if value < 0.0005 => "<0.1 %".to_owned(),
        Some(value) if value > 0.9995 => ">99.9 %".to_owned(),
        Some(value) => format!("{:.1} %", 100.0 * value),
    }
}

/// A gap in per cent; a gap that was not closed never reads as 0.
pub fn gap(gap: Option<f64>) -> String {
    match gap {
        None => "gap unknown".to_owned(),
        Some(0.0) => "gap 0 %".to_owned(),
        Some(gap) if gap < 0.000_05 => "gap <0.01 %".to_owned(),
        Some(gap) => format!("gap {:.2} %", 100.0 * gap),
    }
}

/// Items after a label, broken into lines that fit; lines after the first are indented.
pub fn wrapped(label: &str, items: &[String], separator: &str) -> String {
    wrapped_in(WIDTH, label, items, separator)
}

/// The same within so many columns.
pub fn wrapped_in(columns: usize, label: &str, items: &[String], separator: &str) -> String {
    let mut text = label.to_owned();
    let mut width = label.chars().count();
    for (position, item) in items.iter().enumerate() {
        let item = if position + 1 < items.len() { format!("{item}{separator}") } else { item.clone() };
        let length = item.chars().count();
        if width + 1 + length > columns && width > 2 {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(&item);
        width += 1 + length;
    }
    text
}

/// A label and a text, broken into lines that fit.
pub fn words(label: &str, text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    wrapped(label, &words, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, error: f64) -> Figure {
        Figure { value: Some(value), error: Some(error) }
    }

    #[test]
    fn numbers_read_at_a_glance() {
        let numbers = [0.0, -3800.0, 1234.56, 12_345.6, 1_234_567.0, -98_765_432.1, 4.2e9, 0.12345, 12.345];
        let texts = numbers.map(|value| number(Some(value)));
        assert_eq!(
            texts,
            ["0", "-3,800", "1,234.6", "12,346", "1.23 M", "-98.8 M", "4.20 bn", "0.1235", "12.35"]
        );
        assert_eq!(number(None), "-");
    }

    #[test]
    fn money_has_its_currency() {
        assert_eq!(money(Some(12_345_678.0), Some("EUR")), "12.3 M EUR");
        assert_eq!([money(None, Some("EUR")), money(Some(5.0), None)], ["-", "5"]);
        let headings = ["Cost", "NPV mean", "Projects"].map(|heading| with_unit(heading, Some("EUR")));
        assert_eq!(headings, ["Cost\nEUR", "NPV mean\nEUR", "Projects"]);
        assert_eq!(with_unit("Cost", None), "Cost");
    }

    #[test]
    fn numbers_that_belong_together_share_their_unit() {
        assert_eq!(estimate(figure(12_345_678.0, 98_765.0)), "12.3 ± 0.1 M");
        assert_eq!(estimate(figure(12_345_678.0, 12.5)), "12.3 ± < 0.1 M");
        assert_eq!(estimate(figure(1_234_567.0, 4_999.0)), "1.23 ± < 0.01 M");
        assert_eq!(estimate(figure(1_234_567.0, 5_001.0)), "1.23 ± 0.01 M");
        assert_eq!(estimate(figure(23_456.0, 0.3)), "23,456 ± < 1");
        assert_eq!(estimate(figure(1_234_567.0, 0.0)), "1.23 ± 0 M", "what does not vary has no error");
        assert_eq!(range(figure(-900_000.0, 0.0), figure(2_500_000.0, 0.0)), "-0.90 … 2.50 M");
    }

    #[test]
    fn small_probabilities_and_gaps_do_not_vanish() {
        let percents = [0.0, 0.0001, 0.123, 0.9999, 1.0].map(|value| percent(Some(figure(value, 0.0))));
        assert_eq!(percents, ["0 %", "<0.1 %", "12.3 %", ">99.9 %", "100 %"]);
        assert_eq!(gap(Some(0.000_01)), "gap <0.01 %");
    }

    #[test]
    fn long_lists_are_broken_into_lines_that_fit() {
        let items: Vec<String> = (1..=40).map(|number| format!("P{number:03}")).collect();
        let text = wrapped("Funded (40 of 120):", &items, "");
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(text.split_whitespace().filter(|word| word.starts_with("P0")).count(), 40);
    }
}
