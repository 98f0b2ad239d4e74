//! Weights by class of project: each project is weighed by the set of its class, as state programs weigh projects of
//! cities and of the country.

use std::sync::Arc;

use super::method::{FindWeights, WeightMethod};
use super::polytope::WeightPolytope;
use super::shares::Weights;
use crate::domain::{ByProject, ProjectIx};

/// `method = "by_class"`, `attribute = "area"`, `classes = { value of the attribute = name of a weight set, … }`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "by_class", key: "classes", find: FindWeights::ByClass };

/// Weights of the projects of one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassWeights {
    /// The class; blank where projects have none.
    pub class: String,
    /// Its weights.
    pub weights: Weights,
}

/// The weights by which a scenario weighs its projects: one set for all, or one per class.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectWeights {
    /// One or more; where projects have no classes, the only one.
    sets: Vec<ClassWeights>,
    /// Per project the position of its set; `None`: all have the only one.
    set_of: Option<ByProject<usize>>,
    /// All weights that satisfy what was stated, where that leaves them open. Scenarios share it.
    polytope: Option<Arc<WeightPolytope>>,
}

impl From<Weights> for ProjectWeights {
    /// The same weights for all projects.
    fn from(weights: Weights) -> Self {
        Self { sets: vec![ClassWeights { class: String::new(), weights }], set_of: None, polytope: None }
    }
}

impl From<WeightPolytope> for ProjectWeights {
    /// The mean of the vertices for all projects.
    fn from(polytope: WeightPolytope) -> Self {
        let mean = polytope.mean().clone();
        Self { polytope: Some(Arc::new(polytope)), ..Self::from(mean) }
    }
}

impl ProjectWeights {
    /// The weights of each class, and per project the position of its class. `None` if a position leads nowhere.
    pub fn by_class(sets: Vec<ClassWeights>, set_of: ByProject<usize>) -> Option<Self> {
        let is_sound = !sets.is_empty() && set_of.iter().all(|&set| set < sets.len());
        is_sound.then_some(Self { sets, set_of: Some(set_of), polytope: None })
    }

    /// The weights of a project.
    pub fn of(&self, project: ProjectIx) -> &Weights {
        &self.sets[self.set_of(project)].weights
    }

    /// The position of a project's set in [`Self::sets`].
    pub fn set_of(&self, project: ProjectIx) -> usize {
        self.set_of.as_ref().map_or(0, |set_of| set_of[project])
    }

    /// All sets: one without a class, or those of the classes.
    pub fn sets(&self) -> &[ClassWeights] {
        &self.sets
    }

    /// The sets of the classes; none if all projects are weighed alike.
    pub fn classes(&self) -> &[ClassWeights] {
        if self.set_of.is_some() { &self.sets } else { &[] }
    }

    /// All weights that satisfy the statements of an incomplete set; `None` for weights that are complete, and for those
    /// by class. The weights of each project are the mean of its vertices.
    pub fn polytope(&self) -> Option<&WeightPolytope> {
        self.polytope.as_deref()
    }

    /// A number that all sets have in common; `None` if they differ in it.
    pub fn common(&self, number: impl Fn(&Weights) -> f64) -> Option<f64> {
        let mut numbers = self.sets.iter().map(|set| number(&set.weights));
        let first = numbers.next()?;
        numbers.all(|other| other == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(class: &str, leaves: &[f64]) -> ClassWeights {
        let weights = Weights { objectives: leaves.to_vec(), leaves: leaves.to_vec() };
        ClassWeights { class: class.to_owned(), weights }
    }

    #[test]
    fn each_project_has_the_weights_of_its_class() {
        let sets = vec![set("city", &[0.8, 0.2, 0.0]), set("country", &[0.3, 0.7, 0.0])];
        let weights = ProjectWeights::by_class(sets.clone(), vec![1, 0, 1].into()).unwrap();
        let first = |project| weights.of(ProjectIx::new(project)).leaves[0];
        assert_eq!([first(0), first(1), first(2)], [0.3, 0.8, 0.3]);
        assert_eq!(weights.common(|set| set.leaves[0]), None);
        assert_eq!(weights.common(|set| set.leaves[2]), Some(0.0));
        assert_eq!(weights.classes().len(), 2);
        assert_eq!(ProjectWeights::by_class(sets, vec![2].into()), None);
    }

    #[test]
    fn one_set_holds_for_all_projects() {
        let weights = ProjectWeights::from(set("", &[0.4, 0.6]).weights);
        assert_eq!(weights.of(ProjectIx::new(7)).leaves, [0.4, 0.6]);
        assert!(weights.classes().is_empty() && weights.sets().len() == 1);
    }
}
