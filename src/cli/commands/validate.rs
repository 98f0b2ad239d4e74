//! `cutline validate`: reads the input and prints a summary of it with its control totals, or every fault.

use std::path::Path;

use serde::Serialize;

use crate::control::{self, ControlTotals};
use crate::domain::{Batch, Portfolio};
use crate::input;

use crate::cli::args::ValidateArguments;
use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::terminal::console::print;
use crate::cli::terminal::figures::wrapped;
use crate::cli::terminal::totals;

/// Everything that was read, for programs.
#[derive(Serialize)]
struct JsonReport<'a> {
    path: &'a Path,
    /// The name of the batch; nothing for a portfolio alone.
    batch: Option<&'a str>,
    /// The names of its scenarios.
    scenarios: Vec<&'a str>,
    warnings: Vec<String>,
    totals: ControlTotals,
}

/// Validates a batch, or a portfolio alone.
pub fn execute(arguments: &ValidateArguments) -> Result<Finish, CliError> {
    let (portfolio, batch, warnings) =
        if arguments.path.is_dir() || input::is_portfolio_alone(&arguments.path) {
            let loaded = input::load_portfolio_with(&arguments.path, arguments.sum_duplicates)
                .map_err(CliError::Input)?;
            (loaded.portfolio, None, loaded.warnings)
        } else {
            if arguments.sum_duplicates {
                let problem =
                    "--sum-duplicates is for a portfolio alone: write duplicate_rows = \"sum\" in [batch]";
                return Err(CliError::Usage(problem.to_owned()));
            }
            let loaded = control::load_batch(&arguments.path).map_err(CliError::Input)?;
            (loaded.portfolio, Some(loaded.batch), loaded.warnings)
        };
    if arguments.strict && !warnings.is_empty() {
        return Err(CliError::Input(warnings.strict()));
    }
    note_diagnostics(&warnings);
    let totals = ControlTotals::new(&portfolio);
    if arguments.json {
        let scenarios = batch.iter().flat_map(Batch::scenarios);
        let report = JsonReport {
            path: &arguments.path,
            batch: batch.as_ref().map(Batch::name),
            scenarios: scenarios.map(|scenario| scenario.name.as_str()).collect(),
            warnings: warnings.iter().map(ToString::to_string).collect(),
            totals,
        };
        let text = serde_json::to_string_pretty(&report);
        print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
        return Ok(Finish::Done);
    }
    let batch = batch.map(|batch| format!("\n{}", batch_text(&batch))).unwrap_or_default();
    let read = format!("{}{batch}", portfolio_text(&portfolio));
    print(&format!("{} can be used.\n{read}\n\n{}", arguments.path.display(), totals::text(&totals)))?;
    Ok(Finish::Done)
}

fn portfolio_text(portfolio: &Portfolio) -> String {
    let names = |label: &str, names: Vec<String>| (!names.is_empty()).then(|| list(label, &names));
    let objectives = portfolio.objectives().objectives();
    let lines = [
        Some(format!("Projects: {}", portfolio.projects().len())),
        names("Periods", portfolio.horizon().periods().iter().map(ToString::to_string).collect()),
        names("Budget lines", portfolio.lines().iter().map(ToString::to_string).collect()),
        names("Resources", portfolio.resources().iter().map(ToString::to_string).collect()),
        names("Benefit kinds", portfolio.benefit_kinds().iter().map(ToString::to_string).collect()),
        names("Objectives", objectives.iter().map(|objective| objective.id.to_string()).collect()),
        names("Attributes", portfolio.attributes().iter().map(|one| one.name().to_owned()).collect()),
        names("Drivers", portfolio.drivers().iter().map(|driver| driver.id.to_string()).collect()),
        Some(format!("Dependencies: {}", portfolio.dependencies().len() + portfolio.conditions().len())),
        Some(format!("Groups of alternatives: {}", portfolio.alternatives().len())),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn batch_text(batch: &Batch) -> String {
    let names: Vec<String> =
        batch.scenarios().iter().map(|scenario| format!("`{}`", scenario.name)).collect();
    let simulated = batch.scenarios().iter().filter(|scenario| scenario.simulate).count();
    let risk = match simulated {
        0 => "Trials: none is asked for".to_owned(),
        simulated => format!("Trials: {} for {simulated} scenarios", batch.simulation().trials),
    };
    format!("{}\n{risk}", list("Scenarios", &names))
}

fn list(label: &str, names: &[String]) -> String {
    wrapped(&format!("{label}: {} -", names.len()), names, ",")
}
