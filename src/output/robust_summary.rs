//! Summary of the non-dominated portfolios of a scenario with incomplete weights.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::Portfolio;
use crate::engine::ScenarioResult;

use super::number::tidy;
use super::tables::robust::class_of;
use super::words::robust_word;

/// The non-dominated portfolios of a scenario with incomplete weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RobustSummary {
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: Cow<'static, str>,
    /// Number of portfolios.
    pub portfolios: usize,
    /// Projects in all of them.
    pub core: Vec<String>,
    /// Projects in some of them, with their core index, the largest first.
    pub borderline: Vec<(String, Option<f64>)>,
    /// Projects in none of them.
    pub exterior: Vec<String>,
    /// Per option, in the order of ranks: its number, and the most that it can fall short of the best portfolio over
    /// all admissible weights.
    pub max_regrets: Vec<(usize, Option<f64>)>,
}

impl RobustSummary {
    /// Sums up the portfolios of a scenario; `None` if it has none to find.
    pub fn of(result: &ScenarioResult, portfolio: &Portfolio) -> Option<Self> {
        let outcome = result.robust.as_ref()?;
        let mut summary = Self {
            status: robust_word(outcome).into(),
            portfolios: 0,
            core: Vec::new(),
            borderline: Vec::new(),
            exterior: Vec::new(),
            max_regrets: Vec::new(),
        };
        let found = outcome.finished().map(|robust| &robust.found);
        let Some(found) = found.filter(|found| !found.portfolios.is_empty()) else { return Some(summary) };
        summary.portfolios = found.portfolios.len();
        let indices = found.core_indices(portfolio.projects().len());
        for (project, &index) in portfolio.projects().iter().zip(&indices) {
            let id = project.id.to_string();
            match class_of(index) {
                "core" => summary.core.push(id),
                "exterior" => summary.exterior.push(id),
                _ => summary.borderline.push((id, tidy(index))),
            }
        }
        summary
            .borderline
            .sort_by(|one, other| other.1.partial_cmp(&one.1).unwrap_or(std::cmp::Ordering::Equal));
        let regret = |number: usize| found.regrets.get(number - 1).copied().and_then(tidy);
        summary.max_regrets =
            result.options.iter().map(|option| (option.number, regret(option.number))).collect();
        Some(summary)
    }
}
