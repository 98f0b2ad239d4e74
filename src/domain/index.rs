//! Positions of a portfolio's projects, lines, resources, kinds and periods: a type for each, so that a line cannot be
//! used where a period is meant, and a vector that is read by its own kind of position alone.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Deref, DerefMut, Index, IndexMut, RangeInclusive, Sub};

/// A position in a list of things of one kind.
pub trait Position: Copy + Ord {
    /// The position with a number, from 0.
    fn new(number: usize) -> Self;

    /// Its number, from 0.
    fn index(self) -> usize;
}

/// Declares a type of positions.
macro_rules! position {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(usize);

        impl $name {
            /// The position with a number, from 0.
            pub const fn new(number: usize) -> Self {
                Self(number)
            }

            /// Its number, from 0.
            pub const fn index(self) -> usize {
                self.0
            }
        }

        impl $crate::domain::Position for $name {
            fn new(number: usize) -> Self {
                Self(number)
            }

            fn index(self) -> usize {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}
pub(crate) use position;

position! {
    /// A project's position in [`super::Portfolio::projects`].
    ProjectIx
}
position! {
    /// A budget line's position in [`super::Portfolio::lines`].
    LineIx
}
position! {
    /// One way to pay for a project, of [`super::Project::payments`]: which of its possible payers pays each cost row.
    /// The first is that in which the first payer as written pays each.
    PaymentIx
}
position! {
    /// A resource's position in [`super::Portfolio::resources`].
    ResourceIx
}
position! {
    /// A benefit kind's position in [`super::Portfolio::benefit_kinds`].
    BenefitKindIx
}
position! {
    /// A period's position in the [`super::Horizon`]; amounts past the horizon have the positions that follow.
    PeriodIx
}

impl PeriodIx {
    /// The periods of a range, one after the other.
    pub fn each(range: RangeInclusive<Self>) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (range.start().0..range.end().0 + 1).map(Self)
    }

    /// The period that comes so many periods earlier; `None` if that lies before the first.
    pub const fn earlier(self, periods: usize) -> Option<Self> {
        match self.0.checked_sub(periods) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl Add<usize> for PeriodIx {
    type Output = Self;
    /// The period that comes so many periods later.
    fn add(self, periods: usize) -> Self {
        Self(self.0 + periods)
    }
}

impl Sub for PeriodIx {
    type Output = usize;
    /// The number of periods from an earlier one (or the same) to this.
    fn sub(self, earlier: Self) -> usize {
        self.0 - earlier.0
    }
}

/// A vector with one entry per position of a kind, read by positions of that kind. All else it does as a slice.
#[derive(PartialEq, Eq)]
pub struct IxVec<I, T> {
    entries: Vec<T>,
    kind: PhantomData<fn(I) -> I>,
}

/// An entry per period.
pub type ByPeriod<T> = IxVec<PeriodIx, T>;
/// An entry per project.
pub type ByProject<T> = IxVec<ProjectIx, T>;
/// An entry per budget line.
pub type ByLine<T> = IxVec<LineIx, T>;
/// An entry per resource.
pub type ByResource<T> = IxVec<ResourceIx, T>;
/// An entry per kind of benefit.
pub type ByBenefitKind<T> = IxVec<BenefitKindIx, T>;

impl<I: Position, T> IxVec<I, T> {
    /// The positions of its entries, in order.
    pub fn positions(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        (0..self.entries.len()).map(I::new)
    }

    /// Its entries with their positions, in order.
    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.entries.iter().enumerate().map(|(number, entry)| (I::new(number), entry))
    }

    /// The first position whose entry satisfies a condition.
    pub fn find_position(&self, is_sought: impl FnMut(&T) -> bool) -> Option<I> {
        self.entries.iter().position(is_sought).map(I::new)
    }

    /// The position that the next entry will have.
    pub fn next_position(&self) -> I {
        I::new(self.entries.len())
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: T) {
        self.entries.push(entry);
    }

    /// The entry of a position; `None` if there is no such position.
    pub fn get(&self, position: I) -> Option<&T> {
        self.entries.get(position.index())
    }
}

impl<I, T> IxVec<I, T> {
    /// The same entry for each of so many positions.
    pub fn filled(entry: T, count: usize) -> Self
    where
        T: Clone,
    {
        vec![entry; count].into()
    }

    /// Leaves out all entries after so many.
    pub fn truncate(&mut self, count: usize) {
        self.entries.truncate(count);
    }

    /// Its entries, without their positions.
    pub fn as_slice(&self) -> &[T] {
        &self.entries
    }

    /// Its entries, taken out.
    pub fn into_vec(self) -> Vec<T> {
        self.entries
    }

    /// Its entries, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.entries
    }
}

impl<I: Position, T> Index<I> for IxVec<I, T> {
    type Output = T;
    fn index(&self, position: I) -> &T {
        &self.entries[position.index()]
    }
}

impl<I: Position, T> IndexMut<I> for IxVec<I, T> {
    fn index_mut(&mut self, position: I) -> &mut T {
        &mut self.entries[position.index()]
    }
}

impl<I, T> Deref for IxVec<I, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.entries
    }
}

impl<I, T> DerefMut for IxVec<I, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.entries
    }
}

impl<I, T> From<Vec<T>> for IxVec<I, T> {
    fn from(entries: Vec<T>) -> Self {
        Self { entries, kind: PhantomData }
    }
}

impl<I, T, const N: usize> From<[T; N]> for IxVec<I, T> {
    fn from(entries: [T; N]) -> Self {
        Vec::from(entries).into()
    }
}

impl<I, T> FromIterator<T> for IxVec<I, T> {
    fn from_iter<E: IntoIterator<Item = T>>(entries: E) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl<I, T> Extend<T> for IxVec<I, T> {
    fn extend<E: IntoIterator<Item = T>>(&mut self, entries: E) {
        self.entries.extend(entries);
    }
}

impl<I, T> IntoIterator for IxVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IxVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IxVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter_mut()
    }
}

impl<I, T> Default for IxVec<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T: Clone> Clone for IxVec<I, T> {
    fn clone(&self) -> Self {
        self.entries.clone().into()
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IxVec<I, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_by_their_own_positions() {
        let mut by_line: ByLine<f64> = vec![1.0, 2.0].into();
        by_line[LineIx::new(1)] += 3.0;
        let entries: Vec<(LineIx, f64)> =
            by_line.iter_enumerated().map(|(line, &amount)| (line, amount)).collect();
        assert_eq!(entries, [(LineIx::new(0), 1.0), (LineIx::new(1), 5.0)]);
        assert_eq!(by_line.get(LineIx::new(2)), None);
    }

    #[test]
    fn periods_are_counted_from_one_another() {
        let (first, last) = (PeriodIx::new(2), PeriodIx::new(2) + 2);
        assert_eq!(last - first, 2);
        let each: Vec<usize> = PeriodIx::each(first..=last).map(PeriodIx::index).collect();
        assert_eq!(each, [2, 3, 4]);
        assert_eq!(PeriodIx::each(last..=first).count(), 0);
    }
}
