//! Content of a list, as it was read.

use super::amounts::Amounts;
use super::decimal::Decimal;
use super::links::Links;
use super::projects::Column;

/// Content of a list.
pub struct Content {
    /// The periods in order.
    pub horizon: Vec<String>,
    /// Columns of projects.csv behind id and name.
    pub columns: Vec<Column>,
    /// Costs, benefits and demands.
    pub amounts: [Amounts; 3],
    /// Scores by objective, a number per project.
    pub scores: Vec<(String, Vec<Option<Decimal>>)>,
    /// Dependencies.
    pub links: Links,
}
