//! Simulated risk of an option.

use crate::domain::{ByLine, ByPeriod, ByResource, Percentile, ProjectIx, Statistic};

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// The distribution of one simulated quantity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Mean.
    pub mean: Estimate,
    /// Standard deviation.
    pub sd: Estimate,
    /// 10th percentile: 10 % of trials lie at or below it.
    pub p10: Estimate,
    /// Median.
    pub p50: Estimate,
    /// 90th percentile.
    pub p90: Estimate,
    /// Mean of the worst tail: the lowest values where more is better, the highest where less is.
    pub cvar: Estimate,
    /// The percentiles of choice, in the order in which the batch lists them.
    pub percentiles: Vec<(Percentile, Estimate)>,
}

impl Summary {
    /// The distribution of the same quantity with a constant added.
    #[must_use]
    pub fn shifted(mut self, by: f64) -> Self {
        let chosen = self.percentiles.iter_mut().map(|(_, estimate)| estimate);
        let usual = [&mut self.mean, &mut self.p10, &mut self.p50, &mut self.p90, &mut self.cvar];
        usual.into_iter().chain(chosen).for_each(|estimate| estimate.value += by);
        self
    }

    /// One of its statistics; `None` if that percentile was not asked for.
    pub fn statistic(&self, statistic: Statistic) -> Option<Estimate> {
        Some(match statistic {
            Statistic::Mean => self.mean,
            Statistic::Sd => self.sd,
            Statistic::P10 => self.p10,
            Statistic::P50 => self.p50,
            Statistic::P90 => self.p90,
            Statistic::Cvar => self.cvar,
            Statistic::Percentile(percentile) => {
                self.percentiles.iter().find(|(own, _)| *own == percentile).map(|&(_, estimate)| estimate)?
            }
        })
    }
}

/// An option beside the next one in rank, on the same trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Probability that it is better than the next, by NPV or what was asked for; of equals each is better in half of the
    /// trials.
    pub beats: Estimate,
    /// The standard error of the difference in the statistic that ranks them; `None` where no statistic does.
    pub error: Option<f64>,
}

/// Simulated spend on a line, or demand for a resource, in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodRisk {
    /// The distribution.
    pub summary: Summary,
    /// Probability that the limit is exceeded; `None` where there is no limit.
    pub over: Option<Estimate>,
    /// Expected excess over the limit; `None` where there is no limit.
    pub mean_over: Option<Estimate>,
}

/// One key result of an option when it is due.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResultRisk {
    /// The distribution of its value; the tail is that away from the target.
    pub value: Summary,
    /// Probability that the target is reached.
    pub reached: Estimate,
    /// The chosen project without which, all others as they are, the target is reached in the fewest of the same trials,
    /// and the probability then; `None` if none lowers it.
    pub without: Option<(ProjectIx, f64)>,
}

/// The risk of one option.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionRisk {
    /// Net present value.
    pub npv: Summary,
    /// Undiscounted benefit within the horizon.
    pub benefit: Summary,
    /// Undiscounted cost within the horizon.
    pub cost: Summary,
    /// Strategic value of the projects that succeed.
    pub strategic_value: Summary,
    /// Probability that the NPV is below 0.
    pub loss: Estimate,
    /// Probability that any budget is exceeded in any period; `None` where there is no budget.
    pub over_budget: Option<Estimate>,
    /// Probability that any capacity is exceeded in any period; `None` where there is no capacity.
    pub over_capacity: Option<Estimate>,
    /// Probability that this option is the best of its scenario, by NPV or what was asked for; equal bests share a
    /// trial.
    pub best: Estimate,
    /// Per line (position), per period: spend.
    pub lines: ByLine<ByPeriod<PeriodRisk>>,
    /// Per period: spend on all lines together; `None` where no budget caps all lines together.
    pub all_lines: Option<ByPeriod<PeriodRisk>>,
    /// Per resource (position), per period: demand.
    pub resources: ByResource<ByPeriod<PeriodRisk>>,
    /// Per key result (position): its value when due.
    pub key_results: Vec<KeyResultRisk>,
}
