//! Budget lines as people know them.

/// What people call a budget line, and what they sum it up with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineDetails {
    /// Its name for people; the id where it has none.
    pub name: String,
    /// The group that it is summed up with; blank: none.
    pub group: String,
    /// Its kind, such as capital or operating expense; blank: none.
    pub kind: String,
}
