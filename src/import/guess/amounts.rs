//! Columns of amounts: one per period, or one amount per row.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::{is_moment, is_total};

use super::draft::Draft;
use super::facts::Facts;
use super::roles::{AmountKind, LINES, PERIODS, amount_kind, is_view, key_of, without_wrapper};
use crate::input::toml_text::quoted;

/// The mark of a period in a pattern.
const PERIOD: &str = "{period}";

/// Columns that differ by their periods alone.
#[derive(Clone, Debug)]
pub struct PeriodGroup {
    /// The heading with `{period}` in place of the period.
    pub pattern: String,
    /// Positions and periods.
    pub columns: Vec<(usize, String)>,
    /// Line, kind or resource.
    pub name: String,
}

/// The part of a heading that is a moment, as a pattern and the moment: the longest of up to three words in a row.
pub fn period_in(heading: &str) -> Option<(String, String)> {
    let is_between =
        |next: char| next.is_whitespace() || matches!(next, '(' | ')' | '[' | ']' | '_' | ':' | ',');
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (at, next) in heading.char_indices().chain([(heading.len(), ' ')]) {
        match (start, is_between(next)) {
            (None, false) => start = Some(at),
            (Some(from), true) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    let spans =
        (0..words.len()).flat_map(|first| (first..words.len().min(first + 3)).map(move |last| (first, last)));
    let spans = spans.map(|(first, last)| (words[first].0, words[last].1));
    let is_calendar = |text: &str| is_moment(text) && text.contains(|next: char| next.is_ascii_digit());
    let (from, to) =
        spans.filter(|&(from, to)| is_calendar(&heading[from..to])).max_by_key(|(from, to)| to - from)?;
    Some((format!("{}{PERIOD}{}", &heading[..from], &heading[to..]), heading[from..to].to_owned()))
}

/// Groups of columns of numbers whose headings differ by periods.
pub fn period_groups(columns: &[Facts]) -> Vec<PeriodGroup> {
    let mut groups: Vec<PeriodGroup> = Vec::new();
    for facts in columns.iter().filter(|facts| facts.is_numeric() || facts.cells.is_empty()) {
        if is_total(&facts.heading) {
            continue;
        }
        let Some((pattern, period)) = period_in(&facts.heading) else { continue };
        match groups.iter_mut().find(|group| group.pattern == pattern) {
            Some(group) => group.columns.push((facts.position, period)),
            None => groups.push(PeriodGroup {
                pattern,
                columns: vec![(facts.position, period)],
                name: String::new(),
            }),
        }
    }
    let is_filled = |group: &PeriodGroup| {
        group.columns.iter().any(|(position, _)| {
            columns.iter().any(|facts| facts.position == *position && !facts.cells.is_empty())
        })
    };
    groups.retain(is_filled);
    name_all(&mut groups);
    groups
}

/// Gives each group a name that no other of its kind has.
fn name_all(groups: &mut [PeriodGroup]) {
    let mut taken: BTreeSet<(AmountKind, String)> = BTreeSet::new();
    for group in groups {
        let kind = kind_of(group);
        let plain = name_of(group, kind);
        let further = (2..).map(|number: usize| format!("{plain}_{number}"));
        let mut names = std::iter::once(plain.clone()).chain(further);
        group.name = names.find(|name| taken.insert((kind, name.clone()))).unwrap_or_default();
    }
}

/// The kind of amounts of a group: costs where the headings do not say.
fn kind_of(group: &PeriodGroup) -> AmountKind {
    amount_kind(&words_of(group)).unwrap_or(AmountKind::Costs)
}

/// The column that names budget lines, if there is one.
pub fn line_column(columns: &[Facts], is_free: impl Fn(usize) -> bool) -> Option<&Facts> {
    let of = |word: &&str| {
        columns
            .iter()
            .find(|facts| facts.words == **word && is_free(facts.position) && !facts.cells.is_empty())
    };
    // An amount may be called like a line: a budget.
    let is_line = |facts: &&Facts| !facts.is_numeric() || amount_kind(&facts.words).is_none();
    LINES.iter().find_map(|word| of(word).filter(is_line))
}

/// The column that says the period of a row, if there is one.
pub fn period_column(columns: &[Facts], is_free: impl Fn(usize) -> bool) -> Option<&Facts> {
    let is_one = |facts: &&Facts| {
        is_free(facts.position) && facts.has_moments() && PERIODS.contains(&facts.words.as_str())
    };
    columns.iter().find(is_one)
}

/// Writes the groups into the map. Returns the positions that they use.
pub fn write_groups(
    draft: &mut Draft,
    groups: &[PeriodGroup],
    columns: &[Facts],
    line: Option<&Facts>,
) -> Vec<usize> {
    let mut used = Vec::new();
    let mut by_kind: BTreeMap<AmountKind, Vec<&PeriodGroup>> = BTreeMap::new();
    for group in groups {
        by_kind.entry(kind_of(group)).or_default().push(group);
    }
    for (kind, own) in by_kind {
        let are_views = own.len() > 1 && own.iter().any(|group| is_view(&words_of(group)));
        let line = line.filter(|_| kind == AmountKind::Costs);
        if are_views || (line.is_some() && own.len() > 1) {
            undecided_views(draft, kind, &own, line);
        } else {
            for group in &own {
                write_group(draft, kind, group, line);
            }
        }
        for group in &own {
            used.extend(group.columns.iter().map(|(position, _)| *position));
            tell_group(draft, kind, group, columns, are_views);
        }
        if let Some(line) = line {
            used.push(line.position);
        }
    }
    used
}

/// True if there are groups, and none says of what its amounts are.
pub fn are_bare(groups: &[PeriodGroup]) -> bool {
    !groups.is_empty() && groups.iter().all(|group| amount_kind(&words_of(group)).is_none())
}

/// The section of the map in which a group stands.
pub fn section_of(group: &PeriodGroup, line: Option<&Facts>) -> String {
    let kind = kind_of(group);
    match line {
        Some(_) if kind == AmountKind::Costs => kind.section().to_owned(),
        _ => format!("{}.{}", kind.section(), group.name),
    }
}

fn words_of(group: &PeriodGroup) -> String {
    super::facts::words(&group.pattern.replace(PERIOD, " "))
}

/// The line, kind or resource of a group: its words without those of units.
fn name_of(group: &PeriodGroup, kind: AmountKind) -> String {
    let plain = without_wrapper(&group.pattern).replace(PERIOD, " ");
    let plain = plain.split(['(', '[']).next().unwrap_or_default();
    match (key_of(plain).as_str(), kind) {
        ("", AmountKind::Costs) => "cost".to_owned(),
        ("", AmountKind::Benefits) => "benefit".to_owned(),
        ("", AmountKind::Demands) => "effort".to_owned(),
        (name, _) => name.to_owned(),
    }
}

fn write_group(draft: &mut Draft, kind: AmountKind, group: &PeriodGroup, line: Option<&Facts>) {
    let periods: Vec<&str> = group.columns.iter().map(|(_, period)| period.as_str()).collect();
    let is_named = amount_kind(&words_of(group)).is_some();
    let why = match is_named {
        true => format!("a column per period: {}", periods.join(", ")),
        false => format!(
            "a column per period: {}; nothing says what amounts: they could be benefits or demands as well",
            periods.join(", ")
        ),
    };
    let section = match line {
        Some(line) => {
            let why = format!("{} different texts, such as {}", line.distinct, first(line));
            draft.key(kind.section(), "line", &quoted(&line.heading), &why);
            kind.section().to_owned()
        }
        None => format!("{}.{}", kind.section(), group.name),
    };
    draft.key(&section, "columns", &quoted(&group.pattern), &why);
    if let Some(unit) = unit_of(&group.pattern) {
        draft.line(
            &section,
            format!("# scale = {}   # the heading says {}: for amounts in single units", unit.1, unit.0),
        );
    }
}

/// A unit of thousands or millions in a heading, and its factor.
fn unit_of(pattern: &str) -> Option<(&'static str, u32)> {
    let lower = pattern.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["million", "mio", "m€", "$m", "meur", "musd", "m eur"]) {
        return Some(("millions", 1_000_000));
    }
    has(&["thousand", "k€", "t€", "keur", "kusd", "$k", "k$", "'000", "(000", "teur"])
        .then_some(("thousands", 1000))
}

fn first(facts: &Facts) -> String {
    facts.cells.first().map(|(_, text)| format!("`{text}`")).unwrap_or_default()
}

fn undecided_views(draft: &mut Draft, kind: AmountKind, own: &[&PeriodGroup], line: Option<&Facts>) {
    let patterns: Vec<String> = own.iter().map(|group| quoted(&group.pattern)).collect();
    let what = format!(
        "which columns are planned: {}. Views of the same money do not add up",
        patterns.join(" or ")
    );
    let section = match line {
        Some(line) => {
            draft.key(
                kind.section(),
                "line",
                &quoted(&line.heading),
                &format!("{} different texts", line.distinct),
            );
            kind.section().to_owned()
        }
        None => format!("{}.{}", kind.section(), if kind == AmountKind::Costs { "cost" } else { "all" }),
    };
    draft.undecided(&section, "columns", &what);
}

fn tell_group(
    draft: &mut Draft,
    kind: AmountKind,
    group: &PeriodGroup,
    columns: &[Facts],
    is_undecided: bool,
) {
    for (position, period) in &group.columns {
        let Some(facts) = columns.iter().find(|facts| facts.position == *position) else { continue };
        let taken = match is_undecided {
            true => format!("{}, or not: to be decided", kind.section()),
            false => format!("{} of {}", kind.section(), group.name),
        };
        let why = match amount_kind(&words_of(group)) {
            Some(_) => format!("numbers, and a heading with the period {period}"),
            None => format!("numbers under the period {period}; they could be benefits or demands"),
        };
        draft.column(&facts.heading, taken, why);
    }
}

/// Columns beside the amounts that may name their lines and periods.
#[derive(Clone, Copy)]
pub struct Beside<'f> {
    /// The column of budget lines.
    pub line: Option<&'f Facts>,
    /// The column of periods.
    pub period: Option<&'f Facts>,
}

