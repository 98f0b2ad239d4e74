//! `cutline validate`: reads the input and prints a summary of it, or every fault.

use crate::domain::{Batch, Portfolio};
use crate::input;

use super::args::ValidateArguments;
use super::console::print;
use super::error::{CliError, Finish, note_diagnostics};
use super::figures::wrapped;

/// Validates a batch file or a portfolio folder.
pub(super) fn execute(arguments: &ValidateArguments) -> Result<Finish, CliError> {
    let (text, warnings) = if arguments.path.is_dir() {
        let loaded = input::load_portfolio(&arguments.path).map_err(CliError::Input)?;
        (portfolio_text(&loaded.portfolio), loaded.warnings)
    } else {
        let loaded = input::load_batch(&arguments.path).map_err(CliError::Input)?;
        let text = format!("{}\n{}", portfolio_text(&loaded.portfolio), batch_text(&loaded.batch));
        (text, loaded.warnings)
    };
    if arguments.strict && !warnings.is_empty() {
        return Err(CliError::Input(warnings.strict()));
    }
    note_diagnostics(&warnings);
    print(&format!("{} can be used.\n{text}", arguments.path.display()))?;
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
