//! The risks table: events that occur or not, and hit several projects at once.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, suggest_or};
use crate::domain::RiskEvent;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::units::Probability;

/// The risk events, ordered by id.
pub(super) struct RiskEvents<'t> {
    /// The events.
    pub(super) list: Vec<RiskEvent>,
    /// Their rows.
    pub(super) rows: Vec<Cells<'t>>,
    /// True if every row gave an event.
    is_complete: bool,
}

/// Reads the table.
pub(super) fn read<'t>(table: Option<&'t Table>, found: &mut Diagnostics) -> RiskEvents<'t> {
    let mut rows: BTreeMap<&str, (Cells<'t>, Probability)> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let id = cells.required("risk", found);
        let probability = probability(cells, found);
        let Some(id) = id else { continue };
        if let Some((first, _)) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("risk", problem, "give each risk its own id, or remove one row"));
        } else {
            // One whose probability is faulty is a risk all the same.
            rows.insert(id, (cells, probability.unwrap_or(Probability::ONE)));
        }
    }
    let is_read = |table: &Table| table.is_complete && table.rows().count() == rows.len();
    let is_complete = table.is_some_and(is_read);
    let event = |(&id, &(cells, probability)): (&&str, &(Cells<'_>, Probability))| RiskEvent {
        id: id.into(),
        name: cells.text("name").unwrap_or(id).to_owned(),
        probability,
    };
    let list = rows.iter().map(event).collect();
    RiskEvents { list, rows: rows.into_values().map(|(cells, _)| cells).collect(), is_complete }
}

fn probability(cells: Cells<'_>, found: &mut Diagnostics) -> Option<Probability> {
    cells.required("probability", found);
    let expected = "a probability from 0 to 1, such as 0.3";
    let is_probability = |number: f64| Probability::new(number).is_some();
    Probability::new(cells.number_where("probability", expected, is_probability, found)?)
}

impl RiskEvents<'_> {
    /// The event (position) that a row names; an unknown one is a fault.
    pub(super) fn resolve(&self, cells: Cells<'_>, found: &mut Diagnostics) -> Option<usize> {
        let id = cells.required("risk", found)?;
        let ids = || self.list.iter().map(|event| event.id.as_str());
        let position = ids().position(|other| other == id);
        if position.is_none() && self.is_complete {
            let help = suggest_or(id, ids(), || "add it to risks.csv, or remove this row".to_owned());
            found.push(cells.fault("risk", "is not a risk", help).caused_by(format!("risk {id}")));
        }
        position
    }
}