/// Writes columns with one amount per row into the map. Returns the positions that they use.
pub fn write_single(
    draft: &mut Draft,
    columns: &[Facts],
    is_free: &dyn Fn(usize) -> bool,
    beside: Beside<'_>,
) -> Vec<usize> {
    let mut used: Vec<usize> = Vec::new();
    let is_amount = |facts: &&Facts| {
        let is_beside = |own: Option<&Facts>| own.is_some_and(|own| own.position == facts.position);
        let is_free = is_free(facts.position) && !is_beside(beside.line) && !is_beside(beside.period);
        is_free && facts.is_numeric() && facts.per_cents == 0 && !is_total(&facts.heading)
    };
    let amounts: Vec<&Facts> = columns.iter().filter(is_amount).collect();
    for kind in [AmountKind::Costs, AmountKind::Benefits, AmountKind::Demands] {
        let named = amounts.iter().copied().filter(|facts| amount_kind(&facts.words) == Some(kind));
        let mut candidates: Vec<&Facts> = named.collect();
        if candidates.is_empty() {
            continue;
        }
        let own = Beside { line: beside.line.filter(|_| kind == AmountKind::Costs), ..beside };
        if own.line.is_some() && own.period.is_some() {
            // In a list by line and period all further numbers may be other views of the amount.
            let is_other = |facts: &&&Facts| amount_kind(&facts.words).is_none() && facts.distinct > 2;
            candidates.extend(amounts.iter().filter(is_other));
        }
        used.extend(write_amount(draft, kind, &candidates, own));
    }
    used
}

