//! Columns that are no amounts: starts, dependencies, probabilities, scores, attributes; and the form of numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::import::periods::start_of;
use crate::input::map::PeriodMap;
use crate::input::schema::TableSchema;
use crate::input::{List, in_calendar_order, is_total};

use super::amounts::{self, PeriodGroup};
use super::draft::Draft;
use super::facts::{Facts, by_row};
use super::format::{self, Shown};
use super::roles::{self, key_of};
use crate::input::toml_text::quoted;

/// Mean length from which on a text is a description and no attribute, in characters.
const LONG: usize = 80;

/// Compares columns of totals with the sums of the periods: one that is the sum of one group is held to in the map.
pub fn check_totals(
    draft: &mut Draft,
    columns: &[Facts],
    groups: &[PeriodGroup],
    line: Option<&Facts>,
    used: &mut BTreeSet<usize>,
) {
    for facts in columns.iter().filter(|facts| is_total(&facts.heading) && facts.is_numeric()) {
        if !used.insert(facts.position) {
            continue;
        }
        let is_sum_of = |groups: &[&PeriodGroup]| {
            let positions =
                groups.iter().flat_map(|group| group.columns.iter().map(|(position, _)| *position));
            is_sum(columns, &positions.collect::<Vec<_>>(), facts)
        };
        if let Some(group) = groups.iter().find(|group| is_sum_of(&[group])) {
            let why = format!("the sum of \"{}\" in every row", group.pattern);
            draft.key(&amounts::section_of(group, line), "total", &quoted(&facts.heading), &why);
            draft.column(&facts.heading, "total, compared with its sum", why);
            continue;
        }
        let what = match is_sum_of(&groups.iter().collect::<Vec<_>>()) {
            true => "a total: the sum of all amounts of a row",
            false => "a total, which would count money twice",
        };
        draft.line("list", format!("# {} is left: {what}", quoted(&facts.heading)));
        draft.column(&facts.heading, "left", what);
    }
}

/// True if a column is the sum of others in every row, as far as plain numbers tell.
fn is_sum(columns: &[Facts], positions: &[usize], total: &Facts) -> bool {
    let own = columns.iter().filter(|facts| positions.contains(&facts.position));
    let own: Vec<BTreeMap<usize, &str>> = own.map(by_row).collect();
    total.cells.iter().all(|(row, text)| {
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        let sum: f64 = own.iter().filter_map(|column| column.get(row)).map(|text| number(text)).sum();
        (sum - number(text)).abs() <= 1e-6 * sum.abs().max(1.0)
    })
}

/// Writes all other columns into the map.
pub fn write(
    draft: &mut Draft,
    columns: &[Facts],
    identity: Option<usize>,
    repeats: bool,
    groups: &[PeriodGroup],
    used: &mut BTreeSet<usize>,
) {
    let ids: BTreeSet<&str> = identity
        .and_then(|at| columns.iter().find(|facts| facts.position == at))
        .map(|facts| facts.cells.iter().map(|(_, text)| text.as_str()).collect())
        .unwrap_or_default();
    write_start(draft, columns, groups, used);
    write_links(draft, columns, &ids, used);
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut headings: BTreeSet<&str> = BTreeSet::new();
    for facts in columns {
        // Columns that share a heading are one attribute.
        if used.contains(&facts.position) || !headings.insert(&facts.heading) {
            continue;
        }
        if facts.cells.is_empty() {
            draft.column(&facts.heading, "left", "it is blank");
        } else if repeats && identity.is_some_and(|at| differs(columns, at, facts)) {
            draft.column(&facts.heading, "left", "its cells differ between the rows of a project");
        } else if roles::INNER_IDS.contains(&facts.words.as_str()) {
            draft.column(&facts.heading, "left", "a number of the tool for itself");
        } else if facts.length > LONG {
            draft.column(&facts.heading, "left", "long texts");
        } else {
            write_figure(draft, facts, &mut names);
        }
    }
}

