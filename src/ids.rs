//! Names that analysts give to things. Each kind has its own type, so that a line cannot be used for a resource; all
//! are cheap to clone and ordered by their text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

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
    /// A risk driver: a shared cause.
    DriverId
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
