//! Vertices of the weights that satisfy linear statements: every choice of inequalities that fixes all weights, tried one
//! after the other. Slow where the engine cuts half-space by half-space.

use crate::domain::{ObjectiveTree, Statement};

/// Most choices of inequalities that are tried for the siblings under one parent.
const MOST_CHOICES: usize = 300_000;

/// Numbers that differ by less are the same.
const NEAR: f64 = 1e-8;

/// Weights below this are 0.
const DUST: f64 = 1e-12;

/// The vertices of a set of weights.
#[derive(Clone, Debug)]
pub(super) struct Vertices(Vec<Vec<f64>>);

impl Vertices {
    /// Per objective (position) the mean of its weight.
    pub fn mean(&self) -> Vec<f64> {
        let count = self.0.len() as f64;
        let of = |objective: usize| self.0.iter().map(|weights| weights[objective]).sum::<f64>() / count;
        (0..self.0.first().map_or(0, Vec::len)).map(of).collect()
    }

    /// The weights of all objectives at each of them.
    pub fn all(&self) -> &[Vec<f64>] {
        &self.0
    }
}

/// The vertices of the weights of all objectives (shares of strategic value) that satisfy statements. `by_table` gives
/// the weight of an objective among its siblings, where nothing is stated of them. `None` if they cannot be found here.
pub(super) fn of_statements(
    tree: &ObjectiveTree,
    texts: &[String],
    by_table: &dyn Fn(usize) -> Option<f64>,
) -> Option<Vertices> {
    let ids: Vec<&str> = tree.objectives().iter().map(|objective| objective.id.as_str()).collect();
    let statements: Vec<Statement> =
        texts.iter().map(|text| Statement::parse(text, &ids).ok()).collect::<Option<_>>()?;
    // Weights among siblings: the points so far, each with one more group of siblings.
    let mut points = vec![vec![0.0; ids.len()]];
    for parent in std::iter::once(None).chain((0..ids.len()).map(Some)) {
        let siblings: Vec<usize> = (0..ids.len()).filter(|&one| tree.parent(one) == parent).collect();
        if siblings.is_empty() {
            continue;
        }
        let rows = inequalities(&siblings, &ids, &statements);
        let corners = match rows.len() == siblings.len() {
            true => vec![siblings.iter().map(|&one| by_table(one)).collect::<Option<_>>()?],
            false => corners(&rows)?,
        };
        let with = |point: &Vec<f64>, corner: &Vec<f64>| {
            let mut point = point.clone();
            siblings.iter().zip(corner).for_each(|(&sibling, &weight)| point[sibling] = weight);
            point
        };
        points = points.iter().flat_map(|point| corners.iter().map(|corner| with(point, corner))).collect();
    }
    let shares = |point: &Vec<f64>| -> Vec<f64> {
        let up = |one: usize| std::iter::successors(Some(one), |&below| tree.parent(below));
        (0..ids.len()).map(|one| up(one).map(|above| point[above]).product()).collect()
    };
    Some(Vertices(each_once(points.iter().map(shares))))
}

/// All that the weights of siblings satisfy, as coefficients of a sum that is 0 or more: they are so themselves, and then
/// what is stated of them.
fn inequalities(siblings: &[usize], ids: &[&str], statements: &[Statement]) -> Vec<Vec<f64>> {
    let unit = |own: usize| (0..siblings.len()).map(|one| f64::from(u8::from(one == own))).collect();
    let mut rows: Vec<Vec<f64>> = (0..siblings.len()).map(unit).collect();
    for statement in statements {
        if !statement.names().any(|name| siblings.iter().any(|&sibling| ids[sibling] == name)) {
            continue;
        }
        rows.extend(statement.inequalities.iter().map(|inequality| {
            let own =
                |&sibling: &usize| inequality.coefficients.get(ids[sibling]).copied().unwrap_or_default();
            siblings.iter().map(|sibling| own(sibling) + inequality.constant).collect()
        }));
    }
    rows
}

/// The points at which so many rows are 0 that they and the sum of 1 leave one point, and no row is below 0.
fn corners(rows: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let siblings = rows.first()?.len();
    let choices = (1..siblings).try_fold(1_usize, |count, place| {
        let count = count * (rows.len() - siblings + 1 + place) / place;
        (count <= MOST_CHOICES).then_some(count)
    })?;
    let mut found = Vec::with_capacity(choices.min(1024));
    let mut choice: Vec<usize> = (0..siblings - 1).collect();
    loop {
        if let Some(point) = crossing(rows, &choice) {
            let holds = |row: &Vec<f64>| {
                row.iter().zip(&point).map(|(own, weight)| own * weight).sum::<f64>() > -NEAR
            };
            if rows.iter().all(holds) {
                found.push(point);
            }
        }
        // The next choice in the order of a dictionary.
        let last = rows.len() - choice.len();
        let Some(place) = (0..choice.len()).rev().find(|&place| choice[place] < last + place) else {
            return Some(each_once(found.into_iter()));
        };
        choice[place] += 1;
        (place + 1..choice.len()).for_each(|later| choice[later] = choice[later - 1] + 1);
    }
}

/// The one point at which these rows are 0 and the weights sum to 1, by Gauss and Jordan; `None` if it is not one point.
fn crossing(rows: &[Vec<f64>], choice: &[usize]) -> Option<Vec<f64>> {
    let count = choice.len() + 1;
    let with_right = |row: &[f64], right: f64| [row, &[right]].concat();
    let mut system: Vec<Vec<f64>> = choice.iter().map(|&row| with_right(&rows[row], 0.0)).collect();
    system.push(vec![1.0; count + 1]);
    for column in 0..count {
        let pivot = (column..count)
            .max_by(|&one, &other| system[one][column].abs().total_cmp(&system[other][column].abs()))?;
        if system[pivot][column].abs() < NEAR {
            return None;
        }
        system.swap(column, pivot);
        let scale = system[column][column];
        system[column].iter_mut().for_each(|number| *number /= scale);
        let own = system[column].clone();
        for row in (0..count).filter(|&row| row != column) {
            let factor = system[row][column];
            system[row].iter_mut().zip(&own).for_each(|(number, own)| *number -= factor * own);
        }
    }
    let without_dust = |weight: f64| if weight.abs() < DUST { 0.0 } else { weight };
    Some(system.into_iter().filter_map(|row| row.last().copied().map(without_dust)).collect())
}

fn each_once(points: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let is_near =
        |one: &[f64], other: &[f64]| one.iter().zip(other).all(|(one, other)| (one - other).abs() < NEAR);
    let mut found: Vec<Vec<f64>> = Vec::new();
    for point in points {
        if !found.iter().any(|other| is_near(other, &point)) {
            found.push(point);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_where_inequalities_cross() {
        let row = |numbers: [f64; 3]| numbers.to_vec();
        let axes = [row([1.0, 0.0, 0.0]), row([0.0, 1.0, 0.0]), row([0.0, 0.0, 1.0])];
        let mut found =
            corners(&[&axes[..], &[row([1.0, -1.0, 0.0]), row([0.0, 1.0, -1.0])]].concat()).unwrap();
        found.sort_by(|one, other| other[0].total_cmp(&one[0]));
        let third = 1.0 / 3.0;
        for (corner, expected) in found.iter().zip([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [third; 3]]) {
            assert!(corner.iter().zip(expected).all(|(one, two)| (one - two).abs() < 1e-12), "{found:?}");
        }
        assert_eq!(found.len(), 3);
        assert!(corners(&[&axes[..], &[row([-1.0, -1.0, -1.0])]].concat()).unwrap().is_empty());
    }
}
