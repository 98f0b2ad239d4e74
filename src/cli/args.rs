//! Arguments of the command line.

mod lists;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::output::Dialect;

pub(super) use lists::{FitArguments, ImportArguments};

use super::options::{Format, ReportOptions, RunOptions, SpreadOptions};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; an infeasible scenario is an answer, and said
  1  a bug, or results that could not be written
  2  bad input or usage: every fault is listed, nothing is written
  3  a limit or an interrupt came first: what was finished is written and marked";

const CHECK_EXIT_CODES: &str = "\
Exit codes:
  0  nothing differs, and every selection keeps the rules of its scenario
  2  something differs; or this is no folder of results, or its input is not that of the run";

const RESULTS_EXIT_CODES: &str = "\
Exit codes:
  0  done; differences are an answer, too
  2  this is no folder of results, a table in it is damaged, or a name is not known";

const SHOW_EXAMPLES: &str = "\
Examples:
  cutline show out/plan                            what is in everywhere, and option 1 of each scenario
  cutline show out/plan --scenario \"budget cut\"   its options, what differs, what just missed, its risk
  cutline show out/plan --project P07              where it is in, when it starts, what would turn it

Exit codes:
  0  done
  2  this is no folder of results, a table in it is damaged, or a name is not known";

const COMPARE_EXAMPLES: &str = "\
Examples:
  cutline compare out/plan base:1 base:2 \"budget cut\"
      behind the last colon stands the number of the option; a scenario alone: the one ranked first

Exit codes:
  0  done
  2  this is no folder of results, a table in it is damaged, or a name is not known";

const ADOPT_EXAMPLES: &str = "\
Examples:
  cutline adopt out/plan --option base:1 -o data/city    writes data/city/current_plan.csv

Exit codes:
  0  done
  2  nothing is written: the file stands there already, this is no folder of results, or there is no
     such option";

const MODEL_EXAMPLES: &str = "\
Examples:
  cutline model plan.toml --scenario base -o base.mps    writes base.mps and base.sol
  highs base.mps                                         solves it elsewhere (as do cbc and scip)";

const TEMPLATE_EXAMPLES: &str = "\
Examples:
  cutline template --out plan                   a folder of CSV tables, and a batch file
  cutline template --out plan.xlsx              a workbook with the same tables, and sheets for the batch
  cutline template --from data/city             data/city as city.xlsx";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  cutline completions bash > ~/.local/share/bash-completion/completions/cutline
  cutline completions zsh > _cutline            in a folder that is in $fpath
  cutline completions fish > ~/.config/fish/completions/cutline.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  cutline man shard plan | man -l -             the page of one command
  cutline man --out ~/.local/share/man/man1     all pages, for `man cutline` and `man cutline-run`";

const IMPORT_EXAMPLES: &str = "\
Examples:
  cutline import list.xlsx --sheet Plan --map list.toml --guess   writes a first map, with reasons
  cutline import list.xlsx --map list.toml                        reports, and writes nothing
  cutline import list.xlsx --map list.toml --to plan --batch      writes the folder plan

`cutline schema map` lists the keys of a map.

Exit codes:
  0  done
  1  a bug, or files that could not be written
  2  bad input or usage: every fault is listed, nothing is written";

const FIT_EXAMPLES: &str = "\
Examples:
  cutline fit past.csv --actual Outturn --plan Budget --by Type -o plan/reference_classes.csv
      then, in plan/uncertainty.csv: *,cost,reference with the class in the column `class`
  cutline fit changes.csv --actual Forecast --plan Forecast --case Project
      several rows a case, in the order of time: the first plan and the last actual amount count

Exit codes:
  0  done; what was left out is told with its rows
  1  a bug, or a file that could not be written
  2  bad input or usage, or no case is left: nothing is written";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  cutline schema costs                          the columns of one table
  cutline schema batch                          the keys of a batch file
  cutline schema --json > cutline.schema.json   a JSON Schema, which editors check batch files with";

const SHARD_EXIT_CODES: &str = "\
Exit codes:
   0  done; results that are there already are left as they are, and a met limit is a result
   1  a bug; `merge` too if the solver failed on some scenario
   2  bad input or usage, another input or another version: trying again is of no use
   3  stopped by a signal, or `merge` lacks a shard: nothing is written;
      or `merge` tells that a limit was met: everything is written and marked
  75  files could not be read or written: worth trying again";

