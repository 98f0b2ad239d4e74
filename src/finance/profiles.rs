//! Amounts by key (a line, a resource, a kind of benefit) and by period.

use crate::domain::{ByPeriod, PeriodIx};
use crate::units::Amount;

/// Amounts in each period of the horizon, by key (a line, a resource or a kind), rising. There are few keys,
/// so that they are looked through one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles<K, A> {
    by_key: Vec<(K, ByPeriod<A>)>,
}

impl<K: Copy + PartialEq, A: Amount> Profiles<K, A> {
    /// Adds the amounts of a key to those that it has.
    pub(super) fn add(&mut self, key: K, profile: ByPeriod<A>)
    where
        K: Ord,
    {
        match self.by_key.binary_search_by_key(&key, |(other, _)| *other) {
            Ok(place) => {
                let sums = self.by_key[place].1.iter_mut();
                sums.zip(profile).for_each(|(sum, amount)| *sum += amount);
            }
            Err(place) => self.by_key.insert(place, (key, profile)),
        }
    }

    /// Each key with its amounts.
    pub fn iter(&self) -> impl Iterator<Item = (K, &ByPeriod<A>)> {
        self.by_key.iter().map(|(key, profile)| (*key, profile))
    }

    /// The amount of a key in a period; `None`: of all keys together.
    pub fn at(&self, key: Option<K>, period: PeriodIx) -> A {
        self.of(key).map(|profile| profile[period]).sum()
    }

    /// The amount of a key in all periods.
    pub fn total(&self, key: K) -> A {
        self.of(Some(key)).flatten().copied().sum()
    }

    /// Sum of the counted amounts of a key; `None`: of all keys.
    pub(super) fn sum(&self, key: Option<K>, count: impl Fn(&ByPeriod<A>) -> f64) -> f64 {
        self.of(key).map(count).sum()
    }

    /// The amounts of a key; `None`: of all keys.
    fn of(&self, key: Option<K>) -> impl Iterator<Item = &ByPeriod<A>> {
        let wanted = self.iter().filter(move |&(other, _)| key.is_none_or(|key| key == other));
        wanted.map(|(_, profile)| profile)
    }

    /// All amounts, to be changed.
    pub(super) fn amounts_mut(&mut self) -> impl Iterator<Item = &mut A> {
        self.by_key.iter_mut().flat_map(|(_, profile)| profile)
    }

    /// Leaves out the keys that have nothing.
    pub(super) fn drop_empty(&mut self) {
        self.by_key.retain(|(_, profile)| profile.iter().any(|&amount| amount != A::default()));
    }
}

impl<K, A> Default for Profiles<K, A> {
    fn default() -> Self {
        Self { by_key: Vec::new() }
    }
}

impl<K, A> FromIterator<(K, ByPeriod<A>)> for Profiles<K, A> {
    fn from_iter<I: IntoIterator<Item = (K, ByPeriod<A>)>>(profiles: I) -> Self {
        Self { by_key: profiles.into_iter().collect() }
    }
}
