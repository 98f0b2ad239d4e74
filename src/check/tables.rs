//! All result tables of a folder, one after the other.

use std::collections::BTreeMap;

use crate::domain::{Batch, Detailed, Portfolio, is_decided_in_futures};
use crate::progress::{CancelToken, Silent};
use crate::simulate::Samples;

use super::cases::{ScenarioCase, gather};
use super::context::{Context, Risks};
use super::left_out::why_not_table;
use super::reading::Reading;
use super::report::{BrokenRule, Difference, LeftOut, Report};
use super::sheet::Sheet;
use super::weights::{Weighing, WeightSets};
use super::{
    across, attribution, baseline, confidence, contingency, contributions, funding, futures, groups,
    key_results, objectives, options, others, periods, priorities, robust, room, scenarios, shrinkage,
    simulated, weight_table,
};

/// Input of a check: results, and the tables and batch that they are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The input tables.
    pub portfolio: &'a Portfolio,
    /// The batch, resolved against them.
    pub batch: &'a Batch,
    /// The text of the batch file, which holds the weight sets.
    pub batch_file: &'a str,
    /// True if the run did all that was asked for.
    pub is_complete: bool,
    /// The result tables by their file names.
    pub tables: &'a BTreeMap<String, Vec<u8>>,
}

/// Recomputes every result table.
pub fn check(question: &Question<'_>) -> Report {
    let mut report = Report::default();
    let sheets = read_sheets(question, &mut report);
    let weights = WeightSets::read(question.batch_file);
    let decided_in = draw_decided_in(question);
    let mut reading = |scenario| {
        let own = weights.of(scenario, question.portfolio);
        Reading {
            portfolio: question.portfolio,
            scenario,
            decided_in: decided_in.as_ref(),
            weights: own.unwrap_or_else(|| Weighing::as_read(&scenario.weights, question.portfolio)),
        }
    };
    let readings = question.batch.scenarios().iter().map(&mut reading).collect();
    let cases = gather(readings, &sheets, &mut report);
    let (portfolio, batch, is_complete) = (question.portfolio, question.batch, question.is_complete);
    let context = Context { portfolio, batch, is_complete, weights, cases, sheets };
    compare_tables(&context, &mut report);
    if let Some(sheet) = context.sheets.get("weights.csv") {
        weight_table::compare(&context, &context.weights, sheet, &mut report);
    }
    for case in &context.cases {
        hold_to_rules(&context, case, &mut report);
    }
    report
}

/// The tables that every run writes.
const ALWAYS_WRITTEN: [&str; 7] = [
    "options.csv",
    "selection.csv",
    "spend.csv",
    "capacity.csv",
    "objectives.csv",
    "scenarios.csv",
    "business_cases.csv",
];

