//! The keys of a map: how a project list of somebody else becomes tables.

use super::batch::{optional, or, word_or};
use super::{BatchSection, Holds, KeySchema};
use crate::input::words::map::{
    BLANK_IDS, DATE_ORDERS, EARLY_STARTS, NEGATIVES, REST_OF_LIST, TOTAL_ROWS, UNKNOWN_PROJECTS,
};
use crate::input::words::{DUPLICATE_ROWS, words};

/// Every section of a map.
pub const LIST_MAP: &[BatchSection] = &[
    MAP_LIST,
    MAP_NUMBERS,
    MAP_PERIODS,
    MAP_PROJECT,
    MAP_STATUS,
    MAP_ATTRIBUTES,
    MAP_ATTRIBUTE,
    MAP_AMOUNTS,
    MAP_SCORE,
    MAP_DEPENDENCIES,
];

/// `[list]`.
pub const MAP_LIST: BatchSection = BatchSection {
    section: "[list]",
    doc: "how the list is laid out, and which of its rows are projects",
    keys: &[
        or("list.sheet", "text", "the only sheet", "sheet of a workbook; --sheet goes before it"),
        or(
            "list.separator",
            ", or ; or tab or |",
            "found in the file",
            "character between the cells of a text file",
        ),
        or(
            "list.skip_rows",
            "whole number, 0 or more",
            "0",
            "rows above the headings, as a spreadsheet counts them",
        ),
        or(
            "list.header_rows",
            "whole number, 1 to 5",
            "1",
            "rows of headings; the texts of a column are joined by a blank, merged headings count for each of their columns",
        ),
        optional(
            "list.where",
            "table of heading -> text or list of texts",
            "rows that are read: those with one of these texts",
        ),
        optional(
            "list.leave",
            "table of heading -> text or list of texts",
            "rows that are left: those with one of these texts",
        ),
        word_or(
            "list.total_rows",
            || words(TOTAL_ROWS),
            "fault",
            "rows whose id or name begins or ends with a word for a total: refused, left, or read as projects",
        ),
        word_or(
            "list.blank_ids",
            || words(BLANK_IDS),
            "fault",
            "rows without an id: refused, left, or of the project of the row above",
        ),
        word_or(
            "list.duplicate_rows",
            || words(DUPLICATE_ROWS),
            "fault",
            "several amounts of one project, line and period: refused, or added up",
        ),
        word_or(
            "list.rest",
            || words(REST_OF_LIST),
            "leave",
            "columns that no other key names: left, or read as attributes by their headings",
        ),
    ],
    not_yet: &[],
};

/// `[numbers]`.
pub const MAP_NUMBERS: BatchSection = BatchSection {
    section: "[numbers]",
    doc: "how the list writes numbers; what is not said here is refused where it could mean something else",
    keys: &[
        optional(
            "numbers.decimal",
            ". or ,",
            "mark before the fraction; a number such as 1.250 needs it or `thousands`",
        ),
        optional("numbers.thousands", ". or , or blank or '", "mark that parts thousands"),
        optional(
            "numbers.currency",
            "text or list of texts",
            "signs of the one currency that amounts may bear",
        ),
        word_or(
            "numbers.negative",
            || words(NEGATIVES),
            "minus",
            "sign of negative numbers beside a leading minus",
        ),
        optional(
            "numbers.suffixes",
            "table of text -> number",
            "letters behind a number, and what each multiplies by",
        ),
        optional(
            "numbers.nothing",
            "text or list of texts",
            "texts that stand for a blank cell, such as - or n/a",
        ),
        optional(
            "numbers.percent",
            "share or points",
            "what 80 % is as a score or attribute: 0.8, or 80; probabilities are always shares",
        ),
        or(
            "numbers.scale",
            "number above 0",
            "1",
            "factor on costs and benefits: 1000 where the list holds thousands",
        ),
    ],
    not_yet: &[],
};

/// `[periods]`.
pub const MAP_PERIODS: BatchSection = BatchSection {
    section: "[periods]",
    doc: "the horizon of the portfolio",
    keys: &[
        or(
            "periods.horizon",
            "list of texts",
            "all periods of the list, in the order of the calendar",
            "the periods in order; amounts of others are left, and told",
        ),
        optional("periods.names", "table of text -> period", "periods by what the list calls them"),
        optional(
            "periods.pattern",
            "text with {period}",
            "form in which cells write periods, such as FY{period}",
        ),
        KeySchema {
            key: "periods.dates",
            kind: Holds::OneOf(|| words(DATE_ORDERS)),
            required: false,
            default: None,
            doc: "order in dates such as 01/02/2027",
        },
        word_or(
            "periods.early",
            || words(EARLY_STARTS),
            "fault",
            "projects that start before the horizon: refused, or started in its first period",
        ),
    ],
    not_yet: &[],
};

