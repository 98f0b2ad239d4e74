//! Amounts by key (a line, a resource, a kind of benefit) and by period.

/// Amounts in each period of the horizon, by key (position of a line, a resource or a kind), rising. There are few keys,
/// so that they are looked through one by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    by_key: Vec<(usize, Vec<f64>)>,
}

impl Profiles {
    /// Adds the amounts of a key.
    pub(super) fn push(&mut self, key: usize, profile: Vec<f64>) {
        self.by_key.push((key, profile));
    }

    /// Each key with its amounts.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.by_key.iter().map(|(key, profile)| (*key, profile.as_slice()))
    }

    /// The amount of a key in a period; `None`: of all keys together.
    pub fn at(&self, key: Option<usize>, period: usize) -> f64 {
        self.sum(key, |profile| profile[period])
    }

    /// The amount of a key in all periods.
    pub fn total(&self, key: usize) -> f64 {
        self.iter().filter(|&(other, _)| other == key).flat_map(|(_, profile)| profile).sum()
    }

    /// Sum of the counted amounts of a key; `None`: of all keys.
    pub(super) fn sum(&self, key: Option<usize>, count: impl Fn(&[f64]) -> f64) -> f64 {
        let wanted = self.iter().filter(|&(other, _)| key.is_none_or(|key| key == other));
        wanted.map(|(_, profile)| count(profile)).sum()
    }

    /// All amounts, to be changed.
    pub(super) fn amounts_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.by_key.iter_mut().flat_map(|(_, profile)| profile)
    }

    /// Leaves out the keys that have nothing.
    pub(super) fn drop_empty(&mut self) {
        self.by_key.retain(|(_, profile)| profile.iter().any(|&amount| amount != 0.0));
    }
}

impl FromIterator<(usize, Vec<f64>)> for Profiles {
    fn from_iter<I: IntoIterator<Item = (usize, Vec<f64>)>>(profiles: I) -> Self {
        Self { by_key: profiles.into_iter().collect() }
    }
}
