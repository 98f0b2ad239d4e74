//! Smallest shares of projects under a scenario: how far a plan may be trimmed.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::domain::{Portfolio, ProjectIx};
use crate::ids::ProjectId;
use crate::units::Share;

use super::document::{Entry, Section};

const EXPECTED: &str = "a share from 0 to 1, such as 0.5 (1: all or nothing)";

/// Reads `min_fraction`: one share for all projects, or a table of project -> share. Gives the shares that differ from
/// those of the projects table.
pub(super) fn read(
    entry: Option<&Entry<'_>>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> BTreeMap<ProjectIx, Option<Share>> {
    let Some(entry) = entry else { return BTreeMap::new() };
    let mut shares: BTreeMap<ProjectIx, Option<Share>> = if entry.is_table() {
        let table = entry.table(EXPECTED, found);
        let entries: Vec<_> = table.iter().flat_map(Section::entries).collect();
        if entries.is_empty() {
            found.push(
                entry.fault("names no project", "write a table such as { P1 = 0.5 }, or one share for all"),
            );
        }
        let read = |(name, entry): (&str, Entry<'_>)| {
            let (share, project) = (share(&entry, EXPECTED, found), project(name, &entry, portfolio, found));
            Some((project?, share?))
        };
        entries.into_iter().filter_map(read).collect()
    } else {
        let expected = format!("{EXPECTED}, or a table of project -> share");
        let all = share(entry, &expected, found);
        let projects = portfolio.into_iter().flat_map(|portfolio| portfolio.projects().positions());
        projects.filter_map(|project| Some((project, all?))).collect()
    };
    if let Some(portfolio) = portfolio {
        shares.retain(|&project, share| portfolio.projects()[project].min_fraction != *share);
    }
    shares
}

/// A smallest share; `Some(None)` if all or nothing is funded.
#[expect(clippy::option_option, reason = "a faulty share is another thing than the whole project")]
fn share(entry: &Entry<'_>, expected: &str, found: &mut Diagnostics) -> Option<Option<Share>> {
    let share = entry.number(expected, |share| (0.0..=1.0).contains(&share), found)?;
    Some(Some(share).filter(|&share| share < 1.0).and_then(Share::new))
}

fn project(
    id: &str,
    entry: &Entry<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<ProjectIx> {
    let portfolio = portfolio?;
    let position = portfolio.project_position(id);
    if position.is_none() {
        let ids = portfolio.projects().iter().map(|project| ProjectId::as_str(&project.id));
        let fault = Diagnostic::fault(entry.source(), "is not a project", suggest(id, ids, "projects"));
        found.push(fault.with_value(id));
    }
    position
}
