//! Sheets that show a result table as it is: names first, one row each.

use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};

use crate::output::{binding_by_name, displaced_by_name};

use super::sheet::{Column, Form, Sheet, Styles};
use crate::output::results::{Results, Row, Table};

/// A column of a list: the heading of the result table, and what the sheet makes of it.
pub type Shown = (&'static str, &'static str, Form, f64);

const OPTIONS: [Shown; 27] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("rank", "Rank", Form::Count, 6.0),
    ("option", "Option", Form::Count, 7.0),
    ("status", "Status", Form::Text, 10.0),
    ("objective", "Objective", Form::Amount, 13.0),
    ("bound", "Proven bound", Form::Amount, 13.0),
    ("gap", "Gap", Form::Share, 8.0),
    ("projects", "Projects", Form::Count, 9.0),
    ("cost", "Cost", Form::Money, 14.0),
    ("strategic_value", "Strategic value", Form::Amount, 12.0),
    ("npv", "NPV", Form::Money, 14.0),
    ("benefit", "Benefit", Form::Money, 14.0),
    ("npv_mean", "NPV, mean", Form::Money, 14.0),
    ("npv_se", "± standard error", Form::Money, 12.0),
    ("npv_sd", "NPV, standard deviation", Form::Money, 14.0),
    ("npv_p10", "NPV, P10", Form::Money, 14.0),
    ("npv_p50", "NPV, P50", Form::Money, 14.0),
    ("npv_p90", "NPV, P90", Form::Money, 14.0),
    ("npv_cvar", "NPV, mean of the worst", Form::Money, 14.0),
    ("p_loss", "P(NPV < 0)", Form::Share, 10.0),
    ("cost_mean", "Cost, mean", Form::Money, 14.0),
    ("cost_p50", "Cost, P50", Form::Money, 14.0),
    ("cost_p90", "Cost, P90", Form::Money, 14.0),
    ("p_over_budget", "P(over budget)", Form::Share, 10.0),
    ("p_over_capacity", "P(over capacity)", Form::Share, 10.0),
    ("p_best", "P(best of its scenario)", Form::Share, 12.0),
    ("solver", "Found by", Form::Text, 10.0),
];

/// Columns of options.csv that a batch may ask for.
const ASKED_OF_OPTIONS: [Shown; 2] = [
    ("npv_shrunk", "NPV, as expected", Form::Money, 14.0),
    ("expected_disappointment", "Expected disappointment", Form::Money, 14.0),
];

/// Columns of decisions.csv that a batch may ask for.
const ASKED_OF_DECISIONS: [Shown; 1] =
    [("frequency_over_trials", "Share of the futures whose best selection holds it", Form::Share, 12.0)];

const DECISIONS: [Shown; 11] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Project", Form::Words, 34.0),
    ("project", "Id", Form::Text, 10.0),
    ("decision", "Decision", Form::Text, 9.0),
    ("reason", "Why", Form::Words, 70.0),
    ("cost_of_forcing", "Loss if it is reversed", Form::Amount, 12.0),
    ("break_even_cost", "Turns at this factor on its cost", Form::Fine, 12.0),
    ("break_even_score", "Turns at this strategic value", Form::Amount, 12.0),
    ("displaces", "Who then enters (+), leaves (-)", Form::Words, 28.0),
    ("binding", "What limits it", Form::Words, 28.0),
    ("frequency", "Share of the options it is in", Form::Share, 10.0),
];

const ROOM: [Shown; 9] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("kind", "Kind", Form::Text, 10.0),
    ("item", "Item", Form::Words, 26.0),
    ("name", "Project", Form::Words, 34.0),
    ("class", "Class", Form::Text, 12.0),
    ("least", "Least", Form::Amount, 14.0),
    ("most", "Most", Form::Amount, 14.0),
    ("least_bound", "Proven: no less than", Form::Amount, 14.0),
    ("most_bound", "Proven: no more than", Form::Amount, 14.0),
];

const CONFIDENCE: [Shown; 11] = [
    ("scenario", "Scenario", Form::Text, 22.0),
    ("limit", "Limit", Form::Text, 26.0),
    ("period", "Period", Form::Text, 9.0),
    ("kind", "Kind", Form::Text, 12.0),
    ("asked", "Asked for", Form::Share, 10.0),
    ("in_sample", "Holds, seen", Form::Share, 11.0),
    ("out_of_sample", "Holds, others", Form::Share, 12.0),
    ("out_of_sample_se", "Standard error", Form::Share, 13.0),
    ("most", "Limit amount", Form::Amount, 14.0),
    ("tail_in_sample", "Mean of the worst, seen", Form::Amount, 20.0),
    ("tail_out_of_sample", "Mean of the worst, others", Form::Amount, 21.0),
];

