//! The summary of a batch for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::output::{
    BaselineSummary, BatchSummary, FrontierSummary, GroupShare, LeadSummary, OptionSummary, RiskFigures,
    RollUp, ScenarioSummary, SelectedProject, Unwatched, UnwatchedAmount, id_and_short_name,
};

use super::figures::{WIDTH, estimate, gap, money, number, percent, range, with_unit, words, wrapped};
use super::outcomes::key_results;
use super::robust;

/// Scenarios reported in full, at most.
const FEW: usize = 6;

/// Projects named beside their ids, at most; the tables have the names of all.
const NAMED: usize = 30;

/// Letters of a name, at most.
const LETTERS: usize = 28;

/// Names in a list, at most, unless everything is asked for.
const LISTED: usize = 60;

/// The summary of a batch; every scenario in full if asked for or if there are few.
pub fn text(summary: &BatchSummary, full: bool) -> String {
    let mut blocks = Vec::new();
    if full || summary.scenarios.len() <= FEW {
        blocks.extend(summary.scenarios.iter().map(|scenario| block(scenario, summary, full)));
    } else {
        blocks.push(format!("{}: {} scenarios", summary.batch, summary.scenarios.len()));
        blocks.push(overview(summary));
    }
    if summary.scenarios.len() > 1 && summary.funding.scenarios > 1 {
        blocks.push(funding(summary, full));
    }
    if !full && summary.scenarios.len() > FEW {
        blocks.push(
            "Every scenario in full: run again with --full, or see options.csv and selection.csv.".to_owned(),
        );
    }
    blocks.push(units(summary));
    blocks.join("\n\n") + "\n"
}

/// Units of the numbers.
fn units(summary: &BatchSummary) -> String {
    let simulated = summary.scenarios.iter().flat_map(|scenario| &scenario.options);
    let risk = if simulated.clone().any(|option| option.risk.is_some()) {
        format!("; ± is one standard error over {} simulated futures", number(Some(summary.trials as f64)))
    } else {
        String::new()
    };
    match &summary.currency {
        None => words("Money and scores", &format!("are in the units of the portfolio's tables{risk}.")),
        Some(currency) => {
            let tables = "scores are in the units of the portfolio's tables";
            words("Money", &format!("is in {currency}, {tables}{risk}."))
        }
    }
}

/// One scenario, with all of a long list of projects if `full`.
fn block(scenario: &ScenarioSummary, summary: &BatchSummary, full: bool) -> String {
    let (projects, currency) = (summary.projects, summary.currency.as_deref());
    let Some(first) = scenario.options.first() else {
        let why = scenario.conflict.as_ref().map(|conflict| words("Why:", &conflict.words));
        return [heading(scenario)].into_iter().chain(why).collect::<Vec<_>>().join("\n");
    };
    let mut lines = vec![heading(scenario), options_table(scenario, currency)];
    lines.extend((!scenario.sure.is_empty()).then(|| words("Sure:", &scenario.sure.join("; "))));
    lines.extend((!scenario.gave_way.is_empty()).then(|| words("Limits:", &scenario.gave_way.join("; "))));
    lines.extend(scenario.lead.as_ref().map(lead));
    lines.extend(scenario.baseline.as_ref().map(|one| baseline(one, currency)));
    let (count, is_named) = (first.projects.len(), first.projects.iter().any(|one| one.name != one.project));
    let listed = listed(count, is_named, full);
    let mut funded: Vec<String> = first.projects[..listed].iter().map(|one| project(one, is_named)).collect();
    funded.extend((listed < count).then(|| format!("and {} more in selection.csv", count - listed)));
    let separator = if is_named { "," } else { "" };
    lines.push(wrapped(&format!("Funded ({count} of {projects}):"), &funded, separator));
    lines.extend(first.unwatched.iter().flat_map(|unwatched| self::unwatched(unwatched, first, currency)));
    if !scenario.just_missed.is_empty() {
        let others = scenario.options.len() - 1;
        let missed: Vec<String> = (scenario.just_missed.iter())
            .map(|missed| {
                noted(&missed.project, &missed.name, &format!("in {} of {others} others", missed.options))
            })
            .collect();
        lines.push(wrapped("Just missed:", &missed, ","));
    }
    lines.extend(scenario.roll_ups.iter().map(|one| roll_up(one, currency)));
    lines.extend(scenario.key_results.iter().flat_map(key_results));
    lines.extend(scenario.frontier.as_ref().map(frontier));
    lines.extend(scenario.robust.as_ref().map(robust::lines));
    if let Some(unproven) = scenario.decisions_unproven {
        let text = format!(
            "for {unproven} of {projects} projects a limit was met before the cost of forcing was proven \
             (decisions.csv tells what is)"
        );
        lines.push(words("Reasons:", &text));
    }
    lines.join("\n")
}

