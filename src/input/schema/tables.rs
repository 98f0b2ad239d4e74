//! The tables of a portfolio.

use super::{ColumnSchema, Holds, OtherColumns, TableSchema};
use crate::input::words::{
    DISTRIBUTIONS, LINK_KINDS, OVERRUN_BASES, PAYERS, STATUS, effects, quantities, words,
};

impl TableSchema {
    /// The table of that name.
    pub fn find(table: &str) -> Option<&'static Self> {
        TABLES.iter().find(|schema| schema.table == table)
    }
}

const fn required(column: &'static str, kind: &'static str, doc: &'static str) -> ColumnSchema {
    ColumnSchema { column, kind: Holds::Described(kind), required: true, default: None, doc }
}

const fn optional(column: &'static str, kind: &'static str, doc: &'static str) -> ColumnSchema {
    ColumnSchema { column, kind: Holds::Described(kind), required: false, default: None, doc }
}

const fn or(
    column: &'static str,
    kind: &'static str,
    default: &'static str,
    doc: &'static str,
) -> ColumnSchema {
    ColumnSchema { column, kind: Holds::Described(kind), required: false, default: Some(default), doc }
}

/// A column that must hold one of a few words.
const fn required_word(
    column: &'static str,
    words: fn() -> Vec<&'static str>,
    doc: &'static str,
) -> ColumnSchema {
    ColumnSchema { column, kind: Holds::OneOf(words), required: true, default: None, doc }
}

/// A column of a few words, one of which is the value of a blank cell.
const fn word_or(
    column: &'static str,
    words: fn() -> Vec<&'static str>,
    default: &'static str,
    doc: &'static str,
) -> ColumnSchema {
    ColumnSchema { column, kind: Holds::OneOf(words), required: false, default: Some(default), doc }
}

/// Every table that this version reads.
pub const TABLES: &[TableSchema] = &[
    PROJECTS,
    COSTS,
    BENEFITS,
    DEMANDS,
    BUDGETS,
    CAPACITIES,
    LINES,
    OBJECTIVES,
    KEY_RESULTS,
    EFFECTS,
    SCORES,
    DEPENDENCIES,
    SYNERGIES,
    UNCERTAINTY,
    REFERENCE_CLASSES,
    SAMPLES,
    DRIVERS,
    EXPOSURES,
    CORRELATIONS,
    RISKS,
    IMPACTS,
    CURRENT_PLAN,
];

const PROJECTS: TableSchema = TableSchema {
    table: "projects",
    doc: "one row per candidate project",
    required: true,
    columns: &[
        required("project", "text", "unique id"),
        or("name", "text", "the id", "name for people"),
        word_or("status", || words(STATUS), "candidate", "what has been decided before the optimisation"),
        or("start", "period", "the first period", "planned first period"),
        or("max_delay", "whole number, 0 or more", "0", "periods by which the start may be deferred"),
        optional("alternatives", "text", "of the projects that share this text at most one is chosen"),
        optional(
            "min_fraction",
            "number from 0 to 1",
            "smallest share that can be funded, 0: any share; blank: all or nothing",
        ),
        or("success_probability", "number from 0 to 1", "1", "probability that the benefits come at all"),
        optional(
            "latest",
            "period",
            "last period in which it may start; the earlier of this and max_delay counts",
        ),
        or(
            "value_decay",
            "number from 0 to 1",
            "0",
            "share of its strategic value lost with each period of delay",
        ),
    ],
    other_columns: OtherColumns::Attributes,
    not_yet: &[],
};

