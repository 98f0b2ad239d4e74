//! Figures as people read them.

use crate::output::NumberStyle;

/// A number.
pub(super) fn shown(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| NumberStyle::of(number).write(number))
}

/// A share in per cent.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}
