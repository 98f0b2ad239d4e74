//! Sharing between the similar options of a scenario: terms that most have are summed once; each adds its own.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::cell::Cell;
use super::kinds::Kind;
use super::tail::Worst;

/// A cell that is simulated once for all options and kinds that have the same.
pub struct Distinct<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// The end that is feared.
    pub worst: Worst,
    /// Options and kinds (positions) that have it. The first has it for all.
    pub users: Vec<(usize, usize)>,
}

impl Distinct<'_> {
    /// The kind that it is simulated with.
    pub fn home(&self) -> usize {
        self.users[0].1
    }

    /// The option that it is simulated with.
    pub fn option(&self) -> usize {
        self.users[0].0
    }
}

/// Key of equal cells.
struct Key<'a>(&'a Cell, Worst);

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1 && self.0 == other.0
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The distinct cells among those of all options, kind by kind.
pub fn distinct<'a>(options: &'a [Vec<Cell>], kinds: &[Kind]) -> Vec<Distinct<'a>> {
    let mut positions = HashMap::new();
    let mut found: Vec<Distinct> = Vec::new();
    for (kind, Kind { worst, .. }) in kinds.iter().enumerate() {
        for (option, cells) in options.iter().enumerate() {
            let position = *positions.entry(Key(&cells[kind], *worst)).or_insert(found.len());
            if position == found.len() {
                found.push(Distinct { cell: &cells[kind], worst: *worst, users: Vec::new() });
            }
            found[position].users.push((option, kind));
        }
    }
    found
}

/// The terms that more than half of these cells have, in order of columns.
pub fn shared_terms(cells: &[&Cell]) -> Vec<(usize, f64)> {
    let columns = cells.iter().filter_map(|cell| cell.terms.last()).map(|&(column, _)| column + 1).max();
    // Per column the one amount that can be in more than half of the cells, and by how much it leads (the majority vote
    // of Boyer and Moore 1991).
    let mut leaders = vec![(0, 0_usize); columns.unwrap_or(0)];
    for (column, bits) in cells.iter().flat_map(|cell| cell.bits()) {
        match &mut leaders[column] {
            (leader, lead) if *lead == 0 => (*leader, *lead) = (bits, 1),
            (leader, lead) if *leader == bits => *lead += 1,
            (_, lead) => *lead -= 1,
        }
    }
    leaders.iter_mut().for_each(|(_, count)| *count = 0);
    for (column, bits) in cells.iter().flat_map(|cell| cell.bits()) {
        let (leader, count) = &mut leaders[column];
        *count += usize::from(*leader == bits);
    }
    let shared = leaders.iter().enumerate().filter(|(_, (_, count))| 2 * count > cells.len());
    shared.map(|(column, &(bits, _))| (column, f64::from_bits(bits))).collect()
}

/// Terms to add to the shared terms to make a cell, in order of columns; `None` if summing the cell alone is less work.
pub fn difference(cell: &Cell, shared: &[(usize, f64)]) -> Option<Vec<(usize, f64)>> {
    let mut added = Vec::new();
    let (mut own, mut shared) = (cell.terms.iter().peekable(), shared.iter().peekable());
    loop {
        let column = match (own.peek(), shared.peek()) {
            (Some(own), Some(shared)) => own.0.min(shared.0),
            (Some(only), None) | (None, Some(only)) => only.0,
            (None, None) => break,
        };
        let amount_of = |term: Option<&(usize, f64)>| term.map_or(0.0, |&(_, amount)| amount);
        let wanted = amount_of(own.next_if(|term| term.0 == column));
        let amount = wanted - amount_of(shared.next_if(|term| term.0 == column));
        if amount != 0.0 {
            added.push((column, amount));
        }
    }
    // At most half as many terms, not just fewer: terms that are added and taken away again cost digits.
    let size = |terms: &[(usize, f64)]| terms.iter().map(|(_, amount)| amount.abs()).sum::<f64>();
    let is_less = 2 * added.len() < cell.terms.len() && size(&added) <= size(&cell.terms);
    is_less.then_some(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(terms: &[(usize, f64)]) -> Cell {
        Cell { certain: 1.0, terms: terms.to_vec(), ..Cell::default() }
    }

    #[test]
    fn cells_are_shared_if_all_is_equal() {
        let kind = |worst| Kind { worst, limit: None };
        let kinds = [kind(Worst::Lowest), kind(Worst::Highest), kind(Worst::Highest)];
        let (a, b) = (cell(&[(1, 2.0)]), cell(&[(1, 2.5)]));
        let options = [vec![a.clone(), a.clone(), a.clone()], vec![a.clone(), b.clone(), a]];
        let users: Vec<Vec<(usize, usize)>> =
            distinct(&options, &kinds).into_iter().map(|distinct| distinct.users).collect();
        assert_eq!(users, [vec![(0, 0), (1, 0)], vec![(0, 1), (0, 2), (1, 2)], vec![(1, 1)]]);
    }

    #[test]
    fn what_most_have_and_what_differs_make_the_cell() {
        let cells = [
            cell(&[(0, 1.0), (1, 2.0), (2, 3.0), (4, 1.0), (5, 1.0)]),
            cell(&[(0, 1.0), (1, 5.0), (2, 3.0), (4, 1.0), (5, 1.0)]),
            cell(&[(1, 2.0), (2, 3.0), (4, 1.0), (5, 1.0), (9, 4.0)]),
            cell(&[(7, 1.0)]),
        ];
        let shared = shared_terms(&cells[..3].iter().collect::<Vec<_>>());
        assert_eq!(shared, [(0, 1.0), (1, 2.0), (2, 3.0), (4, 1.0), (5, 1.0)]);
        assert_eq!(difference(&cells[0], &shared), Some(vec![]));
        assert_eq!(difference(&cells[1], &shared), Some(vec![(1, 3.0)]));
        assert_eq!(difference(&cells[2], &shared), Some(vec![(0, -1.0), (9, 4.0)]));
        assert_eq!(difference(&cells[3], &shared), None);
        // Next to a large term that is taken away, the rest has few digits left.
        let shared: Vec<(usize, f64)> = shared.iter().copied().chain([(8, 1e9)]).collect();
        assert_eq!(difference(&cells[0], &shared), None);
        // Just half of the cells is not more than half.
        assert_eq!(shared_terms(&cells[1..3].iter().collect::<Vec<_>>()), [(2, 3.0), (4, 1.0), (5, 1.0)]);
    }
}
