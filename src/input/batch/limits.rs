//! Named limits: those of the whole batch, and which of them and which others hold in a scenario.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list, suggest_or};
use crate::domain::{LimitBound, Limits, Measure, NamedLimit, PeriodIx, Portfolio, ProjectIx, RelativeBound};
use crate::ids::PeriodLabel;
use crate::input::doubts;
use crate::input::schema::LIMIT;

use super::confidence;
use super::document::{Entry, Section};
use super::filter;
use super::goal;
use super::layer::Layer;
use super::limit_shares::{self, RELATIVE};
use super::placed::PlacedLimit;
use super::simulated;
use super::texts;

/// The last priority: each takes a search of its own.
const MOST_PRIORITY: u64 = 99;

/// A limit of a list. A faulty one is kept by its name, so that references to it are no faults.
struct Listed {
    name: String,
    /// The name of the section that makes several limits, one per value of an attribute.
    family: Option<String>,
    source: SourceRef,
    limit: Option<NamedLimit>,
}

impl Listed {
    /// True if a name stands for it: its own, or that of all limits of its section.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.family.as_deref() == Some(name)
    }
}

/// The limits that hold in every scenario which does not leave them out.
pub(super) struct BatchLimits {
    listed: Vec<Listed>,
}

impl BatchLimits {
    /// Reads the sections `[[limit]]`.
    pub(super) fn read(root: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Self {
        Self { listed: read_all(&root.repeated("limit", found), portfolio, found) }
    }

    /// The limits of a scenario, ordered by name: those of the batch that it does not leave out, and its own.
    pub(super) fn resolve(
        &self,
        layer: &Layer<'_>,
        portfolio: Option<&Portfolio>,
        found: &mut Diagnostics,
    ) -> Vec<PlacedLimit> {
        const EXPECTED: &str =
            "a list of limits, such as [{ name = \"few\", measure = \"projects\", max = 9 }]";
        let entries = layer.get("limits").and_then(|entry| entry.list(EXPECTED, found)).unwrap_or_default();
        let sections: Vec<Section<'_>> =
            entries.iter().filter_map(|entry| entry.table(EXPECTED, found)).collect();
        let own = read_all(&sections, portfolio, found);
        let without = self.without(layer.get("without_limits"), &own, found);
        let kept = self.listed.iter().filter(|limit| !without.iter().any(|&name| limit.is_called(name)));
        let placed = |limit: &Listed| Some((limit.source.clone(), limit.limit.clone()?));
        let mut resolved: Vec<PlacedLimit> = kept.clone().filter_map(placed).collect();
        for limit in own {
            if let Some(other) = kept.clone().find(|other| other.name == limit.name) {
                let help = "give it another name, or name it in `without_limits` to replace the other";
                found.push(repeated(&limit, other, help));
            }
            resolved.extend(placed(&limit));
        }
        resolved.sort_by(|(_, left), (_, right)| left.name().cmp(right.name()));
        resolved
    }

    /// The names of limits that a scenario leaves out; `own` are the limits that it adds.
    fn without<'a>(
        &self,
        entry: Option<&Entry<'a>>,
        own: &[Listed],
        found: &mut Diagnostics,
    ) -> Vec<&'a str> {
        let expected = "a list of names of limits, such as [\"growth\"]";
        let entries = entry.and_then(|entry| entry.list(expected, found)).unwrap_or_default();
        let mut names = Vec::new();
        for entry in entries {
            let Some(name) = entry.text(found) else { continue };
            if !self.listed.iter().any(|limit| limit.is_called(name)) {
                let known = || self.listed.iter().map(|limit| limit.name.as_str());
                let help = suggest_or(name, known(), || match self.listed.is_empty() {
                    _ if own.iter().any(|limit| limit.is_called(name)) => {
                        "a scenario's own `limits` replace those of [base]: leave it out there".to_owned()
                    }
                    true => "there is no section [[limit]]: remove it".to_owned(),
                    false => format!("the limits are {}", list(known())),
                });
                found.push(entry.fault("is not a limit of a [[limit]] section", help));
            }
            names.push(name);
        }
        names
    }
}

