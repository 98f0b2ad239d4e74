//! The keys of a batch file.

use super::{BatchSection, Holds, KeySchema};
use crate::input::words::{
    CUT_LINES, DUPLICATE_ROWS, SENSES, VERIFY, detailed, past_horizons, risk_measures, samplings, solvers,
    timings, weight_methods, words,
};

const fn required(key: &'static str, kind: &'static str, doc: &'static str) -> KeySchema {
    KeySchema { key, kind: Holds::Described(kind), required: true, default: None, doc }
}

/// A key that may be left out.
pub(super) const fn optional(key: &'static str, kind: &'static str, doc: &'static str) -> KeySchema {
    KeySchema { key, kind: Holds::Described(kind), required: false, default: None, doc }
}

/// The same with what holds where it is left out.
pub(super) const fn or(
    key: &'static str,
    kind: &'static str,
    default: &'static str,
    doc: &'static str,
) -> KeySchema {
    KeySchema { key, kind: Holds::Described(kind), required: false, default: Some(default), doc }
}

/// The same with a word of a list.
pub(super) const fn word_or(
    key: &'static str,
    words: fn() -> Vec<&'static str>,
    default: &'static str,
    doc: &'static str,
) -> KeySchema {
    KeySchema { key, kind: Holds::OneOf(words), required: false, default: Some(default), doc }
}

const GOALS: &str = "measure, table of measure -> number above 0, or list of goals in order";
const MEASURES: &str = "measure, or list of measures in order";
const MEASURE_SENSE: &str = "min for cost, discounted_cost, line.* and resource.*, else max";
const TIMING_DOC: &str = "when in a period its money falls due: end is as the NPV function of spreadsheets";
const SCALE: &str = "number, 0 or more, or table of name -> number";

/// Every section that this version reads. `[base]` and `[[sweep]]` take the keys of `[[scenario]]` too.
pub const BATCH: &[BatchSection] = &[
    SETTINGS, SIMULATION, WEIGHTS, LIMIT, BASELINE, CHECK, FRONTIER, ROOM, PRIORITIES, REPORT, BASE,
    SCENARIO, SWEEP,
];

