//! `cutline model`: writes the program of a scenario for other solvers.

use std::fs;
use std::path::Path;

use crate::control;
use crate::domain::{Batch, Goal, Portfolio, Scenario};
use crate::engine;
use crate::finance::Valuation;
use crate::optimise::{self, Model, ScenarioModel, ScenarioOptions};
use crate::output::{self, ModelForm};
use crate::progress::CancelToken;

use crate::cli::args::ModelArguments;
use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::terminal::console::{note, print};

/// Writes a model, and its solution to a second file.
pub fn execute(arguments: &ModelArguments) -> Result<Finish, CliError> {
    let form = form_of(&arguments.output)?;
    let loaded = control::load_batch(&arguments.batch).map_err(CliError::Input)?;
    note_diagnostics(&loaded.warnings);
    let scenario = find(&loaded.batch, arguments.scenario.as_deref())?;
    // Only the best option is needed.
    let scenario = Scenario { options: 1, ..scenario.clone() };
    let cancel = CancelToken::new();
    stop_on_interrupt(&cancel, || note("Stopping; nothing will be written."))?;
    let valuation = engine::in_futures(Valuation::new(&loaded.portfolio, &scenario), &loaded.batch, &cancel)
        .map_err(unsolved)?;
    let valuation = held(&valuation, &loaded.batch, &cancel)?;
    let mut scenario_model = ScenarioModel::new(&valuation);
    let is_mix = matches!(scenario.goal, Goal::Mix(_));
    let found = match arguments.no_solution && !is_mix {
        true => None,
        false => Some(solve(&mut scenario_model, &loaded.batch, &cancel)?),
    };
    let scales = found.as_ref().map_or(&[][..], |found| found.scales.as_slice());
    let model = Model::new(&scenario_model);
    let about = about(&loaded.portfolio, &loaded.batch, &scenario, scales);
    write(&arguments.output, &output::model_text(form, &model, &about))?;
    let (columns, rows) = (model.columns.len(), model.rows.len());
    print(&format!("{}: {columns} columns, {rows} rows", arguments.output.display()))?;
    let Some(found) = found.filter(|_| !arguments.no_solution) else { return Ok(Finish::Done) };
    match found.options.first() {
        Some(best) => {
            let values = model.values_of(&valuation, &best.selection);
            write_solution(&arguments.output, form, &model, &values)?;
            if best.gap > loaded.batch.selection().gap {
                note(&format!(
                    "note: a limit was met; the solution may be {} % off the best",
                    100.0 * best.gap
                ));
                return Ok(Finish::Stopped);
            }
        }
        None => note(&format!("note: the scenario is {}, so there is no solution", found.status.as_str())),
    }
    Ok(Finish::Done)
}

fn form_of(path: &Path) -> Result<ModelForm, CliError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("mps") => Ok(ModelForm::Mps),
        Some("lp") => Ok(ModelForm::Lp),
        _ => {
            let problem = format!("`{}` ends neither in .mps nor in .lp", path.display());
            Err(CliError::Usage(format!("{problem}: the form of the model is told by its name")))
        }
    }
}

/// The scenario of this name, or the only one.
fn find<'a>(batch: &'a Batch, name: Option<&str>) -> Result<&'a Scenario, CliError> {
    let scenarios = batch.scenarios();
    let names = || {
        let names = scenarios.iter().map(|scenario| format!("`{}`", scenario.name));
        names.collect::<Vec<_>>().join(", ")
    };
    match (name, scenarios) {
        (None, [only]) => Ok(only),
        (None, _) => Err(CliError::Usage(format!("which scenario? Name one with --scenario: {}", names()))),
        (Some(name), scenarios) => scenarios
            .iter()
            .find(|scenario| scenario.name.as_str() == name)
            .ok_or_else(|| CliError::Usage(format!("there is no scenario `{name}`; there are {}", names()))),
    }
}

/// The valuation with limits that have priorities held at the least by which they can be missed: the program is that of
/// the last stage.
fn held<'a>(
    valuation: &Valuation<'a>,
    batch: &Batch,
    cancel: &CancelToken,
) -> Result<Valuation<'a>, CliError> {
    let held = optimise::hold_priorities(valuation, batch.selection(), cancel).map_err(unsolved)?;
    if !held.is_proven {
        note("note: a limit was met; the limits with priorities might be missed by less");
    }
    Ok(held.valuation)
}

fn solve(
    model: &mut ScenarioModel<'_>,
    batch: &Batch,
    cancel: &CancelToken,
) -> Result<ScenarioOptions, CliError> {
    optimise::find_options(model, batch.selection(), cancel).map_err(unsolved)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unsolved(error: optimise::OptimiseError) -> CliError {
    CliError::Usage(format!("the scenario was not solved: {error}"))
}

/// The comments at the head of the model.
fn about(
    portfolio: &Portfolio,
    batch: &Batch,
    scenario: &Scenario,
    scales: &[(crate::domain::Measure, f64)],
) -> Vec<String> {
    let mut about = vec![
        format!("Cutline {}: batch {}, scenario {}", env!("CARGO_PKG_VERSION"), batch.name(), scenario.name),
        output::goal_text(scenario, portfolio),
    ];
    if scenario.named_limits.iter().any(|limit| limit.priority().is_some()) {
        about.push(
            "limits with a priority are held at the least by which they can be missed, which was found before".to_owned(),
        );
    }
    if scenario.named_limits.iter().any(|limit| limit.held().is_some()) {
        about.push(
            "limits with a confidence are here as far as was needed to find the solution: means over worst futures of cvar, a \
             relaxation of chance"
                .to_owned(),
        );
    }
    if !scenario.next_goals.is_empty() {
        about.push("the objective is the first goal; those that follow are not in this program".to_owned());
    }
    about.extend(
        scales.iter().map(|(measure, best)| format!("{} is divided by {best}", measure.name(portfolio))),
    );
    about
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|cause| CliError::File { path: path.to_owned(), cause })
}

fn write_solution(model_file: &Path, form: ModelForm, model: &Model, values: &[f64]) -> Result<(), CliError> {
    let path = model_file.with_extension("sol");
    write(&path, &output::solution_text(form, model, values))?;
    print(&format!("{}: objective {}", path.display(), model.objective(values)))?;
    Ok(())
}
