//! Conditions over several projects: choosing all of some requires one of others.

use super::ProjectIx;

/// A condition: if all of some projects are chosen, at least one of some others is. (One project that requires one
/// other is a [`super::Dependency`].)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    if_all: Vec<ProjectIx>,
    then_any: Vec<ProjectIx>,
}

/// Reasons why lists make no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// A list is empty.
    #[error("a condition needs projects on both sides")]
    Empty,
    /// A project is repeated on one side.
    #[error("a project of a condition is listed twice")]
    Repeated,
    /// A project is on both sides, so that the condition always holds.
    #[error("a project stands on both sides of a condition, which then always holds")]
    AlwaysHolds,
}

impl Condition {
    /// A condition on projects (in any order).
    ///
    /// # Errors
    /// The first rule that the lists break.
    pub fn new(mut if_all: Vec<ProjectIx>, mut then_any: Vec<ProjectIx>) -> Result<Self, ConditionError> {
        for side in [&mut if_all, &mut then_any] {
            side.sort_unstable();
            if side.is_empty() {
                return Err(ConditionError::Empty);
            }
            if side.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(ConditionError::Repeated);
            }
        }
        match if_all.iter().any(|project| then_any.contains(project)) {
            true => Err(ConditionError::AlwaysHolds),
            false => Ok(Self { if_all, then_any }),
        }
    }

    /// The projects (rising) of which all must be chosen for it to demand anything.
    pub fn if_all(&self) -> &[ProjectIx] {
        &self.if_all
    }

    /// The projects (rising) of which it then demands one.
    pub fn then_any(&self) -> &[ProjectIx] {
        &self.then_any
    }

    /// True if it holds, given the chosen projects.
    pub fn holds(&self, is_chosen: impl Fn(ProjectIx) -> bool) -> bool {
        !self.if_all.iter().all(|&project| is_chosen(project))
            || self.then_any.iter().any(|&project| is_chosen(project))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(if_all: &[usize], then_any: &[usize]) -> Result<Condition, ConditionError> {
        let projects = |side: &[usize]| side.iter().copied().map(ProjectIx::new).collect();
        Condition::new(projects(if_all), projects(then_any))
    }

    #[test]
    fn lists_are_checked() {
        assert_eq!(new(&[], &[1]), Err(ConditionError::Empty));
        assert_eq!(new(&[1], &[]), Err(ConditionError::Empty));
        assert_eq!(new(&[1, 2, 1], &[3]), Err(ConditionError::Repeated));
        assert_eq!(new(&[1, 2], &[3, 2]), Err(ConditionError::AlwaysHolds));
        assert_eq!(new(&[2, 1], &[3]).unwrap().if_all(), [1, 2].map(ProjectIx::new));
    }

    #[test]
    fn it_demands_one_once_all_are_chosen() {
        let condition = new(&[0, 1], &[2, 3]).unwrap();
        let holds = |chosen: &[usize]| condition.holds(|project| chosen.contains(&project.index()));
        assert!(holds(&[]) && holds(&[0]) && holds(&[1, 3]) && holds(&[0, 1, 3]));
        assert!(!holds(&[0, 1]) && !holds(&[0, 1, 4]));
    }
}