fn write_amount(
    draft: &mut Draft,
    kind: AmountKind,
    candidates: &[&Facts],
    beside: Beside<'_>,
) -> Vec<usize> {
    let section = match beside.line {
        Some(line) => {
            let why = format!("{} different texts, such as {}", line.distinct, first(line));
            draft.key(kind.section(), "line", &quoted(&line.heading), &why);
            kind.section().to_owned()
        }
        None => format!("{}.{}", kind.section(), single_name(kind, candidates)),
    };
    match candidates {
        [only] => {
            draft.key(
                &section,
                "amount",
                &quoted(&only.heading),
                "the only numbers that the headings call so",
            );
        }
        several => {
            let headings: Vec<String> = several.iter().map(|facts| quoted(&facts.heading)).collect();
            draft.undecided(&section, "amount", &format!("which of {}", headings.join(", ")));
        }
    }
    match beside.period {
        Some(period) => draft.key(&section, "period", &quoted(&period.heading), "all cells are periods"),
        None => draft.undecided(&section, "in_period", "the list says no period: write one such as \"2027\""),
    }
    for facts in candidates {
        let why = if candidates.len() > 1 { "one of several: to be decided" } else { "the heading says so" };
        draft.column(&facts.heading, kind.section(), why);
    }
    let others = beside.line.into_iter().chain(beside.period);
    others.chain(candidates.iter().copied()).map(|facts| facts.position).collect()
}

fn single_name(kind: AmountKind, candidates: &[&Facts]) -> String {
    match (candidates, kind) {
        ([only], _) => key_of(without_wrapper(&only.heading).split(['(', '[']).next().unwrap_or_default()),
        (_, AmountKind::Costs) => "cost".to_owned(),
        (_, AmountKind::Benefits) => "benefit".to_owned(),
        (_, AmountKind::Demands) => "effort".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_parted_into_pattern_and_period() {
        for (heading, pattern, period) in [
            ("2027", "{period}", "2027"),
            ("FY27", "{period}", "FY27"),
            ("Capex FY 2027 (kEUR)", "Capex {period} (kEUR)", "FY 2027"),
            ("Budget_2027", "Budget_{period}", "2027"),
            ("Opex 2027-Q1", "Opex {period}", "2027-Q1"),
            ("Cost Q1 2027", "Cost {period}", "Q1 2027"),
            ("2027/28 spend", "{period} spend", "2027/28"),
        ] {
            assert_eq!(period_in(heading), Some((pattern.to_owned(), period.to_owned())), "{heading}");
        }
        for heading in ["Summary", "Phase 1", "May", "Priority", "P-100", "Issue id"] {
            assert_eq!(period_in(heading), None, "{heading}");
        }
    }
}
