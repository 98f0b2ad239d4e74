//! trials.parquet: the totals of every option in every trial.

use std::path::Path;

use crate::domain::{Batch, Portfolio};
use crate::engine::{BatchResult, OptionTrials, each_option_in_trials};
use crate::output::error::OutputError;
use crate::output::run_record::OutputRecord;
use crate::output::tables::TRIALS_TABLE;

use super::column::Column;
use super::file::ParquetFile;

/// The name of the file.
pub const TRIALS_FILE: &str = TRIALS_TABLE.file;

/// Writes the trials of all options that were simulated. A few options are in memory at a time.
///
/// # Errors
/// If the file cannot be written.
pub fn write_trials(
    folder: &Path,
    (portfolio, batch): (&Portfolio, &Batch),
    result: &BatchResult,
) -> Result<OutputRecord, OutputError> {
    let described = TRIALS_TABLE.columns;
    let columns = described.iter().map(|column| Column::new(column.column, described)).collect();
    let mut file = ParquetFile::create(folder, TRIALS_FILE, columns)?;
    each_option_in_trials(portfolio, batch, result, |trials| {
        add(&mut file.columns, &trials);
        file.write_if_full()
    })?;
    file.finish()
}

/// Adds a row for each trial of an option.
fn add(columns: &mut [Column], trials: &OptionTrials<'_>) {
    let [scenario, option, trial, npv, cost, benefit, strategic_value] = columns else { return };
    let (totals, count) = (&trials.totals, trials.totals.npv.len());
    scenario.repeat_text(trials.scenario.name.as_str(), count);
    option.extend_counts(std::iter::repeat_n(trials.option.number, count));
    trial.extend_counts(1..=count);
    npv.extend_numbers(&totals.npv);
    cost.extend_numbers(&totals.cost);
    benefit.extend_numbers(&totals.benefit);
    strategic_value.extend_numbers(&totals.strategic_value);
}