/// Reads the tables. One that should be there and is not, or is no table, is a difference.
fn read_sheets<'a>(question: &Question<'a>, report: &mut Report) -> BTreeMap<&'a str, Sheet> {
    let mut sheets = BTreeMap::new();
    for (file, bytes) in question.tables {
        if !file.ends_with(".csv") {
            report.left_out.push(left_out(file));
            continue;
        }
        match Sheet::read(bytes) {
            Ok(sheet) => drop(sheets.insert(file.as_str(), sheet)),
            Err(problem) => report.differences.push(of_file(file, Some(problem))),
        }
    }
    let scenarios = question.batch.scenarios();
    let mut wanted: Vec<&str> = ALWAYS_WRITTEN.to_vec();
    wanted.extend(question.batch.frontier().map(|_| "frontier.csv"));
    wanted.extend(holds_in_futures(question.batch).then_some("confidence.csv"));
    wanted.extend(question.batch.assumptions().measures_futures.then_some("in_sample.csv"));
    wanted.extend(question.batch.room().map(|_| "room.csv"));
    wanted.extend(question.batch.priorities().map(|_| "priorities.csv"));
    let with_baseline = question.batch.baseline().map(|_| ["baseline.csv", "baseline_selection.csv"]);
    wanted.extend(with_baseline.into_iter().flatten());
    wanted.extend(question.portfolio.current_plan().map(|_| "changes.csv"));
    let has_key_results = !question.portfolio.key_results().is_empty();
    wanted.extend(has_key_results.then_some("key_results.csv"));
    let has_objectives = !question.portfolio.objectives().is_empty();
    wanted.extend(has_objectives.then_some(["weights.csv", "contributions.csv"]).into_iter().flatten());
    wanted.extend((!question.batch.groupings().is_empty()).then_some("groups.csv"));
    let has_open_weights = scenarios.iter().any(|scenario| scenario.weights.polytope().is_some());
    let tells_sources = question.portfolio.is_uncertain()
        && question.batch.detailed() != Detailed::None
        && scenarios.iter().any(|scenario| scenario.simulate);
    wanted.extend((question.batch.detailed() != Detailed::None).then_some("contingency.csv"));
    wanted.extend(tells_sources.then_some(["attribution.csv", "information.csv"]).into_iter().flatten());
    let simulates = scenarios.iter().any(|scenario| scenario.simulate);
    let has_futures = simulates && question.batch.futures() > 0;
    wanted.extend(has_futures.then_some(["futures.csv", "perfect_information.csv"]).into_iter().flatten());
    wanted.extend(question.batch.prior_sd().filter(|_| simulates).map(|_| "shrinkage.csv"));
    wanted.extend(question.batch.finds_weight_ranges().then_some("weight_ranges.csv"));
    wanted.extend(has_open_weights.then_some(["core_index.csv", "portfolios.csv"]).into_iter().flatten());
    let mut costs = question.portfolio.projects().iter().flat_map(|project| &project.costs);
    wanted.extend(costs.any(|cost| !cost.others.is_empty()).then_some("funding.csv"));
    if question.batch.scenarios().len() > 1 {
        wanted.extend(["robustness.csv", "regret.csv", "regret_by_option.csv"]);
    }
    let missing = wanted.into_iter().filter(|file| !question.tables.contains_key(*file));
    report.differences.extend(missing.map(|file| of_file(file, None)));
    sheets
}

fn of_file(file: &str, problem: Option<String>) -> Difference {
    let about = problem.map_or_else(String::new, |problem| format!("is no table: {problem}"));
    Difference { file: file.to_owned(), row: None, column: None, about, written: None, recomputed: None }
}

fn compare_tables(context: &Context<'_>, report: &mut Report) {
    let samples = draw(context);
    let risks = Risks::new(context, samples.as_ref());
    for (&file, sheet) in &context.sheets {
        match file {
            "options.csv" => options::compare(context, sheet, (&risks, samples.as_ref()), report),
            "spend.csv" => periods::compare_spend(context, sheet, &risks, report),
            "contingency.csv" => contingency::compare(context, sheet, &risks, report),
            "funding.csv" => funding::compare(context, sheet, report),
            "capacity.csv" => periods::compare_capacity(context, sheet, &risks, report),
            "objectives.csv" => objectives::compare(context, sheet, report),
            "key_results.csv" => key_results::compare(context, sheet, samples.as_ref(), report),
            "contributions.csv" => contributions::compare(context, sheet, report),
            "scenarios.csv" => scenarios::compare(context, sheet, report),
            "groups.csv" => groups::compare(context, sheet, report),
            "changes.csv" => others::compare_changes(context, sheet, report),
            "core_index.csv" => robust::compare_core_index(context, sheet, report),
            "portfolios.csv" => robust::compare_portfolios(context, sheet, report),
            "decisions.csv" => others::compare_decisions(context, sheet, report),
            // A stop leaves out the sources of all options: half an answer is none.
            "attribution.csv" if !context.is_complete && sheet.height() == 0 => {
                report.left_out.push(left_out(file));
            }
            "attribution.csv" => attribution::compare(context, sheet, samples.as_ref(), report),
            "futures.csv" => futures::compare(context, sheet, samples.as_ref(), report),
            "perfect_information.csv" => futures::compare_information(context, sheet, report),
            "shrinkage.csv" => shrinkage::compare(context, sheet, samples.as_ref(), report),
            "confidence.csv" => confidence::compare(context, sheet, samples.as_ref(), report),
            "in_sample.csv" => simulated::compare(context, sheet, samples.as_ref(), report),
            "baseline.csv" => baseline::compare(context, sheet, report),
            "robustness.csv" => across::compare_robustness(context, sheet, report),
            "regret.csv" => across::compare_regrets(context, report),
            // Compared with regret.csv, if that is there.
            "regret_by_option.csv" if context.sheets.contains_key("regret.csv") => {}
            // Of selections every table tells; the weights of sets are compared apart.
            "selection.csv" | "baseline_selection.csv" | "weights.csv" => {}
            "room.csv" => match context.batch.room() {
                Some(asked) => room::compare(context, asked, sheet, report),
                None => report.left_out.push(left_out(file)),
            },
            "frontier.csv" => match context.batch.frontier() {
                Some(asked) => others::compare_frontier(context, asked, sheet, report),
                None => report.left_out.push(left_out(file)),
            },
            _ => report.left_out.push(left_out(file)),
        }
    }
}

