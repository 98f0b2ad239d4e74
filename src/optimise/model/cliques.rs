//! Clique merging: pairs that exclude each other become groups of which at most one may be chosen; the same selections,
//! and a tighter relaxation.

use std::collections::{BTreeMap, BTreeSet};

use super::decisions::Problem;
use super::program::{ColumnIx, Program, Row, RowIx};

/// The program of a problem with its pair rows merged; the rows of its decision groups stay as they are.
pub fn merged_program(problem: &Problem) -> Program {
    let decisions: Vec<RowIx> = problem.groups.iter().filter_map(|group| group.row).collect();
    merge_pairs(problem.program, &decisions)
}

/// The program with pair rows (`x + y ≤ 1`) merged into rows of larger cliques of the conflict graph (Atamtürk,
/// Nemhauser and Savelsbergh 2000). A row that another covers loses its terms but keeps its place.
///
/// `kept` rows stay as they are.
fn merge_pairs(program: &Program, kept: &[RowIx]) -> Program {
    let mut merged = program.clone();
    let pairs: Vec<RowIx> = (program.rows.positions())
        .filter(|row| program.rows[*row].terms.len() == 2 && !kept.contains(row) && is_packing(program, *row))
        .collect();
    if pairs.is_empty() {
        return merged;
    }
    let rivals = conflicts(program);
    let mut covered: BTreeSet<(ColumnIx, ColumnIx)> = BTreeSet::new();
    for &row in &pairs {
        let [(one, _), (other, _)] = program.rows[row].terms[..] else { continue };
        let (upper, empty) = (program.rows[row].upper, Vec::new());
        if covered.contains(&(one, other)) {
            merged.rows[row] = Row { terms: empty, lower: f64::NEG_INFINITY, upper };
            continue;
        }
        let mut clique = vec![one, other];
        for &third in rivals[&one].intersection(&rivals[&other]) {
            if clique.iter().all(|member| rivals[member].contains(&third)) {
                clique.push(third);
            }
        }
        clique.sort_unstable();
        for (place, &one) in clique.iter().enumerate() {
            covered.extend(clique[place + 1..].iter().map(|&other| (one, other)));
        }
        merged.rows[row].terms = clique.into_iter().map(|column| (column, 1.0)).collect();
    }
    merged
}

/// True if a row allows at most one of several binary columns.
fn is_packing(program: &Program, row: RowIx) -> bool {
    let row = &program.rows[row];
    let is_unit = |&(column, factor): &(ColumnIx, f64)| factor == 1.0 && program.columns[column].is_integer;
    row.upper == 1.0 && row.lower == f64::NEG_INFINITY && row.terms.iter().all(is_unit)
}

/// Per column of a packing row: the columns that exclude it.
fn conflicts(program: &Program) -> BTreeMap<ColumnIx, BTreeSet<ColumnIx>> {
    let mut rivals: BTreeMap<ColumnIx, BTreeSet<ColumnIx>> = BTreeMap::new();
    for row in program.rows.positions().filter(|&row| is_packing(program, row)) {
        let columns = program.rows[row].terms.iter().map(|&(column, _)| column);
        for one in columns.clone() {
            rivals.entry(one).or_default().extend(columns.clone().filter(|&other| other != one));
        }
    }
    rivals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::Column;

    fn pair(one: usize, other: usize) -> Row {
        Row::numbered([(one, 1.0), (other, 1.0)], f64::NEG_INFINITY, 1.0)
    }

    #[test]
    fn a_triangle_becomes_one_row_and_a_path_does_not() {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let rows = vec![pair(0, 1), pair(1, 2), pair(0, 2), pair(2, 3)];
        let merged = merge_pairs(&Program { columns: vec![column; 4].into(), rows: rows.into() }, &[]);
        let columns = |row: &Row| row.terms.iter().map(|&(column, _)| column.index()).collect::<Vec<_>>();
        let rows: Vec<Vec<usize>> = merged.rows.iter().map(columns).collect();
        assert_eq!(rows, [vec![0, 1, 2], vec![], vec![], vec![2, 3]]);
    }
}
