//! What is read, but not yet part of the optimisation: a batch that uses it is refused, so that no result leaves out
//! what was asked for. Once the optimisation knows all of it, this file and its one use in `load` go.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Batch, BudgetFlexibility, Portfolio, Scenario};

use super::load::LoadedBatch;

/// Refuses a batch that uses what cannot be run yet.
pub(super) fn refuse(file: &str, loaded: LoadedBatch) -> Result<LoadedBatch, Diagnostics> {
    let mut found = Diagnostics::new();
    found.extend(batch_keys(&loaded.batch).into_iter().map(|key| unsupported(file, key)));
    let tables = table_columns(&loaded.portfolio).into_iter();
    found.extend(tables.map(|(table, column)| unsupported(table, column)));
    if found.is_empty() {
        return Ok(loaded);
    }
    found.extend(loaded.warnings);
    Err(found)
}

fn unsupported(file: &str, key: &str) -> Diagnostic {
    let source = SourceRef::file(file).in_column(key);
    Diagnostic::fault(source, "is not supported yet", "remove it, or set it to its default")
}

/// The keys of the batch file that are used.
fn batch_keys(batch: &Batch) -> Vec<&'static str> {
    let any = |uses: &dyn Fn(&Scenario) -> bool| batch.scenarios().iter().any(uses);
    let keys = [
        ("limit", any(&|scenario| !scenario.named_limits.is_empty())),
        ("meet_targets", any(&|scenario| scenario.meet_targets)),
        ("max_changes", any(&|scenario| scenario.change_control.max_changes.is_some())),
        ("change_price", any(&|scenario| scenario.change_control.price > 0.0)),
    ];
    used(&keys)
}

/// The tables and columns that are used.
fn table_columns(portfolio: &Portfolio) -> Vec<(&'static str, &'static str)> {
    let flexibility = portfolio.flexibility();
    let own = (0..portfolio.lines().len()).map(|line| flexibility.line(line));
    let budgets: Vec<BudgetFlexibility> = own.chain([flexibility.all_lines()]).collect();
    let extra = (0..portfolio.resources().len()).any(|resource| flexibility.resource(resource).is_some());
    let columns = [
        (("budgets.csv", "carry_over"), budgets.iter().any(|budget| budget.carry_over() > 0.0)),
        (("budgets.csv", "overrun_limit"), budgets.iter().any(|budget| budget.overrun().is_some())),
        (("capacities.csv", "extra_limit"), extra),
        (("synergies.csv", "synergy"), !portfolio.synergies().is_empty()),
    ];
    used(&columns)
}

fn used<T: Copy>(uses: &[(T, bool)]) -> Vec<T> {
    uses.iter().filter(|(_, is_used)| *is_used).map(|&(what, _)| what).collect()
}
