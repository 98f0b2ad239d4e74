//! Words in headings by which a column is known.

/// Headings of ids, in words, the surest first: those of Jira, ServiceNow, Project Online and of lists by hand.
pub const IDS: [&str; 24] = [
    "issue key",
    "project id",
    "number",
    "project number",
    "project key",
    "project no",
    "project no.",
    "project code",
    "id",
    "key",
    "code",
    "no.",
    "no",
    "nr",
    "nr.",
    "wbs",
    "reference",
    "ref",
    "app id",
    "cip number",
    "application id",
    "projekt-nr.",
    "projektnummer",
    "idea id",
];
/// Numbers of a tool for itself, which people do not use.
pub const INNER_IDS: [&str; 5] = ["issue id", "sys id", "project uid", "guid", "parent id"];
/// Headings of names.
pub const NAMES: [&str; 14] = [
    "summary",
    "short description",
    "project name",
    "name",
    "title",
    "project title",
    "project",
    "initiative",
    "initiative name",
    "projekt",
    "projektname",
    "bezeichnung",
    "titel",
    "description",
];
/// Headings of starts.
pub const STARTS: [&str; 13] = [
    "start",
    "start date",
    "planned start date",
    "planned start",
    "project start date",
    "custom field (start date)",
    "target start",
    "custom field (target start)",
    "begin",
    "beginn",
    "startdatum",
    "start year",
    "planned start year",
];
/// Headings of states, which may or may not decide on projects.
pub const STATES: [&str; 8] =
    ["status", "state", "stage", "phase", "project status", "approval status", "decision", "workflow phase"];
/// Headings of periods, where each row is of one.
pub const PERIODS: [&str; 11] = [
    "fiscal year",
    "year",
    "period",
    "fy",
    "budget year",
    "quarter",
    "month",
    "jahr",
    "planning year",
    "fiscal period",
    "geschäftsjahr",
];
/// Headings of budget lines.
pub const LINES: [&str; 14] = [
    "fund",
    "budget line",
    "line",
    "cost type",
    "cost category",
    "account",
    "expense type",
    "funding source",
    "cost element",
    "kostenart",
    "capex/opex",
    "budget",
    "fund code",
    "expenditure type",
];
/// Headings of projects that this one needs.
pub const REQUIRED: [&str; 11] = [
    "predecessors",
    "predecessor",
    "depends on",
    "dependent on",
    "dependencies",
    "blocked by",
    "inward issue link (blocks)",
    "requires",
    "prerequisites",
    "prerequisite",
    "vorgänger",
];
/// Headings of projects that need this one.
pub const REQUIRING: [&str; 4] = ["outward issue link (blocks)", "blocks", "required by", "successors"];
/// Headings of probabilities of success.
pub const PROBABILITIES: [&str; 6] = [
    "success probability",
    "probability of success",
    "probability",
    "likelihood of success",
    "pos",
    "erfolgswahrscheinlichkeit",
];

const COSTS: [&str; 24] = [
    "cost",
    "costs",
    "capex",
    "opex",
    "budget",
    "spend",
    "spending",
    "expense",
    "expenses",
    "expenditure",
    "investment",
    "invest",
    "capital",
    "request",
    "funding",
    "amount",
    "kosten",
    "ausgaben",
    "betrag",
    "price",
    "appropriation",
    "outlay",
    "money",
    "estimate",
];
const BENEFITS: [&str; 13] = [
    "benefit",
    "benefits",
    "saving",
    "savings",
    "revenue",
    "revenues",
    "income",
    "return",
    "nutzen",
    "einsparung",
    "einsparungen",
    "erlöse",
    "profit",
];
const DEMANDS: [&str; 13] = [
    "fte",
    "ftes",
    "hours",
    "days",
    "effort",
    "headcount",
    "resources",
    "resource",
    "demand",
    "work",
    "pd",
    "aufwand",
    "staff",
];
/// Words of the same money at another time or by another view.
const VIEWS: [&str; 17] = [
    "actual",
    "actuals",
    "forecast",
    "baseline",
    "plan",
    "planned",
    "prior",
    "previous",
    "committed",
    "approved",
    "ist",
    "soll",
    "spent",
    "remaining",
    "variance",
    "eac",
    "revised",
];
const SCORES: [&str; 8] =
    ["score", "fit", "alignment", "rating", "points", "bewertung", "scoring", "contribution"];
const NO_SCORES: [&str; 9] =
    ["risk", "effort", "total", "overall", "rank", "complexity", "cost", "weighted", "risiko"];

/// Kind of amounts under a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmountKind {
    /// Money that is spent.
    Costs,
    /// Money that comes.
    Benefits,
    /// Effort.
    Demands,
}

impl AmountKind {
    /// The section of the map.
    pub fn section(self) -> &'static str {
        match self {
            Self::Costs => "costs",
            Self::Benefits => "benefits",
            Self::Demands => "demands",
        }
    }
}

fn has(words: &str, known: &[&str]) -> bool {
    words.split(|next: char| !next.is_alphanumeric()).any(|word| known.contains(&word))
}

/// Words of figures that do not add up.
const RATES: [&str; 9] = ["per", "rank", "score", "ratio", "rate", "percent", "percentage", "index", "irr"];

/// The kind of amounts that a heading names; none of what does not add up.
pub fn amount_kind(words: &str) -> Option<AmountKind> {
    if has(words, &RATES) || words.contains('%') {
        return None;
    }
    if has(words, &BENEFITS) {
        return Some(AmountKind::Benefits);
    }
    if has(words, &COSTS) {
        return Some(AmountKind::Costs);
    }
    has(words, &DEMANDS).then_some(AmountKind::Demands)
}

/// True if a heading names a view of money of which there are others: planned, actual.
pub fn is_view(words: &str) -> bool {
    has(words, &VIEWS)
}

/// True if a heading names a score of which more is better.
pub fn is_score(words: &str) -> bool {
    has(words, &SCORES) && !has(words, &NO_SCORES)
}

/// A heading without what a tool writes around fields that its users made: `Custom field (Capex)`.
pub fn without_wrapper(heading: &str) -> &str {
    heading.strip_prefix("Custom field (").and_then(|rest| rest.strip_suffix(')')).unwrap_or(heading)
}

/// A key of the map made of a heading: letters and digits in lower case with `_` between words.
pub fn key_of(heading: &str) -> String {
    let words = super::facts::words(without_wrapper(heading.trim()));
    let parts: Vec<&str> =
        words.split(|next: char| !next.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("_")
}
