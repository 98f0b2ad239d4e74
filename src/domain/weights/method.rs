//! The interface of the methods that find weights.

use std::collections::BTreeMap;

use super::judgement::{JudgedWeights, Judgement, JudgementError};
use super::polytope::WeightPolytope;
use super::shares::FoundWeights;
use super::statement::{Statement, StatementError};
use crate::domain::objective::ObjectiveTree;

/// Finds the weights of a tree from what people state about its objectives, in one of these shapes.
#[derive(Clone, Copy, Debug)]
pub enum FindWeights {
    /// A number of 0 or more by the id of an objective.
    Numbers(fn(&ObjectiveTree, &BTreeMap<String, f64>) -> FoundWeights),
    /// Ids of objectives, the most important first; those of an inner list are tied.
    Order(fn(&ObjectiveTree, &[Vec<String>]) -> FoundWeights),
    /// Linear statements about weights, which many weights satisfy.
    Statements(fn(&ObjectiveTree, &[Statement]) -> Result<WeightPolytope, Vec<StatementError>>),
    /// Judgements of pairs of siblings.
    Pairs(fn(&ObjectiveTree, &[Judgement]) -> Result<JudgedWeights, Vec<JudgementError>>),
    /// A part by the name of another set: the mean of others is found when all of them are known.
    Members,
    /// The name of another set by the value of an attribute: nothing is computed, each project has the weights of its
    /// class.
    ByClass,
}

/// A method that finds weights from what people state about objectives.
#[derive(Clone, Copy, Debug)]
pub struct WeightMethod {
    /// The word for it in a batch file.
    pub name: &'static str,
    /// The key under which a batch file states what the method needs. No two methods share one.
    pub key: &'static str,
    /// Finds the weights; its variant is the shape of what stands under the key.
    pub find: FindWeights,
}