fn repeated(limit: &Listed, other: &Listed, help: &str) -> Diagnostic {
    let row = other.source.row.unwrap_or_default();
    let problem = format!("names a limit in row {row} already");
    Diagnostic::fault(limit.source.clone(), problem, help).with_value(limit.name.as_str())
}

/// Reads a list of limits; names must be unique.
fn read_all<'a>(
    sections: &[Section<'a>],
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::new();
    let named = |section: &Section<'a>| Some((section.get("name")?.as_text()?, section.place.source()));
    doubts::tell_look_alikes("limit", sections.iter().filter_map(named), found);
    for section in sections {
        section.check_against(&LIMIT, found);
        let name = section.get("name");
        if name.is_none() {
            found.extend(section.missing("name", "give every limit a name of its own"));
        }
        let text = name.as_ref().and_then(|name| texts::name(name, found));
        let own = read_limit(text.unwrap_or_default(), section, portfolio, found);
        let (Some(entry), Some(name)) = (name, text) else { continue };
        let family = section.get("by").map(|_| name.to_owned());
        let faulty = || vec![(name.to_owned(), None)];
        let own = own.map(|own| own.into_iter().map(|(name, limit)| (name, Some(limit))).collect());
        let own: Vec<Listed> = (own.unwrap_or_else(faulty).into_iter())
            .map(|(name, limit)| Listed { name, family: family.clone(), source: entry.source(), limit })
            .collect();
        let is_taken =
            |other: &&Listed| other.is_called(name) || own.iter().any(|limit| other.is_called(&limit.name));
        match (listed.iter().find(is_taken), own.first()) {
            (Some(other), Some(limit)) => {
                let named = own.iter().find(|limit| other.is_called(&limit.name)).unwrap_or(limit);
                found.push(repeated(named, other, "give each limit its own name"));
            }
            _ => listed.extend(own),
        }
    }
    listed
}

