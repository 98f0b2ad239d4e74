//! `cutline validate`: reads the input and prints a summary of it with its control totals, or every fault.

use std::path::Path;

use serde::Serialize;

use crate::control::{self, ControlTotals};
use crate::domain::{Batch, Portfolio, WeightSet};
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
    /// Per group of weight sets in which objective its members differ most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disagreements: Vec<JsonDisagreement>,
    totals: ControlTotals,
}

#[derive(Serialize)]
struct JsonDisagreement {
    weights: String,
    objective: String,
    /// Members with their weights, the highest first.
    members: Vec<(String, f64)>,
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
            disagreements: batch.iter().flat_map(|batch| disagreements(&portfolio, batch)).collect(),
            totals,
        };
        let text = serde_json::to_string_pretty(&report);
        print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
        return Ok(Finish::Done);
    }
    let batch = batch.map(|batch| format!("\n{}", batch_text(&portfolio, &batch))).unwrap_or_default();
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

fn disagreements(portfolio: &Portfolio, batch: &Batch) -> Vec<JsonDisagreement> {
    let told = |set: &WeightSet| {
        let disagreement = set.disagreement()?;
        let objective = &portfolio.objectives().objectives()[disagreement.objective];
        let members = disagreement.weights.into_iter().map(|(name, weight)| (name.to_string(), weight));
        Some(JsonDisagreement {
            weights: set.name().to_string(),
            objective: objective.id.to_string(),
            members: members.collect(),
        })
    };
    batch.weight_sets().iter().filter_map(told).collect()
}

fn disagreement_text(one: &JsonDisagreement) -> String {
    let members = one.members.iter().map(|(name, weight)| format!("{name} {:.1} %", 100.0 * weight));
    format!(
        "Weights `{}`: members differ most in `{}` ({})",
        one.weights,
        one.objective,
        members.collect::<Vec<_>>().join(", ")
    )
}

fn batch_text(portfolio: &Portfolio, batch: &Batch) -> String {
    let names: Vec<String> =
        batch.scenarios().iter().map(|scenario| format!("`{}`", scenario.name)).collect();
    let simulated = batch.scenarios().iter().filter(|scenario| scenario.simulate).count();
    let risk = match simulated {
        0 => "Trials: none is asked for".to_owned(),
        simulated => {
            let trials = batch.simulation().trials;
            match batch.precision() {
                None => format!("Trials: {trials} for {simulated} scenarios"),
                Some(wanted) => format!(
                    "Trials: until a standard error is {wanted} of a mean NPV, {trials} at most, for {simulated} scenarios"
                ),
            }
        }
    };
    let differ = disagreements(portfolio, batch).iter().map(disagreement_text).collect::<Vec<_>>();
    [vec![list("Scenarios", &names), risk], differ].concat().join("\n")
}

fn list(label: &str, names: &[String]) -> String {
    wrapped(&format!("{label}: {} -", names.len()), names, ",")
}