fn differs(columns: &[Facts], identity: usize, facts: &Facts) -> bool {
    let Some(ids) = columns.iter().find(|own| own.position == identity).map(by_row) else { return false };
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    facts.cells.iter().any(|(row, text)| {
        let Some(id) = ids.get(row) else { return false };
        *texts.entry(id).or_insert(text) != text
    })
}

fn write_start(draft: &mut Draft, columns: &[Facts], groups: &[PeriodGroup], used: &mut BTreeSet<usize>) {
    let is_start = |facts: &&Facts| {
        roles::STARTS.contains(&facts.words.as_str()) && facts.moments > 0 && !used.contains(&facts.position)
    };
    let Some(start) = columns.iter().find(is_start) else { return };
    let periods: Vec<String> =
        groups.iter().flat_map(|group| &group.columns).map(|(_, period)| period.clone()).collect();
    let known: BTreeSet<&String> = periods.iter().collect();
    let labels: Vec<String> = known.into_iter().cloned().collect();
    let horizon = in_calendar_order(&labels).unwrap_or_default();
    let problems = |map: &PeriodMap| -> BTreeMap<String, String> {
        let cells = start.cells.iter();
        cells.filter_map(|(_, text)| Some((start_of(map, &horizon, text).err()?.0, text.clone()))).collect()
    };
    let leave = |draft: &mut Draft, why: &str| {
        draft.line("project", format!("# start = {}   # {why}", quoted(&start.heading)));
        draft.column(&start.heading, "left", why.to_owned());
    };
    used.insert(start.position);
    if horizon.is_empty() {
        return leave(draft, "a start needs periods, and the columns of the list have none");
    }
    let found = problems(&PeriodMap::default());
    let (ambiguous, early) = (found.get("can be read as two dates"), found.get("lies before the horizon"));
    let other = found.iter().find(|(problem, _)| {
        !["can be read as two dates", "lies before the horizon"].contains(&problem.as_str())
    });
    if let Some((problem, text)) = other {
        return leave(draft, &format!("`{text}` {problem}"));
    }
    draft.key("project", "start", &quoted(&start.heading), "the heading, and dates or periods in its cells");
    draft.column(&start.heading, "start of the project", "the heading, and dates or periods in its cells");
    if let Some(text) = ambiguous {
        draft.undecided("periods", "dates", &format!("`{text}` is \"day first\" or \"month first\""));
    }
    if let Some(text) = early {
        draft.undecided(
            "periods",
            "early",
            &format!("`{text}` lies before the first period: \"first\" starts such projects in it"),
        );
    }
}

fn write_links(draft: &mut Draft, columns: &[Facts], ids: &BTreeSet<&str>, used: &mut BTreeSet<usize>) {
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    for (key, words) in [("requires", &roles::REQUIRED[..]), ("required_by", &roles::REQUIRING[..])] {
        let own: Vec<&Facts> = columns
            .iter()
            .filter(|facts| words.contains(&facts.words.as_str()) && !facts.cells.is_empty())
            .collect();
        let mut headings: Vec<&str> = own.iter().map(|facts| facts.heading.as_str()).collect();
        headings.dedup();
        if headings.is_empty() {
            continue;
        }
        let listed: Vec<String> = headings.iter().map(|heading| quoted(heading)).collect();
        let why = "the heading; `after` in its place lets a project start after these only";
        draft.key("dependencies", key, &format!("[{}]", listed.join(", ")), why);
        for facts in own {
            draft.column(&facts.heading, format!("dependencies ({key})"), "the heading");
            used.insert(facts.position);
            let parts = facts.cells.iter().flat_map(|(_, text)| text.split([',', ';'])).map(str::trim);
            unknown.extend(parts.filter(|part| !part.is_empty() && !ids.contains(part)).map(str::to_owned));
        }
    }
    if let Some(first) = unknown.first() {
        let why = format!(
            "{} names are no id of the list, such as `{first}`; they are told in the report",
            unknown.len()
        );
        draft.key("dependencies", "unknown", "\"leave\"", &why);
    }
}

