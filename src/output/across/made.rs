//! The tables across scenarios, and the choice that holds best over all of them.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use crate::domain::{Batch, Portfolio, ProjectIx};
use crate::engine::futures_of_decisions;
use crate::output::error::OutputError;
use crate::output::number::tidy;
use crate::output::tables::ResultTable;
use crate::output::tables::regret::{OptionRegretRow, RegretRow, by_option_table, regret_table};
use crate::output::tables::robustness;
use crate::rank::{OwnOption, Regrets, regrets};

use super::known::KnownOptions;
use super::projects;

/// Rows of regret.csv, at most.
const MOST_ROWS: usize = 250_000;

/// What is told across scenarios.
#[derive(Debug, Default)]
pub struct Across {
    /// The tables, in the order in which they are written.
    pub tables: Vec<ResultTable>,
    /// What they leave out.
    pub warnings: Vec<String>,
    /// The option that holds best over all scenarios; `None` where there is none.
    pub choice: Option<RobustChoice>,
}

/// The option that is feasible in all scenarios with the least largest regret, or else in most of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RobustChoice {
    /// The scenario that it was found for.
    pub scenario: String,
    /// Its number there.
    pub option: usize,
    /// Number of scenarios whose limits and rules it keeps.
    pub feasible_in: usize,
    /// Number of scenarios that have options.
    pub scenarios: usize,
    /// Its largest regret; `None` where goals differ.
    pub max_regret: Option<f64>,
    /// The largest as a part of the best objective known.
    pub max_regret_share: Option<f64>,
    /// The scenario of its largest regret.
    pub worst_scenario: Option<String>,
}

/// What is told across the scenarios of a batch whose tables lie in a folder: nothing of a batch with one scenario, or
/// of a part of one.
///
/// # Errors
/// If a table cannot be read or made.
pub fn across(folder: &Path, portfolio: &Portfolio, batch: &Batch) -> Result<Across, OutputError> {
    if batch.scenarios().len() < 2 || batch.is_part() {
        return Ok(Across::default());
    }
    let known = KnownOptions::read(folder, portfolio, batch)?;
    let (told, warning) = told(&known.options, batch.scenarios().len(), MOST_ROWS);
    let futures = futures_of_decisions(portfolio, batch);
    let found = regrets((portfolio, futures), batch.scenarios(), &known.scales, &known.options, &told);
    let told: Vec<&OwnOption> = told.iter().map(|&place| &known.options[place]).collect();
    let rows = projects::robustness(folder, (portfolio, batch), &known)?;
    let by_option = by_option(&told, &found, batch);
    let tables =
        [robustness::table(&rows)?, table_of_regrets(&told, &found, batch)?, by_option_table(&by_option)?];
    Ok(Across {
        tables: tables.into_iter().flatten().collect(),
        warnings: warning.into_iter().collect(),
        choice: by_option.iter().find(|row| row.is_choice).map(RobustChoice::of),
    })
}

/// The warnings and the choice over all scenarios, of results that are written already.
///
/// # Errors
/// If a table cannot be read.
pub fn told_across(
    folder: &Path,
    portfolio: &Portfolio,
    batch: &Batch,
) -> Result<(Vec<String>, Option<RobustChoice>), OutputError> {
    across(folder, portfolio, batch).map(|told| (told.warnings, told.choice))
}

/// The options (positions) that are evaluated in all scenarios, in so many rows at most, and what is left out.
fn told(options: &[OwnOption], scenarios: usize, most: usize) -> (Vec<usize>, Option<String>) {
    let rows = options.len() * scenarios;
    let all: Vec<usize> = (0..options.len()).collect();
    if rows <= most {
        return (all, None);
    }
    let why = format!("all options in all scenarios would be {rows} rows, more than {most}");
    let first: Vec<usize> = all.into_iter().filter(|&place| options[place].number == 1).collect();
    if first.len() * scenarios <= most {
        return (first, Some(format!("regret.csv tells of option 1 of each scenario only: {why}")));
    }
    let mut seen: BTreeSet<Vec<ProjectIx>> = BTreeSet::new();
    let is_new = |place: &usize| seen.insert(options[*place].selection.projects().collect());
    let fitting: Vec<usize> = first.into_iter().filter(is_new).take((most / scenarios).max(1)).collect();
    let count = fitting.len();
    let warning = format!(
        "regret.csv tells of {count} options 1 only, of different projects, in the order of the batch: {why}"
    );
    (fitting, Some(warning))
}

fn table_of_regrets(
    told: &[&OwnOption],
    found: &Regrets,
    batch: &Batch,
) -> Result<Option<ResultTable>, OutputError> {
    let name = |place: usize| batch.scenarios()[place].name.as_str();
    let rows: Vec<RegretRow<'_>> = (told.iter().zip(&found.held))
        .flat_map(|(option, held)| {
            held.iter().enumerate().map(move |(place, held)| RegretRow {
                of_scenario: name(option.scenario),
                option: option.number,
                in_scenario: name(place),
                held,
            })
        })
        .collect();
    regret_table(&rows)
}

fn by_option<'a>(told: &[&OwnOption], found: &'a Regrets, batch: &'a Batch) -> Vec<OptionRegretRow<'a>> {
    let name = |place: usize| batch.scenarios()[place].name.as_str();
    let rows = told.iter().zip(&found.over_all).enumerate();
    rows.map(|(place, (option, over_all))| OptionRegretRow {
        scenario: name(option.scenario),
        option: option.number,
        over_all,
        scenarios: found.compared,
        worst_scenario: over_all.worst.map_or("", name),
        is_choice: found.choice == Some(place),
    })
    .collect()
}

impl RobustChoice {
    fn of(row: &OptionRegretRow<'_>) -> Self {
        Self {
            scenario: row.scenario.to_owned(),
            option: row.option,
            feasible_in: row.over_all.feasible_in,
            scenarios: row.scenarios,
            max_regret: row.over_all.largest.and_then(tidy),
            max_regret_share: row.over_all.largest_share.and_then(tidy),
            worst_scenario: Some(row.worst_scenario.to_owned()).filter(|name| !name.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Choice, PaymentIx, PeriodIx, Selection};
    use crate::units::Share;

    #[test]
    fn large_batches_tell_of_first_options_and_say_so() {
        let chosen = |project| Choice {
            project: ProjectIx::new(project),
            start: PeriodIx::new(0),
            share: Share::ONE,
            payment: PaymentIx::default(),
        };
        // Four scenarios with two options each; the first options of the first two are the same.
        let option = |place: usize| OwnOption {
            scenario: place / 2,
            number: 1 + place % 2,
            objective: 1.0,
            selection: Selection::new([chosen(if place == 2 { 0 } else { place })]),
        };
        let options: Vec<OwnOption> = (0..8).map(option).collect();
        let places = |most| told(&options, 4, most).0;
        assert_eq!(told(&options, 4, 32), ((0..8).collect(), None));
        assert_eq!(places(31), [0, 2, 4, 6]);
        assert_eq!(places(15), [0, 4, 6]);
        assert_eq!(places(8), [0, 4]);
        let warning = told(&options, 4, 16).1.unwrap();
        assert!(
            warning.contains("option 1 of each scenario only") && warning.contains("32 rows"),
            "{warning}"
        );
    }
}