/// The samples of the run; `None` where nothing was simulated.
fn draw(context: &Context<'_>) -> Option<Samples> {
    let is_simulated = |case: &ScenarioCase<'_>| case.reading.scenario.simulate && !case.options.is_empty();
    if !context.cases.iter().any(is_simulated) {
        return None;
    }
    Samples::draw(context.portfolio, context.batch.simulation(), &Silent, &CancelToken::new()).ok()
}

/// The futures in which decisions were made; `None` where none was.
fn draw_decided_in(question: &Question<'_>) -> Option<Samples> {
    let mut scenarios = question.batch.scenarios().iter();
    let is_drawn = question.batch.frontier().is_some_and(|asked| !asked.measures_of_futures().is_empty());
    if !is_drawn && !scenarios.any(|scenario| is_decided_in_futures(question.portfolio, scenario)) {
        return None;
    }
    let settings = question.batch.simulation().of_decisions();
    Samples::draw(question.portfolio, &settings, &Silent, &CancelToken::new()).ok()
}

/// True if a limit of any scenario has a confidence.
fn holds_in_futures(batch: &Batch) -> bool {
    let mut limits = batch.scenarios().iter().flat_map(|scenario| &scenario.named_limits);
    limits.any(|limit| limit.held().is_some())
}

fn left_out(file: &str) -> LeftOut {
    LeftOut { file: file.to_owned(), columns: Vec::new(), why: why_not_table(file).to_owned() }
}

/// Checks every selection of a scenario against its rules, and its options against their least distance.
fn hold_to_rules(context: &Context<'_>, case: &ScenarioCase<'_>, report: &mut Report) {
    let broken = |option: &str, words: String| BrokenRule {
        scenario: case.name().to_owned(),
        option: option.to_owned(),
        words,
    };
    for found in case.options.iter().chain(&case.points) {
        report.selections += 1;
        let rules = case.reading.broken_rules(&found.selection).into_iter();
        report.broken_rules.extend(rules.map(|words| broken(&found.name, words)));
    }
    let least = context.batch.selection().min_difference;
    for (place, option) in case.options.iter().enumerate() {
        for other in &case.options[..place] {
            let distance = option.selection.distance(&other.selection, context.portfolio);
            if distance < least {
                let words = format!("differs from option {} by {distance} projects, not {least}", other.name);
                report.broken_rules.push(broken(&option.name, words));
            }
        }
    }
    priorities::hold(context, case, report);
    let (asked, found) = (case.reading.scenario.options, case.options.len());
    if found > asked {
        report.broken_rules.push(broken("", format!("{found} options, of which {asked} were asked for")));
    }
}