/// A column of which only words or figures are known: a probability, a score, or an attribute.
fn write_figure(draft: &mut Draft, facts: &Facts, names: &mut BTreeSet<String>) {
    let is_share = facts.per_cents > 0
        || facts
            .cells
            .iter()
            .all(|(_, text)| text.parse::<f64>().is_ok_and(|number| (0.0..=1.0).contains(&number)));
    if roles::PROBABILITIES.contains(&facts.words.as_str()) && facts.is_numeric() && is_share {
        let why = "the heading, and shares from 0 to 1 or per cents";
        draft.key("project", "success_probability", &quoted(&facts.heading), why);
        draft.column(&facts.heading, "probability of success", why);
        return;
    }
    let name = free_name(facts, names);
    if roles::is_score(&facts.words) && facts.is_numeric() {
        let why = "the heading, and numbers; more is taken for better";
        draft.key("scores", &name, &quoted(&facts.heading), why);
        draft.column(&facts.heading, format!("score for {name}"), why);
        return;
    }
    let is_state = roles::STATES.contains(&facts.words.as_str());
    let why = reason_of(facts, is_state);
    // A number must be one in every cell to count as one.
    if facts.is_numeric() && facts.others() == 0 {
        draft.key(
            "attribute",
            &name,
            &format!("{{ column = {}, number = true }}", quoted(&facts.heading)),
            why,
        );
    } else {
        draft.key("attribute", &name, &quoted(&facts.heading), why);
    }
    draft.column(&facts.heading, format!("attribute {name}"), why);
    if is_state {
        suggest_status(draft, facts);
    }
}

/// Remarks on a column that is taken for an attribute.
fn reason_of(facts: &Facts, is_state: bool) -> &'static str {
    match (is_state, roles::is_score(&facts.words)) {
        (true, _) => "a state, which decides on nothing until [status] says so",
        (false, true) => "a score in words: [scores] can say what each is worth",
        (false, false) if roles::LINES.contains(&facts.words.as_str()) => {
            "it could name budget lines: `line` in [costs] then takes it"
        }
        (false, false) if facts.is_numeric() => "a number; [scores] takes it if more is better",
        (false, false) => "nothing else is known of it",
    }
}

/// A comment that shows how states become decisions.
fn suggest_status(draft: &mut Draft, facts: &Facts) {
    const MOST: usize = 12;
    draft.line(
        "project",
        format!(
            "# status = {}   # to let the states decide, with the section [status]:",
            quoted(&facts.heading)
        ),
    );
    let words: BTreeSet<&str> = facts.cells.iter().map(|(_, text)| text.as_str()).collect();
    let words: Vec<String> =
        words.iter().take(MOST).map(|word| format!("{} = \"candidate\"", quoted(word))).collect();
    draft.line(
        "project",
        format!("#   [status]  {}   # or \"mandatory\", \"excluded\", \"leave\"", words.join("; ")),
    );
}

/// A key of its own for a column.
fn free_name(facts: &Facts, names: &mut BTreeSet<String>) -> String {
    let reserved =
        TableSchema::find("projects").map(|schema| schema.headings().collect::<Vec<_>>()).unwrap_or_default();
    let plain = match key_of(&facts.heading) {
        plain if plain.is_empty() => format!("column_{}", facts.position + 1),
        plain if reserved.contains(&plain.as_str()) => format!("list_{plain}"),
        plain => plain,
    };
    let is_free = |name: &String| !names.contains(name);
    let name = std::iter::once(plain.clone())
        .chain((2..).map(|number: usize| format!("{plain}_{number}")))
        .find(is_free)
        .unwrap_or(plain);
    names.insert(name.clone());
    name
}

