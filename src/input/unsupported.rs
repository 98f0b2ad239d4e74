//! What is read, but not yet part of a run: a batch that uses it is refused, so that no result leaves out what was asked
//! for. Once a run knows all of it, this file and its one use in `load` go.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Frontier, FrontierX, Portfolio};

use super::load::LoadedBatch;

/// Refuses a batch that uses what cannot be run yet: budgets that give way together with a factor on all of them.
pub(super) fn refuse(file: &str, loaded: LoadedBatch) -> Result<LoadedBatch, Diagnostics> {
    let scales_budgets = |frontier: Frontier| matches!(frontier.x(), FrontierX::BudgetScale);
    if !loaded.batch.frontier().is_some_and(scales_budgets) || !gives_way(&loaded.portfolio) {
        return Ok(loaded);
    }
    let mut found = Diagnostics::new();
    let source = SourceRef::file(file).in_column("frontier.x");
    let mend = "choose another measure for `x`, or leave carry_over and overrun_limit at 0";
    let message = "`budget_scale` is not supported yet where budgets carry over or may be overrun";
    found.push(Diagnostic::fault(source, message, mend));
    found.extend(loaded.warnings);
    Err(found)
}

/// Whether some budget carries over or may be overrun.
fn gives_way(portfolio: &Portfolio) -> bool {
    let flexibility = portfolio.flexibility();
    let own = (0..portfolio.lines().len()).map(|line| flexibility.line(line));
    own.chain([flexibility.all_lines()]).any(|budget| !budget.is_rigid())
}
