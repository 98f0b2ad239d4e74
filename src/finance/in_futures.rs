//! Futures in which limits hold with a confidence, and what a selection takes of them, future by future.

use std::sync::Arc;

use crate::domain::{
    ByProject, Confidence, HeldInFutures, Limits, LineIx, Measure, PeriodIx, Portfolio, RiskMeasure,
    Scenario, Selection, Total, exceeds_among,
};

use super::Futures;
use super::futures::TotalFactors;

/// Futures, with what limits hold in them.
#[derive(Clone, Debug)]
pub struct InFutures {
    /// The futures.
    pub futures: Arc<Futures>,
    /// What limits hold in them.
    pub rows: Arc<Vec<HeldRow>>,
    /// The cuts found so far.
    pub cuts: Vec<Arc<TailCut>>,
    /// Cuts of mean overruns found so far.
    pub over_cuts: Vec<Arc<OverCut>>,
    /// Cuts of distances of worst means from means found so far.
    pub distance_cuts: Vec<Arc<DistanceCut>>,
    /// Selections that keep all limits, to begin searches with.
    pub known: Vec<Arc<Selection>>,
    /// Selections need only keep the cuts.
    pub is_relaxed: bool,
}

impl InFutures {
    /// Futures in which the limits of a scenario hold, without cuts.
    pub fn new(futures: Arc<Futures>, portfolio: &Portfolio, scenario: &Scenario) -> Self {
        let rows = Arc::new(held_rows(portfolio, scenario));
        Self {
            futures,
            rows,
            cuts: Vec::new(),
            over_cuts: Vec::new(),
            distance_cuts: Vec::new(),
            known: Vec::new(),
            is_relaxed: false,
        }
    }

    /// The same under another scenario. Cuts stay where its limits are on the same amounts: how much they allow does not
    /// matter.
    pub fn under(&self, portfolio: &Portfolio, scenario: &Scenario) -> Self {
        let rows = held_rows(portfolio, scenario);
        let alike = |(one, other): (&HeldRow, &HeldRow)| one.counts_as(other);
        let same = rows.len() == self.rows.len() && rows.iter().zip(self.rows.iter()).all(alike);
        let cuts = if same { self.cuts.clone() } else { Vec::new() };
        Self {
            futures: Arc::clone(&self.futures),
            rows: Arc::new(rows),
            cuts,
            // Valid whatever the budgets are.
            over_cuts: self.over_cuts.clone(),
            // Of some futures, whatever is planned.
            distance_cuts: self.distance_cuts.clone(),
            known: Vec::new(),
            is_relaxed: self.is_relaxed,
        }
    }
}

/// Amounts that a limit holds with its confidence: one, or those of several periods in the same futures.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldRow {
    /// The limit, in the order of [`Scenario::named_limits`].
    pub limit: usize,
    /// The period whose budget or capacity it is; `None` for an amount over several periods, and for several periods in
    /// the same futures.
    pub period: Option<PeriodIx>,
    /// The confidence.
    pub confidence: Confidence,
    pub(super) parts: Vec<Part>,
}

/// One amount, with its limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The periods that count; `None`: all of the horizon.
    pub periods: Option<Vec<PeriodIx>>,
    /// The largest amount.
    pub most: f64,
}

impl HeldRow {
    /// The largest amount; `None` where several periods have one each.
    pub fn most(&self) -> Option<f64> {
        match &self.parts[..] {
            [only] => Some(only.most),
            _ => None,
        }
    }

    /// True if it is of the same amounts, whatever their limits.
    fn counts_as(&self, other: &Self) -> bool {
        let periods = |row: &Self| row.parts.iter().map(|part| part.periods.clone()).collect::<Vec<_>>();
        (self.limit, self.period, self.confidence) == (other.limit, other.period, other.confidence)
            && periods(self) == periods(other)
    }
}

/// Factors whose sums every selection keeps within a limit: means over some futures.
#[derive(Clone, Debug, PartialEq)]
pub struct TailCut {
    /// The row, in the order of [`super::Valuation::held_rows`].
    pub row: usize,
    pub(super) parts: Vec<CutPart>,
}

/// The part of a cut that is of one part of its row.
#[derive(Clone, Debug, PartialEq)]
pub struct CutPart {
    /// The part of the row.
    pub part: usize,
    /// Share of the futures that is of this part.
    pub weight: f64,
    /// The mean factor over them, times the share.
    pub factors: ByProject<f64>,
}

/// A lower bound on the mean overrun of a budget: over some futures, spend less the budget, as a part of all futures
/// (simple recourse, Wets 1983; of those in which a selection overruns it, it is its mean overrun).
#[derive(Clone, Debug, PartialEq)]
pub struct OverCut {
    /// The line; `None`: all together.
    pub line: Option<LineIx>,
    /// The period.
    pub period: PeriodIx,
    /// The share of the futures.
    pub share: f64,
    /// The mean factor over them, times the share.
    pub factors: ByProject<f64>,
}

/// A lower bound on the distance of the worst mean of a total from its mean: over some futures, as many as the tail has.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceCut {
    /// The total.
    pub total: Total,
    /// By how much the mean factors over these futures are worse than those over all.
    pub(super) factors: ByProject<TotalFactors<f64>>,
}

/// A future by its number, the part that is worst in it, and its weight in a mean.
pub type Weighted = (usize, usize, f64);

/// What a selection takes of a row, future by future.
#[derive(Clone, Debug)]
pub struct InTrials {
    /// The amount of the part that is worst.
    amounts: Vec<f64>,
    /// By how much it is above its limit; negative where it is below.
    excesses: Vec<f64>,
    /// The part that is worst.
    parts: Vec<usize>,
    /// The size of the numbers that were added up.
    size: f64,
}

