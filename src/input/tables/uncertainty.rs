//! What may turn out otherwise than planned: uncertainty, drivers and exposures.

mod distribution;
mod exposures;
mod money;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Distribution, Driver, FactorModel, Project, Quantity};

use super::portfolio::Tables;
use super::projects::{ALL_PROJECTS, ProjectNames};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;

/// A project, or all that have no row of their own (`None`).
type Scope = Option<usize>;

/// What the three tables say.
pub struct Risks {
    pub drivers: Vec<Driver>,
    pub factors: Vec<[Option<FactorModel>; 3]>,
}

/// Reads the three tables.
pub fn read(tables: &Tables, names: &ProjectNames, projects: &[Project], found: &mut Diagnostics) -> Risks {
    let distributions = distributions(tables.get("uncertainty"), names, found);
    for (&(scope, quantity), (cells, distribution)) in &distributions {
        let planned = scope.and_then(|project| money::planned(projects.get(project)?, quantity));
        found.extend(distribution.and_then(|read| money::doubt(*cells, read, planned)));
    }
    let drivers = drivers(tables.get("drivers"), found);
    let exposures = exposures::read(tables, &drivers, names, found);
    let is_uncertain = |project: usize, quantity: Quantity| {
        distributions.contains_key(&(Some(project), quantity))
            || distributions.contains_key(&(None, quantity))
    };
    let is_complete = tables.get("uncertainty").is_none_or(|table| table.is_complete);
    if is_complete {
        exposures.warn_of_certain(is_uncertain, found);
    }
    exposures.check_sums(names, found);
    let factor = |project: usize, quantity: Quantity| {
        let own = distributions.get(&(Some(project), quantity));
        let (_, distribution) = own.or_else(|| distributions.get(&(None, quantity)))?;
        let exposures = exposures.of(project, quantity);
        Some(FactorModel { distribution: (*distribution)?, exposures })
    };
    let factors =
        (0..names.len()).map(|project| Quantity::ALL.map(|quantity| factor(project, quantity))).collect();
    Risks { drivers: drivers.list, factors }
}

type Distributions<'t> = BTreeMap<(Scope, Quantity), (Cells<'t>, Option<Distribution>)>;

fn distributions<'t>(
    table: Option<&'t Table>,
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Distributions<'t> {
    let mut distributions = Distributions::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let scope = scope(cells, names, found);
        let quantity = quantity(cells, found);
        let distribution = distribution::read(cells, found);
        let (Some(scope), Some(quantity)) = (scope, quantity) else { continue };
        if let Some((first, _)) = distributions.get(&(scope, quantity)) {
            let problem = format!("repeats the project and quantity of row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            distributions.insert((scope, quantity), (cells, distribution));
        }
    }
    distributions
}

/// Whom a row is about; `None` if that cannot be told.
fn scope(cells: Cells<'_>, names: &ProjectNames, found: &mut Diagnostics) -> Option<Scope> {
    if cells.text("project") == Some(ALL_PROJECTS) {
        return Some(None);
    }
    names.resolve(cells, "project", found).map(Some)
}

/// What a row is about; `None` if that cannot be told.
fn quantity(cells: Cells<'_>, found: &mut Diagnostics) -> Option<Quantity> {
    let word = cells.required("quantity", found)?;
    if word == "delay" {
        let help = "write cost, benefit or demand, or remove this row";
        found.push(cells.fault("quantity", "is not supported yet", help));
        return None;
    }
    cells.word("quantity", &Quantity::ALL.map(|quantity| (quantity.as_str(), quantity)), found)
}

/// The drivers, ordered by id.
struct Drivers {
    list: Vec<Driver>,
    is_complete: bool,
}

fn drivers(table: Option<&Table>, found: &mut Diagnostics) -> Drivers {
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let Some(id) = cells.required("driver", found) else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("driver", problem, "give each driver its own id, or remove one row"));
        } else {
            rows.insert(id, cells);
        }
    }
    let driver = |(id, cells): (&str, Cells<'_>)| Driver {
        id: id.into(),
        name: cells.text("name").unwrap_or(id).to_owned(),
    };
    let is_complete = table.is_some_and(|table| table.is_complete && table.position("driver").is_some());
    Drivers { list: rows.into_iter().map(driver).collect(), is_complete }
}
