//! Goals of scenarios, and the criterion of the ranking.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list, suggest_or};
use crate::domain::{Goal, Measure, Percentile, Portfolio, Project, RankBy, Sense, Statistic, Status};

use super::document::{Entry, Section};
use super::layer::Layer;
use super::simulated;
use crate::input::toml_text::quoted;

const RATE_HELP: &str = "write a rate above -1 behind the @, such as npv@0.12";
const GOALS: &str = "a measure, or goals in order such as [\"projects\", \"cost\"]";
/// Projects named one by one, at most.
const MOST_NAMED: usize = 12;

/// The goals of a layer, as the batch file orders them.
pub(super) struct Goals {
    /// The first.
    pub(super) first: Goal,
    /// Measures that follow, in the sense of the first.
    pub(super) next: Vec<Measure>,
}

/// The goals of a layer. `None` after a fault, which has been reported.
pub(super) fn goals(
    layer: &Layer<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Goals> {
    let (entry, sense) = match (layer.get("maximise"), layer.get("minimise")) {
        (Some(entry), _) => (entry, Sense::Maximise),
        (None, Some(entry)) => (entry, Sense::Minimise),
        (None, None) => {
            let first = Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue };
            return Some(Goals { first, next: Vec::new() });
        }
    };
    if entry.is_list() {
        return in_order(entry, sense, portfolio, found);
    }
    let first = goal(entry, sense, portfolio, found)?;
    if let Goal::Single { sense: Sense::Maximise, measure } = first {
        let meant = format!("; where it is meant, write maximise = [{}]", quoted(&entry.label()));
        warn_of_odd_sense(entry, measure, &meant, found);
    }
    Some(Goals { first, next: Vec::new() })
}

