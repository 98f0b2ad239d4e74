//! The rows of headings of a list.

use crate::input::{List, ListRow, is_moment};

use super::facts::looks_numeric;

/// Rows above which headings are looked for.
const ROWS_SEARCHED: usize = 20;

/// The place of the headings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeadingRows {
    /// Rows above them.
    pub skip: usize,
    /// Number of rows.
    pub count: usize,
}

/// Finds the rows of headings: the first row that is nearly as full as most and holds no number but years; with the row above
/// it, where that heads groups of columns.
pub fn heading_rows(list: &List) -> HeadingRows {
    let filled = |row: &ListRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let mut counts: Vec<usize> = list.rows.iter().map(filled).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
    let is_head =
        |row: &&ListRow| 10 * filled(row) >= 6 * usual && filled(row) >= 2.min(list.width) && is_text(row);
    let Some(at) = list.rows.iter().take(ROWS_SEARCHED).position(|row| is_head(&row)) else {
        return HeadingRows { skip: 0, count: 1 };
    };
    let skip = |at: usize| list.rows[at].number - 1;
    let above = at.checked_sub(1).filter(|&above| list.rows[above].number + 1 == list.rows[at].number);
    if let Some(above) = above.filter(|&above| heads_groups(list, &list.rows[above])) {
        return HeadingRows { skip: skip(above), count: 2 };
    }
    // The first row may be full of groups itself, with their columns below.
    let below =
        list.rows.get(at + 1).filter(|below| is_text(below) && below.number == list.rows[at].number + 1);
    if below.is_some() && has_merged_columns(list, &list.rows[at]) {
        return HeadingRows { skip: skip(at), count: 2 };
    }
    HeadingRows { skip: skip(at), count: 1 }
}

/// True if no cell is a number, other than a year.
fn is_text(row: &ListRow) -> bool {
    row.cells.iter().all(|cell| cell.is_empty() || is_moment(cell) || !looks_numeric(cell))
}

fn has_merged_columns(list: &List, row: &ListRow) -> bool {
    list.merged.iter().any(|area| area.rows.0 == row.number && area.columns.1 > area.columns.0)
}

/// True if the cells of a row stand above several columns each.
fn heads_groups(list: &List, row: &ListRow) -> bool {
    if list.separator.is_none() {
        return has_merged_columns(list, row) && row.cells.iter().skip(1).any(|cell| !cell.is_empty());
    }
    // A title stands in the first column alone.
    row.cells.iter().skip(1).any(|cell| !cell.is_empty()) && is_text(row)
}
