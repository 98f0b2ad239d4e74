//! Key results: numbers that an objective wants to move from a baseline to a target, and what projects do to them.

use crate::ids::KeyResultId;

use super::{ByPeriod, ByProject, FactorModel, PeriodIx, ProjectIx};

/// Part of the way from baseline to target by which a key result may fall short and still is reached: sums that differ
/// by rounding alone, and shares of projects as solvers find them, are equal.
pub const WAY_ROUNDING: f64 = 1e-6;

/// A number that an objective wants to move from a baseline to a target.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResult {
    /// Unique id.
    pub id: KeyResultId,
    /// Position of the objective that it measures, at any level of the tree.
    pub objective: usize,
    /// Name for people.
    pub name: String,
    /// Unit of its values; blank if it has none.
    pub unit: String,
    /// Its value if nothing is funded.
    pub baseline: f64,
    /// The value to reach; below the baseline where less is better. It differs from the baseline.
    pub target: f64,
    /// The period at whose end the target is due.
    pub due: PeriodIx,
    /// Its weight among the key results of its objective, in any unit; 0 or more.
    pub weight: f64,
}

impl KeyResult {
    /// True if less is better: the target lies below the baseline.
    pub fn falls(&self) -> bool {
        self.target < self.baseline
    }

    /// The share of the way from baseline to target that a value has come: 0 at the baseline, 1 at the target, below 0
    /// and above 1 beyond them.
    pub fn way(&self, value: f64) -> f64 {
        (value - self.baseline) / (self.target - self.baseline)
    }

    /// True if a value reaches the target, but for [rounding](WAY_ROUNDING).
    pub fn is_reached(&self, value: f64) -> bool {
        self.way(value) >= 1.0 - WAY_ROUNDING
    }

    /// The value at the end of a period on a straight path from the baseline (before the first period) to the target when
    /// due, and the target from then on.
    pub fn path(&self, period: PeriodIx) -> f64 {
        let (passed, all) = (period.index() + 1, self.due.index() + 1);
        match passed < all {
            true => self.baseline + (self.target - self.baseline) * (passed as f64 / all as f64),
            false => self.target,
        }
    }
}

/// By how much a project changes a key result, period by period and for good, if it succeeds and starts as planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Position of the key result.
    pub key_result: usize,
    /// The change in each period, in the unit of the key result.
    pub profile: ByPeriod<f64>,
}

/// The key results of a portfolio, with what its projects do to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyResults {
    list: Vec<KeyResult>,
    effects: ByProject<Vec<Effect>>,
    factors: ByProject<Option<FactorModel>>,
}

/// Reasons why parts make no key results.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyResultError {
    /// The key results are not in the order of their ids, or one is repeated.
    #[error("the key results are not in the order of their ids, or one is listed twice")]
    NotOrdered,
    /// A baseline, target or weight is not finite, a weight is negative, or the target is the baseline.
    #[error("the numbers of the key result `{0}` lead nowhere")]
    Numbers(KeyResultId),
    /// An effect is not finite, or of a key result or a number of periods that is not there.
    #[error("effects do not fit the portfolio")]
    Misfit,
}

impl KeyResults {
    /// Key results (ordered by id), the effects of each project on them (rising by key result), and how uncertain these
    /// are: a factor on all effects of a project, `None` where they come as planned.
    ///
    /// # Errors
    /// The first rule that the parts break.
    pub fn new(
        list: Vec<KeyResult>,
        effects: ByProject<Vec<Effect>>,
        factors: ByProject<Option<FactorModel>>,
    ) -> Result<Self, KeyResultError> {
        if !list.is_sorted_by(|one, next| one.id < next.id) {
            return Err(KeyResultError::NotOrdered);
        }
        let leads_nowhere = |one: &&KeyResult| {
            let is_number = [one.baseline, one.target, one.weight].iter().all(|number| number.is_finite());
            !is_number || one.weight < 0.0 || one.target == one.baseline
        };
        if let Some(one) = list.iter().find(leads_nowhere) {
            return Err(KeyResultError::Numbers(one.id.clone()));
        }
        let is_sound = |effect: &Effect| {
            effect.key_result < list.len() && effect.profile.iter().all(|change| change.is_finite())
        };
        let rises = |own: &Vec<Effect>| own.is_sorted_by(|one, next| one.key_result < next.key_result);
        if effects.len() != factors.len() || !effects.iter().all(|own| rises(own) && own.iter().all(is_sound))
        {
            return Err(KeyResultError::Misfit);
        }
        Ok(Self { list, effects, factors })
    }

    /// The key results, ordered by id.
    pub fn list(&self) -> &[KeyResult] {
        &self.list
    }

    /// There is no key result.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The position of a key result.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.list.binary_search_by(|one| one.id.as_str().cmp(id)).ok()
    }

    /// What a project does to key results, rising by key result.
    pub fn effects_of(&self, project: ProjectIx) -> &[Effect] {
        self.effects.get(project).map_or(&[], Vec::as_slice)
    }

    /// The uncertain factor on the effects of a project; `None`: exactly as planned.
    pub fn factor(&self, project: ProjectIx) -> Option<&FactorModel> {
        self.factors.get(project)?.as_ref()
    }

    /// True if effects are of so many projects, periods and objectives, and due within them.
    pub(super) fn fits(&self, projects: usize, periods: usize, objectives: usize) -> bool {
        let is_there = |one: &KeyResult| one.due.index() < periods && one.objective < objectives;
        let profiles = self.effects.iter().flatten();
        self.list.iter().all(is_there)
            && (self.list.is_empty() || self.effects.len() == projects)
            && profiles.into_iter().all(|effect| effect.profile.len() == periods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_result(baseline: f64, target: f64) -> KeyResult {
        KeyResult {
            id: "churn".into(),
            objective: 0,
            name: "Churn".to_owned(),
            unit: "%".to_owned(),
            baseline,
            target,
            due: PeriodIx::new(3),
            weight: 1.0,
        }
    }

    #[test]
    fn the_way_leads_from_the_baseline_to_the_target_also_downwards() {
        let churn = key_result(8.0, 4.0);
        assert!(churn.falls());
        assert_eq!([8.0, 6.0, 4.0, 2.0, 10.0].map(|value| churn.way(value)), [0.0, 0.5, 1.0, 1.5, -0.5]);
        assert_eq!(
            [4.0, 3.0, 4.0 + 1e-9, 4.001].map(|value| churn.is_reached(value)),
            [true, true, true, false]
        );
        let path = [0, 1, 3, 5].map(|period| churn.path(PeriodIx::new(period)));
        assert_eq!(path, [7.0, 6.0, 4.0, 4.0]);
    }

    #[test]
    fn parts_are_checked() {
        let none = || vec![None, None].into();
        let new =
            |list: Vec<KeyResult>, effects: Vec<Vec<Effect>>| KeyResults::new(list, effects.into(), none());
        let effect = |key_result| Effect { key_result, profile: vec![1.0].into() };
        let churn = key_result(8.0, 4.0);
        assert!(new(vec![churn.clone()], vec![vec![effect(0)], vec![]]).is_ok());
        assert_eq!(new(vec![churn.clone(); 2], vec![vec![]; 2]), Err(KeyResultError::NotOrdered));
        let still = key_result(4.0, 4.0);
        assert_eq!(new(vec![still], vec![vec![]; 2]), Err(KeyResultError::Numbers("churn".into())));
        assert_eq!(new(vec![churn], vec![vec![effect(1)], vec![]]), Err(KeyResultError::Misfit));
    }
}