/// Cost of the first option by group, in one line: `Cost by category: growth 15 (68 %), service 7 (32 %)`.
fn roll_up(roll_up: &RollUp, currency: Option<&str>) -> String {
    let group = |one: &GroupShare| {
        let percent = one.percent.map_or(String::new(), |percent| format!(" ({percent:.0} %)"));
        format!("{} {}{percent}", one.group, money(one.cost, currency))
    };
    let mut groups: Vec<String> = roll_up.groups.iter().take(NAMED).map(group).collect();
    if roll_up.groups.len() > NAMED {
        groups.push(format!("and {} more (groups.csv)", roll_up.groups.len() - NAMED));
    } else if groups.is_empty() {
        groups.push("none".to_owned());
    }
    wrapped(&format!("Cost by {}:", roll_up.group_by), &groups, ",")
}

/// Lead of the first option over the next, in one line.
fn lead(lead: &LeadSummary) -> String {
    let next = format!("option {}", lead.next);
    let percent = lead.percent.map_or(String::new(), |percent| format!(" ({percent:.3} %)"));
    let text = match (lead.tie, lead.error) {
        (true, Some(error)) if lead.amount != Some(0.0) => format!(
            "a tie with {next}: {}{percent} better in {}, which these futures cannot tell from 0 (standard error of the \
             difference {})",
            number(lead.amount),
            lead.rank_by,
            number(Some(error))
        ),
        (true, _) => format!("a tie with {next}: equal in {}", lead.rank_by),
        (false, _) => format!("{}{percent} better in {} than {next}", number(lead.amount), lead.rank_by),
    };
    let wins = lead.p_beats.filter(|_| lead.error.is_some());
    let wins =
        wins.map_or(String::new(), |share| format!("; better in {:.0} % of the futures", 100.0 * share));
    words("First:", &format!("{text}{wins}"))
}

/// What a cut line would do, in one line.
fn baseline(baseline: &BaselineSummary, currency: Option<&str>) -> String {
    let projects = match baseline.projects {
        1 => "1 project".to_owned(),
        many => format!("{many} projects"),
    };
    let lost = match (baseline.objective_lost, baseline.percent_lost) {
        (Some(0.0), _) => ", as good as option 1".to_owned(),
        (Some(lost), Some(percent)) => {
            format!(", {} ({percent:.1} %) less than option 1", number(Some(lost)))
        }
        (Some(lost), None) => format!(", {} less than option 1", number(Some(lost))),
        (None, _) => String::new(),
    };
    let unspent = match (baseline.unspent, baseline.percent_unspent) {
        (Some(left), Some(percent)) => {
            format!("; {} ({percent:.1} %) of the budgets unspent", money(Some(left), currency))
        }
        _ => String::new(),
    };
    let broken = if baseline.feasible { "" } else { "; it breaks a limit or rule" };
    let value = number(baseline.objective);
    let list = match baseline.rule.as_str() {
        "skip" => "A ranked list, skipping what does not fit, funds",
        _ => "A cut line through a ranked list funds",
    };
    words(list, &format!("{projects}: objective {value}{lost}{unspent}{broken}"))
}

/// So many projects of a list are shown: names make it several times as long.
fn listed(count: usize, is_named: bool, full: bool) -> usize {
    let most = if is_named { NAMED } else { LISTED };
    if full { count } else { count.min(most) }
}

/// Spend and demand of the first-ranked option that no limit covers.
fn unwatched(unwatched: &Unwatched, option: &OptionSummary, currency: Option<&str>) -> Vec<String> {
    let list = |amounts: &[UnwatchedAmount], unit: Option<&str>| -> Vec<String> {
        let who =
            |one: &UnwatchedAmount| id_and_short_name(&one.name, one.title.as_deref().unwrap_or(""), LETTERS);
        amounts.iter().map(|one| format!("{} on {}", money(Some(one.amount), unit), who(one))).collect()
    };
    let of_cost = format!("no budget limits, of {}:", money(option.cost, currency));
    let kinds = [
        (format!("Spent where {of_cost}"), &unwatched.unlimited_spend, currency),
        ("Demanded where no capacity limits:".to_owned(), &unwatched.unlimited_demand, None),
        (
            "Spent past the last period, where no budget looks:".to_owned(),
            &unwatched.spend_past_horizon,
            currency,
        ),
        (
            "Demanded past the last period, where no capacity looks:".to_owned(),
            &unwatched.demand_past_horizon,
            None,
        ),
    ];
    let told = kinds.into_iter().filter(|(_, amounts, _)| !amounts.is_empty());
    told.map(|(label, amounts, unit)| wrapped(&label, &list(amounts, unit), ",")).collect()
}