/// Writes the form of the numbers that the map reads.
pub fn write_numbers(draft: &mut Draft, list: &List, columns: &[Facts]) {
    let taken = |facts: &&Facts| {
        let own = draft.columns.iter().find(|own| own.column == facts.heading);
        facts.is_numeric() && own.is_some_and(|own| own.taken != "left" && !own.taken.starts_with("id of"))
    };
    let is_figure = |facts: &Facts| {
        let own = draft.columns.iter().find(|own| own.column == facts.heading);
        own.is_some_and(|own| own.taken.starts_with("score") || own.taken.starts_with("attribute"))
    };
    let shown = format::of_columns(list, columns.iter().filter(taken).map(|facts| (facts, is_figure(facts))));
    write_marks(draft, &shown);
    write_signs(draft, &shown);
}

fn write_marks(draft: &mut Draft, shown: &Shown) {
    let listed = |own: &[(char, String)]| {
        own.iter().map(|(_, text)| format!("`{text}`")).collect::<Vec<_>>().join(" and ")
    };
    match (shown.decimals.as_slice(), shown.unclear.first()) {
        ([(mark, text)], _) => {
            draft.key("numbers", "decimal", &quoted(&mark.to_string()), &format!("as in `{text}`"))
        }
        ([], Some((_, text))) => {
            let what =
                format!("`{text}` can be read in two ways: the mark before the fraction, \".\" or \",\"");
            draft.undecided("numbers", "decimal", &what);
        }
        ([], None) => {}
        (several, _) => draft.undecided("numbers", "decimal", &format!("the list has {}", listed(several))),
    }
    let is_unclear = !shown.unclear.is_empty() && shown.decimals.is_empty();
    match shown.thousands.as_slice() {
        [(mark, text)] => {
            let name = if *mark == ' ' { "blank".to_owned() } else { mark.to_string() };
            draft.key("numbers", "thousands", &quoted(&name), &format!("as in `{text}`"));
        }
        [] if is_unclear => {
            draft.line("numbers", "# thousands = \".\"   # if that is what the other mark does")
        }
        [] => {}
        several => draft.undecided("numbers", "thousands", &format!("the list has {}", listed(several))),
    }
}

fn write_signs(draft: &mut Draft, shown: &Shown) {
    let currency: Vec<String> = shown.currency.iter().map(|sign| quoted(sign)).collect();
    match currency.as_slice() {
        [] => {}
        [only] => draft.key("numbers", "currency", only, "the only sign of currency"),
        several => {
            let what = format!(
                "{} are signs of one currency, [...], or amounts must be converted",
                several.join(" and ")
            );
            draft.undecided("numbers", "currency", &what);
        }
    }
    match (&shown.brackets, &shown.trailing) {
        (Some(text), None) => draft.key("numbers", "negative", "\"brackets\"", &format!("as in `{text}`")),
        (None, Some(text)) => {
            draft.key("numbers", "negative", "\"trailing minus\"", &format!("as in `{text}`"))
        }
        (Some(_), Some(_)) => {
            draft.undecided("numbers", "negative", "the list has brackets and minuses behind numbers")
        }
        (None, None) => {}
    }
    write_suffixes(draft, shown);
    if !shown.nothing.is_empty() {
        let texts: Vec<String> = shown.nothing.iter().map(|text| quoted(text)).collect();
        draft.key("numbers", "nothing", &format!("[{}]", texts.join(", ")), "they stand among numbers");
    }
    if let Some(text) = &shown.per_cent {
        draft.undecided(
            "numbers",
            "percent",
            &format!("`{text}` is \"share\" (as 0.8) or \"points\" (as 80)"),
        );
    }
}

fn write_suffixes(draft: &mut Draft, shown: &Shown) {
    if !shown.suffixes.is_empty() {
        let pairs: Vec<String> =
            shown.suffixes.iter().map(|(letters, _)| format!("{} = \"?\"", quoted(letters))).collect();
        let texts: Vec<String> = shown.suffixes.iter().map(|(_, text)| format!("`{text}`")).collect();
        draft.line(
            "numbers",
            format!(
                "suffixes = {{ {} }}   # decide: the numbers that the letters of {} stand for, such as 1000",
                pairs.join(", "),
                texts.join(", ")
            ),
        );
        draft.undecided.push(format!("numbers.suffixes: what the letters of {} stand for", texts.join(", ")));
    }
}
