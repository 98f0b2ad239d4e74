//! The wide tables with one column per period: costs, benefits, demands, budgets and capacities.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest_or};
use crate::domain::{
    AskedShare, Benefit, ByBenefitKind, ByLine, ByPeriod, ByProject, ByResource, Cost, Demand, Flexibility,
    Horizon, Limits, PeriodIx, Position, Project, ProjectIx,
};
use crate::ids::{BenefitKindId, LineId, PeriodLabel, ResourceId};
use crate::units::{Effort, Money};

use super::flexibility::{self, Names};
use super::payers::{self, Payers};
use super::projects::ProjectNames;
use crate::input::reader::headings;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::schema::ALL_LINES;

/// The tables with periods, in the order in which they are asked for the horizon.
const PERIOD_TABLES: [&str; 6] = ["costs", "benefits", "demands", "budgets", "capacities", "effects"];

/// The kind of a benefit that names none.
const UNNAMED_KIND: &str = "benefit";

/// The only period of a portfolio in which nothing is planned over time.
const ONLY_PERIOD: &str = "1";

/// The horizon: the periods that most tables have, or of these the first. Tables with other periods are faults, and
/// so are periods that make no horizon. `None` if there are tables with periods that could not be read.
pub fn horizon(tables: &Tables, found: &mut Diagnostics) -> Option<Horizon> {
    let present: Vec<&Table> = PERIOD_TABLES.iter().filter_map(|name| tables.get(name)).collect();
    let periods = |table: &Table| -> Vec<PeriodLabel> {
        table.others.iter().map(|(heading, _)| heading.as_str().into()).collect()
    };
    let is_sound: Vec<bool> = present.iter().map(|table| check_headings(table, found)).collect();
    // A table whose periods are odd in themselves, or with a heading that was refused, has been reported; the others
    // are not held to it.
    let sound: Vec<&&Table> = (present.iter().zip(&is_sound))
        .filter(|(table, is_sound)| **is_sound && table.has_all_columns)
        .map(|(table, _)| table)
        .collect();
    let has_periods = |table: &&&Table| !table.others.is_empty();
    let first = most_common(&sound).or_else(|| present.iter().find(has_periods));
    for table in sound {
        let Some(first) = first else {
            let help = "add one column per period, such as 2027 or 2027-Q1";
            let source = table.source().at_row(table.header_row);
            found.push(Diagnostic::fault(source, "has no period column", help));
            continue;
        };
        let (own, expected) = (periods(table), periods(first));
        if own != expected {
            let words = |labels: &[PeriodLabel]| match labels {
                [] => "no period".to_owned(),
                _ => list(labels.iter().map(PeriodLabel::as_str)),
            };
            let problem = format!("has {}, but {} has {}", words(&own), first.file, words(&expected));
            let help = "give all tables the same periods in the same order";
            found.push(Diagnostic::fault(table.source().at_row(table.header_row), problem, help));
        }
    }
    match (first, present.is_empty()) {
        // Without the one that was refused, the periods are not all.
        (Some(first), _) if !first.has_all_columns => None,
        (Some(first), _) => Horizon::new(periods(first)).ok(),
        (None, true) => Horizon::new(vec![ONLY_PERIOD.into()]).ok(),
        (None, false) => None,
    }
}

/// Of tables with periods one whose periods most others have; the first of equals.
fn most_common<'s, 't>(tables: &[&'s &'t Table]) -> Option<&'s &'t Table> {
    let periods = |table: &Table| table.others.iter().map(|(heading, _)| heading.clone()).collect::<Vec<_>>();
    let mut counts: Vec<(&'s &'t Table, Vec<String>, usize)> = Vec::new();
    for table in tables.iter().filter(|table| !table.others.is_empty()) {
        let own = periods(table);
        match counts.iter_mut().find(|(_, other, _)| *other == own) {
            Some((.., count)) => *count += 1,
            None => counts.push((table, own, 1)),
        }
    }
    let most = counts.iter().map(|(.., count)| *count).max()?;
    counts.iter().find(|(.., count)| *count == most).map(|(table, ..)| *table)
}