const EXAMPLES: &str = "\
Examples:
  cutline example list                      the bundled cases
  cutline example run petersen-1            run one of them
  cutline example extract annual-2027 .     get its files, to start your own from
  cutline validate scenarios/annual-2027.toml
                                            find every fault before the run
  cutline run scenarios/annual-2027.toml    write the results to out/annual-2027
  cutline show out/annual-2027              say the answer again
  cutline check out/annual-2027             recompute all of its figures

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
    /// Read a batch or a portfolio: every fault in it, or its control totals; nothing is run
    Validate(ValidateArguments),
    /// Say the answer again, from a folder of results: of the batch, of a scenario, or about a project
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArguments),
    /// Put options side by side: figures, and the projects that differ
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(CompareArguments),
    /// Tell what parts two rounds: scenarios, assumptions, figures, and who went in, out or moved
    #[command(after_help = RESULTS_EXIT_CODES)]
    Diff(DiffArguments),
    /// Write an option as current_plan.csv, the plan that the next round begins from
    #[command(after_help = ADOPT_EXAMPLES)]
    Adopt(AdoptArguments),
    /// Recompute every figure of a folder of results from its input tables, without a solver
    #[command(after_help = CHECK_EXIT_CODES)]
    Check(CheckArguments),
    /// Write the program of a scenario, with names, for any other solver (MPS or LP), and its solution
    #[command(after_help = MODEL_EXAMPLES)]
    Model(ModelArguments),
    /// Bundled cases: list them, extract their files, run them
    #[command(subcommand)]
    Example(ExampleCommand),
    /// Run a batch in shards, on any machines that share a folder: plan, run each, merge
    #[command(subcommand)]
    Shard(ShardCommand),
    /// Describe input and results: the columns of all tables and the keys of a batch file
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(SchemaArguments),
    /// Write an input to fill in, with one worked project: CSV tables or a workbook; or a portfolio folder as a
    /// workbook
    #[command(after_help = TEMPLATE_EXAMPLES)]
    Template(TemplateArguments),
    /// Print completions of this command line for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Print a page of the manual, or write all pages into a folder
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArguments),
    /// Make a portfolio of a project list of your own (CSV or .xlsx): a map says which column is what
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArguments),
    /// Make reference_classes.csv of a history of past cases (CSV or .xlsx), and tell how each class came out
    #[command(after_help = FIT_EXAMPLES)]
    Fit(FitArguments),
    /// Serve batches over HTTP to a planning team: an API, and a page at its address
    #[cfg(feature = "serve")]
    Serve(Box<super::commands::serve::ServeArguments>),
    /// Validate a submission: what `cutline serve` starts
    #[cfg(feature = "serve")]
    #[command(hide = true)]
    ExamineSubmission(super::commands::serve::ExamineArguments),
    /// Make a workbook or a report of results that are there: what `cutline serve` starts
    #[cfg(feature = "serve")]
    #[command(hide = true)]
    MakeFile(super::commands::serve::FileArguments),
    /// Tokens for a server: make, list and revoke them
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Token(super::commands::serve::TokenCommand),
    /// Copies of everything that a server keeps: make and check them
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Backup(super::commands::serve::BackupCommand),
    /// Send a batch to a server
    #[cfg(feature = "serve")]
    #[command(after_help = EXIT_CODES)]
    Submit(super::commands::remote::SubmitArguments),
    /// Say how far a batch on a server is, or list the batches there
    #[cfg(feature = "serve")]
    Status(super::commands::remote::StatusArguments),
    /// Get the results of a batch from a server
    #[cfg(feature = "serve")]
    Fetch(super::commands::remote::FetchArguments),
    /// Cancel a batch on a server
    #[cfg(feature = "serve")]
    Cancel(super::commands::remote::CancelArguments),
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The batch (TOML or .xlsx); a portfolio that it names is looked up from there
    #[arg(value_name = "BATCH.toml")]
    pub batch: PathBuf,
    #[command(flatten)]
    pub options: RunOptions,
    #[command(flatten)]
    pub spread: SpreadOptions,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// A batch (TOML or .xlsx), checked together with its portfolio, or a portfolio (folder or .xlsx)
    pub path: PathBuf,
    /// Take warnings for faults: exit with 2 if there are any
    #[arg(long)]
    pub strict: bool,
    /// Add up rows of costs, benefits and demands that share project and key; of a folder: a batch says so itself, with
    /// duplicate_rows = "sum"
    #[arg(long)]
    pub sum_duplicates: bool,
    /// Print the control totals for programs (JSON)
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The folder of results
    #[arg(value_name = "DIR")]
    pub out: PathBuf,
    /// The batch file [default: where run.json says that it was]
    #[arg(long, value_name = "BATCH.toml")]
    pub batch: Option<PathBuf>,
    /// Print what was found for programs (JSON)
    #[arg(long)]
    pub json: bool,
}

