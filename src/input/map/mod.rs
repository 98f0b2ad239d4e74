//! The map of a project list: which of its columns is what. It is TOML, read with the place of each key.

mod amounts;
mod layout;
mod project;
mod values;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostics;

pub use crate::input::words::map::{DoubtfulRow, ListedStatus, NegativeSign, PerCent};
pub use amounts::{AmountColumns, AmountMap, KeyColumn};
pub use layout::{Filter, ListLayout, NumberMap, PeriodMap};
pub use project::{AttributeMap, DependencyMap, LinkColumn, ProjectMap, ScoreMap};
pub use values::Said;

use super::batch::document::{Section, Source};
use super::batch::syntax_fault;
use super::reader::text::{LineStarts, decode};

/// A map.
#[derive(Clone, Debug, Default)]
pub struct ListMap {
    /// Its file.
    pub file: String,
    /// Layout of the list.
    pub list: ListLayout,
    /// Form of its numbers.
    pub numbers: NumberMap,
    /// Its horizon.
    pub periods: PeriodMap,
    /// Columns of projects.csv.
    pub project: ProjectMap,
    /// Attributes, in the order of the map.
    pub attributes: Vec<AttributeMap>,
    /// Costs by line.
    pub costs: Vec<AmountMap>,
    /// Benefits by kind.
    pub benefits: Vec<AmountMap>,
    /// Demands by resource.
    pub demands: Vec<AmountMap>,
    /// Scores by objective.
    pub scores: Vec<ScoreMap>,
    /// Columns that name other projects.
    pub dependencies: DependencyMap,
}

/// The sections of a map.
const SECTIONS: [&str; 11] = [
    "list",
    "numbers",
    "periods",
    "project",
    "status",
    "attribute",
    "costs",
    "benefits",
    "demands",
    "scores",
    "dependencies",
];

/// Reads a map.
///
/// # Errors
/// Every fault of it.
pub fn read_map(file: &str, bytes: &[u8]) -> Result<ListMap, Diagnostics> {
    let mut found = Diagnostics::new();
    let text = match decode(file, bytes, "save the map as UTF-8 text") {
        Ok(text) => text,
        Err(fault) => {
            found.push(*fault);
            return Err(found);
        }
    };
    let document = Source { file, lines: LineStarts::new(text.as_bytes()), cells: None };
    let (root, errors) = DeTable::parse_recoverable(text);
    let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
    errors.iter().for_each(|error| found.push(syntax_fault(&document, error)));
    let Some(root) = Section::root(&document, &root).filter(|_| errors.is_empty()) else { return Err(found) };
    root.check_keys(&SECTIONS, &[], &mut found);
    let map = sections(file, &root, &mut found);
    if found.has_faults() { Err(found) } else { Ok(map) }
}

fn sections(file: &str, root: &Section<'_>, found: &mut Diagnostics) -> ListMap {
    let project = project::read(root, found);
    ListMap {
        file: file.to_owned(),
        list: layout::read_list(root, found),
        numbers: layout::read_numbers(root, found),
        periods: layout::read_periods(root, found),
        project,
        attributes: project::read_attributes(root, found),
        costs: amounts::read(root, &amounts::COSTS, found),
        benefits: amounts::read(root, &amounts::BENEFITS, found),
        demands: amounts::read(root, &amounts::DEMANDS, found),
        scores: project::read_scores(root, found),
        dependencies: project::read_dependencies(root, found),
    }
}
