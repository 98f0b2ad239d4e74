//! Control totals: what the tables add up to, as an analyst can compare it with the sums of a spreadsheet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::domain::{Attribute, Cost, Horizon, LineDetails, LineIx, Portfolio, Project, Status};
use crate::units::Amount;

use super::decimal::sum;
use super::key_results::{KeyResultTotals, key_results};

/// Different values up to which a text attribute is summed up.
const FEW_VALUES: usize = 24;

/// Sums of the tables as they are read, over all projects whatever their status: whole, at their planned starts,
/// without the factors of any scenario. Money is undiscounted; all sums are exact to the last digit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ControlTotals {
    /// Number of projects.
    pub projects: usize,
    /// Money asked for on all lines together. Its limit is the budget of line `*`, else the sum of all budgets if every
    /// line that is spent on has one.
    pub money: Asked,
    /// The same, and the benefits, in each period.
    pub periods: Vec<PeriodTotals>,
    /// Per budget line, without the costs that several lines may pay; then these, per list of lines.
    pub lines: Vec<LineTotals>,
    /// Per group and per kind of budget lines, where the table of lines has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub line_groups: Vec<LineGroupTotals>,
    /// Per resource.
    pub resources: Vec<ResourceTotals>,
    /// Per kind of benefit.
    pub benefits: Vec<BenefitTotals>,
    /// Per status that a project has.
    pub statuses: Vec<StatusTotals>,
    /// Per text attribute with up to 24 different values.
    pub attributes: Vec<AttributeTotals>,
    /// Per key result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_results: Vec<KeyResultTotals>,
}

/// Something that is asked for, and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The amount that all projects ask for together.
    pub asked: f64,
    /// The budget or capacity, without what may be carried over, overrun or bought; `None`: not limited.
    pub limit: Option<f64>,
    /// The share of what is asked for that the limit covers, at most 1; `None` where there is no limit, or nothing is
    /// asked for.
    pub share: Option<f64>,
}

/// The same in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodAsked {
    /// Heading of the period.
    pub period: String,
    /// The amounts.
    #[serde(flatten)]
    pub asked: Asked,
}

/// An amount in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodAmount {
    /// Heading of the period.
    pub period: String,
    /// The amount.
    pub amount: f64,
}

/// All lines and all kinds of benefit in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodTotals {
    /// Heading of the period.
    pub period: String,
    /// Money.
    #[serde(flatten)]
    pub money: Asked,
    /// Benefits, if all projects succeed.
    pub benefit: f64,
}

/// A budget line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineTotals {
    /// Its id.
    pub line: String,
    /// Its name for people, where it has one beside its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Over all periods.
    #[serde(flatten)]
    pub asked: Asked,
    /// In each period.
    pub periods: Vec<PeriodAsked>,
}

/// The budget lines that share a group or a kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineGroupTotals {
    /// `group` or `kind`.
    pub by: &'static str,
    /// The group or the kind; blank for lines without one.
    pub value: String,
    /// Number of lines.
    pub lines: usize,
    /// Over all periods. Its limit is the sum of the budgets, if every line that is spent on has one.
    #[serde(flatten)]
    pub asked: Asked,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResourceTotals {
    /// Its id.
    pub resource: String,
    /// Over all periods.
    #[serde(flatten)]
    pub asked: Asked,
    /// In each period.
    pub periods: Vec<PeriodAsked>,
}

/// A kind of benefit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenefitTotals {
    /// Its id.
    pub kind: String,
    /// Over all periods, if all projects succeed.
    pub benefit: f64,
    /// In each period.
    pub periods: Vec<PeriodAmount>,
}

/// The projects of one status.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusTotals {
    /// The word that the projects table has for it.
    pub status: &'static str,
    /// Number of projects.
    pub projects: usize,
    /// Money that they ask for.
    pub asked: f64,
}

/// The values of a text attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeTotals {
    /// Its heading.
    pub attribute: String,
    /// The values in their order; a blank is one.
    pub values: Vec<ValueTotals>,
}

/// The projects that share a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValueTotals {
    /// The value.
    pub value: String,
    /// Number of projects.
    pub projects: usize,
    /// Money that they ask for.
    pub asked: f64,
}

/// Amounts in each period that belong to one project and one line (or list of lines), resource or kind.
struct Row {
    /// Number of the line, resource or kind.
    key: usize,
    profile: Vec<f64>,
}

impl Row {
    fn new<A: Amount>(key: usize, profile: &[A]) -> Self {
        Self { key, profile: profile.iter().map(|amount| amount.value()).collect() }
    }
}

/// A limit in each period; `None`: not limited.
type Limit = Option<Vec<f64>>;

