//! Who pays, as funding.csv tells it: which of several lines pays a cost, or how they share it, is the answer itself.

use std::collections::HashMap;

use crate::domain::{Cost, LineIx, PaymentIx, PeriodIx, ProjectIx};

use super::figure::Figure;
use super::reading::Reading;
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;

/// Columns that tell a row of funding.csv.
pub(super) const KEYS: [&str; 5] = ["scenario", "option", "project", "line", "period"];

/// Rounding error of a written amount, as a part of it: tables keep twelve digits.
const WRITTEN: f64 = 2e-12;

/// What lines pay by the table: by scenario, option, project, line and period.
pub(super) type Paid = HashMap<[String; 5], f64>;

/// Reads the table; a cell that is no number is left to the comparison.
pub(super) fn read(sheet: &Sheet) -> Paid {
    let amount = |row: usize| sheet.cell(row, "amount").parse().ok();
    let key = |row: usize| KEYS.map(|column| sheet.cell(row, column).to_owned());
    (0..sheet.height()).filter_map(|row| Some((key(row), amount(row)?))).collect()
}

/// What a line pays for a project in a period by the table; 0 where it says nothing.
fn written(
    reading: &Reading<'_>,
    option: &str,
    (project, line, period): (ProjectIx, LineIx, PeriodIx),
    paid: &Paid,
) -> f64 {
    let key = [
        reading.scenario.name.to_string(),
        option.to_owned(),
        reading.portfolio.projects()[project].id.to_string(),
        reading.portfolio.lines()[line].to_string(),
        reading.portfolio.horizon().label(period).to_string(),
    ];
    paid.get(&key).copied().unwrap_or(0.0)
}

/// The payers of a chosen project that come nearest to what the table says, of costs that one line pays; the first as
/// written if it says nothing.
pub(super) fn payment(reading: &Reading<'_>, option: &str, chosen: Chosen, paid: &Paid) -> PaymentIx {
    let project = &reading.portfolio.projects()[chosen.project];
    if project.payments() == 1 {
        return PaymentIx::default();
    }
    let distance = |payment: PaymentIx| -> f64 {
        let chosen = Chosen { payment, ..chosen };
        let places = payers(reading, chosen).into_iter();
        let places = places.flat_map(|line| reading.periods().map(move |period| (line, period)));
        let difference = |(line, period)| {
            let written = written(reading, option, (chosen.project, line, period), paid);
            (reading.shared_spend_of(chosen, line, period).value - written).abs()
        };
        places.map(difference).sum()
    };
    let payments = (0..project.payments()).map(PaymentIx::new);
    let nearest = payments.map(|payment| (distance(payment), payment));
    nearest
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .map_or(PaymentIx::default(), |(_, nearest)| nearest)
}

/// What lines pay by the table of costs that several share, beyond what they would if the first line of each paid it
/// all.
pub(super) fn moved(
    reading: &Reading<'_>,
    option: &str,
    selection: &Selection,
    paid: &Paid,
) -> Vec<(ProjectIx, LineIx, PeriodIx, Figure)> {
    let mut moved = Vec::new();
    for &chosen in selection.chosen().iter().filter(|chosen| is_mixed(reading, **chosen)) {
        for line in payers(reading, chosen) {
            for period in reading.periods() {
                let planned = reading.shared_spend_of(chosen, line, period).value;
                let written = written(reading, option, (chosen.project, line, period), paid);
                let slack = WRITTEN * written.abs().max(planned.abs());
                moved.push((chosen.project, line, period, Figure { value: written - planned, slack }));
            }
        }
    }
    moved
}

/// True if several lines share a cost of a project.
pub(super) fn is_mixed(reading: &Reading<'_>, chosen: Chosen) -> bool {
    reading.portfolio.projects()[chosen.project].costs.iter().any(Cost::is_mixed)
}

/// The lines that may pay for a project together with others, in order.
pub(super) fn payers(reading: &Reading<'_>, chosen: Chosen) -> Vec<LineIx> {
    let costs = reading.portfolio.projects()[chosen.project].costs.iter();
    let mut lines: Vec<LineIx> =
        costs.filter(|cost| !cost.others.is_empty()).flat_map(|cost| cost.payers()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}
