//! Tableaus that are no longer used. A tree copies its tableau at every open branching, and memory costs more to get, and to
//! give back, than to fill: so copies are made in the memory of these.

use std::cell::RefCell;

use super::Tableau;

/// Cells of unused tableaus that a thread keeps, at most: 8 megabytes.
const MAX_UNUSED_CELLS: usize = 1 << 20;

thread_local! {
    static UNUSED: RefCell<Unused> = const { RefCell::new(Unused { tableaus: Vec::new(), cells: 0 }) };
}

/// The unused tableaus of a thread.
struct Unused {
    tableaus: Vec<Tableau>,
    /// Cells of all of them.
    cells: usize,
}

impl Unused {
    fn take(&mut self) -> Option<Tableau> {
        let tableau = self.tableaus.pop()?;
        self.cells -= tableau.entries.capacity();
        Some(tableau)
    }

    fn keep(&mut self, tableau: Tableau) {
        let cells = self.cells + tableau.entries.capacity();
        if cells <= MAX_UNUSED_CELLS {
            self.cells = cells;
            self.tableaus.push(tableau);
        }
    }
}

impl Tableau {
    /// A copy, in the memory of a tableau that is no longer used, if this thread has one.
    pub fn copied(&self) -> Self {
        match UNUSED.with_borrow_mut(Unused::take) {
            None => self.clone(),
            Some(mut tableau) => {
                tableau.copy_from(self);
                tableau
            }
        }
    }

    /// Leaves the memory of a tableau to copies to come.
    pub fn recycle(self) {
        UNUSED.with_borrow_mut(|unused| unused.keep(self));
    }
}
