//! What counts of a project where its future is known, and where it is not.

use crate::domain::ProjectIx;

use super::{KnownFuture, ProjectFuture, Valuation};

impl Valuation<'_> {
    /// The future that it is of; `None`: the plan.
    pub fn future(&self) -> Option<&KnownFuture> {
        self.future.as_deref()
    }

    /// What becomes of a project; as planned where no future is known.
    pub(super) fn future_of(&self, project: ProjectIx) -> ProjectFuture {
        self.future.as_ref().map_or(ProjectFuture::AS_PLANNED, |future| future[project])
    }

    /// True if some cost frees money in the future that is known.
    pub fn has_costs_that_free_money(&self) -> bool {
        self.future.iter().flat_map(|future| future.iter()).any(|one| one.cost < 0.0)
    }

    /// The part of a project's planned benefits that counts: its probability of success. 1 in a future that is known, whose
    /// amounts are what they are.
    pub(super) fn benefit_counts(&self, project: ProjectIx) -> f64 {
        match &self.future {
            Some(_) => 1.0,
            None => self.portfolio().projects()[project].success_probability.value(),
        }
    }

    /// The part of a project's strategic value that it is expected to realise: its probability of success; in a future that
    /// is known, what its delay leaves if it succeeds, and nothing if it fails.
    pub(super) fn realised_part(&self, project: ProjectIx) -> f64 {
        let row = &self.portfolio().projects()[project];
        let Some(future) = &self.future else { return row.success_probability.value() };
        let kept = |late: usize| std::iter::repeat_n(1.0 - row.value_decay.value(), late).product::<f64>();
        match future[project].succeeds {
            true => future[project].parts().into_iter().map(|(late, part)| part * kept(late)).sum(),
            false => 0.0,
        }
    }

    /// By whole periods that they come late: the parts of a project's effects on key results that count.
    pub(super) fn effect_counts(&self, project: ProjectIx) -> Vec<(usize, f64)> {
        match &self.future {
            None => vec![(0, self.portfolio().projects()[project].success_probability.value())],
            Some(future) => {
                let one = future[project];
                one.parts().into_iter().map(|(late, part)| (late, part * one.effect)).collect()
            }
        }
    }
}
