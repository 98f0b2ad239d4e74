//! Limits with priorities. That they give way by as little as can be takes a solver; but all options of a scenario must
//! miss the limits of each priority by the same total, as none may be better at what comes first.

use std::collections::BTreeSet;

use crate::domain::{LimitBound, NamedLimit, PaymentIx};

use super::cases::{Case, ScenarioCase};
use super::context::Context;
use super::figure::Figure;
use super::reading::Reading;
use super::report::{BrokenRule, Report};
use super::selection::{Chosen, Selection};

/// Differences that the tolerance of a solver explains.
const TOLERANCE: f64 = 1e-7;

/// Holds the options and points of a scenario to each other, where the search was proven.
pub(super) fn hold(context: &Context<'_>, case: &ScenarioCase<'_>, report: &mut Report) {
    let limits = &case.reading.scenario.named_limits;
    let priorities: BTreeSet<u32> = limits.iter().filter_map(NamedLimit::priority).collect();
    if priorities.is_empty() || !is_proven(context, case) {
        return;
    }
    let gap = context.batch.selection().gap;
    for priority in priorities {
        let missed = |one: &Case| case.reading.shortfall(priority, &one.selection).value;
        let all: Vec<(&Case, f64)> =
            case.options.iter().chain(&case.points).map(|one| (one, missed(one))).collect();
        let Some((best, least)) = all.iter().min_by(|one, other| one.1.total_cmp(&other.1)).copied() else {
            continue;
        };
        for (one, missed) in all.into_iter().filter(|(_, missed)| missed * (1.0 - gap) > least + TOLERANCE) {
            let best = &best.name;
            let words = format!(
                "misses the limits of priority {priority} by {missed} of their bounds, and option {best} by {least} only"
            );
            let (scenario, option) = (case.name().to_owned(), one.name.clone());
            report.broken_rules.push(BrokenRule { scenario, option, words });
        }
    }
}

/// True if a selection misses the limits of no priority by more than option 1 of the scenario does.
pub(super) fn gives_way_no_more(case: &ScenarioCase<'_>, selection: &Selection) -> bool {
    let Some(first) = case.options.iter().find(|option| option.name == "1") else { return true };
    let limits = &case.reading.scenario.named_limits;
    let priorities: BTreeSet<u32> = limits.iter().filter_map(NamedLimit::priority).collect();
    let missed = |priority: u32, one: &Selection| case.reading.shortfall(priority, one).value;
    let keeps = |priority: u32| missed(priority, selection) <= missed(priority, &first.selection) + TOLERANCE;
    priorities.into_iter().all(keeps)
}

fn is_proven(context: &Context<'_>, case: &ScenarioCase<'_>) -> bool {
    context.sheets.get("scenarios.csv").is_some_and(|sheet| {
        let own = (0..sheet.height()).find(|&row| sheet.cell(row, "scenario") == case.name());
        own.is_some_and(|row| sheet.cell(row, "status") == "optimal")
    })
}

impl Reading<'_> {
    /// Sum of the violations of all limits of a priority, each relative to its bound.
    fn shortfall(&self, priority: u32, selection: &Selection) -> Figure {
        let own = self.scenario.named_limits.iter().filter(|limit| limit.priority() == Some(priority));
        own.map(|limit| {
            let (part, whole) = self.counted(limit, selection);
            let missed = limit.bounds().iter().map(|&bound| {
                let (upper, lower) = self.sides(bound, part, whole);
                lower.excess_over(upper).over(Figure::from(self.size_of(limit, bound)))
            });
            missed.sum::<Figure>()
        })
        .sum()
    }

    /// The amount that a violation is relative to: the bound, or its share of what all projects have; where that is 0
    /// what they have, and then 1.
    fn size_of(&self, limit: &NamedLimit, bound: LimitBound) -> f64 {
        let planned = self.portfolio.projects().iter_enumerated().map(|(project, row)| {
            let chosen = Chosen { project, start: row.start, share: 1.0, payment: PaymentIx::default() };
            self.of_project(limit.measure(), chosen, limit.periods())
        });
        let all = planned.sum::<Figure>().value.abs();
        let own = match bound {
            LimitBound::Min(amount) | LimitBound::Max(amount) => amount.abs(),
            LimitBound::MinShare(share) | LimitBound::MaxShare(share) => share * all,
        };
        if own > 0.0 {
            own
        } else if all > 0.0 {
            all
        } else {
            1.0
        }
    }
}
