//! trials.parquet: the columns of the one result table that is Parquet only, as it has a row per trial.

use super::kind::{ResultColumn, TableKind, count, number, text};

/// trials.parquet, which is not written with the others: `output/parquet_files`.
pub const TABLE: TableKind = TableKind {
    file: "trials.parquet",
    doc: "an option in one trial (one simulated future, the same for all options of all scenarios)",
    written: "with --trials; as Parquet only",
    columns: COLUMNS,
    begin: |_| None,
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    count("trial", "number of the trial, from 1"),
    number("npv", "net present value, with all digits"),
    number("cost", "undiscounted cost within the horizon"),
    number("benefit", "undiscounted benefit within the horizon"),
    number("strategic_value", "strategic value of the projects that succeed"),
];
