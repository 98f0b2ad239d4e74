//! Weights from linear statements that leave them open.
//!
//! A. Salo, R. P. Hämäläinen (1992): Preference assessment by imprecise ratio statements. Operations Research 40(6),
//! 1053-1061.

use super::corners::{HalfSpace, contradiction, corners};
use super::method::{FindWeights, WeightMethod};
use super::polytope::{SiblingCorners, WeightPolytope};
use super::shares::{normalised, sibling_groups};
use super::statement::{Inequality, Statement, StatementError};
use crate::domain::objective::ObjectiveTree;

/// `method = "incomplete"`, `statements = ["growth >= 2 * service", "0.1 <= risk <= 0.4", …]`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "incomplete", key: "statements", find: FindWeights::Statements(by_statements) };

/// All weights that satisfy the statements. Weights are those of siblings among each other, which sum to 1; siblings of
/// which nothing is stated keep the table's own weights.
///
/// # Errors
/// All that is wrong: unknown names, statements about no objective or about objectives that are no siblings,
/// statements that contradict each other (an irreducible set of them per group of siblings), too many vertices.
fn by_statements(
    tree: &ObjectiveTree,
    statements: &[Statement],
) -> Result<WeightPolytope, Vec<StatementError>> {
    let found = statements.iter().enumerate().map(|(place, statement)| named(tree, place, statement));
    let (mut errors, mut firsts) = (Vec::new(), Vec::new());
    for named in found {
        match named {
            Ok(first) => firsts.push(first),
            Err(mut own) => errors.append(&mut own),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut groups = Vec::new();
    for siblings in sibling_groups(tree) {
        let own = |&place: &usize| siblings.contains(&firsts[place]);
        let own: Vec<usize> = (0..statements.len()).filter(own).collect();
        match corners_of(tree, &siblings, statements, &own) {
            Ok(corners) => groups.push(SiblingCorners { siblings, corners }),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    WeightPolytope::of_groups(tree, &groups).ok_or_else(|| vec![StatementError::TooManyVertices])
}

/// The position of an objective that a statement names, all of which are siblings.
fn named(tree: &ObjectiveTree, place: usize, statement: &Statement) -> Result<usize, Vec<StatementError>> {
    let unknown = statement.names().filter(|name| tree.position(name).is_none());
    let unknown = unknown.map(|name| StatementError::Unknown { statement: place, name: name.to_owned() });
    let errors: Vec<StatementError> = unknown.collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut objectives = statement.names().filter_map(|name| tree.position(name));
    let first = objectives.next().ok_or_else(|| vec![StatementError::NoObjective(place)])?;
    match objectives.find(|&other| tree.parent(other) != tree.parent(first)) {
        None => Ok(first),
        Some(other) => {
            let id = |objective: usize| tree.objectives()[objective].id.as_str().to_owned();
            Err(vec![StatementError::NoSiblings { statement: place, one: id(first), other: id(other) }])
        }
    }
}

/// The corners of the weights of siblings that satisfy their own statements; without any, the table's own weights.
fn corners_of(
    tree: &ObjectiveTree,
    siblings: &[usize],
    statements: &[Statement],
    own: &[usize],
) -> Result<Vec<Vec<f64>>, StatementError> {
    if own.is_empty() {
        let weights = normalised(tree, siblings, vec![None; siblings.len()]);
        return weights.map(|weights| vec![weights]).map_err(StatementError::Table);
    }
    let groups: Vec<Vec<HalfSpace>> =
        own.iter().map(|&place| half_spaces(tree, siblings, &statements[place])).collect();
    let found = corners(siblings.len(), &groups.concat());
    match found {
        Err(_) => Err(StatementError::TooManyVertices),
        Ok(corners) if corners.is_empty() => {
            let kept = contradiction(siblings.len(), &groups);
            Err(StatementError::Contradiction(kept.into_iter().map(|place| own[place]).collect()))
        }
        Ok(corners) => Ok(corners),
    }
}

/// The half-spaces of a statement. As weights sum to 1, a constant is added to each coefficient.
fn half_spaces(tree: &ObjectiveTree, siblings: &[usize], statement: &Statement) -> Vec<HalfSpace> {
    let id = |sibling: usize| tree.objectives()[sibling].id.as_str();
    let of = |inequality: &Inequality| {
        let own = |sibling: usize| inequality.coefficients.get(id(sibling)).copied().unwrap_or_default();
        siblings.iter().map(|&sibling| own(sibling) + inequality.constant).collect()
    };
    statement.inequalities.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::objective;

    fn tree() -> ObjectiveTree {
        let rows = [
            ("growth", None, Some(1.0)),
            ("risk", None, Some(1.0)),
            ("service", None, Some(2.0)),
            ("new", Some("growth"), Some(1.0)),
            ("old", Some("growth"), Some(3.0)),
        ];
        ObjectiveTree::new(rows.map(|(id, parent, weight)| objective(id, parent, weight)).into()).unwrap()
    }

    fn found(texts: &[&str]) -> Result<WeightPolytope, Vec<StatementError>> {
        let tree = tree();
        let ids: Vec<&str> = tree.objectives().iter().map(|one| one.id.as_str()).collect();
        let statements: Vec<Statement> =
            texts.iter().map(|text| Statement::parse(text, &ids).unwrap()).collect();
        by_statements(&tree, &statements)
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        let is_near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12);
        assert!(found.len() == expected.len() && is_near, "{found:?} is not {expected:?}");
    }

    #[test]
    fn siblings_without_statements_keep_the_tables_weights() {
        let polytope = found(&["growth >= service", "service >= risk"]).unwrap();
        // Leaves: new, old, risk, service.
        let third = 1.0 / 3.0;
        let expected = [
            [0.25, 0.75, 0.0, 0.0],
            [0.125, 0.375, 0.0, 0.5],
            [third / 4.0, third / 4.0 * 3.0, third, third],
        ];
        assert_eq!(polytope.vertices().len(), 3);
        for (vertex, expected) in polytope.vertices().iter().zip(expected) {
            assert_near(vertex, &expected);
        }
        // The mean of the vertices of an order is its rank-order centroid.
        let tree = tree();
        let of = |id: &str| polytope.mean().objectives[tree.position(id).unwrap()];
        assert_near(&["growth", "service", "risk"].map(of), &[11.0 / 18.0, 5.0 / 18.0, 2.0 / 18.0]);
        let range = |id: &str| polytope.ranges()[tree.position(id).unwrap()];
        assert_near(&[range("growth").0, range("growth").1, range("old").1], &[third, 1.0, 0.75]);
    }

    #[test]
    fn groups_are_combined_and_what_has_no_weight_is_not_told_apart() {
        let polytope = found(&["growth + service <= 1", "risk = 0", "0.2 <= new <= 0.4"]).unwrap();
        // Without growth its children do not matter.
        assert_eq!(polytope.vertices().len(), 3);
        assert_near(&polytope.vertices()[0], &[0.4, 0.6, 0.0, 0.0]);
        assert_near(&polytope.vertices()[1], &[0.2, 0.8, 0.0, 0.0]);
        assert_near(&polytope.vertices()[2], &[0.0, 0.0, 0.0, 1.0]);
        assert_near(&polytope.mean().leaves, &[0.2, 1.4 / 3.0, 0.0, 1.0 / 3.0]);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let name = |text: &str| text.to_owned();
        assert_eq!(
            found(&["growth >= servce", "0.1 <= 0.2", "old >= risk", "growth >= 0.1"]).unwrap_err(),
            [
                StatementError::Unknown { statement: 0, name: name("servce") },
                StatementError::NoObjective(1),
                StatementError::NoSiblings { statement: 2, one: name("old"), other: name("risk") },
            ]
        );
        let statements = [
            "growth >= 0.5",
            "risk <= 0.9",
            "service >= 2 * growth",
            "service <= 0.9",
            "new = 2 * old",
            "old >= 0.4",
        ];
        assert_eq!(
            found(&statements).unwrap_err(),
            [StatementError::Contradiction(vec![0, 2]), StatementError::Contradiction(vec![4, 5])]
        );
    }
}
