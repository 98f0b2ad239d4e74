//! Names beside the ids that stand in cells of decisions.csv, for views that people read: the columns themselves hold
//! ids.

use super::words::id_and_short_name;

/// Letters of a name in a list, at most.
const LETTERS: usize = 40;

/// Words between the projects of a link, as `binding` has them.
const LINKS: [&str; 5] = [" requires ", " require ", " after ", " excludes ", " together "];

/// Words between the projects of one side of a link.
const JOINTS: [&str; 3] = [", ", " and ", " or "];

/// A list of ids with signs (`displaces`) with their names: `+P07 (Metro line); -P11 (Depot)`. `name_of` gives the name
/// of a project,
/// `None` for what is no project.
pub fn displaced_by_name<'n>(cell: &str, name_of: impl Fn(&str) -> Option<&'n str>) -> String {
    by_name(cell, |item| {
        let id = item.strip_prefix(['+', '-'])?;
        let sign = &item[..item.len() - id.len()];
        Some(format!("{sign}{}", id_and_short_name(id, name_of(id)?, LETTERS)))
    })
}

/// What decides or limits a project (`binding`) with the names of the projects in its links:
/// `P04 (Tram) requires P03 (Depot); capex in 2028`.
pub fn binding_by_name<'n>(cell: &str, name_of: impl Fn(&str) -> Option<&'n str>) -> String {
    by_name(cell, |item| {
        LINKS.iter().find_map(|link| {
            let (left, right) = item.split_once(link)?;
            Some(format!("{}{link}{}", side_by_name(left, &name_of)?, side_by_name(right, &name_of)?))
        })
    })
}

/// The items of a list, each in its other form where it has one.
fn by_name(cell: &str, form: impl Fn(&str) -> Option<String>) -> String {
    let items = cell.split(';').map(|item| form(item).unwrap_or_else(|| item.to_owned()));
    items.collect::<Vec<_>>().join("; ")
}

/// One side of a link, if all that it holds are projects: `P02 and P07`.
fn side_by_name<'n>(side: &str, name_of: &impl Fn(&str) -> Option<&'n str>) -> Option<String> {
    if let Some(name) = name_of(side) {
        return Some(id_and_short_name(side, name, LETTERS));
    }
    JOINTS.iter().find_map(|joint| {
        let (first, rest) = side.split_once(joint)?;
        Some(format!("{}{joint}{}", side_by_name(first, name_of)?, side_by_name(rest, name_of)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(id: &str) -> Option<&'static str> {
        let projects = [("P1", "Metro line"), ("P2", "P2"), ("P3", "Depot; north"), ("A and B", "Twins")];
        projects.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
    }

    #[test]
    fn signed_ids_get_their_names() {
        let told = |cell: &str| displaced_by_name(cell, name_of);
        assert_eq!(told("+P1;-P2;-P3"), "+P1 (Metro line); -P2; -P3 (Depot; north)");
        assert_eq!(told(""), "");
        assert_eq!(told("+P9;P1"), "+P9; P1", "what is no project with a sign stays as it is");
    }

    #[test]
    fn links_get_the_names_of_their_projects_and_nothing_else_does() {
        let told = |cell: &str| binding_by_name(cell, name_of);
        assert_eq!(
            told("P1 requires P3;capex in 2028"),
            "P1 (Metro line) requires P3 (Depot; north); capex in 2028"
        );
        assert_eq!(
            told("P1, P2 and P3 require P1 or A and B"),
            "P1 (Metro line), P2 and P3 (Depot; north) require P1 (Metro line) or A and B (Twins)"
        );
        assert_eq!(told("limit `P1 requires P9`;P1 in 2028"), "limit `P1 requires P9`; P1 in 2028");
        assert_eq!(told("mandatory"), "mandatory");
    }
}
