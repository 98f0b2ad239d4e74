//! Names of rows and columns that solvers and people can read: `x[P07,2027]`, `budget[capex,2027]`.

use std::collections::BTreeSet;

use crate::domain::{DependencyKind, LineIx, PaymentIx, PeriodIx, ProjectIx, ResourceIx};
use crate::finance::Valuation;
use crate::optimise::formulate::row_key::{ColumnKey, RowKey};
use crate::optimise::model::program::{ByColumn, ColumnIx};

/// Longest name, in characters, that solvers read.
const LONGEST: usize = 100;

/// Letters with marks, and their plain replacements.
const PLAIN: [(&str, &str); 22] = [
    ("àáâãåāăą", "a"),
    ("ÀÁÂÃÅĀĂĄ", "A"),
    ("çćčĉ", "c"),
    ("ÇĆČĈ", "C"),
    ("ďđð", "d"),
    ("èéêëēėęě", "e"),
    ("ÈÉÊËĒĖĘĚ", "E"),
    ("ìíîïīįı", "i"),
    ("ÌÍÎÏĪĮİ", "I"),
    ("łľĺ", "l"),
    ("ŁĽĹ", "L"),
    ("ñńňņ", "n"),
    ("ÑŃŇŅ", "N"),
    ("òóôõøōő", "o"),
    ("ÒÓÔÕØŌŐ", "O"),
    ("śšşș", "s"),
    ("ŚŠŞȘ", "S"),
    ("ùúûūůűų", "u"),
    ("ÙÚÛŪŮŰŲ", "U"),
    ("źżž", "z"),
    ("ŹŻŽ", "Z"),
    ("ýÿ", "y"),
];
/// Letters with replacements of two letters.
const DOUBLE: [(char, &str); 9] = [
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('Ä', "Ae"),
    ('Ö', "Oe"),
    ('Ü', "Ue"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
];

/// A text of plain letters, digits, `_` and `.`; all other characters become `_`.
fn plain(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for letter in text.chars() {
        let single = PLAIN.iter().find(|(marked, _)| marked.contains(letter)).map(|(_, plain)| *plain);
        let double = || DOUBLE.iter().find(|(marked, _)| *marked == letter).map(|(_, plain)| *plain);
        match single.or_else(double) {
            Some(replaced) => name.push_str(replaced),
            None if letter.is_ascii_alphanumeric() || "_.".contains(letter) => name.push(letter),
            None => name.push('_'),
        }
    }
    name
}

/// Makes names that are unique among the columns and among the rows.
pub(super) struct Names<'a> {
    valuation: &'a Valuation<'a>,
    columns: BTreeSet<String>,
    rows: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// No names so far.
    pub fn new(valuation: &'a Valuation<'a>) -> Self {
        Self { valuation, columns: BTreeSet::new(), rows: BTreeSet::new() }
    }

    /// The name of the next column.
    pub fn of_column(&mut self, key: ColumnKey) -> String {
        let name = self.column(key);
        once(name, &mut self.columns)
    }

    /// The name of the next row, from its key, its terms and the keys of the columns.
    pub fn of_row(
        &mut self,
        key: RowKey,
        terms: &[(ColumnIx, f64)],
        columns: &ByColumn<ColumnKey>,
    ) -> String {
        let name = self.row(key, terms, columns);
        once(name, &mut self.rows)
    }

    fn column(&self, key: ColumnKey) -> String {
        let portfolio = self.valuation.portfolio();
        match key {
            ColumnKey::Start { project, period, payment } => {
                format!("x[{}]", self.started(project, period, payment))
            }
            ColumnKey::Share { project, period, payment } => {
                format!("share[{}]", self.started(project, period, payment))
            }
            ColumnKey::Synergy { synergy } => {
                format!("synergy[{}]", plain(portfolio.synergies()[synergy].id().as_str()))
            }
            ColumnKey::Unspent { line, period } => format!("unspent[{}]", self.money(line, period)),
            ColumnKey::Overrun { line, period } => format!("overrun[{}]", self.money(line, period)),
            ColumnKey::MeanOverrun { line, period } => format!("mean_overrun[{}]", self.money(line, period)),
            ColumnKey::Distance { total } => format!("mean_less_cvar[{}]", total.as_str()),
            ColumnKey::IsOverrun { line, period } => format!("is_overrun[{}]", self.money(line, period)),
            ColumnKey::Bought { resource, period } => {
                format!("bought[{}]", self.people(resource, period))
            }
            ColumnKey::IsBought { resource, period } => {
                format!("is_bought[{}]", self.people(resource, period))
            }
            ColumnKey::Moved { project, line, period, .. } => {
                format!("pays[{},{}]", self.project(project), self.money(Some(line), period))
            }
            ColumnKey::Missed { limit, bound } => format!("missed[{}]", self.bound(limit, bound)),
            ColumnKey::Progress { key_result } => format!("progress[{}]", self.key_result(key_result)),
            ColumnKey::IsBegun { key_result } => format!("is_begun[{}]", self.key_result(key_result)),
            ColumnKey::IsExceeded { key_result } => format!("is_exceeded[{}]", self.key_result(key_result)),
            ColumnKey::IsReached { key_result } => format!("is_reached[{}]", self.key_result(key_result)),
            ColumnKey::Always => "always".to_owned(),
            ColumnKey::BudgetScale => "budget_scale".to_owned(),
        }
    }

    fn row(&self, key: RowKey, terms: &[(ColumnIx, f64)], columns: &ByColumn<ColumnKey>) -> String {
        let portfolio = self.valuation.portfolio();
        match key {
            RowKey::Decision { project } => format!("decision[{}]", self.project(project)),
            RowKey::Share { .. } => share_row(self, terms, columns),
            RowKey::Alternatives { group } => {
                format!("alternatives[{}]", plain(&portfolio.alternatives()[group].0))
            }
            RowKey::Dependency { dependency } => self.dependency(dependency, terms, columns),
            RowKey::Condition { condition } => {
                let condition = &portfolio.conditions()[condition];
                let ids = |projects: &[ProjectIx], word: &str| {
                    projects.iter().map(|&one| self.project(one)).collect::<Vec<_>>().join(word)
                };
                format!("requires[{},{}]", ids(condition.if_all(), "&"), ids(condition.then_any(), "|"))
            }
            RowKey::Budget { line, period } => format!("budget[{}]", self.money(line, period)),
            RowKey::Capacity { resource, period } => format!("capacity[{}]", self.people(resource, period)),
            RowKey::Limit { limit, bound } => format!("limit[{}]", self.bound(limit, bound)),
            RowKey::Target { leaf } => {
                let tree = portfolio.objectives();
                format!("target[{}]", plain(tree.objectives()[tree.leaves()[leaf]].id.as_str()))
            }
            RowKey::Confidence { limit, period } => {
                let name = plain(self.valuation.scenario().named_limits[limit].name().as_str());
                let period = period.map(|period| format!(",{}", portfolio.horizon().label(period)));
                format!("confidence[{name}{}]", period.unwrap_or_default())
            }
            RowKey::Priority { priority } => format!("priority[{priority}]"),
            RowKey::Changes => "max_changes".to_owned(),
            RowKey::Drops => "max_drops".to_owned(),
            RowKey::Synergy { synergy } => {
                format!("synergy[{}]", plain(portfolio.synergies()[synergy].id().as_str()))
            }
            RowKey::Account => {
                // Rows that define an amount are named by it.
                let amount = |column: ColumnKey| match column {
                    ColumnKey::Missed { limit, bound } => {
                        Some(format!("soft_limit[{}]", self.bound(limit, bound)))
                    }
                    ColumnKey::Unspent { .. }
                    | ColumnKey::Overrun { .. }
                    | ColumnKey::MeanOverrun { .. }
                    | ColumnKey::Distance { .. }
                    | ColumnKey::Bought { .. }
                    | ColumnKey::Progress { .. }
                    | ColumnKey::IsReached { .. }
                    | ColumnKey::Moved { .. } => Some(format!("account.{}", self.column(column))),
                    _ => None,
                };
                let of_term = |&(column, _): &(ColumnIx, f64)| amount(columns[column]);
                // A soft limit may count bought units: the column of its shortfall names it.
                let names: Vec<String> = terms.iter().filter_map(of_term).collect();
                let soft = names.iter().find(|name| name.starts_with("soft_limit"));
                soft.or(names.first()).cloned().unwrap_or_else(|| "account".to_owned())
            }
        }
    }

    /// A dependency; one on start periods takes a row for each period, named by it.
    fn dependency(
        &self,
        dependency: usize,
        terms: &[(ColumnIx, f64)],
        columns: &ByColumn<ColumnKey>,
    ) -> String {
        let dependency = self.valuation.portfolio().dependencies()[dependency];
        let pair = format!("{},{}", self.project(dependency.project), self.project(dependency.other));
        match dependency.kind {
            DependencyKind::Requires => format!("requires[{pair}]"),
            DependencyKind::Excludes => format!("excludes[{pair}]"),
            DependencyKind::Together => format!("together[{pair}]"),
            DependencyKind::After { .. } => {
                let started = terms.iter().filter(|(_, factor)| *factor > 0.0);
                let last = started.filter_map(|&(column, _)| match columns[column] {
                    ColumnKey::Start { period, .. } => Some(period),
                    _ => None,
                });
                format!("after[{pair},{}]", self.period(last.max().unwrap_or_default()))
            }
        }
    }

    fn project(&self, project: ProjectIx) -> String {
        plain(self.valuation.portfolio().projects()[project].id.as_str())
    }

    fn key_result(&self, key_result: usize) -> String {
        plain(self.valuation.portfolio().key_results().list()[key_result].id.as_str())
    }

    fn period(&self, period: PeriodIx) -> String {
        plain(self.valuation.portfolio().horizon().label(period).as_str())
    }

    /// A project, the period of its start, and the payers of each cost that several lines may pay.
    fn started(&self, project: ProjectIx, period: PeriodIx, payment: PaymentIx) -> String {
        let portfolio = self.valuation.portfolio();
        let row = &portfolio.projects()[project];
        let shared = row.costs.iter().zip(row.payers(payment)).filter(|(cost, _)| !cost.others.is_empty());
        let payers = shared.map(|(_, line)| format!(",{}", plain(portfolio.lines()[line].as_str())));
        format!("{},{}{}", self.project(project), self.period(period), payers.collect::<String>())
    }

    fn money(&self, line: Option<LineIx>, period: PeriodIx) -> String {
        let line = line.map(|line| plain(self.valuation.portfolio().lines()[line].as_str()));
        format!("{},{}", line.as_deref().unwrap_or("*"), self.period(period))
    }

    fn people(&self, resource: ResourceIx, period: PeriodIx) -> String {
        let resource = plain(self.valuation.portfolio().resources()[resource].as_str());
        format!("{resource},{}", self.period(period))
    }

    fn bound(&self, limit: usize, bound: usize) -> String {
        let limit = &self.valuation.scenario().named_limits[limit];
        format!("{},{}", plain(limit.name().as_str()), limit.bounds()[bound].key())
    }
}

