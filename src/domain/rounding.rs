//! What rounding explains.

/// Sums of amounts are equal if they differ by no more than this part of the sizes of all that was added up, whatever
/// their signs: about nine thousand times the rounding of one addition, and a tenth of a cent in a billion.
pub const ROUNDING: f64 = 1e-12;