/// Reports oddities of the periods of a table; true if they can be used.
fn check_headings(table: &Table, found: &mut Diagnostics) -> bool {
    let headings: Vec<&str> = table.others.iter().map(|(heading, _)| heading.as_str()).collect();
    let mut is_sound = true;
    for odd in headings::oddities(&headings) {
        is_sound &= !odd.is_fault;
        let source = table.header_source(&odd.heading);
        let told = match odd.is_fault {
            true => Diagnostic::fault(source, odd.problem, odd.help),
            false => Diagnostic::warning(source, odd.problem, odd.help),
        };
        found.push(told.with_value(odd.heading));
    }
    is_sound
}

/// A row of a period table with its numbers.
struct ProfileRow<'t> {
    cells: Cells<'t>,
    profile: Vec<f64>,
    /// Shares of what is asked for, by period, where they stand in place of amounts.
    shares: Vec<(PeriodIx, f64)>,
    /// Numbers of further rows of the same project and key.
    repeats: Vec<Vec<f64>>,
}

impl ProfileRow<'_> {
    /// Adds up all rows of the same project and key: in the order of their amounts, so that the order of rows changes
    /// nothing, not even the last digit.
    fn add_repeats(&mut self) {
        for (period, sum) in self.profile.iter_mut().enumerate() {
            let repeats = self.repeats.iter().filter_map(|row| row.get(period).copied());
            let mut amounts: Vec<f64> = std::iter::once(*sum).chain(repeats).collect();
            amounts.sort_by(f64::total_cmp);
            *sum = amounts.into_iter().sum();
        }
        self.repeats.clear();
    }

    fn money(&self) -> ByPeriod<Money> {
        self.profile.iter().copied().map(Money::new).collect()
    }

    fn effort(&self) -> ByPeriod<Effort> {
        self.profile.iter().copied().map(Effort::new).collect()
    }
}

/// Rows by project and key (lines, kind or resource).
type PlanRows<'t, K> = BTreeMap<(ProjectIx, K), ProfileRow<'t>>;

/// Rows by key (line or resource).
type LimitRows<'t> = BTreeMap<&'t str, ProfileRow<'t>>;

/// Content of the period tables.
pub struct Plans {
    pub lines: ByLine<LineId>,
    pub resources: ByResource<ResourceId>,
    pub benefit_kinds: ByBenefitKind<BenefitKindId>,
    pub limits: Limits,
    pub flexibility: Flexibility,
}

/// Reads all period tables and gives the projects their costs, benefits and demands; `sums_duplicates`: rows of one
/// project and key are added up.
pub fn read(
    tables: &Tables,
    (horizon, sums_duplicates): (Option<&Horizon>, bool),
    names: &ProjectNames,
    projects: &mut ByProject<Project>,
    found: &mut Diagnostics,
) -> Plans {
    let reader = Reader { tables, names, periods: horizon.map_or(0, Horizon::len), sums_duplicates };
    let costs = reader.plan_rows("costs", "line", &reader.payers(), warn_of_negative_cost, found);
    let benefits = reader.plan_rows("benefits", "kind", &kind, |_, _, _| None, found);
    let demands = reader.plan_rows("demands", "resource", &resource, refuse_negative, found);
    let budgets = reader.limit_rows("budgets", "line", true, found);
    let capacities = reader.limit_rows("capacities", "resource", false, found);
    let payers =
        costs.iter().flat_map(|((_, (lines, _)), row)| lines.iter().map(move |line| (*line, row.cells)));
    check_star(payers, "line", found);
    check_star(demands.iter().map(|((_, key), row)| (*key, row.cells)), "resource", found);
    if let Some(row) = capacities.get(ALL_LINES) {
        found.push(star_fault(row.cells, "resource"));
    }
    reader.warn_of_unused(&budgets, "costs", "line", found);
    reader.warn_of_unused(&capacities, "demands", "resource", found);
    let lines = names_of(
        costs.keys().flat_map(|(_, (lines, _))| lines.iter().copied()).chain(budgets.keys().copied()),
    );
    let resources = names_of(demands.keys().map(|(_, key)| *key).chain(capacities.keys().copied()));
    let kinds = names_of(benefits.keys().map(|(_, key)| *key));
    give_costs(&costs, &lines, projects, found);
    for (&(project, kind), row) in &benefits {
        projects[project].benefits.push(Benefit { kind: position(&kinds, kind), profile: row.money() });
    }
    for (&(project, resource), row) in &demands {
        let resource = position(&resources, resource);
        projects[project].demands.push(Demand { resource, profile: row.effort() });
    }
    let limits = limits(&lines, &budgets, &resources, &capacities);
    let written_lines = reader.written_lines();
    let names = Names { lines: &lines, resources: &resources, written_lines };
    let flexibility = flexibility::read(tables, &names, found);
    Plans {
        lines: lines.into_iter().map(Into::into).collect(),
        resources: resources.into_iter().map(Into::into).collect(),
        benefit_kinds: kinds.into_iter().map(Into::into).collect(),
        limits,
        flexibility,
    }
}