const COSTS: TableSchema = TableSchema {
    table: "costs",
    doc: "planned spend, one row per project and budget line, when the project starts as planned",
    required: false,
    columns: &[
        required("project", "text", "project that spends"),
        required("line", "text", "budget line"),
        word_or(
            "payers",
            || words(PAYERS),
            "one",
            "where `line` lists several, separated by `;`: one of them pays the whole row, or they mix in any way",
        ),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const BENEFITS: TableSchema = TableSchema {
    table: "benefits",
    doc: "planned benefits, one row per project and kind, when the project starts as planned and succeeds",
    required: false,
    columns: &[
        required("project", "text", "project that brings the benefit"),
        or("kind", "text", "benefit", "kind of benefit, such as savings or revenue"),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const DEMANDS: TableSchema = TableSchema {
    table: "demands",
    doc: "planned demand for resources, one row per project and resource, when the project starts as planned",
    required: false,
    columns: &[
        required("project", "text", "project that demands"),
        required("resource", "text", "role or asset, in its own unit"),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const BUDGETS: TableSchema = TableSchema {
    table: "budgets",
    doc: "what can be spent, one row per budget line; a line without a row is not limited; a period may be in per cent \
          (12 %): a share of what all projects that are not excluded ask of the line in it as planned",
    required: false,
    columns: &[
        required("line", "text", "budget line; `*` caps all lines together"),
        or(
            "carry_over",
            "number from 0 to 1",
            "0",
            "largest share of unspent money that moves to the next period",
        ),
        or("overrun_limit", "number, 0 or more", "0", "money per period that may be spent beyond the budget"),
        or("overrun_price", "number, 0 or more", "0", "objective units per unit of overrun"),
        word_or(
            "overrun_basis",
            || words(OVERRUN_BASES),
            "plan",
            "what the price is charged on: the overrun as planned, or its mean over simulated futures",
        ),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const CAPACITIES: TableSchema = TableSchema {
    table: "capacities",
    doc: "how much of each resource there is; a resource without a row is not limited",
    required: false,
    columns: &[
        required("resource", "text", "role or asset"),
        or(
            "extra_limit",
            "number, 0 or more",
            "0",
            "units that can be bought per period beyond the capacity",
        ),
        or("extra_rate", "number, 0 or more", "0", "cost per unit bought"),
        optional("extra_line", "budget line", "budget line that pays; needed where units cost something"),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const LINES: TableSchema = TableSchema {
    table: "lines",
    doc: "what people call budget lines, and what these are summed up with, one row per line of `costs` or `budgets`; a \
          line without a row has its id as its name",
    required: false,
    columns: &[
        required("line", "text", "budget line"),
        or("name", "text", "the id", "name for people"),
        optional("group", "text", "lines that share this text are summed up together"),
        optional(
            "kind",
            "text",
            "kind of money, such as capital or operating expense; summed up like `group`",
        ),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const OBJECTIVES: TableSchema = TableSchema {
    table: "objectives",
    doc: "what strategy wants, one row per objective",
    required: false,
    columns: &[
        required("objective", "text", "unique id"),
        or("name", "text", "the id", "name for people"),
        optional("parent", "objective", "objective that it serves; blank: a top objective"),
        optional(
            "weight",
            "number, 0 or more",
            "weight among its siblings (all of them or none); none: all weigh the same",
        ),
        optional("worst", "number", "score that counts 0; with `best`, scores are rescaled to 0-100"),
        optional("best", "number", "score that counts 100"),
        optional("target", "number", "key result: total score that the portfolio should reach; leaves only"),
        optional(
            "curve",
            "points score:value separated by `;`",
            "value function in place of worst and best, with lines between its points, such as `0:0; 10:60; 40:100`; scores rise, and one beyond the ends counts as the nearest end, with a warning",
        ),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const KEY_RESULTS: TableSchema = TableSchema {
    table: "key_results",
    doc: "numbers that objectives want to move from a baseline to a target, one row per key result",
    required: false,
    columns: &[
        required("key_result", "text", "unique id"),
        required("objective", "objective", "objective that it measures, at any level"),
        or("name", "text", "the id", "name for people"),
        optional("unit", "text", "unit of its values, such as % or days"),
        required("baseline", "number", "value if nothing is funded"),
        required("target", "number", "value to reach; below the baseline where less is better"),
        or("due", "period", "the last period", "period at whose end the target is due"),
        or("weight", "number, 0 or more", "1", "weight among the key results of its objective"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const EFFECTS: TableSchema = TableSchema {
    table: "effects",
    doc: "what projects do to key results, one row per project and key result: by how much the project changes it in a \
          period, for good, when it starts as planned and succeeds",
    required: false,
    columns: &[
        required("project", "text", "project that changes the key result"),
        required("key_result", "key result", "key result that is changed, in its own unit"),
    ],
    other_columns: OtherColumns::Periods,
    not_yet: &[],
};

const SCORES: TableSchema = TableSchema {
    table: "scores",
    doc: "scores of projects, one row per project and one column per leaf objective; blank: no score",
    required: false,
    columns: &[required("project", "text", "project that is scored")],
    other_columns: OtherColumns::LeafObjectives,
    not_yet: &[],
};

const DEPENDENCIES: TableSchema = TableSchema {
    table: "dependencies",
    doc: "how one project depends on another",
    required: false,
    columns: &[
        required(
            "project",
            "project; for `requires` also projects, separated by `;`",
            "project that depends",
        ),
        required_word(
            "kind",
            || words(LINK_KINDS),
            "requires: only with the other (of lists: if all of `project` are chosen, at least one of `other` is); \
             after: also starts `lag` periods after it or later",
        ),
        required("other", "project; for `requires` also projects, separated by `;`", "project it depends on"),
        or("lag", "whole number, 0 or more", "0", "periods between the two starts, for `after` only"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const SYNERGIES: TableSchema = TableSchema {
    table: "synergies",
    doc: "what projects are worth together beyond what each is worth alone, one row per synergy",
    required: false,
    columns: &[
        required("synergy", "text", "unique id"),
        required("projects", "projects, separated by `;`", "projects that make the synergy, two or more"),
        or("at_least", "whole number, 1 or more", "all", "how many of them must be chosen"),
        required_word("effect", || words(effects()), "quantity that is added to"),
        required(
            "amount",
            "number other than 0",
            "amount added when enough are chosen; benefit and cost: an undiscounted total, spread as the projects' own",
        ),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const UNCERTAINTY: TableSchema = TableSchema {
    table: "uncertainty",
    doc: "how a quantity of a project may turn out: a factor on the plan, 1 is as planned; a delay is in periods, whole and \
          part",
    required: false,
    columns: &[
        required("project", "text", "project, or `*` for all that have no row of their own"),
        required_word("quantity", || words(quantities()), "what varies"),
        required_word("distribution", || words(DISTRIBUTIONS), "how it varies"),
        optional(
            "low",
            "number",
            "triangular, pert, uniform: smallest; p10p90, metalog: P10; bernoulli: otherwise",
        ),
        optional("mode", "number", "triangular, pert: most likely; metalog: P50"),
        optional(
            "high",
            "number",
            "triangular, pert, uniform: largest; p10p90, metalog: P90; bernoulli: if it occurs",
        ),
        optional(
            "mean",
            "number",
            "normal, lognormal: mean; bernoulli: probability of `high`; fixed: the value",
        ),
        optional("sd", "number", "normal, lognormal: standard deviation"),
        optional("class", "text", "reference: the class of reference_classes that it draws from"),
        optional("min", "number", "metalog: what no value lies below; blank: unbounded"),
        optional("max", "number", "metalog: what no value lies above; blank: unbounded"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const REFERENCE_CLASSES: TableSchema = TableSchema {
    table: "reference_classes",
    doc: "how past cases came out, one row per case; `distribution = reference` in uncertainty draws from a class",
    required: false,
    columns: &[
        required("class", "text", "class that the case belongs to"),
        required("ratio", "number, 0 or more", "actual amount divided by the planned one: 1 is as planned"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const SAMPLES: TableSchema = TableSchema {
    table: "samples",
    doc: "factors made elsewhere, one row per trial, in place of the program's own draws; trial t takes row t mod rows",
    required: false,
    columns: &[required("trial", "whole number, 0 or more", "number of the trial: 1, 2, 3 … without a gap")],
    other_columns: OtherColumns::Quantities,
    not_yet: &[],
};

const DRIVERS: TableSchema = TableSchema {
    table: "drivers",
    doc: "risk drivers: causes that several quantities share",
    required: false,
    columns: &[required("driver", "text", "unique id"), or("name", "text", "the id", "name for people")],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const EXPOSURES: TableSchema = TableSchema {
    table: "exposures",
    doc: "how strongly quantities follow drivers",
    required: false,
    columns: &[
        required("project", "text", "project, or `*` for all that have no row of their own"),
        required_word("quantity", || words(quantities()), "what follows the driver"),
        required("driver", "text", "risk driver"),
        required(
            "loading",
            "number from -1 to 1",
            "correlation with the driver; squares of one quantity's loadings sum to at most 1",
        ),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const CORRELATIONS: TableSchema = TableSchema {
    table: "correlations",
    doc: "rank correlations of uncertain quantities, one row per pair; pairs without a row have none",
    required: false,
    columns: &[
        required("project", "text", "project"),
        required_word("quantity", || words(quantities()), "what of it is correlated"),
        required(
            "other",
            "text",
            "the project that it is correlated with; the same for two quantities of one",
        ),
        ColumnSchema {
            column: "other_quantity",
            kind: Holds::OneOf(|| words(quantities())),
            required: false,
            default: Some("the quantity"),
            doc: "what of the other project; blank: as `quantity`",
        },
        required("correlation", "number from -1 to 1", "rank correlation, after Spearman"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const RISKS: TableSchema = TableSchema {
    table: "risks",
    doc: "risk events, each of which occurs in a trial or not, for all projects that it hits alike",
    required: false,
    columns: &[
        required("risk", "text", "unique id"),
        or("name", "text", "the id", "name for people"),
        required("probability", "number from 0 to 1", "probability that it occurs"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const IMPACTS: TableSchema = TableSchema {
    table: "impacts",
    doc: "what a risk event does to a quantity of a project if it occurs: a factor on top of the quantity's own, 1.2 is a \
          fifth more; a delay adds periods",
    required: false,
    columns: &[
        required("risk", "text", "risk event"),
        required("project", "text", "project that it hits"),
        required_word("quantity", || words(quantities()), "quantity that it changes"),
        required_word("distribution", || words(DISTRIBUTIONS), "distribution of the change"),
        optional(
            "low",
            "number",
            "triangular, pert, uniform: smallest; p10p90, metalog: P10; bernoulli: otherwise",
        ),
        optional("mode", "number", "triangular, pert: most likely; metalog: P50"),
        optional(
            "high",
            "number",
            "triangular, pert, uniform: largest; p10p90, metalog: P90; bernoulli: with its probability",
        ),
        optional(
            "mean",
            "number",
            "normal, lognormal: mean; bernoulli: probability of `high`; fixed: the value",
        ),
        optional("sd", "number", "normal, lognormal: standard deviation"),
        optional("class", "text", "reference: the class of reference_classes that it draws from"),
        optional("min", "number", "metalog: what no value lies below; blank: unbounded"),
        optional("max", "number", "metalog: what no value lies above; blank: unbounded"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};

const CURRENT_PLAN: TableSchema = TableSchema {
    table: "current_plan",
    doc: "what is already agreed, one row per project in the plan; for max_changes and change_price of the batch file",
    required: false,
    columns: &[
        required("project", "text", "project that is agreed"),
        required("start", "period", "agreed first period, also outside the project's window"),
    ],
    other_columns: OtherColumns::Refused,
    not_yet: &[],
};
