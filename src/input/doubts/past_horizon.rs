//! Starts that may push spend or demand past the last period.

use crate::diagnostic::Diagnostic;
use crate::domain::{Horizon, PeriodIx, Project};
use crate::input::reader::table::Table;

use super::doubt::{Doubt, Subject};
use super::places::row_of;

/// Finds the projects that may start so late.
pub(super) fn find(table: &Table, horizon: &Horizon, projects: &[Project]) -> Vec<Doubt> {
    let periods = horizon.len();
    let last = horizon.label(PeriodIx::new(periods - 1));
    let doubt = |project: &Project| {
        let delay = *project.starts(periods).end() - project.start;
        if delay <= project.delay_within(periods) {
            return None;
        }
        let cells = row_of(table, project)?;
        let [spend, demand] = amounts(project, delay);
        let parts = [("spend", spend), ("demand", demand)].into_iter().filter(|(_, (past, _))| *past != 0.0);
        let parts: Vec<String> = parts
            .map(|(what, (past, all))| format!("up to {} of its {} of {what}", rounded(past), rounded(all)))
            .collect();
        let problem = format!(
            "may start so late that {} falls past `{last}`, where no budget and no capacity looks",
            parts.join(" and ")
        );
        let help = "write past_horizon = \"forbid\" in [batch] to leave such starts out, or \"allow\" if they are meant";
        let told = Diagnostic::warning(cells.at("max_delay"), problem, help).with_value(project.id.as_str());
        Some(Doubt { subject: Subject::PastHorizon, told })
    };
    projects.iter().filter_map(doubt).collect()
}

/// Per spend and demand: the amount that a delay pushes past the last period, and the total.
fn amounts(project: &Project, delay: usize) -> [(f64, f64); 2] {
    let add = |sums: (f64, f64), amounts: Vec<f64>| {
        let past: f64 = amounts.iter().rev().take(delay).sum();
        (sums.0 + past, sums.1 + amounts.iter().sum::<f64>())
    };
    let costs = project.costs.iter().map(|cost| cost.profile.iter().map(|amount| amount.value()).collect());
    let demands =
        project.demands.iter().map(|demand| demand.profile.iter().map(|amount| amount.value()).collect());
    [costs.fold((0.0, 0.0), add), demands.fold((0.0, 0.0), add)]
}

fn rounded(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}
