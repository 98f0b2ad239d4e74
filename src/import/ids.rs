//! Ids of projects made from their names: short, unique, and the same whatever the order of the rows.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

/// Most characters of an id before what makes it unique.
const LONGEST: usize = 40;

/// Ids by name: letters and digits in lower case with `-` between words. Names that come out alike all get the first
/// digits of a hash of the name behind it, so that no order of rows decides which.
pub fn of_names<'n>(names: &BTreeSet<&'n str>) -> BTreeMap<&'n str, String> {
    let plain: Vec<(&str, String)> = names.iter().map(|&name| (name, words(name))).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, id) in &plain {
        *counts.entry(id.clone()).or_default() += 1;
    }
    let id = |(name, id): (&'n str, String)| {
        let is_alone = !id.is_empty() && counts.get(&id) == Some(&1);
        (
            name,
            if is_alone {
                id
            } else {
                format!("{id}{}{}", if id.is_empty() { "" } else { "-" }, digits(name))
            },
        )
    };
    plain.into_iter().map(id).collect()
}

fn words(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        let between = if id.is_empty() { "" } else { "-" };
        if id.chars().count() + word.chars().count() + between.len() > LONGEST {
            // The first word is cut if need be, later ones are left out.
            if id.is_empty() {
                id = word.chars().take(LONGEST).collect();
            }
            break;
        }
        id = format!("{id}{between}{word}");
    }
    id
}

fn digits(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_depend_on_no_order() {
        let names = BTreeSet::from(["CRM: phase 2", "CRM phase 2", "Zoë's café", "项目", "!!!"]);
        let ids = of_names(&names);
        assert_eq!(ids["Zoë's café"], "zoë-s-café");
        assert_eq!(ids["项目"], "项目");
        assert!(ids["CRM: phase 2"].starts_with("crm-phase-2-") && ids["!!!"].len() == 8);
        assert_eq!(ids.values().collect::<BTreeSet<_>>().len(), names.len());
        assert_eq!(of_names(&BTreeSet::from(["CRM phase 2"]))["CRM phase 2"], "crm-phase-2");
        let long = "A very long name that goes on and on and on without an end";
        assert!(of_names(&BTreeSet::from([long]))[long].chars().count() <= LONGEST);
    }
}