/// Warnings for the end of the report; empty if there are none.
pub fn warnings(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = warnings.iter().map(|warning| words("-", warning)).collect();
    format!("\nWarnings ({}), which may change what the numbers say:\n{}\n", warnings.len(), lines.join("\n"))
}

/// The frontier in one line.
fn frontier(frontier: &FrontierSummary) -> String {
    let axes = format!("{} against {}", frontier.y_measure, frontier.x_measure);
    let text = match frontier.ends {
        None => format!("{}, {axes}", frontier.status),
        Some(ends) => {
            let [first, last] = ends.map(|(x, y)| format!("{} at {}", number(y), number(x)));
            let points = if frontier.points == 1 { "point" } else { "points" };
            let count = format!("{}, {} {points}", frontier.status, number(Some(frontier.points as f64)));
            let count = match frontier.levels {
                Some(levels) => format!("{count} at {} levels", number(Some(levels as f64))),
                None => count,
            };
            let span = if frontier.points == 1 { first } else { format!("{first} to {last}") };
            format!("{count}, {axes}: {span} (frontier.csv)")
        }
    };
    words("Frontier:", &text)
}

fn heading(scenario: &ScenarioSummary) -> String {
    let found = scenario.options.len();
    let state = match scenario.status.as_ref() {
        "infeasible" => "infeasible: no selection satisfies its limits and forced decisions".to_owned(),
        "unknown" => "unknown: a limit was met before any option was found".to_owned(),
        "not run" => "not run: the batch was stopped first".to_owned(),
        "failed" => format!("failed: {}", scenario.failure.as_deref().unwrap_or("no reason is known")),
        status => {
            let fewer = if found < scenario.options_asked {
                format!(", {found} of {} options", scenario.options_asked)
            } else {
                String::new()
            };
            let objective = number(scenario.objective);
            format!("{status}, {}: {objective} ({}){fewer}", scenario.goal, gap(widest_gap(scenario)))
        }
    };
    words(&format!("{}:", scenario.scenario), &state)
}

/// The widest gap among the options; `None` if that of any is unknown.
fn widest_gap(scenario: &ScenarioSummary) -> Option<f64> {
    scenario.options.iter().map(|option| option.gap).try_fold(0.0, |widest, gap| Some(gap?.max(widest)))
}

/// A project, with its name if that is asked for, its share if it is not whole and its start if it is not the planned
/// one.
fn project(project: &SelectedProject, has_name: bool) -> String {
    let mut notes = Vec::new();
    if project.fraction < 1.0 {
        notes.push(share(project.fraction));
    }
    if project.deferred {
        notes.push(format!("from {}", project.start));
    }
    let name = if has_name { project.name.as_str() } else { "" };
    noted(&project.project, name, &notes.join(" "))
}

/// A share in per cent; a small one is not shown as 0.
fn share(fraction: f64) -> String {
    if fraction < 0.005 { "below 1 %".to_owned() } else { format!("{:.0} %", 100.0 * fraction) }
}

