//! The sections `[base]`, `[[scenario]]` and `[[sweep]]`: which scenarios there are, and the layers of each.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};

use super::document::{Entry, Section};
use super::layer::{self, Layer};
use super::resolve::Resolver;
use super::texts;
use crate::input::reader::texts::fault_of;

/// Most scenarios of a batch: more are a slip of the hand.
const MOST_SCENARIOS: usize = 100_000;

/// Most characters of a name that is built from the values of a sweep.
const LONGEST_BUILT_NAME: usize = 1_000;

/// The name of the one scenario of a batch that names none.
pub(super) const BASE: &str = "base";

/// A scenario with all its layers laid upon each other.
pub(super) struct NamedLayer<'a> {
    pub(super) name: String,
    pub(super) source: SourceRef,
    pub(super) layer: Layer<'a>,
}

/// The scenarios in their order: those named first, then those of sweeps. Without any, the base is one.
pub(super) fn read<'a>(
    root: &Section<'a>,
    resolver: &Resolver<'_>,
    defaults: &Layer<'a>,
    found: &mut Diagnostics,
) -> Vec<NamedLayer<'a>> {
    let base = base(root, found);
    resolver.check(&base, found);
    let lowest = defaults.under(&base);
    let mut scenarios = Vec::new();
    for section in root.repeated("scenario", found) {
        if let Some(vary) = section.get("vary") {
            let problem = "varies the keys of a single scenario";
            found.push(Diagnostic::fault(vary.source(), problem, "write [[sweep]] instead of [[scenario]]"));
        }
        let layer = Layer::read(&section, &["name", "vary"], found);
        let Some(name) = section.get("name") else {
            found.extend(section.missing("name", "give every scenario a name of its own"));
            resolver.check(&layer, found);
            continue;
        };
        let source = name.source();
        match texts::name(&name, found) {
            Some(name) => {
                scenarios.push(NamedLayer { name: name.to_owned(), source, layer: lowest.under(&layer) });
            }
            None => resolver.check(&layer, found),
        }
    }
    for section in root.repeated("sweep", found) {
        let room = MOST_SCENARIOS.saturating_sub(scenarios.len());
        scenarios.extend(sweep(&section, &lowest, room, found));
    }
    let says_none = root.get("scenario").is_none() && root.get("sweep").is_none();
    if says_none {
        let source = root.place.source();
        scenarios.push(NamedLayer { name: BASE.to_owned(), source, layer: lowest });
    }
    check_names(&scenarios, found);
    scenarios
}

/// What every scenario starts from, beside the settings of the batch.
pub(super) fn base<'a>(root: &Section<'a>, found: &mut Diagnostics) -> Layer<'a> {
    let section = root.get("base").and_then(|entry| entry.table("a section that begins with [base]", found));
    section.map(|section| Layer::read(&section, &[], found)).unwrap_or_default()
}

/// The scenarios of a sweep: every combination of the values that it varies.
fn sweep<'a>(
    section: &Section<'a>,
    lowest: &Layer<'a>,
    room: usize,
    found: &mut Diagnostics,
) -> Vec<NamedLayer<'a>> {
    let beside = Layer::read(section, &["name", "vary"], found);
    let prefix = section.get("name").and_then(|name| texts::name(&name, found));
    let Some(vary) = section.get("vary") else {
        found.extend(section.missing("vary", "write vary = { budget_scale = [0.9, 1.0, 1.1] }"));
        return Vec::new();
    };
    let Some(vary) = vary.table("a table such as { budget_scale = [0.9, 1.0, 1.1] }", found) else {
        return Vec::new();
    };
    let axes = axes(&vary, &beside, found);
    let count = axes.iter().try_fold(1_usize, |count, (_, values)| count.checked_mul(values.len()));
    let count = count.unwrap_or(usize::MAX);
    if count > room {
        let problem = format!("makes more than the {MOST_SCENARIOS} scenarios that a batch may have");
        found.push(Diagnostic::fault(vary.place.source(), problem, "vary fewer keys or fewer values"));
        return Vec::new();
    }
    if axes.is_empty() {
        return Vec::new();
    }
    if !are_names_sound(&axes, &vary.place, found) {
        return Vec::new();
    }
    let under = lowest.under(&beside);
    (0..count).map(|number| combination(number, &axes, prefix, &under, vary.place.source())).collect()
}

