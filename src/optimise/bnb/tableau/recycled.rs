//! Tableaus that trees leave behind. A tree copies its tableau at every open branching, and LNS makes many small trees: memory
//! costs more to get, and to give back, than to fill, so that the copies of the next tree are made in it.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Original, Tableau};

/// Numbers in unused tableaus that a thread keeps, at most: 8 megabytes.
const MAX_UNUSED_NUMBERS: usize = 1 << 20;
/// Numbers per variable, beside those per cell.
const NUMBERS_PER_VARIABLE: usize = 4;

thread_local! {
    static UNUSED: RefCell<Unused> = RefCell::default();
}

/// The unused tableaus of a thread.
#[derive(Default)]
struct Unused {
    tableaus: Vec<Tableau>,
    /// Numbers in all of them.
    numbers: usize,
    /// Stands for their initial tableaus, which may be large and nobody's any more.
    nothing: Arc<Original>,
}

impl Unused {
    fn take(&mut self) -> Option<Tableau> {
        let tableau = self.tableaus.pop()?;
        self.numbers -= numbers_in(&tableau);
        Some(tableau)
    }

    fn keep(&mut self, mut tableau: Tableau) {
        let numbers = self.numbers + numbers_in(&tableau);
        if numbers <= MAX_UNUSED_NUMBERS {
            self.numbers = numbers;
            tableau.original = Arc::clone(&self.nothing);
            self.tableaus.push(tableau);
        }
    }
}

fn numbers_in(tableau: &Tableau) -> usize {
    tableau.entries.capacity() + NUMBERS_PER_VARIABLE * tableau.place.capacity()
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