/// `[batch]`.
pub const SETTINGS: BatchSection = BatchSection {
    section: "[batch]",
    doc: "what is run, and how options are searched for",
    keys: &[
        or("batch.name", "text", "the name of the file", "names the batch and its output folder"),
        or("batch.description", "text", "blank", "a note to readers"),
        required(
            "batch.portfolio",
            "path",
            "the portfolio's folder or workbook (.xlsx), relative to the batch file; a workbook that holds the batch is it itself",
        ),
        word_or(
            "batch.duplicate_rows",
            || words(DUPLICATE_ROWS),
            "fault",
            "several rows of costs of one project and line, of benefits of one project and kind, or of demands of one project \
             and resource: refused, or added up",
        ),
        optional(
            "batch.currency",
            "letters or a sign, such as EUR or k€, up to 16 characters",
            "currency of all money, told beside amounts; no number changes",
        ),
        or("batch.seed", "whole number, 0 or more", "0", "seed of every random stream"),
        or("batch.discount_rate", "number above -1", "0", "discount rate per period"),
        word_or("batch.discount_at", || words(timings()), "start", TIMING_DOC),
        or("batch.options", "whole number, 1 or more", "10", "ranked options per scenario"),
        or(
            "batch.min_difference",
            "whole number, 1 or more",
            "1",
            "projects by which any two options of a scenario must differ",
        ),
        or("batch.gap", "number from 0, below 1", "0.001", "relative gap to prove"),
        or(
            "batch.time_limit",
            "number above 0",
            "60, or no limit where work_limit is given",
            "seconds per option",
        ),
        optional(
            "batch.work_limit",
            "whole number, 1 or more",
            "search nodes per option: a limit that is the same on every machine",
        ),
        word_or(
            "batch.solver",
            || words(solvers()),
            "auto",
            "what proves options: highs, the tree search, or the search first where the problem is small enough",
        ),
        word_or(
            "batch.verify",
            || words(VERIFY),
            "one",
            "both: the tree search and HiGHS prove every option, each on its own; verification.csv holds both answers, and a \
             difference ends with exit code 1",
        ),
        or(
            "batch.maximise",
            GOALS,
            "strategic_value",
            "what scenarios maximise; the measures are strategic_value, expected_strategic_value (times success \
             probability), npv, npv@RATE (at another rate), benefit, benefit.KIND, discounted_benefit, cost, \
             discounted_cost, projects, objective.ID, line.ID, resource.ID, attribute.NAME; npv.mean and npv.cvar, and those \
             of benefit, cost and strategic_value, over the futures that searches see (decision_trials); \
             of several goals in order each is a measure (the first may be a mix), optimised among the best in those before",
        ),
        optional("batch.minimise", MEASURES, "what scenarios minimise, instead of maximise"),
        or("batch.meet_targets", "true or false", "false", "whether the objectives' targets must be reached"),
        or("batch.escalation", "number above -1", "0", "growth of a project's costs per period of delay"),
        optional("batch.max_changes", "whole number, 0 or more", "most changes to the current plan"),
        or("batch.change_price", "number, 0 or more", "0", "objective units per change to the current plan"),
        optional(
            "batch.max_drops",
            "whole number, 0 or more",
            "most projects of the current plan that are dropped",
        ),
        or(
            "batch.add_price",
            "number, 0 or more",
            "0",
            "instead of change_price: objective units per project that is added to the current plan",
        ),
        or("batch.drop_price", "number, 0 or more", "0", "the same per project that is dropped"),
        or("batch.move_price", "number, 0 or more", "0", "the same per project whose start is moved"),
        word_or(
            "batch.past_horizon",
            || words(past_horizons()),
            "warn",
            "starts that push spend or demand past the last period, where no budget looks: told, left out, or meant",
        ),
        or(
            "batch.decisions",
            "true or false",
            "true for up to 20 scenarios, else false",
            "whether decisions.csv says why each project is in or out and what would change that",
        ),
        or(
            "batch.reasons_time",
            "number above 0",
            "time_limit times options",
            "seconds in which all decisions of a scenario together are explained; what is not proven by then is told as a range",
        ),
        or(
            "batch.rank_by",
            "measure, or strategic_value, npv, benefit or cost with .mean, .sd, .p10, .p50, .p90, .cvar or a percentile of choice",
            "the scenario's own objective",
            "what options are ranked by",
        ),
    ],
    not_yet: &[],
};

/// `[simulation]`.
pub const SIMULATION: BatchSection = BatchSection {
    section: "[simulation]",
    doc: "how risk is simulated",
    keys: &[
        or("simulation.trials", "whole number, 100 or more", "10000", "simulated futures"),
        optional(
            "simulation.precision",
            "number above 0, at most 1",
            "in place of trials: as many as it takes until the standard error of the mean NPV of the first option of \
             every scenario is at most this part of its size; 200000 at most",
        ),
        word_or(
            "simulation.sampling",
            || words(samplings()),
            "latin",
            "how samples are spread; sobol draws at least 16 nets of 2, 4, 8 ... trials each, so that counts are rounded up",
        ),
        word_or(
            "simulation.details",
            || words(detailed()),
            "first",
            "of which options contingency.csv and attribution.csv tell: of that which is ranked first, of all or of none; with none, nor \
             is information.csv written",
        ),
        or("simulation.tail", "number above 0, at most 1", "0.05", "the tail that CVaR averages"),
        or(
            "simulation.decision_trials",
            "whole number, 100 or more",
            "1000",
            "futures in which goals and limits of simulated futures are decided while options are searched for: others than those \
             reported",
        ),
        optional(
            "simulation.percentiles",
            "list of numbers above 0, below 100, with at most one decimal",
            "percentiles to tell beside P10, P50 and P90: [80] gives npv_p80, cost_p80, ...",
        ),
        or(
            "simulation.solve_in_futures",
            "whole number, 0 or more",
            "0",
            "futures (trials of the simulation, at most as many as there are) in which the selection is solved again, all that \
             is drawn being known: futures.csv, frequency_over_trials in decisions.csv, and what perfect information is worth",
        ),
        optional(
            "simulation.prior_sd",
            "table of quantity -> number above 0",
            "{ benefit = 0.4 }: by how much the true benefits per unit of cost of the candidates scatter around their common mean, as \
             a share of it; tells what planned NPVs lose on average because favourable estimates are chosen (shrinkage.csv)",
        ),
    ],
    not_yet: &[],
};

