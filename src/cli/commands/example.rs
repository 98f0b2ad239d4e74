//! `cutline example`: the bundled cases.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::diagnostic::did_you_mean;

use super::run;
use crate::cli::args::ExampleCommand;
use crate::cli::error::{CliError, Finish};
use crate::cli::options::RunOptions;
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::figures::wrapped;

static PORTFOLIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data");
static BATCHES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The folders that the batch files know themselves and their portfolios by.
const BATCH_FOLDER: &str = "scenarios";
const PORTFOLIO_FOLDER: &str = "data";

/// Lists, extracts or runs bundled cases.
pub fn execute(command: &ExampleCommand) -> Result<Finish, CliError> {
    match command {
        ExampleCommand::List => list(),
        ExampleCommand::Extract { name, dir } => {
            let target = dir.clone().unwrap_or_else(|| PathBuf::from(name));
            let batch = extract(&find(name)?, &target)?;
            note(&format!("Run it with: cutline run {}", batch.display()));
            Ok(Finish::Done)
        }
        ExampleCommand::Run { name, options } => run_case(&find(name)?, options),
    }
}

/// A bundled case.
struct Case {
    name: String,
    description: String,
    /// Its files by their path below the folder that it is extracted to.
    files: BTreeMap<PathBuf, &'static [u8]>,
}

fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = (BATCHES.files())
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|file| file.path().file_stem()?.to_str())
        .collect();
    names.sort_unstable();
    names
}

fn find(name: &str) -> Result<Case, CliError> {
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    if !names().contains(&stem) {
        let hint = did_you_mean(stem, names()).map_or_else(
            || "see `cutline example list`".to_owned(),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        return Err(CliError::Usage(format!("there is no example `{name}`: {hint}")));
    }
    case(stem).ok_or_else(|| CliError::Internal(format!("the bundled example `{stem}` is broken")))
}

/// A case by its name; `None` if its batch file or portfolio is not as it should be.
fn case(name: &str) -> Option<Case> {
    let file = format!("{name}.toml");
    let content = BATCHES.get_file(&file)?.contents();
    let table: toml::Table = toml::from_str(std::str::from_utf8(content).ok()?).ok()?;
    let batch = table.get("batch")?;
    let text = |key: &str| batch.get(key).and_then(|value| value.as_str());
    let below = Path::new("..").join(PORTFOLIO_FOLDER);
    let portfolio = Path::new(text("portfolio")?).strip_prefix(&below).ok()?;
    let mut files: BTreeMap<PathBuf, &[u8]> = (PORTFOLIOS.get_dir(portfolio)?.files())
        .map(|file| (Path::new(PORTFOLIO_FOLDER).join(file.path()), file.contents()))
        .collect();
    // Sources and known answers of a family of portfolios may be in the folder above.
    for above in portfolio.ancestors().skip(1).filter(|above| above.components().next().is_some()) {
        if let Some(readme) = PORTFOLIOS.get_file(above.join("README.md")) {
            files.insert(Path::new(PORTFOLIO_FOLDER).join(readme.path()), readme.contents());
        }
    }
    files.insert(Path::new(BATCH_FOLDER).join(file), content);
    let description = text("description").unwrap_or_default().to_owned();
    Some(Case { name: name.to_owned(), description, files })
}

fn list() -> Result<Finish, CliError> {
    let cases: Vec<Case> = names().into_iter().filter_map(case).collect();
    let width = cases.iter().map(|case| case.name.chars().count()).max().unwrap_or(0);
    let line = |case: &Case| {
        let words: Vec<String> = case.description.split_whitespace().map(str::to_owned).collect();
        wrapped(&format!("{:<width$} ", case.name), &words, "")
    };
    print(&cases.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(Finish::Done)
}

/// Writes the files of a case below a folder; returns the batch file. Nothing that differs is overwritten.
fn extract(case: &Case, folder: &Path) -> Result<PathBuf, CliError> {
    let differs = |(path, content): (&PathBuf, &&[u8])| {
        let path = folder.join(path);
        let there = path.symlink_metadata().is_ok();
        (there && !fs::read(&path).is_ok_and(|found| found == **content)).then_some(path)
    };
    if let Some(path) = case.files.iter().find_map(differs) {
        let problem = format!("`{}` stands there already and differs", path.display());
        return Err(CliError::Usage(format!("{problem}; nothing was written: name another folder")));
    }
    for (path, content) in &case.files {
        let path = folder.join(path);
        write_new(&path, content).map_err(|cause| CliError::File { path, cause })?;
    }
    Ok(folder.join(BATCH_FOLDER).join(format!("{}.toml", case.name)))
}

/// Writes a new file; an existing one is the same, as has been checked.
fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::File::create_new(path) {
        Ok(mut file) => file.write_all(content),
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(cause),
    }
}

fn run_case(case: &Case, options: &RunOptions) -> Result<Finish, CliError> {
    let folder = tempfile::tempdir().map_err(|cause| CliError::File { path: std::env::temp_dir(), cause })?;
    let batch = extract(case, folder.path())?;
    run::execute(&batch, options, run::Stays::No)
}
