//! funding.csv: what the payers found in it have to pay follows from the input tables.

use crate::domain::{LineIx, PeriodIx};

use super::cases::{Case, ScenarioCase};
use super::compare::{Comparison, Key};
use super::context::Context;
use super::figure::Figure;
use super::payers::{KEYS, is_mixed, payers};
use super::reading::Reading;
use super::report::Report;
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;

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

/// What a line has to pay in a period. Where lines share a cost, what they pay is the answer itself, and nothing below
/// 0; the last of them pays the rest.
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
