//! Pseudocosts: losses that branching on a variable has caused so far.

/// Sums and counts of the loss in objective per unit of change, by variable and side (Bénichou et al. 1971).
#[derive(Clone, Debug, Default)]
pub struct Pseudocosts {
    of: Vec<[Side; 2]>,
    all: Side,
}

#[derive(Clone, Copy, Debug, Default)]
struct Side {
    sum: f64,
    count: u32,
}

impl Side {
    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

impl Pseudocosts {
    /// No observations yet, for a number of variables.
    pub fn new(variables: usize) -> Self {
        Self { of: vec![[Side::default(); 2]; variables], all: Side::default() }
    }

    /// Adds an observation: loss in objective per unit when a variable was pushed down or up.
    pub fn note(&mut self, variable: usize, up: bool, per_unit: f64) {
        let side = Side { sum: per_unit, count: 1 };
        self.of[variable][usize::from(up)].add(side);
        self.all.add(side);
    }

    /// Expected loss in objective per unit: the mean of the variable, or of all variables where it has no observation.
    pub fn expected(&self, variable: usize, up: bool) -> f64 {
        self.of[variable][usize::from(up)].mean().or(self.all.mean()).unwrap_or(0.0)
    }

    /// Number of observations of the variable's less observed side.
    pub fn tries(&self, variable: usize) -> u32 {
        let [down, up] = self.of[variable];
        down.count.min(up.count)
    }

    /// Adds the observations that `after`, begun as a copy of `before`, has made since.
    pub fn learn(&mut self, before: &Self, after: &Self) {
        let gained = |after: Side, before: Side| Side {
            sum: after.sum - before.sum,
            count: after.count - before.count,
        };
        for (own, (after, before)) in self.of.iter_mut().zip(after.of.iter().zip(&before.of)) {
            for side in 0..2 {
                own[side].add(gained(after[side], before[side]));
            }
        }
        self.all.add(gained(after.all, before.all));
    }
}
