//! Assembly of the tables into a portfolio.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{
    Correlations, KeyResults, ObjectiveTree, Portfolio, PortfolioError, PortfolioParts, RiskRegister,
};

use super::{
    current_plan, dependencies, key_results, lines, period_tables, projects, strategy, synergies, uncertainty,
};
use crate::input::doubts;
use crate::input::doubts::Doubt;
use crate::input::reader::addresses::Addresses;
use crate::input::reader::books::Books;
use crate::input::reader::files::Files;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

/// The tables of a portfolio that have been read.
#[derive(Default)]
pub struct ReadPortfolio {
    /// `None` if there are faults.
    pub portfolio: Option<Portfolio>,
    /// Doubts that a batch may settle.
    pub doubts: Vec<Doubt>,
    /// The projects table, if it can be read: a batch may ask for more of its columns than a portfolio keeps.
    pub projects: Option<Table>,
    /// Cells of the tables, where they are sheets of a workbook.
    pub addresses: Addresses,
}

/// Reads a portfolio; `sums_duplicates`: rows of one project and key are added up. All faults and warnings are in
/// `found`, but for doubts that a batch may settle.
pub fn read(files: &Files, books: &Books, sums_duplicates: bool, found: &mut Diagnostics) -> ReadPortfolio {
    let mut own = Diagnostics::new();
    let mut doubts = Vec::new();
    let mut tables = Tables::read(files, books, &mut own);
    if tables.is_lost {
        found.extend(own);
        return ReadPortfolio::default();
    }
    let parts = read_parts(&tables, sums_duplicates, &mut doubts, &mut own);
    let lines = lines::read(&tables, &mut own);
    let portfolio = match (own.has_faults(), parts) {
        (false, Some(parts)) => build(parts, &mut own).map(|built| match lines {
            Some(details) => built.with_line_details(details),
            None => built,
        }),
        _ => None,
    };
    found.extend(own);
    let projects = tables.take("projects");
    ReadPortfolio { portfolio, doubts, projects, addresses: tables.addresses }
}

/// What the tables hold.
struct Parts {
    parts: PortfolioParts,
    key_results: KeyResults,
    risks: RiskRegister,
    correlations: Correlations,
}

fn read_parts(
    tables: &Tables,
    sums_duplicates: bool,
    doubts: &mut Vec<Doubt>,
    found: &mut Diagnostics,
) -> Option<Parts> {
    if !tables.has("projects") {
        let help = "add it: every portfolio needs at least a list of projects";
        found.push(Diagnostic::fault(SourceRef::file("projects.csv"), "is not there", help));
    }
    let horizon = period_tables::horizon(tables, found);
    let mut read = projects::read(tables.get("projects"), horizon.as_ref(), found);
    let asked = (horizon.as_ref(), sums_duplicates);
    let plans = period_tables::read(tables, asked, &read.names, &mut read.projects, found);
    let objectives = objectives(tables, found);
    let has_objectives = tables.has("objectives");
    let scores = tables.get("scores");
    let tree = objectives.as_ref();
    strategy::read_scores(scores, has_objectives, tree, &read.names, &mut read.projects, found);
    let wanted = key_results::read(tables, asked, (tree, &read.names), found);
    let links = dependencies::read(tables.get("dependencies"), &read.names, found);
    let synergies = synergies::read(tables.get("synergies"), &read.names, found);
    let current_plan = current_plan::read(tables.get("current_plan"), horizon.as_ref(), &read.names, found);
    let risks = uncertainty::read(tables, (horizon.as_ref(), &read.names), &read.projects, found);
    *doubts = doubts::read(tables, horizon.as_ref(), &read.projects, found);
    found.extend(tables.all().filter_map(|table| table.dialect.doubt()));
    let parts = PortfolioParts {
        horizon: horizon?,
        lines: plans.lines,
        resources: plans.resources,
        benefit_kinds: plans.benefit_kinds,
        objectives: objectives?,
        projects: read.projects,
        attributes: read.attributes,
        alternatives: read.alternatives,
        dependencies: links.dependencies,
        conditions: links.conditions,
        limits: plans.limits,
        flexibility: plans.flexibility,
        synergies,
        current_plan,
        drivers: risks.drivers,
        factors: risks.factors,
    };
    Some(Parts {
        parts,
        key_results: wanted?.with_factors(risks.effects)?,
        risks: risks.register?,
        correlations: risks.correlations?,
    })
}

/// The tree of objectives; `None` after a fault.
fn objectives(tables: &Tables, found: &mut Diagnostics) -> Option<ObjectiveTree> {
    match tables.is_broken("objectives") {
        true => None,
        false => strategy::read_objectives(tables.get("objectives"), found),
    }
}

/// The readers have checked all that the domain checks but what takes several tables. Any other error here is one that
/// they should have found.
fn build(read: Parts, found: &mut Diagnostics) -> Option<Portfolio> {
    let built = Portfolio::new(read.parts)
        .and_then(|portfolio| portfolio.with_key_results(read.key_results))
        .and_then(|portfolio| portfolio.with_risks(read.risks))
        .and_then(|portfolio| portfolio.with_correlations(read.correlations));
    match built {
        Ok(portfolio) => Some(portfolio),
        Err(error) => {
            let (file, help) = match error {
                PortfolioError::NothingToSpread(..) => {
                    ("synergies.csv", "give its projects some in the tables, or remove the synergy")
                }
                _ => ("projects.csv", "check the tables for what this names"),
            };
            found.push(Diagnostic::fault(SourceRef::file(file), error.to_string(), help));
            None
        }
    }
}