/// Form in which results are shown.
#[derive(Debug, Args)]
pub(super) struct ShownForm {
    /// Show everything, however long it is
    #[arg(long, conflicts_with = "json")]
    pub full: bool,
    /// Print it for programs (JSON)
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The folder of results
    #[arg(value_name = "DIR")]
    pub out: PathBuf,
    /// Show this scenario alone
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Show this project alone, by its id or its name
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
    #[command(flatten)]
    pub form: ShownForm,
}

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// The folder of results
    #[arg(value_name = "DIR")]
    pub out: PathBuf,
    /// The options: SCENARIO:NUMBER, or SCENARIO alone for its first
    #[arg(value_name = "OPTION", required = true, num_args = 2..)]
    pub options: Vec<String>,
    #[command(flatten)]
    pub form: ShownForm,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The folder of results of the round before
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The folder of results of the round after it
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// Tell why: which change of the input flips each project, found by applying the changes one group at a time. Takes
    /// the batch files of the two rounds [default: those that the results were made from]
    #[arg(long, num_args = 0..=2, value_names = ["BEFORE.toml", "AFTER.toml"])]
    pub explain: Option<Vec<PathBuf>>,
    /// Write it as a workbook, too: a file that ends in .xlsx
    #[arg(short, long, value_name = "FILE.xlsx")]
    pub output: Option<PathBuf>,
    /// Replace a file that stands there
    #[arg(long, requires = "output")]
    pub force: bool,
    #[command(flatten)]
    pub form: ShownForm,
}