/// `[weights.NAME]`.
pub const WEIGHTS: BatchSection = BatchSection {
    section: "[weights.NAME]",
    doc: "a named set of weights; the objectives table's own weights are the set `given`",
    keys: &[
        KeySchema {
            key: "weights.NAME.method",
            kind: Holds::OneOf(|| words(weight_methods())),
            required: true,
            default: None,
            doc: "how the weights are found",
        },
        optional(
            "weights.NAME.values",
            "table of objective -> number, 0 or more",
            "method direct: weights among siblings; siblings of which none is named keep the table's own",
        ),
        optional(
            "weights.NAME.order",
            "list of objectives; an inner list is a tie",
            "method rank: from the most to the least important; weights are rank-order centroids among siblings",
        ),
        optional(
            "weights.NAME.points",
            "table of objective -> number, 0 or more",
            "method swing: points for the step from the worst to the best score, 100 for the one that matters most; shares of their sum among siblings",
        ),
        optional(
            "weights.NAME.judgements",
            "list of judgements [objective, objective, number from 1/9 to 9]",
            "method pairwise: how many times as much the first matters as the second, under one parent; the reciprocal is implied, and pairs may be missing as long as a chain connects all siblings; a consistency ratio above 0.1 draws a warning",
        ),
        optional(
            "weights.NAME.statements",
            "list of statements",
            "method incomplete: linear statements about the weights of siblings, which sum to 1, such as growth >= 2 * service or 0.1 <= risk <= 0.4 (+ - * / ( ) <= >= =; names that are no words in single quotes); scenarios are optimised by the mean of the vertices of what satisfies them all",
        ),
        optional(
            "weights.NAME.members",
            "table of weight set -> number above 0",
            "method group: the weighted mean of the weights of other sets",
        ),
        optional(
            "weights.NAME.classes",
            "table of class -> name of a weight set",
            "method by_class: each project is weighed by the set of its class; every class of a project needs one",
        ),
        optional(
            "weights.NAME.attribute",
            "name of an attribute of projects",
            "method by_class: the column of projects.csv that holds the class of each project",
        ),
    ],
    not_yet: &[],
};

/// `[[limit]]`.
pub const LIMIT: BatchSection = BatchSection {
    section: "[[limit]]",
    doc: "a line in the sand for every scenario: a strategic bucket, a minimum count; needs at least one bound",
    keys: &[
        required("limit.name", "text", "unique name"),
        required(
            "limit.measure",
            "measure",
            "what is limited: any that can be maximised; of cvar only its better side (npv.cvar has min, cost.cvar max)",
        ),
        or(
            "limit.where",
            "table of attribute (or `project`) -> value or list of values",
            "all projects",
            "projects that count: they have one of the values of each attribute",
        ),
        optional("limit.min", "number", "at least this much"),
        optional("limit.max", "number", "at most this much"),
        optional(
            "limit.min_share",
            "number from 0 to 1",
            "at least this share of all chosen projects' total",
        ),
        optional("limit.max_share", "number from 0 to 1", "at most this share of all chosen projects' total"),
        optional(
            "limit.by",
            "name of an attribute of projects, or project",
            "makes one limit per value of the attribute, named `name: value`; projects without a value are in none",
        ),
        optional(
            "limit.min_of_plan",
            "number from 0 to 10",
            "at least this share of what the limit counts in the current plan, instead of min",
        ),
        optional(
            "limit.max_of_line",
            "table of line (or `*`) -> number from 0 to 1",
            "at most this share of the line's budget over the limit's periods, instead of max; several lines add up",
        ),
        or(
            "limit.periods",
            "list of periods",
            "all, as the measure is",
            "periods that count, for cost, benefit, benefit.*, discounted_cost, discounted_benefit, line.*, resource.* and projects (those that start in them)",
        ),
        optional(
            "limit.price",
            "number, 0 or more",
            "makes the limit soft: objective units per unit by which it is missed",
        ),
        optional(
            "limit.priority",
            "whole number from 1 to 99",
            "makes the limit soft without a price: where not all can be kept, those of 1 are kept before those of 2",
        ),
        optional(
            "limit.confidence",
            "number above 0, below 1",
            "the limit holds in simulated futures with this confidence, and not on the plan: of cost, line.* or resource.*, \
             with max, or without any bound (the budget or capacity of each period is the limit)",
        ),
        word_or(
            "limit.risk",
            || words(risk_measures()),
            "cvar",
            "what the confidence means: cvar: on average over the worst 1 - confidence of the futures the amount is within the \
             limit, which is stricter; chance: in at least this share of the futures it is",
        ),
        or(
            "limit.joint",
            "true or false",
            "false",
            "of a confidence without max: all periods hold in the same futures; false: each for itself",
        ),
    ],
    not_yet: &[],
};