const IN_SAMPLE: [Shown; 6] = [
    ("scenario", "Scenario", Form::Text, 22.0),
    ("measure", "Measure", Form::Text, 20.0),
    ("in_sample", "Seen", Form::Amount, 16.0),
    ("out_of_sample", "Others", Form::Amount, 16.0),
    ("out_of_sample_se", "Standard error", Form::Amount, 14.0),
    ("difference", "Others less seen", Form::Amount, 16.0),
];

const CONTINGENCY: [Shown; 13] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("option", "Option", Form::Count, 7.0),
    ("line", "Line", Form::Text, 14.0),
    ("period", "Period (blank: all)", Form::Text, 10.0),
    ("plan", "Plan", Form::Money, 14.0),
    ("limit", "Budget", Form::Money, 14.0),
    ("reserve_p50", "Reserve, holds in 50 %", Form::Money, 14.0),
    ("reserve_p80", "Reserve, holds in 80 %", Form::Money, 14.0),
    ("reserve_p90", "Reserve, holds in 90 %", Form::Money, 14.0),
    ("contingency_p50", "P50 less plan", Form::Money, 14.0),
    ("contingency_p80", "P80 less plan", Form::Money, 14.0),
    ("contingency_p90", "P90 less plan", Form::Money, 14.0),
    ("profile_p80", "Funding profile, P80", Form::Money, 14.0),
];

const PRIORITIES: [Shown; 8] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Project", Form::Words, 34.0),
    ("project", "Id", Form::Text, 10.0),
    ("place", "Place", Form::Count, 8.0),
    ("cumulative_cost", "Cost of the list so far", Form::Money, 14.0),
    ("budget_scale", "Funded from this part of the budgets", Form::Share, 14.0),
    ("loss", "Loss of the list from there", Form::Amount, 14.0),
    ("funded", "Funded by the scenario's own budgets", Form::Text, 12.0),
];

const BASELINE: [Shown; 10] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("rule", "Rule", Form::Text, 10.0),
    ("projects", "Projects", Form::Count, 9.0),
    ("cost", "Cost", Form::Money, 14.0),
    ("strategic_value", "Strategic value", Form::Amount, 12.0),
    ("npv", "NPV", Form::Money, 14.0),
    ("objective", "Objective", Form::Amount, 14.0),
    ("objective_lost", "Lost against option 1", Form::Amount, 14.0),
    ("unspent", "Unspent", Form::Money, 14.0),
    ("budget", "Budget", Form::Money, 14.0),
];

const OBJECTIVES: [Shown; 8] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Objective", Form::Words, 34.0),
    ("objective", "Id", Form::Text, 14.0),
    ("weight", "Weight in the whole", Form::Share, 10.0),
    ("score", "Score", Form::Amount, 12.0),
    ("target", "Target", Form::Amount, 12.0),
    ("reached", "Reached", Form::Text, 9.0),
    ("share", "Share of the strategic value", Form::Share, 12.0),
];

const KEY_RESULTS: [Shown; 16] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Key result", Form::Words, 34.0),
    ("key_result", "Id", Form::Text, 14.0),
    ("unit", "Unit", Form::Text, 8.0),
    ("period", "Period", Form::Text, 9.0),
    ("value", "Value as planned", Form::Amount, 12.0),
    ("path", "Path to the target", Form::Amount, 12.0),
    ("target", "Target", Form::Amount, 12.0),
    ("reached", "Reached as planned", Form::Text, 10.0),
    ("due", "Due", Form::Text, 9.0),
    ("p_reached", "P(reached when due)", Form::Share, 10.0),
    ("p10", "P10 when due", Form::Amount, 12.0),
    ("p50", "P50 when due", Form::Amount, 12.0),
    ("p90", "P90 when due", Form::Amount, 12.0),
    ("without", "Missed most", Form::Text, 12.0),
    ("p_without", "P(reached) without it", Form::Share, 10.0),
];

const CONTRIBUTIONS: [Shown; 8] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("name", "Project", Form::Words, 34.0),
    ("project", "Id", Form::Text, 12.0),
    ("outcome", "Objective or key result", Form::Words, 34.0),
    ("key_result", "Key result", Form::Text, 14.0),
    ("contribution", "Contribution", Form::Amount, 12.0),
    ("unit", "Unit", Form::Text, 8.0),
    ("share", "Share of all", Form::Share, 10.0),
];

