//! Limits that are a share of the current plan: their amounts, which follow from what the plan is worth under each
//! scenario.

use crate::diagnostic::{Diagnostic, SourceRef};
use crate::domain::{Batch, Choice, NamedLimit, PaymentIx, PeriodIx, Portfolio, RelativeBound, Selection};
use crate::finance::Valuation;
use crate::units::Share;

/// The named limits of every scenario, with the amounts of those that are shares of the current plan. `None` if there
/// is none of them.
///
/// # Errors
/// A limit of which the plan has less than nothing: no share of that is meant.
pub(super) fn limits(
    portfolio: &Portfolio,
    batch: &Batch,
    file: &str,
) -> Result<Option<Vec<Vec<NamedLimit>>>, Vec<Diagnostic>> {
    let scenarios = batch.scenarios();
    let is_of_plan = |bound: &RelativeBound| matches!(bound, RelativeBound::MinOfPlan(_));
    let has_share = |limit: &NamedLimit| limit.relative().iter().any(is_of_plan);
    if !scenarios.iter().any(|scenario| scenario.named_limits.iter().any(has_share)) {
        return Ok(None);
    }
    let plan = agreed(portfolio);
    let mut faults: Vec<Diagnostic> = Vec::new();
    let mut limits = Vec::with_capacity(scenarios.len());
    for valuation in Valuation::each(portfolio, scenarios) {
        let own = valuation.scenario().named_limits.iter();
        limits.push(own.map(|limit| with_amounts(limit, &valuation, &plan, file, &mut faults)).collect());
    }
    if faults.is_empty() { Ok(Some(limits)) } else { Err(faults) }
}

/// The current plan as a selection: every project whole, at its agreed start or the nearest one that is possible now.
fn agreed(portfolio: &Portfolio) -> Selection {
    let starts = portfolio.current_plan().map(|plan| plan.starts().iter_enumerated());
    let agreed = starts.into_iter().flatten().filter_map(|(project, start)| Some((project, (*start)?)));
    Selection::new(agreed.map(|(project, start)| {
        let possible = portfolio.projects()[project].starts(portfolio.horizon().len());
        let start: PeriodIx = start.clamp(*possible.start(), *possible.end());
        Choice { project, start, share: Share::ONE, payment: PaymentIx::default() }
    }))
}

fn with_amounts(
    limit: &NamedLimit,
    valuation: &Valuation<'_>,
    plan: &Selection,
    file: &str,
    faults: &mut Vec<Diagnostic>,
) -> NamedLimit {
    let mut resolved = limit.clone();
    for bound in limit.relative() {
        let RelativeBound::MinOfPlan(share) = bound else { continue };
        let (planned, _, _) = valuation.limited(limit, plan);
        if planned < 0.0 {
            let problem = format!(
                "limit `{}` is a share of the current plan, which has {planned} of its measure in scenario `{}`",
                limit.name(),
                valuation.scenario().name
            );
            let help = "write `min` with an amount: a share of less than nothing is no lower bound";
            faults.push(Diagnostic::fault(SourceRef::file(file), problem, help));
        }
        // Bounds of a kind stand alone, as the input room has seen to.
        resolved = resolved.clone().with_amount(bound, share * planned).unwrap_or(resolved);
    }
    resolved
}
