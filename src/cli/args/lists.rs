//! Arguments of commands that read lists of others.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArguments {
    /// The list: text with any separator between its cells, or a workbook (.xlsx)
    pub file: PathBuf,
    /// The map (TOML); with --guess the file to write, which may not be there
    #[arg(long, value_name = "MAP.toml")]
    pub map: PathBuf,
    /// Write a first map in place of tables: what each column is taken for, why, and what you have to decide
    #[arg(long, conflicts_with_all = ["to", "batch"])]
    pub guess: bool,
    /// The portfolio folder to write; it must be new or empty. Left out: nothing is written
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// The sheet of a workbook [default: that of the map, or the only one]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Write a first batch.toml beside the tables
    #[arg(long)]
    pub batch: bool,
    /// Print the report for programs (JSON)
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FitArguments {
    /// The history: text with any separator between its cells, or a workbook (.xlsx); a row per case
    pub file: PathBuf,
    /// The column with what each case came to: cost, benefit, hours
    #[arg(long, value_name = "COLUMN")]
    pub actual: String,
    /// The column with what was planned, in the same unit
    #[arg(long, value_name = "COLUMN")]
    pub plan: String,
    /// The column that parts cases into classes [default: all are one, `all`]
    #[arg(long, value_name = "COLUMN")]
    pub by: Option<String>,
    /// The column that names the case, if a case has several rows in the order of time: the first plan and the last actual
    /// amount count
    #[arg(long, value_name = "COLUMN")]
    pub case: Option<String>,
    /// Leave out cases whose actual amount is 0, of which costs and demands cannot draw
    #[arg(long)]
    pub without_zeros: bool,
    /// The sheet of a workbook [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The mark before fractions, `.` or `,` [default: as the numbers show it]
    #[arg(long, value_name = "MARK", value_parser = [".", ","])]
    pub decimal: Option<String>,
    /// The table to write, or the portfolio folder to write it into [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace a table that stands there
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Print the fit for programs (JSON) in place of the table, which -o writes
    #[arg(long)]
    pub json: bool,
}
