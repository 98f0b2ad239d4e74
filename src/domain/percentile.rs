//! Percentiles that an analyst asks for.

use std::fmt;

/// A percentile: above 0, below 100, in whole or tenths of a per cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percentile {
    /// Tenths of a per cent, of 1,000.
    tenths: u16,
}

impl Percentile {
    /// The 10th, the 50th and the 90th, which every simulation reports.
    pub const USUAL: [Self; 3] = [Self { tenths: 100 }, Self { tenths: 500 }, Self { tenths: 900 }];

    /// `None` unless the number lies above 0 and below 100 and has at most one decimal.
    pub fn new(percent: f64) -> Option<Self> {
        let tenths = (1..1_000_u16).find(|&tenths| f64::from(tenths) / 10.0 == percent)?;
        Some(Self { tenths })
    }

    /// The share of trials that lie at or below it, above 0 and below 1.
    pub fn probability(self) -> f64 {
        f64::from(self.tenths) / 1_000.0
    }
}

/// Its name in headings and batch files: `p80`, `p2.5`.
impl fmt::Display for Percentile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "p{}", f64::from(self.tenths) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_tenths_are_percentiles() {
        let names = [80.0, 2.5, 0.1, 99.9].map(|percent| Percentile::new(percent).unwrap().to_string());
        assert_eq!(names, ["p80", "p2.5", "p0.1", "p99.9"]);
        assert_eq!(Percentile::new(80.0).unwrap().probability(), 0.8);
        for percent in [0.0, 100.0, -1.0, 100.1, 0.05, 33.33, f64::NAN, f64::INFINITY] {
            assert_eq!(Percentile::new(percent), None, "{percent}");
        }
    }
}
