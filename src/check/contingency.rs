//! contingency.csv: reserves, recomputed from the spend in each trial.

use crate::domain::{Detailed, LineIx};

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::{Context, Risks, in_rows};
use super::figure::Figure;
use super::reading::Reading;
use super::report::Report;
use super::reserves::HELD;
use super::sheet::Sheet;

/// Compares contingency.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, risks: &Risks, report: &mut Report) {
    let mut table = Comparison::new("contingency.csv", sheet, &["scenario", "option", "line", "period"]);
    let mut expected = Vec::new();
    for (place, case) in context.cases.iter().enumerate() {
        for (position, option) in case.options.iter().enumerate() {
            let Some(risk) = risks.of((place, position)).filter(|_| is_told(context, case, option)) else {
                continue;
            };
            for (line, reserves) in case.reading.all_budgets().into_iter().zip(&risk.reserves) {
                let name = line.map_or("*", |line| context.portfolio.lines()[line].as_str());
                let labels = context.portfolio.horizon().periods().iter().map(|label| label.as_str());
                let rows = plans(&case.reading, option, line).into_iter().zip(reserves);
                for (label, row) in labels.chain([""]).zip(rows) {
                    expected.push((case.key(option, &[name, label]), (line, row)));
                }
            }
        }
    }
    for (row, (line, ((plan, limit), reserve))) in table.find_rows(expected) {
        table.number(row, "plan", Some(plan));
        table.number(row, "limit", limit);
        for (((_, word), beyond), spend) in HELD.iter().zip(reserve.beyond).zip(reserve.spend) {
            table.number(row, &format!("reserve_{word}"), beyond);
            table.number(row, &format!("contingency_{word}"), Some(spend - plan));
        }
        table.number(row, "profile_p80", Some(reserve.profile));
        if context.portfolio.line_details().is_some() {
            table.text(row, "name", line.map_or("", |line| context.portfolio.line_name(line)));
        }
    }
    table.finish(report);
}

/// True if the table tells of an option: of all, or of that which options.csv ranks first. After a stop options may not
/// have been simulated.
pub(super) fn is_told(context: &Context<'_>, case: &ScenarioCase<'_>, option: &Case) -> bool {
    let Some(options) = context.sheets.get("options.csv") else { return false };
    let rows = in_rows(case, options);
    let own = rows.iter().position(|&(place, _)| case.options[place].name == option.name);
    own.is_some_and(|rank| {
        let is_asked = match context.batch.detailed() {
            Detailed::First => rank == 0,
            Detailed::All => true,
            Detailed::None => false,
        };
        is_asked && !options.cell(rows[rank].1, "npv_mean").is_empty()
    })
}

/// Plan and budget of a line: period by period, then over all of them.
fn plans(reading: &Reading<'_>, option: &Case, line: Option<LineIx>) -> Vec<(Figure, Option<Figure>)> {
    let plans: Vec<Figure> = reading.spends(&option.selection, line).into_iter().collect();
    let account = reading.account(&option.selection, line);
    let limits: Vec<Option<Figure>> = match &account {
        Some(account) => account.budget.iter().copied().map(Some).collect(),
        None => vec![None; plans.len()],
    };
    let total = (plans.iter().copied().sum(), limits.iter().copied().sum());
    plans.into_iter().zip(limits).chain([total]).collect()
}