/// True if the names that are built from the values are short enough and one line. All combinations of few long values
/// would fill any memory, so that this is found before.
fn are_names_sound(axes: &[Axis<'_>], vary: &Entry<'_>, found: &mut Diagnostics) -> bool {
    let count = found.faults().count();
    let mut longest = 0;
    for (key, values) in axes {
        let labels = values.iter().map(|value| (value, value.label()));
        let mut widest = 0;
        for (value, label) in labels {
            widest = widest.max(label.chars().count());
            let fault = fault_of(&label, usize::MAX, true);
            found.extend(fault.map(|(problem, help)| value.fault(problem, help)));
        }
        longest += key.len() + "=, ".len() + widest;
    }
    if longest > LONGEST_BUILT_NAME {
        let problem = format!("makes names of scenarios of {longest} characters");
        let help = format!(
            "vary shorter values, so that names have at most {LONGEST_BUILT_NAME}, or write [[scenario]]"
        );
        found.push(Diagnostic::fault(vary.source(), problem, help));
    }
    found.faults().count() == count
}

/// A key that a sweep varies, and its values.
type Axis<'a> = (&'static str, Vec<Entry<'a>>);

fn axes<'a>(vary: &Section<'a>, beside: &Layer<'a>, found: &mut Diagnostics) -> Vec<Axis<'a>> {
    let keys = layer::keys();
    vary.check_keys(&keys, layer::not_yet(), found);
    if vary.entries().next().is_none() {
        let help = "write vary = { budget_scale = [0.9, 1.0, 1.1] }";
        found.push(Diagnostic::fault(vary.place.source(), "varies nothing", help));
    }
    let mut axes = Vec::new();
    for (name, entry) in vary.entries() {
        let Some(&key) = keys.iter().find(|&&key| key == name) else { continue };
        if beside.get(key).is_some() {
            let problem = "is varied, but also stands beside `vary`";
            found.push(entry.fault(problem, "keep one of the two"));
        }
        let values = entry.list("a list of values, such as [0.9, 1.0, 1.1]", found).unwrap_or_default();
        if values.is_empty() && entry.label().is_empty() {
            found.push(Diagnostic::fault(entry.source(), "has no values", "list at least one value"));
        }
        axes.push((key, values));
    }
    let is_named = |key: &str| axes.iter().any(|(own, _)| *own == key) || beside.get(key).is_some();
    let is_varied = axes.iter().any(|(own, _)| matches!(*own, "maximise" | "minimise"));
    if is_varied && is_named("maximise") && is_named("minimise") {
        let problem = "varies a goal beside another";
        found.push(Diagnostic::fault(vary.place.source(), problem, "keep `maximise` or `minimise`"));
    }
    axes
}

/// One combination by its number: the last key varies fastest, as the digits of a counter do.
fn combination<'a>(
    number: usize,
    axes: &[Axis<'a>],
    prefix: Option<&str>,
    under: &Layer<'a>,
    source: SourceRef,
) -> NamedLayer<'a> {
    let mut rest = number;
    let mut chosen: Vec<(&'static str, &Entry<'a>)> = Vec::new();
    for (key, values) in axes.iter().rev() {
        // No axis is empty, or there would be no combination.
        chosen.push((key, &values[rest % values.len()]));
        rest /= values.len();
    }
    chosen.reverse();
    let mut upper = Layer::default();
    let mut words = Vec::new();
    for (key, entry) in chosen {
        words.push(format!("{key}={}", entry.label()));
        upper.insert(key, entry.clone());
    }
    let name = match prefix {
        Some(prefix) => format!("{prefix}: {}", words.join(", ")),
        None => words.join(", "),
    };
    NamedLayer { name, source, layer: under.under(&upper) }
}

fn check_names(scenarios: &[NamedLayer<'_>], found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &SourceRef> = BTreeMap::new();
    for scenario in scenarios {
        if let Some(other) = first.get(scenario.name.as_str()) {
            let problem = match other.row {
                Some(row) if **other != scenario.source => format!("names a scenario in row {row} already"),
                _ => "names two scenarios of this sweep".to_owned(),
            };
            let fault =
                Diagnostic::fault(scenario.source.clone(), problem, "give each scenario its own name");
            found.push(fault.with_value(scenario.name.as_str()));
        } else {
            first.insert(&scenario.name, &scenario.source);
        }
    }
}
