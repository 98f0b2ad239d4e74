//! funding.csv: who pays for the costs that several lines may pay. Which of them does is the answer itself; what it pays
//! follows from the input tables.

use std::collections::HashMap;

use crate::domain::{Cost, LineIx, PaymentIx, PeriodIx, ProjectIx};

use super::cases::{Case, ScenarioCase};
use super::compare::{Comparison, Key};
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;

/// Rounding error of a written amount, as a part of it: tables keep twelve digits.
const WRITTEN: f64 = 2e-12;

/// What lines pay by the table: by scenario, option, project, line and period.
pub(super) type Paid = HashMap<[String; 5], f64>;

const KEYS: [&str; 5] = ["scenario", "option", "project", "line", "period"];

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

/// What lines pay by the table of costs that several share, beyond what they would if the first line of each paid it all.
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
fn is_mixed(reading: &Reading<'_>, chosen: Chosen) -> bool {
    reading.portfolio.projects()[chosen.project].costs.iter().any(Cost::is_mixed)
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
    let (reading, portfolio) = (&case.reading, case.reading.portfolio);
    for &chosen in option.selection.chosen() {
        let project = portfolio.projects()[chosen.project].id.as_str();
        let lines = payers(reading, chosen);
        for (place, &line) in lines.iter().enumerate() {
            for period in reading.periods() {
                let label = portfolio.horizon().label(period).as_str();
                let key = case.key(option, &[project, portfolio.lines()[line].as_str(), label]);
                let rest = is_mixed(reading, chosen) && place + 1 == lines.len();
                expected
                    .push((key, amount(reading, &option.selection, chosen, (&lines, place, rest), period)));
            }
        }
    }
}

/// What a line has to pay in a period. Where lines share a cost, what they pay is the answer itself, and nothing below 0;
/// the last of them pays the rest.
fn amount(
    reading: &Reading<'_>,
    selection: &Selection,
    chosen: Chosen,
    (lines, place, rest): (&[LineIx], usize, bool),
    period: PeriodIx,
) -> Figure {
    let planned = |line: LineIx| reading.shared_spend_of(chosen, line, period);
    let moved = |line: LineIx| {
        let own = selection.moved.iter().find(|one| (one.0, one.1, one.2) == (chosen.project, line, period));
        own.map_or(Figure::ZERO, |one| one.3)
    };
    let is_credit = lines.iter().any(|&line| planned(line).value < 0.0);
    let paid = match rest {
        false => planned(lines[place]) + moved(lines[place]),
        true => {
            let all: Figure = lines.iter().map(|&line| planned(line)).sum();
            let others: Figure = lines[..place].iter().map(|&line| planned(line) + moved(line)).sum();
            all - others
        }
    };
    if is_credit { paid } else { paid.at_least_zero() }
}
