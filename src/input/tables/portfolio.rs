//! Puts the tables together into a portfolio.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean};
use crate::domain::{ObjectiveTree, Portfolio, PortfolioError, PortfolioParts};

use super::{current_plan, dependencies, period_tables, projects, strategy, synergies, uncertainty};
use crate::input::doubts;
use crate::input::doubts::Doubt;
use crate::input::reader::files::{Files, is_table, table_name};
use crate::input::reader::table::{Table, list};
use crate::input::schema::{TABLES, TABLES_NOT_YET, TableSchema};

/// The tables of a portfolio by name.
pub struct Tables {
    /// `None` where a table is there but nothing in it can be read.
    by_name: BTreeMap<&'static str, Option<Table>>,
}

impl Tables {
    /// A table, if it is there and can be read.
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.by_name.get(name).and_then(Option::as_ref)
    }

    /// Whether a table is there but cannot be read.
    pub fn is_broken(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(Option::is_none)
    }

    fn read(files: &Files, found: &mut Diagnostics) -> Self {
        let mut by_name = BTreeMap::new();
        let mut readers: BTreeMap<&'static str, Vec<(&str, &[u8])>> = BTreeMap::new();
        for (file, bytes) in files.iter().filter(|(file, _)| is_table(file)) {
            // Some systems and spreadsheets write names in capitals.
            let name = table_name(file).unwrap_or_default().to_lowercase();
            match TableSchema::find(&name) {
                Some(schema) => readers.entry(schema.table).or_default().push((file, bytes)),
                None => found.push(unknown_table(file, &name)),
            }
        }
        for schema in TABLES {
            let table = match readers.get(schema.table).map(Vec::as_slice) {
                None | Some([]) => continue,
                Some([(file, bytes)]) => Table::read(schema, file, bytes, found),
                Some([(first, _), others @ ..]) => {
                    for (other, _) in others {
                        let problem = format!("is there twice: {first} holds the same table");
                        let help = "remove one of the two files";
                        found.push(Diagnostic::fault(SourceRef::file(*other), problem, help));
                    }
                    None
                }
            };
            by_name.insert(schema.table, table);
        }
        Self { by_name }
    }
}

fn unknown_table(file: &str, name: &str) -> Diagnostic {
    let source = SourceRef::file(file);
    if TABLES_NOT_YET.contains(&name) {
        let problem = format!("the table `{name}` is not supported yet");
        return Diagnostic::fault(source, problem, "move the file out of the folder");
    }
    let tables = || TABLES.iter().map(|schema| schema.table);
    let help = match did_you_mean(name, tables()) {
        Some(near) => format!("did you mean `{near}.csv`?"),
        None => format!("the tables are {}; move other files out of the folder", list(tables())),
    };
    Diagnostic::fault(source, "is not a table of a portfolio", help)
}

/// Reads a portfolio. `None` if there are faults; all of them, and all warnings, are in `found`, but for those that a
/// batch may settle.
pub fn read(files: &Files, found: &mut Diagnostics) -> (Option<Portfolio>, Vec<Doubt>) {
    let mut own = Diagnostics::new();
    let mut doubts = Vec::new();
    let parts = read_parts(files, &mut doubts, &mut own);
    let portfolio = match (own.has_faults(), parts) {
        (false, Some(parts)) => build(parts, &mut own),
        _ => None,
    };
    found.extend(own);
    (portfolio, doubts)
}

fn read_parts(files: &Files, doubts: &mut Vec<Doubt>, found: &mut Diagnostics) -> Option<PortfolioParts> {
    let tables = Tables::read(files, found);
    if !tables.by_name.contains_key("projects") {
        let help = "add it: every portfolio needs at least a list of projects";
        found.push(Diagnostic::fault(SourceRef::file("projects.csv"), "is not there", help));
    }
    let horizon = period_tables::horizon(&tables, found);
    let mut read = projects::read(tables.get("projects"), horizon.as_ref(), found);
    let plans = period_tables::read(&tables, horizon.as_ref(), &read.names, &mut read.projects, found);
    let objectives = objectives(&tables, found);
    let has_objectives = tables.by_name.contains_key("objectives");
    let scores = tables.get("scores");
    strategy::read_scores(
        scores,
        has_objectives,
        objectives.as_ref(),
        &read.names,
        &mut read.projects,
        found,
    );
    let links = dependencies::read(tables.get("dependencies"), &read.names, found);
    let synergies = synergies::read(tables.get("synergies"), &read.names, found);
    let current_plan = current_plan::read(tables.get("current_plan"), horizon.as_ref(), &read.names, found);
    let risks = uncertainty::read(&tables, &read.names, &read.projects, found);
    *doubts = doubts::read(&tables, horizon.as_ref(), &read.projects, found);
    tables.by_name.values().flatten().for_each(|table| found.extend(table.dialect.doubt()));
    Some(PortfolioParts {
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
    })
}

/// The tree of objectives; `None` where it cannot be told.
fn objectives(tables: &Tables, found: &mut Diagnostics) -> Option<ObjectiveTree> {
    match tables.is_broken("objectives") {
        true => None,
        false => strategy::read_objectives(tables.get("objectives"), found),
    }
}

/// The readers have checked all that the domain checks but what takes several tables. Any other error here is one that
/// they should have found.
fn build(parts: PortfolioParts, found: &mut Diagnostics) -> Option<Portfolio> {
    match Portfolio::new(parts) {
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