/// Changes of key results by project and id of the key result: each change in every period of the horizon.
pub type EffectRows<'t> = Vec<(ProjectIx, &'t str, Vec<f64>)>;

/// Reads the table of effects, in the order of projects and key results; `key_of` reads the key result of a row.
pub fn read_effects<'t>(
    tables: &'t Tables,
    (horizon, sums_duplicates): (Option<&Horizon>, bool),
    names: &'t ProjectNames,
    key_of: &impl Fn(Cells<'t>, &mut Diagnostics) -> Option<&'t str>,
    found: &mut Diagnostics,
) -> EffectRows<'t> {
    let reader = Reader { tables, names, periods: horizon.map_or(0, Horizon::len), sums_duplicates };
    let rows = reader.plan_rows("effects", "key_result", key_of, |_, _, _| None, found);
    rows.into_iter().map(|((project, key), row)| (project, key, row.profile)).collect()
}

/// Gives the projects their costs: those that one line pays in the order of lines, and then those that several may.
fn give_costs(
    costs: &PlanRows<'_, Payers<'_>>,
    lines: &[&str],
    projects: &mut ByProject<Project>,
    found: &mut Diagnostics,
) {
    let mut last_shared: BTreeMap<ProjectIx, Cells<'_>> = BTreeMap::new();
    for is_shared in [false, true] {
        let own = costs.iter().filter(|((_, (payers, _)), _)| (payers.len() > 1) == is_shared);
        for ((project, (payers, shares)), row) in own {
            let mut payers = payers.iter().map(|line| position(lines, line));
            let Some(line) = payers.next() else { continue };
            projects[*project].costs.push(Cost {
                line,
                others: payers.collect(),
                shares: *shares,
                profile: row.money(),
            });
            if is_shared {
                last_shared.insert(*project, row.cells);
            }
        }
    }
    for (project, cells) in last_shared {
        payers::check_payments(&projects[project], cells, found);
    }
}

fn limits(lines: &[&str], budgets: &LimitRows<'_>, resources: &[&str], capacities: &LimitRows<'_>) -> Limits {
    Limits {
        lines: lines.iter().map(|line| budgets.get(line).map(ProfileRow::money)).collect(),
        all_lines: budgets.get(ALL_LINES).map(ProfileRow::money),
        resources: resources.iter().map(|name| capacities.get(name).map(ProfileRow::effort)).collect(),
        asked: budgets.iter().flat_map(|(line, row)| asked(lines, line, row)).collect(),
    }
}

/// The budgets of a row that are shares of what is asked for.
fn asked(lines: &[&str], line: &str, row: &ProfileRow<'_>) -> Vec<AskedShare> {
    let line = (line != ALL_LINES).then(|| position(lines, line));
    row.shares.iter().map(|&(period, share)| AskedShare { line, period, share }).collect()
}

/// Check of a number of a period: its fault, if any.
type Check = fn(Cells<'_>, &str, f64) -> Option<Diagnostic>;

struct Reader<'t> {
    tables: &'t Tables,
    names: &'t ProjectNames,
    periods: usize,
    sums_duplicates: bool,
}

