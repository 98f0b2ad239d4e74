//! The impacts table: what risk events do to quantities of projects.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{ByProject, Distribution, Horizon, Impact, Project, ProjectIx, Quantity, RiskRegister};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::tables::projects::ProjectNames;

use super::reference::ReferenceClasses;
use super::risks::{self, RiskEvents};
use super::scope::quantity;
use super::{distribution, money, size};

/// Rows by project, quantity and risk (position): the order in which a register has them.
type Rows<'t> = BTreeMap<(ProjectIx, Quantity, usize), (Cells<'t>, Option<Distribution>)>;

/// Reads the tables of risks and of impacts; `None` after a fault.
pub(super) fn read(
    tables: &Tables,
    classes: &ReferenceClasses<'_>,
    (horizon, names): (Option<&Horizon>, &ProjectNames),
    projects: &ByProject<Project>,
    found: &mut Diagnostics,
) -> Option<RiskRegister> {
    let events = risks::read(tables.get("risks"), found);
    let table = tables.get("impacts");
    if let (Some(table), None) = (table, tables.get("risks"))
        && !tables.is_broken("risks")
    {
        let help = "add risks.csv with one row per risk and its probability";
        found.push(Diagnostic::fault(table.source(), "needs the table risks, which is not there", help));
    }
    let rows = rows(table, (&events, classes), names, found);
    for (&(project, quantity, _), (cells, distribution)) in &rows {
        let planned = projects.get(project).and_then(|project| money::planned(project, quantity));
        let Some(distribution) = distribution else { continue };
        size::check((*cells, quantity), distribution, (planned, horizon), found);
    }
    if !tables.is_broken("impacts") && table.is_none_or(|table| table.is_complete) {
        warn_of_idle(&events, &rows, found);
    }
    let mut impacts: ByProject<Vec<Impact>> = names.positions().map(|_| Vec::new()).collect();
    for ((project, quantity, risk), (_, distribution)) in rows {
        impacts[project].push(Impact { risk, quantity, distribution: distribution? });
    }
    // All that the domain refuses has been reported with its row.
    RiskRegister::new(events.list, impacts).ok()
}

fn rows<'t>(
    table: Option<&'t Table>,
    (events, classes): (&RiskEvents<'_>, &ReferenceClasses<'_>),
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Rows<'t> {
    let mut rows = Rows::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let risk = events.resolve(cells, found);
        let project = names.resolve(cells, "project", found);
        let quantity = quantity(cells, found);
        let distribution = distribution::read(cells, classes, found);
        let (Some(risk), Some(project), Some(quantity)) = (risk, project, quantity) else { continue };
        if let Some((first, _)) = rows.get(&(project, quantity, risk)) {
            let problem = format!("repeats the risk, project and quantity of row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            rows.insert((project, quantity, risk), (cells, distribution));
        }
    }
    rows
}

/// Warns of risks that hit nothing.
fn warn_of_idle(events: &RiskEvents<'_>, rows: &Rows<'_>, found: &mut Diagnostics) {
    for (risk, (event, cells)) in events.list.iter().zip(&events.rows).enumerate() {
        if rows.keys().all(|&(.., hits)| hits != risk) {
            let help = "add a row for it to impacts.csv, or remove this row";
            let doubt = Diagnostic::warning(cells.at("risk"), "has no effect: it hits no project", help);
            found.push(doubt.with_value(event.id.as_str()));
        }
    }
}