const WEIGHTS: [Shown; 7] = [
    ("weights", "Weight set", Form::Text, 20.0),
    ("name", "Objective", Form::Words, 34.0),
    ("objective", "Id", Form::Text, 14.0),
    ("weight", "Weight in the whole", Form::Share, 10.0),
    ("low", "Least", Form::Share, 9.0),
    ("high", "Most", Form::Share, 9.0),
    ("consistency_ratio", "Consistency ratio", Form::Fine, 12.0),
];

const FRONTIER: [Shown; 9] = [
    ("scenario", "Scenario", Form::Text, 24.0),
    ("point", "Point", Form::Text, 8.0),
    ("x_measure", "Measure x", Form::Text, 18.0),
    ("x", "x", Form::Amount, 14.0),
    ("y_measure", "Measure y", Form::Text, 18.0),
    ("y", "y", Form::Amount, 14.0),
    ("gap", "Gap", Form::Share, 8.0),
    ("status", "Status", Form::Text, 10.0),
    ("projects", "Projects", Form::Count, 9.0),
];

/// The options of every scenario.
pub fn options(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "The options of every scenario, by rank",
        "As planned, then as simulated; blank where nothing was simulated. P10, P50, P90: not exceeded in so many of 100 futures.",
    ];
    let columns = with_asked(&OPTIONS, &ASKED_OF_OPTIONS, &results.options);
    list((styles, results), "Options", told, &columns, &results.options)
}

/// Reasons of the decisions on every project.
pub fn decisions(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Why each project is in or out, and what would turn it",
        "Of the option that is ranked first and reported as funded. A loss is in units of the objective.",
    ];
    let projects = results.portfolio.projects();
    let name_of = |id: &str| results.portfolio.project_position(id).map(|one| projects[one].name.as_str());
    let decisions = (results.decisions)
        .with_texts("displaces", |cell| displaced_by_name(cell, name_of))
        .with_texts("binding", |cell| binding_by_name(cell, name_of));
    let columns = with_asked(&DECISIONS, &ASKED_OF_DECISIONS, &decisions);
    list((styles, results), "Decisions", told, &columns, &decisions)
}

/// How much freedom there is near the best of every scenario.
pub fn room(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "How much freedom there is near the best",
        "Least and most among all selections within [room] of the best. Of a project 1: chosen, 0: not. Bounds: no selection has less or more.",
    ];
    list((styles, results), "Room", told, &ROOM, &results.room)
}

/// The reserves of the options that are ranked first.
pub fn contingency(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Money beyond plan and budget",
        "Reserve: beyond the budget and what was carried over. Without a period: one pot for all periods of the line, from which each may be topped up.",
    ];
    list((styles, results), "Contingency", told, &CONTINGENCY, &results.contingency)
}

/// One order of all projects of every scenario.
pub fn priorities(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "One order of all projects that is good for any budget",
        "Funded from the top, down to whatever money there is. Loss: against the best selection of that level alone.",
    ];
    list((styles, results), "Priorities", told, &PRIORITIES, &results.priorities)
}

/// How surely the first option of every scenario keeps the limits with a confidence.
pub fn confidence(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "How surely limits with a confidence hold",
        "Seen: in the futures to which the search was held. Others: in the simulation that is reported, which it did not see.",
    ];
    list((styles, results), "Confidence", told, &CONFIDENCE, &results.confidence)
}

/// What the first option of every scenario is decided by, in the futures that the search saw and in others.
pub fn in_sample(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "What options are decided by in simulated futures",
        "Seen: in the futures in which the search decided. Others: in the simulation that is reported, which it did not see.",
    ];
    list((styles, results), "In sample", told, &IN_SAMPLE, &results.in_sample)
}

/// The cut line of every scenario.
pub fn baseline(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "What a cut line through a ranked list would fund",
        "cut_line: down the list until the first project that does not fit; skip: on with those that do.",
    ];
    list((styles, results), "Baseline", told, &BASELINE, &results.baseline)
}

/// What the first option of every scenario does for each objective.
pub fn objectives(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "What the first-ranked options do for each objective",
        "Scores are raw; shares add up over the lowest objectives.",
    ];
    list((styles, results), "Objectives", told, &OBJECTIVES, &results.objectives)
}

/// The key results of the first option of every scenario, period by period.
pub fn key_results(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Whether the first-ranked options reach the key results",
        "The value at the end of each period against the path to the target; as simulated in the period in which it is due.",
    ];
    list((styles, results), "Key results", told, &KEY_RESULTS, &results.key_results)
}

/// What the chosen projects of the first option of every scenario do for objectives and key results.
pub fn contributions(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told = [
        "Who brings about what the first-ranked options bring",
        "To an objective: strategic value; to a key result: its change when due as planned, in its own unit.",
    ];
    list((styles, results), "Contributions", told, &CONTRIBUTIONS, &results.contributions)
}

