//! A first batch beside the tables of a list.

/// Contents of the tables, on which the goal of a first batch depends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Scores.
    pub scores: bool,
    /// Benefits.
    pub benefits: bool,
    /// Costs.
    pub costs: bool,
}

impl Holdings {
    /// The measure that a first batch maximises: what the tables say of worth.
    pub fn goal(self) -> &'static str {
        match self {
            Self { scores: true, .. } => "strategic_value",
            Self { benefits: true, .. } => "npv",
            _ => "projects",
        }
    }
}

/// batch.toml, named after the list.
pub fn batch_file(name: &str, holdings: Holdings) -> String {
    let why = match holdings.goal() {
        "strategic_value" => "the weights in objectives.csv are equal: set them",
        "npv" => "set the discount rate",
        _ => "the list says nothing of worth: add scores or benefits, then maximise those",
    };
    format!(
        "# The scenarios to run; `cutline schema batch` lists every key.\n\n[batch]\nname = \"{name}\"\n\
         portfolio = \".\"   # the folder of the tables, relative to this file\nseed = 1\ndiscount_rate = 0.0\noptions = 5\n\
         maximise = \"{}\"   # {why}\n\n[[scenario]]\nname = \"base\"\nrisk = false   # nothing in the list says what is uncertain\n",
        holdings.goal()
    )
}

/// A name for a batch, made of that of a list: letters, digits, `-` and `_`.
pub fn batch_name(list: &str) -> String {
    let stem = list.rsplit_once('.').map_or(list, |(stem, _)| stem);
    let name: String = stem
        .chars()
        .map(|next| if next.is_ascii_alphanumeric() || next == '_' { next } else { '-' })
        .collect();
    let name = name.trim_matches('-').to_lowercase();
    if name.is_empty() { "imported".to_owned() } else { name }
}