/// One goal: a measure, or a mix that is maximised.
fn goal(
    entry: &Entry<'_>,
    sense: Sense,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Goal> {
    if entry.is_table() && sense == Sense::Maximise {
        return mix(entry, portfolio, found);
    }
    let measure = measure(entry, portfolio, found)?;
    let is_sound = simulated::has_bound(measure, sense, &entry.source(), portfolio?, found);
    is_sound.then_some(Goal::Single { sense, measure })
}

/// Goals in order. They are meant as they stand, a cost that is maximised among them: it asks to use the money up.
fn in_order(
    entry: &Entry<'_>,
    sense: Sense,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Goals> {
    let listed = entry.list(GOALS, found)?;
    let Some((first, next)) = listed.split_first() else {
        found.push(entry.fault("names no measure", format!("write {GOALS}")));
        return None;
    };
    let first = goal(first, sense, portfolio, found);
    let mut named: Vec<Measure> = match &first {
        Some(Goal::Single { measure, .. }) => vec![*measure],
        Some(Goal::Mix(_)) | None => Vec::new(),
    };
    let ahead = named.len();
    let mut is_sound = true;
    for one in next {
        let measure = next_goal(one, (&named, sense), portfolio, found);
        is_sound &= measure.is_some();
        named.extend(measure);
    }
    Some(Goals { first: first?, next: named.split_off(ahead) }).filter(|_| is_sound)
}

/// A goal behind others, which have named some measures.
fn next_goal(
    entry: &Entry<'_>,
    (named, sense): (&[Measure], Sense),
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Measure> {
    if entry.is_table() {
        found
            .push(entry.fault("is a mix behind another goal", "put the mix first, or name one measure here"));
        return None;
    }
    let measure = measure(entry, portfolio, found)?;
    if named.contains(&measure) {
        found.push(
            entry.fault("is named twice", "name each goal once: the second time nothing is left to decide"),
        );
        return None;
    }
    simulated::has_bound(measure, sense, &entry.source(), portfolio?, found).then_some(measure)
}

fn mix(entry: &Entry<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Option<Goal> {
    let table = entry.table("a measure or a mix such as { strategic_value = 0.6, npv = 0.4 }", found)?;
    let mut terms = Vec::new();
    let is_sound = mix_terms(&table, "", portfolio, &mut terms, found);
    if terms.is_empty() && is_sound {
        found.push(
            entry.fault("names no measure", "write a mix such as { strategic_value = 0.6, npv = 0.4 }"),
        );
        return None;
    }
    // The order in which measures are named changes nothing, not even the rounding of their sum.
    terms.sort_by_key(|&(measure, _)| measure);
    is_sound.then_some(Goal::Mix(terms))
}

/// Collects the terms of a mix; an unquoted `line.capex = 1` arrives as a table in a table.
fn mix_terms(
    table: &Section<'_>,
    prefix: &str,
    portfolio: Option<&Portfolio>,
    terms: &mut Vec<(Measure, f64)>,
    found: &mut Diagnostics,
) -> bool {
    let mut is_sound = true;
    for (name, entry) in table.entries() {
        let name = format!("{prefix}{name}");
        if entry.is_table()
            && let Some(inner) = entry.table("", found)
        {
            is_sound &= mix_terms(&inner, &format!("{name}."), portfolio, terms, found);
            continue;
        }
        let weight = entry.number("a weight above 0", |weight| weight > 0.0, found);
        let measure = named_measure(&name, &entry.source(), portfolio, found);
        is_sound &= measure.is_some() && weight.is_some();
        if let (Some(measure), Some(weight), Some(portfolio)) = (measure, weight, portfolio) {
            is_sound &= simulated::has_bound(measure, Sense::Maximise, &entry.source(), portfolio, found);
            warn_of_odd_sense(&entry, measure, "", found);
            terms.push((measure, weight));
        }
    }
    is_sound
}

/// `meant` says how to write it where it is no slip.
fn warn_of_odd_sense(entry: &Entry<'_>, measure: Measure, meant: &str, found: &mut Diagnostics) {
    if measure.natural_sense() == Sense::Minimise {
        let problem = "maximises what is better when small";
        found.push(entry.warning(problem, format!("to keep it small, write minimise instead{meant}")));
    }
}

/// A measure that the portfolio has numbers for. `None` if it is not one; why has been reported.
pub(super) fn measure_with_numbers(
    entry: &Entry<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Measure> {
    let measure = measure(entry, portfolio, found)?;
    check_measures(&[measure], &entry.source(), portfolio?, found);
    Some(measure)
}

fn measure(entry: &Entry<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Option<Measure> {
    named_measure(entry.text(found)?, &entry.source(), portfolio, found)
}

/// The measure of that name. `None` if the portfolio has none, which has been reported.
pub(super) fn named_measure(
    name: &str,
    source: &SourceRef,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Measure> {
    let portfolio = portfolio?;
    let measure = Measure::named(name, portfolio);
    match measure {
        None => {
            if let Some((problem, help)) = simulated::undecided(name) {
                found.push(Diagnostic::fault(source.clone(), problem, help).with_value(name));
                return None;
            }
            let all = Measure::all(portfolio);
            let help = unknown_measure_help(name, all.iter().map(|(name, _)| name.as_str()), portfolio);
            let problem = "is not a measure of this portfolio";
            found.push(Diagnostic::fault(source.clone(), problem, help).with_value(name));
        }
        Some(measure) => warn_of_large_rate(measure, source, found),
    }
    measure
}

/// A rate of 12 is more likely 12 % than 1200 %.
fn warn_of_large_rate(measure: Measure, source: &SourceRef, found: &mut Diagnostics) {
    if let Measure::NpvAt(rate) = measure
        && rate.value() >= 1.0
    {
        let problem = format!("discounts by {} % per period", 100.0 * rate.value());
        let help = format!("{rate} % is written npv@{}", rate.value() / 100.0);
        found.push(Diagnostic::warning(source.clone(), problem, help));
    }
}

fn unknown_measure_help<'n>(
    name: &str,
    names: impl Iterator<Item = &'n str> + Clone,
    portfolio: &Portfolio,
) -> String {
    if Measure::names_a_rate(name) {
        return RATE_HELP.to_owned();
    }
    let attribute = name.strip_prefix("attribute.");
    if let Some(attribute) = portfolio.attributes().iter().find(|own| Some(own.name()) == attribute) {
        return format!("not every cell of the column `{}` is a number", attribute.name());
    }
    suggest_or(name, names.clone(), || {
        format!(
            "the measures are {}; npv@0.12 is the NPV at another rate; npv.mean and npv.cvar (and those of benefit, cost and \
             strategic_value) are over simulated futures",
            list(names)
        )
    })
}

/// Refuses goals that the portfolio has no numbers for, and warns of those that lack some.
pub(super) fn check_numbers(
    goals: &Goals,
    layer: &Layer<'_>,
    default_goal: &SourceRef,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) {
    let entry = layer.get("maximise").or(layer.get("minimise"));
    let source = entry.map_or_else(|| default_goal.clone(), Entry::source);
    let measures = [goals.first.measures(), goals.next.clone()].concat();
    check_measures(&measures, &source, portfolio, found);
    let measures: Vec<Measure> = measures.into_iter().map(Measure::planned).collect();
    warn_of_missing(&measures, portfolio, found);
}

/// Warns of projects that lack an amount which the goal counts while others have it. The warning is for the table, once
/// for all scenarios.
fn warn_of_missing(measures: &[Measure], portfolio: &Portfolio, found: &mut Diagnostics) {
    let candidates = || portfolio.projects().iter().filter(|project| project.status != Status::Excluded);
    let mut warn = |file: &str, noun: &str, times: usize, has: &dyn Fn(&Project) -> bool| {
        let without: Vec<&str> =
            candidates().filter(|project| !has(project)).map(|project| project.id.as_str()).collect();
        let have = candidates().count() - without.len();
        if without.is_empty() || have == 0 || have < times * without.len() {
            return;
        }
        let more = if without.len() > MOST_NAMED { ", ..." } else { "" };
        let named = list(without.iter().copied().take(MOST_NAMED));
        let problem = format!("has no {noun} of {} of the projects: {named}{more}", without.len());
        let help = format!("add a row for each of them: without {noun}s it counts as worth nothing");
        found.push(Diagnostic::warning(SourceRef::file(file), problem, help));
    };
    if measures.contains(&Measure::StrategicValue) {
        warn("scores.csv", "score", 1, &|project| project.scores.iter().any(Option::is_some));
    }
    if measures.contains(&Measure::Npv) || measures.contains(&Measure::Benefit) {
        let has_inflow = |project: &Project| {
            project.costs.iter().flat_map(|cost| &cost.profile).any(|amount| amount.value() < 0.0)
        };
        warn("benefits.csv", "benefit", 2, &|project| !project.benefits.is_empty() || has_inflow(project));
    }
}

fn check_measures(measures: &[Measure], source: &SourceRef, portfolio: &Portfolio, found: &mut Diagnostics) {
    let mut projects = portfolio.projects().iter();
    let has_scores = projects.clone().any(|project| project.scores.iter().any(Option::is_some));
    let scored = measures.iter().find(|measure| measure.counts_scores());
    if let Some(scored) = scored.filter(|_| !has_scores) {
        let problem = format!("asks for {}, but no project has a score", scored.name(portfolio));
        let key = source.column.as_deref().and_then(|key| key.rsplit('.').next()).unwrap_or("maximise");
        let help =
            format!("add objectives.csv and scores.csv, or set {key} to another measure, such as \"npv\"");
        found.push(Diagnostic::fault(source.clone(), problem, help));
    }
    let needs_benefits = measures.iter().any(|measure| measure.counts_benefits());
    // Income may be planned as a negative cost.
    let brings_nothing = |project: &Project| {
        let mut costs = project.costs.iter().flat_map(|cost| &cost.profile);
        project.benefits.is_empty() && costs.all(|amount| amount.value() >= 0.0)
    };
    if needs_benefits && projects.all(brings_nothing) {
        let problem = "counts benefits, but no project has any";
        let help = "add benefits.csv, or choose another measure: nothing would be worth its cost";
        found.push(Diagnostic::warning(source.clone(), problem, help));
    }
}

/// The criterion of the ranking: the scenario's objective unless the batch says otherwise. `None` after a fault.
pub(super) fn rank_by(
    entry: Option<&Entry<'_>>,
    percentiles: &[Percentile],
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<RankBy> {
    let Some(entry) = entry else { return Some(RankBy::Objective) };
    let name = entry.text(found)?;
    let portfolio = portfolio?;
    let others = beside_measures(percentiles, portfolio);
    let other = others.iter().find(|(own, _)| own == name).map(|&(_, rank_by)| rank_by);
    let planned = Measure::named(name, portfolio).filter(|measure| measure.simulated().is_none());
    let rank_by = match (planned, other) {
        (Some(_), Some(_)) => {
            let help = "give that kind of benefit another name in benefits.csv";
            found.push(entry.fault("names a kind of benefit and a statistic of all benefits", help));
            return None;
        }
        (Some(measure), None) => RankBy::Plan(measure),
        (None, Some(other)) => other,
        (None, None) => {
            found.push(entry.fault("is nothing to rank by", unknown_ranking_help(name, &others, portfolio)));
            return None;
        }
    };
    if let RankBy::Plan(measure) | RankBy::Simulated(measure, _) = rank_by {
        warn_of_large_rate(measure, &entry.source(), found);
        check_measures(&[measure], &entry.source(), portfolio, found);
    }
    Some(rank_by)
}

/// Criteria of the ranking beside measures as planned.
fn beside_measures(percentiles: &[Percentile], portfolio: &Portfolio) -> Vec<(String, RankBy)> {
    let chosen = percentiles.iter().map(|&percentile| Statistic::Percentile(percentile));
    let statistics: Vec<Statistic> = Statistic::ALL.iter().map(|&(_, one)| one).chain(chosen).collect();
    let mut all = vec![("objective".to_owned(), RankBy::Objective)];
    for measure in RankBy::SIMULATED {
        let simulated = statistics.iter().map(|&statistic| RankBy::Simulated(measure, statistic));
        all.extend(simulated.map(|rank_by| (rank_by.name(portfolio), rank_by)));
    }
    all
}

fn unknown_ranking_help(name: &str, others: &[(String, RankBy)], portfolio: &Portfolio) -> String {
    let measures = Measure::all(portfolio);
    let names = measures.iter().map(|(name, _)| name).chain(others.iter().map(|(name, _)| name));
    if Measure::names_a_rate(name) {
        return RATE_HELP.to_owned();
    }
    if let Some(help) = unasked_percentile(name, portfolio) {
        return help;
    }
    suggest_or(name, names.map(String::as_str), || {
        "write a measure, or strategic_value, npv, benefit or cost with .mean, .sd, .p10, .p50, .p90 or .cvar"
            .to_owned()
    })
}

/// Help for a percentile that would be known if the batch asked for it.
fn unasked_percentile(name: &str, portfolio: &Portfolio) -> Option<String> {
    let (measure, percent) = name.split_once(".p")?;
    let is_simulated = RankBy::SIMULATED.iter().any(|own| own.name(portfolio) == measure);
    Percentile::new(percent.parse().ok()?).filter(|_| is_simulated)?;
    Some(format!("add percentiles = [{percent}] to [simulation]"))
}
