//! Changes to a batch, and why a batch file cannot be changed so.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::input::Files;

/// Changes to a batch file, made in this order: `patch`, `scenarios`, `everywhere`, `force_in` and `force_out`, `times`, `add`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// A merge patch (RFC 7396): named keys are replaced, and removed if null.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"batch": {"options": 5}}))]
    pub patch: Map<String, Value>,
    /// Changes to scenarios by their names: the keys replace those of the scenario.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"budget cut": {"budget_scale": 0.85}}))]
    pub scenarios: Map<String, Value>,
    /// Keys of a scenario that are to hold in all of them, in place of what they say; sweeps no longer vary them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"weights": "growth"}))]
    pub everywhere: Map<String, Value>,
    /// Factors above 0 by which every scenario's own `budget_scale`, `capacity_scale`, `cost_scale` or `benefit_scale`
    /// is multiplied: a number, or a table of names (a budget line, a resource, a kind of benefit) and numbers.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"budget_scale": 0.9, "capacity_scale": {"engineer": 1.1}}))]
    pub times: Map<String, Value>,
    /// Ids of projects to fund in every scenario, beside those that a scenario forces in itself. They leave its `force_out`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!([]))]
    pub force_in: Vec<String>,
    /// Ids of projects to leave out of every scenario, beside those that a scenario forces out itself. They leave its `force_in`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!([]))]
    pub force_out: Vec<String>,
    /// Scenarios to add, each with the keys of a `[[scenario]]`, a `name` among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>, example = json!([{"name": "less money", "budget_scale": 0.8}]))]
    pub add: Vec<Map<String, Value>>,
}

/// The batch that is run again.
pub struct Parent<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// Its tables, which hold the names that factors apply to.
    pub tables: &'a Files,
}

/// Reasons why a batch file cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum OverrideError {
    #[error(
        "there is no [[scenario]] `{0}` in the batch file (the scenarios of a sweep cannot be changed one by one)"
    )]
    NoScenario(String),
    #[error("project `{0}` cannot be forced in and out at once: keep one of the two")]
    BothWays(String),
    #[error("`{0}` cannot be the same in every scenario: remove it from `everywhere`")]
    NotEverywhere(String),
    #[error("`times` takes budget_scale, capacity_scale, cost_scale and benefit_scale, and not `{0}`")]
    NotAScale(String),
    #[error("`times.{0}` is not a factor above 0, such as 0.9, nor a table of names and such factors")]
    NotAFactor(String),
    #[error("the changed batch file cannot be written: {0}")]
    NotToml(String),
}
