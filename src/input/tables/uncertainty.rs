//! Uncertainty of the plan: distributions, reference classes, drivers and exposures, correlations, risks and impacts.

mod correlations;
mod distribution;
mod drivers;
mod exposures;
mod impacts;
mod money;
mod reference;
mod risks;
mod samples;
mod scope;
mod sipmath;
mod size;
mod slurp;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{
    ByProject, Correlations, Distribution, Driver, FactorModel, Horizon, Project, ProjectIx, ProjectQuantity,
    Quantity, RiskRegister,
};

use self::correlations::Obstacle;
use self::reference::ReferenceClasses;
use self::scope::{Scope, quantity, scope};
use super::projects::ProjectNames;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

/// Content of the tables.
pub struct Risks {
    pub drivers: Vec<Driver>,
    pub factors: ByProject<[Option<FactorModel>; 3]>,
    /// Per project: how its effects on key results vary.
    pub effects: ByProject<Option<FactorModel>>,
    /// What may happen to the plan; `None` after a fault.
    pub register: Option<RiskRegister>,
    /// Correlations of quantities, pair by pair; `None` after a fault.
    pub correlations: Option<Correlations>,
}

/// Reads the tables.
pub fn read(
    tables: &Tables,
    (horizon, names): (Option<&Horizon>, &ProjectNames),
    projects: &ByProject<Project>,
    found: &mut Diagnostics,
) -> Risks {
    let classes = reference::read(tables, found);
    let distributions = distributions(tables.get("uncertainty"), &classes, names, found);
    check_sizes(&distributions, (horizon, projects), found);
    let used = ["uncertainty", "impacts"].map(|name| tables.get(name)).into_iter().flatten();
    let used = used.flat_map(Table::rows);
    classes.doubt(used.filter_map(|cells| cells.text("class")), found);
    let samples = samples::read(tables, names, found);
    let rows = distributions.iter().map(|((scope, quantity), (cells, _))| (*cells, *scope, *quantity));
    samples::warn_of_replaced(rows, &samples, found);
    let drivers = drivers::read(tables.get("drivers"), found);
    let exposures = exposures::read(tables, &drivers, names, found);
    let is_uncertain = |project: ProjectIx, quantity: Quantity| {
        samples.contains_key(&(project, quantity))
            || distributions.contains_key(&(Some(project), quantity))
            || distributions.contains_key(&(None, quantity))
    };
    let is_complete = tables.get("uncertainty").is_none_or(|table| table.is_complete);
    if is_complete {
        exposures.warn_of_certain(is_uncertain, found);
    }
    samples::warn_of_replaced(exposures.rows(), &samples, found);
    exposures.check_sums(names, found);
    let factor = |project: ProjectIx, quantity: Quantity| {
        if let Some(given) = samples.get(&(project, quantity)) {
            return Some(FactorModel { distribution: given.clone(), exposures: Vec::new() });
        }
        let own = distributions.get(&(Some(project), quantity));
        let (_, distribution) = own.or_else(|| distributions.get(&(None, quantity)))?;
        let exposures = exposures.of(project, quantity);
        Some(FactorModel { distribution: distribution.clone()?, exposures })
    };
    let obstacle = |(project, quantity): ProjectQuantity| {
        // A row that cannot be read is told where it stands.
        let may_be_uncertain = !is_complete || is_uncertain(project, quantity);
        Obstacle::of(factor(project, quantity).as_ref(), may_be_uncertain)
    };
    let correlations = correlations::read(tables.get("correlations"), names, obstacle, found);
    let factors = names.positions();
    let factors =
        factors.map(|project| Quantity::PLANNED.map(|quantity| factor(project, quantity))).collect();
    let effects = names.positions().map(|project| factor(project, Quantity::Effect)).collect();
    let delays = names.positions().map(|project| factor(project, Quantity::Delay)).collect();
    let register = impacts::read(tables, &classes, (horizon, names), projects, found);
    let register = register.map(|register| register.with_delays(delays));
    Risks { drivers: drivers.list, factors, effects, register, correlations }
}

/// Holds distributions to the plans that they are of.
fn check_sizes(
    distributions: &Distributions<'_>,
    (horizon, projects): (Option<&Horizon>, &ByProject<Project>),
    found: &mut Diagnostics,
) {
    for (&(scope, quantity), (cells, distribution)) in distributions {
        let planned = scope.and_then(|project| money::planned(projects.get(project)?, quantity));
        let Some(distribution) = distribution else { continue };
        size::check((*cells, quantity), distribution, (planned, horizon), found);
    }
}

type Distributions<'t> = BTreeMap<(Scope, Quantity), (Cells<'t>, Option<Distribution>)>;

fn distributions<'t>(
    table: Option<&'t Table>,
    classes: &ReferenceClasses<'_>,
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Distributions<'t> {
    let mut distributions = Distributions::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let scope = scope(cells, names, found);
        let quantity = quantity(cells, found);
        let distribution = distribution::read(cells, classes, found);
        let (Some(scope), Some(quantity)) = (scope, quantity) else { continue };
        classes.check_quantity(cells, quantity, found);
        if let Some((first, _)) = distributions.get(&(scope, quantity)) {
            let problem = format!("repeats the project and quantity of row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            distributions.insert((scope, quantity), (cells, distribution));
        }
    }
    distributions
}