impl ControlTotals {
    /// The totals of a portfolio.
    pub fn new(portfolio: &Portfolio) -> Self {
        let horizon = portfolio.horizon();
        let (costs, benefits, demands) = (costs(portfolio), benefits(portfolio), demands(portfolio));
        let budgets: Vec<Limit> = (portfolio.limits().lines.iter())
            .map(|row| row.as_ref().map(|row| row.iter().map(|sum| sum.value()).collect()))
            .collect();
        let capacities = portfolio.limits().resources.iter();
        let capacities =
            capacities.map(|row| row.as_ref().map(|row| row.iter().map(|sum| sum.value()).collect()));
        let named = portfolio.lines().iter().map(ToString::to_string).zip(budgets.iter().cloned());
        let listed = payer_lists(portfolio).into_iter().map(|list| (names_of(&list, portfolio), None));
        let lines = named.chain(listed).enumerate().map(|(key, (line, budget))| {
            let (asked, periods) = account(of_key(&costs, key), budget.as_deref(), horizon);
            // Lists of lines come after the lines, and have no name of their own.
            let is_line = key < portfolio.lines().len();
            let name = is_line.then(|| portfolio.line_name(LineIx::new(key))).filter(|name| *name != line);
            LineTotals { line, name: name.map(str::to_owned), asked, periods }
        });
        let resources = portfolio.resources().iter().zip(capacities).enumerate();
        let resources = resources.map(|(key, (resource, capacity)): (usize, (_, Limit))| {
            let (asked, periods) = account(of_key(&demands, key), capacity.as_deref(), horizon);
            ResourceTotals { resource: resource.to_string(), asked, periods }
        });
        let kinds = portfolio.benefit_kinds().iter().enumerate();
        let limit = limit_of_all(portfolio, &costs, &budgets);
        let (money, by_period) = account(costs.iter(), limit.as_deref(), horizon);
        Self {
            projects: portfolio.projects().len(),
            money,
            periods: with_benefits(by_period, &benefits),
            lines: lines.collect(),
            line_groups: line_groups(portfolio, &costs, &budgets),
            resources: resources.collect(),
            benefits: kinds
                .map(|(key, kind)| benefit(kind.to_string(), of_key(&benefits, key), horizon))
                .collect(),
            statuses: statuses(portfolio),
            attributes: portfolio.attributes().iter().filter_map(|one| attribute(one, portfolio)).collect(),
            key_results: key_results(portfolio),
        }
    }
}

// ---- Rows of the tables ---------------------------------------------------------------------------------------------

fn costs(portfolio: &Portfolio) -> Vec<Row> {
    let all = portfolio.projects().iter().flat_map(|project| &project.costs);
    let lists = payer_lists(portfolio);
    let key = |cost: &Cost| {
        let list: Vec<LineIx> = cost.payers().collect();
        let place = lists.iter().position(|other| *other == list);
        place.map_or(cost.line.index(), |place| portfolio.lines().len() + place)
    };
    all.map(|cost| Row::new(key(cost), &cost.profile)).collect()
}

/// The lists of several lines that may pay a cost, each once and in order. They are counted after the lines.
fn payer_lists(portfolio: &Portfolio) -> Vec<Vec<LineIx>> {
    let costs = portfolio.projects().iter().flat_map(|project| &project.costs);
    let lists: BTreeSet<Vec<LineIx>> =
        costs.filter(|cost| !cost.others.is_empty()).map(|cost| cost.payers().collect()).collect();
    lists.into_iter().collect()
}

/// The names of lines as costs.csv lists them.
fn names_of(lines: &[LineIx], portfolio: &Portfolio) -> String {
    let names: Vec<String> = lines.iter().map(|&line| portfolio.lines()[line].to_string()).collect();
    names.join("; ")
}

fn benefits(portfolio: &Portfolio) -> Vec<Row> {
    let all = portfolio.projects().iter().flat_map(|project| &project.benefits);
    all.map(|benefit| Row::new(benefit.kind.index(), &benefit.profile)).collect()
}

fn demands(portfolio: &Portfolio) -> Vec<Row> {
    let all = portfolio.projects().iter().flat_map(|project| &project.demands);
    all.map(|demand| Row::new(demand.resource.index(), &demand.profile)).collect()
}

fn of_key(rows: &[Row], key: usize) -> impl Iterator<Item = &Row> + Clone {
    rows.iter().filter(move |row| row.key == key)
}

// ---- Sums -----------------------------------------------------------------------------------------------------------

/// An amount asked for and its limit.
fn asked(asked: f64, limit: Option<f64>) -> Asked {
    let share = limit.filter(|_| asked > 0.0).map(|limit| (limit / asked).clamp(0.0, 1.0));
    Asked { asked, limit, share }
}

/// Amounts asked for and their limit, over all periods and in each.
fn account<'r>(
    rows: impl Iterator<Item = &'r Row> + Clone,
    limit: Option<&[f64]>,
    horizon: &Horizon,
) -> (Asked, Vec<PeriodAsked>) {
    let total = sum(rows.clone().flat_map(|row| row.profile.iter().copied()));
    let limit_of_all = limit.map(|limit| sum(limit.iter().copied()));
    let periods = horizon.periods().iter().enumerate().map(|(period, label)| {
        let total = sum(rows.clone().map(|row| row.profile[period]));
        PeriodAsked { period: label.to_string(), asked: asked(total, limit.map(|limit| limit[period])) }
    });
    (asked(total, limit_of_all), periods.collect())
}

