//! Places that are limited in number: in all, and for each holder.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Places of a kind, such as connections by address.
pub(super) struct Places<K> {
    most: usize,
    most_each: usize,
    taken: Mutex<Taken<K>>,
}

struct Taken<K> {
    all: usize,
    each: BTreeMap<K, usize>,
}

/// The limit that leaves no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crowd {
    /// That of the holder.
    Holder,
    /// That of all holders together.
    All,
}

/// A place; it is free again once this is dropped.
pub(super) struct Place<K: Ord> {
    places: Arc<Places<K>>,
    holder: Option<K>,
}

impl<K: Ord + Clone> Places<K> {
    /// So many places, of which one holder may have so many.
    pub fn new(most: usize, most_each: usize) -> Arc<Self> {
        Arc::new(Self { most, most_each, taken: Mutex::new(Taken { all: 0, each: BTreeMap::new() }) })
    }

    /// A place for a holder; for one without a name only the limit of all counts.
    ///
    /// # Errors
    /// If none is left.
    pub fn take(self: &Arc<Self>, holder: Option<K>) -> Result<Place<K>, Crowd> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = holder.as_ref().and_then(|holder| taken.each.get(holder)).copied().unwrap_or(0);
        if holder.is_some() && own >= self.most_each {
            return Err(Crowd::Holder);
        }
        if taken.all >= self.most {
            return Err(Crowd::All);
        }
        taken.all += 1;
        if let Some(holder) = &holder {
            taken.each.insert(holder.clone(), own + 1);
        }
        Ok(Place { places: self.clone(), holder })
    }
}

impl<K: Ord> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(holder) = &self.holder else { return };
        match taken.each.get_mut(holder) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.each.remove(holder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_holder_and_all_of_them_have_a_limit() {
        let places = Places::new(4, 2);
        let ana = [places.take(Some("ana")).unwrap(), places.take(Some("ana")).unwrap()];
        assert_eq!(places.take(Some("ana")).err(), Some(Crowd::Holder));
        let others = [places.take(Some("bob")).unwrap(), places.take(None).unwrap()];
        assert_eq!(places.take(Some("eve")).err(), Some(Crowd::All));
        assert_eq!(places.take(None).err(), Some(Crowd::All));
        drop(ana);
        assert!(places.take(Some("ana")).is_ok() && places.take(Some("eve")).is_ok());
        drop(others);
        let taken = places.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.each.is_empty(), "what is given back leaves nothing");
    }
}
