//! Explanations of infeasible scenarios in the analyst's words, and infeasible.csv.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{LimitBound, NamedLimit, Portfolio, ProjectIx, Scenario, Selection};
use crate::engine::{ScenarioOutcome, ScenarioResult};
use crate::finance::Valuation;
use crate::optimise::{Conflict, Excess, RowKey};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;
use crate::output::names::{Names, listed};
use crate::output::number::{NumberStyle, tidy};

/// infeasible.csv.
pub const TABLE: TableKind = TableKind {
    file: "infeasible.csv",
    doc: "what is in conflict in each infeasible scenario, and what would help; limits with a priority that gave way",
    written: "if a scenario is infeasible, or a limit gave way",
    columns: COLUMNS,
    begin: |view| Some(Box::new(ConflictRows::new(view))),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text(
        "kind",
        "conflict: a member of the conflict; relax: more of a limit; drop: a decision to give up; gave way: a limit with a \
         priority that the option ranked first does not keep, although there are options",
    ),
    text("item", "the project, link or limit"),
    text("period", "the period of a limit"),
    number("amount", "the limit itself, how much more of it is needed, or by how much it is missed"),
    text("words", "the same in words"),
];

/// One thing about an infeasible scenario: a member of its conflict, or a change that helps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictItem {
    /// `conflict`: a member. `relax`: more of a limit. `drop`: a decision to give up.
    pub kind: Cow<'static, str>,
    /// The project, link or limit: `P03`, `P03 requires P07`, `line.capex`.
    pub item: String,
    /// The period of a limit.
    pub period: Option<String>,
    /// The limit itself, or how much more of it is needed.
    pub amount: Option<f64>,
    /// The same for people.
    pub words: String,
}

/// Explanation of an infeasible scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictSummary {
    /// In one sentence.
    pub words: String,
    /// True if it is proven that every member is needed for the conflict.
    pub irreducible: bool,
    /// True if it is proven that no smaller excess of limits would do.
    pub least_relaxation: bool,
    /// True if it is proven that no fewer projects could be dropped.
    pub fewest_dropped: bool,
    /// Members, changes of limits that together help, and projects that could be dropped instead.
    pub items: Vec<ConflictItem>,
}

impl ConflictSummary {
    /// Puts a conflict into words.
    pub fn new(portfolio: &Portfolio, scenario: &Scenario, conflict: &Conflict) -> Self {
        let names = Names { portfolio, scenario };
        let relaxation = conflict.relaxation.iter().flat_map(|way| &way.changes);
        let drops = conflict.or_drop.iter().flat_map(|way| &way.changes);
        let items = (conflict.members.iter().map(|&member| names.member(member)))
            .chain(relaxation.filter_map(|&excess| names.relaxed(excess)))
            .chain(drops.map(|&project| names.dropped(project)))
            .collect();
        Self {
            words: names.sentence(conflict),
            irreducible: conflict.is_irreducible,
            least_relaxation: conflict.relaxation.as_ref().is_some_and(|way| way.is_least),
            fewest_dropped: conflict.or_drop.as_ref().is_some_and(|way| way.is_least),
            items,
        }
    }
}