/// The limit of all lines together in each period.
fn limit_of_all(portfolio: &Portfolio, costs: &[Row], budgets: &[Limit]) -> Limit {
    if let Some(cap) = &portfolio.limits().all_lines {
        return Some(cap.iter().map(|sum| sum.value()).collect());
    }
    let lists = payer_lists(portfolio);
    let is_spent_on = |line: usize| {
        of_key(costs, line).next().is_some() || lists.iter().flatten().any(|payer| payer.index() == line)
    };
    let are_limited = budgets.iter().enumerate().all(|(line, budget)| budget.is_some() || !is_spent_on(line));
    let given = || budgets.iter().flatten();
    let in_period = |period: usize| sum(given().map(|budget| budget[period]));
    (are_limited && given().next().is_some()).then(|| (0..portfolio.horizon().len()).map(in_period).collect())
}

/// The totals of lines by their group and by their kind.
fn line_groups(portfolio: &Portfolio, costs: &[Row], budgets: &[Limit]) -> Vec<LineGroupTotals> {
    let Some(details) = portfolio.line_details() else { return Vec::new() };
    type PartOf = fn(&LineDetails) -> &String;
    let group: PartOf = |line| &line.group;
    let kind: PartOf = |line| &line.kind;
    let totals = [("group", group), ("kind", kind)].into_iter().flat_map(|(by, value)| {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (key, line) in details.iter().enumerate() {
            groups.entry(value(line)).or_default().push(key);
        }
        let is_used = groups.keys().any(|group| !group.is_empty());
        let groups = groups.into_iter().filter(move |_| is_used);
        groups.map(move |(group, lines)| LineGroupTotals {
            by,
            value: group.to_owned(),
            lines: lines.len(),
            asked: asked_of_lines(&lines, costs, budgets),
        })
    });
    totals.collect()
}

fn asked_of_lines(lines: &[usize], costs: &[Row], budgets: &[Limit]) -> Asked {
    let of_line = |line: usize| of_key(costs, line).flat_map(|row| row.profile.iter().copied());
    let are_limited = lines.iter().all(|&line| budgets[line].is_some() || of_line(line).next().is_none());
    let given = || lines.iter().filter_map(|&line| budgets[line].as_ref());
    let limit = sum(given().flatten().copied());
    let has_limit = are_limited && given().next().is_some();
    asked(sum(lines.iter().flat_map(|&line| of_line(line))), has_limit.then_some(limit))
}

fn with_benefits(money: Vec<PeriodAsked>, benefits: &[Row]) -> Vec<PeriodTotals> {
    let with_benefit = |(period, money): (usize, PeriodAsked)| PeriodTotals {
        period: money.period,
        money: money.asked,
        benefit: sum(benefits.iter().map(|row| row.profile[period])),
    };
    money.into_iter().enumerate().map(with_benefit).collect()
}

fn benefit<'r>(
    kind: String,
    rows: impl Iterator<Item = &'r Row> + Clone,
    horizon: &Horizon,
) -> BenefitTotals {
    let in_period = |period: usize| sum(rows.clone().map(|row| row.profile[period]));
    let periods = horizon.periods().iter().enumerate();
    BenefitTotals {
        kind,
        benefit: sum(rows.clone().flat_map(|row| row.profile.iter().copied())),
        periods: periods
            .map(|(period, label)| PeriodAmount { period: label.to_string(), amount: in_period(period) })
            .collect(),
    }
}

// ---- Groups of projects ---------------------------------------------------------------------------------------------

/// Money that some projects ask for.
fn money_of<'p>(projects: impl Iterator<Item = &'p Project>) -> f64 {
    let amounts = projects.flat_map(|project| &project.costs).flat_map(|cost| cost.profile.iter());
    sum(amounts.map(|amount| amount.value()))
}

fn statuses(portfolio: &Portfolio) -> Vec<StatusTotals> {
    let words =
        [("candidate", Status::Candidate), ("mandatory", Status::Mandatory), ("excluded", Status::Excluded)];
    let of_status = |(word, status): (&'static str, Status)| {
        let own = || portfolio.projects().iter().filter(move |project| project.status == status);
        StatusTotals { status: word, projects: own().count(), asked: money_of(own()) }
    };
    words.into_iter().map(of_status).filter(|one| one.projects > 0).collect()
}

/// The totals of a text attribute; `None` if it is one of numbers, blank, or has more than a few values.
fn attribute(attribute: &Attribute, portfolio: &Portfolio) -> Option<AttributeTotals> {
    if attribute.numbers().is_some() {
        return None;
    }
    let mut by_value: BTreeMap<&str, Vec<&Project>> = BTreeMap::new();
    for (value, project) in attribute.texts().iter().zip(portfolio.projects().iter()) {
        by_value.entry(value).or_default().push(project);
        if by_value.len() > FEW_VALUES {
            return None;
        }
    }
    if by_value.keys().all(|value| value.is_empty()) {
        return None;
    }
    let value = |(value, projects): (&str, Vec<&Project>)| ValueTotals {
        value: value.to_owned(),
        projects: projects.len(),
        asked: money_of(projects.into_iter()),
    };
    let values = by_value.into_iter().map(value).collect();
    Some(AttributeTotals { attribute: attribute.name().to_owned(), values })
}
