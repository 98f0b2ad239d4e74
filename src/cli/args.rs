//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; an infeasible scenario is an answer, and said
  1  a bug, or results that could not be written
  2  bad input or usage: every fault is listed, nothing is written
  3  a limit or an interrupt came first: what was finished is written and marked";

const EXAMPLES: &str = "\
Examples:
  cutline example list                      the bundled cases
  cutline example run petersen-1            run one of them
  cutline example extract annual-2027 .     get its files, to start your own from
  cutline validate scenarios/annual-2027.toml
                                            find every fault before the run
  cutline run scenarios/annual-2027.toml    write the results to out/annual-2027

";

/// Picks which projects an organisation should fund.
///
/// Reads a portfolio (a folder of CSV tables) and a batch of scenarios (a TOML file), finds the best feasible
/// selections of projects for every scenario, simulates their risk over the same random futures, ranks them and
/// writes tables. Money, effort and scores are in the units of your tables; nothing is converted.
#[derive(Debug, Parser)]
#[command(name = "cutline", version, after_help = format!("{EXAMPLES}{EXIT_CODES}"), max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a batch: find, simulate and rank the options of every scenario, and write the tables
    #[command(after_help = EXIT_CODES)]
    Run(RunArguments),
    /// Read a batch file or a portfolio folder and list every fault in it, without running anything
    Validate(ValidateArguments),
    /// Bundled cases: list them, extract their files, run them
    #[command(subcommand)]
    Example(ExampleCommand),
    /// Describe the input: the columns of the tables and the keys of a batch file
    Schema(SchemaArguments),
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The batch file (TOML); the portfolio that it names is looked up beside it
    #[arg(value_name = "BATCH.toml")]
    pub batch: PathBuf,
    #[command(flatten)]
    pub options: RunOptions,
}

/// How a batch is run, wherever it comes from.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Folder for the results; it must be new, empty, or hold results of an earlier run, which are replaced
    /// [default: out/<name of the batch>]
    #[allow(rustdoc::invalid_html_tags, reason = "this is read in a terminal, where `<…>` is no HTML")]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How many threads work on it; results do not depend on it [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Print a summary for programs (JSON) in place of the one for people
    #[arg(long)]
    pub json: bool,
    /// Print every scenario in full, however many there are
    #[arg(long, conflicts_with = "json")]
    pub full: bool,
    /// Print no progress, no warnings and no summary for people; what went wrong is still said
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// A batch file (TOML), checked together with its portfolio, or a portfolio folder
    pub path: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum ExampleCommand {
    /// List the bundled cases
    List,
    /// Write the batch file and the portfolio of a case, ready to run and to change
    Extract {
        /// The case, as `example list` names it
        name: String,
        /// Where to write `scenarios/` and `data/` [default: a new folder named after the case]
        dir: Option<PathBuf>,
    },
    /// Run a case
    #[command(after_help = EXIT_CODES)]
    Run {
        /// The case, as `example list` names it
        name: String,
        #[command(flatten)]
        options: RunOptions,
    },
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// A table (`projects`, `costs`, …), or `batch` for the keys of a batch file; everything if left out
    #[arg(value_name = "TABLE|batch")]
    pub subject: Option<String>,
    /// Print it for programs (JSON)
    #[arg(long)]
    pub json: bool,
}
