//! Words of the map of a project list.

use super::Word;

/// A row of a project list that is doubtful: refused, not read, or read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DoubtfulRow {
    /// A fault, which asks for a decision.
    #[default]
    Refused,
    /// Not read, and told.
    Left,
    /// Read: a total as a project, a row without an id as one of the project above it.
    Read,
}

/// The words of `total_rows` in a map.
pub const TOTAL_ROWS: [Word<DoubtfulRow>; 3] =
    [("fault", DoubtfulRow::Refused), ("leave", DoubtfulRow::Left), ("keep", DoubtfulRow::Read)];

/// The words of `blank_ids` in a map.
pub const BLANK_IDS: [Word<DoubtfulRow>; 3] =
    [("fault", DoubtfulRow::Refused), ("leave", DoubtfulRow::Left), ("above", DoubtfulRow::Read)];

/// The words of `rest` in a map: whether columns that nothing names are attributes.
pub const REST_OF_LIST: [Word<bool>; 2] = [("leave", false), ("attributes", true)];

/// Signs of negative numbers in a project list, beside a leading minus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NegativeSign {
    /// None.
    #[default]
    Minus,
    /// `(5)`.
    Brackets,
    /// `5-`.
    Trailing,
}

/// The words of `negative` in a map.
pub const NEGATIVES: [Word<NegativeSign>; 3] = [
    ("minus", NegativeSign::Minus),
    ("brackets", NegativeSign::Brackets),
    ("trailing minus", NegativeSign::Trailing),
];

/// The words of `percent` in a map: what 80 % is multiplied by.
pub const PER_CENTS: [Word<PerCent>; 2] = [("share", PerCent::Share), ("points", PerCent::Points)];

/// Meaning of 80 % as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerCent {
    /// 0.8.
    Share,
    /// 80.
    Points,
}

/// The words of `dates` in a map: whether the day comes first.
pub const DATE_ORDERS: [Word<bool>; 2] = [("day first", true), ("month first", false)];

/// The words of `early` in a map: whether projects that begin before the horizon start with it.
pub const EARLY_STARTS: [Word<bool>; 2] = [("fault", false), ("first", true)];

/// The words of `unknown` in a map: whether names of projects that are not in the list are left.
pub const UNKNOWN_PROJECTS: [Word<bool>; 2] = [("fault", false), ("leave", true)];

/// A word of `[status]` in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedStatus {
    /// A word of projects.csv.
    Word(&'static str),
    /// The row is not read.
    Left,
}

/// The words of `[status]` in a map.
pub const LISTED_STATUS: [Word<ListedStatus>; 4] = [
    ("candidate", ListedStatus::Word("candidate")),
    ("mandatory", ListedStatus::Word("mandatory")),
    ("excluded", ListedStatus::Word("excluded")),
    ("leave", ListedStatus::Left),
];
