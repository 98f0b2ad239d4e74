//! Project lists of others (exports of project tools, spreadsheets) as the tables of a portfolio, by a map that says which
//! column is what. What could mean something else is refused; what is not read is told.

mod amounts;
mod batch;
mod cells;
mod content;
mod decimal;
mod guess;
mod headings;
mod history;
mod ids;
mod links;
mod numbers;
mod periods;
mod projects;
mod report;
mod rows;
mod tables;
mod told;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::List;
use crate::input::map::ListMap;

use amounts::{AmountBlocks, BENEFITS, COSTS, DEMANDS};
use batch::Holdings;
pub use batch::{batch_file, batch_name};
use cells::Reading;
use content::Content;
pub use guess::{Guess, GuessedColumn, guess};
use headings::Headings;
pub use history::{
    ClassFit, History, HistoryColumns, LeftCases, LognormalFit, in_ranges, in_utf_8, read_history,
};
use links::LinkColumns;
use periods::FoundPeriods;
use projects::ProjectColumns;
pub use report::{Counted, ImportReport, Left, LeftRows, ListedColumn, Taken, TakenAmounts, TakenScores};
use rows::Kept;
pub use tables::TextFile;

/// A list as tables.
#[derive(Debug)]
pub struct Imported {
    /// The tables: their names and texts.
    pub files: Vec<TextFile>,
    /// The report: taken, guessed and left.
    pub report: ImportReport,
    /// Warnings of the list.
    pub warnings: Diagnostics,
    /// Contents of the tables.
    pub holdings: Holdings,
}

/// Reads a list by its map.
///
/// # Errors
/// Every fault of the list and of what the map says of it.
pub fn import(list: &List, map: &ListMap) -> Result<Imported, Diagnostics> {
    let (mut found, mut left, mut guessed) = (Diagnostics::new(), Left::default(), Vec::new());
    let Some(mut headings) = Headings::of(list, &map.list, &mut found) else { return Err(found) };
    let kept = rows::read(list, map, &mut headings, &mut left, &mut found);
    let columns = Columns::find(map, &mut headings, &mut found);
    found.extend(doubts(list, &headings, &kept));
    let content = columns.read(list, map, &mut headings, &kept, &mut left, &mut guessed, &mut found);
    let found = in_order(found);
    if found.has_faults() {
        return Err(found);
    }
    let report = told::report(list, map, &headings, &kept, &content, left, guessed);
    let holdings = Holdings {
        scores: !content.scores.is_empty(),
        benefits: content.amounts[1].rows().next().is_some(),
        costs: content.amounts[0].rows().next().is_some(),
    };
    Ok(Imported { files: files(&kept, &content), report, warnings: found, holdings })
}

/// All columns that are read.
struct Columns<'m> {
    amounts: [AmountBlocks<'m>; 3],
    projects: ProjectColumns<'m>,
    links: LinkColumns<'m>,
}

impl<'m> Columns<'m> {
    fn find(map: &'m ListMap, headings: &mut Headings, found: &mut Diagnostics) -> Self {
        let costs = AmountBlocks::find(COSTS, &map.costs, map, headings, found);
        let benefits = AmountBlocks::find(BENEFITS, &map.benefits, map, headings, found);
        let demands = AmountBlocks::find(DEMANDS, &map.demands, map, headings, found);
        let projects = ProjectColumns::find(map, headings, found);
        let links = LinkColumns::find(map, headings, found);
        Self { amounts: [costs, benefits, demands], projects, links }
    }

    #[expect(clippy::too_many_arguments, reason = "all that is read goes on into the report")]
    fn read(
        &self,
        list: &List,
        map: &ListMap,
        headings: &mut Headings,
        kept: &Kept<'_>,
        left: &mut Left,
        guessed: &mut Vec<String>,
        found: &mut Diagnostics,
    ) -> Content {
        let reading = Reading { list, headings, kept, numbers: &map.numbers };
        let mut periods = FoundPeriods::default();
        let mut amounts = [0, 1, 2].map(|table| self.amounts[table].read(reading, map, &mut periods, found));
        let horizon = periods.horizon(&map.periods, guessed, found);
        for (table, own) in [COSTS, BENEFITS, DEMANDS].into_iter().zip(&mut amounts) {
            let (count, sum) = own.keep_within(&horizon);
            if count > 0 {
                left.others
                    .push(format!("{count} amounts of {} outside the horizon, {sum} in all", table.name));
            }
        }
        let mut columns = self.projects.read(reading, map, &horizon, found);
        let scores = self.projects.scores(reading, found);
        let links = self.links.read(reading, found);
        if !links.unknown.is_empty() {
            let names: Vec<&str> = links.unknown.iter().map(String::as_str).collect();
            left.others.push(format!("names of projects that are not in the list: {}", names.join(", ")));
        }
        if map.list.takes_rest {
            let (rest, not_taken) = projects::rest(reading, &columns);
            left.columns = not_taken;
            for (position, column) in rest {
                headings.mark(position, &format!("attribute {}", column.0));
                columns.push(column);
            }
        }
        Content { horizon, columns, amounts, scores, links }
    }
}

/// Faults and warnings of cells, whatever they mean, that count for what is read: those of rows below the headings that are
/// read, and of the sheet as a whole.
fn doubts(list: &List, headings: &Headings, kept: &Kept<'_>) -> Vec<Diagnostic> {
    let rows: BTreeSet<usize> = kept.rows.iter().map(|(row, _)| row.number).collect();
    let is_read = |row: usize| row > headings.row && rows.contains(&row);
    list.doubts.iter().filter(|doubt| doubt.source.row.is_none_or(is_read)).cloned().collect()
}

/// Sorts faults by file, row and column; those of one kind are one line.
fn in_order(found: Diagnostics) -> Diagnostics {
    let mut entries: Vec<Diagnostic> = found.into_iter().collect();
    entries.sort_by(|left, right| left.source.cmp(&right.source));
    entries.dedup();
    let mut ordered = Diagnostics::new();
    ordered.extend(entries);
    ordered.grouped()
}

fn files(kept: &Kept<'_>, content: &Content) -> Vec<TextFile> {
    let projects = &kept.projects;
    let mut files = vec![tables::projects(projects, &content.columns)];
    for (table, amounts) in [COSTS, BENEFITS, DEMANDS].into_iter().zip(&content.amounts) {
        files.extend(tables::amounts(table, amounts, projects, &content.horizon));
    }
    files.extend(tables::lines(&content.amounts[0]));
    files.extend(tables::scores(projects, &content.scores));
    files.extend(tables::dependencies(&content.links.links));
    files
}
