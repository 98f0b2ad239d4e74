//! Groups of options that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::output::{Dialect, Formats};

/// Executor of the shards of a batch. (Docs of the variants would double the length of the help.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExecutorName {
    Local,
    Slurm,
}

/// Options for the distribution of a batch over processes or machines.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running in shards")]
pub(super) struct SpreadOptions {
    /// Cut the batch into shards, and run them in child processes (local) or as tasks of a Slurm cluster (slurm);
    /// results are the same, to the byte
    #[arg(long, value_enum, value_name = "WHERE")]
    pub executor: Option<ExecutorName>,
    /// Number of shards; there are never more than scenarios [default: one per scenario, up to 1000]
    #[arg(long, value_name = "N", requires = "executor", value_parser = clap::value_parser!(u32).range(1..))]
    pub shards: Option<u32>,
    /// Number of shards at once, each with `--threads` threads [default: local: one per processor;
    /// slurm: as many as Slurm lets]
    #[arg(long, value_name = "N", requires = "executor", value_parser = clap::value_parser!(u16).range(1..))]
    pub workers: Option<u16>,
    /// The folder that shards work in; all machines must see it under this path. If the run is stopped, the same
    /// command goes on from there [default: beside the results, and deleted once they are written]
    #[arg(long, value_name = "DIR", requires = "executor")]
    pub work: Option<PathBuf>,
    /// slurm: the partition [default: that of the cluster]
    #[arg(long, value_name = "NAME", requires = "executor")]
    pub partition: Option<String>,
    /// slurm: a further argument of `sbatch`, such as --sbatch-arg=--mem=4G; may be repeated
    #[arg(long, value_name = "ARG", requires = "executor", allow_hyphen_values = true)]
    pub sbatch_arg: Vec<String>,
    /// slurm: submit the shards and the merge, and leave; Slurm writes the results
    #[arg(long, requires = "executor")]
    pub detach: bool,
}

/// Options of every command that runs a batch.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub report: ReportOptions,
    /// Number of threads; results do not depend on it [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Write trials.parquet: NPV, cost, benefit and strategic value of every option in every trial; `=sipmath` writes trials.xml,
    /// NPV and cost as a SIPmath library for spreadsheets, and `=parquet,sipmath` both; not with --executor
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',', num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "parquet")]
    pub trials: Vec<TrialsForm>,
}

impl RunOptions {
    /// What is written beside the tables.
    pub(super) fn formats(&self) -> Formats {
        let is_asked = |form| self.trials.contains(&form);
        Formats {
            trials: is_asked(TrialsForm::Parquet),
            trials_library: is_asked(TrialsForm::Sipmath),
            ..self.report.formats()
        }
    }
}

/// Form in which results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Csv,
    Xlsx,
    Html,
    Parquet,
}

/// Form in which trials are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TrialsForm {
    Parquet,
    Sipmath,
}

/// Options for results and reports.
#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// Folder for the results; it must be new, empty, or hold results of an earlier run, which are replaced
    /// [default: out/<name of the batch>]
    #[allow(rustdoc::invalid_html_tags, reason = "this is read in a terminal, where `<…>` is no HTML")]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the results in this form too: html adds report.html, the answer in figures and words for any browser; xlsx adds
    /// workbook.xlsx, a workbook of all tables for people; parquet adds each table as a typed file for programs. The CSV
    /// tables are always written
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',')]
    pub format: Vec<Format>,
    /// Write the CSV tables in another form: excel-eu (semicolons, decimal commas and a byte order mark), or of "separator=;",
    /// "decimal=," and "bom" some, in one argument
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<Dialect>,
    /// Print a summary for programs (JSON) in place of the one for people
    #[arg(long)]
    pub json: bool,
    /// Print every scenario in full, however many there are
    #[arg(long, conflicts_with = "json")]
    pub full: bool,
    /// Print no progress, no warnings and no summary for people; what went wrong is still said
    #[arg(long)]
    pub quiet: bool,
    /// Take warnings for faults: list them, run nothing, exit with 2
    #[arg(long)]
    pub strict: bool,
}

impl ReportOptions {
    /// What is written beside the tables.
    pub(super) fn formats(&self) -> Formats {
        formats(&self.format, self.dialect)
    }
}

/// What is written beside the tables if these forms are asked for.
pub(super) fn formats(asked: &[Format], dialect: Option<Dialect>) -> Formats {
    Formats {
        xlsx: asked.contains(&Format::Xlsx),
        html: asked.contains(&Format::Html),
        parquet: asked.contains(&Format::Parquet),
        trials: false,
        trials_library: false,
        dialect: dialect.unwrap_or_default(),
    }
}