/// The weight sets of the batch, if it states any beside that of the objectives table.
pub fn weights(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    if results.batch.weight_sets().len() < 2 {
        return Ok(None);
    }
    let told = [
        "What each objective weighs, and how far that is pinned down",
        "Least and most: what statements leave open, what members or classes differ in. Judgements with a consistency ratio above 0.1 contradict each other.",
    ];
    list((styles, results), "Weights", told, &WEIGHTS, &results.weights)
}

/// The frontier of every scenario, with a chart of the first.
pub fn frontier(styles: &Styles, results: &Results<'_>) -> Result<Option<Worksheet>, XlsxError> {
    let told =
        ["What more of one measure takes of the other", "Points of which none is better in both measures."];
    let Some(mut sheet) = filled((styles, results), "Frontier", told, &FRONTIER, &results.frontier)? else {
        return Ok(None);
    };
    let first = results.frontier.rows().next();
    let scenario = first.map_or("", |row| row.text("scenario"));
    let points = results.frontier.rows().take_while(|row| row.text("scenario") == scenario).count();
    let (top, last) = (3, 2 + u32::try_from(points).unwrap_or_default());
    let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
    chart
        .add_series()
        .set_categories(("Frontier", top, 3, last, 3))
        .set_values(("Frontier", top, 5, last, 5));
    chart.title().set_name(&plain(scenario));
    chart.legend().set_hidden();
    if let Some(row) = first {
        chart.x_axis().set_name(&plain(row.text("x_measure")));
        chart.y_axis().set_name(&plain(row.text("y_measure")));
    }
    sheet.chart(0, &mut chart)?;
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

/// A text that a chart takes for no formula.
pub fn plain(text: &str) -> String {
    let text: String = text.chars().take(200).collect();
    if text.starts_with('=') { format!(" {text}") } else { text }
}

/// A sheet of these columns of a table; `None` if it has no rows. `told` are its title and how to read it.
pub fn list(
    (styles, results): (&Styles, &Results<'_>),
    name: &str,
    told: [&str; 2],
    columns: &[Shown],
    table: &Table,
) -> Result<Option<Worksheet>, XlsxError> {
    let Some(sheet) = filled((styles, results), name, told, columns, table)? else { return Ok(None) };
    let last = sheet.row() - 1;
    sheet.finish_filtered(last).map(Some)
}

/// Columns, and those of others that a table has.
fn with_asked(columns: &[Shown], asked: &[Shown], table: &Table) -> Vec<Shown> {
    let is_there = |column: &&Shown| table.headings().iter().any(|heading| heading == column.0);
    columns.iter().chain(asked.iter().filter(is_there)).copied().collect()
}

/// A sheet with the rows of a table; `None` if there are none.
fn filled<'s>(
    (styles, results): (&'s Styles, &Results<'_>),
    name: &str,
    told: [&str; 2],
    columns: &[Shown],
    table: &Table,
) -> Result<Option<Sheet<'s>>, XlsxError> {
    if table.is_empty() {
        return Ok(None);
    }
    let headings =
        columns.iter().map(|&(_, heading, form, width)| Column::new(heading, form, width)).collect();
    let frozen = if columns[1].0 == "name" { 2 } else { 1 };
    let mut sheet = Sheet::new(styles, name, told, headings, frozen)?;
    for row in table.rows() {
        for (place, &(from, _, form, _)) in columns.iter().enumerate() {
            match form {
                Form::Text | Form::Words => sheet.text(place, row.text(from))?,
                form => {
                    let form = if is_money(results, row, from) { Form::Money } else { form };
                    sheet.number_as(place, form, row.number(from))?;
                }
            }
        }
        sheet.next()?;
    }
    Ok(Some(sheet))
}

/// True if a number is money in this row of its table, though not in every row: it depends on what is optimised, or told.
fn is_money(results: &Results<'_>, row: Row<'_>, from: &str) -> bool {
    match from {
        "objective" | "bound" | "objective_lost" | "cost_of_forcing" | "loss" => {
            results.has_money_objective(row.text("scenario"))
        }
        // Blank where goals differ.
        "max_regret" | "max_regret_in" | "max_regret_out" | "mean_regret" => results
            .scenarios
            .rows()
            .next()
            .is_some_and(|first| results.has_money_objective(first.text("scenario"))),
        "least" | "most" | "least_bound" | "most_bound" => match row.text("kind") {
            // What a group costs.
            "group" => true,
            "measure" => results.is_money(row.text("item")),
            _ => false,
        },
        "x" => results.is_money(row.text("x_measure")),
        "y" => results.is_money(row.text("y_measure")),
        _ => false,
    }
}