/// Reads one section: a limit with its name, or one per value of an attribute. `None` if something is wrong with it,
/// which has been reported, or the portfolio is not known.
fn read_limit(
    name: &str,
    section: &Section<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Vec<(String, NamedLimit)>> {
    let measure = measure(section, portfolio, found);
    let count = found.faults().count();
    let held = confidence::read(section, measure, portfolio, found);
    let is_held = section.get("confidence").is_some();
    simulated::check_limit(section, measure, found);
    let is_faulty = found.faults().count() > count;
    let filter = section.get("where").map(|entry| filter::read(&entry, portfolio, found));
    let bounds = bounds(section, found);
    let relative = limit_shares::relative(section, measure, portfolio, found);
    warn_of_shares(section, measure, found);
    refuse_parts(section, measure, found);
    let periods = section.get("periods").map(|entry| periods(&entry, measure, portfolio, found));
    let price = section
        .get("price")
        .map(|entry| entry.number("a price of 0 or more, in objective units", |price| price >= 0.0, found));
    let priority = section.get("priority").map(|entry| priority(section, &entry, found));
    let by = section.get("by").map(|entry| {
        let filter = filter.as_ref().and_then(Option::as_deref);
        limit_shares::by_value(&entry, filter, portfolio?, found)
    });
    // A key that is there and faulty makes no limit; one that is not there is `None` inside.
    let (projects, periods, price) = (all_or_none(filter)?, all_or_none(periods)?, all_or_none(price)?);
    let priority = all_or_none(priority)?;
    let groups: Vec<(String, Option<Vec<ProjectIx>>)> = match all_or_none(by)? {
        None => vec![(name.to_owned(), projects)],
        Some(groups) => {
            groups.into_iter().map(|(value, own)| (format!("{name}: {value}"), Some(own))).collect()
        }
    };
    let (measure, bounds) = (measure?, (bounds?, relative?));
    if is_faulty || (is_held && held.is_none()) {
        return None;
    }
    let limit = |(name, projects): (String, Option<Vec<ProjectIx>>)| {
        let (id, periods) = (name.as_str().into(), periods.clone());
        if let Some(held) = held {
            let limit = NamedLimit::held_in_futures(id, measure, projects, periods, held).ok()?;
            return Some((name, limit));
        }
        // All that the domain refuses has been reported with its key.
        let limit = NamedLimit::with_relative(id, measure, projects, periods, bounds.clone(), price).ok()?;
        Some((name, limit.with_priority(priority).ok()?))
    };
    groups.into_iter().map(limit).collect()
}

/// A priority, which has no price beside it.
fn priority(section: &Section<'_>, entry: &Entry<'_>, found: &mut Diagnostics) -> Option<u32> {
    if section.get("price").is_some() {
        let help = "keep `price` if it may be missed at that price, or `priority` if it gives way only where it must";
        found.push(entry.fault("stands beside `price`: a limit has one of the two", help));
        return None;
    }
    entry.whole(1, MOST_PRIORITY, found).and_then(|priority| u32::try_from(priority).ok())
}

/// The limits of a scenario, with the amounts of those that are shares of its budgets.
pub(super) fn with_shares_of_lines(
    named: Vec<PlacedLimit>,
    limits: &Limits,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Vec<NamedLimit> {
    let mut all = Vec::with_capacity(named.len());
    for (source, mut limit) in named {
        for bound in limit.relative().to_vec() {
            let RelativeBound::MaxOfLine(shares) = &bound else { continue };
            match limit.share_of_lines(shares, limits) {
                Ok(amount) => limit = limit.clone().with_amount(&bound, amount).unwrap_or(limit),
                Err(line) => {
                    let (problem, help) = limit_shares::no_budget(line, portfolio);
                    let fault = Diagnostic::fault(source.clone(), problem, help);
                    // Scenarios share limits, and say the same of them.
                    if !found.faults().any(|other| *other == fault) {
                        found.push(fault);
                    }
                }
            }
        }
        all.push(limit);
    }
    all
}

/// `Some(None)` where a key is not there, `None` where it is faulty.
#[expect(clippy::option_option, reason = "a key that is missing is another thing than one that is faulty")]
fn all_or_none<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

fn measure(section: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Option<Measure> {
    let Some(entry) = section.get("measure") else {
        found.extend(section.missing("measure", "write what is limited, such as measure = \"cost\""));
        return None;
    };
    goal::measure_with_numbers(&entry, portfolio, found)
}

/// The bounds of a limit. `None` if there is none, one is faulty, or nothing lies between them.
fn bounds(section: &Section<'_>, found: &mut Diagnostics) -> Option<Vec<LimitBound>> {
    type Kind = (&'static str, fn(f64) -> LimitBound);
    const AMOUNTS: [Kind; 2] = [("min", LimitBound::Min), ("max", LimitBound::Max)];
    const SHARES: [Kind; 2] = [("min_share", LimitBound::MinShare), ("max_share", LimitBound::MaxShare)];
    let count = found.faults().count();
    let mut bounds = Vec::new();
    for (key, make) in AMOUNTS {
        let number =
            section.get(key).and_then(|entry| entry.number("a number, such as 100", |_| true, found));
        bounds.extend(number.map(make));
    }
    for (key, make) in SHARES {
        let Some(entry) = section.get(key) else { continue };
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        bounds.extend(entry.number("a share from 0 to 1, such as 0.3", is_share, found).map(make));
        if section.get("where").or_else(|| section.get("by")).is_none() {
            let help = "add `where` to say which projects it is the share of";
            found.push(entry.fault("is a share of all projects, which is always 1", help));
        }
    }
    for pair in [AMOUNTS, SHARES] {
        check_order(section, &bounds, pair.map(|(key, _)| key), found);
    }
    // A confidence alone is of the budgets or capacities themselves.
    if section.get("confidence").is_some() {
        return (found.faults().count() == count).then_some(bounds);
    }
    let mut keys = AMOUNTS.iter().chain(&SHARES).map(|&(key, _)| key).chain(RELATIVE.map(|(key, _)| key));
    let has_key = keys.any(|key| section.get(key).is_some());
    // A key that is not known may be a bound that is misspelt; that has been reported.
    if !has_key && section.entries().all(|(key, _)| is_known(key)) {
        let help = "write one of `min`, `max`, `min_share`, `max_share`, `min_of_plan`, `max_of_line`";
        found.push(Diagnostic::fault(section.place.source(), "limits nothing", help));
    }
    (found.faults().count() == count).then_some(bounds)
}

/// Warns of an amount of money or people below 1 for some projects: it may be a share.
fn warn_of_shares(section: &Section<'_>, measure: Option<Measure>, found: &mut Diagnostics) {
    let is_amount = matches!(
        measure,
        Some(Measure::Cost | Measure::Benefit | Measure::Npv | Measure::Line(_) | Measure::Resource(_))
    );
    if !is_amount || section.get("where").is_none() {
        return;
    }
    for key in ["min", "max"] {
        let Some(entry) = section.get(key) else { continue };
        let share =
            entry.number("", |_| true, &mut Diagnostics::new()).filter(|&share| share > 0.0 && share < 1.0);
        if let Some(share) = share {
            let help = format!("write {key}_share = {share} if a share of all chosen projects is meant");
            found.push(entry.warning("is an amount of the measure and no share", help));
        }
    }
}

/// Key results belong to the portfolio as a whole: there is no part of them that some projects have.
fn refuse_parts(section: &Section<'_>, measure: Option<Measure>, found: &mut Diagnostics) {
    if !measure.is_some_and(Measure::counts_key_results) {
        return;
    }
    for entry in ["where", "by", "min_share", "max_share"].iter().filter_map(|key| section.get(key)) {
        let problem = "picks projects, but key results belong to the portfolio as a whole";
        found.push(entry.fault(problem, "leave it out, and write `min` or `max`"));
    }
}

fn is_known(key: &str) -> bool {
    LIMIT.names().any(|known| known == key)
}

/// Reports an upper bound below the lower one.
fn check_order(
    section: &Section<'_>,
    bounds: &[LimitBound],
    [lower, upper]: [&'static str; 2],
    found: &mut Diagnostics,
) {
    let of = |key| bounds.iter().find(|bound| bound.key() == key).map(|bound| bound.value());
    if let (Some(least), Some(most), Some(entry)) = (of(lower), of(upper), section.get(upper))
        && most < least
    {
        let problem = format!("is below `{lower}`, so that nothing lies between");
        found.push(entry.fault(problem, format!("write a number of {least} or more, or change `{lower}`")));
    }
}

/// The periods that a limit adds up (rising).
fn periods(
    entry: &Entry<'_>,
    measure: Option<Measure>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Vec<PeriodIx>> {
    let count = found.faults().count();
    if measure.is_some_and(|measure| !measure.is_counted_by_period()) {
        let help = "remove it, or limit cost, benefit, benefit.*, discounted_cost, discounted_benefit, line.*, resource.* or \
                    projects";
        found.push(entry.fault("is not possible here: the measure is not counted by period", help));
    }
    let labels = entry.list("a list of periods, such as [\"2027\"]", found)?;
    if labels.is_empty() {
        found.push(Diagnostic::fault(entry.source(), "lists no period", "name at least one period"));
    }
    let mut positions: Vec<PeriodIx> = Vec::new();
    for label in labels {
        let (Some(text), Some(portfolio)) = (label.text(found), portfolio) else { continue };
        let horizon = portfolio.horizon();
        match horizon.position(text) {
            Some(period) if positions.contains(&period) => {
                found.push(label.fault("is listed twice", "name each period once"));
            }
            Some(period) => positions.push(period),
            None => {
                let known = list(horizon.periods().iter().map(PeriodLabel::as_str));
                found.push(label.fault("is not a period", format!("write one of {known}")));
            }
        }
    }
    positions.sort_unstable();
    (found.faults().count() == count).then_some(positions)
}
