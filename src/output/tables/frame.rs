//! Result tables, and the subjects of their rows.

use polars_core::prelude::DataFrame;

use crate::domain::Scenario;
use crate::engine::{RankedOption, ScenarioResult};
use crate::finance::Valuation;
use crate::optimise::FrontierPoint;

/// A result table.
#[derive(Clone, Debug)]
pub struct ResultTable {
    /// The file that it is written to.
    pub file: &'static str,
    /// Its rows, in their final order.
    pub frame: DataFrame,
}

/// A scenario whose options were searched for.
pub struct FinishedScenario<'a, 'v> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its results.
    pub result: &'a ScenarioResult,
    /// The projects under its assumptions. There is one at a time, as all of them together would not fit for large
    /// batches.
    pub valuation: &'v Valuation<'a>,
}

/// An option of a scenario: the subject of every row about it.
#[derive(Clone, Copy)]
pub struct OptionView<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The option.
    pub option: &'a RankedOption,
}

impl OptionView<'_> {
    /// The name of the scenario.
    pub fn scenario_name(&self) -> &str {
        self.scenario.name.as_str()
    }
}

/// A point of the frontier of a scenario.
#[derive(Clone)]
pub struct PointView<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its name: options have numbers, points `F1`, `F2` ….
    pub name: String,
    /// The point.
    pub point: &'a FrontierPoint,
}

impl<'a> PointView<'a> {
    /// A point by its place (from 0) among those of its scenario.
    pub fn new(scenario: &'a Scenario, place: usize, point: &'a FrontierPoint) -> Self {
        Self { scenario, name: format!("F{}", place + 1), point }
    }
}
