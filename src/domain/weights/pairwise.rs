//! Weights from judgements of pairs: the analytic hierarchy process (T. L. Saaty 1980).

use super::judgement::{Inconsistency, JudgedWeights, Judgement, JudgementError, Mended};
use super::method::{FindWeights, WeightMethod};
use super::pair_matrix::{Pair, RANDOM_INDEX, judged, mend, unconnected};
use super::shares::{Weights, normalised, sibling_groups};
use crate::domain::objective::ObjectiveTree;

/// `method = "pairwise"`, `judgements = [["growth", "service", 3.0], …]`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "pairwise", key: "judgements", find: FindWeights::Pairs(by_judgements) };

/// Judgements of a group of siblings with a higher consistency ratio contradict each other too much (Saaty 1980).
pub const MOST_INCONSISTENT: f64 = 0.10;

/// Most siblings that are judged in pairs: so far go the random indices.
pub const MOST_JUDGED: usize = RANDOM_INDEX.len();

/// A product of a judgement and its reciprocal may differ from 1 by this much, as people round thirds.
const RECIPROCAL: f64 = 0.03;

/// Weights of siblings are the principal eigenvector of their judgements; siblings of which none is judged keep the
/// table's own weights. Pairs may be missing as long as judgements connect all siblings (Harker 1987).
///
/// # Errors
/// All that is wrong: unknown names, judgements of one objective or of objectives that are no siblings, pairs judged
/// twice, siblings that judgements do not connect.
fn by_judgements(
    tree: &ObjectiveTree,
    judgements: &[Judgement],
) -> Result<JudgedWeights, Vec<JudgementError>> {
    let (named, mut errors) = named(tree, judgements);
    let mut found = JudgedWeights { consistency: vec![None; tree.objectives().len()], ..Default::default() };
    let mut local = vec![0.0; tree.objectives().len()];
    for siblings in sibling_groups(tree) {
        let place = |objective: usize| siblings.iter().position(|&sibling| sibling == objective);
        let own = named.iter().filter_map(|&(judgement, one, other)| {
            Some((judgement, (place(one)?, place(other)?, judgements[judgement].ratio)))
        });
        let (places, pairs): (Vec<usize>, Vec<Pair>) = own.unzip();
        match weigh(tree, &siblings, (&places, &pairs), &mut found) {
            Ok(weights) => siblings.iter().zip(weights).for_each(|(&one, weight)| local[one] = weight),
            // A judgement that could not be used may be the one that is missing.
            Err(JudgementError::Unconnected { .. }) if !errors.is_empty() => {}
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    found.weights = Weights::multiplied_down(tree, &local);
    Ok(found)
}

/// The judgements that count, each with the positions of its objectives, and what is wrong with the others.
fn named(
    tree: &ObjectiveTree,
    judgements: &[Judgement],
) -> (Vec<(usize, usize, usize)>, Vec<JudgementError>) {
    let (mut named, mut errors) = (Vec::<(usize, usize, usize)>::new(), Vec::new());
    for (judgement, Judgement { one, other, ratio }) in judgements.iter().enumerate() {
        let (Some(first), Some(second)) = (tree.position(one), tree.position(other)) else {
            let unknown = [one, other].into_iter().filter(|name| tree.position(name).is_none());
            errors.extend(unknown.map(|name| JudgementError::Unknown { judgement, name: name.clone() }));
            continue;
        };
        let is_pair = |&&(_, one, other): &&(usize, usize, usize)| {
            (one, other) == (first, second) || (one, other) == (second, first)
        };
        let before = named.iter().find(is_pair).copied();
        let product = |before: usize| judgements[before].ratio * ratio;
        match before {
            _ if first == second => errors.push(JudgementError::Itself(judgement)),
            _ if tree.parent(first) != tree.parent(second) => {
                errors.push(JudgementError::NoSiblings(judgement))
            }
            None => named.push((judgement, first, second)),
            Some((before, one, _)) if one == first => {
                errors.push(JudgementError::Twice { judgement, before });
            }
            Some((before, ..)) if (product(before) - 1.0).abs() > RECIPROCAL => {
                errors.push(JudgementError::Contradicted { judgement, before });
            }
            // The reciprocal of a judgement says nothing new.
            Some(_) => {}
        }
    }
    (named, errors)
}

/// Weights of siblings among each other; their consistency goes into `found`. `places` are those of `pairs` among the
/// judgements.
fn weigh(
    tree: &ObjectiveTree,
    siblings: &[usize],
    (places, pairs): (&[usize], &[Pair]),
    found: &mut JudgedWeights,
) -> Result<Vec<f64>, JudgementError> {
    let id = |sibling: usize| tree.objectives()[siblings[sibling]].id.as_str().to_owned();
    if pairs.is_empty() {
        return normalised(tree, siblings, vec![None; siblings.len()]).map_err(JudgementError::Table);
    }
    if siblings.len() > MOST_JUDGED {
        return Err(JudgementError::TooMany(id(pairs[0].0)));
    }
    if let Some(other) = unconnected(siblings.len(), pairs) {
        return Err(JudgementError::Unconnected { one: id(0), other: id(other) });
    }
    let judged = judged(siblings.len(), pairs);
    siblings.iter().for_each(|&one| found.consistency[one] = Some(judged.consistency_ratio));
    if judged.consistency_ratio > MOST_INCONSISTENT {
        let mend = mend(siblings.len(), pairs).map(|mend| {
            let (one, other, _) = pairs[mend.pair];
            let (one, other, ratio) =
                if mend.ratio < 1.0 { (other, one, 1.0 / mend.ratio) } else { (one, other, mend.ratio) };
            let judgement = Judgement { one: id(one), other: id(other), ratio };
            (places[mend.pair], Mended { judgement, ratio: mend.consistency_ratio })
        });
        found.inconsistent.push(Inconsistency { ratio: judged.consistency_ratio, mend });
    }
    Ok(judged.weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::objective;

    fn tree(rows: &[(&str, Option<&str>)]) -> ObjectiveTree {
        ObjectiveTree::new(rows.iter().map(|&(id, parent)| objective(id, parent, None)).collect()).unwrap()
    }

    fn said(one: &str, other: &str, ratio: f64) -> Judgement {
        Judgement { one: one.to_owned(), other: other.to_owned(), ratio }
    }

    /// The upper triangle of a matrix, as judgements of `names` in their order.
    fn upper(names: &[&str], matrix: &[&[f64]]) -> Vec<Judgement> {
        let rows = names.iter().enumerate();
        rows.flat_map(|(row, one)| {
            (row + 1..names.len()).map(move |column| said(one, names[column], matrix[row][column]))
        })
        .collect()
    }

    fn weights(names: &[&str], judgements: &[Judgement]) -> (Vec<f64>, f64) {
        let tree = tree(&names.iter().map(|&name| (name, None)).collect::<Vec<_>>());
        let found = by_judgements(&tree, judgements).unwrap();
        let of = |name: &&str| found.weights.objectives[tree.position(name).unwrap()];
        (names.iter().map(of).collect(), found.consistency[0].unwrap())
    }

    fn assert_near(found: &[f64], expected: &[f64], by: f64) {
        let is_near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < by);
        assert!(found.len() == expected.len() && is_near, "{found:?} is not {expected:?}");
    }

    /// Saaty (2005), Theory and Applications of the Analytic Network Process: where to live. The published priorities of
    /// the cities are their weights under five criteria, times the weights of these.
    #[test]
    fn cities_have_their_published_priorities() {
        let criteria = ["culture", "family", "housing", "jobs", "transportation"];
        let matrix: [&[f64]; 5] = [
            &[1.0, 0.2, 3.0, 0.5, 5.0],
            &[5.0, 1.0, 7.0, 1.0, 7.0],
            &[1.0 / 3.0, 1.0 / 7.0, 1.0, 0.25, 3.0],
            &[2.0, 1.0, 4.0, 1.0, 7.0],
            &[0.2, 1.0 / 7.0, 1.0 / 3.0, 1.0 / 7.0, 1.0],
        ];
        let cities = ["bethesda", "boston", "pittsburgh", "santa fe"];
        let by_criterion: [[f64; 6]; 5] = [
            [0.5, 1.0, 0.5, 2.5, 1.0, 0.4],
            [2.0, 1.0 / 3.0, 4.0, 0.125, 2.0, 9.0],
            [5.0, 0.5, 2.5, 1.0 / 9.0, 0.25, 7.0],
            [0.5, 3.0, 4.0, 6.0, 8.0, 1.0],
            [1.5, 0.5, 4.0, 2.0 / 7.0, 2.5, 9.0],
        ];
        let (of_criteria, ratio) = weights(&criteria, &upper(&criteria, &matrix));
        assert!((ratio - 0.0503).abs() < 1e-4, "{ratio}");
        let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let mut priorities = [0.0; 4];
        for (weight, ratios) in of_criteria.iter().zip(by_criterion) {
            let judgements: Vec<Judgement> = (pairs.iter().zip(ratios))
                .map(|(&(one, other), ratio)| said(cities[one], cities[other], ratio))
                .collect();
            let (of_cities, _) = weights(&cities, &judgements);
            priorities.iter_mut().zip(of_cities).for_each(|(sum, own)| *sum += weight * own);
        }
        assert_near(&priorities, &[0.229, 0.275, 0.385, 0.111], 5e-4);
    }

    /// S. Bozóki, J. Fülöp, L. Rónyai (2010): On optimal completion of incomplete pairwise comparison matrices, an example
    /// with one missing pair. Their completion has another principle; the weights agree in three digits.
    #[test]
    fn a_missing_pair_counts_as_the_ratio_of_its_weights() {
        let names = ["a", "b", "c", "d"];
        let judgements = [
            said("a", "b", 1.0),
            said("a", "c", 5.0),
            said("a", "d", 2.0),
            said("b", "c", 3.0),
            said("b", "d", 4.0),
        ];
        let (found, _) = weights(&names, &judgements);
        assert_near(&found, &[0.3738, 0.3920, 0.0985, 0.1357], 5e-4);
        // The same matrix with the ratio filled in has the same eigenvector.
        let filled = [&judgements[..], &[said("c", "d", found[2] / found[3])]].concat();
        assert_near(&weights(&names, &filled).0, &found, 1e-10);
    }

    #[test]
    fn consistent_judgements_and_trees_of_them_have_their_ratios() {
        let names = ["a", "b", "c"];
        let (found, ratio) =
            weights(&names, &upper(&names, &[&[1.0, 6.0, 3.0], &[0.0, 1.0, 0.5], &[0.0; 3]]));
        assert_near(&found, &[2.0 / 3.0, 1.0 / 9.0, 2.0 / 9.0], 1e-12);
        assert_eq!(ratio, 0.0);
        let (found, ratio) =
            weights(&names, &[said("b", "a", 4.0), said("a", "c", 2.0), said("c", "a", 0.5)]);
        assert_near(&found, &[2.0 / 11.0, 8.0 / 11.0, 1.0 / 11.0], 1e-12);
        assert_eq!(ratio, 0.0);
    }

    #[test]
    fn the_most_inconsistent_judgement_is_told_with_its_mend() {
        let tree = tree(&[("a", None), ("b", None), ("c", None), ("d", None)]);
        // Weights 8, 4, 2, 1, but for one judgement that is turned round.
        let mut judgements = [
            said("a", "b", 2.0),
            said("a", "c", 4.0),
            said("d", "a", 8.0),
            said("b", "c", 2.0),
            said("b", "d", 4.0),
            said("c", "d", 2.0),
        ];
        let found = by_judgements(&tree, &judgements).unwrap();
        let [Inconsistency { ratio, mend: Some((2, mended)) }] = found.inconsistent.as_slice() else {
            panic!("{found:?}")
        };
        assert!(*ratio > 0.5 && mended.ratio == 0.0, "{found:?}");
        assert_eq!(mended.judgement, said("a", "d", 8.0));
        judgements[2] = mended.judgement.clone();
        assert_eq!(by_judgements(&tree, &judgements).unwrap().inconsistent, []);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let tree = tree(&[("a", None), ("b", None), ("c", None), ("x", Some("a")), ("y", Some("a"))]);
        let judgements = [
            said("a", "z", 2.0),
            said("a", "a", 2.0),
            said("a", "x", 2.0),
            said("a", "b", 2.0),
            said("a", "b", 3.0),
            said("b", "a", 2.0),
            said("b", "a", 0.5),
        ];
        assert_eq!(
            by_judgements(&tree, &judgements).unwrap_err(),
            [
                JudgementError::Unknown { judgement: 0, name: "z".to_owned() },
                JudgementError::Itself(1),
                JudgementError::NoSiblings(2),
                JudgementError::Twice { judgement: 4, before: 3 },
                JudgementError::Contradicted { judgement: 5, before: 3 },
            ]
        );
        let [a, c] = ["a", "c"].map(str::to_owned);
        assert_eq!(
            by_judgements(&tree, &[said("a", "b", 2.0)]).unwrap_err(),
            [JudgementError::Unconnected { one: a, other: c }]
        );
    }
}