#[derive(Debug, Args)]
pub(super) struct AdoptArguments {
    /// The folder of results
    #[arg(value_name = "DIR")]
    pub out: PathBuf,
    /// The option: SCENARIO:NUMBER, or SCENARIO alone for its first
    #[arg(long, value_name = "OPTION")]
    pub option: String,
    /// The file to write, or the portfolio folder to write it into [default: current_plan.csv]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Replace a file that stands there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// The batch (TOML or .xlsx); a portfolio that it names is looked up from there
    #[arg(value_name = "BATCH.toml")]
    pub batch: PathBuf,
    /// The scenario [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// The file to write: FILE.mps (free MPS), or FILE.lp (the LP format of CPLEX)
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Write no FILE.sol: then the scenario is not solved, unless it mixes measures, which takes a solve of each
    #[arg(long)]
    pub no_solution: bool,
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
    /// A table of the input (`projects`, `costs`, …) or of the results (`options`, `spend`, …), `batch` for the keys of a batch
    /// file, `map` for those of the map of a project list, or `results` for all tables of the results; everything but `map` if left out
    #[arg(value_name = "TABLE|batch|map|results")]
    pub subject: Option<String>,
    /// Print it for programs (JSON); of everything it is a JSON Schema of batch files, for editors
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct TemplateArguments {
    /// Write a workbook, with comments and lists to choose from, in place of a folder of CSV tables
    #[arg(long)]
    pub xlsx: bool,
    /// Write the tables of this portfolio folder as a workbook: nothing is added and nothing is lost
    #[arg(long, value_name = "FOLDER")]
    pub from: Option<PathBuf>,
    /// What to write; nothing may stand there [default: template, template.xlsx, or the name of the portfolio folder]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The command: `run`, `shard plan` [default: the page of the program]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    pub command: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ShardCommand {
    /// Cut a batch into shards: copy its input and the plan into a folder, which can be moved
    #[command(after_help = SHARD_EXIT_CODES)]
    Plan(ShardPlanArguments),
    /// Run one shard; its results are put in place whole or not at all, and running it twice does no harm
    #[command(after_help = SHARD_EXIT_CODES)]
    Run(ShardRunArguments),
    /// Put the results of all shards together: the same tables, to the byte, as `cutline run` writes
    #[command(after_help = SHARD_EXIT_CODES)]
    Merge(ShardMergeArguments),
    /// Print the shards of a plan, and the merge, as jobs of Kubernetes (JSON, for `kubectl apply -f -`)
    Manifest(ShardManifestArguments),
    /// Plan and run a batch of one shard in one process, stopping when stdin ends: what `cutline serve` starts
    #[command(hide = true)]
    RunWhole(ShardRunWholeArguments),
    /// Have Slurm run the missing shards, and report finished ones: what `cutline serve` starts
    #[command(hide = true)]
    Watch(ShardWatchArguments),
}

#[derive(Debug, Args)]
pub(super) struct ShardPlanArguments {
    /// The batch (TOML or .xlsx); a portfolio that it names is looked up from there
    #[arg(value_name = "BATCH.toml")]
    pub batch: PathBuf,
    /// The folder to make; it must be new or empty, or hold the same plan, which is then left as it is
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Number of shards; there are never more than scenarios [default: one per scenario, up to 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub shards: Option<u32>,
}

/// Form of a shard's progress reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressStyle {
    Bars,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ShardRunArguments {
    /// The folder that `shard plan` made
    pub dir: PathBuf,
    /// Which shard, from 0 [default: SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or AWS_BATCH_JOB_ARRAY_INDEX,
    /// whichever is set]
    #[arg(long, value_name = "I")]
    pub index: Option<usize>,
    /// Number of threads; results do not depend on it [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Stop when stdin ends: the parent process is gone, or wants no results
    #[arg(long)]
    pub until_eof: bool,
    /// If it is stopped: keep the scenarios that are finished, for `shard merge --part`
    #[arg(long)]
    pub keep_part: bool,
    /// Report progress with bars, if stderr is a terminal, or with one JSON object per line on stdout
    #[arg(long, value_enum, value_name = "HOW", default_value_t = ProgressStyle::Bars)]
    pub progress: ProgressStyle,
}

#[derive(Debug, Args)]
pub(super) struct ShardRunWholeArguments {
    /// The batch file (TOML)
    #[arg(value_name = "BATCH.toml")]
    pub batch: PathBuf,
    /// The folder below which the results are put; the last event says where. What is whole there is not run again
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Run nothing, but merge what is there into this folder, and mark every other scenario as not run: for a batch
    /// that is given up
    #[arg(long, value_name = "DIR")]
    pub part: Option<PathBuf>,
    /// Write the figures that the pages of `cutline serve` show to this file, too
    #[arg(long, value_name = "FILE")]
    pub figures: Option<PathBuf>,
    /// Print the summary of the batch as JSON
    #[arg(long)]
    pub json: bool,
    /// Number of threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: u16,
}

#[derive(Debug, Args)]
pub(super) struct ShardWatchArguments {
    /// The folder that `shard plan` made
    pub dir: PathBuf,
    /// Processors of each task
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: u16,
    /// The partition [default: that of the cluster]
    #[arg(long, value_name = "NAME")]
    pub partition: Option<String>,
    /// A further argument of `sbatch`; may be repeated
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub sbatch_arg: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct ShardManifestArguments {
    /// The folder that `shard plan` made
    pub dir: PathBuf,
    /// The image of the containers, in which this version of `cutline` is on the path
    #[arg(long, value_name = "IMAGE")]
    pub image: String,
    /// The claim to a volume that all nodes can write to (ReadWriteMany), and that holds DIR
    #[arg(long, value_name = "NAME")]
    pub claim: String,
    /// Where DIR is in the volume [default: its name]
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// Where the results are to be in the volume [default: out/<name of the batch>]
    #[allow(rustdoc::invalid_html_tags, reason = "this is read in a terminal, where `<…>` is no HTML")]
    #[arg(long, value_name = "PATH")]
    pub out: Option<String>,
    /// The namespace [default: that of the user who applies the manifest]
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Number of shards at once [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub workers: Option<u32>,
    /// Processors and threads of each shard
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: u16,
    /// Memory of each pod, as Kubernetes writes it, such as 2Gi
    #[arg(long, value_name = "AMOUNT")]
    pub memory: Option<String>,
    /// Have the merge write the results in this form too, as `shard merge --format` does
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',')]
    pub format: Vec<Format>,
    /// Have the merge write the CSV tables in another form, as `shard merge --dialect` does
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<Dialect>,
}

#[derive(Debug, Args)]
pub(super) struct ShardMergeArguments {
    /// The folder that `shard plan` made
    pub dir: PathBuf,
    /// Wait so long for shards that are missing
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// Merge what is there, and mark every other scenario as not run: for a batch that is given up
    #[arg(long, conflicts_with = "wait")]
    pub part: bool,
    /// Write the figures that the pages of `cutline serve` show to this file, too
    #[arg(long, value_name = "FILE", hide = true)]
    pub figures: Option<PathBuf>,
    #[command(flatten)]
    pub report: ReportOptions,
}
