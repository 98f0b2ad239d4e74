//! funding.csv: who pays for the costs that several lines may pay. Which of them does is the answer itself; what it pays
//! follows from the input tables.

use std::collections::HashMap;

use crate::domain::{LineIx, PaymentIx, PeriodIx};

use super::cases::{Case, ScenarioCase};
use super::compare::{Comparison, Key};
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::Chosen;
use super::sheet::Sheet;

/// What lines pay by the table: by scenario, option, project, line and period.
pub(super) type Paid = HashMap<[String; 5], f64>;

const KEYS: [&str; 5] = ["scenario", "option", "project", "line", "period"];

/// Reads the table; a cell that is no number is left to the comparison.
pub(super) fn read(sheet: &Sheet) -> Paid {
    let amount = |row: usize| sheet.cell(row, "amount").parse().ok();
    let key = |row: usize| KEYS.map(|column| sheet.cell(row, column).to_owned());
    (0..sheet.height()).filter_map(|row| Some((key(row), amount(row)?))).collect()
}

/// The payers of a chosen project that come nearest to what the table says; the first as written if it says nothing.
pub(super) fn payment(reading: &Reading<'_>, option: &str, chosen: Chosen, paid: &Paid) -> PaymentIx {
    let project = &reading.portfolio.projects()[chosen.project];
    if project.payments() == 1 {
        return PaymentIx::default();
    }
    let written = |line: LineIx, period: PeriodIx| {
        let key = [
            reading.scenario.name.to_string(),
            option.to_owned(),
            project.id.to_string(),
            reading.portfolio.lines()[line].to_string(),
            reading.portfolio.horizon().label(period).to_string(),
        ];
        paid.get(&key).copied().unwrap_or(0.0)
    };
    let distance = |payment: PaymentIx| -> f64 {
        let chosen = Chosen { payment, ..chosen };
        let places = payers(reading, chosen).into_iter();
        let places = places.flat_map(|line| reading.periods().map(move |period| (line, period)));
        places
            .map(|(line, period)| {
                (reading.shared_spend_of(chosen, line, period).value - written(line, period)).abs()
            })
            .sum()
    };
    let payments = (0..project.payments()).map(PaymentIx::new);
    let nearest = payments.map(|payment| (distance(payment), payment));
    nearest
        .min_by(|one, other| one.0.total_cmp(&other.0))
        .map_or(PaymentIx::default(), |(_, nearest)| nearest)
}

/// The lines that may pay for a project together with others, in order.
fn payers(reading: &Reading<'_>, chosen: Chosen) -> Vec<LineIx> {
    let costs = reading.portfolio.projects()[chosen.project].costs.iter();
    let mut lines: Vec<LineIx> =
        costs.filter(|cost| !cost.others.is_empty()).flat_map(|cost| cost.payers()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Compares funding.csv with what the payers found in it have to pay.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("funding.csv", sheet, &KEYS);
    let mut expected = Vec::new();
    for case in &context.cases {
        for option in case.baseline.iter().chain(&case.options).chain(&case.points) {
            add_expected(case, option, &mut expected);
        }
    }
    for (row, amount) in table.find_rows(expected) {
        table.number(row, "amount", Some(amount));
    }
    table.finish(report);
}

fn add_expected(case: &ScenarioCase<'_>, option: &Case, expected: &mut Vec<(Key, Figure)>) {
    let portfolio = case.reading.portfolio;
    for &chosen in option.selection.chosen() {
        let project = portfolio.projects()[chosen.project].id.as_str();
        for line in payers(&case.reading, chosen) {
            for period in case.reading.periods() {
                let label = portfolio.horizon().label(period).as_str();
                let key = case.key(option, &[project, portfolio.lines()[line].as_str(), label]);
                expected.push((key, case.reading.shared_spend_of(chosen, line, period)));
            }
        }
    }
}