impl Names<'_> {
    fn member(&self, row_key: RowKey) -> ConflictItem {
        let plain = |item: String, words: String| ConflictItem {
            kind: "conflict".into(),
            item,
            period: None,
            amount: None,
            words,
        };
        match row_key {
            RowKey::Decision { project } | RowKey::Share { project } => {
                let id = self.id(project);
                plain(id.to_owned(), format!("{} {}", self.decided(project), self.named(project)))
            }
            RowKey::Alternatives { group } => {
                let name = &self.portfolio.alternatives()[group].0;
                plain(name.clone(), format!("at most one of the alternatives {name}"))
            }
            RowKey::Dependency { dependency } => {
                let (item, words) = self.link(self.portfolio.dependencies()[dependency]);
                plain(item, words)
            }
            RowKey::Condition { condition } => {
                let (item, words) = self.condition(&self.portfolio.conditions()[condition]);
                plain(item, words)
            }
            RowKey::Confidence { limit, period } => {
                let item = format!("limit.{}", self.scenario.named_limits[limit].name());
                let period_label = period.map(|period| self.period(period));
                ConflictItem { period: period_label, ..plain(item, self.confidence(limit, period)) }
            }
            RowKey::Priority { priority } => {
                plain(format!("priority {priority}"), format!("the limits of priority {priority}"))
            }
            RowKey::Changes => {
                let most = self.scenario.change_control.max_changes.unwrap_or_default();
                let noun = if most == 1 { "change" } else { "changes" };
                ConflictItem {
                    amount: tidy(most as f64),
                    ..plain(
                        "max_changes".to_owned(),
                        format!("at most {most} {noun} to the current plan may be made"),
                    )
                }
            }
            RowKey::Drops => {
                let most = self.scenario.change_control.max_drops.unwrap_or_default();
                let noun = if most == 1 { "project" } else { "projects" };
                ConflictItem {
                    amount: tidy(most as f64),
                    ..plain(
                        "max_drops".to_owned(),
                        format!("at most {most} {noun} of the current plan may be dropped"),
                    )
                }
            }
            limit => self.limit(limit).map_or_else(
                || plain(String::new(), String::new()),
                |limit| ConflictItem {
                    kind: "conflict".into(),
                    words: limit.whole(),
                    amount: tidy(limit.amount),
                    item: limit.item,
                    period: limit.period,
                },
            ),
        }
    }

    fn relaxed(&self, excess: Excess) -> Option<ConflictItem> {
        let limit = self.limit(excess.limit)?;
        Some(ConflictItem {
            kind: "relax".into(),
            words: limit.relaxed_by(excess.amount),
            item: limit.item,
            period: limit.period,
            amount: tidy(excess.amount),
        })
    }

    /// Limits with a priority that a selection does not keep, by rising priority: `growth (priority 2) gave way:
    /// 1.24 M less than 5.00 M, which is 24.8 % of it`.
    fn gave_way(&self, valuation: &Valuation<'_>, selection: &Selection) -> Vec<ConflictItem> {
        let soft = self.scenario.named_limits.iter().filter_map(|limit| Some((limit.priority()?, limit)));
        let mut soft: Vec<(u32, &NamedLimit)> = soft.collect();
        soft.sort_by_key(|(priority, _)| *priority);
        let missed = |(priority, limit): (u32, &NamedLimit)| {
            let missed = valuation.missed(limit, selection).into_iter().zip(limit.bounds());
            let missed = missed.filter(|(amount, _)| *amount > 0.0);
            let item = move |(amount, &bound): (f64, &LimitBound)| {
                let part = percent(amount / valuation.size_of_bound(limit, bound));
                let words = missed_words(bound, amount, &part);
                ConflictItem {
                    kind: "gave way".into(),
                    words: format!("{} (priority {priority}) gave way: {words}", limit.name()),
                    item: limit.name().to_string(),
                    period: None,
                    amount: tidy(amount),
                }
            };
            missed.map(item).collect::<Vec<_>>()
        };
        soft.into_iter().flat_map(missed).collect()
    }

    fn dropped(&self, project: ProjectIx) -> ConflictItem {
        let item = self.id(project).to_owned();
        let words = format!("drop {}", self.named(project));
        ConflictItem { kind: "drop".into(), words, item, period: None, amount: None }
    }

    /// The conflict and its remedies in one sentence: `mandatory P03, P07 and P11 do not fit capex in 2028 (8.00 M);
    /// the scenario is feasible with 1.24 M more capex in 2028, or without P11`.
    fn sentence(&self, conflict: &Conflict) -> String {
        let (who, count) = self.who(&conflict.members);
        let words = |row_key: &&RowKey| self.member(**row_key).words;
        let is_limit = |row_key: &&RowKey| row_key.is_limit() || matches!(row_key, RowKey::Confidence { .. });
        let limits: Vec<String> =
            conflict.members.iter().filter(is_limit).map(|limit| words(&limit)).collect();
        let is_link = |row_key: &&RowKey| {
            matches!(
                row_key,
                RowKey::Alternatives { .. }
                    | RowKey::Dependency { .. }
                    | RowKey::Condition { .. }
                    | RowKey::Changes
                    | RowKey::Drops
            )
        };
        let links: Vec<String> = conflict.members.iter().filter(is_link).map(|link| words(&link)).collect();
        let because = if links.is_empty() || (limits.is_empty() && count == 0) {
            String::new()
        } else {
            format!(", as {}", listed(&links))
        };
        let verb = match (limits.is_empty(), count) {
            (false, 0) => format!("nothing fits {}", listed(&limits)),
            (false, 1) => format!("{who} does not fit {}", listed(&limits)),
            (false, _) => format!("{who} do not fit {}", listed(&limits)),
            (true, 0) => format!("nothing can be chosen, as {}", listed(&links)),
            (true, 1) => format!("{who} cannot be in"),
            (true, 2) => format!("{who} cannot both be in"),
            (true, _) => format!("{who} cannot all be in"),
        };
        let doubt =
            if conflict.is_irreducible { "" } else { " (it is not proven that all of this is needed)" };
        let help = self.help(conflict);
        let help = help.map_or(String::new(), |help| format!("; the scenario is feasible {help}"));
        format!("{verb}{because}{doubt}{help}")
    }

    /// The decisions of a conflict by origin, and their number.
    fn who(&self, members: &[RowKey]) -> (String, usize) {
        let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row_key in members {
            if let RowKey::Decision { project } = *row_key {
                by.entry(self.decided(project)).or_default().push(self.named(project));
            }
        }
        let count = by.values().map(Vec::len).sum();
        // `mandatory` comes before `forced-in`, as in the tables of origin.
        let groups: Vec<String> =
            by.iter().rev().map(|(decided, ids)| format!("{decided} {}", listed(ids))).collect();
        (listed(&groups), count)
    }

    fn help(&self, conflict: &Conflict) -> Option<String> {
        let relax = conflict.relaxation.as_ref().filter(|way| !way.changes.is_empty()).map(|way| {
            let changes = way.changes.iter().filter_map(|&excess| self.relaxed(excess));
            let changes: Vec<String> = changes.map(|item| item.words).collect();
            let doubt = if way.is_least { "" } else { " (less may do)" };
            format!("with {}{doubt}", listed(&changes))
        });
        let drop = conflict.or_drop.as_ref().filter(|way| !way.changes.is_empty()).map(|way| {
            let ids: Vec<String> = way.changes.iter().map(|&project| self.named(project)).collect();
            let doubt = if way.is_least { "" } else { " (fewer may do)" };
            format!("without {}{doubt}", listed(&ids))
        });
        match (relax, drop) {
            (Some(relax), Some(drop)) => Some(format!("{relax}, or {drop}")),
            (relax, drop) => relax.or(drop),
        }
    }
}

