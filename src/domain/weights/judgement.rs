//! Judgements of pairs of objectives, and what becomes of them.

use super::shares::Weights;
use crate::domain::objective::ObjectiveError;

/// A judgement: `one` matters `ratio` times as much as `other`.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// An objective.
    pub one: String,
    /// Another one.
    pub other: String,
    /// Above 0: the weight of the one over that of the other.
    pub ratio: f64,
}

impl Judgement {
    /// A ratio as people write it: a number, or a fraction such as `1/3`.
    pub fn parse_ratio(text: &str) -> Option<f64> {
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let ratio = match text.split_once('/') {
            Some((above, below)) => number(above)? / number(below)?,
            None => number(text)?,
        };
        ratio.is_finite().then_some(ratio)
    }

    /// A judgement in one text: `growth, service, 3`.
    pub fn parse(text: &str) -> Option<Self> {
        let [one, other, ratio] = text.split(',').map(str::trim).collect::<Vec<_>>().try_into().ok()?;
        let ratio = Self::parse_ratio(ratio)?;
        Some(Self { one: one.to_owned(), other: other.to_owned(), ratio })
    }
}

/// Weights by judgements, and how far these contradict each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JudgedWeights {
    /// The weights.
    pub weights: Weights,
    /// Per objective (position) the consistency ratio of the judgements of its siblings; `None` where there are none.
    pub consistency: Vec<Option<f64>>,
    /// Groups of siblings whose ratio is too high.
    pub inconsistent: Vec<Inconsistency>,
}

/// Judgements of a group of siblings that contradict each other too much.
#[derive(Clone, Debug, PartialEq)]
pub struct Inconsistency {
    /// Their consistency ratio.
    pub ratio: f64,
    /// The position of the judgement whose mend makes them most consistent; `None` if it cannot be told.
    pub mend: Option<(usize, Mended)>,
}

/// What a judgement should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    /// The judgement that the others imply, with a ratio of 1 or more.
    pub judgement: Judgement,
    /// The consistency ratio with it.
    pub ratio: f64,
}

/// Reasons why judgements make no weights. Judgements are told by their positions.
#[derive(Clone, Debug, PartialEq)]
pub enum JudgementError {
    /// A name is no objective.
    Unknown {
        /// The judgement.
        judgement: usize,
        /// The name.
        name: String,
    },
    /// It judges an objective against itself.
    Itself(usize),
    /// Its objectives are under different parents.
    NoSiblings(usize),
    /// It judges a pair that was judged before.
    Twice {
        /// The judgement.
        judgement: usize,
        /// The one before.
        before: usize,
    },
    /// It is the reciprocal of a judgement before, and contradicts it.
    Contradicted {
        /// The judgement.
        judgement: usize,
        /// The one before.
        before: usize,
    },
    /// No chain of judgements leads from one sibling to the other.
    Unconnected {
        /// A sibling.
        one: String,
        /// Another one.
        other: String,
    },
    /// More siblings than have a random index, this one among them.
    TooMany(String),
    /// The table's own weights, which hold for siblings of which nothing is judged.
    Table(ObjectiveError),
}