/// The row that holds a share at or below the whole, or at or above its smallest.
fn share_row(names: &Names<'_>, terms: &[(ColumnIx, f64)], columns: &ByColumn<ColumnKey>) -> String {
    for &(column, factor) in terms {
        if let ColumnKey::Share { project, period, payment } = columns[column] {
            let side = if factor > 0.0 { "most" } else { "least" };
            return format!("share_{side}[{}]", names.started(project, period, payment));
        }
    }
    "share".to_owned()
}

/// A unique name: a name already taken gets a number, and one that is too long is cut.
fn once(name: String, taken: &mut BTreeSet<String>) -> String {
    let short = if name.len() > LONGEST { format!("{}~", &name[..LONGEST]) } else { name };
    let numbered = (2..).map(|number| format!("{short}_{number}"));
    let free = std::iter::once(short.clone()).chain(numbered).find(|name| !taken.contains(name));
    let name = free.unwrap_or(short);
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_plain_and_stay_apart() {
        assert_eq!(plain("Straße 7 (łąka)"), "Strasse_7__laka_");
        let mut taken = BTreeSet::new();
        let names = ["x[a_b]", "x[a_b]", "x[a_b]"].map(|name| once(name.to_owned(), &mut taken));
        assert_eq!(names, ["x[a_b]", "x[a_b]_2", "x[a_b]_3"]);
        let long = once(format!("x[{}]", "a".repeat(300)), &mut taken);
        assert_eq!(long.len(), LONGEST + 1);
        assert!(plain("日本 X").is_ascii());
    }
}
