//! Words of cells and keys, each with its value. Readers and the published description both take them from here.

pub mod map;

use crate::domain::{
    CutLineRule, Detailed, DiscountTiming, Distribution, Metalog, PastHorizon, Quantity, RiskMeasure,
    SamplingMethod, Sense, Solver, Status, SynergyEffect, WEIGHT_METHODS, WeightMethod,
};

/// A word and its value.
pub type Word<T> = (&'static str, T);

/// The words of `status` in projects.csv.
pub const STATUS: [Word<Status>; 3] =
    [("candidate", Status::Candidate), ("mandatory", Status::Mandatory), ("excluded", Status::Excluded)];

/// Kind of a dependency between projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// Only with the other.
    Requires,
    /// Only with the other, and at least this many periods after it.
    After,
    /// Not with the other.
    Excludes,
    /// Both or none.
    Together,
}

/// The words of `kind` in dependencies.csv.
pub const LINK_KINDS: [Word<LinkKind>; 4] = [
    ("requires", LinkKind::Requires),
    ("after", LinkKind::After),
    ("excludes", LinkKind::Excludes),
    ("together", LinkKind::Together),
];

/// The words of `payers` in costs.csv: whether several lines share a row.
pub const PAYERS: [Word<bool>; 2] = [("one", false), ("mix", true)];

/// The words of `overrun_basis` in budgets.csv: whether overruns are priced on their means over futures.
pub const OVERRUN_BASES: [Word<bool>; 2] = [("plan", false), ("expected", true)];

/// The words of `x_sense` and `y_sense` of a frontier.
pub const SENSES: [Word<Sense>; 2] = [("min", Sense::Minimise), ("max", Sense::Maximise)];

/// The words of `rule` of a baseline; `None` turns it off.
pub const CUT_LINES: [Word<Option<CutLineRule>>; 3] = [
    (CutLineRule::Strict.as_str(), Some(CutLineRule::Strict)),
    (CutLineRule::Skip.as_str(), Some(CutLineRule::Skip)),
    ("none", None),
];

/// The words of `verify`: whether both engines prove every option.
pub const VERIFY: [Word<bool>; 2] = [("one", false), ("both", true)];

/// The words of `duplicate_rows`: whether rows of one project and key are added up.
pub const DUPLICATE_ROWS: [Word<bool>; 2] = [("fault", false), ("sum", true)];

/// Origin of a distribution.
#[derive(Clone, Copy, Debug)]
pub enum Make {
    /// The numbers of its columns, in the order in which it names them.
    Numbers(fn(&[f64]) -> Distribution),
    /// The same, and bounds if it has any (`min`, `max`).
    Percentiles(fn(&[f64], [Option<f64>; 2]) -> Distribution),
    /// The cases of the class that it names.
    Class,
}

/// The words of `distribution` in uncertainty.csv: per distribution, the columns that it uses, and how it is made of
/// them.
pub const DISTRIBUTIONS: [Word<(&[&str], Make)>; 10] = [
    ("triangular", (&["low", "mode", "high"], Make::Numbers(triangular))),
    ("pert", (&["low", "mode", "high"], Make::Numbers(pert))),
    ("uniform", (&["low", "high"], Make::Numbers(|p| Distribution::Uniform { low: p[0], high: p[1] }))),
    ("normal", (&["mean", "sd"], Make::Numbers(|p| Distribution::Normal { mean: p[0], sd: p[1] }))),
    ("lognormal", (&["mean", "sd"], Make::Numbers(|p| Distribution::Lognormal { mean: p[0], sd: p[1] }))),
    ("p10p90", (&["low", "high"], Make::Numbers(|p| Distribution::P10P90 { low: p[0], high: p[1] }))),
    ("bernoulli", (&["low", "high", "mean"], Make::Numbers(bernoulli))),
    ("metalog", (&["low", "mode", "high"], Make::Percentiles(metalog))),
    ("reference", (&["class"], Make::Class)),
    ("fixed", (&["mean"], Make::Numbers(|p| Distribution::Fixed { value: p[0] }))),
];

fn triangular(p: &[f64]) -> Distribution {
    Distribution::Triangular { low: p[0], mode: p[1], high: p[2] }
}

fn pert(p: &[f64]) -> Distribution {
    Distribution::Pert { low: p[0], mode: p[1], high: p[2] }
}

fn bernoulli(p: &[f64]) -> Distribution {
    Distribution::Bernoulli { low: p[0], high: p[1], probability: p[2] }
}

fn metalog(p: &[f64], [min, max]: [Option<f64>; 2]) -> Distribution {
    Distribution::Metalog(Metalog { low: p[0], mode: p[1], high: p[2], min, max })
}

/// The words of `quantity` in uncertainty.csv and exposures.csv.
pub fn quantities() -> [Word<Quantity>; 5] {
    Quantity::ALL.map(|quantity| (quantity.as_str(), quantity))
}

/// The words of `effect` in synergies.csv.
pub fn effects() -> [Word<SynergyEffect>; 3] {
    SynergyEffect::ALL.map(|effect| (effect.as_str(), effect))
}

/// The words of `discount_at`.
pub fn timings() -> [Word<DiscountTiming>; 3] {
    DiscountTiming::ALL.map(|timing| (timing.as_str(), timing))
}

/// The words of `solver`.
pub fn solvers() -> [Word<Solver>; 3] {
    Solver::ALL.map(|solver| (solver.as_str(), solver))
}

/// The words of `risk` of a limit.
pub fn risk_measures() -> [Word<RiskMeasure>; 2] {
    RiskMeasure::ALL.map(|risk| (risk.as_str(), risk))
}

/// The words of `past_horizon`.
pub fn past_horizons() -> [Word<PastHorizon>; 3] {
    PastHorizon::ALL.map(|past_horizon| (past_horizon.as_str(), past_horizon))
}

/// The words of `details`.
pub fn detailed() -> [Word<Detailed>; 3] {
    Detailed::ALL.map(|options| (options.as_str(), options))
}

/// The words of `sampling`.
pub fn samplings() -> [Word<SamplingMethod>; 3] {
    SamplingMethod::ALL.map(|method| (method.as_str(), method))
}

/// The words of `method` in a section of weights.
pub fn weight_methods() -> [Word<WeightMethod>; WEIGHT_METHODS.len()] {
    WEIGHT_METHODS.map(|method| (method.name, method))
}

/// The words alone.
pub fn words<T, const N: usize>(pairs: [Word<T>; N]) -> Vec<&'static str> {
    pairs.into_iter().map(|(word, _)| word).collect()
}
