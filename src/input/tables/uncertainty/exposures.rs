//! The exposures table: which drivers a quantity follows, and how strongly.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, suggest_or};
use crate::domain::{Driver, Exposure, ProjectIx, Quantity};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;
use crate::input::tables::projects::{ALL_PROJECTS, ProjectNames};

use super::drivers::Drivers;
use super::scope::{Scope, quantity, scope};

/// Sums of squares may exceed 1 by no more than rounding does.
const ROUNDING: f64 = 1e-9;

/// Loadings by project (or all), quantity and driver (position).
pub(super) struct Exposures<'t> {
    rows: BTreeMap<(Scope, Quantity, usize), (Cells<'t>, f64)>,
}

/// Reads the table.
pub(super) fn read<'t>(
    tables: &'t Tables,
    drivers: &Drivers,
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Exposures<'t> {
    let table = tables.get("exposures");
    if let (Some(table), None) = (table, tables.get("drivers"))
        && !tables.is_broken("drivers")
    {
        let help = "add drivers.csv with one row per driver";
        found.push(Diagnostic::fault(table.source(), "needs the table drivers, which is not there", help));
    }
    let mut rows: BTreeMap<(Scope, Quantity, usize), (Cells<'_>, f64)> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let scope = scope(cells, names, found);
        let quantity = quantity(cells, found);
        let driver = driver(cells, drivers, found);
        let expected = "a loading from -1 to 1, such as 0.6";
        cells.required("loading", found);
        let is_loading = |loading: f64| (-1.0..=1.0).contains(&loading);
        let loading = cells.number_where("loading", expected, is_loading, found);
        let (Some(scope), Some(quantity), Some(driver)) = (scope, quantity, driver) else { continue };
        if let Some((first, _)) = rows.get(&(scope, quantity, driver)) {
            let problem =
                format!("repeats the project, quantity and driver of row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            rows.insert((scope, quantity, driver), (cells, loading.unwrap_or(0.0)));
        }
    }
    Exposures { rows }
}

fn driver(cells: Cells<'_>, drivers: &Drivers, found: &mut Diagnostics) -> Option<usize> {
    let id = cells.required("driver", found)?;
    let ids = || drivers.list.iter().map(|driver: &Driver| driver.id.as_str());
    let position = ids().position(|other| other == id);
    if position.is_none() && drivers.is_complete {
        let help = suggest_or(id, ids(), || "add it to drivers.csv, or remove this row".to_owned());
        found.push(cells.fault("driver", "is not a driver", help).caused_by(format!("driver {id}")));
    }
    position
}

impl<'t> Exposures<'t> {
    /// The loadings of a quantity of a project, in the order of drivers: its own before those of all projects.
    pub(super) fn of(&self, project: ProjectIx, quantity: Quantity) -> Vec<Exposure> {
        let loading = |driver| {
            let own = self.rows.get(&(Some(project), quantity, driver));
            let (_, loading) = own.or_else(|| self.rows.get(&(None, quantity, driver)))?;
            Some(Exposure { driver, loading: *loading })
        };
        self.drivers().into_iter().filter_map(loading).collect()
    }

    fn drivers(&self) -> BTreeSet<usize> {
        self.rows.keys().map(|&(_, _, driver)| driver).collect()
    }

    /// Warns of rows that name a project of which this quantity is certain.
    pub(super) fn warn_of_certain(
        &self,
        is_uncertain: impl Fn(ProjectIx, Quantity) -> bool,
        found: &mut Diagnostics,
    ) {
        for (&(scope, quantity, _), (cells, _)) in &self.rows {
            if scope.is_some_and(|project| !is_uncertain(project, quantity)) {
                let problem = format!("has no effect: the {} of this project is certain", quantity.as_str());
                let help = "add a row for it to uncertainty.csv, or remove this row";
                found.push(Diagnostic::warning(cells.source(), problem, help));
            }
        }
    }

    /// The rows, each with its projects and its quantity.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Cells<'t>, Scope, Quantity)> {
        self.rows.iter().map(|(&(scope, quantity, _), (cells, _))| (*cells, scope, quantity))
    }

    /// Refuses loadings of one quantity that explain more than all of its variance. What the rows for all
    /// projects do alone is reported once.
    pub(super) fn check_sums(&self, names: &ProjectNames, found: &mut Diagnostics) {
        for quantity in Quantity::ALL {
            let of_all = self.rows.iter().filter(|((scope, own, _), _)| scope.is_none() && *own == quantity);
            let of_all: Vec<(Cells<'_>, f64)> = of_all.map(|(_, row)| *row).collect();
            check_sum(ALL_PROJECTS, quantity, of_all.iter().map(|(_, loading)| *loading), &of_all, found);
            for project in names.positions() {
                let own =
                    self.rows.range((Some(project), quantity, 0)..=(Some(project), quantity, usize::MAX));
                let own: Vec<(Cells<'_>, f64)> = own.map(|(_, row)| *row).collect();
                let loadings = self.of(project, quantity);
                let id = names.id(project).as_str();
                check_sum(id, quantity, loadings.iter().map(|exposure| exposure.loading), &own, found);
            }
        }
    }
}

/// Reports a sum above 1 at the last row of those to blame; without any there is nothing new to report.
fn check_sum(
    project: &str,
    quantity: Quantity,
    loadings: impl Iterator<Item = f64>,
    rows: &[(Cells<'_>, f64)],
    found: &mut Diagnostics,
) {
    let sum: f64 = loadings.map(|loading| loading * loading).sum();
    let last = rows.iter().map(|(cells, _)| *cells).max_by_key(|cells| cells.number_of_row());
    if let (Some(cells), true) = (last, sum > 1.0 + ROUNDING) {
        let problem = format!(
            "makes the squares of the {} loadings of `{project}` sum to {}",
            quantity.as_str(),
            (sum * 1e6).round() / 1e6
        );
        found.push(cells.fault("loading", problem, "lower the loadings: their squares may sum to at most 1"));
    }
}
