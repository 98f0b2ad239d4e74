//! Numbers and lists as people read them.

use crate::output::Figure;

/// The width that everything fits into.
pub(super) const WIDTH: usize = 100;

/// How numbers of one magnitude are written, so that two that belong together look alike.
#[derive(Clone, Copy)]
struct Style {
    divisor: f64,
    suffix: &'static str,
    decimals: usize,
}

/// The style for numbers up to this size: `1.23 bn`, `12.3 M`, `12,345`, `1,234.5`, `12.34`, `0.1234`.
fn style(size: f64) -> Style {
    let size = size.abs();
    let scaled = |divisor: f64, suffix| {
        let decimals = if size / divisor < 10.0 { 2 } else { 1 };
        Style { divisor, suffix, decimals }
    };
    match size {
        size if size >= 1e9 => scaled(1e9, " bn"),
        size if size >= 1e6 => scaled(1e6, " M"),
        size => {
            let decimals = match size {
                size if size >= 10_000.0 => 0,
                size if size >= 100.0 => 1,
                size if size >= 1.0 || size == 0.0 => 2,
                _ => 4,
            };
            Style { divisor: 1.0, suffix: "", decimals }
        }
    }
}

impl Style {
    /// The digits, without the suffix.
    fn digits(self, number: f64) -> String {
        let scaled = number / self.divisor;
        let whole = self.divisor == 1.0 && scaled.fract() == 0.0;
        let decimals = if whole { 0 } else { self.decimals };
        group(&format!("{scaled:.decimals$}"))
    }
}

/// Digits with a comma between thousands.
fn group(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let mut text = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number; a dash where there is none.
pub(super) fn number(number: Option<f64>) -> String {
    let Some(number) = number else { return "-".to_owned() };
    let style = style(number);
    format!("{}{}", style.digits(number), style.suffix)
}

/// An estimate with its standard error: `12.3 ± 0.1 M`.
pub(super) fn estimate(figure: Figure) -> String {
    match (figure.value, figure.error) {
        (Some(value), Some(error)) => {
            let style = style(value.abs().max(error.abs()));
            format!("{} ± {}{}", style.digits(value), style.digits(error), style.suffix)
        }
        (value, _) => number(value),
    }
}

/// A range: `8.1 … 16.2 M`.
pub(super) fn range(low: Figure, high: Figure) -> String {
    match (low.value, high.value) {
        (Some(low), Some(high)) => {
            let style = style(low.abs().max(high.abs()));
            format!("{} … {}{}", style.digits(low), style.digits(high), style.suffix)
        }
        _ => "-".to_owned(),
    }
}

/// A probability in per cent; what is not quite 0 or 1 never reads as 0 or 100.
pub(super) fn percent(figure: Option<Figure>) -> String {
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
pub(super) fn gap(gap: Option<f64>) -> String {
    match gap {
        None => "gap unknown".to_owned(),
        Some(0.0) => "gap 0 %".to_owned(),
        Some(gap) if gap < 0.000_05 => "gap <0.01 %".to_owned(),
        Some(gap) => format!("gap {:.2} %", 100.0 * gap),
    }
}

/// Items after a label, broken into lines that fit; lines after the first are indented.
pub(super) fn wrapped(label: &str, items: &[String], separator: &str) -> String {
    let mut text = label.to_owned();
    let mut width = label.chars().count();
    for (position, item) in items.iter().enumerate() {
        let item = if position + 1 < items.len() { format!("{item}{separator}") } else { item.clone() };
        let length = item.chars().count();
        if width + 1 + length > WIDTH && width > 2 {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(&item);
        width += 1 + length;
    }
    text
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
    fn numbers_that_belong_together_share_their_unit() {
        assert_eq!(estimate(figure(12_345_678.0, 98_765.0)), "12.3 ± 0.1 M");
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