/// `[project]`.
pub const MAP_PROJECT: BatchSection = BatchSection {
    section: "[project]",
    doc: "columns of the list that are columns of projects.csv",
    keys: &[
        or("project.id", "heading", "made from the names", "the unique id"),
        optional("project.name", "heading", "name for people; needed where there is no id"),
        optional("project.status", "heading", "status; [status] translates its words"),
        optional("project.start", "heading", "planned first period, or a date in it"),
        optional("project.max_delay", "heading", "periods by which the start may be deferred"),
        optional(
            "project.alternatives",
            "heading",
            "of the projects that share this text at most one is chosen",
        ),
        optional("project.min_fraction", "heading", "smallest share that can be funded"),
        optional("project.success_probability", "heading", "probability that the benefits come at all"),
        optional("project.latest", "heading", "last period in which it may start, or a date in it"),
        optional(
            "project.value_decay",
            "heading",
            "share of its strategic value lost with each period of delay",
        ),
    ],
    not_yet: &[],
};

const MAP_STATUS: BatchSection = BatchSection {
    section: "[status]",
    doc: "words of the status column",
    keys: &[optional(
        "status.TEXT",
        "candidate, mandatory, excluded or leave",
        "what TEXT means; rows of `leave` are not read",
    )],
    not_yet: &[],
};

const MAP_ATTRIBUTES: BatchSection = BatchSection {
    section: "[attribute]",
    doc: "attributes of projects: a heading, or a section of its own",
    keys: &[optional("attribute.NAME", "heading", "column that holds the attribute")],
    not_yet: &[],
};

/// `[attribute.NAME]`.
pub const MAP_ATTRIBUTE: BatchSection = BatchSection {
    section: "[attribute.NAME]",
    doc: "an attribute that needs more than a heading",
    keys: &[
        optional("attribute.NAME.column", "heading", "column that holds the attribute"),
        or("attribute.NAME.number", "true or false", "false", "read as a number in the format of [numbers]"),
    ],
    not_yet: &[],
};

/// `[costs]`, `[benefits]`, `[demands]`.
pub const MAP_AMOUNTS: BatchSection = BatchSection {
    section: "[costs.LINE], [benefits.KIND], [demands.RESOURCE]",
    doc: "amounts. Where a column names the lines, the keys stand in [costs], with `line` for its heading; likewise \
          `kind` in [benefits] and `resource` in [demands]",
    keys: &[
        optional("costs.line", "heading", "column that names the budget line of a row"),
        optional("costs.line_name", "heading", "column with a name for people of the budget line"),
        optional(
            "costs.payers",
            "one or mix",
            "where cells name several lines, separated by `;`: one pays, or they mix",
        ),
        optional(
            "costs.LINE.columns",
            "text with {period}, list of headings, or table of heading -> period",
            "a column per period",
        ),
        optional("costs.LINE.amount", "heading", "column with one amount per row"),
        optional("costs.LINE.period", "heading", "column that says the period of `amount`"),
        optional("costs.LINE.in_period", "period", "the period of `amount` in every row"),
        optional("costs.LINE.total", "heading", "column with the sum of a row: rows that differ are faults"),
        or("costs.LINE.scale", "number above 0", "numbers.scale; 1 for demands", "factor on these amounts"),
    ],
    not_yet: &[],
};

/// `[scores.OBJECTIVE]`.
pub const MAP_SCORE: BatchSection = BatchSection {
    section: "[scores]",
    doc: "scores by objective: `OBJECTIVE = \"heading\"`, or a section of its own",
    keys: &[
        optional("scores.OBJECTIVE.column", "heading", "column that holds the scores"),
        optional("scores.OBJECTIVE.values", "table of text -> number", "scores of words such as High"),
        or("scores.OBJECTIVE.scale", "number above 0", "1", "factor on the scores"),
    ],
    not_yet: &[],
};

/// `[dependencies]`.
pub const MAP_DEPENDENCIES: BatchSection = BatchSection {
    section: "[dependencies]",
    doc: "columns that name other projects by id, or by name where that is unique, separated by `,` or `;`",
    keys: &[
        optional(
            "dependencies.requires",
            "heading or list of headings",
            "projects without which this one cannot be",
        ),
        optional(
            "dependencies.required_by",
            "heading or list of headings",
            "projects that cannot be without this one",
        ),
        optional(
            "dependencies.after",
            "heading or list of headings",
            "projects that must start earlier or at once",
        ),
        optional("dependencies.excludes", "heading or list of headings", "projects that this one excludes"),
        optional(
            "dependencies.together",
            "heading or list of headings",
            "projects that are chosen with this one, or not at all",
        ),
        word_or(
            "dependencies.unknown",
            || words(UNKNOWN_PROJECTS),
            "fault",
            "names that are no project of the list: refused, or left and told",
        ),
    ],
    not_yet: &[],
};
