//! Shapes of distributions, by which the selection of order statistics guesses where these lie.

use super::quantile_select::{Bracket, Brackets};

/// Positions of order statistics, in standard deviations from the mean: those of similar distributions are near.
/// Brackets for each group of positions.
#[derive(Clone, Debug)]
pub struct Shape(Vec<Brackets>);

impl Shape {
    /// The shape of values with this mean and standard deviation, by a window about each of their order statistics,
    /// group by group.
    pub fn new(mut groups: Vec<Brackets>, mean: f64, sd: f64) -> Self {
        for windows in &mut groups {
            windows.sort_by(|a, b| a[0].total_cmp(&b[0]));
            *windows = windows.map(|window| window.map(|edge| (edge - mean) / sd));
        }
        Self(groups)
    }

    /// The brackets of values with this mean and standard deviation, `windows` windows wide on either side of the
    /// window.
    pub fn brackets(&self, mean: f64, sd: f64, windows: f64) -> Vec<Brackets> {
        let widened = |[low, high]: Bracket| {
            let reach = windows * (high - low);
            [mean + sd * (low - reach), mean + sd * (high + reach)]
        };
        self.0.iter().map(|group| group.map(widened)).collect()
    }
}