/// A column: its heading, and the cell of an option.
type OptionColumn = (&'static str, fn(&OptionSummary) -> String);

fn options_table(scenario: &ScenarioSummary, currency: Option<&str>) -> String {
    let ranked_as_found = scenario.options.iter().all(|option| option.rank == option.option);
    let mut columns: Vec<OptionColumn> = vec![
        if ranked_as_found {
            ("Rank", |option| option.rank.to_string())
        } else {
            ("Rank\n(option)", |option| format!("{} ({})", option.rank, option.option))
        },
        ("Projects", |option| option.projects.len().to_string()),
        ("Cost", |option| number(option.cost)),
    ];
    if scenario.is_strategic {
        columns.push(("Strategic\nvalue", |option| number(option.strategic_value)));
    } else {
        columns.push(("Objective", |option| number(option.objective)));
    }
    let tells = |part: fn(&RiskFigures) -> Option<f64>| {
        scenario.options.iter().filter_map(|option| option.risk.as_ref()).any(|risk| part(risk).is_some())
    };
    let is_simulated = scenario.options.iter().any(|option| option.risk.is_some());
    if tells(|risk| risk.npv_mean.value) {
        columns.extend(NPV_COLUMNS);
    } else if !is_simulated && scenario.options.iter().any(|option| option.npv.is_some()) {
        columns.push(("NPV\nas planned", |option| number(option.npv)));
    }
    columns.extend(OVER_COLUMNS.iter().filter(|_| is_simulated));
    if tells(|risk| risk.p_best.value) {
        columns.push(("P(best)", |option| of_risk(option, |risk| percent(Some(risk.p_best)))));
    }
    let rows = scenario.options.iter().map(|option| columns.iter().map(|(_, cell)| cell(option)).collect());
    let headings: Vec<String> = columns.iter().map(|(heading, _)| with_unit(heading, currency)).collect();
    table(&headings.iter().map(String::as_str).collect::<Vec<_>>(), rows, 0)
}

const NPV_COLUMNS: [OptionColumn; 2] = [
    ("NPV mean", |option| of_risk(option, |risk| estimate(risk.npv_mean))),
    ("NPV P10 … P90", |option| of_risk(option, |risk| range(risk.npv_p10, risk.npv_p90))),
];

const OVER_COLUMNS: [OptionColumn; 2] = [
    ("P(over\nbudget)", |option| of_risk(option, |risk| percent(risk.p_over_budget))),
    ("P(over\ncapacity)", |option| of_risk(option, |risk| percent(risk.p_over_capacity))),
];

fn of_risk(option: &OptionSummary, cell: impl Fn(&RiskFigures) -> String) -> String {
    option.risk.as_ref().map_or_else(|| "-".to_owned(), cell)
}

/// One row per scenario, with the numbers of its first-ranked option.
fn overview(summary: &BatchSummary) -> String {
    let scenarios = &summary.scenarios;
    let has_npv = scenarios.iter().flat_map(|one| &one.options).any(|option| option.npv.is_some());
    let headings = ["Scenario", "Status", "Projects", "Cost", "Strategic\nvalue"].into_iter();
    let headings = headings.chain(has_npv.then_some("NPV mean"));
    let headings = headings.chain(["P(over\nbudget)", "P(over\ncapacity)"]);
    // Beside net present values there is no room for the cut line: it is told in a sentence.
    let has_cut_line = !has_npv && scenarios.iter().any(|one| one.baseline.is_some());
    let of_cut_line = ["Cut line\nloses", "and leaves\nunspent"].into_iter().filter(|_| has_cut_line);
    let headings: Vec<String> =
        headings.chain(of_cut_line).map(|heading| with_unit(heading, summary.currency.as_deref())).collect();
    let rows = scenarios.iter().map(|scenario| {
        let mut row = vec![scenario.scenario.clone(), status_with_gap(scenario)];
        let Some(first) = scenario.options.first() else { return row };
        row.extend([first.projects.len().to_string(), number(first.cost), number(first.strategic_value)]);
        let npv = first.risk.as_ref().map_or_else(|| number(first.npv), |risk| estimate(risk.npv_mean));
        row.extend(Some(npv).filter(|_| has_npv));
        row.push(of_risk(first, |risk| percent(risk.p_over_budget)));
        row.push(of_risk(first, |risk| percent(risk.p_over_capacity)));
        let of_cut_line = |share: fn(&BaselineSummary) -> Option<f64>| {
            let share = scenario.baseline.as_ref().and_then(share);
            share.map_or_else(|| "-".to_owned(), |share| format!("{share:.1} %"))
        };
        if has_cut_line {
            row.extend([of_cut_line(|one| one.percent_lost), of_cut_line(|one| one.percent_unspent)]);
        }
        row
    });
    let table = table(&headings.iter().map(String::as_str).collect::<Vec<_>>(), rows, 2);
    match cut_lines(scenarios).filter(|_| has_npv) {
        Some(sentence) => format!("{table}\n\n{sentence}"),
        None => table,
    }
}

/// From where to where the losses by cut lines go; `None` where no scenario has one.
fn cut_lines(scenarios: &[ScenarioSummary]) -> Option<String> {
    let lost = scenarios.iter().filter_map(|one| one.baseline.as_ref()?.percent_lost);
    let (least, most) = lost.fold(None, |ends: Option<(f64, f64)>, lost| {
        Some(ends.map_or((lost, lost), |(least, most)| (least.min(lost), most.max(lost))))
    })?;
    Some(words("A ranked list", &format!("loses {least:.1} to {most:.1} % of the objective (baseline.csv)")))
}

/// The status; where it is not proven, with how far it is.
fn status_with_gap(scenario: &ScenarioSummary) -> String {
    match scenario.status.as_ref() {
        "feasible" => format!("feasible\n{}", gap(widest_gap(scenario))),
        status => status.to_owned(),
    }
}

/// A plain table: texts to the left, numbers to the right.
pub fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>, texts: usize) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(WIDTH).unwrap_or(u16::MAX));
    table.set_header(headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>());
    table.add_rows(rows);
    for (position, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        let alignment = if position < texts { CellAlignment::Left } else { CellAlignment::Right };
        column.set_cell_alignment(alignment);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Projects funded in all scenarios, in some and in none.
fn funding(summary: &BatchSummary, full: bool) -> String {
    let funding = &summary.funding;
    let scenarios = funding.scenarios;
    let uncounted = |ids: &[String]| ids.iter().map(|id| (id.clone(), None)).collect::<Vec<_>>();
    let some: Vec<(String, Option<usize>)> =
        funding.sometimes.iter().map(|(id, count)| (id.clone(), Some(*count))).collect();
    let list = |label: String, projects: &[(String, Option<usize>)]| {
        let has_names = !funding.names.is_empty();
        let listed = listed(projects.len(), has_names, full);
        let counted = |count: Option<usize>| count.map_or_else(String::new, |count| count.to_string());
        let name = |id: &str| funding.names.get(id).filter(|_| has_names).map_or("", String::as_str);
        let mut items: Vec<String> =
            projects[..listed].iter().map(|(id, count)| noted(id, name(id), &counted(*count))).collect();
        if listed < projects.len() {
            items.push(format!("and {} more", projects.len() - listed));
        } else if projects.is_empty() {
            items.push("none".to_owned());
        }
        wrapped(&label, &items, if has_names { "," } else { "" })
    };
    let always = uncounted(&funding.always);
    [
        list(format!("Funded in all {scenarios} scenarios ({}):", always.len()), &always),
        list(format!("Funded in some ({}; in how many of them):", some.len()), &some),
        list(format!("Funded in none ({}):", funding.never.len()), &uncounted(&funding.never)),
    ]
    .join("\n")
}

/// A project by its id, with its name and a note in brackets where there are any: `P07 (Metro line; from 2028)`.
fn noted(id: &str, name: &str, note: &str) -> String {
    let named = id_and_short_name(id, name, LETTERS);
    match named.strip_prefix(id).and_then(|name| name.strip_suffix(')')) {
        _ if note.is_empty() => named,
        Some(name) => format!("{id}{name}; {note})"),
        None => format!("{id} ({note})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Choice, PeriodIx, ProjectIx, Scenario};
    use crate::engine::{BatchResult, ScenarioOutcome, ScenarioResult, Timings};
    use crate::optimise::SolveStatus;
    use crate::output::fixture;
    use crate::units::Share;

    #[test]
    fn few_scenarios_are_told_in_full() {
        let portfolio = fixture::portfolio();
        let summary = BatchSummary::new(&portfolio, &fixture::batch(&portfolio), &fixture::result());
        insta::assert_snapshot!(text(&summary, false), @r#"
        base: feasible, maximise strategic_value: 10 (gap unknown)
            Rank  Projects   Cost  Strategic  NPV mean  NPV P10 … P90   P(over     P(over  P(best)
        (option)                       value                           budget)  capacity)
           1 (2)         2  30.15      65.50   100 ± 1      102 … 104   50.0 %          -   75.0 %
           2 (1)         1     30       7.75   100 ± 1      102 … 104   50.0 %          -   75.0 %
        Funded (2 of 3): A C (50 %)
        Just missed: B (in 1 of 1 others)

        all "ins", no outs: optimal, maximise 0.6 strategic_value + 0.4 npv: 0 (gap 0 %), 1 of 2 options
        Rank  Projects   Cost  Objective         NPV
                                          as planned
           1         2  30.30          0      -26.26
        Funded (2 of 3): A C

        later: not run: the batch was stopped first

        Funded in all 2 scenarios (2): A C
        Funded in some (0; in how many of them): none
        Funded in none (1): B

        Money and scores are in the units of the portfolio's tables; ± is one standard error over 1,000
          simulated futures.
        "#);
    }

    #[test]
    fn money_is_told_with_its_currency() {
        let portfolio = fixture::portfolio();
        let batch = fixture::batch(&portfolio).with_currency(Some("EUR".to_owned()));
        let told = text(&BatchSummary::new(&portfolio, &batch, &fixture::result()), false);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[2].matches("EUR").count(), 3, "{told}");
        assert!(
            told.contains("Money is in EUR, scores are in the units of the portfolio's tables; ±"),
            "{told}"
        );
    }

    fn many() -> BatchSummary {
        let portfolio = fixture::portfolio();
        let scenarios: Vec<Scenario> = (0..8)
            .map(|number| {
                fixture::scenario(&portfolio, &format!("budget_scale = 0.{number}, weights = growth"))
            })
            .collect();
        let first = |project| Choice {
            project,
            start: PeriodIx::new(0),
            share: Share::ONE,
            payment: Default::default(),
        };
        let finished = |number: usize| {
            let chosen = [first(ProjectIx::new(0)), first(ProjectIx::new(1 + number % 2))];
            let gap = if number == 3 { 0.0234 } else { 0.0 };
            ScenarioOutcome::Finished(ScenarioResult {
                held: Vec::new(),
                status: if number == 3 { SolveStatus::Feasible } else { SolveStatus::Optimal },
                options: vec![fixture::option(1, 1, &chosen, (12_345_678.0, gap), Some(fixture::risk()))],
                scales: vec![],
                reasons: Default::default(),
                baseline: None,
                select_time: std::time::Duration::ZERO,
                frontier: None,
                robust: None,
                weight_ranges: None,
                attribution: Vec::new(),
                information: Vec::new(),
                answers: Default::default(),
                cross_check: None,
            })
        };
        let infeasible = ScenarioResult {
            held: Vec::new(),
            status: SolveStatus::Infeasible,
            options: vec![],
            scales: vec![],
            reasons: Default::default(),
            baseline: None,
            select_time: std::time::Duration::ZERO,
            frontier: None,
            robust: None,
            weight_ranges: None,
            attribution: Vec::new(),
            information: Vec::new(),
            answers: Default::default(),
            cross_check: None,
        };
        let mut outcomes: Vec<ScenarioOutcome> = (0..7).map(finished).collect();
        outcomes.push(ScenarioOutcome::Finished(infeasible));
        let result =
            BatchResult { scenarios: outcomes, precision: None, stopped: false, timings: Timings::default() };
        BatchSummary::new(&portfolio, &fixture::batch_of(scenarios), &result)
    }

    #[test]
    fn many_scenarios_are_told_in_one_row_each() {
        insta::assert_snapshot!(text(&many(), false), @r#"
        plan: 8 scenarios

        Scenario                      Status      Projects   Cost  Strategic  NPV mean   P(over     P(over
                                                                       value            budget)  capacity)
        budget_scale = 0.0, weights   optimal            2     60      62.75   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.1, weights   optimal            2  30.30         76   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.2, weights   optimal            2     60      62.75   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.3, weights   feasible           2  30.30         76   100 ± 1   50.0 %          -
        = growth                      gap 2.34 %
        budget_scale = 0.4, weights   optimal            2     60      62.75   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.5, weights   optimal            2  30.30         76   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.6, weights   optimal            2     60      62.75   100 ± 1   50.0 %          -
        = growth
        budget_scale = 0.7, weights   infeasible
        = growth

        Funded in all 7 scenarios (1): A
        Funded in some (2; in how many of them): B (4) C (3)
        Funded in none (0): none

        Every scenario in full: run again with --full, or see options.csv and selection.csv.

        Money and scores are in the units of the portfolio's tables; ± is one standard error over 1,000
          simulated futures.
        "#);
    }

    #[test]
    fn names_stand_beside_ids_as_far_as_there_is_room() {
        assert_eq!(noted("P1", "", ""), "P1");
        assert_eq!(noted("P1", "P1", "4"), "P1 (4)");
        assert_eq!(noted("P(1)", "", "4"), "P(1) (4)");
        assert_eq!(noted("P1", "Metro (north)", ""), "P1 (Metro (north))");
        assert_eq!(noted("P1", "Metro (north)", "50 % from 2028"), "P1 (Metro (north); 50 % from 2028)");
        assert_eq!(noted("P1", &"m".repeat(40), ""), format!("P1 ({}…)", "m".repeat(28)));
    }

    #[test]
    fn everything_fits_the_width() {
        for text in [text(&many(), false), text(&many(), true)] {
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(WIDTH), "{text}");
        }
    }
}
