//! Factors on the amounts of a project in a trial: constants, or columns of the samples.

use crate::simulate::kernel::reductions::sum_and_largest;

/// A number per trial: a constant, or that constant times a column of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// The constant.
    pub scale: f64,
    /// The column (position among the columns of the samples); `None` where it is the same in all trials.
    pub column: Option<usize>,
    /// The largest size that it has, by the [`Extent`] of the column; that of the scale until columns are drawn.
    pub largest: f64,
}

impl Factor {
    /// A scale times a column that is not drawn yet.
    pub const fn new(scale: f64, column: Option<usize>) -> Self {
        Self { scale, column, largest: scale.abs() }
    }

    /// The same in all trials.
    pub const fn constant(scale: f64) -> Self {
        Self::new(scale, None)
    }

    /// The same once columns are drawn.
    pub fn drawn(self, columns: &[Extent]) -> Self {
        let largest = self.column.map_or(1.0, |column| columns[column].largest);
        Self { largest: self.scale.abs() * largest, ..self }
    }
}

impl Factor {
    /// A part of it.
    #[must_use]
    pub fn times(self, part: f64) -> Self {
        Self { scale: self.scale * part, largest: self.largest * part.abs(), ..self }
    }
}

/// A factor on a profile of amounts by period, all or parts of which come late.
#[derive(Clone, Debug, PartialEq)]
pub struct DelayedFactor {
    /// The factor on all of it, whenever it comes.
    pub whole: Factor,
    /// By whole periods, rising: the factor on what comes so late. Empty where nothing does.
    pub shifts: Vec<(usize, Factor)>,
}

impl DelayedFactor {
    /// Visits the amounts that make up a sum of the profile, each with its factor and its whole periods of delay;
    /// `amount` gives the sum if the whole profile were so late. One that is the same for all delays is visited once.
    pub fn each(&self, amount: impl Fn(usize) -> f64, mut visit: impl FnMut(usize, f64, Factor)) {
        let Some(&(first, _)) = self.shifts.first() else { return visit(0, amount(0), self.whole) };
        let of_first = amount(first);
        if self.shifts.iter().all(|&(shift, _)| amount(shift) == of_first) {
            return visit(first, of_first, self.whole);
        }
        self.shifts.iter().for_each(|&(shift, factor)| visit(shift, amount(shift), factor));
    }

    /// The same once columns are drawn.
    pub fn drawn(self, columns: &[Extent]) -> Self {
        let shifts = self.shifts.into_iter().map(|(shift, factor)| (shift, factor.drawn(columns)));
        Self { whole: self.whole.drawn(columns), shifts: shifts.collect() }
    }
}

/// About where the numbers of a column lie: read off tens of thousands of them, if there are more.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Their mean.
    pub mean: f64,
    /// The largest size of one.
    pub largest: f64,
}

impl Extent {
    /// Reads it off numbers.
    pub fn of(numbers: &[f64]) -> Self {
        let [sum, largest] = sum_and_largest(numbers);
        Self { mean: sum / numbers.len() as f64, largest }
    }
}

/// The factors of one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectFactors {
    /// The cost factor.
    pub cost: DelayedFactor,
    /// The benefit factor where the project succeeds, 0 where it fails.
    pub benefit: DelayedFactor,
    /// The demand factor.
    pub demand: DelayedFactor,
    /// The factor on effects on key results where the project succeeds, 0 where it fails.
    pub effect: DelayedFactor,
    /// 1 where the project succeeds, 0 where it fails.
    pub success: Factor,
    /// The part of its strategic value that is left after its delay where it succeeds, 0 where it fails.
    pub value: Factor,
}

impl ProjectFactors {
    /// The same once columns are drawn.
    pub fn drawn(self, columns: &[Extent]) -> Self {
        Self {
            cost: self.cost.drawn(columns),
            benefit: self.benefit.drawn(columns),
            demand: self.demand.drawn(columns),
            effect: self.effect.drawn(columns),
            success: self.success.drawn(columns),
            value: self.value.drawn(columns),
        }
    }
}
