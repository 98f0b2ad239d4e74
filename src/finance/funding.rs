//! Who pays for the costs that several lines may pay.

use std::collections::BTreeMap;

use crate::domain::{ByPeriod, Choice, LineIx, Project, ProjectIx, Selection};
use crate::units::Money;

use super::Valuation;
use super::plan::{add, delayed, escalation};

/// Part of a chosen project that a line pays, of the costs that several lines may pay.
#[derive(Clone, Debug, PartialEq)]
pub struct Funding {
    /// The project.
    pub project: ProjectIx,
    /// The line; one that may pay and does not has amounts of 0.
    pub line: LineIx,
    /// What it pays in each period of the horizon.
    pub amounts: ByPeriod<Money>,
}

impl Valuation<'_> {
    /// Funding of all costs of a selection that several lines may pay: a part for each line that may pay for a project,
    /// in the order of projects and lines.
    pub fn funding(&self, selection: &Selection) -> Vec<Funding> {
        let projects = self.portfolio().projects();
        let of_choice = |choice: &Choice| self.funding_of(&projects[choice.project], choice);
        let mut funding: Vec<Funding> = selection.choices().iter().flat_map(of_choice).collect();
        for transfer in selection.transfers() {
            let first = self.first_payer(transfer);
            for part in funding.iter_mut().filter(|part| part.project == transfer.project) {
                let sign = f64::from(part.line == transfer.line) - f64::from(part.line == first);
                if sign != 0.0 {
                    add(&mut part.amounts, &transfer.amounts, sign);
                }
            }
        }
        funding
    }

    fn funding_of(&self, project: &Project, choice: &Choice) -> Vec<Funding> {
        let delay = choice.start - project.start;
        let growth = escalation(self.scenario().escalation, delay);
        let none = ByPeriod::filled(Money::ZERO, self.portfolio().horizon().len());
        let mut parts: BTreeMap<LineIx, ByPeriod<Money>> = BTreeMap::new();
        let shared = project.costs.iter().zip(project.payers(choice.payment));
        for (cost, payer) in shared.filter(|(cost, _)| !cost.others.is_empty()) {
            for line in cost.payers() {
                parts.entry(line).or_insert_with(|| none.clone());
            }
            let factor = self.scenario().scales.costs[payer] * growth * choice.share.value();
            let Some(part) = parts.get_mut(&payer) else { continue };
            let amounts = delayed(&cost.profile, delay);
            part.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount * factor);
        }
        let part = |(line, amounts)| Funding { project: choice.project, line, amounts };
        parts.into_iter().map(part).collect()
    }
}