impl<'t> Reader<'t> {
    /// Rows by project and by the key that `key_of` reads from `column`.
    fn plan_rows<K: Ord>(
        &self,
        table: &str,
        column: &'static str,
        key_of: &impl Fn(Cells<'t>, &mut Diagnostics) -> Option<K>,
        check: Check,
        found: &mut Diagnostics,
    ) -> PlanRows<'t, K> {
        let mut rows = PlanRows::new();
        let Some(table) = self.tables.get(table) else { return rows };
        for cells in table.rows() {
            let project = self.names.resolve(cells, "project", found);
            let key = key_of(cells, found);
            let profile = self.profile(table, cells, &|_| false, check, found);
            let (Some(project), Some(key)) = (project, key) else { continue };
            match rows.entry((project, key)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(ProfileRow { cells, profile, shares: Vec::new(), repeats: Vec::new() });
                }
                Entry::Occupied(mut first) if self.sums_duplicates => first.get_mut().repeats.push(profile),
                Entry::Occupied(first) => {
                    let key = format!("project and {column}");
                    let help =
                        "add the two rows up, or remove one, or write duplicate_rows = \"sum\" in [batch]";
                    found.push(repeated(cells, &key, first.get().cells, help));
                }
            }
        }
        rows.values_mut().for_each(ProfileRow::add_repeats);
        rows
    }

    /// Reads the lines that may pay a row of costs.
    fn payers(&self) -> impl Fn(Cells<'t>, &mut Diagnostics) -> Option<Payers<'t>> + use<'t> {
        let budgets = self.budget_names();
        move |cells, found| payers::read(cells, |text| budgets.contains(&text), found)
    }

    /// The names of lines that have a budget: one may hold the character that separates payers elsewhere.
    fn budget_names(&self) -> BTreeSet<&'t str> {
        let rows = self.tables.get("budgets").into_iter().flat_map(Table::rows);
        rows.filter_map(|cells| cells.text("line")).collect()
    }

    /// Rows of limits; `takes_shares`: a cell may be a share of what is asked for, written in per cent.
    fn limit_rows(
        &self,
        table: &str,
        key: &'static str,
        takes_shares: bool,
        found: &mut Diagnostics,
    ) -> LimitRows<'t> {
        let mut rows = LimitRows::new();
        let Some(table) = self.tables.get(table) else { return rows };
        for cells in table.rows() {
            let name = cells.required(key, found);
            let shares = if takes_shares { self.shares(table, cells, found) } else { Vec::new() };
            let is_share = |place: usize| shares.iter().any(|&(period, _)| period.index() == place);
            let profile = self.profile(table, cells, &is_share, refuse_negative, found);
            let Some(name) = name else { continue };
            if let Some(first) = rows.get(name) {
                found.push(repeated(cells, key, first.cells, "add the two rows up, or remove one"));
            } else {
                rows.insert(name, ProfileRow { cells, profile, shares, repeats: Vec::new() });
            }
        }
        rows
    }

    /// A limit that nothing uses limits nothing: often its name is misspelt. Unread rows may use it, so no warning is
    /// given if there are any.
    fn warn_of_unused(
        &self,
        limits: &LimitRows<'_>,
        user: &str,
        column: &'static str,
        found: &mut Diagnostics,
    ) {
        if !self.knows_all(user, column) {
            return;
        }
        let used = self.written(&[user], column);
        for (name, row) in limits.iter().filter(|(name, _)| **name != ALL_LINES && !used.contains(name)) {
            let help = suggest_or(name, used.iter().copied(), || {
                format!("check the spelling in {user}.csv, or remove the row")
            });
            let problem = format!("limits nothing: no row of {user} has this {column}");
            found.push(Diagnostic::warning(row.cells.at(column), problem, help).with_value(*name));
        }
    }

    /// True if every name in a column of a table could be read, or there is no such table.
    fn knows_all(&self, table: &str, column: &'static str) -> bool {
        let is_read = |table: &Table| table.is_complete && table.position(column).is_some();
        !self.tables.is_broken(table) && self.tables.get(table).is_none_or(is_read)
    }

    /// The names in a column of some tables, in order, also of rows that are faulty otherwise.
    fn written(&self, tables: &[&str], column: &'static str) -> Vec<&'t str> {
        let budgets = self.budget_names();
        let is_name = |text: &str| column != "line" || budgets.contains(text);
        let rows = tables.iter().filter_map(|table| self.tables.get(table)).flat_map(Table::rows);
        names_of(rows.flat_map(|cells| cells.names(column, is_name)).filter(|name| !name.is_empty()))
    }

    /// The names of all budget lines; `None` if unread rows may hold more.
    fn written_lines(&self) -> Option<Vec<&'t str>> {
        const TABLES: [&str; 2] = ["costs", "budgets"];
        let knows_all = TABLES.iter().all(|table| self.knows_all(table, "line"));
        knows_all.then(|| self.written(&TABLES, "line"))
    }

    /// The cells of a row that are shares of what is asked for, such as `12 %`, by period.
    fn shares(&self, table: &Table, cells: Cells<'_>, found: &mut Diagnostics) -> Vec<(PeriodIx, f64)> {
        let mut shares = Vec::new();
        for (period, (heading, position)) in table.others.iter().enumerate() {
            if cells.is_shown_in_per_cent(*position) {
                let problem = "is shown in per cent: it may be a share of what is asked for, or an amount";
                let help = "write a share as the text 12 % (with an apostrophe before it), or show an amount as a plain number";
                found.push(Diagnostic::fault(cells.at(heading), problem, help));
                continue;
            }
            let Some(per_cent) = cells.per_cent_at(heading, *position, found) else { continue };
            found.extend(refuse_negative(cells, heading, per_cent));
            if period < self.periods {
                shares.push((PeriodIx::new(period), per_cent / 100.0));
            }
        }
        shares
    }

    /// The numbers of a row, one per period of the horizon; a blank cell is 0, and so is one that is read otherwise.
    fn profile(
        &self,
        table: &Table,
        cells: Cells<'_>,
        is_read: &dyn Fn(usize) -> bool,
        check: Check,
        found: &mut Diagnostics,
    ) -> Vec<f64> {
        let mut profile: Vec<f64> = (table.others.iter().enumerate())
            .map(|(period, (heading, position))| {
                if is_read(period) {
                    return 0.0;
                }
                let amount = cells.number_at(heading, *position, found).unwrap_or(0.0);
                found.extend(check(cells, heading, amount));
                amount
            })
            .collect();
        // A table with other periods has been reported; its numbers only have to fit.
        profile.resize(self.periods, 0.0);
        profile
    }
}

