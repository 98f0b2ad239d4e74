//! Names that analysts give to things. Each kind has its own type, so that a line cannot be used for a resource; all
//! are cheap to clone and ordered by their text.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

/// True if spreadsheets may take a text for a formula by its beginning (OWASP, CSV injection).
fn is_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A text as the cell of a result table: with an apostrophe before it where a spreadsheet would take it for a formula.
/// [`from_cell`] takes it back.
pub fn as_cell(text: &str) -> Cow<'_, str> {
    // One that has the apostrophe itself gets another, so that the two stay apart.
    match is_like_formula(text.trim_start_matches('\'')) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The text that [`as_cell`] made a cell of.
pub fn from_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_like_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Declares a name type.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as written in the tables.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }
    };
}

id! {
    /// A project's unique id.
    ProjectId
}
id! {
    /// A budget line. The line that caps all others together is not a line of its own: see `Limits::all_lines`.
    LineId
}
id! {
    /// A resource: a role or an asset.
    ResourceId
}
id! {
    /// A kind of benefit, such as savings or revenue.
    BenefitKindId
}
id! {
    /// An objective of the strategy.
    ObjectiveId
}
id! {
    /// A key result: an objective with a number to reach.
    KeyResultId
}
id! {
    /// A risk driver: a shared cause.
    DriverId
}
id! {
    /// A risk event.
    RiskId
}
id! {
    /// An effect of several projects together.
    SynergyId
}
id! {
    /// The heading of a period: `2027`, `2027-Q1`.
    PeriodLabel
}
id! {
    /// The name of a scenario, unique in its batch.
    ScenarioName
}
id! {
    /// The name of a limit, unique among those of a scenario.
    LimitName
}
id! {
    /// The name of a set of weights.
    WeightSetName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_as_a_formula_does_and_each_gives_its_text_back() {
        for text in ["=1+2", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'=1", "''+1", "＝1", "-5"] {
            let cell = as_cell(text);
            assert!(cell.starts_with('\'') && cell.len() == text.len() + 1, "{text}");
            assert_eq!(from_cell(&cell), text);
        }
        for text in ["", "P1", "a=b", "'quoted'", "'", "5", " =1"] {
            assert_eq!(as_cell(text), text);
            assert_eq!(from_cell(text), text);
        }
    }
}
