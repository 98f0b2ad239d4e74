//! Limits of a scenario with the places where they are stated.

use crate::diagnostic::SourceRef;
use crate::domain::NamedLimit;

/// A limit of a scenario, with its place in the file.
pub(super) type PlacedLimit = (SourceRef, NamedLimit);