impl InTrials {
    /// What is taken of one part of a row.
    pub(super) fn of_part(part: usize, amounts: Vec<f64>, most: f64, size: f64) -> Self {
        let excesses = amounts.iter().map(|amount| amount - most).collect();
        let parts = vec![part; amounts.len()];
        Self { amounts, excesses, parts, size }
    }

    /// Takes the worse of two parts in each future.
    pub(super) fn join(&mut self, other: &Self) {
        self.size = self.size.max(other.size);
        for trial in 0..self.excesses.len() {
            if other.excesses[trial] > self.excesses[trial] {
                self.amounts[trial] = other.amounts[trial];
                self.excesses[trial] = other.excesses[trial];
                self.parts[trial] = other.parts[trial];
            }
        }
    }

    /// Number of futures in which a limit is exceeded.
    pub fn exceeded(&self) -> usize {
        let is_over =
            |(amount, excess): &(&f64, &f64)| exceeds_among(**amount, **amount - **excess, self.size);
        self.amounts.iter().zip(&self.excesses).filter(is_over).count()
    }

    /// The share of futures in which the limit holds.
    pub fn holds(&self) -> f64 {
        1.0 - self.exceeded() as f64 / self.amounts.len() as f64
    }

    /// The mean amount over the worst futures.
    pub fn tail_amount(&self, confidence: Confidence) -> f64 {
        self.tail(confidence).iter().map(|&(trial, _, weight)| weight * self.amounts[trial]).sum()
    }

    /// True if the mean over the worst futures is above the limit by more than a part of the amounts.
    pub fn is_beyond(&self, confidence: Confidence, part: f64) -> bool {
        let tail = self.tail(confidence);
        tail.iter().map(|&(trial, _, weight)| weight * self.excesses[trial]).sum::<f64>() > part * self.size
    }

    /// True if they keep to a confidence.
    pub fn keeps(&self, confidence: Confidence) -> bool {
        match confidence.risk() {
            RiskMeasure::Chance => self.exceeded() <= confidence.most_exceeded(self.amounts.len()),
            RiskMeasure::Cvar => {
                let tail = self.tail(confidence);
                let mean = |numbers: &[f64]| -> f64 {
                    tail.iter().map(|&(trial, _, weight)| weight * numbers[trial]).sum()
                };
                let (amount, excess) = (mean(&self.amounts), mean(&self.excesses));
                !exceeds_among(amount, amount - excess, self.size)
            }
        }
    }

    /// All futures, the worst first.
    pub fn worst_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.excesses.len()).collect();
        order.sort_unstable_by(|&one, &other| {
            self.excesses[other].total_cmp(&self.excesses[one]).then(one.cmp(&other))
        });
        order
    }

    /// The part that is worst in a future.
    pub fn part_in(&self, trial: usize) -> usize {
        self.parts[trial]
    }

    /// The worst futures, worst first, with their weights in the mean over the tail.
    pub fn tail(&self, confidence: Confidence) -> Vec<Weighted> {
        let tail = confidence.tail(self.excesses.len());
        let mut order: Vec<usize> = (0..self.excesses.len()).collect();
        let worst_first = |one: &usize, other: &usize| {
            self.excesses[*other].total_cmp(&self.excesses[*one]).then(one.cmp(other))
        };
        let count = (tail.ceil() as usize).min(order.len());
        if count < order.len() {
            order.select_nth_unstable_by(count - 1, worst_first);
            order.truncate(count);
        }
        order.sort_unstable_by(worst_first);
        let weight = |place: usize| (tail - place as f64).min(1.0) / tail;
        let weighted = |(place, trial): (usize, usize)| (trial, self.parts[trial], weight(place));
        order.into_iter().enumerate().map(weighted).collect()
    }
}

/// What the limits of a scenario hold in futures, in the order of limits and periods.
fn held_rows(portfolio: &Portfolio, scenario: &Scenario) -> Vec<HeldRow> {
    let mut rows = Vec::new();
    for (limit, own) in scenario.named_limits.iter().enumerate() {
        let Some(HeldInFutures { confidence, most }) = own.held().copied() else { continue };
        let row = |period, parts| HeldRow { limit, period, confidence, parts };
        if let Some(most) = most {
            rows.push(row(None, vec![Part { periods: own.periods().map(<[PeriodIx]>::to_vec), most }]));
            continue;
        }
        let counts = |period: &PeriodIx| own.periods().is_none_or(|some| some.contains(period));
        let part = |period: PeriodIx| {
            let most = supply(&scenario.limits, own.measure(), period)?;
            Some((period, Part { periods: Some(vec![period]), most }))
        };
        let parts = portfolio.horizon().periods().positions().filter(counts).filter_map(part);
        if confidence.is_joint() {
            let parts: Vec<Part> = parts.map(|(_, part)| part).collect();
            rows.extend((!parts.is_empty()).then(|| row(None, parts)));
        } else {
            rows.extend(parts.map(|(period, part)| row(Some(period), vec![part])));
        }
    }
    rows
}

/// The budget or the capacity that a measure takes of; `None` where there is none.
fn supply(limits: &Limits, measure: Measure, period: PeriodIx) -> Option<f64> {
    match measure {
        Measure::Line(line) => Some(limits.lines[line].as_ref()?[period].value()),
        Measure::Cost => Some(limits.all_lines.as_ref()?[period].value()),
        Measure::Resource(resource) => Some(limits.resources[resource].as_ref()?[period].value()),
        _ => None,
    }
}