/// `[baseline]`.
pub const BASELINE: BatchSection = BatchSection {
    section: "[baseline]",
    doc: "what a cut line through a ranked list would fund, beside the options of every scenario that maximises",
    keys: &[
        word_or(
            "baseline.rule",
            || words(CUT_LINES),
            "cut_line",
            "at the first project that does not fit: end the list, skip it and go on, or no baseline at all",
        ),
        or(
            "baseline.by",
            "value_per_cost, or a measure",
            "value_per_cost",
            "order of the list: objective per unit of cost, or a measure such as attribute.score",
        ),
    ],
    not_yet: &[],
};

const CHECK: BatchSection = BatchSection {
    section: "[check]",
    doc: "control figures: columns of projects.csv that hold a measure as it was computed elsewhere",
    keys: &[
        optional(
            "check.MEASURE",
            "attribute.NAME",
            "the column to compare with the measure of each project (whole, at its planned start, under [base]): rows that \
             differ are faults, blank cells are skipped",
        ),
        or(
            "check.tolerance",
            "number, 0 or more",
            "0",
            "by how much figures may differ, in their own units: half of the last digit of figures that were rounded",
        ),
    ],
    not_yet: &[],
};

/// `[frontier]`.
pub const FRONTIER: BatchSection = BatchSection {
    section: "[frontier]",
    doc: "all non-dominated points of two measures, for every scenario, or the best at evenly spaced levels of one",
    keys: &[
        required("frontier.x", "measure, or budget_scale", "first measure, or a factor on all budgets"),
        required("frontier.y", "measure", "second measure"),
        word_or("frontier.x_sense", || words(SENSES), MEASURE_SENSE, "whether less or more of x is better"),
        word_or("frontier.y_sense", || words(SENSES), MEASURE_SENSE, "whether less or more of y is better"),
        or(
            "frontier.points",
            "whole number from 2 to 1000",
            "all non-dominated points",
            "so many evenly spaced levels of x, ends included: the best y at each, proven to the gap, and nothing between them",
        ),
        optional("frontier.from", "number", "lowest level of x of a grid; without it the least x that pays"),
        optional(
            "frontier.to",
            "number",
            "highest level of x of a grid; without it the most x that pays, and 1 for budget_scale",
        ),
        or(
            "frontier.time_limit",
            "number above 0",
            "no limit",
            "seconds for the frontier of a scenario: what is found by then is kept, with the bound proven by then",
        ),
    ],
    not_yet: &[],
};

/// `[room]`.
pub const ROOM: BatchSection = BatchSection {
    section: "[room]",
    doc: "how much freedom there is near the best: least and most of every measure, group and project, for every scenario",
    keys: &[
        required(
            "room.within",
            "number above 0, at most 1",
            "part of the best objective that a selection may lose: 0.02 is 2 %",
        ),
        or(
            "room.time_limit",
            "number above 0",
            "batch.reasons_time, or as much as the options of a scenario have",
            "seconds for all of a scenario: what is found by then is kept, with the bound proven by then",
        ),
    ],
    not_yet: &[],
};

/// `[priorities]`.
pub const PRIORITIES: BatchSection = BatchSection {
    section: "[priorities]",
    doc: "one order of all projects that is good for any budget between two levels, for every scenario",
    keys: &[
        or("priorities.from", "number from 0 to 100", "0.5", "lowest factor on all budgets"),
        or("priorities.to", "number from 0 to 100, above from", "1.5", "highest factor on all budgets"),
        or(
            "priorities.steps",
            "whole number from 2 to 100",
            "11",
            "number of evenly spaced levels, ends included: two searches each",
        ),
    ],
    not_yet: &[],
};

