//! Pages of long lists.

use std::ops::Range;

use serde::Serialize;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Pager {
    /// Entries of the whole list.
    entries: u64,
    /// Number of the page, from 1.
    page: u64,
    /// Number of pages, at least 1.
    pages: u64,
    /// Numbers of the first entry and of the last one, from 1.
    from: u64,
    to: u64,
}

impl Pager {
    /// A page of a list of so many entries, so many of which make a page: the one that is wanted, or the nearest one.
    pub fn new(entries: u64, length: u64, wanted: Option<u64>) -> Self {
        let length = length.max(1);
        let pages = entries.div_ceil(length).max(1);
        let page = wanted.unwrap_or(1).clamp(1, pages);
        let from = ((page - 1) * length).min(entries);
        Self { entries, page, pages, from: from + 1, to: (from + length).min(entries) }
    }

    /// The places of its entries, from 0.
    pub fn places(&self) -> Range<u64> {
        self.from - 1..self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_on_one_page() {
        for entries in [0, 1, 39, 40, 41, 2000] {
            let pages = Pager::new(entries, 40, None).pages;
            let places: Vec<u64> =
                (1..=pages).flat_map(|page| Pager::new(entries, 40, Some(page)).places()).collect();
            assert_eq!(places, (0..entries).collect::<Vec<_>>());
            let last = Pager::new(entries, 40, Some(pages));
            assert_eq!(Pager::new(entries, 40, Some(u64::MAX)), last);
            assert_eq!(Pager::new(entries, 40, Some(0)), Pager::new(entries, 40, None));
        }
    }
}