/// The violation of a bound in words.
fn missed_words(bound: LimitBound, amount: f64, part: &str) -> String {
    let shown = |number: f64| NumberStyle::of(number).write(number);
    let amount = shown(amount);
    match bound {
        LimitBound::Min(least) => format!("{amount} less than {}, which is {part} of it", shown(least)),
        LimitBound::Max(most) => format!("{amount} more than {}, which is {part} of it", shown(most)),
        LimitBound::MinShare(share) => {
            format!(
                "{amount} less than {} of the whole, which is {part} of that share of all projects",
                percent(share)
            )
        }
        LimitBound::MaxShare(share) => {
            format!(
                "{amount} more than {} of the whole, which is {part} of that share of all projects",
                percent(share)
            )
        }
    }
}

fn percent(share: f64) -> String {
    format!("{} %", tidy((share * 1000.0).round() / 10.0).unwrap_or_default())
}

/// The conflict of an outcome in words; `None` unless it is infeasible and known why.
pub fn conflict_of(
    portfolio: &Portfolio,
    scenario: &Scenario,
    outcome: &ScenarioOutcome,
) -> Option<ConflictSummary> {
    let ScenarioOutcome::Finished(result) = outcome else { return None };
    result.reasons.conflict.as_ref().map(|conflict| ConflictSummary::new(portfolio, scenario, conflict))
}

/// Limits with a priority that the option ranked first does not keep, by rising priority.
pub fn gave_way(valuation: &Valuation<'_>, result: &ScenarioResult) -> Vec<ConflictItem> {
    let names = Names { portfolio: valuation.portfolio(), scenario: valuation.scenario() };
    let first = result.options.first();
    first.map(|first| names.gave_way(valuation, &first.found.selection)).unwrap_or_default()
}

/// The rows of infeasible.csv.
struct ConflictRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<(&'a str, ConflictItem)>,
}

impl<'a> ConflictRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for ConflictRows<'a> {
    fn scenario(&mut self, scenario: &'a Scenario, outcome: &'a ScenarioOutcome) {
        let items =
            conflict_of(self.portfolio, scenario, outcome).map_or(Vec::new(), |summary| summary.items);
        self.rows.extend(items.into_iter().map(|item| (scenario.name.as_str(), item)));
    }

    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let items = gave_way(finished.valuation, finished.result);
        self.rows.extend(items.into_iter().map(|item| (finished.scenario.name.as_str(), item)));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        Columns::of(&self.rows)
            .text("scenario", |(scenario, _)| scenario)
            .text("kind", |(_, item)| &item.kind)
            .text("item", |(_, item)| &item.item)
            .text("period", |(_, item)| item.period.as_deref().unwrap_or_default())
            .maybe("amount", |(_, item)| item.amount)
            .text("words", |(_, item)| &item.words)
            .finish(&TABLE)
    }
}