/// `[report]`.
pub const REPORT: BatchSection = BatchSection {
    section: "[report]",
    doc: "how options are summed up, in groups.csv, and how far weights may move, in weight_ranges.csv",
    keys: &[
        or(
            "report.group_by",
            "list of attributes, of paths of them such as portfolio/program, of line.group and line.kind",
            "none",
            "one row per option and group; a path is a tree: first by its first attribute, then by the next within each",
        ),
        or(
            "report.weight_ranges",
            "true or false",
            "false",
            "finds the interval of each objective's weight over which option 1 stays the best: several solves each",
        ),
    ],
    not_yet: &[],
};

const BASE: BatchSection = BatchSection {
    section: "[base]",
    doc: "what every scenario starts from: the keys of [[scenario]] except name",
    keys: &[],
    not_yet: &[],
};

/// `[[scenario]]`.
pub const SCENARIO: BatchSection = BatchSection {
    section: "[[scenario]]",
    doc: "one set of assumptions; a key replaces the base's key entirely",
    keys: &[
        required("scenario.name", "text", "unique name"),
        or("scenario.weights", "name of a weight set", "given", "its weights"),
        or("scenario.discount_rate", "number above -1", "batch.discount_rate", "discount rate per period"),
        word_or("scenario.discount_at", || words(timings()), "batch.discount_at", TIMING_DOC),
        or("scenario.options", "whole number, 1 or more", "batch.options", "ranked options"),
        or("scenario.maximise", GOALS, "batch.maximise", "what it maximises"),
        optional("scenario.minimise", MEASURES, "what it minimises, instead of maximise"),
        or("scenario.risk", "true or false", "true", "whether its options are simulated"),
        or("scenario.force_in", "list of projects", "none", "projects that must be chosen"),
        or("scenario.force_out", "list of projects", "none", "projects that must not be chosen"),
        or(
            "scenario.budget_scale",
            SCALE,
            "1",
            "factor on budgets, also per line or `*`; applies to `budgets` below as well",
        ),
        or("scenario.capacity_scale", SCALE, "1", "factor on capacities, also per resource"),
        or("scenario.cost_scale", SCALE, "1", "factor on costs, also per line"),
        or("scenario.benefit_scale", SCALE, "1", "factor on benefits, also per kind"),
        optional(
            "scenario.budgets",
            "table of line (or `*`) -> list of one number per period",
            "budgets that replace the table's rows",
        ),
        or("scenario.limits", "list of tables with the keys of [[limit]]", "none", "more limits"),
        or("scenario.without_limits", "list of names", "none", "limits of [[limit]] that do not hold here"),
        or("scenario.meet_targets", "true or false", "batch.meet_targets", "whether targets must be reached"),
        or(
            "scenario.escalation",
            "number above -1",
            "batch.escalation",
            "growth of costs per period of delay",
        ),
        or(
            "scenario.max_changes",
            "whole number, 0 or more",
            "batch.max_changes",
            "most changes to the plan",
        ),
        or("scenario.change_price", "number, 0 or more", "batch.change_price", "objective units per change"),
        or("scenario.max_drops", "whole number, 0 or more", "batch.max_drops", "most drops from the plan"),
        or("scenario.add_price", "number, 0 or more", "batch.add_price", "objective units per addition"),
        or("scenario.drop_price", "number, 0 or more", "batch.drop_price", "objective units per drop"),
        or("scenario.move_price", "number, 0 or more", "batch.move_price", "objective units per move"),
        optional(
            "scenario.confidence",
            "number above 0, below 1",
            "the confidence of all limits that have one, in place of their own",
        ),
        optional(
            "scenario.min_fraction",
            "number from 0 to 1, or table of project -> number",
            "trimming: smallest share of every project, or of those named, in place of the column of projects.csv (0: any share, 1: all or nothing)",
        ),
    ],
    not_yet: &[],
};

const SWEEP: BatchSection = BatchSection {
    section: "[[sweep]]",
    doc: "one scenario per combination of the values that it varies; the first key varies slowest",
    keys: &[
        optional("sweep.name", "text", "stands before the names of its scenarios"),
        required("sweep.vary", "table of scenario key -> list of values", "what is varied"),
    ],
    not_yet: &[],
};
