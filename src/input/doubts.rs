//! Doubts: input that can be used, but is probably not what was meant, found across tables.

mod doubt;
mod forgotten;
mod look_alikes;
mod past_horizon;
mod places;
mod sample_rows;
mod unlimited;

use crate::diagnostic::Diagnostics;
use crate::domain::{Horizon, Project};

use super::reader::tables::Tables;

pub(super) use doubt::Doubt;
pub(super) use look_alikes::tell_of as tell_look_alikes;

/// Reports what is doubtful for any batch, and returns the doubts that a batch may settle.
pub(super) fn read(
    tables: &Tables,
    horizon: Option<&Horizon>,
    projects: &[Project],
    found: &mut Diagnostics,
) -> Vec<Doubt> {
    look_alikes::tell(tables, found);
    forgotten::tell(tables, projects, found);
    let mut doubts = unlimited::find(tables);
    doubts.extend(sample_rows::find(tables));
    if let (Some(horizon), Some(table)) = (horizon, tables.get("projects")) {
        doubts.extend(past_horizon::find(table, horizon, projects));
    }
    doubts
}
