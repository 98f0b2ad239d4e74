//! baseline.csv: what the cut line funds, as planned, and what it loses against option 1.

use crate::domain::LineIx;

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::options::compare_plan;
use super::priorities::gives_way_no_more;
use super::reading::Reading;
use super::report::Report;
use super::selection::Selection;
use super::sheet::Sheet;

/// Compares baseline.csv with the projects of baseline_selection.csv.
pub(super) fn compare(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("baseline.csv", sheet, &["scenario"]);
    let of_case = |case| -> Option<(&ScenarioCase<'_>, &Case)> { Some((case, case.baseline.as_ref()?)) };
    let expected = context.cases.iter().filter_map(of_case);
    let expected = expected.map(|(case, own)| (vec![case.name().to_owned()], (case, own))).collect();
    for (row, (case, own)) in table.find_rows(expected) {
        let objective = context.objective(case, own);
        compare_plan(&mut table, row, &case.reading, &own.selection, objective);
        let keeps_all =
            case.reading.broken_rules(&own.selection).is_empty() && gives_way_no_more(case, &own.selection);
        table.text(row, "status", if keeps_all { "feasible" } else { "infeasible" });
        let first = case.options.first().map(|first| context.objective(case, first));
        table.number(row, "objective_lost", first.map(|first| first - objective));
        let (unspent, budget) = unspent(&case.reading, &own.selection).unzip();
        table.number(row, "unspent", unspent);
        table.number(row, "budget", budget);
        if let Some(asked) = context.batch.baseline() {
            table.text(row, "rule", asked.rule.as_str());
        }
    }
    table.finish(report);
}

/// Money of the budgets that a selection leaves over all periods, and all of it: of all lines together where that is
/// limited, else of the lines that are.
fn unspent(reading: &Reading<'_>, selection: &Selection) -> Option<(Figure, Figure)> {
    let of_line = |line: Option<LineIx>| {
        let account = reading.account(selection, line)?;
        let budget: Figure = account.budget.iter().copied().sum();
        let spend: Figure = account.spend.iter().copied().sum();
        Some(((budget - spend).at_least_zero(), budget))
    };
    let lines = reading.portfolio.lines().positions().filter_map(|line| of_line(Some(line)));
    of_line(None).or_else(|| lines.reduce(|(left, all), (one_left, one)| (left + one_left, all + one)))
}