/// The kind of a benefit.
#[expect(clippy::unnecessary_wraps, reason = "keys of other tables may be faulty")]
fn kind<'t>(cells: Cells<'t>, _: &mut Diagnostics) -> Option<&'t str> {
    Some(cells.text("kind").unwrap_or(UNNAMED_KIND))
}

/// The resource of a demand.
fn resource<'t>(cells: Cells<'t>, found: &mut Diagnostics) -> Option<&'t str> {
    cells.required("resource", found)
}

fn warn_of_negative_cost(cells: Cells<'_>, heading: &str, amount: f64) -> Option<Diagnostic> {
    let help = "plan income as a benefit, unless it may be spent on other projects";
    let warning = || Diagnostic::warning(cells.at(heading), "is a negative cost and frees budget", help);
    (amount < 0.0).then(|| warning().with_value(amount.to_string()))
}

fn refuse_negative(cells: Cells<'_>, heading: &str, amount: f64) -> Option<Diagnostic> {
    let fault = || Diagnostic::fault(cells.at(heading), "is negative", "write a number of 0 or more");
    (amount < 0.0).then(|| fault().with_value(amount.to_string()))
}

fn repeated(cells: Cells<'_>, key: &str, first: Cells<'_>, help: &str) -> Diagnostic {
    let problem = format!("repeats the {key} of row {}", first.number_of_row());
    Diagnostic::fault(cells.source(), problem, help)
}

fn star_fault(cells: Cells<'_>, column: &'static str) -> Diagnostic {
    let help = format!("name one {column}; only budgets.csv takes `*`, for all lines together");
    cells.fault(column, format!("is not a {column}"), help)
}

fn check_star<'t>(
    keys: impl Iterator<Item = (&'t str, Cells<'t>)>,
    column: &'static str,
    found: &mut Diagnostics,
) {
    keys.filter(|(key, _)| *key == ALL_LINES).for_each(|(_, cells)| found.push(star_fault(cells, column)));
}

/// Names in order, each once, without the name for all lines.
fn names_of<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.filter(|&name| name != ALL_LINES).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Position of a name in a list that holds it. (`*` is in none; its rows are faults, so the position is not used.)
fn position<I: Position>(names: &[&str], name: &str) -> I {
    I::new(names.binary_search(&name).unwrap_or(0))
}
