//! Figures from the summary of a batch. Only spend, assumptions and the cut line, of which a summary does not have all,
//! come from their tables.

use std::fs::File;
use std::io::{self, Write};

use crate::output::summary::{BatchSummary, Figure, OptionSummary, ScenarioSummary};

use super::file::write_figures;
use super::record::{FirstOption, OptionFigures, ScenarioFigures, ScenarioRecord, TakenProject};
use super::tables::{BASELINE, SCENARIOS, SPEND, Table, baseline, beside, settings, spend, tells_npv};

/// Writes the file of figures of results that have this summary; `open` opens their tables by name.
///
/// # Errors
/// If spend.csv, scenarios.csv or baseline.csv cannot be read or is not of these results, or the file cannot be
/// written.
pub fn figures_of_summary(
    target: impl Write,
    key: &str,
    summary: &BatchSummary,
    open: &dyn Fn(&str) -> io::Result<Option<File>>,
) -> io::Result<()> {
    let (mut rows, mut assumptions) = (Table::open(open, SPEND)?, Table::open(open, SCENARIOS)?);
    let mut cut_lines = Table::open(open, BASELINE)?;
    let records = summary.scenarios.iter().map(|scenario| {
        let first = scenario.options.first().map(|first| first.option);
        let spend = spend(&mut rows, &scenario.scenario, first)?;
        assumptions.advance_in(&scenario.scenario)?;
        Ok(ScenarioRecord {
            settings: settings(&assumptions),
            scenario: figures(scenario),
            options: scenario.options.iter().map(option).collect(),
            spend,
            baseline: baseline(&mut cut_lines, &scenario.scenario, tells_npv(&assumptions))?,
        })
    });
    write_figures(target, key, records)?;
    rows.finish()?;
    cut_lines.finish()?;
    assumptions.finish()
}

fn figures(scenario: &ScenarioSummary) -> ScenarioFigures {
    let first = scenario.options.first().map(|first| FirstOption {
        option: first.option,
        objective: first.objective,
        cost: first.cost,
        projects: (first.projects.iter())
            .map(|one| TakenProject {
                project: one.project.clone(),
                name: beside(&one.project, &one.name),
                fraction: one.fraction,
            })
            .collect(),
    });
    ScenarioFigures { scenario: scenario.scenario.clone(), status: scenario.status.to_string(), first }
}

fn option(option: &OptionSummary) -> OptionFigures {
    let risk = option.risk.as_ref();
    let value = |figure: Option<Figure>| figure.and_then(|figure| figure.value);
    OptionFigures {
        rank: option.rank,
        option: option.option,
        status: option.status.to_string(),
        gap: option.gap,
        projects: option.projects.len(),
        objective: option.objective,
        strategic_value: option.strategic_value,
        cost: option.cost,
        npv: option.npv,
        npv_mean: value(risk.map(|risk| risk.npv_mean)),
        npv_p10: value(risk.map(|risk| risk.npv_p10)),
        npv_p90: value(risk.map(|risk| risk.npv_p90)),
        p_over_budget: value(risk.and_then(|risk| risk.p_over_budget)),
        p_over_capacity: value(risk.and_then(|risk| risk.p_over_capacity)),
        p_best: value(risk.map(|risk| risk.p_best)),
    }
}
